"""The exercises' checks: right answers pass, each named mistake gets its hint, nothing raises."""

import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from students import NOT_DONE, RIGHT, WRONG, plogp

import xentlib
from xentlib import exercises

CHECKS = {
    name: getattr(exercises._bank, name.removeprefix("check_").upper())
    for name in vars(exercises)
    if name.startswith("check_")
}
NAMES = {
    *("check_surprisal", "check_total_surprisal", "check_kraft_sum", "check_expected_length"),
    *("check_entropy", "check_bits_per_symbol", "check_cross_entropy", "check_code_cost"),
    *("check_kl_divergence", "check_js_divergence", "check_log_likelihood", "check_mle"),
    *("check_binned_entropy", "check_gaussian_entropy", "check_softmax", "check_softmax_grad"),
    *("check_batch_loss", "check_weighted_loss", "check_gaussian_nll", "check_poisson_nll"),
    *("check_ideal_bits", "check_file_size"),
}
MISTAKES = [(name, *pair) for name, check in CHECKS.items() for pair in check.mistakes]
EDGES = [(name, *edge) for name, check in CHECKS.items() for edge in check.edges]

BOOK = Path(__file__).parents[1] / "book"
CELL = re.compile(r"^```\{code-cell\}.*\n((?::.*\n)*)([^`]*?^exercises\.check_\w+\(.*\)$)", re.M)


@pytest.fixture(autouse=True)
def in_class(monkeypatch):
    monkeypatch.delenv("XENTLIB_STRICT", raising=False)


@pytest.fixture
def say(capsys):
    """Run a check on a student's function and return the one line that it prints."""

    def run(name, student):
        capsys.readouterr()
        assert getattr(exercises, name)(student) is None
        out, err = capsys.readouterr()
        assert out.count("\n") == 1
        assert out.endswith("\n")
        assert not err
        return out.rstrip("\n")

    return run


def numbers(f, args):
    with np.errstate(all="ignore"):
        return np.asarray(f(*args), dtype=float)


def alike(a, b, tolerance=1e-3):
    """Whether two answers are nearer than a student's rounding could be; a thousandfold margin."""
    return a.shape == b.shape and np.allclose(a, b, tolerance, tolerance, equal_nan=True)


# The data


def test_there_is_a_check_for_every_exercise():
    assert set(CHECKS) == NAMES


@pytest.mark.parametrize("name", CHECKS)
def test_the_right_function_passes(say, name):
    assert say(name, CHECKS[name].right).startswith(f"✓ {CHECKS[name].title}: right on 28 random")


@pytest.mark.parametrize("name", CHECKS)
def test_every_case_has_a_right_answer(name):
    for args in [*CHECKS[name].draws(), *(args for args, _ in CHECKS[name].hard())]:
        assert not np.isnan(numbers(CHECKS[name].right, args)).any()


@pytest.mark.parametrize(("name", "wrong", "hint"), MISTAKES)
def test_a_named_mistake_gets_its_hint(say, name, wrong, hint):
    assert say(name, wrong) == f"✗ {CHECKS[name].title}: {hint}"


@pytest.mark.parametrize("name", CHECKS)
def test_no_two_mistakes_look_alike(name):
    cases = CHECKS[name].draws()
    given = [[numbers(wrong, x) for x in cases] for wrong, _ in CHECKS[name].mistakes]
    right = [numbers(CHECKS[name].right, x) for x in cases]
    for answers in given:
        assert sum(all(map(alike, answers, others)) for others in [*given, right]) == 1


@pytest.mark.parametrize(("name", "args", "hint"), EDGES)
def test_who_fails_at_an_edge_is_told_what_is_special_about_it(say, name, args, hint):
    def student(*given):
        right = CHECKS[name].right(*given)
        same = all(np.array_equal(a, b) for a, b in zip(args, given, strict=True))
        return right + np.nan if same else right

    line = say(name, student)
    assert "nan" in line
    assert line.endswith(f". {hint}")


@pytest.mark.parametrize("name", CHECKS)
def test_hints_are_short_kind_and_begin_with_the_mistake(name):
    check = CHECKS[name]
    for hint in [hint for _, hint in check.mistakes]:
        assert re.match(r"[a-zK]", hint)
    for hint in [check.look, *(hint for _, hint in (*check.mistakes, *check.edges))]:
        assert hint[-1] in ".?"
        assert len(hint) <= 160
        assert not re.search(r"[!—\n]|  |[.?] [a-z]|simply|clearly|note that", hint)


# Students who are right


RIGHT_ONES = [(name, f) for name, functions in RIGHT.items() for f in functions]


@pytest.mark.parametrize(("name", "student"), RIGHT_ONES)
def test_a_right_student_passes(say, name, student):
    assert say(name, student).startswith("✓")


