"""Write the chapters as Jupyter notebooks for students: without solutions, in plain Markdown.

The chapters are MyST sources for Sphinx. JupyterLab shows Markdown and maths, but knows neither
directives nor roles nor the book's macros, so these become plain text here. Numbers that a chapter
computes for its prose (glue) come from the executed chapter, which `make book` leaves behind.

As a Sphinx extension it offers the notebooks on the site: one link a chapter, one zip for all.
"""

import ast
import os
import re
import sys
import zipfile
from collections import Counter
from functools import partial
from importlib.metadata import version
from itertools import takewhile
from operator import ne
from pathlib import Path

import nbformat
import pages
import xentlib_wheel
import yaml
from jupyter_cache import get_cache
from pybtex.database import parse_file
from pybtex.richtext import Text
from sphinx.errors import ExtensionError
from tex import expand

ROOT = Path(__file__).parents[1]
OPEN = re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}[ \t]*(?P<title>.*)$")
OPTION = re.compile(r":[\w-]+:")
ROLE = re.compile(r"\{(?P<role>[\w:-]+)\}`(?P<body>[^`]+)`")
NUMBERED = re.compile(r"prf:(?!proof)(\w+)|(exercise)(?:-start)?")
BOXES = {"admonition", "note", "tip", "warning", "margin", "important", "seealso"}
README = """\
The Wrong Codebook: notebooks for students

They need Python 3.11 or newer.
1. Install what the notebooks run on (once, in an environment of your own):
       pip install "{wheel}[figures]" jupyterlab
2. Open them:
       jupyter lab
   or make a page of one, which holds the figures as pictures:
       jupyter nbconvert --config pictures.py --execute --to html 01-surprise.ipynb
Begin with 01-surprise.ipynb. Exercises check themselves; the solutions are in the book.
"""
# nbconvert would prefer the live figure, whose script a page asks another server for.
NBCONVERT = "pictures.py"
PICTURES = """\
c = get_config()
c.NbConvertBase.display_data_priority = [
    "image/png", "image/svg+xml", "text/html", "text/markdown", "text/latex", "text/plain"]
"""


NEEDS = "*From The Wrong Codebook. Needs Python 3.11 or newer; the next cell installs the rest.*"
# The first code of each notebook: it is all that is needed where the wheel lies beside it.
SET_UP = """\
# Installs xentlib, the book's package, where it is missing.
import importlib.util, pathlib, sys

if sys.version_info < (3, 11):
    raise ImportError("The book needs Python 3.11 or newer; this is " + sys.version.split()[0])
if importlib.util.find_spec("xentlib") is None:
    wheel = pathlib.Path("{wheel}").resolve()
    address = wheel.as_uri() if wheel.exists() else "{address}"
    %pip install --quiet "xentlib[figures] @ {{address}}"\
"""
# Without an address of the book, the last lines.
NOWHERE = """\
    if not wheel.exists():
        raise ImportError(f"Put {wheel.name} beside this notebook: it is in the book's zip.")
    %pip install --quiet "xentlib[figures] @ {wheel.as_uri()}"\
"""


def set_up(wheel: str, base: str) -> str:
    """Return the first code of a notebook whose book is at the address `base`, or at none yet."""
    if base:
        return SET_UP.format(wheel=wheel, address=f"{base.rstrip('/')}/notebooks/{wheel}")
    above, _, _ = SET_UP.format(wheel=wheel, address="").partition("    address =")
    return above + NOWHERE


