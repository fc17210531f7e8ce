"""Bets on the quiz: what a hundred chips cost, what the browser keeps, and how it is summed up."""

import json
import re

import numpy as np
import pages
import pytest
from playwright.sync_api import expect
from scipy.stats import binomtest
from test_challenges import BLOCK, SITE
from test_site import AXE

pytestmark = [pytest.mark.book, pytest.mark.browser]

QUESTION = re.compile(
    r'<li data-bet="([^"]+)" data-page="([^"]+)" data-many="(\d+)" data-right="(\d+)"'
)
FORMS = ".quiz-form:has(input[type=radio])"
LISTED = re.compile(r'<li data-bet="([^"]+)" data-page="([^"]+)".*?<a [^>]*>(.*?)</a></li>', re.S)


def questions():
    """Each question that the page lists: its id, its page, and how many options it has."""
    text = (SITE / "book/bill.html").read_text("utf-8") if SITE.is_dir() else ""
    return [(i, page, int(many), int(right)) for i, page, many, right in QUESTION.findall(text)]


@pytest.fixture
def open_page(browser, origin):
    """Open pages of one browser that remembers; no message of an error is allowed."""
    context = browser.new_context()
    errors = []

    def open_page(name):
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{origin}/book/{name}.html")
        return page

    open_page.context = context
    yield open_page
    context.close()
    assert not errors


def bet(page, form, chips):
    """Place a bet with keys alone."""
    if form.get_attribute("data-bet") != "":
        form.get_by_role("button", name="Bet instead").press("Enter")
    sliders = form.get_by_role("slider").all()
    for slider in sliders:
        slider.press("Home")
    for slider, wanted in zip(sliders, chips, strict=True):
        slider.focus()
        for _ in range(wanted):
            page.keyboard.press("ArrowRight")
    form.get_by_role("button", name="Place the bet").press("Enter")
    return form.locator(".quiz-verdict").inner_text()


def kept(page):
    return page.evaluate("Object.entries(localStorage).filter(([k]) => k.startsWith('xent:bet:'))")


def remember(page, bets):
    """Put what was bet, by question, where the browser keeps it."""
    for (name, link, *_), chips in bets.items():
        key = f"xent:bet:/book/{link}:{name}"
        page.evaluate("([k, v]) => localStorage.setItem(k, v)", [key, json.dumps(chips)])
    page.reload()


def test_every_question_with_one_right_answer_is_listed_and_can_be_bet_on(open_page):
    listed = {}
    for name, link, many, _ in questions():
        listed.setdefault(link, {})[name] = many
    for path in pages.names():
        if not re.match(r"book/\d\d", path):
            continue
        page = open_page(path.removeprefix("book/"))
        forms = page.locator(FORMS).all()
        found = {}
        for form in forms:
            radios = form.locator("input[type=radio]")
            found[radios.first.get_attribute("name")] = radios.count()
            form.get_by_role("button", name="Bet instead").click()
            assert form.get_by_role("slider").count() == radios.count()
            form.get_by_role("button", name="Tick instead").click()
            assert form.get_by_role("slider").count() == 0
        assert listed.get(path.removeprefix("book/") + ".html", {}) == found
        assert page.get_by_role("button", name="Bet instead").count() == len(forms)
        page.close()


@pytest.mark.parametrize("share", [0, 1, 25, 99, 100])
def test_a_bet_costs_the_surprisal_of_the_right_answer(open_page, share):
    page = open_page("04-cross-entropy")
    form = page.locator(FORMS).first
    many = form.locator("input[type=radio]").count()
    right = form.locator("input[type=radio]").evaluate_all(
        "inputs => inputs.findIndex(i => i.dataset.right === '1')"
    )
    chips = [0] * many
    chips[right], chips[right - 1] = share, 100 - share
    told = bet(page, form, chips)
    if share == 0:
        assert "no chip on the right answer. That costs ∞ bits" in told
    else:
        bits = re.search(r"(?:=|you) ([\d.]+) bits", told)[1]
        assert float(bits) == pytest.approx(np.log2(100 / share), abs=0.005)
    if 0 < share < 100:
        assert f"evenly cost {np.log2(many):.2f}" in told
    shown = form.locator(".quiz-feedback:visible").evaluate_all(
        "all => all.map(f => f.dataset.for.charCodeAt() - 65)"
    )
    assert set(shown) == {k for k in range(many) if chips[k]} | {right}
    assert [json.loads(value) for _, value in kept(page)] == [chips]

    again = bet(page, form, [100, *[0] * (many - 1)])
    assert "Your first bet stays" in again
    assert [json.loads(value) for _, value in kept(page)] == [chips]


