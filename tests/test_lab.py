"""The notebooks as JupyterLab shows them: formulas as they are meant, and figures that answer."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import notebooks
import pages
import pytest
from playwright.sync_api import expect

from xentlib import NGram, ideal_bits, manual_text, stream_encode

ROOT = Path(__file__).parents[1]
NAMES = pages.names()
CHAPTERS = [Path(name).name for name in NAMES if re.match(r"book/\d\d-", name)]
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)
CODE = re.compile(r"(`+).+?\1", re.DOTALL)
# The figures in which the reader writes, and what the kernel knows of it afterwards.
FIGURES = [
    "from xentlib.widgets import GuessTheNext, PriceYourText; game = GuessTheNext(); game",
    "price = PriceYourText(); price",
    "print(game.plays[0], price.text, price.codebook)",
]

pytestmark = [pytest.mark.book, pytest.mark.browser]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The text of all chapters in one notebook, so that JupyterLab starts once."""
    out = tmp_path_factory.mktemp("lab")
    notebooks.write(out, ROOT, ROOT / "_build", NAMES)
    cells = []
    for chapter in CHAPTERS:
        book = nbformat.read(out / f"{chapter}.ipynb", as_version=4)
        cells += [nbformat.v4.new_markdown_cell(f"CHAPTER {chapter}")]
        texts = [cell.source for cell in book.cells if cell.cell_type == "markdown"]
        cells += map(nbformat.v4.new_markdown_cell, texts)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), out / "all.ipynb")
    cells = map(nbformat.v4.new_code_cell, FIGURES)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[*cells], metadata=kernel), out / "play.ipynb")
    return out


@pytest.fixture(scope="module")
def lab(folder):
    """Address of a JupyterLab that draws every cell, seen or not."""
    settings = folder / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"windowingMode": "none"}), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=127.0.0.1", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token="]
    env = os.environ | {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    log = (folder / "lab.log").open("w")
    process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
            break
        except OSError:
            assert process.poll() is None, "JupyterLab has ended"
            assert time.monotonic() < deadline, "JupyterLab does not answer"
            time.sleep(0.2)
    yield address
    process.terminate()
    process.wait(timeout=20)
    log.close()


@pytest.fixture(scope="module")
def rendered(lab, folder, browser):
    """What JupyterLab made of each cell: its source, its text, its formulas and their glyphs."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{lab}/lab/tree/all.ipynb")
    book = nbformat.read(folder / "all.ipynb", as_version=4)
    page.wait_for_function(
        "n => document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown').length === n",
        arg=len(book.cells),
        timeout=120_000,
    )
    formulas = sum(len(FORMULA.findall(CODE.sub("", cell.source))) for cell in book.cells)
    page.wait_for_function(
        "n => document.querySelectorAll('.jp-RenderedMarkdown mjx-container').length >= n",
        arg=int(0.9 * formulas),
        timeout=120_000,
    )
    page.wait_for_timeout(1000)
    found = page.evaluate(
        """() => [...document.querySelectorAll('.jp-RenderedMarkdown')].map((cell) => {
          const count = (selector) => cell.querySelectorAll(selector).length;
          return {
            text: cell.textContent,
            formulas: count('mjx-container'),
            displayed: count('mjx-container[display]'),
            errors: [...cell.querySelectorAll('mjx-merror')].map((error) => error.textContent),
            greater: count('mjx-c.mjx-c3E'),
          };
        })"""
    )
    page.close()
    chapter, chapters = None, {}
    for cell, seen in zip(book.cells, found, strict=True):
        if cell.source.startswith("CHAPTER "):
            chapter = cell.source.split()[1]
        else:
            chapters.setdefault(chapter, []).append((cell.source, seen))
    return chapters


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_formulas_are_what_the_chapter_says(rendered, chapter):
    assert rendered[chapter]
    for source, seen in rendered[chapter]:
        unboxed = re.sub(r"^> ?", "", source, flags=re.MULTILINE)
        formulas = FORMULA.findall(CODE.sub("", unboxed))
        assert seen["errors"] == []
        assert seen["formulas"] == len(formulas), source
        assert seen["displayed"] == sum(f.startswith("$$") for f in formulas), source
        greater = sum(len(re.findall(r">|\\gt(?![a-z])", formula)) for formula in formulas)
        assert seen["greater"] == greater, source
        assert not re.search(r"\$\$|\\frac|\\text\{", seen["text"]), source


def test_some_formulas_stand_in_boxes(rendered):
    """Otherwise the test above says nothing of them."""
    sources = [source for cells in rendered.values() for source, _ in cells]
    assert sum(len(re.findall(r"^> *\$\$", source, re.MULTILINE)) for source in sources) >= 10


def test_figures_that_are_written_into_are_played_and_the_kernel_knows(lab, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.goto(f"{lab}/lab/workspaces/play/tree/play.ipynb")  # not what was left open before
    page.get_by_text("| Idle").wait_for(timeout=120_000)  # until then, what is run is lost
    cells = page.locator(".jp-CodeCell")

    def run(number):
        cells.nth(number).locator(".jp-InputArea-editor").click()
        page.keyboard.press("Shift+Enter")

    run(0)
    game = page.get_by_role("group", name="Guess the next letter")
    game.wait_for(timeout=60_000)
    run(1)
    price = page.get_by_role("group", name="Price your own text")
    price.wait_for(timeout=60_000)

    game.locator('[data-control="letter"]').focus()
    page.keyboard.type("xt")
    expect(game.locator(".xent-sentence")).to_have_text("It was t, found in 2 guesses.")
    game.locator('[data-button="model-1"]').click()
    expect(game.locator(".xent-sentence")).to_contain_text("by order 3.")
    price.locator('[data-control="text"]').fill("wood 🙂")
    price.locator('[data-button="codebook-order 3"]').click()
    bits = ideal_bits("wood 🙂".encode(), NGram(3).fit(manual_text().encode()))
    expect(price.locator(".xent-sentence")).to_contain_text(f"9 bytes cost {bits:.0f} bits")
    with page.expect_download() as download:
        price.locator('[data-button="save"]').click()
    data = Path(download.value.path()).read_bytes()
    assert data == stream_encode("wood 🙂".encode(), NGram(3).fit(manual_text().encode()))
    run(2)
    told = cells.nth(2).locator(".jp-OutputArea-output")
    expect(told).to_contain_text("[{'guesses': 'xt'}, {'guesses': ")
    expect(told).to_contain_text("'model': True}] wood 🙂 order 3")
    page.close()
