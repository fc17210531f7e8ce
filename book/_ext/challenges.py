"""One page that lists every challenge of every figure, with what this browser remembers of them.

The challenges are data of the figures (the trait ``challenges``), so the list is read from the
widget state that the chapters leave behind, and cannot miss one.
"""

import json
import re
from html import escape

from chapters import named
from docutils import nodes
from live import VIEW, bundles, model_of
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.util.docutils import SphinxDirective

PAGE = "book/challenges"


class challenge_list(nodes.General, nodes.Element):
    """Stands where the list will be, until every chapter has been read."""


class Challenges(SphinxDirective):
    """The list of all challenges, by chapter."""

    def run(self):
        return [challenge_list()]


def of_page(env, docname: str) -> list[dict]:
    scripts = NbMetadataCollector.get_js_files(env, docname)
    if "ipywidgets_state" not in scripts:
        return []
    state = json.loads(scripts["ipywidgets_state"][1]["body"])["state"]
    # In the order of the figures on the page: the state is in no order.
    models = [model_of(forms[VIEW]) for _, forms in bundles(env.get_doctree(docname))]
    return [goal for model in models for goal in state[model]["state"].get("challenges", [])]


def as_html(prompt: str) -> str:
    """Write a prompt's variables, between asterisks, and its subscripts as HTML."""
    text = re.sub(r"\*([^*]+)\*", r"<i>\1</i>", escape(prompt))
    return re.sub(r"_\{([^}]+)\}", r"<sub>\1</sub>", text)


def fill(app, doctree, docname):
    for place in list(doctree.findall(challenge_list)):
        html = []
        for page in app.env.toctree_includes.get(app.config.root_doc, []):
            goals = app.goals[page]
            if not goals:
                continue
            link = app.builder.get_relative_uri(docname, page)
            html.append(f'<h2>{escape(named(app.env, page))}</h2><ol class="goals">')
            html += [
                f'<li data-goal="{escape(goal["id"])}" data-page="{escape(link)}">'
                f'<a href="{escape(link)}">{as_html(goal["prompt"])}</a></li>'
                for goal in goals
            ]
            html.append("</ol>")
        place.replace_self(nodes.raw("", "\n".join(html), format="html"))


def gather(app, env):
    """Gather the goals before the pages are written, and have the list written each time."""
    app.goals = {page: of_page(env, page) for page in env.found_docs}
    return [PAGE] if PAGE in env.found_docs else []


def add_script(app, pagename, templatename, context, doctree):
    if pagename == PAGE:
        app.add_js_file("goals.js", loading_method="defer")


def setup(app):
    app.add_node(challenge_list)
    app.add_directive("challenges", Challenges)
    app.connect("doctree-resolved", fill)
    app.connect("env-updated", gather)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
