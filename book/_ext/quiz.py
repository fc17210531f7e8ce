"""Self-check questions that work without a server, and give their answer without JavaScript.

The syntax is in CONTRIBUTING.md. A question is a plain HTML form; ``_assets/quiz.js`` judges it.
The answers to number questions are expressions, computed here with xentlib: none is typed in.
"""

import copy
import math
import re
from html import escape

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import xentlib

log = logging.getLogger(__name__)
OPTION = re.compile(r"- \[(?P<mark>.+?)\] (?P<text>.*)")
NAMES = vars(xentlib) | {"np": np, "math": math}
# How the maths of an option is said, for the name of its input: Chromium gives MathML no name.
SPOKEN = [
    (r"\\KL\{(.*?)\}\{(.*?)\}", r"KL of \1 from \2"),
    (r"\\H\b", "H"),
    (r"\\log_2", "log base 2 of"),
    (r"\\tfrac|\\frac|\\dfrac", "fraction "),
    (r"\\le\b|\\leq\b", " at most "),
    (r"\\ge\b|\\geq\b", " at least "),
    (r"\\infty", "infinity"),
    (r"\\neq|\\ne\b", " is not "),
    (r"\\(?:text|mathrm|operatorname)\{(.*?)\}", r"\1"),
    (r"\\([a-zA-Z]+)", r" \1 "),
    (r"[$\\{}]", " "),
    (r"\s+", " "),
]


def spoken(text: str) -> str:
    for pattern, words in SPOKEN:
        text = re.sub(pattern, words, text)
    return re.sub(r"[`*_]|\{\w+\}", "", text).strip()


def raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


class Quiz(SphinxDirective):
    """A single choice, a multiple choice, or a number."""

    has_content = True
    option_spec = {  # noqa: RUF012
        "name": directives.unchanged_required,
        "answer": directives.unchanged_required,
        "tolerance": directives.unchanged_required,
        "unit": directives.unchanged,
    }

    def run(self):
        self.key = self.options.get("name")
        if not self.key:
            raise self.error("quiz: give it a :name:, which must be unique in the book")
        question, options = self.split()
        body = nodes.container(classes=["quiz-question"], ids=[f"{self.key}-question"])
        self.state.nested_parse(StringList(question, self.content.source(0)), 0, body)
        inner = self.number(options) if "answer" in self.options else self.choice(options)
        role = "group" if "answer" in self.options or self.many(options) else "radiogroup"
        open_form = (
            f'<form class="quiz-form" novalidate><div role="{role}" '
            f'aria-labelledby="{escape(self.key)}-question">'
        )
        quiz = nodes.container("", raw(open_form), body, *inner, classes=["quiz"])
        quiz["ids"] = [self.key]
        if role == "radiogroup":  # what the page of bets knows of it
            right = [mark for mark, _, _ in options].index("x")
            words = spoken(" ".join(question))
            quiz["bet"] = {"id": self.key, "many": len(options), "right": right, "words": words}
        self.state.document.note_explicit_target(quiz, quiz)
        return [quiz]

    def split(self):
        """Cut the content into the question's lines and the options: mark, text, feedback."""
        question, options = [], []
        for line in self.content:
            match = OPTION.fullmatch(line.strip())
            if match:
                options.append([match["mark"], match["text"], ""])
            elif options and line.strip().startswith(">"):
                options[-1][2] += line.strip()[1:].strip() + " "
            elif options and line.strip():
                options[-1][2 if options[-1][2] else 1] += " " + line.strip()
            elif not options:
                question.append(line)
        return question, options

    def many(self, options) -> bool:
        return sum(mark == "x" for mark, _, _ in options) > 1

    def inline(self, text: str):
        found, messages = self.state.inline_text(text.strip(), self.lineno)
        return [*found, *messages]

    def paragraph(self, text: str, attributes: str = ""):
        return [raw(f"<p{attributes}>"), *self.inline(text), raw("</p>")]

    def finish(self, feedback, answer):
        return [
            raw(
                '<button type="submit" class="quiz-check">Check</button></div>'
                '<div class="quiz-status" role="status"><p class="quiz-verdict" hidden></p>'
            ),
            *feedback,
            raw('</div></form><details class="quiz-answer"><summary>Answer</summary>'),
            *answer,
            raw("</details>"),
        ]

    def choice(self, options):
        marks = [mark for mark, _, _ in options]
        if set(marks) != {"x", " "}:
            raise self.error(f"{self.key}: needs right options, - [x], and wrong ones, - [ ]")
        for _, text, feedback in options:
            if not feedback:
                raise self.error(f"{self.key}: the option {text!r} has no feedback line (> …)")
        kind = "checkbox" if self.many(options) else "radio"
        listed, answer = [], []
        for number, (mark, text, feedback) in enumerate(options):
            letter = chr(ord("A") + number)
            label = f' aria-label="{escape(spoken(text))}"' if "$" in text else ""
            said = (
                f' class="quiz-feedback" hidden data-for="{letter}" data-right="{int(mark == "x")}"'
            )
            listed += [
                raw(
                    f'<label class="quiz-option"><input type="{kind}" name="{escape(self.key)}" '
                    f'value="{letter}" data-right="{int(mark == "x")}"{label}><span>'
                ),
                *self.inline(text),
                raw('</span></label><div class="quiz-said" role="status">'),
                *self.paragraph(feedback, said),
                raw("</div>"),
            ]
            if mark == "x":
                answer += [raw("<p><strong>"), *self.inline(text), raw("</strong><br>")]
                answer += [*self.inline(feedback), raw("</p>")]
        return [*listed, *self.finish([], answer)]

    def number(self, options):
        right, tolerance = self.value(self.options["answer"]), float(self.options["tolerance"])
        unit = self.options.get("unit", "")
        feedbacks = []
        for expression, text, more in options:
            wrong = self.value(expression)
            if abs(wrong - right) <= 2 * tolerance:
                raise self.error(f"{self.key}: {expression} = {wrong} is too close to the answer")
            attributes = f' class="quiz-feedback" hidden data-value="{wrong!r}"'
            feedbacks += self.paragraph(f"{text} {more}", attributes)
        digits = 0 if right.is_integer() else max(0, math.ceil(-math.log10(tolerance)))
        shown = "∞" if math.isinf(right) else f"{right:,.{digits}f}"
        words = f"Your answer, in {unit}" if unit else "Your answer"
        field = (
            f'<label class="quiz-number"><span>{escape(words)}</span> <input type="text" '
            f'inputmode="decimal" autocomplete="off" name="{escape(self.key)}" '
            f'data-answer="{right!r}" data-tolerance="{tolerance!r}" '
            f'data-unit="{escape(unit)}"></label>'
        )
        of_one = re.sub(r"^(\w+)s\b", r"\1", unit) if shown == "1" else unit
        answer = [raw(f"<p><strong>{shown} {escape(of_one)}</strong></p>")]
        return [raw(field), *self.finish(feedbacks, copy.deepcopy(answer))]

    def value(self, expression: str) -> float:
        try:
            return float(eval(expression, dict(NAMES)))
        except Exception as error:
            raise self.error(f"{self.key}: cannot compute {expression!r}: {error}") from error


def setup(app):
    app.add_directive("quiz", Quiz)
    app.add_js_file("quiz.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
