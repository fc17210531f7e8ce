"""The losses against independent implementations, finite differences and extremes."""

import tracemalloc

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import log_loss

from xentlib import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    gaussian_nll,
    laplace_nll,
    log_softmax,
    nll,
    one_hot,
    poisson_nll,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)

E = np.e
LN2 = np.log(2)


def logits(most_classes=6, size=50):
    return st.tuples(st.integers(1, 4), st.integers(1, most_classes)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.floats(-size, size))
    )


@st.composite
def batches(draw):
    """Logits of shape (n, k) with labels."""
    z = draw(logits())
    y = draw(arrays(np.int64, len(z), elements=st.integers(0, z.shape[1] - 1)))
    return z, y


def many(seed=0, shape=(7, 5)):
    rng = np.random.default_rng(seed)
    z = 3 * rng.standard_normal(shape)
    return z, rng.integers(0, shape[-1], shape[:-1]), rng.dirichlet(np.ones(shape[-1]), shape[:-1])


# Oracles


@given(logits(size=1e4))
def test_softmax_and_log_softmax_agree_with_scipy(z):
    np.testing.assert_allclose(softmax(z), scipy.special.softmax(z, axis=-1), rtol=1e-12)
    np.testing.assert_allclose(
        log_softmax(z, base=E), scipy.special.log_softmax(z, axis=-1), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(log_softmax(z), log_softmax(z, base=E) / LN2, rtol=1e-12, atol=1e-15)


@given(batches())
def test_cross_entropy_of_labels_agrees_with_logsumexp(batch):
    z, y = batch
    expected = scipy.special.logsumexp(z, axis=-1) - z[np.arange(len(z)), y]
    got = softmax_cross_entropy(z, y, reduction="none", base=E)
    np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("scale", [1, 30, 1000])
def test_cross_entropy_to_high_precision(scale):
    z, y, t = many(shape=(20, 6))
    z *= scale
    with mpmath.workdps(200):
        for i in range(len(z)):
            total = mpmath.log(sum(mpmath.exp(mpmath.mpf(v)) for v in z[i]))
            by_label = (total - mpmath.mpf(z[i, y[i]])) / mpmath.log(2)
            by_pmf = sum(
                mpmath.mpf(p) * (total - mpmath.mpf(v)) for p, v in zip(t[i], z[i], strict=True)
            ) / mpmath.log(2)
            got = softmax_cross_entropy(z[i], y[i])
            assert got == pytest.approx(float(by_label), rel=4e-16 * scale, abs=1e-15)
            assert softmax_cross_entropy(z[i], t[i]) == pytest.approx(float(by_pmf), rel=1e-14)


def test_cross_entropy_and_nll_agree_with_scikit_learn():
    z, y, _ = many(shape=(50, 4))
    w = np.linspace(0.5, 2, 50)
    q = softmax(z)
    for weights in (None, w):
        expected = log_loss(y, q, labels=range(4), sample_weight=weights)
        assert softmax_cross_entropy(z, y, weights=weights, base=E) == pytest.approx(expected)
        assert nll(q, y, weights=weights, base=E) == pytest.approx(expected)


@given(logits(1, size=700), st.floats(0, 1))
def test_binary_cross_entropy_is_softmax_cross_entropy_of_two_classes(z, t):
    z = z[:, 0]
    two = np.stack([0 * z, z], axis=-1)
    targets = np.broadcast_to([1 - t, t], two.shape)
    expected = softmax_cross_entropy(two, targets, reduction="none")
    got = binary_cross_entropy_with_logits(z, targets=t, reduction="none")
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("loss", "parameters", "log_density"),
    [
        (gaussian_nll, {"mean": 1.5, "sigma": 0.7}, scipy.stats.norm(1.5, 0.7).logpdf),
        (laplace_nll, {"loc": 1.5, "scale": 0.7}, scipy.stats.laplace(1.5, 0.7).logpdf),
        (poisson_nll, {"rate": 2.5}, scipy.stats.poisson(2.5).logpmf),
    ],
)
def test_densities_agree_with_scipy(loss, parameters, log_density):
    x = [0, 3, 400]
    expected = -log_density(x)
    got = loss(x, reduction="none", base=E, **parameters)
    np.testing.assert_allclose(got, expected, rtol=1e-13)
    assert loss(x, **parameters) == pytest.approx(expected.mean() / LN2)
    assert loss(x, reduction="sum", **parameters) == pytest.approx(expected.sum() / LN2)


# Laws


@given(batches(), st.floats(-1e4, 1e4))
def test_a_constant_added_to_the_logits_changes_nothing(batch, c):
    z, y = batch
    np.testing.assert_allclose(softmax(z + c), softmax(z), rtol=1e-9)
    assert softmax_cross_entropy(z + c, y) == pytest.approx(
        softmax_cross_entropy(z, y), rel=1e-9, abs=1e-10
    )


