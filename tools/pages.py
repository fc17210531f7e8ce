"""The pages of the book, for tools and tests."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def names() -> list[str]:
    """Return the names in _toc.yml, such as book/index, in the order of the book."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    return [toc["root"]] + [c["file"] for part in toc["parts"] for c in part["chapters"]]
