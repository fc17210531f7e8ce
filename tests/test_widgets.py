"""What every live figure must do: in a notebook, in the build, and in a reader's hands."""

import base64
import gzip
import io
import json
import subprocess

import bundle
import numpy as np
import pytest
from PIL import Image
from widgets_page import click, page_of, press, settle, trait

from xentlib import widgets
from xentlib.widgets import SoftmaxLogits, TwoDistributions
from xentlib.widgets.base import DIST

FIGURES = [getattr(widgets, name) for name in widgets.__all__]
each_figure = pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.__name__)
TRAINING = {
    "steps": [1, 2, 3],
    "train": [3, 2, 1],
    "held_out": [3, 2.5, 2.75],
    "files": [310, 260, 285],
}


def make(figure):
    """Return the figure as it is when it is told nothing; one has to be told something."""
    return figure(**TRAINING) if figure is widgets.TrainingReplay else figure()


# ---- what a notebook and the book's build see


def test_the_bundles_are_current():
    made = bundle.bundles()
    assert {p.name for p in DIST.iterdir()} == set(made)
    stale = [name for name, text in made.items() if (DIST / name).read_text("utf-8") != text]
    assert not stale, f"run `python tools/bundle.py`: {stale}"


@each_figure
def test_a_figure_is_small(figure):
    assert len(gzip.compress(make(figure)._esm.encode())) < 12_000


@each_figure
def test_the_output_holds_a_picture_words_and_the_live_view(figure):
    data, _ = make(figure)._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.width == 1280
    assert len(data["image/png"]) < 80_000
    assert len(data["text/plain"].split()) >= 20


def test_a_page_made_of_a_notebook_holds_the_picture_and_asks_no_other_server(tmp_path):
    import nbformat  # it and what follows are Jupyter's, which the figures do without
    import notebooks

    cell = nbformat.v4.new_code_cell("from xentlib.widgets import BinWidth\nBinWidth()")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    (tmp_path / notebooks.NBCONVERT).write_text(notebooks.PICTURES)
    command = f"jupyter nbconvert --config {notebooks.NBCONVERT} --execute --to html one.ipynb"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    page = (tmp_path / "one.html").read_text("utf-8")
    assert page.count('src="data:image/png;base64,') == 1
    assert '<script type="application/vnd.jupyter.widget-view+json">' not in page


@each_figure
def test_the_picture_is_the_same_bytes_each_time(figure):
    assert make(figure)._png() == make(figure)._png()


def test_the_words_follow_the_state():
    figure = TwoDistributions()
    figure.p = figure.q
    assert "divergence of p from q, 0.000 bits" in figure._repr_mimebundle_()[0]["text/plain"]


def test_the_words_for_a_picture_can_be_given():
    assert TwoDistributions(alt="Four bars.")._repr_mimebundle_()[0]["text/plain"] == "Four bars."


@pytest.mark.parametrize("p", [0.5, 0.9, 0.99])
def test_the_picture_of_blocks_shows_the_dashed_bound_that_the_text_speaks_of(p):
    figure = widgets.BlockLength(p=p)
    (ax,) = figure.still().axes
    (bound,) = [line for line in ax.lines if line.get_linestyle() == "--"]
    n, height = bound.get_data()
    assert np.allclose(height, -p * np.log2(p) - (1 - p) * np.log2(1 - p) + 1 / n)
    assert height[-1] < ax.get_ylim()[1]
    assert "a dashed one" in figure.describe()


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"p": [0.5, 0.6]}, r"p sums to 1\.1, not 1"),
        ({"q": [1.5, -0.5, 0, 0]}, r"q\[1\] is -0\.5"),
        ({"p": [[1.0]]}, r"p must be one pmf, but has shape \(1, 1\)"),
        ({"p": [0.5, 0.5]}, "p has 2 entries, but q has 4: give both"),
        ({"base": 10}, r"base is 10, but a live figure shows bits \(2\) or nats \(e\)"),
    ],
)
def test_two_distributions_refuses_bad_input(traits, message):
    with pytest.raises(ValueError, match=message):
        TwoDistributions(**traits)


