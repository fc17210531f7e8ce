"""The claims that chapter 6 settles, each against fractions, scipy or a sum written out."""

import math
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import rel_entr
from scipy.stats import norm

from xentlib import (
    cross_entropy,
    empirical_pmf,
    entropy,
    kl_divergence,
    likelihood_lines,
    log_likelihood,
    manual_text,
    maximum_likelihood,
    surprisal,
)

TOSSES = np.array([1, 1, 0, 1, 1, 1, 0, 1, 0, 1])
ALICE = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])
BOB = np.array([1 / 8, 1 / 2, 1 / 4, 1 / 8])
GRID = np.linspace(0, 1, 101)
RIGHT = ("product", "sum_of_logs", "counts", "expectation", "cross_entropy", "kl_divergence")


def coin(theta):
    return np.stack([1 - theta, theta], axis=-1)


def mix(theta):
    return np.outer(1 - theta, ALICE) + np.outer(theta, BOB)


@pytest.fixture(scope="module")
def rounds():
    rng = np.random.default_rng(1)
    bobs = rng.random(60) < 0.6
    return np.where(bobs, rng.choice(4, 60, p=BOB), rng.choice(4, 60, p=ALICE))


def test_A6():
    """Only the product needs i.i.d.: with memory the true likelihood is another product."""
    third = Fraction(1, 3)
    start = {0: Fraction(1, 2), 1: Fraction(1, 2)}

    def joint(x):  # a coin that repeats itself two times out of three
        p = start[x[0]]
        for before, now in pairwise(x):
            p *= 1 - third if before == now else third
        return p

    everything = list(product((0, 1), repeat=6))
    assert sum(joint(x) for x in everything) == 1
    for side in (0, 1):  # each toss alone is fair, so the product of the margins is 2^-6
        assert sum(joint(x) for x in everything if x[3] == side) == Fraction(1, 2)
    assert joint((1, 1, 1, 0, 0, 0)) > Fraction(1, 2) ** 6 > joint((1, 0, 1, 0, 1, 0))

    # What survives the loss of order is exactly what i.i.d. gives away.
    sticky = np.array([1, 1, 1, 1, 1, 1, 1, 0, 0, 0])
    best = np.array([0.3, 0.7])
    assert surprisal(best[sticky]).sum() == pytest.approx(surprisal(best[TOSSES]).sum())
    orders = {math.prod(Fraction(7 if x else 3, 10) for x in o) for o in permutations((1, 1, 0, 0))}
    assert len(orders) == 1
    memory = -math.log2(Fraction(1, 2) * Fraction(8, 9) ** 8 * Fraction(1, 9))
    assert memory == pytest.approx(5.53, abs=0.005)
    assert surprisal(best[sticky]).sum() == pytest.approx(8.81, abs=0.005)

    # Independent but not identical: still a product, which a tally does not determine.
    coins = [Fraction(9, 10), Fraction(1, 10)]
    first_heads, second_heads = coins[0] * (1 - coins[1]), (1 - coins[0]) * coins[1]
    assert first_heads != second_heads


def test_A7():
    """The likelihood is the product; the sum 3 + 4θ drives θ to 1 and hears no outlier."""
    thetas = [Fraction(k, 100) for k in range(101)]
    products = [math.prod(t if x else 1 - t for x in TOSSES) for t in thetas]
    sums = [sum(t if x else 1 - t for x in TOSSES) for t in thetas]
    assert thetas[products.index(max(products))] == Fraction(7, 10)
    assert sums == [3 + 4 * t for t in thetas]
    assert thetas[sums.index(max(sums))] == 1
    assert products[-1] == 0

    data = np.array([0, 0.1, -0.1, 5])
    likelihood = minimize_scalar(lambda mu: -norm.logpdf(data, mu).sum(), bounds=(-1, 6))
    wrong = minimize_scalar(lambda mu: -norm.pdf(data, mu).sum(), bounds=(-1, 2))
    assert likelihood.x == pytest.approx(1.25, abs=1e-5)
    assert maximum_likelihood("gaussian", data)["mean"] == pytest.approx(1.25)
    assert abs(wrong.x) < 1e-4


def test_A8():
    """The logarithm keeps the argmax because it increases; positivity has nothing to do with it."""
    values = coin(GRID)[:, TOSSES].prod(axis=1)
    inside = values[1:-1]
    assert np.log(inside).argmax() == np.sqrt(inside).argmax() == inside.argmax()
    assert (1 / inside).argmax() == inside.argmin()  # defined for positive numbers, and decreasing
    with np.errstate(divide="ignore"):
        assert np.log(values).argmax() == values.argmax()  # positivity is not even needed
    best = np.array([0.3, 0.7])[TOSSES]
    assert math.log2(best.sum()) == pytest.approx(math.log2(5.8))
    assert math.log2(best.sum()) != pytest.approx(np.log2(best).sum())
    sums = coin(GRID)[:, TOSSES].sum(axis=1)
    assert np.log(sums).argmax() == sums.argmax() == 100  # and it keeps a wrong argmax too


