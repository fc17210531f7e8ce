"""The mathematics of the live figures (core.js) against the same numbers as xentlib's."""

import json
import math
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

from xentlib import codes, losses, measures

REFERENCE = json.loads((Path(__file__).parent / "reference" / "measures.json").read_text())
CASES = [pytest.param(c, id=c["name"].replace(" ", "-")) for c in REFERENCE["cases"]]
CORE = Path(measures.__file__).parent / "widgets" / "js" / "core.js"
IN_JAVASCRIPT = {
    "entropy": "entropy",
    "cross_entropy": "crossEntropy",
    "kl_divergence": "klDivergence",
}


@pytest.fixture(scope="module")
def core(browser):
    """Call core.js: core("name", *arguments)."""
    page = browser.new_page()
    page.evaluate(
        """async (text) => {
            const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
            window.core = await import(url);
        }""",
        CORE.read_text(encoding="utf-8"),
    )
    yield lambda name, *arguments: page.evaluate(
        "([name, arguments_]) => core[name](...arguments_)", [name, list(arguments)]
    )
    page.close()


def close(value, exact):
    return value == exact if math.isinf(exact) else math.isclose(value, exact, rel_tol=1e-12)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", IN_JAVASCRIPT)
def test_xentlib_gives_the_reference_number(case, name):
    pmfs = (case["p"],) if name == "entropy" else (case["p"], case["q"])
    assert close(getattr(measures, name)(*pmfs), float(case[name]))


@pytest.mark.browser
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", IN_JAVASCRIPT)
def test_core_gives_the_reference_number(core, case, name):
    pmfs = (case["p"],) if name == "entropy" else (case["p"], case["q"])
    assert close(core(IN_JAVASCRIPT[name], *pmfs), float(case[name]))


@pytest.mark.browser
def test_core_surprisal_and_normalize(core):
    for p in (1.0, 0.5, 0.1, 1e-300, 0.0):
        assert close(core("surprisal", p), float(measures.surprisal(p)))
    np.testing.assert_allclose(core("normalize", [3, 1, 4]), measures.normalize([3, 1, 4]))


@pytest.mark.browser
@pytest.mark.parametrize("p", [[0.5, 0.25, 0.125, 0.125], [1, 0, 0], [0.3, 0, 0.7]])
@pytest.mark.parametrize("k", [0, 2])
@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
def test_reshare_keeps_a_pmf_and_the_proportions_of_the_rest(core, p, k, value):
    new = core("reshare", p, k, value)
    assert new[k] == value
    assert math.isclose(sum(new), 1)
    rest, new_rest = np.delete(p, k), np.delete(new, k)
    if rest.sum() > 0:
        np.testing.assert_allclose(new_rest * rest.sum(), rest * new_rest.sum(), atol=1e-15)
    else:
        np.testing.assert_allclose(new_rest, (1 - value) / len(rest))


