"""What runs a chapter's cells in the page: which to run, in what order, and what to show.

A cell shows here what it shows when the page is run from the top. So before a cell runs, those
above it that it needs run first: the ones that made or changed a name it uses, unless that name
still holds what they left in it. Hidden set-up cells are taken statement by statement, so that a
cell that needs numpy alone waits for numpy alone.

Everything is plain Python, and tested as such; `worker.js` is what calls it in a browser.
"""

import ast
import builtins
import inspect
import io
import json
import linecache
import re
import sys
import traceback
import types
from functools import cache
from typing import ClassVar

BUILTINS = frozenset(dir(builtins))
CHANGING = frozenset(
    {"add", "append", "clear", "discard", "extend", "fill", "fit", "insert", "itemset", "learn"}
    | {"pop", "popitem", "put", "remove", "resize", "reverse", "setdefault", "setflags", "shuffle"}
    | {"sort", "update", "write", "write_bytes", "write_text"}
)
"""Methods that change the object they are called on."""


class Names(ast.NodeVisitor):
    """The names that some code binds, uses and changes."""

    def __init__(self, code):
        self.binds, self.uses, self.changes = set(), set(), set()
        self.generators = set()
        for node in code if isinstance(code, list) else [code]:
            self.visit(node)

    def visit_Name(self, node):
        (self.uses if isinstance(node.ctx, ast.Load) else self.binds).add(node.id)

    def visit_Import(self, node):
        self.binds |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}

    visit_ImportFrom = visit_Import

    def visit_FunctionDef(self, node):
        self.binds.add(node.name)
        inner = Names([*node.body, *node.decorator_list, *filter(None, node.args.defaults)])
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        arguments += filter(None, [node.args.vararg, node.args.kwarg])
        self.uses |= inner.uses - inner.binds - {argument.arg for argument in arguments}

    def visit_ClassDef(self, node):
        self.binds.add(node.name)
        self.uses |= Names([*node.body, *node.bases, *node.decorator_list]).uses

    def visit_Lambda(self, node):
        inner = Names(node.body)
        self.uses |= inner.uses - {argument.arg for argument in node.args.args}

    def comprehension(self, node):
        inner = Names(list(ast.iter_child_nodes(node)))
        self.uses |= inner.uses - inner.binds
        self.changes |= inner.changes - inner.binds

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        self.touch(node.target)

    def visit_Assign(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and "default_rng" in ast.unparse(node.value.func):
            self.generators |= {t.id for t in node.targets if isinstance(t, ast.Name)}

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            self.touch(node.func.value)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            self.touch(node.value)

    visit_Subscript = visit_Attribute

    def touch(self, node):
        """Note that what `node` is a part of changes."""
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        if isinstance(node, ast.Name):
            self.uses.add(node.id)
            self.changes.add(node.id)


def always_binds(statement):
    """Names that a statement binds whatever happens: who made them before no longer matters."""
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom):
        return Names(statement).binds - Names(statement).uses
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    return set()


@cache
def pieces_of(source, is_hidden):
    """The statements of a cell together or, of a hidden one, each that binds a name by itself."""
    try:
        body = ast.parse(plain(source)).body
    except SyntaxError:
        return [] if is_hidden else [Piece([])]
    if not is_hidden:
        return [Piece(body)]
    # What binds nothing draws a picture or glues a number: that is the build's.
    return [Piece([s]) for s in apart(body) if Names(s).binds]


def apart(body):
    """The statements, with one import for each name: a package loads only where it is used."""
    for s in body:
        if isinstance(s, ast.ImportFrom):
            yield from (ast.ImportFrom(s.module, [name], s.level) for name in s.names)
        else:
            yield s


class Piece:
    """Statements that run together, the names they want, and those they give."""

    def __init__(self, body):
        self.body = body
        names = Names(body)
        self.uses, self.binds, self.changes = names.uses, names.binds, names.changes
        self.generators = names.generators
        self.source = "\n".join(map(ast.unparse, body))
        self.settles, self.wants = set(), set()
        for statement in body:
            self.wants |= Names(statement).uses - self.settles - BUILTINS
            self.settles |= always_binds(statement)


class Graph:
    """Which pieces of a page give what to which.

    A piece's version is its source with the versions of all that give it something: when it is
    still the one that ran, so is everything that it rests on.
    """

    def __init__(self, pieces):
        self.keys = [key for key, _, _ in pieces]
        parts = [piece for _, _, piece in pieces]
        generators = set().union(*(part.generators for part in parts))
        # To draw from a generator changes it.
        self.gives = [p.binds | p.changes | p.uses & generators for p in parts]
        self.givers, self.makers, self.versions = [], [], []
        for i, part in enumerate(parts):
            needed, givers, makers = set(part.wants), [], {}
            for k in range(i - 1, -1, -1):
                if given := self.gives[k] & needed:
                    givers.append(k)
                    makers = dict.fromkeys(given, k) | makers
                    needed -= parts[k].settles
            self.givers.append(givers)
            self.makers.append(makers)
            self.versions.append(hash((part.source, *(self.versions[k] for k in givers))))

    def above(self, i):
        """All that a piece rests on."""
        found, todo = set(), [i]
        while todo:
            new = set(self.givers[todo.pop()]) - found
            found |= new
            todo += new
        return found


