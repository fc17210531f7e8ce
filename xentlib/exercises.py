"""Checks for the book's coding exercises: they name the mistake and say what to look at.

``check_entropy(mine)`` calls the student's function `mine` on a few seeded random cases and on the
edge cases where formulas break, compares it with xentlib's own, and prints one line. Nothing a
student's function does makes a check raise, unless ``XENTLIB_STRICT=1`` is in the environment: then
a failed check raises AssertionError with the text it would have printed.

A mistake is data: a wrong computation, written with xentlib's functions, and the hint for whoever
returns what it returns.
"""

import copy
import inspect
import math
import os
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .codes import (
    PrefixCode,
    block_pmf,
    canonical_code,
    huffman_code,
    ideal_bits,
    kraft_sum,
    shannon_lengths,
)
from .likelihood import empirical_pmf, log_likelihood
from .losses import (
    gaussian_nll,
    log_softmax,
    one_hot,
    poisson_nll,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from .measures import (
    cross_entropy,
    entropy,
    gaussian_entropy,
    js_divergence,
    kl_divergence,
    normalize,
    perplexity,
    surprisal,
)

_ROUNDS = 3
_SEED = 30  # draws cases that tell all mistakes apart: see the tests

_ADVICE = (
    ("converted to Python scalars", "math.log takes one number, np.log2 takes a whole array."),
    ("truth value of an array", "`if` asks about one number: for an array use a mask or np.where."),
    ("negative integer powers", "NumPy keeps whole numbers whole: write 2.0 instead of 2."),
    ("used as indices", "You index with numbers that are not whole: which argument comes first?"),
    ("only integers, slices", "You index with something that is not a whole number."),
)
"""Parts of error messages that students meet, and what to tell them."""


@dataclass(frozen=True)
class _Check:
    """What a check knows: the right function, cases to try it on, and the mistakes people make."""

    title: str
    names: tuple  # of the arguments that the student's function takes, in order
    right: Callable
    draw: Callable  # takes a Generator, returns the arguments of a random case
    look: str  # where to look when no mistake is recognised
    mistakes: tuple  # of pairs (wrong function, hint); the first one that fits is told
    edges: tuple  # of pairs (arguments, hint): where right formulas break

    def draws(self):
        """Return the arguments of the random cases, the same ones in every call."""
        rng = np.random.default_rng(_SEED)
        return [self.draw(rng) for _ in range(_ROUNDS)]


class _Wrong(Exception):
    """Carries what the student is to be told."""


def _report(check, student):
    try:
        for args in check.draws():
            _try(check, student, args, check.look, check.mistakes)
        for args, hint in check.edges:
            _try(check, student, args, hint)
    except _Wrong as wrong:
        line = " ".join(f"✗ {check.title}: {wrong}".split())
        if os.environ.get("XENTLIB_STRICT") == "1":
            raise AssertionError(line) from wrong.__cause__
    else:
        n = len(check.edges)
        edges = "an edge case" if n == 1 else f"{n} edge cases"
        line = f"✓ {check.title}: right on {_ROUNDS} random cases and {edges}."
    print(line)


def _try(check, student, args, hint, mistakes=()):
    """Raise _Wrong unless `student` is right about `args`."""
    answer = _call(check, student, args, hint)
    got = _as_numbers(answer)
    with np.errstate(all="ignore"):
        want = np.asarray(check.right(*args), dtype=float)
        if _same(got, want):
            return
        for wrong, name in mistakes:
            if _same(got, np.asarray(wrong(*args), dtype=float)):
                raise _Wrong(name)
    case = f"for {_case(check, args)} you give"
    if got.shape != want.shape:
        raise _Wrong(f"{case} {_shape(got)}, and {_shape(want)} is asked for. {hint}")
    raise _Wrong(f"{case} {_show(got)}, and {_show(want)} is right. {hint}")


def _call(check, student, args, hint):
    """Return what `student` answers, or raise _Wrong if it stops, answers nothing or meddles."""
    if not callable(student):
        raise _Wrong("pass the function itself, its name without brackets behind it.")
    takes = _signature(student)
    if takes is not None:
        try:
            takes.bind(*args)
        except TypeError:
            wants = ", ".join(check.names)
            raise _Wrong(f"your function takes {takes}, but must take ({wants}).") from None
    given = copy.deepcopy(args)
    try:
        # What bad numbers do to a student's line is read from its result, not from a warning.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            answer = student(*given)
    except RecursionError as error:
        raise _Wrong("your function calls itself and never stops. What should end it?") from error
    except Exception as error:
        advice = next((text for part, text in _ADVICE if part in str(error)), hint)
        raise _Wrong(
            f"for {_case(check, args)} your function stops{_line_of(student, error)} with "
            f"{type(error).__name__}: {str(error).rstrip('.')}. {advice}"
        ) from error
    for name, before, after in zip(check.names, args, given, strict=True):
        if not np.array_equal(before, after):
            raise _Wrong(f"your function changes {name} itself. Work on a copy of it.")
    if answer is None or answer is Ellipsis:
        raise _Wrong("not done yet. Your function returns nothing: is there a return?")
    return answer


def _signature(student):
    """Return the signature of `student`; None if Python has none, as for what is written in C."""
    try:
        return inspect.signature(student)
    except (TypeError, ValueError):
        return None


def _as_numbers(answer):
    """Return the student's answer as an array of floats, or raise _Wrong if it is no such thing."""
    kind = f"something of type {type(answer).__name__}"
    try:
        got = np.asarray(answer)
        if got.dtype.kind in "iufO":  # O for fractions
            return got.astype(float)
        if got.dtype.kind == "b":
            kind = "True or False"
    except Exception:  # whatever the answer's own conversion to an array raises
        kind = f"something of type {type(answer).__name__}"
    raise _Wrong(f"your function returns {kind}, and numbers are asked for.")


def _same(got, want):
    return got.shape == want.shape and np.allclose(got, want, 1e-6, 1e-9, equal_nan=True)


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
    if np.ndim(x) == 0:
        return f"{float(x):.6g}"
    return np.array2string(x, separator=", ", threshold=12, formatter={"all": "{:.6g}".format})


def _shape(x):
    return "a single number" if x.ndim == 0 else f"an array of shape {x.shape}"


# Hints that more than one check gives. Each begins with the mistake's name.

_NATS = "wrong base. These are nats: which logarithm counts yes/no questions?"
_BITS = "wrong base. These are bits: which logarithm counts nats?"
_LOG10 = "wrong base. Your logarithm has base 10: which one belongs to the unit asked for?"
_MINUS = "a minus is missing. Logs of probabilities are never positive: what turns one into a cost?"
_MINUS_NATS = (
    "a minus is missing, and the base is wrong. Look at the sign of a logarithm of a probability, "
    "then at which logarithm counts yes/no questions."
)
_SIGN = "the sign is the wrong way round. Should the number grow or shrink as the fit gets better?"
_SWAPPED = "p and q are swapped. Who does the talking, and who wrote the codebook?"
_MEAN = "mean for sum. You divide by the number of outcomes, but the probabilities weigh already."
_TERMS = "not added up yet. You return a number for each outcome: what makes one of them all?"
_EVERY_TIME = "the weights are missing. You add up as if each outcome happened every time."
_EQUALLY = "the weights are missing. You average as if all outcomes were equally likely."
_LOG_OF_SUM = (
    "log of a sum. You average probabilities and take the log once: which of the two comes first?"
)
_SOFTMAX_TWICE = "softmax twice. You put probabilities where logits belong."
_VARIANCE = (
    "sigma for the variance. Which of the two stands in the formula, and which one are you given?"
)
_FOURTH = "squared once too often. Which stands in the formula, sigma or the variance?"
_NO_2PI = "the 2π is missing. What makes the density integrate to 1?"
_EXAMPLES = "not averaged yet. You return a number for each example: what makes one of them all?"
_SUM = "sum for mean. Your number grows with the number of examples: should it?"
_ZEROS = (
    "The zeros are forgotten: an outcome that never happens adds nothing. "
    "What does your line make of 0 · log 0?"
)
_UNUSED = "A codeword that is never used adds nothing."
_LONG = (
    "Underflow: the probability of so many symbols is too small for a float. "
    "Take the logarithms before anything is multiplied."
)
_NO_WORD = (
    "Here q gives probability 0 to something that happens. How long is a codeword that does not "
    "exist? Keep the term, and keep it unclipped."
)
_OVERFLOW = (
    "Overflow: exp of a large logit is inf. What can you subtract from all logits without "
    "changing the probabilities?"
)
_UNDERFLOW = (
    "Underflow: the probability is too small for a float, its logarithm is not. "
    "Take the logarithm on paper first."
)


def _bits(f):
    """The mistakes of unit and sign for a cost `f` in bits."""
    return (
        (lambda *args: f(*args, base=np.e), _NATS),
        (lambda *args: f(*args, base=10), _LOG10),
        (lambda *args: -f(*args), _MINUS),
        (lambda *args: -f(*args, base=np.e), _MINUS_NATS),
    )


def _nats(f):
    """The mistakes of unit and sign for a loss `f` in nats."""
    return (
        (lambda *args: f(*args, base=2), _BITS),
        (lambda *args: f(*args, base=10), _LOG10),
        (lambda *args: -f(*args, base=np.e), _SIGN),
    )


def _pmf(rng, k):
    """Draw a pmf over `k` outcomes, none of them impossible, that two decimals print in full."""
    return (rng.multinomial(100 - 2 * k, rng.dirichlet(np.ones(k))) + 2) / 100


def _some(rng):
    return int(rng.integers(3, 6))


# Chapter 1


def _message_cost(p, symbols, base=2):
    return surprisal(p, base=base)[symbols].sum()


def _draw_message(rng):
    p = _pmf(rng, _some(rng))
    return p, rng.choice(len(p), rng.choice([6, 7, 9]), p=p)


_SURPRISAL = _Check(
    title="surprisal",
    names=("p",),
    right=surprisal,
    draw=lambda rng: (rng.integers(2, 100, _some(rng)) / 100,),
    look="Take one probability, 1/8 say: how many halvings lead to it?",
    mistakes=(
        *_bits(surprisal),
        (lambda p: 1 / p, "no logarithm yet. 1/p counts equally likely things, not questions."),
        (
            lambda p: p * surprisal(p),
            "weighted with p. That is the share of an outcome in the entropy: how surprising is "
            "it once it has happened?",
        ),
        (
            lambda p: surprisal(p).sum(),
            "added up. Each probability has a surprisal of its own: return as many as you get.",
        ),
        (
            lambda p: surprisal(p).mean(),
            "averaged. Each probability has a surprisal of its own: return as many as you get.",
        ),
    ),
    edges=(
        (
            (np.array([1.0, 0.5, 0.0]),),
            "What is certain does not surprise, and what is impossible would surprise without "
            "bound: neither is left out or clipped.",
        ),
    ),
)

_TOTAL_SURPRISAL = _Check(
    title="surprisal of a message",
    names=("p", "symbols"),
    right=_message_cost,
    draw=_draw_message,
    look="Look up the probability of each symbol of the message. What does each one cost?",
    mistakes=(
        *_bits(_message_cost),
        (
            lambda p, s: _message_cost(p, s) / len(s),
            "mean for sum. That is the cost of one symbol on average: what does the message cost?",
        ),
        (
            lambda p, s: surprisal(p)[s],
            "not added up yet. You return the cost of each symbol: what does the message cost?",
        ),
        (
            lambda p, s: -np.log2(p[s].sum()),
            "log of a sum. You add probabilities and take the log once: which comes first?",
        ),
        (
            lambda p, s: surprisal(p).sum(),
            "over the alphabet. You count each symbol once: how often is it in the message?",
        ),
        (
            lambda p, s: len(s) * entropy(p),
            "expected, not actual. That is what a message of this length costs on average: what "
            "does this one cost?",
        ),
        (
            lambda p, s: p[s].prod(),
            "no logarithm yet. That is the probability of the message: what is its surprisal?",
        ),
    ),
    edges=(((np.array([0.5, 0.25, 0.25]), np.tile([0, 1, 2], 300)), _LONG),),
)


def check_surprisal(student):
    """Check a student's surprisal, in bits.

    Parameters
    ----------
    student : callable
        ``student(p)`` takes an array of probabilities, shape (n,), and returns as many surprisals.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_surprisal(lambda p: -np.log(p))
    ✗ surprisal: wrong base. These are nats: which logarithm counts yes/no questions?
    >>> check_surprisal(lambda p: -np.log2(p))
    ✓ surprisal: right on 3 random cases and an edge case.
    """
    _report(_SURPRISAL, student)


def check_total_surprisal(student):
    """Check what a message costs, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, symbols)`` takes a pmf, shape (K,), and a message of symbols 0, ..., K - 1,
        shape (n,), and returns the sum of the surprisals.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_total_surprisal(lambda p, symbols: -np.log2(np.sum(p[symbols])))
    ✗ surprisal of a message: log of a sum. ...
    """
    _report(_TOTAL_SURPRISAL, student)


# Chapter 2


def _draw_lengths(rng):
    return (huffman_code(_pmf(rng, _some(rng))).lengths + rng.integers(0, 2),)


def _draw_code(rng):
    k = _some(rng)
    return _pmf(rng, k), huffman_code(_pmf(rng, k)).lengths.copy()


def _code_cost(p, lengths):
    return canonical_code(lengths).expected_length(p)


def _draw_codewords(rng):
    p, lengths = _draw_code(rng)
    return p, list(canonical_code(lengths).codewords)


_KRAFT_SUM = _Check(
    title="Kraft sum",
    names=("lengths",),
    right=kraft_sum,
    draw=_draw_lengths,
    look="A codeword of 3 bits takes up 1/8 of all messages. How much does each of yours take up?",
    mistakes=(
        (
            lambda n: n.sum(),
            "the lengths are added. What part of all messages does each codeword take up?",
        ),
        (
            lambda n: np.exp2(n).sum(),
            "a minus is missing. A longer codeword takes up less room, not more.",
        ),
        (
            lambda n: np.exp(-n).sum(),
            "wrong base. How many characters can stand at each place of a codeword?",
        ),
        (
            lambda n: float(kraft_sum(n)) / len(n),
            "mean for sum. The parts that the codewords take up are added, not averaged.",
        ),
        (
            lambda n: np.exp2(-n),
            "not added up yet. You return a part for each codeword: what do they take up together?",
        ),
        (
            lambda n: np.exp2(-n.sum()),
            "product for sum. You add the lengths first: which of the two comes first?",
        ),
        (
            lambda n: (1 / n).sum(),
            "one over the length. A bit more halves what a codeword takes up: is that so here?",
        ),
    ),
    edges=(
        (
            (np.array([1, 1, 1]),),
            "These lengths ask for more than there is, and the sum must say so.",
        ),
        (
            (np.array([1, 2, 70, 70]),),
            "Overflow: 2**70 does not fit into NumPy's whole numbers. Which numbers can hold it?",
        ),
    ),
)

_LENGTH_MISTAKES = (
    (
        lambda p, n: n.mean(),
        "p is left out. You average as if all codewords were used equally often.",
    ),
    (
        lambda p, n: n.sum(),
        "p is left out. You add the lengths up: how often is each codeword used?",
    ),
    (lambda p, n: n.max(), "the longest codeword. How often is it used?"),
    (lambda p, n: _code_cost(p, n) / len(p), _MEAN),
    (lambda p, n: p * n, _TERMS),
    (
        lambda p, n: _code_cost(normalize(np.exp2(-n)), n),
        "the codebook's own habits. You weigh with 2**-length: who does the talking?",
    ),
    (
        lambda p, n: entropy(p),
        "entropy instead. That is the limit for p: what does this code need?",
    ),
    (
        lambda p, n: _code_cost(p, n) - entropy(p),
        "the extra only. You subtract the entropy: what does the message itself need?",
    ),
)

_EXPECTED_LENGTH = _Check(
    title="expected length",
    names=("p", "codewords"),
    right=lambda p, words: PrefixCode(words).expected_length(p),
    draw=_draw_codewords,
    look="How long is each codeword, and how often is it used?",
    mistakes=(
        *(
            (lambda p, words, wrong=wrong: wrong(p, PrefixCode(words).lengths), hint)
            for wrong, hint in _LENGTH_MISTAKES
        ),
        (
            lambda p, words: p @ [int(word) for word in words],
            "the codewords are read as numbers. How many characters has each?",
        ),
    ),
    edges=(((np.array([0.5, 0.5, 0.0]), ["0", "10", "11"]), _UNUSED),),
)


def check_kraft_sum(student):
    """Check a student's Kraft sum.

    Parameters
    ----------
    student : callable
        ``student(lengths)`` takes codeword lengths in bits, whole numbers, shape (K,), and returns
        their Kraft sum.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_kraft_sum(lambda lengths: np.sum(2.0**lengths))
    ✗ Kraft sum: a minus is missing. A longer codeword takes up less room, not more.
    """
    _report(_KRAFT_SUM, student)


def check_expected_length(student):
    """Check the expected length of a code given by its codewords, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, codewords)`` takes a pmf, shape (K,), and a list of K strings of 0s and 1s, and
        returns the expected number of bits a symbol.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_expected_length(lambda p, codewords: np.mean([len(word) for word in codewords]))
    ✗ expected length: p is left out. ...
    """
    _report(_EXPECTED_LENGTH, student)


# Chapter 3


def _per_symbol(p, n):
    blocks = block_pmf(p, n)
    return huffman_code(blocks).expected_length(blocks) / n


_ENTROPY = _Check(
    title="entropy",
    names=("p",),
    right=entropy,
    draw=lambda rng: (_pmf(rng, _some(rng)),),
    look="It is an expected surprisal: how surprising is each outcome, and how often does it come?",
    mistakes=(
        *_bits(entropy),
        (lambda p: entropy(p) / len(p), _MEAN),
        (lambda p: p * surprisal(p), _TERMS),
        (lambda p: surprisal(p).sum(), _EVERY_TIME),
        (lambda p: surprisal(p).mean(), _EQUALLY),
        (lambda p: surprisal(p @ p), _LOG_OF_SUM),
        (
            lambda p: perplexity(p),
            "perplexity instead. You raise 2 to the entropy: which of the two is in bits?",
        ),
        (
            lambda p: np.log2(len(p)),
            "p is left out. That is the entropy if all outcomes were equally likely.",
        ),
    ),
    edges=(((np.array([0.5, 0.0, 0.25, 0.25]),), _ZEROS),),
)

_BITS_PER_SYMBOL = _Check(
    title="bits per symbol",
    names=("p", "n"),
    right=_per_symbol,
    draw=lambda rng: (_pmf(rng, 2 + int(rng.integers(2))), int(rng.integers(2, 4))),
    look="One codeword serves a whole block: what does it cost, and how many symbols share it?",
    mistakes=(
        (
            lambda p, n: n * _per_symbol(p, n),
            "bits per block. How many symbols share one codeword?",
        ),
        (
            lambda p, n: _per_symbol(p, n) / n,
            "divided by n twice. How many symbols share one codeword?",
        ),
        (
            lambda p, n: entropy(p),
            "entropy instead. That is the limit for long blocks: what does Huffman's code need?",
        ),
        (
            lambda p, n: _per_symbol(p, 1),
            "the blocks are left out. That is the code for one symbol at a time.",
        ),
        (
            lambda p, n: block_pmf(p, n) @ shannon_lengths(block_pmf(p, n)) / n,
            "not Huffman's code. You round each surprisal up: is there a shorter code?",
        ),
        (
            lambda p, n: huffman_code(block_pmf(p, n)).lengths.mean() / n,
            "the weights are missing. You average as if all blocks were equally likely.",
        ),
    ),
    edges=(((np.array([0.9, 0.1]), 1), "A block of one symbol is that symbol."),),
)


def check_entropy(student):
    """Check a student's entropy, in bits.

    Parameters
    ----------
    student : callable
        ``student(p)`` takes a pmf, shape (K,), and returns its entropy.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_entropy(lambda p: -np.sum(p * np.log2(p)))
    ✗ entropy: for p = [0.5, 0, 0.25, 0.25] you give nan, and 1.5 is right. The zeros are
    forgotten: ...
    """
    _report(_ENTROPY, student)


def check_bits_per_symbol(student):
    """Check what Huffman's code for blocks needs, in bits per symbol.

    Parameters
    ----------
    student : callable
        ``student(p, n)`` takes the pmf of a symbol, shape (K,), and the length of a block, and
        returns the expected number of bits a symbol when blocks of `n` independent symbols get
        codewords from Huffman's code.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_bits_per_symbol(lambda p, n: huffman_code(block_pmf(p, n)).expected_length(
    ...     block_pmf(p, n)))
    ✗ bits per symbol: bits per block. How many symbols share one codeword?
    """
    _report(_BITS_PER_SYMBOL, student)


# Chapter 4


def _draw_pair(rng):
    k = _some(rng)
    return _pmf(rng, k), _pmf(rng, k)


_CROSS_ENTROPY = _Check(
    title="cross-entropy",
    names=("p", "q"),
    right=cross_entropy,
    draw=_draw_pair,
    look="It is an expected length: how often does each outcome come, and at what cost?",
    mistakes=(
        (lambda p, q: cross_entropy(q, p), _SWAPPED),
        *_bits(cross_entropy),
        (lambda p, q: cross_entropy(p, q) / len(p), _MEAN),
        (lambda p, q: p * surprisal(q), _TERMS),
        (
            kl_divergence,
            "KL instead. That is only the extra cost: what does the message itself need?",
        ),
        (lambda p, q: entropy(p), "q is left out. That is the cost with the right codebook."),
        (lambda p, q: entropy(q), "p is left out. You weigh with q as well: who does the talking?"),
        (
            lambda p, q: surprisal(q).sum(),
            "the weights are missing. You add up codewords as if each were used every time.",
        ),
        (lambda p, q: surprisal(q).mean(), _EQUALLY),
        (lambda p, q: surprisal(p @ q), _LOG_OF_SUM),
    ),
    edges=(
        ((np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])), _UNUSED),
        ((np.array([0.5, 0.25, 0.25]), np.array([0.5, 0.5, 0.0])), _NO_WORD),
        ((np.array([0.5, 0.5, 0.0]), np.array([0.75, 0.25, 0.0])), _ZEROS),
    ),
)

