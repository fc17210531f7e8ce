"""Each live figure moved by keys and by pointer, and its numbers compared with xentlib's."""

import itertools
import json
import math
import re

import numpy as np
import pytest
from scipy import integrate, stats
from widgets_page import click, control, drag, page_of, press, readout, settle, trait

from xentlib import NGram, codes, datasets, likelihood, losses, measures
from xentlib.widgets import (
    BatchReadings,
    BinWidth,
    BlockLength,
    EntropyBars,
    GaussianFit,
    GuessTheNext,
    LikelihoodLines,
    NoiseModel,
    ProbabilityLine,
    SoftmaxLogits,
    TrainingReplay,
    TwentyQuestions,
    TwoDistributions,
)
from xentlib.widgets.guess_the_next import LETTERS, letters_of, play

pytestmark = pytest.mark.browser


def same(page, expected):
    """The readouts are these numbers."""
    for name, value in expected.items():
        assert readout(page, name) == pytest.approx(value, rel=1e-12, abs=1e-12), name


def is_off(button):
    """The button says that it does nothing, and has not lost the focus for that."""
    assert button.evaluate("b => !b.disabled")
    return button.get_attribute("aria-disabled") == "true"


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


def test_the_blue_part_keeps_its_length_when_the_scale_grows(show):
    page = show(TwoDistributions())
    stack = page.locator(".xent-stage svg", has=page.locator(".xent-bracket"))
    lengths = []
    for keys in ([], ["PageUp"] * 7):
        press(page, "q-3", *keys)
        blue = float(stack.locator("rect.xent-fill-p").get_attribute("width"))
        axis = float(stack.locator("line.xent-axis").first.get_attribute("x2"))
        longest = float(stack.locator(".xent-tick").last.text_content().split()[0])
        assert blue / axis * longest == pytest.approx(readout(page, "entropy"))
        lengths.append(longest)
    assert lengths[0] < lengths[1]


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


def test_a_dot_beyond_the_axis_of_surprisal_stands_above_it(show):
    page = show(ProbabilityLine())
    place = "k => document.querySelector(k).getBoundingClientRect()"
    seven = page.evaluate(place, "svg:has(.xent-curve) .xent-axis")["top"]
    click(page, "chosen-violin")
    press(page, "border-2", "End")
    for step in range(1, 4):  # .01, .02 and .03 left for the violin
        press(page, "border-2", "ArrowLeft")
        bits = readout(page, "surprisal")
        assert bits == pytest.approx(-math.log2(step / 100))
    drag(page, "border-2", dx=60)
    assert readout(page, "surprisal") > 7
    dot = page.evaluate(place, ".xent-dot")
    assert dot["bottom"] < seven
    assert dot["top"] >= page.evaluate(place, "svg:has(.xent-curve)")["top"]


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
    assert is_off(asks)
    press(page, "thing-0", "Space")
    assert trait(page, "ticked") == [0]
    asks.focus()
    page.keyboard.press("Enter")
    settle(page)
    assert questions(page) == ["0", "1", "1"]
    assert control(page, "thing-0").is_disabled()
    press(page, "thing-1", "Space")
    assert not is_off(asks)
    press(page, "thing-2", "Space")
    assert is_off(asks)  # a question that everyone answers with yes is no question
    press(page, "thing-2", "Space")
    click(page, "ask")
    assert questions(page) == ["0", "10", "11"]
    assert "No questions do better" in page.locator(".xent-sentence").inner_text()
    click(page, "undo")
    click(page, "undo")
    assert questions(page) == ["", "", ""]
    assert is_off(page.locator('[data-button="undo"]'))


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
    assert is_off(page.locator('[data-button="undo"]'))  # no plan is left to go back to


def test_twenty_questions_is_played(show):
    page = show(TwentyQuestions())
    play = page.locator('[data-button="play-1"]')
    assert is_off(play)
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


# ---- GuessTheNext

GAME = {
    "leads": ["so it ", "and "],
    "hidden": ["is a game", "no more e"],
    "bits": [[[4.0, 3.5, 2.0, 1.0, 3.0, 2.5, 0.5, 4.5, 1.5]] * 4 + [[0.5] * 9]] * 2,
    "ranks": [[[1, 2, 1, 3, 1, 1, 2, 9, 1]] * 4 + [[1] * 9]] * 2,
    "guesses": [["ti", "s", "t ", "a", " ", "eg", "a", "m", "e"]] * 2,
}


