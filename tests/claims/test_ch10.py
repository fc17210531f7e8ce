"""The claims that chapter 10 settles, each against scipy's densities or algebra."""

import math
from functools import partial

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from xentlib import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    empirical_pmf,
    gaussian_entropy,
    gaussian_nll,
    laplace_nll,
    nll,
    penguins,
    poisson_nll,
    softmax_cross_entropy,
)
from xentlib.widgets import NoiseModel

KICKS = np.repeat([0, 1, 2, 3, 4], [109, 65, 22, 3, 1])


@pytest.fixture(scope="module")
def weights():
    data = penguins()
    kept = ~np.isnan(data.body_mass_g)
    x, y = data.flipper_length_mm[kept], data.body_mass_g[kept]
    return x, y, data.species[kept]


def line(x, y):
    """Least squares by the normal equations."""
    a = np.column_stack([np.ones_like(x), x])
    return a @ np.linalg.solve(a.T @ a, a.T @ y)


def test_A14():
    """Any mean NLL is the cross-entropy of the empirical distribution relative to the model."""
    tosses = np.array([1, 1, 0, 1, 1, 1, 0, 1, 0, 1])
    p = empirical_pmf(tosses, 2)
    assert binary_cross_entropy_with_logits(math.log(0.6 / 0.4), targets=tosses) == pytest.approx(
        cross_entropy(p, [0.4, 0.6])
    )
    things, q = np.array([0, 0, 1, 0, 3, 2, 1, 0]), np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])
    assert nll(np.tile(q, (8, 1)), things) == cross_entropy(empirical_pmf(things, 4), q) == 1.75
    grid = np.arange(40)
    assert poisson_nll(KICKS, rate=0.5) == pytest.approx(
        cross_entropy(empirical_pmf(KICKS, 40), stats.poisson(0.5).pmf(grid))
    )
    # For densities, on an ever finer grid: the pmfs' cross-entropy less the grid's own share.
    x = np.array([-0.5, 0.25, 1.0, 1.75])
    for family, loss in (
        (stats.norm(1, 2), partial(gaussian_nll, mean=1, sigma=2)),
        (stats.laplace(1, 2), partial(laplace_nll, loc=1, scale=2)),
    ):
        errors = []
        for width in (0.25, 0.05, 0.01):
            cells = family.cdf(x + width / 2) - family.cdf(x - width / 2)
            errors.append(abs(-np.log2(cells / width).mean() - loss(x)))
        assert errors[-1] < 0.002
        assert errors[0] > errors[1] > errors[2]
        assert loss(x, reduction="sum") == pytest.approx(4 * loss(x))


def test_A15(weights):
    """Mean squared error is a Gaussian's cross-entropy up to factor and constant; σ decides."""
    x, y, _ = weights
    guess = line(x, y)
    mse = np.mean((y - guess) ** 2)
    for sigma in (1.0, 100.0, 1000.0):
        formula = mse / (2 * sigma**2) + math.log(2 * math.pi * sigma**2) / 2
        assert -stats.norm(guess, sigma).logpdf(y).mean() == pytest.approx(formula)
        assert gaussian_nll(y, mean=guess, sigma=sigma, base=np.e) == pytest.approx(formula)
        slopes = np.linspace(45, 55, 101)  # through the means: one argmin, whatever σ
        costs = [gaussian_nll(y, mean=y.mean() + s * (x - x.mean()), sigma=sigma) for s in slopes]
        assert slopes[np.argmin(costs)] == pytest.approx(np.polyfit(x, y, 1)[0], abs=0.06)
    best = optimize.minimize_scalar(
        lambda s: gaussian_nll(y, mean=guess, sigma=s), bounds=(100, 1000), method="bounded"
    )
    assert best.x == pytest.approx(math.sqrt(mse), rel=1e-4)
    assert best.fun == pytest.approx(gaussian_entropy(math.sqrt(mse)))
    # On the scale with steps of 25 g it is the price of words that exist.
    cells = stats.norm(guess, best.x).cdf(y + 12.5) - stats.norm(guess, best.x).cdf(y - 12.5)
    assert -np.log2(cells).mean() == pytest.approx(best.fun - math.log2(25), abs=1e-4)


