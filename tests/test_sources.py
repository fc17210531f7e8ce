"""The reference leads to the source, where the formula is in sight, and back."""

import ast
import importlib
from pathlib import Path

import pytest
from playwright.sync_api import expect
from test_site import AXE

pytestmark = [pytest.mark.book, pytest.mark.browser]
ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("width", [1280, 360])
def test_a_reader_finds_the_formula_and_the_way_back(browser, origin, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{origin}/book/reference.html#xentlib.measures.kl_divergence")
    page.locator("[id='xentlib.measures.kl_divergence'] a:has(.viewcode-link)").click()
    block = page.locator("#kl_divergence")
    code = block.inner_text().replace("[docs]", "")
    (function,) = ast.parse(code).body
    assert len(ast.get_docstring(function).splitlines()) == 1
    assert "log(p / q)" in code
    formula = block.get_by_text("expect", exact=True).first
    expect(formula).to_be_in_viewport()  # the page goes there when it is loaded
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    page.add_script_tag(content=AXE.read_text("utf-8"))
    for scheme in ("light", "dark"):
        page.evaluate("s => document.documentElement.dataset.theme = s", scheme)
        found = page.evaluate("async () => (await axe.run()).violations")
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == [], scheme
    block.locator(".viewcode-back").click()
    assert page.url.endswith("/book/reference.html#xentlib.measures.kl_divergence")
    page.close()


def test_the_source_of_other_packages_is_left_to_sphinx(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book" / "_ext")
    sources = importlib.import_module("sources")
    assert sources.find_source(None, "collections") is None
    assert "kl_divergence" in sources.find_source(None, "xentlib.measures")[1]
