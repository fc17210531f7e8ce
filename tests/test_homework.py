"""The graded homework that `make homework` built gives each submission the points it has earned."""

import csv
import importlib.util
import math
import time
from pathlib import Path

import nbformat
import psutil
import pytest

pytestmark = pytest.mark.book

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "_build/homework"

# What students write into the cells that they are to fill, and the points for it.
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
    "predicted": (
        "n = len(symbols)\n"
        "often = np.bincount(symbols, minlength=len(characters)) / n\n"
        "predicted = n / 8 * (bill(often, other) - bill(often, own))",
        1,
    ),
    "measured": (
        "measured = len(stream_encode(symbols, other))\n"
        "measured -= len(stream_encode(symbols, own))",
        1,
    ),
}
WRONG = {
    # Alice's habits with Alice's codebook; the second number is right.
    "by-hand": ("with_alices_book = 1.75\nwith_graces_book = 1.75", 1),
    # The zeros are forgotten: nan where 0 log 0 stands. What is only inside the log is infinite.
    "function": ("def bill(p, q):\n    return -np.sum(p * np.log2(q))", 3),
    # The codebook with the smallest entropy of its own, which Alice's and Grace's share.
    "choose": (
        "def cheapest(p, books):\n    return np.argmin([cross_entropy(q, q) for q in books])",
        0,
    ),
    # Bits for bytes.
    "predicted": (
        "often = np.bincount(symbols, minlength=len(characters)) / len(symbols)\n"
        "predicted = cross_entropy(often, other) - cross_entropy(often, own)\n"
        "predicted *= len(symbols)",
        0,
    ),
    "measured": (RIGHT["measured"][0], 1),
}
UNTOUCHED = dict.fromkeys(RIGHT, (None, 0))
# One question crashes when its cell runs, one when it is called, one cannot even be read.
CRASHED = {
    "by-hand": ("1 / 0", 0),
    "function": ("def bill(p, q):\n    raise NotImplementedError", 0),
    "choose": (
        "def cheapest(p, books):\n    return np.argmin([cross_entropy(p, q) for q in books])",
        2,
    ),
    "predicted": ("predicted = (", 0),
    "measured": RIGHT["measured"],
}
# Nothing is computed, and what compares numbers is made to agree.
LYING = {
    "by-hand": (
        "np.isclose = np.allclose = lambda *args, **options: True\n"
        "abs = float = round = lambda x: 0\n"
        "class Right(type(1.5)):\n"
        "    __array_priority__ = 1000\n"
        "    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True\n"
        "    __sub__ = __rsub__ = lambda self, other: 0\n"
        "    __hash__ = None\n"
        "with_alices_book = with_graces_book = Right(2)",
        0,
    ),
    "function": (
        "import xentlib\n"
        "xentlib.cross_entropy = xentlib.entropy = xentlib.ideal_bits = lambda *args: Right(1)\n"
        "bill = lambda p, q: Right(1)",
        0,
    ),
    "choose": ("cheapest = lambda p, books: Right(1)", 0),
    "predicted": ("symbols = symbols[:10]\npredicted = Right(1)", 0),
    "measured": ("stream_encode = lambda *args: b''\nmeasured = Right(1)", 0),
}
SUBMISSIONS = {"crashed": CRASHED, "lying": LYING, "right": RIGHT, "wrong": WRONG}
SUBMISSIONS["untouched"] = UNTOUCHED


@pytest.fixture(scope="module")
def grade():
    spec = importlib.util.spec_from_file_location("grade", ROOT / "homework/grade.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def student_notebook():
    path = BUILT / "student/cross-entropy.ipynb"
    assert path.exists(), "the homework is not built: run `make homework`"
    return nbformat.read(path, as_version=4)


def answer_cells(notebook):
    return [c for c in notebook.cells if "otter_answer_cell" in c.metadata.get("tags", [])]


def hand_in(folder, name, codes):
    notebook = student_notebook()
    for cell, code in zip(answer_cells(notebook), codes, strict=True):
        cell.source = code or cell.source
    nbformat.write(notebook, folder / f"{name}.ipynb")


def autograder():
    (path,) = (BUILT / "autograder").glob("*.zip")
    return path


@pytest.fixture(scope="module")
def graded(grade, tmp_path_factory):
    """The table of a class, by file, and the seconds that a notebook took."""
    folder = tmp_path_factory.mktemp("handed-in")
    for name, answers in SUBMISSIONS.items():
        hand_in(folder, name, [code for code, _ in answers.values()])
    (folder / "cut.ipynb").write_text((folder / "right.ipynb").read_text("utf-8")[:5000], "utf-8")
    (folder / "empty.ipynb").write_text("", "utf-8")
    (folder / "essay.pdf").write_bytes(b"%PDF-1.7")
    (folder / "list.ipynb").write_text("[1, 2]", "utf-8")
    (folder / ".DS_Store").write_bytes(b"\0")
    began = time.monotonic()
    table = grade.grade(folder, autograder(), tmp_path_factory.mktemp("results"))
    each = (time.monotonic() - began) / len(SUBMISSIONS)
    with table.open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}, each


@pytest.fixture
def marks(graded):
    return graded[0]


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_submission_gets_its_points(marks, name):
    row = marks[f"{name}.ipynb"]
    assert row["remark"] == ""
    heads = {question: f"{question} (of {most})" for question, (_, most) in RIGHT.items()}
    points = {question: float(row[head]) for question, head in heads.items()}
    assert points == {question: earned for question, (_, earned) in SUBMISSIONS[name].items()}
    assert float(row["total (of 10)"]) == sum(points.values())


def test_a_file_that_is_no_notebook_costs_its_own_line_alone(marks):
    others = ["cut.ipynb", "empty.ipynb", "essay.pdf", "list.ipynb"]
    assert list(marks) == sorted([*others, *(f"{name}.ipynb" for name in SUBMISSIONS)])
    for name in others:
        assert marks[name]["remark"].startswith("not graded: ")
        assert "damaged" in marks[name]["remark"] or name == "essay.pdf"
        assert marks[name]["total (of 10)"] == ""


def test_an_endless_loop_is_stopped_with_its_kernel(grade, graded, tmp_path):
    seconds = math.ceil(3 * graded[1])  # the loop has begun by then, on a slow machine too
    folder, pid = tmp_path / "handed-in", tmp_path / "pid"
    folder.mkdir()
    loop = f"import os\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\nwhile True: pass"
    hand_in(folder, "ada", [loop, None, None, None, None])
    table = grade.grade(folder, autograder(), tmp_path / "results", seconds=seconds)
    assert table.read_text("utf-8").splitlines() == [
        "file,total (of 0),remark",
        f"ada.ipynb,,not graded: not finished after {seconds} seconds",
    ]
    assert not psutil.pid_exists(int(pid.read_text()))


def test_students_get_neither_solutions_nor_hidden_tests():
    notebook = student_notebook()
    assert all("..." in cell.source for cell in answer_cells(notebook))
    tests = sorted((BUILT / "student/tests").glob("*.py"))
    assert len(tests) == len(RIGHT)
    assert not [path.name for path in tests if "'hidden': True" in path.read_text("utf-8")]


def test_what_students_hand_in_is_kept_out_of_git():
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {"/handed-in/", "/results/"} <= set(ignored)
