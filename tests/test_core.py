"""What was once got wrong, each with its true value; and one bad entry anywhere is an error."""

import math
import warnings

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xentlib
from xentlib import (
    _blocks,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    empirical_pmf,
    entropy,
    gaussian_cross_entropy,
    gaussian_entropy,
    gaussian_kl,
    gaussian_nll,
    js_divergence,
    kl_divergence,
    laplace_nll,
    likelihood_lines,
    log_likelihood,
    log_softmax,
    maximum_likelihood,
    mutual_information,
    nll,
    normalize,
    one_hot,
    perplexity,
    poisson_nll,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    surprisal,
)

E = np.e

# One bad entry anywhere: every row of every argument is checked, whatever came before it.

PMF_CALLS = {
    "entropy": lambda p, q: entropy(p),
    "cross_entropy": cross_entropy,
    "kl_divergence": kl_divergence,
    "js_divergence": js_divergence,
    "perplexity": perplexity,
    "nll": lambda p, q: nll(p, np.zeros(p.shape[:-1], int)),
    "smooth_labels": lambda p, q: smooth_labels(p, 0.1),
    "softmax_cross_entropy": lambda p, q: softmax_cross_entropy(np.zeros_like(p), p),
    "softmax_cross_entropy_grad": lambda p, q: softmax_cross_entropy_grad(np.zeros_like(p), p),
    "mutual_information": lambda p, q: mutual_information(p[..., None]),
}
OF_TWO = ("cross_entropy", "kl_divergence", "js_divergence", "perplexity")


@st.composite
def one_bad_pmf(draw):
    """Return pmfs with zeros, of which one entry was made bad, and pmfs of a broadcast shape."""
    lead = tuple(draw(st.lists(st.integers(1, 4), min_size=0, max_size=3)))
    k = draw(st.integers(2, 9))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    p = rng.dirichlet(np.full(k, draw(st.sampled_from([0.05, 1.0, 50.0]))), lead)
    p = np.where(p < 1e-3, 0, p)
    p[..., 0] += 1 - p.sum(-1)
    if lead and draw(st.booleans()):
        p[(0,) * len(lead)] = np.eye(k)[0]  # zeros come first
    where = tuple(draw(st.integers(0, n - 1)) for n in p.shape)
    bad = draw(st.sampled_from(["negative", "nan", "inf", "above"]))
    other = (*where[:-1], (where[-1] + 1) % k)
    if bad == "negative":  # the sum stays 1
        p[other] += p[where] + 0.25
        p[where] = -0.25
    else:
        p[where] = {"nan": np.nan, "inf": np.inf, "above": p[where] + 0.1}[bad]
    broadcast = draw(st.sampled_from(["same", "single", "ones"]))
    shape = {"same": lead, "single": (), "ones": tuple(1 for _ in lead)}[broadcast]
    q = rng.dirichlet(np.ones(k), shape)
    dtype = draw(st.sampled_from([np.float64, np.float32]))
    return p.astype(dtype), q.astype(draw(st.sampled_from([np.float64, dtype])))


@pytest.mark.parametrize("name", PMF_CALLS)
@given(pair=one_bad_pmf(), tile=st.sampled_from([1, 3, 8, 1 << 15]), axis=st.booleans())
def test_a_bad_probability_anywhere_is_refused(name, pair, tile, axis):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "TILE", tile)
        bad, good = pair
        with pytest.raises(ValueError, match=r"(p|q|targets|joint).* (is|sums to) "):
            PMF_CALLS[name](bad, good)
        if name in OF_TWO:
            with pytest.raises(ValueError, match=r"q.* (is|sums to) "):
                PMF_CALLS[name](good, bad)
            with pytest.raises(ValueError, match=r"p.* (is|sums to) "):
                PMF_CALLS[name](bad.T, np.broadcast_to(good, bad.shape).T, axis=0)


LOGIT_CALLS = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "labels": lambda z: softmax_cross_entropy(z, np.zeros(z.shape[:-1], int)),
    "pmfs": lambda z: softmax_cross_entropy(z, np.full(z.shape, 1 / z.shape[-1])),
    "gradient": lambda z: softmax_cross_entropy_grad(z, np.zeros(z.shape[:-1], int)),
}


