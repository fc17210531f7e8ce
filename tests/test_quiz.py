"""The self-check questions: what a number may look like, and what is said of it."""

import pathlib

import pytest

SCRIPT = pathlib.Path(__file__).parents[1] / "book" / "_assets" / "quiz.js"

NUMBER = """
<form class="quiz-form" novalidate>
<input type="text" data-answer="{answer}" data-tolerance="{tolerance}" data-unit="{unit}">
<button type="submit">Check</button>
<p class="quiz-verdict" hidden></p>
<p class="quiz-feedback" hidden data-value="{wrong}">That is in nats.</p>
</form>
"""


@pytest.fixture(scope="module")
def ask(browser):
    """Ask for a number, give each answer in turn, and return verdict, judgement and feedback."""
    page = browser.new_page()
    page.set_content("<main></main>")
    page.add_script_tag(content=SCRIPT.read_text("utf-8"))

    def ask(answers, answer, tolerance=0.005, unit="", wrong="nan"):
        form = NUMBER.format(answer=answer, tolerance=tolerance, unit=unit, wrong=wrong)
        return page.evaluate(
            """([html, answers]) => {
                const main = document.querySelector("main");
                main.innerHTML = html;
                const form = main.querySelector("form");
                return answers.map(text => {
                    form.querySelector("input").value = text;
                    form.requestSubmit();
                    return {
                        said: form.querySelector(".quiz-verdict").textContent,
                        result: form.dataset.result,
                        feedback: !form.querySelector(".quiz-feedback").hidden,
                    };
                });
            }""",
            [form, answers],
        )

    yield ask
    page.close()


WRITTEN = {
    2**20: [
        *("1048576", "1,048,576", "1 048 576", "1\u00a0048\u00a0576", "1\u202f048\u202f576"),
        *("1.048.576", "1'048'576", "1’048’576", "1_048_576", "1048576.0", "1,048,576.0"),
        *(
            "1.048.576,0",
            "1 048 576,0",
            "2^20",
            "2**20",
            "2 ^ 20",
            "2²⁰",
            "2^(20)",
            "2^{20}",
            "(2)^20",
        ),
        *("2·2^19", "2 x 2^19", "4^10", "1.048576e6", "1,048576e6", "1.048576E+6", "+1048576"),
        *("1.048576·10^6", "1.048576 × 10⁶", "1.048576*10**6", "= 1048576", "  1048576  "),
        *("≈ 1,048,576", "1048576 things", "1,048,576 things.", "1024*1024", "2^21/2"),
        *("2^21 - 2^20", "1048576.", "1.048576 million", "1,048576 Million things"),
        *("2 to the 20", "2 to the 20th", "2 to the power of 20", "2 to the power 20"),
    ],
    1.875: [
        *(
            "1.875",
            "1,875",
            "15/8",
            "15 / 8",
            "15⁄8",
            "15÷8",
            "15 out of 8",
            "15 in 8",
            "1 7/8",
            "1⅞",
            "1 ⅞",
            "30/16",
        ),
        *(
            "+1.875",
            "=1.875",
            "= 15/8",
            "H = 1.875",
            "15/8 = 1.875",
            "θ≈1.875",
            "1.8750",
            "1,8750",
            "01.875",
            "1875/1000",
            "1875e-3",
        ),
        *(
            "187.5 %",
            "187,5%",
            "187.5 percent",
            "1 + 7/8",
            "2 - 1/8",
            "2 − 1/8",
            "1.875.",
            "1875*10^-3",
        ),
        *("3*5/8", "15·2^-3", "15·2⁻³"),
    ],
    0.5: [
        "0.5",
        "0,5",
        ".5",
        ",5",
        "1/2",
        "½",
        "50 %",
        "50%",
        "2^-1",
        "2⁻¹",
        "5e-1",
        "0.500",
        "0,500",
    ],
    -1.5: [
        "-1.5",
        "−1.5",
        "–1,5",
        "- 1.5",
        "-3/2",
        "−1½",
        "-1 1/2",
        "\uff0d1.5",
        "1/2 - 2",
        "(-3)/2",
    ],
    1234.5: ["1234.5", "1,234.5", "1.234,5", "1 234,5", "1'234.5", "1234,5"],
    69941: ["69941", "69,941", "69.941", "69 941", "69941,0"],
    "inf": ["inf", "∞", "infinity", "Infinity", "INF", "+∞", "infinite", " ∞ ", "= ∞"],
    "-inf": ["-inf", "−∞", "-Infinity"],
    0: ["0", "0.0", "-0", "−0", "0,0", "0/5", "0 %"],
    1e-6: ["0.000001", "1e-6", "10^-6", "10⁻⁶", "1/1,000,000", "1/1000000", "0,000001", "0.0001 %"],
}


