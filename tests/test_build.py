"""The build as a whole: twice the same bytes, and a plain word when it cannot go on."""

import importlib
import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from textwrap import dedent

import pdf
import pytest
from pypdf import PdfReader

ROOT = Path(__file__).parents[1]
SOURCES = ["_config.yml", "book", "tools", "xentlib", "pyproject.toml", "requirements.txt"]
SOURCES += ["README.md", "LICENSES"]
# The index, a chapter with two figures, and the pages that gather from others.
SMALL = ["book/index", "book/03-entropy", "book/challenges", "book/glossary", "book/references"]
ADDRESS = "https://codebook.example.org/here"
HEAD = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3}
---
"""


def small_book(folder, pages, **texts):
    """A copy of the sources with nothing built, a short table of contents, and pages of its own."""
    folder.mkdir()
    for name in SOURCES:
        source, ignore = ROOT / name, shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    # What the build of the book has downloaded: 106 MB, which each of these would fetch again.
    if (ROOT / "_build/python").is_dir():
        shutil.copytree(ROOT / "_build/python", folder / "_build/python")
    for name, text in texts.items():
        (folder / f"book/{name}.md").write_text(HEAD + text, "utf-8")
    chapters = "".join(f"  - file: {page}\n" for page in pages[1:])
    toc = f"format: jb-book\nroot: {pages[0]}\n" + (f"chapters:\n{chapters}" if chapters else "")
    (folder / "_toc.yml").write_text(toc, "utf-8")
    return folder


def build(folder, *options, **environment):
    """Build the book in `folder`; return the finished process, its words in stdout."""
    return subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", ".", *options],
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )


def files_of(folder):
    site = folder / "_build/html"
    return {str(p.relative_to(site)): p.read_bytes() for p in site.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def two_sites(tmp_path_factory):
    """The files of two clean builds, under other folder names and another order of hashes."""
    cut = (
        "# A chapter\n\n```{code-cell} ipython3\n"
        'print("one", flush=True)\nprint("half of a", end=" ", flush=True)\nprint("line")\n```\n'
    )
    sites = []
    for name, seed in [("here", "1"), ("in-another-place", "2")]:
        folder = small_book(tmp_path_factory.mktemp("site") / name, [*SMALL, "book/cut"], cut=cut)
        done = build(folder, PYTHONHASHSEED=seed, BOOK_ADDRESS=ADDRESS)
        assert done.returncode == 0, done.stdout
        sites.append(files_of(folder))
    return sites


def test_two_clean_builds_write_the_same_bytes(two_sites):
    """Neither the folder's name nor the order of hashes nor the time gets into the site."""
    first, second = two_sites
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []
    for page in SMALL:
        assert f"{page}.html" in first
    assert first["book/03-entropy.html"].count(b'class="live-figure') == 3
    assert "notebooks/the-wrong-codebook.zip" in first


def test_a_site_that_knows_its_address_says_it(two_sites):
    site = {name: text for name, text in two_sites[0].items() if name.endswith((".html", ".xml"))}
    listed = re.findall("<loc>(.*?)</loc>", site["sitemap.xml"].decode())
    assert listed == sorted(f"{ADDRESS}/{page}.html" for page in [*SMALL, "book/cut"])
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in two_sites[0]["robots.txt"].decode()
    for page in SMALL:
        text = site[f"{page}.html"].decode()
        assert f'<link rel="canonical" href="{ADDRESS}/{page}.html" />' in text
        card = re.search(rf'og:image" content="{ADDRESS}/(.*?)"', text)[1]
        assert two_sites[0][card].startswith(b"\x89PNG")
    assert f'href="{ADDRESS}/book/index.html"' in site["404.html"].decode()


def test_what_a_cell_prints_is_one_block_wherever_the_kernel_cut_it(two_sites):
    page = two_sites[0]["book/cut.html"].decode()
    blocks = re.findall(r'class="output stream.*?<pre>(.*?)</pre>', page, re.DOTALL)
    assert [re.sub("<.*?>", "", block) for block in blocks] == ["one\nhalf of a line\n"]


def test_cell_that_raises_fails_the_build_by_name(tmp_path):
    text = (
        "# A chapter\n\n```{code-cell} ipython3\na = 1\n```\n\nAnd then:\n\n"
        "```{code-cell} ipython3\nb = a + 1\nb / (a - 1)\n```\n"
    )
    good = "# Another\n\n```{code-cell} ipython3\na = 1\n```\n"
    folder = small_book(tmp_path / "book", ["book/good", "book/bad"], good=good, bad=text)
    done = build(folder)
    assert done.returncode != 0
    last = done.stdout.strip().splitlines()[-1]
    place, line, what = re.fullmatch(r"(.+), line (\d+): .* raised (.+)", last).groups()
    assert Path(place) == folder / "book/bad.md"
    assert (folder / "book/bad.md").read_text("utf-8").splitlines()[int(line) - 1] == "b = a + 1"
    assert what == "ZeroDivisionError: division by zero"
    assert "b / (a - 1)" in done.stdout  # the cell, as it stands in the chapter
    assert not (folder / "_build/html/book/bad.html").exists()


