"""The derivation from likelihood to cross-entropy for a coin, line by line."""

import numpy as np
import traitlets as t

from .. import figures, likelihood
from ..checks import as_labels
from .base import FigureWidget


class Tosses(t.List):
    """A list of 0 and 1."""

    def __init__(self, default):
        super().__init__(t.Int(), default)

    def validate(self, obj, value):
        """Return the tosses as a list of ints."""
        return super().validate(obj, as_labels(np.atleast_1d(value), 2, self.name).tolist())


def coin(thetas):
    """Return the pmfs of tails and heads."""
    return np.stack([1 - thetas, thetas], axis=-1)


class LikelihoodLines(FigureWidget):
    """Seven lines from a product of probabilities to a KL divergence, over one axis.

    Parameters
    ----------
    x : sequence of {0, 1}
        The tosses, 1 for heads.
    theta : float, default 0.5
        The probability of heads at which the lines are read.
    line : int, default 0
        The line that is shown, 0 to 6.
    wrong : bool, default False
        Show the sum that is sometimes written in place of the product.

    Examples
    --------
    >>> LikelihoodLines(x=[1, 1, 0, 1]).theta
    0.5
    """

    module = "likelihood_lines"
    size = (6.4, 4.6)

    x = Tosses([1, 1, 0, 1, 1, 1, 0, 1, 0, 1]).tag(sync=True)
    theta = t.Float(0.5, min=0, max=1).tag(sync=True)
    line = t.Int(0, min=0, max=6).tag(sync=True)
    wrong = t.Bool(False).tag(sync=True)

    def describe(self):
        """Return what the lines share, in words."""
        best = likelihood.maximum_likelihood("bernoulli", self.x)["theta"]
        return (
            f"Six small curves over theta, the probability of heads, for {len(self.x)} tosses with "
            f"{sum(self.x)} heads: the product of the probabilities, the sum of their logarithms, "
            "the expected logarithm, the cross-entropy, the KL divergence, and the sum of the "
            f"probabilities. The first three are highest and the next two lowest at {best:.3g}. "
            "The last one, which is wrong, is a straight line and highest at an end."
        )

    def draw(self, figure):
        """Draw one small plot for each line with a shape of its own."""
        thetas = np.linspace(0, 1, 201)
        lines = likelihood.likelihood_lines(self.x, coin, thetas)
        titles = {
            "product": "product",
            "sum_of_logs": "sum of logs",
            "expectation": "expected log",
            "cross_entropy": "cross-entropy",
            "kl_divergence": r"$D_\mathrm{KL}$",
            "wrong": "sum: wrong",
        }
        for ax, (name, title) in zip(figure.subplots(2, 3).flat, titles.items(), strict=True):
            figures.likelihood_line(ax, thetas, getattr(lines, name), title)
