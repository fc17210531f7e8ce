"""Rebuild what Sphinx and the execution cache cannot see: xentlib, these extensions, the templates.

A page's outputs depend on the package that its cells import, and its HTML on the extensions beside
this file; neither is among the dependencies that Sphinx or jupyter-cache track.
"""

import hashlib
import shutil
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME

# What the cells' outputs depend on, and what every page does.
RUNS = ["xentlib", "requirements.txt"]
PAGES = [
    "book/_ext",
    "book/_python",
    "book/_templates",
    "tools/notebooks.py",
    "tools/runtime.py",
    "tools/tex.py",
]
PAGES += ["_config.yml", "_toc.yml", "package-lock.json"]


def fingerprint(root: Path, names: list[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        top = root / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def look(app, config):
    """Throw away the execution cache when what the cells run on has changed."""
    root, build = Path(app.confdir), Path(app.outdir).parent
    build.mkdir(parents=True, exist_ok=True)
    ran_on, runs = build / ".runs", fingerprint(root, RUNS)
    app.changed = not ran_on.exists() or ran_on.read_text() != runs
    if app.changed:
        shutil.rmtree(build / ".jupyter_cache", ignore_errors=True)
        ran_on.write_text(runs)
    # Each builder writes its own pages, and has them only when it has finished.
    app.made_by, app.pages = build / f".{Path(app.outdir).name}", fingerprint(root, PAGES + RUNS)
    app.changed |= not app.made_by.exists() or app.made_by.read_text() != app.pages


def outdated(app, env, added, changed, removed):
    return list(env.found_docs) if app.changed else []


def remember(app, exception):
    """Have the next build begin anew after one that complained, as Sphinx does after an error.

    Sphinx reads again what has changed, one page after the other. A label that stood on two pages
    then still stands on the second when the first is read.
    """
    if exception is None and app._warncount and app.keep_going:
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)
    elif exception is None:
        app.made_by.write_text(app.pages)


def setup(app):
    app.connect("config-inited", look, priority=100)
    app.connect("env-get-outdated", outdated)
    app.connect("build-finished", remember, priority=2000)  # others may complain before
    return {"parallel_read_safe": True, "parallel_write_safe": True}
