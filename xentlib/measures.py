"""Surprisal, entropy, cross-entropy and divergences of probability mass functions, in bits.

Every function takes pmfs along `axis`, broadcasts over the other axes, keeps float32, and gives a
number for a single pmf. ``base=2`` measures in bits, ``base=np.e`` in nats.
"""

import math

import numpy as np

from ._blocks import TILE, row_dots, span, tiles
from .checks import (
    PmfRows,
    as_float,
    as_joint,
    as_pair,
    as_positive,
    as_probability,
    as_real,
    as_weights,
    log_base,
)


def surprisal(p, *, base=2):
    r"""Return the surprisal :math:`\log 1/p` of events of probability `p`.

    Parameters
    ----------
    p : array_like
        Probabilities, of any shape; they need not sum to 1.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        The shape of `p`; ``inf`` where `p` is 0.

    Raises
    ------
    TypeError, ValueError
        If an entry is not a number between 0 and 1, or `base` is not greater than 1.

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, Bell System Technical Journal 27
    (1948), section 6.

    Examples
    --------
    >>> surprisal([1, 1 / 2, 1 / 8, 0])
    array([ 0.,  1.,  3., inf])
    >>> surprisal(1 / 8)
    np.float64(3.0)
    """
    log, unit = _logarithm(base)
    p = as_probability(p)
    with np.errstate(divide="ignore"):
        return _finish(np.asarray(log(p)), -unit)


def entropy(p, *, base=2, axis=-1):
    r"""Return the entropy :math:`H(p) = \sum_k p_k \log 1/p_k`, with :math:`0 \log 1/0 = 0`.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Probabilities, one pmf along `axis`.
    base : float, default 2
        The unit: 2 for bits, e for nats.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    float or ndarray, shape (...)

    Raises
    ------
    TypeError, ValueError
        If `p` does not hold pmfs (see `xentlib.checks.as_pmf`), or `base` is not greater than 1.

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), eq. (2.1).

    Examples
    --------
    >>> entropy([1 / 2, 1 / 4, 1 / 4])
    np.float64(1.5)
    >>> entropy([[1 / 2, 1 / 2], [1, 0]])
    array([1., 0.])
    """
    log, unit = _logarithm(base)
    p = as_float(p, "p", axis)
    lead = p.shape[:-1]
    rows = PmfRows(p, lead, "p", axis, signs=False)
    return _finish(_sum_rows(_p_log_p, log, lead, p.shape[-1], p.dtype, rows), -unit)


def cross_entropy(p, q, *, base=2, axis=-1):
    r"""Return the cross-entropy :math:`H(p, q) = \sum_k p_k \log 1/q_k`.

    It is the expected ideal codeword length when outcomes come from the source `p` and the code
    was built for the model `q`. It is ``inf`` if an outcome of the source has probability 0 in
    the model.

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The source and the model: probabilities, one pmf along `axis`.
    base : float, default 2
        The unit: 2 for bits, e for nats.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    float or ndarray, shape (...)

    Raises
    ------
    TypeError, ValueError
        If `p` or `q` does not hold pmfs (see `xentlib.checks.as_pmf`), if they do not list the
        same outcomes, or if `base` is not greater than 1.

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), theorem 5.4.3.

    Examples
    --------
    >>> alice, bob = [1/2, 1/4, 1/8, 1/8], [1/8, 1/2, 1/4, 1/8]
    >>> cross_entropy(bob, alice)
    np.float64(2.25)
    >>> cross_entropy(bob, alice) == entropy(bob) + kl_divergence(bob, alice)
    np.True_
    """
    log, unit = _logarithm(base)
    p, q, lead = as_pair(p, q, axis=axis)
    rows = PmfRows(p, lead, "p", axis), PmfRows(q, lead, "q", axis, signs=False)
    return _finish(_sum_rows(_p_log_q, log, lead, p.shape[-1], _common(p, q), *rows), -unit)


