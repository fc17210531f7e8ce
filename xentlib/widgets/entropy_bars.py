"""One distribution, its surprisals, and the entropy as their mean."""

import traitlets as t

from .. import figures
from ..codes import huffman_code
from ..measures import entropy
from .base import Base, FigureWidget, Pmf, default_labels, require_same_length


class EntropyBars(FigureWidget):
    """Bars of p to drag, each outcome's share of the entropy, and what a Huffman code needs.

    Parameters
    ----------
    p : array_like, shape (K,)
        The distribution. Dragging one bar keeps the proportions of the others.
    labels : sequence of str, optional
        The outcomes' names; four outcomes are cat, boat, apple, violin, others are numbered.
    base : {2, e}, default 2
        Show bits or nats.

    Examples
    --------
    >>> EntropyBars(p=[0.9, 0.1]).labels
    ['1', '2']
    """

    module = "entropy_bars"
    size = (6.4, 3.6)

    p = Pmf([0.4, 0.3, 0.2, 0.1]).tag(sync=True)
    labels = t.List(t.Unicode()).tag(sync=True)
    base = Base(2).tag(sync=True)

    @t.default("labels")
    def _default_labels(self):
        return default_labels(len(self.p))

    @t.validate("p", "labels")
    def _same_length(self, proposal):
        return require_same_length(self, proposal, "p", "labels")

    def describe(self):
        """Return the distribution, its entropy and the length of its Huffman code in words."""
        unit = "bits" if self.base == 2 else "nats"
        happens = [p for p in self.p if p > 0]
        pairs = ", ".join(f"{n} {p:.3g}" for n, p in zip(self.labels, self.p, strict=True))
        return (
            f"One column for each outcome, as wide as its probability ({pairs}) and as high as its "
            "surprisal. A horizontal line marks the mean surprisal, the entropy of "
            f"{entropy(self.p, base=self.base):.3f} {unit}. A Huffman code needs "
            f"{huffman_code(happens).expected_length(happens):.3f} bits per symbol."
        )

    def draw(self, figure):
        """Draw the columns and their mean."""
        figures.entropy_columns(figure.subplots(), self.p, self.labels, self.base)
