"""Cells that run in the page: their buttons, their sources, and the Python they run on.

``tools/runtime.py`` assembles what comes from registries into ``_build/python``; this extension
puts it beside the pages, as ``py/``, with the scripts of ``book/_python``, the editor bundled from
npm, and xentlib as a wheel. Nothing of it is loaded before a reader asks. Where it cannot be had,
the book is built without it, and each page with cells says so.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import runtime
import xentlib_wheel
from docutils import nodes
from IPython.lib import pretty
from maths import find_node
from myst_nb.core.read import create_nb_reader
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx_exercise.nodes import solution_node

log = logging.getLogger(__name__)
HIDDEN = {"remove-cell", "remove-input"}
BAR = (
    '<div class="run-bar">'
    '<button type="button" data-run="run" aria-label="Run cell {n}">Run</button>'
    '<button type="button" data-run="edit" aria-label="Edit cell {n}">Edit</button></div>'
)
SCRIPTS = ("page.js", "page.css", "worker.js")
EDITED = re.compile(r'<div class="run-bar">.*?</div>')


def code_cells(document):
    """The containers of the code cells whose code is shown, in order."""
    for node in document.findall(nodes.container):
        is_cell = node.get("nb_element") == "cell_code"
        if is_cell and not HIDDEN & set(node["cell_metadata"].get("tags", [])):
            yield node


class AddButtons(SphinxPostTransform):
    """Give each cell whose code is shown its buttons, between the code and what it prints."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        if self.app.builder.name != "html":
            return
        for number, cell in enumerate(code_cells(self.document), start=1):
            code = next(
                (c for c in cell.children if c.get("nb_element") == "cell_code_source"), None
            )
            if code is None:
                log.warning("a cell shows no code", location=cell, type="run")
                continue
            cell["classes"].append(f"run-cell-{cell['cell_index']}")
            bar = nodes.raw("", BAR.format(n=number), format="html")
            cell.insert(cell.index(code) + 1, bar)


def prepare(app):
    """Put everything but the cells' sources in place, or say why it cannot be."""
    app.python_in_page = None  # or the folder of what is the book's own
    if app.builder.name != "html":
        return
    root, out = Path(app.confdir), Path(app.outdir) / "py"
    try:
        manifest = runtime.assemble(root / "_build" / "python")
    except runtime.MissingError as error:
        log.info(f"Python in the page: left out. {error}")
        return
    sources = root / "book/_python"
    own = {name: (sources / name).read_bytes() for name in SCRIPTS}
    own["editor.js"] = bundle(root)
    installed = {
        "runner.py": (sources / "runner.py").read_bytes(),
        "pretty.py": Path(pretty.__file__).read_bytes(),
    }
    with tempfile.TemporaryDirectory() as scratch:
        wheel = xentlib_wheel.build_wheel(Path(scratch))
        installed[wheel.name] = wheel.read_bytes()
    manifest["own"] = [[n, len(b), runtime.sha256(b)] for n, b in installed.items()]
    own |= installed
    own["manifest.json"] = json.dumps(manifest, separators=(",", ":")).encode()
    digest = hashlib.sha256(b"".join(n.encode() + b for n, b in own.items())).hexdigest()[:12]
    for old in [*out.glob("book-*"), *out.glob("pyodide-*")]:
        shutil.rmtree(old)
    book = out / f"book-{digest}"
    book.mkdir(parents=True)
    for name, data in own.items():
        (book / name).write_bytes(data)
    # The runtime is large and never changes: another name for its bytes, if the disk allows it.
    made = root / "_build/python" / manifest["folder"]
    shutil.copytree(made, out / made.name, copy_function=link)
    (out / "cells").mkdir(exist_ok=True)  # pages that are not written anew keep theirs
    app.python_in_page = f"py/{book.name}/"


def link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def bundle(root: Path) -> bytes:
    """The editor and what it imports, as one module."""
    esbuild = root / "node_modules/esbuild/bin/esbuild"
    command = [
        find_node(),
        str(esbuild),
        str(root / "book/_python/editor.js"),
        "--bundle",
        "--minify",
    ]
    command += ["--format=esm", "--charset=utf8", "--legal-comments=none"]
    return subprocess.run(command, check=True, capture_output=True, cwd=root).stdout


def rewrite(app, env):
    """Write the pages with cells anew when what they point to has moved."""
    now = app.python_in_page
    if getattr(env, "python_in_page", now) == now:
        env.python_in_page = now
        return []
    env.python_in_page = now
    return sorted(env.found_docs)


def offer(app, pagename, templatename, context, doctree):
    """Write a page's cells, and have its buttons work."""
    if doctree is None or app.builder.name != "html":
        return
    shown = {cell["cell_index"]: cell for cell in code_cells(doctree)}
    if not shown:
        return
    if not app.python_in_page:
        note = (
            '<p class="run-missing">This copy of the book was built without Python for the page: '
            "the cells below show what they printed, and run in the notebook.</p>"
        )
        first, *rest = EDITED.split(context["body"])
        context["body"] = "".join([first, note, *rest])
        return
    path = Path(app.env.doc2path(pagename))
    text = path.read_text("utf-8")
    config = app.env.myst_config, app.env.mystnb_config
    notebook = create_nb_reader(str(path), *config, text).read(text)
    numbers = {index: number for number, index in enumerate(shown, start=1)}
    cells = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        entry = {"id": index, "source": cell.source, "hidden": index not in shown}
        if index in shown:
            entry["number"] = numbers[index]
            entry["solution"] = is_solution(shown[index])
            entry["alt"] = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        cells.append(entry)
    data = json.dumps({"cells": cells}, ensure_ascii=False, separators=(",", ":")).encode()
    page = Path(pagename).name
    for old in Path(app.outdir, "py/cells").glob(f"{page}-????????.json"):
        old.unlink()
    name = f"py/cells/{page}-{runtime.sha256(data)[:8]}.json"
    (Path(app.outdir) / name).write_bytes(data)
    app.add_js_file(
        "run.js",
        loading_method="defer",
        **{"data-from": app.python_in_page, "data-runtime": "py/", "data-cells": name},
    )


def is_solution(node) -> bool:
    while node is not None:
        if isinstance(node, solution_node):
            return True
        node = node.parent
    return False


def setup(app):
    app.add_post_transform(AddButtons)
    app.connect("builder-inited", prepare)
    app.connect("env-updated", rewrite)
    app.connect("html-page-context", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
