"""The exercises' checks: right answers pass, each named mistake gets its hint, nothing raises."""

import functools
import math
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xentlib
from xentlib import exercises

CHECKS = {
    name: getattr(exercises, "_" + name.removeprefix("check_").upper())
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

NOT_DONE = "not done yet. Your function returns nothing: is there a return?"


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
    assert say(name, CHECKS[name].right).startswith(f"✓ {CHECKS[name].title}: right on 3 random")


@pytest.mark.parametrize("name", CHECKS)
def test_every_case_has_a_right_answer(name):
    for args in [*CHECKS[name].draws(), *(args for args, _ in CHECKS[name].edges)]:
        assert not np.isnan(numbers(CHECKS[name].right, args)).any()


@pytest.mark.parametrize(("name", "wrong", "hint"), MISTAKES)
def test_a_named_mistake_gets_its_hint(say, name, wrong, hint):
    assert say(name, wrong) == f"✗ {CHECKS[name].title}: {hint}"


@pytest.mark.parametrize("name", CHECKS)
def test_no_two_mistakes_look_alike(name):
    check = CHECKS[name]
    cases = check.draws()
    for wrong, _ in check.mistakes:
        told = next(x for x in cases if not alike(numbers(wrong, x), numbers(check.right, x)))
        same = [h for w, h in check.mistakes if alike(numbers(w, told), numbers(wrong, told))]
        assert len(same) == 1


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


# Students who are right, in nothing but NumPy and the standard library


def blocks(p, n):
    return functools.reduce(np.kron, [p] * n)


def depths(p):
    """Huffman's codeword lengths: joining two trees puts each of their leaves one deeper."""
    depth = np.zeros(len(p))
    trees = [(weight, [leaf]) for leaf, weight in enumerate(p)]
    while len(trees) > 1:
        (a, left), (b, right), *trees = sorted(trees)
        depth[left + right] += 1
        trees.append((a + b, left + right))
    return depth


def block_lengths(p, n):
    return blocks(p, n) @ depths(blocks(p, n)) / n


def plogp(p):
    return sum(x * math.log2(x) for x in p if x > 0)


def kl(p, q):
    return sum(a * (math.log2(a / b) if b else math.inf) for a, b in zip(p, q, strict=True) if a)


def log_q(z):
    z = z - z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def hot(y, k):
    return np.eye(k)[y]


def binned(x, width):
    counts = Counter(math.floor(value / width) for value in x)
    return -plogp([count / len(x) for count in counts.values()])


def histogram(x, width):
    edges = width * np.arange(math.floor(x.min() / width), math.ceil(x.max() / width) + 1)
    return np.histogram(x, edges)[0] / len(x)


RIGHT = [
    ("check_surprisal", lambda p: -np.log2(p)),
    ("check_surprisal", lambda p: np.log2(1 / p)),
    ("check_surprisal", lambda p: [math.log2(1 / x) if x else math.inf for x in p]),
    ("check_total_surprisal", lambda p, symbols: -np.log2(p[symbols]).sum()),
    ("check_total_surprisal", lambda p, symbols: sum(-math.log2(p[s]) for s in symbols)),
    ("check_kraft_sum", lambda lengths: np.sum(2.0**-lengths)),
    ("check_kraft_sum", lambda lengths: sum(Fraction(1, 2 ** int(n)) for n in lengths)),
    ("check_expected_length", lambda p, words: sum(p * [len(word) for word in words])),
    ("check_entropy", lambda p: -plogp(p)),
    ("check_bits_per_symbol", block_lengths),
    ("check_cross_entropy", lambda p, q: kl(p, q) - plogp(p)),
    ("check_cross_entropy", lambda p, q: -np.sum(p[p > 0] * np.log2(q[p > 0]))),
    ("check_code_cost", lambda p, lengths: np.sum(p * lengths)),
    ("check_kl_divergence", kl),
    ("check_js_divergence", lambda p, q: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2),
    ("check_log_likelihood", lambda x, q: np.sum(np.log2(q[x]))),
    ("check_log_likelihood", lambda x, q: np.bincount(x) @ np.log2(q)),
    ("check_mle", lambda x, K: np.bincount(x, minlength=K) / len(x)),
    ("check_mle", lambda x, K: [Fraction(list(x).count(k), len(x)) for k in range(K)]),
    ("check_binned_entropy", binned),
    ("check_binned_entropy", lambda x, width: -plogp(histogram(x, width))),
    ("check_gaussian_entropy", lambda sigma: 0.5 * np.log2(2 * np.pi * np.e * sigma**2)),
    ("check_softmax", lambda z: np.exp(log_q(z))),
    ("check_softmax_grad", lambda z, y: np.exp(log_q(z)) - hot(y, len(z))),
    ("check_batch_loss", lambda z, y: -log_q(z)[np.arange(len(y)), y].mean()),
    ("check_batch_loss", lambda z, y: -np.mean(np.sum(hot(y, z.shape[1]) * log_q(z), axis=1))),
    (
        "check_weighted_loss",
        lambda z, y, w: np.average(-log_q(z)[np.arange(len(y)), y], weights=w),
    ),
    (
        "check_gaussian_nll",
        lambda x, m, s: np.mean((x - m) ** 2 / (2 * s**2) + np.log(2 * np.pi * s**2) / 2),
    ),
    (
        "check_poisson_nll",
        lambda k, r: np.mean([r - n * math.log(r) + math.lgamma(n + 1) for n in k]),
    ),
    ("check_ideal_bits", lambda x, q: -np.log2(q[x]).sum()),
    ("check_file_size", lambda nll, n: math.ceil(nll * n / 8)),
]


@pytest.mark.parametrize(("name", "student"), RIGHT)
def test_a_right_student_passes(say, name, student):
    assert say(name, student).startswith("✓")


def test_every_check_has_a_right_student():
    assert {name for name, _ in RIGHT} == NAMES


# Students who are wrong, as they write it, and the beginning of what they are told


def soft(z):
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def picked(table, y):
    return table[np.arange(len(y)), y]


def density(x, m, s):
    return np.exp(-((x - m) ** 2) / (2 * s**2)) / np.sqrt(2 * np.pi * s**2)


def poisson(k, r):
    return np.array([math.exp(-r) * r ** int(n) / math.factorial(n) for n in k])


def naive_histogram(x, width):
    return -np.sum(histogram(x, width) * np.log2(histogram(x, width)))


def words(f):
    return lambda p, codewords: f(p, np.array([len(word) for word in codewords]))


WRONG = {
    "check_surprisal": [
        (lambda p: -np.log(p), "wrong base. These are nats"),
        (lambda p: -np.log10(p), "wrong base. Your logarithm has base 10"),
        (lambda p: np.log2(p), "a minus is missing."),
        (lambda p: np.log(p), "a minus is missing, and the base is wrong."),
        (lambda p: 1 / p, "no logarithm yet."),
        (lambda p: -p * np.log2(p), "weighted with p."),
        (lambda p: -np.sum(np.log2(p)), "added up."),
        (lambda p: -np.mean(np.log2(p)), "averaged."),
        (lambda p: -np.log2(p + 1e-12), "for p = [1, 0.5, 0] you give"),
    ],
    "check_total_surprisal": [
        (lambda p, x: -np.sum(np.log(p[x])), "wrong base. These are nats"),
        (lambda p, x: -np.sum(np.log10(p[x])), "wrong base. Your logarithm has base 10"),
        (lambda p, x: np.sum(np.log2(p[x])), "a minus is missing."),
        (lambda p, x: np.sum(np.log(p[x])), "a minus is missing, and the base is wrong."),
        (lambda p, x: -np.mean(np.log2(p[x])), "mean for sum."),
        (lambda p, x: -np.log2(p[x]), "not added up yet."),
        (lambda p, x: -np.log2(np.sum(p[x])), "log of a sum."),
        (lambda p, x: -np.sum(np.log2(p)), "over the alphabet."),
        (lambda p, x: -len(x) * np.sum(p * np.log2(p)), "expected, not actual."),
        (lambda p, x: np.prod(p[x]), "no logarithm yet."),
        (
            lambda p, x: -np.log2(np.prod(p[x])),
            "for p = [0.5, 0.25, 0.25], symbols = [0, 1, 2, ..., 0, 1, 2] you give inf, and 1500 "
            "is right. Underflow:",
        ),
    ],
    "check_kraft_sum": [
        (lambda n: np.sum(n), "the lengths are added."),
        (lambda n: np.sum(2.0**n), "a minus is missing."),
        (lambda n: np.sum(np.exp(-n)), "wrong base."),
        (lambda n: np.mean(2.0**-n), "mean for sum."),
        (lambda n: 2.0**-n, "not added up yet."),
        (lambda n: 2.0 ** -np.sum(n), "product for sum."),
        (lambda n: np.sum(1 / n), "one over the length."),
        (lambda n: min(1, np.sum(2.0**-n)), "for lengths = [1, 1, 1] you give 1, and 1.5"),
        (lambda n: np.sum(1 / 2**n), "for lengths = [1, 2, 70, 70] you give inf, and 0.75 is"),
        (lambda n: np.sum(2**-n), "for lengths = ["),
    ],
    "check_expected_length": [
        (words(lambda p, n: n.mean()), "p is left out. You average"),
        (words(lambda p, n: n.sum()), "p is left out. You add"),
        (words(lambda p, n: np.mean(p * n)), "mean for sum."),
        (words(lambda p, n: p * n), "not added up yet."),
        (words(lambda p, n: -np.sum(p * np.log2(p))), "entropy instead."),
        (words(lambda p, n: n.max()), "the longest codeword."),
        (words(lambda p, n: np.sum(n / 2.0**n)), "the codebook's own habits."),
        (words(lambda p, n: np.sum(p * (n + np.log2(p)))), "the extra only."),
        (
            words(lambda p, n: np.sum(p * np.log2(p * 2.0**n)) - np.sum(p * np.log2(p))),
            "for p = [0.5, 0.5, 0], codewords = ['0', '10', '11'] you give nan, and 1.5 is right.",
        ),
        (lambda p, codewords: np.sum(p * np.array(codewords, int)), "the codewords are read as"),
        (lambda p, codewords: p @ codewords, "for p = ["),
    ],
    "check_entropy": [
        (lambda p: -np.sum(p * np.log(p)), "wrong base. These are nats"),
        (lambda p: -np.sum(p * np.log10(p)), "wrong base. Your logarithm has base 10"),
        (lambda p: np.sum(p * np.log2(p)), "a minus is missing."),
        (lambda p: np.sum(p * np.log(p)), "a minus is missing, and the base is wrong."),
        (lambda p: -np.mean(p * np.log2(p)), "mean for sum."),
        (lambda p: -p * np.log2(p), "not added up yet."),
        (lambda p: -np.sum(np.log2(p)), "the weights are missing. You add up"),
        (lambda p: -np.mean(np.log2(p)), "the weights are missing. You average"),
        (lambda p: -np.log2(np.sum(p**2)), "log of a sum."),
        (lambda p: 2 ** -np.sum(p * np.log2(p)), "perplexity instead."),
        (lambda p: np.log2(p.size), "p is left out."),
        (
            lambda p: -np.sum(p * np.log2(p)),
            "for p = [0.5, 0, 0.25, 0.25] you give nan, and 1.5 is right. The zeros are forgotten:",
        ),
    ],
    "check_bits_per_symbol": [
        (lambda p, n: n * block_lengths(p, n), "bits per block."),
        (lambda p, n: block_lengths(p, n) / n, "divided by n twice."),
        (lambda p, n: -np.sum(p * np.log2(p)), "entropy instead."),
        (lambda p, n: block_lengths(p, 1), "the blocks are left out."),
        (lambda p, n: depths(blocks(p, n)).mean() / n, "the weights are missing. You average"),
        (lambda p, n: block_lengths(p, max(n, 2)), "for p = [0.9, 0.1], n = 1 you give 0.645,"),
        (
            lambda p, n: np.sum(blocks(p, n) * np.ceil(-np.log2(blocks(p, n)))) / n,
            "not Huffman's code.",
        ),
    ],
    "check_cross_entropy": [
        (lambda p, q: -np.sum(q * np.log2(p)), "p and q are swapped."),
        (lambda p, q: -np.sum(p * np.log(q)), "wrong base. These are nats"),
        (lambda p, q: -np.sum(p * np.log10(q)), "wrong base. Your logarithm has base 10"),
        (lambda p, q: np.sum(p * np.log2(q)), "a minus is missing."),
        (lambda p, q: np.sum(p * np.log(q)), "a minus is missing, and the base is wrong."),
        (lambda p, q: -np.mean(p * np.log2(q)), "mean for sum."),
        (lambda p, q: -p * np.log2(q), "not added up yet."),
        (lambda p, q: np.sum(p * np.log2(p / q)), "KL instead."),
        (lambda p, q: -np.sum(p * np.log2(p)), "q is left out."),
        (lambda p, q: -np.sum(q * np.log2(q)), "p is left out."),
        (lambda p, q: -np.sum(np.log2(q)), "the weights are missing. You add up"),
        (lambda p, q: -np.mean(np.log2(q)), "the weights are missing. You average"),
        (lambda p, q: -np.log2(np.sum(p * q)), "log of a sum."),
        (
            lambda p, q: -np.sum(p * np.log2(q)),
            "for p = [0.5, 0.5, 0], q = [0.75, 0.25, 0] you give nan, and 1.20752 is right. "
            "The zeros are forgotten:",
        ),
        (
            lambda p, q: np.sum(p * np.log2(p / q)) - np.sum(p * np.log2(p)),
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give nan, and 1.5 is right.",
        ),
        (
            lambda p, q: -np.sum(p * np.log2(np.clip(q, 1e-12, 1))),
            "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5, 0] you give 10.7158, and inf is right. "
            "Here q gives",
        ),
        (
            lambda p, q: -np.nansum(p[q > 0] * np.log2(q[q > 0])),
            "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5, 0] you give 0.75, and inf is right. "
            "Here q gives",
        ),
    ],
    "check_code_cost": [
        (lambda p, n: np.mean(n), "p is left out. You average"),
        (lambda p, n: np.sum(n), "p is left out. You add"),
        (lambda p, n: np.mean(p * n), "mean for sum."),
        (lambda p, n: p * n, "not added up yet."),
        (lambda p, n: np.sum(n / 2.0**n), "the codebook's own habits."),
        (lambda p, n: -np.sum(p * np.log2(p)), "entropy instead."),
        (lambda p, n: np.max(n), "the longest codeword."),
        (lambda p, n: np.sum(p * (n + np.log2(p))), "the extra only."),
        (
            lambda p, n: np.sum(p * np.log2(p * 2.0**n)) - np.sum(p * np.log2(p)),
            "for p = [0.5, 0.5, 0], lengths = [1, 2, 2] you give nan, and 1.5 is right.",
        ),
    ],
    "check_kl_divergence": [
        (lambda p, q: np.sum(q * np.log2(q / p)), "p and q are swapped."),
        (lambda p, q: np.sum(p * np.log(p / q)), "wrong base. These are nats"),
        (lambda p, q: np.sum(p * np.log10(p / q)), "wrong base. Your logarithm has base 10"),
        (lambda p, q: np.sum(p * np.log2(q / p)), "the sign is the wrong way round. The wrong"),
        (lambda p, q: np.sum(p * np.log(q / p)), "the sign is the wrong way round, and the base"),
        (lambda p, q: -np.sum(p * np.log2(q)), "cross-entropy instead."),
        (lambda p, q: np.sum(q * np.log2(q) - p * np.log2(q)), "the wrong entropy is subtracted."),
        (lambda p, q: np.sum(p * np.log2(p) - q * np.log2(q)), "a difference of entropies."),
        (lambda p, q: np.mean(p * np.log2(p / q)), "mean for sum."),
        (lambda p, q: p * np.log2(p / q), "not added up yet."),
        (lambda p, q: np.sum(np.log2(p / q)), "the weights are missing."),
        (lambda p, q: np.log2(np.sum(p * (p / q))), "log of a sum."),
        (lambda p, q: kl(p, q) + kl(q, p), "both directions are added."),
        (lambda p, q: (kl(p, q) + kl(q, p)) / 2, "both directions are averaged."),
        (lambda p, q: np.sum(np.abs(p * np.log2(p / q))), "the signs of the terms are lost."),
        (
            lambda p, q: np.sum(p * np.log2(p / q)),
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give nan, and 0.5 is right. "
            "The zeros are forgotten:",
        ),
        (
            lambda p, q: np.nansum(p[q > 0] * np.log2(p[q > 0] / q[q > 0])),
            "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5, 0] you give -0.25, and inf is right. "
            "Here q gives",
        ),
    ],
    "check_js_divergence": [
        (
            lambda p, q: np.log(2) / 2 * (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)),
            "wrong base. These are nats",
        ),
        (
            lambda p, q: np.log10(2) / 2 * (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)),
            "wrong base. Your logarithm has base 10",
        ),
        (
            lambda p, q: np.sum(p * np.log2((p + q) / 2 / p) + q * np.log2((p + q) / 2 / q)) / 2,
            "the sign is the wrong way round.",
        ),
        (
            lambda p, q: math.sqrt((kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2),
            "the square root is taken. ",
        ),
        (
            lambda p, q: math.sqrt(math.log(2) / 2 * (kl(p, (p + q) / 2) + kl(q, (p + q) / 2))),
            "the square root is taken, and the base is wrong.",
        ),
        (lambda p, q: kl(p, (p + q) / 2) + kl(q, (p + q) / 2), "sum for mean."),
        (lambda p, q: (kl(p, q) + kl(q, p)) / 2, "the mixture is missing."),
        (lambda p, q: kl(p, q) + kl(q, p), "the mixture is missing,"),
        (lambda p, q: (kl(p, p + q) + kl(q, p + q)) / 2, "the mixture is unnormalised."),
        (lambda p, q: kl(p, p + q) + kl(q, p + q), "the mixture is unnormalised, and"),
        (lambda p, q: kl(p, (p + q) / 2), "q is left out."),
        (lambda p, q: kl(q, (p + q) / 2), "p is left out."),
        (
            lambda p, q: (kl((p + q) / 2, p) + kl((p + q) / 2, q)) / 2,
            "source and model are swapped.",
        ),
        (lambda p, q: -plogp((p + q) / 2), "something is left to subtract."),
        (
            lambda p, q: np.mean(p * np.log2(2 * p / (p + q)) + q * np.log2(2 * q / (p + q))) / 2,
            "mean for sum.",
        ),
        (
            lambda p, q: np.sum(p * np.log2(2 * p / (p + q)) + q * np.log2(2 * q / (p + q))) / 2,
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give nan,",
        ),
        (
            lambda p, q: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2 if np.any(p * q) else np.inf,
            "for p = [0.5, 0.5, 0, 0], q = [0, 0, 0.75, 0.25] you give inf, and 1 is right.",
        ),
    ],
    "check_log_likelihood": [
        (lambda x, q: np.sum(np.log(q[x])), "wrong base. These are nats"),
        (lambda x, q: np.sum(np.log10(q[x])), "wrong base. Your logarithm has base 10"),
        (lambda x, q: -np.sum(np.log2(q[x])), "a minus too many. That"),
        (lambda x, q: -np.sum(np.log(q[x])), "a minus too many, and the base is wrong."),
        (lambda x, q: np.mean(np.log2(q[x])), "mean for sum."),
        (lambda x, q: np.log2(q[x]), "not added up yet."),
        (lambda x, q: np.log2(np.sum(q[x])), "log of a sum."),
        (lambda x, q: np.sum(q[x]), "sum for product."),
        (lambda x, q: np.prod(q[x]), "no logarithm yet."),
        (lambda x, q: np.sum(np.log2(q)), "over the alphabet."),
        (lambda x, q: len(x) * np.sum(q * np.log2(q)), "expected, not actual."),
        (
            lambda x, q: sum(math.log2(list(x).count(a) / len(x)) for a in x),
            "q is left out.",
        ),
        (
            lambda x, q: np.log2(np.prod(q[x])),
            "for x = [0, 1, 2, ..., 0, 1, 2], q = [0.5, 0.25, 0.25] you give -inf, and -1500 is "
            "right. Underflow:",
        ),
        (
            lambda x, q: np.sum(np.log2(q[x] + 1e-12)),
            "for x = [0, 1], q = [1, 0] you give -39.8631, and -inf is right.",
        ),
    ],
    "check_mle": [
        (lambda x, K: np.bincount(x, minlength=K), "unnormalised."),
        (lambda x, K: np.ones(K) / K, "uniform."),
        (lambda x, K: (np.bincount(x, minlength=K) + 1) / (len(x) + K), "one added to each count."),
        (lambda x, K: np.bincount(x, minlength=K) / (len(x) - 1), "off by one. You divide"),
        (lambda x, K: np.bincount(x, minlength=K) / K, "divided by the number of outcomes."),
        (lambda x, K: hot(np.bincount(x, minlength=K).argmax(), K), "winner takes all."),
        (lambda x, K: soft(np.bincount(x, minlength=K)), "softmax of the counts."),
        (
            lambda x, K: [n / len(x) for _, n in Counter(x.tolist()).most_common()],
            "sorted by frequency.",
        ),
        (lambda x, K: [np.mean(x == k + 1) for k in range(K)], "off by one. Labels count from 0."),
        (lambda x, K: np.mean(x), "the mean of the labels."),
        (
            lambda x, K: np.unique(x, return_counts=True)[1] / len(x),
            "for x = [0, 2, 2, 0], K = 4 you give an array of shape (2,), and an array of shape "
            "(4,) is asked for. Outcomes 1 and 3 were never seen.",
        ),
        (
            lambda x, K: np.bincount(x) / len(x),
            "for x = [0, 2, 2, 0], K = 4 you give an array of shape (3,),",
        ),
    ],
    "check_binned_entropy": [
        (lambda x, w: binned(x, w) * math.log(2), "wrong base. These are nats"),
        (lambda x, w: binned(x, w) * math.log10(2), "wrong base. Your logarithm has base 10"),
        (lambda x, w: -binned(x, w), "a minus is missing."),
        (lambda x, w: -binned(x, w) * math.log(2), "a minus is missing, and the base is wrong."),
        (lambda x, w: binned(x, w) + math.log2(w), "the width is added."),
        (lambda x, w: binned(x, w) - math.log2(w), "the width is subtracted."),
        (
            lambda x, w: (
                -plogp(
                    np.histogram(x, w * np.arange(-2, 4), density=True)[0],
                )
            ),
            "heights for probabilities.",
        ),
        (
            lambda x, w: -plogp(np.histogram(x, w * np.arange(-2, 4))[0]),
            "unnormalised.",
        ),
        (lambda x, w: np.log2(len(np.unique(np.floor(x / w)))), "the weights are missing."),
        (
            lambda x, w: (
                -plogp(
                    np.histogram(x, np.arange(x.min(), x.max() + w, w))[0] / len(x),
                )
            ),
            "the bins begin at the smallest value.",
        ),
        (lambda x, w: binned(x + w / 2, w), "rounded to the nearest."),
        (
            lambda x, w: (
                -plogp(
                    np.unique((x / w).astype(int), return_counts=True)[1] / len(x),
                )
            ),
            "cut off towards 0.",
        ),
        (
            lambda x, w: binned(x, w) / len(np.unique(np.floor(x / w))),
            "mean for sum.",
        ),
        (
            naive_histogram,
            "for x = [0.25, 0.5, 4.25, 4.5], width = 1 you give nan, and 1 is right.",
        ),
    ],
    "check_gaussian_entropy": [
        (lambda s: 0.5 * np.log(2 * np.pi * np.e * s**2), "wrong base. These are nats"),
        (lambda s: 0.5 * np.log10(2 * np.pi * np.e * s**2), "wrong base. Your logarithm has"),
        (lambda s: -0.5 * np.log2(2 * np.pi * np.e * s**2), "the sign is the wrong way round."),
        (lambda s: 0.5 * np.log2(2 * np.pi * np.e * s), "sigma for the variance."),
        (lambda s: 0.5 * np.log2(2 * np.pi * np.e * s**4), "squared once too often."),
        (lambda s: np.log2(2 * np.pi * np.e * s**2), "a half is missing."),
        (lambda s: 0.5 * np.log2(2 * np.pi * s**2), "the e is missing."),
        (lambda s: 0.5 * np.log2(np.e * s**2), "the 2π is missing."),
        (
            lambda s: max(0, 0.5 * np.log2(2 * np.pi * np.e * s**2)),
            "for sigma = 0.05 you give 0, and -2.27483 is right.",
        ),
    ],
    "check_softmax": [
        (lambda z: np.exp(z), "unnormalised."),
        (lambda z: soft(soft(z)), "softmax twice."),
        (lambda z: 2**z / np.sum(2**z), "wrong base."),
        (lambda z: soft(-z), "a minus too many."),
        (lambda z: np.log(soft(z)), "a logarithm too many."),
        (lambda z: z / z.sum(), "no exponential yet."),
        (lambda z: 1 / (1 + np.exp(-z)), "each class on its own."),
        (lambda z: (z == z.max()).astype(float), "winner takes all."),
        (lambda z: np.exp(z - z.max()), "divided by the largest."),
        (lambda z: np.exp(z) / np.mean(np.exp(z)), "mean for sum."),
        (
            lambda z: np.exp(z) / np.exp(z).sum(),
            "for logits = [1000, 999, 0] you give [nan, nan, 0], and [0.731059, 0.268941, 0] "
            "is right. Overflow:",
        ),
        (
            lambda z: np.exp(z - z.clip(0).max()) / np.exp(z - z.clip(0).max()).sum(),
            "for logits = [-1000, -1001, -1002] you give [nan, nan, nan],",
        ),
        (
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
            "for logits = [[1, 0, 0], [3, 3, 0]] you give",
        ),
    ],
    "check_softmax_grad": [
        (lambda z, y: hot(y, len(z)) - soft(z), "the sign is the wrong way round."),
        (lambda z, y: (soft(z) - hot(y, len(z))) / np.log(2), "wrong base. These are bits"),
        (lambda z, y: soft(z), "the label is left out."),
        (lambda z, y: (soft(z) - hot(y, len(z))) / len(z), "mean for sum."),
        (lambda z, y: z - hot(y, len(z)), "logits for probabilities."),
        (lambda z, y: soft(soft(z)) - hot(y, len(z)), "softmax twice."),
        (lambda z, y: soft(z)[y] - 1, "one entry only."),
        (lambda z, y: -np.log(soft(z)[y]), "the loss itself."),
        (lambda z, y: -hot(y, len(z)) / soft(z), "with respect to the probabilities."),
        (lambda z, y: soft(z) * (1 - soft(z)), "the slope of softmax alone."),
        (lambda z, y: soft(z) - hot(y - 1, len(z)), "off by one."),
        (
            lambda z, y: soft(z) - hot(y, len(z)),
            "for logits = [1000, 999, 0], label = 1 you give [nan, nan, 0],",
        ),
    ],
    "check_batch_loss": [
        (lambda z, y: -np.mean(np.log2(picked(soft(z), y))), "wrong base. These are bits"),
        (lambda z, y: -np.mean(np.log10(picked(soft(z), y))), "wrong base. Your logarithm has"),
        (lambda z, y: np.mean(np.log(picked(soft(z), y))), "the sign is the wrong way round."),
        (lambda z, y: -np.sum(np.log(picked(soft(z), y))), "sum for mean."),
        (lambda z, y: -np.log(picked(soft(z), y)), "not averaged yet."),
        (lambda z, y: -np.mean(hot(y, 3) * np.log(soft(z))), "divided by all entries."),
        (lambda z, y: -np.mean(np.log(picked(soft(soft(z)), y))), "softmax twice."),
        (lambda z, y: -np.sum(soft(z) * np.log(hot(y, 3))) / len(y), "one-hot inside the log."),
        (
            lambda z, y: -np.mean(np.log(picked(np.exp(z) / np.exp(z).sum(axis=0), y))),
            "softmax along the wrong axis.",
        ),
        (
            lambda z, y: -np.mean(np.log(picked(np.exp(z) / np.exp(z).sum(), y))),
            "one softmax for the whole batch.",
        ),
        (lambda z, y: -np.log(np.mean(picked(soft(z), y))), "log of a sum."),
        (lambda z, y: np.mean(picked(soft(z), y)), "no logarithm yet."),
        (lambda z, y: -np.mean(picked(z, y)), "unnormalised."),
        (lambda z, y: -np.mean(np.log(soft(z))[:, y]), "every label for every row."),
        (
            lambda z, y: -np.mean(np.sum(soft(z) * np.log(soft(z)), axis=1)),
            "the labels are left out.",
        ),
        (lambda z, y: -np.mean(np.log(picked(soft(z), y - 1))), "off by one."),
        (
            lambda z, y: -np.mean(np.log(picked(soft(z), y))),
            "for logits = [[1000, 0], [0, 1]], labels = [0, 1] you give nan,",
        ),
        (
            lambda z, y: -np.mean(np.log(np.exp(picked(log_q(z), y)))),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1] you give inf,",
        ),
    ],
    "check_weighted_loss": [
        (
            lambda z, y, w: -np.average(np.log2(picked(soft(z), y)), weights=w),
            "wrong base. These are bits",
        ),
        (
            lambda z, y, w: -np.average(np.log10(picked(soft(z), y)), weights=w),
            "wrong base. Your logarithm has",
        ),
        (
            lambda z, y, w: np.average(np.log(picked(soft(z), y)), weights=w),
            "the sign is the wrong way round.",
        ),
        (lambda z, y, w: -np.mean(w * np.log(picked(soft(z), y))), "divided by the number of"),
        (lambda z, y, w: -np.sum(w * np.log(picked(soft(z), y))), "sum for mean."),
        (lambda z, y, w: -np.mean(np.log(picked(soft(z), y))), "the weights are left out."),
        (lambda z, y, w: np.mean(w) * -np.mean(np.log(picked(soft(z), y))), "averaged too soon."),
        (lambda z, y, w: -w * np.log(picked(soft(z), y)), "not added up yet."),
        (lambda z, y, w: -np.mean(np.log(w * picked(soft(z), y))), "weights inside the log."),
        (lambda z, y, w: -np.mean(np.log(picked(soft((z.T * w).T), y))), "weights on the logits."),
        (
            lambda z, y, w: -np.average(np.log(picked(soft(soft(z)), y)), weights=w),
            "softmax twice.",
        ),
        (lambda z, y, w: -np.log(np.average(picked(soft(z), y), weights=w)), "log of a sum."),
        (
            lambda z, y, w: -np.average(np.log(picked(soft(z), y)), weights=w),
            "for logits = [[1000, 0], [0, 1]], labels = [0, 1], weights = [1, 3] you give",
        ),
    ],
    "check_gaussian_nll": [
        (lambda x, m, s: -np.mean(np.log2(density(x, m, s))), "wrong base. These are bits"),
        (lambda x, m, s: -np.mean(np.log10(density(x, m, s))), "wrong base. Your logarithm has"),
        (lambda x, m, s: np.mean(np.log(density(x, m, s))), "the sign is the wrong way round."),
        (lambda x, m, s: -np.sum(np.log(density(x, m, s))), "sum for mean."),
        (lambda x, m, s: -np.log(density(x, m, s)), "not averaged yet."),
        (lambda x, m, s: np.mean((x - m) ** 2), "squared error only."),
        (lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2), "the normaliser is missing."),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s) + 0.5 * np.log(2 * np.pi * s),
            "sigma for the variance.",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**4) + 0.5 * np.log(2 * np.pi * s**4),
            "squared once too often.",
        ),
        (lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2) + np.log(s), "the 2π is missing."),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2) + 0.5 * np.log(2 * np.pi),
            "sigma is missing from the normaliser.",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / s**2 + 0.5 * np.log(2 * np.pi * s**2),
            "a half is missing. Which factor stands before the squared error?",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2) + np.log(2 * np.pi * s**2),
            "a half is missing. Which factor stands before the log of 2πσ²?",
        ),
        (lambda x, m, s: -np.log(np.mean(density(x, m, s))), "log of a sum."),
        (lambda x, m, s: np.mean(density(x, m, s)), "no logarithm yet."),
        (
            lambda x, m, s: max(0, np.mean(np.log(s) - np.log(density((x - m) / s, 0, 1)))),
            "for x = [0, 0.01], mean = 0, sigma = 0.01 you give 0, and -3.43623 is right.",
        ),
        (
            lambda x, m, s: -np.mean(np.log(density(x, m, s))),
            "for x = [0, 100], mean = 0, sigma = 1 you give inf, and 2500.92 is right.",
        ),
    ],
    "check_poisson_nll": [
        (lambda k, r: -np.mean(np.log2(poisson(k, r))), "wrong base. These are bits"),
        (lambda k, r: -np.mean(np.log10(poisson(k, r))), "wrong base. Your logarithm has"),
        (lambda k, r: np.mean(np.log(poisson(k, r))), "the sign is the wrong way round."),
        (lambda k, r: -np.sum(np.log(poisson(k, r))), "sum for mean."),
        (lambda k, r: -np.log(poisson(k, r)), "not averaged yet."),
        (lambda k, r: np.mean(r - k * np.log(r)), "the factorial is missing."),
        (
            lambda k, r: np.mean([r - n * math.log(r) - math.lgamma(n + 1) for n in k]),
            "the factorial has the wrong sign.",
        ),
        (
            lambda k, r: np.mean([r - n * math.log(r) + math.lgamma(n) for n in k]),
            "off by one.",
        ),
        (
            lambda k, r: np.mean([-n * math.log(r) + math.lgamma(n + 1) for n in k]),
            "the rate is missing.",
        ),
        (
            lambda k, r: np.mean([math.exp(r) - n * r + math.lgamma(n + 1) for n in k]),
            "rate for its logarithm. ",
        ),
        (lambda k, r: np.mean(np.exp(r) - k * r), "rate for its logarithm, and no factorial."),
        (
            lambda k, r: np.mean((k - r) ** 2) / (2 * r) + 0.5 * np.log(2 * np.pi * r),
            "a Gaussian.",
        ),
        (lambda k, r: np.mean((k - r) ** 2), "squared error."),
        (lambda k, r: -np.log(np.mean(poisson(k, r))), "log of a sum."),
        (lambda k, r: np.mean(poisson(k, r)), "no logarithm yet."),
        (
            lambda k, r: np.mean([r - n * math.log(r) + math.lgamma(n) + math.log(n) for n in k]),
            "for counts = [0, 2, 0], rate = 0.5 your function stops at `",
        ),
        (
            lambda k, r: np.mean(
                [r - n * math.log(r) + np.log(np.prod(np.arange(1.0, n + 1))) for n in k]
            ),
            "for counts = [180, 200], rate = 190 you give inf, and 3.80548 is right. Overflow:",
        ),
    ],
    "check_ideal_bits": [
        (lambda x, q: -np.sum(np.log(q[x])), "wrong base. These are nats"),
        (lambda x, q: -np.sum(np.log10(q[x])), "wrong base. Your logarithm has base 10"),
        (lambda x, q: np.sum(np.log2(q[x])), "a minus is missing."),
        (lambda x, q: np.sum(np.log(q[x])), "a minus is missing, and the base is wrong."),
        (lambda x, q: -np.mean(np.log2(q[x])), "mean for sum."),
        (lambda x, q: -np.log2(q[x]), "not added up yet."),
        (lambda x, q: -np.log2(np.sum(q[x])), "log of a sum."),
        (lambda x, q: -len(x) * np.sum(q * np.log2(q)), "expected, not actual."),
        (lambda x, q: -np.sum(np.log2(q)), "over the alphabet."),
        (lambda x, q: np.prod(q[x]), "no logarithm yet."),
        (lambda x, q: np.sum(np.ceil(-np.log2(q[x]))), "whole bits for each symbol."),
        (lambda x, q: np.ceil(-np.sum(np.log2(q[x]))), "rounded up."),
        (lambda x, q: -np.sum(np.log2(q[x])) / 8, "bytes."),
        (
            lambda x, q: -np.log2(np.prod(q[x])),
            "for symbols = [0, 1, 2, ..., 0, 1, 2], pmf = [0.5, 0.25, 0.25] you give inf,",
        ),
        (
            lambda x, q: -np.sum(np.log2(np.clip(q, 1e-12, 1)[x])),
            "for symbols = [0, 1], pmf = [1, 0] you give 39.8631, and inf is right.",
        ),
    ],
    "check_file_size": [
        (lambda nll, n: math.ceil(nll * n), "bits for bytes."),
        (lambda nll, n: math.ceil(nll * n * 8), "multiplied, not divided."),
        (lambda nll, n: nll * n / 8, "not rounded up."),
        (lambda nll, n: round(nll * n / 8), "rounded down."),
        (lambda nll, n: int(nll * n / 8), "rounded down."),
        (lambda nll, n: math.ceil(nll) * n / 8, "whole bits for each symbol."),
        (lambda nll, n: math.ceil(math.ceil(nll) * n / 8), "whole bits for each symbol,"),
        (lambda nll, n: math.ceil(nll / 8) * n, "whole bytes for each symbol."),
        (lambda nll, n: math.ceil(nll / math.log(2) * n / 8), "wrong unit."),
        (lambda nll, n: int(nll * n / 8) + 1, "for nll = 2, n = 12 you give 4, and 3 is right."),
    ],
}


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


