"""The entropy of a density on a ruler."""

import numpy as np
import scipy
import traitlets as t

from .. import figures
from ..measures import entropy, gaussian_entropy
from .base import FigureWidget, Positive


class BinWidth(FigureWidget):
    """A bell curve cut into bins: their entropy, the ruler's share, and what is left.

    Parameters
    ----------
    mean, sigma : float
        The bell curve.
    width : float
        Width of a bin; one bin has the mean in its middle. Its slider goes down to sigma/64, where
        that of sigma goes no further up: neither moves the other.
    unit : str
        What the axis measures.

    Examples
    --------
    >>> BinWidth(mean=0, sigma=1, width=0.5, unit="m").width
    0.5
    """

    module = "bin_width"

    mean = t.Float(200.9).tag(sync=True)
    sigma = Positive(14.0).tag(sync=True)
    width = Positive(16.0).tag(sync=True)
    unit = t.Unicode("mm").tag(sync=True)

    def _bins(self):
        each = np.ceil(9 * self.sigma / self.width - 0.5)  # on either side
        edges = self.mean + (np.arange(2 * each + 2) - each - 0.5) * self.width
        return edges, np.diff(scipy.stats.norm.cdf(edges, self.mean, self.sigma))

    def describe(self):
        """Return the entropy of the bins and the differential entropy in words."""
        bits = entropy(self._bins()[1])
        return (
            f"A bell curve with mean {self.mean:g} and standard deviation {self.sigma:g} "
            f"{self.unit}, cut into bins of {self.width:g} {self.unit}. The entropy of the bins is "
            f"{bits:.3f} bits. With the logarithm of the width added it is "
            f"{bits + np.log2(self.width):.3f}, and the differential entropy of the curve is "
            f"{gaussian_entropy(self.sigma):.3f}."
        )

    def draw(self, figure):
        """Draw the bins under the curve."""
        edges, mass = self._bins()
        x = np.linspace(self.mean - 4 * self.sigma, self.mean + 4 * self.sigma, 400)
        density = scipy.stats.norm.pdf(x, self.mean, self.sigma)
        ax = figures.binned_density(figure.subplots(), edges, mass, x, density)
        bits = entropy(mass)
        ax.set_title(
            rf"bins {bits:.3f} + $\log_2$ width {np.log2(self.width):.3f} = "
            rf"{bits + np.log2(self.width):.3f} bits,   $h$ = {gaussian_entropy(self.sigma):.3f}"
        )
        ax.set_xlabel(self.unit)
