"""Each measure against an independent computation, at the extremes too."""

import tracemalloc
from collections import Counter
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score
from strategies import close_pairs, joint_pmfs, pmf_pairs, pmfs

from xentlib import (
    cross_entropy,
    entropy,
    gaussian_cross_entropy,
    gaussian_entropy,
    gaussian_kl,
    js_divergence,
    kl_divergence,
    mutual_information,
    normalize,
    perplexity,
    surprisal,
)

BASES = (2, np.e, 10)


def exact(x):
    return [mpmath.mpf(float(value)) for value in np.ravel(x)]


def log2(x):
    return mpmath.log(x, 2)


def exact_entropy(p):
    return mpmath.fsum(-a * log2(a) for a in exact(p) if a)


def exact_cross_entropy(p, q):
    pairs = [(a, b) for a, b in zip(exact(p), exact(q), strict=True) if a]
    return (
        mpmath.inf if any(b == 0 for _, b in pairs) else -mpmath.fsum(a * log2(b) for a, b in pairs)
    )


def exact_kl(p, q):
    """Return the sum of p log p/q - p + q: the last two cancel but for the rounding of the sums."""
    pairs = list(zip(exact(p), exact(q), strict=True))
    if any(a and not b for a, b in pairs):
        return mpmath.inf
    nats = (a * mpmath.log(a / b) - a + b if a else b for a, b in pairs)
    return mpmath.fsum(nats) / mpmath.log(2)


def exact_js(p, q):
    middle = [(a + b) / 2 for a, b in zip(exact(p), exact(q), strict=True)]
    return sum(
        a * log2(a / m) / 2 for x in (p, q) for a, m in zip(exact(x), middle, strict=True) if a
    )


def exact_mutual_information(joint):
    table = mpmath.matrix(joint.tolist())
    table /= mpmath.fsum(table)
    rows, columns = range(table.rows), range(table.cols)
    px = [mpmath.fsum(table[i, j] for j in columns) for i in rows]
    py = [mpmath.fsum(table[i, j] for i in rows) for j in columns]
    return mpmath.fsum(
        table[i, j] * log2(table[i, j] / px[i] / py[j])
        for i in rows
        for j in columns
        if table[i, j]
    )


def assert_equal_to(exact_value, value, relative, absolute=1e-28):
    """Compare with mpmath, 60 digits; `absolute` is for values that rounding of p makes."""
    if mpmath.isinf(exact_value):
        assert value == np.inf
    else:
        error = abs(mpmath.mpf(float(value)) - exact_value)
        assert error <= relative * abs(exact_value) + absolute


@pytest.fixture(autouse=True)
def sixty_digits():
    with mpmath.workdps(60):
        yield


# Exactness


@given(pmfs())
def test_entropy_is_exact(p):
    with mpmath.workdps(60):
        assert_equal_to(exact_entropy(p), entropy(p), 1e-15)


@given(pmf_pairs())
def test_cross_entropy_is_exact(pair):
    with mpmath.workdps(60):
        assert_equal_to(exact_cross_entropy(*pair), cross_entropy(*pair), 1e-15)


@given(pmf_pairs())
def test_kl_divergence_is_exact(pair):
    with mpmath.workdps(60):
        assert_equal_to(exact_kl(*pair), kl_divergence(*pair), 1e-12)


@given(pmf_pairs())
def test_js_divergence_is_exact(pair):
    with mpmath.workdps(60):
        assert_equal_to(exact_js(*pair), js_divergence(*pair), 1e-12)


@given(joint_pmfs())
def test_mutual_information_is_exact(joint):
    with mpmath.workdps(60):
        value = mutual_information(joint)
        assert_equal_to(exact_mutual_information(joint), value, 1e-12, absolute=1e-25)
        assert value >= 0


@given(close_pairs())
def test_kl_divergence_keeps_its_digits_where_p_and_q_are_close(pair):
    """KL = sum p log p/q, for q = p (1 + 1e-8 noise): relative error at most 1e-6."""
    with mpmath.workdps(60):
        # 1e-22: where the sums differ by just as much as the divergence, the two cancel
        assert_equal_to(exact_kl(*pair), kl_divergence(*pair), 1e-6, absolute=1e-22)
        assert_equal_to(exact_js(*pair), js_divergence(*pair), 1e-12)


