"""How a student's function is judged. What it is judged by stands in `_bank`."""

import copy
import inspect
import itertools
import os
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Bound here: a student's line may have put something else where NumPy's names were.
from numpy import array2string, array_equal, asarray, errstate, float64, isfinite

_ROUNDS = 3
_ODD_ROUNDS = 25
_SEED = 30  # draws cases that tell all mistakes apart: see the tests
_TOLERANCE = 1e-5  # relative: single precision will do
_TINY = 1e-300  # what is this near to 0 may be written as 0, and 0 as this

_WHOLE_POWERS = "negative integer powers"  # as NumPy refuses them

_ADVICE = (
    (
        "converted to Python scalars",
        "math.log takes one number, np.log and np.log2 take a whole array.",
    ),
    (
        "truth value of an array",
        "`if`, `and`, `max` and `min` ask about one number: "
        "for an array use a mask, np.where, np.max or np.min.",
    ),
    (_WHOLE_POWERS, "NumPy keeps whole numbers whole: write 2.0 instead of 2."),
    ("bitwise_xor", "`^` compares bits in Python: a power is written `**`."),
    ("used as indices", "You index with numbers that are not whole: which argument comes first?"),
    ("only integers, slices", "You index with something that is not a whole number."),
    (
        "could not be broadcast",
        "Two shapes do not fit: is a size fixed in your line, has an outcome that never comes no "
        "entry, or has a sum or a maximum lost an axis?",
    ),
    (
        "out of bounds for array of dimension",
        "The array has no axis of that number. -1 is the last one, however many there are.",
    ),
    ("is not iterable", "A single number has no entries to loop over."),
    (
        "invalid index to scalar",
        "A single number has no axis to index. With keepdims=True a maximum or a sum keeps its "
        "axis.",
    ),
)
"""Parts of error messages that students meet, and what to tell them."""

_KINDS = {"b": "True or False", "U": "text", "S": "text"}
"""What is not a number, by NumPy's letter for it."""


@dataclass(frozen=True)
class Check:
    """What a check knows: the right function, cases to try it on, and the mistakes people make."""

    title: str
    names: tuple  # of the arguments that the student's function takes, in order
    right: Callable
    draw: Callable  # takes a Generator, returns the arguments of a random case
    look: str  # where to look when no mistake is recognised
    mistakes: tuple  # of pairs (wrong function, hint)
    edges: tuple  # of pairs (arguments, what is true of them): where right formulas break
    odd: Callable  # as draw, but a case may have zeros, gaps and extremes in any place
    odd_fact: str = ""  # what is true of these, if there is more to say than where to look
    quiet: bool = False  # whether the exercise asks for no warning

    def draws(self):
        """Return the arguments of the random cases, the same ones in every call."""
        rng = np.random.default_rng(_SEED)
        return [self.draw(rng) for _ in range(_ROUNDS)]

    def hard(self):
        """Return the edge cases, then the odd ones, as pairs (arguments, what is true of them)."""
        rng = np.random.default_rng(_SEED)
        fact = self.odd_fact or self.look
        return [*self.edges, *((self.odd(rng), fact) for _ in range(_ODD_ROUNDS))]


class _Wrong(Exception):
    """Carries what the student is to be told."""


class _Meddles(_Wrong):
    """The function changes what it is given: in whatever order it gets that."""


def judge(check, student):
    """Print whether `student` is right, and if not why; raise that if XENTLIB_STRICT is 1."""
    told = cause = None
    try:
        _examine(check, student)
    except _Wrong as wrong:
        told, cause = str(wrong), wrong.__cause__
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # nothing that a student hands in may stop the notebook
        told = f"what you hand in cannot be looked at: that stops with {type(error).__name__}."
    if told is None:
        n = len(check.edges)
        edges = "an edge case" if n == 1 else f"{n} edge cases"
        print(f"✓ {check.title}: right on {_ROUNDS + _ODD_ROUNDS} random cases and {edges}.")
        return
    line = " ".join(f"✗ {check.title}: {told}".split())
    if os.environ.get("XENTLIB_STRICT") == "1":
        raise AssertionError(line) from cause
    print(line)


def _examine(check, student):
    """Raise _Wrong unless `student` is right about every case."""
    _takes(check, student)
    draws = check.draws()
    wants = [_value(check.right, args) for args in draws]
    hard = [(args, _value(check.right, args), fact) for args, fact in check.hard()]
    # Nothing below trusts NumPy's public names: the student's lines run from here on.
    try:
        answers = [_call(check, student, args, check.look) for args in draws]
    except _Meddles:
        raise
    except _Wrong as wrong:
        if _WHOLE_POWERS not in str(wrong.__cause__):  # that order only moves out of sight
            _ask_in_another_order(check, student, draws, wants)
        raise
    if not all(map(_same, answers, wants)):
        for wrong, hint in check.mistakes:
            if all(map(_same, answers, (_value(wrong, args) for args in draws))):
                raise _Wrong(hint)
        _ask_in_another_order(check, student, draws, wants)
        for args, got, want in zip(draws, answers, wants, strict=True):
            _compare(check, args, got, want, check.look)
    for args, want, fact in hard:
        _compare(check, args, _call(check, student, args, fact), want, fact)