def kl_divergence(p, q, *, base=2, axis=-1):
    r"""Return the Kullback-Leibler divergence :math:`KL(p\|q) = \sum_k p_k \log p_k/q_k`.

    It is the number of additional bits that outcomes of the source `p` cost when the code was
    built for the model `q`: ``cross_entropy(p, q) - entropy(p)`` without the loss of digits.

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The source and the model: probabilities, one pmf along `axis`.
    base : float, default 2
        The unit: 2 for bits, e for nats.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    float or ndarray, shape (...)
        ``inf`` if an outcome of the source has probability 0 in the model.

    Raises
    ------
    TypeError, ValueError
        If `p` or `q` does not hold pmfs (see `xentlib.checks.as_pmf`), if they do not list the
        same outcomes, or if `base` is not greater than 1.

    Notes
    -----
    The sum is that of the numbers given, which are not normalised first. Where `p` and `q` are
    close, :math:`p_k \log p_k/q_k` is evaluated as :math:`p_k (r_k - \log(1 + r_k)) + (p_k - q_k)`
    with :math:`r_k = (q_k - p_k)/p_k`, which keeps the digits that the quotient loses. If the sums
    of `p` and `q` differ by rounding, about 1e-16, that difference is part of the result, and by
    no more than it can the result fall below 0.

    References
    ----------
    S. Kullback and R. A. Leibler, On information and sufficiency, Annals of Mathematical
    Statistics 22 (1951), eq. (2.4).

    Examples
    --------
    >>> kl_divergence([1/2, 1/4, 1/4], [1/4, 1/4, 1/2])
    np.float64(0.25)
    >>> kl_divergence([1/2, 1/2], [1, 0])
    np.float64(inf)
    >>> d = 2.0**-30
    >>> print(kl_divergence([1/2, 1/2], [1/2 + d, 1/2 - d], base=np.e) / (2 * d**2))
    1.0
    """
    log, unit = _logarithm(base)
    p, q, lead = as_pair(p, q, axis=axis)
    rows = PmfRows(p, lead, "p", axis, signs=False), PmfRows(q, lead, "q", axis)
    sums = _sum_rows(_p_log_ratio, log, lead, p.shape[-1], _common(p, q), *rows)
    _mend(sums, p.shape[-1], log_base(base) / unit, *rows)
    return _finish(sums, unit)


def js_divergence(p, q, *, base=2, axis=-1):
    r"""Return the Jensen-Shannon divergence of `p` and `q`.

    With the mixture :math:`m = (p + q)/2` it is
    :math:`JS(p, q) = \frac12 KL(p\|m) + \frac12 KL(q\|m)`: symmetric, finite, at most 1 bit.

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        Two sources: probabilities, one pmf along `axis`.
    base : float, default 2
        The unit: 2 for bits, e for nats.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    float or ndarray, shape (...)

    Raises
    ------
    TypeError, ValueError
        If `p` or `q` does not hold pmfs (see `xentlib.checks.as_pmf`), if they do not list the
        same outcomes, or if `base` is not greater than 1.

    Notes
    -----
    Where `p` and `q` are close, their term is evaluated as
    :math:`\frac14 (p + q) (2 d \operatorname{artanh} d + \log(1 - d^2))` with
    :math:`d = (p - q)/(p + q)`, which keeps its digits and is never negative.

    References
    ----------
    J. Lin, Divergence measures based on the Shannon entropy, IEEE Transactions on Information
    Theory 37 (1991), section III.

    Examples
    --------
    >>> js_divergence([1, 0], [0, 1])
    np.float64(1.0)
    >>> js_divergence([1/2, 1/2], [1/2, 1/2])
    np.float64(0.0)
    """
    size = log_base(base)
    p, q, lead = as_pair(p, q, axis=axis)
    rows = PmfRows(p, lead, "p", axis), PmfRows(q, lead, "q", axis)
    sums = _sum_rows(_jensen_shannon, None, lead, p.shape[-1], _common(p, q), *rows, size=2 * _MANY)
    return _finish(sums, 4 * size)


