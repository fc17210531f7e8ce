"""The claims that chapter 3 settles, against exact arithmetic, scipy and other compressors."""

import heapq
import math
import zlib
from fractions import Fraction
from itertools import combinations, permutations, product

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from scipy.stats import entropy as scipy_entropy

from xentlib import (
    cross_entropy,
    entropy,
    ideal_bits,
    js_divergence,
    perplexity,
    stream_decode,
    stream_encode,
)
from xentlib.datasets import manual_text

ALICE = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])
BOB = np.array([1 / 8, 1 / 2, 1 / 4, 1 / 8])
CAROL = [Fraction(9, 10), Fraction(1, 10)]


def bits_of_blocks(p, n):
    """Return what the best code for blocks of n needs, exactly: the sum of the joined nodes."""
    heap = [math.prod(block) for block in product(p, repeat=n)]
    heapq.heapify(heap)
    total = Fraction(0)
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        heapq.heappush(heap, joined)
        total += joined
    return total


def test_A5():
    """Entropy is the cross-entropy of a source with itself, and no other model does better."""
    rng = np.random.default_rng(5)
    for p in (ALICE, BOB, rng.dirichlet(np.ones(6))):
        own = sum(x * math.log2(1 / x) for x in p)
        assert entropy(p) == pytest.approx(own) == pytest.approx(cross_entropy(p, p))
        logits = minimize(
            lambda z, p=p: -p @ (z - np.log(np.exp(z).sum())), np.zeros(len(p)), tol=1e-12
        ).x
        q = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose(q, p, atol=1e-4)


def test_B6():
    """H <= L < H + 1, equal for powers of one half; only the probabilities count."""
    rng = np.random.default_rng(6)
    for _ in range(30):
        weights = rng.integers(1, 50, size=rng.integers(2, 9)).tolist()
        p = [Fraction(w, sum(weights)) for w in weights]
        best, bits = bits_of_blocks(p, 1), scipy_entropy([float(x) for x in p], base=2)
        assert bits - 1e-12 <= best < bits + 1
    dyadic = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
    assert bits_of_blocks(dyadic, 1) == Fraction(7, 4) == entropy(ALICE)
    # An outcome that never happens must be left out: with it, Huffman needs a whole bit for H = 0.
    assert bits_of_blocks([Fraction(1), Fraction(0)], 1) == 1 == entropy([1, 0]) + 1
    assert bits_of_blocks([Fraction(1)], 1) == 0 == entropy([1])
    for other in permutations(ALICE):
        assert entropy(other) == 1.75
    # Pull one bar of four up, from equal ones or not, and the entropy passes 1.75 at other lists.
    found = []
    for rest in ([1, 1, 1], [1, 1, 1.1], [1, 1, 1.3]):
        others = np.array(rest) / sum(rest)

        def pulled(x, others=others):
            return [x, *(1 - x) * others]

        assert scipy_entropy(pulled(0.3), base=2) > 1.75
        x = brentq(lambda x, at=pulled: scipy_entropy(at(x), base=2) - 1.75, 0.3, 1)
        found.append(sorted(pulled(x)))
    for one, other in combinations([*found, sorted(ALICE)], 2):
        assert np.max(np.abs(np.subtract(one, other))) > 1e-3
    for values in ([0, 1], [0, 1000]):  # what the outcomes stand for does not enter
        sample = np.random.default_rng(7).choice(values, 1000)
        shares = np.unique(sample, return_counts=True)[1] / 1000
        assert entropy(shares) == pytest.approx(1, abs=0.01)


def test_B10():
    """In long blocks the entropy is the number of questions an outcome, but not steadily."""
    bits = scipy_entropy([0.9, 0.1], base=2)
    rate = {n: bits_of_blocks(CAROL, n) / n for n in range(1, 13)}
    assert (rate[1], rate[2]) == (1, Fraction(645, 1000))
    assert all(bits < rate[n] < bits + 1 / n for n in rate)
    worse = [(n, m) for n in rate for m in rate if n < m and rate[m] > rate[n]]
    assert (6, 7) in worse
    assert not [(n, m) for n, m in worse if m % n == 0]  # a doubled block is never worse
    assert f"{float(rate[6]):.4f} {float(rate[7]):.4f}" == "0.4702 0.4743"


