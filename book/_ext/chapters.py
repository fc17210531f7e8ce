"""A chapter is named with its number wherever it is named: "chapter 5 (Why never negative …?)".

Sphinx numbers the chapters in their titles and in the contents, as _toc.yml asks. A reference
without words of its own shows the title alone; here it gets the number.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


def number_of(env, docname: str) -> int | None:
    """Return a chapter's number, None for a page that is not numbered."""
    numbers = env.toc_secnumbers.get(docname, {}).get("")
    return numbers[0] if numbers else None


def named(env, docname: str) -> str:
    """Return the name of a page in a list: its number, if it has one, and its title."""
    title, number = env.titles[docname].astext(), number_of(env, docname)
    return f"{number}. {title}" if number else title


def begins_sentence(reference) -> bool:
    """Whether nothing, or the end of a sentence, stands before a reference."""
    before = reference.parent.children[: reference.parent.index(reference)]
    text = "".join(node.astext() for node in before).rstrip()
    return not text or bool(re.search(r"[.?:]$", text))


class NameChapters(SphinxPostTransform):
    """Put the number before the title where a reference shows a chapter's title."""

    default_priority = 12  # Sphinx resolves references at 10

    def run(self, **kwargs):
        builder, here = self.app.builder, self.env.docname
        titles = {
            (builder.get_relative_uri(here, name), self.env.titles[name].astext()): name
            for name in self.env.toc_secnumbers
            if number_of(self.env, name)
        }
        for reference in self.document.findall(nodes.reference):
            page = reference.get("refuri", "").partition("#")[0]
            name = titles.get((page, reference.astext()))
            if not name:
                continue
            text = next(reference.findall(nodes.Text))
            word = "Chapter" if begins_sentence(reference) else "chapter"
            words = f"{word} {number_of(self.env, name)} ({text})"
            text.parent.replace(text, nodes.Text(words))


def setup(app):
    app.add_post_transform(NameChapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
