"""Surprisal, entropy, cross-entropy and divergences of probability mass functions, in bits.

Every function takes pmfs along `axis`, broadcasts over the other axes, keeps float32, and gives a
number for a single pmf. ``base=2`` measures in bits, ``base=np.e`` in nats. The source comes
first, the model second.
"""

__all__ = [
    "cross_entropy",
    "entropy",
    "gaussian_cross_entropy",
    "gaussian_entropy",
    "gaussian_kl",
    "js_divergence",
    "kl_divergence",
    "mutual_information",
    "normalize",
    "perplexity",
    "surprisal",
]

import math

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from ._blocks import Floats, Rows, expect, row_sums, rows_at, small, span, sum_rows, tiles
from .checks import Pmfs, as_pair, log_base, logarithm

_MANY = 1 << 13  # elements in a tile where a formula has many temporaries


def surprisal(p: ArrayLike, *, base: float = 2) -> Floats:
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
    log, p = logarithm(base), checks.as_probability(p)
    with np.errstate(all="ignore"):
        return _amount(0 - log(p))  # not the sign of -0


def entropy(p: ArrayLike, *, base: float = 2, axis: int = -1) -> Floats:
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
    log, source = logarithm(base), Pmfs(p, "p", axis)
    return _amount(sum_rows(lambda p: -expect(p, log(p)), source))


def cross_entropy(p: ArrayLike, q: ArrayLike, *, base: float = 2, axis: int = -1) -> Floats:
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
    log, (source, model) = logarithm(base), as_pair(p, q, axis)
    return _amount(sum_rows(lambda p, q: -expect(p, log(q)), source, model))


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float = 2, axis: int = -1) -> Floats:
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
    Evaluated is :math:`\sum_k (p_k \log p_k/q_k - p_k + q_k)`. Each of its terms is at least 0, so
    the result is never negative. If both sums are 1, the last two terms cancel; if the sums differ,
    because the entries were rounded, the result has the difference, in nats, added to the sum of
    the first terms, which alone could be negative. Where the result is small, a term is evaluated
    as :math:`p_k (r_k - \log(1 + r_k))` with :math:`r_k = (q_k - p_k)/p_k`, which keeps the digits
    that the quotient would lose.

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
    log, unit, (source, model) = logarithm(base), log_base(base), as_pair(p, q, axis)

    def term(p, q):
        return expect(p, log(p / q)) + (model.sums - source.sums) / unit

    def close(p, q):
        return kl_terms(p, q, q - p) / unit

    return _mended(sum_rows(term, source, model), close, source, model)


def js_divergence(p: ArrayLike, q: ArrayLike, *, base: float = 2, axis: int = -1) -> Floats:
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
    Where `p` and `q` are close, the two divergences are evaluated as in `kl_divergence`, from the
    exact differences :math:`m - p = (q - p)/2` and :math:`m - q`.

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
    log, unit, pair = logarithm(base), log_base(base), as_pair(p, q, axis)

    def term(p, q):
        m = (p + q) / 2
        return (expect(p, log(p / m)) + expect(q, log(q / m))) / 2

    def close(p, q):
        m, d = (p + q) / 2, (q - p) / 2
        return (kl_terms(p, m, d) + kl_terms(q, m, -d)) / (2 * unit)

    return np.minimum(_mended(sum_rows(term, *pair), close, *pair), math.log(2) / unit)


def mutual_information(joint: ArrayLike, *, base: float = 2) -> Floats:
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
    Evaluated is :math:`\sum_x p(x) \, KL(p(y|x) \| p(y))`, as in `kl_divergence`, which keeps its
    digits where the variables are nearly independent, and is never negative.

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
    unit, joint = log_base(base), checks.as_joint(joint)
    px, py = (joint.sum(axis, np.float64, keepdims=True) for axis in (-1, -2))

    def term(p, px, py):  # p(x) times the terms of the divergence of p(y | x) from p(y)
        given = np.where(px > 0, p / px, py)
        return row_sums(px * kl_terms(given, py, py - given))

    nats = sum_rows(term, Rows(joint), Rows(px), Rows(py)).sum(-1)
    with np.errstate(under="ignore"):
        return (nats / unit).astype(joint.dtype)[()]


def perplexity(p: ArrayLike, q: ArrayLike | None = None, *, axis: int = -1) -> Floats:
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
    if q is None:
        h = entropy(p, axis=axis)
        return np.clip(np.exp2(h), 1, np.shape(p)[axis])
    with np.errstate(over="ignore"):
        return np.exp2(cross_entropy(p, q, axis=axis))


def normalize(counts: ArrayLike, *, axis: int = -1) -> np.ndarray:
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
    n = checks.as_weights(counts, "counts", axis)
    with np.errstate(all="ignore"):
        total = n.sum(-1, keepdims=True)
        if not np.isfinite(total).all():
            n = n / n.max(-1, keepdims=True)
            total = n.sum(-1, keepdims=True)
        return np.moveaxis(n / total, -1, axis)


