"""Every challenge of the built book, solved with keys alone; every figure moved where it stands.

A plan says how: a list of steps, each the name of a control or button and the keys to press on it.
A challenge without a plan fails a test, so whoever adds one shows here that it can be reached.
"""

import json
import re
from itertools import chain
from pathlib import Path

import chromium
import pages
import pytest
from playwright.sync_api import expect
from widgets_page import settle

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build/html"
PAGES = pages.names()
STATE = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.S
)

pytestmark = [pytest.mark.book, pytest.mark.browser]


def covered(number, chapter):
    """The letters that come first in a chapter's game of guesses."""
    for path in SITE.glob(f"book/{chapter}-*.html"):
        for state in STATE.findall(path.read_text("utf-8")):
            for model in json.loads(state)["state"].values():
                if "hidden" in model["state"]:
                    return model["state"]["hidden"][0][:number]
    return "a" * number  # there is no book yet, and the tests say so


def bets(number):
    """All chips on the letter that comes, for the first ones of chapter 11."""
    places = [
        [(f"letter-{letter}", "Enter*5"), ("bet", "Enter")] for letter in covered(number, "11")
    ]
    return [("handful-20", "Enter"), *chain(*places)]


# "ArrowUp*3" is the key three times; the figure has painted before the next step begins.
PLANS = {
    "surprise-half-bit": [
        ("chosen-apple", "Enter"),
        ("border-0", "Home"),
        ("border-2", "End"),
        ("border-1", "Home", "Shift+ArrowRight*3"),
    ],
    "surprise-halvings": [
        ("border-0", "Shift+ArrowLeft*2", "ArrowLeft*3"),
        ("border-1", "ArrowLeft*2"),
    ],
    "questions-alice": [("rest", "Enter")],
    "questions-both": [
        *((f"thing-{k}", "Space") for k in (7, 8, 10, 12)),  # key, river, tree, lamp
        ("ask", "Enter"),
        ("rest", "Enter"),
    ],
    "entropy-small": [("p-0", "End", "ArrowDown")],
    "entropy-same": [
        ("equal", "Enter"),
        ("p-0", "ArrowUp*28"),
        ("equal", "Enter"),
        ("p-1", "ArrowUp*28"),
    ],
    "blocks-carol": [("n", "ArrowRight*5")],
    "blocks-short": [("n", "ArrowRight*2"), ("p", "ArrowLeft*11")],
    "guess-bet": [
        ("mode-bet", "Enter"),
        ("letter- ", "Enter*4"),
        *(
            (f"letter-{letter}", f"Enter*{times}")
            for letter, times in {
                "e": 2,
                "t": 1,
                "a": 1,
                "o": 1,
                "i": 1,
                "n": 1,
                "s": 1,
                "r": 1,
            }.items()
        ),
        ("spread", "Enter"),
        ("bet", "Enter"),
        *[("again", "Enter"), ("bet", "Enter")] * 19,
    ],
    "guess-alone": [("letter", *(x.replace(" ", "Space") for x in covered(20, "03")))],
    "bets-order": bets(12),
    "bets-bytes": bets(20),
    "ce-one-bit": [("q-3", "ArrowUp*40")],
    "ce-all-waste": [("p-1", "End")],
    "ce-three-bits": [("p-0", "Home"), ("p-1", "Home"), ("p-2", "ArrowDown*17")],
    "kl-infinite": [("q-0", "Home")],
    "kl-quarter": [("q-0", "ArrowUp*12")],
    "kl-two-of-them": [("q-1", "ArrowDown*11"), ("q-1", "ArrowDown*25")],
    "fit-cover": [("mean", "ArrowLeft*4"), ("sigma", "ArrowRight*4")],
    "fit-give-up": [("apart", "End"), ("mean", "ArrowLeft*12"), ("sigma", "ArrowLeft*10")],
    "fit-tip": [
        ("apart", "Shift+ArrowRight", "ArrowRight*5"),
        ("first", "Enter"),
        ("reverse", "Enter"),
    ],
    "likelihood-one-bit": [("theta", "Shift+ArrowRight*4", "ArrowLeft*4")],
    "likelihood-equally-wrong": [
        ("theta", "Shift+ArrowRight*3", "ArrowRight*5"),
        ("theta", "Shift+ArrowLeft*4", "ArrowRight*2"),
    ],
    "likelihood-sum-at-a-loss": [("wrong", "Enter"), ("tails", "Enter*4")],
    "likelihood-twenty-tosses": [("heads", "Enter*7"), ("tails", "Enter*3")],
    "densities-five-questions": [("width", "Shift+ArrowLeft*3")],
    "densities-negative": [("sigma", "Shift+ArrowLeft*7"), ("width", "Shift+ArrowLeft*10")],
    "densities-too-wide": [("width", "End")],
    "classifiers-one-bit": [("logit-1", "Shift+ArrowRight*2", "ArrowLeft*4")],
    "classifiers-unbounded": [("logit-0", "End"), ("logit-1", "Home")],
    "classifiers-two-ways": [
        ("logit-0", "Shift+ArrowLeft*2"),
        ("logit-1", "ArrowRight*7"),
        ("logit-2", "Shift+ArrowRight*3"),
        ("logit-0", "Shift+ArrowRight"),
        ("logit-1", "ArrowRight*10"),
        ("logit-2", "Shift+ArrowRight"),
    ],
    "batches-likeliest": [("label-0-0", "Enter")],
    "batches-dearest": [("label-0-2", "Enter"), ("label-1-2", "Enter"), ("label-2-0", "Enter")],
    "batches-three-bits": [
        ("share-0", "Shift+ArrowRight*4"),
        ("share-1", "Shift+ArrowLeft"),
        ("share-2", "Shift+ArrowLeft*2"),
    ],
    "loss-pull": [("outlier", "End")],
    "loss-median": [("outlier", "Home")],
    "loss-others-pay": [("outlier", "End")],
    "file-zlib": [("step", "End")],
    "price-emoji": [("sample-emoji", "Enter")],
    "price-twelve": [("text", "Control+a", "a*12")],
    "price-cheap": [("text", "Control+a", "a*200")],
    "price-dear": [("text", "Control+a", *"qwertyuiopasdfghjkl")],
    "file-memory": [("step", "ArrowRight*6")],
}

