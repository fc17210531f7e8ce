"""One bell curve for a density with more than one hump, and KL both ways."""

import numpy as np
import scipy
import traitlets as t

from .. import figures
from .base import Base, FigureWidget, Pmf, Positive, require_same_length


class GaussianFit(FigureWidget):
    """A bell curve q to move and widen, and KL(p‖q) and KL(q‖p) for a mixture p of bell curves.

    Parameters
    ----------
    weights, means, sigmas : array_like, shape (H,)
        The humps of p: their probabilities, centres and standard deviations.
    apart : float, default 0
        How far the last hump is pushed away from where it stood.
    mean, sigma : float
        The bell curve q.
    unit : str
        What the axis measures.
    base : {2, e}, default 2
        Show bits or nats.

    Examples
    --------
    >>> GaussianFit(weights=[0.5, 0.5], means=[-2, 2], sigmas=[1, 1], mean=0, sigma=1).sigma
    1.0
    """

    module = "gaussian_fit"

    weights = Pmf([0.64, 0.36]).tag(sync=True)
    means = t.List(t.Float(), [191.0, 217.0]).tag(sync=True)
    sigmas = t.List(Positive(), [7.0, 6.5]).tag(sync=True)
    apart = t.Float(0.0, min=0).tag(sync=True)
    mean = t.Float(205.0).tag(sync=True)
    sigma = Positive(12.0).tag(sync=True)
    unit = t.Unicode("flipper length, mm").tag(sync=True)
    base = Base(2).tag(sync=True)

    @t.validate("weights", "means", "sigmas")
    def _same_length(self, proposal):
        return require_same_length(self, proposal, "weights", "means", "sigmas")

    def _humps(self):
        return np.array([*self.means[:-1], self.means[-1] + self.apart])

    def _grid(self, deviations=4):
        reach = deviations * np.array(self.sigmas)
        return np.linspace((self._humps() - reach).min(), (self._humps() + reach).max(), 2001)

    def _target(self, x):
        return scipy.stats.norm.pdf(x[:, None], self._humps(), self.sigmas) @ self.weights

    def _matched(self):
        """Mean and standard deviation of p: the bell curve with the least KL(p‖q)."""
        mean = np.dot(self.weights, self._humps())
        second = np.dot(self.weights, np.square(self._humps()) + np.square(self.sigmas))
        return mean, np.sqrt(second - mean**2)

    def _settled(self):
        """Mean and standard deviation of the bell curve with the least KL(q‖p)."""
        x = self._grid(20)
        humps = np.log(self.weights) + scipy.stats.norm.logpdf(
            x[:, None], self._humps(), self.sigmas
        )
        log_p = np.logaddexp.reduce(humps, axis=-1)

        def reverse(parameters):
            log_q = scipy.stats.norm.logpdf(x, parameters[0], np.exp(parameters[1]))
            return np.trapezoid(np.exp(log_q) * (log_q - log_p), x)

        # It may stand on any hump or between them: go downhill from each.
        starts = [*zip(self._humps(), self.sigmas, strict=True), self._matched()]
        ends = [
            scipy.optimize.minimize(reverse, [m, np.log(s)], method="Nelder-Mead")
            for m, s in starts
        ]
        mean, log_sigma = min(ends, key=lambda end: end.fun).x
        return mean, np.exp(log_sigma)

    def describe(self):
        """Return the humps and the two best bell curves in words."""
        humps = ", ".join(
            f"{w:.3g} of it around {m:.4g} with standard deviation {s:.3g}"
            for w, m, s in zip(self.weights, self._humps(), self.sigmas, strict=True)
        )
        (wide_at, wide), (narrow_at, narrow) = self._matched(), self._settled()
        return (
            f"The density p of {self.unit}: {humps}. Two bell curves are fitted to it. The one "
            f"with the least KL divergence of p from q stands at {wide_at:.1f} with standard "
            f"deviation {wide:.1f}, as p itself. The one with the least divergence of q from p "
            f"stands at {narrow_at:.1f} with standard deviation {narrow:.1f}."
        )

    def draw(self, figure):
        """Draw p and the bell curve that each of the two divergences prefers."""
        x = self._grid()
        fits = {
            r"least $D_\mathrm{KL}(p\,\|\,q)$": scipy.stats.norm.pdf(x, *self._matched()),
            r"least $D_\mathrm{KL}(q\,\|\,p)$": scipy.stats.norm.pdf(x, *self._settled()),
        }
        ax = figures.fitted_densities(figure.subplots(), x, self._target(x), fits)
        ax.set_xlabel(self.unit)