@pytest.mark.parametrize("name", LOGIT_CALLS)
@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    seed=st.integers(0, 99),
    bad=st.sampled_from([np.nan, np.inf, "row"]),
    tile=st.sampled_from([1, 3, 1 << 15]),
)
def test_a_bad_score_anywhere_is_refused(name, shape, seed, bad, tile):
    rng = np.random.default_rng(seed)
    z = np.where(rng.random(shape) < 0.3, -np.inf, rng.standard_normal(shape))
    z[..., 0] = 0
    where = tuple(rng.integers(0, n) for n in shape)
    if bad == "row":
        z[where[:-1]] = -np.inf
    else:
        z[where] = bad
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "TILE", tile)
        with pytest.raises(ValueError, match=r"logits.* is (nan|inf|-inf for every class)"):
            LOGIT_CALLS[name](z)


ELEMENTWISE = {
    "binary_cross_entropy": (binary_cross_entropy, "q targets", 0.5),
    "binary_cross_entropy_with_logits": (binary_cross_entropy_with_logits, "logits targets", 0.5),
    "gaussian_nll": (gaussian_nll, "x mean sigma", 0.5),
    "laplace_nll": (laplace_nll, "x loc scale", 0.5),
    "poisson_nll": (poisson_nll, "counts rate", 3.0),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(data=st.data())
def test_a_bad_number_anywhere_is_refused(name, data):
    loss, names, value = ELEMENTWISE[name]
    shape = tuple(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    args = {n: np.full(shape, value) for n in (*names.split(), "weights")}
    which = data.draw(st.sampled_from(list(args)))
    where = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    args[which][where] = data.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    with pytest.raises(ValueError, match=rf"{which}\[.*\] is "):
        loss(args.pop(names.split()[0]), **args)


# Silent wrong answers


def test_a_negative_probability_in_a_late_tile_after_zeros():
    p = np.full((20_000, 4), 0.25)
    p[0] = [1, 0, 0, 0]
    p[-1] = [-0.5, 0.5, 0.5, 0.5]
    u = [0.25] * 4
    for call in (
        lambda: entropy(p),
        lambda: perplexity(p),
        lambda: kl_divergence(p, u),
        lambda: cross_entropy(p, u),
        lambda: js_divergence(p, u),
        lambda: kl_divergence(u, p),
    ):
        with pytest.raises(ValueError, match=r"\[19999, 0\] is -0.5: a probability cannot be neg"):
            call()


def test_two_negative_marginals_make_no_joint_pmf():
    joint = np.outer([-0.5, 1.5], [0.3, 0.7])
    with pytest.raises(ValueError, match=r"joint\[0, 0\] is -0.15"):
        mutual_information(joint)
    with pytest.raises(ValueError, match=r"joint\[1, 0, 0\] is -0.15"):
        mutual_information([np.full((2, 2), 0.25), joint])


def kl(p, q):
    """The sum of p log p/q - p + q in bits, 60 digits."""
    with mpmath.workdps(60):
        pairs = [(mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(p, q, strict=True)]
        return mpmath.fsum(a * mpmath.log(a / b) - a + b for a, b in pairs) / mpmath.log(2)


def test_the_divergence_of_close_pmfs_is_right_and_never_negative():
    p, q = [0.5, 0.5 - 9e-9], [0.5, 0.5]
    assert kl_divergence(p, q) == pytest.approx(float(kl(p, q)), rel=1e-6) == 1.1685e-16
    rng = np.random.default_rng(0)
    for dtype, distance in ((np.float32, 1e-4), (np.float64, 1e-8)):
        z = rng.standard_normal((200, 10)).astype(dtype)
        p, q = softmax(z), softmax(z + distance * rng.standard_normal(z.shape).astype(dtype))
        got = kl_divergence(p, q)
        assert got.dtype == dtype
        assert (got >= 0).all()
        expected = np.array([float(kl(a, b)) for a, b in zip(p, q, strict=True)])
        np.testing.assert_allclose(got, expected, rtol=1e-6)
        assert (js_divergence(p, q) >= 0).all()


@pytest.mark.parametrize("k", [0, 1, 2, 15, 16, 17, 100, 1e4, 1e8, 1e14, 5e15, 1e100, 1e308])
@pytest.mark.parametrize("ratio", [1, 1.001, 0.7, 1.7])
def test_the_poisson_is_exact_at_any_count(k, ratio):
    """Against log k! by mpmath, 400 digits: log Gamma is as large as the difference is small."""
    rate = max(k, 0.5) * ratio
    with mpmath.workdps(400):
        a, b = mpmath.mpf(float(k)), mpmath.mpf(rate)
        exact = b - a * mpmath.log(b) + mpmath.loggamma(a + 1)
        assert poisson_nll(k, rate=rate, base=E) == pytest.approx(float(exact), rel=2e-14)


def test_a_count_at_rate_0():
    np.testing.assert_array_equal(poisson_nll([0, 1], rate=0, reduction="none"), [0, np.inf])


@pytest.mark.parametrize(
    "call",
    [
        lambda x: entropy(x),
        lambda x: normalize(x),
        lambda x: surprisal(x),
        lambda x: softmax(x),
        lambda x: nll(x, 0),
        lambda x: gaussian_nll(x, mean=0, sigma=1),
        lambda x: gaussian_nll([0, 0], mean=x, sigma=1),
        lambda x: softmax_cross_entropy([0, 0], x),
        lambda x: softmax_cross_entropy([0, 0], 1, weights=x),
        lambda x: empirical_pmf(x.astype(int)),
        lambda x: maximum_likelihood("gaussian", x),
        lambda x: log_likelihood("gaussian", [1, 2], mean=x, sigma=1),
    ],
)
def test_masked_arrays_are_refused_by_name(call):
    with pytest.raises(TypeError, match="is a masked array, and a formula would not see the mask"):
        call(np.ma.array([0.5, 0.5], mask=[False, True]))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_data_and_prediction_have_one_shape(name):
    """A column against a row would average n squared losses, of which only n are meant."""
    loss, names, value = ELEMENTWISE[name]
    first, *others = names.split()

    def run(*shapes):
        args = [np.full(shape, value) for shape in shapes]
        return loss(args[0], **dict(zip(others, args[1:], strict=True)), reduction="none").shape

    rest = [()] * (len(others) - 1)
    for shapes in (((4, 1), (4,)), ((4,), (4, 1)), ((4,), (3,)), ((2, 3), (3,)), ((1, 4), (4,))):
        with pytest.raises(ValueError, match=f"the shapes do not agree: {first} has "):
            run(*shapes, *rest)
    assert run((4,), (), *rest) == run((), (4,), *rest) == run((4,), (1,), *rest) == (4,)
    assert run((4, 1), (1, 3), *rest) == (4, 3)


def test_a_confident_loss_is_not_0():
    """log(1 + e^-40) and its like, by mpmath."""
    for gap in (1.0, 8.0, 40.0, 400.0, 700.0):
        exact = float(mpmath.log1p(mpmath.exp(-gap)))
        z = np.array([[gap, 0.0], [0.0, gap]])
        for loss in (
            softmax_cross_entropy(z, [0, 1], base=E),
            softmax_cross_entropy(z, np.eye(2), base=E),
            -log_softmax(z, base=E)[0, 0],
            binary_cross_entropy_with_logits(gap, targets=1, base=E),
        ):
            assert loss == pytest.approx(exact, rel=1e-12)
    assert softmax_cross_entropy([40.0, 0.0], 0) == pytest.approx(6.129e-18, rel=1e-3)
    z = np.zeros(1001)
    z[500] = 60
    assert softmax_cross_entropy(z, 500, base=E) == pytest.approx(1000 * math.exp(-60), rel=1e-12)
    single = softmax_cross_entropy(np.float32([20, 0]), 0, base=E)
    assert single == pytest.approx(math.exp(-20), rel=1e-6)


def test_what_cannot_be_negative_is_not_where_a_sum_or_a_probability_is_rounded_up():
    over = [1 + 1e-9, 0]
    one = 1 + 2.0**-52
    assert entropy(over) == cross_entropy(over, over) == 0
    assert perplexity(over) == 1
    assert nll(over, 0) == surprisal(one) == 0
    assert binary_cross_entropy(one, targets=1) == 0
    assert binary_cross_entropy(0.5, targets=one) == 1
    assert binary_cross_entropy_with_logits(2, targets=one) >= 0
    assert log_likelihood("bernoulli", [1, 1], theta=one) == 0
    for k in (3, 7, 1000):
        assert 1 <= perplexity(np.full(k, 1 / k) * (1 + 1e-7)) <= k
    assert js_divergence([1 + 1e-7, 0], [0, 1 + 1e-7]) == 1


# Every error is ours, and nothing allocates for a typo


def coin(theta):
    return np.stack([1 - theta, theta], -1)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: one_hot([0], 3.0), TypeError, "n_classes must be a whole number, not 3.0"),
        (lambda: one_hot([0], 0), ValueError, "n_classes is 0, but must be at least 1"),
        (lambda: one_hot([0], 3, axis=7), ValueError, "axis=7 does not exist: the result has 2"),
        (lambda: one_hot([0], 3, axis="k"), TypeError, "axis must be a whole number, not 'k'"),
        (
            lambda: one_hot([0], 10**10),
            ValueError,
            "n_classes makes a table of 10,000,000,000 entries, 74.5 GB",
        ),
        (lambda: entropy([1.0], axis=7), ValueError, r"axis=7 does not exist: p has shape \(1,\)"),
        (lambda: entropy([1.0], axis=1.5), TypeError, "axis must be a whole number, not 1.5"),
        (lambda: perplexity([1.0], axis=7), ValueError, "axis=7 does not exist"),
        (lambda: normalize([1.0], axis=2), ValueError, "axis=2 does not exist: counts has shape"),
        (lambda: softmax([1.0], axis=-2), ValueError, "axis=-2 does not exist: logits has shape"),
        (lambda: nll([1.0], 0, axis=3), ValueError, "axis=3 does not exist: q has shape"),
        (lambda: smooth_labels([1.0], 0.1, axis=3), ValueError, "axis=3 does not exist: p has"),
        (lambda: smooth_labels([0.5, 0.5], [0.1, 0.2]), ValueError, r"epsilon has shape \(2,\)"),
        (lambda: entropy([1.0], base=[2, 3]), TypeError, r"base must be a number, not \[2, 3\]"),
        (lambda: entropy([1.0], base=True), TypeError, "base must be a number, not True"),
        (lambda: surprisal(1, base=None), TypeError, "base must be a number, not None"),
        (lambda: empirical_pmf([10**10]), ValueError, r"x\[0\] is 10000000000"),
        (
            lambda: empirical_pmf([0], 10**10),
            ValueError,
            "k is 10000000000, but can be at most 134217728",
        ),
        (lambda: empirical_pmf([0], 2.0), TypeError, "k must be a whole number, not 2.0"),
        (lambda: empirical_pmf("abc"), TypeError, r"x is a string: pass its bytes, x.encode\(\)"),
        (lambda: empirical_pmf([[0]]), ValueError, "must be a sequence: one axis"),
        (
            lambda: log_likelihood("gaussian", [1], mean=[1, 2], sigma=[1, 2, 3]),
            ValueError,
            "param",
        ),
        (lambda: log_likelihood("gaussian", [1], mean="a", sigma=1), TypeError, "mean must hold"),
        (
            lambda: log_likelihood("gaussian", [1], mean=0, sigma=[1, 0]),
            ValueError,
            r"sigma\[1\] is",
        ),
        (lambda: log_likelihood(["x"], [1]), ValueError, r"family is \['x'\], but must be one of"),
        (lambda: likelihood_lines([0, 1], coin, 0.5), ValueError, "thetas has shape"),
        (lambda: likelihood_lines([0, 1], "coin", [0.5]), TypeError, "pmf must be a function"),
        (lambda: gaussian_entropy("wide"), TypeError, "sigma must hold real numbers"),
        (
            lambda: gaussian_kl(mean_p=[0, 1], sigma_p=1, mean_q=[0, 1, 2], sigma_q=1),
            ValueError,
            r"do not broadcast: mean_p has shape \(2,\)",
        ),
        (
            lambda: gaussian_cross_entropy(mean_p=[0, 1], sigma_p=1, mean_q=[0, 1, 2], sigma_q=1),
            ValueError,
            r"do not broadcast: mean_p has shape \(2,\)",
        ),
        (
            lambda: softmax_cross_entropy(np.zeros((2, 3)), [[0, 1, 0], [1, 0, 0]]),
            ValueError,
            r"one-hot rows or pmfs pass targets.astype\(float\)",
        ),
        (
            lambda: softmax_cross_entropy(np.zeros((2, 3)), [0, -100]),
            ValueError,
            "targets.1. is -100, .*; to leave an example out, give it weight 0",
        ),
        (
            lambda: entropy([0.33, 0.33, 0.33]),
            ValueError,
            r"p sums to 0.99, not 1: if these were rounded, pass normalize\(p\)",
        ),
        (
            lambda: entropy([1 + 2e-17, -2e-17]),
            ValueError,
            r"if it is a rounded 0, pass np.maximum\(p, 0\)",
        ),
    ],
)
def test_every_input_error_names_the_argument(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_estimates_of_extreme_observations():
    assert maximum_likelihood("gaussian", [1e200, -1e200]) == {"mean": 0, "sigma": 1e200}
    assert maximum_likelihood("laplace", [1e308, -1e308]) == {"loc": 0, "scale": 1e308}
    assert maximum_likelihood("gaussian", [1.5e308, 1.3e308]) == pytest.approx(
        {"mean": 1.4e308, "sigma": 1e307}
    )
    assert maximum_likelihood("gaussian", [1e-200, 3e-200]) == pytest.approx(
        {"mean": 2e-200, "sigma": 1e-200}
    )
    assert maximum_likelihood("poisson", [1e308, 1e308]) == {"rate": 1e308}
    assert gaussian_nll(1e308, mean=-1e308, sigma=1e308, base=E) == pytest.approx(
        2 + math.log(1e308) + math.log(2 * math.pi) / 2
    )


ALL = {
    "surprisal": lambda p, z: surprisal(p),
    "entropy": lambda p, z: entropy(p),
    "cross_entropy": lambda p, z: cross_entropy(p, p[::-1]),
    "kl_divergence": lambda p, z: kl_divergence(p, p[::-1]),
    "js_divergence": lambda p, z: js_divergence(p, p[::-1]),
    "mutual_information": lambda p, z: mutual_information([[0.5, 0], [1e-300, 0.5], [5e-324, 0]]),
    "perplexity": lambda p, z: (perplexity(p), perplexity(p, p[::-1])),
    "normalize": lambda p, z: normalize([[1e308, 1e308], [5e-324, 1e308]]),
    "gaussian_entropy": lambda p, z: gaussian_entropy([1e-308, 1e308]),
    "gaussian_kl": lambda p, z: gaussian_kl(mean_p=0, sigma_p=1e-300, mean_q=1e300, sigma_q=1e-9),
    "gaussian_cross_entropy": lambda p, z: gaussian_cross_entropy(
        mean_p=0, sigma_p=1e300, mean_q=1e300, sigma_q=1e-9
    ),
    "softmax": lambda p, z: softmax(z),
    "log_softmax": lambda p, z: log_softmax(z),
    "smooth_labels": lambda p, z: smooth_labels(p, 1e-320),
    "nll": lambda p, z: nll(p, np.zeros(len(p), int)),
    "softmax_cross_entropy": lambda p, z: (
        softmax_cross_entropy(z, p),
        softmax_cross_entropy(z, np.ones(len(z), int), weights=np.arange(len(z))),
    ),
    "softmax_cross_entropy_grad": lambda p, z: softmax_cross_entropy_grad(z, p),
    "binary_cross_entropy": lambda p, z: binary_cross_entropy(p, targets=p[::-1]),
    "binary_cross_entropy_with_logits": lambda p, z: binary_cross_entropy_with_logits(
        np.maximum(z, -1e308), targets=p
    ),
    "gaussian_nll": lambda p, z: gaussian_nll(1e308, mean=-1e308, sigma=1e-300),
    "laplace_nll": lambda p, z: laplace_nll(1e308, loc=-1e308, scale=1e-300),
    "poisson_nll": lambda p, z: poisson_nll([0, 1, 1e308], rate=[0, 0, 1e-300]),
    "empirical_pmf": lambda p, z: empirical_pmf([0, 5]),
    "log_likelihood": lambda p, z: log_likelihood("gaussian", [1e308], mean=0, sigma=1e-300),
    "maximum_likelihood": lambda p, z: maximum_likelihood("gaussian", [1e308, 5e-324, -1e308]),
    "likelihood_lines": lambda p, z: likelihood_lines(
        np.ones(5000, int), coin, np.linspace(0, 1, 5)
    ),
    "one_hot": lambda p, z: one_hot([0, 1], 2),
}


@pytest.mark.parametrize("name", ALL)
def test_no_function_warns_or_minds_how_errors_are_handled(name):
    p = np.array([[0.5, 0.5, 0], [1, 0, 0], [5e-324, 1, 0], [1e-300, 0.25, 0.75]])
    z = np.array([[1e308, -1e308, 0], [0, -np.inf, -800], [0, 0, 0], [1e-320, -1e-320, 40]])
    quiet = ALL[name](p, z)
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        loud = ALL[name](p, z)
    assert repr(quiet) == repr(loud)


def test_every_function_of_the_core_is_tried_above():
    core = ("xentlib.measures", "xentlib.losses", "xentlib.likelihood")
    names = {name for name in xentlib.__all__ if getattr(xentlib, name).__module__ in core}
    assert names == set(ALL)
