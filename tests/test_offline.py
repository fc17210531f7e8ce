"""What the browser keeps of the book: its own pages, of one edition, when the network is bad."""

import shutil
import socket
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pages
import pytest
import versions
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build/html"
CHAPTER, OTHER = "book/04-cross-entropy.html", "book/05-kl-divergence.html"

pytestmark = [pytest.mark.book, pytest.mark.browser]


class Handler(SimpleHTTPRequestHandler):
    """A host that can fail in the ways hosts do, and answers an address of its own."""

    host = None

    def do_GET(self):
        host = self.host
        host.asked.append(self.path)
        if host.mood == "hangs":
            host.released.wait(60)
        if host.mood == "fails":
            return self.send_error(503)
        if self.path.startswith("/api/"):
            body = self.path.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return self.wfile.write(body)
        super().do_GET()

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *args):
        pass


class Host:
    """One port of this machine, on which one site after the other can live."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server, self.mood, self.asked = None, "well", []
        self.released = threading.Event()

    def serve(self, folder):
        self.stop()
        handler = type("Bound", (Handler,), {"host": self})
        ThreadingHTTPServer.daemon_threads = True
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", self.port), partial(handler, directory=folder)
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def url(self, path):
        return f"http://127.0.0.1:{self.port}/{path}"


@pytest.fixture
def host():
    host = Host()
    yield host
    host.released.set()
    host.stop()


@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """Another edition of the site: a script, the style sheet and one page differ."""
    site = shutil.copytree(SITE, tmp_path_factory.mktemp("second") / "repo")
    for name, text in {
        "_static/quiz.js": "document.documentElement.dataset.script = 'second';",
        "_static/site.css": ":root { --sheet: second }",
    }.items():
        with (site / name).open("a", encoding="utf-8") as file:
            file.write(text)
    for chapter in (CHAPTER, OTHER):
        text = (site / chapter).read_text("utf-8")
        (site / chapter).write_text(text.replace("<body", "<body data-page=second", 1), "utf-8")
    versions.write_edition(site, ROOT / "book/_extra/sw.js")
    return site


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The site in a folder named repo, as a host of many projects serves it."""
    return shutil.copytree(SITE, tmp_path_factory.mktemp("first") / "repo")


