"""xentlib as one installs it: its wheel in an empty environment, its extra, its texts."""

import hashlib
import inspect
import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from email.parser import Parser
from importlib.metadata import version
from pathlib import Path

import pytest
import xentlib_wheel

import xentlib

ROOT = Path(xentlib.__file__).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel that goes to readers."""
    return xentlib_wheel.build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def empty(wheel, tmp_path_factory):
    """The Python of an environment that holds the wheel, numpy and scipy, and nothing else."""
    place = tmp_path_factory.mktemp("empty")
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    needed = [f"{name}=={version(name)}" for name in ("numpy", "scipy")]  # pip has these cached
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    done = subprocess.run(
        [*pip, "install", "--no-compile", wheel, *needed], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return python


def run(python, code, **more):
    """Run code in an environment far from the repository."""
    done = subprocess.run(
        [python, "-W", "error", "-c", code], cwd="/", capture_output=True, text=True, **more
    )
    return done.stdout + done.stderr


def test_the_wheel_says_what_it_is_and_needs_little(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith("METADATA"))
        told = Parser().parsestr(archive.read(metadata).decode())
    assert told["Version"] == xentlib.__version__ == version("xentlib")
    assert "xentlib/py.typed" in names
    assert sum("licenses" in name for name in names) == 3
    needed = [text for text in told.get_all("Requires-Dist") if "extra ==" not in text]
    assert sorted(re.match(r"\w+", text)[0] for text in needed) == ["numpy", "scipy"]
    assert told.get_payload() == (ROOT / "README.md").read_text("utf-8")


def test_two_builds_are_the_same_bytes(wheel, tmp_path):
    assert xentlib_wheel.build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_readme_is_true():
    import doctest

    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert (failed, tried > 5) == (0, True)


def test_it_runs_where_nothing_else_is_installed(empty):
    """Its examples run with numpy and scipy alone; only the figures want more, and say what."""
    listed = subprocess.run(
        [
            empty,
            "-c",
            "import importlib.metadata as m; print(*(d.name for d in m.distributions()))",
        ],
        capture_output=True,
        text=True,
    )
    assert sorted(listed.stdout.split()) == ["numpy", "scipy", "xentlib"]
    code = """
import doctest, importlib, sys
import xentlib
assert not {"scipy", "matplotlib", "anywidget"} & set(sys.modules)
flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
for name in "measures losses codes.prefix codes.stream likelihood models datasets".split():
    failed, tried = doctest.testmod(importlib.import_module("xentlib." + name), optionflags=flags)
    assert not failed and tried, name
import xentlib.exercises
print("good", xentlib.__version__)
"""
    assert run(empty, code) == f"good {xentlib.__version__}\n"
    for name in ("figures", "widgets"):
        said = run(empty, f"import xentlib.{name}").splitlines()[-1]
        assert said.startswith("ModuleNotFoundError: the figures of xentlib need ")
        assert said.endswith('which is not installed: pip install "xentlib[figures]"')


# The edition


def test_the_wheel_carries_the_texts_of_this_python(wheel, empty):
    """Where the Python that runs has other texts, or none, the book's are read."""
    with zipfile.ZipFile(wheel) as archive:
        told = json.loads(archive.read("xentlib/data/edition.json"))
    assert told["python"] == ".".join(map(str, sys.version_info[:3]))
    assert "PSF-2.0" in told["notice"]
    assert "Python Software Foundation" in told["notice"]
    code = """
import hashlib, sys
sys.modules["pydoc_data.topics"] = None
for name in ("argparse", "tarfile"):
    sys.modules[name] = None
import xentlib
for text in (xentlib.manual_text(), xentlib.source_text()):
    print(hashlib.sha256(text.encode()).hexdigest())
"""
    texts = xentlib.manual_text(), xentlib.source_text()
    sums = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    assert run(empty, code).split() == sums == [*told["sha256"].values()]


def test_a_changed_edition_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr(xentlib.datasets, "_DATA", tmp_path)
    xentlib_wheel.write_edition(tmp_path / "edition.json")
    text = xentlib.manual_text()
    assert len(text) > 400_000
    changed = (tmp_path / "edition.json").read_text().replace("expression", "impression", 1)
    (tmp_path / "edition.json").write_text(changed)
    with pytest.raises(ValueError, match=r"manual_text in .* was changed: install xentlib anew"):
        xentlib.manual_text()


def test_the_repository_has_no_edition():
    """Here the texts are those of the Python that runs, whatever was built before."""
    assert not (ROOT / "data/edition.json").exists()


# Types


def declared():
    """Return every public function and public method, by name."""
    for name in xentlib.__all__:
        value = getattr(xentlib, name)
        for method, function in vars(value).items() if isinstance(value, type) else [("", value)]:
            if inspect.isfunction(function) and not method.startswith("_"):
                yield pytest.param(function, id=f"{name}.{method}".rstrip("."))


@pytest.mark.parametrize("function", [*declared()])
def test_what_it_takes_and_returns_is_declared(function):
    """And mypy holds the package to it, in `make test`."""
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    for name, parameter in signature.parameters.items():
        assert name == "self" or parameter.annotation is not inspect.Parameter.empty, name
