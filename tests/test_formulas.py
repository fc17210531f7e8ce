"""The formulas' page is one sheet of paper."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES = re.findall(
    r"^\{(?:prf:)?ref\}`([^<]+) <[\w-]+>`\n: .*\$",
    (ROOT / "book/formulas.md").read_text("utf-8"),
    flags=re.MULTILINE,
)


def test_names_are_short():
    assert len(NAMES) > 40
    assert [name for name in NAMES if not 3 <= len(name.split()) <= 8] == []


def test_formulas_keep_the_conditions_of_their_sections():
    text = (ROOT / "book/formulas.md").read_text("utf-8")
    # Outside a logarithm, with its agreed zeros, a quotient by p_k needs a p without zeros, ...
    divided = re.findall(r"^: (.*(?<!\\log_2 )\\dfrac\{[^{}]+\}\{p_k\}.*)$", text, re.MULTILINE)
    assert len(divided) == 2
    assert [line for line in divided if "p_k > 0" not in line] == []
    # ... and an infinite bill is not below itself plus 1.
    strict = re.findall(r"^: (.*< \\H\(p, q\).*)$", text, re.MULTILINE)
    assert len(strict) == 1
    assert [line for line in strict if "finite" not in line] == []


@pytest.mark.book
@pytest.mark.browser
def test_prints_on_one_sheet(browser):
    page = browser.new_page()
    page.goto((ROOT / "_build/html/book/formulas.html").as_uri())
    sheet = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
