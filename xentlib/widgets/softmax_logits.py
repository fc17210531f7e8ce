"""Logits, the probabilities softmax makes of them, the loss, and the gradient."""

import traitlets as t

from .. import figures
from ..losses import one_hot, softmax, softmax_cross_entropy
from .base import Base, FigureWidget, require_same_length


class SoftmaxLogits(FigureWidget):
    """A slider for each logit, one that shifts them all, the loss, and the pull ŷ − y on each.

    Parameters
    ----------
    logits : sequence of float, shape (K,)
        The scores.
    labels : sequence of str, shape (K,)
        The classes' names.
    target : int
        Index of the right answer.
    shift : float, default 0
        Added to every logit; it changes nothing.
    base : {2, e}, default 2
        Show the loss in bits or nats.

    Examples
    --------
    >>> SoftmaxLogits(logits=[1, 2], labels=["no", "yes"], target=1).shift
    0.0
    """

    module = "softmax_logits"
    size = (6.4, 4.2)

    logits = t.List(t.Float(), [2.5, 1.0, -2.0]).tag(sync=True)
    labels = t.List(t.Unicode(), ["Adelie", "Chinstrap", "Gentoo"]).tag(sync=True)
    target = t.Int(1, min=0).tag(sync=True)
    shift = t.Float(0.0).tag(sync=True)
    base = Base(2).tag(sync=True)

    @t.validate("logits", "labels")
    def _same_length(self, proposal):
        return require_same_length(self, proposal, "logits", "labels")

    @t.validate("target")
    def _known(self, proposal):
        if proposal["value"] >= len(self.labels):
            raise ValueError(
                f"target is {proposal['value']}, but the labels are numbered 0 to "
                f"{len(self.labels) - 1}"
            )
        return proposal["value"]

    def describe(self):
        """Return probabilities, loss and gradient in words."""
        q = softmax(self.logits)
        unit = "bits" if self.base == 2 else "nats"
        loss = softmax_cross_entropy(self.logits, self.target, base=self.base)
        pairs = ", ".join(
            f"{label} {x:.3f}, gradient {g:+.3f}"
            for label, x, g in zip(self.labels, q, self._gradient(), strict=True)
        )
        return (
            f"Bars for the probabilities that softmax makes of the logits {self.logits}, and below "
            f"them bars for the gradient of the loss in nats: {pairs}. The right answer is "
            f"{self.labels[self.target]}, and the loss is {loss:.3f} {unit}."
        )

    def _gradient(self):
        return softmax(self.logits) - one_hot(self.target, len(self.labels))

    def draw(self, figure):
        """Draw the probabilities above the gradient."""
        above, below = figure.subplots(2, height_ratios=[3, 2])
        y = one_hot(self.target, len(self.labels))
        figures.pmf_bars(above, y, softmax(self.logits), self.labels)
        above.legend(["$y$, the label", r"$\hat y$, softmax"], loc="lower left",
                     bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)  # fmt: skip
        figures.signed_bars(below, self._gradient(), r"gradient $\hat y - y$")
