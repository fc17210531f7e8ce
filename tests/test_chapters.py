"""Rules that the sources of the chapters keep."""

import ast
import re
from pathlib import Path

import pytest
import yaml

BOOK = Path(__file__).parents[1] / "book"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]-*.md"))
FENCE = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TAGS = {
    "remove-cell",
    "remove-input",
    "remove-output",
    "hide-input",
    "hide-output",
    "glue",
    "raises-exception",
}
# What the voice of the book does without; each is a word that tells instead of showing.
BANNED = r"\b(clearly|simply|obviously|trivially|of course|note that|recall that|it is important)\b"


def cells(text):
    """Yield the options and the code of every code cell."""
    for match in FENCE.finditer(text):
        body = match[1]
        if body.startswith("---\n"):
            head, _, code = body[4:].partition("\n---\n")
            yield yaml.safe_load(head), code
        else:
            lines = body.splitlines()
            head = [line for line in lines if re.match(r":\w+:", line)]
            options = yaml.safe_load("\n".join(line[1:] for line in head)) if head else {}
            yield options, "\n".join(line for line in lines if line not in head)


def prose(text):
    """Return the text without code, maths, directives and front matter."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = FENCE.sub("", text)
    text = re.sub(r"^\$\$.*?^\$\$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\$[^$]*\$|`[^`]*`", "", text)
    return re.sub(r"^(:{3,}|`{3,}|:\w+:).*$|^\+\+\+.*$|^%.*$", "", text, flags=re.MULTILINE)


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    return request.param.read_text("utf-8")


def test_title_is_a_question_without_maths(chapter):
    titles = re.findall(r"^# (.+)$", prose(chapter), flags=re.MULTILINE)
    assert len(titles) == 1
    assert titles[0].endswith("?")
    assert not [h for h in re.findall(r"^#+ .+$", FENCE.sub("", chapter), re.MULTILINE) if "$" in h]


def test_cells_are_short_and_their_tags_known(chapter):
    for options, code in cells(chapter):
        tags = set(options.get("tags", []))
        assert tags <= TAGS, tags - TAGS
        if not tags & {"remove-cell", "remove-input", "hide-input"}:
            lines = [line for line in code.splitlines() if line.strip()]
            assert len(lines) <= 12, f"{len(lines)} lines:\n{code}"


def test_what_a_shown_cell_imports_a_shown_cell_uses(chapter):
    shown = [
        re.sub(r"^%.*$", "", code, flags=re.MULTILINE)
        for options, code in cells(chapter)
        if not set(options.get("tags", [])) & {"remove-cell", "remove-input"}
    ]
    nodes = list(ast.walk(ast.parse("\n".join(shown))))
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {(name.asname or name.name) for node in imports for name in node.names}
    assert imported <= {node.id for node in nodes if isinstance(node, ast.Name)}


def test_the_code_of_the_short_version_runs_on_its_own():
    """No notebook goes with that page, so what its cells need is shown."""
    names = {}
    for options, code in cells((BOOK / "short.md").read_text("utf-8")):
        if "tags" not in options:
            *before, last = ast.parse(code).body
            exec(compile(ast.Module(before, []), "short", "exec"), names)
            names["told"] = eval(compile(ast.Expression(last.value), "short", "eval"), names)
    assert names["told"] is True


def test_every_picture_has_words_a_name_and_a_caption(chapter):
    for options, code in cells(chapter):
        shown = options.get("mystnb", {})
        if "figure" in shown:
            assert {"name", "caption"} <= set(shown["figure"]), code
        if re.search(
            r"\bplt\.|figures\.(?!use_book_style)", code
        ) and "remove-cell" not in options.get("tags", []):
            assert len(shown.get("image", {}).get("alt", "")) > 30, f"no alt text:\n{code}"
    for image in re.findall(r"!\[(.*?)\]\(", chapter):
        assert image


def test_draws_are_seeded_and_nothing_is_fetched(chapter):
    for _, code in cells(chapter):
        assert not re.search(r"default_rng\(\)|np\.random\.(?!default_rng|Generator)", code), code
        assert not re.search(r"https?://|urllib|requests\.|pip install", code), code


def test_voice(chapter):
    text = prose(chapter)
    assert not re.findall(BANNED, text, flags=re.IGNORECASE)
    assert "!" not in re.sub(r"!\[|!=", "", text)


def test_there_is_something_to_do(chapter):
    assert len(re.findall(r"^:::+\{quiz\}", chapter, flags=re.MULTILINE)) >= 5
    exercises = re.findall(
        r"^:::+\{exercise(?:-start)?\}[^\n]*\n:label: (\S+)", chapter, re.MULTILINE
    )
    solved = re.findall(
        r"^:::+\{solution(?:-start)?\} (\S+)\n:class: dropdown", chapter, re.MULTILINE
    )
    assert len(exercises) >= 3
    assert exercises == solved
    assert re.search(r"^:::+\{admonition\} Predict", chapter, flags=re.MULTILINE)


def test_the_first_page_asks_for_the_calculus_that_the_chapters_use():
    used = any(re.search(r"\bderivative|\\int\b", path.read_text("utf-8")) for path in CHAPTERS)
    needs = re.search(r"^You need .*$", (BOOK / "index.md").read_text("utf-8"), re.MULTILINE)[0]
    assert ("calculus" in needs) == used


def test_labels_are_unique():
    seen = {}
    for path in BOOK.glob("*.md"):
        text = path.read_text("utf-8")
        labels = re.findall(r"^\(([\w-]+)\)=$", text, flags=re.MULTILINE)
        labels += re.findall(r"^:(?:name|label): (\S+)$", text, flags=re.MULTILINE)
        for label in labels:
            assert label not in seen, f"{label} in {path.name} and {seen[label]}"
            seen[label] = path.name


def test_each_term_of_the_glossary_has_a_definition_of_its_own():
    text = (BOOK / "glossary.md").read_text("utf-8")
    lines = text.partition(":::{glossary}\n")[2].removesuffix(":::\n").splitlines()
    for term, below in zip(lines, [*lines[1:], ""], strict=True):
        assert not re.match(r"\S", term) or below.startswith("  "), term


def test_a_glossary_link_to_a_whole_chapter_lands_where_the_term_is():
    """In its opening or its first section; what comes later has a section's label."""
    glossary = (BOOK / "glossary.md").read_text("utf-8")
    found = re.findall(r"^(\S.*)\n  \S.*\{ref\}`(ch-[\w-]+)`", glossary, re.MULTILINE)
    assert len(found) > 2
    for term, label in found:
        (text,) = [t for path in CHAPTERS if f"({label})=" in (t := path.read_text("utf-8"))]
        assert term in "".join(text.split("\n## ")[:2]), term


