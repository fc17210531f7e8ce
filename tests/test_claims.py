"""The claims page: every claim has its verdict, its section and its test."""

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TABLE = yaml.safe_load((ROOT / "book/claims.yml").read_text("utf-8"))
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
        assert set(claim) == {"id", "said", "verdict", "truth", "shown"}, claim["id"]
        assert claim["verdict"] in {"right", "loose", "wrong"}, claim["id"]


@pytest.mark.parametrize("claim", IDS)
def test_every_claim_has_a_test(claim):
    assert [name for name in TESTS if re.fullmatch(rf"test_{claim}(_\w+)?", name)]


def test_every_question_is_a_question():
    asked = [trip["asked"] for trip in TABLE["trips"]]
    assert len(set(asked)) == len(asked) >= 16
    assert all(question.endswith("?") for question in asked)


@pytest.mark.parametrize("entry", [*TABLE["claims"], *TABLE["trips"]], ids=lambda e: e["shown"])
def test_every_link_leads_to_a_section(entry):
    text = entry.get("truth", "") + entry.get("answer", "")
    links = re.findall(r"\{ref\}`([^`<]*)(?:<([\w-]+)>)?`", text)
    assert {entry["shown"], *(target or label for label, target in links)} <= HEADINGS
