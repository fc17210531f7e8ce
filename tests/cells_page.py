"""Opening a page whose cells run, and pressing its buttons as a reader does."""

import re
from pathlib import Path

import pages
from jupyter_cache import get_cache

ROOT = Path(__file__).parents[1]
HIDDEN = {"remove-cell", "remove-input"}
SLOW = 120_000  # ms: to start Python takes a busy machine long
AT_REST = """() => {
  const dock = document.querySelector(".run-dock");
  return dock && !dock.hasAttribute("data-busy");
}"""
MOST_MEMORY = 180  # MB: what Python holds after all cells of any chapter, as the front page says


def chapters():
    return [name for name in pages.names() if re.match(r"\d\d-", Path(name).name)]


def notebook(name):
    """The chapter as the build ran it."""
    cache = get_cache(ROOT / "_build/.jupyter_cache")
    records = [r for r in cache.list_cache_records() if Path(r.uri).stem == Path(name).name]
    return cache.get_cache_bundle(max(records, key=lambda r: r.pk).pk).nb


def printed(cell):
    """What a cell printed and showed, without pictures and widgets."""
    text = ""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            text += output.text
        elif output.output_type == "execute_result":
            text += output.data["text/plain"] + "\n"
    return text.rstrip()


def code_of(name):
    """The cells of a chapter whose code is shown, as the build ran them."""
    code = [c for c in notebook(name).cells if c.cell_type == "code"]
    return [c for c in code if not HIDDEN & set(c.metadata.get("tags", []))]


def cell(page, number):
    return page.locator(".cell:has(> .run-bar)").nth(number - 1)


def press(page, number, button="run"):
    cell(page, number).locator(f'> .run-bar [data-run="{button}"]').dispatch_event("click")


def rest(page):
    """Wait until Python has nothing to do, and return what the dock says."""
    page.wait_for_function(AT_REST, polling=20, timeout=SLOW)
    return page.locator(".run-status").text_content()


def holds(page):
    """How many megabytes of memory Python holds, as the dock says."""
    return int(re.search(r"(\d+) MB", page.locator(".run-memory").text_content())[1])


def output(page, number):
    parts = cell(page, number).locator("> .run-output .output pre").all_text_contents()
    return "\n".join(part.rstrip("\n") for part in parts)


def write(page, number, text):
    """Replace a cell's code by hand."""
    press(page, number, "edit")
    editor = cell(page, number).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)