# Steps that lead nowhere, in turn, where a nudge of the plan's first control does not do. None
# leads back to the first state: that is no try.
ASTRAY = {
    "surprise-half-bit": [("border-0", "ArrowLeft")],
    "questions-alice": [(f"thing-{k}", "Space") for k in range(6)],
    "questions-both": [(f"thing-{k}", "Space") for k in range(6)],
    "entropy-same": [("p-3", "End"), ("p-3", "Home")],
    "guess-bet": [("mode-bet", "Enter"), *((f"letter-{x}", "Enter") for x in "abcde")],
    "guess-alone": [("letter-" + x, "Enter") for x in "zqjxkv"],
    "bets-order": [("letter-" + x, "Enter") for x in "abcdef"],
    "bets-bytes": [("letter-" + x, "Enter") for x in "abcdef"],
    "likelihood-equally-wrong": [("theta", "ArrowDown")],
    "likelihood-sum-at-a-loss": [("heads", "Enter"), ("heads", "Enter")],
    "likelihood-twenty-tosses": [("heads", "Enter"), ("heads", "Enter")],
    "price-emoji": [("text", "Control+a", "a"), *[("text", "a")] * 5],
    "price-twelve": [("text", "Control+a", "a"), *[("text", "a")] * 5],
    "price-cheap": [("text", "Control+a", "a", "b"), *[("text", "c")] * 5],
    "price-dear": [("text", "Control+a", "a"), *[("text", "a")] * 5],
    "batches-likeliest": [("label-1-1", "Enter"), ("label-1-2", "Enter")],
    "batches-dearest": [("label-1-1", "Enter"), ("label-1-2", "Enter")],
}


