"""The claims that chapter 5 settles, each against sums written out, scipy or real bytes."""

import inspect
import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from scipy.special import kl_div, rel_entr
from scipy.stats import entropy as scipy_entropy
from scipy.stats import norm

from xentlib import (
    block_pmf,
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    normalize,
    penguins,
    stream_encode,
)

ALICE = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])
BOB = np.array([1 / 8, 1 / 2, 1 / 4, 1 / 8])
UNA = np.full(4, 1 / 4)


def summed(p, q):
    """Return KL(p‖q) term by term, over what happens."""
    terms = (a * (math.log2(a) - math.log2(b) if b else math.inf) for a, b in zip(p, q) if a)  # noqa: B905
    return math.fsum(terms)


def pairs(n=300, k=5, seed=5):
    return np.random.default_rng(seed).dirichlet(np.ones(k), (n, 2))


def test_A1():
    """0 log 0 is 0, a missing word makes KL infinite, the base is the unit."""
    assert kl_divergence(BOB, ALICE) == summed(BOB, ALICE) == 0.5
    assert kl_divergence(ALICE, BOB) == summed(ALICE, BOB) == 0.625
    assert kl_divergence(BOB, ALICE, base=np.e) == pytest.approx(0.5 * math.log(2))
    p, q, r = [1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 4, 1 / 2], [1 / 2, 1 / 2, 0]
    assert kl_divergence(p, q) == kl_divergence(q, p) == 0.25
    assert kl_divergence(p, r) == math.inf
    assert kl_divergence(r, p) == summed(r, p) == 0.5
    for p, q in pairs():
        assert kl_divergence(p, q) == pytest.approx(rel_entr(p, q).sum() / math.log(2), rel=1e-12)


def test_A2():
    """KL = H(p, q) - H(p): an average of differences is the difference of two averages."""
    ledger = np.log2(BOB / ALICE)
    assert ledger.tolist() == [-2, 1, 1, 0]
    assert (BOB * ledger).tolist() == [-0.25, 0.5, 0.25, 0]
    assert cross_entropy(BOB, ALICE) - entropy(BOB) == 0.5
    for p, q in pairs():
        assert summed(p, q) == pytest.approx(cross_entropy(p, q) - entropy(p), abs=1e-12)


def test_gibbs():
    """KL is never negative, and 0 only for p = q, because ln t <= t - 1."""
    t = np.linspace(0.01, 5, 500)
    assert (np.log(t) <= t - 1).all()
    for p, q in pairs():
        assert summed(p, q) > 0
        assert kl_divergence(p, q) > 0
        assert kl_divergence(p, p) == 0
        # What an outcome saves, weighted, is at most what the codebook gives it too much.
        assert (p * np.log(q / p) <= q - p + 1e-15).all()
        assert kl_divergence(p, np.full(5, 0.2)) == pytest.approx(math.log2(5) - entropy(p))
    guests = np.random.default_rng(5).dirichlet(np.ones(4), 10_000)
    assert (cross_entropy(guests, ALICE) > entropy(guests)).all()
    assert kl_divergence([1, 0, 0, 0], ALICE) == 1  # the guest who always writes the cat


def test_B17():
    """KL is the number of additional bits, on disk, and the evidence that a night gives."""
    nights = np.random.default_rng(5).choice(4, size=100_000, p=BOB)
    own, wrong = stream_encode(nights, BOB), stream_encode(nights, ALICE)
    ratio = math.fsum(np.log2(BOB / ALICE)[nights])
    assert 8 * (len(wrong) - len(own)) == pytest.approx(ratio, abs=1200)
    assert ratio / 100_000 == pytest.approx(0.5, abs=0.02)
    # Independent nights: evidence and waste add.
    for n in (1, 2, 3, 4):
        assert kl_divergence(block_pmf(BOB, n), block_pmf(ALICE, n)) == pytest.approx(n / 2)


def evidence_after(n, pmf, steps, stop=math.inf):
    """Return {evidence: probability} after n nights, and the probability to stop on each."""
    now, stopped = {0: 1.0}, []
    for _ in range(n):
        after = {}
        for sum_so_far, weight in now.items():
            for share, step in zip(pmf, steps, strict=True):
                after[sum_so_far + step] = after.get(sum_so_far + step, 0) + weight * share
        stopped.append(math.fsum(after.pop(s) for s in [s for s in after if s >= stop]))
        now = after
    return now, stopped