def mutual_information(joint, *, base=2):
    r"""Return the mutual information :math:`I(X; Y)` of two variables with pmf `joint`.

    It is the divergence of the joint pmf from the product of its marginals,
    :math:`\sum_{x,y} p(x,y) \log \frac{p(x,y)}{p(x)\,p(y)}`.

    Parameters
    ----------
    joint : array_like, shape (..., A, B)
        Joint probabilities: each table of the last two axes sums to 1.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray, shape (...)

    Raises
    ------
    TypeError, ValueError
        If `joint` has fewer than two axes or does not hold joint pmfs, or `base` is not greater
        than 1.

    Notes
    -----
    It is never negative: where the variables are nearly independent, each term is evaluated as
    :math:`p (r - \log(1 + r))` with the relative difference r of the product of the marginals.

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), eq. (2.28).

    Examples
    --------
    >>> mutual_information([[1/2, 0], [0, 1/2]])
    np.float64(1.0)
    >>> mutual_information([[1/4, 1/4], [1/4, 1/4]])
    np.float64(0.0)
    """
    log, unit = _logarithm(base)
    joint = as_joint(joint)
    lead, (a, b) = joint.shape[:-2], joint.shape[-2:]
    flat = joint.reshape(*lead, a * b)
    rows = PmfRows(flat, lead, "joint", signs=False, given=joint), _Product(joint)
    sums = _sum_rows(_p_log_ratio, log, lead, a * b, joint.dtype, *rows)
    _mend(sums, a * b, log_base(base) / unit, *rows, logs=rows[1].logs)
    return _finish(sums, unit)


def perplexity(p, q=None, *, axis=-1):
    r"""Return the perplexity :math:`2^{H(p)}`, or :math:`2^{H(p, q)}` if a model `q` is given.

    It is the number of equally likely outcomes that would be as hard to guess; it has no unit.

    Parameters
    ----------
    p : array_like, shape (..., K)
        The source: probabilities, one pmf along `axis`.
    q : array_like, shape (..., K), optional
        The model.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    float or ndarray, shape (...)
        Between 1 and K without `q`; ``inf`` if an outcome of the source has probability 0 in `q`.

    Raises
    ------
    TypeError, ValueError
        If `p` or `q` does not hold pmfs (see `xentlib.checks.as_pmf`), or if they do not list the
        same outcomes.

    References
    ----------
    F. Jelinek, R. L. Mercer, L. R. Bahl and J. K. Baker, Perplexity: a measure of the difficulty
    of speech recognition tasks, Journal of the Acoustical Society of America 62 (1977), S63.

    Examples
    --------
    >>> perplexity([1/4, 1/4, 1/4, 1/4])
    np.float64(4.0)
    >>> perplexity([1, 0], [1/8, 7/8])
    np.float64(8.0)
    """
    with np.errstate(over="ignore"):
        return np.exp2(entropy(p, axis=axis) if q is None else cross_entropy(p, q, axis=axis))


def normalize(counts, *, axis=-1):
    r"""Return the pmf proportional to `counts`: :math:`p_k = n_k / \sum_j n_j`.

    Parameters
    ----------
    counts : array_like, shape (..., K)
        Counts, or any weights of the outcomes: not negative, not all 0.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    ndarray
        The shape of `counts`.

    Raises
    ------
    TypeError, ValueError
        If a count is NaN, infinite or negative, or all counts along `axis` are 0.

    Examples
    --------
    >>> normalize([2, 1, 1])
    array([0.5 , 0.25, 0.25])
    """
    w = as_weights(counts, "counts", axis)
    with np.errstate(over="ignore"):
        total = w.sum(-1, keepdims=True)
    if not np.isfinite(total).all():
        w = w / w.max(-1, keepdims=True)
        total = w.sum(-1, keepdims=True)
    out = w / total
    return out if axis == -1 else np.moveaxis(out, -1, axis)