def figures():
    """For each live figure of the built book: its page, and its challenges."""
    for name in PAGES:
        text = (SITE / f"{name}.html").read_text("utf-8")
        for state in STATE.findall(text):
            for model in json.loads(state)["state"].values():
                if "_esm" in model["state"]:
                    yield name, model["state"].get("challenges", [])


def goals():
    """Each challenge by its id, and the page it is on."""
    return {goal["id"]: (name, goal) for name, goals in figures() for goal in goals}


def figure_of(page, goal):
    return page.locator(".xent-figure").filter(
        has=page.locator(f'[data-button="challenge-{goal}"]')
    )


def perform(page, figure, plan):
    for name, *keys in plan:
        figure.locator(f'[data-control="{name}"], [data-button="{name}"]').focus()
        for key in keys:
            key, _, times = key.partition("*")
            for _ in range(int(times or 1)):
                page.keyboard.press(key)
        settle(page)


def choose(page, figure, goal):
    """Begin a challenge from the figure's first state."""
    perform(page, figure, [("reset", "Enter"), (f"challenge-{goal}", "Enter")])


BLOCK = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, {
    configurable: true,
    get() { throw new DOMException("blocked", "SecurityError"); },
  });
"""


class Reader:
    """Somebody with a browser of their own, who keeps one tab a page and one for the challenges."""

    def __init__(self, browser, origin, clock=False, blocked=False):
        self.origin, self.clock = origin, clock
        # With less motion nothing glides, and a state is painted at once.
        self.context = browser.new_context(reduced_motion="reduce")
        if blocked:
            self.context.add_init_script(BLOCK)
        self.tabs, self.complaints = {}, []

    def open(self, name):
        if name not in self.tabs:
            page = self.tabs[name] = self.context.new_page()
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
            if self.clock:
                page.clock.install()
            self.go(page, name)
        page = self.tabs[name]
        page.bring_to_front()
        return page

    def go(self, page, name, query=""):
        page.goto(f"{self.origin}/{name}.html{query}")
        chromium.start_figures(page)

    def listed(self, goal):
        """The page of challenges as it is now: a challenge's line there, and the report."""
        page = self.open("book/challenges")
        page.reload()
        return page.locator(f'[data-goal="{goal}"]'), page.locator("#challenge-report")

    def remembers(self, page, goal):
        kept = page.evaluate(
            "id => localStorage.getItem(`xent:done:${location.pathname}:${id}`)", goal
        )
        return kept and json.loads(kept)

    def close(self):
        self.context.close()
        assert self.complaints == []


@pytest.fixture(scope="module")
def reader(browser, origin):
    reader = Reader(browser, origin)
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def patient(browser, origin):
    """A reader whose clock can be turned on, so that waiting takes no time."""
    reader = Reader(browser, origin, clock=True)
    yield reader
    reader.close()


def test_every_figure_has_challenges_and_every_challenge_a_plan():
    found = [goal["id"] for _, goals in figures() for goal in goals]
    assert len(found) == len(set(found))
    assert set(found) == set(PLANS)
    for name, challenges in figures():
        # The index and the short version show chapters' figures, which set their challenges there.
        assert len(challenges) >= 2 or name in (PAGES[0], "book/short"), name