def test_chips_that_are_not_left_cannot_be_placed(open_page):
    page = open_page("04-cross-entropy")
    form = page.locator(FORMS).first
    assert "Place the other 40 chips first." in bet(page, form, [60, 0, 0, 0])
    assert kept(page) == []
    assert form.locator(".quiz-feedback:visible").count() == 0
    second = form.get_by_role("slider").nth(1)
    second.press("End")
    assert second.input_value() == "40"
    assert second.get_attribute("aria-valuetext") == "40 chips, 0 left"
    assert not form.get_by_text("Place the other 40 chips first.").is_visible()
    spread = form.get_by_role("button", name="Spread what is left")
    assert spread.is_disabled()
    second.press("Home")
    spread.click()
    assert spread.is_disabled()
    assert spread.evaluate("b => b === document.activeElement")
    chips = [int(slider.input_value()) for slider in form.get_by_role("slider").all()]
    assert chips == [70, 10, 10, 10]


@pytest.mark.parametrize("reload", [False, True])
@pytest.mark.parametrize("right", ["0", "1"])
def test_a_bet_after_an_answer_is_not_kept(open_page, right, reload):
    page = open_page("04-cross-entropy")
    form = page.locator(FORMS).first
    form.locator(f"input[data-right='{right}']").first.check()
    form.get_by_role("button", name="Check").click()
    if reload:
        page.reload()
    assert "not on your bill: you had answered before." in bet(page, form, [100, 0, 0, 0])
    assert kept(page) == []
    form.get_by_role("button", name="Tick instead").click()
    form.locator("input[data-right='1']").check()
    form.get_by_role("button", name="Check").click()
    assert form.get_attribute("data-result") == "right"


def test_where_nothing_is_kept_a_bet_is_judged_and_the_page_stands(open_page):
    open_page.context.add_init_script(BLOCK)
    page = open_page("04-cross-entropy")
    assert "Your browser keeps nothing" in bet(page, page.locator(FORMS).first, [100, 0, 0, 0])
    bill = open_page("bill")
    expect(bill.locator("#bill-sum")).to_contain_text("This browser keeps nothing for the book")
    expect(bill.locator("#bill-details")).to_be_hidden()


def spread(rng, many):
    cuts = np.sort(rng.integers(0, 101, many - 1))
    return np.diff(cuts, prepend=0, append=100).tolist()


def test_a_question_is_listed_as_it_stands_on_its_page():
    """Formulas and code would not survive as plain words."""
    listed = LISTED.findall((SITE / "book/bill.html").read_text("utf-8"))
    assert len(listed) == len(questions()) > 30
    for key, name, words in listed:
        page = (SITE / "book" / name).read_text("utf-8")
        asked = re.search(rf'id="{key}-question">\s*<p>(.*?)</p>', page, re.S)
        assert words.strip() == asked[1].strip(), key