_CODE_COST = _Check(
    title="cost of a code",
    names=("p", "lengths"),
    right=_code_cost,
    draw=_draw_code,
    look="How long is each codeword, and how often is it used?",
    mistakes=_LENGTH_MISTAKES,
    edges=(((np.array([0.5, 0.5, 0.0]), np.array([1, 2, 2])), _UNUSED),),
)


def check_cross_entropy(student):
    """Check a student's cross-entropy, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, q)`` takes the source and the model, pmfs of shape (K,), and returns H(p, q).

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_cross_entropy(lambda p, q: -np.sum(q * np.log2(p)))
    ✗ cross-entropy: p and q are swapped. Who does the talking, and who wrote the codebook?
    """
    _report(_CROSS_ENTROPY, student)


def check_code_cost(student):
    """Check the expected cost of a code given by its lengths, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, lengths)`` takes a pmf, shape (K,), and as many codeword lengths, and returns
        the expected number of bits a symbol.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_code_cost(lambda p, lengths: p * lengths)
    ✗ cost of a code: not added up yet. ...
    """
    _report(_CODE_COST, student)


# Chapter 5


def _middle(p, q):
    return (p + q) / 2


_KL_DIVERGENCE = _Check(
    title="KL divergence",
    names=("p", "q"),
    right=kl_divergence,
    draw=_draw_pair,
    look="Two costs, one source: the wrong codebook's less the right one's.",
    mistakes=(
        (lambda p, q: kl_divergence(q, p), _SWAPPED),
        (lambda p, q: kl_divergence(p, q, base=np.e), _NATS),
        (lambda p, q: kl_divergence(p, q, base=10), _LOG10),
        (
            lambda p, q: -kl_divergence(p, q),
            "the sign is the wrong way round. The wrong codebook never saves anything: which "
            "probability is on top in your logarithm?",
        ),
        (
            lambda p, q: -kl_divergence(p, q, base=np.e),
            "the sign is the wrong way round, and the base is wrong. Which probability is on top "
            "in your logarithm, and which logarithm counts yes/no questions?",
        ),
        (
            cross_entropy,
            "cross-entropy instead. That is the whole cost: which part of it is not extra?",
        ),
        (
            lambda p, q: cross_entropy(p, q) - entropy(q),
            "the wrong entropy is subtracted. What would this source cost with its own codebook?",
        ),
        (
            lambda p, q: entropy(q) - entropy(p),
            "a difference of entropies. In both costs the same one does the talking: who?",
        ),
        (lambda p, q: kl_divergence(p, q) / len(p), _MEAN),
        (lambda p, q: p * (surprisal(q) - surprisal(p)), _TERMS),
        (lambda p, q: (surprisal(q) - surprisal(p)).sum(), _EVERY_TIME),
        (
            lambda p, q: np.log2((p * p / q).sum()),
            "log of a sum. You average ratios and take the log once: which of the two comes first?",
        ),
        (
            lambda p, q: kl_divergence(p, q) + kl_divergence(q, p),
            "both directions are added. KL has one source and one model.",
        ),
        (
            lambda p, q: (kl_divergence(p, q) + kl_divergence(q, p)) / 2,
            "both directions are averaged. KL has one source and one model.",
        ),
        (
            lambda p, q: (p * np.abs(surprisal(q) - surprisal(p))).sum(),
            "the signs of the terms are lost. Some outcomes are cheaper with the wrong codebook.",
        ),
    ),
    edges=(
        ((np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])), _ZEROS),
        ((np.array([0.5, 0.25, 0.25]), np.array([0.5, 0.5, 0.0])), _NO_WORD),
    ),
)

