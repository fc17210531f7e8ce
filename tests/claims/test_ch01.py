"""The claims that chapter 1 settles, each against fractions, mpmath or a count."""

import math
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest

from xentlib import surprisal
from xentlib.datasets import manual_text
from xentlib.models import NGram

ALICE = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]


def halvings(low, high):
    """Count the halvings of [0, 1) until one of the pieces lies in [low, high)."""
    depth = 0
    while True:
        size = Fraction(1, 2**depth)
        first = math.ceil(low / size) * size
        if first + size <= high:
            return depth
        depth += 1


def test_B7():
    """Outcomes are pieces of the line as long as they are probable; a halving is a bit."""
    ends = [Fraction(0)]
    for p in ALICE:
        ends.append(ends[-1] + p)
    assert ends == [0, Fraction(1, 2), Fraction(3, 4), Fraction(7, 8), 1]
    counts = [halvings(low, high) for low, high in pairwise(ends)]
    assert counts == surprisal([float(p) for p in ALICE]).tolist() == [1, 2, 3, 3]

    points = np.random.default_rng(0).random(200_000)  # a point on the line plays Alice
    shares = np.histogram(points, [float(end) for end in ends])[0] / len(points)
    np.testing.assert_allclose(shares, [float(p) for p in ALICE], atol=0.005)


def test_B8():
    """The surprisal is a number of questions only for powers of one half."""
    assert surprisal(0.9) == pytest.approx(float(mpmath.log(10 / mpmath.mpf(9), 2)))
    assert f"{surprisal(0.9):.3f}" == "0.152"
    whole = [n for n in range(1, 2000) if surprisal(n / 2048).is_integer()]
    assert whole == [2**k for k in range(11)]
    # Elsewhere the halvings that lead into a piece are more than its bits, but not by two.
    for low in range(0, 64, 3):
        for high in range(low + 1, 65):
            p = Fraction(high - low, 64)
            count = halvings(Fraction(low, 64), Fraction(high, 64))
            assert surprisal(float(p)) <= count < surprisal(float(p)) + 2
    assert halvings(Fraction(51, 100), Fraction(3, 4)) == 3  # left with .24 of the line
    assert f"{surprisal(0.24):.2f}" == "2.06"
    assert halvings(Fraction(27, 100), Fraction(73, 100)) == 3  # the second challenge
    assert surprisal(0.46) < 1.2


def test_only_the_logarithm_adds_up():
    """Two violins cost twice one violin under the logarithm, and under no rival of the page."""
    one, both = Fraction(1, 8), Fraction(1, 64)
    assert 1 - both != 2 * (1 - one)
    assert 1 / both - 1 != 2 * (1 / one - 1)
    assert surprisal(float(both)) == 2 * surprisal(float(one)) == 6


@pytest.mark.parametrize("p", [0.9, 0.5, 1 / 3, 0.01])
def test_the_squeeze(p):
    """p^m lies between neighbouring powers of one half, so the logarithm is known to 1/m."""
    for m in (1, 10, 1000):
        power = mpmath.mpf(p) ** m
        n = 0
        while not mpmath.mpf(2) ** -(n + 1) < power:
            n += 1
        assert power <= mpmath.mpf(2) ** -n
        assert n / m <= surprisal(p) <= (n + 1) / m


def test_dependent_surprisals_do_not_add():
    """With a condition they do: both = the first + the second, once you know the first."""
    joint = np.array([[0.3, 0.1], [0.05, 0.55]])
    first = joint.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(surprisal(joint), surprisal(first) + surprisal(joint / first))
    apart = surprisal(first) + surprisal(joint.sum(axis=0, keepdims=True))
    assert (surprisal(joint) < apart - 0.1).any()
    assert (surprisal(joint) > apart + 0.1).any()


def test_two_violins_under_the_habits_of_the_page():
    """Each violin alone has 3 bits under both habits; together they have 3, or infinitely many."""
    p = np.array([float(x) for x in ALICE])
    same = np.diag(p)  # the second night's slip is the first night's
    never_twice = np.outer(p, p)
    never_twice[3, 3] = 0
    never_twice[3, :3] *= p[3] / never_twice[3].sum()
    never_twice[:3, 3] *= p[3] / never_twice[:, 3].sum()
    never_twice[:3, :3] *= (1 - 2 * p[3]) / never_twice[:3, :3].sum()
    for joint, together in ((same, 3), (never_twice, math.inf)):
        assert joint.sum() == pytest.approx(1)
        assert joint[3].sum() == pytest.approx(1 / 8)
        assert joint[:, 3].sum() == pytest.approx(1 / 8)
        assert surprisal(joint[3, 3]) == together


def test_a_sentence_costs_what_the_model_says():
    """Less with more context in total, though a single letter may cost more."""
    sentence = "Alice thinks of one of four things."
    manual = manual_text()
    alone = np.array([math.log2(len(manual) / manual.count(c)) for c in sentence])
    after = NGram(3).fit(manual.encode()).nll(sentence.encode(), reduction="none")
    assert after.sum() < alone.sum() - 30
    ranked = sorted(set(sentence), key=manual.count)
    assert ranked[:2] == ["A", "k"]
    assert ranked[-1] == " "

    s = sentence.index("s")  # of thinks: the better model has seen ink, and no s after it
    assert after[s] > 1.7 * alone[s]
    assert manual.count("ink") > 0
    assert "inks" not in manual
    spaces = [i + 2 for i in range(len(sentence)) if sentence[i : i + 3] == "of "]
    assert after[spaces].max() < 0.15

    # Beginnings of words cost most by the letter, though they are no more than a third of the bill.
    first = np.array([i == 0 or sentence[i - 1] == " " for i in range(len(sentence))])
    assert after[first].mean() > 1.5 * after[~first].mean()
    assert after[first].sum() < 0.4 * after.sum()


def test_a_product_underflows_and_a_sum_does_not():
    """The computer's smallest number is about 2^-1074."""
    assert 0.5**1074 > 0
    assert 0.5**1075 == 0
    assert surprisal(np.full(2000, 0.5)).sum() == 2000


def test_the_proof_needs_monotone():
    """Twice the log where that is irrational: repeating multiplies, and parts do not add."""
    t = mpmath.sqrt(2)
    assert 2 * t + 2 * (2 - t) == pytest.approx(4)  # parts
    assert surprisal(1 / 4) == 2  # the whole, which is rational
    assert 2 * surprisal(1 / 3) > surprisal(1 / 4)  # 1/3 is likelier, and would surprise more
