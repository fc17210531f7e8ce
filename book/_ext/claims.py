"""The claims page, from claims.yml, and the page of learners' questions, from questions.yml.

A claim has what is usually said, the verdict, what is true, and where; a question its answer and
where. A link that leads nowhere is a warning, and so fails the build.
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


class Entries(SphinxDirective):
    """Entries of a YAML file, each written out as lines of Markdown and parsed in place."""

    def parse(self, name, choose, write):
        """Return one node that holds the chosen entries, in the order of the file."""
        source = Path(self.env.srcdir, "book", name)
        self.env.note_dependency(str(source))
        table = yaml.safe_load(source.read_text("utf-8"))
        lines = [line for entry in choose(table) for line in write(entry)]
        holder = nodes.container(classes=["claims"])
        self.state.nested_parse(StringList(lines, name), 0, holder)
        return [holder]


class Claims(Entries):
    """All claims."""

    def run(self):
        return self.parse("claims.yml", lambda table: table["claims"], self.write)

    def write(self, entry):
        """Return a claim as lines of Markdown."""
        verdict = entry["verdict"]
        source = f" {{cite:p}}`{entry['source']}`" if "source" in entry else ""
        return [
            f"::::{{container}} claim claim-{verdict}",
            f":name: claim-{entry['id']}",
            "",
            f"**{entry['id']}** [{VERDICTS[verdict]}]{{.verdict}}",
            f"“{entry['said'].strip()}”{source}",
            "",
            f"{entry['truth'].strip()} Shown in {{ref}}`{entry['shown']}`",
            "",
            "::::",
            "",
        ]


class Questions(Entries):
    """The questions of one group, the directive's argument."""

    required_arguments = 1

    def run(self):
        return self.parse("questions.yml", lambda table: table[self.arguments[0]], self.write)

    def write(self, entry):
        """Return a question as lines of Markdown."""
        return [
            f"{entry['asked'].strip()}",
            f": {entry['answer'].strip()} See {{ref}}`{entry['shown']}`",
            "",
        ]


def setup(app):
    app.add_directive("claims", Claims)
    app.add_directive("questions", Questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
