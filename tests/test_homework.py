"""The graded homework that `make homework` built gives each submission the points it has earned."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.book

BUILT = Path(__file__).parents[1] / "_build/homework"

# What students write into the four cells that they are to fill, and the points for it.
RIGHT = {
    "by-hand": ("with_alices_book = 2.625\nwith_graces_book = 1.75", 2),
    "function": (
        "def bill(p, q):\n"
        "    return sum(np.inf if b == 0 else -a * np.log2(b) for a, b in zip(p, q) if a > 0)",
        4,
    ),
    "choose": (
        "def cheapest(p, books):\n"
        "    bills = [bill(p, book) for book in books]\n"
        "    return bills.index(min(bills))",
        2,
    ),
    "on-disk": (
        "n = len(symbols)\n"
        "often = np.bincount(symbols, minlength=len(characters)) / n\n"
        "predicted = n / 8 * (bill(often, other) - bill(often, own))\n"
        "measured = len(stream_encode(symbols, other))\n"
        "measured -= len(stream_encode(symbols, own))",
        2,
    ),
}
WRONG = {
    # Alice's habits with Alice's codebook; the second number is right.
    "by-hand": ("with_alices_book = 1.75\nwith_graces_book = 1.75", 1),
    # The zeros are forgotten: nan where 0 log 0 stands. What is only inside the log is infinite.
    "function": ("def bill(p, q):\n    return -np.sum(p * np.log2(q))", 3),
    # The codebook with the smallest entropy of its own, which Alice's and Grace's share.
    "choose": ("def cheapest(p, books):\n    return np.argmin([bill(q, q) for q in books])", 0),
    # Bits for bytes in the first number; the second is right.
    "on-disk": (
        "often = np.bincount(symbols, minlength=len(characters)) / len(symbols)\n"
        "predicted = (bill(often, other) - bill(often, own)) * len(symbols)\n"
        "measured = len(stream_encode(symbols, other)) - len(stream_encode(symbols, own))",
        1,
    ),
}
UNTOUCHED = dict.fromkeys(RIGHT, (None, 0))


def student_notebook():
    path = BUILT / "student/cross-entropy.ipynb"
    assert path.exists(), "the homework is not built: run `make homework`"
    return nbformat.read(path, as_version=4)


def answer_cells(notebook):
    return [c for c in notebook.cells if "otter_answer_cell" in c.metadata.get("tags", [])]


@pytest.mark.parametrize("answers", [RIGHT, WRONG, UNTOUCHED], ids=["right", "wrong", "untouched"])
def test_submission_gets_its_points(answers, tmp_path):
    notebook = student_notebook()
    for cell, (code, _) in zip(answer_cells(notebook), answers.values(), strict=True):
        cell.source = code or cell.source
    nbformat.write(notebook, tmp_path / "cross-entropy.ipynb")
    (autograder,) = (BUILT / "autograder").glob("*.zip")
    command = ["-m", "otter", "run", "--no-logo", "-a", autograder, "-o", tmp_path]
    run = subprocess.run(
        [sys.executable, *command, tmp_path / "cross-entropy.ipynb"], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    tests = json.loads((tmp_path / "results.json").read_text("utf-8"))["tests"]
    points = {test["name"]: test["score"] for test in tests if "score" in test}
    assert points == {name: earned for name, (_, earned) in answers.items()}
    worth = sum(test["max_score"] for test in tests if "score" in test)
    assert worth == sum(earned for _, earned in RIGHT.values())


def test_students_get_neither_solutions_nor_hidden_tests():
    notebook = student_notebook()
    assert all("..." in cell.source for cell in answer_cells(notebook))
    tests = sorted((BUILT / "student/tests").glob("*.py"))
    assert len(tests) == len(RIGHT)
    assert not [path.name for path in tests if "'hidden': True" in path.read_text("utf-8")]