def bounds(ranks):
    """Shannon's sums (1951, equation 17) for shares that fall."""
    q = np.sort(np.bincount(ranks)[1:] / len(ranks))[::-1]
    i = np.arange(1, q.size + 1)
    falls = q - np.append(q[1:], 0)
    return np.sum(i * falls * np.log2(i)), measures.entropy(q)


def is_bounded(page, name, ranks):
    lower, upper = bounds(ranks)
    same(page, {f"lower{name}": lower, f"upper{name}": upper})
    assert lower <= upper + 1e-12


def test_guess_the_next_by_guesses(show):
    page = show(GuessTheNext(**GAME))
    sentence = page.locator(".xent-sentence")
    press(page, "letter", "e", "e", "9", "t")
    assert trait(page, "tried") == "et"
    assert sentence.inner_text().startswith("Not e, t.")
    press(page, "letter", "i")
    assert trait(page, "plays")[0] == [{"guesses": "eti"}]
    assert sentence.inner_text() == "It was i, found in 3 guesses."
    click(page, "letter-x")
    assert page.locator('[data-button="letter-x"]').get_attribute("aria-disabled") == "true"
    click(page, "letter-s")
    press(page, "letter", "Space")
    assert [play["guesses"] for play in trait(page, "plays")[0]] == ["eti", "xs", " "]
    is_bounded(page, "", [3, 2, 1])
    is_bounded(page, "-0", [1, 2, 1])
    same(page, {"order-0": 9.5 / 3, "order-4": 0.5})
    click(page, "passage-passage 2")
    assert trait(page, "plays")[1] == []
    press(page, "letter", *"no more e")
    assert "The passage is done." in sentence.inner_text()
    press(page, "letter", "a")
    assert len(trait(page, "plays")[1]) == 9
    is_bounded(page, "", [1] * 9)
    click(page, "reset")
    assert trait(page, "plays") == [[], []]


def test_guess_the_next_by_bets(show):
    page = show(GuessTheNext(**GAME))
    click(page, "mode-bet")
    places = page.locator('[data-button="bet"]')
    assert is_off(places)
    press(page, "letter", "i", "i", "Enter")
    assert trait(page, "chips")[8] == 10
    assert trait(page, "plays")[0] == []
    click(page, "handful-20")
    press(page, "letter", "e", "t", "a", "o", "n")
    assert sum(trait(page, "chips")) == 100  # the last one found only ten chips
    press(page, "letter", "Enter")
    assert trait(page, "plays")[0] == [{"stake": 10}]
    same(page, {"paid": math.log2(10), "order-0": 4})
    click(page, "again")
    press(page, "letter", "Enter")
    same(page, {"paid": math.inf, "total": math.inf, "total-0": 7.5})  # no chip on s
    told = page.locator(".xent-sentence")
    assert "0 chips on it you paid ∞ bits, ∞ in all." in told.inner_text()
    click(page, "mode-guess")
    assert "0 chips on it you paid ∞ bits." in told.inner_text()
    click(page, "mode-bet")
    click(page, "passage-passage 2")
    click(page, "spread")
    assert sorted(trait(page, "chips")) == [3] * 8 + [4] * 19
    click(page, "clear")
    assert sum(trait(page, "chips")) == 0
    click(page, "model-10")
    paid = GAME["bits"][1][3]
    same(page, {"paid": np.mean(paid), "order-3": np.mean(paid)})
    same(page, {"total": np.sum(paid), "total-3": np.sum(paid), "total-4": 4.5})
    assert all(play["model"] for play in trait(page, "plays")[1])


def test_guess_the_next_shows_how_order_three_guesses(show):
    page = show(GuessTheNext(**GAME))
    click(page, "model-1")
    assert trait(page, "plays")[0] == [{"guesses": "ti", "model": True}]
    assert "in 2 guesses by order 3" in page.locator(".xent-sentence").inner_text()


def test_guess_the_next_says_after_fifty_letters_where_one_stands(show):
    figure = GuessTheNext()
    page = show(figure)
    press(page, "letter", *figure.hidden[0][:49])
    assert "letters:" not in page.locator(".xent-sentence").inner_text()
    press(page, "letter", figure.hidden[0][49])
    assert (
        "50 letters: 0.00 to 0.00 bits per letter. Upper bounds above this one: "
        "orders 0, 1, 2, 3, 4." in page.locator(".xent-sentence").inner_text()
    )
    for order in range(5):
        is_bounded(page, f"-{order}", figure.ranks[0][order][:50])
        same(page, {f"order-{order}": np.mean(figure.bits[0][order][:50])})
    press(page, "letter", figure.hidden[0][50])
    assert " 51 letters: 0.00 " in page.locator(".xent-sentence").inner_text()
    click(page, "model-1")
    assert " 52 letters, 1 by order 3: " in page.locator(".xent-sentence").inner_text()


