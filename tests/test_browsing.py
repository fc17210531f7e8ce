"""Moving about in the built pages: links land, formulas are copied, and nothing unkind is kept."""

import re
import threading
from pathlib import Path

import chromium
import pages
import policy
import pytest
import serve
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build/html"
CHAPTERS = [name for name in pages.names() if re.match(r"book/\d\d-", name)]
CHAPTER = "book/04-cross-entropy"

pytestmark = [pytest.mark.book, pytest.mark.browser]


@pytest.fixture
def open_context(browser):
    contexts = []

    def open_context(width=1280, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, **options))
        return contexts[-1]

    yield open_context
    for context in contexts:
        context.close()


LANDED = """id => {
  const target = document.getElementById(id), root = document.documentElement;
  const margin = parseFloat(getComputedStyle(root).scrollPaddingTop) || 0;
  const wanted = target.getBoundingClientRect().top + scrollY - margin;
  const lowest = root.scrollHeight - innerHeight;
  return scrollY - Math.max(0, Math.min(wanted, lowest));
}"""


def rest(page):
    """Wait until the page has not moved for a moment."""
    before, still = None, 0
    while still < 4:
        page.wait_for_timeout(60)
        now = page.evaluate("[scrollY, document.documentElement.scrollHeight].join()")
        before, still = now, still + 1 if now == before else 0


@pytest.mark.parametrize("name", CHAPTERS)
def test_contents_links_land(open_context, origin, name):
    """From the top of a page just opened, where nothing below has been laid out."""
    page = open_context().new_page()
    page.goto(f"{origin}/{name}.html")
    links = page.locator("#pst-page-toc-nav a, .page-toc a")
    hashes = list(dict.fromkeys(link.get_attribute("href") for link in links.all()))
    assert len(hashes) >= 5
    for hash in [*hashes[1:-1:6], hashes[-1]]:
        page.goto(f"{origin}/{name}.html")
        chromium.start_figures(page)
        page.locator(f'.bd-sidebar-secondary a[href="{hash}"]').first.evaluate(
            "link => link.click()"
        )
        rest(page)
        assert abs(page.evaluate(LANDED, hash[1:])) < 4, hash


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", CHAPTERS)
def test_link_from_another_page_lands(open_context, origin, name, width):
    page = open_context(width).new_page()
    page.goto(f"{origin}/{name}.html#exercises")
    page.wait_for_load_state("load")
    chromium.start_figures(page)
    rest(page)
    assert abs(page.evaluate(LANDED, "exercises")) < 4


def test_page_does_not_move_where_pictures_arrive(open_context, origin):
    """Every picture's place is kept before the picture is there."""
    for name in pages.names():
        for image in re.findall(
            r"<img [^>]*\.png[^>]*>", (SITE / f"{name}.html").read_text("utf-8")
        ):
            assert re.search(r'\bwidth="\d+" height="\d+"', image), (name, image)
    page = open_context().new_page()
    page.route("**/figures/*.js*", lambda route: route.abort())  # so that all pictures are seen
    page.goto(f"{origin}/{CHAPTER}.html")
    chromium.settle_styles(page)
    page.wait_for_selector(".has-failed")
    for image in page.locator(".bd-article img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        box = image.evaluate(
            "i => [i.naturalWidth / i.naturalHeight, i.clientWidth / i.clientHeight]"
        )
        assert box[0] == pytest.approx(box[1], rel=0.02)


@pytest.mark.parametrize("how", ["address", "link"])
def test_link_into_a_closed_solution_opens_it(open_context, origin, how):
    page = open_context().new_page()
    page.goto(f"{origin}/{CHAPTER}.html")
    page.wait_for_load_state("load")
    closed = page.locator(".solution.toggle-hidden").last
    closed.locator(".cell, p:not(.admonition-title)").last.evaluate("cell => (cell.id = 'inside')")
    expect(page.locator("#inside")).not_to_be_visible()
    if how == "link":
        page.evaluate(
            "document.querySelector('.bd-article h1')"
            ".insertAdjacentHTML('afterend', '<a href=\"#inside\">There</a>')"
        )
        page.get_by_role("link", name="There", exact=True).click()
    else:
        page.evaluate("location.hash = 'inside'")
    expect(page.locator("#inside")).to_be_in_viewport()
    expect(page.locator("#inside")).to_be_visible()


@pytest.mark.parametrize("fragment", ["%", '"', "%E0%A4%A", "no-such-place"])
def test_odd_fragment_is_nothing(open_context, origin, fragment):
    page = open_context().new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{origin}/{CHAPTER}.html#{fragment}")
    page.wait_for_load_state("load")
    page.evaluate("hash => (location.hash = hash)", f"{fragment}1")
    page.wait_for_timeout(200)
    assert errors == []


COPY = """selector => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(selector));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  const data = new DataTransfer();
  const options = { clipboardData: data, bubbles: true, cancelable: true };
  const event = new ClipboardEvent("copy", options);
  document.querySelector(selector).dispatchEvent(event);
  return event.defaultPrevented ? [data.getData("text/plain"), data.getData("text/html")] : null;
}"""