def test_every_check_has_a_right_student():
    assert set(RIGHT) == NAMES


# Students who are wrong


@pytest.mark.parametrize(
    ("name", "student", "told"), [(name, *pair) for name, pairs in WRONG.items() for pair in pairs]
)
def test_a_wrong_student_is_told_why(say, name, student, told):
    assert say(name, student).startswith(f"✗ {CHECKS[name].title}: {told}")


@pytest.mark.parametrize("name", CHECKS)
def test_every_hint_is_reached_by_a_wrong_student(say, name):
    told = tuple(say(name, student) for student, _ in WRONG[name])
    hints = [hint for _, hint in (*CHECKS[name].mistakes, *CHECKS[name].edges)]
    assert [hint for hint in hints if not any(line.endswith(hint) for line in told)] == []


# Students whose function does not get as far as a wrong number


def endless(p):
    return endless(p)


def meddles(p):
    p[p == 0] = 1
    return -np.sum(p * np.log2(p))


def divides_by_zero(p):
    return 1 // 0


def leaves(p):
    sys.exit("1.75")


def jumps_out(p):
    raise GeneratorExit


def yields(p):
    yield 1.75


class Liar:
    """Says that it equals everything, and is no number."""

    __array_ufunc__ = None

    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = None


class LyingArray(np.ndarray):
    """An array that says it equals everything."""

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__


class Bomb:
    """Cannot be made a number, an array, a word or a bool."""

    def __getattribute__(self, name):
        raise SystemExit(name)

    __array__ = __float__ = __len__ = __repr__ = __str__ = __bool__ = __getattribute__


class Speechless(Exception):
    """An error that cannot be told."""

    def __str__(self):
        raise ValueError


def speechless(p):
    raise Speechless


BROKEN = {
    "leaves Python": (leaves, 'your function stops at `sys.exit("1.75")` with SystemExit: 1.75.'),
    "leaves otherwise": (jumps_out, "stops at `raise GeneratorExit` with GeneratorExit. It is an"),
    "cannot say why": (speechless, "what you hand in cannot be looked at"),
    "a generator": (yields, "your function returns something of type generator, and numbers"),
    "a liar": (lambda p: Liar(), "your function returns something of type Liar, and numbers"),
    "liars": (lambda p: [Liar()], "your function returns something of type list, and numbers"),
    "a lying array": (lambda p: np.array(7.0).view(LyingArray), "you give 7, and "),
    "a bomb": (lambda p: Bomb(), "what you hand in cannot be looked at"),
    "an infinite integer": (lambda p: np.inf, "you give inf, and "),
    "an empty array": (lambda p: [], "you give an array of shape (0,), and a single number is"),
    "a class": (Liar, "your function takes (), but must take (p)."),
    "raises": (
        divides_by_zero,
        "stops at `return 1 // 0` with ZeroDivisionError: integer division or modulo by zero.",
    ),
    "takes one number": (
        lambda p: math.log2(p),
        "math.log takes one number, np.log and np.log2 take a whole array.",
    ),
    "writes ^": (lambda p: 2.0 ^ p, "`^` compares bits in Python: a power is written `**`."),
    "asks an array": (lambda p: p if p > 0 else 0, "`if`, `and`, `max` and `min` ask about one"),
    "indexes with floats": (lambda p: p[p], "You index with numbers that are not whole:"),
    "recursion": (endless, "your function calls itself until Python gives up. What ends it?"),
    "None": (lambda p: None, NOT_DONE),
    "Ellipsis": (lambda p: ..., NOT_DONE),
    "a word": (lambda p: "1.75", "your function returns text, and numbers are asked for."),
    "a dict": (lambda p: {"bits": 1}, "your function returns something of type dict, and numbers"),
    "a function": (lambda p: np.log2, "your function returns something of type ufunc, and"),
    "complex": (lambda p: 1j, "your function returns something of type complex, and numbers"),
    "a truth": (lambda p: True, "your function returns True or False, and numbers are asked for."),
    "truths": (lambda p: p > 0, "your function returns True or False, and numbers are asked for."),
    "ragged": (
        lambda p: [[1], [1, 2]],
        "your function returns something of type list, and numbers",
    ),
    "huge": (lambda p: 10**400, "your function returns something of type int, and numbers"),
    "NaN": (lambda p: np.nan, "you give nan, and "),
    "an array": (lambda p: np.ones(7), "you give an array of shape (7,), and a single number is"),
    "one number in a list": (lambda p: [1.0], "you give an array of shape (1,), and a single"),
    "no argument": (lambda: 1, "your function takes (), but must take (p)."),
    "two": (lambda p, q: 1, "your function takes (p, q), but must take (p)."),
    "meddles": (meddles, "your function changes p itself. Work on a copy of it."),
    "not a function": (1.75, "pass the function itself, its name without brackets behind it."),
    "no function": (None, "pass the function itself, its name without brackets behind it."),
    "something else": (lambda p: 42.0, "you give 42, and "),
}