@pytest.mark.parametrize("goal", PLANS)
def test_challenge_is_reached_with_keys_alone(reader, goal):
    page = reader.open(goals()[goal][0])
    figure = figure_of(page, goal)
    tab = figure.locator(f'[data-button="challenge-{goal}"]')
    told = figure.locator(".xent-feedback")
    choose(page, figure, goal)
    expect(tab).to_have_attribute("aria-pressed", "true")
    expect(told).not_to_have_attribute("data-reached", "true")
    assert reader.remembers(page, goal) is None

    for step in PLANS[goal]:
        perform(page, figure, [step])
        if "twice" in goals()[goal][1]:
            page.wait_for_timeout(700)  # a goal counts at rest
    expect(told).to_have_text("Reached.")
    expect(told).to_be_visible()
    expect(figure.get_by_role("status")).to_contain_text("Reached.")
    expect(tab).to_have_text(re.compile(r"^\d ✓$"))
    expect(tab).to_have_attribute("aria-label", re.compile(r"^Challenge \d, done$"))
    tries = reader.remembers(page, goal)["tries"]
    assert tries >= 1

    line, report = reader.listed(goal)
    expect(line).to_have_class("is-done")
    expect(line).to_contain_text("done in")
    counted = "1 try" if tries == 1 else f"{tries} tries"
    assert f"{line.get_attribute('data-name')}: {counted}" in report.input_value().splitlines()


BY_BUTTON = re.compile("^A button did that")


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        # It is the button's until both are moved, by way of a state that misses the goal.
        (
            [("first", "Enter"), ("mean", "ArrowRight*8"), ("sigma", "ArrowRight*12")],
            re.compile("^Reached"),
        ),
        ([("across", "Enter")], BY_BUTTON),
        ([("across", "Enter"), ("mean", "ArrowRight"), ("sigma", "ArrowRight")], BY_BUTTON),
        ([("across", "Enter"), ("mean", "End", "ArrowLeft*66")], BY_BUTTON),
        ([("across", "Enter"), ("mean", "End")], re.compile("should be below 0.2 bits")),
    ],
)
def test_goal_to_reach_by_hand_takes_the_hand_after_a_button(browser, origin, plan, told):
    reader = Reader(browser, origin)
    page = reader.open(goals()["fit-cover"][0])
    figure = figure_of(page, "fit-cover")
    choose(page, figure, "fit-cover")
    perform(page, figure, plan)
    page.wait_for_timeout(700)
    expect(figure.locator(".xent-feedback")).to_have_text(told)
    reader.close()


def test_page_of_challenges_lists_all_and_reports_what_is_done(browser, origin):
    """From no challenge done to two, with a name, as a text to hand in."""
    reader = Reader(browser, origin)
    page = reader.open("book/challenges")
    listed = [item.get_attribute("data-goal") for item in page.locator("[data-goal]").all()]
    assert listed == list(goals())
    assert page.locator("[data-goal].is-done").count() == 0
    expect(page.locator("#challenge-count")).to_have_text(f"0 of {len(PLANS)} challenges done.")
    reached = ("kl-infinite", "loss-median")
    for goal in reached:
        tab = reader.open(goals()[goal][0])
        choose(tab, figure_of(tab, goal), goal)
        perform(tab, figure_of(tab, goal), PLANS[goal])
        expect(figure_of(tab, goal).locator(".xent-feedback")).to_have_text("Reached.")
    line, report = reader.listed("kl-infinite")
    line.get_by_role("link").focus()
    page.get_by_label("Your name").fill("Ada")
    lines = report.input_value().splitlines()
    assert lines[0] == f"The Wrong Codebook: 2 of {len(PLANS)} challenges done"
    assert lines[1] == "Name: Ada"
    named = [page.locator(f'[data-goal="{goal}"]').get_attribute("data-name") for goal in reached]
    assert lines[-2:] == [f"{name}: 1 try" for name in named]
    assert [re.fullmatch(r"Fig\. \d+\.\d+, challenge \d", name) for name in named].count(None) == 0
    copy = page.get_by_role("button", name="Copy the report")
    copy.press("Enter")
    expect(copy.locator("+ [role=status]")).to_have_text(re.compile(r"Copied|Selected"))
    reader.close()