def test_the_bill_is_the_average_cross_entropy(open_page):
    rng = np.random.default_rng(1)
    page = open_page("bill")
    bets = {}
    for question in questions()[::2]:
        *_, many, right = question
        chips = spread(rng, many)
        while not chips[right]:
            chips = spread(rng, many)
        bets[question] = chips
    remember(page, bets)
    bits = np.array([np.log2(100 / chips[right]) for (*_, right), chips in bets.items()])
    even = np.mean([np.log2(many) for *_, many, _ in bets])
    told = page.locator("#bill-sum").inner_text()
    assert told.startswith(f"You have bet on {len(bets)} of {len(questions())} questions.")
    assert f"cost you {bits.mean():.2f} bits per question" in told
    assert f"evenly would have cost {even:.2f}" in told
    page.get_by_label("Your name").fill("Ada")
    line = page.locator("#bill-report").input_value()
    assert line == (
        f"The Wrong Codebook; Ada; {len(bets)} of {len(questions())} bets; "
        f"{bits.mean():.2f} bits per question; spread evenly {even:.2f}"
    )
    dearest = page.locator("#bill-dearest li").all_inner_texts()
    for said, cost in zip(dearest, sorted(bits)[::-1][:3], strict=True):
        assert said.endswith(f": {cost:.2f} bits.")
    page.locator("#bill-dearest a").first.click()
    assert re.search(r"\.html#quiz-", page.url)

    options = [
        (chip, k == right) for (*_, right), chips in bets.items() for k, chip in enumerate(chips)
    ]
    page.go_back()
    rows = page.locator("#bill-bins tr").all()
    for row, low in zip(rows, range(0, 100, 20), strict=True):
        inside = [(c, ok) for c, ok in options if low <= c < low + 20 or c == low + 20 == 100]
        cells = row.locator("td").all_inner_texts()
        n, k = len(inside), sum(ok for _, ok in inside)
        assert cells[0] == str(n)
        if not n:
            assert cells[1:] == ["–"] * 3
            continue
        ends = binomtest(k, n).proportion_ci(method="wilson")
        assert float(cells[1]) == pytest.approx(np.mean([c for c, _ in inside]), abs=0.5001)
        assert cells[2].startswith(f"{k}, ")
        for end, shown in zip(ends, re.findall(r"\d+", cells[3]), strict=True):
            assert float(shown) == pytest.approx(100 * end, abs=0.5001)


def test_one_bet_of_nothing_on_the_truth_makes_the_average_infinite(open_page):
    page = open_page("bill")
    first, second = questions()[:2]
    nothing = [0] * first[2]
    nothing[first[3] - 1] = 100
    fair = [0] * second[2]
    fair[second[3]], fair[second[3] - 1] = 50, 50
    remember(page, {first: nothing, second: fair})
    told = page.locator("#bill-sum").inner_text()
    assert "cost you ∞ bits per question: once you put no chip" in told
    assert "Without that bet it would be 1.00" in told
    assert "∞ bits per question" in page.locator("#bill-report").input_value()
    page.get_by_role("button", name="Forget all bets").click()
    expect(page.locator("#bill-sum")).to_contain_text("You have bet on 0 of")
    assert kept(page) == []


@pytest.mark.parametrize(
    "written",
    ["", "7", "null", "{}", "[]", "[100]", "[50,50,0,0,0,0,0]", "[101,-1,0,0]", "[50.5,49.5,0,0]",
     '["100",0,0,0]', "[99,0,0,0]", "[NaN,0,0,0]", "[[100],0,0,0]"],
)  # fmt: skip
def test_what_is_no_bet_is_not_read_as_one(open_page, written):
    page = open_page("bill")
    name, link, *_ = next(q for q in questions() if q[2] == 4)
    page.evaluate(
        "([k, v]) => localStorage.setItem(k, v)", [f"xent:bet:/book/{link}:{name}", written]
    )
    page.reload()
    expect(page.locator("#bill-sum")).to_contain_text("You have bet on 0 of")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_bet_is_accessible(browser, origin, theme):
    context = browser.new_context(color_scheme=theme, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{origin}/book/04-cross-entropy.html")
    form = page.locator(FORMS).first
    bet(page, form, [60, 20, 15, 5])
    for part in form.locator("input[type=range], button").all():
        assert part.bounding_box()["height"] >= 44
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run('.quiz', {resultTypes: ['violations']})")
    assert [violation["id"] for violation in found["violations"]] == []
    context.close()
