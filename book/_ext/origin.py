"""Light pages that ask no other host for anything, in markup mended for assistive tools.

The patterns below are those of the theme versions pinned in pyproject.toml; the browser tests (no
foreign request, no axe violation) tell when a new version needs other ones.
"""

import logging as std_logging
import re
from pathlib import Path

from fontTools import subset
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
    # Tags for a search service that is not used.
    (r'<meta name="docsearch:[^>]*>\s*', ""),
]
FOREIGN = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object"""
    r"""|link(?![^>]*rel="(?:canonical|license|next|prev)"))\b"""
    r"""[^>]*?\b(?:src|href|data)=["']?((?:https?:)?//[^"'\s>]+)"""
)
PRIVATE_USE = range(0xE000, 0xF900)  # where an icon font keeps its glyphs


def choose_assets(app, pagename, templatename, context, doctree):
    """Drop Thebe, and let no script hold up the page."""

    def text(asset):
        return f"{getattr(asset, 'filename', asset)} {getattr(asset, 'attributes', '')}".lower()

    for key in ("script_files", "css_files"):
        context[key] = [asset for asset in context[key] if "thebe" not in text(asset)]
    for asset in context["script_files"]:
        if not getattr(asset, "filename", None) or "documentation_options" in text(asset):
            continue
        # The objects are shared by all pages, so each page sets what it needs; the search page's
        # own inline script wants its helpers at once.
        if pagename == "search":
            asset.attributes.pop("defer", None)
        elif "async" not in asset.attributes:
            asset.attributes["defer"] = "defer"


def mend_pages(out: Path) -> set[str]:
    """Mend every page, warn of every foreign URL, and return the names of the icons in use."""
    icons = set()
    for page in sorted(out.rglob("*.html")):
        old = text = page.read_text("utf-8")
        for pattern, mended in MENDED:
            text = re.sub(pattern, mended, text, flags=re.DOTALL)
        if text != old:
            page.write_text(text, "utf-8")
        icons |= set(re.findall(r"\bfa-[a-z0-9-]+", text))
        for url in FOREIGN.findall(text):
            log.warning("%s asks for %s", page.relative_to(out), url, type="origin")
    return icons


def keep_icons(static: Path, icons: set[str]):
    """Keep the icon glyphs, and the style rules that name them, that a page uses."""
    sheet = static / "styles/pydata-sphinx-theme.css"
    glyphs = set()

    def rule(match):
        if icons & set(re.findall(r"\.(fa-[a-z0-9-]+)", match[1])):
            glyphs.add(int(match[2], 16))
            return match[0]
        return ""

    css = re.sub(
        r'((?:\.fa-[a-z0-9-]+::?before,?)+)\{content:"\\([0-9a-f]+)"\}',
        rule,
        sheet.read_text("utf-8"),
    )
    sheet.write_text(css, "utf-8")
    # Glyphs that other rules write directly, as a character or as an escape.
    sheets = "".join(path.read_text("utf-8") for path in static.rglob("*.css"))
    glyphs |= {ord(c) for c in sheets if ord(c) in PRIVATE_USE}
    glyphs |= {int(code, 16) for code in re.findall(r"\\(f[0-9a-f]{3})\b", sheets)}
    for font in sorted((static / "vendor/fontawesome/webfonts").glob("*")):
        if font.suffix != ".woff2":
            font.unlink()
            continue
        options = subset.Options(flavor="woff2", layout_features=[], desubroutinize=True)
        loaded = subset.load_font(str(font), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=glyphs)
        subsetter.subset(loaded)
        subset.save_font(loaded, str(font), options)


def finish(app, exception):
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    keep_icons(out / "_static", mend_pages(out))
    for unused in [*out.rglob("*.map"), out / "_static/scripts/fontawesome.js"]:
        unused.unlink(missing_ok=True)
    for unused in out.rglob("*thebe*"):
        unused.unlink()


def setup(app):
    app.connect("html-page-context", choose_assets, priority=990)
    app.connect("build-finished", finish, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