@pytest.mark.parametrize("answer", WRITTEN, ids=str)
def test_a_right_number_is_right_however_it_is_written(ask, answer):
    tolerance = 0 if answer in ("inf", "-inf") else 1e-9
    told = ask(WRITTEN[answer], answer, tolerance)
    assert [w for w, t in zip(WRITTEN[answer], told, strict=True) if t["result"] != "right"] == []


WRONG = [
    *("1,048,575", "1 04 8576", "1048,576", "1.048576", "2^19", "20^2", "-1048576"),
    *("2*20", "∞", "1e20", "104857.6", "1/1048576", "1048576 %"),
]


def test_a_wrong_number_is_wrong_or_unreadable(ask):
    told = ask(WRONG, 2**20, 0.4)
    assert [w for w, t in zip(WRONG, told, strict=True) if t["result"] == "right"] == []


UNREADABLE = [
    *("", " ", "what", "twenty", "1/", "/2", "2^", "1,23,4", "1,2,3", "1..2", "1.2.3", "--", "()"),
    *("(1", "1)", "1 2", "12 34", "=", "%", "e", "e5", "1e", "NaN", "undefined", "1,,000"),
    *(
        "1,000,00",
        "1.000.00",
        "alert(1)",
        "1;2",
        "constructor",
        "0/0",
        "∞-∞",
        "1 000 00",
        "1,0000,000",
    ),
]


def test_what_cannot_be_read_is_not_judged(ask):
    told = ask(UNREADABLE, 0.123, 0.0001, unit="bits")
    judged = [w for w, t in zip(UNREADABLE, told, strict=True) if t["result"] is not None]
    assert judged == []
    assert not any("undefined" in t["said"].replace("“undefined”", "") for t in told)


UNITS = {
    "bits": [
        "3 bits",
        "3bits",
        "3 bit",
        "3 Bits",
        "3 bits.",
        "3 b",
        "3 bits per toss",
        "3 bits/toss",
    ],
    "bits a toss": ["3", "3 bits", "3 bits a toss", "3 bits per toss"],
    "bits per toss": ["3", "3 bits", "3 bits per toss", "3 bits/toss"],
    "bits per byte": [
        "3",
        "3 bits",
        "3 bits per byte",
        "3 bit/byte",
        "3 bits a byte",
        "3 b/B",
        "3 bpb",
        "3BPB",
    ],
    "nats": ["3 nats", "3 nat", "3,0 nats", "6/2 nats"],
    "kilobytes": ["3 kilobytes", "3 kB", "3KB", "3 kilobyte", "3 kbyte", "3 KBytes"],
    "%": ["3 %", "3%", "3", "3 percent", "3 per cent"],
}


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_that_fits_may_stand_behind_the_number(ask, unit):
    told = ask(UNITS[unit], 3, unit=unit)
    assert [w for w, t in zip(UNITS[unit], told, strict=True) if t["result"] != "right"] == []


@pytest.mark.parametrize(
    ("unit", "given", "said"),
    [
        ("bits", "3 nats", "The answer is asked for in bits, and yours ends in “nats”."),
        ("nats", "3 bits", "The answer is asked for in nats, and yours ends in “bits”."),
        ("bits", "3 bytes", "The answer is asked for in bits, and yours ends in “bytes”."),
        ("bits", "3 kB", "The answer is asked for in bits, and yours ends in “kB”."),
        ("bits", "300 %", "The answer is asked for in bits, and yours ends in “%”."),
        (
            "kilobytes",
            "3 bytes",
            "The answer is asked for in kilobytes, and yours ends in “bytes”.",
        ),
        (
            "kilobytes",
            "3 Mbyte",
            "The answer is asked for in kilobytes, and yours ends in “Mbyte”.",
        ),
        ("kilobytes", "3 KiB", "The answer is asked for in kilobytes, and yours ends in “KiB”."),
        ("", "3 Mbyte", "A plain number is asked for, and yours ends in “Mbyte”."),
        ("bits per toss", "3 nats", "The answer is asked for in bits per toss, and yours ends in"),
        (
            "bits per byte",
            "3 bits per token",
            "The answer is asked for in bits per byte, and yours ends in “bits per token”.",
        ),
        ("bits per byte", "3 bits/char", "The answer is asked for in bits per byte, and yours"),
        ("bits per byte", "3 nats per byte", "The answer is asked for in bits per byte, and yours"),
        ("bits", "3 questions", "The answer is asked for in bits, and yours ends in “questions”."),
        ("", "3 bits", "A plain number is asked for, and yours ends in “bits”."),
    ],
)
def test_a_unit_that_does_not_fit_is_told_and_not_judged(ask, unit, given, said):
    (told,) = ask([given], 3, unit=unit)
    assert told["said"].startswith(said)
    assert told["result"] is None