@pytest.mark.parametrize("mode", ["guess", "bet"])
def test_order_three_is_not_told_to_be_better_than_itself(show, mode):
    """Its sums are rounded on two ways."""
    figure = GuessTheNext(mode=mode)
    page = show(figure)
    for passage in range(3):
        click(page, f"passage-passage {passage + 1}")
        for press_of, number in (("10", 40), *(("1", n) for n in range(41, 52)), ("10", 61)):
            while len(trait(page, "plays")[passage]) < number:
                click(page, f"model-{press_of}")
            told = page.locator(".xent-sentence").inner_text()
            assert (" letters" in told) == (number >= 50)
            if number < 50:
                continue
            assert f" {number} letters, {number} by order 3: " in told
            rows = np.array(figure.bits if mode == "bet" else figure.ranks)[passage, :, :number]
            each = rows.mean(axis=1) if mode == "bet" else [bounds(row)[1] for row in rows]
            dearer = [str(order) for order in range(5) if each[order] > each[3] + 1e-6]
            named = ", ".join(dearer)
            assert re.search(rf"(this one:|paid by) orders? {named}\.", told), (told, dearer)


def test_who_has_no_chip_on_a_letter_is_told_of_infinity_after_fifty(show):
    game = [{"stake": 50}] * 48 + [{"stake": 0}]
    figure = GuessTheNext(mode="bet")
    figure.plays = [game, [], []]
    page = show(figure)
    assert " letters" not in page.locator(".xent-sentence").inner_text()
    letter = figure.hidden[0][49]
    click(page, "handful-20")
    for _ in range(5):
        click(page, f"letter-{letter}")
    click(page, "bet")
    told = page.locator(".xent-sentence").inner_text()
    assert "you paid 0.00 bits, ∞ in all. 50 letters: ∞ bits per letter" in told
    same(page, {"paid": math.inf, "total": math.inf})


def test_the_n_grams_pay_and_guess_what_models_pay_that_never_saw_the_passages():
    figure = GuessTheNext()
    rest = letters_of(datasets.manual_text())
    for lead, hidden in zip(figure.leads, figure.hidden, strict=True):
        assert len(hidden) == 100
        rest = rest.replace(lead + hidden, "")
    for order in range(5):
        model = NGram(order, n_symbols=27).fit([LETTERS.index(x) for x in rest])
        for k, (lead, hidden) in enumerate(zip(figure.leads, figure.hidden, strict=True)):
            message = [LETTERS.index(x) for x in lead + hidden]
            bits = model.nll(message, reduction="none")[-100:]
            assert figure.bits[k][order] == pytest.approx(bits, abs=0.0006)
            for at in range(k, 100, 5):
                letter = hidden[at]
                before = message[len(lead) + at - order : len(lead) + at]
                each = [model.nll([*before, x], reduction="none")[-1] for x in range(27)]
                likelier = sum(bits < each[LETTERS.index(letter)] for bits in each)
                as_likely = each.count(each[LETTERS.index(letter)])
                assert likelier < figure.ranks[k][order][at] <= likelier + as_likely
    for hidden, guesses, ranks in zip(figure.hidden, figure.guesses, figure.ranks, strict=True):
        assert [len(word) for word in guesses] == ranks[3]
        assert "".join(word[-1] for word in guesses) == hidden
        assert all(len(set(word)) == len(word) and set(word) <= set(LETTERS) for word in guesses)


def test_the_n_grams_count_what_they_have_read():
    """Order 0 and 1 by hand, for letters from both ends of the alphabet."""
    text = letters_of("Zoe, a zoo; Ada! " * 3 + "the lead zaza " + "ada zoo " * 50)
    hidden, bits, _ = play(text, ("the lead ",))
    assert hidden[0].startswith("zaza ada zoo ada")
    rest = text.replace("the lead " + hidden[0], "")
    n, kinds = len(rest), len(set(rest))

    def single(letter):
        left = kinds / (n + kinds)
        return rest.count(letter) / (n + kinds) + left / 27

    def after(before, letter):
        followers = [b for a, b in itertools.pairwise(rest) if a == before]
        total, many = len(followers), len(set(followers))
        return (followers.count(letter) + many * single(letter)) / (total + many)

    for at, (before, letter) in enumerate(zip(" " + hidden[0], hidden[0])):  # noqa: B905
        assert bits[0][0][at] == pytest.approx(-math.log2(single(letter)), abs=0.0006)
        assert bits[0][1][at] == pytest.approx(-math.log2(after(before, letter)), abs=0.0006)
    assert set("az ") <= set(hidden[0])


