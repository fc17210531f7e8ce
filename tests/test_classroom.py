"""What a teacher does with the site: project a page, print worksheets, collect reports."""

import csv
import io
import re
import textwrap

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.book, pytest.mark.browser]

SCREENS = [(1024, 768), (1280, 720), (1920, 1080)]
REPORTS = """\
The Wrong Codebook: 2 of 34 challenges done
Name: Ada
Fig. 4.2, challenge 1: 3 tries
Fig. 10.1, challenge 2: 1 try, after Show me
Questions: 1 of 70 right
Chapter 4, question 2: 2 tries, after a bet
Chapter 10, question 1: not yet, 3 tries
Bets: 1 of 60; 0.74 bits per question; spread evenly 1.58
Chapter 4, question 3: bet, 0.74 bits

> The Wrong Codebook: 1 of 34 challenges done
> Name: Bea
> Fig. 4.2, challenge 1: 1 try
see you on Monday
The Wrong Codebook: 0 of 34 challenges done
The Wrong Codebook; Ada; 3 of 20 bets; 1.25 bits per question; spread evenly 2.00
"""
AGAIN = "Handed in more than once under one name, the last counts:"
# Lines that were cut or changed on the way hold no numbers to enter.
SPOILT = """\
The Wrong Codebook; Ada; 3 of 20 bets; 1.25 bits per question; spread evenly 2.
The Wrong Codebook; Ada; 3 of 20 bets; 1.25 bits per question; spread evenly 2.0x
The Wrong Codebook; Ada; 3 of 20 bets; -3 bits per question; spread evenly 2.00
The Wrong Codebook; Ada; 3 of 20 bets; 1..2 bits per question; spread evenly 2.00
"""


@pytest.fixture
def visit(browser, origin):
    contexts, errors = [], []

    def visit(address, width=1280, height=720):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{origin}/book/{address}")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_projected_figure_fits_the_screen_with_its_challenge(visit, width, height):
    for address in ("09-batches.html?present", "05-kl-divergence.html?present=2"):
        page = visit(address, width, height)
        figure = page.locator(".live-figure.is-current .xent-figure")
        bar = page.get_by_role("navigation", name="Projector")
        page.wait_for_function(
            "([a, b]) => a.getBoundingClientRect().bottom <= b.getBoundingClientRect().top",
            arg=[figure.element_handle(timeout=30_000), bar.element_handle()],
        )
        expect(page.locator(".live-figure:visible")).to_have_count(1)
        challenge = figure.get_by_role("group", name="Challenges")
        assert bottom(challenge) <= bar.bounding_box()["y"]
        assert challenge.bounding_box()["x"] > width / 2
        assert figure.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 12
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_lead_from_figure_to_figure_and_back_to_the_page(visit):
    page = visit("05-kl-divergence.html?present")
    where = page.get_by_role("navigation", name="Projector").get_by_role("status")
    expect(where).to_have_text(re.compile(r"Fig\. 5\.\d+, 1 of 2"))
    page.keyboard.press("PageUp")
    expect(where).to_have_text(re.compile("1 of 2"))
    page.keyboard.press("PageDown")
    expect(where).to_have_text(re.compile("2 of 2"))
    after = page.get_by_role("button", name="Next")
    expect(after).to_be_disabled()
    assert after.evaluate("b => !b.disabled")  # so it keeps the focus
    page.reload()
    expect(where).to_have_text(re.compile("2 of 2"))
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"05-kl-divergence\.html#fig-gaussian-fit$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_worksheets_hold_the_exercises_with_solutions_or_without(visit):
    page = visit("04-cross-entropy.html")
    exercises = page.locator(".exercise").count()
    for mode, solutions in [("worksheet", 0), ("worksheet=solutions", exercises)]:
        page = visit(f"04-cross-entropy.html?{mode}")
        expect(page.locator(".exercise:visible")).to_have_count(exercises)
        expect(page.locator(".solution:visible")).to_have_count(solutions)
        expect(page.locator(".quiz:visible, .live-figure:visible, .proof:visible")).to_have_count(0)
        page.emulate_media(media="print")
        expect(page.locator(".exercise:visible")).to_have_count(exercises)
        expect(page.locator(".solution:visible")).to_have_count(solutions)


