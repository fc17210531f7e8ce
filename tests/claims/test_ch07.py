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


def test_what_a_mixture_saves_hardly_depends_on_a_fine_ruler(flippers):
    """Three bells save about 0.18 bits per bird on rulers of 1 mm and less; 16 mm is too coarse."""
    species = penguins().species[~np.isnan(penguins().flipper_length_mm)]
    groups = [flippers[species == name] for name in np.unique(species)]
    one, three = [(1, flippers)], [(len(g) / len(flippers), g) for g in groups]

    def saved(width):
        marks = flippers // width * width
        q, mixed = (
            sum(
                share * np.diff(norm.cdf([marks, marks + width], g.mean(), g.std()), axis=0)
                for share, g in bells
            )
            for bells in (one, three)
        )
        return np.log2(mixed / q).mean()

    for width in (1, 1 / 2, 1 / 4, 1 / 64):
        assert saved(width) == pytest.approx(0.18, abs=0.006)
    assert saved(16) < 0.1


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
    losses = gaussian_nll(x[:, None], mean=grid[None], sigma=sigma, reduction="none").mean(axis=0)
    assert squares.argmin() == losses.argmin()


def test_A15_learned_width(flippers):
    """With σ learned the loss is ½ log₂(2πe·MSE): half the error saves one bit a measurement."""
    mu = 195
    rms = math.sqrt(np.mean((flippers - mu) ** 2))
    widths = np.linspace(5, 40, 7001)
    losses = gaussian_nll(flippers[:, None], mean=mu, sigma=widths[None], reduction="none").mean(
        axis=0
    )
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

    # It needs no value that repeats: on 342 different lengths the loss sinks 22 times more slowly.
    different = norm.ppf((np.arange(342) + 0.5) / 342, mean, sd)
    assert len(np.unique(different)) == 342
    slow = [
        -np.log2(
            0.9 * norm.pdf(different, mean, sd) + 0.1 * _spike(different, different[171], w)
        ).mean()
        for w in (1e-4, 1e-8, 1e-16, 1e-32, 1e-64, 1e-300)
    ]
    assert slow == sorted(slow, reverse=True)
    assert slow[-3] - slow[-2] == pytest.approx(32 * math.log2(10) / 342, rel=1e-6)
    assert slow[0] > -np.log2(norm.pdf(different, mean, sd)).mean() > slow[-1]


def _spike(x, centre, width):
    """A bell so thin that everything but its centre lies where it is 0."""
    return np.where(x == centre, 1 / (width * math.sqrt(2 * math.pi)), 0)


def test_no_floor_until_the_ruler_is_remembered(flippers):
    """On bins the same spike has a floor, the entropy of the data, and a finite KL."""
    mean, sd = flippers.mean(), flippers.std()
    marks, counts = np.unique(flippers, return_counts=True)
    p = counts / len(flippers)
    for width in (1, 1e-2, 1e-8, 1e-32):
        bell, spike = (
            norm.cdf(marks + 0.5, m, s) - norm.cdf(marks - 0.5, m, s)
            for m, s in ((mean, sd), (190, width))
        )
        q = 0.9 * bell + 0.1 * spike
        q = np.append(q, 1 - q.sum())
        assert math.inf > cross_entropy(np.append(p, 0), q) > entropy(p)


def test_a_negative_loss_says_above_1_somewhere():
    """A mean NLL of -0.7 nats forces a density above 1 at one point, not at the typical one."""
    density = np.full(342, 0.02)
    density[:22] = math.exp(342 * 0.7 / 22) / 0.02 ** (320 / 22)
    assert -np.log(density).mean() == pytest.approx(-0.7)
    assert np.median(density) < 1 < density.max()
    assert -0.7 + math.log(10) > 0  # in a unit ten times smaller


def test_each_ruler_costs_a_little_less_than_a_bit(flippers):
    """The entropies of the bins, counted by hand; half the width costs .78 to .96 bits more."""
    bits = []
    for width in (16, 8, 4, 2, 1):
        counts = np.array([list(flippers // width).count(k) for k in set(flippers // width)])
        bits.append(-sum(n / 342 * math.log2(n / 342) for n in counts))
    assert np.round(bits, 2).tolist() == [1.87, 2.65, 3.61, 4.55, 5.44]
    assert (np.diff(bits) < 1).all()
    assert (np.diff(bits) > 0.75).all()
    crosses = [
        p @ -np.log2(q)
        for p, q in (
            in_bins(flippers, w, flippers.mean(), flippers.std())
            for w in 2.0 ** np.arange(4, -5, -1)
        )
    ]
    np.testing.assert_allclose(np.diff(crosses), 1, atol=0.11)  # "nearly straight"


def test_wide_bins_blur_and_narrow_ones_flatter(flippers):
    """Why the sum sinks: wide bins add, and a tally of 342 birds takes away."""
    data = penguins()
    species = data.species[~np.isnan(data.flipper_length_mm)]
    groups = [flippers[species == name] for name in np.unique(species)]

    def cumulative(x):
        return sum(len(g) / 342 * norm.cdf(x, g.mean(), g.std()) for g in groups)

    def settled(width):
        return entropy(normalize(np.diff(cumulative(np.arange(96, 321, width))))) + math.log2(width)

    assert settled(16) > settled(1) + 0.1
    assert settled(2) == pytest.approx(settled(1), abs=0.01)
    rng = np.random.default_rng(0)
    for width, bins in ((1, 55), (2, 30)):
        pmf = np.unique(flippers // width, return_counts=True)[1] / 342
        assert len(pmf) == bins
        drawn = np.mean([entropy(rng.multinomial(342, pmf) / 342) for _ in range(400)])
        optimism = (bins - 1) / (2 * 342 * math.log(2))
        assert entropy(pmf) - drawn == pytest.approx(optimism, rel=0.2)


def test_gaussian_kl_in_closed_form():
    """The closed form has ratios of lengths only, and is the integral."""
    for mp, sp, mq, sq in ((200.9, 14.0, 200, 20), (0, 1, 1, 1), (2, 3, 5, 0.7)):
        formula = math.log2(sq / sp)
        formula += (sp**2 + (mp - mq) ** 2 - sq**2) / (2 * sq**2) * math.log2(math.e)
        p, q = norm(mp, sp), norm(mq, sq)
        integral = quad(
            lambda x, p=p, q=q: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), mp - 12 * sp, mp + 12 * sp
        )[0]
        assert formula == pytest.approx(integral / math.log(2), rel=1e-6)


def test_an_instrument_with_half_the_error():
    """Half the sigma takes one bit from h, and nearly one from bins of 2 mm."""
    for offset in (0, 1):
        edges = 2 * np.arange(-2000, 2001) + offset
        wide, thin = (entropy(np.diff(norm.cdf(edges, 0, s))) for s in (16, 8))
        assert wide - thin == pytest.approx(1, abs=0.005)
        half = entropy(np.diff(norm.cdf(edges / 2, 0, 8)))
        assert half == pytest.approx(wide, abs=1e-9)
        # The bins have to be much narrower than the bell, not only narrower.
        wide, thin = (entropy(np.diff(norm.cdf(edges, 0, s))) for s in (4, 2))
        assert wide - thin < 0.97


def test_the_product_fails_both_ways(flippers):
    """The same model and birds: 0 in millimetres, infinity in metres."""
    mean, sd = flippers.mean(), flippers.std()
    assert math.prod(norm.pdf(flippers, mean, sd).tolist()) == 0
    assert math.prod(norm.pdf(flippers / 1000, mean / 1000, sd / 1000).tolist()) == math.inf