def test_two_distributions_takes_arrays_and_numbers_the_outcomes():
    figure = TwoDistributions(p=np.full(3, 1 / 3), q=np.array([0.5, 0.25, 0.25]), base=np.e)
    assert figure.labels == ["1", "2", "3"]
    assert "1.099 nats" in figure.describe()


# ---- what a reader does


@pytest.mark.browser
def test_a_change_is_sent_to_python_but_not_at_every_step(show):
    page = show(TwoDistributions())
    assert page.evaluate("figures[0].model.saved") == 0
    press(page, "q-0", *["ArrowUp"] * 20)
    page.wait_for_timeout(150)
    assert 1 <= page.evaluate("figures[0].model.saved") < 20


@pytest.mark.browser
def test_a_finger_drags_a_bar_by_its_top_and_scrolls_the_page_elsewhere(show):
    figures = TwoDistributions(), TwoDistributions()  # longer than the screen
    page = show(*figures, width=360, has_touch=True, is_mobile=True)
    touch = page.context.new_cdp_session(page)

    def swipe(x, y, up):
        points = [{"x": x, "y": y - up * step / 8} for step in range(9)]
        for kind, point in zip(["touchStart", *["touchMove"] * 8], points, strict=True):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            page.wait_for_timeout(16)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(300)

    top = page.locator('[data-grab="p-0"]').first.bounding_box()
    swipe(top["x"] + 20, top["y"] + 22, up=28)
    assert trait(page, "p")[0] == pytest.approx(0.5 + 28 / 140, abs=0.01)
    assert page.evaluate("scrollY") == 0
    bar = page.locator('[data-rail="q-1"]').first.bounding_box()
    swipe(bar["x"] + 10, bar["y"] + bar["height"] - 8, up=60)
    assert trait(page, "q")[1] == 0.5
    assert page.evaluate("scrollY") > 20


@pytest.mark.browser
def test_the_result_is_spoken_once_motion_stops(show):
    page = show(TwoDistributions())
    status = page.locator(".xent-spoken")
    page.wait_for_timeout(700)
    assert status.inner_text() == ""  # nothing is said before the reader has done anything
    press(page, "q-0", "ArrowUp", "ArrowUp")
    assert status.inner_text() == ""
    page.wait_for_timeout(700)
    assert status.inner_text() == page.locator(".xent-sentence").inner_text()


@pytest.mark.browser
@each_figure
def test_a_figure_can_be_removed_and_leaves_nothing_behind(show, figure):
    page = show(make(figure), make(figure))
    page.evaluate("figures[0].end()")
    assert page.locator(".xent-figure").count() == 1
    assert page.evaluate("figures[0].model.listeners.length") == 0
    assert page.evaluate("figures[1].model.listeners.length") > 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.browser
@each_figure
@pytest.mark.parametrize("width", [360, 800])
def test_a_figure_fits(show, figure, width):
    page = show(make(figure), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@each_figure
def test_every_control_is_large_enough_for_a_finger(show, figure):
    page = show(make(figure), width=360)
    for node in page.locator("button:visible, label:has(input):visible, [data-grab]").all():
        box = node.bounding_box()
        assert box["height"] >= 43.9
        assert box["width"] >= 40.9


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800])
def test_the_figures_have_no_axe_violation(show, theme, width):
    page = show(*map(make, FIGURES), width=width, theme=theme)
    page.add_script_tag(path=bundle.ROOT / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))")
    assert found == []


# ---- challenges, on one figure that stands for all