def test_reports_of_a_class_become_one_table(visit, tmp_path):
    page = visit("collect.html")
    said = page.locator("#collect-said")
    page.get_by_label("Reports, one below the other").fill(SPOILT)
    expect(said).to_have_text(
        f"0 students. Not understood: lines 1, 2, 3, 4; the first is “{SPOILT[:60]}…”."
    )
    page.get_by_label("Reports, one below the other").fill(REPORTS)
    expect(said).to_have_text(
        f"3 students. {AGAIN} Ada. Not understood: line 14, “see you on Monday”."
    )
    cells = "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    rows = page.locator("#collect-students tbody tr").evaluate_all(cells)
    assert [row[:4] for row in rows] == [
        ["(no name, 1)", "0", "0", "0"],
        ["Ada", "2", "4", "1"],
        ["Bea", "1", "1", "0"],
    ]
    assert rows[1][4:] == ["1", "5", "3", "1.25", "2.00"]  # what comes later counts
    assert rows[2][4:] == ["0", "0", "", "", ""]
    asked = page.locator("#collect-questions tbody tr").evaluate_all(cells)
    assert asked == [
        ["Chapter 4, question 2", "1", "2", "1"],
        ["Chapter 10, question 1", "0", "–", "0"],
    ]
    hard = page.locator("#collect-challenges tbody tr").evaluate_all(cells)
    assert [row[1:] for row in hard] == [["2", "2", "0"], ["1", "1", "1"]]
    assert [row[0] for row in hard] == ["Fig. 4.2, challenge 1", "Fig. 10.1, challenge 2"]
    head = "The Wrong Codebook: {} of 34 challenges done\nName: {}\n"
    late = tmp_path / "ada.txt"
    late.write_text(head.format(1, "ada") + "Fig. 4.2, challenge 1: 9 tries\n", "utf-8")
    evil = tmp_path / "evil.txt"
    evil.write_text(head.format(0, '=1+1, "x"'), "utf-8")
    page.get_by_label("Or text files").set_input_files([late, evil])
    expect(said).to_have_text(
        f"4 students. {AGAIN} ada. Not understood: line 14, “see you on Monday”."
    )
    # The same file, once more: from an empty box it is a file like any other.
    box = page.get_by_label("Reports, one below the other")
    box.fill("")
    page.get_by_label("Or text files").set_input_files([late, evil])
    expect(said).to_have_text("2 students.")
    box.fill(f"{REPORTS}\n{late.read_text('utf-8')}\n{evil.read_text('utf-8')}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    at = table[0].index("Fig. 4.2, challenge 1")
    assert at > table[0].index("Spread evenly")
    marks = {row[0]: row[at] for row in table[1:]}
    assert marks == {"(no name, 1)": "", "ada": "9", "Bea": "1", '\'=1+1, "x"': ""}


def test_files_are_taken_however_an_editor_saved_them(visit, tmp_path):
    """In UTF-8, UTF-16 and the old Western code, dropped anywhere; a document is named and left."""
    page = visit("collect.html")
    said = page.locator("#collect-said")
    names = page.locator("#collect-students tbody th")
    head = "The Wrong Codebook: 0 of 43 challenges done\nName: {}\n"
    for k, code in [(10, "utf-8"), (2, "utf-16"), (3, "utf-16-be"), (1, "windows-1252")]:
        mark = "\ufeff" * (code == "utf-16-be")  # which utf-16 writes on its own
        (tmp_path / f"{k}.txt").write_text(mark + head.format(f"Zoë {k}"), code)
    (tmp_path / "notes.docx").write_bytes(b"PK\3\4\0\0")
    page.get_by_label("Or text files").set_input_files(sorted(tmp_path.iterdir()))
    expect(said).to_have_text(
        "4 students. Not plain text, so not taken: notes.docx. Copy what it says into the box."
    )
    expect(names).to_have_text(["Zoë 1", "Zoë 2", "Zoë 3", "Zoë 10"])
    drop = """text => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], "late.txt", { type: "text/plain" }));
      const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
      return !document.querySelector("h1").dispatchEvent(event);
    }"""
    assert page.evaluate(drop, head.format("Ada"))  # or the browser would open it
    expect(names).to_have_text(["Ada", "Zoë 1", "Zoë 2", "Zoë 3", "Zoë 10"])


def test_no_student_gets_what_another_did(visit):
    """However two reports meet in the box: glued together, the second beheaded, or a line lost."""
    page = visit("collect.html")
    box, said = page.get_by_label("Reports, one below the other"), page.locator("#collect-said")
    head = "The Wrong Codebook: 1 of 43 challenges done\n"
    did = "Name: {}\nFig. {}, challenge 1: 2 tries\nQuestions: 1 of 67 right\n"
    ada = head + did.format("Ada", "2.1") + "Chapter 2, question 2: 3 tries"
    bea = did.format("Bea", "3.1") + "Chapter 3, question 1: 1 try"
    first = ["Ada", "1", "2", "0", "1", "3"]
    second = ["Bea", "1", "2", "0", "1", "1"]
    cells = "rows => rows.map((row) => [...row.cells].slice(0, 6).map((cell) => cell.textContent))"
    rows = page.locator("#collect-students tbody tr")
    lost = "Not understood: lines 6, 7, 8, 9; the first is “Name: Bea”."
    words_before = "Not understood: line 6, “Here is mine:”."
    praise = "I like The Wrong Codebook; it is short"
    praised = f"Not understood: line 4, “{praise}”."
    for text, words, table in [
        (ada + "\n" + head + bea, "2 students.", [first, second]),
        (ada + head + bea, "2 students.", [first, second]),
        (ada + "\n" + bea, f"1 student. {lost}", [first]),
        (f"{ada}\nHere is mine: {head}{bea}", f"2 students. {words_before}", [first, second]),
        (ada.replace("Questions", f"{praise}\nQuestions"), f"1 student. {praised}", [first]),
        (
            ada + "\n" + ada.rsplit("\n", 1)[0],
            f"1 student. {AGAIN} Ada.",
            [[*first[:4], "0 (the report says 1)", "0"]],
        ),
    ]:
        box.fill(text)
        expect(said).to_have_text(words)
        assert rows.evaluate_all(cells) == table


def test_a_student_may_bear_the_name_of_the_book(visit):
    page = visit("collect.html")
    bill = "The Wrong Codebook; {}; 3 of 36 bets; 0.50 bits per question; spread evenly 1.90"
    text = bill.format("The Wrong Codebook") + bill.format("Bo")
    page.get_by_label("Reports, one below the other").fill(text)
    expect(page.locator("#collect-said")).to_have_text("2 students.")
    names = page.locator("#collect-students tbody th").all_inner_texts()
    assert names == ["Bo", "The Wrong Codebook"]


def test_a_line_is_read_with_marks_and_words_around_it(visit):
    """What a sentence or a mail adds to the bill's line is no reason to refuse it."""
    page = visit("collect.html")
    box, said = page.get_by_label("Reports, one below the other"), page.locator("#collect-said")
    bill = "The Wrong Codebook; {}; 3 of 36 bets; 0.50 bits per question; spread evenly 1.90"
    group = "Anna-Maria Schmidt-Bauer, Bernd Wolfgang Müller, Carla Di Rossi and Dora Lind"
    twice = textwrap.fill(bill.format(group), 72, break_on_hyphens=False)
    assert twice.count("\n") == 2
    behind = "1 student. Not understood: line 1, “{}”."
    bye = "1 student. Not understood: line 2, “Bye”."
    ann = bill.format("Ann")
    cells = "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    for text, words, name in [
        (f"{ann}.", "1 student.", "Ann"),
        (f"“{ann}”", "1 student.", "Ann"),
        (f"* {ann}", "1 student.", "Ann"),
        (f"{ann}. Thanks!", behind.format(". Thanks!"), "Ann"),
        (f"Mine: {ann}, thanks", behind.format("Mine: … , thanks"), "Ann"),
        (ann.replace("; spread", ";\nspread") + " Bye", bye, "Ann"),
        (twice, "1 student.", group),
        ("> " + twice.replace("\n", "\n> "), "1 student.", group),
    ]:
        box.fill(text)
        expect(said).to_have_text(words)
        rows = page.locator("#collect-students tbody tr").evaluate_all(cells)
        assert rows == [[name, "", "", "", "", "", "3", "0.50", "1.90"]]
    # A report pasted right behind a line that mail had broken.
    box.fill(
        ann.replace("; spread", ";\nspread")
        + "The Wrong Codebook: 0 of 43 challenges done\nName: Bo"
    )
    expect(said).to_have_text("2 students.")
    # Where marks stand before a line that is refused, the line is quoted with them.
    box.fill("<p>The Wrong Codebook: 1 of 43 challenges done<br>")
    whole = "<p> … The Wrong Codebook: 1 of 43 challenges done<br>"
    expect(said).to_have_text(f"0 students. Not understood: line 1, “{whole}”.")


