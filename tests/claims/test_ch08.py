"""The claims that chapter 8 settles, each against scipy, a refit, or a sum written out."""

import math

import numpy as np
import pytest
from scipy import integrate, optimize, special
from sklearn import linear_model

from xentlib import (
    SoftmaxRegression,
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    log_softmax,
    nll,
    one_hot,
    penguins,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)

HABITS = np.array([[1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 8, 1 / 2, 1 / 4, 1 / 8]])


@pytest.fixture(scope="module")
def birds():
    """Flippers in units of their spread and species numbers, from the columns of the file."""
    data = penguins()
    kept = [i for i, mm in enumerate(data.flipper_length_mm) if not math.isnan(mm)]
    names = ["Adelie", "Chinstrap", "Gentoo"]
    mm = data.flipper_length_mm[kept]
    return (
        mm,
        (mm - mm.mean())[:, None] / mm.std(),
        np.array([names.index(data.species[i]) for i in kept]),
    )


@pytest.fixture(scope="module")
def shelf(birds):
    _, u, y = birds
    return SoftmaxRegression(l2=0).fit(u, y)


def naive_loss(z, t):
    """The cross-entropy of t relative to softmax(z), in nats, from its definition."""
    return -sum(
        a * math.log(math.exp(b) / sum(map(math.exp, z))) for a, b in zip(t, z, strict=True)
    )


def by_length(mm, y):
    """Counts of the species at each length, by hand."""
    table = {}
    for length, label in zip(mm, y, strict=True):
        table.setdefault(length, [0, 0, 0])[label] += 1
    return table


def test_A17(birds, shelf):
    """A classifier needs p(y|x, θ) only: what it costs to send x as well holds no θ."""
    mm, u, y = birds
    values, counts = np.unique(mm, return_counts=True)
    inputs = dict(zip(values, np.log(counts / counts.sum()), strict=True))
    gaps = []
    for q in (shelf.predict_proba(u), np.full((len(y), 3), 1 / 3)):
        joint = -np.mean([inputs[x] + math.log(row[k]) for x, row, k in zip(mm, q, y, strict=True)])
        gaps.append(joint - nll(q, y, base=np.e))
    assert gaps[0] == pytest.approx(gaps[1], rel=1e-12)
    assert gaps[0] == pytest.approx(special.entr(counts / counts.sum()).sum())
    # And so no x surprises it: far from all birds it is as sure as can be.
    assert shelf.predict_proba([[(300 - mm.mean()) / mm.std()]])[0, 2] > 0.9999


def test_A18(birds, shelf):
    """The data are m pairs; a model of the product of the two sets learns nothing about x."""
    _, u, y = birds
    m = len(y)
    mixed = SoftmaxRegression(l2=0).fit(np.repeat(u, m, axis=0), np.tile(y, m))
    share = np.bincount(y) / m
    np.testing.assert_allclose(mixed.predict_proba(u), np.tile(share, (m, 1)), atol=1e-6)
    np.testing.assert_allclose(np.ptp(mixed.coef_), 0, atol=1e-5)  # only differences are determined
    z = u @ (shelf.coef_ + 7).T + shelf.intercept_ - 3
    assert softmax_cross_entropy(z, y) == pytest.approx(nll(shelf.predict_proba(u), y))
    assert nll(mixed.predict_proba(u), y) == pytest.approx(special.entr(share).sum() / math.log(2))
    assert nll(shelf.predict_proba(u), y) < 0.5 * nll(mixed.predict_proba(u), y)


def test_A19(birds):
    """The conditional likelihood is a product; the sum has another optimum, at the favourite."""
    mm, _, y = birds
    adelie, chinstrap, gentoo = by_length(mm, y)[187.0]
    assert (adelie, chinstrap, gentoo) == (10, 6, 0)
    product = optimize.minimize_scalar(
        lambda q: -(q**adelie) * (1 - q) ** chinstrap, bounds=(0, 1), method="bounded"
    )
    total = optimize.minimize_scalar(
        lambda q: -adelie * q - chinstrap * (1 - q), bounds=(0, 1), method="bounded"
    )
    assert product.x == pytest.approx(10 / 16, abs=1e-3)
    assert total.x == pytest.approx(1, abs=1e-3)


