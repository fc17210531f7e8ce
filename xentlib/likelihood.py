"""Maximum likelihood: closed-form estimates, and the way from a likelihood to a cross-entropy."""

__all__ = ["empirical_pmf", "likelihood_lines", "log_likelihood", "maximum_likelihood"]

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from ._blocks import TILE, Floats, parts
from .checks import log_base
from .losses import gaussian_nll, laplace_nll, poisson_nll
from .measures import cross_entropy, kl_divergence


def empirical_pmf(x: ArrayLike, k: int | None = None) -> np.ndarray:
    r"""Return the empirical pmf :math:`\tilde p_j = n_j / n`: how often each outcome was seen.

    Parameters
    ----------
    x : array_like of int, shape (n,), or bytes
        Observed outcomes 0, ..., `k` - 1; at least one.
    k : int, optional
        The number of possible outcomes; by default one more than the largest in `x`.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    TypeError, ValueError
        If `x` is empty or is no sequence of such outcomes.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 3.9.5.

    Examples
    --------
    >>> empirical_pmf([0, 1, 1, 1], 3)
    array([0.25, 0.75, 0.  ])
    """
    counts = _tally(x, k)
    return counts / counts.sum()


def log_likelihood(
    family: str, x: ArrayLike, *, base: float = 2, **parameters: ArrayLike
) -> Floats:
    r"""Return the log-likelihood :math:`\sum_i \log p(x_i; \theta)` of independent observations.

    Parameters
    ----------
    family : str
        "bernoulli" (parameter ``theta``, the probability of 1), "categorical" (``pmf``),
        "gaussian" (``mean``, ``sigma``), "laplace" (``loc``, ``scale``) or "poisson" (``rate``).
    x : array_like, shape (n,)
        Observations, at least one. For "bernoulli" 0 and 1, for "categorical" outcomes from 0.
    base : float, default 2
        The unit: 2 for bits, e for nats.
    **parameters : array_like
        The family's parameters, by name; they broadcast, so a grid may be given. The pmfs of
        "categorical" lie along the last axis.

    Returns
    -------
    float or ndarray
        One number for each set of parameters.

    Raises
    ------
    TypeError, ValueError
        If the family is unknown, its parameters are not those that it has, or an argument is not
        what is described above.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 5.5.

    Examples
    --------
    >>> log_likelihood("bernoulli", [1, 1, 0, 1], theta=0.5)
    np.float64(-4.0)
    >>> int(log_likelihood("gaussian", [0, 2], mean=[0, 1, 2], sigma=1).argmax())
    1
    """
    names, model, _ = _FAMILIES[checks.as_choice(family, _FAMILIES, "family")]
    checks.as_parameters(parameters, names, family)
    if family not in ("bernoulli", "categorical"):
        return 0 - _sum_of_losses(model, x, base, parameters)  # not the sign of -0
    q = model(**parameters)
    counts = _tally(x, q.shape[-1])
    return -counts.sum() * cross_entropy(counts / counts.sum(), q, base=base)


def maximum_likelihood(family: str, x: ArrayLike) -> dict[str, float | np.ndarray]:
    r"""Return the parameters that make independent observations most likely, in closed form.

    "bernoulli" and "categorical": the empirical probabilities. "gaussian": the mean and the root
    of the mean squared deviation from it. "laplace": the median and the mean absolute deviation
    from it (if the number of observations is even, any point between the middle two is as good;
    this is their midpoint). "poisson": the mean.

    Parameters
    ----------
    family : str
        As for `log_likelihood`.
    x : array_like, shape (n,)
        Observations, at least one.

    Returns
    -------
    dict
        The parameters by name, as `log_likelihood` takes them; those of "gaussian", "laplace"
        and "poisson" go by the same names in `gaussian_nll`, `laplace_nll` and `poisson_nll`.

    Raises
    ------
    TypeError, ValueError
        If the family is unknown, an observation is impossible in it, or all observations of a
        density are equal: a density that is narrow enough makes them as likely as you please.

    References
    ----------
    K. P. Murphy, Machine Learning: A Probabilistic Perspective (2012), sections 3.3, 3.4 and 4.1.

    Examples
    --------
    >>> maximum_likelihood("bernoulli", [1, 1, 0, 1])
    {'theta': 0.75}
    >>> maximum_likelihood("gaussian", [1, 3])
    {'mean': 2.0, 'sigma': 1.0}
    """
    names, _, estimate = _FAMILIES[checks.as_choice(family, _FAMILIES, "family")]
    return dict(zip(names, estimate(x), strict=True))


class Line(NamedTuple):
    """One line of the derivation, evaluated over the grid.

    Attributes
    ----------
    values : ndarray, shape (G,)
        The line at each parameter.
    best : int or None
        Where the optimum is: the first of equals. None if there is nothing to choose, because
        the line is 0 or infinite everywhere.
    theta : float
        The parameter there; NaN if there is none.
    """

    values: np.ndarray
    best: int | None
    theta: float


class LikelihoodLines(NamedTuple):
    r"""The derivation from likelihood to cross-entropy: all but `wrong` share one optimum.

    Attributes
    ----------
    product : Line
        L0, to maximise: :math:`\prod_i q_\theta(x_i)`. It underflows to 0 when there is much data.
    sum_of_logs : Line
        L1, to maximise: :math:`\sum_i \log q_\theta(x_i)`. The logarithm is increasing.
    counts : Line
        L2, to maximise: :math:`\sum_k n_k \log q_\theta(k)`. Equal terms are counted.
    expectation : Line
        L3, to maximise: :math:`\sum_k \tilde p_k \log q_\theta(k)`, L2 over the number of data.
    cross_entropy : Line
        L4, to minimise: :math:`H(\tilde p, q_\theta)`, the negative of L3.
    kl_divergence : Line
        L5, to minimise: :math:`D(\tilde p \| q_\theta)`, which is L4 less :math:`H(\tilde p)`.
    wrong : Line
        The mistake, maximised: :math:`\sum_i q_\theta(x_i)`, a sum in place of the product.
    """

    product: Line
    sum_of_logs: Line
    counts: Line
    expectation: Line
    cross_entropy: Line
    kl_divergence: Line
    wrong: Line