def test_a_row_holds_one_report_and_the_last_bets(visit):
    page = visit("collect.html")
    box, said = page.get_by_label("Reports, one below the other"), page.locator("#collect-said")
    report = "The Wrong Codebook: 0 of 43 challenges done\nName: Ada  L\nQuestions: 1 of 67 right\n"
    report += "Chapter 2, question 2: 3 tries\n"
    bets = "Bets: 2 of 36; ∞ bits per question; spread evenly 2.00\n"
    bill = "The Wrong Codebook; Ada L; 3 of 36 bets; 0.50 bits per question; spread evenly 1.90\n"
    again = f"1 student. {AGAIN} Ada L."
    four = "1 student. Not understood: lines 6, 7, 8, 9; the first is "
    four += "“Fig. 3.1, challenge 1: 2 tries”."
    unread = f"1 student. Not understood: line 6, “{bets.strip()}”."
    same = "The Wrong Codebook; Ada L; " + bets.replace("Bets: 2 of 36", "2 of 36 bets")
    torn = ("> Hi, the line: " + bill).replace(" per ", " per\n> ")
    tail = "Fig. 3.1, challenge 1: 2 tries\nQuestions: 1 of 67 right\n"
    tail += (
        "Chapter 3, question 1: 1 try\nBets: 1 of 36; 0.00 bits per question; spread evenly 2.00\n"
    )
    cells = "rows => rows.map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))"
    for text, words, row in [
        (report + bets + report, again, "0 0 0 1 3   "),  # no bets in the last
        (report + bets + bill, again, "0 0 0 1 3 3 0.50 1.90"),
        (bill + report + bets, again, "0 0 0 1 3 2 ∞ 2.00"),
        (report + bets + same, "1 student.", "0 0 0 1 3 2 ∞ 2.00"),
        (report + bill, "1 student.", "0 0 0 1 3 3 0.50 1.90"),
        (
            report + torn,
            "1 student. Not understood: line 5, “Hi, the line:”.",
            "0 0 0 1 3 3 0.50 1.90",
        ),
        (report + bets + bill + report, again, "0 0 0 1 3 3 0.50 1.90"),
        (report + bets + tail, four, "0 0 0 1 3 2 ∞ 2.00"),  # without the first two lines
        (report + bets + bets, unread, "0 0 0 1 3 2 ∞ 2.00"),
        ((report + bets).replace(" ", "\u00a0"), "1 student.", "0 0 0 1 3 2 ∞ 2.00"),
    ]:
        box.fill(text)
        expect(said).to_have_text(words)
        rows = page.locator("#collect-students tbody tr").evaluate_all(cells)
        assert rows == [row.split(" ")]