ABOVE = {
    "id": "one-bit-above",
    "prompt": "Move only *q* until a message costs exactly 1 bit more than it has to.",
    "all": [{"measure": "kl", "op": "==", "value": 1, "tolerance": 0.02}],
    "locked": ["p"],
    "hint": "Make *q* expect what *p* rarely sends.",
    "solution": {"q": [0.125, 0.125, 0.625, 0.125]},
}
TWICE = {
    "id": "two-ways",
    "prompt": "Find two *q* with the same KL.",
    "all": [{"measure": "kl", "op": "==", "value": 0.36, "tolerance": 0.01}],
    "twice": {"key": "q", "by": 0.2, "again": "You have one. Move a bar by 0.2."},
}
BELOW = {
    "id": "cheaper",
    "prompt": "Make it cheaper than the entropy of four equal outcomes.",
    "all": [{"measure": "cross-entropy", "op": "<", "value": 2}],
}


def feedback(page):
    return page.locator(".xent-feedback").inner_text()


def rest(page):
    """Wait until a goal counts."""
    page.wait_for_timeout(700)


@pytest.mark.browser
def test_a_challenge_says_how_far_off_one_is_and_knows_when_it_is_reached(show):
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[ABOVE, BELOW]))
    assert feedback(page) == ""  # nothing is said before the reader has done anything
    page.evaluate("window.told = []; addEventListener('xent:done', (e) => told.push(e.detail.id))")
    press(page, "q-0", *["Shift+ArrowUp"] * 4)
    assert "too low" in feedback(page)
    assert page.evaluate("told") == []
    while "too low" in feedback(page):
        press(page, "q-0", "ArrowUp")
    assert feedback(page) == "There. Rest here, and it counts."
    rest(page)
    assert feedback(page) == "Reached."
    assert page.evaluate("told") == ["one-bit-above"]
    assert page.locator(".xent-spoken").inner_text().startswith("Reached. With the codebook")
    assert page.locator('[data-button="challenge-one-bit-above"]').inner_text() == "1 ✓"
    press(page, "q-0", *["ArrowUp"] * 5)
    assert "too high" in feedback(page)
    assert "You have done this one." in feedback(page)


@pytest.mark.browser
def test_what_is_spoken_of_one_challenge_is_not_left_standing_for_the_next(show):
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[ABOVE, BELOW]))
    press(page, "q-0", "ArrowUp")
    rest(page)
    click(page, "reset")
    rest(page)
    assert "too low" in page.locator(".xent-spoken").inner_text()
    click(page, "challenge-cheaper")
    rest(page)
    assert page.locator(".xent-spoken").inner_text().startswith("The codebook fits.")


@pytest.mark.browser
def test_a_challenge_holds_still_what_is_locked(show):
    page = show(TwoDistributions(challenges=[ABOVE]))
    press(page, "p-0", "ArrowUp")
    assert feedback(page) == "You have changed p. Reset puts everything back."
    click(page, "reset")
    press(page, "q-0", "ArrowUp")
    assert "too low" in feedback(page)


@pytest.mark.browser
@pytest.mark.parametrize("steps", [["ArrowDown", "ArrowUp"], ["ArrowUp"] * 2 + ["ArrowDown"] * 2])
@pytest.mark.parametrize("bar", ["p-0", "p-1", "p-2", "p-3"])
def test_what_is_locked_may_be_moved_and_put_back(show, bar, steps):
    habits = [0.5, 0.2, 0.2, 0.1]  # each on the keys' grid
    page = show(TwoDistributions(p=habits, q=[0.25] * 4, challenges=[ABOVE]))
    press(page, bar, *steps)
    assert trait(page, "p") == pytest.approx(habits, rel=1e-12)
    press(page, "q-0", "ArrowUp")
    assert "You have changed" not in feedback(page)


@pytest.mark.browser
def test_a_challenge_counts_one_bit_as_one(show):
    page = show(TwoDistributions(challenges=[ABOVE]))
    press(page, "q-1", "Home")
    assert feedback(page).endswith("is ∞ bits, and should be 1 bit.")


