"""Maximum likelihood against grids, SciPy and the derivation's own promises."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from xentlib import (
    cross_entropy,
    empirical_pmf,
    entropy,
    gaussian_nll,
    kl_divergence,
    likelihood_lines,
    log_likelihood,
    maximum_likelihood,
    one_hot,
)

HEADS = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1]  # 7 of 10
OUTLIER = [0, 0.1, -0.1, 5]
GRID = np.linspace(0, 1, 1001)


def coin(theta):
    return np.stack([1 - theta, theta], axis=-1)


coins = st.lists(st.integers(0, 1), min_size=1, max_size=60)
numbers = st.lists(st.floats(-100, 100), min_size=2, max_size=30).filter(lambda x: np.ptp(x) > 1e-3)
counts = st.lists(st.integers(0, 50), min_size=1, max_size=30)


# Counting


@given(st.lists(st.integers(0, 4), min_size=1, max_size=50))
def test_the_empirical_pmf_counts(x):
    p = empirical_pmf(x, 5)
    assert p.sum() == pytest.approx(1)
    assert (p * len(x)).round(9).tolist() == [x.count(k) for k in range(5)]
    assert len(empirical_pmf(x)) == max(x) + 1
    np.testing.assert_array_equal(empirical_pmf(bytes(x), 5), p)


# Estimates


@pytest.mark.parametrize(
    ("family", "x", "expected"),
    [
        ("bernoulli", HEADS, {"theta": 0.7}),
        ("gaussian", OUTLIER, {"mean": 1.25, "sigma": np.std(OUTLIER)}),
        ("laplace", OUTLIER, {"loc": 0.05, "scale": 1.3}),
        ("poisson", [0, 3, 6], {"rate": 3}),
    ],
)
def test_closed_forms(family, x, expected):
    got = maximum_likelihood(family, x)
    assert list(got) == list(expected)
    for name, value in got.items():
        assert isinstance(value, float)
        assert value == pytest.approx(expected[name])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.uint64])
def test_integers_of_any_width_are_counted(dtype):
    np.testing.assert_array_equal(empirical_pmf(np.array([0, 2, 2], dtype)), [1 / 3, 0, 2 / 3])


def test_closed_form_of_the_categorical():
    np.testing.assert_array_equal(
        maximum_likelihood("categorical", [0, 2, 2, 2])["pmf"], [0.25, 0, 0.75]
    )


@given(coins)
def test_the_bernoulli_estimate_beats_every_point_of_a_grid(x):
    best = log_likelihood("bernoulli", x, **maximum_likelihood("bernoulli", x))
    assert best >= log_likelihood("bernoulli", x, theta=GRID).max() - 1e-9


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_the_categorical_estimate_beats_every_other_pmf(x, seed):
    x = [*x, 3]
    best = log_likelihood("categorical", x, **maximum_likelihood("categorical", x))
    others = np.random.default_rng(seed).dirichlet(np.ones(4), 200)
    assert best >= log_likelihood("categorical", x, pmf=others).max() - 1e-9


@pytest.mark.parametrize("family", ["gaussian", "laplace"])
@given(numbers)
def test_the_estimates_of_densities_beat_every_point_of_a_grid(family, x):
    middle, width = maximum_likelihood(family, x).items()
    best = log_likelihood(family, x, **dict([middle, width]))
    grid = {
        middle[0]: middle[1] + width[1] * np.linspace(-2, 2, 41)[:, None],
        width[0]: width[1] * np.geomspace(0.2, 5, 41),
    }
    around = log_likelihood(family, x, **grid)
    assert around.shape == (41, 41)
    assert best >= around.max() - 1e-9 * (1 + abs(best))


@given(counts)
def test_the_poisson_estimate_beats_every_point_of_a_grid(x):
    best = log_likelihood("poisson", x, **maximum_likelihood("poisson", x))
    assert best >= log_likelihood("poisson", x, rate=np.linspace(0, 60, 601)).max() - 1e-9


# Log-likelihoods


@pytest.mark.parametrize(
    ("family", "x", "parameters", "log_density"),
    [
        ("bernoulli", HEADS, {"theta": 0.3}, lambda x: scipy.stats.bernoulli.logpmf(x, 0.3)),
        ("categorical", [0, 2, 1], {"pmf": [0.2, 0.3, 0.5]}, lambda x: np.log([0.2, 0.5, 0.3])),
        ("gaussian", OUTLIER, {"mean": 1, "sigma": 2}, lambda x: scipy.stats.norm.logpdf(x, 1, 2)),
        ("laplace", OUTLIER, {"loc": 1, "scale": 2}, lambda x: scipy.stats.laplace.logpdf(x, 1, 2)),
        ("poisson", [3, 0, 9], {"rate": 2.5}, lambda x: scipy.stats.poisson.logpmf(x, 2.5)),
    ],
)
def test_log_likelihoods_agree_with_scipy(family, x, parameters, log_density):
    expected = log_density(x).sum()
    got = log_likelihood(family, x, base=np.e, **parameters)
    assert got == pytest.approx(expected)
    assert np.isscalar(got)
    assert log_likelihood(family, x, **parameters) == pytest.approx(expected / np.log(2))


def test_an_impossible_observation_makes_the_likelihood_0():
    assert log_likelihood("bernoulli", [0, 1], theta=1) == -np.inf
    assert log_likelihood("bernoulli", [1, 1], theta=1) == 0
    assert log_likelihood("categorical", [0, 2], pmf=[0.5, 0.5, 0]) == -np.inf
    assert log_likelihood("poisson", [0, 1], rate=0) == -np.inf


def test_many_observations_and_parameters_are_summed_in_parts():
    x = np.random.default_rng(0).standard_normal(5000)
    grid = np.linspace(-1, 1, 101)
    got = log_likelihood("gaussian", x, mean=grid, sigma=1, base=np.e)
    expected = [scipy.stats.norm.logpdf(x, m, 1).sum() for m in grid]
    np.testing.assert_allclose(got, expected, rtol=1e-12)


# The derivation


@given(st.lists(st.integers(0, 2), min_size=1, max_size=40), st.integers(0, 2**32 - 1))
def test_each_line_is_its_formula_and_all_but_one_share_the_optimum(x, seed):
    grid = np.arange(30.0)
    q = np.random.default_rng(seed).dirichlet(np.ones(3), 30)
    lines = likelihood_lines(x, lambda thetas: q[thetas.astype(int)], grid)
    p = np.bincount(x, minlength=3) / len(x)
    np.testing.assert_allclose(lines.product.values, [np.prod(row[x]) for row in q])
    np.testing.assert_allclose(lines.sum_of_logs.values, [np.log2(row[x]).sum() for row in q])
    np.testing.assert_allclose(lines.counts.values, lines.sum_of_logs.values)
    np.testing.assert_allclose(lines.expectation.values, lines.sum_of_logs.values / len(x))
    np.testing.assert_allclose(lines.cross_entropy.values, -lines.expectation.values)
    np.testing.assert_allclose(
        lines.kl_divergence.values, lines.cross_entropy.values - entropy(p), atol=1e-12
    )
    np.testing.assert_allclose(lines.wrong.values, [row[x].sum() for row in q])
    for line in lines[:-1]:
        assert line.theta == grid[line.best]
        assert lines.sum_of_logs.values[line.best] == pytest.approx(lines.sum_of_logs.values.max())
    assert lines.wrong.best == np.argmax(lines.wrong.values)


def test_seven_heads_in_ten_the_product_says_seven_tenths_and_the_sum_says_one():
    lines = likelihood_lines(HEADS, coin, GRID)
    assert [line.theta for line in lines[:-1]] == pytest.approx([0.7] * 6)
    np.testing.assert_allclose(lines.wrong.values, 3 + 4 * GRID)
    assert lines.wrong.theta == 1
    assert lines.kl_divergence.values[700] == pytest.approx(0, abs=1e-15)
    assert lines.product.values[700] == pytest.approx(0.7**7 * 0.3**3)


def test_an_outlier_the_product_of_densities_says_the_mean_and_the_sum_nearly_0():
    grid = np.linspace(-1, 6, 7001)
    by_product = log_likelihood("gaussian", OUTLIER, mean=grid, sigma=1)
    assert grid[by_product.argmax()] == pytest.approx(1.25)
    costs = gaussian_nll(
        np.array(OUTLIER)[:, None], mean=grid[None], sigma=1, reduction="none", base=np.e
    )
    assert abs(grid[np.exp(-costs).sum(0).argmax()]) < 0.01


@pytest.mark.parametrize("m", [10, 100, 10_000])
def test_the_product_underflows_and_its_logarithm_does_not(m):
    x = np.arange(m) % 10 < 7
    lines = likelihood_lines(x.astype(int), coin, GRID)
    assert lines.sum_of_logs.theta == pytest.approx(0.7)
    if m == 10_000:
        assert (lines.product.values == 0).all()
        assert lines.product.best is None
        assert np.isnan(lines.product.theta)
    else:
        assert lines.product.theta == pytest.approx(0.7)


def test_a_grid_on_which_nothing_is_possible_has_no_optimum():
    lines = likelihood_lines([0, 1], coin, [0, 1])
    assert all(line.best is None for line in lines[:-1])
    assert lines.wrong.best == 0


def test_lines_know_the_unit():
    bits = likelihood_lines(HEADS, coin, GRID[1:-1])
    nats = likelihood_lines(HEADS, coin, GRID[1:-1], base=np.e)
    for name in ("sum_of_logs", "counts", "expectation", "cross_entropy", "kl_divergence"):
        got, expected = getattr(bits, name).values, getattr(nats, name).values
        np.testing.assert_allclose(got * np.log(2), expected, atol=1e-15)


@given(coins, st.floats(0.01, 0.99))
def test_every_line_is_a_measure_of_the_empirical_pmf(x, theta):
    lines = likelihood_lines(x, coin, [theta])
    p, q = empirical_pmf(x, 2), [1 - theta, theta]
    assert lines.cross_entropy.values[0] == pytest.approx(cross_entropy(p, q))
    assert lines.kl_divergence.values[0] == pytest.approx(kl_divergence(p, q))
    by_example = cross_entropy(one_hot(x, 2), q)
    assert lines.sum_of_logs.values[0] == pytest.approx(-by_example.sum())


# Errors


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: empirical_pmf([]), ValueError, "x is empty"),
        (lambda: empirical_pmf([0, 3], 3), ValueError, r"x\[1\] is 3"),
        (lambda: empirical_pmf([0, -3]), ValueError, r"x\[1\] is -3, but .* 0, \.\.\."),
        (lambda: empirical_pmf([0.5]), TypeError, "x must hold integers"),
        (
            lambda: maximum_likelihood("normal", [1, 2]),
            ValueError,
            "family is 'normal', but must be one of",
        ),
        (lambda: maximum_likelihood("bernoulli", [0, 2]), ValueError, r"x\[1\] is 2"),
        (lambda: maximum_likelihood("gaussian", [3, 3]), ValueError, "x is 3.0 throughout"),
        (lambda: maximum_likelihood("laplace", [3]), ValueError, "x is 3.0 throughout"),
        (lambda: maximum_likelihood("poisson", [1, -2]), ValueError, r"x\[1\] is -2"),
        (lambda: maximum_likelihood("gaussian", [[1, 2]]), ValueError, "one axis"),
        (lambda: log_likelihood("gaussian", [1], mu=0, sigma=1), TypeError, "mean, sigma, but mu"),
        (lambda: log_likelihood("poisson", [1]), TypeError, "none were given"),
        (lambda: log_likelihood("bernoulli", [1], theta=2), ValueError, "theta is 2"),
        (lambda: log_likelihood("categorical", [2], pmf=[0.5, 0.5]), ValueError, r"x\[0\] is 2"),
        (lambda: log_likelihood("gaussian", [], mean=0, sigma=1), ValueError, "x is empty"),
        (lambda: likelihood_lines([0, 1], coin, []), ValueError, "thetas is empty"),
        (lambda: likelihood_lines([], coin, [0.5]), ValueError, "x is empty"),
        (lambda: likelihood_lines([0, 2], coin, [0.5]), ValueError, r"x\[1\] is 2"),
        (
            lambda: likelihood_lines([0, 1], lambda t: t, [0.5, 0.5]),
            ValueError,
            "a row for each parameter",
        ),
        (lambda: likelihood_lines([0, 1], coin, [0.5, 1.5]), ValueError, r"pmf\(thetas\)\[1, 0\]"),
    ],
)
def test_errors_say_what_is_wrong(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