def test_A20(birds, shelf):
    """The mean log-likelihood is minus the cross-entropy at x, averaged over x."""
    mm, u, y = birds
    q = shelf.predict_proba(u)
    average = 0.0
    for length, counts in by_length(mm, y).items():
        row = q[np.flatnonzero(mm == length)[0]]
        n = sum(counts)
        average += (
            n / len(y) * sum(c / n * math.log(1 / p) for c, p in zip(counts, row, strict=True))
        )
    assert average == pytest.approx(nll(q, y, base=np.e), rel=1e-12)
    assert average == pytest.approx(0.421, abs=5e-4)
    # With the coats: one number for each x, and the average moves with p(x) alone.
    blind = HABITS.mean(axis=0)
    each = cross_entropy(HABITS, blind)
    assert each[0] < each[1]
    assert np.average(each, weights=[1, 1]) == pytest.approx(entropy(blind))
    assert np.average(each, weights=[3, 1]) < np.average(each, weights=[1, 1])
    assert entropy(blind) - entropy(HABITS).mean() == pytest.approx(js_divergence(*HABITS))


def test_A21(birds, shelf):
    """Conditional KL and cross-entropy have one minimiser and two values."""
    mm, _, y = birds
    table = by_length(mm, y)
    lengths = np.array(sorted(table))
    counts = np.array([table[v] for v in lengths])
    weights, p = counts.sum(1), counts / counts.sum(1, keepdims=True)
    z = (lengths - mm.mean())[:, None] / mm.std()

    def averages(factor):
        q = softmax(factor * (z @ shelf.coef_.T + shelf.intercept_))
        return [
            np.average(f(p, q, base=np.e), weights=weights) for f in (cross_entropy, kl_divergence)
        ]

    values = np.array([averages(f) for f in (0.5, 1, 2)])
    assert values.argmin(axis=0).tolist() == [1, 1]
    gap = np.average(special.entr(p).sum(1), weights=weights)
    np.testing.assert_allclose(values[:, 0] - values[:, 1], gap)
    assert gap == pytest.approx(0.367, abs=5e-4)


def test_B1(birds, shelf):
    """Softmax gives a pmf, blind to a common constant; being a pmf is not being calibrated."""
    rng = np.random.default_rng(0)
    z = rng.normal(0, 10, (50, 5))
    q = softmax(z)
    assert (q > 0).all()
    np.testing.assert_allclose(q.sum(1), 1)
    np.testing.assert_allclose(
        q, special.softmax(z + 1000 * rng.random((50, 1)), axis=1), rtol=1e-10
    )
    np.testing.assert_allclose(softmax(np.log(HABITS)), HABITS)
    assert log_softmax([0.0, 800.0], base=np.e)[0] == -800
    assert softmax([0.0, 800.0])[0] == 0
    with np.errstate(over="ignore"):
        assert np.exp(1000.0) == math.inf
    _, u, y = birds
    z = u @ shelf.coef_.T + shelf.intercept_
    right = np.mean(z.argmax(1) == y)
    sure = [softmax(f * z).max(1).mean() for f in (1, 3)]
    assert np.mean((3 * z).argmax(1) == y) == right == pytest.approx(0.81, abs=5e-3)
    assert abs(sure[0] - right) < 0.02
    assert sure[1] > right + 0.1
    assert softmax_cross_entropy(3 * z, y) > 1.4 * softmax_cross_entropy(z, y)


def test_B2(birds, shelf):
    """Stochastic gradient descent on the NLL arrives where the solvers do."""
    _, u, y = birds
    rng = np.random.default_rng(0)
    w, b = np.zeros((1, 3)), np.zeros(3)
    for _ in range(4000):
        batch = rng.integers(0, len(y), 32)
        grad = softmax_cross_entropy_grad(u[batch] @ w + b, y[batch], base=np.e)
        w -= 0.5 * u[batch].T @ grad
        b -= 0.5 * grad.sum(axis=0)
    best = optimize.minimize(
        lambda t: -np.mean(special.log_softmax(u * t[:3] + t[3:], axis=1)[np.arange(len(y)), y]),
        np.zeros(6),
    ).fun
    assert nll(shelf.predict_proba(u), y, base=np.e) == pytest.approx(best, rel=1e-6)
    assert best <= nll(softmax(u @ w + b), y, base=np.e) < best + 0.002