def test_A9():
    """The sum of the logarithms has the optimum of the product, and its value is the log of it."""
    lines = likelihood_lines(TOSSES, coin, GRID)
    exact = math.prod(Fraction(7 if x else 3, 10) for x in TOSSES)
    assert lines.sum_of_logs.theta == pytest.approx(0.7)
    assert lines.sum_of_logs.values[70] == pytest.approx(math.log2(exact), rel=1e-13)
    assert lines.product.values[70] == pytest.approx(float(exact), rel=1e-13)
    assert log_likelihood("bernoulli", TOSSES, theta=0.5) == -10
    area = math.factorial(7) * math.factorial(3) / math.factorial(11)
    assert np.trapezoid(lines.product.values, GRID) == pytest.approx(area, rel=1e-6)
    assert area == pytest.approx(1 / 1320)

    # In floating point only the sum of logarithms has an optimum.
    text = np.unique(list(manual_text()[:2000]), return_inverse=True)[1]
    tally = empirical_pmf(text)
    assert tally[text].prod() == 0
    assert np.isfinite(surprisal(tally[text]).sum())


@pytest.mark.parametrize("m", [1, 2, 10, 60])
def test_A10(m, rounds):
    """The mean over the data is the expectation under p̃, exactly, for any m; no limit is taken."""
    x = rounds[:m]
    mean = sum((Fraction(ALICE[k]).limit_denominator() for k in x), Fraction(0)) / m
    expectation = sum(
        Fraction(int(n), m) * Fraction(ALICE[k]).limit_denominator()
        for k, n in enumerate(np.bincount(x, minlength=4))
    )
    assert mean == expectation
    for f in (np.log2(ALICE), ALICE**3, np.arange(4.0)):
        assert f[x].mean() == pytest.approx(empirical_pmf(x, 4) @ f, rel=1e-13)


def test_A12(rounds):
    """Cross-entropy and KL differ by H(p̃) at every θ: one argmin, one slope, two values."""
    for x, family, k in ((TOSSES, coin, 2), (rounds, mix, 4)):
        p = np.bincount(x, minlength=k) / len(x)
        q = family(GRID[1:-1])
        ce = -(p * np.log2(q)).sum(axis=1)
        kl = rel_entr(p, q).sum(axis=1) / math.log(2)
        gap = ce - kl
        assert np.ptp(gap) < 1e-13
        assert gap[0] == pytest.approx(entropy(p))
        assert ce.argmin() == kl.argmin()
        assert abs(ce.min() - kl.min()) > 0.5
        np.testing.assert_allclose(cross_entropy(p, q), ce, rtol=1e-13)
        np.testing.assert_allclose(kl_divergence(p, q), kl, atol=1e-13)


def test_A13(rounds):
    """Six lines share one optimum, the wrong line does not, and the way back is exact."""
    for x, family, end in ((TOSSES, coin, 1), (rounds, mix, 1)):
        lines = likelihood_lines(x, family, GRID)
        optimum = minimize_scalar(
            lambda t, x=x, family=family: -np.log(family(np.array([t]))[0, x]).sum(),
            bounds=(0, 1),
            options={"xatol": 1e-9},
        ).x
        for name in RIGHT:
            assert getattr(lines, name).theta == pytest.approx(optimum, abs=0.006), name
        assert len({getattr(lines, name).best for name in RIGHT}) == 1
        assert lines.wrong.theta == end != lines.product.theta
        back = 2.0 ** (-len(x) * (entropy(empirical_pmf(x)) + lines.kl_divergence.values))
        np.testing.assert_allclose(back, lines.product.values, rtol=1e-11)

    # Without a family, the optimum is the tally: no pmf of a fine grid is better.
    p = empirical_pmf(rounds, 4)
    steps = [np.array(w) / 20 for w in product(range(21), repeat=4) if sum(w) == 20]
    assert np.min(cross_entropy(p, np.array(steps))) > entropy(p)
    assert kl_divergence(p, p) == 0


