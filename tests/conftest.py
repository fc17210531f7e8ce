"""Fixtures that several test files share."""

import threading

import chromium
import pytest
import serve
from hypothesis import settings
from playwright.sync_api import sync_playwright
from widgets_page import page_of

# A shared machine has slow moments, and a random failure teaches nobody.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

collect_ignore = ["frameworks.py"]  # asks PyTorch and Keras, which only `make frameworks` installs

# The files that take longest, longest first: begun last, one of them would run on alone when the
# other workers have nothing left to do.
LONGEST = ["site", "run_chapters", "run_cells", "build", "notebooks", "homework", "figure_layout"]
LONGEST += ["challenges", "lab", "live_figures", "widgets"]


def pytest_collection_modifyitems(items):
    place = {f"test_{name}": k for k, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the whole run."""
    path = chromium.find()
    if path is None:
        pytest.fail("no Chromium found: `python tools/chromium.py` installs one or says how")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def origin():
    """Address of the built site, served on a free port for the time of these tests."""
    if not (serve.SITE / "index.html").is_file():
        pytest.fail("there is no built book in _build/html: run `make book`, or `make test`")
    http = serve.server(0)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


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


@pytest.fixture(scope="module")
def visit(browser, origin):
    """Open a page of the site in a context of its own."""
    contexts = []

    def open_page(name, address=origin, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.errors, page.asked = [], []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{address}/{name}.html")
        return page

    yield open_page
    for context in contexts:
        context.close()