_JS_DIVERGENCE = _Check(
    title="Jensen–Shannon divergence",
    names=("p", "q"),
    right=js_divergence,
    draw=_draw_pair,
    look="Each of the two is coded with the codebook of their mixture: what is wasted on average?",
    mistakes=(
        (lambda p, q: js_divergence(p, q, base=np.e), _NATS),
        (lambda p, q: js_divergence(p, q, base=10), _LOG10),
        (
            lambda p, q: -js_divergence(p, q),
            "the sign is the wrong way round. A wrong codebook never saves anything: which "
            "probability is on top in your logarithms?",
        ),
        (
            lambda p, q: np.sqrt(js_divergence(p, q)),
            "the square root is taken. That is the distance, whose square is asked for.",
        ),
        (
            lambda p, q: np.sqrt(js_divergence(p, q, base=np.e)),
            "the square root is taken, and the base is wrong. That is the distance in root nats: "
            "its square is asked for, in bits.",
        ),
        (
            lambda p, q: 2 * js_divergence(p, q),
            "sum for mean. There are two sources, and each is on turn half of the time.",
        ),
        (
            lambda p, q: (kl_divergence(p, q) + kl_divergence(q, p)) / 2,
            "the mixture is missing. You code each with the other's codebook.",
        ),
        (
            lambda p, q: kl_divergence(p, q) + kl_divergence(q, p),
            "the mixture is missing, and the two parts are added. You code each with the other's "
            "codebook.",
        ),
        (
            lambda p, q: js_divergence(p, q) - 1,
            "the mixture is unnormalised. What does p + q sum to?",
        ),
        (
            lambda p, q: 2 * (js_divergence(p, q) - 1),
            "the mixture is unnormalised, and the two parts are added, not averaged.",
        ),
        (lambda p, q: kl_divergence(p, _middle(p, q)), "q is left out. Who talks besides p?"),
        (lambda p, q: kl_divergence(q, _middle(p, q)), "p is left out. Who talks besides q?"),
        (
            lambda p, q: (kl_divergence(_middle(p, q), p) + kl_divergence(_middle(p, q), q)) / 2,
            "source and model are swapped. Who does the talking, and who wrote the codebook?",
        ),
        (
            lambda p, q: entropy(_middle(p, q)),
            "something is left to subtract. That is what the mixture costs with its own codebook.",
        ),
        (lambda p, q: js_divergence(p, q) / len(p), _MEAN),
    ),
    edges=(
        ((np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])), _ZEROS),
        (
            (np.array([0.5, 0.5, 0.0, 0.0]), np.array([0.0, 0.0, 0.75, 0.25])),
            "Nothing is shared here, and still nothing is infinite: the mixture has a word for "
            "everything. Look at your zeros.",
        ),
    ),
)


