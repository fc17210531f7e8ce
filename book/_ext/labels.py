"""Warn of a label that stands twice in the book, with both places.

Sphinx and its extensions tell of some kinds, and not all of them of the line; of two questions
with one name nobody tells, and a browser would keep one answer for both.
"""

import re

from sphinx.util import logging

log = logging.getLogger(__name__)
# A target, a directive's option, a figure's name in the metadata of its cell, an equation's label.
LABEL = re.compile(
    r"^\((?P<target>[^)\s]+)\)=$"
    r"|^\s*:?(?:label|name):\s+(?P<option>\S+)$"
    r"|\bfigure: \{name: (?P<figure>[^,}\s]+)"
    r"|^\$\$ \((?P<equation>\S+)\)$"
)


def labels_of(text: str):
    """Yield each label of a page's source with its line, counted from 1."""
    for number, line in enumerate(text.splitlines(), start=1):
        if match := LABEL.search(line):
            yield match[match.lastgroup].lower(), number


def look(app, env):
    first: dict[str, str] = {}
    for page in sorted(env.found_docs):
        path = env.doc2path(page, base=False)
        with open(env.doc2path(page), encoding="utf-8") as source:
            found = list(labels_of(source.read()))
        for label, number in found:
            if label in first:
                where = (page, number)
                log.warning("the label %s stands on %s, too", label, first[label], location=where)
            first.setdefault(label, f"{path}:{number}")


def setup(app):
    app.connect("env-check-consistency", look)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