@pytest.mark.browser
def test_core_bounds_an_entropy_by_guesses_as_shannon_does(core):
    """Equation 17 of 1951, and the entropy of what the bounds belong to lies between them."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        p = rng.dirichlet(np.full(6, 0.5), size=4)  # four contexts, equally likely
        q = np.sort(p)[:, ::-1].mean(0)
        times = np.round(1000 * q).astype(int)
        ranks = np.repeat(np.arange(1, 7), times)
        shares = times / times.sum()
        i = np.arange(1, 7)
        lower, upper = core("shannonBounds", rng.permutation(ranks).tolist())
        assert math.isclose(lower, sum(i * (shares - np.append(shares[1:], 0)) * np.log2(i)))
        assert math.isclose(upper, float(measures.entropy(shares)))
        assert lower - 0.02 <= measures.entropy(p).mean() <= upper + 0.02


PMFS = [
    [1.0],
    [0.5, 0.5],
    [0.5, 0.25, 0.125, 0.125],
    [0.35, 0.17, 0.17, 0.16, 0.15],
    [0.4, 0.3, 0.2, 0.1],
    [0.25] * 4,
    [0.9, 0.1, 0.0, 0.0],
    [k / 136 for k in range(16, 0, -1)],
]


@pytest.mark.browser
@pytest.mark.parametrize("p", PMFS)
def test_core_builds_the_same_codes(core, p):
    code = codes.huffman_code(p)
    assert core("huffmanLengths", p) == code.lengths.tolist()
    assert core("canonicalWords", code.lengths.tolist()) == list(code.codewords)
    fano = codes.fano_code(p).expected_length(p)
    assert math.isclose(core("fanoMean", p), fano, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("p", "members", "first"),
    [
        ([0.35, 0.17, 0.17, 0.16, 0.15], [0, 1, 2, 3, 4], [0, 1]),
        ([0.1, 0.2, 0.3, 0.4], [0, 1, 2, 3], [3]),  # .4 against .6, and not .7 against .3
        ([0.1, 0.2, 0.3, 0.4], [0, 1, 2], [2]),
        ([0.25, 0.25, 0.25, 0.25], [3, 1], [1]),
        ([0.0, 0.0, 0.0, 1.0], [0, 1, 2], [0]),  # nothing to halve: cut nearest the middle, earlier
    ],
)
def test_core_halves_the_mass(core, p, members, first):
    assert core("halve", p, members) == first


@pytest.mark.browser
@pytest.mark.parametrize(
    ("low", "high"),
    [("0", "1"), ("0", "1/2"), ("1/2", "3/4"), ("1/10", "1/5"), ("1/3", "2/3"), ("89/100", "1")],
)
def test_core_address_is_the_shortest_inside(core, low, high):
    low, high = Fraction(low), Fraction(high)
    depth = 0
    while not (
        inside := [
            n
            for n in range(2**depth)
            if low <= Fraction(n, 2**depth) and Fraction(n + 1, 2**depth) <= high
        ]
    ):
        depth += 1  # fmt: skip
    found = core("address", float(low), float(high))
    assert found["depth"] == depth
    assert found["start"] == inside[0] / 2**depth
    assert found["word"] == (f"{inside[0]:0{depth}b}" if depth else "")


@pytest.mark.browser
def test_core_draws_as_often_as_probable_and_the_same_each_time(core):
    p = [0.5, 0.25, 0.25, 0.0]
    drawn = [core("draw", p, seed) for seed in range(400)]
    assert drawn[:20] == [core("draw", p, seed) for seed in range(20)]
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 400, p, atol=0.06)


@pytest.mark.browser
def test_core_error_function_in_the_middle_and_in_the_tail(core):
    for x in (-3, -0.4, 0, 1e-9, 0.5, 1.7, 2.49, 2.51, 4, 6.3):
        assert math.isclose(core("erfc", x), mpmath.erfc(x), rel_tol=2e-12), x


@pytest.mark.browser
@pytest.mark.parametrize("p", PMFS)
def test_core_expected_lengths_of_blocks(core, p):
    if len(p) <= 5:
        block = core("blockPmf", p, 3)
        np.testing.assert_allclose(block, codes.block_pmf(p, 3), rtol=1e-12)
        expected = codes.huffman_code(block).expected_length(block)
        assert math.isclose(core("huffmanMean", block), expected, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.browser
@pytest.mark.parametrize("logits", [[0.7, -0.4, 1.9], [1000, 1001, 1002], [0, 800], [-1e4, 1e4]])
def test_core_softmax_does_not_overflow(core, logits):
    np.testing.assert_allclose(core("softmax", logits), losses.softmax(logits), rtol=1e-12)
    for label in range(len(logits)):
        cost = losses.softmax_cross_entropy(logits, label)
        assert math.isclose(core("softmaxCost", logits, label), cost, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.browser
def test_core_divergences_of_bell_curves(core):
    one = {"weights": [1], "means": [2], "sigmas": [1.5]}
    forward = measures.gaussian_kl(mean_p=2, sigma_p=1.5, mean_q=5, sigma_q=0.75)
    backward = measures.gaussian_kl(mean_p=5, sigma_p=0.75, mean_q=2, sigma_q=1.5)
    assert math.isclose(core("forwardKl", one, 5, 0.75), forward, rel_tol=1e-10)
    assert math.isclose(core("reverseKl", one, 5, 0.75), backward, rel_tol=1e-10)
    # far out, where the densities themselves underflow
    assert math.isclose(
        core("reverseKl", one, 200, 1),
        measures.gaussian_kl(mean_p=200, sigma_p=1, mean_q=2, sigma_q=1.5),
        rel_tol=1e-10,
    )


@pytest.mark.browser
def test_core_bins_of_a_bell_curve(core):
    for sigma, width in ((14.0, 16.0), (1.0, 1 / 64), (0.01, 1.0)):
        masses = [mass for _, mass in core("gaussianBins", 200.9, sigma, width)]
        assert math.isclose(sum(masses), 1, rel_tol=1e-12)