@pytest.mark.parametrize("shape", [(10,), (1000,), (40_000,), (4, 50)])
def test_kl_divergence_of_close_rows_of_any_length(shape):
    rng = np.random.default_rng(8)
    p = rng.dirichlet(np.ones(shape[-1]), shape[:-1])
    q = p * (1 + 1e-8 * rng.standard_normal(shape))
    q /= q.sum(-1, keepdims=True)
    values = np.ravel(kl_divergence(p, q))
    for row, (a, b) in enumerate(
        zip(p.reshape(-1, shape[-1]), q.reshape(-1, shape[-1]), strict=True)
    ):
        assert_equal_to(exact_kl(a, b), values[row], 1e-6)


def test_where_the_sums_agree_close_pmfs_never_have_a_negative_divergence():
    """With p = 1/2 -+ d the divergence is 2 d^2 nats to first order; the naive sum is wrong."""
    for exponent in range(2, 50):
        d = 2.0**-exponent
        p, q = np.array([0.5, 0.5]), np.array([0.5 + d, 0.5 - d])
        ours = kl_divergence(p, q, base=np.e)
        assert ours > 0
        np.testing.assert_allclose(ours, -np.log1p(-4 * d * d) / 2, rtol=1e-13)
    naive = np.sum(p * np.log(p / q))
    assert naive <= 0 < ours


def test_other_implementations_lose_what_kl_divergence_keeps():
    """The divergence is 2**-59 / ln 2 bits; scipy.stats normalises and loses all digits."""
    p = np.array([0.1, 0.2, 0.3, 0.4])
    q = p + 2.0**-31 * np.array([1, -1, 1, -1])
    value = float(exact_kl(p, q))
    assert abs(kl_divergence(p, q) / value - 1) < 1e-6
    assert abs(np.sum(p * np.log2(p / q)) / value - 1) > 1e-3


@given(pmf_pairs(), st.sampled_from(BASES))
def test_pmfs_agree_with_scipy(pair, base):
    p, q = pair
    np.testing.assert_allclose(entropy(p, base=base), scipy.stats.entropy(p, base=base), atol=1e-12)
    np.testing.assert_allclose(
        kl_divergence(p, q, base=base),
        scipy.special.rel_entr(p, q).sum() / np.log(base),
        rtol=1e-9,
        atol=1e-12,
    )


def test_mutual_information_agrees_with_scikit_learn():
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 4, 500), rng.integers(0, 3, 500)
    y = np.where(rng.random(500) < 0.6, x % 3, y)
    counts = np.zeros((4, 3))
    np.add.at(counts, (x, y), 1)
    np.testing.assert_allclose(
        mutual_information(counts / 500, base=np.e), mutual_info_score(x, y), rtol=1e-13
    )


GAUSSIANS = "mean_p", "sigma_p", "mean_q", "sigma_q"
positive = st.floats(1e-6, 1e6)
real = st.floats(-1e3, 1e3)


@given(real, positive, real, positive)
def test_gaussians_are_exact(mean_p, sigma_p, mean_q, sigma_q):
    two = dict(zip(GAUSSIANS, (mean_p, sigma_p, mean_q, sigma_q), strict=True))
    with mpmath.workdps(60):
        a, b, c, d = exact(list(two.values()))
        cost = (b**2 + (a - c) ** 2) / (2 * d**2) / mpmath.log(2)
        own = log2(2 * mpmath.pi * mpmath.e * b**2) / 2
        total = log2(2 * mpmath.pi * d**2) / 2 + cost
        assert_equal_to(own, gaussian_entropy(sigma_p), 1e-15, absolute=1e-15)
        assert_equal_to(total, gaussian_cross_entropy(**two), 1e-15, absolute=1e-14)
        value = gaussian_kl(**two)
        assert_equal_to(total - own, value, 1e-13)
        assert value >= 0


