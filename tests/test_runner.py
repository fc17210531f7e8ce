"""What runs before a cell in the page, and what it shows: without a browser, in this Python."""

import contextlib
import inspect
import io
import random
import sys
import types
from pathlib import Path

import IPython.lib.pretty
import matplotlib
import numpy as np
import pytest
from cells_page import HIDDEN, chapters, notebook, printed
from ipywidgets import interactive
from matplotlib import pyplot

ROOT = Path(__file__).parents[1]


@pytest.fixture
def runner(monkeypatch):
    """The runner as the page has it, whose pictures and sliders go nowhere."""
    monkeypatch.syspath_prepend(str(ROOT / "book/_python"))
    for name in ("ipywidgets", "myst_nb", "xentlib.widgets"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "pretty", IPython.lib.pretty)
    page = types.ModuleType("_page")
    page.pictures, page.sliders = [], []
    page.picture = page.pictures.append
    page.slider = lambda number, controls: page.sliders.append(controls)
    page.end_slider = lambda: None
    monkeypatch.setitem(sys.modules, "_page", page)
    monkeypatch.setattr(pyplot, "show", pyplot.show)  # it is put back
    import runner

    runner.install()
    with matplotlib.rc_context(), np.printoptions():
        runner.prepare("matplotlib")
        yield runner


def cells_of(*sources, hidden=()):
    return [
        {"id": k, "number": k, "source": source, "hidden": k in hidden}
        for k, source in enumerate(sources)
    ]


async def nothing(name):
    return False


def finish(coroutine):
    """Run what waits for nothing: a browser's test may have an event loop going in this thread."""
    with pytest.raises(StopIteration) as end:
        coroutine.send(None)
    return end.value.value


def run(page, cells, target):
    """Run a cell and what it needs; return the keys that ran and what the last one printed."""
    plan = page.plan(cells, target)
    for key in plan:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            is_well = finish(page.run(cells, key, nothing))
        if not is_well:
            break
    return plan, out.getvalue()


@pytest.mark.book
@pytest.mark.filterwarnings("default")  # as in a notebook, where a warning is no error
@pytest.mark.parametrize("name", chapters())
def test_cells_run_in_any_order_show_what_the_build_showed(runner, name):
    code = [c for c in notebook(name).cells if c.cell_type == "code"]
    hidden = {k for k, c in enumerate(code) if HIDDEN & set(c.metadata.get("tags", []))}
    cells = cells_of(*(c.source for c in code), hidden=hidden)
    shown = [k for k in range(len(code)) if k not in hidden]
    random.Random(name).shuffle(shown)
    page = runner.Page()
    for k in shown + shown[:5]:
        assert run(page, cells, k)[1].rstrip() == printed(code[k]), code[k].source


def test_only_what_a_cell_needs_runs(runner):
    cells = cells_of("a = 1", "b = 2", "c = a + 1", "print(c)")
    page = runner.Page()
    assert run(page, cells, 3) == (["0", "2", "3"], "2\n")
    assert run(page, cells, 3) == (["3"], "2\n")
    cells[0]["source"] = "a = 10"
    assert run(page, cells, 3) == (["0", "2", "3"], "11\n")


def test_a_name_that_was_made_anew_below_is_put_back(runner):
    cells = cells_of("p = 1", "print(p)", "p = 2", "print(p)")
    page = runner.Page()
    assert run(page, cells, 3)[1] == "2\n"
    assert run(page, cells, 1) == (["0", "1"], "1\n")
    assert run(page, cells, 3) == (["2", "3"], "2\n")


def test_what_runs_again_does_not_spoil_what_a_later_cell_left(runner):
    cells = cells_of("x, y = 1, 1", "x = 5", "print(x + y)")
    page = runner.Page()
    assert run(page, cells, 2)[1] == "6\n"
    cells[0]["source"] = "x, y = 1, 2"
    assert run(page, cells, 2) == (["0", "1", "2"], "7\n")


def test_a_generator_draws_what_it_drew_in_the_book(runner):
    cells = cells_of(
        "import numpy as np",
        "rng = np.random.default_rng(7)",
        "first = rng.random()",
        "print(rng.random())",
        hidden={0},
    )
    page = runner.Page()
    once = run(page, cells, 3)[1]
    assert run(page, cells, 3) == (["1", "2", "3"], once)


@pytest.mark.parametrize(
    "change", ["x.append(3)", "x[0] = 3", "x += [3]", "del x[0]", "x.sort(reverse=True)"]
)
def test_what_changes_a_list_in_place_counts_as_its_maker(runner, change):
    cells = cells_of("x = [1, 2]", change, "print(x)")
    page = runner.Page()
    expected = run(page, cells, 2)
    assert expected[0] == ["0", "1", "2"]
    assert run(page, cells, 2)[1] == expected[1]


def test_names_of_functions_and_comprehensions_are_their_own(runner):
    cells = cells_of(
        "k = 5",
        "def f(k, *rest): return k",
        "[k for k in range(3)]",
        "print(f(2), (lambda k: k)(1))",
    )
    assert runner.Page().plan(cells, 3) == ["1", "3"]
    assert runner.Page().plan(cells, 2) == ["2"]


