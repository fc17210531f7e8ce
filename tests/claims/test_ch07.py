"""The claims that chapter 7 settles, each against scipy, mpmath or a sum written out."""

import math

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import expon, halfnorm, laplace, norm, uniform

from xentlib import (
    cross_entropy,
    entropy,
    gaussian_entropy,
    gaussian_kl,
    gaussian_nll,
    kl_divergence,
    maximum_likelihood,
    normalize,
    penguins,
)


@pytest.fixture(scope="module")
def flippers():
    x = penguins().flipper_length_mm
    return x[~np.isnan(x)]


def in_bins(x, width, mean, sd):
    marks, counts = np.unique(x // width * width, return_counts=True)
    return counts / len(x), norm.cdf(marks + width, mean, sd) - norm.cdf(marks, mean, sd)


def test_A11(flippers):
    """p̃ has no density: on ever finer bins KL has no limit, and the cross-entropy has one."""
    mean, sd = flippers.mean(), flippers.std()
    kls, settled = [], []
    for width in 2.0 ** -np.arange(0, 12):
        p, q = in_bins(flippers, width, mean, sd)
        p, q = np.append(p, 0), np.append(q, 1 - q.sum())  # and everything the data left out
        assert entropy(p) <= math.log2(len(np.unique(flippers))) < math.log2(342)
        kls.append(kl_divergence(p, q))
        settled.append(cross_entropy(p, q) + math.log2(width))
    np.testing.assert_allclose(np.diff(kls), 1, atol=0.01)  # one bit for each halving
    density = -sum(math.log2(norm.pdf(x, mean, sd)) for x in flippers) / len(flippers)
    assert settled[-1] == pytest.approx(density, abs=1e-4)
    assert gaussian_nll(flippers, mean=mean, sigma=sd) == pytest.approx(density, rel=1e-12)

    # What one minimises is finite: its minimum is the maximum likelihood estimate.
    found = minimize(
        lambda a: gaussian_nll(flippers, mean=a[0], sigma=math.exp(a[1])), [190, 2.0]
    ).x
    best = maximum_likelihood("gaussian", flippers)
    assert (found[0], math.exp(found[1])) == pytest.approx((best["mean"], best["sigma"]), abs=1e-2)

    # Differences between two models are the same on every ruler, and finite.
    other = [cross_entropy(*pq) for pq in _with_rest(flippers, 1 / 1024, 195, 20)]
    own = [cross_entropy(*pq) for pq in _with_rest(flippers, 1 / 1024, mean, sd)]
    difference = gaussian_nll(flippers, mean=195, sigma=20) - gaussian_nll(
        flippers, mean=mean, sigma=sd
    )
    assert other[0] - own[0] == pytest.approx(difference, abs=1e-4)


def _with_rest(x, width, mean, sd):
    p, q = in_bins(x, width, mean, sd)
    yield np.append(p, 0), np.append(q, 1 - q.sum())


@pytest.mark.parametrize("sigma", [0.1, 1 / math.sqrt(2), 3.0])
def test_A15(sigma, flippers):
    """CE = MSE/(2σ²) + ½ log(2πσ²): the same best μ for fixed σ, and another number."""
    x = flippers[:40] / 10
    for mu in (19.0, 20.5):
        with mpmath.workdps(40):
            s = mpmath.mpf(sigma)
            peak = 1 / (s * mpmath.sqrt(2 * mpmath.pi))
            terms = [-mpmath.log(peak * mpmath.exp(-((v - mu) ** 2) / (2 * s**2))) for v in x]
            by_density = mpmath.fsum(terms) / len(x)
        mse = np.mean((x - mu) ** 2)
        assert gaussian_nll(x, mean=mu, sigma=sigma, base=np.e) == pytest.approx(
            float(by_density), rel=1e-12
        )
        formula = mse / (2 * sigma**2) + math.log(2 * math.pi * sigma**2) / 2
        assert formula == pytest.approx(float(by_density), rel=1e-12)
        assert abs(formula - mse) > 1e-3  # not the same number, even where 2σ² = 1
    grid = np.linspace(x.min(), x.max(), 401)
    squares = ((x[:, None] - grid) ** 2).mean(axis=0)
    losses = gaussian_nll(x[:, None], mean=grid, sigma=sigma, reduction="none").mean(axis=0)
    assert squares.argmin() == losses.argmin()


def test_A15_learned_width(flippers):
    """With σ learned the loss is ½ log₂(2πe·MSE): half the error saves one bit a measurement."""
    mu = 195
    rms = math.sqrt(np.mean((flippers - mu) ** 2))
    widths = np.linspace(5, 40, 7001)
    losses = gaussian_nll(flippers[:, None], mean=mu, sigma=widths, reduction="none").mean(axis=0)
    assert widths[losses.argmin()] == pytest.approx(rms, abs=0.01)
    assert losses.min() == pytest.approx(math.log2(2 * math.pi * math.e * rms**2) / 2, abs=1e-6)
    assert gaussian_entropy(rms) - gaussian_entropy(rms / 2) == pytest.approx(1)


def test_binned_entropy():
    """The bins' entropy is h − log₂ Δ, ever better as they narrow."""
    errors = []
    for width in (8.0, 4.0, 2.0):
        bins = np.diff(norm.cdf(np.arange(-40, 41) * width, 0, 4))
        errors.append(abs(entropy(normalize(bins)) - (gaussian_entropy(4) - math.log2(width))))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 2e-2


def test_negative_entropy():
    """Half a unit has −1 bit: one question less than the unit, on any ruler."""
    h = quad(lambda x: 2 * math.log2(1 / 2), 0, 0.5)[0]
    assert h == -1
    for marks in (4, 1024):
        assert entropy(np.full(marks // 2, 2 / marks)) == h + math.log2(marks)
    zero = 1 / math.sqrt(2 * math.pi * math.e)
    assert gaussian_entropy(zero) == pytest.approx(0, abs=1e-15)
    assert zero == pytest.approx(0.242, abs=5e-4)


def test_units():
    """A change of unit moves the entropy by the logarithm of the factor and leaves KL alone."""
    for a in (1000.0, 0.01):
        assert gaussian_entropy(3 * a) - gaussian_entropy(3) == pytest.approx(math.log2(a))
        assert gaussian_kl(
            mean_p=2 * a, sigma_p=3 * a, mean_q=5 * a, sigma_q=4 * a
        ) == pytest.approx(gaussian_kl(mean_p=2, sigma_p=3, mean_q=5, sigma_q=4))
    fine = np.linspace(-60, 60, 24001)
    p, q = (normalize(np.diff(norm.cdf(fine, m, s))) for m, s in ((2, 3), (5, 4)))
    assert kl_divergence(p, q) == pytest.approx(
        gaussian_kl(mean_p=2, sigma_p=3, mean_q=5, sigma_q=4), abs=1e-5
    )


def test_gaussian_has_the_largest_entropy():
    """At variance 1 nothing exceeds the Gaussian, and what is missing is the KL from it."""
    h = gaussian_entropy(1)
    for p in (uniform(-math.sqrt(3), 2 * math.sqrt(3)), laplace(0, math.sqrt(0.5)), norm()):
        assert p.var() == pytest.approx(1)
        low, high = max(p.support()[0], -40), min(p.support()[1], 40)
        gap = quad(lambda x, p=p: p.pdf(x) * (p.logpdf(x) - norm.logpdf(x)), low, high, points=[0])[
            0
        ]
        assert h - p.entropy() / math.log(2) == pytest.approx(gap / math.log(2), abs=1e-6)
        assert gap >= -1e-9
    spike = 1e-6  # two thin spikes at −1 and 1: variance 1, entropy as low as you like
    assert math.log2(2 * spike) < -18


def test_exponential_has_the_largest_entropy_of_its_mean():
    """On [0, ∞) with mean 1 the exponential density is the least promising one."""
    others = (uniform(0, 2), halfnorm(scale=math.sqrt(math.pi / 2)))
    assert expon().entropy() == pytest.approx(1)
    for p in others:
        assert p.mean() == pytest.approx(1)
        assert p.entropy() < 1


def test_no_floor(flippers):
    """A spike on a value that repeats lowers the loss of a density for ever; of a pmf it cannot."""
    mean, sd = flippers.mean(), flippers.std()
    mode = 190.0
    assert np.count_nonzero(flippers == mode) == 22
    losses = [
        -np.log2(0.9 * norm.pdf(flippers, mean, sd) + 0.1 * norm.pdf(flippers, mode, w)).mean()
        for w in (1, 1e-2, 1e-4, 1e-8, 1e-16, 1e-32, 1e-64)
    ]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0
    share = 22 / len(flippers)
    assert losses[-2] - losses[-1] == pytest.approx(share * 32 * math.log2(10), rel=1e-6)


def test_the_product_fails_both_ways(flippers):
    """The same model and birds: 0 in millimetres, infinity in metres."""
    mean, sd = flippers.mean(), flippers.std()
    assert math.prod(norm.pdf(flippers, mean, sd).tolist()) == 0
    assert math.prod(norm.pdf(flippers / 1000, mean / 1000, sd / 1000).tolist()) == math.inf
