r"""Typeset every formula while the book is built: HTML for the eye, MathML for the ear.

KaTeX does it, so the pages need no JavaScript for their maths. Macros are those of
``mathjax3_config`` in _config.yml. A formula that KaTeX rejects is a warning with its place.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from tex import expand

log = logging.getLogger(__name__)
TRAILING = re.compile(r"[.,;:!?)\]’”]+")
# Longer inline formulas must be able to wrap, so only short ones are kept with their full stop.
SHORT = 40


def find_node() -> str | None:
    """Path of the environment's own Node, or of one on the PATH."""
    return shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


class Katex:
    """A Node process that answers one formula a line, and remembers what it answered."""

    def __init__(self, root: Path):
        node = find_node()
        if not node or not (root / "node_modules/katex").is_dir():
            raise ExtensionError(
                "The maths of the book is typeset by KaTeX, which is not installed here. "
                "Run `make book`, which installs it, or `npm ci --omit=dev` beside _config.yml."
            )
        self.process = subprocess.Popen(
            [node, str(Path(__file__).with_name("katex_lines.cjs")), str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.answers = {}

    def __call__(self, tex: str, **options) -> dict:
        job = json.dumps({"tex": tex, "options": options})
        if job not in self.answers:
            self.process.stdin.write(job + "\n")
            self.process.stdin.flush()
            self.answers[job] = json.loads(self.process.stdout.readline())
        return self.answers[job]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def typeset(translator, node, tex: str, display: bool) -> str:
    app = translator.builder.app
    if getattr(app, "katex", None) is None:
        app.katex = Katex(Path(app.confdir))
    # Who copies a formula gets its TeX, which must mean the same elsewhere.
    tex = expand(tex, app.config.mathjax3_config["tex"]["macros"])
    answer = app.katex(tex, displayMode=display, throwOnError=True)
    if "error" in answer:
        log.warning("%s in %r", answer["error"], tex, location=node, type="katex")
        return f"<code>{translator.encode(tex)}</code>"
    return answer["html"]


def visit_inline(translator, node):
    tail = node.get("tail", "")
    glue = " nobr" if tail and len(node.astext()) < SHORT else ""
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate" + glue))
    translator.body.append(typeset(translator, node, node.astext(), False))
    translator.body.append(translator.encode(tail) + "</span>")
    raise nodes.SkipNode


def visit_block(translator, node):
    tex = node.astext().strip()
    # Sphinx numbers the equations, so KaTeX gets the starred environments, which do not.
    tex = re.sub(r"\\(begin|end)\{(align|gather|equation|alignat)\}", r"\\\1{\2*}", tex)
    if not node["nowrap"] and "\\\\" in tex and not tex.startswith("\\begin"):
        tex = "\\begin{aligned}" + tex + "\\end{aligned}"
    number = get_node_equation_number(translator, node) if node["number"] else ""
    label = f"Equation {number}" if number else "Formula"
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    translator.body.append(
        # A wide formula scrolls in its own box, which the keyboard must be able to reach.
        f'<div class="formula" tabindex="0" role="group" aria-label="{label}">'
        f"{typeset(translator, node, tex, True)}</div>"
    )
    if number:
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def keep_punctuation(app, doctree, docname):
    """Move the full stop after a formula into its span, so that no line starts with it."""
    if app.builder.format != "html":
        return
    for node in list(doctree.findall(nodes.math)):
        after = node.next_node(descend=False, siblings=True)
        mark = TRAILING.match(after) if isinstance(after, nodes.Text) else None
        if mark:
            node["tail"] = mark[0]
            after.parent.replace(after, nodes.Text(after[mark.end() :]))


def copy_katex(app):
    """Ship KaTeX's style sheet and its fonts in woff2, which every browser in use reads."""
    if app.builder.format != "html":
        return
    source = Path(app.confdir, "node_modules/katex/dist")
    if not source.is_dir():
        Katex(Path(app.confdir))  # says what to do
    static = Path(app.outdir, "_static")
    (static / "katex/fonts").mkdir(parents=True, exist_ok=True)
    for font in sorted((source / "fonts").glob("*.woff2")):
        shutil.copyfile(font, static / "katex/fonts" / font.name)
    css = (source / "katex.min.css").read_text("utf-8")
    css = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)', "", css)
    (static / "katex.css").write_text(css.replace("url(", "url(katex/"), "utf-8")
    app.add_css_file("katex.css", priority=900)


def stop(app, exception):
    if getattr(app, "katex", None) is not None:
        app.katex.close()
        app.katex = None


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.connect("builder-inited", copy_katex)
    app.connect("doctree-resolved", keep_punctuation)
    app.connect("build-finished", stop)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
