"""Light pages that ask no other host for anything, in markup mended for assistive tools.

The style sheets become one, less the rules that no page uses.

The patterns below are those of the theme versions pinned in pyproject.toml; the browser tests (no
foreign request, no axe violation) tell when a new version needs other ones.
"""

import hashlib
import logging as std_logging
import re
import shutil
import struct
import subprocess
from pathlib import Path

from fontTools import subset
from maths import find_node
from sphinx.util import logging

log = logging.getLogger(__name__)
std_logging.getLogger("fontTools").setLevel(std_logging.WARNING)

MENDED = [
    # A label that hides the words it should be found by.
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r'(<button class="btn search-button-field[^>]*?) title="Search" aria-label="Search"', r"\1"),
    (
        r'<span class="search-button__kbd-shortcut">',
        '<span class="search-button__kbd-shortcut" aria-hidden="true">',
    ),
    # Content outside of any landmark.
    (
        r'(?<!page">)(<a class="navbar-brand logo".*?</a>)',
        r'<nav aria-label="Home page">\1</nav>',
    ),
    # A title on an element that is not exposed.
    (
        r'<i class="theme-switch ([^>]*?) title="[^"]*"',
        r'<i class="theme-switch \1 aria-hidden="true"',
    ),
    # A list's entries are its items.
    (r'(<div class="citation"[^>]*?) role="doc-biblioentry"', r'\1 role="listitem"'),
    # A picture far down the page is fetched when the reader comes near it.
    (r"<img (?![^>]*\bloading=)", '<img loading="lazy" '),
    # For choosing among versions, of which there is one; each page would have a script of its own.
    (r"<script>DOCUMENTATION_OPTIONS\.pagename = [^<]*</script>\s*", ""),
    # The same id for the content of every exercise, solution, theorem.
    (r' id="(?:exercise|solution|proof)-content"', ""),
    (r'(<div class="proof [^>]*?) id="proof"', r"\1"),
    # Tags for services that are not used.
    (r'<meta name="docsearch:[^>]*>\s*', ""),
    (r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = .*?</script>', ""),
]
INLINE = re.compile(r"\s*<script>(.*?)</script>", re.DOTALL)
DEFERRED = re.compile(r"\s*<script [^>]*\bdefer\b[^>]*></script>")
SCRIPTS = [
    # The theme lays out the whole page to see which boxes scroll, and again after every move
    # of a slider. book/_assets/scrollers.js does it for what is in view.
    (
        "scripts/pydata-sphinx-theme.js",
        '["pre",".nboutput > .output_area",".cell_output > .output",".jp-RenderedHTMLCommon",'
        '".pst-scrollable-table-container"].join(", ")',
        '"none"',
    ),
    # What a search shows of a page would have every formula twice.
    (
        "searchtools.js",
        '[".headerlink", "script", "style"]',
        '[".headerlink", ".katex-mathml", "script", "style"]',
    ),
    # Without a network, or read from a folder, a page found cannot be quoted.
    (
        "searchtools.js",
        """_highlightText(listItem, term, "highlighted"));
      });""",
        """_highlightText(listItem, term, "highlighted"));
      })
      .catch(() => {});""",
    ),
]
FOREIGN = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object"""
    r"""|link(?![^>]*rel="(?:canonical|license|next|prev)"))\b"""
    r"""[^>]*?\b(?:src|href|data)=["']?((?:https?:)?//[^"'\s>]+)"""
)
PRIVATE_USE = range(0xE000, 0xF900)  # where an icon font keeps its glyphs
PICTURE = re.compile(r'<img (?![^>]*\bwidth=)([^>]*?\bsrc="([^"?#:]+\.png)(?:\?\w+=\w+)?")')
FACE = re.compile(r"@font-face\{[^}]*?font-family:[\"']?([^;\"'}]+)[^}]*\}")
# The fonts' licence reserves their names: what is cut from them needs another one.
RENAMED = {"KaTeX_": "Codebook_", "Font Awesome": "Codebook Icons", "FontAwesome": "CodebookIcons"}
NAMES = {1, 3, 4, 6, 16}
LICENCE, LICENCE_URL = 13, 14
SITE_CSS = "site.css"


