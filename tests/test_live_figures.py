"""Each live figure moved by keys and by pointer, and its numbers compared with xentlib's."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats
from widgets_page import click, control, drag, press, readout, settle, trait

from xentlib import codes, likelihood, losses, measures
from xentlib.widgets import (
    BatchReadings,
    BinWidth,
    BlockLength,
    EntropyBars,
    GaussianFit,
    LikelihoodLines,
    NoiseModel,
    ProbabilityLine,
    SoftmaxLogits,
    TrainingReplay,
    TwentyQuestions,
    TwoDistributions,
)

pytestmark = pytest.mark.browser


def same(page, expected):
    """The readouts are these numbers."""
    for name, value in expected.items():
        assert readout(page, name) == pytest.approx(value, rel=1e-12, abs=1e-12), name


# ---- TwoDistributions


def agrees_with_xentlib(page):
    p, q, base = (trait(page, name) for name in ("p", "q", "base"))
    assert sum(p) == pytest.approx(1)
    assert sum(q) == pytest.approx(1)
    expected = {
        "entropy": measures.entropy(p, base=base),
        "kl": measures.kl_divergence(p, q, base=base),
        "cross-entropy": measures.cross_entropy(p, q, base=base),
    }
    for name, value in expected.items():
        assert readout(page, name) == pytest.approx(value, rel=1e-12, abs=1e-12)


def test_two_distributions_by_keys(show):
    page = show(TwoDistributions())
    agrees_with_xentlib(page)
    press(page, "q-0", "ArrowUp")
    assert trait(page, "q")[0] == 0.13  # from .125 to the next multiple of .01
    press(page, "q-0", "Shift+ArrowUp", "ArrowDown")
    assert trait(page, "q")[0] == 0.19
    assert trait(page, "q")[1] == pytest.approx(0.5 * 0.81 / 0.875)  # the others in proportion
    agrees_with_xentlib(page)
    press(page, "p-3", "PageUp", "ArrowRight", "ArrowLeft")
    assert trait(page, "p")[3] == 0.2
    agrees_with_xentlib(page)
    assert control(page, "p-3").get_attribute("aria-valuetext") == "20 percent"
    press(page, "q-1", "Home")
    assert trait(page, "q")[1] == 0
    assert readout(page, "cross-entropy") == math.inf
    agrees_with_xentlib(page)
    assert "it never happens: it has no codeword" in page.locator(".xent-sentence").inner_text()
    press(page, "q-1", "End")
    assert trait(page, "q") == [0, 1, 0, 0]
    told = page.locator(".xent-sentence").inner_text()
    assert "p sends cat, apple and violin, q says they never happen: they have no codeword" in told
    press(page, "q-1", "ArrowDown")
    assert trait(page, "q") == pytest.approx([0.01 / 3, 0.99, 0.01 / 3, 0.01 / 3])


def test_two_distributions_by_pointer(show):
    page = show(TwoDistributions())
    drag(page, "p-1", dy=-45)
    assert trait(page, "p")[1] == pytest.approx(0.25 + 45 / 180, abs=0.005)
    agrees_with_xentlib(page)
    drag(page, "q-1", dy=1000)
    assert trait(page, "q")[1] == 0
    agrees_with_xentlib(page)
    box = page.locator('[data-rail="q-1"]').bounding_box()  # a click on the empty rail sets the bar
    page.mouse.click(box["x"] + 5, box["y"] + box["height"] / 2)
    settle(page)
    assert trait(page, "q")[1] == pytest.approx(0.5, abs=0.01)
    agrees_with_xentlib(page)


def test_two_distributions_buttons(show):
    page = show(TwoDistributions())
    start = trait(page, "p"), trait(page, "q")
    click(page, "swap")
    assert (trait(page, "q"), trait(page, "p")) == start
    assert readout(page, "cross-entropy") == 2.25  # and not 2.375
    click(page, "base-nats")
    agrees_with_xentlib(page)
    assert readout(page, "entropy") == pytest.approx(1.75 * math.log(2))
    click(page, "match")
    assert readout(page, "kl") == 0
    assert "fits" in page.locator(".xent-sentence").inner_text()
    click(page, "reset")
    assert (trait(page, "p"), trait(page, "q")) == start
    assert trait(page, "base") == 2


def test_a_change_from_python_is_shown(show):
    page = show(TwoDistributions())
    page.evaluate("figures[0].model.set('q', [0.25, 0.25, 0.25, 0.25])")
    settle(page)
    assert readout(page, "cross-entropy") == 2
    page.evaluate(
        "for (const [k, v] of [['p', [.5, .5]], ['q', [.25, .75]], ['labels', ['yes', 'no']]])"
        " figures[0].model.set(k, v)"
    )
    settle(page)
    assert page.locator("[data-control]").count() == 4  # built anew for two outcomes
    agrees_with_xentlib(page)


# ---- EntropyBars


def entropies(page):
    p, base = trait(page, "p"), trait(page, "base")
    assert sum(p) == pytest.approx(1)
    unit = math.log(base, 2)
    happens = [x for x in p if x > 0]
    same(page, {
        "entropy": measures.entropy(p, base=base),
        "huffman": codes.huffman_code(happens).expected_length(happens) / unit,
        "maximum": math.log2(len(p)) / unit,
    })  # fmt: skip


def test_entropy_bars(show):
    page = show(EntropyBars())
    entropies(page)
    press(page, "p-3", "Shift+ArrowUp", "ArrowUp")
    entropies(page)
    drag(page, "p-0", dy=30)
    entropies(page)
    click(page, "base-nats")
    entropies(page)
    press(page, "p-2", "Home")
    entropies(page)
    click(page, "reset")
    click(page, "equal")
    assert readout(page, "entropy") == readout(page, "maximum") == 2
    click(page, "dyadic")
    assert trait(page, "p") == [1 / 2, 1 / 4, 1 / 8, 1 / 8]
    assert readout(page, "entropy") == readout(page, "huffman") == 1.75
    press(page, "p-0", "End")
    assert readout(page, "entropy") == 0


def test_entropy_bars_names_what_never_happens(show):
    page = show(EntropyBars(p=[0.5, 0.5, 0, 0]))
    told = page.locator(".xent-sentence").inner_text()
    assert told.endswith("There is no word for apple or violin, which never happen.")


def test_entropy_bars_tells_when_halving_is_not_best(show):
    page = show(EntropyBars(p=[0.35, 0.17, 0.17, 0.16, 0.15]))
    assert readout(page, "huffman") == pytest.approx(2.3)
    text = page.locator(".xent-sentence").inner_text()
    assert "Halving the mass at each question needs 2.310 bits: more." in text


# ---- ProbabilityLine


def test_probability_line(show):
    page = show(ProbabilityLine())
    same(page, {"probability": 0.25, "surprisal": 2, "halvings": 2})
    click(page, "chosen-violin")
    same(page, {"probability": 0.125, "surprisal": 3, "halvings": 3})
    assert "address 111" in page.locator(".xent-sentence").inner_text()
    press(page, "border-2", "ArrowRight", "ArrowRight")  # from .875 to .89
    p = trait(page, "p")
    assert p == pytest.approx([0.5, 0.25, 0.14, 0.11])
    same(page, {"probability": p[3], "surprisal": measures.surprisal(p[3]), "halvings": 4})
    assert "address 1111" in page.locator(".xent-sentence").inner_text()
    drag(page, "border-0", dx=-60)
    p = trait(page, "p")
    assert p[0] + p[1] == pytest.approx(0.75)
    assert p[0] < 0.5
    press(page, "border-1", "Home")  # up against its left neighbour
    assert trait(page, "p")[1] == 0
    click(page, "chosen-boat")
    assert readout(page, "surprisal") == readout(page, "halvings") == math.inf


# ---- TwentyQuestions


def questions(page):
    """Compare the table with xentlib; return the codewords."""
    words = trait(page, "words")
    lengths = [len(word) for word in words]
    for who in ("alice", "bob"):
        p = trait(page, who)
        same(page, {
            who: np.dot(p, lengths),
            f"{who}-entropy": measures.entropy(p),
            f"{who}-best": codes.huffman_code(p).expected_length(p),
        })  # fmt: skip
    return words


def test_twenty_questions_are_planned_by_keys(show):
    page = show(TwentyQuestions(labels=["a", "b", "c"], alice=[0.5, 0.3, 0.2], bob=[0.2, 0.2, 0.6]))
    asks = page.locator('[data-button="ask"]')
    assert asks.is_disabled()
    press(page, "thing-0", "Space")
    assert trait(page, "ticked") == [0]
    asks.focus()
    page.keyboard.press("Enter")
    settle(page)
    assert questions(page) == ["0", "1", "1"]
    assert control(page, "thing-0").is_disabled()
    press(page, "thing-1", "Space")
    assert not asks.is_disabled()
    press(page, "thing-2", "Space")
    assert asks.is_disabled()  # a question that everyone answers with yes is no question
    press(page, "thing-2", "Space")
    click(page, "ask")
    assert questions(page) == ["0", "10", "11"]
    assert "No questions do better" in page.locator(".xent-sentence").inner_text()
    click(page, "undo")
    click(page, "undo")
    assert questions(page) == ["", "", ""]
    assert page.locator('[data-button="undo"]').is_disabled()


@pytest.mark.parametrize("who", ["Alice", "Bob"])
def test_twenty_questions_halves_as_fano_does(show, who):
    figure = TwentyQuestions()
    page = show(figure)
    click(page, f"player-{who}")
    click(page, "halve")
    assert 0 < len(trait(page, "ticked")) < 16
    click(page, "rest")
    words = questions(page)
    assert codes.kraft_sum([len(word) for word in words]) == 1
    codes.PrefixCode(words)  # no word begins with another
    p = getattr(figure, who.lower())
    assert readout(page, who.lower()) == pytest.approx(codes.fano_code(p).expected_length(p))
    click(page, "reset")
    assert questions(page) == [""] * 16


def test_twenty_questions_is_played(show):
    page = show(TwentyQuestions())
    play = page.locator('[data-button="play-1"]')
    assert play.is_disabled()
    click(page, "rest")
    words = trait(page, "words")
    counts = []
    for _ in range(5):
        click(page, "play-1")
        text = page.locator(".xent-sentence").inner_text()
        thing = text.split("thinks of the ")[1].split(" and")[0]
        said = text.split("answers ")[1].split(".")[0]
        word = words[trait(page, "labels").index(thing)]
        assert said == ", ".join("yes" if bit == "0" else "no" for bit in word)
        counts.append(len(word))
        assert readout(page, "rounds") == len(counts)
        assert readout(page, "played") == pytest.approx(np.mean(counts))
    for _ in range(20):
        click(page, "play-100")
    assert readout(page, "played") == pytest.approx(readout(page, "alice"), abs=0.1)
    click(page, "undo")
    assert readout(page, "rounds") == 0


# ---- BlockLength


def blocks(page):
    p, n = trait(page, "p"), trait(page, "n")
    block = codes.block_pmf([p, 1 - p], n)
    same(page, {
        "rate": codes.huffman_code(block).expected_length(block) / n,
        "entropy": measures.entropy([p, 1 - p]),
        "words": 2**n,
    })  # fmt: skip


def test_block_length(show):
    page = show(BlockLength())
    blocks(page)
    press(page, "n", *["ArrowRight"] * 5)
    blocks(page)
    at_six = readout(page, "rate")
    press(page, "n", "ArrowRight")
    blocks(page)
    assert readout(page, "rate") > at_six
    assert "More than with blocks of 6" in page.locator(".xent-sentence").inner_text()
    press(page, "n", "End")
    press(page, "p", "Shift+ArrowLeft")
    assert trait(page, "p") == 0.85
    blocks(page)
    press(page, "p", "Home")
    same(page, {"rate": 1, "entropy": 1})


# ---- GaussianFit


def divergences(page):
    names = ("weights", "means", "sigmas", "apart", "mean", "sigma", "base")
    state = {name: trait(page, name) for name in names}
    means = [*state["means"][:-1], state["means"][-1] + state["apart"]]

    def log_p(x):
        terms = np.log(state["weights"]) + stats.norm.logpdf(x, means, state["sigmas"])
        return np.logaddexp.reduce(terms)

    def log_q(x):
        return stats.norm.logpdf(x, state["mean"], state["sigma"])

    def divergence(log_a, log_b, ends):
        def integrand(x):
            return np.exp(log_a(x)) * (log_a(x) - log_b(x))

        between = itertools.pairwise(sorted({*ends, *means, state["mean"]}))
        parts = [integrate.quad(integrand, a, b, epsabs=1e-13, limit=200) for a, b in between]
        return sum(value for value, _ in parts) / math.log(state["base"])

    far = 9 * max(*state["sigmas"], state["sigma"])
    ends = min(*means, state["mean"]) - far, max(*means, state["mean"]) + far
    for name, pair in (("forward", (log_p, log_q)), ("reverse", (log_q, log_p))):
        assert readout(page, name) == pytest.approx(divergence(*pair, ends), abs=1e-9), name


def test_gaussian_fit(show):
    page = show(GaussianFit())
    divergences(page)
    press(page, "mean", "ArrowLeft", "Shift+ArrowLeft")
    press(page, "sigma", *["ArrowLeft"] * 4)
    divergences(page)
    drag(page, "mean", dx=60)
    drag(page, "sigma", dx=20)
    divergences(page)
    click(page, "forward")
    matched = GaussianFit()._matched()  # the least KL(p‖q) has the mean and the spread of p
    assert readout(page, "mean") == pytest.approx(matched[0], abs=1e-3)
    assert readout(page, "sigma") == pytest.approx(matched[1], abs=1e-3)
    click(page, "base-nats")
    divergences(page)


def test_gaussian_fit_takes_a_hump_or_the_valley_as_the_price_goes(show):
    figure = GaussianFit()
    page = show(figure)
    click(page, "reverse")
    mean, sigma = figure._settled()
    assert readout(page, "mean") == pytest.approx(mean, abs=0.01)
    assert readout(page, "sigma") == pytest.approx(sigma, abs=0.01)
    press(page, "apart", *["Shift+ArrowRight"] * 5)
    click(page, "reverse")
    divergences(page)
    assert readout(page, "mean") == pytest.approx(191, abs=0.1)
    assert readout(page, "reverse") == pytest.approx(math.log2(1 / 0.64), abs=0.01)


# ---- LikelihoodLines


def coin_lines(page):
    theta, x, line = trait(page, "theta"), trait(page, "x"), trait(page, "line")

    def coin(thetas):
        return np.stack([1 - thetas, thetas], axis=-1)

    lines = likelihood.likelihood_lines(x, coin, np.array([theta]))
    in_order = [*lines[:6], lines.product]  # the last one leads back to the first
    assert readout(page, "value") == pytest.approx(in_order[line].values[0], rel=1e-12)
    assert readout(page, "best") == pytest.approx(np.mean(x))


def test_likelihood_lines(show):
    page = show(LikelihoodLines())
    assert page.locator('[data-button="back"]').is_disabled()
    press(page, "theta", "ArrowRight")
    for _ in range(6):
        coin_lines(page)
        click(page, "next")
    coin_lines(page)
    assert page.locator('[data-button="next"]').is_disabled()
    drag(page, "theta", dx=100)
    coin_lines(page)
    click(page, "back")
    coin_lines(page)
    click(page, "heads")
    click(page, "tails")
    assert trait(page, "x")[-2:] == [1, 0]
    coin_lines(page)
    click(page, "wrong")
    assert (
        "wants 1, a coin that never shows the 4 tails"
        in page.locator(".xent-sentence").inner_text()
    )
    press(page, "theta", "End")
    assert readout(page, "value") == math.inf


# ---- BinWidth


def bins(page):
    mean, sigma, width = (trait(page, name) for name in ("mean", "sigma", "width"))
    each = np.ceil(10 * sigma / width)
    edges = mean + (np.arange(-each, each + 2) - 0.5) * width  # one bin around the mean
    bits = measures.entropy(np.diff(stats.norm.cdf(edges, mean, sigma)))
    same(page, {
        "bin-entropy": bits,
        "log-width": math.log2(width),
        "sum": bits + math.log2(width),
        "differential-entropy": measures.gaussian_entropy(sigma),
    })  # fmt: skip


def test_bin_width(show):
    page = show(BinWidth())
    bins(page)
    press(page, "width", "ArrowLeft", "Shift+ArrowLeft")
    bins(page)
    for _ in range(4):
        click(page, "halve")
    assert trait(page, "width") < 1
    bins(page)
    assert "That is the differential entropy" in page.locator(".xent-sentence").inner_text()
    press(page, "sigma", *["Shift+ArrowLeft"] * 8)
    bins(page)
    assert readout(page, "differential-entropy") < 0
    assert readout(page, "bin-entropy") >= 0
    press(page, "width", "End")
    bins(page)


# ---- SoftmaxLogits


def logits(page):
    z = np.add(trait(page, "logits"), trait(page, "shift"))
    target, base = trait(page, "target"), trait(page, "base")
    same(page, {
        "loss": losses.softmax_cross_entropy(z, target, base=base),
        "probability": losses.softmax(z)[target],
    })  # fmt: skip


def test_softmax_logits(show):
    page = show(SoftmaxLogits(base=np.e))
    logits(page)
    press(page, "logit-1", "ArrowRight", "Shift+ArrowRight")
    assert trait(page, "logits")[1] == 2
    logits(page)
    before = readout(page, "loss")
    press(page, "shift", *["Shift+ArrowRight"] * 6)
    assert readout(page, "loss") == pytest.approx(before, rel=1e-12)
    logits(page)
    click(page, "target-Gentoo")
    logits(page)
    click(page, "base-bits")
    logits(page)
    z = trait(page, "logits")
    click(page, "step")
    gradient = losses.softmax_cross_entropy_grad(z, 2, base=np.e)
    assert trait(page, "logits") == pytest.approx(np.subtract(z, gradient))
    box = page.locator('[data-control="logit-0"]').bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    settle(page)
    assert trait(page, "logits")[0] == pytest.approx(-4, abs=0.4)
    logits(page)


# ---- BatchReadings


def readings(page):
    q, observed, base = trait(page, "q"), trait(page, "observed"), trait(page, "base")
    each = losses.nll(q, observed, reduction="none", base=base)
    same(page, {
        "sum": each.sum(), "joint": each.sum(), "mean": each.mean(),
        **{f"cost-{i}": cost for i, cost in enumerate(each)},
    })  # fmt: skip


def test_batch_readings(show):
    page = show(BatchReadings())
    readings(page)
    click(page, "label-0-2")
    assert trait(page, "observed") == [2, 0, 2]
    readings(page)
    press(page, "share-1", "ArrowRight", "Shift+ArrowLeft")
    assert trait(page, "q")[1] == pytest.approx([0.8, 0.15, 0.05])
    readings(page)
    click(page, "base-nats")
    readings(page)
    press(page, "share-2", "Home")
    assert readout(page, "joint") == readout(page, "sum") == math.inf
    click(page, "reset")
    readings(page)


# ---- NoiseModel


def noises(page):
    x, step, moved = np.array(trait(page, "x")), trait(page, "step"), trait(page, "moved")
    gaussian, laplace = (
        likelihood.maximum_likelihood("gaussian", x),
        likelihood.maximum_likelihood("laplace", x),
    )
    _, middle, scale = stats.t.fit(x, fdf=3)
    models = {
        "gaussian": stats.norm(gaussian["mean"], gaussian["sigma"]),
        "laplace": stats.laplace(laplace["loc"], laplace["scale"]),
        "student": stats.t(3, middle, scale),
    }
    for name, model in models.items():
        bits = -model.logpdf(x) / math.log(2) - math.log2(step)
        close = {"rel": 1e-4} if name == "student" else {"rel": 1e-12}  # scipy's search stops early
        assert readout(page, f"{name}-location") == pytest.approx(model.median(), **close)
        assert readout(page, f"{name}-outlier") == pytest.approx(bits[moved], **close)
        assert readout(page, f"{name}-others") == pytest.approx(
            np.delete(bits, moved).mean(), **close
        )


def test_noise_model(show):
    page = show(NoiseModel())
    noises(page)
    press(page, "outlier", *["Shift+ArrowRight"] * 4)
    noises(page)
    drag(page, "outlier", dx=150)
    assert trait(page, "x")[-1] > 8
    noises(page)
    press(page, "outlier", "Home")
    noises(page)


# ---- TrainingReplay

LOSSES = {
    "steps": [0, 1, 2, 3],
    "train": [4.6, 3.4, 2.0, 1.5],
    "held_out": [4.7, 3.5, 2.5, 2.625],
    "files": [600, 450, 315, 340],
    "rivals": {"zlib": 400, "xz": 320},
    "step_name": "order",
}


def test_training_replay(show):
    page = show(TrainingReplay(**LOSSES))
    same(page, {"held-out": 4.7, "bytes": 600})
    press(page, "step", "ArrowRight", "ArrowRight")
    same(page, {"held-out": 2.5, "bytes": 315})
    text = page.locator(".xent-sentence").inner_text()
    assert text.startswith("Order 2: 2.500 bits per character")
    assert "the least it gets" in text
    assert "smaller than what zlib, xz make" in text
    click(page, "next")
    same(page, {"held-out": 2.625, "bytes": 340})
    drag(page, "step", dx=-2000)
    same(page, {"held-out": 4.7, "bytes": 600})


def test_training_replay_needs_losses_of_one_length():
    with pytest.raises(ValueError, match="steps has 4 entries, but train has 2"):
        TrainingReplay(**LOSSES | {"train": [2.0, 1.0]})