def _takes(check, student):
    """Raise _Wrong unless `student` is a function of as many arguments as it will get."""
    if not callable(student):
        raise _Wrong("pass the function itself, its name without brackets behind it.")
    try:
        takes = inspect.signature(student)
    except (TypeError, ValueError):
        return  # as for what is written in C
    try:
        takes.bind(*check.names)
    except TypeError:
        wants = ", ".join(check.names)
        raise _Wrong(f"your function takes {takes}, but must take ({wants}).") from None


def _ask_in_another_order(check, student, draws, wants):
    """Raise _Wrong if `student` is right as soon as its arguments come in another order.

    Where every function that is right is so in that order too, the order is not the mistake.
    """

    def right_in(f, order):
        try:
            answers = [_call(check, f, [args[i] for i in order], "") for args in draws]
        except _Wrong:
            return False
        return all(map(_same, answers, wants))

    for order in list(itertools.permutations(range(len(check.names))))[1:]:
        if right_in(student, order) and not right_in(check.right, order):
            called, names = (", ".join(check.names[i] for i in o) for o in (order, sorted(order)))
            raise _Wrong(f"your function is right if it gets ({called}), but it gets ({names}).")


def _call(check, student, args, hint):
    """Return the numbers that `student` answers, or raise _Wrong if none come, or it meddles."""
    given = copy.deepcopy(args)
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            with errstate(all="warn", under="ignore"):  # NumPy's own settings, whatever was set
                answer = student(*given)
    except RecursionError as error:
        raise _Wrong("your function calls itself until Python gives up. What ends it?") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit too
        words = str(error).rstrip(".")
        advice = next((text for part, text in _ADVICE if part in words), hint)
        raise _Wrong(
            f"for {_case(check, args)} your function stops{_line_of(student, error)} with "
            f"{type(error).__name__}{': ' * bool(words)}{words}. {advice}"
        ) from error
    for name, before, after in zip(check.names, args, given, strict=True):
        if not array_equal(before, after):
            raise _Meddles(f"your function changes {name} itself. Work on a copy of it.")
    if answer is None or answer is Ellipsis:
        raise _Wrong("not done yet. Your function returns nothing: is there a return?")
    numeric = [warning for warning in seen if issubclass(warning.category, RuntimeWarning)]
    if check.quiet and numeric:
        raise _Wrong(
            f"for {_case(check, args)} your function warns: {numeric[0].message}. If you mean what "
            "NumPy warns of, say so inside the function, with np.errstate."
        )
    return _as_numbers(answer)


def _value(f, args):
    with errstate(all="ignore"):
        return asarray(f(*args), dtype=float64)


def _as_numbers(answer):
    """Return the student's answer as an array of floats, or raise _Wrong if it is no such thing."""
    kind = f"something of type {type(answer).__name__}"
    try:
        got = asarray(answer)
        if got.dtype.kind in "iufO":  # O for fractions
            return got.astype(float64)
        kind = _KINDS.get(got.dtype.kind, kind)
    except Exception:  # whatever the answer's own conversion to an array raises
        pass
    raise _Wrong(f"your function returns {kind}, and numbers are asked for.")


def _same(got, want):
    """Whether the numbers are equal, but for rounding: infinity is exact."""
    if got.shape != want.shape:
        return False
    with errstate(all="ignore"):
        near = isfinite(want) & (abs(got - want) <= _TOLERANCE * abs(want) + _TINY)
        return bool((near | (got == want) | ((got != got) & (want != want))).all())


def _compare(check, args, got, want, look):
    """Raise _Wrong, with the case and both answers, unless they are the same."""
    if _same(got, want):
        return
    case = f"for {_case(check, args)} you give"
    if got.shape != want.shape:
        raise _Wrong(f"{case} {_shape(got)}, and {_shape(want)} is asked for. {look}")
    raise _Wrong(f"{case} {_show(got)}, and {_show(want)} is right. {look}")


def _line_of(student, error):
    """Return the line of the student's own code that stopped, as far as Python can tell."""
    code = getattr(student, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.line for f in frames if code and f.filename == code.co_filename and f.line]
    return f" at `{lines[-1]}`" if lines else ""


def _case(check, args):
    return ", ".join(f"{name} = {_show(x)}" for name, x in zip(check.names, args, strict=True))


def _show(x):
    if isinstance(x, list):
        return repr(x)
    if getattr(x, "ndim", 0) == 0:
        return f"{float(x) + 0:.6g}"  # -0 is 0
    return array2string(x + 0, separator=", ", threshold=12, formatter={"all": "{:.6g}".format})


def _shape(x):
    return "a single number" if x.ndim == 0 else f"an array of shape {x.shape}"
