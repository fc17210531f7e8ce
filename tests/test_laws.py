"""The theorems of the book: a test each, with the statement as its docstring.

`EPS` is the rounding that a comparison of two computed sides must allow.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import channels, joint_pmfs, pmf_pairs, pmfs

from xentlib import (
    block_pmf,
    canonical_code,
    cross_entropy,
    entropy,
    fano_code,
    gaussian_cross_entropy,
    gaussian_entropy,
    gaussian_kl,
    huffman_code,
    js_divergence,
    kl_divergence,
    kraft_sum,
    mutual_information,
    normalize,
    shannon_lengths,
)

EPS = 1e-9
fractions = st.floats(0, 1)


def product(p, q):
    """Return the pmf of independent pairs."""
    return np.multiply.outer(p, q).ravel()


def mix(t, p, q):
    return normalize(t * p + (1 - t) * q)


# Entropy


@given(pmfs())
def test_entropy_bounds(p):
    """0 <= H(p) <= log K."""
    assert 0 <= entropy(p) <= np.log2(len(p)) + EPS


@given(st.integers(1, 50))
def test_entropy_of_equal_probabilities(k):
    """H(1/K, ..., 1/K) = log K."""
    assert entropy(np.full(k, 1 / k)) == pytest.approx(np.log2(k))


@given(pmf_pairs(), fractions)
def test_entropy_is_concave(pair, t):
    """H(t p + (1-t) q) >= t H(p) + (1-t) H(q)."""
    p, q = pair
    assert entropy(mix(t, p, q)) >= t * entropy(p) + (1 - t) * entropy(q) - EPS


@given(pmfs(), st.randoms(use_true_random=False))
def test_entropy_depends_on_the_probabilities_only(p, random):
    """H(p) is the same for every order of the outcomes."""
    order = list(range(len(p)))
    random.shuffle(order)
    assert entropy(p[order]) == pytest.approx(entropy(p))


@given(joint_pmfs())
def test_chain_rule_of_entropy(joint):
    """H(X, Y) = H(X) + sum_x p(x) H(Y | X = x)."""
    px = joint.sum(1)
    conditional = sum(m * entropy(normalize(row)) for m, row in zip(px, joint, strict=True) if m)
    assert entropy(joint.ravel()) == pytest.approx(entropy(normalize(px)) + conditional, abs=EPS)


@given(pmfs(), pmfs())
def test_entropy_of_independent_pairs_adds_up(p, q):
    """H(p x q) = H(p) + H(q)."""
    assert entropy(product(p, q)) == pytest.approx(entropy(p) + entropy(q), abs=EPS)


@given(pmfs(most=3), st.integers(1, 4))
def test_entropy_of_blocks(p, n):
    """H(X_1, ..., X_n) = n H(X) for independent symbols."""
    assert entropy(block_pmf(p, n)) == pytest.approx(n * entropy(p), abs=EPS)


# Cross-entropy and divergence


@given(pmf_pairs())
def test_gibbs(pair):
    """KL(p || q) >= 0."""
    assert kl_divergence(*pair) >= -EPS


@given(pmf_pairs())
def test_gibbs_with_equality_only_for_equal_pmfs(pair):
    """KL(p || q) = 0 only if p = q, and KL(p || p) = 0."""
    p, q = pair
    assert kl_divergence(p, p) == 0
    if np.abs(p - q).max() > 1e-6:
        assert kl_divergence(p, q) > 1e-13


@given(pmf_pairs())
def test_cross_entropy_is_entropy_plus_divergence(pair):
    """H(p, q) = H(p) + KL(p || q)."""
    p, q = pair
    assert cross_entropy(p, q) == pytest.approx(entropy(p) + kl_divergence(p, q), abs=EPS)


@given(pmfs())
def test_cross_entropy_with_oneself(p):
    """H(p, p) = H(p)."""
    assert cross_entropy(p, p) == pytest.approx(entropy(p), abs=EPS)


@given(pmf_pairs(n=3))
def test_cross_entropy_is_linear_in_the_source(triple):
    """H(t p + (1-t) p', q) = t H(p, q) + (1-t) H(p', q)."""
    p, other, q = triple
    expected = (cross_entropy(p, q) + cross_entropy(other, q)) / 2
    assert cross_entropy(mix(0.5, p, other), q) == pytest.approx(expected, abs=EPS)


@given(pmf_pairs(n=4), fractions)
def test_divergence_is_jointly_convex(pmfs4, t):
    """KL(t p + (1-t) p' || t q + (1-t) q') <= t KL(p || q) + (1-t) KL(p' || q')."""
    p, p2, q, q2 = pmfs4
    sides = [w * kl_divergence(*pair) for w, pair in ((t, (p, q)), (1 - t, (p2, q2))) if w]
    assert kl_divergence(mix(t, p, p2), mix(t, q, q2)) <= sum(sides) + EPS


@given(st.data())
def test_chain_rule_of_divergence(data):
    """KL(p(x, y) || q(x, y)) = KL(p(x) || q(x)) + sum_x p(x) KL(p(y|x) || q(y|x))."""
    a, b = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    p, q = (
        data.draw(pmfs(a * b, zeros=zeros, tiny=False)).reshape(a, b) for zeros in (True, False)
    )
    px, qx = p.sum(1), q.sum(1)
    total = kl_divergence(p.ravel(), q.ravel())
    conditional = sum(
        px[x] * kl_divergence(normalize(p[x]), normalize(q[x])) for x in range(a) if px[x]
    )
    first = kl_divergence(normalize(px), normalize(qx))
    assert total == pytest.approx(first + conditional, abs=EPS)


@given(pmf_pairs(most=5, tiny=False), pmf_pairs(most=5, tiny=False))
def test_divergence_of_independent_pairs_adds_up(first, second):
    """KL(p x p' || q x q') = KL(p || q) + KL(p' || q')."""
    (p, q), (p2, q2) = first, second
    total = kl_divergence(product(p, p2), product(q, q2))
    assert total == pytest.approx(kl_divergence(p, q) + kl_divergence(p2, q2), abs=EPS)


@given(st.data())
def test_data_processing(data):
    """KL(p W || q W) <= KL(p || q): no channel W tells two sources better apart."""
    p, q = data.draw(pmf_pairs(most=5))
    channel = data.draw(channels(len(p)))
    assert kl_divergence(normalize(p @ channel), normalize(q @ channel)) <= (
        kl_divergence(p, q) + EPS
    )


@given(pmf_pairs())
def test_pinsker(pair):
    """KL(p || q) >= |p - q|_1^2 / (2 ln 2)."""
    p, q = pair
    assert kl_divergence(p, q) >= np.abs(p - q).sum() ** 2 / (2 * np.log(2)) - EPS


@given(pmf_pairs())
def test_js_divergence_is_symmetric_and_bounded(pair):
    """0 <= JS(p, q) = JS(q, p) <= 1."""
    p, q = pair
    assert 0 <= js_divergence(p, q) <= 1 + EPS
    assert js_divergence(p, q) == pytest.approx(js_divergence(q, p), rel=1e-13)


@given(pmf_pairs())
def test_js_divergence_is_entropy_of_the_mixture(pair):
    """JS(p, q) = H((p + q)/2) - (H(p) + H(q))/2."""
    p, q = pair
    expected = entropy(mix(0.5, p, q)) - (entropy(p) + entropy(q)) / 2
    assert js_divergence(p, q) == pytest.approx(expected, abs=EPS)


@given(pmf_pairs(n=3))
def test_root_of_js_divergence_is_a_distance(triple):
    """The root is a metric: sqrt JS(p, r) <= sqrt JS(p, q) + sqrt JS(q, r)."""
    p, q, r = triple
    a, b, c = (np.sqrt(js_divergence(*pair)) for pair in ((p, r), (p, q), (q, r)))
    assert a <= b + c + EPS


# Two variables


@given(joint_pmfs())
def test_mutual_information_is_what_the_entropies_share(joint):
    """0 <= I(X; Y) = H(X) + H(Y) - H(X, Y) <= min(H(X), H(Y))."""
    hx, hy = entropy(normalize(joint.sum(1))), entropy(normalize(joint.sum(0)))
    information = mutual_information(joint)
    assert information == pytest.approx(hx + hy - entropy(joint.ravel()), abs=EPS)
    assert 0 <= information <= min(hx, hy) + EPS
    assert information == pytest.approx(mutual_information(joint.T), rel=1e-12, abs=1e-25)


@given(st.data())
def test_data_processing_of_mutual_information(data):
    """I(X; Z) <= I(X; Y) if Z depends on Y only."""
    joint = data.draw(joint_pmfs())
    channel = data.draw(channels(joint.shape[1]))
    processed = normalize((joint @ channel).ravel()).reshape(len(joint), -1)
    assert mutual_information(processed) <= mutual_information(joint) + EPS


# Gaussian densities

sigmas = st.floats(0.01, 100)
means = st.floats(-100, 100)


@given(means, sigmas, means, sigmas)
def test_gaussian_cross_entropy_is_entropy_plus_divergence(mean_p, sigma_p, mean_q, sigma_q):
    two = {"mean_p": mean_p, "sigma_p": sigma_p, "mean_q": mean_q, "sigma_q": sigma_q}
    """H(p, q) = h(p) + KL(p || q), and KL(p || q) >= 0."""
    divergence = gaussian_kl(**two)
    assert divergence >= 0
    assert gaussian_cross_entropy(**two) == pytest.approx(gaussian_entropy(sigma_p) + divergence)


# Codes


@given(pmfs(most=12))
def test_kraft(p):
    """Codeword lengths of a prefix code satisfy sum_k 2^-l_k <= 1."""
    for build in (huffman_code, fano_code):
        assert kraft_sum(build(p).lengths) <= 1


@given(st.lists(st.integers(0, 8), min_size=1, max_size=20))
def test_kraft_backwards(lengths):
    """Lengths with sum_k 2^-l_k <= 1 belong to a prefix code, and no others do."""
    if kraft_sum(lengths) <= 1:
        assert canonical_code(lengths).lengths.tolist() == lengths
    else:
        with pytest.raises(ValueError, match="the Kraft sum of lengths exceeds 1"):
            canonical_code(lengths)


@given(pmfs(zeros=False, most=12))
def test_shannon_lengths_satisfy_kraft(p):
    """2^-l_k <= p_k < 2 2^-l_k, so that sum_k 2^-l_k <= sum_k p_k."""
    lengths = shannon_lengths(p).tolist()
    for length, probability in zip(lengths, p.tolist(), strict=True):
        assert Fraction(1, 2**length) <= Fraction(probability) < Fraction(2, 2**length)


@given(pmfs(zeros=False, most=12))
def test_expected_length_lies_within_a_bit_of_the_entropy(p):
    """H(p) <= L < H(p) + 1 for Huffman's, Fano's and Shannon's lengths."""
    for lengths in (huffman_code(p).lengths, fano_code(p).lengths, shannon_lengths(p)):
        assert entropy(p) - EPS <= p @ lengths < entropy(p) + 1 + EPS


