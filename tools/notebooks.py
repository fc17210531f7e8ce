"""Write the chapters as Jupyter notebooks for students: without solutions, in plain Markdown.

The chapters are MyST sources for Sphinx. JupyterLab shows Markdown and maths, but knows neither
directives nor roles nor the book's macros, so these become plain text here. Numbers that a chapter
computes for its prose (glue) come from the executed chapter, which `make book` leaves behind.

As a Sphinx extension it offers the notebooks on the site: one link a chapter, one zip for all.
"""

import ast
import re
import sys
import zipfile
from itertools import takewhile
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
BOXES = {"admonition", "note", "tip", "warning", "margin", "important", "seealso"}
README = """\
The Wrong Codebook: notebooks for students

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


class Source:
    """The sources of the book, and where each label is and what it is called."""

    def __init__(self, root: Path, names: list[str]):
        self.pages = {Path(name).name: root / f"{name}.md" for name in names}
        self.chapters = {k: p for k, p in self.pages.items() if re.match(r"\d\d-", k)}
        config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
        self.macros = config["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]
        self.labels, self.equations = {}, {}
        for page, path in self.pages.items():
            self.index(page, path.read_text("utf-8"))
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
        for number, label in enumerate(re.findall(r"^\$\$ \(([\w-]+)\)$", text, re.M), start=1):
            self.equations[label] = (page, number)

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


class Chapter:
    """One chapter on its way to a notebook."""

    def __init__(self, page: str, source: Source, build: Path):
        self.page, self.source, self.path = page, source, source.chapters[page]
        self.glue = glued(self.path, build)
        self.exercises = 0
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
            self.exercises += 1
            return ["", f"**Exercise {self.exercises}. {title}**".replace(". **", "**"), "", *body]
        if name == "quiz":
            return self.box("Check yourself", self.quiz(body))
        if name.startswith("prf:"):
            kind = name.removeprefix("prf:").capitalize()
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

    @staticmethod
    def box(title: str, body: list[str]) -> list[str]:
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
        if body and body[0] == "---":
            if "---" not in body[1:]:
                self.fail(line + 1, "--- is never closed")
            end = body.index("---", 1)
            options, code = yaml.safe_load("\n".join(body[1:end])) or {}, body[end + 1 :]
        else:
            head = list(takewhile(OPTION.match, body))
            options = yaml.safe_load("\n".join(text[1:] for text in head)) if head else {}
            code = body[len(head) :]
        tags = options.get("tags", [])
        code = [text for text in code if "myst_nb" not in text]
        if "glue" in tags or not any(text.strip() for text in code):
            return
        self.flush()
        cell = nbformat.v4.new_code_cell("\n".join(code).strip())
        if {"remove-cell", "remove-input", "hide-input"} & set(tags):
            cell.metadata["jupyter"] = {"source_hidden": True}
        self.cells.append(cell)
        if caption := options.get("mystnb", {}).get("figure", {}).get("caption"):
            self.text += ["", f"*{caption}*", ""]

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

    def tag(self, match) -> str:
        number = self.source.equations[match[2]][1]
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
            page, number = self.source.equations.get(target, (self.page, target))
            return f"({number})" if page == self.page else f"({number}) of {page}"
        if role == "term":
            return words or target
        if role in ("ref", "numref", "prf:ref", "doc"):
            return self.place(target, None if words and "%s" in words else words)
        if role in ("py:func", "py:class", "func", "class", "py:mod", "py:obj", "py:meth"):
            return f"`{(words or target).lstrip('~').rpartition('.')[2]}`"
        raise ExtensionError(f"{self.path.name}: tools/notebooks.py does not know the role {role}")

    def notebook(self):
        book = nbformat.v4.new_notebook(cells=self.cells)
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
    """Pack the notebooks of `out`, xentlib as a wheel and a few words into one zip."""
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
    wheel.unlink()
    return target


def offer(app, pagename, templatename, context, doctree):
    """Put a link to a chapter's notebook, and one to its figures, under its title."""
    name = Path(pagename).name
    if re.match(r"\d\d-", name):
        link = context["pathto"](f"notebooks/{name}.ipynb", 1)
        line = (
            f'<p class="take"><a href="{link}" download>Take this chapter as a notebook</a>'
            ' or <a href="?present">project its figures</a></p>'
        )
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{line}", 1)


def deliver(app, exception):
    if exception is None and app.builder.name == "html":
        out = Path(app.outdir, "notebooks")
        write(out, Path(app.confdir), out.parents[1], sorted(app.env.found_docs))
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