def test_nights_until_ten_bits():
    """On average 10 / KL, by Wald, and more where the last night overshoots."""
    for pmf, steps, nights in ((BOB, (-2, 1, 1, 0), 20.0), (ALICE, (2, -1, -1, 0), 16.6)):
        _, stopped = evidence_after(400, pmf.tolist(), steps, stop=10)
        assert math.fsum(stopped) == pytest.approx(1, abs=1e-6)
        mean = math.fsum(w * (n + 1) for n, w in enumerate(stopped))
        assert mean == pytest.approx(nights, abs=0.05)
        assert mean >= 10 / (pmf @ steps) - 1e-3
        first, last = np.searchsorted(np.cumsum(stopped), (0.25, 0.75)) + 1
        assert last - first > 8  # single runs vary widely


def test_words_of_the_evidence_figure():
    """Several bits, one of Alice's runs by more than 20; the draws are the figure's own."""
    rng = np.random.default_rng(5)
    for pmf, (least, most) in ((BOB, (5, 15)), (ALICE, (20, 30))):
        steps = np.log2(BOB / ALICE)[rng.choice(4, size=(12, 40), p=pmf)]
        strays = np.abs(np.cumsum(steps, axis=1) - np.arange(1, 41) * (pmf @ np.log2(BOB / ALICE)))
        assert least < strays.max() < most
        assert 3 < np.median(strays.max(axis=1)) < 10


def test_stein():
    """With one Bob in twenty missed, Alice passes for him with probability about 2^(-n KL)."""
    rates = []
    for n in (50, 100, 300):
        bob, _ = evidence_after(n, BOB.tolist(), (-2, 1, 1, 0))
        alice, _ = evidence_after(n, ALICE.tolist(), (-2, 1, 1, 0))
        missed, threshold = 0.0, None
        for s in sorted(bob):
            missed += bob[s]
            if missed > 0.05:
                threshold = s
                break
        rates.append(-math.log2(sum(w for s, w in alice.items() if s >= threshold)) / n)
    assert rates[0] < rates[1] < rates[2] < 0.5
    assert rates[2] == pytest.approx(kl_divergence(BOB, ALICE), abs=0.1)


def test_B18():
    """KL is no distance: neither symmetric, nor are detours longer."""
    assert summed(ALICE, BOB) == 0.625
    assert summed(BOB, ALICE) == 0.5
    assert summed(ALICE, UNA) + summed(UNA, BOB) == 0.5 < summed(ALICE, BOB)
    assert kl_divergence(ALICE, UNA) + kl_divergence(UNA, BOB) == 0.5
    assert kl_divergence([1, 0], UNA[:2] * 2) == 1
    assert kl_divergence(UNA[:2] * 2, [1, 0]) == math.inf
    # Every straight way has a shorter detour, close to its beginning.
    for p, r in pairs():
        q = p + 1e-3 * (r - p)
        assert summed(p, q) + summed(q, r) < summed(p, r)
        # The square root of the Jensen-Shannon divergence keeps both promises.
        m = (p + r) / 2
        js = (summed(p, m) + summed(r, m)) / 2
        assert js_divergence(p, r) == pytest.approx(js, rel=1e-12)
        assert js <= 1
        assert js == pytest.approx(mutual_information(np.stack([p, r]) / 2), rel=1e-12)
        assert js == pytest.approx(entropy(m) - (entropy(p) + entropy(r)) / 2, abs=1e-12)
    for p, q in pairs(40):
        for r, _ in pairs(10, seed=6):
            there = math.sqrt(js_divergence(p, r))
            assert there <= math.sqrt(js_divergence(p, q)) + math.sqrt(js_divergence(q, r)) + 1e-12


def test_squared_distance():
    """KL(p‖p + δ) is about Σ δ²/p / (2 ln 2): half the step, a quarter of the price."""
    for p, r in pairs(50):
        steps = [2.0**-k * p.min() * (r - p) for k in range(4, 12)]
        squares = [math.fsum(d * d / p) / (2 * math.log(2)) for d in steps]
        there = [summed(p, p + d) for d in steps]
        back = [summed(p + d, p) for d in steps]
        assert there[-1] == pytest.approx(squares[-1], rel=1e-2, abs=0)
        assert back[-1] == pytest.approx(squares[-1], rel=1e-2, abs=0)
        assert there[-2] / there[-1] == pytest.approx(4, rel=1e-2, abs=0)


def exact_terms(p, q):
    """Return the terms p log2(p/q), in 60 digits."""
    with localcontext() as context:
        context.prec = 60
        rows = [(Decimal(float(a)), Decimal(float(b))) for a, b in zip(p, q, strict=True)]
        return [a * (a / b).ln() / Decimal(2).ln() for a, b in rows]