def test_gaussians_agree_with_quadrature():
    """The integrals of p log 1/q and p log p/q, by adaptive quadrature."""
    p, q = scipy.stats.norm(1, 0.7), scipy.stats.norm(-0.5, 1.3)
    cross, _ = scipy.integrate.quad(lambda x: -p.pdf(x) * q.logpdf(x), -12, 12)
    divergence, _ = scipy.integrate.quad(lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), -12, 12)
    np.testing.assert_allclose(
        gaussian_cross_entropy(mean_p=1, sigma_p=0.7, mean_q=-0.5, sigma_q=1.3, base=np.e), cross
    )
    np.testing.assert_allclose(
        gaussian_kl(mean_p=1, sigma_p=0.7, mean_q=-0.5, sigma_q=1.3, base=np.e), divergence
    )
    np.testing.assert_allclose(gaussian_entropy(0.7, base=np.e), p.entropy())


@given(st.floats(0, 1, exclude_min=True))
def test_surprisal_is_exact(p):
    with mpmath.workdps(60):
        assert_equal_to(-log2(mpmath.mpf(p)), surprisal(p), 1e-15)


# Contracts


@pytest.mark.parametrize("k", [1, 3, 70])
@pytest.mark.parametrize("base", BASES)
def test_rows_are_evaluated_one_by_one_whatever_the_axis_and_the_shapes(k, base):
    rng = np.random.default_rng(k)
    p, q = rng.dirichlet(np.ones(k), (2, 3, 4)), rng.dirichlet(np.ones(k), (3, 1))
    q_full = np.broadcast_to(q, p.shape)
    for measure in (cross_entropy, kl_divergence, js_divergence):
        value = measure(p, q, base=base)
        rows = [
            measure(a, b, base=base)
            for a, b in zip(p.reshape(-1, k), q_full.reshape(-1, k), strict=True)
        ]
        assert value.shape == (2, 3, 4)
        np.testing.assert_allclose(value.ravel(), rows, rtol=1e-13, atol=1e-15)
        moved = measure(np.moveaxis(p, -1, 1), np.moveaxis(q_full, -1, 1), base=base, axis=1)
        np.testing.assert_allclose(moved, value, rtol=1e-13, atol=1e-15)
    value = entropy(p, base=base)
    np.testing.assert_allclose(entropy(np.moveaxis(p, -1, 0), base=base, axis=0), value, rtol=1e-13)
    np.testing.assert_allclose(perplexity(p), 2.0 ** entropy(p))
    np.testing.assert_allclose(perplexity(p, q), 2.0 ** cross_entropy(p, q))


def test_a_single_pmf_gives_a_number():
    p = [0.5, 0.5]
    for value in (
        surprisal(0.5),
        entropy(p),
        cross_entropy(p, p),
        kl_divergence(p, p),
        js_divergence(p, p),
        mutual_information([p]),
        perplexity(p),
        gaussian_entropy(1),
        gaussian_cross_entropy(mean_p=0, sigma_p=1, mean_q=0, sigma_q=1),
        gaussian_kl(mean_p=0, sigma_p=1, mean_q=0, sigma_q=1),
    ):
        assert isinstance(value, np.floating)
        assert not np.signbit(value) or value < 0


def test_float32_is_kept_and_right():
    rng = np.random.default_rng(0)
    for shape in [(3, 10), (200, 100), (1_000_000,)]:
        p, q = (rng.dirichlet(np.ones(shape[-1]), shape[:-1]).astype(np.float32) for _ in "pq")
        p64, q64 = p.astype(float), q.astype(float)
        for value, reference in (
            (entropy(p), -scipy.special.xlogy(p64, p64).sum(-1) / np.log(2)),
            (cross_entropy(p, q), -scipy.special.xlogy(p64, q64).sum(-1) / np.log(2)),
            (kl_divergence(p, q), scipy.special.rel_entr(p64, q64).sum(-1) / np.log(2)),
            (js_divergence(p, q), scipy.spatial.distance.jensenshannon(p64, q64, 2, axis=-1) ** 2),
        ):
            assert value.dtype == np.float32
            np.testing.assert_allclose(value, reference, rtol=1e-5)
    assert entropy(np.full(1 << 20, 2.0**-20, np.float32)) == 20
    assert surprisal(np.float32(0.5)).dtype == np.float32
    assert (
        gaussian_kl(**dict(zip(GAUSSIANS, np.float32([0, 1, 1, 2]), strict=True))).dtype
        == np.float32
    )
    assert normalize(np.float32([1, 3])).dtype == np.float32
    assert kl_divergence(np.float32([0.5, 0.5]), [0.5, 0.5]).dtype == np.float64