def test_A15_learned_sigma():
    """With a σ for each source, the best mean is another one, and may not exist."""
    alice, bob = np.array([4010.0, 3990.0, 4000.0]), np.array([4600.0, 3900.0, 4700.0, 4400.0])

    def total(theta):
        mu, a, b = theta[0], np.exp(theta[1]), np.exp(theta[2])
        return -stats.norm(mu, a).logpdf(alice).sum() - stats.norm(mu, b).logpdf(bob).sum()

    found = optimize.minimize(total, [4100, 4, 5], method="Nelder-Mead", options={"maxiter": 5000})
    assert np.mean([*alice, *bob]) == pytest.approx(4228.57, abs=0.01)
    assert found.x[0] == pytest.approx(4000.1, abs=0.2)
    assert np.exp(found.x[1]) == pytest.approx(8.2, abs=0.1)
    assert np.exp(found.x[2]) == pytest.approx(505, abs=1)
    falling = [gaussian_nll(4000, mean=4000, sigma=s) for s in (1, 1e-6, 1e-12, 1e-18)]
    assert (np.diff(falling) < -19).all()
    assert falling[-1] < -50


def test_A16():
    """Softmax and binary losses are cross-entropies among many: the Kraft test tells which."""
    f = np.linspace(-5, 5, 41)
    logistic = [
        binary_cross_entropy_with_logits(f, targets=t, reduction="none", base=np.e) for t in (0, 1)
    ]
    np.testing.assert_allclose(np.exp(-np.array(logistic)).sum(0), 1)
    softmax_loss = [softmax_cross_entropy([0.3, -2.0, 5.0], k, base=np.e) for k in range(3)]
    assert np.exp(-np.array(softmax_loss)).sum() == pytest.approx(1)
    for middle in (-3.0, 0.0, 2.0):
        for loss in (
            partial(gaussian_nll, mean=middle, sigma=0.7),
            partial(laplace_nll, loc=middle, scale=0.7),
        ):
            area = integrate.quad(
                lambda y: math.exp(-loss(y, base=np.e)),  # noqa: B023
                middle - 30,
                middle + 30,
                points=[middle],
            )[0]
            assert area == pytest.approx(1)
    counts = np.arange(200)
    for rate in (0.5, 10.0):
        masses = np.exp(-poisson_nll(counts, rate=rate, reduction="none", base=np.e))
        assert masses.sum() == pytest.approx(1)
    # Squared error alone sums to a constant; the hinge loss to something that depends on f.
    areas = [integrate.quad(lambda y: math.exp(-((y - m) ** 2) / 2), -40, 40)[0] for m in (0, 3)]  # noqa: B023
    assert areas[0] == pytest.approx(areas[1])
    assert areas[0] == pytest.approx(math.sqrt(2 * math.pi))
    for beta in (0.1, 1.0, 5.0):
        sums = [
            math.exp(-beta * max(0, 1 - m)) + math.exp(-beta * max(0, 1 + m)) for m in (0.0, 1.0)
        ]
        assert sums[1] - sums[0] == pytest.approx((1 - math.exp(-beta)) ** 2)


def test_huber_and_quantile_loss():
    """Both pass the Kraft test; the best guess of the quantile loss is a quantile."""

    def huber(r):
        return r * r / 2 if abs(r) < 1 else abs(r) - 0.5

    def pinball(r):  # the value less the guess
        return 9 * r if r > 0 else -r

    def area(loss, f):
        def kernel(y):
            return math.exp(-loss(y - f))

        return integrate.quad(kernel, f - 60, f + 60, points=[f - 1, f, f + 1])[0]

    for loss in (huber, pinball):
        areas = [area(loss, f) for f in (-2.0, 0.0, 5.0)]
        assert areas == pytest.approx([areas[0]] * 3)
    data = np.random.default_rng(0).exponential(size=1001)
    tried = np.sort(data)
    best = tried[np.argmin([sum(pinball(r) for r in data - guess) for guess in tried])]
    assert best == np.quantile(data, 0.9)


def test_hinge_loss_is_no_pmf_and_can_be_a_wasteful_codebook():
    """Its Kraft sum lies between 2/e at 0 and 1 + e^-2 at ±1, so ln Z more makes lengths of it."""
    f = np.linspace(-6, 6, 2401)
    z = np.exp(-np.maximum(0, 1 - f)) + np.exp(-np.maximum(0, 1 + f))
    assert z.max() == pytest.approx(1 + math.exp(-2))
    assert f"{math.log(z.max()):.3f}" == "0.127"
    assert abs(f[z.argmax()]) == pytest.approx(1)
    assert z.min() == pytest.approx(2 / math.e)
    assert f[z.argmin()] == pytest.approx(0)
    assert np.all(z * math.exp(-math.log(z.max())) <= 1 + 1e-12)


