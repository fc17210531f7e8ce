"""Softmax and the losses of machine learning, in bits: every one of them is a cross-entropy.

``base=2`` measures in bits, gradients included; frameworks print nats, which is ``base=np.e``.
A loss over a batch takes ``reduction="mean"``, ``"sum"`` or ``"none"`` and a weight for each
example; the weighted mean divides by the sum of the weights. The prediction comes first, the data
second, as in PyTorch; for a density, the data first and its parameters by name. Data and prediction
have one shape: only a number, or an axis of length 1 among as many axes, stands for any length.
"""

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "gaussian_nll",
    "laplace_nll",
    "log_softmax",
    "nll",
    "one_hot",
    "poisson_nll",
    "smooth_labels",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
]

import math

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from ._blocks import TILE, Floats, Rows, expect, parts, small, sweep, upright
from .checks import Logits, Pmfs, log_base, logarithm
from .measures import distance, kl_terms

_LOG_FACTORIALS = np.array([math.lgamma(k + 1) - k * math.log(k or 1) + k for k in range(16)])


def softmax(logits: ArrayLike, *, axis: int = -1) -> np.ndarray:
    r"""Return the pmf :math:`q_k = e^{z_k} / \sum_j e^{z_j}` of the logits `z`.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores along `axis`. ``-inf`` gives probability 0.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        The shape of `logits`.

    Raises
    ------
    TypeError, ValueError
        If a score is NaN or ``+inf``, or all of a row are ``-inf``.

    References
    ----------
    J. S. Bridle, Probabilistic interpretation of feedforward classification network outputs, with
    relationships to statistical pattern recognition, in Neurocomputing (1990), 227-236.

    Examples
    --------
    >>> softmax([0, 0, -np.inf])
    array([0.5, 0.5, 0. ])
    >>> np.allclose(softmax([1, 2, 3]), softmax([1001, 1002, 1003]))
    True
    """
    z = Logits(logits, axis)
    return _filled(lambda tile: _softmax(tile, z.top), z)


def log_softmax(logits: ArrayLike, *, axis: int = -1, base: float = 2) -> np.ndarray:
    r"""Return the log-probabilities :math:`\log q_k = z_k - \log \sum_j e^{z_j}` of the logits `z`.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores along `axis`, in nats as everywhere (softmax is :math:`e^z`, whatever the `base`).
    axis : int, default -1
        The axis of the classes.
    base : float, default 2
        The unit of the result: 2 for bits, e for nats.

    Returns
    -------
    ndarray
        The shape of `logits`; finite where ``log(softmax(logits))`` would have underflowed.

    Raises
    ------
    TypeError, ValueError
        If a score is NaN or ``+inf``, all of a row are ``-inf``, or `base` is not greater than 1.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, Accurately computing the log-sum-exp and softmax
    functions, IMA Journal of Numerical Analysis 41 (2021), 2311-2330.

    Examples
    --------
    >>> log_softmax([0, 0, 0, 0])
    array([-2., -2., -2., -2.])
    >>> log_softmax([0, -1e4], base=np.e)
    array([     0., -10000.])
    """
    log, unit, z = logarithm(base), log_base(base), Logits(logits, axis)

    def log_q(tile):
        return (tile - z.top) / unit - _log_sum_exp(tile, z.top, log, unit)[:, None]

    return _filled(log_q, z)