WHOLE = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  const stills = [...document.querySelectorAll(".still")].map(({ src }) => src);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const named = loaded.filter((url) => /[?]v=/.test(url) && !stills.includes(url));
  const all = [location.origin + location.pathname, ...named];
  const kept = await Promise.all(all.map((url) => caches.match(url)));
  return named.length > 5 && kept.every(Boolean);
}"""


def until(page, expression):
    """Wait until an asynchronous expression is true."""
    deadline = time.monotonic() + 60
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def visit(page, url):
    """Open a page, and wait until all of it is kept."""
    page.goto(url)
    page.wait_for_selector(".live-figure.is-live")
    until(page, WHOLE)


def editions(page):
    """Return which edition the page, its script and its style sheet are of."""
    page.wait_for_load_state("load")
    return page.evaluate(
        "(root) => [document.body.dataset.page, root.dataset.script,"
        " getComputedStyle(root).getPropertyValue('--sheet').trim() || undefined]",
        page.evaluate_handle("document.documentElement"),
    )


NEW, OLD = ["second"] * 3, [None] * 3


def keeps(page):
    return page.evaluate("async () => (await caches.keys()).length")


def test_opened_page_is_whole_without_a_network(host, page, first):
    host.serve(first.parent)
    visit(page, host.url(f"repo/{CHAPTER}?offline"))
    host.stop()
    for address in (CHAPTER, f"{CHAPTER}?highlight=bits#exercises"):
        page.goto(host.url(f"repo/{address}"))
        page.wait_for_selector(".live-figure.is-live")
        assert "wrong codebook cost" in page.locator(".bd-article h1").inner_text()
        assert page.evaluate("document.fonts.ready.then(f => f.check('16px KaTeX_Math'))")


def test_what_a_figure_loads_late_is_there_without_a_network(host, page, first):
    """The counts of the manual, which a page that was opened has not yet asked for."""
    host.serve(first.parent)
    visit(page, host.url("repo/book/01-surprise.html?offline"))
    late = page.evaluate(
        """() => [...document.scripts].map((script) => script.textContent.match(/"url": "([^"]+)"/))
            .filter(Boolean).map((found) => new URL(found[1], location.href).href)"""
    )
    assert len(late) == 1
    asked = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert late[0] not in asked  # the page itself does not
    until(page, f"async () => Boolean(await caches.match({late[0]!r}))")
    host.stop()
    page.goto(host.url("repo/book/01-surprise.html"))
    page.wait_for_selector(".live-figure.is-live")
    figure = page.get_by_role("group", name="Price your own text")
    figure.get_by_role("button", name="order 3").click()
    expect(figure.locator(".xent-sentence")).to_contain_text("three bytes of context")


def test_own_address_leads_to_the_first_page_without_a_network(host, page, first):
    host.serve(first.parent)
    visit(page, host.url(f"repo/{pages.names()[0]}.html?offline"))
    host.stop()
    for address in ("repo/", "repo/index.html"):
        page.goto(host.url(address))
        page.wait_for_selector(".live-figure.is-live")
        assert page.locator(".bd-article h1").inner_text().startswith("The Wrong Codebook")


def test_page_never_opened_says_so_without_a_network(host, page, first):
    host.serve(first.parent)
    visit(page, host.url(f"repo/{CHAPTER}?offline"))
    host.stop()
    page.goto(host.url(f"repo/{OTHER}"))
    assert "not on your device" in page.locator("h1").inner_text()
    page.get_by_role("link", name="wrong codebook cost").click()
    page.wait_for_selector(".live-figure.is-live")


def test_kept_page_stands_in_for_one_that_fails(host, page, first):
    host.serve(first.parent)
    visit(page, host.url(f"repo/{CHAPTER}?offline"))
    host.mood = "fails"
    page.goto(host.url(f"repo/{CHAPTER}"))
    page.wait_for_selector(".live-figure.is-live")
    assert page.goto(host.url(f"repo/{OTHER}")).status == 503


def test_kept_page_stands_in_for_one_that_does_not_arrive(host, page, first):
    host.serve(first.parent)
    visit(page, host.url(f"repo/{CHAPTER}?offline"))
    host.mood = "hangs"
    page.goto(host.url(f"repo/{CHAPTER}"), timeout=20_000)
    page.wait_for_selector(".live-figure.is-live")


def test_new_edition_replaces_the_old_one_whole(host, page, first, second):
    host.serve(first.parent)
    visit(page, host.url(f"repo/{CHAPTER}?offline"))
    visit(page, host.url(f"repo/{OTHER}"))
    assert editions(page) == OLD
    (old,) = page.evaluate("caches.keys()")
    host.serve(second.parent)
    page.goto(host.url(f"repo/{CHAPTER}?offline"))
    until(page, f"async () => !(await caches.keys()).includes({old!r})")
    until(page, WHOLE)
    assert editions(page) == NEW
    host.stop()
    # The chapter that was opened, and the one that was kept before: both as in the new edition.
    for chapter in (CHAPTER, OTHER):
        page.goto(host.url(f"repo/{chapter}"))
        page.wait_for_selector(".live-figure.is-live")
        assert editions(page) == NEW, chapter


def test_old_edition_stays_whole_while_the_new_one_cannot_be_had(host, page, first, second):
    """The host has changed, and fails before the reader has the new worker."""
    host.serve(first.parent)
    visit(page, host.url(f"repo/{CHAPTER}?offline"))
    host.serve(second.parent)
    host.mood = "fails"
    page.goto(host.url(f"repo/{CHAPTER}"))
    page.wait_for_selector(".live-figure.is-live")
    assert editions(page) == OLD


def test_next_project_on_the_port_is_left_alone(host, page, tmp_path):
    host.serve(SITE)
    visit(page, host.url(f"{CHAPTER}?offline"))
    (tmp_path / "index.html").write_text("<h1>Another project</h1>")
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/quiz.js").write_text("another")
    host.serve(tmp_path)
    page.goto(host.url(""))
    assert page.locator("h1").inner_text() == "Another project"
    ask = "url => fetch(url, {cache: 'no-store'}).then((r) => r.text(), () => 'no answer')"
    assert page.evaluate(ask, "/api/token?user=1") == "/api/token?user=1"
    assert page.evaluate(ask, "/_static/quiz.js") == "another"
    until(page, "async () => !(await navigator.serviceWorker.getRegistrations()).length")
    until(page, "async () => !(await caches.keys()).length")
    host.stop()
    assert page.evaluate(ask, "/api/token?user=2") == "no answer"
    assert page.evaluate(ask, "/api/token?user=1") == "no answer"


def test_worker_answers_for_nothing_but_the_book(host, page, first):
    """No other path of the origin, and nothing that asks not to be stored."""
    host.serve(first.parent)
    visit(page, host.url(f"repo/{CHAPTER}?offline"))
    ask = "([url, cache]) => fetch(url, {cache}).then((r) => r.text(), () => 'no answer')"
    assert page.evaluate(ask, ["/api/token?user=1", "default"]) == "/api/token?user=1"
    page.evaluate(ask, [f"/repo/{OTHER}", "no-store"])
    host.stop()
    assert page.evaluate(ask, ["/api/token?user=2", "default"]) == "no answer"
    assert page.evaluate(ask, [f"/repo/{CHAPTER}", "no-store"]) == "no answer"
    kept = page.evaluate(
        "async () => (await (await caches.open((await caches.keys())[0])).keys()).map((r) => r.url)"
    )
    assert [url for url in kept if "/api/" in url or OTHER in url] == []


def test_reader_s_own_machine_keeps_nothing_unless_asked(host, page):
    host.serve(SITE)
    page.goto(host.url(CHAPTER))
    page.wait_for_selector(".live-figure.is-live")
    page.wait_for_timeout(500)
    assert (
        page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    )
    # A worker from an edition that asked nobody goes, as the browser looks for a new one.
    page.evaluate("async () => { await navigator.serviceWorker.register('/sw.js') }")
    until(page, "async () => !(await navigator.serviceWorker.getRegistrations()).length")
    assert keeps(page) == 0


def test_two_builds_of_one_text_are_one_edition(tmp_path):
    copy = shutil.copytree(SITE, tmp_path / "site")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    versions.write_edition(copy, ROOT / "book/_extra/sw.js")
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