class Page:
    """The namespace that the cells of a page share, and what in it is up to date."""

    def __init__(self):
        self.namespace = {"__name__": "__main__", "__builtins__": builtins}
        self.ran = {}  # by key: the version of the piece that ran
        self.owner = {}  # by name: the key of what bound or changed it last

    def pieces(self, cells):
        """All pieces of the page in order, as (key, cell, piece)."""
        return [
            (f"{cell['id']}.{number}" if cell["hidden"] else str(cell["id"]), cell, piece)
            for cell in cells
            for number, piece in enumerate(pieces_of(cell["source"], cell["hidden"]))
        ]

    def plan(self, cells, target):
        """Return the keys of what has to run before the cell `target`, and of itself, in order."""
        graph = Graph(self.pieces(cells))
        last = graph.keys.index(str(target))
        wanted = graph.above(last)
        chosen = {last} | {i for i in wanted if self.ran.get(graph.keys[i]) != graph.versions[i]}
        while True:
            # A name holds what a piece wants only if the last above that gave it is its owner.
            found = {
                maker
                for i in chosen
                for name, maker in graph.makers[i].items()
                if self.owner.get(name) != graph.keys[maker]
            }
            # What runs overwrites what a later piece has left under the same name.
            for i in wanted:
                others = [graph.gives[k] for k in chosen if k < i]
                if graph.gives[i] & set().union(*others):
                    found.add(i)
            if found <= chosen:
                return [graph.keys[i] for i in sorted(chosen)]
            chosen |= found

    async def run(self, cells, key, load):
        """Run one piece of a plan; return whether it went well.

        ``await load(name)`` fetches a package when an import asks for it, and says whether it is
        there now.
        """
        cell, piece = next((c, p) for k, c, p in self.pieces(cells) if k == key)
        source, name = plain(cell["source"]), f"cell {cell['number']}"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        set_precision(precision_at(cells, cell))
        try:
            body = (
                piece.body or ast.parse(source, name).body
            )  # none: it is empty, or cannot be parsed
            for statement in body:
                is_last = statement is body[-1] and isinstance(statement, ast.Expr)
                is_shown = is_last and not (cell["hidden"] or source.rstrip().endswith(";"))
                await self.one(statement, name, is_shown, load)
            show_pictures()
        except BaseException as error:
            show_pictures()
            print_error(error)
            return False
        finally:
            flush()
        graph = Graph(self.pieces(cells))
        at = graph.keys.index(key)
        self.ran[key] = graph.versions[at]
        self.owner |= dict.fromkeys(graph.gives[at], key)
        return True

    async def one(self, statement, name, is_shown, load):
        """Run one statement, and again each time that it had to wait for a package."""
        asked = set()
        while True:
            try:
                if not is_shown:
                    module = ast.fix_missing_locations(ast.Module([statement], []))
                    exec(compile(module, name, "exec"), self.namespace)
                    return
                value = eval(compile(ast.Expression(statement.value), name, "eval"), self.namespace)
                if value is not None:
                    show(value)
                return
            except ModuleNotFoundError as error:
                package = (error.name or "").split(".")[0]
                if package in asked or not await load(package):
                    raise
                asked.add(package)
                prepare(package)


def precision_at(cells, cell):
    """What the last ``%precision`` at or above a cell asked for, or nothing."""
    above = (c["source"] for c in cells[: cells.index(cell) + 1])
    asked = [m[1] for source in above for m in re.finditer(r"^%precision +(\S+)", source, re.M)]
    return asked[-1] if asked else ""


def plain(source):
    """The source without IPython's magics, which keep their lines."""
    return "\n".join("" if line.startswith("%") else line for line in source.split("\n"))


def flush():
    """Send what was printed on its way."""
    sys.stdout.flush()
    sys.stderr.flush()


def print_error(error):
    """Print a traceback from the reader's own line on, along the whole chain of errors."""
    seen, link = set(), error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        at = link.__traceback__
        while at is not None and not at.tb_frame.f_code.co_filename.startswith("cell "):
            at = at.tb_next
        link.__traceback__ = at
        link = link.__cause__ or link.__context__
    if isinstance(error, SyntaxError):
        error.__traceback__ = None
    # Deep inside a library no line helps: the first and the last few do.
    lines = traceback.format_exception(error, limit=-8)
    print("".join(lines), end="", file=sys.stderr)


# --- What IPython gives a notebook, as far as the book's cells use it.

_format = None


def set_precision(asked):
    """Do what the magic ``%precision`` does: for floats that are shown, and for numpy's arrays."""
    global _format
    import numpy

    is_digits = asked.isdigit()
    _format = f"%.{asked}f" if is_digits else asked or None
    numpy.set_printoptions(precision=int(asked) if is_digits else 8)


