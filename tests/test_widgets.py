"""What every live figure must do: in a notebook, in the build, and in a reader's hands."""

import base64
import gzip
import io

import bundle
import numpy as np
import pytest
from PIL import Image
from widgets_page import press

from xentlib import widgets
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