def test_the_browser_keeps_no_reports_for_a_page_that_was_left(visit):
    """Browsers fill a form again when its page comes back, and write down what they need for it."""
    page = visit("collect.html")
    page.get_by_label("Reports, one below the other").fill(REPORTS)
    expect(page.locator("#collect-said")).to_contain_text("3 students")
    page.get_by_role("link", name="reports").click()
    page.wait_for_url("**/challenges.html*")
    page.go_back()
    page.wait_for_url("**/collect.html")
    expect(page.get_by_label("Reports, one below the other")).to_have_value("")
    assert page.get_by_label("Or text files").evaluate("files => files.files.length") == 0


def test_answers_to_the_quiz_come_to_the_report_and_to_the_teacher(visit, origin):
    page = visit("04-cross-entropy.html")
    single = page.locator(".quiz:has([type=radio])")
    number = page.locator(".quiz:has([data-answer])").first

    def tick(quiz, right):
        quiz.locator(f'[data-right="{int(right)}"]').first.check()
        quiz.locator(".quiz-check").click()

    def bet(quiz):
        for name in ("Bet instead", "Spread what is left", "Place the bet"):
            quiz.get_by_role("button", name=name).click()

    def name_of(quiz):
        name = quiz.locator(".quiz-name").inner_text()
        before = quiz.evaluate("q => [...document.querySelectorAll('.quiz')].indexOf(q)")
        assert name == f"Question {before + 1}"
        return f"Chapter 4, {name.lower()}"

    # Wrong, the same once more, also after a visit elsewhere, right, and right again: two answers
    # until one was right.
    for right in (False, False):
        tick(single.nth(0), right)
    page.reload()
    for right in (False, True, True, False):
        tick(single.nth(0), right)
    for quiz in (single.nth(1), single.nth(2)):
        bet(quiz)
        expect(quiz.locator(".quiz-verdict")).to_contain_text("It is on your bill.")
    for quiz, right in ((single.nth(1), True), (single.nth(2), False)):
        quiz.get_by_role("button", name="Tick instead").click()
        tick(quiz, right)
    # Who bets after a try has not tried after a bet.
    tick(single.nth(3), False)
    bet(single.nth(3))
    # Of these two are answers: -77, however it is written, and -78.
    for typed in ("what?", "", "-77", "-77.0", "-78", "-77"):
        number.locator("[data-answer]").fill(typed)
        number.locator(".quiz-check").click()
    names = [name_of(quiz) for quiz in (*single.all()[:3], number, single.nth(3))]
    page.reload()
    tick(single.nth(0), False)  # it was right before

    page.goto(f"{origin}/book/challenges.html")
    report = page.locator("#challenge-report").input_value().splitlines()
    asked = sum(
        len(x)
        for x in page.locator("[data-questions]").evaluate_all(
            "places => places.map((p) => JSON.parse(p.dataset.questions))"
        )
    )
    assert f"Questions: 2 of {asked} right" in report
    assert f"{names[0]}: 2 tries" in report
    assert f"{names[1]}: 1 try, after a bet" in report
    assert f"{names[2]}: not yet, 1 try, after a bet" in report
    assert f"{names[3]}: not yet, 2 tries" in report
    assert f"{names[4]}: not yet, 1 try" in report
    bets = [re.fullmatch(f"{name}: bet, ([\\d.]+) bits", line) for line in report for name in names]
    bits = [float(bet[1]) for bet in bets if bet]
    assert len(bits) == 2
    (mean,) = re.findall(r"^Bets: 2 of \d+; (.*) bits per question; ", "\n".join(report), re.M)
    assert float(mean) == pytest.approx(sum(bits) / 2, abs=0.011)
    assert len(report) == 10
    chapter = page.locator('[data-questions][data-page="04-cross-entropy.html"]')
    expect(chapter).to_have_text(re.compile(r"^Questions of the quiz: 2 of \d+ right\.$"))

    page.goto(f"{origin}/book/collect.html")
    page.get_by_label("Reports, one below the other").fill("\n".join(report))
    expect(page.locator("#collect-said")).to_have_text("1 student.")
    cells = page.locator("#collect-students tbody tr").first.locator("th, td").all_inner_texts()
    assert cells[4:8] == ["2", "7", "2", mean]


