"""Every cell of every chapter, run in the reader's page, and every exercise answered wrongly."""

import re

import pytest
from cells_page import (
    MOST_MEMORY,
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

# Cells that print something else in the page than in the build: (chapter, part of its code): why.
DIFFERENT: dict[tuple[str, str], str] = {}

pytestmark = [pytest.mark.book, pytest.mark.browser]


@pytest.mark.parametrize("name", chapters())
def test_every_cell_prints_what_the_build_printed_and_checks_tell_right_from_wrong(visit, name):
    page = visit(name)
    built = code_of(name)
    assert page.locator(".run-bar").count() == len(built)
    for number, source in enumerate(built, start=1):
        press(page, number)
        rest(page)
        if any(name.endswith(c) and part in source.source for c, part in DIFFERENT):
            continue
        assert output(page, number) == printed(source), source.source
        shown = cell(page, number).locator("> .run-output img")
        if "interact(" not in source.source:
            pictures = sum("image/png" in output.get("data", {}) for output in source.outputs)
            assert shown.count() == pictures, source.source
        for picture in shown.all():
            assert picture.get_attribute("alt")
            assert picture.evaluate("image => image.naturalWidth") > 100

    assert holds(page) <= MOST_MEMORY

    for k, source in enumerate(built, 1):
        if "exercises.check_" not in source.source:
            continue
        assert output(page, k)[0] in "✓✗"  # a solution, or what stands there to begin with
        wrong = re.sub(r"^ +\.\.\..*$", "    return 'cat'", source.source, flags=re.M)
        if wrong == source.source:
            continue
        write(page, k, wrong)
        press(page, k)
        rest(page)
        assert output(page, k).startswith("✗"), wrong
        assert output(page, k) != printed(source), "it is told as a stub is"
    assert page.errors == []
    origin = page.url.split("/book")[0]
    assert all(url.startswith(("blob:", "data:", origin)) for url in page.asked)
