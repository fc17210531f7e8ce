"""The built site in a real browser: local, live, accessible, and whole without JavaScript.

`make test` builds the book first; these tests read _build/html and fail if it is not there.
"""

import re
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import chromium
import pages
import pytest
from playwright.sync_api import expect
from widgets_page import settle

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build/html"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PAGES = pages.names()
AXE_RUN = """async (rules) => {
    const runOnly = rules.length ? { type: "rule", values: rules } : undefined;
    return (await axe.run({ resultTypes: ["violations"], runOnly })).violations;
}"""
WIDTHS = [360, 1280]

pytestmark = [pytest.mark.book, pytest.mark.browser]


@contextmanager
def visits(browser, origin):
    """Open pages of the site; afterwards fail on what they should not have done."""
    contexts, complaints = [], []

    def visit(name, width=1280, scheme="light", javascript=True, query=""):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: elsewhere(r.url) and complaints.append(f"asked for {r.url}"))
        page.on("requestfailed", lambda r: complaints.append(f"did not get {r.url}"))
        page.goto(f"{origin}/{name}.html{query}")
        if javascript:
            chromium.start_figures(page)
        return page

    def elsewhere(url):
        return not url.startswith((origin, "blob:", "data:"))

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def open_page(browser, origin):
    with visits(browser, origin) as visit:
        yield visit


@pytest.fixture(scope="module", params=[*PAGES, "search"])
def laid_out(request, browser, origin):
    """A page opened once for all who only look, with everything in it laid out."""
    with visits(browser, origin) as visit:
        page = visit(request.param, 360)
        page.add_script_tag(content=AXE.read_text("utf-8"))
        chromium.settle_styles(page)
        yield page


@pytest.mark.parametrize("width", WIDTHS)
def test_page_is_accessible_and_asks_no_other_host(laid_out, width):
    page = laid_out
    page.set_viewport_size({"width": width, "height": 800})
    settle(page)
    # Every rule in the light, then in the dark what depends on it: the colours.
    for scheme, rules in [("light", []), ("dark", ["color-contrast", "link-in-text-block"])]:
        page.emulate_media(color_scheme=scheme)
        page.evaluate("s => document.documentElement.dataset.theme = s", scheme)
        found = page.evaluate(AXE_RUN, rules)
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == [], scheme
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    for caption in page.locator("table caption:visible").all():  # a table may be wider
        assert caption.bounding_box()["width"] <= width


def test_the_style_sheet_has_the_properties_that_others_use():
    """What cells in the page look like, what scripts draw: the sheet keeps no property unasked."""
    sheet = (SITE / "_static/site.css").read_text("utf-8")
    others = [*SITE.glob("py/*/*.css"), *SITE.rglob("*.js"), *SITE.rglob("*.html")]
    used = {
        (path.name, name)
        for path in others
        for name in re.findall(r"var\((--[\w-]+)\)", path.read_text("utf-8"))
    }
    assert ("page.css", "--pst-color-surface") in used
    assert [(path, name) for path, name in sorted(used) if f"{name}:" not in sheet] == []


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_without_javascript(open_page, name):
    page = open_page(name, 360, javascript=False)
    for formula in page.locator(".katex-html").all()[:5]:
        assert formula.bounding_box()["width"] > 0
    assert (
        page.locator(".bd-article .katex").count()
        == page.locator(".bd-article .katex math").count()
    )
    for still in page.locator(".live-figure").all():
        image = still.locator("img.still")
        assert image.is_visible()
        assert image.evaluate("i => i.naturalWidth") > 0
        assert len(image.get_attribute("alt")) > 30
    for image in page.locator(".bd-article img").all():
        assert image.get_attribute("alt")
    for answer in page.locator(".quiz-answer").all():
        assert answer.is_visible()


