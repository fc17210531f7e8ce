"""The list of all exercises with links to their solutions, for teachers: ``{solutions}``.

sphinx-exercise knows them all once every page has been read, so the list is made only then.
"""

from itertools import groupby

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class Placeholder(nodes.General, nodes.Element):
    pass


class Solutions(SphinxDirective):
    def run(self):
        for page in self.env.found_docs - {self.env.docname}:
            self.env.note_dependency(self.env.doc2path(page))
        return [Placeholder()]


class List(SphinxPostTransform):
    default_priority = 4  # before sphinx-exercise (5) numbers references and Sphinx (10) links them

    def run(self):
        for placeholder in list(self.document.findall(Placeholder)):
            known = self.env.sphinx_exercise_registry.values()
            solved = [entry["node"] for entry in known if "target_label" in entry["node"]]
            solved.sort(key=lambda node: (node["docname"], node["serial_number"]))
            pages = groupby(solved, key=lambda node: node["docname"])
            items = [self.page(docname, group) for docname, group in pages]
            placeholder.replace_self(nodes.bullet_list("", *items))

    def page(self, docname, solutions):
        title = self.env.titles[docname].astext()
        items = [self.exercise(node["target_label"], node["label"]) for node in solutions]
        link = self.link("doc", f"/{docname}", title)
        page = self.app.builder.get_relative_uri(self.env.docname, docname)
        sheet = nodes.reference("", "exercises", refuri=f"{page}?worksheet")
        solved = nodes.reference("", "with solutions", refuri=f"{page}?worksheet=solutions")
        words = [link, nodes.Text(". To print: "), sheet, nodes.Text(", or "), solved]
        return nodes.list_item("", nodes.paragraph("", "", *words), nodes.bullet_list("", *items))

    def exercise(self, label, solution):
        title = self.env.sphinx_exercise_registry[label]["node"][0]
        name = [child.deepcopy() for subtitle in title[1:] for child in subtitle]
        words = [self.link("ref", label), nodes.Text(", "), nodes.emphasis("", "", *name)]
        words += [nodes.Text(": "), self.link("ref", solution, "solution")]
        return nodes.list_item("", nodes.paragraph("", "", *words))

    def link(self, kind, target, text=None):
        return pending_xref(
            "",
            nodes.inline("", text or target, classes=["xref", "std", f"std-{kind}"]),
            refdomain="std",
            reftype=kind,
            reftarget=target,
            refexplicit=text is not None,
            refdoc=self.env.docname,
            refwarn=True,
        )


def setup(app):
    app.add_node(Placeholder)
    app.add_directive("solutions", Solutions)
    app.add_post_transform(List)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