def show(value):
    """Print a cell's last value as a notebook does."""
    import numpy
    import pretty  # IPython's, which stands alone

    printers = dict(pretty._type_pprinters)
    if _format:
        for kind in (float, numpy.float64):
            printers[kind] = lambda value, printer, cycle: printer.text(_format % value)
    out = io.StringIO()
    printer = pretty.RepresentationPrinter(out, False, 79, "\n", type_pprinters=printers)
    printer.pretty(value)
    printer.flush()
    print(out.getvalue())


def display(*values):
    """Show values, as ``IPython.display.display`` does."""
    for value in values:
        show(value)


def show_pictures():
    """Hand every open matplotlib figure to the page, and close it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None or not pyplot.get_fignums():
        return
    import _page  # the page's side, in JavaScript

    flush()
    for number in pyplot.get_fignums():
        data = io.BytesIO()
        pyplot.figure(number).savefig(data, format="png")
        _page.picture(data.getvalue())
    pyplot.close("all")


def prepare(package):
    """Make a package that has just been loaded behave as in the book."""
    if package == "matplotlib":
        import matplotlib

        matplotlib.use("agg")
        import matplotlib.pyplot

        from xentlib import figures

        matplotlib.pyplot.show = lambda *args, **kwargs: show_pictures()
        figures.use_book_style()


class Slider:
    """What ``interact`` shows: a control for each argument, and what the function draws."""

    kept: ClassVar[list] = []  # by number, for the page to call

    def __init__(self, function, abbreviations):
        self.function = function
        start = {p.name: p.default for p in inspect.signature(function).parameters.values()}
        self.controls = [
            control(name, given, start.get(name, inspect.Parameter.empty))
            for name, given in abbreviations.items()
        ]
        self.choices = {c["name"]: c.pop("choices", None) for c in self.controls}
        self.values = {}
        self.number = len(Slider.kept)
        Slider.kept.append(self)

    def call(self, values):
        """Call the function with the values that the controls have, choices by their number."""
        for name, value in values.items():
            choices = self.choices[name]
            self.values[name] = choices[value] if choices else value
        try:
            result = self.function(**self.values)
            if result is not None:
                show(result)
            show_pictures()
        except Exception as error:
            show_pictures()
            print_error(error)
        finally:
            flush()


def control(name, given, start=inspect.Parameter.empty):
    """A control for what ``interact`` was given: (low, high[, step]), a bool, or some choices.

    It stands at `start`, the function's own default, if it can.
    """
    if isinstance(given, bool):
        return {"name": name, "kind": "checkbox", "value": given}
    is_range = isinstance(given, tuple) and len(given) in (2, 3)
    if is_range and all(isinstance(x, int | float) for x in given):
        is_whole = all(isinstance(x, int) for x in given)
        low, high, step = given if len(given) == 3 else (*given, 1 if is_whole else 0.1)
        middle = low + int((high - low) / (2 * step) + 1e-9) * step
        value = middle if is_whole else round(middle, 10)
        if isinstance(start, int | float):
            value = min(max(start, low), high)
        return {
            "name": name,
            "kind": "range",
            "min": low,
            "max": high,
            "step": step,
            "value": value,
        }
    if isinstance(given, dict | list | tuple) and given:
        labels = [str(x) for x in given]
        choices = list(given.values()) if isinstance(given, dict) else list(given)
        texts = [repr(x) for x in choices]  # two arrays are not compared by ==
        value = texts.index(repr(start)) if repr(start) in texts else 0
        return {
            "name": name,
            "kind": "select",
            "labels": labels,
            "choices": choices,
            "value": value,
        }
    raise ValueError(
        f"{name}={given!r} makes no control. Give (low, high), (low, high, step), True or False, "
        "or a list of choices."
    )


def interact(function=None, **abbreviations):
    """Show a control for each keyword, and call `function` whenever one moves."""
    if function is None:
        return lambda function: interact(function, **abbreviations)
    import _page

    slider = Slider(function, abbreviations)
    flush()
    _page.slider(slider.number, json.dumps(slider.controls))
    slider.call({c["name"]: c["value"] for c in slider.controls})
    _page.end_slider()
    return function


def is_live(name):
    """Stand for a live figure, which needs no Python in the page."""

    def figure(*args, **kwargs):
        print(f"{name}: this figure is live already where the page shows it; it needs no Python.")

    return figure


def install():
    """Put in place the few modules that the cells import and that the page has no use for."""
    ipywidgets = types.ModuleType("ipywidgets")
    ipywidgets.interact = interact
    myst_nb = types.ModuleType("myst_nb")
    myst_nb.glue = lambda *args, **kwargs: None
    widgets = types.ModuleType("xentlib.widgets")
    widgets.__getattr__ = is_live
    for module in (ipywidgets, myst_nb, widgets):
        sys.modules[module.__name__] = module
    builtins.display = display
