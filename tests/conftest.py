"""Fixtures that several test files share."""

import chromium
import pytest
from playwright.sync_api import sync_playwright


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
