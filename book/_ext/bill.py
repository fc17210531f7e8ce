"""The page that sums up the bets on the quiz: it lists every question that can be bet on."""

from html import escape

from docutils import nodes
from quiz import raw
from sphinx.util.docutils import SphinxDirective

PAGE = "book/bill"


class bet_list(nodes.General, nodes.Element):
    """Stands where the list will be, until every chapter has been read."""


class Bets(SphinxDirective):
    """The list of all questions that can be bet on, by chapter."""

    def run(self):
        return [bet_list()]


def bets_of(env, docname: str) -> list[nodes.container]:
    found = env.get_doctree(docname).findall(nodes.container)
    return [node for node in found if "bet" in node]


def question_of(quiz: nodes.container) -> list[nodes.Node]:
    """What is asked, as it stands on its own page: formulas and code are no plain words."""
    (body,) = [n for n in quiz.findall(nodes.container) if "quiz-question" in n["classes"]]
    return [node for paragraph in body for node in paragraph.deepcopy().children]


def fill(app, doctree, docname):
    for place in list(doctree.findall(bet_list)):
        filled = []
        for page in app.env.toctree_includes.get(app.config.root_doc, []):
            quizzes = bets_of(app.env, page)
            if not quizzes:
                continue
            link = escape(app.builder.get_relative_uri(docname, page))
            title = escape(app.env.titles[page].astext())
            filled.append(raw(f'<h3>{title}</h3><ol class="goals">'))
            for quiz in quizzes:
                bet = quiz["bet"]
                opened = (
                    f'<li data-bet="{escape(bet["id"])}" data-page="{link}" '
                    f'data-many="{bet["many"]}" data-right="{bet["right"]}">'
                    f'<a href="{link}#{escape(bet["id"])}">'
                )
                filled += [raw(opened), *question_of(quiz), raw("</a></li>")]
            filled.append(raw("</ol>"))
        place.replace_self(filled)


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
    app.connect("doctree-resolved", fill, priority=400)  # before formulas keep what follows them
    app.connect("env-updated", renew)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