@given(batches())
def test_a_label_is_the_one_hot_pmf_and_the_loss_a_cross_entropy(batch):
    z, y = batch
    t = one_hot(y, z.shape[1])
    by_label = softmax_cross_entropy(z, y, reduction="none")
    np.testing.assert_allclose(by_label, softmax_cross_entropy(z, t, reduction="none"), atol=1e-12)
    np.testing.assert_allclose(by_label, cross_entropy(t, softmax(z)), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        by_label, nll(softmax(z), y, reduction="none"), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("base", [2, E])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("kind", ["labels", "pmfs"])
def test_the_gradient_is_the_finite_difference(kind, reduction, weighted, base):
    z, y, t = many(shape=(4, 3))
    targets = y if kind == "labels" else t
    how = {"reduction": reduction, "base": base}
    if weighted:
        how["weights"] = [2, 0, 1, 0.5]
    got = softmax_cross_entropy_grad(z, targets, **how)
    h = 1e-6
    for i in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[i] = h
        slope = (
            softmax_cross_entropy(z + step, targets, **how)
            - softmax_cross_entropy(z - step, targets, **how)
        ) / (2 * h)
        assert got[i] == pytest.approx(slope, abs=1e-8)


def test_gradients_of_single_examples_sum_to_the_gradient_of_the_sum():
    z, y, _ = many()
    each = softmax_cross_entropy_grad(z, y, reduction="none")
    np.testing.assert_allclose(each, (softmax(z) - one_hot(y, 5)) / LN2, atol=1e-15)
    np.testing.assert_array_equal(each, softmax_cross_entropy_grad(z, y, reduction="sum"))
    np.testing.assert_allclose(each / 7, softmax_cross_entropy_grad(z, y), rtol=1e-14)


def test_reductions_and_weights():
    z, y, _ = many()
    each = softmax_cross_entropy(z, y, reduction="none")
    w = np.array([0, 1, 2, 3, 0, 0.5, 1])
    assert softmax_cross_entropy(z, y) == pytest.approx(each.mean())
    assert softmax_cross_entropy(z, y, reduction="sum") == pytest.approx(each.sum())
    assert softmax_cross_entropy(z, y, weights=w) == pytest.approx(each @ w / w.sum())
    assert softmax_cross_entropy(z, y, weights=w, reduction="sum") == pytest.approx(each @ w)
    np.testing.assert_allclose(
        softmax_cross_entropy(z, y, weights=w, reduction="none"), each * w, rtol=1e-15
    )


def test_an_example_of_weight_0_counts_nothing_even_if_it_costs_infinitely_much():
    assert softmax_cross_entropy([[0, -np.inf], [0, 0]], [1, 0], weights=[0, 1]) == 1
    assert softmax_cross_entropy([[0, -np.inf], [0, 0]], [1, 0]) == np.inf


def test_smoothing_mixes_in_the_uniform_pmf_and_lifts_the_floor():
    np.testing.assert_allclose(smooth_labels([1, 0, 0, 0], 0.4), [0.7, 0.1, 0.1, 0.1])
    t = smooth_labels(one_hot(3, 10), 0.1)
    assert softmax_cross_entropy(np.log(t), t, base=E) == pytest.approx(0.500, abs=5e-4)


def test_softmax_applied_twice_has_a_floor():
    sure = softmax([1e4, 0, 0])
    assert softmax_cross_entropy(sure, 0, base=E) == pytest.approx(0.551, abs=5e-4)


# Shapes, dtypes, extremes


def test_axis_can_be_any():
    z, y, t = many(shape=(3, 4, 5))
    w = np.arange(12.0).reshape(3, 4)
    turned, targets = np.moveaxis(z, -1, 1), np.moveaxis(t, -1, 1)
    np.testing.assert_array_equal(softmax(turned, axis=1), np.moveaxis(softmax(z), -1, 1))
    np.testing.assert_array_equal(log_softmax(turned, axis=1), np.moveaxis(log_softmax(z), -1, 1))
    for at, same in ((y, y), (targets, t)):
        assert softmax_cross_entropy(turned, at, axis=1, weights=w) == pytest.approx(
            softmax_cross_entropy(z, same, weights=w), rel=1e-14
        )
        np.testing.assert_allclose(
            softmax_cross_entropy_grad(turned, at, axis=1, weights=w),
            np.moveaxis(softmax_cross_entropy_grad(z, same, weights=w), -1, 1),
            rtol=1e-14,
            atol=1e-17,
        )
    assert one_hot(y, 5, axis=1).shape == (3, 5, 4)
    assert nll(softmax(turned, axis=1), y, axis=1) == pytest.approx(nll(softmax(z), y))


def test_one_target_pmf_can_stand_for_all_examples():
    z, _, t = many()
    whole = np.broadcast_to(t[0], z.shape)
    assert softmax_cross_entropy(z, t[:1]) == softmax_cross_entropy(z, whole)
    np.testing.assert_array_equal(
        softmax_cross_entropy_grad(z, t[:1]), softmax_cross_entropy_grad(z, whole)
    )


@pytest.mark.parametrize("k", [10, 1000])
def test_float32_stays_float32_and_is_close(k):
    z, y, t = many(shape=(50, k))
    w = np.linspace(1, 2, 50)
    z32, t32 = z.astype(np.float32), t.astype(np.float32)
    for function in (softmax, log_softmax):
        assert function(z32).dtype == np.float32
        np.testing.assert_allclose(function(z32), function(z), rtol=1e-4, atol=1e-7)
    for function in (softmax_cross_entropy, softmax_cross_entropy_grad):
        for low, high in ((y, y), (t32, t)):
            got = function(z32, low, weights=w)
            assert got.dtype == np.float32
            np.testing.assert_allclose(got, function(z, high, weights=w), rtol=1e-4, atol=1e-7)
    assert softmax_cross_entropy(z32, y, reduction="none").dtype == np.float32
    assert nll(t32, y).dtype == np.float32
    assert gaussian_nll(z32, mean=0, sigma=1).dtype == np.float32
    assert laplace_nll(z32, loc=0, scale=1).dtype == np.float32
    assert poisson_nll(np.float32([1, 2]), rate=1.5).dtype == np.float32
    assert binary_cross_entropy_with_logits(z32, targets=1).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits_neither_overflow_nor_warn(dtype):
    z = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, -np.inf]], dtype)
    np.testing.assert_allclose(softmax(z), [[1, 0, 0], [1 / 3] * 3, [0.5, 0.5, 0]], rtol=1e-6)
    each = softmax_cross_entropy(z, [1, 0, 0], reduction="none", base=E)
    np.testing.assert_allclose(each, [2e4, np.log(3), np.log(2)], rtol=1e-6)
    np.testing.assert_allclose(
        binary_cross_entropy_with_logits(z[0], targets=1, base=E, reduction="none")[:2], [0, 1e4]
    )
    assert softmax_cross_entropy(z, [0, 0, 2]) == np.inf
    assert np.isfinite(softmax_cross_entropy_grad(z, [1, 0, 2])).all()
    big = np.array([1e308, -1e308]) if dtype == np.float64 else np.float32([3e38, -3e38])
    np.testing.assert_array_equal(softmax(big), [1, 0])
    assert softmax_cross_entropy(big, 1) == np.inf