def test_formulas_fit_a_telephone_with_what_follows_them(laid_out):
    """Where one in a sentence takes two lines, no comma ends the first of them."""
    page = laid_out
    page.set_viewport_size({"width": 360, "height": 800})
    astray = page.evaluate(
        """() => [...document.querySelectorAll(".bd-article span.math")].flatMap(formula => {
            const mark = formula.lastChild, ends = [...formula.querySelectorAll(".katex-base")];
            if (mark.nodeType !== Node.TEXT_NODE || !formula.offsetParent) return [];
            const range = document.createRange();
            range.selectNode(mark);
            const end = ends.at(-1).getBoundingClientRect(), at = range.getBoundingClientRect();
            const behind = Math.abs(at.left - end.right) < 3 && at.bottom > end.top;
            return behind ? [] : [formula.querySelector("annotation").textContent];
        })"""
    )
    assert astray == []
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".bd-article .katex-display")].flatMap(formula =>
            formula.scrollWidth <= formula.clientWidth + 4 ? [] :
                [formula.querySelector("annotation").textContent])"""
    )
    assert wide == []


def test_the_mark_that_unfolds_stands_in_its_title(laid_out):
    page = laid_out
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        outside = page.evaluate(
            """() => [...document.querySelectorAll(".bd-article .toggle-button")].flatMap(
                button => {
                    const title = button.parentElement.getBoundingClientRect();
                    const { top, bottom } = button.getBoundingClientRect();
                    const inside = top > title.top - 1 && bottom < title.bottom + 1;
                    return inside ? [] : [button.parentElement.textContent.trim()];
                }
            )"""
        )
        assert outside == [], width


@pytest.mark.parametrize(
    ("name", "quiz", "typed", "said"),
    [
        ("book/07-densities", "quiz-densities-units", "72", "a hundred times as wide"),
        ("book/07-densities", "quiz-densities-units", "7.36", "In their difference it cancels"),
        ("book/08-classifiers", "quiz-classifiers-average", "1.889", "codebook for the mixture"),
        ("book/08-classifiers", "quiz-classifiers-average", "15/8", "three rounds in four"),
        ("book/09-batches", "quiz-batches-units", "4.8/16", "divide by ln 2 as well"),
    ],
)
def test_a_mistake_with_the_numbers_as_the_question_prints_them_is_named(
    open_page, name, quiz, typed, said
):
    question = open_page(name).locator(f"#{quiz}")
    question.locator("input").fill(typed)
    question.locator(".quiz-check").click()
    expect(question.locator(".quiz-feedback:visible")).to_contain_text(said)


def test_first_page_does_not_jump(browser, origin):
    """The figure above the fold takes its still picture's place without moving the text."""
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.add_init_script(
            "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach("
            "e => window.shift += e.value)).observe({type: 'layout-shift', buffered: true})"
        )
        page.goto(f"{origin}/{PAGES[0]}.html")
        page.wait_for_selector(".live-figure.is-live")
        page.wait_for_timeout(300)
        assert page.evaluate("window.shift") < 0.02, width
        context.close()


@pytest.mark.parametrize("words", ["cross-entropy", "twenty questions", "Kraft"])
def test_search_finds(open_page, words):
    page = open_page("search", query=f"?q={words}")
    page.wait_for_selector("#search-results li a")
    assert page.locator("#search-results li").count() > 0


def test_downloaded_copy_is_live(browser):
    """A page opened from disk, without a server, has live figures too."""
    context = browser.new_context()
    page = context.new_page()
    page.goto((SITE / f"{PAGES[0]}.html").as_uri())
    page.wait_for_selector(".live-figure.is-live")
    context.close()


@pytest.mark.parametrize("fragment", ["%", "%E0%A4%A", "no-such-place", "exercises", '"'])
def test_figure_is_live_whatever_the_fragment(browser, origin, fragment):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{origin}/book/04-cross-entropy.html#{fragment}")
    page.wait_for_selector(".live-figure.is-live .xent-figure")
    assert page.locator(".has-failed").count() == 0
    context.close()


@pytest.mark.parametrize("harm", ["missing", "throws", "empty"])
def test_figure_that_fails_leaves_its_picture(browser, origin, harm):
    """Whatever is wrong with its module: the picture stays, without a gap, and says what it is."""
    context = browser.new_context()
    page = context.new_page()
    harms = {"throws": "throw new Error('broken')", "empty": ""}

    def answer(route):
        route.abort() if harm == "missing" else route.fulfill(body=harms[harm])

    page.route("**/figures/*.js*", answer)
    page.goto(f"{origin}/book/04-cross-entropy.html")
    figure = page.locator(".live-figure").first
    page.wait_for_selector(".live-figure.has-failed")
    still = figure.locator("img.still")
    figure.scroll_into_view_if_needed()
    expect(still).to_be_visible()
    assert figure.bounding_box()["height"] < still.bounding_box()["height"] + 100
    expect(figure.locator(".why-still")).to_contain_text("picture")
    context.close()


def quizzes():
    for name in PAGES:
        text = (SITE / f"{name}.html").read_text("utf-8") if SITE.is_dir() else ""
        if 'class="quiz ' in text:
            yield name


@pytest.mark.parametrize("name", list(quizzes()))
def test_no_other_number_that_a_page_prints_is_taken_for_an_answer(name):
    """Who copies the number of another case is not told that it is right."""
    text = (SITE / f"{name}.html").read_text("utf-8")
    cells = re.findall(r'<div class="output .*?</pre>', text, re.S)
    printed = re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", re.sub("<[^>]*>", "", "\n".join(cells)))
    for right, tolerance in re.findall(r'data-answer="([^"]+)" data-tolerance="([^"]+)"', text):
        for number in printed:
            off = abs(float(number) - float(right))
            rounding = 0.5 * 10.0 ** -len(number.partition(".")[2])
            assert off > float(tolerance) or off < rounding * 1.001, f"{number} for {right}"


