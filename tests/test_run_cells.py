"""The book's Python in the reader's page: every cell, and what can go wrong with it."""

import json
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pages
import pytest
from cells_page import (
    MOST_MEMORY,
    SLOW,
    cell,
    chapters,
    code_of,
    holds,
    output,
    press,
    printed,
    rest,
    write,
)
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build/html"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHAPTER = "book/02-twenty-questions"

pytestmark = [pytest.mark.book, pytest.mark.browser]


@pytest.fixture(scope="module")
def running(visit):
    """A page whose Python runs, for tests that leave it as they found it."""
    page = visit(CHAPTER)
    press(page, 1)
    assert "done" in rest(page)
    return page


def test_nothing_is_loaded_before_a_press(visit):
    page = visit(CHAPTER)
    page.wait_for_load_state("networkidle")
    assert not [url for url in page.asked if "/py/" in url]
    press(page, 1)
    rest(page)
    loaded = [url.split("/")[-1] for url in page.asked if "/py/" in url]
    assert any(name.startswith("numpy") for name in loaded)
    assert not any(name.startswith(("scipy", "matplotlib")) for name in loaded)


def test_the_first_press_says_how_much_is_loaded(visit):
    page = visit(CHAPTER)
    page.evaluate(
        """() => {
          window.said = new Set();
          const look = () => said.add(document.querySelector(".run-status")?.textContent ?? "");
          const what = { subtree: true, childList: true, characterData: true };
          new MutationObserver(look).observe(document, what);
        }"""
    )
    press(page, 1)
    rest(page)
    told = page.evaluate(
        "[...said].map((s) => s.match(/([\\d.]+) of ([\\d.]+) MB/)).filter(Boolean)"
    )
    assert len(told) > 3
    totals = {float(total) for _, _, total in told}
    assert len(totals) == 1
    assert 8 < totals.pop() < 13


def test_the_pages_say_what_python_loads_and_holds(running):
    """The chapters' own test holds Python to the most that is said, with SciPy and plots."""
    front, teachers = (
        " ".join((SITE / f"book/{name}.html").read_text("utf-8").split())
        for name in ("index", "teachers")
    )
    loads = int(re.search(r"first press loads about (\d+) MB", front)[1])
    told, more = re.search(
        r"loads about (\d+) MB for it, once, and (\d+) MB more", teachers
    ).groups()
    assert int(told) == loads
    least, most = re.search(r"holds about (\d+) MB .+?, and up to (\d+) MB", front).groups()
    (manifest,) = [json.loads(path.read_bytes()) for path in SITE.glob("py/book-*/manifest.json")]
    first = [*manifest["sets"]["core"], *manifest["sets"]["numpy"], *manifest["own"]]
    size = {name: size for name, size, _ in first}
    assert abs(sum(size.values()) / 1e6 - loads) < 0.5
    later = {
        name: size for key in ("scipy", "matplotlib") for name, size, _ in manifest["sets"][key]
    }
    assert abs(sum(later[name] for name in later.keys() - size) / 1e6 - int(more)) < 0.5
    assert abs(holds(running) - int(least)) < 10
    assert int(most) == MOST_MEMORY


def test_an_edit_survives_a_reload_beside_the_books_version(visit):
    page = visit(CHAPTER)
    book = code_of(CHAPTER)[0].source
    write(page, 1, "print('mine', 6 * 7)")
    page.keyboard.press("Control+Enter")
    rest(page)
    assert output(page, 1) == "mine 42"
    page.reload()
    editor = cell(page, 1).locator(".cm-content")
    expect(editor).to_have_text("print('mine', 6 * 7)")
    press(page, 1)
    rest(page)
    assert output(page, 1) == "mine 42"
    press(page, 1, "version")
    expect(editor).to_be_hidden()
    expect(cell(page, 1).locator(".cell_input pre").first).to_contain_text(book.splitlines()[0])
    press(page, 1)
    rest(page)
    assert output(page, 1) == printed(code_of(CHAPTER)[0])
    press(page, 1, "version")
    expect(editor).to_be_visible()
    press(page, 1, "reset")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.locator(".cm-content").count() == 0