def test_negative_in_floating_point():
    """It is the quotient near 1 that loses the digits: neither the terms nor their sum."""
    rng = np.random.default_rng(5)
    counts = rng.multinomial(2**40, rng.dirichlet(np.full(10, 9), size=1000))
    miscount = 300 * np.tile([1, -1], 5)
    p, q = counts / 2**40, (counts + miscount) / 2**40
    assert (p.sum(-1) == 1).all()
    assert (q.sum(-1) == 1).all()
    some = slice(0, 1000, 5)
    terms = [exact_terms(*row) for row in zip(p[some], q[some], strict=True)]
    true = np.array([float(sum(row)) for row in terms])

    # Exact terms, each rounded to double and then summed: all is well.
    rounded = np.array([[float(x) for x in row] for row in terms]).sum(-1)
    assert rounded == pytest.approx(true, rel=1e-6, abs=0)
    # An exact logarithm of the rounded quotient: it is not.
    with localcontext() as context:
        context.prec = 60
        late = [
            sum(Decimal(a) * Decimal(a / b).ln() for a, b in zip(x.tolist(), y.tolist()))  # noqa: B905
            for x, y in zip(p[some], q[some], strict=True)
        ]
    assert 20 < sum(x < 0 for x in late) < 180

    naive = np.sum(p * np.log2(p / q), axis=-1)
    assert 100 < (naive < 0).sum() < 900
    assert np.max(np.abs(naive[some] / true - 1)) > 5
    # Adding q - p to the terms mends nothing while the quotient is formed.
    assert 100 < (kl_div(p, q).sum(-1) < 0).sum() < 900
    assert 100 < ((p * np.log(p / q) - p + q).sum(-1) < 0).sum() < 900
    r = (q - p) / p
    assert 100 < ((p * (r - np.log(1 + r))).sum(-1) < 0).sum() < 900
    # The difference first, which is exact, and log1p.
    for a, b in zip(p[0].tolist(), q[0].tolist(), strict=True):
        assert Fraction(b - a) == Fraction(b) - Fraction(a)
    assert (r - np.log1p(r) >= 0).all()
    assert np.sum(p * (r - np.log1p(r)), -1)[some] / math.log(2) == pytest.approx(
        true, rel=1e-6, abs=0
    )
    assert kl_divergence(p, q)[some] == pytest.approx(true, rel=1e-14, abs=0)

    # Sums that miss 1 by rounding: numbers that are not quite pmfs.
    p = normalize(counts)
    q = normalize(p * (1 + 3e-9 * rng.standard_normal(p.shape)))
    r = (q - p) / p
    assert (r - np.log1p(r) >= 0).all()
    true = np.array([float(sum(exact_terms(*row))) for row in zip(p[some], q[some], strict=True)])
    assert (true < 0).any()
    assert true.min() > -1e-15
    assert (scipy_entropy(p, q, base=2, axis=-1) < 0).any()
    # Terms with q - p added do not see it.
    assert (kl_divergence(p, q) >= 0).all()


def test_larger_causes_of_a_negative_kl():
    """Single precision, numbers that are no pmfs, and the mean over a sample."""
    rng = np.random.default_rng(5)
    p = rng.dirichlet(np.full(10, 9), size=1000).astype("f4")
    q = p * (1 + 1e-4 * rng.standard_normal(p.shape)).astype("f4")
    q /= q.sum(-1, keepdims=True)
    single = np.sum(p * np.log(p / q), axis=-1)
    assert single.dtype == np.float32
    assert 50 < (single < 0).sum() < 950
    assert -1e-6 < single.min() < -1e-9

    p, q = BOB, BOB * (1 + 1e-7)  # sums to a hair more than 1
    assert -1.1e-7 < math.fsum(a * math.log(a / b) for a, b in zip(p, q, strict=True)) < -0.9e-7

    near = BOB + 0.001 * np.array([1, -1, 1, -1])
    means = np.log2(BOB / near)[rng.choice(4, size=(2000, 1000), p=BOB)].mean(-1)
    assert summed(BOB, near) > 0
    assert 0.4 < (means < 0).mean() < 0.5


def test_argument_orders():
    """As the text says of SciPy: the source first; kl_div has the terms with q - p added."""
    assert [*inspect.signature(scipy_entropy).parameters][:2] == ["pk", "qk"]
    assert scipy_entropy(BOB, ALICE, base=2) == pytest.approx(0.5)
    assert kl_div(BOB, ALICE) == pytest.approx(BOB * np.log(BOB / ALICE) - BOB + ALICE)