@pytest.mark.parametrize(("student", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_function_is_described(say, student, told):
    line = say("check_entropy", student)
    assert line.startswith("✗ entropy: ")
    assert told in line


def test_a_number_where_an_array_belongs(say):
    assert "you give a single number, and an array of shape (" in say("check_softmax", np.prod)


def test_one_set_of_logits_has_no_second_axis(say):
    def student(z):
        e = np.exp(z - z.max(axis=-1)[:, None])
        return e / e.sum(axis=-1)[:, None]

    assert "With keepdims=True a maximum or a sum keeps its axis." in say("check_softmax", student)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("check_kraft_sum", lambda n: np.sum(2**-n)),
        # These work with the arguments exchanged, where the power gets fractions.
        ("check_code_cost", lambda p, n: -np.sum(p * np.log2(2**-n))),
        ("check_code_cost", lambda p, n: p @ -np.log2(np.power(2, -n))),
    ],
)
def test_whole_number_powers(say, name, student):
    assert "write 2.0 instead of 2" in say(name, student)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("check_softmax_grad", lambda z, y: xentlib.softmax(z) - np.eye(3)[y]),
        (
            "check_batch_loss",
            lambda z, y: -np.sum(np.eye(3)[y] * xentlib.log_softmax(z, base=np.e)) / len(y),
        ),
        ("check_softmax", lambda z: np.exp(z - z.max(-1)) / np.exp(z - z.max(-1)).sum(-1)),
    ],
)
def test_shapes_that_do_not_fit_are_not_told_of_large_logits(say, name, student):
    told = say(name, student)
    assert told.endswith("no entry, or has a sum or a maximum lost an axis?")


def test_pythons_own_maximum_of_a_table_is_told_of(say):
    told = say("check_softmax", lambda z: np.exp(z - max(z)) / np.exp(z - max(z)).sum())
    assert "`max` and `min` ask about one number: for an array use" in told


@pytest.mark.parametrize(
    "student",
    [
        lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
        lambda z: np.exp(z - z.max(0)) / np.exp(z - z.max(0)).sum(-1, keepdims=True),
    ],
)
def test_neither_the_sum_nor_the_maximum_alone_is_blamed_for_the_axis(say, student):
    assert say("check_softmax", student).endswith("Along which axis does each step go?")


def test_an_axis_that_one_set_of_logits_has_not_got_is_named(say):
    told = say("check_softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    assert told.endswith("has no axis of that number. -1 is the last one, however many there are.")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("check_softmax", lambda z: np.exp(z) / np.exp(z).sum()),
        ("check_softmax_grad", lambda z, y: np.exp(z) / np.exp(z).sum() - np.eye(len(z))[y]),
    ],
)
def test_the_hint_names_the_first_whole_number_whose_exp_is_inf(say, name, student):
    with np.errstate(over="ignore"):
        first = np.flatnonzero(np.isinf(np.exp(np.arange(1000.0))))[0]
    assert f"From {first} on, exp is inf" in say(name, student)


def test_a_list_that_is_changed_is_noticed(say):
    line = say("check_expected_length", lambda p, codewords: codewords.pop())
    assert (
        line == "✗ expected length: your function changes codewords itself. Work on a copy of it."
    )


@pytest.mark.parametrize("name", CHECKS)
def test_a_right_answer_that_changes_its_arguments_is_told_just_that(say, name):
    """Even one that would be right if some arguments came in another order."""
    check = CHECKS[name]

    def meddling(*args):
        answer = check.right(*args)
        for arg in args:
            if isinstance(arg, np.ndarray) and arg.size:
                arg += 1
            elif isinstance(arg, list):
                arg.pop()
        return answer

    told = say(name, meddling)
    if any(np.ndim(arg) or isinstance(arg, list) for arg in check.draws()[0]):
        assert re.search(r"your function changes \w+ itself\. Work on a copy of it\.$", told)


def test_a_function_written_in_c_has_no_signature(say):
    assert say("check_surprisal", np.log2).startswith("✗ surprisal: a minus is missing, or")


def test_an_error_of_many_lines_is_told_in_one(say):
    def student(p):
        raise ValueError("one\ntwo")

    assert "ValueError: one two." in say("check_entropy", student)


def test_what_a_student_prints_is_no_answer(capsys):
    exercises.check_entropy(lambda p: print("1.75"))
    assert capsys.readouterr().out == f"1.75\n✗ entropy: {NOT_DONE}\n"


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_a_student_does_to_numpy_makes_a_wrong_answer_right(say, name, monkeypatch):
    """The names that a comparison might rest on say yes to everything from the first call on."""

    def student(*args):
        for yes in ("allclose", "array_equal", "isclose", "all"):
            monkeypatch.setattr(np, yes, lambda *args, **kwargs: True)
        for pick in ("asarray", "abs", "log2", "log", "exp", "sum", "isfinite", "float64"):
            monkeypatch.setattr(np, pick, lambda *args, **kwargs: 42.0)
        return 42.0

    line = say(name, student)
    monkeypatch.undo()
    assert line.startswith(f"✗ {CHECKS[name].title}: ")


