"""One batch, three readings of its loss."""

from functools import reduce

import numpy as np
import traitlets as t

from .. import figures
from ..checks import as_labels, as_pmf
from ..losses import nll
from .base import Base, FigureWidget, require_same_length


class Pmfs(t.List):
    """A list of pmfs, one a row."""

    def __init__(self, default):
        super().__init__(t.List(t.Float()), default)

    def validate(self, obj, value):
        """Return the rows as lists of floats."""
        pmfs = as_pmf(value, self.name)
        if pmfs.ndim != 2:
            raise ValueError(f"{self.name} must hold one pmf a row, but has shape {pmfs.shape}")
        return super().validate(obj, pmfs.tolist())


class BatchReadings(FigureWidget):
    """The sum, the mean, and the joint cross-entropy over all vectors of labels, as bars.

    Parameters
    ----------
    q : array_like, shape (N, K)
        What the model gives each label, one example a row.
    observed : sequence of int, shape (N,)
        The labels that came.
    labels : sequence of str, shape (K,)
        Their names.
    examples : sequence of str, shape (N,)
        The examples' names. N and K should be 2 to 4: there are K to the power of N vectors.
    base : {2, e}, default 2
        Show bits or nats.

    Examples
    --------
    >>> figure = BatchReadings(
    ...     q=[[0.5, 0.5], [0.9, 0.1]], observed=[0, 1], labels=["a", "b"], examples=["one", "two"]
    ... )
    >>> figure.observed
    [0, 1]
    """

    module = "batch_readings"

    q = Pmfs([[0.3, 0.6, 0.1], [0.8, 0.15, 0.05], [0.05, 0.15, 0.8]]).tag(sync=True)
    observed = t.List(t.Int(), [1, 0, 2]).tag(sync=True)
    labels = t.List(t.Unicode(), ["Adelie", "Chinstrap", "Gentoo"]).tag(sync=True)
    examples = t.List(t.Unicode(), ["bird 1", "bird 2", "bird 3"]).tag(sync=True)
    base = Base(2).tag(sync=True)

    @t.validate("q", "observed", "examples")
    def _same_length(self, proposal):
        return require_same_length(self, proposal, "q", "observed", "examples")

    @t.validate("labels")
    def _one_a_column(self, proposal):
        many, columns = len(proposal["value"]), len(self.q[0])
        if many != columns:
            raise ValueError(f"there are {many} labels, but q has {columns} columns")
        as_labels(self.observed, many, "observed")
        return proposal["value"]

    def _joint(self):
        return reduce(np.multiply.outer, np.array(self.q))

    def describe(self):
        """Return the three readings in words."""
        unit = "bits" if self.base == 2 else "nats"
        each = nll(self.q, self.observed, reduction="none", base=self.base)
        vector = ", ".join(self.labels[k] for k in self.observed)
        joint = self._joint()
        return (
            f"A bar for each of the {joint.size} vectors of labels that {len(self.q)} examples can "
            f"have, as high as the model thinks it probable. The one that came, {vector}, has "
            f"probability {joint[tuple(self.observed)]:.4f}. It costs {each.sum():.3f} {unit}, the "
            f"sum over the examples; their mean is {each.mean():.3f}."
        )

    def draw(self, figure):
        """Draw the probabilities of all vectors."""
        joint = self._joint()
        came = np.ravel_multi_index(self.observed, joint.shape)
        ax = figures.joint_bars(figure.subplots(), joint.ravel(), came)
        ax.set_xlabel(f"all {joint.size} vectors of labels; the one that came is dark")