class Source:
    """The sources of the book, and where each label is and what it is called."""

    def __init__(self, root: Path, names: list[str]):
        self.pages = {Path(name).name: root / f"{name}.md" for name in names}
        self.chapters = {k: p for k, p in self.pages.items() if re.match(r"\d\d-", k)}
        config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
        self.macros = config["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]
        base = os.environ.get("BOOK_ADDRESS") or config.get("html", {}).get("baseurl", "")
        self.base = base and base.rstrip("/") + "/"
        self.labels, self.equations, self.numbers, self.names = {}, {}, {}, {}
        self.chapter = {page: n for n, page in enumerate(self.chapters, start=1)}
        self.count = Counter()
        for page, path in self.pages.items():
            self.index(page, path.read_text("utf-8"))
        self.titles = {page: self.title(path) for page, path in self.chapters.items()}
        entries = parse_file(root / "book/references.bib").entries
        self.works = {key: self.work(entry) for key, entry in entries.items()}

    def index(self, page: str, text: str):
        for label, title in re.findall(r"^\(([\w-]+)\)=\n+#+ (.+)$", text, re.M):
            self.labels[label] = (page, title)
        titled = (
            r"^[:`]{3,}\{(?:prf:)?([\w-]+?)(?:-start)?\} ?(.*)\n(?::.*\n)*?:(?:label|name): (\S+)"
        )
        for kind, title, label in re.findall(titled, text, re.M):
            self.labels[label] = (page, title or kind)
        for caption, label in re.findall(r"^ *figure:.*?caption: (.*?)[,}\n].*?$()", text, re.M):
            self.labels.setdefault(label, (page, caption))
        for label in re.findall(r"name: (fig-[\w-]+)", text):
            self.labels[label] = (page, "the figure")
        for label in re.findall(r"^\$\$ \(([\w-]+)\)$", text, re.M):
            self.equations[label] = self.next_number(page, "equation")
        self.number(page, text.splitlines())

    def next_number(self, page: str, kind: str) -> str:
        """Count the things of a kind as the site does: by chapter, behind the chapter's number."""
        chapter = self.chapter.get(page)
        self.count[chapter, kind] += 1
        return f"{chapter}." * bool(chapter) + str(self.count[chapter, kind])

    def number(self, page: str, lines: list[str]):
        """Number what the site numbers, by the line where it begins and by its label."""
        for i, line in enumerate(lines):
            opening = OPEN.match(line)
            if not opening:
                continue
            fence = opening["fence"]
            body = list(takewhile(partial(ne, fence), map(str.rstrip, lines[i + 1 :])))
            numbered = NUMBERED.fullmatch(opening["name"])
            if numbered:
                kind = (numbered[1] or numbered[2]).capitalize()
                label = next((text.split()[1] for text in body if text.startswith(":label:")), None)
            elif figure := opening["name"] == "code-cell" and figure_of(cell_options(body)[0]):
                kind, label = "Fig.", figure.get("name")
            else:
                continue
            self.numbers[page, i] = self.names[label] = f"{kind} {self.next_number(page, kind)}"

    @staticmethod
    def title(path: Path) -> str:
        return re.search(r"^# (.+)$", path.read_text("utf-8"), re.M)[1]

    @staticmethod
    def work(entry) -> str:
        names = [" ".join(person.last_names) for person in entry.persons["author"]]
        if len(names) > 2:
            names = [names[0], "others"]
        names = re.sub(r"[{}]", "", str(Text.from_latex(" and ".join(names))))
        return f"{names}, {entry.fields['year']}"


def glued(source: Path, build: Path) -> dict[str, str]:
    """What the executed chapter glued, by key."""
    values = {}
    cache = get_cache(build / ".jupyter_cache")
    records = [r for r in cache.list_cache_records() if Path(r.uri).name == source.name]
    for record in sorted(records, key=lambda r: r.pk):
        for cell in cache.get_cache_bundle(record.pk).nb.cells:
            for output in cell.get("outputs", []):
                key = output.get("metadata", {}).get("scrapbook", {}).get("name")
                text = output.get("data", {}).get("application/papermill.record/text/plain")
                if key and text:
                    is_quoted = text[:1] in "'\""
                    values[key] = ast.literal_eval(text) if is_quoted else text
    return values


def cell_options(body: list[str]) -> tuple[dict, list[str]]:
    """Return the options of a code cell, and its code."""
    if body and body[0] == "---" and "---" in body[1:]:
        end = body.index("---", 1)
        return yaml.safe_load("\n".join(body[1:end])) or {}, body[end + 1 :]
    head = list(takewhile(OPTION.match, body))
    return yaml.safe_load("\n".join(text[1:] for text in head)) or {}, body[len(head) :]


def figure_of(options: dict) -> dict:
    """Return the caption and the name of a cell's figure, or nothing."""
    return options.get("mystnb", {}).get("figure", {})


def without_tests(code: str) -> str:
    """Leave out what a hidden cell checks of the prose: the book's tests have checked it."""
    lines = code.splitlines()
    for statement in ast.parse(re.sub("^[%!].*", "pass", code, flags=re.M)).body:
        if isinstance(statement, ast.Assert):
            lines[statement.lineno - 1 : statement.end_lineno] = [None] * (
                statement.end_lineno - statement.lineno + 1
            )
    return "\n".join(line for line in lines if line is not None)


class Chapter:
    """One chapter on its way to a notebook."""

    def __init__(self, page: str, source: Source, build: Path):
        self.page, self.source, self.path = page, source, source.chapters[page]
        self.glue = glued(self.path, build)
        self.cells, self.text = [], []
        self.blocks(self.path.read_text("utf-8"))

    def fail(self, line: int, message: str):
        raise ExtensionError(f"{self.path.name}, line {line + 1}: {message}")

    def blocks(self, text: str):
        """Cut the source into code cells and Markdown, leaving solutions out."""
        lines = text.splitlines()
        start = 1 + lines.index("---", 1) if lines[0] == "---" else 0
        block, i = None, start  # the exercise or solution that is open, and its line
        while i < len(lines):
            match = OPEN.match(lines[i])
            if not match:
                if not (block and block[0] == "solution"):
                    self.text.append(lines[i])
                i += 1
                continue
            name, end = match["name"], self.close(lines, i, match["fence"])
            kind, _, edge = name.rpartition("-")
            if edge == "start":
                if block:
                    self.fail(i, f"{name} inside the {block[0]} of line {block[1] + 1}")
                block = kind, i
            elif edge == "end":
                if not (block and block[0] == kind):
                    self.fail(i, f"{name} has no {kind}-start")
                block = None
            if kind != "solution" and not (block and block[0] == "solution"):
                body = lines[i + 1 : end]
                if name == "code-cell":
                    self.code(i, body)
                else:
                    self.text += self.directive(i, name, match["title"], body)
            i = end + 1
        if block:
            self.fail(block[1], f"{block[0]}-start has no {block[0]}-end")
        self.flush()

    def close(self, lines: list[str], start: int, fence: str, above: int = 0) -> int:
        """Line of the fence that closes the one at `start`; `above` lines come before these."""
        for i in range(start + 1, len(lines)):
            if lines[i].rstrip() == fence:
                return i
        return self.fail(above + start, f"{lines[start]} is never closed")

    def directive(self, line: int, name: str, title: str, body: list[str]) -> list[str]:
        options = sum(1 for _ in takewhile(OPTION.match, body))
        folded = ":class: dropdown" in body[:options]
        body, top = body[options:], line + 1 + options
        if name in ("exercise-end", "solution"):
            return []
        if name in ("exercise-start", "exercise"):
            name = self.source.numbers[self.page, line]
            return ["", f"**{name}. {title}**".replace(". **", "**"), "", *body]
        if name == "quiz":
            return self.box("Check yourself", self.quiz(body))
        if name.startswith("prf:"):
            kind = self.source.numbers.get(
                (self.page, line), name.removeprefix("prf:").capitalize()
            )
            return self.box(f"{kind} ({title})" if title else kind, self.nested(top, body))
        if name in BOXES:
            heading = title if name in ("admonition", "margin") else name.capitalize()
            return (self.fold if folded else self.box)(heading, self.nested(top, body))
        if name == "container":
            return self.nested(top, body)
        return self.fail(line, f"tools/notebooks.py does not know the directive {name}")

    def nested(self, top: int, body: list[str]) -> list[str]:
        """Directives inside another one, whose body begins at the line `top`."""
        out, i = [], 0
        while i < len(body):
            match = OPEN.match(body[i])
            if match:
                end = self.close(body, i, match["fence"], top)
                inner = body[i + 1 : end]
                out += self.directive(top + i, match["name"], match["title"], inner)
                i = end
            else:
                out.append(body[i])
            i += 1
        return out

    def box(self, title: str, body: list[str]) -> list[str]:
        """A quotation, each formula on one line: JupyterLab takes a mark within it for maths."""
        text = re.sub(
            r"^( *)\$\$\n(.+?)\n *\$\$(?: \(([\w-]+)\))?$",
            self.in_line,
            "\n".join(body),
            flags=re.M | re.S,
        )
        text = re.sub(r"\$[^$]+\$", lambda match: match[0].replace("\n", " "), text)
        body = text.split("\n")
        return ["", f"> **{title}**" if title else ">", ">", *(f"> {line}" for line in body), ""]

    @staticmethod
    def fold(title: str, body: list[str]) -> list[str]:
        """What a reader opens: an answer is not to be seen before the prediction is made."""
        head = f"<details><summary><b>{title}</b></summary>"
        return ["", head, "", *body, "", "</details>", ""]

    @staticmethod
    def quiz(body: list[str]) -> list[str]:
        """Keep the question and the options; their marks and the feedback stay in the book."""
        out, in_feedback, is_number = [], False, True
        for line in body:
            option = re.match(r"\s*- \[(.+?)\] (.*)", line)
            if option:
                in_feedback = option[1] not in ("x", " ")
                is_number = is_number and in_feedback
                out += [] if in_feedback else [f"- {option[2]}"]
            elif line.strip().startswith(">"):
                in_feedback = True
            elif not in_feedback:
                out.append(line)
        while out and not out[0].strip():
            out.pop(0)
        return [*out, "", "(Answer it on the book's page.)"]

    def code(self, line: int, body: list[str]):
        if body and body[0] == "---" and "---" not in body[1:]:
            self.fail(line + 1, "--- is never closed")
        options, code = cell_options(body)
        tags = options.get("tags", [])
        code = "\n".join(text for text in code if "myst_nb" not in text)
        is_hidden = bool({"remove-cell", "remove-input", "hide-input"} & set(tags))
        if is_hidden:
            code = without_tests(code)
        if "glue" in tags or not code.strip():
            return
        self.flush()
        cell = nbformat.v4.new_code_cell(code.strip())
        if is_hidden:
            cell.metadata["jupyter"] = {"source_hidden": True}
        self.cells.append(cell)
        if caption := figure_of(options).get("caption"):
            self.text += ["", f"*{self.source.numbers[self.page, line]} {caption}*", ""]

    def flush(self):
        text = self.plain("\n".join(self.text)).strip()
        if text:
            self.cells.append(nbformat.v4.new_markdown_cell(text))
        self.text = []

    def plain(self, text: str) -> str:
        """Turn MyST into the Markdown that JupyterLab shows."""
        text = re.sub(r"^(?:\([\w-]+\)=|\+\+\+.*|%.*)$\n?", "", text, flags=re.M)
        text = re.sub(r"^((?:> )?)\$\$ \(([\w-]+)\)$", self.tag, text, flags=re.M)
        text = ROLE.sub(self.role, text)
        text = re.sub(r"\[([^\]]*)\]\(#([\w-]+)\)", self.link, text)
        text = re.sub(r"(\[[^\]]*\])\{[.#][^}]*\}", lambda m: m[1][1:-1], text)
        text = re.sub(r"^\{[.#][^}]*\}$", "", text, flags=re.M)
        text = re.sub(
            r"\$\$.+?\$\$|\$[^$]+\$", lambda m: expand(m[0], self.source.macros), text, flags=re.S
        )
        return re.sub(r"\n{3,}", "\n\n", text)

    def in_line(self, match) -> str:
        tex = " ".join(line.strip() for line in match[2].split("\n"))
        number = self.source.equations.get(match[3])
        return f"{match[1]}$${tex}" + (rf" \tag{{{number}}}$$" if number else "$$")

    def tag(self, match) -> str:
        number = self.source.equations[match[2]]
        return f"{match[1]}\\tag{{{number}}}\n{match[1]}$$"

    def place(self, label: str, text: str | None = None) -> str:
        # A label that does not exist is the build's to report.
        page, title = self.source.labels.get(label, (self.page, label))
        words = text or title
        is_here = page == self.page or page not in self.source.chapters
        return words if is_here else f"[{words}]({page}.ipynb)"

    def link(self, match) -> str:
        return self.place(match[2], match[1])

    def role(self, match) -> str:
        body = re.fullmatch(r"(.*?)\s*<(.+)>", match["body"], re.S)
        words, target = (body[1], body[2]) if body else (None, match["body"])
        role = match["role"]
        if role.startswith("glue"):
            if target not in self.glue:
                raise ExtensionError(f"{self.path.name}: {target} is glued nowhere in the chapter")
            return self.glue[target]
        if role.startswith("cite"):
            keys = [key.strip() for key in target.split(",")]
            works = "; ".join(self.source.works.get(key, key) for key in keys)
            return f"({works})" if role == "cite:p" else works
        if role == "eq":
            return f"({self.source.equations.get(target, target)})"
        if role == "term":
            return words or target
        if role in ("numref", "prf:ref") and (not words or "%s" in words):
            return self.place(target, self.source.names.get(target))
        if role in ("ref", "numref", "prf:ref", "doc"):
            page, title = self.source.labels.get(target, (self.page, target))
            if not words and title == self.source.titles.get(page):
                before = match.string[: match.start()].rstrip(" ")
                word = "Chapter" if re.search(r"(^|\n\n|[.?:|])$", before) else "chapter"
                words = f"{word} {self.source.chapter[page]} ({title})"
            return self.place(target, words)
        if role in ("py:func", "py:class", "func", "class", "py:mod", "py:obj", "py:meth"):
            return f"`{(words or target).lstrip('~').rpartition('.')[2]}`"
        raise ExtensionError(f"{self.path.name}: tools/notebooks.py does not know the role {role}")

    def notebook(self):
        title, _, rest = self.cells[0].source.partition("\n")
        wheel = f"xentlib-{version('xentlib')}-py3-none-any.whl"
        first = [
            nbformat.v4.new_markdown_cell(f"{title}\n\n{NEEDS}"),
            nbformat.v4.new_code_cell(set_up(wheel, self.source.base)),
        ]
        if rest.strip():
            first.append(nbformat.v4.new_markdown_cell(rest.strip()))
        book = nbformat.v4.new_notebook(cells=[*first, *self.cells[1:]])
        book.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        for number, cell in enumerate(book.cells):
            cell["id"] = f"cell-{number}"  # the same in every build
        return book


def write(out: Path, root: Path, build: Path, names: list[str]) -> list[Path]:
    """Write every chapter among the pages `names` as a notebook into the folder `out`."""
    source = Source(root, names)
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for page in source.chapters:
        paths.append(out / f"{page}.ipynb")
        nbformat.write(Chapter(page, source, build).notebook(), paths[-1])
    (out / NBCONVERT).write_text(PICTURES, "utf-8")
    return paths


def pack(out: Path) -> Path:
    """Pack the notebooks of `out`, xentlib as a wheel and a few words into one zip.

    The wheel stays beside the notebooks, where their first cell looks for it.
    """
    for old in out.glob("xentlib-*.whl"):
        old.unlink()
    wheel = xentlib_wheel.build_wheel(out)
    target = out / "the-wrong-codebook.zip"
    with zipfile.ZipFile(target, "w") as archive:
        texts = {"README.txt": README.format(wheel=wheel.name).encode()}
        texts |= {
            p.name: p.read_bytes() for p in [*sorted(out.glob("*.ipynb")), out / NBCONVERT, wheel]
        }
        for name, text in texts.items():
            info = zipfile.ZipInfo(f"the-wrong-codebook/{name}", (2020, 1, 1, 0, 0, 0))
            archive.writestr(info, text, zipfile.ZIP_DEFLATED)
    return target


def offer(app, pagename, templatename, context, doctree):
    """Put a link to a chapter's notebook, and one to its figures, under its title."""
    name = Path(pagename).name
    if re.match(r"\d\d-", name):
        link, everything = (
            context["pathto"](f"notebooks/{file}", 1)
            for file in (f"{name}.ipynb", "the-wrong-codebook.zip")
        )
        line = (
            f'<p class="take"><a href="{link}" download>Take this chapter as a notebook</a>, '
            f'<a href="{everything}" download>all chapters with what they need</a> '
            '(for Python 3.11 or newer), or <a href="?present">project its figures</a></p>'
        )
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


def deliver(app, exception):
    if exception is None and app.builder.name == "html":
        out = Path(app.outdir, "notebooks")
        root = app.config.root_doc  # numbers run through the book in its own order
        order = [root, *app.env.toctree_includes.get(root, [])]
        write(out, Path(app.confdir), out.parents[1], order)
        pack(out)


def setup(app):
    app.connect("html-page-context", offer)
    app.connect("build-finished", deliver)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main():
    out = Path(sys.argv[1])
    try:
        paths = write(out, ROOT, ROOT / "_build", pages.names())
    except ExtensionError as error:
        sys.exit(str(error))
    print(f"Wrote {len(paths)} notebooks and {pack(out).name} into {out}")


if __name__ == "__main__":
    main()