def test_zeros():
    """0 log 0 = 0, and an outcome the model has no word for costs infinitely much."""
    assert entropy([1, 0, 0]) == 0
    assert cross_entropy([0.5, 0.5, 0], [0.25, 0.75, 0]) < np.inf
    assert cross_entropy([0.5, 0.5], [1, 0]) == np.inf
    assert kl_divergence([0.5, 0.5], [1, 0]) == np.inf
    assert kl_divergence([1, 0], [0.5, 0.5]) == 1
    assert perplexity([0.5, 0.5], [1, 0]) == np.inf
    assert js_divergence([1, 0], [0, 1]) == 1
    np.testing.assert_array_equal(kl_divergence([[0.5, 0.5], [1, 0]], [1, 0]), [np.inf, 0])
    np.testing.assert_array_equal(surprisal([0, 1]), [np.inf, 0])


def test_zeros_far_into_a_large_array():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), 60_000)
    q = rng.dirichlet(np.ones(4), 60_000)
    p[40_000], p[50_000], q[40_000] = [1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.5, 0, 0.25, 0.25]
    q[55_000] = [0, 1, 0, 0]
    values = kl_divergence(p, q), cross_entropy(p, q), entropy(p), js_divergence(p, q)
    for row in (0, 39_999, 40_000, 50_000, 55_000, 59_999):
        one = p[row], q[row]
        expected = kl_divergence(*one), cross_entropy(*one), entropy(p[row]), js_divergence(*one)
        np.testing.assert_allclose([v[row] for v in values], expected, rtol=1e-12)


def test_a_long_row_is_the_sum_of_its_tiles():
    rng = np.random.default_rng(1)
    p, q = rng.dirichlet(np.ones(200_000), 2)
    p[70_000:70_010] = 0
    p /= p.sum()
    np.testing.assert_allclose(entropy(p), scipy.stats.entropy(p, base=2), rtol=1e-13)
    np.testing.assert_allclose(
        kl_divergence([p, q], q), [scipy.stats.entropy(p, q, base=2), 0], rtol=1e-12, atol=1e-15
    )
    q = np.where(np.arange(200_000) == 150_000, 0, q)
    q /= q.sum()
    assert kl_divergence(p, q) == np.inf


def test_extremes_give_neither_warnings_nor_overflow():
    tiny = np.array([[1, 1e-300], [1, 5e-324], [1, 0]])
    for p in tiny:
        for q in tiny:
            for measure in (cross_entropy, kl_divergence, js_divergence):
                value = measure(p, q)
                assert abs(value) < 1e-290 or (value == np.inf and q[1] == 0 < p[1])
    assert kl_divergence([0.5, 0.5], [1, 5e-324]) == pytest.approx(536, rel=1e-15)  # 1074/2 - 1
    assert mutual_information([[1, 0], [0, 1e-200]]) == pytest.approx(1e-200 * 200 * np.log2(10))
    assert gaussian_kl(mean_p=0, sigma_p=1e-200, mean_q=0, sigma_q=1) > 600
    assert gaussian_cross_entropy(mean_p=0, sigma_p=1e200, mean_q=0, sigma_q=1e-200) == np.inf
    np.testing.assert_array_equal(normalize([1e308, 1e308]), [0.5, 0.5])
    np.testing.assert_array_equal(normalize([5e-324, 5e-324]), [0.5, 0.5])


def test_one_outcome_carries_no_information():
    one = [1.0]
    assert entropy(one) == cross_entropy(one, one) == kl_divergence(one, one) == 0
    assert js_divergence(one, one) == mutual_information([one]) == 0
    assert perplexity(one) == 1