@pytest.mark.parametrize("name", list(quizzes()))
def test_quizzes_judge_every_answer(open_page, name):
    """Each question, with keys alone: every wrong answer is told why, the right one is right."""
    page = open_page(name)
    for form in page.locator(".quiz-form").all():
        verdict = form.locator(".quiz-verdict")
        number = form.locator("input[data-answer]")
        if number.count():
            right = float(number.get_attribute("data-answer"))
            wrong = [
                float(f.get_attribute("data-value")) for f in form.locator("[data-value]").all()
            ]
            for value in [*wrong, right]:
                number.fill(f"{value:.12f}".replace(".", ",") if abs(value) < 1e12 else "∞")
                number.press("Enter")
                assert (form.get_attribute("data-result") == "right") == (value == right), value
                assert form.locator(".quiz-feedback:visible").count() == (value != right)
            number.fill("what")
            number.press("Enter")
            assert "Type a number" in verdict.inner_text()
            continue
        beneath = "s => s.previousElementSibling.querySelector('input').value"
        for said in form.locator(".quiz-said").all():
            own = said.locator(".quiz-feedback").get_attribute("data-for")
            assert said.evaluate(beneath) == own, "what is said of an option stands beneath it"
        form.locator(".quiz-check").press("Enter")
        assert "Choose" in verdict.inner_text()
        options = form.locator("input").all()
        if options[0].get_attribute("type") == "radio":
            for option in options:
                option.check()
                option.press("Enter")
                is_right = option.get_attribute("data-right") == "1"
                assert (form.get_attribute("data-result") == "right") == is_right
                assert form.locator(".quiz-feedback:visible").count() == 1
        else:
            for option in options:
                option.press("Space")
            form.locator(".quiz-check").press("Enter")
            assert form.get_attribute("data-result") == "wrong"
            for option in options:
                option.set_checked(option.get_attribute("data-right") == "1")
            form.locator(".quiz-check").press("Enter")
            assert form.get_attribute("data-result") == "right"


@pytest.mark.parametrize("place", ["center", "end"])
def test_a_quiz_answers_under_the_finger(open_page, place):
    """On a phone, whatever opens above it, the button stays and the verdict is on the screen."""
    page = open_page("book/04-cross-entropy", 360)
    form = page.locator(".quiz-form:has(input[type=checkbox])").first
    for option in form.locator("input").all():
        option.check()
    button = form.locator(".quiz-check")
    button.evaluate("(b, block) => b.scrollIntoView({block, behavior: 'instant'})", place)
    before = button.bounding_box()["y"]
    button.click()
    verdict = form.locator(".quiz-verdict").bounding_box()
    assert verdict["y"] + verdict["height"] <= page.viewport_size["height"] + 1
    if place == "center":
        assert abs(button.bounding_box()["y"] - before) < 2


class Links(HTMLParser):
    """The ids of a page, and what it links to."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.repeated = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            (self.repeated.append if attrs["id"] in self.ids else self.ids.add)(attrs["id"])
        for key in ("href", "src"):
            if key in attrs:
                self.links.append(attrs[key])


def test_pages_name_no_path_of_the_machine_that_built_them():
    for page in SITE.rglob("*.html"):
        assert str(ROOT) not in page.read_text("utf-8"), page.name


def test_an_answer_of_one_is_not_in_the_plural():
    answers = [
        answer
        for page in SITE.rglob("*.html")
        for answer in re.findall(
            r'quiz-answer"><summary>Answer</summary><p><strong>([^<]+)', page.read_text("utf-8")
        )
    ]
    assert "1 bit" in answers
    assert not [answer for answer in answers if re.match(r"1 \w+s\b", answer)]


def test_internal_links_hold():
    parsed = {p.resolve(): Links(p.read_text("utf-8")) for p in SITE.rglob("*.html")}
    assert parsed, "there is no built book in _build/html: run `make book`"
    broken = []
    for page, links in parsed.items():
        broken += [f"{page.name}: id {name} twice" for name in links.repeated]
        for link in links.links:
            if re.match(r"[a-z]+:", link):
                continue
            path, fragment = urldefrag(link)
            path = unquote(path.partition("?")[0])
            top = SITE if path.startswith("/") else page.parent
            target = (top / path.lstrip("/")).resolve() if path else page
            holds = target.exists()
            if fragment and target in parsed:
                holds = unquote(fragment) in parsed[target].ids
            if not holds:
                broken.append(f"{page.name}: {link}")
    assert broken == []