@pytest.mark.parametrize(
    ("family", "pmf", "x", "parameters"),
    [
        ("bernoulli", [0.4, 0.6], [1, 0, 1, 1], {"theta": 0.6}),
        ("categorical", ALICE, [0, 0, 1, 3], {"pmf": ALICE}),
        (
            "poisson",
            [math.exp(-2) * 2**k / math.factorial(k) for k in range(60)],
            [0, 2, 5, 1],
            {"rate": 2},
        ),
    ],
)
def test_A14(family, pmf, x, parameters):
    """A negative log-likelihood is m times the cross-entropy of p̃ and the model, for any family."""
    pmf = np.array(pmf)
    p = empirical_pmf(x, len(pmf))
    by_hand = -sum(math.log2(pmf[k]) for k in x)
    assert len(x) * cross_entropy(p, pmf / pmf.sum()) == pytest.approx(by_hand, rel=1e-12)
    assert -log_likelihood(family, x, **parameters) == pytest.approx(by_hand, rel=1e-12)


def test_unseen():
    """The tally has the least loss on a dozen rounds, and no word for what they lack."""
    dozen = np.random.default_rng(2).choice(4, 12, p=BOB)
    counted = empirical_pmf(dozen, 4)
    assert counted[3] == 0
    assert cross_entropy(BOB, counted) == np.inf
    careful = (np.bincount(dozen, minlength=4) + 1) / 16
    assert cross_entropy(counted, careful) > entropy(counted)
    assert np.isfinite(cross_entropy(BOB, careful))


def test_optimism():
    """The tally always beats the source on its own rounds, by about (K-1)/(2m ln 2)."""
    # On average it claims fewer bits than the source has: over every evening of six rounds.
    p = (0.3, 0.7)
    claimed = sum(
        math.prod(p[k] for k in x) * entropy(empirical_pmf(x, 2)) for x in product((0, 1), repeat=6)
    )
    assert claimed < entropy(p)

    rng = np.random.default_rng(6)
    for m in (60, 240):
        tallies = rng.multinomial(m, BOB, size=5000) / m
        logs = np.log2(tallies, out=np.zeros_like(tallies), where=tallies > 0)
        own = -(tallies * logs).sum(-1)
        gain = -tallies @ np.log2(BOB) - own
        with np.errstate(divide="ignore"):
            loss = -np.log2(tallies) @ BOB - 1.75
        assert gain.min() > -1e-12
        assert loss.min() > -1e-12
        near = 3 / (2 * m * math.log(2))
        assert gain.mean() == pytest.approx(near, rel=0.05)
        assert np.median(loss) == pytest.approx(np.median(gain), rel=0.1)
        # No promise about a single evening: 1.75 bits can be missed on both sides, by either book.
        for cost in (own, own + gain):
            assert 0.1 < (cost > 1.75).mean() < 0.9


def test_missing_outcomes_are_common_on_short_evenings():
    """Bob never thinks of one of the things: now and then in 60 rounds, often in 12."""

    def missing(rounds):  # inclusion and exclusion over the things that do not come
        return sum(
            (-1) ** (len(some) + 1) * (1 - BOB[[*some]].sum()) ** rounds
            for size in (1, 2, 3)
            for some in combinations(range(4), size)
        )

    assert missing(60) == pytest.approx(0.00066, abs=1e-5)
    assert missing(12) == pytest.approx(0.396, abs=1e-3)


def test_add_one_is_laplace_and_map():
    """(n + 1)/(m + K) is the mean of all pmfs by likelihood, and best for the prior prod q_k."""
    heads, tails = 3, 1
    theta = np.linspace(0, 1, 100_001)
    weight = theta**heads * (1 - theta) ** tails
    add_one = (heads + 1) / (heads + tails + 2)
    mean = np.trapezoid(theta * weight, theta) / np.trapezoid(weight, theta)
    assert mean == pytest.approx(add_one, abs=1e-6)
    assert theta[np.argmax(weight * theta * (1 - theta))] == pytest.approx(add_one, abs=1e-5)


def test_with_conditions_the_tally_does_not_say_it():
    """A negative log-likelihood with a memory is no m H of the tally and one pmf."""
    sticky = (1, 1, 1, 1, 1, 1, 1, 0, 0, 0)
    repeat = Fraction(8, 9)

    def cost(x):
        pairs = [repeat if a == b else 1 - repeat for a, b in pairwise(x)]
        return -math.log2(Fraction(1, 2) * math.prod(pairs))

    assert cost(sticky) == pytest.approx(5.53, abs=0.005)
    assert cost((1, 0, 1, 1, 0, 1, 1, 0, 1, 1)) > cost(sticky) + 5  # the same tally
    p = empirical_pmf(sticky, 2)
    assert cost(sticky) < 10 * entropy(p)  # below m H(p, q) for any pmf q
    assert 2 ** (10 * entropy(p) - cost(sticky)) == pytest.approx(9.7, abs=0.05)