def test_outlier(weights):
    """One zero too many: the Gaussian's other words grow by 2.3 bits, Student's do not."""
    _, y, species = weights
    adelie = y[species == "Adelie"]
    slip = int(adelie.argmax())
    assert adelie[slip] == 4775
    typed = adelie.copy()
    typed[slip] *= 10
    others = {}
    for name, fit in {
        "gauss": lambda v: stats.norm(v.mean(), v.std()),
        "laplace": lambda v: stats.laplace(np.median(v), np.abs(v - np.median(v)).mean()),
        "student": lambda v: stats.t(*stats.t.fit(v, fdf=3)),
    }.items():
        others[name] = [
            -np.delete(fit(v).logpdf(v), slip).mean() / math.log(2) for v in (adelie, typed)
        ]
    grown = {name: after - before for name, (before, after) in others.items()}
    assert grown["gauss"] == pytest.approx(2.3, abs=0.05)
    assert 0.1 < grown["laplace"] < 0.3
    assert abs(grown["student"]) < 0.01
    assert others["gauss"][0] < others["student"][0] < others["laplace"][0]
    # The slip makes most words longer, and a few shorter: those of the heaviest of the others.
    before, after = (stats.norm(v.mean(), v.std()).logpdf(v) for v in (adelie, typed))
    cheaper = np.flatnonzero(np.delete(after - before, slip) > 0)
    rest = np.delete(adelie, slip)
    assert 0 < len(cheaper) < 10
    assert set(rest[cheaper]) == set(np.sort(rest)[-len(cheaper) :])


def test_middles_that_follow_stay_and_turn_back(weights):
    """From 3,700 g to the right the mean follows, the median stays, Student's middle turns back."""
    _, y, species = weights
    fifteen = np.sort(y[species == "Adelie"])[7::10]
    places = np.arange(3700.0, 8001.0, 100.0)
    sets = [np.append(fifteen[:-1], place) for place in places]
    assert np.all(np.diff([np.mean(data) for data in sets]) > 0)
    assert {np.median(data) for data in sets} == {3700.0}
    student = np.array([stats.t.fit(data, fdf=3, loc=3700, scale=300)[1] for data in sets])
    turn = student.argmax()
    assert 4000 < places[turn] < 4700  # where the solution looks
    assert np.all(np.diff(student[: turn - 1]) > 0)
    assert np.all(np.diff(student[turn + 1 :]) < 0.01)
    assert student[-1] < student[turn] - 20


def test_poisson_without_factorial():
    """Without ln k! the Poisson loss can be negative, which no NLL of a count is."""
    assert 10 - 10 * math.log(10) < -13
    assert poisson_nll(10, rate=10) > 0
    missing = poisson_nll(KICKS, rate=0.61, base=np.e) - np.mean(0.61 - KICKS * math.log(0.61))
    assert missing == pytest.approx(np.mean([math.lgamma(k + 1) for k in KICKS]))
    assert missing == pytest.approx(0.119, abs=5e-4)


def test_count_of_errors():
    """The 0-1 loss passes the Kraft test, and its best β is that of the error rate."""
    k, r = 3, 0.25
    best = optimize.minimize_scalar(
        lambda beta: r * beta + math.log(1 + (k - 1) * math.exp(-beta)),
        bounds=(0.01, 10),
        method="bounded",
    )
    z = 1 + (k - 1) * math.exp(-best.x)
    assert (k - 1) * math.exp(-best.x) / z == pytest.approx(r, abs=1e-4)
    assert best.x == pytest.approx(math.log((k - 1) * (1 - r) / r), abs=1e-3)


def test_picture_of_the_figure_finds_the_middle_wherever_the_bird_is(weights):
    """SciPy's search from its own start ends at 3.7 g for a bird at 6,300 g."""
    _, y, species = weights
    fifteen = np.sort(y[species == "Adelie"])[7::10]
    far = NoiseModel(x=[*fifteen[:-1], 6300.0], step=25, limits=(2500, 8000), unit="g", digits=0)
    assert "Student's t puts its middle at 3676 g" in far.describe()