def one_hot(labels: ArrayLike, n_classes: int, *, axis: int = -1) -> np.ndarray:
    """Return the labels as pmfs that put all their mass on the label.

    Parameters
    ----------
    labels : array_like of int
        Class numbers 0, ..., `n_classes` - 1.
    n_classes : int
        The number K of classes.
    axis : int, default -1
        Where the axis of the classes is put.

    Returns
    -------
    ndarray of float64
        One axis more than `labels`, of length K.

    Raises
    ------
    TypeError, ValueError
        If a label is not an integer, or not one of the classes.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 2.2: the 1-of-K scheme.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    n_classes = checks.as_count(n_classes, "n_classes", 1)
    labels = checks.as_labels(labels, n_classes)
    axis = checks.as_axis(axis, labels.ndim + 1, f"the result has {labels.ndim + 1} axes")
    checks.as_table_size(labels.size * n_classes)
    out = labels[..., None] == np.arange(n_classes, dtype=np.int64)
    return np.moveaxis(out.astype(np.float64), -1, axis)


def smooth_labels(p: ArrayLike, epsilon: ArrayLike, *, axis: int = -1) -> np.ndarray:
    r"""Return the mixture :math:`(1 - \varepsilon) p_k + \varepsilon / K` with the uniform pmf.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Target pmfs along `axis`, such as `one_hot` gives.
    epsilon : float
        The weight of the uniform pmf, from 0 to 1.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray
        The shape of `p`.

    Raises
    ------
    TypeError, ValueError
        If `p` does not hold pmfs, or `epsilon` is not between 0 and 1.

    References
    ----------
    C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna, Rethinking the Inception
    architecture for computer vision, CVPR (2016), section 7.

    Examples
    --------
    >>> smooth_labels(one_hot([0], 4), 0.2)
    array([[0.85, 0.05, 0.05, 0.05]])
    """
    p = checks.as_pmf(p, "p", axis)
    epsilon = checks.as_probability(epsilon, "epsilon")
    epsilon = float(checks.with_axes(0, epsilon, "epsilon", "a single number"))
    with np.errstate(under="ignore"):
        return np.moveaxis((1 - epsilon) * p + epsilon / p.shape[-1], -1, axis)


def nll(
    q: ArrayLike,
    labels: ArrayLike,
    *,
    axis: int = -1,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> Floats:
    r"""Return the negative log-likelihood :math:`-\log q_y` of labels under probabilities `q`.

    From scores, `softmax_cross_entropy` gives the same number without underflow.

    Parameters
    ----------
    q : array_like, shape (..., K)
        The model's pmfs along `axis`, one for each example.
    labels : array_like of int, shape (...)
        The class of each example.
    axis : int, default -1
        The axis of the classes.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, shape (...), optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of shape (...); ``inf`` where `q` gave the label
        probability 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), eq. (4.108).

    Examples
    --------
    >>> nll([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]], [0, 2])
    np.float64(1.5)
    """
    log, pmfs = logarithm(base), Pmfs(q, "q", axis)
    labels = checks.as_labels(labels, pmfs.x.shape[-1], shape=pmfs.x.shape[:-1])

    def loss(q, labels):
        return 0 - log(np.minimum(q[np.arange(len(q)), labels[:, 0]], 1))

    return _reduced(loss, labels.shape, reduction, weights, pmfs, Rows(labels[..., None]))


def softmax_cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> Floats:
    r"""Return the cross-entropy of targets relative to ``softmax(logits)``.

    :math:`\log \sum_j e^{z_j} - \sum_k t_k z_k`, which for a label `y` is
    :math:`-\log \mathrm{softmax}(z)_y`.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores along `axis`, one set for each example.
    targets : array_like
        Integers of shape (...) are the labels; floats of the shape of `logits`, or with a length
        of 1 for any length, are target pmfs along `axis`.
    axis : int, default -1
        The axis of the classes.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, shape (...), optional
        A weight for each example. For a weight `c` for each class, pass ``c[labels]``.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of shape (...).

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.2.2.3.

    Examples
    --------
    >>> softmax_cross_entropy([[0, 0, 0, 0], [0, 0, -np.inf, -np.inf]], [3, 1])
    np.float64(1.5)
    >>> softmax_cross_entropy([[0, 0, 0, 0]], [[0.5, 0.5, 0, 0]], reduction="none")
    array([2.])
    """
    log, unit, scores = logarithm(base), log_base(base), Logits(logits, axis)
    t = checks.as_targets(targets, scores)

    def loss(z, t):
        top = scores.top
        if t.dtype.kind in "iu":
            expected = z[np.arange(len(z)), t[:, 0]] - top[:, 0]
        else:
            expected = sum(expect(t[:, c], z[:, c] - top) for c in parts(z.shape[-1], TILE))
        return _log_sum_exp(z, top, log, unit) - expected / unit

    return _reduced(loss, scores.x.shape[:-1], reduction, weights, scores, t)


def softmax_cross_entropy_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> np.ndarray:
    r"""Return the gradient of `softmax_cross_entropy` with respect to the logits.

    For one example it is :math:`(\mathrm{softmax}(z) - t) / \ln b` in units of base `b`, with the
    one-hot pmf as `t` where the target is a label.

    Parameters
    ----------
    logits, targets, axis, reduction, weights, base
        As for `softmax_cross_entropy`. With "none", each example's gradient is that of its own
        loss.

    Returns
    -------
    ndarray
        The shape of `logits`.

    Raises
    ------
    TypeError, ValueError
        As for `softmax_cross_entropy`.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), eq. (4.109).

    Examples
    --------
    >>> softmax_cross_entropy_grad([0, 0, 0, 0], 3, base=np.e)
    array([ 0.25,  0.25,  0.25, -0.75])
    """
    unit, scores = log_base(base), Logits(logits, axis)
    t, lead = checks.as_targets(targets, scores), scores.x.shape[:-1]
    weights, divisor = checks.as_example_weights(weights, lead, reduction)
    weights = np.ones(1) if weights is None else weights.reshape(*lead, 1)

    def slope(z, t, weight):
        q = _softmax(z, scores.top)
        if t.dtype.kind in "iu":
            q[np.arange(len(q)), t[:, 0]] -= 1
        else:
            q = q - t
        return q * (weight / (divisor * unit))

    return _filled(slope, scores, t, Rows(weights))


def binary_cross_entropy(
    q: ArrayLike,
    *,
    targets: ArrayLike,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> Floats:
    r"""Return the cross-entropy of yes/no targets relative to probabilities `q` of "yes".

    :math:`-t \log q - (1 - t) \log(1 - q)`, for the probability `t` of "yes" in the target
    (0 or 1 for a label), with :math:`0 \log 0 = 0`. From scores,
    `binary_cross_entropy_with_logits` gives the same number without loss of digits.

    Parameters
    ----------
    q : array_like
        Probabilities of "yes" in the model, from 0 to 1, of any shape.
    targets : array_like
        Probabilities of "yes", from 0 to 1, in the shape of `q`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, in the shape of the batch, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the shape of the batch; ``inf`` where `q` gave
        probability 0 to an answer that the target gives some.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), eq. (4.90).

    Examples
    --------
    >>> binary_cross_entropy([0.5, 0.25, 1], targets=[1, 0, 1], reduction="none")
    array([1.       , 0.4150375, 0.       ])
    """
    q, t = checks.as_probability(q, "q"), checks.as_probability(targets, "targets")

    def loss(q, t):
        return 0 - (expect(t, np.log(q)) + expect(1 - t, np.log1p(-q)))

    return _elementwise(loss, reduction, weights, base, q=q, targets=t)


def binary_cross_entropy_with_logits(
    logits: ArrayLike,
    *,
    targets: ArrayLike,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> Floats:
    r"""Return the cross-entropy of yes/no targets relative to :math:`1 / (1 + e^{-z})`.

    :math:`\log(1 + e^z) - t z`, for the logit `z` of "yes" and the probability `t` of "yes" in
    the target (0 or 1 for a label). The logit of a probability q is ``log(q / (1 - q))``;
    `binary_cross_entropy` takes the probability itself.

    Parameters
    ----------
    logits : array_like
        Finite scores of "yes", of any shape.
    targets : array_like
        Probabilities of "yes", from 0 to 1, in the shape of `logits`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, in the shape of the batch, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the shape of the batch.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), eq. (4.90).

    Examples
    --------
    >>> binary_cross_entropy_with_logits([0, 0, 1e4], targets=[1, 0.5, 1], reduction="none")
    array([1., 1., 0.])
    """
    z, t = checks.as_real(logits, "logits"), checks.as_probability(targets, "targets")

    def loss(z, t):
        far = np.abs(z)  # log(1 + e^z) - t z, without the difference of large numbers
        return far * np.where(z > 0, 1 - t, t) + np.log1p(np.exp(-far))

    return _elementwise(loss, reduction, weights, base, logits=z, targets=t)


def gaussian_nll(
    x: ArrayLike,
    *,
    mean: ArrayLike,
    sigma: ArrayLike,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> Floats:
    r"""Return the negative log density of a Gaussian: squared error, made a cross-entropy.

    :math:`\frac{(x - \mu)^2}{2 \sigma^2} \log e + \frac12 \log(2 \pi \sigma^2)`.

    Parameters
    ----------
    x : array_like
        Observations.
    mean : array_like
        Means, in the shape of `x`.
    sigma : array_like
        Standard deviations, greater than 0, in the shape of `x`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, in the shape of the batch, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the shape of the batch. It can be negative: it is the
        logarithm of a density.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), eq. (1.46).

    Examples
    --------
    >>> off, right = (gaussian_nll(x, mean=2, sigma=1, base=np.e) for x in ([1.0, 3.0], 2))
    >>> print(off - right)
    0.5
    """
    x, mean = checks.as_real(x, "x"), checks.as_real(mean, "mean")
    sigma = checks.as_positive(sigma, "sigma")

    def loss(x, mean, sigma):
        return np.log(sigma) + math.log(2 * math.pi) / 2 + distance(x, mean, sigma) ** 2 / 2

    return _elementwise(loss, reduction, weights, base, x=x, mean=mean, sigma=sigma)


def laplace_nll(
    x: ArrayLike,
    *,
    loc: ArrayLike,
    scale: ArrayLike,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> Floats:
    r"""Return the negative log density of a Laplace: absolute error, made a cross-entropy.

    :math:`\frac{|x - m|}{s} \log e + \log(2 s)` for location `m` and scale `s`.

    Parameters
    ----------
    x : array_like
        Observations.
    loc : array_like
        Locations: the medians, in the shape of `x`.
    scale : array_like
        Scales, greater than 0: the mean absolute deviations, in the shape of `x`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, in the shape of the batch, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the shape of the batch; it can be negative.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    References
    ----------
    K. P. Murphy, Machine Learning: A Probabilistic Perspective (2012), section 2.4.3.

    Examples
    --------
    >>> print(laplace_nll(2, loc=2, scale=1))
    1.0
    """
    x, loc = checks.as_real(x, "x"), checks.as_real(loc, "loc")
    scale = checks.as_positive(scale, "scale")

    def loss(x, loc, scale):
        return np.log(scale) + math.log(2) + np.abs(distance(x, loc, scale))

    return _elementwise(loss, reduction, weights, base, x=x, loc=loc, scale=scale)


def poisson_nll(
    counts: ArrayLike,
    *,
    rate: ArrayLike,
    reduction: str = "mean",
    weights: ArrayLike | None = None,
    base: float = 2,
) -> Floats:
    r"""Return the negative log-likelihood of counts under a Poisson.

    :math:`\lambda \log e - k \log \lambda + \log k!`, all three terms: some frameworks leave the
    last one out, and then the number is no cross-entropy.

    Parameters
    ----------
    counts : array_like
        Whole numbers from 0.
    rate : array_like
        Rates :math:`\lambda`, not negative, in the shape of `counts`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, in the shape of the batch, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the shape of the batch; ``inf`` for a count above 0 at
        rate 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    Notes
    -----
    Evaluated is :math:`(k \log(k/\lambda) - k + \lambda) + (\log k! - k \log k + k)`. The first
    bracket is a term of `kl_divergence`, the second is Stirling's series; the three terms above are
    as large as :math:`k \log k`, and their difference would lose its digits.

    References
    ----------
    C. Loader, Fast and accurate computation of binomial probabilities (2000).

    Examples
    --------
    >>> poisson_nll([0, 1], rate=[0, 1], reduction="none", base=np.e)
    array([0., 1.])
    """
    counts, rate = checks.as_counts(counts, "counts"), checks.as_nonnegative(rate, "rate")

    def loss(k, rate):
        k, rate = k.astype(np.float64), rate.astype(np.float64)
        return kl_terms(k, rate, rate - k) + _stirling(k)

    return _elementwise(loss, reduction, weights, base, counts=counts, rate=rate)


def _softmax(z, top):
    """Return the softmax of the rows of a tile; less their maximum, exp cannot overflow."""
    e = np.exp(z - top)
    return e / e.sum(-1, keepdims=True)


def _log_sum_exp(z, top, log, unit):
    """Return log sum exp(z - top) of the rows of a tile, given their maxima.

    Where one score stands out the sum is about 1, and the others are what the logarithm is about.
    """
    sums = _sum_exp(z, top)
    log_sum = log(sums)
    clear = np.flatnonzero(sums < 1 + small(sums.dtype))
    if clear.size:
        z, top = upright(z[clear]), top[clear]
        log_sum[clear] = np.log1p(_sum_exp(np.where(z < top, z, -np.inf), top)) / unit
    return log_sum


def _sum_exp(z, top):
    """Return the sums of exp(z - top) over the rows of a tile."""
    return sum(np.exp(z[:, c] - top).sum(-1) for c in parts(z.shape[-1], TILE))


def _stirling(k):
    """Return log k! - k log k + k: a table, and from 16 on the series that bears the name."""
    z = 1 / (k * k)
    series = 1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680))
    series = series / k + (np.log(k) + math.log(2 * math.pi)) / 2
    return np.where(k < 16, _LOG_FACTORIALS[np.minimum(k, 15).astype(np.int64)], series)


def _filled(function, z, *others):
    """Return an array like the logits, filled tile by tile by a function of whole rows."""
    out = np.empty(z.x.shape, _dtype(z, *others[:1]))
    table = out.reshape(math.prod(out.shape[:-1]), out.shape[-1])
    with np.errstate(all="ignore"):
        for rows, parts in sweep(out.shape[:-1], z, *others, whole=True):
            table[rows] = function(*parts)
    return np.moveaxis(out, -1, z.axis)


def _elementwise(loss, reduction, weights, base, **arrays):
    """Return the reduction of a loss in nats whose arguments have the shape of the batch."""
    unit = log_base(base)
    rows, shape = checks.as_same_shape(**arrays)
    return _reduced(lambda *tiles: loss(*tiles) / unit, shape, reduction, weights, *rows)


def _reduced(loss, shape, reduction, weights, *sources):
    """Return the losses of a batch, reduced, where ``loss(*tiles)`` is that of a tile's rows."""
    weights, divisor = checks.as_example_weights(weights, shape, reduction)
    dtype = _dtype(*sources)
    each, total = np.empty(math.prod(shape), dtype) if reduction == "none" else None, 0.0
    with np.errstate(all="ignore"):
        for rows, parts in sweep(shape, *sources, whole=True):
            losses = np.ravel(loss(*parts))
            if weights is not None:
                losses = np.where(weights[rows] > 0, losses * weights[rows], 0)
            if each is None:
                total += losses.sum(dtype=np.float64)
            else:
                each[rows] = losses
    return dtype.type(total / divisor) if each is None else each.reshape(shape)[()]


def _dtype(*sources):
    """Return float32 if all that is no label is of that type, otherwise float64."""
    return np.result_type(*(source.x.dtype for source in sources if source.x.dtype.kind == "f"))
