"""One edition of the site, whole: every file that a page names carries a hash of what is in it.

A browser or a host that keeps a file under its address can then never give a page another edition's
file. Each page names the edition, and the service worker, which keeps opened pages for reading
offline, is told the edition and its files.
"""

import hashlib
import json
import re
from pathlib import Path

from sphinx.util import logging

log = logging.getLogger(__name__)
IN_PAGE = re.compile(  # the last one is that of a figure's late script: see live.py
    r"""(<(?:script|link|img|source)\b[^>]*?\b(?:src|href)="|"url": ")([^"#?:]+)(?:\?v=\w+)?(?=")"""
)
IN_SHEET = re.compile(r"""(url\(["']?)([^"')#?:]+)(?:\?v=\w+)?(?=["']?\))""")
STAMP = re.compile(r'(<html\b[^>]*?)(?: data-edition="\w*")?(?=>)')


def write_edition(out: Path, worker: Path) -> str:
    """Name every file with its hash in pages and style sheets, and write the service worker.

    It may be run again over its own work.
    """
    out, files = out.resolve(), {}

    def name_files(path: Path, pattern: re.Pattern) -> str:
        """Return the text of a page or sheet with a hash at each file that it names."""

        def named(match):
            file = (path.parent / match[2]).resolve()
            if file.suffix == ".html" or not file.is_file():
                return match[0]
            name = file.relative_to(out).as_posix()
            if name not in files:
                files[name] = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
            return f"{match[1]}{match[2]}?v={files[name]}"

        old = path.read_text("utf-8")
        new = pattern.sub(named, old)
        if new != old:
            path.write_text(new, "utf-8")
        return new

    # A sheet's own hash follows from those of the files in it, and a page's from its sheet's.
    for sheet in sorted(out.glob("_static/*.css")):
        name_files(sheet, IN_SHEET)
    pages = {page: name_files(page, IN_PAGE) for page in sorted(out.rglob("*.html"))}
    for path in sorted(out.glob("py/**/*")):  # large files, each version under a name of its own
        if path.is_file():
            files[path.relative_to(out).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()[
                :12
            ]
    bare = {page: STAMP.sub(r"\1", text) for page, text in pages.items()}
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode() + worker.read_bytes())
    for page, text in bare.items():
        digest.update(f"{page.relative_to(out)}\0{text}\0".encode())
    edition = digest.hexdigest()[:12]
    for page, text in bare.items():
        page.write_text(STAMP.sub(rf'\1 data-edition="{edition}"', text, count=1), "utf-8")
        files[page.relative_to(out).as_posix()] = None
    told = f"const EDITION = {json.dumps(edition)};\n"
    told += f"const FILES = {json.dumps(files, sort_keys=True)};\n"
    (out / "sw.js").write_text(told + worker.read_text("utf-8"), "utf-8")
    return edition


def finish(app, exception):
    if exception is None and app.builder.format == "html":
        write_edition(Path(app.outdir), Path(app.confdir, "book/_extra/sw.js"))


def setup(app):
    # When every other extension has written its files.
    app.connect("build-finished", finish, priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
