"""What every live figure shares: its module, its still picture, its kinds of trait."""

import base64
import io
from pathlib import Path

import anywidget
import matplotlib as mpl
import numpy as np
import traitlets as t
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from ..checks import as_pmf
from ..figures import STYLE

DIST = Path(__file__).parent / "dist"
DPI = 200
OPERATORS = ("==", "<", "<=", ">", ">=")


class Pmf(t.List):
    """A pmf over K outcomes; bad values are refused as everywhere in xentlib."""

    def __init__(self, default):
        super().__init__(t.Float(), default)

    def validate(self, obj, value):
        """Return the pmf as a list of floats."""
        pmf = as_pmf(value, self.name)
        if pmf.ndim != 1:
            raise ValueError(f"{self.name} must be one pmf, but has shape {pmf.shape}")
        return super().validate(obj, pmf.tolist())


class Positive(t.Float):
    """A number greater than 0."""

    def validate(self, obj, value):
        """Return the number as a float."""
        value = super().validate(obj, float(value))
        if not 0 < value < np.inf:
            raise ValueError(f"{self.name or 'a value'} is {value}, but must be greater than 0")
        return value


class Base(t.Float):
    """The base of the logarithm: 2 for bits, e for nats."""

    def validate(self, obj, value):
        """Return the base as a float."""
        if value not in (2, np.e):
            raise ValueError(f"base is {value}, but a live figure shows bits (2) or nats (e)")
        return super().validate(obj, float(value))


def require_same_length(widget, proposal, *names):
    """Return the proposed value if the named traits, with it, all have one length."""
    own, value = proposal["trait"].name, proposal["value"]
    lengths = {name: len(value if name == own else getattr(widget, name)) for name in names}
    first, *others = names
    for name in others:
        if lengths[name] != lengths[first]:
            raise ValueError(
                f"{first} has {lengths[first]} entries, but {name} has {lengths[name]}: give both, "
                "or change both inside `with figure.hold_trait_notifications():`"
            )
    return value


def _check_challenge(challenge, where, widget):
    """Refuse a challenge that no figure could judge. Its numbers are known to JavaScript alone."""
    more = {"locked", "by_hand", "twice", "hint", "solution"}
    if not {"id", "prompt", "all"} <= set(challenge) <= {"id", "prompt", "all"} | more:
        raise ValueError(
            f"{where} has the keys {sorted(challenge)}, but needs id, prompt and all, "
            "and may have locked, by_hand, twice, hint and solution"
        )
    if not {"key", "by", "again"} <= set(challenge.get("twice", {"key", "by", "again"})):
        raise ValueError(f"{where} has twice = {challenge['twice']}, but needs key, by and again")
    for key in [*challenge.get("locked", []), *challenge.get("solution", {})]:
        if not widget.has_trait(key):
            raise ValueError(f"{where} speaks of {key!r}, which is no trait of this figure")
    for condition in challenge["all"]:
        if condition.get("op") not in OPERATORS or not {"measure", "value"} <= set(condition):
            raise ValueError(
                f"{where} has the condition {condition}, but one is {{measure, op, value, "
                f"tolerance, say}} with op one of {' '.join(OPERATORS)}"
            )


def default_labels(number):
    """Return names for outcomes that were given none."""
    if number == 4:
        return ["cat", "boat", "apple", "violin"]
    return [str(k + 1) for k in range(number)]


class FigureWidget(anywidget.AnyWidget):
    """A figure that answers to the reader, and a picture of it wherever it cannot.

    A subclass names its JavaScript module, declares its state as traits, draws the picture and
    describes it. The numbers on display are computed in JavaScript from the traits, so that they
    stay live on a page without a kernel; Python reads and writes the traits.

    Attributes
    ----------
    alt : str
        What a person who cannot see the picture needs to know, in place of `describe`.
    challenges : list of dict
        Goals for the reader, judged by the figure; ``js/challenges.js`` says what they hold.
    """

    module: str  # js/<module>.js
    size = (6.4, 3.6)  # of the still picture, in inches

    alt = t.Unicode()
    challenges = t.List(t.Dict()).tag(sync=True)

    @t.validate("challenges")
    def _judgeable(self, proposal):
        for number, challenge in enumerate(proposal["value"]):
            _check_challenge(challenge, f"challenges[{number}]", self)
        return proposal["value"]

    @property
    def _esm(self):
        return (DIST / f"{self.module}.js").read_text(encoding="utf-8")

    @property
    def _css(self):
        return (DIST / "figure.css").read_text(encoding="utf-8")

    def describe(self):
        """Return the words that stand for the picture of the present state."""
        raise NotImplementedError

    def draw(self, figure):
        """Draw the present state on a matplotlib Figure."""
        raise NotImplementedError

    def still(self):
        """Return the present state as a matplotlib Figure in the book's style."""
        with mpl.rc_context(STYLE):
            figure = Figure(figsize=self.size, layout="constrained")
            FigureCanvasAgg(figure)
            self.draw(figure)
        return figure

    def _png(self):
        """Return the still as a PNG of few bytes, the same ones each time."""
        with mpl.rc_context(STYLE):
            figure = self.still()
            figure.set_dpi(DPI)
            raw, shape = figure.canvas.print_to_buffer()  # matplotlib's versions round unlike
        picture = Image.frombytes("RGBA", shape, raw).convert("RGB")
        out = io.BytesIO()
        picture.quantize(64, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
        return out.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = self.alt or self.describe()
        data["image/png"] = base64.b64encode(self._png()).decode()
        return data, metadata