@pytest.mark.parametrize("formula", ["log2 e", "ln 2", "ln(2)", "log 3", "sqrt(2)", "e", "pi"])
def test_a_formula_is_not_taken_for_a_unit(ask, formula):
    (told,) = ask([f"0.5 {formula}"], 3, unit="bits")
    said = f"Type a number: “{formula}” cannot be read."
    assert told == {"said": said, "result": None, "feedback": False}


@pytest.mark.parametrize("words", ["of the 8", "with exponent −3"])
def test_words_with_a_second_number_are_not_passed_over(ask, words):
    (told,) = ask([f"2 {words}"], 0.25)
    said = f"Type a number: “{words.replace('−', '-')}” cannot be read."
    assert told == {"said": said, "result": None, "feedback": False}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("3", "✗ Not yet."),
        ("−3.5", "✗ Not yet."),
        ("3 bits", "✗ Not yet."),
        ("2^20", "✗ Not yet. Your answer is read as 1,048,576."),
        ("1,048,575", "✗ Not yet. Your answer is read as 1,048,575."),
        ("1 million", "✗ Not yet. Your answer is read as 1,000,000."),
        ("1.5 thousand bits", "✗ Not yet. Your answer is read as 1,500."),
        ("1,875", "✗ Not yet. Your answer is read as 1,875."),
        ("1,87", "✗ Not yet. Your answer is read as 1.87."),
        ("-7/3", "✗ Not yet. Your answer is read as −2.33333."),
        ("∞", "✗ Not yet. Your answer is read as ∞."),
        ("69.941", "✗ Not yet."),
        ("1/8", "✓ Right. Your answer is read as 0.125."),
        ("0.125", "✓ Right."),
        ("0,125", "✓ Right. Your answer is read as 0.125."),
    ],
)
def test_an_unusual_form_is_told_as_it_was_read(ask, given, said):
    (told,) = ask([given], 0.125, unit="bits")
    assert told["said"] == said


def test_three_digits_behind_a_comma_are_a_fraction_only_where_that_alone_fits(ask):
    """1,875 is one thousand and more, unless the answer, or a mistake that has a name, is 1.875."""
    right, grouped, mistake = (
        ask(["1,875"], answer, wrong=wrong)[0]
        for answer, wrong in [(1.875, 9), (1875, 9), (9, 1.875)]
    )
    assert right == {
        "said": "✓ Right. Your answer is read as 1.875.",
        "result": "right",
        "feedback": False,
    }
    assert grouped["said"] == "✓ Right. Your answer is read as 1,875."
    assert mistake == {
        "said": "✗ Not yet. Your answer is read as 1.875.",
        "result": "wrong",
        "feedback": True,
    }


def test_a_point_taken_for_one_of_thousands_is_told(ask):
    """1.298 is a fraction, unless only 1298 is right, or is a mistake that has a name."""
    right, plain, mistake = (
        ask(["1.298"], answer, wrong=wrong)[0]["said"]
        for answer, wrong in [(1298, 9), (9, 1.298), (9, 1298)]
    )
    assert right == "✓ Right. Your answer is read as 1,298."
    assert plain == "✗ Not yet."
    assert mistake == "✗ Not yet. Your answer is read as 1,298."


def test_three_decimals_of_an_exponent_are_no_thousands_that_underflow_or_overflow(ask):
    """Read as 2^-1585, 2^-1.585 would be 0, and so an answer or a mistake that is 0."""
    for given in ("2^-1.585", "2^-1,585"):
        for answer, wrong in [(3, 0), (0, 3), (3, 9)]:
            assert ask([given], answer, wrong=wrong)[0] == {
                "said": "✗ Not yet. Your answer is read as 0.333325.",
                "result": "wrong",
                "feedback": False,
            }
        assert ask([given], 1 / 3)[0]["result"] == "right"
    for given in ("2^1.585", "2^1,585"):
        (told,) = ask([given], "inf", 0)
        assert told["said"] == "✗ Not yet. Your answer is read as 3.00008."
    assert [t["result"] for t in ask(["2^-1585", "2^-2000,5"], 0)] == ["right"] * 2