@pytest.mark.parametrize("name", CHECKS)
def test_a_function_that_is_told_its_answers_must_tell_them_all(say, name):
    """Each case matters: who is wrong in one of them fails."""
    check = CHECKS[name]
    count = len(check.draws()) + len(check.hard())
    for bad in range(count):
        answers = iter(range(count))

        def student(*args, bad=bad, answers=answers):
            right = numbers(check.right, args)
            return right if next(answers, -1) != bad else np.where(right == 0, 1, -right)

        assert say(name, student).startswith("✗")


@pytest.mark.parametrize("name", [name for name in CHECKS if len(CHECKS[name].names) > 1])
def test_arguments_in_another_order_are_told_apart(say, name):
    """Except where both orders make sense: there the mistake has a hint of its own, or is none."""
    check = CHECKS[name]
    line = say(name, lambda *args: check.right(*args[::-1]))
    told = f"), but it gets ({', '.join(check.names)})."
    if name in ("check_cross_entropy", "check_kl_divergence"):
        assert "p and q are swapped." in line
    elif name in ("check_js_divergence", "check_file_size"):
        assert line.startswith("✓")
    else:
        assert told in line


def test_no_warning_is_asked_for_only_where_the_exercise_says_so():
    assert [name for name in CHECKS if CHECKS[name].quiet] == ["check_surprisal"]
    assert "without a warning" in (BOOK / "01-surprise.md").read_text("utf-8")


def test_an_interrupt_still_interrupts():
    def student(p):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercises.check_entropy(student)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.complex_numbers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=4,
    )
)
def test_no_answer_makes_a_check_raise(answer):
    for name in ("check_entropy", "check_softmax", "check_batch_loss"):
        assert getattr(exercises, name)(lambda *args: answer) is None


# In the build


@pytest.mark.parametrize(
    "student", [lambda p: np.sum(p * np.log2(p)), lambda p: None, divides_by_zero, endless, 1]
)
def test_strict_raises_the_text_that_is_printed_in_class(say, monkeypatch, capsys, student):
    line = say("check_entropy", student)
    monkeypatch.setenv("XENTLIB_STRICT", "1")
    with pytest.raises(AssertionError) as raised:
        exercises.check_entropy(student)
    assert str(raised.value) == line
    assert capsys.readouterr().out == ""


def test_strict_lets_the_right_function_pass(say, monkeypatch):
    monkeypatch.setenv("XENTLIB_STRICT", "1")
    assert say("check_entropy", lambda p: -plogp(p)).startswith("✓")


def test_strict_shows_what_went_wrong_in_the_function(monkeypatch):
    monkeypatch.setenv("XENTLIB_STRICT", "1")
    with pytest.raises(AssertionError) as raised:
        exercises.check_entropy(divides_by_zero)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


# In the book


def test_the_exercise_names_the_largest_logits_that_its_check_asks():
    chapter = (BOOK / "08-classifiers.md").read_text(encoding="utf-8")
    for name, words in (
        ("check_softmax", "of ±{:,.0f}."),
        ("check_softmax_grad", "of ±{:,.0f} too."),
    ):
        largest = max(np.abs(args[0]).max() for args, _ in CHECKS[name].edges)
        assert f"It has to survive logits {words.format(largest)}" in chapter


def checked_cells(chapter):
    """Return what stands before and in each call of a check, by where the cell stands."""
    text = chapter.read_text(encoding="utf-8")
    cells = {"exercise": [], "solution": []}
    for cell in CELL.finditer(text):
        kind = re.findall(r"^:::+\{(exercise|solution)-start\}", text[: cell.start()], re.M)[-1]
        cells[kind].append(cell[2])
    return cells


@pytest.mark.parametrize("chapter", sorted(BOOK.glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_the_solutions_pass_and_the_exercises_are_not_solved(chapter, monkeypatch, capsys):
    cells = checked_cells(chapter)
    assert len(cells["exercise"]) == len(cells["solution"]) > 0
    namespace = {**vars(xentlib), "exercises": exercises, "np": np, "math": math}
    for cell in cells["exercise"]:
        exec(cell, namespace)
        assert capsys.readouterr().out.startswith("✗")
    monkeypatch.setenv("XENTLIB_STRICT", "1")
    for cell in cells["solution"]:
        exec(cell, namespace)
        assert capsys.readouterr().out.startswith("✓")