def test_no_pmfs_give_no_values():
    none = np.empty((0, 3))
    for measure in (cross_entropy, kl_divergence, js_divergence):
        assert measure(none, none).shape == (0,)
        assert measure(none, [0.5, 0.25, 0.25]).shape == (0,)
    assert entropy(none).shape == perplexity(none).shape == (0,)
    assert mutual_information(np.empty((0, 2, 2))).shape == (0,)
    assert normalize(none).shape == (0, 3)
    assert surprisal([]).shape == (0,)


@pytest.mark.parametrize("k", [10, 1000, 3_000_000])
def test_temporaries_do_not_grow_with_the_input(k):
    n = 3_000_000 // k
    rng = np.random.default_rng(0)
    p, q = normalize(rng.random((n, k))), normalize(rng.random((n, k)))
    q[n // 2] = p[n // 2]  # a close row takes the other path as well
    for measure in (lambda: entropy(p), lambda: cross_entropy(p, q), lambda: kl_divergence(p, q)):
        tracemalloc.start()
        result = measure()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2 * result.nbytes + 8e6 < p.nbytes


@pytest.mark.parametrize("counts", [[3, 1], [[1, 1], [0, 5]], [0.0, 1e-300]])
def test_normalize_divides_by_the_sum(counts):
    p = normalize(counts)
    np.testing.assert_allclose(p.sum(-1), 1)
    np.testing.assert_allclose(p, counts / np.sum(counts, -1, keepdims=True))
    np.testing.assert_allclose(normalize(np.transpose(counts), axis=0), np.transpose(p))


# Errors


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: entropy([0.5, np.nan]), "p[1] is nan: a probability cannot be missing"),
        (lambda: entropy([-0.5, 1.5]), "p[0] is -0.5: a probability cannot be negative"),
        (lambda: entropy([[1, 0], [2, 2]]), "p[1] sums to 4.0, not 1: if these are weights or"),
        (lambda: entropy([[1, 2], [0, 2]], axis=0), "p[:, 1] sums to 4.0, not 1"),
        (lambda: entropy([[1, 1], [0, -1]], axis=0), "p[1, 1] is -1.0"),
        (lambda: entropy([]), "p is empty along axis -1"),
        (lambda: entropy(1), "p is the single number 1.0"),
        (lambda: entropy([1], axis=1), "axis=1 does not exist: p has shape (1,)"),
        (lambda: entropy([[1], [0.5, 0.5]]), "p is no rectangular array"),
        (lambda: entropy([1], base=1), "base is 1, but must be greater than 1"),
        (lambda: entropy([1], base=0), "base is 0, but must be"),
        (lambda: entropy([1], base=np.nan), "base is nan, but must be"),
        (lambda: cross_entropy([1], [0.5, 0.5]), "p has 1 outcomes and q has 2"),
        (lambda: cross_entropy([-1, 2], [0.5, 0.5]), "p[0] is -1.0"),
        (lambda: cross_entropy([0.5, 0.5], [2, -1]), "q[1] is -1.0"),
        (lambda: kl_divergence([2, -1], [2, -1]), "[1] is -1.0: a probability cannot be negative"),
        (lambda: kl_divergence([2, -1], [0.5, 0.5]), "p[1] is -1.0"),
        (lambda: kl_divergence([2, -1], [1, 0]), "p[1] is -1.0"),
        (lambda: kl_divergence([0.5, 0.5], [2, -1]), "q[1] is -1.0"),
        (lambda: kl_divergence([0.5, 0.5], [np.inf, 0]), "q[0] is inf: a probability is at most 1"),
        (lambda: js_divergence([0.5, 0.5], [2, -1]), "q[1] is -1.0"),
        (lambda: js_divergence([0.5, 0.5], [1, 1]), "q sums to 2.0"),
        (
            lambda: kl_divergence(np.ones((2, 1)), np.ones((3, 1))),
            "the leading axes, all but that of the outcomes, do not broadcast: p has shape (2,)",
        ),
        (lambda: mutual_information([0.5, 0.5]), "joint has shape (2,), but needs two axes"),
        (lambda: mutual_information([[0.5], [0.6]]), "joint sums to 1.1"),
        (lambda: mutual_information([[0.5, -0.5], [0.5, 0.5]]), "joint[0, 1] is -0.5"),
        (lambda: surprisal([0.5, 1.5]), "p[1] is 1.5: a probability lies between 0 and 1"),
        (lambda: normalize([0, 0]), "counts is 0 everywhere"),
        (lambda: normalize([[1, 1], [0, 0]]), "counts[1] is 0 everywhere"),
        (lambda: normalize([1, -1]), "counts[1] is -1.0: a weight must be finite"),
        (lambda: gaussian_entropy([1, 0]), "sigma[1] is 0.0, but must be greater than 0"),
        (
            lambda: gaussian_kl(mean_p=0, sigma_p=1, mean_q=np.inf, sigma_q=1),
            "mean_q is inf, but must be a finite number",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=r"\A.*") as caught:
        call()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ("ab", "p must hold real numbers, but holds text such as ab: convert it first"),
        ([b"1"], "p must hold real numbers, but holds text such as b'1'"),
        ([1j, 1], "p must hold real numbers, but its dtype is complex128"),
        ([0.5, None], "p must hold real numbers, but holds NoneType"),
        ([Fraction(1, 2)] * 2, r"type Fraction: pass np\.array\(p, float\)"),
        ((x for x in [0.5, 0.5]), r"p is a generator: pass list\(p\)"),
        (Counter("aab").values(), r"p is a dict_values: pass list\(p\)"),
        (Counter("aab"), r"p is a Counter: pass list\(p\.values\(\)\)"),
        ({0.25, 0.75}, "p is a set: pass a list, which has an order"),
        (np.ma.array([0.5, 0.5, 0.5], mask=[0, 0, 1]), "p is a masked array"),
        ([np.ma.array([0.5, 0.5, 0.5], mask=[0, 0, 1])], "p is a masked array"),
    ],
)
def test_what_is_no_number_is_refused(p, message):
    with pytest.raises(TypeError, match=message):
        entropy(p)