def test_B3():
    """The likelihood of one observation is a product of powers that picks one factor; 0⁰ = 1."""
    for j, q in enumerate(([0.82, 0.17, 0.01], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0])):
        assert math.prod(a**t for a, t in zip(q, one_hot(j, 3), strict=True)) == q[j]


def test_B4():
    """Its negative logarithm is −Σ y log ŷ, which picks one term."""
    q = [0.82, 0.17, 0.01]
    for j in range(3):
        assert cross_entropy(one_hot(j, 3), q) == pytest.approx(-math.log2(q[j]))
        assert nll([q], [j]) == pytest.approx(-math.log2(q[j]))
    assert cross_entropy([0, 1, 0], [0.5, 0.5, 0]) == 1


def test_B5(birds, shelf):
    """A one-hot label is the empirical distribution of one example; the data set's is on pairs."""
    mm, u, y = birds
    q = shelf.predict_proba(u)
    pairs, counts = np.unique(np.column_stack([mm, y]), axis=0, return_counts=True)
    p = counts / counts.sum()
    costs = [-math.log(q[np.flatnonzero(mm == x)[0]][int(k)]) for x, k in pairs]
    assert p @ costs == pytest.approx(cross_entropy(one_hot(y, 3), q, base=np.e).mean())
    assert len(pairs) > len(np.unique(mm))  # so no function of x gives the labels


def test_B15():
    """With the arguments swapped, the one-hot stands in the log: infinite unless ŷ = y."""
    label = one_hot(1, 3)
    for guess in ([0.82, 0.17, 0.01], [0, 1 - 1e-9, 1e-9]):
        assert cross_entropy(guess, label) == math.inf
    assert cross_entropy(label, label) == 0


def test_B16(birds):
    """The one-hot label is a sample: one x, two labels; and label noise moves E[y|x]."""
    mm, _, y = birds
    same = one_hot(y[mm == 187], 3)
    assert len(np.unique(same, axis=0)) == 2
    np.testing.assert_allclose(same.mean(0), [10 / 16, 6 / 16, 0])
    noisy = np.array([0.9, 0.05, 0.05])
    floor = special.entr(noisy).sum()
    assert floor == pytest.approx(0.394, abs=5e-4)
    for q in ([0.9, 0.05, 0.05], [0.95, 0.025, 0.025], [0.998, 0.001, 0.001]):
        assert cross_entropy(noisy, q, base=np.e) >= floor - 1e-12
    assert cross_entropy(noisy, [1, 0, 0]) == math.inf
    draws = one_hot(np.random.default_rng(0).choice(3, 100_000, p=noisy), 3)
    np.testing.assert_allclose(draws.mean(0), noisy, atol=0.005)


def test_B19():
    """KL has the gradient of cross-entropy, and with one-hot targets its value; not if t moves."""
    z, t, h = np.array([0.7, -0.4, 1.9]), np.array([0.2, 0.5, 0.3]), 1e-6
    for target in (t, one_hot(1, 3)):
        slopes = []
        for loss in (naive_loss, lambda z, t: float(special.rel_entr(t, special.softmax(z)).sum())):
            slopes.append(
                [(loss(z + e, target) - loss(z - e, target)) / (2 * h) for e in h * np.eye(3)]
            )
        np.testing.assert_allclose(slopes[0], slopes[1], atol=1e-8)
        np.testing.assert_allclose(slopes[0], special.softmax(z) - target, atol=1e-8)
        np.testing.assert_allclose(
            softmax_cross_entropy_grad(z, target, base=np.e), slopes[0], atol=1e-8
        )
    q = softmax(z)
    assert kl_divergence(one_hot(1, 3), q) == pytest.approx(cross_entropy(one_hot(1, 3), q))
    own = softmax(np.outer([1, 2, 4], z))
    assert (kl_divergence(own, own) == 0).all()
    assert (np.diff(cross_entropy(own, own)) < 0).all()


