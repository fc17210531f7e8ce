"""The page for teachers leads to every solution of the book, and its plans to what there is."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.book

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "_build/html/book"


@pytest.mark.parametrize("chapter", sorted((ROOT / "book").glob("[0-9]*.md")), ids=lambda p: p.stem)
def test_every_solution_is_listed(chapter):
    solutions = re.findall(r"^:::+\{solution(?:-start)?\} ", chapter.read_text("utf-8"), re.M)
    listed = (BUILT / "teachers.html").read_text("utf-8")
    links = re.findall(rf'href="{chapter.stem}\.html#([^"]+)"><span[^>]*>solution</span>', listed)
    page = (BUILT / f"{chapter.stem}.html").read_text("utf-8")
    assert len(links) == len(solutions) > 0
    assert all(f'id="{link}"' in page for link in links)


def test_a_plan_sets_challenges_of_a_figure_that_it_projects():
    plans = (BUILT / "teachers.html").read_text("utf-8").split('id="what-your-students-will')[0]
    rows = re.findall(r"<tr.*?</tr>", plans, re.S)
    seen = 0
    for row in rows:
        cells = re.findall(r"<td.*?</td>", row, re.S)
        if not cells:
            continue
        _, projected, challenges, _ = cells
        shown = re.findall(r'href="([^"#]+)#(fig-[^"]+)"', projected)
        if "the figure in" in projected or not shown:  # it has no number of its own, or is none
            continue
        seen += 1
        live = {f for page, f in shown if f'id="{f}">\n<div class="live-figure' in _page(page)}
        named = set(re.findall(r"#(fig-[^\"]+)\"", challenges))
        assert live, row
        assert named <= live, row
    assert seen >= 15


def test_the_functions_that_a_plan_sets_check_themselves():
    plans = (ROOT / "book/teachers.md").read_text("utf-8").split("What your students will")[0]
    assert "Those that ask for a function\ncheck themselves" in plans
    chapters = "".join(p.read_text("utf-8") for p in (ROOT / "book").glob("[0-9]*.md"))
    asked = 0
    for label in set(re.findall(r"\bex-[\w-]+", plans)):
        start = chapters.index(f":label: {label}\n")
        exercise = chapters[start : chapters.index("{solution", start)]
        if re.search(r"^def \w+\(", exercise, re.M):
            asked += 1
            assert "exercises.check_" in exercise, label
    assert asked > 15


def _page(name):
    return (BUILT / name).read_text("utf-8")


def test_the_homework_is_what_the_teacher_is_told():
    told = re.search(
        r"(\w+) questions, (\w+) of them on paper, (\w+) with code, (\w+) of these on real data",
        re.sub(r"\s+", " ", _page("teachers.html")),
    )
    homework = (ROOT / "homework/cross-entropy.md").read_text("utf-8")
    paper = [
        "On paper" in question
        for question in re.findall(r"\*\*Question \d+\.\*\*(.*?)# BEGIN TESTS", homework, re.S)
    ]
    of_real = len(re.findall(r"sources: the text|Now code it", homework))
    words = ["no", "one", "two", "three", "four", "five", "six"]
    counts = [len(paper), sum(paper), len(paper) - sum(paper), of_real]
    assert [word.lower() for word in told.groups()] == [words[count] for count in counts]


def test_the_file_to_rewrite_is_the_one_that_is_built():
    rewritten = re.search(
        r"To set your own homework, rewrite `(\S+)`", (ROOT / "book/teachers.md").read_text("utf-8")
    )[1]
    recipe = (ROOT / "Makefile").read_text("utf-8").split("\nhomework:")[1].split("\n\n")[0]
    assert re.findall(r"homework/\S+\.md", recipe) == [rewritten]