def gaussian_entropy(sigma, *, base=2):
    r"""Return the differential entropy of a Gaussian, :math:`\frac12 \log(2 \pi e \sigma^2)`.

    Parameters
    ----------
    sigma : array_like
        The standard deviation, greater than 0, of any shape.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        The shape of `sigma`; negative for a narrow density.

    Raises
    ------
    TypeError, ValueError
        If `sigma` is not finite and greater than 0, or `base` is not greater than 1.

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), eq. (8.9).

    Examples
    --------
    >>> print(gaussian_entropy([1, 1 / 8]).round(4))
    [ 2.0471 -0.9529]
    """
    sigma = as_positive(sigma, "sigma")
    return _finish(np.log(sigma) + sigma.dtype.type(_HALF_LOG_2PI + 0.5), log_base(base))


def gaussian_cross_entropy(*, mean_p, sigma_p, mean_q, sigma_q, base=2):
    r"""Return the cross-entropy of one Gaussian density relative to another.

    :math:`\frac12 \log(2 \pi \sigma_q^2)
    + \frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2 \sigma_q^2} \log e`.

    Parameters
    ----------
    mean_p, sigma_p : array_like
        Mean and standard deviation of the source.
    mean_q, sigma_q : array_like
        Mean and standard deviation of the model. All four broadcast.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not finite, a sigma not greater than 0, or `base` not greater than 1.

    References
    ----------
    The expectation of the negative log density of the model, from the second moment of the
    source about `mean_q`.

    Examples
    --------
    >>> gaussian_cross_entropy(mean_p=0, sigma_p=1, mean_q=0, sigma_q=1) == gaussian_entropy(1)
    np.True_
    >>> far = gaussian_cross_entropy(mean_p=0, sigma_p=1, mean_q=1, sigma_q=1, base=np.e)
    >>> print(far - gaussian_entropy(1, base=np.e))
    0.5
    """
    mean_p, sigma_p, mean_q, sigma_q = _gaussians(mean_p, sigma_p, mean_q, sigma_q)
    with np.errstate(over="ignore"):
        square = (sigma_p / sigma_q) ** 2 + ((mean_p - mean_q) / sigma_q) ** 2
        out = np.log(sigma_q) + sigma_q.dtype.type(_HALF_LOG_2PI) + square / 2
    return _finish(out, log_base(base))


def gaussian_kl(*, mean_p, sigma_p, mean_q, sigma_q, base=2):
    r"""Return the Kullback-Leibler divergence of one Gaussian density from another.

    :math:`\log\frac{\sigma_q}{\sigma_p}
    + \Bigl(\frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2 \sigma_q^2} - \frac12\Bigr) \log e`.

    Parameters
    ----------
    mean_p, sigma_p : array_like
        Mean and standard deviation of the source.
    mean_q, sigma_q : array_like
        Mean and standard deviation of the model. All four broadcast.
    base : float, default 2
        The unit: 2 for bits, e for nats.

    Returns
    -------
    float or ndarray
        Never negative.

    Raises
    ------
    TypeError, ValueError
        If an argument is not finite, a sigma not greater than 0, or `base` not greater than 1.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), exercise 1.30.

    Examples
    --------
    >>> gaussian_kl(mean_p=3, sigma_p=2, mean_q=3, sigma_q=2)
    np.float64(0.0)
    >>> print(gaussian_kl(mean_p=0, sigma_p=1, mean_q=1, sigma_q=1, base=np.e))
    0.5
    """
    mean_p, sigma_p, mean_q, sigma_q = _gaussians(mean_p, sigma_p, mean_q, sigma_q)
    with np.errstate(all="ignore"):
        t = (sigma_p - sigma_q) / sigma_q * ((sigma_p + sigma_q) / sigma_q)
        ratio = np.log(sigma_p) - np.log(sigma_q)
        width = np.where(np.abs(t) < 0.5, _minus_log1p(t), t - 2 * ratio)
        out = width / 2 + ((mean_p - mean_q) / sigma_q) ** 2 / 2
    return _finish(out, log_base(base))