def check_kl_divergence(student):
    """Check a student's KL divergence, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, q)`` takes the source and the model, pmfs of shape (K,), and returns KL(p‖q).

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_kl_divergence(lambda p, q: -np.sum(p * np.log2(q)))
    ✗ KL divergence: cross-entropy instead. ...
    """
    _report(_KL_DIVERGENCE, student)


def check_js_divergence(student):
    """Check a student's Jensen–Shannon divergence, in bits.

    Parameters
    ----------
    student : callable
        ``student(p, q)`` takes two pmfs of shape (K,) and returns their Jensen–Shannon divergence.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_js_divergence(lambda p, q: (kl_divergence(p, q) + kl_divergence(q, p)) / 2)
    ✗ Jensen–Shannon divergence: the mixture is missing. ...
    """
    _report(_JS_DIVERGENCE, student)


# Chapter 6


def _draw_labels(rng):
    """Draw labels among which each of K outcomes is seen."""
    k = _some(rng)
    labels = np.concatenate([np.arange(k), rng.choice(k, 6, p=_pmf(rng, k))])
    return rng.permutation(labels), k


def _draw_labels_and_model(rng):
    x, k = _draw_labels(rng)
    return x, _pmf(rng, k)


def _log_likelihood(x, q, base=2):
    return log_likelihood("categorical", x, pmf=q, base=base)


