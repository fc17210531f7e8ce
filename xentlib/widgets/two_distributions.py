"""Two distributions, and the cost of coding one with the other's codebook."""

import traitlets as t

from .. import figures
from ..measures import cross_entropy, entropy, kl_divergence
from .base import Base, FigureWidget, Pmf, default_labels, require_same_length


class TwoDistributions(FigureWidget):
    """Bars of p and q to drag, and H(p) + KL(p‖q) = H(p, q) as one stacked bar.

    Parameters
    ----------
    p, q : array_like, shape (K,)
        The source and the model. Dragging one bar keeps the proportions of the others.
    labels : sequence of str, optional
        The outcomes' names; four outcomes are cat, boat, apple, violin, others are numbered.
    base : {2, e}, default 2
        Show bits or nats.

    Examples
    --------
    >>> figure = TwoDistributions(p=[0.5, 0.5], q=[0.25, 0.75], labels=["heads", "tails"])
    >>> figure.q
    [0.25, 0.75]
    """

    module = "two_distributions"
    size = (6.4, 4.4)

    p = Pmf([0.5, 0.25, 0.125, 0.125]).tag(sync=True)
    q = Pmf([0.125, 0.5, 0.25, 0.125]).tag(sync=True)
    labels = t.List(t.Unicode()).tag(sync=True)
    base = Base(2).tag(sync=True)

    @t.default("labels")
    def _default_labels(self):
        return default_labels(len(self.p))

    @t.validate("p", "q", "labels")
    def _same_length(self, proposal):
        return require_same_length(self, proposal, "p", "q", "labels")

    def describe(self):
        """Return the pmfs and the three numbers in words."""
        unit = "bits" if self.base == 2 else "nats"
        pairs = ", ".join(
            f"{label} {p:.3g} and {q:.3g}"
            for label, p, q in zip(self.labels, self.p, self.q, strict=True)
        )
        own = entropy(self.p, base=self.base)
        extra = kl_divergence(self.p, self.q, base=self.base)
        total = cross_entropy(self.p, self.q, base=self.base)
        return (
            f"Bar chart of the probabilities under p and q: {pairs}. Below it a bar of two parts, "
            f"the entropy of p, {own:.3f} {unit}, and the Kullback-Leibler divergence of p from q, "
            f"{extra:.3f} {unit}. Together they are as long as the cross-entropy, "
            f"{total:.3f} {unit}."
        )

    def draw(self, figure):
        """Draw the bars above the stacked bar."""
        bars, cost = figure.subplots(2, height_ratios=[5, 2])
        figures.pmf_bars(bars, self.p, self.q, self.labels)
        figures.cost_bar(cost, self.p, self.q, self.base)
