"""What search engines, shared links and lost readers are told: a description for each page, and,
where the address of the site is known, canonical addresses, a site map and a picture a page.

The address is `html.baseurl` in _config.yml, or the variable BOOK_ADDRESS while the book is built.
"""

import hashlib
import json
import os
import re
import shutil
import textwrap
from html import escape
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin
from xml.sax.saxutils import escape as escape_xml

from chapters import number_of
from docutils import nodes
from matplotlib.figure import Figure

from xentlib import entropy, figures, kl_divergence

LONGEST = 160  # what a result page shows of a description
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SUBTITLE = "An interactive book about cross-entropy, from twenty questions to the training loss."
FORMULA = re.compile(r"[\\{}$]")
VIEWPORT = re.compile(r'\s*<meta (?:content="[^"]*" )?name="viewport"[^>]*>')
P, Q = [0.5, 0.25, 0.125, 0.125], [0.125, 0.5, 0.25, 0.125]
NOT_FOUND = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>No such page: {title}</title>
<meta name="description" content="There is no page at this address.">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; }}
body {{ padding: 0 1rem; }}
</style></head><body><main><h1>No codeword for this page</h1>
<p>Something happened that had probability zero: there is no page at this address.</p>
<p><a href="{home}">Go to the first page of {title}</a>.
Its contents and its search lead to all others.</p>
</main></body></html>
"""


def configure(app, config):
    address = os.environ.get("BOOK_ADDRESS") or config.html_baseurl
    if address and not re.match(r"https?://[^/]+", address):
        raise ValueError(f"the address of the site must begin with https://, not {address!r}")
    config.html_baseurl = address and address.rstrip("/") + "/"


def cut(text: str) -> str:
    """Cut a text that is too long behind a sentence, or else behind a word."""
    text = re.sub(r"\s+", " ", text).strip()
    if len(text) <= LONGEST:
        return text
    sentences = re.match(rf"(.{{40,{LONGEST - 1}}}[.?])\s", text)
    return sentences[1] if sentences else textwrap.shorten(text, LONGEST, placeholder=" …")


def description(app, docname: str, doctree) -> str:
    """Describe a page by its number and the first sentences in it that hold no formula."""
    number = number_of(app.env, docname)
    if docname == app.config.root_doc:
        return SUBTITLE
    told = f"Chapter {number} of The Wrong Codebook, on cross-entropy. " if number else ""
    paragraphs = doctree.findall(
        lambda node: isinstance(node, nodes.paragraph) and isinstance(node.parent, nodes.section)
    )
    plain = [text for text in (p.astext() for p in paragraphs) if not FORMULA.search(text)]
    title = app.env.titles[docname].astext()
    return cut(
        told + " ".join(plain[:3]) if plain else f"{title}: a page of {app.config.html_title}."
    )


def structured(app, docname: str, title: str, told: str, address: str | None) -> dict:
    """Return the page as schema.org sees it: the book, a chapter of it, or a page beside them."""
    number, root = number_of(app.env, docname), docname == app.config.root_doc
    book = {"@type": ["Book", "LearningResource"], "name": app.config.html_title}
    kind = ["Chapter", "LearningResource"] if number else ["WebPage"]
    data = {"@context": "https://schema.org", "@type": book["@type"] if root else kind}
    data |= {"name": title, "description": told, "inLanguage": "en", "license": LICENCE}
    data |= {"author": {"@type": "Organization", "name": app.config.author}}
    if root or number:
        data |= {"isAccessibleForFree": True, "learningResourceType": "interactive textbook"}
        data |= {"educationalLevel": "undergraduate", "teaches": "cross-entropy"}
    if number:
        data["position"] = number
    if not root:
        data["isPartOf"] = book
    if address:
        data["url"] = address
    return data


def card(title: str, line: str) -> bytes:
    """Draw the picture that stands beside a shared link, 1200 by 630 pixels: title and emblem."""
    figure, colours = (
        Figure(figsize=(12, 6.3), dpi=100, facecolor="white", layout="none"),
        figures.COLORS,
    )
    words = {"color": colours["ink"], "family": "serif", "weight": "bold", "linespacing": 1.2}
    figure.text(0.06, 0.88, textwrap.fill(title, 20), size=40, va="top", **words)
    figure.text(0.06, 0.08, line, size=20, color=colours["soft"])
    bars = figure.add_axes((0.66, 0.24, 0.29, 0.64))
    cost = figure.add_axes((0.66, 0.09, 0.29, 0.07))
    for shift, pmf, name in [(-0.2, P, "p"), (0.2, Q, "q")]:
        bars.bar([k + shift for k in range(len(pmf))], pmf, width=0.38, color=colours[name])
    cost.barh(0, entropy(P), color=colours["p"])
    cost.barh(0, kl_divergence(P, Q), left=entropy(P), color=colours["kl"])
    for axes in (bars, cost):
        axes.set_axis_off()
        axes.margins(0)
    out = BytesIO()
    figure.savefig(out, metadata={"Software": None})
    return out.getvalue()


def write_card(app, docname: str, title: str) -> str:
    """Write a page's card, drawn only if no earlier build has drawn it; return its name."""
    number, book = number_of(app.env, docname), app.config.html_title
    line = f"{book}, chapter {number}" if number else book
    if docname == app.config.root_doc:
        title, line = book, textwrap.fill(SUBTITLE, 44)
    store = Path(app.outdir).parent / ".cards"
    known = repr([title, line, Path(__file__).read_text("utf-8")]).encode()
    kept = store / f"{hashlib.sha256(known).hexdigest()}.png"
    if not kept.exists():
        store.mkdir(exist_ok=True)
        kept.write_bytes(card(title, line))
    name = f"_images/card-{Path(docname).name}.png"
    target = Path(app.outdir, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, target)
    return name