def gaussian_entropy(sigma: ArrayLike, *, base: float = 2) -> Floats:
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
    sigma, unit = checks.as_positive(sigma, "sigma"), log_base(base)
    return (np.log(sigma) + math.log(2 * math.pi * math.e) / 2) / unit


def gaussian_cross_entropy(
    *, mean_p: ArrayLike, sigma_p: ArrayLike, mean_q: ArrayLike, sigma_q: ArrayLike, base: float = 2
) -> Floats:
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
    with np.errstate(all="ignore"):
        square = (sigma_p / sigma_q) ** 2 + distance(mean_p, mean_q, sigma_q) ** 2
        return (np.log(sigma_q) + (math.log(2 * math.pi) + square) / 2) / log_base(base)


def gaussian_kl(
    *, mean_p: ArrayLike, sigma_p: ArrayLike, mean_q: ArrayLike, sigma_q: ArrayLike, base: float = 2
) -> Floats:
    r"""Return the Kullback-Leibler divergence of one Gaussian density from another.

    :math:`\log\frac{\sigma_q}{\sigma_p}
    + \Bigl(\frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2 \sigma_q^2} - \frac12\Bigr) \log e`.

    Parameters
    ----------
    mean_p, sigma_p, mean_q, sigma_q, base
        As for `gaussian_cross_entropy`.

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
        t = distance(sigma_p, sigma_q, sigma_q) * ((sigma_p + sigma_q) / sigma_q)
        ratio = np.log(sigma_p) - np.log(sigma_q)
        # t is the variances' ratio less 1
        width = np.where(np.abs(t) < 0.5, _minus_log1p(t), t - 2 * ratio)
        return (width + distance(mean_p, mean_q, sigma_q) ** 2) / 2 / log_base(base)


def kl_terms(p, q, d):
    """Return p log(p/q) - p + q in nats, never negative, given also the exact d = q - p.

    With r = d/p it is p (r - log(1 + r)), which keeps the digits that p/q loses where q is close.
    """
    r, ratio = d / p, p / q
    extreme = (ratio < 1e-300) | (ratio == np.inf)  # where the quotient has lost digits, or all
    log_ratio = np.where(extreme, np.log(p) - np.log(q), np.log(ratio))
    far = np.where(p > 0, p * log_ratio, 0) + d
    return np.where(np.abs(r) < 0.5, p * _minus_log1p(r), far)


def distance(x, centre, width):
    """Return (x - centre) / width, where x - centre may be too large for a float."""
    return (x / 2 - centre / 2) / width * 2


def _amount(x):
    """Return what cannot be negative, though rounding of p may make it seem so; a number if 0-d."""
    return np.maximum(x, 0, out=x if x.ndim else None)


def _mended(values, terms, *sources):
    """Return `values` with those rows evaluated anew, by `terms`, in which rounding would show.

    These are small ones, and the infinite ones, perhaps only because a quotient overflowed.
    """
    flat, lead = values.reshape(-1), values.shape
    low, high = span(flat)
    if not (low >= small(flat.dtype) and high < np.inf):
        again = np.flatnonzero(~((flat >= small(flat.dtype)) & (flat < np.inf)))
        k = sources[0].x.shape[-1]
        arrays = [np.broadcast_to(source.x, (*lead, k)) for source in sources]
        flat[again] = 0
        with np.errstate(all="ignore"):
            for rows, cols in tiles(again.size, k, _MANY):
                parts = (rows_at(x, again[rows], cols).astype(np.float64) for x in arrays)
                flat[again[rows]] += row_sums(terms(*parts))
    return values[()]


def _minus_log1p(t):
    """Return t - log(1 + t): by a series where the difference would lose digits.

    With s = t/(2 + t), log(1 + t) = 2 artanh s = 2 (s + s^3/3 + s^5/5 + ...), and t - 2 s = t s.
    """
    s = t / (2 + t)
    z = s * s
    series = s * (t - 2 * z * (1 / 3 + z * (1 / 5 + z / 7)))
    return np.where(np.abs(t) < 0.01, series, t - np.log1p(t))


def _gaussians(mean_p, sigma_p, mean_q, sigma_q) -> tuple[np.ndarray, ...]:
    """Return the parameters of two Gaussians."""
    mean_p, mean_q = checks.as_real(mean_p, "mean_p"), checks.as_real(mean_q, "mean_q")
    sigma_p = checks.as_positive(sigma_p, "sigma_p")
    sigma_q = checks.as_positive(sigma_q, "sigma_q")
    checks.as_broadcast(mean_p=mean_p, sigma_p=sigma_p, mean_q=mean_q, sigma_q=sigma_q)
    return mean_p, sigma_p, mean_q, sigma_q
