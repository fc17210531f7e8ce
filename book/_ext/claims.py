"""The claims page, from claims.yml: what is usually said, the verdict, what is true, and where.

A link that leads nowhere is a warning, and so fails the build.
"""

from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

VERDICTS = {
    "right": "right",
    "loose": "right with a condition",
    "wrong": "wrong",
}


class Claims(SphinxDirective):
    """All claims, or all questions that learners ask, in the order of the file."""

    required_arguments = 1

    def run(self):
        source = Path(self.env.srcdir, "book/claims.yml")
        self.env.note_dependency(str(source))
        table = yaml.safe_load(source.read_text("utf-8"))
        kind = self.arguments[0]
        write = {"claims": self.claim, "trips": self.trip}[kind]
        lines = [line for entry in table[kind] for line in write(entry)]
        holder = nodes.container(classes=["claims"])
        self.state.nested_parse(StringList(lines, "claims.yml"), 0, holder)
        return [holder]

    def claim(self, entry):
        verdict = entry["verdict"]
        return [
            f"::::{{container}} claim claim-{verdict}",
            f":name: claim-{entry['id']}",
            "",
            f"**{entry['id']}** [{VERDICTS[verdict]}]{{.verdict}}",
            f"“{entry['said'].strip()}”",
            "",
            f"{entry['truth'].strip()} Shown in {{ref}}`{entry['shown']}`.",
            "",
            "::::",
            "",
        ]

    def trip(self, entry):
        return [
            f"{entry['asked'].strip()}",
            f": {entry['answer'].strip()} See {{ref}}`{entry['shown']}`.",
            "",
        ]


def setup(app):
    app.add_directive("claims", Claims)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
