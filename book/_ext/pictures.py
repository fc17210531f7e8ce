"""Warn of a picture that says nothing to those who cannot see it."""

from docutils import nodes
from live import VIEW
from sphinx.util import logging

log = logging.getLogger(__name__)
HOW = (
    "a picture without alt text: say what a person who cannot see it needs to know"
    " (of a cell, under mystnb: image: alt)"
)


def is_still(image) -> bool:
    """Return whether a picture stands beside a live figure, which says its text itself."""
    bundle = image.parent and image.parent.parent
    return bundle is not None and any(
        form.get("mime_type") == VIEW for form in bundle.children if isinstance(form, nodes.Element)
    )


def look(app, doctree):
    line = None  # of the last node that has one: pictures themselves often do not
    for node in doctree.findall():
        line = getattr(node, "line", None) or line
        if isinstance(node, nodes.image) and not node.get("alt", "").strip() and not is_still(node):
            log.warning(HOW, location=(app.env.docname, line), type="pictures")


def setup(app):
    app.connect("doctree-read", look)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