_HALF_LOG_2PI = math.log(2 * math.pi) / 2
_MANY = 1 << 13  # elements in a tile where a formula has many temporaries
_CLOSE = 1e-3  # bits or nats: in a smaller sum, rounding would show in the twelfth digit
_CLOSE_SINGLE = 0.05  # in float32, in the sixth
_TINY = {char: np.finfo(char).smallest_subnormal for char in "df"}


def _logarithm(base):
    """Return a ufunc and what to divide its result by, so that bits and nats are exact."""
    if base == 2:
        return np.log2, 1.0
    return np.log, log_base(base)


def _finish(out, unit):
    """Return `out` / `unit` without a negative zero, in place; a scalar if it is 0-d."""
    out = np.asarray(out)
    if abs(unit) != 1:
        np.divide(out, abs(unit), out=out)
    if unit < 0:
        np.subtract(0, out, out=out)
    return out[()]


def _common(p, q):
    return p.dtype if p.dtype == q.dtype else np.dtype(np.float64)


class _Product:
    """The product of the marginals of joint pmfs, read tile by tile as a `PmfRows` is."""

    def __init__(self, joint):
        a, b = joint.shape[-2:]
        self.px, self.py = joint.sum(-1).reshape(-1, a), joint.sum(-2).reshape(-1, b)

    def read(self, rows, cols):
        x, y = np.divmod(np.arange(cols.start, cols.stop), self.py.shape[-1])
        return self.px[rows][:, x] * self.py[rows][:, y]

    def logs(self, rows, cols):
        x, y = np.divmod(np.arange(cols.start, cols.stop), self.py.shape[-1])
        px, py = self.px[rows].astype(np.float64), self.py[rows].astype(np.float64)
        return np.log(px)[:, x] + np.log(py)[:, y]

    def check(self, tile, cols):
        pass  # they are pmfs if the joint pmf is one

    def check_signs(self, tile):
        pass


