"""The formulas' page is one sheet of paper, and the notation is what the book keeps to."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import xentlib
from xentlib import block_pmf, cross_entropy, entropy, huffman_code, kl_divergence, softmax

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book/formulas.md").read_text("utf-8")
NOTATION = (ROOT / "book/notation.md").read_text("utf-8")
NAMES = re.findall(
    r"^\{(?:prf:)?ref\}`([^<]+) <[\w-]+>`\n: .*\$",
    PAGE,
    flags=re.MULTILINE,
)


def test_names_are_short():
    assert len(NAMES) > 40
    assert [name for name in NAMES if not 3 <= len(name.split()) <= 8] == []


def test_formulas_keep_the_conditions_of_their_sections():
    # Outside a logarithm, with its agreed zeros, a quotient by p_k needs a p without zeros, ...
    divided = re.findall(r"^: (.*(?<!\\log_2 )\\dfrac\{[^{}]+\}\{p_k\}.*)$", PAGE, re.MULTILINE)
    assert len(divided) == 2
    assert [line for line in divided if "p_k > 0" not in line] == []
    # ... and an infinite bill is not below itself plus 1.
    strict = re.findall(r"^: (.*< \\H\(p, q\).*)$", PAGE, re.MULTILINE)
    assert len(strict) == 1
    assert [line for line in strict if "finite" not in line] == []


def condition(name):
    """What a row of the formulas' page asks for, next to its formula."""
    row = re.search(rf"`{name} <[\w-]+>`\n: (.*)$", PAGE, re.MULTILINE)[1]
    return re.findall(r"\$([^$]+ > 0)\$", row)


def test_the_best_code_needs_a_source_without_zeros():
    sure = [1, 0]
    for n, name in ((1, "expected length of the best code"), (3, "per outcome, in blocks of .*")):
        block = block_pmf(sure, n)
        per_outcome = huffman_code(block).expected_length(block) / n
        assert per_outcome == entropy(sure) + 1 / n  # so it is not below
        assert condition(name) == ["p_k > 0"]


def test_what_a_tally_gains_needs_a_source_without_zeros():
    p, m = np.array([1 / 2, 1 / 2, 0, 0]), 200
    tallies = np.random.default_rng(0).multinomial(m, p, size=5000) / m
    gain = np.mean(cross_entropy(tallies, p) - entropy(tallies))
    assert gain == pytest.approx(1 / (2 * m * np.log(2)), rel=0.1)
    assert condition("what a tally gains on its own data") == ["p_k > 0"]


def test_the_row_with_log1p_is_for_pmfs_close_by():
    p, q = np.array([0.8, 0.1, 0.1]), softmax([40, 0, -5])
    r = (q - p) / p
    with np.errstate(divide="ignore"):
        row = np.sum(p * (r - np.log1p(r))) / np.log(2)
    assert row == np.inf  # q - p has rounded two of the q away
    assert kl_divergence(p, q) == pytest.approx(np.sum(p * np.log2(p / q)))
    (name,) = [name for name in NAMES if "log1p" in name]
    assert "close by" in name


def test_lambda_is_the_share_of_p():
    assert r"\lambda p + (1 - \lambda) r" in PAGE
    assert r"| $r$, $\lambda$ | another source, and the share of $p$" in NOTATION


def test_what_stands_before_brackets_in_a_formula_is_in_the_notation():
    heads = [set(re.findall(r"(?<![\\A-Za-z])([A-Za-z])\(", text)) for text in (PAGE, NOTATION)]
    assert "P" in heads[0]
    assert heads[0] - heads[1] <= {"p", "q"}  # with an outcome in brackets as with an index


def test_joint_entropy_says_so():
    found = 0
    for page in (ROOT / "book").glob("*.md"):
        for paragraph in page.read_text("utf-8").split("\n\n"):
            if re.search(r"\\H\([A-Z], ?[A-Z]\)", paragraph):
                found += 1
                assert re.search(r"joint|\bpair\b", paragraph), paragraph
    assert found >= 5


def test_what_has_no_base_is_named():
    costs = re.compile("surprisal|entropy|divergence|information|nll|_kl|bits|_length|log_l")
    public = [*vars(xentlib).values()]
    methods = [m for c in public if inspect.isclass(c) for m in vars(c).values()]
    found = [f for f in public + methods if inspect.isfunction(f) and costs.search(f.__name__)]
    assert len(found) > 15
    without = {f.__name__ for f in found if "base" not in inspect.signature(f).parameters}
    said = re.search(r"changes to nats, except in (.*?)\. ", NOTATION)[1]
    assert without == set(re.findall(r"`(\w+)`", said))


@pytest.mark.book
@pytest.mark.browser
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_prints_on_one_sheet(browser, paper):
    page = browser.new_page()
    page.goto((ROOT / "_build/html/book/formulas.html").as_uri())
    sheet = page.pdf(format=paper, prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
