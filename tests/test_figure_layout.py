"""What a figure prints can be read at every end of every control; nothing runs from the finger."""

import numpy as np
import pytest
from widgets_page import click, drag, page_of, press, settle, trait

from xentlib.widgets import (
    BatchReadings,
    BinWidth,
    BlockLength,
    EntropyBars,
    GaussianFit,
    GuessTheNext,
    LikelihoodLines,
    NoiseModel,
    PriceYourText,
    ProbabilityLine,
    SoftmaxLogits,
    TrainingReplay,
    TwentyQuestions,
    TwoDistributions,
)

pytestmark = pytest.mark.browser

WEIGHTS = [3050, 3325, 3400, 3475, 3550, 3600, 3650, 3700, 3750, 3800, 3900, 3950, 4050, 4300, 4675]
MAKE = {
    "ProbabilityLine": ProbabilityLine,
    "TwentyQuestions": TwentyQuestions,
    "EntropyBars": EntropyBars,
    "BlockLength": BlockLength,
    "GuessTheNext": GuessTheNext,
    "PriceYourText": PriceYourText,
    "TwoDistributions": TwoDistributions,
    "GaussianFit": GaussianFit,
    "LikelihoodLines": LikelihoodLines,
    "BinWidth": lambda: BinWidth(mean=200, sigma=16, width=16),
    "SoftmaxLogits": SoftmaxLogits,
    "BatchReadings": BatchReadings,
    "NoiseModel": lambda: NoiseModel(x=WEIGHTS, step=25, limits=(2500, 8000), unit="g", digits=0),
    "TrainingReplay": lambda: TrainingReplay(
        steps=range(8, 19),
        train=np.linspace(0.3, 1.2, 11),
        held_out=np.linspace(5.6, 2.1, 11),
        files=np.linspace(49_010, 18_412, 11).astype(int).tolist(),
        rivals={"zlib": 19482, "bz2": 17837},
        step_name="doublings",
        symbol_name="byte",
    ),
}
each = pytest.mark.parametrize("name", MAKE)

# Every control at its ends, alone and in pairs, and every button pressed again and again; after
# each move all labels of all drawings are compared.
TOUR = """async () => {
  const root = document.querySelector(".xent-figure");
  const found = new Map();
  const seen = (t) => t.textContent.trim() && getComputedStyle(t).visibility !== "hidden";
  const over = (a, b) => [
    Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
  ];
  const look = (when) => {
    const tell = (what) => found.has(what) || found.set(what, when);
    const frame = root.getBoundingClientRect();
    for (const svg of root.querySelectorAll(".xent-stage > svg")) {
      const whole = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll("text")].filter(seen).map((t) => {
        const inner = t.closest(".xent-inside")?.getBoundingClientRect();
        return { text: t.textContent, box: t.getBoundingClientRect(), inner };
      });
      texts.forEach(({ text, box, inner }, k) => {
        const { left, right } = inner ?? frame;
        const { top, bottom } = inner ?? whole;
        if (box.left < left - 1 || box.right > right + 1) tell(`${text} is clipped at a side`);
        if (box.top < top - 3 || box.bottom > bottom + 3) tell(`${text} is clipped`);
        // A line of text is higher than its letters.
        for (const other of texts.slice(k + 1)) {
          const [x, y] = over(box, other.box);
          if (x > -2.5 && y > 4.5) tell(`${text} lies on ${other.text} or runs into it`);
        }
        for (const knob of svg.querySelectorAll(".xent-knob")) {
          const [x, y] = over(box, knob.getBoundingClientRect());
          if (x > 2 && y > 4.5) tell(`a knob lies on ${text}`);
        }
      });
    }
    for (const node of root.querySelectorAll(".xent-readout, button, th, td, .xent-key")) {
      const box = node.getBoundingClientRect();
      if (box.right > frame.right + 1) tell(`${node.textContent} runs out of the figure`);
    }
    for (const row of root.querySelectorAll(".xent-equation")) {
      const parts = [...row.children].map((n) => [n.textContent, n.getBoundingClientRect()]);
      parts.forEach(([text, box], k) => {
        for (const [next, other] of parts.slice(k + 1)) {
          const [x, y] = over(box, other);
          if (x > -3.5 && y > 4.5) tell(`${text} runs into ${next}`);
        }
      });
    }
  };
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const key = (control, name) =>
    root.querySelector(`[data-control="${control}"]`).dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const push = (button) => root.querySelector(`[data-button="${button}"]`).click();
  const ranges = [...root.querySelectorAll("input[type=range]")].map((n) => n.dataset.control);
  const buttons = [...root.querySelectorAll("[data-button]")].map((n) => n.dataset.button);
  const ends = ["Home", "End"];
  const walks = [[]];
  ranges.forEach((one, k) => {
    for (const end of ends) {
      walks.push([[one, end]]);
      for (const other of ranges.slice(k + 1, k + 3))
        for (const also of ends) walks.push([[one, end], [other, also]]);
    }
    for (const [start, way] of [["Home", "PageUp"], ["End", "PageDown"]])
      for (const steps of [1, 2, 3, 5])
        walks.push([[one, start], ...Array(steps).fill([one, way])]);
  });
  for (const walk of walks) {
    push("reset");
    await painted();
    for (const step of walk) { key(...step); await painted(); }
    look(walk.join(" "));
  }
  for (const button of buttons.filter((name) => name !== "reset")) {
    push("reset");
    for (let times = 1; times <= 9; times++) {
      push(button);
      await painted();
      look(`${button} ${times} times`);
    }
    for (const one of ranges.slice(0, 3))
      for (const end of ends) { key(one, end); await painted(); look(`${button}, ${one} ${end}`); }
  }
  return [...found].map((pair) => pair.join(", after: "));
}"""