@given(pmfs(zeros=False, most=12))
def test_huffman_is_never_longer(p):
    """L(Huffman) <= L(Fano) and L(Huffman) <= L(Shannon)."""
    assume(kraft_sum(shannon_lengths(p)) <= 1)  # not so if rounding makes the sum of p exceed 1
    shortest = huffman_code(p).expected_length(p)
    assert shortest <= fano_code(p).expected_length(p) + EPS
    assert shortest <= p @ shannon_lengths(p) + EPS


def test_fano_is_longer_for_a_stored_pmf():
    """Halving the mass is not always best: (.35, .17, .17, .16, .15)."""
    p = [0.35, 0.17, 0.17, 0.16, 0.15]
    lengths = huffman_code(p).expected_length(p), fano_code(p).expected_length(p)
    assert lengths == (pytest.approx(2.30), pytest.approx(2.31))


@given(st.lists(st.integers(1, 6), min_size=2, max_size=12))
def test_dyadic_probabilities_waste_nothing(draws):
    """L = H exactly if every p_k is a power of 1/2."""
    lengths = huffman_code(normalize(draws)).lengths
    p = 0.5**lengths
    for code in (huffman_code(p), fano_code(p), canonical_code(shannon_lengths(p))):
        assert code.expected_length(p) == entropy(p)


@given(pmf_pairs(zeros=False, most=12))
def test_the_wrong_codebook(pair):
    """H(p) + KL(p || q) <= L < H(p) + KL(p || q) + 1 for the Shannon lengths of q."""
    p, q = pair
    length = p @ shannon_lengths(q)
    assert cross_entropy(p, q) - EPS <= length < cross_entropy(p, q) + 1 + EPS


@given(pmfs(zeros=False, most=3), st.integers(1, 5))
def test_blocks_close_the_gap(p, n):
    """H(p) <= L_n / n < H(p) + 1/n for the Huffman code of blocks of n symbols."""
    blocks = block_pmf(p, n)
    length = huffman_code(blocks).expected_length(blocks) / n
    assert entropy(p) - EPS <= length < entropy(p) + 1 / n + EPS