def test_what_is_kept_is_read_like_any_input(visit):
    page = visit(CHAPTER)
    kept = ["5", "null", "{", '{"mine": 3}', '{"was": "x", "mine": []}']
    for number, text in enumerate(kept, 1):
        page.evaluate(
            "([number, text]) =>"
            " localStorage.setItem(`xent:code:${location.pathname}:${number}`, text)",
            [number, text],
        )
    page.reload()
    page.wait_for_load_state("networkidle")
    for number, source in enumerate(code_of(CHAPTER)[: len(kept)], 1):
        press(page, number)
        assert "done" in rest(page)
        assert output(page, number) == printed(source)
    assert page.errors == []


def test_a_cell_that_never_ends_is_stopped_and_the_page_lives(running):
    page = running
    write(page, 2, "print('on and on')\nwhile True: pass")
    press(page, 2)
    expect(cell(page, 2).locator(".run-output pre")).to_have_text("on and on\n", timeout=SLOW)
    page.locator('.run-dock [data-run="stop"]').click()
    assert "Stopped" in rest(page)
    press(page, 2, "reset")
    press(page, 2)
    assert "done" in rest(page)
    assert output(page, 2) == printed(code_of(CHAPTER)[1])


def test_a_cell_that_prints_for_ever_is_cut_short(running):
    page = running
    write(page, 2, "while True: print('again and again')")
    press(page, 2)
    expect(cell(page, 2).locator(".run-output")).to_contain_text("is not shown", timeout=SLOW)
    assert len(output(page, 2)) < 101_000
    page.locator('.run-dock [data-run="stop"]').click()
    assert "Stopped" in rest(page)
    press(page, 2, "reset")


def test_a_cell_that_eats_memory_ends_in_an_error(running):
    page = running
    write(page, 2, "hoard = [bytes(10**9) for _ in range(100)]")
    press(page, 2)
    rest(page)
    assert (
        "MemoryError" in output(page, 2)
        or "Python broke off" in page.locator(".run-status").text_content()
    )
    press(page, 2, "reset")
    press(page, 1)
    assert "done" in rest(page)


def test_an_error_shows_the_readers_line_alone(running):
    page = running
    write(page, 2, "x = 1\ny = undefined_name")
    press(page, 2)
    assert "Cell 2 stopped with an error" in rest(page)
    told = output(page, 2)
    assert 'File "cell 2", line 2' in told
    assert told.endswith("NameError: name 'undefined_name' is not defined")
    assert "runner" not in told
    press(page, 2, "reset")


def test_the_page_and_what_is_above_run_at_one_press(visit):
    page = visit(CHAPTER)
    press(page, 1)
    rest(page)
    built = code_of(CHAPTER)
    press(page, 4, "above")
    rest(page)
    assert [output(page, k) for k in (1, 2, 3)] == [printed(c) for c in built[:3]]
    page.locator('.run-dock [data-run="page"]').click()
    rest(page)
    ran = [bool(output(page, k)) for k in range(1, len(built) + 1)]
    solutions = page.locator(".solution .run-bar").count()
    assert ran.count(True) == sum(bool(printed(c)) for c in built) - solutions


@pytest.mark.parametrize("harm", ["missing", "tampered"])
@pytest.mark.parametrize("file", ["numpy", "python_stdlib", "xentlib"])
def test_a_file_that_is_missing_or_not_the_official_one_is_named(visit, file, harm):
    page = visit(CHAPTER)

    def answer(route):
        if harm == "missing":
            return route.fulfill(status=404, body="not here")
        body = bytearray(route.fetch().body())
        body[len(body) // 2] ^= 1
        return route.fulfill(body=bytes(body))

    page.route(re.compile(rf"/py/.*/{file}[^/]*$"), answer)
    press(page, 1)
    told = rest(page)
    assert told.startswith("Python could not run.")
    assert file in told
    assert ("is missing on the server" if harm == "missing" else "is not the file") in told
    if file == "python_stdlib":  # and when it is there again, it runs
        page.unroute_all()
        press(page, 1)
        assert "done" in rest(page)


POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' blob:{wasm}; worker-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'"
)


@pytest.fixture
def guarded():
    """The site from a plain server that sends a security policy."""
    servers = []

    def serve(policy):
        class Handler(SimpleHTTPRequestHandler):
            def end_headers(self):
                self.send_header("Content-Security-Policy", policy)
                super().end_headers()

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *args: Handler(*args, directory=str(SITE))
        )
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_it_runs_from_a_plain_server_under_a_strict_policy(visit, guarded):
    page = visit(CHAPTER, guarded(POLICY.format(wasm=" 'wasm-unsafe-eval'")))
    press(page, 1)
    assert "done" in rest(page)
    write(page, 2, "print(1)")
    press(page, 2)
    rest(page)
    assert output(page, 2) == "1"