def _sum_rows(term, log, lead, k, dtype, *sources, size=TILE):
    """Return the sums over the rows of a term, in the shape `lead`.

    ``term(log, work, *tiles, careful)`` sums it over the rows of a tile and may give NaN where a
    probability is 0 or negative. Then the signs are checked, and from there on it is told to be
    careful with zeros. The tiles of all sources together have `size` elements.
    """
    out = np.empty(lead, dtype)
    flat = out.reshape(-1)
    work, careful = None, False
    with np.errstate(all="ignore"):
        for rows, cols in tiles(flat.size, k, size // len(sources)):
            height, width = rows.stop - rows.start, cols.stop - cols.start
            if work is None:
                work = np.empty((height, width), dtype)
            read = [source.read(rows, cols) for source in sources]
            part = term(log, work[:height, :width], *read, careful)
            # The checks come last, when the tiles are in the cache: the term's arithmetic hides
            # the time to fetch them, a sum would wait for it.
            for source, tile in zip(sources, read, strict=True):
                source.check(tile, cols)
            if math.isnan(span(part)[0]):
                for source, tile in zip(sources, read, strict=True):
                    source.check_signs(tile)
                careful = True
                part = term(log, work[:height, :width], *read, careful)
            if cols.start == 0:
                flat[rows] = part
            else:
                flat[rows] += part
    return out


def _p_log_p(log, work, p, careful):
    # The smallest number stands in for 0: its logarithm is finite, and is multiplied by 0.
    log(np.maximum(p, _TINY[work.dtype.char], out=work) if careful else p, out=work)
    return row_dots(p, work)


def _p_log_q(log, work, p, q, careful):
    log(q, out=work)
    if careful:
        np.copyto(work, 0, where=p == 0)
    return row_dots(p, work)


def _p_log_ratio(log, work, p, q, careful):
    np.divide(p, q, out=work)
    if careful:
        np.fmax(work, _TINY[work.dtype.char], out=work)  # replaces the NaN of 0/0 too
    log(work, out=work)
    return row_dots(p, work)


def _jensen_shannon(_, work, p, q, careful):
    tiny = _TINY[work.dtype.char]
    total = p + q
    if careful:
        np.maximum(total, tiny, out=total)
    d = np.divide(p - q, total, out=work)
    near = 2 * d * np.arctanh(d) + np.log1p(-d * d)
    u, v = 2 * p / total, 2 * q / total
    far = u * np.log(np.maximum(u, tiny)) + v * np.log(np.maximum(v, tiny))
    return row_dots(total, np.where(np.abs(d) < 0.5, near, far))


def _mend(sums, k, size, *sources, logs=None):
    """Evaluate again those rows of :math:`sum p log p/q` whose digits were lost, in place.

    These are the rows whose sum is so small that rounding shows in it, and those that are infinite,
    perhaps only because p/q overflowed. `size` is the unit of `sums` in nats.

    `logs` reads log q if q is itself computed, by a product that rounds and may underflow. Then the
    difference of the sums of p and q is nothing but rounding, and left out.
    """
    flat = sums.reshape(-1)
    close = _CLOSE if sums.dtype == np.float64 else _CLOSE_SINGLE
    low, high = span(flat)
    if low >= close and high < np.inf:
        return
    again = ~((flat >= close) & (flat < np.inf))
    with np.errstate(all="ignore"):
        for rows, cols in tiles(flat.size, k, _MANY):
            some = again[rows]
            if not some.any():
                continue
            p, q = (source.read(rows, cols).astype(np.float64) for source in sources)
            p, q = (x if len(x) == 1 else x[some] for x in (p, q))

            def log_q(rows=rows, cols=cols, some=some, q=q):
                return logs(rows, cols)[some] if logs else np.log(q)

            part = _close_sums(p, q, log_q, with_difference=logs is None) / size
            flat[rows][some] = part if cols.start == 0 else flat[rows][some] + part


def _close_sums(p, q, log_q, with_difference):
    """Return the sums of p log p/q, or of p log(p/q) - p + q without the difference of p and q.

    For close p and q the latter is p (r - log(1 + r)) with r = (q - p)/p, in which q - p is exact;
    it is never negative. The differences are added up apart, where they cancel best.
    """
    difference = p - q
    r = -difference / p
    near = np.abs(r) < 0.5
    term = p * _minus_log1p(r)
    if near.all():
        return term.sum(-1) + (difference.sum(-1) if with_difference else 0)
    far = np.where(p == 0, 0, p * (np.log(p) - log_q()))
    if with_difference:
        return np.where(near, term, far).sum(-1) + np.where(near, difference, 0).sum(-1)
    return np.where(near, term, far - difference).sum(-1)


def _minus_log1p(t):
    """Return t - log(1 + t): by a series where the difference would lose digits.

    With s = t/(2 + t), log(1 + t) = 2 artanh s = 2 (s + s^3/3 + s^5/5 + ...), and t - 2 s = t s.
    """
    s = t / (2 + t)
    z = s * s
    series = s * (t - 2 * z * (1 / 3 + z * (1 / 5 + z / 7)))
    small = np.abs(t) < 0.01
    return series if small.all() else np.where(small, series, t - np.log1p(t))


def _gaussians(mean_p, sigma_p, mean_q, sigma_q):
    mean_p, mean_q = as_real(mean_p, "mean_p"), as_real(mean_q, "mean_q")
    return mean_p, as_positive(sigma_p, "sigma_p"), mean_q, as_positive(sigma_q, "sigma_q")