def test_a_class_that_cannot_occur_costs_nothing_where_the_target_is_0():
    assert softmax_cross_entropy([[0, 0, -np.inf]], [[0.5, 0.5, 0]]) == 1
    assert softmax_cross_entropy([[0, 0, -np.inf]], [[0.5, 0.25, 0.25]]) == np.inf
    np.testing.assert_array_equal(
        softmax_cross_entropy_grad([[0, 0, -np.inf]], [[0.5, 0.5, 0]]), [[0, 0, 0]]
    )


def test_a_single_class_and_single_examples():
    assert softmax([5]) == 1
    assert softmax_cross_entropy([[7.0], [0.0]], [0, 0]) == 0
    for value in (
        softmax_cross_entropy([1, 2], 0),
        nll([0.5, 0.5], 1),
        gaussian_nll(0, mean=0, sigma=1),
    ):
        assert np.isscalar(value)
    assert np.isscalar(gaussian_nll(0, mean=0, sigma=1, reduction="none"))


def test_empty_batches():
    z = np.empty((0, 3))
    y = np.empty(0, int)
    assert softmax(z).shape == log_softmax(z).shape == (0, 3)
    assert softmax_cross_entropy(z, y, reduction="none").shape == (0,)
    assert softmax_cross_entropy(z, [], reduction="sum") == 0
    assert softmax_cross_entropy_grad(z, y, reduction="sum").shape == (0, 3)
    assert gaussian_nll(np.empty((0, 2)), mean=0, sigma=1, reduction="none").shape == (0, 2)
    for loss in (softmax_cross_entropy, softmax_cross_entropy_grad):
        with pytest.raises(ValueError, match="no example to take the mean of"):
            loss(z, y)