def test_no_maximum():
    """Where classes can be separated, the likelihood has no maximum."""
    data = penguins()
    kept = ~np.isnan(data.body_mass_g)
    x = np.column_stack(data[2:6])[kept]
    x = (x - x.mean(0)) / x.std(0)
    _, y = np.unique(data.species[kept], return_inverse=True)
    with pytest.warns(UserWarning, match="there is no optimum"):
        model = SoftmaxRegression(l2=0).fit(x, y)
    z = x @ model.coef_.T + model.intercept_
    assert (z.argmax(1) == y).all()
    costs = [softmax_cross_entropy(f * z, y) for f in (1, 2, 4)]
    assert costs[0] > 100 * costs[1] > 10_000 * costs[2] > 0


def test_the_shelf_as_its_picture_is_described(birds, shelf):
    """Where the three curves cross one half, and how high the Chinstraps' hill is."""
    mm, _, _ = birds
    grid = np.arange(172, 232)
    adelie, chinstrap, gentoo = shelf.predict_proba(((grid - mm.mean()) / mm.std())[:, None]).T
    assert adelie[0] > 0.95
    assert abs(grid[adelie > 0.5].max() - 199) <= 1
    assert abs(grid[gentoo > 0.5].min() - 207) <= 1
    assert grid[chinstrap.argmax()] == 203
    assert 0.55 < chinstrap.max() < 0.6
    assert gentoo[grid == 200] < 0.02


def test_what_the_figure_asks():
    """Raise the Adelie's logit: the others keep their ratio; the loss grows, no entry exceeds 1."""
    losses = []
    for adelie in (2, 4, 8, 16, 17):
        z = [adelie, 0.0, -2.8]
        q = special.softmax(z)
        assert q[2] / q[1] == pytest.approx(math.exp(-2.8))
        gradient = softmax_cross_entropy_grad(z, 1, base=np.e)
        assert abs(gradient).max() <= 1
        losses.append(naive_loss(z, [0, 1, 0]) / math.log(2))
    assert gradient == pytest.approx([1, -1, 0], abs=1e-6)
    assert losses[-1] - losses[-2] == pytest.approx(1.44, abs=5e-3)


def test_logistic_regression_of_scikit_learn(birds, shelf):
    """It fits the same model, with a penalty unless that is switched off."""
    _, u, y = birds
    penalised = linear_model.LogisticRegression(tol=1e-8, max_iter=1000).fit(u, y)
    free = linear_model.LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000).fit(u, y)
    same = SoftmaxRegression(l2=1 / (len(y) * math.log(2))).fit(u, y)
    np.testing.assert_allclose(penalised.predict_proba(u), same.predict_proba(u), atol=1e-4)
    np.testing.assert_allclose(free.predict_proba(u), shelf.predict_proba(u), atol=1e-3)
    assert abs(penalised.predict_proba(u) - shelf.predict_proba(u)).max() > 0.01


def test_squared_error_pulls_a_million_times_less():
    """From sure and wrong it takes about 926,000 steps, most of them to take one logit to 7."""

    def pull(_, z):
        q = special.softmax(z)
        return -2 * (np.diag(q) - np.outer(q, q)) @ (q - [0, 1, 0])

    start = np.array([8.0, -8.0, -8.0])
    assert abs(pull(0, start)).max() < 1e-6
    met = [lambda t, z: z[0] - 7, lambda t, z: z[1] - z[0]]
    walk = integrate.solve_ivp(pull, (0, 1e6), start, events=met, rtol=1e-10, atol=1e-10)
    (at_seven,), (overtaken,) = walk.t_events
    # A step as small as these is as good as a flow.
    assert overtaken == pytest.approx(926_000, abs=500)
    assert at_seven > 0.5 * overtaken
