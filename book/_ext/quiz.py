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
from sphinx.util.docutils import SphinxDirective

import xentlib

OPTION = re.compile(r"- \[(?P<mark>.+?)\] (?P<text>.*)")
MARKED = re.compile(r"[-*+] ?\[")  # meant as one
NAMES = vars(xentlib) | {"np": np, "math": math}
# How the maths of an option is said, for the name of its input: Chromium gives MathML no name.
SPOKEN = [
    (r"\\KL\{(.*?)\}\{(.*?)\}", r"KL of \1 from \2"),
    (r"\\H\b", "H"),
    (r"\\phat\b", "p hat"),
    (r"\\lceil(.*?)\\rceil", r"\1, rounded up,"),
    (r"\\approx\b", " about "),
    (r"\\log_2", "log base 2 of"),
    (r"\\[td]?frac(?:\{([^{}]*)\}|(\w))(?:\{([^{}]*)\}|(\w))", r"\1\2/\3\4"),
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


def at_least_zero(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise ValueError(f"{text} is less than 0")
    return value


def raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


class Quiz(SphinxDirective):
    """A single choice, a multiple choice, or a number."""

    has_content = True
    option_spec = {  # noqa: RUF012
        "name": directives.unchanged_required,
        "answer": directives.unchanged_required,
        "tolerance": at_least_zero,
        "unit": directives.unchanged,
    }

    def run(self):
        self.key = self.options.get("name")
        if not self.key:
            raise self.error("quiz: give it a :name:, which must be unique in the book")
        question, options = self.split()
        if not any(line.strip() for line in question):
            raise self.error(f"{self.key}: there is no question above its options")
        self.look_at(options)
        body = nodes.container(classes=["quiz-question"], ids=[f"{self.key}-question"])
        self.state.nested_parse(StringList(question, self.content.source(0)), 0, body)
        inner = self.number(options) if "answer" in self.options else self.choice(options)
        role = "group" if "answer" in self.options or self.many(options) else "radiogroup"
        open_form = (
            f'<form class="quiz-form" novalidate><div role="{role}" '
            f'aria-labelledby="{escape(self.key)}-question">'
        )
        number = self.env.new_serialno("quiz") + 1  # within its page
        name = raw(f'<p class="quiz-name">Question {number}</p>')
        quiz = nodes.container("", name, raw(open_form), body, *inner, classes=["quiz"])
        quiz["question"] = {"id": self.key, "number": number}
        quiz["ids"] = [self.key]
        if role == "radiogroup":  # what the page of bets knows of it
            right = [mark for mark, _, _ in options].index("x")
            quiz["bet"] = {"id": self.key, "many": len(options), "right": right}
        self.state.document.note_explicit_target(quiz, quiz)
        return [quiz]

    def split(self):
        """Cut the content into the question's lines and the options: mark, text, feedback."""
        question, options = [], []
        for line in self.content:
            match = OPTION.fullmatch(line.strip())
            if match:
                options.append([match["mark"], match["text"], ""])
            elif MARKED.match(line.strip()):
                raise self.error(f"{self.key}: {line.strip()!r} is no option: write - [x] and text")
            elif options and line.strip().startswith(">"):
                options[-1][2] += line.strip()[1:].strip() + " "
            elif options and line.strip():
                options[-1][2 if options[-1][2] else 1] += " " + line.strip()
            elif not options:
                question.append(line)
        return question, options

    def look_at(self, options):
        """Refuse options that no reader could be told apart by, or told why of."""
        texts = [text for _, text, _ in options]
        marks = [mark for mark, _, _ in options]
        if "answer" in self.options:
            for expression, text, more in options:
                if not (text + more).strip():
                    raise self.error(f"{self.key}: what is said of {expression} is missing")
            return
        if strange := set(marks) - {"x", " "}:
            raise self.error(
                f"{self.key}: an option begins with - [x] or - [ ], not with - [{min(strange)}];"
                " a question for a number needs an :answer:"
            )
        if set(marks) != {"x", " "}:
            raise self.error(f"{self.key}: needs right options, - [x], and wrong ones, - [ ]")
        if len(set(texts)) < len(texts):
            raise self.error(f"{self.key}: two options are the same")
        for _, text, feedback in options:
            if not feedback:
                raise self.error(f"{self.key}: the option {text!r} has no feedback line (> …)")

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
        right, tolerance = self.value(self.options["answer"]), self.options.get("tolerance")
        if tolerance is None:
            raise self.error(f"{self.key}: say how far off is still right, as in :tolerance: 0.01")
        is_whole = right.is_integer() or math.isinf(right)
        if tolerance == 0 and not is_whole:
            raise self.error(f"{self.key}: {right} is no whole number: give a tolerance above 0")
        unit = self.options.get("unit", "")
        feedbacks = []
        for expression, text, more in options:
            wrong = self.value(expression)
            if wrong == right or abs(wrong - right) <= 2 * tolerance:
                raise self.error(f"{self.key}: {expression} = {wrong} is too close to the answer")
            attributes = f' class="quiz-feedback" hidden data-value="{wrong!r}"'
            feedbacks += self.paragraph(f"{text} {more}", attributes)
        digits = 0 if is_whole else max(0, math.ceil(-math.log10(tolerance)))
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
            value = float(eval(expression, dict(NAMES)))
        except Exception as error:
            raise self.error(f"{self.key}: cannot compute {expression!r}: {error}") from error
        if math.isnan(value):
            raise self.error(f"{self.key}: {expression!r} is no number")
        return value


def setup(app):
    app.add_directive("quiz", Quiz)
    app.add_js_file("quiz.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
