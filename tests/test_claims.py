"""Claims and questions: each has its section, and a claim its verdict and its test."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TABLE = yaml.safe_load((ROOT / "book/claims.yml").read_text("utf-8"))
ASKED = yaml.safe_load((ROOT / "book/questions.yml").read_text("utf-8"))
QUESTIONS = [entry for group in ASKED.values() for entry in group]
IDS = [f"A{n}" for n in range(1, 22)] + [f"B{n}" for n in range(1, 23)]
# A link without words of its own needs a label that stands on a heading.
HEADINGS = {
    label
    for page in (ROOT / "book").glob("*.md")
    for label in re.findall(r"^\(([\w-]+)\)=\n#+ ", page.read_text("utf-8"), re.MULTILINE)
}
TESTS = {
    node.name
    for path in (ROOT / "tests/claims").glob("test_*.py")
    for node in ast.parse(path.read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef)
}


def test_every_claim_is_settled_once():
    assert [claim["id"] for claim in TABLE["claims"]] == IDS
    for claim in TABLE["claims"]:
        keys = set(claim) - {"source"}
        assert keys == {"id", "said", "verdict", "truth", "shown"}, claim["id"]
        assert claim["verdict"] in {"right", "loose", "wrong"}, claim["id"]


@pytest.mark.parametrize("claim", IDS)
def test_every_claim_has_a_test(claim):
    assert [name for name in TESTS if re.fullmatch(rf"test_{claim}(_\w+)?", name)]


def test_the_page_counts_its_verdicts():
    count = Counter(claim["verdict"] for claim in TABLE["claims"])
    said = re.search(
        r"Of the (\d+), (\d+) are right, (\d+) are right only .*, and (\d+) are wrong",
        (ROOT / "book/claims.md").read_text("utf-8"),
    )
    right, loose, wrong = count["right"], count["loose"], count["wrong"]
    assert [int(n) for n in said.groups()] == [len(IDS), right, loose, wrong]


def test_every_source_is_in_the_references():
    known = re.findall(r"^@\w+\{(\w+),", (ROOT / "book/references.bib").read_text("utf-8"), re.M)
    assert {claim["source"] for claim in TABLE["claims"] if "source" in claim} <= set(known)


def test_every_question_is_a_question_on_the_page():
    asked = [entry["asked"] for entry in QUESTIONS]
    assert len(set(asked)) == len(asked) >= 16
    assert all(question.endswith("?") for question in asked)
    assert all(set(entry) == {"asked", "answer", "shown"} for entry in QUESTIONS)
    page = (ROOT / "book/questions.md").read_text("utf-8")
    assert re.findall(r"^```\{questions\} (\w+)$", page, re.MULTILINE) == [*ASKED]


@pytest.mark.parametrize("entry", [*TABLE["claims"], *QUESTIONS], ids=lambda e: e["shown"])
def test_every_link_leads_to_a_section(entry):
    text = entry.get("truth", "") + entry.get("answer", "")
    links = re.findall(r"\{ref\}`([^`<]*)(?:<([\w-]+)>)?`", text)
    assert {entry["shown"], *(target or label for label, target in links)} <= HEADINGS