def test_rows_wider_than_a_tile_are_summed_in_parts():
    z, y, t = many(shape=(2, 150_000))
    np.testing.assert_allclose(softmax(z), scipy.special.softmax(z, -1), rtol=1e-12)
    np.testing.assert_allclose(log_softmax(z, base=E), scipy.special.log_softmax(z, -1), rtol=1e-12)
    assert softmax_cross_entropy(z, t) == pytest.approx(cross_entropy(t, softmax(z)).mean())
    assert softmax_cross_entropy(z, y) == pytest.approx(
        cross_entropy(one_hot(y, 150_000), softmax(z)).mean()
    )
    np.testing.assert_allclose(
        softmax_cross_entropy_grad(z, t, reduction="sum") * LN2, softmax(z) - t, atol=1e-15
    )


def test_temporaries_do_not_grow_with_the_input():
    def peak(n):
        z, y, t = np.zeros((n, 20)), np.zeros(n, int), np.full((n, 20), 0.05)
        x = np.zeros(20 * n)
        runs = (
            lambda: softmax_cross_entropy(z, y),
            lambda: softmax_cross_entropy(z, t),
            lambda: gaussian_nll(x, mean=0, sigma=1),
        )
        peaks = []
        for run in runs:
            run()
            tracemalloc.start()
            run()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        return np.array(peaks)

    small, large = peak(20_000), peak(160_000)
    assert (large < 1.1 * small).all()
    assert (large < 4e6).all()


# Errors


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: softmax([0, np.nan]), ValueError, r"logits\[1\] is nan"),
        (lambda: softmax([[0, 1], [np.inf, 0]]), ValueError, r"logits\[1, 0\] is inf"),
        (
            lambda: softmax([[0, 1], [-np.inf, -np.inf]]),
            ValueError,
            r"logits\[1\] is -inf for",
        ),
        (lambda: softmax([[0, 1], [np.nan, 0]], axis=0), ValueError, r"logits\[1, 0\] is nan"),
        (lambda: softmax(3), ValueError, "logits is the single number 3"),
        (lambda: log_softmax([1, 2], base=1), ValueError, "base is 1"),
        (lambda: one_hot([0, 4], 3), ValueError, r"labels\[1\] is 4"),
        (lambda: one_hot([0.0], 3), TypeError, r"\.astype\(int\)"),
        (lambda: smooth_labels([1, 0], 1.5), ValueError, "epsilon is 1.5"),
        (lambda: smooth_labels([1, 1], 0.5), ValueError, "p sums to 2.0"),
        (lambda: nll([[0.5, 0.5]], [2]), ValueError, r"labels\[0\] is 2"),
        (lambda: nll([[0.5, 0.5]], [0, 1]), ValueError, r"labels has shape \(2,\), but \(1,\)"),
        (lambda: softmax_cross_entropy([[0, 1]], [2]), ValueError, r"targets\[0\] is 2"),
        (lambda: softmax_cross_entropy([[0, 1]], [0.0]), ValueError, r"labels \(\.astype\(int\)\)"),
        (lambda: softmax_cross_entropy([[0, 1]] * 2, [0.0, 1.0]), ValueError, "as labels"),
        (lambda: softmax_cross_entropy([[0, 1]], [[1, 0]]), ValueError, "targets has shape"),
        (
            lambda: softmax_cross_entropy([[0, 1]], [[0.5, 0.6]]),
            ValueError,
            "targets.* sums to 1.1",
        ),
        (lambda: softmax_cross_entropy([[0, 1]], [0], reduction="avg"), ValueError, "reduction is"),
        (
            lambda: softmax_cross_entropy([[0, 1]], [0], weights=[-1]),
            ValueError,
            r"weights\[0\] is -1",
        ),
        (lambda: softmax_cross_entropy([[0, 1]], [0], weights=[1, 2]), ValueError, "class_weights"),
        (lambda: softmax_cross_entropy([[0, 1]], [0], weights=[0]), ValueError, "0 everywhere"),
        (
            lambda: binary_cross_entropy_with_logits([0, 1], targets=[0, 2]),
            ValueError,
            r"targets\[1\] is 2",
        ),
        (lambda: gaussian_nll([0, np.inf], mean=0, sigma=1), ValueError, r"x\[1\] is inf"),
        (lambda: gaussian_nll([0, 1], mean=0, sigma=[1, 0]), ValueError, r"sigma\[1\] is 0"),
        (lambda: gaussian_nll([0, 1], mean=[0, 1, 2], sigma=1), ValueError, "shapes do not agree"),
        (lambda: laplace_nll([0, 1], loc=0, scale=-1), ValueError, "scale is -1"),
        (lambda: poisson_nll([0, 1.5], rate=1), ValueError, r"counts\[1\] is 1.5"),
        (lambda: poisson_nll([0, -1], rate=1), ValueError, r"counts\[1\] is -1"),
        (lambda: poisson_nll([0, 1], rate=-1), ValueError, "rate is -1"),
    ],
)
def test_errors_name_the_argument_the_value_and_the_place(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
