"""Print the book as one PDF, from the single page that `make pdf` builds first.

Chromium cannot write the number of another page, so the book is printed twice: the first time to
see on which page each part begins, the second time with a table of contents that says it.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import chromium
from pypdf import PdfReader

ROOT = Path(__file__).parents[1]
SINGLE = ROOT / "_build/singlehtml"
PDF = ROOT / "_build/the-wrong-codebook.pdf"
# Each page of the site begins with this: its title, and the name that leads to it.
PART = re.compile(
    r'<span id="document-book/[^"]+"></span>.*?'
    r'<h2>(?P<title>.*?)<a class="headerlink" href="#(?P<name>[^"]+)"',
    re.DOTALL,
)
STYLE = """<style>
@page { @bottom-center { content: counter(page); font: 9pt system-ui, sans-serif; color: #555 } }
@page :first { @bottom-center { content: none } }
#jb-print-toc { display: none }
.contents-print { break-before: page }
.contents-print ol { list-style: none; margin: 0; padding: 0 }
.contents-print a {
  display: flex; align-items: baseline; gap: 1ch; padding: .25rem 0;
  color: inherit; text-decoration: none;
}
.contents-print a::before {
  content: ""; order: 1; flex: 1; border-bottom: 1px dotted #888;
}
.contents-print .number { order: 2; font-variant-numeric: tabular-nums }
</style></head>"""


def with_contents(page: str, numbers: dict[str, int]) -> str:
    """Put a table of contents before the first part, with the page on which each begins."""
    rows = [
        f'<li><a href="#{part["name"]}"><span>{part["title"]}</span>'
        f'<span class="number">{numbers.get(part["name"], "")}</span></a></li>'
        for part in PART.finditer(page)
    ]
    contents = f'<nav class="contents-print"><h2>Contents</h2><ol>{"".join(rows)}</ol></nav>'
    first = page.index('<div class="toctree-wrapper')
    return page[:first].replace("</head>", STYLE, 1) + contents + page[first:]


def beginnings(pdf: Path) -> dict[str, int]:
    """Return the page, counted from 1, of each place that a link of the PDF may lead to."""
    reader = PdfReader(pdf)
    places = reader.named_destinations.items()
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1 for name, place in places
    }


def print_page(page: Path, pdf: Path):
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                chromium.find(),
                "--headless=new",
                *chromium.FLAGS,
                f"--user-data-dir={profile}",
                "--no-pdf-header-footer",
                "--generate-pdf-document-outline",
                "--virtual-time-budget=20000",
                f"--print-to-pdf={pdf}",
                page.as_uri(),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or not pdf.is_file():
        sys.exit(f"Chromium could not print {page}:\n{done.stderr}")


def print_book(single: Path, pdf: Path):
    """Print the single page in a folder, with its contents."""
    # Sphinx writes the page into a folder, with addresses that hold outside of it.
    text = (single / "book/index.html").read_text("utf-8")
    page = single / "print.html"
    numbers: dict[str, int] = {}
    for _ in range(2):
        page.write_text(with_contents(text, numbers), "utf-8")
        print_page(page, pdf)
        was, numbers = numbers, beginnings(pdf)
    if moved := [name for name in was if was[name] != numbers[name]]:
        sys.exit(f"The contents may be wrong: {', '.join(moved)} moved when they were written")


def main():
    if not chromium.find():
        sys.exit("Printing needs Chromium: python tools/chromium.py installs one or says how")
    print_book(SINGLE, PDF)
    print(f"The book is in {PDF.relative_to(ROOT)} ({PDF.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