def test_a_duplicate_label_that_is_mended_is_forgotten(tmp_path):
    texts = {name: f"(twice)=\n# Page {name}\n\nSee {{ref}}`twice`.\n" for name in "abc"}
    texts["a"] = "# The first page\n\nSee {ref}`twice`.\n"
    folder = small_book(tmp_path / "book", ["book/a", "book/b", "book/c"], **texts)
    strict = ["-W", "-n", "--keep-going"]
    done = build(folder, *strict)
    assert done.returncode != 0
    assert "duplicate label twice" in done.stdout
    other = folder / "book/c.md"
    other.write_text(other.read_text("utf-8").replace("(twice)", "(once)"), "utf-8")
    done = build(folder, *strict)
    assert "undefined label" not in done.stdout
    assert done.returncode == 0, done.stdout


QUIZ = ":::{{quiz}}\n{options}\n{question}\n\n{answers}\n:::\n"
TWO = "- [x] one\n  > Yes.\n- [ ] two\n  > No."
FIGURE = "```{figure} _assets/emblem.png\n:name: fig-twice\n:alt: The emblem.\n\nWords.\n```\n"


def quiz(name, answers="", *options, question="Which?"):
    options = "\n".join([f":name: {name}", *options])
    return QUIZ.format(options=options + "\n", question=question, answers=answers)


# A mistake, the line in it that is named, counted from 0, and what is said.
MISTAKES = [
    (quiz("quiz-1", "- [ ] one\n  > No."), 0, "needs right options"),
    (quiz("quiz-2", "- [x] one\n  > Yes."), 0, "needs right options, - [x], and wrong ones"),
    (quiz("quiz-3"), 0, "needs right options"),
    (quiz("quiz-4", "- [x] one\n- [ ] two\n  > No."), 0, "'one' has no feedback line"),
    (quiz("quiz-5", TWO.replace("two", "one")), 0, "two options are the same"),
    (quiz("quiz-6", TWO.replace("[x]", "[X]")), 0, "not with - [X]"),
    (quiz("quiz-7", TWO.replace("[ ] two", "[ ]two")), 0, "'- [ ]two' is no option"),
    (quiz("quiz-8", TWO, question=""), 0, "there is no question"),
    (quiz("quiz-9", "", ":answer: 3"), 0, "say how far off is still right"),
    (quiz("quiz-10", "", ":answer: 3", ":tolerance: -1"), 0, "-1 is less than 0"),
    (quiz("quiz-11", "", ":answer: 1/3", ":tolerance: 0"), 0, "give a tolerance above 0"),
    (quiz("quiz-12", "", ":answer: 1/0", ":tolerance: 0"), 0, "cannot compute '1/0'"),
    (quiz("quiz-13", "", ":answer: np.nan", ":tolerance: 0"), 0, "'np.nan' is no number"),
    (
        quiz("quiz-14", "- [np.inf] So.", ":answer: np.inf", ":tolerance: 0"),
        0,
        "too close to the answer",
    ),
    (f":::{{quiz}}\n\nWhich?\n\n{TWO}\n:::\n", 0, "give it a :name:"),
    (quiz("quiz-1", TWO), 1, "the label quiz-1 stands on book/bad.md:"),
    ("(twice)=\n## One\n\n(twice)=\n## Two\n", 3, "the label twice stands on"),
    ("$$\na = b\n$$ (eq-a)\n\n$$\na = b\n$$ (eq-a)\n", 6, "the label eq-a stands on"),
    (2 * ":::{exercise} A\n:label: ex-a\nDo it.\n:::\n\n", 6, "the label ex-a stands on"),
    (2 * ":::{prf:theorem} A\n:label: th-a\nSo.\n:::\n\n", 6, "the label th-a stands on"),
    (2 * FIGURE, 7, "the label fig-twice stands on"),
    ("Look.\n\n![](_assets/emblem.png)\n", 2, "a picture without alt text"),
    (
        "```{code-cell} ipython3\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2]);\n```\n",
        2,
        "a picture without alt text",
    ),
]


def test_each_mistake_in_a_page_is_told_with_its_line_until_it_is_mended(tmp_path):
    page, places = "# A page\n", []
    for text, line, said in MISTAKES:
        page += "\n"
        places.append(((HEAD + page).count("\n") + line + 1, said))
        page += text
    folder = small_book(tmp_path / "book", ["book/bad"], bad=page)
    strict = ["-W", "-n", "--keep-going"]
    done = build(folder, *strict)
    assert done.returncode != 0
    told = re.findall(r"book/bad\.md:(\d+): (?:WARNING|ERROR): (.*)", done.stdout)
    for line, said in places:
        near = [words for number, words in told if abs(int(number) - line) <= 1 and said in words]
        assert near, (line, said, done.stdout)
    (folder / "book/bad.md").write_text(HEAD + "# A page\n\n" + quiz("quiz-1", TWO), "utf-8")
    done = build(folder, *strict)
    assert done.returncode == 0, done.stdout


