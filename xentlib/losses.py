"""Softmax and the losses of machine learning, in bits: every one of them is a cross-entropy.

``base=2`` measures in bits, gradients included; frameworks print nats, which is ``base=np.e``.
A loss over a batch takes ``reduction="mean"``, ``"sum"`` or ``"none"`` and a weight for each
example; the weighted mean divides by the sum of the weights.
"""

import math

import numpy as np

from ._blocks import TILE, row_dots, rows_of, tiles
from .checks import (
    as_counts,
    as_example_weights,
    as_float,
    as_labels,
    as_nonnegative,
    as_pmf,
    as_positive,
    as_probability,
    as_real,
    as_target_pmf,
    explain_logits,
    log_base,
)


def softmax(logits, *, axis=-1):
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
    z = as_float(logits, "logits", axis)
    out, table = _like(z)
    sums = None
    for rows, cols, shifted, _ in _shifted(z, axis):
        table[rows, cols] = np.exp(shifted, out=shifted)
        part = shifted.sum(-1)
        sums = part if cols.start == 0 else sums + part
        if cols.stop == z.shape[-1]:
            table[rows] /= sums[:, None]
    return np.moveaxis(out, -1, axis)


def log_softmax(logits, *, axis=-1, base=2):
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
    log, unit = _logarithm(base)
    z = as_float(logits, "logits", axis)
    out, table = _like(z)
    sums = None
    for rows, cols, shifted, _ in _shifted(z, axis):
        np.divide(shifted, unit, out=table[rows, cols])
        part = np.exp(shifted, out=shifted).sum(-1)
        sums = part if cols.start == 0 else sums + part
        if cols.stop == z.shape[-1]:
            table[rows] -= log(sums)[:, None]
    return np.moveaxis(out, -1, axis)


def one_hot(labels, n_classes, *, axis=-1):
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
    labels = as_labels(labels, n_classes)
    out = np.zeros((*labels.shape, n_classes))
    np.put_along_axis(out, labels[..., None].astype(np.intp), 1.0, -1)
    return np.moveaxis(out, -1, axis)


def smooth_labels(p, epsilon, *, axis=-1):
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
    p = as_pmf(p, "p", axis)
    epsilon = float(as_probability(epsilon, "epsilon"))
    return np.moveaxis((1 - epsilon) * p + epsilon / p.shape[-1], -1, axis)


def nll(q, labels, *, axis=-1, reduction="mean", weights=None, base=2):
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
    log, _ = _logarithm(base)
    q = as_pmf(q, "q", axis)
    lead, k = q.shape[:-1], q.shape[-1]
    labels = as_labels(labels, k, shape=lead).reshape(-1)
    batch = _Batch(lead, q.dtype, reduction, weights)
    read = rows_of(q, lead)
    for rows, _ in tiles(labels.size, 1):
        at = labels[rows]
        with np.errstate(divide="ignore"):
            batch.take(rows, 0 - log(read(rows, slice(0, k))[np.arange(at.size), at]))
    return batch.result()


def softmax_cross_entropy(logits, targets, *, axis=-1, reduction="mean", weights=None, base=2):
    r"""Return the cross-entropy of targets relative to ``softmax(logits)``.

    :math:`\log \sum_j e^{z_j} - \sum_k t_k z_k`, which for a label `y` is
    :math:`-\log \mathrm{softmax}(z)_y`.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Scores along `axis`, one set for each example.
    targets : array_like
        Integers of shape (...) are the labels; floats whose shape broadcasts to that of `logits`
        are target pmfs along `axis`.
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
    log, unit = _logarithm(base)
    z = as_float(logits, "logits", axis)
    lead, k = z.shape[:-1], z.shape[-1]
    labels, read_target, dtype = _targets(targets, z, axis)
    batch = _Batch(lead, dtype, reduction, weights)
    read = rows_of(z, lead)
    sums = picked = None
    for rows, cols, shifted, top in _shifted(z, axis):
        if labels is None:
            part = _expectation(read_target(rows, cols), shifted)
            picked = part if cols.start == 0 else picked + part
        elif cols.start == 0:
            at = labels[rows]
            with np.errstate(over="ignore"):
                picked = read(rows, slice(0, k))[np.arange(at.size), at] - top
        part = np.exp(shifted, out=shifted).sum(-1)
        sums = part if cols.start == 0 else sums + part
        if cols.stop == k:
            batch.take(rows, log(sums) - picked / unit)
    return batch.result()


def softmax_cross_entropy_grad(logits, targets, *, axis=-1, reduction="mean", weights=None, base=2):
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
    unit = log_base(base)
    z = as_float(logits, "logits", axis)
    lead, k = z.shape[:-1], z.shape[-1]
    labels, read_target, dtype = _targets(targets, z, axis)
    weights, divisor = as_example_weights(weights, lead, reduction)
    out, table = _like(z, dtype)
    sums = None
    for rows, cols, shifted, _ in _shifted(z, axis):
        table[rows, cols] = np.exp(shifted, out=shifted)
        part = shifted.sum(-1)
        sums = part if cols.start == 0 else sums + part
        if cols.stop < k:
            continue
        scale = (1 if weights is None else weights[rows]) / (divisor * unit)
        scale = np.broadcast_to(scale, sums.shape).astype(dtype)
        table[rows] *= (scale / sums)[:, None]
        if labels is None:
            for _, part in tiles(1, k):
                table[rows, part] -= scale[:, None] * read_target(rows, part)
        else:
            table[np.arange(rows.start, rows.stop), labels[rows]] -= scale
    return np.moveaxis(out, -1, axis)


def binary_cross_entropy(q, *, targets, reduction="mean", weights=None, base=2):
    r"""Return the cross-entropy of yes/no targets relative to probabilities `q` of "yes".

    :math:`-t \log q - (1 - t) \log(1 - q)`, for the probability `t` of "yes" in the target
    (0 or 1 for a label), with :math:`0 \log 0 = 0`. From scores,
    `binary_cross_entropy_with_logits` gives the same number without loss of digits.

    Parameters
    ----------
    q : array_like
        Probabilities of "yes" in the model, from 0 to 1, of any shape.
    targets : array_like
        Probabilities of "yes", from 0 to 1. Broadcasts with `q`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the broadcast shape; ``inf`` where `q` gave
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
    from scipy.special import xlog1py, xlogy

    q, t = as_probability(q, "q"), as_probability(targets, "targets")

    def term(q, t):
        return 0 - xlogy(t, q) - xlog1py(1 - t, -q)

    return _elementwise(term, (q, t), reduction, weights, base)