BROKEN = {
    "raises": (
        divides_by_zero,
        "stops at `return 1 // 0` with ZeroDivisionError: integer division or modulo by zero.",
    ),
    "takes one number": (
        lambda p: math.log2(p),
        "math.log takes one number, np.log2 takes a whole array.",
    ),
    "asks an array": (lambda p: p if p > 0 else 0, "`if` asks about one number:"),
    "indexes with floats": (lambda p: p[p], "You index with numbers that are not whole:"),
    "recursion": (endless, "your function calls itself and never stops. What should end it?"),
    "None": (lambda p: None, NOT_DONE),
    "Ellipsis": (lambda p: ..., NOT_DONE),
    "a word": (lambda p: "1.75", "your function returns something of type str, and numbers"),
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


def test_arguments_in_another_order(say):
    line = say("check_ideal_bits", lambda pmf, symbols: -np.sum(np.log2(pmf[symbols])))
    assert "You index with numbers that are not whole: which argument comes first?" in line


def test_whole_number_powers(say):
    assert "write 2.0 instead of 2" in say("check_kraft_sum", lambda n: np.sum(2**-n))


def test_a_list_that_is_changed_is_noticed(say):
    line = say("check_expected_length", lambda p, codewords: codewords.pop())
    assert (
        line == "✗ expected length: your function changes codewords itself. Work on a copy of it."
    )


def test_a_function_written_in_c_has_no_signature(say):
    assert say("check_surprisal", np.log2).startswith("✗ surprisal: a minus is missing.")


def test_an_error_of_many_lines_is_told_in_one(say):
    def student(p):
        raise ValueError("one\ntwo")

    assert "ValueError: one two." in say("check_entropy", student)


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
