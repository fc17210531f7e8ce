"""Show what a cell printed in one piece.

A kernel sends its output every fifth of a second, so a slow moment may cut a line in two. Where it
is cut must not be seen in the page. (`nb_merge_streams` would put a line break at every cut.)
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform


def is_stream(node):
    return isinstance(node, nodes.literal_block) and {"output", "stream"} <= set(node["classes"])


class JoinStreams(SphinxTransform):
    default_priority = 200

    def apply(self):
        for block in list(self.document.findall(is_stream)):
            place = block.parent.index(block)
            before = block.parent[place - 1] if place else None
            if before is not None and is_stream(before) and before["classes"] == block["classes"]:
                text = before.astext() + block.astext()
                joined = type(block)(text, text, **block.attributes)
                joined.source, joined.line = before.source, before.line
                block.parent[place - 1 : place + 1] = [joined]


def setup(app):
    app.add_transform(JoinStreams)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