@each
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_label_is_clipped_or_lies_on_another(show, name, width):
    page = show(MAKE[name](), width=width, reduced_motion="reduce")
    assert page.evaluate(TOUR) == []


JUMPS = """async () => {
  const root = document.querySelector(".xent-figure");
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const top = (node) => Math.round(node.getBoundingClientRect().top);
  const places = () => Object.fromEntries([...root.querySelectorAll("[data-button]")].map((n) =>
    [n.dataset.button, top(n) - top(root)]));
  const found = [];
  for (const name of Object.keys(places())) {
    root.querySelector('[data-button="reset"]').click();
    await painted();
    for (let times = 0; times < 7; times++) {
      const before = places()[name];
      root.querySelector(`[data-button="${name}"]`).click();
      await painted();
      if (places()[name] !== before) found.push(`${name}: ${before} to ${places()[name]}`);
    }
  }
  return found;
}"""


@each
@pytest.mark.parametrize("width", [360, 1280])
def test_a_button_stays_under_the_finger_that_presses_it(show, name, width):
    page = show(MAKE[name](), width=width, reduced_motion="reduce")
    if name == "TwentyQuestions":
        click(page, "rest")  # and then rounds are played
    assert page.evaluate(JUMPS) == []


def test_borders_that_lie_on_each_other_are_dragged_by_direction(show):
    page = show(ProbabilityLine())
    wide = page.locator(".xent-stage").first.bounding_box()["width"]
    drag(page, "border-0", dx=0.3 * wide)  # over its neighbour, whom it does not pass
    assert trait(page, "p")[:2] == pytest.approx([0.75, 0])
    drag(page, "border-1", dx=-0.25 * wide)  # and back, by whichever is on top
    assert trait(page, "p")[:2] == pytest.approx([0.5, 0.25], abs=0.01)
    drag(page, "border-0", dx=0.3 * wide)
    drag(page, "border-0", dx=0.06 * wide)
    assert trait(page, "p")[0] == pytest.approx(0.75)
    assert trait(page, "p")[1] == pytest.approx(0.06, abs=0.01)


def test_handles_lie_where_their_bars_are_at_once_after_reset(show):
    page = show(TwoDistributions())
    where = "k => Math.round(document.querySelector(k).getBoundingClientRect().top)"
    names = [f'[data-{kind}="{bar}"]' for kind in ("control", "grab") for bar in ("q-1", "p-2")]
    wanted = [page.evaluate(where, name) for name in names]
    press(page, "q-1", "Home")
    press(page, "p-0", "End")
    page.wait_for_timeout(700)
    click(page, "reset")
    assert [page.evaluate(where, name) for name in names] == wanted


MEASURES = {
    "TwentyQuestions": "alice",
    "BlockLength": "waste",
    "GuessTheNext": "guessed",
    "PriceYourText": "bytes",
    "EntropyBars": "entropy",
    "ProbabilityLine": "surprisal",
    "TwoDistributions": "kl",
    "GaussianFit": "forward",
    "LikelihoodLines": "kl",
    "BinWidth": "sum",
    "SoftmaxLogits": "loss",
    "BatchReadings": "sum",
    "NoiseModel": "gaussian-mean",
    "TrainingReplay": "bytes",
}


@each
def test_the_answer_of_a_goal_is_within_sight_on_a_phone(show, name):
    figure = MAKE[name]()
    condition = {"measure": MEASURES[name], "op": "<", "value": -1, "say": "Not yet, and never."}
    figure.challenges = [{"id": "never", "prompt": "Do what nobody can.", "all": [condition]}]
    page = show(figure, width=360, reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 640})
    control = page.locator("[data-control]:enabled").first
    control.focus()
    typed = name in ("TwentyQuestions", "GuessTheNext", "PriceYourText")
    page.keyboard.press("Space" if typed else "ArrowUp")
    settle(page)
    page.evaluate("document.querySelector('.xent-figure').scrollIntoView()")
    told = page.locator(".xent-feedback")
    assert told.inner_text() == "Not yet, and never."
    box = told.bounding_box()
    assert box["y"] > 0
    assert box["y"] + box["height"] <= 641