_LOG_LIKELIHOOD = _Check(
    title="log-likelihood",
    names=("x", "q"),
    right=_log_likelihood,
    draw=_draw_labels_and_model,
    look="Look up the probability of each label. What becomes of a product when you take its log?",
    mistakes=(
        (lambda x, q: _log_likelihood(x, q, base=np.e), _NATS),
        (lambda x, q: _log_likelihood(x, q, base=10), _LOG10),
        (
            lambda x, q: -_log_likelihood(x, q),
            "a minus too many. That is the cost of the data: should a likelihood grow or shrink "
            "as the fit gets better?",
        ),
        (
            lambda x, q: -_log_likelihood(x, q, base=np.e),
            "a minus too many, and the base is wrong. Should a likelihood grow or shrink as the "
            "fit gets better, and which logarithm counts bits?",
        ),
        (
            lambda x, q: _log_likelihood(x, q) / len(x),
            "mean for sum. That is for one label on average: what of all the data together?",
        ),
        (
            lambda x, q: -surprisal(q)[x],
            "not added up yet. You return a number for each label: what makes one of them all?",
        ),
        (
            lambda x, q: np.log2(q[x].sum()),
            "log of a sum. What happens to the probabilities of independent labels: are they "
            "added or multiplied?",
        ),
        (
            lambda x, q: q[x].sum(),
            "sum for product. What happens to the probabilities of independent labels?",
        ),
        (lambda x, q: q[x].prod(), "no logarithm yet. That is the likelihood itself."),
        (
            lambda x, q: -surprisal(q).sum(),
            "over the alphabet. You count each label once: how often is it in the data?",
        ),
        (
            lambda x, q: -len(x) * entropy(q),
            "expected, not actual. That is what q expects of so many labels: what of these?",
        ),
        (
            lambda x, q: _log_likelihood(x, empirical_pmf(x, len(q))),
            "q is left out. You look the labels up in their own frequencies.",
        ),
    ),
    edges=(
        ((np.tile([0, 1, 2], 300), np.array([0.5, 0.25, 0.25])), _LONG),
        (
            (np.array([0, 1]), np.array([1.0, 0.0])),
            "The model calls impossible what has happened. How likely are the data then? Keep the "
            "term, and keep it unclipped.",
        ),
    ),
)

_MLE = _Check(
    title="maximum likelihood",
    names=("x", "K"),
    right=empirical_pmf,
    draw=_draw_labels,
    look="What part of the data does each outcome make up?",
    mistakes=(
        (
            lambda x, k: empirical_pmf(x, k) * len(x),
            "unnormalised. These are counts: what should they sum to?",
        ),
        (
            lambda x, k: np.full(k, 1 / k),
            "uniform. You give each outcome the same, whatever the data say.",
        ),
        (
            lambda x, k: normalize(empirical_pmf(x, k) * len(x) + 1),
            "one added to each count. That is smoothing: are the data any likelier for it?",
        ),
        (
            lambda x, k: empirical_pmf(x, k) * len(x) / (len(x) - 1),
            "off by one. You divide by one less than the number of labels: what is the sum?",
        ),
        (
            lambda x, k: empirical_pmf(x, k) * len(x) / k,
            "divided by the number of outcomes. Which number makes the counts sum to 1?",
        ),
        (
            lambda x, k: one_hot(empirical_pmf(x, k).argmax(), k),
            "winner takes all. How likely are then the other labels in the data?",
        ),
        (
            lambda x, k: softmax(empirical_pmf(x, k) * len(x)),
            "softmax of the counts. Counts are positive already: what do they still lack?",
        ),
        (
            lambda x, k: np.sort(empirical_pmf(x, k))[::-1],
            "sorted by frequency. Entry number j belongs to outcome j.",
        ),
        (lambda x, k: np.append(empirical_pmf(x, k)[1:], 0), "off by one. Labels count from 0."),
        (
            lambda x, k: x.mean(),
            "the mean of the labels. A label is only a name: how often does each one come up?",
        ),
    ),
    edges=(
        (
            (np.array([0, 2, 2, 0]), 4),
            "Outcomes 1 and 3 were never seen. They have a place in the pmf all the same: what "
            "stands there?",
        ),
    ),
)


def check_log_likelihood(student):
    """Check the log-likelihood of labels, in bits.

    Parameters
    ----------
    student : callable
        ``student(x, q)`` takes labels 0, ..., K - 1, shape (n,), and a pmf, shape (K,), and returns
        the logarithm to base 2 of the probability of all labels.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_log_likelihood(lambda x, q: np.log2(np.sum(q[x])))
    ✗ log-likelihood: log of a sum. ...
    """
    _report(_LOG_LIKELIHOOD, student)


def check_mle(student):
    """Check the maximum likelihood estimate of a pmf.

    Parameters
    ----------
    student : callable
        ``student(x, K)`` takes labels, shape (n,), and the number of outcomes, and returns the pmf,
        shape (K,), that makes the labels most likely.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_mle(lambda x, K: np.bincount(x, minlength=K))
    ✗ maximum likelihood: unnormalised. These are counts: what should they sum to?
    """
    _report(_MLE, student)


# Chapter 7


def _bin_counts(number):
    return np.unique(number, return_counts=True)[1]


def _binned(x, width, base=2, rounding=np.floor):
    return entropy(normalize(_bin_counts(rounding(x / width))), base=base)


def _draw_binned(rng):
    width = float(rng.choice([0.5, 2.5, 5.0]))
    every = np.arange(-2, 3)  # no bin between the smallest and the largest value is empty
    bins = np.concatenate([every, rng.choice(every, 60, p=_pmf(rng, 5))])
    return ((bins + rng.uniform(0.02, 0.98, bins.size)) * width).round(3), width


_BINNED_ENTROPY = _Check(
    title="entropy of the bins",
    names=("x", "width"),
    right=_binned,
    draw=_draw_binned,
    look="Which bin does each value fall into, and what part of the values falls into each bin?",
    mistakes=(
        *_bits(_binned),
        (
            lambda x, w: _binned(x, w) + np.log2(w),
            "the width is added. That estimates the density's entropy: what do the bins have?",
        ),
        (
            lambda x, w: _binned(x, w) - np.log2(w),
            "the width is subtracted. What do the bins have, without a word about the density?",
        ),
        (
            lambda x, w: (_binned(x, w) + np.log2(w)) / w,
            "heights for probabilities. The area of a bar is a probability: what else has it?",
        ),
        (
            lambda x, w: -(n := _bin_counts(np.floor(x / w))) @ np.log2(n),
            "unnormalised. You put counts where probabilities belong.",
        ),
        (
            lambda x, w: np.log2(len(_bin_counts(np.floor(x / w)))),
            "the weights are missing. You count the bins as if all were equally likely.",
        ),
        (
            lambda x, w: _binned(x - x.min(), w),
            "the bins begin at the smallest value. Let one begin at 0, whatever the data.",
        ),
        (
            lambda x, w: _binned(x, w, rounding=np.round),
            "rounded to the nearest. Then the bins lie around the multiples of the width: let "
            "them begin there.",
        ),
        (
            lambda x, w: _binned(x, w, rounding=np.trunc),
            "cut off towards 0. The bin at 0 is then twice as wide: look at values below 0.",
        ),
        (
            lambda x, w: _binned(x, w) / len(_bin_counts(np.floor(x / w))),
            "mean for sum. You divide by the number of bins, but the probabilities weigh already.",
        ),
    ),
    edges=(
        (
            (np.array([0.25, 0.5, 4.25, 4.5]), 1.0),
            "The zeros are forgotten: a bin in the gap holds nothing, so it adds nothing. "
            "What does your line make of 0 · log 0?",
        ),
    ),
)

