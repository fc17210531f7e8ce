"""The house's order: who may import whom, what an import loads, and that names are documented."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import numpydoc.docscrape
import pytest

import xentlib

ROOT = Path(xentlib.__file__).parent

DEPTHS = {
    "_blocks": -1,  # beneath the checks, which sweep over arrays too
    "checks": 0,
    "measures": 1,
    "codes": 2,
    "losses": 2,
    "likelihood": 3,
    "models": 3,
    "datasets": 3,
    "exercises": 4,
    "figures": 4,
    "widgets": 5,
}


def modules():
    """Return the name of each module below `xentlib`, "" for the package itself, and its file."""
    for file in sorted(ROOT.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), file


def imports(name, file):
    """Return the absolute names of all that a file imports, inside functions too."""
    package = ["xentlib", *name.split(".")] if name else ["xentlib"]
    if file.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = [*base, *(node.module or "").split(".")] if node.module else base
            if node.module:
                yield ".".join(module)
            else:  # from . import name
                yield from (".".join([*module, alias.name]) for alias in node.names)


def top(name):
    """Return the module of `DEPTHS` that an absolute name belongs to, or None."""
    parts = name.split(".")
    return parts[1] if parts[0] == "xentlib" and len(parts) > 1 else None


INNER = [(name, file) for name, file in modules() if name]


@pytest.mark.parametrize(("name", "file"), INNER, ids=[name for name, _ in INNER])
def test_imports_point_downwards(name, file):
    own = name.split(".")[0]
    assert own in DEPTHS, f"give {own} a depth: a module imports only modules of smaller depth"
    for imported in imports(name, file):
        assert imported != "xentlib", f"{name} imports the package itself: import the module"
        assert imported.split(".")[0] not in ("book", "tests", "benchmarks")
        other = top(imported)
        if other not in (None, own):
            assert DEPTHS[other] < DEPTHS[own], f"{name} imports {imported} sideways or upwards"


def test_the_order_is_noticed_when_broken(tmp_path):
    """The parser above sees relative, absolute and nested imports alike."""
    file = tmp_path / "measures.py"
    file.write_text(
        "from . import figures\nfrom .codes.prefix import x\nimport xentlib.losses\n"
        "def f():\n    from xentlib.models import NGram\n    from .. import y\n"
    )
    assert sorted(filter(None, map(top, imports("measures", file)))) == [
        "codes",
        "figures",
        "losses",
        "models",
    ]


def loaded_by(name):
    """Return the names of the modules that an import loads in a new process."""
    code = f"import sys; old = set(sys.modules); import {name}; print(*set(sys.modules) - old)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_loads_numpy_and_nothing_heavier():
    third_party = {name.split(".")[0] for name in loaded_by("xentlib")} - sys.stdlib_module_names
    assert third_party == {"numpy", "xentlib"}


def test_importing_the_figures_does_not_load_the_slow_parts_of_scipy():
    """Every chapter waits for this import, and only some figures need scipy."""
    loaded = loaded_by("xentlib.widgets")
    assert "anywidget" in loaded
    assert not {"scipy.stats", "scipy.optimize"} & loaded


def test_all_names_are_listed_in_order():
    assert xentlib.__all__ == sorted(xentlib.__all__)
    public = {
        name
        for name, value in vars(xentlib).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(xentlib.__all__)


def documented():
    """Return every public function, class and public method, by name."""
    for name in xentlib.__all__:
        value = getattr(xentlib, name)
        yield name, value
        if inspect.isclass(value):
            for method, function in vars(value).items():
                if not method.startswith("_") and inspect.isfunction(function):
                    yield f"{name}.{method}", function


NAMES = list(documented())


@pytest.mark.parametrize(("name", "value"), NAMES, ids=[name for name, _ in NAMES])
def test_each_public_name_is_documented(name, value):
    doc = numpydoc.docscrape.get_doc_object(value)
    parameters = [p for p in inspect.signature(value).parameters.values() if p.name != "self"]
    assert " ".join(doc["Summary"]).endswith("."), "one line that ends with a full stop"
    if "." not in name:  # a method's example may stand in its class
        assert doc["Examples"], "an example that runs"
    described = [name.strip(" *") for entry in doc["Parameters"] for name in entry.name.split(",")]
    assert described == [p.name for p in parameters], "each parameter, in the order of the call"
    if not inspect.isclass(value):
        assert doc["Returns"], "what comes back, its shape and unit"
        assert doc["Raises"] or not parameters, "which input is refused"
    for entry in doc["Parameters"]:
        if entry.name == "base":
            assert "bits" in " ".join(entry.desc), "the unit"