@pytest.mark.browser
def test_a_challenge_gives_a_hint_and_then_shows_a_way_that_does_not_count(show):
    solved = ABOVE | {"solution": {"q": [0.7, 0.1, 0.1, 0.1]}}
    solved["all"] = [{"measure": "kl", "op": ">", "value": 0.1}]
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[solved]))
    show_me = page.locator('[data-button="show-me"]')
    page.evaluate("window.told = []; addEventListener('xent:done', (e) => told.push(e.detail))")
    for attempt in range(6):
        assert ("Hint" in page.locator(".xent-challenges").inner_text()) == (attempt >= 3)
        assert not show_me.is_visible()
        press(page, "q-0", "ArrowUp" if attempt % 2 else "Shift+ArrowDown")
        rest(page)
    show_me.click()
    settle(page)
    assert trait(page, "q") == [0.7, 0.1, 0.1, 0.1]
    assert "get there yourself" in feedback(page)
    assert page.locator('[data-button="challenge-one-bit-above"]').inner_text() == "1"
    press(page, "q-0", *["Shift+ArrowDown"] * 5)
    press(page, "q-0", *["Shift+ArrowUp"] * 6)
    rest(page)
    assert "Reached" in feedback(page)
    kept = page.evaluate("told[0]")
    assert kept == {"id": "one-bit-above", "tries": 7, "shown": True}  # what was shown is no try


@pytest.mark.browser
def test_a_challenge_that_wants_two_ways(show):
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[TWICE]))
    press(page, "q-0", "Home", *["Shift+ArrowUp"] * 6)
    rest(page)
    assert feedback(page) == "You have one. Move a bar by 0.2."
    press(page, "q-0", "ArrowUp")
    assert feedback(page).startswith("You have one. Move a bar by 0.2. D")
    click(page, "reset")
    press(page, "q-1", *["Shift+ArrowUp"] * 4)
    assert feedback(page) == "There. Rest here, and it counts."
    rest(page)
    assert feedback(page) == "Reached."
    press(page, "q-1", "Home")  # nothing is asked any more
    assert "You have one." not in feedback(page)
    assert feedback(page).endswith("You have done this one.")


def test_the_gradient_of_the_logits_is_told_in_its_own_unit():
    """It is drawn in nats, whatever unit the loss is in."""
    words = SoftmaxLogits(logits=[0.0, 0.0], labels=["a", "b"], target=0, base=2).describe()
    assert "gradient of the loss in nats: a 0.500, gradient -0.500" in words
    assert "the loss is 1.000 bits" in words


@pytest.mark.browser
def test_the_second_of_two_ways_is_told_how_far_it_is_from_the_first(show):
    again = "Add 1."
    even = [{"measure": "probability-0", "op": "==", "value": 0.5, "tolerance": 0.01}]
    goal = {"id": "twice", "prompt": "Even, twice.", "all": even}
    goal["twice"] = {"key": "scores", "by": 1, "again": again}
    page = show(SoftmaxLogits(logits=[0.5, 0.0], labels=["a", "b"], challenges=[goal]))
    press(page, "logit-0", *["ArrowLeft"] * 5)
    rest(page)
    assert feedback(page) == again
    slider = page.locator('[data-control="shift"]')
    for shift, told in ((0.96, "0.96"), (-0.9996, "0.9996"), (0.004, "0.004"), (0, "")):
        slider.evaluate("(e, x) => { e.value = x; e.dispatchEvent(new Event('input')); }", shift)
        settle(page)
        assert feedback(page) == (f"{again} So far the difference is {told}." if told else again)
    press(page, "shift", *["ArrowRight"] * 10)
    rest(page)
    assert feedback(page) == "Reached."


@pytest.mark.browser
def test_the_first_of_two_ways_may_be_met_when_the_goal_is_chosen(show):
    far = TWICE | {"all": [{"measure": "kl", "op": ">", "value": 0.1}]}
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[BELOW, far]))
    press(page, "q-0", *["Shift+ArrowUp"] * 6)
    rest(page)
    click(page, "challenge-two-ways")
    assert feedback(page) == ""
    press(page, "q-0", "ArrowUp")  # never off the goal
    rest(page)
    assert feedback(page) == "You have one. Move a bar by 0.2."
    press(page, "q-1", *["Shift+ArrowUp"] * 4)
    rest(page)
    assert feedback(page) == "Reached."


