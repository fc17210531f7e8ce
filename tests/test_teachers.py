"""The page for teachers leads to every solution of the book."""

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