def test_challenges_work_when_storage_is_blocked(browser, origin):
    reader = Reader(browser, origin, blocked=True)
    goal = "kl-infinite"
    page = reader.open(goals()[goal][0])
    figure = figure_of(page, goal)
    told = figure.locator(".xent-feedback")
    choose(page, figure, goal)
    for step in PLANS[goal]:
        perform(page, figure, [step])
        if "twice" in goals()[goal][1]:
            page.wait_for_timeout(700)  # a goal counts at rest
    expect(told).to_have_text("Reached.")
    expect(figure.get_by_role("status")).to_contain_text("Reached.")
    choose(page, figure, goal)  # it is remembered until the page is left
    expect(told).to_contain_text("You have done this one.")
    line, report = reader.listed(goal)
    expect(line).not_to_have_class("is-done")
    page = reader.open("book/challenges")
    assert report.input_value().startswith(f"The Wrong Codebook: 0 of {len(PLANS)}")
    # Nor does the theme's own script stumble: the menu, the search and the colours still answer.
    page.set_viewport_size({"width": 360, "height": 800})
    for button in (".primary-toggle", ".search-button"):
        page.locator(f"{button}:visible").first.press("Enter")
        expect(page.locator("dialog[open]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator(".theme-switch-button:visible").first.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-mode", "dark")
    reader.close()


AMOUNT = r"(?:−?[\d,]+(?:\.\d+)?|∞)"
BOUND = r"should be (?:above |below |at most |at least )?"
EITHER = re.compile(
    rf"is ({AMOUNT})[^:,.]*(?:: ({AMOUNT}) too (low|high)|, and (?:{BOUND}|[^.]* is )({AMOUNT}))"
)


def number(text):
    return float(text.replace("−", "-").replace("∞", "inf").replace(",", ""))


@pytest.mark.parametrize("goal", PLANS)
def test_wrong_state_is_told_how_far_off_and_shown_a_way_in_the_end(patient, goal):
    name, challenge = goals()[goal]
    page = patient.open(name)
    figure = figure_of(page, goal)
    told, show = figure.locator(".xent-feedback"), figure.locator('[data-button="show-me"]')
    choose(page, figure, goal)
    page.clock.fast_forward(700)  # to read the prompt is no try
    control = PLANS[goal][0][0]
    nudges = [(control, f"Arrow{way}") for way in ("Up", "Up", "Down", "Up", "Down", "Up")]
    astray = ASTRAY.get(goal, nudges)
    wanted = [condition["value"] for condition in challenge["all"]]
    own_words = [condition["say"] for condition in challenge["all"] if "say" in condition]
    expect(told).to_have_text(re.compile(r"^( ?You have done this one\.)?$"))
    for attempt in range(6):
        expect(show).to_be_hidden()
        perform(page, figure, [astray[attempt % len(astray)]])
        page.clock.fast_forward(700)  # motion has stopped
        settle(page)
        judged = EITHER.findall(told.inner_text())
        plain = [re.sub(r"[*_{}]", "", words) for words in own_words]
        assert judged or any(words in told.inner_text() for words in plain), told.inner_text()
        for now, off, side, bound in judged:
            target = (
                number(bound) if bound else number(now) + number(off) * (1 if side == "low" else -1)
            )
            assert any(
                isinstance(value, str) or target == pytest.approx(value, abs=0.011)
                for value in wanted
            ), told.inner_text()
        if attempt >= 3:
            expect(figure.locator(".xent-challenges")).to_contain_text("Hint: ")
    expect(show).to_be_visible()
    perform(page, figure, [("show-me", "Enter")])
    page.clock.fast_forward(700)
    way = "This is one way."
    expect(told).to_contain_text(way)
    expect(told).not_to_have_attribute("data-reached", "true")
    expect(figure.get_by_role("status")).to_contain_text(way)
    expect(figure.locator(f'[data-button="challenge-{goal}"]')).to_have_text(re.compile(r"^\d$"))
    assert patient.remembers(page, goal) is None


# ---- each figure where it stands


def values(figure):
    if figure.locator('[data-control="letter"]').count():  # bills begin with the first right guess
        return figure.text_content()
    return figure.evaluate(
        "f => [...f.querySelectorAll('[data-value]')].map(n => n.dataset.value).join()"
    )


def move_by_keys(page, figure):
    control = figure.locator("[data-control]:enabled").first
    control.focus()
    name = control.get_attribute("data-control")
    if control.get_attribute("type") == "range":
        page.keyboard.press("ArrowUp")
    elif name in ("text", "letter"):  # a place to write
        page.keyboard.type("q")
    else:  # things to tick, and a question to ask
        page.keyboard.press("Space")
        settle(page)  # until then there is nothing to ask
        figure.locator('[data-button="ask"]').press("Enter")


def move_by_pointer(page, figure):
    grab, slider = figure.locator("[data-grab]"), figure.locator("input[type=range]")
    letter = figure.locator('[data-button="letter-e"]')
    if figure.locator('[data-control="text"]').count():  # the pointer chooses a codebook
        figure.locator("[data-button][aria-pressed=false]:enabled").first.click()
        return
    if letter.count():
        letter.click()
        return
    if not grab.count() and not slider.count():
        figure.locator("[data-control]:enabled").first.click()
        figure.locator('[data-button="ask"]').click()
        return
    handle = (grab if grab.count() else slider).first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y - 20)
    page.mouse.move(x + 40, y - 40)
    page.mouse.up()