@pytest.mark.browser
def test_a_challenge_that_holds_from_the_start_is_not_reached_by_doing_nothing(show):
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[ABOVE, BELOW]))
    click(page, "challenge-cheaper")
    click(page, "match")
    assert feedback(page) == ""  # it is what it was
    press(page, "q-0", "ArrowUp")
    press(page, "q-0", "ArrowDown")
    assert feedback(page) == (
        "The cross-entropy H(p, q) is 2 bits, and should be below 2 bits."  # 2 is not below 2
    )
    press(page, "q-0", "ArrowUp", "ArrowUp")  # a little above 2 does not look like 2
    assert feedback(page) == "The cross-entropy H(p, q) is 2.001 bits, and should be below 2 bits."
    rest(page)
    assert page.locator('[data-button="challenge-cheaper"]').inner_text() == "2"


@pytest.mark.browser
def test_what_a_reader_did_under_another_challenge_counts_and_what_was_shown_does_not(show):
    easy = {
        "id": "far",
        "prompt": "Make it cost 0.1 bits more than it has to.",
        "all": [{"measure": "kl", "op": ">", "value": 0.1}],
    }
    shown = ABOVE | {"solution": {"q": [0.125, 0.125, 0.625, 0.125]}}
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[shown, easy]))
    tab = page.locator('[data-button="challenge-far"]')
    for attempt in range(6):
        press(page, "q-0", "Shift+ArrowDown" if attempt % 2 else "Shift+ArrowUp")
        rest(page)
    click(page, "show-me")
    click(page, "challenge-far")
    rest(page)
    press(page, "q-2", "ArrowUp")
    assert feedback(page) == "This is one way. Now leave it, and get there yourself."
    rest(page)
    assert tab.inner_text() == "2"

    click(page, "challenge-one-bit-above")
    click(page, "reset")
    press(page, "q-0", *["Shift+ArrowUp"] * 4)
    rest(page)
    assert "too low" in feedback(page)
    click(page, "challenge-far")
    rest(page)
    assert feedback(page) == "Reached."
    assert tab.inner_text() == "2 ✓"


@pytest.mark.browser
def test_a_goal_that_is_dragged_through_or_held_does_not_count(show):
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[ABOVE, BELOW]))
    tab = page.locator('[data-button="challenge-one-bit-above"]')
    press(page, "q-0", *["ArrowUp"] * 60)  # past it
    rest(page)
    assert "too high" in feedback(page)
    assert tab.inner_text() == "1"
    click(page, "reset")
    # A finger that stays down on the goal has not let go.
    page.locator('[data-grab="q-0"]').scroll_into_view_if_needed()
    box = page.locator('[data-grab="q-0"]').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 180):
        page.mouse.move(x, y - step)
        settle(page)
        if "too low" not in feedback(page):
            break
    page.wait_for_timeout(1400)
    assert feedback(page) == "There. Rest here, and it counts."
    assert tab.inner_text() == "1"
    page.mouse.up()
    rest(page)
    assert tab.inner_text() == "1 ✓"


@pytest.mark.browser
def test_the_count_of_tries_survives_another_challenge_and_leaves_out_reset(show):
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, challenges=[ABOVE, BELOW]))
    page.evaluate("window.told = []; addEventListener('xent:done', (e) => told.push(e.detail))")
    press(page, "q-0", "ArrowUp")
    rest(page)
    click(page, "reset")
    rest(page)
    click(page, "challenge-cheaper")
    rest(page)
    click(page, "challenge-one-bit-above")
    # Few presses: a slow machine must not come to rest between two of them.
    press(page, "q-0", *["Shift+ArrowUp"] * 3)
    rest(page)
    press(page, "q-0", *["Shift+ArrowUp"] * 3)
    rest(page)
    assert page.evaluate("told") == [{"id": "one-bit-above", "tries": 3, "shown": False}]