def test_the_leads_can_be_chosen():
    lead = "list or tuple is that a range object "
    figure = GuessTheNext(leads=[lead])
    assert figure.hidden[0].startswith("will always take the same small amount of memory")
    assert np.shape(figure.bits) == np.shape(figure.ranks) == (1, 5, 100)


def test_what_show_me_played_does_not_take_the_place_of_a_game(browser):
    game = GuessTheNext(**GAME)
    goal = {"measure": "guessed", "op": ">=", "value": 3}
    solution = {"plays": [[{"guesses": "i"}, {"guesses": "s"}, {"guesses": " "}], []]}
    game.challenges = [{"id": "three", "prompt": "", "all": [goal], "solution": solution}]
    page = browser.new_page()
    served = {"body": page_of(game), "content_type": "text/html"}
    page.route("http://game.test/", lambda route: route.fulfill(**served))
    page.clock.install()
    page.goto("http://game.test/")
    page.wait_for_selector("[data-done]")
    press(page, "letter", "i", *"qwertz")
    for letter in "uopafd":
        press(page, "letter", letter)
        page.clock.fast_forward(700)
    mine = trait(page, "plays")
    assert mine == [[{"guesses": "i"}], []]
    click(page, "show-me")
    assert trait(page, "plays") == solution["plays"]
    press(page, "letter", "a")
    page.reload()
    page.wait_for_selector("[data-done]")
    assert trait(page, "plays") == mine
    page.close()


def test_guess_the_next_refuses_a_passage_that_is_not_there():
    with pytest.raises(ValueError, match="the text holds 'no such words' 0 times, not once"):
        play("some text", ("no such words",))


KEPT = [
    ('[[{"guesses":"eti"},{"stake":50}],[]]', True),
    ('[[{"guesses":"eti","model":true}],[{"stake":0.5}]]', True),
    *((text, False) for text in ["", "7", "null", "[]", "[[],[],[]]", '[[{"guesses":"x"}],[]]',
      '[[{"guesses":"iei"}],[]]', '[[{"guesses":"9i"}],[]]', '[[{"stake":101}],[]]',
      '[[{"stake":"5"}],[]]', '[[{"stake":-1}],[]]', "[[null],[]]", '[[{"stake":5,"model":2}],[]]',
      '[[{"guesses":"i","stake":5}],[]]', '[[],[' + '{"stake":1},' * 9 + '{"stake":1}]]']),
]  # fmt: skip


@pytest.mark.parametrize(("text", "is_read"), KEPT)
def test_guess_the_next_goes_on_where_it_was_left(browser, text, is_read):
    page = browser.new_page()
    html = page_of(GuessTheNext(**GAME))
    served = {"body": html, "content_type": "text/html"}
    page.route("http://game.test/", lambda route: route.fulfill(**served))
    page.goto("http://game.test/")
    page.wait_for_selector("[data-done]")
    key = "xent:guess:/:so it "
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, text])
    page.reload()
    page.wait_for_selector("[data-done]")
    assert trait(page, "plays") == (json.loads(text) if is_read else [[], []])
    press(page, "letter", "x", trait(page, "hidden")[0][len(trait(page, "plays")[0])])
    kept = json.loads(page.evaluate("key => localStorage.getItem(key)", key))
    assert kept == trait(page, "plays")
    assert kept[0][-1]["guesses"][0] == "x"
    click(page, "reset")
    assert page.evaluate("localStorage.length") == 0
    page.close()


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
    if line < 4:  # before the minus sign, nothing is paid yet
        assert "price" not in page.locator(".xent-sentence").inner_text()


def test_likelihood_lines(show):
    page = show(LikelihoodLines())
    assert is_off(page.locator('[data-button="back"]'))
    press(page, "theta", "ArrowRight")
    for _ in range(6):
        coin_lines(page)
        click(page, "next")
    coin_lines(page)
    assert is_off(page.locator('[data-button="next"]'))
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
    for value in [math.inf] * 2 + [-math.inf] * 3:  # lines 5 to 1
        assert readout(page, "value") == value
        click(page, "back")
    assert readout(page, "value") == 0


