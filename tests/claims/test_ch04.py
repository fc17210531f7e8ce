"""The claims that chapter 4 settles, each against sums written out, fractions or real bytes."""

import inspect
import math
from fractions import Fraction
from itertools import combinations_with_replacement, permutations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss

from xentlib import (
    cross_entropy,
    entropy,
    huffman_code,
    ideal_bits,
    kl_divergence,
    manual_text,
    normalize,
    shannon_lengths,
    source_text,
    stream_decode,
    stream_encode,
    surprisal,
)

ALICE = [1 / 2, 1 / 4, 1 / 8, 1 / 8]
BOB = [1 / 8, 1 / 2, 1 / 4, 1 / 8]


def summed(p, q):
    """Return H(p, q) term by term, over what happens."""
    return math.fsum(a * (math.log2(1 / b) if b else math.inf) for a, b in zip(p, q) if a)  # noqa: B905


def pairs(n=300, k=5, seed=4):
    return np.random.default_rng(seed).dirichlet(np.ones(k), (n, 2))


def test_A2():
    """The bar of H(p, q) is the bar of H(p) with that of KL behind it."""
    for p, q in pairs():
        own = math.fsum(a * math.log2(1 / a) for a in p)
        extra = math.fsum(a * math.log2(a / b) for a, b in zip(p, q, strict=True))
        assert summed(p, q) == pytest.approx(own + extra, rel=1e-12)
        assert cross_entropy(p, q) == pytest.approx(entropy(p) + kl_divergence(p, q), rel=1e-12)
    assert cross_entropy(BOB, ALICE) == 2.25
    assert entropy(BOB) == 1.75
    assert kl_divergence(BOB, ALICE) == 0.5


def test_A3():
    """Cross-entropy is asymmetric in general, and symmetric for outcomes exchanged in pairs."""
    assert summed(BOB, ALICE) == cross_entropy(BOB, ALICE) == 2.25
    assert summed(ALICE, BOB) == cross_entropy(ALICE, BOB) == 2.375
    p, q = [1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 4, 1 / 2]
    assert summed(p, q) == summed(q, p) == cross_entropy(p, q) == cross_entropy(q, p) == 1.75
    p = np.array([0.4, 0.3, 0.2, 0.1])
    for order in permutations(range(4)):
        undoes_itself = all(order[order[k]] == k for k in range(4))
        symmetric = summed(p, p[[*order]]) == pytest.approx(summed(p[[*order]], p), abs=1e-12)
        assert symmetric or not undoes_itself
    ring = p[[1, 2, 0, 3]]  # three outcomes moved on by one place
    assert summed(p, ring) != pytest.approx(summed(ring, p), abs=1e-3)

    ring, cycled, exchanged = [0.7, 0.2, 0.1], [0.2, 0.1, 0.7], [0.2, 0.7, 0.1]  # the quiz
    assert summed(cycled, ring) > summed(ring, cycled) + 0.3
    assert summed(ring, exchanged) == pytest.approx(summed(exchanged, ring), rel=1e-15)

    # The sum of both directions is not smallest at q = p.
    def both(heads):
        q = [heads, 1 - heads]
        return summed([0.75, 0.25], q) + summed(q, [0.75, 0.25])

    best = minimize_scalar(both, bounds=(0.01, 0.99), method="bounded").x
    slope = -0.75 / best + 0.25 / (1 - best) + math.log(0.25 / 0.75)  # of both, in nats
    assert slope == pytest.approx(0, abs=1e-4)
    assert best == pytest.approx(0.872, abs=5e-4)


