"""The walk through the site in each engine: where it goes, and what it says of what it finds."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import engines
import pages
import pytest

ROOT = Path(__file__).parents[1]


class Fake(engines.Engine):
    """An engine in which every page is ready and complains as it is told to."""

    name, package, version, complaints = "Fake", "fake-browser", "1.2", ()

    @staticmethod
    def is_there():
        return True

    def __init__(self, end):
        self.opened = []
        end.callback(self.opened.append, "ended")

    def open(self, url):
        self.opened.append(url)

    def evaluate(self, expression):
        return list(self.complaints) if expression == "window.complaints" else True


class Grumbling(Fake):
    name, complaints = "Grumbling", ("x is not defined",)


class Missing(Fake):
    name = "Missing"

    @staticmethod
    def is_there():
        return False


class Stubborn(Fake):
    name = "Stubborn"

    def __init__(self, end):
        super().__init__(end)
        raise engines.Failed("it has no screen")


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command with engines of our own; return its exit code and what it printed."""

    def run(*made, step="pages load without an error"):
        monkeypatch.setattr(engines, "ENGINES", made)
        monkeypatch.setattr(sys, "argv", ["engines.py", "--step", step])
        try:
            engines.main()
            code = 0
        except SystemExit as end:
            code = end.code
        return code, capsys.readouterr().out.splitlines()

    return run


def test_every_page_is_opened():
    class Site:
        url = staticmethod(lambda name, rest="": name)

    engine = Fake(ExitStack())
    assert engines.pages_load(engine, Site) == f"{len(pages.names()) + 1} pages"
    assert engine.opened == [*pages.names(), "search"]


def test_table_says_what_passed_and_what_is_not_here(run):
    code, (head, row, missing) = run(Fake, Missing)
    assert code == 0
    assert head.split() == ["Fake", "1.2"]
    assert row.startswith("pages load without an error   ")
    assert row.endswith("pages")
    assert missing == "Missing is not here: apt install fake-browser"


def test_one_engine_that_fails_fails_the_command(run):
    code, (head, row, why) = run(Fake, Grumbling)
    assert code == 1
    assert head.split() == ["Fake", "1.2", "Grumbling", "1.2"]
    assert row.endswith("FAILED")
    assert why == ("Grumbling 1.2, pages load without an error: book/index: ['x is not defined']")
    code, lines = run(Fake, Stubborn)
    assert code == 1
    assert lines[-1] == "Stubborn did not start: it has no screen"
    assert run(Missing)[0] == 1


@pytest.mark.book
def test_every_page_keeps_what_it_complains_of():
    site = engines.Site()
    try:
        for name in [*pages.names(), "search"]:
            with urlopen(site.url(name)) as answer:
                page = answer.read().decode()
            head, recorder, rest = page.partition(engines.RECORDER)
            assert recorder, name
            assert "<script" not in head
            assert engines.RECORDER not in rest
    finally:
        site.stop()


@pytest.mark.book
@pytest.mark.browser
def test_the_steps_are_taken_in_chromium():
    """Those that are quick and use all that an engine can do; the others say the same elsewhere."""
    steps = ["quiz questions are judged", "opened once, works offline"]
    options = [word for step in steps for word in ("--step", step)]
    command = [sys.executable, ROOT / "tools/engines.py", "Chromium", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = done.stdout.splitlines()
    assert rows[0].split()[0] == "Chromium"
    assert [row.rpartition("   ")[0].strip() for row in rows[1:]] == steps
