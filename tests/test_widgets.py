"""Live figures: traits, pictures and words in Python; keys, pointer and numbers in Chromium."""

import base64
import gzip
import io
import math

import bundle
import numpy as np
import pytest
from PIL import Image
from widgets_page import page as page_of

from xentlib import measures, widgets
from xentlib.widgets import TwoDistributions
from xentlib.widgets.base import DIST

FIGURES = [getattr(widgets, name) for name in widgets.__all__]
each_figure = pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.__name__)


# ---- what a notebook and the book's build see


def test_the_bundles_are_current():
    made = bundle.bundles()
    assert {p.name for p in DIST.iterdir()} == set(made)
    stale = [name for name, text in made.items() if (DIST / name).read_text("utf-8") != text]
    assert not stale, f"run `python tools/bundle.py`: {stale}"


@each_figure
def test_a_figure_is_small(figure):
    assert len(gzip.compress(figure()._esm.encode())) < 12_000


@each_figure
def test_the_output_holds_a_picture_words_and_the_live_view(figure):
    data, _ = figure()._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.width == 1280
    assert len(data["image/png"]) < 80_000
    assert len(data["text/plain"].split()) >= 20


@each_figure
def test_the_picture_is_the_same_bytes_each_time(figure):
    assert figure()._png() == figure()._png()


def test_the_words_for_a_picture_can_be_given():
    assert TwoDistributions(alt="Four bars.")._repr_mimebundle_()[0]["text/plain"] == "Four bars."


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"p": [0.5, 0.6]}, r"p sums to 1\.1, not 1"),
        ({"q": [1.5, -0.5, 0, 0]}, r"q\[1\] is -0\.5"),
        ({"p": [[1.0]]}, r"p must be one pmf, but has shape \(1, 1\)"),
        ({"p": [0.5, 0.5]}, "has 2 entries, but .* has 4"),
        ({"base": 10}, r"base is 10, but a live figure shows bits \(2\) or nats \(e\)"),
    ],
)
def test_two_distributions_refuses_bad_input(traits, message):
    with pytest.raises(ValueError, match=message):
        TwoDistributions(**traits)


def test_two_distributions_takes_arrays_and_numbers_the_outcomes():
    figure = TwoDistributions(p=np.full(3, 1 / 3), q=np.array([0.5, 0.25, 0.25]), base=np.e)
    assert figure.labels == ["1", "2", "3"]
    assert "1.099 nats" in figure.alt


# ---- what a reader does


@pytest.fixture
def show(browser):
    """Open figures on a page of their own; a message on the console fails the test."""
    pages = []

    def show(*figures, width=800, theme="light", **options):
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        page.errors = []
        page.on("console", lambda message: page.errors.append(message.text))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.set_content(page_of(*figures, theme=theme))
        page.wait_for_selector("[data-done]")
        pages.append(page)
        return page

    yield show
    errors = [error for page in pages for error in page.errors]
    for page in pages:
        page.close()
    assert not errors


def settle(page):
    """Wait until the last change is painted."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def control(page, name):
    return page.locator(f'[data-control="{name}"]').first


def press(page, name, *keys):
    control(page, name).focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def click(page, name):
    page.locator(f'[data-button="{name}"]').first.click()
    settle(page)


def drag(page, name, dx=0, dy=0):
    page.locator(f'[data-grab="{name}"]').first.scroll_into_view_if_needed()
    box = page.locator(f'[data-grab="{name}"]').first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()
    settle(page)


def trait(page, name, number=0):
    return page.evaluate(f"figures[{number}].model.get({name!r})")


def readout(page, name):
    """Return the number at full precision, having checked that its text says the same."""
    node = page.locator(f'[data-readout="{name}"]').first
    value = node.get_attribute("data-value")
    text = node.inner_text().replace("−", "-")
    if value == "Infinity":
        assert text == "∞"
        return math.inf
    shown = float(text)
    decimals = len(text.partition(".")[2])
    assert abs(shown - float(value)) <= 0.5001 * 10**-decimals
    return float(value)


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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
def test_a_change_is_sent_to_python_but_not_at_every_step(show):
    page = show(TwoDistributions())
    assert page.evaluate("figures[0].model.saved") == 0
    press(page, "q-0", *["ArrowUp"] * 20)
    page.wait_for_timeout(150)
    assert 1 <= page.evaluate("figures[0].model.saved") < 20


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
    page = show(figure(), figure())
    page.evaluate("figures[0].end()")
    assert page.locator(".xent-figure").count() == 1
    assert page.evaluate("figures[0].model.listeners.length") == 0
    assert page.evaluate("figures[1].model.listeners.length") > 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.browser
@each_figure
@pytest.mark.parametrize("width", [360, 800])
def test_a_figure_fits_and_takes_the_height_it_announces(show, figure, width):
    page = show(figure(), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    height = page.locator(".xent-figure").bounding_box()["height"]
    assert height == pytest.approx(figure().heights[width > 500], abs=40)


@pytest.mark.browser
@each_figure
def test_every_control_is_large_enough_for_a_finger(show, figure):
    page = show(figure(), width=360)
    for node in page.locator("button:visible, label:has(input):visible, [data-grab]").all():
        box = node.bounding_box()
        assert box["height"] >= 43.9
        assert box["width"] >= 40.9


@pytest.mark.browser
@each_figure
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800])
def test_a_figure_has_no_axe_violation(show, figure, theme, width):
    page = show(figure(), width=width, theme=theme)
    page.add_script_tag(path=bundle.ROOT / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))")
    assert found == []
