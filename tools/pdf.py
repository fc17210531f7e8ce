"""Print the book as one PDF, from the single page that `make pdf` builds first."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import chromium

ROOT = Path(__file__).parents[1]
SINGLE = ROOT / "_build/singlehtml"
PDF = ROOT / "_build/the-wrong-codebook.pdf"


def main():
    path = chromium.find()
    if not path:
        sys.exit("Printing needs Chromium: python tools/chromium.py installs one or says how")
    # Sphinx writes the page into a folder, with addresses that hold outside of it.
    page = SINGLE / "print.html"
    shutil.copyfile(SINGLE / "book/index.html", page)
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                path,
                "--headless=new",
                *chromium.FLAGS,
                f"--user-data-dir={profile}",
                "--no-pdf-header-footer",
                "--generate-pdf-document-outline",
                "--virtual-time-budget=20000",
                f"--print-to-pdf={PDF}",
                page.as_uri(),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or not PDF.is_file():
        sys.exit(f"Chromium could not print {page}:\n{done.stderr}")
    print(f"The book is in {PDF.relative_to(ROOT)} ({PDF.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