def test_blocks_are_subadditive():
    """L(m + n) <= L(m) + L(n): the best codes, one after the other, are a code."""
    for p in (CAROL, [Fraction(3, 4), Fraction(1, 4)], [Fraction(2, 3), Fraction(1, 3)]):
        length = {n: bits_of_blocks(p, n) for n in range(1, 11)}
        for m, n in product(range(1, 6), repeat=2):
            assert length[m + n] <= length[m] + length[n]


def test_halving_towards_the_middle_of_a_piece_ends_within_two_digits_of_its_surprisal():
    rng = np.random.default_rng(11)
    for _ in range(2000):
        low, high = (Fraction(int(x), 720) for x in np.sort(rng.choice(721, 2, replace=False)))
        middle, left, kept = (low + high) / 2, Fraction(0), Fraction(1)
        while not low <= left <= left + kept <= high:
            kept /= 2
            left += kept if middle >= left + kept else 0
        assert kept > (high - low) / 4


def test_the_uniform_source_is_the_hardest_to_guess():
    """0 <= H <= log K, on a grid over all pmfs of three outcomes."""
    grid = [(a, b, 20 - a - b) for a in range(21) for b in range(21 - a)]
    values = {counts: scipy_entropy(counts, base=2) for counts in grid}
    for counts, bits in values.items():
        assert entropy(np.array(counts) / 20) == pytest.approx(bits, abs=1e-12)
        assert -1e-12 <= bits <= math.log2(3) + 1e-12
        assert (bits == 0) == (20 in counts)
    assert max(values, key=values.get) in permutations((7, 7, 6))


def test_not_being_told_costs():
    """Entropy is concave; what is lost by not being told is the Jensen-Shannon divergence."""
    rng = np.random.default_rng(8)
    for _ in range(50):
        p, r, share = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4)), rng.random()
        told = share * scipy_entropy(p, base=2) + (1 - share) * scipy_entropy(r, base=2)
        assert scipy_entropy(share * p + (1 - share) * r, base=2) >= told - 1e-12
    lost = entropy((ALICE + BOB) / 2) - 1.75
    assert lost == pytest.approx(js_divergence(ALICE, BOB))
    assert lost > 0.1


def test_to_be_told_never_costs_on_average():
    """H(Z, X) = H(Z) + H(X | Z) and H(X | Z) <= H(X), though one value of Z can raise the bill."""
    rng = np.random.default_rng(11)
    raised = False
    for _ in range(100):
        joint = rng.dirichlet(np.full(12, 0.5)).reshape(3, 4)
        z, x = joint.sum(axis=1), joint.sum(axis=0)
        each = [scipy_entropy(row, base=2) for row in joint]
        given = z @ each
        assert scipy_entropy(joint.ravel(), base=2) == pytest.approx(
            scipy_entropy(z, base=2) + given
        )
        assert given <= scipy_entropy(x, base=2) + 1e-12
        raised = raised or max(each) > scipy_entropy(x, base=2)
    assert raised  # so "on average" is needed


def test_the_best_code_for_a_given_entropy():
    """For 2.25 bits it can need 2.25, 2.4 and nearly 3.25, as the quiz says."""
    dyadic = [Fraction(1, 4)] * 3 + [Fraction(1, 8)] * 2
    assert bits_of_blocks(dyadic, 1) == Fraction(9, 4)
    assert scipy_entropy([float(x) for x in dyadic], base=2) == 2.25
    # One outcome of probability 1 - r, and 2^n rare ones that share r: Huffman joins the rare ones
    # to a tree of depth n, so L = 1 + n r.
    length = {}
    for n in (3, 6, 500):
        r = brentq(lambda r, n=n: scipy_entropy([r, 1 - r], base=2) + n * r - 2.25, 1e-9, 0.5)
        length[n] = 1 + n * r
    rare = Fraction(length[6] - 1) / 6
    p = [1 - rare, *[rare / 64] * 64]
    assert bits_of_blocks(p, 1) == pytest.approx(length[6])
    assert scipy_entropy([float(x) for x in p], base=2) == pytest.approx(2.25)
    assert length[3] < 2.4 < length[6] < 3.2 < length[500] < 3.25


