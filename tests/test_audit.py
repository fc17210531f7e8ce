"""What `make audit` measures against, and what it says of what it measured."""

import threading

import audit
import pytest
import serve


@pytest.fixture(scope="module")
def bare():
    """Address of the bare page's host."""
    http = serve.Server(("127.0.0.1", 0), audit.Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


@pytest.mark.browser
def test_the_bare_page_is_a_slider_that_moves_a_rectangle(bare, browser):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{bare}/{audit.BARE}.html")
    before = page.locator("rect").bounding_box()
    page.get_by_role("slider").press("End")
    after = page.locator("rect").bounding_box()
    assert after["x"] > before["x"] + 50
    assert [url for url in asked if not url.endswith("favicon.ico")] == [page.url]
    page.close()


@pytest.mark.browser
def test_the_bare_page_is_measured_as_a_page_is(bare, browser):
    for measure in (audit.liveness, audit.paint):
        assert 0 < measure(browser, bare, audit.BARE) < 60_000


def test_a_page_stands_beside_the_bare_one_by_their_medians():
    taken = {"page": iter([6, 90, 8]), audit.BARE: iter([2, 1, 40])}

    def measure(browser, origin, name):
        return next(taken[name])

    assert audit.beside_bare(measure, None, "", "page", 3) == (8, 4)


def test_a_page_without_a_figure_has_neither():
    assert audit.beside_bare(lambda *of: None, None, "", "page", 3) == (None, None)


def test_the_verdict_names_the_worst_page_and_all_that_miss():
    good = {"page": "a"} | {aim: limit for aim, limit in audit.AIMS.items()}
    rows = [
        good,
        good | {"page": "b", "seo": 92, "paint ×": 3.4, "live ×": 2.2},
        good | {"page": "c", "paint ×": 5.1, "live ×": None, "live s": None},
    ]
    said = dict(line.split(": ", 1) for line in audit.verdicts(rows))
    assert set(said) == {f"missed  {a}" for a in ("seo", "paint ×", "live ×")} | {
        f"met     {a}" for a in audit.AIMS if a not in ("seo", "paint ×", "live ×")
    }
    assert said["missed  paint ×"] == "5.1 on c, aim 3; also b 3.4"
    assert said["missed  live ×"] == "2.2 on b, aim 2"
    assert said["missed  seo"] == "92 on b, aim 100"
    assert said["met     live s"].startswith("at worst 1.6 on ")