@pytest.mark.parametrize("k", [3, 5000, 300_000])
@pytest.mark.parametrize("bad", [np.nan, -1.0, 2.0])
def test_a_bad_entry_is_found_wherever_it_is(k, bad):
    n = 600_000 // k
    p = np.full((n, k), 1 / k)
    p[n - 1, k - 1] = bad
    good = np.full(k, 1 / k)
    for call in (
        lambda: entropy(p),
        lambda: cross_entropy(p, good),
        lambda: kl_divergence(p, good),
        lambda: kl_divergence(good, p),
        lambda: cross_entropy(good, p),
        lambda: js_divergence(p, good),
    ):
        with pytest.raises(ValueError, match=rf"^[pq]\[{n - 1}(, {k - 1}\] is {bad}|\] sums to)"):
            call()


@pytest.mark.parametrize("k", [2, 10, 1000, 50_000, 1_000_000])
def test_what_a_softmax_in_float32_gives_is_a_pmf_after_a_cast(k):
    rng = np.random.default_rng(k)
    z = np.float32(3) * rng.standard_normal((max(1, 100_000 // k), k), np.float32)
    e = np.exp(z - z.max(-1, keepdims=True))
    q = e / e.sum(-1, keepdims=True)
    for p in (q, q.astype(np.float64)):
        assert (entropy(p) >= 0).all()
        assert (kl_divergence(p, q[0]) >= 0).all()


def test_the_tolerance_of_a_sum():
    """2**-22 (4 + sqrt(K)), whatever the dtype: what rounding to float32 explains."""
    for dtype in (np.float64, np.float32):
        entropy(np.array([0.5, 0.5 + 1.2e-6], dtype))
        for p, why in ((2e-6, "were rounded"), (0.5, "are weights or counts")):
            with pytest.raises(ValueError, match=f"if these {why}, pass normalize"):
                entropy(np.array([0.5, 0.5 + p], dtype))
