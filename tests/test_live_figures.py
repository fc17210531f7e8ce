"""Each live figure moved by keys and by pointer, and its numbers compared with xentlib's."""

import math

import numpy as np
import pytest
from widgets_page import click, control, drag, press, readout, settle, trait

from xentlib import codes, measures
from xentlib.widgets import EntropyBars, ProbabilityLine, TwentyQuestions, TwoDistributions

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
    assert "no codeword" in page.locator(".xent-sentence").inner_text()
    press(page, "q-1", "End")
    assert trait(page, "q") == [0, 1, 0, 0]
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
    same(page, {
        "entropy": measures.entropy(p, base=base),
        "huffman": codes.huffman_code(p).expected_length(p) / unit,
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