def test_formula_is_copied_once_and_as_tex(open_context, origin):
    page = open_context().new_page()
    page.goto(f"{origin}/book/05-kl-divergence.html")
    page.wait_for_load_state("load")
    page.evaluate(
        "for (const [id, x] of [['display', '.katex-display'], ['inline', 'p:has(.katex)']])"
        "  document.querySelector('.bd-article ' + x).id = id"
    )
    text, html = page.evaluate(COPY, "#display")
    source = page.locator("#display annotation").inner_html()
    assert text.strip().startswith("$$")
    assert text.strip().endswith("$$")
    assert re.sub("&amp;", "&", source) in text
    assert html.count("<math") == 1
    assert "katex-html" not in html
    # Half of a formula is copied whole, and once.
    text, _ = page.evaluate(COPY, "#display .katex-html .mord")
    assert text.count("$$") == 2
    prose, _ = page.evaluate(COPY, "#inline")
    formulas = page.locator("#inline .katex").count()
    assert prose.count("$") == 2 * formulas
    words = page.evaluate(
        "() => { const p = document.getElementById('inline').cloneNode(true);"
        " p.querySelectorAll('.katex').forEach((k) => k.remove()); return p.textContent }"
    )
    assert re.sub(r"\$[^$]*\$", "", prose).split() == words.split()
    # Where there is no formula, the browser copies as it does.
    assert page.evaluate(COPY, ".bd-article h1") is None


def test_copied_tex_needs_no_macro_of_ours():
    names = "|".join(["H", "KL", "phat", "E", "R", "argmax", "argmin"])
    for name in pages.names():
        text = (SITE / f"{name}.html").read_text("utf-8")
        sources = re.findall(r"<annotation[^>]*>(.*?)</annotation>", text, re.DOTALL)
        assert [s for s in sources if re.search(rf"\\(?:{names})(?![A-Za-z])", s)] == []


@pytest.mark.parametrize("how", ["file", "offline"])
def test_search_lists_without_quoting(open_context, origin, how):
    """Where no page can be asked for, the results are listed without a piece of each."""
    context = open_context()
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    if how == "file":
        page.goto(f"{(SITE / 'search.html').as_uri()}?q=entropy")
    else:
        page.route(re.compile(r"book/.*\.html"), lambda route: route.abort())
        page.goto(f"{origin}/search.html?q=entropy")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function(
        "!document.querySelector('#search-progress')?.textContent.includes('...')"
    )
    page.wait_for_timeout(300)
    assert page.locator("#search-results li").count() > 5
    assert errors == []


BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, {
    configurable: true,
    get() { throw new DOMException("no", "SecurityError"); },
  });"""


@pytest.mark.parametrize("is_embedded", [True, False])
def test_challenges_say_where_nothing_is_kept(open_context, origin, is_embedded):
    context = open_context()
    context.add_init_script(BLOCKED)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    if is_embedded:
        page.goto(f"{origin.replace('127.0.0.1', 'localhost')}/OFL-1.1.txt")
        page.evaluate(
            "src => document.body.append("
            "Object.assign(document.createElement('iframe'), { src, width: 900, height: 700 }))",
            f"{origin}/book/challenges.html",
        )
        frame = page.frame_locator("iframe")
    else:
        page.goto(f"{origin}/book/challenges.html")
        frame = page
    expect(frame.get_by_text("keeps nothing for the book here")).to_be_visible()
    link = frame.get_by_role("link", name="a tab of its own")
    assert link.count() == is_embedded
    if is_embedded:
        assert link.get_attribute("target") == "_blank"
    assert errors == []


@pytest.mark.parametrize(
    "kept", ["5", "null", '"x"', "[]", "{}", '{"tries": "<b>"}', '{"tries": -1}', "{"]
)
def test_what_others_left_in_storage_is_not_believed(open_context, origin, kept):
    context = open_context()
    context.add_init_script(
        f"localStorage.setItem('mode', {kept!r});"
        f"for (const id of ['ce-one-bit', 'ce-all-waste', 'ce-three-bits'])"
        f"  localStorage.setItem(`xent:done:/{CHAPTER}.html:${{id}}`, {kept!r})"
    )
    page = context.new_page()
    page.goto(f"{origin}/book/challenges.html")
    expect(page.locator("#challenge-count")).to_contain_text("0 of")
    assert "undefined" not in page.locator("main").inner_text()
    page.goto(f"{origin}/{CHAPTER}.html")
    chromium.start_figures(page)
    assert not re.search(r"undefined|NaN|✓", page.locator(".live-figure").first.inner_text())


@pytest.fixture(scope="module")
def guarded():
    """The site as a host serves it that sends the policy."""
    handler = type("Guarded", (serve.Handler,), {})
    handler.headers_sent = (("Content-Security-Policy", policy.policy_of(SITE)),)
    http = serve.Server(("127.0.0.1", 0), handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


def test_policy_is_the_one_that_the_build_wrote():
    written = (SITE.parent / policy.FILE).read_text("utf-8").strip()
    assert written == policy.policy_of(SITE)
    assert "blob:" not in written
    assert "'unsafe-eval'" not in written
    script = re.search(r"script-src ([^;]*)", written)[1]
    assert "'unsafe-inline'" not in script
    assert script.count("sha256-") <= 3


@pytest.mark.parametrize("name", [*pages.names(), "search"])
def test_site_works_under_its_policy(open_context, guarded, name):
    page = open_context().new_page()
    complaints = []
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " (e) => console.error(e.violatedDirective, e.blockedURI))"
    )
    page.goto(f"{guarded}/{name}.html" + ("?q=entropy" if name == "search" else ""))
    page.wait_for_load_state("networkidle")
    chromium.start_figures(page)
    if name == "search":
        page.wait_for_selector("#search-results li a")
    for slider in page.locator(".live-figure [role=slider], .live-figure input[type=range]").all()[
        :1
    ]:
        slider.press("ArrowRight")
    for button in page.locator(".solution .toggle-button").all()[:1]:
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
    assert complaints == []


def test_python_runs_under_the_policy(open_context, guarded):
    page = open_context().new_page()
    complaints = []
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    page.goto(f"{guarded}/{CHAPTER}.html")
    page.locator('button[data-run="run"]').first.click()
    expect(page.locator(".run-output").first).to_contain_text("'110'", timeout=120_000)
    assert complaints == []
