"""Outcomes as pieces of the line [0, 1), codewords as addresses on it."""

import traitlets as t

from .. import figures
from ..measures import surprisal
from .base import FigureWidget, Pmf, default_labels, require_same_length


class ProbabilityLine(FigureWidget):
    """Borders to drag on the line, the halvings that lead into a piece, the surprisal curve.

    The halvings shown lead to the largest half, quarter, eighth, … of the line that lies inside
    the chosen piece, and to the left one of two equally large.

    Parameters
    ----------
    p : array_like, shape (K,)
        Lengths of the pieces. A border takes from one neighbour what it gives to the other.
    labels : sequence of str, optional
        The outcomes' names; four outcomes are cat, boat, apple, violin, others are numbered.
    chosen : int, default 1
        Index of the outcome whose surprisal is shown.

    Examples
    --------
    >>> ProbabilityLine(p=[0.5, 0.5], labels=["heads", "tails"]).chosen
    1
    """

    module = "probability_line"
    size = (6.4, 3.0)

    p = Pmf([0.5, 0.25, 0.125, 0.125]).tag(sync=True)
    labels = t.List(t.Unicode()).tag(sync=True)
    chosen = t.Int(1).tag(sync=True)

    @t.default("labels")
    def _default_labels(self):
        return default_labels(len(self.p))

    @t.validate("p", "labels")
    def _same_length(self, proposal):
        return require_same_length(self, proposal, "p", "labels")

    @t.validate("chosen")
    def _known(self, proposal):
        chosen, many = proposal["value"], len(self.p)
        if not 0 <= chosen < many:
            raise ValueError(
                f"chosen is {chosen}, but must be 0 to {many - 1}: the index of an outcome"
            )
        return chosen

    def describe(self):
        """Return the pieces and their surprisals in words."""
        pieces = "; ".join(
            f"{label} has length {p:.3g} and surprisal {surprisal(p):.3f} bits"
            for label, p in zip(self.labels, self.p, strict=True)
        )
        return (
            f"The line from 0 to 1 cut into pieces, one for each outcome: {pieces}. Below it the "
            "same line cut into halves, quarters and eighths, each labelled with its address, "
            "the binary digits that lead to it."
        )

    def draw(self, figure):
        """Draw the pieces above the halvings."""
        figures.probability_line(figure.subplots(), self.p, self.labels)