def test_each_symbol_of_the_notation_stands_in_a_chapter():
    table = re.findall(r"^\| (\$.*?) \|", (BOOK / "notation.md").read_text("utf-8"), re.MULTILINE)
    prose = "\n".join(path.read_text("utf-8") for path in sorted(BOOK.glob("[01]*.md")))
    prose = re.sub(r"^```\{code-cell.*?^```|`[^`\n]+`", "", prose, flags=re.MULTILINE | re.DOTALL)
    formulas = re.findall(r"^\$\$\n.*?^\$\$|\$[^$\n]+\$", prose, re.MULTILINE | re.DOTALL)
    maths = re.sub(r"\s", "", "\n".join(formulas))
    for symbol in re.findall(r"\$([^$]+)\$", " ".join(table)):
        part = re.escape(re.sub(r"\s", "", symbol))
        assert re.search(rf"(?<![A-Za-z\\]){part}(?![A-Za-z])", maths), symbol


def test_the_next_chapter_and_the_last_are_the_neighbours():
    """On a page these words mean the chapter after it and the one before it, wherever they lead."""
    steps = {"next chapter": 1, "last chapter": -1, "chapter after the next": 2}
    texts = {int(path.name[:2]): path.read_text("utf-8") for path in CHAPTERS}
    home = {
        label: number
        for number, text in texts.items()
        for label in re.findall(r"^\(([\w-]+)\)=$", text, flags=re.MULTILINE)
    }
    met = set()
    for number, text in texts.items():
        for words, label in re.findall(r"\{ref\}`([^`<]+?)\s*<([\w-]+)>`", text):
            name = " ".join(words.split()).removeprefix("The ").removeprefix("the ")
            if name in steps:
                met.add(name)
                assert home[label] == number + steps[name], f"chapter {number}: {name}, {label}"
    assert met == set(steps)


def test_glossary_is_in_alphabetical_order():
    """Word by word, whatever stands between the words and however they are written."""
    terms = re.findall(r"^(\S.*)\n  \S", (BOOK / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert len(terms) > 50
    assert terms == sorted(terms, key=lambda term: re.findall(r"\w+", term.lower()))
