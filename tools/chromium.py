"""Find the Chromium that tests and tools drive, or install one and print its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
# Work in a container as root, and leave the network alone.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """Path of a Chromium: $CHROMIUM, one on the PATH, or Playwright's own."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install() -> None:
    """Try Playwright's own download, then Debian's package."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts += [["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]]
    for command in attempts:
        print("No Chromium found; trying:", " ".join(command), flush=True)
        subprocess.run(command, check=False)
        if find():
            return


def start_figures(page) -> None:
    """Wait until each live figure of the page responds."""
    dead = "document.querySelector('.live-figure:not(.is-live)')"
    page.wait_for_function(f"() => !{dead}", polling=20, timeout=60_000)


def settle_styles(page) -> None:
    """Lay out what is far below, and let no colour be on its way from one theme to the other."""
    page.add_style_tag(
        content="*, *::before, *::after { transition: none !important }"
        "section, section > * { content-visibility: visible !important }"
    )


def main():
    if not find():
        install()
    if path := find():
        print(f"Using {path}")
    else:
        sys.exit(
            "The tests need Chromium and could not install it. Install it with your system's "
            "package manager (Debian, Ubuntu: sudo apt install chromium), "
            "or set CHROMIUM to the path of a Chromium or Chrome."
        )


if __name__ == "__main__":
    main()