def test_hidden_cells_bind_names_and_do_nothing_else(runner):
    cells = cells_of("import math\nprint('glue')\ntau = 2 * math.pi", "print(tau)", hidden={0})
    assert run(runner.Page(), cells, 1) == (["0.0", "0.1", "1"], "6.283185307179586\n")


def test_an_import_of_several_names_brings_only_the_one_that_is_used(runner):
    cells = cells_of("from math import no_such_name, pi", "print(pi)", hidden={0})
    assert run(runner.Page(), cells, 1)[1] == "3.141592653589793\n"


def test_an_error_shows_the_readers_lines_alone(runner):
    cells = cells_of("def f():\n    return 1 / 0", "f()")
    _, told = run(runner.Page(), cells, 1)
    assert told.startswith("Traceback")
    assert 'File "cell 1", line 1' in told
    assert 'File "cell 0", line 2' in told
    assert told.rstrip().endswith("ZeroDivisionError: division by zero")
    assert "runner.py" not in told


def test_an_error_above_keeps_the_cell_from_running(runner):
    cells = cells_of("x = 1 / 0", "print('ran', x)")
    page = runner.Page()
    plan, told = run(page, cells, 1)
    assert plan == ["0", "1"]
    assert "ZeroDivisionError" in told
    assert "ran" not in told


@pytest.mark.parametrize("source", ["1 +", "def f(:", "x = (", "  1"])
def test_what_cannot_be_parsed_is_told(runner, source):
    _, told = run(runner.Page(), cells_of(source), 0)
    assert "Error" in told.splitlines()[-1]
    assert "runner.py" not in told


@pytest.mark.parametrize("source", ["raise SystemExit", "exit()", "raise KeyboardInterrupt"])
def test_leaving_ends_the_cell_and_not_the_page(runner, source):
    page = runner.Page()
    cells = cells_of(source, "print(1)")
    run(page, cells, 0)
    assert run(page, cells, 1)[1] == "1\n"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("3", "3\n"),
        ("3;", ""),
        ("None", ""),
        ("x = 3", ""),
        ("'a'", "'a'\n"),
        ("1 / 3", "0.3333\n"),
        ("[1 / 3, 2]", "[0.3333, 2]\n"),
        ("import numpy as np; np.float64(1 / 3)", "0.3333\n"),
        ("import numpy as np; np.array([1 / 3])", "array([0.3333])\n"),
    ],
)
def test_a_last_value_is_shown_as_a_notebook_shows_it(runner, source, shown):
    assert run(runner.Page(), cells_of("%precision 4", source), 1)[1] == shown


def test_a_package_is_fetched_when_an_import_asks_for_it(runner, monkeypatch):
    asked = []

    async def load(name):
        asked.append(name)
        monkeypatch.setitem(sys.modules, "not_here_yet", types.ModuleType("not_here_yet"))
        return True

    cells = cells_of("n = 0", "n += 1\nimport not_here_yet\nprint(n)")
    page, out = runner.Page(), io.StringIO()
    with contextlib.redirect_stdout(out):
        for key in page.plan(cells, 1):
            assert finish(page.run(cells, key, load))
    assert (asked, out.getvalue()) == (["not_here_yet"], "1\n")


@pytest.mark.parametrize(
    ("given", "control"),
    [
        ((0, 10), {"kind": "range", "min": 0, "max": 10, "step": 1, "value": 5}),
        ((0.0, 1.0, 0.01), {"kind": "range", "min": 0.0, "max": 1.0, "step": 0.01, "value": 0.5}),
        ((10, 1000, 10), {"kind": "range", "min": 10, "max": 1000, "step": 10, "value": 500}),
        (True, {"kind": "checkbox", "value": True}),
        (["a", "b"], {"kind": "select", "labels": ["a", "b"], "choices": ["a", "b"], "value": 0}),
    ],
)
def test_interact_makes_the_control_that_ipywidgets_makes(runner, given, control):
    assert runner.control("x", given) == {"name": "x", **control}


@pytest.mark.parametrize(
    ("given", "start", "value"),
    [
        ((10, 1000, 10), 10, 10),
        ((0.05, 0.95, 0.05), 0.3, 0.3),
        ((0, 6), 9, 6),
        ((0, 6), None, 3),
        ((0, 6), inspect.Parameter.empty, 3),
        (["a", "b"], "b", 1),
        (["a", "b"], "c", 0),
        (True, False, True),
    ],
)
def test_interact_begins_where_ipywidgets_begins(runner, given, start, value):
    assert runner.control("x", given, start)["value"] == value
    seen = interactive(lambda x=start: None, x=given).children[0].value
    assert seen == (given[value] if isinstance(given, list) else value)


def test_interact_hands_over_the_default_of_the_function(runner):
    drawn = []
    runner.interact(lambda m=10: drawn.append(m), m=(10, 1000, 10))
    assert drawn == [10]


def test_interact_takes_arrays_to_choose_from(runner):
    arrays = [np.zeros(2), np.ones(2)]
    assert runner.control("x", arrays)["value"] == 0
    assert runner.control("x", arrays, np.ones(2))["value"] == 1


def test_interact_says_what_it_cannot_use(runner):
    with pytest.raises(ValueError, match=r"x='far' makes no control"):
        runner.control("x", "far")