_GAUSSIAN_ENTROPY = _Check(
    title="entropy of a Gaussian",
    names=("sigma",),
    right=gaussian_entropy,
    draw=lambda rng: (int(rng.integers(12, 50)) / 10,),
    look="Start from the density at x: what is its surprisal, and what is (x − mean)² on average?",
    mistakes=(
        (lambda s: gaussian_entropy(s, base=np.e), _NATS),
        (lambda s: gaussian_entropy(s, base=10), _LOG10),
        (
            lambda s: -gaussian_entropy(s),
            "the sign is the wrong way round. Is a wider density more uncertain, or less?",
        ),
        (lambda s: gaussian_entropy(np.sqrt(s)), _VARIANCE),
        (lambda s: gaussian_entropy(s**2), _FOURTH),
        (
            lambda s: 2 * gaussian_entropy(s),
            "a half is missing. Which factor stands before the logarithm?",
        ),
        (
            lambda s: surprisal(1 / (s * np.sqrt(2 * np.pi))),
            "the e is missing. That is the surprisal at the peak only: what does the distance "
            "from it add on average?",
        ),
        (lambda s: gaussian_entropy(s / np.sqrt(2 * np.pi)), _NO_2PI),
    ),
    edges=(
        (
            (0.05,),
            "A narrow density is higher than 1, and its entropy is negative: nothing to clip.",
        ),
    ),
)


def check_binned_entropy(student):
    """Check the entropy of data in bins, in bits.

    Parameters
    ----------
    student : callable
        ``student(x, width)`` takes values, shape (n,), and the width of a bin, and returns the
        entropy of the bin that a value falls into. Bin number k holds the values from k * width up
        to, but without, (k + 1) * width.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> def mine(x, width):
    ...     counts = np.unique(np.round(x / width), return_counts=True)[1]
    ...     return entropy(counts / len(x))
    >>> check_binned_entropy(mine)
    ✗ entropy of the bins: rounded to the nearest. ...
    """
    _report(_BINNED_ENTROPY, student)


def check_gaussian_entropy(student):
    """Check the differential entropy of a Gaussian, in bits.

    Parameters
    ----------
    student : callable
        ``student(sigma)`` takes a standard deviation and returns the entropy of the density.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_gaussian_entropy(lambda sigma: 0.5 * np.log2(2 * np.pi * np.e * sigma))
    ✗ entropy of a Gaussian: sigma for the variance. ...
    """
    _report(_GAUSSIAN_ENTROPY, student)


# Chapter 8


def _draw_logits(rng):
    return (rng.normal(0, 2, _some(rng)).round(1),)


def _draw_logits_and_label(rng):
    (logits,) = _draw_logits(rng)
    return logits, int(rng.integers(len(logits)))


def _gradient(z, y, base=np.e):
    return softmax_cross_entropy_grad(z, y, base=base)


_SOFTMAX = _Check(
    title="softmax",
    names=("logits",),
    right=softmax,
    draw=_draw_logits,
    look="Make every score positive first, then make them sum to 1.",
    mistakes=(
        (np.exp, "unnormalised. What do your numbers sum to?"),
        (lambda z: softmax(softmax(z)), _SOFTMAX_TWICE),
        (
            lambda z: softmax(z * np.log(2)),
            "wrong base. Softmax raises e to the logits, whatever unit the loss is in.",
        ),
        (lambda z: softmax(-z), "a minus too many. Which class should get the most?"),
        (
            lambda z: log_softmax(z, base=np.e),
            "a logarithm too many. These are log-probabilities: what do probabilities sum to?",
        ),
        (lambda z: z / z.sum(), "no exponential yet. What becomes of a score below 0?"),
        (
            lambda z: 1 / (1 + np.exp(-z)),
            "each class on its own. That is the sigmoid: what do your numbers sum to?",
        ),
        (
            lambda z: one_hot(z.argmax(), len(z)),
            "winner takes all. What should the other classes get?",
        ),
        (
            lambda z: softmax(z) / softmax(z).max(),
            "divided by the largest. What do your numbers sum to?",
        ),
        (lambda z: softmax(z) * len(z), "mean for sum. What do your numbers sum to?"),
    ),
    edges=(
        ((np.array([1000.0, 999.0, 0.0]),), _OVERFLOW),
        (
            (np.array([-1000.0, -1001.0, -1002.0]),),
            "Underflow: exp of each of these logits is 0. What can you add to all logits without "
            "changing the probabilities?",
        ),
        (
            (np.array([[1.0, 0.0, 0.0], [3.0, 3.0, 0.0]]),),
            "Each row of a table is a set of logits of its own. Which axis do you sum over?",
        ),
    ),
)

_SOFTMAX_GRAD = _Check(
    title="gradient",
    names=("logits", "label"),
    right=_gradient,
    draw=_draw_logits_and_label,
    look="Move one logit up a little: how does the loss change if it is the label's, and if not?",
    mistakes=(
        (
            lambda z, y: -_gradient(z, y),
            "the sign is the wrong way round. Does the loss rise or fall with the label's logit?",
        ),
        (lambda z, y: _gradient(z, y, base=2), _BITS),
        (
            lambda z, y: softmax(z),
            "the label is left out. These are the model's probabilities: which class did happen?",
        ),
        (
            lambda z, y: _gradient(z, y) / len(z),
            "mean for sum. You divide by the number of classes, but there is one example.",
        ),
        (
            lambda z, y: z - one_hot(y, len(z)),
            "logits for probabilities. What has the model made of its logits before the loss?",
        ),
        (lambda z, y: softmax(softmax(z)) - one_hot(y, len(z)), _SOFTMAX_TWICE),
        (
            lambda z, y: _gradient(z, y)[y],
            "one entry only. The other logits change the loss as well: through which sum?",
        ),
        (
            lambda z, y: softmax_cross_entropy(z, y, base=np.e),
            "the loss itself. How does it change when one of the logits does?",
        ),
        (
            lambda z, y: -one_hot(y, len(z)) / softmax(z),
            "with respect to the probabilities. One step further: how do they change with the "
            "logits?",
        ),
        (
            lambda z, y: softmax(z) * (1 - softmax(z)),
            "the slope of softmax alone. Where does the label come in?",
        ),
        (lambda z, y: _gradient(z, (y - 1) % len(z)), "off by one. Labels count from 0."),
    ),
    edges=(((np.array([1000.0, 999.0, 0.0]), 1), _OVERFLOW),),
)


def check_softmax(student):
    """Check a student's softmax.

    Parameters
    ----------
    student : callable
        ``student(logits)`` takes scores, shape (..., K), and returns pmfs of the same shape.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_softmax(np.exp)
    ✗ softmax: unnormalised. What do your numbers sum to?
    """
    _report(_SOFTMAX, student)


def check_softmax_grad(student):
    """Check the gradient of the loss with respect to the logits, in nats.

    Parameters
    ----------
    student : callable
        ``student(logits, label)`` takes scores, shape (K,), and a label 0, ..., K - 1, and returns
        the derivatives of the negative log-likelihood of the label, shape (K,).

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_softmax_grad(lambda logits, label: softmax(logits))
    ✗ gradient: the label is left out. ...
    """
    _report(_SOFTMAX_GRAD, student)


# Chapter 9


def _draw_batch(rng):
    k, n = 3, int(rng.integers(4, 7))
    return rng.normal(0, 2, (n, k)).round(1), rng.integers(0, k, n)


def _draw_weighted_batch(rng):
    logits, labels = _draw_batch(rng)
    return logits, labels, rng.integers(1, 9, len(labels)) / 2


def _batch_loss(z, y, base=np.e, **kwargs):
    return softmax_cross_entropy(z, y, base=base, **kwargs)


def _weighted_loss(z, y, w, base=np.e, **kwargs):
    return softmax_cross_entropy(z, y, weights=w, base=base, **kwargs)


def _of_labels(q, y):
    return q[np.arange(len(y)), y]