def describe(app, pagename, templatename, context, doctree):
    """Write what the head of a page says about it."""
    tags = VIEWPORT.sub("", context.get("metatags") or "")
    context["metatags"] = tags
    if app.builder.name != "html" or doctree is None:
        title = re.sub("<.*?>", "", context.get("title") or pagename)
        told = f"{title}: a page of {app.config.html_title}."
        context["metatags"] += f'\n<meta name="description" content="{escape(told)}">'
        return
    title, told = app.env.titles[pagename].astext(), description(app, pagename, doctree)
    base = app.config.html_baseurl
    address = urljoin(base, app.builder.get_target_uri(pagename)) if base else None
    kind = "book" if pagename == app.config.root_doc else "article"
    said = {"og:title": title, "og:description": told, "og:type": kind}
    said |= {"og:site_name": app.config.html_title, "og:locale": "en"}
    if address:
        said |= {"og:url": address, "og:image": urljoin(base, write_card(app, pagename, title))}
        said |= {"og:image:width": "1200", "og:image:height": "630", "og:image:alt": title}
    lines = [f'<meta name="description" content="{escape(told)}">']
    lines += [f'<meta property="{key}" content="{escape(text)}">' for key, text in said.items()]
    if address:
        lines.append('<meta name="twitter:card" content="summary_large_image">')
    data = json.dumps(structured(app, pagename, title, told, address), ensure_ascii=False)
    data = data.replace("<", "\\u003c")  # no end of a script inside of it
    lines.append(f'<script type="application/ld+json">{data}</script>')
    context["metatags"] += "\n" + "\n".join(lines)


def finish(app, exception):
    """Write what stands at the top of the site: robots.txt, sitemap.xml and 404.html."""
    if exception or app.builder.name != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl
    home = app.builder.get_target_uri(app.config.root_doc)
    robots = "User-agent: *\nAllow: /\n"
    if base:
        robots += f"Sitemap: {urljoin(base, 'sitemap.xml')}\n"
        pages = [urljoin(base, app.builder.get_target_uri(d)) for d in sorted(app.env.found_docs)]
        urls = "".join(f"<url><loc>{escape_xml(page)}</loc></url>\n" for page in pages)
        (out / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
            "utf-8",
        )
    else:
        (out / "sitemap.xml").unlink(missing_ok=True)
    (out / "robots.txt").write_text(robots, "utf-8")
    # A host shows it at any address, so it names nothing by a relative one.
    home = urljoin(base, home) if base else f"/{home}"
    page = NOT_FOUND.format(title=app.config.html_title, home=escape(home))
    (out / "404.html").write_text(page, "utf-8")


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", describe, priority=900)
    app.connect("build-finished", finish, priority=600)  # before the edition is written
    return {"parallel_read_safe": True, "parallel_write_safe": True}