def binary_cross_entropy_with_logits(logits, *, targets, reduction="mean", weights=None, base=2):
    r"""Return the cross-entropy of yes/no targets relative to :math:`1 / (1 + e^{-z})`.

    :math:`\log(1 + e^z) - t z`, for the logit `z` of "yes" and the probability `t` of "yes" in
    the target (0 or 1 for a label). The logit of a probability q is ``log(q / (1 - q))``;
    `binary_cross_entropy` takes the probability itself.

    Parameters
    ----------
    logits : array_like
        Finite scores of "yes", of any shape.
    targets : array_like
        Probabilities of "yes", from 0 to 1. Broadcasts with `logits`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the broadcast shape.

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
    z, t = as_real(logits, "logits"), as_probability(targets, "targets")

    def term(z, t):
        far = np.abs(z)  # log(1 + e^z) - t z, without the difference of large numbers
        return far * np.where(z > 0, 1 - t, t) + np.log1p(np.exp(-far))

    return _elementwise(term, (z, t), reduction, weights, base)


def gaussian_nll(x, *, mean, sigma, reduction="mean", weights=None, base=2):
    r"""Return the negative log density of a Gaussian: squared error, made a cross-entropy.

    :math:`\frac{(x - \mu)^2}{2 \sigma^2} \log e + \frac12 \log(2 \pi \sigma^2)`.

    Parameters
    ----------
    x : array_like
        Observations.
    mean : array_like
        Means. The first three arguments broadcast.
    sigma : array_like
        Standard deviations, greater than 0.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the broadcast shape. It can be negative: it is the
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
    args = as_real(x, "x"), as_real(mean, "mean"), as_positive(sigma, "sigma")

    def term(x, mean, sigma):
        return np.log(sigma) + math.log(2 * math.pi) / 2 + ((x - mean) / sigma) ** 2 / 2

    return _elementwise(term, args, reduction, weights, base)