_BATCH_LOSS = _Check(
    title="batch loss",
    names=("logits", "labels"),
    right=_batch_loss,
    draw=_draw_batch,
    look="One example first: which probability did its row give to its own label?",
    mistakes=(
        *_nats(_batch_loss),
        (lambda z, y: _batch_loss(z, y, reduction="sum"), _SUM),
        (lambda z, y: _batch_loss(z, y, reduction="none"), _EXAMPLES),
        (
            lambda z, y: _batch_loss(z, y) / z.shape[1],
            "divided by all entries. Each example has one label: how many examples are there?",
        ),
        (lambda z, y: _batch_loss(softmax(z), y), _SOFTMAX_TWICE),
        (
            lambda z, y: cross_entropy(softmax(z), one_hot(y, z.shape[1])).mean(),
            "one-hot inside the log. Who does the talking, the labels or the model?",
        ),
        (
            lambda z, y: surprisal(_of_labels(softmax(z, axis=0), y), base=np.e).mean(),
            "softmax along the wrong axis. Which entries belong to one example?",
        ),
        (
            lambda z, y: surprisal(
                _of_labels(softmax(z.ravel()).reshape(z.shape), y), base=np.e
            ).mean(),
            "one softmax for the whole batch. Which entries belong to one example?",
        ),
        (lambda z, y: surprisal(_of_labels(softmax(z), y).mean(), base=np.e), _LOG_OF_SUM),
        (
            lambda z, y: _of_labels(softmax(z), y).mean(),
            "no logarithm yet. That is the average probability of the labels.",
        ),
        (
            lambda z, y: -_of_labels(z, y).mean(),
            "unnormalised. A logit is no log-probability: what does softmax divide by?",
        ),
        (
            lambda z, y: -log_softmax(z, base=np.e)[:, y].mean(),
            "every label for every row. [:, labels] picks a whole table: pair rows with labels.",
        ),
        (
            lambda z, y: entropy(softmax(z), base=np.e).mean(),
            "the labels are left out. That is the loss the model expects, not the one it has.",
        ),
        (lambda z, y: _batch_loss(z, (y - 1) % z.shape[1]), "off by one. Labels count from 0."),
    ),
    edges=(
        ((np.array([[1000.0, 0.0], [0.0, 1.0]]), np.array([0, 1])), _OVERFLOW),
        ((np.array([[0.0, -1000.0], [0.0, 1.0]]), np.array([1, 1])), _UNDERFLOW),
    ),
)

_WEIGHTED_LOSS = _Check(
    title="weighted loss",
    names=("logits", "labels", "weights"),
    right=_weighted_loss,
    draw=_draw_weighted_batch,
    look="An example of weight 2 counts as that example twice. How many examples are there then?",
    mistakes=(
        *_nats(_weighted_loss),
        (
            lambda z, y, w: _weighted_loss(z, y, w) * w.mean(),
            "divided by the number of examples. If all weights were doubled, should it grow?",
        ),
        (
            lambda z, y, w: _weighted_loss(z, y, w, reduction="sum"),
            "sum for mean. If all weights were doubled, should it grow?",
        ),
        (
            lambda z, y, w: _batch_loss(z, y),
            "the weights are left out. How often does each example count?",
        ),
        (
            lambda z, y, w: _batch_loss(z, y) * w.mean(),
            "averaged too soon. Each example's loss has a weight of its own.",
        ),
        (
            lambda z, y, w: _batch_loss(z, y, reduction="none") * w,
            "not added up yet. You return a number for each example: what makes one of them all?",
        ),
        (
            lambda z, y, w: (_batch_loss(z, y, reduction="none") - np.log(w)).mean(),
            "weights inside the log. A weight says how often an example counts, not how likely "
            "it was.",
        ),
        (
            lambda z, y, w: _batch_loss(z * w[:, None], y),
            "weights on the logits. That changes the model: what should count more?",
        ),
        (lambda z, y, w: _weighted_loss(softmax(z), y, w), _SOFTMAX_TWICE),
        (
            lambda z, y, w: surprisal(_of_labels(softmax(z), y) @ normalize(w), base=np.e),
            _LOG_OF_SUM,
        ),
    ),
    edges=(
        (
            (np.array([[1000.0, 0.0], [0.0, 1.0]]), np.array([0, 1]), np.array([1.0, 3.0])),
            _OVERFLOW,
        ),
    ),
)


def check_batch_loss(student):
    """Check the mean loss of a batch, in nats.

    Parameters
    ----------
    student : callable
        ``student(logits, labels)`` takes scores, shape (N, K), and labels 0, ..., K - 1, shape
        (N,), and returns the mean negative log-likelihood of the labels.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> def mine(logits, labels):
    ...     return -np.sum(np.log(softmax(logits))[np.arange(len(labels)), labels])
    >>> check_batch_loss(mine)
    ✗ batch loss: sum for mean. ...
    """
    _report(_BATCH_LOSS, student)


def check_weighted_loss(student):
    """Check the weighted mean loss of a batch, in nats.

    Parameters
    ----------
    student : callable
        ``student(logits, labels, weights)`` takes scores, shape (N, K), labels 0, ..., K - 1, shape
        (N,), and a weight for each example, shape (N,), and returns the weighted mean of the
        negative log-likelihoods.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> def mine(logits, labels, weights):
    ...     losses = -np.log(softmax(logits))[np.arange(len(labels)), labels]
    ...     return np.mean(weights * losses)
    >>> check_weighted_loss(mine)
    ✗ weighted loss: divided by the number of examples. ...
    """
    _report(_WEIGHTED_LOSS, student)


# Chapter 10


def _draw_measurements(rng):
    mean, sigma = rng.integers(-20, 21) / 10, rng.integers(12, 30) / 10
    return (mean + sigma * rng.normal(size=int(rng.integers(4, 8)))).round(1), mean, sigma


def _gaussian(x, mean, sigma, base=np.e, **kwargs):
    return gaussian_nll(x, mean=mean, sigma=sigma, base=base, **kwargs)


def _at_peak(sigma):
    return _gaussian(0, 0, sigma)


def _quadratic(x, mean, sigma):
    return _gaussian(x, mean, sigma) - _at_peak(sigma)


def _draw_counts(rng):
    rate = rng.integers(15, 60) / 10
    return 1 + rng.poisson(rate, int(rng.integers(4, 8))), rate


def _poisson(counts, rate, base=np.e, **kwargs):
    return poisson_nll(counts, rate=rate, base=base, **kwargs)


def _log_factorials(counts):
    return _poisson(counts, 1) - 1


_GAUSSIAN_NLL = _Check(
    title="Gaussian loss",
    names=("x", "mean", "sigma"),
    right=_gaussian,
    draw=_draw_measurements,
    look="Write the density down and take minus its logarithm: which terms does that leave?",
    mistakes=(
        *_nats(_gaussian),
        (lambda x, m, s: _gaussian(x, m, s, reduction="sum"), _SUM),
        (lambda x, m, s: _gaussian(x, m, s, reduction="none"), _EXAMPLES),
        (
            lambda x, m, s: 2 * s**2 * _quadratic(x, m, s),
            "squared error only. Which density has it in its exponent, and what else is in it?",
        ),
        (_quadratic, "the normaliser is missing. What makes the density integrate to 1?"),
        (lambda x, m, s: _gaussian(x, m, np.sqrt(s)), _VARIANCE),
        (lambda x, m, s: _gaussian(x, m, s**2), _FOURTH),
        (lambda x, m, s: _quadratic(x, m, s) + np.log(s), _NO_2PI),
        (
            lambda x, m, s: _quadratic(x, m, s) + _at_peak(1),
            "sigma is missing from the normaliser. How high is a wide density?",
        ),
        (
            lambda x, m, s: _gaussian(x, m, s) + _quadratic(x, m, s),
            "a half is missing. Which factor stands before the squared error?",
        ),
        (
            lambda x, m, s: _gaussian(x, m, s) + _at_peak(s),
            "a half is missing. Which factor stands before the log of 2πσ²?",
        ),
        (
            lambda x, m, s: surprisal(
                np.exp(-_gaussian(x, m, s, reduction="none")).mean(), base=np.e
            ),
            "log of a sum. You average densities and take the log once: which of the two comes "
            "first?",
        ),
        (
            lambda x, m, s: np.exp(-_gaussian(x, m, s, reduction="none")).mean(),
            "no logarithm yet. That is the average density.",
        ),
    ),
    edges=(
        (
            (np.array([0.0, 0.01]), 0.0, 0.01),
            "A narrow density is higher than 1, and this loss is negative: nothing to clip.",
        ),
        ((np.array([0.0, 100.0]), 0.0, 1.0), _UNDERFLOW.replace("probability", "density")),
    ),
)