def test_a_policy_that_forbids_it_is_named(visit, guarded):
    page = visit(CHAPTER, guarded(POLICY.format(wasm="")))
    press(page, 1)
    assert "'wasm-unsafe-eval'" in rest(page)


def test_it_runs_offline_after_one_use(visit, guarded):
    address = guarded("worker-src 'self'").replace("127.0.0.1", "localhost")
    page = visit(CHAPTER, address)
    page.evaluate("navigator.serviceWorker.register('../sw.js?offline', { scope: '../' })")
    page.wait_for_function("navigator.serviceWorker.controller", timeout=SLOW)
    page.reload()
    press(page, 1)
    rest(page)
    write(page, 1, "print('kept')")
    page.wait_for_timeout(1500)  # what was loaded is put into the cache
    page.context.set_offline(True)
    page.reload()
    press(page, 1)
    assert "done" in rest(page)
    assert output(page, 1) == "kept"


def test_a_page_from_a_file_says_why_not(browser):
    page = browser.new_page()
    page.goto((SITE / f"{CHAPTER}.html").as_uri())
    press(page, 1)
    expect(page.locator(".run-note")).to_contain_text("Open the book from a server")
    page.close()


def test_a_slider_of_interact_draws_anew(visit):
    name = next(n for n in chapters() if any("interact(" in c.source for c in code_of(n)))
    page = visit(name)
    number = 1 + max(k for k, c in enumerate(code_of(name)) if "interact(" in c.source)
    expect(cell(page, number).locator(".why-still")).to_contain_text("press Run above to move it")
    book = cell(page, number).locator("img").get_attribute("alt")
    press(page, number)
    rest(page)
    picture = cell(page, number).locator("[data-slider] img")
    before = picture.get_attribute("src")
    assert picture.get_attribute("alt") == book  # the same first frame
    slider = cell(page, number).locator('input[type="range"]').first
    slider.evaluate(
        "slider => slider.closest('details, .dropdown')?.classList.remove('toggle-hidden')"
    )
    slider.focus()
    page.keyboard.press("End")
    expect(picture).not_to_have_attribute("src", before, timeout=SLOW)
    expect(picture).to_have_count(1)
    expect(picture).not_to_have_attribute("alt", book)  # it tells of the first frame


def test_two_tabs_have_a_python_each(browser, origin):
    context = browser.new_context()
    tabs = [context.new_page(), context.new_page()]
    for k, page in enumerate(tabs):
        page.goto(f"{origin}/{CHAPTER}.html")
        write(page, 1, f"tab = {k}")
        press(page, 1)
        rest(page)
    for k, page in enumerate(tabs):
        write(page, 2, "print(tab)")
        press(page, 2)
        rest(page)
        assert output(page, 2) == str(k)
    context.close()


def test_the_keyboard_alone_runs_edits_and_leaves(visit):
    page = visit(CHAPTER)
    cell(page, 1).locator('[data-run="edit"]').focus()
    page.keyboard.press("Enter")
    editor = cell(page, 1).locator(".cm-content")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.type("print('by hand')\n")
    page.keyboard.press("Shift+Enter")
    rest(page)
    assert output(page, 1).startswith("by hand")
    editor.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()
    expect(page.locator(".run-live")).to_contain_text("Cell 1: done")


def test_a_page_that_runs_is_accessible(visit):
    page = visit(CHAPTER)
    write(page, 1, "print('a')\n1 / 0")
    press(page, 1)
    rest(page)
    press(page, 2)
    rest(page)
    page.add_style_tag(
        content="* { content-visibility: visible !important; transition: none !important }"
    )
    page.add_script_tag(path=AXE)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate("s => document.documentElement.dataset.theme = s", scheme)
            found = page.evaluate("async () => (await axe.run()).violations")
            assert [(v["id"], [n["html"] for n in v["nodes"]][:2]) for v in found] == []


def test_pages_without_cells_load_nothing_of_it(visit):
    for name in pages.names():
        if not (SITE / f"{name}.html").read_text("utf-8").count("run-bar"):
            page = visit(name)
            assert not [url for url in page.asked if "run.js" in url]
            break
