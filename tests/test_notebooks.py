"""The notebooks that students get: no solutions, plain Markdown, and they run anywhere.

They are written anew from the chapters and from what the last build computed.
"""

import asyncio
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import notebooks
import pages
import pytest
import yaml
from nbclient import NotebookClient
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
MACROS = CONFIG["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"]
NAMES = pages.names()
CHAPTERS = [Path(name).name for name in NAMES if re.match(r"book/\d\d-", name)]
GATE = re.compile(r"^[:`]{3,}\{solution-start\}.*?^[:`]{3,}\{solution-end\}", re.M | re.S)
BOX = re.compile(r"^(?P<fence>[:`]{3,})\{solution\}.*?^(?P=fence)$", re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All notebooks and the zip."""
    out = tmp_path_factory.mktemp("notebooks")
    notebooks.write(out, ROOT, ROOT / "_build", NAMES)
    notebooks.pack(out)
    return out


def read(folder, chapter):
    return nbformat.read(folder / f"{chapter}.ipynb", as_version=4)


def source_of(chapter):
    return (ROOT / f"book/{chapter}.md").read_text("utf-8")


def pieces(text):
    """What a notebook would show unchanged: lines of code, and prose between maths and roles."""
    text = re.sub(r"\$\$.+?\$\$|\$[^$]+\$|\{[\w:-]+\}`[^`]+`", "\n", text, flags=re.S)
    lines = (line.strip(" >\t") for line in text.splitlines())
    return {line for line in lines if len(line) >= 16 and not re.match(r"[:`]{3}|:\w+:", line)}


@pytest.mark.book
def test_every_chapter_becomes_a_valid_notebook(folder):
    assert sorted(path.stem for path in folder.glob("*.ipynb")) == CHAPTERS
    for chapter in CHAPTERS:
        book = read(folder, chapter)
        nbformat.validate(book)
        assert book.cells[0].source.startswith("# ")
        assert not any(cell.get("outputs") for cell in book.cells)


SITE = ROOT / "_build/html/book"
NAMED = r"(?:Fig\.|[A-Z][a-z]+) \d+\.\d+"


@pytest.mark.book
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_numbers_are_those_of_the_site(folder, chapter):
    """Exercises, figures, definitions, theorems and equations go by the same numbers in both."""
    page = (SITE / f"{chapter}.html").read_text("utf-8")
    text = "\n\n".join(c.source for c in read(folder, chapter).cells if c.cell_type == "markdown")
    on_site = re.findall(rf'class="caption-number">({NAMED}) ?<', page)
    in_notebook = re.findall(rf"^(?:> )?\*{{1,2}}({NAMED})", text, re.M)
    assert len(on_site) >= 5
    assert sorted(in_notebook) == sorted(on_site)
    titled = dict(re.findall(rf"^(?:> )?\*\*({NAMED})[.]? ?\(?(.*?)\)?\*\*$", text, re.M))
    heads = re.findall(rf'class="caption-number">({NAMED}) ?</span> ?\((.*?)\)</p>', page, re.S)
    for name, title in heads:
        words = " ".join(re.sub(r"<[^>]+>", " ", title).split())
        if "katex" not in title:
            assert titled[name].rstrip(".") == words.replace("’", "'")
    numbers = re.findall(r'class="eqno">\(([\d.]+)\)', page)
    tags = re.findall(r"\\tag\{([\d.]+)\}", text)
    assert [n for n in numbers if n in tags] == tags
    secret = "".join(m[0] for pattern in (GATE, BOX) for m in pattern.finditer(source_of(chapter)))
    assert len(numbers) == len(tags) + len(re.findall(r"^\$\$ \([\w-]+\)$", secret, re.M))


@pytest.mark.book
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_cell_only_tests(folder, chapter):
    for cell in read(folder, chapter).cells:
        if cell.cell_type == "code" and cell.metadata.get("jupyter", {}).get("source_hidden"):
            assert not re.search(r"^assert\b", cell.source, re.M), cell.source


class Shell:
    """What the first cell of a notebook finds in place of IPython, to see what it installs."""

    def __init__(self):
        self.lines = []

    def run_line_magic(self, name, line, **options):
        self.lines.append((name, line))


def first_code(monkeypatch, source, where, *, is_missing=True):
    """Run the cell in a folder, and return what it has pip do."""
    from IPython.core.inputtransformer2 import TransformerManager

    shell = Shell()
    find = importlib.util.find_spec
    missing = {"xentlib"} if is_missing else set()
    scope = {"get_ipython": lambda: shell}
    with monkeypatch.context() as patch:
        patch.setattr(importlib.util, "find_spec", lambda n: None if n in missing else find(n))
        patch.chdir(where)
        exec(TransformerManager().transform_cell(source), scope)
    # As IPython does before a magic sees the line.
    return [eval(f"f{line!r}", scope) for _, line in shell.lines]


@pytest.mark.book
def test_first_cell_installs_the_wheel_beside_it(folder, monkeypatch, tmp_path):
    for chapter in CHAPTERS:
        title, code, *_ = read(folder, chapter).cells
        assert "Python 3.11" in title.source
        assert code.cell_type == "code"
        assert first_code(monkeypatch, code.source, tmp_path, is_missing=False) == []
        with pytest.raises(ImportError, match=r"Put xentlib-\S+\.whl beside this notebook"):
            first_code(monkeypatch, code.source, tmp_path)
        (line,) = first_code(monkeypatch, code.source, folder)
        assert re.fullmatch(r'install --quiet "xentlib\[figures\] @ file://.*\.whl"', line)
    # And pip does as it is told, without a network.
    requirement = line.partition('"')[2].rstrip('"')
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, "--target", tmp_path / "lib", requirement], check=True)
    assert (tmp_path / "lib/xentlib/data/edition.json").is_file()


def test_first_cell_knows_where_the_book_is(monkeypatch, tmp_path):
    cell = notebooks.set_up("xentlib-1-py3-none-any.whl", "https://example.org/book/")
    (line,) = first_code(monkeypatch, cell, tmp_path)
    address = "https://example.org/book/notebooks/xentlib-1-py3-none-any.whl"
    assert line == f'install --quiet "xentlib[figures] @ {address}"'
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    with pytest.raises(ImportError, match=r"needs Python 3\.11 or newer"):
        first_code(monkeypatch, cell, tmp_path)


@pytest.mark.book
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_solution_is_handed_out(folder, chapter):
    source = source_of(chapter)
    solutions = [m[0] for pattern in (GATE, BOX) for m in pattern.finditer(source)]
    assert len(solutions) == len(re.findall(r"\{solution(?:-start)?\}", source)) >= 3
    rest = BOX.sub("", GATE.sub("", source))
    secret = set().union(*map(pieces, solutions))
    assert len(secret) >= 10
    handed_out = "\n".join(cell.source for cell in read(folder, chapter).cells)
    assert [line for line in secret if line in handed_out and line not in rest] == []


@pytest.mark.book
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_quizzes_keep_their_answers(folder, chapter):
    handed_out = "\n".join(cell.source for cell in read(folder, chapter).cells)
    quizzes = re.findall(r"^(:{3,}|`{3,})\{quiz\}.*?^\1$", source_of(chapter), re.M | re.S)
    assert handed_out.count("Answer it on the book's page") == len(quizzes) >= 5
    assert not re.search(r"^[> ]*- \[.*?\] ", handed_out, re.M)


@pytest.mark.book
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_markdown_is_plain(folder, chapter):
    """JupyterLab knows neither directives nor roles nor the macros of the book."""
    cells = read(folder, chapter).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for foreign in [
        r"\{[\w:-]+\}`",
        r"^[> ]*[:`]{3,}\{",
        ":::",
        r"^\([\w-]+\)=",
        r"^\$\$ \(",
        r"\]\(#",
        r"\{[.#]\w",
        *(rf"\\{name}(?![A-Za-z])" for name in MACROS),
    ]:
        assert re.findall(rf".*{foreign}.*", text, re.M) == []
    links = re.findall(r"\]\(([^)#]+\.ipynb)\)", text)
    assert set(links) <= {f"{name}.ipynb" for name in CHAPTERS}
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert "myst_nb" not in code
    for place in (ROOT, Path.home(), "/tmp"):
        assert str(place) not in text + code


SMALL = """\
---
kernelspec: {name: python3}
---
# A title

```{code-cell} ipython3
x = 1
```

%s
"""


def convert(tmp_path, text):
    """The cells of a chapter with this text, which begins at line 10."""
    (tmp_path / "book").mkdir()
    shutil.copy(ROOT / "_config.yml", tmp_path)
    shutil.copy(ROOT / "book/references.bib", tmp_path / "book")
    (tmp_path / "book/01-small.md").write_text(SMALL % text, "utf-8")
    (path,) = notebooks.write(tmp_path / "out", tmp_path, tmp_path / "_build", ["book/01-small"])
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


EXERCISE = "```{exercise-start} One\n:label: ex-one\n```\nDo it.\n```{exercise-end}\n```\n"


def test_solution_is_left_out_and_the_rest_is_kept(tmp_path):
    solution = (
        "```{solution-start} ex-one\n```\nFirst, *look*.\n"
        "```{code-cell} ipython3\nsecret = 42\n```\n```{solution-end}\n```\n"
    )
    boxed = "::::{solution} ex-one\n:class: dropdown\nAnother way.\n::::\n"
    cells = convert(tmp_path, EXERCISE + solution + boxed + "\nAfter it.")
    assert cells[0].startswith("# A title\n")
    assert cells[2:] == ["x = 1", "**Exercise 1.1. One**\n\nDo it.\n\nAfter it."]


def test_an_answer_to_a_prediction_is_folded(tmp_path):
    check = ":::{admonition} Check your prediction\n:class: dropdown\nHalf a bit.\n:::\n"
    predict = ":::{admonition} Predict\n:class: predict\nHow much?\n:::\n"
    assert convert(tmp_path, predict + check)[-1] == (
        "> **Predict**\n>\n> How much?\n\n"
        "<details><summary><b>Check your prediction</b></summary>\n\nHalf a bit.\n\n</details>"
    )


@pytest.mark.parametrize(
    ("maths", "plain"),
    [
        (r"$\KL{\phat}{q_{\theta}}$", r"$D_{\text{KL}}(\tilde p \,\|\,q_{\theta})$"),
        (r"$\H(p, q) + \Hat x$", r"$\text{H}(p, q) + \Hat x$"),
        (r"$$\n\phat x\n$$ (eq-one)", r"$$\n\tilde p  x\n\tag{1.1}\n$$"),
    ],
)
def test_macros_are_written_out(tmp_path, maths, plain):
    maths, plain = (text.replace(r"\n", "\n") for text in (maths, plain))
    assert convert(tmp_path, maths)[-1] == plain


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("```{code-cell} ipython3\ny = 2\n", 10, "never closed"),
        ("```{code-cell} ipython3\n---\ntags: [remove-input]\ny = 2\n```", 11, "never closed"),
        (":::{admonition} Look\nbut where?\n", 10, "never closed"),
        ("::::{admonition} Look\n:class: tip\n\n:::{note}\nbut where?\n::::", 13, "never closed"),
        ("```{exercise-start} One\n```\nDo it.\n", 10, "exercise-start has no exercise-end"),
        (
            EXERCISE + "```{solution-start} ex-one\n```\nSo.",
            16,
            "solution-start has no solution-end",
        ),
        (EXERCISE + "```{solution-end}\n```\n", 16, "solution-end has no solution-start"),
        (
            "```{solution-start} ex-one\n```\n\n```{solution-start} ex-two\n```\n",
            13,
            "solution-start inside the solution of line 10",
        ),
        ("```{figure} a.png\n```", 10, "does not know the directive figure"),
    ],
)
def test_unclosed_block_is_an_error_with_its_line(tmp_path, text, line, message):
    with pytest.raises(ExtensionError, match=rf"^01-small\.md, line {line}: .*{message}"):
        convert(tmp_path, text)


@pytest.mark.book
def test_zip_holds_all_that_a_student_needs(folder):
    with zipfile.ZipFile(folder / "the-wrong-codebook.zip") as archive:
        names = [name.removeprefix("the-wrong-codebook/") for name in archive.namelist()]
        (wheel,) = (name for name in names if name.endswith(".whl"))
        assert sorted(names) == sorted(
            ["README.txt", "pictures.py", wheel, *(f"{c}.ipynb" for c in CHAPTERS)]
        )
        for chapter in CHAPTERS:
            packed = archive.read(f"the-wrong-codebook/{chapter}.ipynb")
            assert packed == (folder / f"{chapter}.ipynb").read_bytes()
        readme = archive.read("the-wrong-codebook/README.txt").decode()
        with zipfile.ZipFile(archive.open(f"the-wrong-codebook/{wheel}")) as package:
            assert "xentlib/data/edition.json" in package.namelist()
    assert f'pip install "{wheel}[figures]"' in readme
    assert "jupyter lab" in readme


@pytest.fixture(scope="module")
def unpacked(folder, tmp_path_factory):
    """The zip unpacked far from the repository, and its wheel installed beside it."""
    place = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(folder / "the-wrong-codebook.zip") as archive:
        archive.extractall(place)
    home = place / "the-wrong-codebook"
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, "--target", home / "lib", *home.glob("*.whl")], check=True)
    return home


@pytest.fixture(scope="module")
def executed(unpacked):
    """Every notebook, run from the folder of the zip with the xentlib of the zip."""

    async def run(chapter, gate):
        book = nbformat.read(unpacked / f"{chapter}.ipynb", as_version=4)
        book.cells.append(nbformat.v4.new_code_cell("import xentlib; print(xentlib.__file__)"))
        where = {"metadata": {"path": str(unpacked)}}
        async with gate:
            client = NotebookClient(book, timeout=120, resources=where, allow_errors=True)
            await client.async_execute()
        return book.cells

    async def run_all():
        gate = asyncio.Semaphore(os.cpu_count())
        return await asyncio.gather(*(run(chapter, gate) for chapter in CHAPTERS))

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread:
        patch.setenv("PYTHONPATH", str(unpacked / "lib"))
        patch.delenv("XENTLIB_STRICT", raising=False)
        # The browser of the other tests has a loop in this thread.
        return dict(zip(CHAPTERS, thread.submit(asyncio.run, run_all()).result(), strict=True))


def said(cell):
    """What a cell printed and returned."""
    texts = [output.get("text", "") for output in cell.outputs]
    return "\n".join(texts + [o.get("data", {}).get("text/plain", "") for o in cell.outputs])


@pytest.mark.book
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_notebook_runs_outside_the_repository(unpacked, executed, chapter):
    """No cell raises, and an exercise that nobody has touched says so and goes on."""
    *cells, where = (cell for cell in executed[chapter] if cell.cell_type == "code")
    for cell in cells:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        assert [f"{e.ename}: {e.evalue}" for e in errors] == [], cell.source
    assert said(where).startswith(str(unpacked / "lib") + os.sep)
    checked = [cell for cell in cells if re.search(r"^exercises\.check_", cell.source, re.M)]
    assert checked
    for cell in checked:
        assert "✗" in said(cell), cell.source
        assert "✓" not in said(cell), cell.source