def test_a_mistake_that_has_a_name_is_named(ask):
    answers = ["2.08", "2,08", "52/25", "2.0794 bits"]
    told = ask(answers, 3, unit="bits", wrong=2.0794415416798357)
    assert [t["feedback"] for t in told] == [True] * len(answers)
    assert ask(["3", "4"], 3, wrong=2.0794415416798357)[0]["feedback"] is False


def test_what_is_said_of_a_small_mistake_is_said_of_no_other(ask):
    """0.00144 is the surprisal of not winning, 0.001 a probability, and 0 neither."""
    answers = ["0.00144", "0.0014", "0.001", "1/1000", "0", "0.01"]
    told = ask(answers, 9.966, tolerance=0.02, unit="bits", wrong=0.0014434)
    assert [t["feedback"] for t in told] == [True, True, False, False, False, False]
    (zero,) = ask(["0"], 3, wrong=0)
    assert zero["feedback"] is True


@pytest.mark.parametrize(
    ("answer", "rounded", "wrong"),
    [
        (9.966, ["10", "10.0", "10 bits", "9.9", "9.96"], ["9", "9.8", "11", "100"]),
        (0.4193, ["0.4", "0,4", ".4", "0.41", "0,41"], ["0", "0.5", "0.40", "0.43", "1"]),
        (1.0786, ["1.1", "1.0", "1.07"], ["1.2", "0.9", "2"]),
        (10.9, ["11"], ["10", "12", "10.0"]),
        (0.4328, ["0.4", "0,4"], ["0", "0.5", "0.40", "0.42"]),
        (0.811, ["0.8", "0,8"], ["1", "0.9", "80 %"]),
        (-2.585, ["-2.6", "−2.6"], ["2.6", "-3"]),
        (12.5, ["12", "13", "12 bits"], ["11", "14", "12.0", "13,0"]),
    ],
)
def test_an_answer_rounded_or_cut_too_far_is_not_called_wrong(ask, answer, rounded, wrong):
    told = ask(rounded, answer, unit="bits" if answer > 1 else "")
    assert {t["said"] for t in told} == {"Right as far as it goes. Give more digits."}
    assert {t["result"] for t in told} == {None}
    told = ask(wrong, answer, unit="bits" if answer > 1 else "")
    assert {t["result"] for t in told} == {"wrong"}


def test_a_mistake_is_named_however_many_digits_are_given_from_two_on(ask):
    wrong = 2.0794415416798357
    given = ["2.07", "2,1", "2.0", "2.0794", "2", "2.2", "2.06", "2.1 nats"]
    told = ask(given, 3, tolerance=0.0001, wrong=wrong)
    assert [t["feedback"] for t in told] == [True] * 4 + [False] * 4
    (near_both,) = ask(["0.41"], 0.415, tolerance=0.0001, wrong=0.4128)
    assert near_both["said"] == "Right as far as it goes. Give more digits."


@pytest.mark.parametrize(
    ("mistakes", "answers", "named"),
    [
        (["1.044", "1.047"], ["1.044", "1.0441", "1.047", "1.0465"], [0, 0, 1, 1]),
        # One may be a thousand times the other: a comma sets thousands apart, a point does not.
        (["1298", "1.298"], ["1298", "1,298", "1.298", "1.30", "1,30"], [0, 0, 1, 1, 1]),
        # Cut off or rounded, both may be meant: neither is named.
        (["1.875", "1.8894"], ["1.875", "1.889", "1.88", "1.9", "1.8"], [0, 1, 0, None, None]),
        (["1.875", "1.8829"], ["1.875", "1.8829", "1.883", "1.88"], [0, 1, 1, None]),
    ],
)
def test_of_two_mistakes_the_nearer_is_named(browser, mistakes, answers, named):
    page = browser.new_page()
    page.set_content("<main></main>")
    page.add_script_tag(content=SCRIPT.read_text("utf-8"))
    told = page.evaluate(
        """([html, other, answers]) => {
            const main = document.querySelector("main");
            main.innerHTML = html;
            const form = main.querySelector("form");
            form.querySelector("[data-value]").insertAdjacentHTML(
                "afterend", `<p class="quiz-feedback" hidden data-value="${other}"></p>`);
            return answers.map(text => {
                form.querySelector("input").value = text;
                form.requestSubmit();
                return [...form.querySelectorAll(".quiz-feedback:not([hidden])")].map(
                    said => said.dataset.value);
            });
        }""",
        [
            NUMBER.format(answer=0.7, tolerance=0.005, unit="", wrong=mistakes[0]),
            mistakes[1],
            answers,
        ],
    )
    page.close()
    assert told == [[] if k is None else [mistakes[k]] for k in named]