@pytest.mark.parametrize("name", [name for name in PAGES if re.search(r"index|/\d\d-", name)])
def test_figures_move_where_they_stand(browser, origin, name):
    reader = Reader(browser, origin)
    page = reader.open(name)
    found = page.locator(".live-figure .xent-figure").all()
    assert found
    for figure in found:
        for move in (move_by_keys, move_by_pointer):
            before = values(figure)
            assert before
            move(page, figure)
            settle(page)
            assert values(figure) != before, f"{move.__name__} {figure.get_attribute('aria-label')}"
    reader.close()


def test_every_control_is_a_tab_stop(reader):
    """From the first control of a figure on, Tab comes to every other one."""
    for name in dict.fromkeys(name for name, _ in figures()):
        page = reader.open(name)
        for figure in page.locator(".live-figure .xent-figure").all():
            wanted = figure.evaluate(
                "f => [...f.querySelectorAll('button, input, summary')]"
                ".filter(n => !n.disabled && n.checkVisibility()).map((n, k) => n.dataset.stop = k)"
            )
            figure.locator("[data-stop='0']").focus()
            for stop in wanted:
                at = page.evaluate("document.activeElement.dataset.stop")
                assert at == str(stop), f"{figure.get_attribute('aria-label')}, {name}"
                page.keyboard.press("Tab")


OUTSIDE = """() => {
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.parentElement;
    const own = '.live-figure, .present-bar, script, style, noscript';
    if (!node.data.trim() || at.closest(own)) continue;
    const box = document.createRange();
    box.selectNodeContents(node);
    const { width, height, bottom } = box.getBoundingClientRect();
    if (width > 1 && height > 1 && bottom > 0 && at.checkVisibility({ visibilityProperty: true }))
      seen.push(node.data.trim());
  }
  return seen;
}"""


@pytest.mark.parametrize("name", ["book/index", "book/03-entropy", "book/05-kl-divergence"])
def test_projector_mode_shows_the_live_figures_and_nothing_else(browser, origin, name):
    reader = Reader(browser, origin)
    page = reader.context.new_page()
    reader.go(page, name)
    usual = page.locator(".xent-sentence").first.evaluate("n => getComputedStyle(n).fontSize")
    assert page.evaluate(OUTSIDE)
    reader.go(page, name, "?present")
    assert page.evaluate(OUTSIDE) == []
    large = page.locator(".xent-sentence").first.evaluate("n => getComputedStyle(n).fontSize")
    assert float(large[:-2]) > float(usual[:-2])
    expect(page.locator(".live-figure .xent-figure:visible")).to_have_count(1)
    reader.close()