def test_the_best_coin_costs_no_kl(show):
    page = show(LikelihoodLines())
    for _ in range(5):
        click(page, "next")
    press(page, "theta", *["Shift+ArrowRight"] * 2)
    assert readout(page, "best") == trait(page, "theta") == 0.7
    assert readout(page, "value") == 0
    for toss in ["heads"] * 2 + ["tails"] * 3:
        click(page, toss)
    press(page, "theta", "Shift+ArrowLeft")
    assert readout(page, "best") == trait(page, "theta") == 0.6
    assert readout(page, "value") == 0


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
    halve = page.locator('[data-button="halve"]')
    for _ in range(20):
        if is_off(halve):
            break
        before = trait(page, "width")
        click(page, "halve")
        assert trait(page, "width") < before
    assert is_off(halve)
    assert halve.evaluate("b => b === document.activeElement")
    width = trait(page, "width")
    page.keyboard.press("Enter")
    settle(page)
    assert trait(page, "width") == width < 1
    bins(page)
    assert "That is the differential entropy" in page.locator(".xent-sentence").inner_text()
    press(page, "sigma", *["Shift+ArrowLeft"] * 8)
    bins(page)
    assert readout(page, "differential-entropy") < 0
    assert readout(page, "bin-entropy") >= 0
    press(page, "width", "End")
    bins(page)


ON_A_RULER = [(16, 0.25), (16, 1), (16, 2**0.5), (16, 2), (1, 2**-3.5)]
ON_A_RULER += [(2**-2.0471, 2**-6), (2**-2.1, 2**-6)]


@pytest.mark.parametrize(("sigma", "width"), ON_A_RULER)
def test_bin_width_calls_equal_what_is_printed_equal(show, sigma, width):
    page = show(BinWidth(sigma=sigma, width=width))
    printed = page.locator('[data-readout="sum"], [data-readout="differential-entropy"]')
    total, h = printed.all_inner_texts()
    said = page.locator(".xent-sentence").inner_text()
    assert f"log Δ: {total}." in said
    assert ("That is the differential entropy" in said) == (total == h)
    assert (f"The differential entropy is {h};" in said) == (total != h)
    assert ("it is negative" in said) == (total == h and h[0] in "−>")


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
    press(page, "logit-2", "End")
    z = trait(page, "logits")
    click(page, "step")
    gradient = losses.softmax_cross_entropy_grad(z, 2, base=np.e)
    assert z[2] == 8
    assert gradient[2] < -1e-4
    assert trait(page, "logits") == pytest.approx([*np.subtract(z, gradient)[:2], 8])
    assert "as far as the sliders go" in page.locator(".xent-rule").first.inner_text()
    box = page.locator('[data-control="logit-0"]').bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    settle(page)
    assert trait(page, "logits")[0] == pytest.approx(-4, abs=0.4)
    logits(page)
    for name, key in [("logit-0", "Home"), ("logit-1", "Home"), ("logit-2", "End")]:
        press(page, name, key)
    assert 0.9999 < readout(page, "probability") < 1  # so it must not read 1
    assert page.locator('[data-readout="probability"]').inner_text() == ">0.999"


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
    press(page, "share-1", "End", "Shift+ArrowLeft", "Shift+ArrowLeft")
    assert trait(page, "q")[1] == pytest.approx([0.8, 0.15, 0.05])  # as before the end
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


@pytest.mark.parametrize(
    ("key", "whose"), [("gaussian", "the Gaussian"), ("student", "Student's t")]
)
def test_noise_model_says_whose_codebook_it_means(show, key, whose):
    condition = {"measure": f"{key}-others", "op": ">", "value": 90}
    goal = {"id": "whose", "prompt": "Let the others pay.", "all": [condition]}
    page = show(NoiseModel(challenges=[goal]))
    press(page, "outlier", "ArrowRight")
    told = page.locator(".xent-feedback").inner_text()
    assert told.startswith(f"The others' price in the codebook of {whose} is ")


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
    back, after = (page.locator(f'[data-button="{name}"]') for name in ("back", "next"))
    assert is_off(after)
    assert not is_off(back)
    drag(page, "step", dx=-2000)
    same(page, {"held-out": 4.7, "bytes": 600})
    assert is_off(back)
    assert not is_off(after)


def test_training_replay_needs_losses_of_one_length():
    with pytest.raises(ValueError, match="steps has 4 entries, but train has 2"):
        TrainingReplay(**LOSSES | {"train": [2.0, 1.0]})
