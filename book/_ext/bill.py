"""The page that sums up the bets on the quiz: it lists every question that can be bet on."""

from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

PAGE = "book/bill"


class bet_list(nodes.General, nodes.Element):
    """Stands where the list will be, until every chapter has been read."""


class Bets(SphinxDirective):
    """The list of all questions that can be bet on, by chapter."""

    def run(self):
        return [bet_list()]


def bets_of(env, docname: str) -> list[dict]:
    found = env.get_doctree(docname).findall(nodes.container)
    return [node["bet"] for node in found if "bet" in node]


def fill(app, doctree, docname):
    for place in list(doctree.findall(bet_list)):
        html = []
        for page in app.env.toctree_includes.get(app.config.root_doc, []):
            bets = bets_of(app.env, page)
            if not bets:
                continue
            link = escape(app.builder.get_relative_uri(docname, page))
            html.append(f'<h3>{escape(app.env.titles[page].astext())}</h3><ol class="goals">')
            html += [
                f'<li data-bet="{escape(bet["id"])}" data-page="{link}" data-many="{bet["many"]}" '
                f'data-right="{bet["right"]}"><a href="{link}#{escape(bet["id"])}">'
                f"{escape(bet['words'])}</a></li>"
                for bet in bets
            ]
            html.append("</ol>")
        place.replace_self(nodes.raw("", "\n".join(html), format="html"))


def renew(app, env):
    """Have the list written each time: the questions stand on other pages."""
    return [PAGE] if PAGE in env.found_docs else []


def add_script(app, pagename, templatename, context, doctree):
    if pagename == PAGE:
        for script in ("bill.js", "handin.js"):
            app.add_js_file(script, loading_method="defer")


def setup(app):
    app.add_node(bet_list)
    app.add_directive("bets", Bets)
    app.connect("doctree-resolved", fill)
    app.connect("env-updated", renew)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
