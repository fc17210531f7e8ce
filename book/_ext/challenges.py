"""One page that lists every challenge of every figure, with what this browser remembers of them.

The challenges are data of the figures (the trait ``challenges``), so the list is read from the
widget state that the chapters leave behind, and cannot miss one.
"""

import json
import re
from html import escape

from chapters import named, number_of
from docutils import nodes
from live import VIEW, bundles, model_of
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

log = logging.getLogger(__name__)
PAGE = "book/challenges"
COLLECT = "book/collect"


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
    goals = []
    # In the order of the figures on the page: the state is in no order.
    for bundle, forms in bundles(env.get_doctree(docname)):
        place = place_of(env, docname, bundle)
        own = state[model_of(forms[VIEW])]["state"].get("challenges", [])
        for number, goal in enumerate(own, start=1):
            goals.append({**goal, "name": f"{place}, challenge {number}"})
    names = [goal["name"] for goal in goals]
    if len(names) != len(set(names)):
        log.warning("two figures without a number: give them a caption", location=docname)
    return goals


def place_of(env, docname: str, bundle) -> str:
    """Name a live figure as its page does: by its number, or by the chapter it stands in."""
    node = bundle
    while node is not None and not isinstance(node, nodes.figure):
        node = node.parent
    numbers = env.toc_fignumbers.get(docname, {}).get("figure", {})
    number = node and numbers.get(node["ids"][0])
    return f"Fig. {'.'.join(map(str, number))}" if number else f"Chapter {number_of(env, docname)}"


def questions_of(env, docname: str) -> list[dict]:
    """Return a page's quiz questions: how the page names each, and what its bet is about."""
    found = env.get_doctree(docname).findall(nodes.container)
    return [
        {
            "id": node["question"]["id"],
            "name": f"Chapter {number_of(env, docname)}, question {node['question']['number']}",
            **{key: node["bet"][key] for key in ("many", "right") if "bet" in node},
        }
        for node in found
        if "question" in node
    ]


def as_html(prompt: str) -> str:
    """Write a prompt's variables, between asterisks, and its subscripts as HTML."""
    text = re.sub(r"\*([^*]+)\*", r"<i>\1</i>", escape(prompt))
    return re.sub(r"_\{([^}]+)\}", r"<sub>\1</sub>", text)


def fill(app, doctree, docname):
    for place in list(doctree.findall(challenge_list)):
        html = []
        for page in app.env.toctree_includes.get(app.config.root_doc, []):
            goals, asked = app.goals[page], questions_of(app.env, page)
            if not goals and not asked:
                continue
            link = app.builder.get_relative_uri(docname, page)
            html.append(f'<h2>{escape(named(app.env, page))}</h2><ul class="goals">')
            html += [
                f'<li data-goal="{escape(goal["id"])}" data-page="{escape(link)}" '
                f'data-name="{escape(goal["name"])}"><span class="goal-name">{goal["name"]}</span> '
                f'<a href="{escape(link)}">{as_html(goal["prompt"])}</a></li>'
                for goal in goals
            ]
            html.append("</ul>")
            if asked:
                data = escape(json.dumps(asked))
                html.append(
                    f'<p class="asked" data-page="{escape(link)}" data-questions="{data}">'
                    f"{len(asked)} questions of the quiz</p>"
                )
        place.replace_self(nodes.raw("", "\n".join(html), format="html"))


def gather(app, env):
    """Gather the goals before the pages are written, and have the list written each time."""
    app.goals = {page: of_page(env, page) for page in env.found_docs}
    return [PAGE] if PAGE in env.found_docs else []


def add_script(app, pagename, templatename, context, doctree):
    if pagename == PAGE:
        app.add_js_file("goals.js", loading_method="defer")
        app.add_js_file("handin.js", loading_method="defer")
    if pagename == COLLECT:
        app.add_js_file("collect.js", loading_method="defer")


def setup(app):
    app.add_node(challenge_list)
    app.add_directive("challenges", Challenges)
    app.connect("doctree-resolved", fill)
    app.connect("env-get-updated", gather, priority=900)  # when Sphinx has numbered the figures
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