def test_a_stream_pays_the_last_bit_once():
    """The file meets the surprisal of its message, and so the entropy on average."""
    nights = np.random.default_rng(1).choice(2, size=100_000, p=[0.9, 0.1])
    boats = int(nights.sum())
    own = boats * math.log2(10) + (len(nights) - boats) * math.log2(10 / 9)
    assert ideal_bits(nights, [0.9, 0.1]) == pytest.approx(own)
    data = stream_encode(nights, [0.9, 0.1])
    assert own <= 8 * len(data) <= own + 8 * 40
    assert np.array_equal(stream_decode(data, [0.9, 0.1], len(nights)), nights)


@pytest.mark.parametrize("n", [10, 1000, 100_000, 1_000_000])
def test_a_stream_costs_some_bytes_whatever_its_length(n):
    """More than the two bits of an ideal coder, and no more for a long message than for a short."""
    nights = np.random.default_rng(n).choice(2, size=n, p=[0.9, 0.1])
    over = len(stream_encode(nights, [0.9, 0.1])) - ideal_bits(nights, [0.9, 0.1]) / 8
    assert 2 / 8 < over < 40


def test_an_address_has_less_than_two_digits_too_many():
    """A piece of length p holds a piece of 2^-n with n < log2 1/p + 2, wherever it lies."""
    rng = np.random.default_rng(9)
    for _ in range(2000):
        low, high = sorted(Fraction(int(x), 10**6) for x in rng.integers(0, 10**6, 2))
        if low == high:
            continue
        n = 0
        while math.ceil(low * 2**n) + 1 > high * 2**n:
            n += 1
        assert n < math.log2(1 / (high - low)) + 2


def test_letters_remember():
    """Pairs of characters have less entropy a character, and zlib makes use of it."""
    text = manual_text()
    single = np.unique(list(text), return_counts=True)[1]
    after_q = [text[i + 1] for i in range(len(text) - 1) if text[i] == "q"]
    assert 0.8 < after_q.count("u") / len(after_q) < 1  # nearly always, not always
    pairs = np.unique([text[i : i + 2] for i in range(0, len(text) - 1, 2)], return_counts=True)[1]
    one, two = scipy_entropy(single, base=2), scipy_entropy(pairs, base=2) / 2
    assert two < one - 0.3
    assert 8 * len(zlib.compress(text.encode(), 9)) < 0.7 * one * len(text)


def test_a_code_without_an_end_can_be_shorter():
    """Three equally likely things as "", "0", "1": 2/3 of a digit, below the entropy."""
    words = ["", "0", "1"]
    assert Fraction(sum(map(len, words)), 3) < entropy([1 / 3] * 3)
    assert sum(Fraction(1, 2 ** len(word)) for word in words) == 2  # Kraft's sum is broken


def test_stakes_change_the_spread_and_not_the_entropy():
    """A coin that pays 1,000: mean and standard deviation are 1,000 times as large, bits alike."""
    small, large = np.array([0, 1]), np.array([0, 1000])
    assert large.mean() == 1000 * small.mean()
    assert large.std() == 1000 * small.std()
    for coin in (small, large):
        assert scipy_entropy(np.unique(coin, return_counts=True)[1], base=2) == 1


def test_units():
    """Bits, nats and perplexity say the same; an untrained classifier loses log K."""
    assert entropy(ALICE, base=np.e) == pytest.approx(1.75 * math.log(2))
    assert (
        perplexity(ALICE) == pytest.approx(2**1.75) == pytest.approx(math.exp(1.75 * math.log(2)))
    )
    assert perplexity([1 / 6] * 6) == pytest.approx(6)
    rng = np.random.default_rng(10)
    labels = rng.dirichlet(np.ones(10))  # whatever the labels are
    assert cross_entropy(labels, [1 / 10] * 10, base=np.e) == pytest.approx(math.log(10))
    even = np.full(10, 1 / 10)
    sure = rng.dirichlet(np.full(10, 0.3))  # sure of itself before it has learned anything
    assert cross_entropy(even, sure, base=np.e) > math.log(10)
    assert cross_entropy(labels, labels, base=np.e) < math.log(10)  # begins with the shares
    die = [1 / 2] + 5 * [1 / 10]
    assert entropy(die) == pytest.approx(1 + math.log2(5) / 2)