def test_a_readout_prints_0_for_zero_alone(show):
    page = show(SoftmaxLogits(logits=[8, -8, 0], labels=["a", "b", "c"], target=1))
    text = page.locator('[data-readout="probability"]').inner_text()
    assert text == "1.1 · 10⁻⁷"
    assert "at probability 1.1 · 10⁻⁷" in page.locator(".xent-sentence").inner_text()
    assert "0" not in [t.strip() for t in page.locator(".xent-stage text").all_text_contents()]
    page = show(TwoDistributions(p=[0.5, 0.5], q=[0.5 + 1e-5, 0.5 - 1e-5]))
    assert page.locator('[data-readout="kl"]').inner_text() == "<0.001"
    page = show(TwoDistributions(p=[0.5, 0.5], q=[0.5, 0.5]))
    assert page.locator('[data-readout="kl"]').inner_text() == "0.000"


@pytest.mark.parametrize(
    ("p", "huffman"), [([1, 0, 0, 0], 0), ([0, 1 / 3, 1 / 3, 1 / 3], 5 / 3), ([0.5, 0.5, 0, 0], 1)]
)
def test_no_words_are_kept_for_what_never_happens(show, p, huffman):
    page = show(EntropyBars(p=p))
    value = float(page.locator('[data-readout="huffman"]').get_attribute("data-value"))
    least = float(page.locator('[data-readout="entropy"]').get_attribute("data-value"))
    assert value == pytest.approx(huffman)
    assert least <= value + 1e-12 < least + 1


@pytest.mark.parametrize("width", [360, 1280])
def test_the_bars_are_pulled_above_and_the_columns_watched_in_the_lower_picture(show, width):
    page = show(EntropyBars(p=[0.4, 0.3, 0.2, 0.1]), width=width)
    columns = page.locator("svg").filter(has=page.locator(".xent-pale"))
    box = page.locator('[data-control="p-3"]').bounding_box()
    assert box["y"] + box["height"] < columns.bounding_box()["y"]
    assert not columns.locator("[data-grab], [data-rail]").count()
    press(page, "p-3", "Home")
    assert columns.locator(".xent-pale").last.get_attribute("width") == "0"


def test_rounds_are_those_of_the_player_who_played_them(show):
    page = show(TwentyQuestions())
    click(page, "rest")
    click(page, "play-100")
    click(page, "player-Bob")
    assert page.locator('[data-readout="rounds"]').inner_text() == "0"


def test_a_slider_of_the_ruler_moves_nothing_else(show):
    page = show(MAKE["BinWidth"]())
    for control, other in (("sigma", "width"), ("width", "sigma")):
        for key in ("Home", "End"):
            kept = trait(page, other)
            press(page, control, key)
            assert trait(page, other) == kept
    press(page, "width", "End")
    press(page, "sigma", "Home")
    assert float(page.locator('[data-readout="bin-entropy"]').get_attribute("data-value")) == 0


@pytest.mark.parametrize(
    ("body", "scheme", "paper"),
    [
        ('class="vscode-dark"', "light", "rgb(20, 24, 30)"),
        ('class="vscode-light"', "dark", "rgb(255, 255, 255)"),
        ('data-jp-theme-light="false"', "light", "rgb(20, 24, 30)"),
        ('data-jp-theme-light="true"', "dark", "rgb(255, 255, 255)"),
        ("", "dark", "rgb(20, 24, 30)"),
    ],
)
def test_a_figure_takes_the_theme_of_its_host_and_has_a_paper_of_its_own(
    browser, body, scheme, paper
):
    html = (
        page_of(TwoDistributions())
        .replace(' data-theme="light"', "")
        .replace("<body>", f"<body {body}>")
    )
    page = browser.new_page(color_scheme=scheme)
    page.set_content(html)
    page.wait_for_selector("[data-done]")
    style = "getComputedStyle(document.querySelector('.xent-figure'))"
    assert page.evaluate(f"{style}.backgroundColor") == paper
    assert page.evaluate(f"{style}.color") != paper
    page.close()


def test_a_pressed_button_and_the_legend_show_in_forced_colours(browser):
    page = browser.new_page(forced_colors="active")
    page.set_content(page_of(TwoDistributions()))
    page.wait_for_selector("[data-done]")
    look = "b => [getComputedStyle(b).backgroundColor, getComputedStyle(b).color]"
    pressed, other = (page.locator(f'[data-button="base-{unit}"]') for unit in ("bits", "nats"))
    assert pressed.evaluate(look) != other.evaluate(look)
    colour = "k => getComputedStyle(document.querySelector(k), '::before').backgroundColor"
    assert page.evaluate(colour, ".xent-swatch-p") == "rgb(0, 114, 178)"
    page.close()