@pytest.mark.browser
def test_a_goal_speaks_in_the_unit_of_the_figure(show):
    page = show(TwoDistributions(p=[0.25] * 4, q=[0.25] * 4, base=np.e, challenges=[ABOVE]))
    press(page, "q-0", "End", "Shift+ArrowDown")
    assert feedback(page).startswith("DKL(p‖q) is 1.19 nats: 0.5 too high")
    assert feedback(page).endswith("(1 bit is 0.693 nats).")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("bits", "told"),
    [
        (0.01, "0 nats, and should be above 0.007 nats."),
        (0.05, "0 nats, and should be above 0.035 nats."),
    ],
)
def test_a_small_bound_is_not_rounded_away_in_nats(show, bits, told):
    goal = {"measure": "kl", "op": ">", "value": bits}
    page = show(
        TwoDistributions(q=[0.4, 0.2, 0.2, 0.2], base=np.e, challenges=[ABOVE | {"all": [goal]}])
    )
    click(page, "match")
    assert feedback(page).endswith(f"is {told}")


@pytest.mark.browser
def test_what_the_browser_kept_is_not_trusted(browser):
    html = page_of(TwoDistributions(challenges=[BELOW]))
    for kept in ("5", '{"tries": "many"}', "null", "{"):
        context = browser.new_context()
        context.route("http://book.test/*", lambda route: route.fulfill(
            body=html, content_type="text/html"))  # fmt: skip
        page = context.new_page()
        page.goto("http://book.test/chapter.html")
        page.evaluate(
            "(kept) => localStorage.setItem('xent:done:/chapter.html:cheaper', kept)", kept
        )
        page.reload()
        page.wait_for_selector("[data-done]")
        assert page.locator('[data-button="challenge-cheaper"]').inner_text() == "1"
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("blocked", [False, True])
def test_a_reached_challenge_is_remembered(browser, blocked):
    html = page_of(TwoDistributions(challenges=[BELOW]))
    context = browser.new_context()
    if blocked:
        refuse = "{ get() { throw new Error('blocked') } }"
        context.add_init_script(f"Object.defineProperty(window, 'localStorage', {refuse})")
    answer = {"body": html, "content_type": "text/html"}
    context.route("http://book.test/*", lambda route: route.fulfill(**answer))
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for visit in range(2):
        page.goto("http://book.test/chapter.html")
        page.wait_for_selector("[data-done]")
        tab = page.locator('[data-button="challenge-cheaper"]')
        assert tab.inner_text() == ("1 ✓" if visit and not blocked else "1")
        click(page, "match")
        rest(page)
        assert tab.inner_text() == "1 ✓"
    if not blocked:
        kept = page.evaluate("localStorage.getItem('xent:done:/chapter.html:cheaper')")
        assert json.loads(kept)["tries"] >= 1
    assert not errors
    context.close()


@pytest.mark.parametrize(
    ("challenge", "message"),
    [
        ({"id": "a", "prompt": "b"}, r"challenges\[0\] has the keys \['id', 'prompt'\]"),
        (ABOVE | {"goal": 1}, "and may have locked, by_hand, twice, hint and solution"),
        (TWICE | {"twice": {"key": "q"}}, "needs key, by and again"),
        (ABOVE | {"locked": ["r"]}, "speaks of 'r', which is no trait of this figure"),
        (ABOVE | {"all": [{"measure": "kl", "op": "=", "value": 1}]}, "op one of == < <= > >="),
    ],
)
def test_a_challenge_that_cannot_be_judged_is_refused(challenge, message):
    with pytest.raises(ValueError, match=message):
        TwoDistributions(challenges=[challenge])


@pytest.mark.browser
def test_a_challenge_about_a_number_that_the_figure_does_not_have_fails_at_once(browser):
    unknown = BELOW | {"all": [{"measure": "cross_entropy", "op": "<", "value": 2}]}
    page = browser.new_page()
    with page.expect_event("pageerror") as error:
        page.set_content(page_of(TwoDistributions(challenges=[unknown])))
    assert "no measure cross_entropy; there are entropy, cross-entropy, kl" in str(error.value)
    page.close()