def test_the_printed_book_says_on_which_page_each_part_begins(tmp_path):
    picture = "```{image} _assets/emblem.png\n:alt: The emblem.\n```\n"
    long = "# The long one\n\n" + picture + 300 * "A line that fills a page.\n\n"
    texts = {"index": "# A book\n", "long": long, "last": "# The last one\n\nEnd.\n"}
    folder = small_book(tmp_path / "book", [f"book/{name}" for name in texts], **texts)
    done = build(folder, "-W", "--builder", "custom", "--custom-builder", "singlehtml")
    assert done.returncode == 0, done.stdout
    pdf.print_book(folder / "_build/singlehtml", tmp_path / "book.pdf")
    sheets = [page.extract_text() for page in PdfReader(tmp_path / "book.pdf").pages]
    (contents,) = (sheet for sheet in sheets if "Contents" in sheet)
    assert len(sheets) > 5
    for title in ("The long one", "The last one"):
        number = int(re.search(rf"{title}\s*(\d+)", contents)[1])
        assert {title, str(number)} <= set(sheets[number - 1].splitlines())


def test_the_examples_for_contributors_are_a_chapter(tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    examples = re.findall(r"^( *)````\n(.*?)^ *````$", text, re.M | re.S)
    assert len(examples) >= 5
    chapter = "# Does it run?\n\n" + "\n\n".join(dedent(example) for _, example in examples)
    folder = small_book(tmp_path / "book", ["book/one", "book/references"], one=chapter)
    done = build(folder, "-W", "-n", "--keep-going")
    assert done.returncode == 0, done.stdout
    page = (folder / "_build/html/book/one.html").read_text("utf-8")
    for made in ("exercise", "solution", "quiz", "caption-number", "pasted-text"):
        assert f'class="{made}' in page or f" {made}" in page


def test_the_maths_of_an_option_is_said_in_words(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book/_ext")
    extension = importlib.import_module("quiz")
    pages = [page.read_text("utf-8").split("\n") for page in ROOT.glob("book/*.md")]
    options = [match["text"] for match in map(extension.OPTION.match, chain(*pages)) if match]
    said = set(re.findall(r"[a-zA-Z]+", " ".join(map(extension.spoken, options))))
    commands = set(re.findall(r"\\([a-zA-Z]+)", " ".join(options)))
    words = {"H", "KL", "theta", "mu", "sigma", "Delta", "log", "ln"}
    assert {"theta", "log"} <= said & commands <= words
    rounded = extension.spoken(r"of $\lceil \log_2 1/q_k \rceil$ bits")
    assert rounded == "of log base 2 of 1/qk , rounded up, bits"
    fractions = extension.spoken(r"$\tfrac1q, \tfrac9{10}, \frac{1}{10}, \dfrac{p_k}{q_k}$")
    assert fractions == "1/q, 9/10, 1/10, pk/qk"


def test_a_message_that_a_poll_missed_is_found_by_the_next(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book/_ext")
    messages = importlib.import_module("messages")

    def channel(misses):
        """Stand in for a channel with a message that its first polls do not see."""
        polls = []

        async def get_msg(channel, timeout):
            polls.append(timeout)
            if len(polls) <= misses:
                time.sleep(timeout)
                raise queue.Empty
            return "reply"

        return polls, messages.ask_anew(get_msg, seconds=0.01)

    def finish(coroutine):
        """Run what waits for nothing without a loop: a browser test may have one running."""
        with pytest.raises(StopIteration) as end:
            coroutine.send(None)
        return end.value.value

    for timeout in (60, None):
        polls, get_msg = channel(misses=2)
        assert finish(get_msg(None, timeout)) == "reply"
        assert polls == [0.01] * 3
    polls, get_msg = channel(misses=100)
    with pytest.raises(queue.Empty):
        finish(get_msg(None, 0.05))
    assert 2 <= len(polls) <= 7


@pytest.mark.book
def test_serve_on_a_busy_port_names_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, ROOT / "tools/serve.py", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"Port {port} is in use. Choose another one: make serve PORT={port + 1}"
    ]


def test_serve_without_a_book_says_how_to_build_it(tmp_path):
    (tmp_path / "tools").mkdir()
    script = shutil.copy(ROOT / "tools/serve.py", tmp_path / "tools")
    done = subprocess.run(
        [sys.executable, script, "--port", "0"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Build it first: make book" in done.stderr