def likelihood_lines(
    x: ArrayLike, pmf: Callable[[np.ndarray], ArrayLike], thetas: ArrayLike, *, base: float = 2
) -> LikelihoodLines:
    r"""Return the lines that lead from maximum likelihood to cross-entropy, over a grid.

    Parameters
    ----------
    x : array_like of int, shape (n,)
        Observations 0, ..., K - 1; at least one.
    pmf : callable
        The family: ``pmf(thetas)`` returns the model's pmfs, shape (G, K).
    thetas : array_like, shape (G,)
        The grid of parameters.
    base : float, default 2
        The unit of the logarithms: 2 for bits, e for nats.

    Returns
    -------
    LikelihoodLines
        A named tuple of `Line`, in the order of the derivation; the wrong line is the last.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 5.5.

    Examples
    --------
    >>> heads = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1]
    >>> def coin(theta):
    ...     return np.stack([1 - theta, theta], axis=-1)
    >>> lines = likelihood_lines(heads, coin, np.linspace(0, 1, 11))
    >>> [round(float(line.theta), 3) for line in lines]
    [0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 1.0]
    """
    unit = log_base(base)
    thetas = checks.as_sample(thetas, "thetas")
    q = checks.as_curve(checks.as_callable(pmf, "pmf")(thetas), thetas.size)
    x, _ = checks.as_outcomes(x, q.shape[-1])
    counts = _tally(x, q.shape[-1])
    p = counts / x.size
    seen = counts > 0
    product, sum_of_logs, wrong = np.ones(thetas.size), np.zeros(thetas.size), np.zeros(thetas.size)
    with np.errstate(all="ignore"):
        for part in parts(x.size, max(1, TILE // thetas.size)):
            q_of_x = q[:, x[part]]
            product *= q_of_x.prod(-1)
            sum_of_logs += np.log(q_of_x).sum(-1) / unit
            wrong += q_of_x.sum(-1)
        log_q = np.log(q[:, seen]) / unit
    return LikelihoodLines(
        _line(thetas, product, np.argmax, product > 0),
        _line(thetas, sum_of_logs, np.argmax),
        _line(thetas, log_q @ counts[seen], np.argmax),
        _line(thetas, log_q @ p[seen], np.argmax),
        _line(thetas, cross_entropy(p, q, base=base), np.argmin),
        _line(thetas, kl_divergence(p, q, base=base), np.argmin),
        _line(thetas, wrong, np.argmax),
    )


def _line(thetas, values, best, good=None):
    """Return a line with its optimum, which `best` finds if a value is good: finite, by default."""
    if not (np.isfinite(values) if good is None else good).any():
        return Line(values, None, np.nan)
    index = int(best(values))
    return Line(values, index, thetas[index])


def _tally(x, k=None):
    """Return how often each of the outcomes 0, ..., `k` - 1 was seen."""
    x, k = checks.as_outcomes(x, k)
    return np.bincount(x.astype(np.intp), minlength=k).astype(np.int64)  # it takes no wider integer


def _sum_of_losses(loss, x, base, parameters):
    """Return the sum of a loss over the observations, for parameters on a grid."""
    x = checks.as_sample(x)
    grid, shape = checks.as_grid(parameters)
    loss(x[0], **{name: a[..., 0] for name, a in grid.items()}, reduction="none")  # to refuse
    total = np.zeros(shape)
    with np.errstate(over="ignore"):
        for part in parts(x.size, max(1, TILE // max(1, total.size))):
            data = x[part].reshape(*(1 for _ in shape), -1)
            total += loss(data, **grid, reduction="none", base=base).sum(-1)
    return total[()]


def _coin(theta):
    """Return the pmfs of 0 and 1."""
    theta = checks.as_probability(theta, "theta")
    return np.stack([1 - theta, theta], -1)


def _scaled(estimate):
    """Return an estimate whose parameters have the unit of the data, such that none overflows."""

    def scaled(x):
        x = checks.as_sample(x)
        size = np.frexp(np.abs(x).max())[1]
        with np.errstate(all="ignore"):
            found = np.ldexp(estimate(np.ldexp(x, -size)), size).tolist()
        if len(found) == 2 and found[1] == 0:
            checks.no_spread(x)
        return found

    return scaled


@_scaled
def _gaussian(x):
    return x.mean(), x.std()


@_scaled
def _laplace(x):
    return np.median(x), np.abs(x - np.median(x)).mean()


def _poisson(x):
    return _scaled(lambda x: [x.mean()])(checks.as_counts(x, "x"))


_FAMILIES: dict[str, tuple[tuple[str, ...], Callable, Callable]] = {
    "bernoulli": (("theta",), _coin, lambda x: [float(empirical_pmf(x, 2)[1])]),
    "categorical": (("pmf",), lambda pmf: checks.as_pmf(pmf, "pmf"), lambda x: [empirical_pmf(x)]),
    "gaussian": (("mean", "sigma"), gaussian_nll, _gaussian),
    "laplace": (("loc", "scale"), laplace_nll, _laplace),
    "poisson": (("rate",), poisson_nll, _poisson),
}
"""The parameters of each family, its pmf or its loss, and the estimate of its parameters."""