def choose_assets(app, pagename, templatename, context, doctree):
    """Drop Thebe, name the one style sheet, and let no script hold up the page."""

    def text(asset):
        return f"{getattr(asset, 'filename', asset)} {getattr(asset, 'attributes', '')}".lower()

    for key in ("script_files", "css_files"):
        context[key] = [asset for asset in context[key] if "thebe" not in text(asset)]
    app.shared_sheets = [
        str(sheet.filename).removeprefix("_static/") for sheet in context["css_files"]
    ]
    context["css_files"] = [f"_static/{SITE_CSS}"]
    for asset in context["script_files"]:
        if not getattr(asset, "filename", None) or "documentation_options" in text(asset):
            continue
        # The objects are shared by all pages, so each page sets what it needs; the search page's
        # own inline script wants its helpers at once.
        if pagename == "search":
            asset.attributes.pop("defer", None)
        elif "async" not in asset.attributes:
            asset.attributes["defer"] = "defer"


def join_sheets(app):
    """Write the one style sheet: the theme's first, then the others in the order of the pages."""
    static = Path(app.outdir, "_static")
    names = ["basic.css", "styles/pydata-sphinx-theme.css", *app.shared_sheets]
    sheet = static / SITE_CSS
    texts = [(static / name).read_text("utf-8") for name in names]
    # Addresses in a sheet are relative to it, and the theme's are one folder down.
    joined = "\n".join(texts).replace("url(../", "url(").replace('@charset "UTF-8";', "")
    sheet.write_text(joined, "utf-8")
    purge = ["--config", str(Path(__file__).with_name("purgecss.config.cjs")), "--output", SITE_CSS]
    run_node(app, "purgecss/bin/purgecss.js", *purge, cwd=static)
    minify = ["--minify", "--allow-overwrite", "--log-level=warning", f"--outfile={SITE_CSS}"]
    run_node(app, "esbuild/bin/esbuild", SITE_CSS, *minify, cwd=static)
    sheet.write_text(without_unused_fonts(sheet.read_text("utf-8")), "utf-8")


def without_unused_fonts(css: str) -> str:
    """Drop the fonts that no rule names, and the older form of those that remain."""
    rules = FACE.sub("", css)
    used = FACE.sub(lambda match: match[0] if match[1] in rules else "", css)
    return re.sub(r',url\([^)]*\.ttf\) ?format\("truetype"\)', "", used)