@pytest.mark.parametrize("kept", ["5", "null", "{", '{"tries": "<b>"}', '{"tries": -1}', "[]"])
def test_what_others_left_under_a_question_is_not_believed(visit, kept):
    page = visit("challenges.html")
    page.evaluate(
        """(kept) => {
            for (const { dataset } of document.querySelectorAll("[data-questions]")) {
              const { pathname } = new URL(dataset.page, location.href);
              for (const { id } of JSON.parse(dataset.questions))
                localStorage.setItem(`xent:quiz:${pathname}:${id}`, kept);
            }
            dispatchEvent(new Event("pageshow"));
        }""",
        kept,
    )
    assert len(page.locator("#challenge-report").input_value().splitlines()) == 1


def test_a_shared_computer_forgets_this_book_and_nothing_else(visit):
    page = visit("challenges.html")
    keep = page.evaluate(
        """() => {
            const path = location.pathname.replace("challenges", "04-cross-entropy");
            localStorage.setItem(`xent:done:${path}:ce-one-bit`, JSON.stringify({ tries: 2 }));
            localStorage.setItem(`xent:bet:${path}:quiz`, "[100, 0]");
            localStorage.setItem(`xent:quiz:${path}:quiz`, '{"tries": 1, "right": true}');
            localStorage.setItem("xent:done:/other/book/04.html:x", "{}");
            localStorage.setItem("another", "project");
            dispatchEvent(new Event("pageshow"));
        }"""
    )
    assert keep is None
    expect(page.locator("#challenge-count")).to_have_text(re.compile("^1 of"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget everything").click()
    expect(page.locator("#challenge-count")).to_have_text(re.compile("^0 of"))
    left = page.evaluate(
        "Object.keys(localStorage).filter((key) => /^xent:|another/.test(key)).sort()"
    )
    assert left == ["another", "xent:done:/other/book/04.html:x"]