def laplace_nll(x, *, loc, scale, reduction="mean", weights=None, base=2):
    r"""Return the negative log density of a Laplace: absolute error, made a cross-entropy.

    :math:`\frac{|x - m|}{s} \log e + \log(2 s)` for location `m` and scale `s`.

    Parameters
    ----------
    x : array_like
        Observations.
    loc : array_like
        Locations: the medians. The first three arguments broadcast.
    scale : array_like
        Scales, greater than 0: the mean absolute deviations.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the broadcast shape; it can be negative.

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
    args = as_real(x, "x"), as_real(loc, "loc"), as_positive(scale, "scale")

    def term(x, loc, scale):
        return np.log(scale) + math.log(2) + np.abs((x - loc) / scale)

    return _elementwise(term, args, reduction, weights, base)


def poisson_nll(counts, *, rate, reduction="mean", weights=None, base=2):
    r"""Return the negative log-likelihood of counts under a Poisson.

    :math:`\lambda \log e - k \log \lambda + \log k!`, all three terms: some frameworks leave the
    last one out, and then the number is no cross-entropy.

    Parameters
    ----------
    counts : array_like
        Whole numbers from 0.
    rate : array_like
        Rates :math:`\lambda`, not negative. Broadcasts with `counts`.
    reduction : {"mean", "sum", "none"}, default "mean"
        How the loss is taken over the examples.
    weights : array_like, optional
        A weight for each example.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        A number, or for "none" an array of the broadcast shape; ``inf`` for a count above 0 at
        rate 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, or the mean of no example is asked for.

    References
    ----------
    K. P. Murphy, Machine Learning: A Probabilistic Perspective (2012), section 2.3.3.

    Examples
    --------
    >>> poisson_nll([0, 1], rate=[0, 1], reduction="none", base=np.e)
    array([0., 1.])
    """
    from scipy.special import gammaln, xlogy

    args = as_counts(counts, "counts"), as_nonnegative(rate, "rate")

    def term(k, rate):
        return rate - xlogy(k, rate) + gammaln(k + 1)

    return _elementwise(term, args, reduction, weights, base)


def _logarithm(base):
    """Return the logarithm to `base`, exact at powers of 2 if that is 2, and the unit in nats."""
    unit = log_base(base)
    return (np.log2 if base == 2 else lambda x: np.log(x) / unit), unit


def _like(z, dtype=None):
    """Return an array like `z` to be filled, and a view of it with one row an example."""
    out = np.empty(z.shape, dtype or z.dtype)
    return out, out.reshape(math.prod(z.shape[:-1]), z.shape[-1])


def _shifted(z, axis):
    """Yield tiles of the logits less their row's maximum, so that exp cannot overflow.

    Yields (rows, cols, shifted, top): two slices, a scratch tile that the caller may overwrite,
    and the maxima of its rows. The maxima also tell whether the logits are good.
    """
    lead, k = z.shape[:-1], z.shape[-1]
    read = rows_of(z, lead)
    work = None
    for rows, cols in tiles(math.prod(lead), k):
        if work is None:
            # Short rows lie down the columns of the scratch tile: NumPy adds whole columns fast.
            shape = rows.stop - rows.start, cols.stop - cols.start
            work = np.empty(shape, z.dtype, order="F" if k < 64 else "C")
        shifted = work[: rows.stop - rows.start, : cols.stop - cols.start]
        if k < 64:
            np.copyto(shifted, read(rows, cols))
            tile = shifted
        else:
            tile = read(rows, cols)
        if cols.start == 0:
            top = (tile if cols.stop == k else read(rows, slice(0, k))).max(-1)
            if not np.isfinite(top).all():
                explain_logits(z, "logits", axis)
        with np.errstate(over="ignore"):
            np.subtract(tile, top[:, None], out=shifted)
        yield rows, cols, shifted, top


def _targets(targets, z, axis):
    """Return the labels, or the reader of the target pmfs, and the dtype of the result."""
    lead, k = z.shape[:-1], z.shape[-1]
    given = targets if type(targets) is np.ndarray else np.asarray(targets)
    if given.dtype.kind in "iu" or (given.size == 0 and given.ndim < z.ndim):
        labels = as_labels(targets, k, "targets", shape=lead)
        return labels.reshape(-1), None, z.dtype
    t = as_target_pmf(targets, z, axis)
    return None, rows_of(t, lead), z.dtype if z.dtype == t.dtype else np.dtype(np.float64)


def _expectation(t, log_q):
    """Return the sums over the rows of t times log q, with 0 log 0 = 0."""
    with np.errstate(invalid="ignore"):
        out = row_dots(t, log_q.copy(order="K"))
    lost = np.isnan(out)  # from 0 times -inf
    if lost.any():
        t = np.broadcast_to(t, log_q.shape)[lost]
        out[lost] = np.multiply(t, log_q[lost], where=t > 0, out=np.zeros(t.shape)).sum(-1)
    return out


def _elementwise(term, args, reduction, weights, base):
    """Return the reduced loss whose value in nats is ``term(*args)``, tile by tile."""
    try:
        shape = np.broadcast_shapes(*(a.shape for a in args))
    except ValueError:
        raise ValueError(
            "the arguments do not broadcast: their shapes are "
            + " and ".join(str(a.shape) for a in args)
        ) from None
    dtype = np.result_type(*([a.dtype for a in args if a.ndim] or [a.dtype for a in args]))
    batch = _Batch(shape, dtype, reduction, weights)
    unit = log_base(base)
    walk = np.nditer(
        args,
        flags=["buffered", "external_loop", "zerosize_ok"],
        op_dtypes=[dtype] * len(args),
        casting="same_kind",
        order="C",
        buffersize=TILE,
    )
    start = 0
    for tile in walk if math.prod(shape) else ():
        rows = slice(start, start + tile[0].size)
        with np.errstate(over="ignore"):
            batch.take(rows, term(*tile) / unit)
        start = rows.stop
    return batch.result()


class _Batch:
    """Gather the losses of a batch as they are computed, in the way `reduction` says."""

    def __init__(self, shape, dtype, reduction, weights):
        self.shape, self.dtype = shape, dtype
        self.weights, self.divisor = as_example_weights(weights, shape, reduction)
        self.losses = np.empty(math.prod(shape), dtype) if reduction == "none" else None
        self.total = 0.0

    def take(self, rows, losses):
        if self.weights is not None:
            w = self.weights[rows]
            losses = np.multiply(losses, w, where=w > 0, out=np.zeros(w.shape))
        if self.losses is None:
            self.total += losses.sum(dtype=np.float64)
        else:
            self.losses[rows] = losses

    def result(self):
        if self.losses is None:
            return self.dtype.type(self.total / self.divisor)
        return self.losses.reshape(self.shape)[()]