def test_forward_and_reverse_fits():
    """Forward matches moments; reverse keeps one hump only if that is cheaper than both."""
    birds = penguins()
    known = ~np.isnan(birds.flipper_length_mm)
    flippers, gentoo = birds.flipper_length_mm[known], birds.species[known] == "Gentoo"
    left, right = flippers[~gentoo], flippers[gentoo]
    share = len(left) / len(flippers)
    x = np.linspace(120, 300, 3601)

    def divergences(push):
        p = share * norm.pdf(x, left.mean(), left.std())
        p += (1 - share) * norm.pdf(x, right.mean() + push, right.std())
        log_p = np.log(p)

        def forward(t):
            return np.trapezoid(p * (log_p - norm.logpdf(x, t[0], t[1])), x) / math.log(2)

        def reverse(t):
            log_q = norm.logpdf(x, t[0], t[1])
            return np.trapezoid(np.exp(log_q) * (log_q - log_p), x) / math.log(2)

        return forward, reverse

    def best(loss, *starts):
        fits = [minimize(loss, start, method="Nelder-Mead") for start in starts]
        return min(fits, key=lambda fit: fit.fun)

    forward, reverse = divergences(0)
    fit = best(forward, (200, 10))
    assert fit.x == pytest.approx([flippers.mean(), flippers.std()], abs=0.01)
    assert fit.fun == pytest.approx(0.190, abs=5e-4)
    fit = best(reverse, (191, 7), (217, 7), (201, 13))
    assert fit.x == pytest.approx([201, 13], abs=0.5)
    assert fit.fun == pytest.approx(0.238, abs=1e-3)
    price = math.log2(1 / share)
    assert price == pytest.approx(0.64, abs=0.005)
    # Both stand between the humps, and on the slope: the valley of p has its bottom at 206 mm.
    between = np.linspace(left.mean(), right.mean(), 1001)
    p = share * norm.pdf(between, left.mean(), left.std())
    p += (1 - share) * norm.pdf(between, right.mean(), right.std())
    assert between[p.argmin()] == pytest.approx(206, abs=0.5)
    assert fit.fun < price

    forward, reverse = divergences(15)
    fit = best(reverse, (191, 7), (232, 7), (206, 17))
    assert fit.x == pytest.approx([left.mean(), left.std()], abs=0.5)
    assert fit.fun == pytest.approx(price, abs=0.01)
    humps = [minimize(reverse, start, method="Nelder-Mead").x[0] for start in ((191, 7), (232, 7))]
    assert humps[1] - humps[0] > 30  # two minima

    # The prices of valley and hump cross; a walk downhill does not notice.
    def price_from(push, start):
        return minimize(divergences(push)[1], start, method="Nelder-Mead", options={"xatol": 1e-6})

    valley, hump = (203, 15), (192.5, 8.1)
    crossing = brentq(
        lambda t: price_from(t, valley).fun - price_from(t, hump).fun, 7, 9, xtol=0.01
    )
    assert crossing == pytest.approx(7.8, abs=0.05)
    assert price_from(crossing, hump).fun == pytest.approx(0.61, abs=0.005)
    wide = price_from(12, valley), price_from(12, hump)
    assert [f"{fit.fun:.2f}" for fit in wide] == ["0.88", "0.63"]
    assert wide[0].x[0] - wide[1].x[0] > 10
    narrow = price_from(7, valley), price_from(7, hump)
    assert [f"{fit.fun:.2f}" for fit in narrow] == ["0.56", "0.60"]
    assert narrow[0].x[0] - narrow[1].x[0] > 9

    # A part of p, alone, has the surprisal of that part as its reverse divergence.
    for p, _ in pairs(20):
        part = np.array([*p[:3], 0, 0])
        assert summed(normalize(part), p) == pytest.approx(math.log2(1 / part.sum()))


def test_B19():
    """KL and cross-entropy have one minimiser and one gradient, unless the target moves too."""
    theta = np.linspace(0.01, 0.99, 99)
    q = np.stack([theta, 1 - theta], axis=-1)
    kl, ce = kl_divergence([0.75, 0.25], q), cross_entropy([0.75, 0.25], q)
    assert theta[kl.argmin()] == theta[ce.argmin()] == pytest.approx(0.75)
    assert np.diff(kl) == pytest.approx(np.diff(ce), abs=1e-12)
    assert kl_divergence([0, 1], q) == pytest.approx(cross_entropy([0, 1], q))
    assert (kl_divergence(q, q) == 0).all()
    moving = cross_entropy(q, q)
    assert moving.argmax() == 49
    assert moving == pytest.approx(-theta * np.log2(theta) - (1 - theta) * np.log2(1 - theta))
    # A target that is held constant: one gradient for both again, and 0 where the two agree.
    for at in (0.2, 0.7):
        held, step = [at, 1 - at], 1e-6
        for loss in (cross_entropy, kl_divergence):
            up, down = (loss(held, [x, 1 - x]) for x in (at + step, at - step))
            assert (up - down) / (2 * step) == pytest.approx(0, abs=1e-6)
        up, down = (cross_entropy([x, 1 - x], [x, 1 - x]) for x in (at + step, at - step))
        assert abs(up - down) / (2 * step) > 1  # through the target too