def test_A4():
    """H(p, q) is what ideal codewords cost, to within a bit what rounded ones do."""
    for p, q in pairs():
        rounded = math.fsum(a * math.ceil(math.log2(1 / b)) for a, b in zip(p, q, strict=True))
        assert rounded == pytest.approx(p @ shannon_lengths(q))
        assert summed(p, q) <= rounded < summed(p, q) + 1

    # A codeword a night is a bit a night; the stream meets the ideal lengths.
    carol, dave = [0.9, 0.1], [0.8, 0.2]
    nights = np.random.default_rng(4).choice(2, size=100_000, p=dave)
    cats = int((nights == 0).sum())
    ideal = cats * math.log2(1 / 0.9) + (100_000 - cats) * math.log2(1 / 0.1)
    stream = stream_encode(nights, carol)
    assert 0 <= len(huffman_code(carol).encode(nights)) * 8 - 100_000 <= 8  # the end is marked
    assert ideal_bits(nights, carol) == pytest.approx(ideal, rel=1e-12)
    assert ideal <= 8 * len(stream) <= 1.001 * ideal + 512
    assert (stream_decode(stream, carol, len(nights)) == nights).all()
    assert ideal / 100_000 == pytest.approx(cross_entropy(dave, carol), abs=0.01)
    # Both parts of the difference are there: the sample's, then the coder's.
    assert cats != 80_000
    assert 1e5 * summed(dave, carol) < ideal < 8 * len(stream)

    # Huffman's words break the promise on both sides.
    model, guest = [0.38, 0.28, 0.27, 0.07], [0, 0, 1, 0]
    assert huffman_code(model).lengths.tolist() == [1, 2, 3, 3]
    assert math.log2(1 / 0.27) + 1 < 3
    assert shannon_lengths(model)[2] == 2
    assert huffman_code(model).expected_length(guest) > cross_entropy(guest, model) + 1
    # So they do for every model of the recipe, and three nearly equal shares are not enough.
    for a, b, c in combinations_with_replacement(range(49, 25, -1), 3):
        d = 100 - a - b - c
        if 0 < d != a - c:
            lengths = huffman_code(np.array([a, b, c, d]) / 100).lengths.tolist()
            assert (max(lengths[:3]) == 3) == (d < a - c), (a, b, c, d)
    assert huffman_code([0.32, 0.31, 0.3, 0.07]).lengths.tolist() == [2, 2, 2, 2]
    assert huffman_code([0.4, 0.3, 0.3]).expected_length([1 / 2, 1 / 4, 1 / 4]) == 1.5
    assert summed([1 / 2, 1 / 4, 1 / 4], [0.4, 0.3, 0.3]) == pytest.approx(1.529, abs=5e-4)
    excess, last, now = [], 1, 1
    fibonacci = []
    for k in range(1, 41):
        fibonacci.append(last)
        last, now = now, last + now
        if k in (10, 20, 40):
            q = normalize(np.array(fibonacci, float))
            excess.append((huffman_code(q).lengths - np.log2(1 / q)).max())
    assert excess[0] > 1
    assert excess[1] > excess[0] + 2
    assert excess[2] > excess[1] + 5


def test_worst_guest():
    """With Alice's codebook no guest costs more than 3, those of apples and violins only do."""
    lengths = np.array([len(word) for word in huffman_code(ALICE).codewords])
    assert lengths.tolist() == [1, 2, 3, 3]
    guests = np.random.default_rng(4).dirichlet(np.ones(4), 1000)
    assert (guests @ lengths < 3).all()
    for apple in (0, 0.3, 1):
        assert np.array([0, 0, apple, 1 - apple]) @ lengths == pytest.approx(3, rel=1e-15)
    # A uniform codebook has the best worst case: any other gives some thing less than a quarter.
    for q in guests:
        assert max(summed(row, q) for row in np.eye(4)) > 2


def test_four_words_of_two_bits():
    """They are ideal for the uniform guest only, and the best whole bits for some others too."""
    assert huffman_code(np.full(4, 1 / 4)).lengths.tolist() == [2, 2, 2, 2]
    assert huffman_code([0.3, 0.3, 0.2, 0.2]).expected_length([0.3, 0.3, 0.2, 0.2]) == 2
    assert entropy([0.3, 0.3, 0.2, 0.2]) < 2
    assert huffman_code(BOB).expected_length(BOB) < 2


def test_two_classes():
    """-y log q - (1 - y) log(1 - q) is the cross-entropy of two classes."""
    for y in (0, 1):
        for q in (0.1, 0.5, 0.9):
            binary = -y * math.log2(q) - (1 - y) * math.log2(1 - q)
            assert binary == pytest.approx(cross_entropy([1 - y, y], [1 - q, q]), rel=1e-15)


def test_log_loss_has_the_source_first():
    """As the text says of scikit-learn; it averages in nats."""
    assert [*inspect.signature(log_loss).parameters][:2] == ["y_true", "y_proba"]
    rows = [[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]]
    theirs = log_loss([1, 0], rows, labels=[0, 1, 2])
    assert theirs == pytest.approx((math.log(1 / 0.7) + math.log(2)) / 2)


def test_A5():
    """H(p, p) = H(p)."""
    assert cross_entropy(ALICE, ALICE) == entropy(ALICE) == summed(ALICE, ALICE) == 1.75
    for p, _ in pairs():
        assert cross_entropy(p, p) == pytest.approx(entropy(p), rel=1e-14)


