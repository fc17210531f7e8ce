"""The same points under three kinds of noise."""

import numpy as np
import scipy
import traitlets as t

from .. import figures
from ..likelihood import maximum_likelihood
from .base import FigureWidget, Positive


class NoiseModel(FigureWidget):
    """A point to move, and what Gaussian, Laplace and Student's t make of it.

    Each is fitted by maximum likelihood, location and scale; Student's t has 3 degrees of freedom.

    Parameters
    ----------
    x : sequence of float
        The points, at least three, not all equal.
    moved : int, default -1
        Index of the point that can be moved.
    step : float
        Width of the ruler's bins: a value has a price in bits only on a ruler.
    limits : (float, float)
        Ends of the axis.
    unit : str
        What the axis measures.
    digits : int
        Decimals of a value on display.

    Examples
    --------
    >>> NoiseModel(x=[1, 2, 4], limits=(0, 9), step=0.1, unit="s", digits=1).moved
    2
    """

    module = "noise_model"
    size = (6.4, 4.6)

    x = t.List(t.Float(), [3.3, 3.45, 3.55, 3.65, 3.7, 3.75, 3.8, 3.95, 4.1, 4.775]).tag(sync=True)
    moved = t.Int().tag(sync=True)
    step = Positive(0.025).tag(sync=True)
    limits = t.Tuple(t.Float(), t.Float(), default_value=(2.0, 12.0)).tag(sync=True)
    unit = t.Unicode("kg").tag(sync=True)
    digits = t.Int(2).tag(sync=True)

    @t.default("moved")
    def _the_last(self):
        return len(self.x) - 1

    @t.validate("x")
    def _spread(self, proposal):
        if len(proposal["value"]) < 3 or len(set(proposal["value"])) == 1:
            raise ValueError(f"x is {proposal['value']}, but must hold 3 points, not all equal")
        return proposal["value"]

    @t.validate("moved")
    def _known(self, proposal):
        if not -len(self.x) <= proposal["value"] < len(self.x):
            raise ValueError(f"moved is {proposal['value']}, but x has {len(self.x)} points")
        return proposal["value"] % len(self.x)

    def _fits(self):
        gaussian, laplace = (
            maximum_likelihood("gaussian", self.x),
            maximum_likelihood("laplace", self.x),
        )
        # SciPy's own start, mean and deviation, leads its search astray where one point is far off.
        _, middle, scale = scipy.stats.t.fit(self.x, fdf=3, **laplace)
        return {
            "Gaussian": scipy.stats.norm(gaussian["mean"], gaussian["sigma"]),
            "Laplace": scipy.stats.laplace(laplace["loc"], laplace["scale"]),
            "Student's $t$": scipy.stats.t(3, middle, scale),
        }

    def describe(self):
        """Return the three middles and prices in words."""
        outlier = self.x[self.moved]

        def tell(name, model):
            price = -model.logpdf(outlier) / np.log(2) - np.log2(self.step)
            middle = f"{model.median():.{self.digits}f} {self.unit}"
            return (
                f"{name.replace('$', '')} puts its middle at {middle} and charges {price:.1f} bits"
            )

        told = "; ".join(tell(name, model) for name, model in self._fits().items())
        return (
            f"{len(self.x)} points, one of them at {outlier:g} {self.unit}, and three densities "
            f"fitted to them. For that point {told}."
        )

    def draw(self, figure):
        """Draw the fitted densities above what they charge."""
        grid = np.linspace(*self.limits, 600)
        densities = {name: model.pdf(grid) for name, model in self._fits().items()}
        above, below = figure.subplots(2, sharex=True)
        figures.noise_densities(above, grid, densities, self.x)
        bits = {name: -np.log2(pdf * self.step) for name, pdf in densities.items()}
        figures.noise_prices(below, grid, bits)
        below.set_xlabel(self.unit)
