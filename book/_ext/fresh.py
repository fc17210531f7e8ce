"""Rebuild what Sphinx and the execution cache cannot see: xentlib, these extensions, the templates.

A page's outputs depend on the package that its cells import, and its HTML on the extensions beside
this file; neither is among the dependencies that Sphinx or jupyter-cache track.
"""

import hashlib
import shutil
from pathlib import Path

from sphinx.util import logging

log = logging.getLogger(__name__)
# What the cells' outputs depend on, and what every page does.
RUNS = ["xentlib", "requirements.txt"]
PAGES = ["book/_ext", "book/_templates", "tools/notebooks.py", "_config.yml", "_toc.yml"]


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
    root, out = Path(app.confdir), Path(app.outdir)
    app.fingerprints = {"runs": fingerprint(root, RUNS), "pages": fingerprint(root, PAGES)}
    app.changed = False
    for kind, now in app.fingerprints.items():
        mark = out.parent / f".{kind}"
        if not mark.exists() or mark.read_text() != now:
            app.changed = True
            if kind == "runs":
                cache = out.parent / ".jupyter_cache"
                shutil.rmtree(cache, ignore_errors=True)


def outdated(app, env, added, changed, removed):
    return list(env.found_docs) if app.changed else []


def remember(app, exception):
    if exception is None:
        for kind, now in app.fingerprints.items():
            (Path(app.outdir).parent / f".{kind}").write_text(now)


def setup(app):
    app.connect("config-inited", look, priority=100)
    app.connect("env-get-outdated", outdated)
    app.connect("build-finished", remember)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
