"""Where the Python of the pages comes from, and what is said when it cannot be had."""

import shutil
import subprocess
from pathlib import Path

import pytest
import runtime

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.book


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """The official files in a folder of their own, and nothing to be downloaded."""
    (made,) = (ROOT / "_build/python").glob("pyodide-*")
    folder = shutil.copytree(made, tmp_path / "mirror")
    monkeypatch.setenv("XENT_PYODIDE", str(folder))
    monkeypatch.setattr(runtime, "carried", lambda *args: pytest.fail("it is downloaded"))
    return folder


def test_a_mirror_is_looked_at_first(mirror, tmp_path):
    made = runtime.assemble(tmp_path / "out")
    folder = tmp_path / "out" / made["folder"]
    names = {name for files in made["sets"].values() for name, *_ in files}
    assert names | {"pyodide-lock.json"} == {path.name for path in folder.iterdir()}
    for files in made["sets"].values():
        for name, size, sha256 in files:
            data = (folder / name).read_bytes()
            assert (len(data), runtime.sha256(data)) == (size, sha256)


def test_what_is_there_is_not_fetched_again(mirror, tmp_path, monkeypatch):
    made = runtime.assemble(tmp_path / "out")
    monkeypatch.delenv("XENT_PYODIDE")
    assert runtime.assemble(tmp_path / "out") == made


def test_a_file_that_is_not_the_official_one_is_refused(mirror, tmp_path):
    wheel = next(mirror.glob("numpy-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"?")
    with pytest.raises(runtime.MissingError, match=rf"{wheel.name} from .* sha256 differs"):
        runtime.assemble(tmp_path / "out")


def test_a_mirror_that_is_no_folder_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("XENT_PYODIDE", "/no/such/folder")
    with pytest.raises(runtime.MissingError, match="names /no/such/folder, which is not a folder"):
        runtime.assemble(tmp_path / "out")


def test_without_a_network_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("XENT_PYODIDE", raising=False)
    failed = subprocess.CompletedProcess([], returncode=1)
    monkeypatch.setattr(runtime.subprocess, "run", lambda *args, **kwargs: failed)
    with pytest.raises(runtime.MissingError, match=r"could not be downloaded .* XENT_PYODIDE"):
        runtime.assemble(tmp_path / "out", say=lambda text: None)