def run_node(app, program, *arguments, cwd):
    done = subprocess.run(
        [find_node(), str(Path(app.confdir, "node_modules", program)), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or done.stderr:
        log.warning("%s: %s", program, done.stderr, type="origin")


def sheet_soon(page: str) -> str:
    """Let the style sheet hold up nothing, and nothing hold up the style sheet.

    The parser waits for the sheet at every inline script below it, so these go above, as one.
    Scripts that run at the end are fetched when all of the page is there: they would share the
    line with it.
    """
    head, body_starts, body = page.partition("</head>")
    inline = dict.fromkeys(script.strip() for script in INLINE.findall(head))
    above, link, below = INLINE.sub("", head).partition('<link rel="stylesheet"')
    deferred = DEFERRED.findall(below)
    for script in deferred:
        below = below.replace(script, "", 1)
    first = DEFERRED.search(body)
    at = first.start() if first else 0
    body = body[:at] + "".join(deferred) + body[at:]
    script = f"<script>{chr(10).join(inline)}</script>\n" if inline else ""
    return above + script + link + below + body_starts + body


def with_sizes(page: str, folder: Path) -> str:
    """Say each picture's size, so that its place is kept before it arrives."""

    def sized(match):
        data = (folder / match[2]).read_bytes()
        width, height = struct.unpack(">II", data[16:24])  # in a PNG's first chunk
        return f'<img width="{width}" height="{height}" {match[1]}'

    return PICTURE.sub(sized, page)


def mend_pages(out: Path, is_single: bool):
    """Mend every page, and warn of every foreign URL."""
    options = out / "_static/documentation_options.js"
    # A few hundred bytes, for which the page would wait.
    inline = f"<script>{options.read_text('utf-8')}</script>"
    for page in sorted(out.rglob("*.html")):
        old = text = page.read_text("utf-8")
        for pattern, mended in MENDED:
            text = re.sub(pattern, mended, text, flags=re.DOTALL)
        text = re.sub(rf'<script src="[^"]*{options.name}[^"]*"></script>', lambda _: inline, text)
        # The single page's addresses hold at the top, though Sphinx writes it into a folder.
        text = with_sizes(sheet_soon(text), out if is_single else page.parent)
        if text != old:
            page.write_text(text, "utf-8")
        for url in FOREIGN.findall(text):
            log.warning("%s asks for %s", page.relative_to(out), url, type="origin")


def mend_scripts(static: Path):
    """Mend what SCRIPTS names, and take out the addresses of source maps, which are not shipped."""
    for name, old, new in SCRIPTS:
        text = (static / name).read_text("utf-8")
        if new not in text:
            if old not in text:
                log.warning("%s has changed: see SCRIPTS in %s", name, __name__, type="origin")
            (static / name).write_text(text.replace(old, new), "utf-8")
    for script in sorted((static / "scripts").glob("*.js")):
        text = script.read_text("utf-8")
        script.write_text(re.sub(r"\n//# sourceMappingURL=.*", "", text), "utf-8")


def keep_glyphs(font: Path, characters: set[int], store: Path):
    """Leave these characters in a font, of what it has, and the records that its licence asks for.

    The next build finds the result stored.
    """
    wanted = repr([sorted(characters), RENAMED]).encode()
    cut = store / f"{hashlib.sha256(font.read_bytes() + wanted).hexdigest()}.woff2"
    if not cut.exists():
        options = subset.Options(flavor="woff2", layout_features=["kern"], name_IDs=["*"])
        loaded = subset.load_font(str(font), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(loaded)
        rename(loaded["name"])
        store.mkdir(exist_ok=True)
        subset.save_font(loaded, str(cut.with_suffix(".part")), options)
        cut.with_suffix(".part").replace(cut)
    shutil.copyfile(cut, font)


def rename(names):
    """Take the reserved names off a font, and have it say its licence."""
    for record in names.names:
        if record.nameID in NAMES:
            text = record.toUnicode()
            for old, new in RENAMED.items():
                text = text.replace(old, new)
            record.string = text
    if not names.getDebugName(LICENCE):
        words = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
        names.setName(words, LICENCE, 3, 1, 0x409)
        names.setName("https://openfontlicense.org", LICENCE_URL, 3, 1, 0x409)


def thin_fonts(out: Path):
    """Keep the fonts that the style sheet names: in them, the icons that one of its rules writes,
    as a character or as an escape, and the letters of formulas that some page or figure writes.
    """
    static, store = out / "_static", out.parent / ".fonts"
    css = (static / SITE_CSS).read_text("utf-8")
    icons = {ord(c) for c in css if ord(c) in PRIVATE_USE}
    icons |= {int(code, 16) for code in re.findall(r"\\(f[0-9a-f]{3})\b", css)}
    named = {static / font for font in re.findall(r"url\(([^)?]+\.woff2)", css)}
    for font in {*static.rglob("*.woff2"), *static.rglob("*.ttf")} - named:
        font.unlink()
    for font in sorted((static / "vendor/fontawesome/webfonts").glob("*")):
        keep_glyphs(font, icons, store)
    written = {*map(chr, range(32, 127))}  # what a figure may compute
    for text in [*out.rglob("*.html"), *static.glob("figures/*.js")]:
        written.update(text.read_text("utf-8"))
    for font in sorted(static.glob("katex/fonts/*.woff2")):
        keep_glyphs(font, {*map(ord, written)}, store)


def finish(app, exception):
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for unused in [
        *out.rglob("*.map"),
        *out.rglob("*thebe*"),
        *out.rglob("*webpack-macros.html"),
        out / "_static/scripts/fontawesome.js",
    ]:
        unused.unlink(missing_ok=True)
    mend_pages(out, is_single=app.builder.name == "singlehtml")
    mend_scripts(out / "_static")
    if hasattr(app, "shared_sheets"):  # some page was written
        join_sheets(app)
        thin_fonts(out)


def print_as_html(app):
    """Let the single page, from which the PDF is printed, render what the pages render.

    An extension that names singlehtml for one of its nodes hides what all others said of html.
    """
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = handlers.get("html", {}) | handlers.get("singlehtml", {})


def setup(app):
    app.connect("builder-inited", print_as_html, priority=1)
    app.connect("html-page-context", choose_assets, priority=990)  # when all have added theirs
    app.connect("build-finished", finish, priority=990)  # all is written, nothing hashed
    return {"parallel_read_safe": True, "parallel_write_safe": True}