def test_B11():
    """Never fewer questions on average; none more where two sources share a tree."""
    f, g = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)], [Fraction(x, 10) for x in (4, 3, 3)]
    erin, frank = huffman_code([float(x) for x in f]), huffman_code([float(x) for x in g])
    assert erin.codewords == frank.codewords == ("0", "10", "11")
    cost = sum(x * len(word) for x, word in zip(g, erin.codewords, strict=True))
    assert cost == Fraction(8, 5)
    assert cross_entropy(np.array(g, float), np.array(f, float)) == pytest.approx(float(cost))
    assert kl_divergence(np.array(g, float), np.array(f, float)) == pytest.approx(0.029, abs=5e-4)
    for p, q in pairs():
        right = huffman_code(p).expected_length(p)
        assert right <= huffman_code(q).expected_length(p) + 1e-12
        assert cross_entropy(p, q) > entropy(p)
        assert huffman_code(q).expected_length(p) >= entropy(p)
    slips = np.random.default_rng(4).choice(3, size=100_000, p=np.array(g, float))
    longer = len(stream_encode(slips, np.array(f, float))) - len(
        stream_encode(slips, np.array(g, float))
    )
    assert longer * 8 / 100_000 == pytest.approx(0.029, abs=2e-3)


def test_B13():
    """The cross-entropy is infinite if something happens that has no word, and only then."""
    assert cross_entropy([0.5, 0.5, 0], [0.25, 0.75, 0]) == summed([0.5, 0.5], [0.25, 0.75])
    assert cross_entropy([0.5, 0.5, 0], [0.25, 0.25, 0.5]) == 2
    assert cross_entropy([0.5, 0.25, 0.25], [0.5, 0.5, 0]) == math.inf
    naive = np.array([0.5, 0.5, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(np.sum(naive * np.log2(naive)))
    assert surprisal(1e-12) == pytest.approx(12 * math.log2(10))

    # With real text: unseen characters, in both directions, and what smoothing costs.
    prose, source = manual_text(), source_text()
    assert set(source) - set(prose)
    assert set(prose) - set(source)
    characters = sorted(set(prose + source))
    counts = np.array([[text.count(c) for c in characters] for text in (prose, source)])
    p, q = normalize(counts), normalize(counts + 1)
    assert cross_entropy(p[0], p[1]) == cross_entropy(p[1], p[0]) == math.inf
    for own, other in ((0, 1), (1, 0)):
        assert summed(p[own], q[own]) - entropy(p[own]) < 1e-3
        # As the words beside the figure of the two codebooks have it.
        assert 0.15 < summed(p[own], q[other]) - entropy(p[own]) < 0.2
    assert [f"{entropy(row):.1f}" for row in p] == ["4.7", "4.4"]


def test_B15():
    """The codebook goes inside the log: a one-hot label there rules out nearly every guess."""
    label, guess = [0, 1, 0], [0.2, 0.7, 0.1]
    assert cross_entropy(label, guess) == pytest.approx(math.log2(1 / 0.7), rel=1e-15)
    assert cross_entropy(guess, label) == math.inf
    assert cross_entropy(label, label) == 0
    for guess in np.random.default_rng(4).dirichlet(np.ones(3), 20):
        assert cross_entropy(guess, label) == math.inf
    assert cross_entropy([0, 0.9, 0.1], label) == math.inf  # whatever else it says can happen
    # The log of the average is another number, and never the larger one.
    collision = math.fsum(a * b for a, b in zip(ALICE, BOB, strict=True))
    assert math.log2(1 / collision) == pytest.approx(2.093, abs=5e-4)
    for p, q in pairs():
        assert math.log2(1 / (p @ q)) < summed(p, q)
    assert math.log2(1 / np.dot(BOB, np.full(4, 0.25))) == cross_entropy(BOB, np.full(4, 0.25)) == 2


def test_B16():
    """The one-hot label is one sample: the mean of its costs is H(p, q), and its floor is H(p)."""
    costs = [cross_entropy(row, ALICE) for row in np.eye(4)]
    assert costs == [len(word) for word in huffman_code(ALICE).codewords] == [1, 2, 3, 3]
    for p, q in pairs():
        mean = math.fsum(a * cross_entropy(row, q) for a, row in zip(p, np.eye(5), strict=True))
        assert mean == pytest.approx(summed(p, q), rel=1e-12)
        assert mean > entropy(p) > 0
    believes_one_label = [0, 1, 0, 0]
    assert cross_entropy([0, 1, 0, 0], believes_one_label) == 0
    assert cross_entropy([1, 0, 0, 0], believes_one_label) == math.inf