_POISSON_NLL = _Check(
    title="Poisson loss",
    names=("counts", "rate"),
    right=_poisson,
    draw=_draw_counts,
    look="Write the probability down and take minus its logarithm: which terms does that leave?",
    mistakes=(
        *_nats(_poisson),
        (lambda k, r: _poisson(k, r, reduction="sum"), _SUM),
        (lambda k, r: _poisson(k, r, reduction="none"), _EXAMPLES),
        (
            lambda k, r: _poisson(k, r) - _log_factorials(k),
            "the factorial is missing. The minimum stays where it is: is the number still a cost?",
        ),
        (
            lambda k, r: _poisson(k, r) - 2 * _log_factorials(k),
            "the factorial has the wrong sign. Is it above or below the line?",
        ),
        (lambda k, r: _poisson(k, r) - np.log(k).mean(), "off by one. Whose factorial is it?"),
        (
            lambda k, r: _poisson(k, r) - r,
            "the rate is missing. What makes the probabilities sum to 1?",
        ),
        (
            lambda k, r: _poisson(k, np.exp(r)),
            "rate for its logarithm. Is it the rate that you are given, or its log?",
        ),
        (
            lambda k, r: _poisson(k, np.exp(r)) - _log_factorials(k),
            "rate for its logarithm, and no factorial. Is it the rate that you are given, or its "
            "log?",
        ),
        (
            lambda k, r: _gaussian(k, r, np.sqrt(r)),
            "a Gaussian. It has the same mean and variance: what is the probability of a count?",
        ),
        (
            lambda k, r: 2 * _quadratic(k, r, 1),
            "squared error. Which model has it in its exponent?",
        ),
        (
            lambda k, r: surprisal(np.exp(-_poisson(k, r, reduction="none")).mean(), base=np.e),
            _LOG_OF_SUM,
        ),
        (
            lambda k, r: np.exp(-_poisson(k, r, reduction="none")).mean(),
            "no logarithm yet. That is the average probability.",
        ),
    ),
    edges=(
        ((np.array([0, 2, 0]), 0.5), "A count of 0 is a count: what is 0 factorial?"),
        (
            (np.array([180, 200]), 190.0),
            "Overflow: the factorial of 200 is too large for a float, its logarithm is not.",
        ),
    ),
)


def check_gaussian_nll(student):
    """Check the mean negative log density of a Gaussian, in nats.

    Parameters
    ----------
    student : callable
        ``student(x, mean, sigma)`` takes observations, shape (n,), a mean and a standard deviation,
        and returns the mean loss.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_gaussian_nll(lambda x, mean, sigma: np.mean((x - mean) ** 2))
    ✗ Gaussian loss: squared error only. ...
    """
    _report(_GAUSSIAN_NLL, student)


def check_poisson_nll(student):
    """Check the mean negative log-likelihood of counts under a Poisson, in nats.

    Parameters
    ----------
    student : callable
        ``student(counts, rate)`` takes whole numbers, shape (n,), and a rate, and returns the mean
        loss, its constant included.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_poisson_nll(lambda counts, rate: np.mean(rate - counts * np.log(rate)))
    ✗ Poisson loss: the factorial is missing. ...
    """
    _report(_POISSON_NLL, student)


# Chapter 11


def _draw_stream(rng):
    p, symbols = _draw_message(rng)
    return symbols, p


def _draw_size(rng):
    n, whole = 2 * int(rng.integers(10, 30)) + 1, int(rng.integers(10, 30))
    return round((8 * whole + 2) / n, 2), n  # about 2 bits more than whole bytes


def _file_size(nll, n):
    return math.ceil(nll * n / 8)


_IDEAL_BITS = _Check(
    title="ideal bits",
    names=("symbols", "pmf"),
    right=ideal_bits,
    draw=_draw_stream,
    look=_TOTAL_SURPRISAL.look,
    mistakes=(
        *(
            (lambda x, q, wrong=wrong: wrong(q, x), hint)
            for wrong, hint in _TOTAL_SURPRISAL.mistakes
        ),
        (
            lambda x, q: np.ceil(surprisal(q))[x].sum(),
            "whole bits for each symbol. A stream coder rounds the message once, not each symbol.",
        ),
        (
            lambda x, q: np.ceil(ideal_bits(x, q)),
            "rounded up. The ideal needs no whole number of bits: the file does.",
        ),
        (lambda x, q: ideal_bits(x, q) / 8, "bytes. How many bits has each?"),
    ),
    edges=(
        ((np.tile([0, 1, 2], 300), np.array([0.5, 0.25, 0.25])), _LONG),
        (
            (np.array([0, 1]), np.array([1.0, 0.0])),
            "The model gives probability 0 to something that happens. How long is a codeword that "
            "does not exist?",
        ),
    ),
)

_FILE_SIZE = _Check(
    title="file size",
    names=("nll", "n"),
    right=_file_size,
    draw=_draw_size,
    look="How many bits does the message need, and how many bytes hold them?",
    mistakes=(
        (lambda nll, n: math.ceil(nll * n), "bits for bytes. How many bits are in a byte?"),
        (
            lambda nll, n: math.ceil(nll * n * 8),
            "multiplied, not divided. Are there more bits in a file, or more bytes?",
        ),
        (lambda nll, n: nll * n / 8, "not rounded up. Can a file hold a part of a byte?"),
        (lambda nll, n: nll * n // 8, "rounded down. Where do the last bits go?"),
        (
            lambda nll, n: n * math.ceil(nll) / 8,
            "whole bits for each symbol. A stream coder rounds the message once.",
        ),
        (
            lambda nll, n: math.ceil(n * math.ceil(nll) / 8),
            "whole bits for each symbol, and rounded again. A stream coder rounds once.",
        ),
        (
            lambda nll, n: n * math.ceil(nll / 8),
            "whole bytes for each symbol. Which is rounded, the symbol or the file?",
        ),
        (
            lambda nll, n: math.ceil(nll / np.log(2) * n / 8),
            "wrong unit. The loss you are given is in bits already.",
        ),
    ),
    edges=(((2.0, 12), "Nothing is left over here: 24 bits are 3 bytes."),),
)


def check_ideal_bits(student):
    """Check what a message would need with ideal codewords, in bits.

    Parameters
    ----------
    student : callable
        ``student(symbols, pmf)`` takes a message of symbols 0, ..., K - 1, shape (n,), and the
        model's pmf, shape (K,), and returns the negative log-likelihood of the message.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_ideal_bits(lambda symbols, pmf: np.sum(np.ceil(-np.log2(pmf[symbols]))))
    ✗ ideal bits: whole bits for each symbol. ...
    """
    _report(_IDEAL_BITS, student)


def check_file_size(student):
    """Check the size of a file whose loss is known, in bytes.

    Parameters
    ----------
    student : callable
        ``student(nll, n)`` takes the loss in bits per symbol and the number of symbols, and returns
        the number of whole bytes that hold the message.

    Raises
    ------
    AssertionError
        If the check fails and ``XENTLIB_STRICT`` is 1.

    Examples
    --------
    >>> check_file_size(lambda nll, n: nll * n / 8)
    ✗ file size: not rounded up. Can a file hold a part of a byte?
    """
    _report(_FILE_SIZE, student)
