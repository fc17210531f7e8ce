"""Every input error of xentlib lives here: what was given, where, and what to do instead.

The functions return what the formulas may rely on: a float array of the right shape whose *last*
axis holds the classes (whatever `axis` the caller was given), or a number.
"""

import itertools
import math
import operator
import warnings

import numpy as np

from ._blocks import TILE, row_sums, rows_of, span, tiles

REDUCTIONS = ("mean", "sum", "none")

_TOLERANCE = {"d": 1e-8, "f": 1e-5}  # of the sum of a pmf, by dtype


def as_float(x, name, axis=-1):
    """Return `x` as a float array with `axis` moved to the end; the values are not looked at.

    Parameters
    ----------
    x : array_like
        Real numbers. float32 and float64 are kept, integers and booleans become float64.
    name : str
        The argument's name, for the message.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray, shape (..., K), K >= 1

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If `x` is a single number, has no such axis, or has no entry along it.

    Examples
    --------
    >>> as_float([[1, 2, 3]], "weights", axis=0).shape
    (3, 1)
    """
    x = _as_array(x, name)
    if x.ndim == 0:
        raise ValueError(
            f"{name} is the single number {x[()]}, but must have an axis of outcomes: "
            f"pass a list such as [{x[()]}, ...]"
        )
    if axis != -1:
        try:
            axis = operator.index(axis)
        except TypeError:
            raise TypeError(f"axis must be a whole number, not {axis!r}") from None
        if not -x.ndim <= axis < x.ndim:
            raise ValueError(f"axis={axis} does not exist: {name} has shape {x.shape}")
    if x.shape[axis] == 0:
        raise ValueError(f"{name} is empty along axis {axis}: its shape is {x.shape}")
    return x if axis == -1 else np.moveaxis(x, axis, -1)


def as_pmf(p, name="p", axis=-1, size=None):
    """Return `p` as an array of probability mass functions along the last axis.

    A sum may differ from 1 by 1e-8 (1e-5 in float32). Nothing is normalised, clipped or dropped.

    Parameters
    ----------
    p : array_like
        Probabilities, one pmf along `axis`.
    name : str, default "p"
        The argument's name, for the message.
    axis : int, default -1
        The axis of the outcomes.
    size : int, optional
        The number of outcomes there must be.

    Returns
    -------
    ndarray, shape (..., K)
        `p` with `axis` moved to the end; float32 stays float32, everything else is float64.

    Raises
    ------
    TypeError
        If `p` does not hold real numbers.
    ValueError
        If `p` is empty or a single number; if an entry is NaN, infinite or negative; if a sum is
        not 1. The message names the entry by its index in the array that was given.

    Examples
    --------
    >>> as_pmf([0.5, 0.25, 0.25])
    array([0.5 , 0.25, 0.25])
    >>> as_pmf([2, 1, 1])
    Traceback (most recent call last):
    ValueError: p sums to 4.0, not 1: if these are weights or counts, pass normalize(p)
    """
    x = as_float(p, name, axis)
    k = x.shape[-1]
    if size not in (None, k):
        raise ValueError(f"{name} has {k} outcomes, but must have {size}")
    pmfs = PmfRows(x, x.shape[:-1], name, axis)
    with np.errstate(all="ignore"):
        for rows, cols in tiles(math.prod(x.shape[:-1]), k):
            pmfs.check(pmfs.read(rows, cols), cols)
    return x


class PmfRows:
    """The pmfs of an array, to be read and checked tile by tile.

    For formulas that sweep over the pmfs anyway: every tile is fetched from memory only once.

    Parameters
    ----------
    x : ndarray, shape (..., K)
        The pmfs, as `as_float` returns them.
    lead : tuple of int
        The shape that the leading axes of `x` broadcast to.
    name : str, default "p"
        The argument's name, for the message.
    axis : int, default -1
        Where the axis of outcomes was in the array that was given.
    signs : bool, default True
        Whether `check` looks for negative entries. A formula that gives NaN for them may call
        `check_signs` when it sees a NaN, and only then.
    given : ndarray, optional
        The array whose indices the messages name, if `x` is a reshaped view of it.

    Attributes
    ----------
    read : callable
        ``read(rows, cols)`` returns a tile, as `xentlib._blocks.rows_of` does.

    Examples
    --------
    >>> pmfs = PmfRows(np.array([[0.5, 0.5], [0.5, 0.6]]), (2,))
    >>> rows, cols = slice(0, 2), slice(0, 2)
    >>> pmfs.check(pmfs.read(rows, cols), cols)
    Traceback (most recent call last):
    ValueError: p[1] sums to 1.1, not 1: if these are weights or counts, pass normalize(p)
    """

    def __init__(self, x, lead, name="p", axis=-1, signs=True, given=None):
        self.x, self.name, self.axis, self.signs = x, name, axis, signs
        self.given = x if given is None else given
        self.read = rows_of(x, lead)
        self.tolerance = _TOLERANCE[x.dtype.char]
        self._carried = 0.0

    def check(self, tile, cols):
        """Raise ValueError if a row that ends in `tile` does not sum to 1, or an entry is bad.

        Parameters
        ----------
        tile : ndarray
            What `read` returned. The tiles must be passed in the order of `xentlib._blocks.tiles`.
        cols : slice
            Its columns.

        Raises
        ------
        ValueError
            As for `as_pmf`.
        """
        k = self.x.shape[-1]
        sums = row_sums(tile)
        if cols.stop - cols.start < k:
            sums = np.add(self._carried, sums, dtype=np.float64)
            self._carried = 0.0 if cols.stop == k else sums
        if cols.stop == k:
            low, high = span(sums)
            if not (low >= 1 - self.tolerance and high <= 1 + self.tolerance):
                self._explain()
        if self.signs:
            self.check_signs(tile)

    def check_signs(self, tile):
        """Raise ValueError if an entry of `tile` is negative or NaN.

        Parameters
        ----------
        tile : ndarray
            What `read` returned.

        Raises
        ------
        ValueError
            If there is one; the message names the first of the whole array.
        """
        if not np.minimum.reduce(tile, axis=None) >= 0:
            self._explain()

    def _explain(self):
        x, name, axis, given = self.x, self.name, self.axis, self.given
        for bad, why in (
            (np.isnan(given), "a probability cannot be missing"),
            (np.isinf(given), "a probability is at most 1"),
            (given < 0, "a probability cannot be negative"),
        ):
            if bad.any():
                at, value = _first(bad, given, axis)
                raise ValueError(f"{name}{at} is {value}: {why}")
        sums = x.sum(-1, keepdims=True, dtype=np.float64)
        bad = np.abs(sums - 1) > self.tolerance
        at, _ = _first(bad, x, axis, row=True)
        total = sums.flat[int(np.argmax(bad))]
        raise ValueError(
            f"{name}{at} sums to {total}, not 1: "
            f"if these are weights or counts, pass normalize({name})"
        )


def as_pair(p, q, names=("p", "q"), axis=-1):
    """Return two arrays over the same outcomes and the shape that their leading axes lead to.

    The values are not looked at: `PmfRows` does that.

    Parameters
    ----------
    p, q : array_like
        Probabilities, one pmf along `axis`.
    names : pair of str, default ("p", "q")
        The arguments' names, for the message.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    p, q : ndarray, shape (..., K)
        With `axis` moved to the end.
    lead : tuple of int
        The broadcast shape of the other axes.

    Raises
    ------
    TypeError, ValueError
        As for `as_float`, and if the shapes do not fit together.

    Examples
    --------
    >>> p, q, lead = as_pair([0.5, 0.5], [[0.1, 0.9], [0.2, 0.8]])
    >>> p.shape, q.shape, lead
    ((2,), (2, 2), (2,))
    >>> as_pair([0.5, 0.5], [0.5, 0.25, 0.25])
    Traceback (most recent call last):
    ValueError: p has 2 outcomes and q has 3: both must list the same outcomes, in the same order
    """
    p = as_float(p, names[0], axis)
    q = as_float(q, names[1], axis)
    lead = p.shape[:-1]
    if p.shape != q.shape:
        if p.shape[-1] != q.shape[-1]:
            raise ValueError(
                f"{names[0]} has {p.shape[-1]} outcomes and {names[1]} has {q.shape[-1]}: "
                "both must list the same outcomes, in the same order"
            )
        try:
            lead = np.broadcast_shapes(lead, q.shape[:-1])
        except ValueError:
            raise ValueError(
                f"the leading axes of {names[0]} and {names[1]} do not broadcast: besides the "
                f"axis of outcomes they have shapes {p.shape[:-1]} and {q.shape[:-1]}"
            ) from None
    return p, q, lead


def as_logits(logits, name="logits", axis=-1):
    """Return `logits` as an array of scores along the last axis.

    A score of ``-inf`` is allowed and means probability 0, as long as its row has a finite score.

    Parameters
    ----------
    logits : array_like
        Unnormalised log-probabilities, one set of scores along `axis`.
    name : str, default "logits"
        The argument's name, for the message.
    axis : int, default -1
        The axis of the classes.

    Returns
    -------
    ndarray, shape (..., K)
        `logits` with `axis` moved to the end; float32 stays float32, everything else is float64.

    Raises
    ------
    TypeError
        If `logits` does not hold real numbers.
    ValueError
        If it is empty or a single number; if a score is NaN or ``+inf``, or all of a row's are
        ``-inf``.

    Examples
    --------
    >>> as_logits([[0, 1, -2]])
    array([[ 0.,  1., -2.]])
    """
    x = as_float(logits, name, axis)
    lead = x.shape[:-1]
    read = rows_of(x, lead)
    largest = None
    for rows, cols in tiles(math.prod(lead), x.shape[-1]):
        top = read(rows, cols).max(-1)
        largest = top if cols.start == 0 else np.maximum(largest, top)
        if cols.stop == x.shape[-1] and not np.isfinite(largest).all():
            explain_logits(x, name, axis)
    return x


def explain_logits(x, name="logits", axis=-1):
    """Raise the error for bad logits, given that some row's maximum is not finite.

    For formulas that find the row maxima on their own and check those instead of calling
    `as_logits`.

    Parameters
    ----------
    x : ndarray, shape (..., K)
        The scores, with the axis of the classes at the end, as `as_float` returns them.
    name : str, default "logits"
        The argument's name.
    axis : int, default -1
        Where that axis was in the array that was given.

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> explain_logits(np.array([0.0, np.nan]))
    Traceback (most recent call last):
    ValueError: logits[1] is nan: scores must be finite, or -inf for a class that cannot occur
    """
    bad = np.isnan(x) | (x == np.inf)
    if bad.any():
        at, value = _first(bad, x, axis)
        raise ValueError(
            f"{name}{at} is {value}: scores must be finite, or -inf for a class that cannot occur"
        )
    at, _ = _first((x == -np.inf).all(-1, keepdims=True), x, axis, row=True)
    raise ValueError(f"{name}{at} is -inf for every class: at least one must be able to occur")


def as_single_pmf(p, name="p", positive=False):
    """Return `p` as one pmf.

    Parameters
    ----------
    p : array_like, shape (K,)
        Probabilities.
    name : str, default "p"
        The argument's name, for the message.
    positive : bool, default False
        Whether to reject a probability of 0.

    Returns
    -------
    ndarray, shape (K,)

    Raises
    ------
    TypeError, ValueError
        As for `as_pmf`; if there is more than one axis; if a 0 is found that may not be.

    Examples
    --------
    >>> as_single_pmf([1, 0], positive=True)
    Traceback (most recent call last):
    ValueError: p[1] is 0: leave out outcomes that cannot occur, or give them some probability
    """
    p = as_pmf(p, name)
    if p.ndim != 1:
        raise ValueError(f"{name} has shape {p.shape}, but must be a single pmf: pass one row")
    if positive and p.min() == 0:
        raise ValueError(
            f"{name}[{np.argmin(p)}] is 0: leave out outcomes that cannot occur, "
            "or give them some probability"
        )
    return p


def as_pmf_rows(pmf, n, name="pmf"):
    """Return `pmf` as one pmf for all of `n` symbols, or as one for each of them.

    Parameters
    ----------
    pmf : array_like, shape (K,) or (n, K)
        Probabilities.
    n : int
        The number of symbols.
    name : str, default "pmf"
        The argument's name, for the message.

    Returns
    -------
    ndarray, shape (K,) or (n, K)

    Raises
    ------
    TypeError, ValueError
        As for `as_pmf`, and if there are several pmfs but not `n`.

    Examples
    --------
    >>> as_pmf_rows([[0.5, 0.5], [0.1, 0.9]], 3)
    Traceback (most recent call last):
    ValueError: pmf has shape (2, 2), but 3 symbols need a single pmf or one for each
    """
    pmf = as_pmf(pmf, name)
    if pmf.ndim > 2 or (pmf.ndim == 2 and len(pmf) != n):
        raise ValueError(
            f"{name} has shape {pmf.shape}, but {n} symbols need a single pmf or one for each"
        )
    return pmf


def as_joint(joint, name="joint"):
    """Return `joint` as an array of tables of the last two axes; the values are not looked at.

    Parameters
    ----------
    joint : array_like, shape (..., A, B)
        Joint probabilities of two variables.
    name : str, default "joint"
        The argument's name, for the message.

    Returns
    -------
    ndarray, shape (..., A, B)

    Raises
    ------
    TypeError
        If `joint` does not hold real numbers.
    ValueError
        If it has fewer than two axes or a table is empty.

    Examples
    --------
    >>> as_joint([1/2, 1/2])
    Traceback (most recent call last):
    ValueError: joint has shape (2,), but needs two axes, one a variable
    """
    x = as_float(joint, name)
    if x.ndim < 2:
        raise ValueError(f"{name} has shape {x.shape}, but needs two axes, one a variable")
    if x.shape[-2] == 0:
        raise ValueError(f"{name} is empty along axis -2: its shape is {x.shape}")
    return x


def as_curve(q, n, name="pmf(thetas)"):
    """Return a table of pmfs, one row for each of `n` parameters.

    Parameters
    ----------
    q : array_like, shape (n, K)
        What a family returned for a grid of parameters.
    n : int
        The size of the grid.
    name : str, default "pmf(thetas)"
        The table's name, for the message.

    Returns
    -------
    ndarray, shape (n, K)

    Raises
    ------
    TypeError, ValueError
        As for `as_pmf`, and if the table does not have `n` rows.

    Examples
    --------
    >>> as_curve([0.5, 0.5], 2)
    Traceback (most recent call last):
    ValueError: pmf(thetas) has shape (2,), but 2 parameters need 2 rows, one pmf each: stack the
    probabilities along the last axis
    """
    q = as_pmf(q, name)
    if q.ndim != 2 or len(q) != n:
        raise ValueError(
            f"{name} has shape {q.shape}, but {n} parameters need {n} rows, one pmf each: stack "
            "the probabilities along the last axis"
        )
    return q


def as_probability(p, name="p"):
    """Return `p` as a float array of single probabilities; they need not sum to anything.

    Parameters
    ----------
    p : array_like
        Probabilities, of any shape.
    name : str, default "p"
        The argument's name, for the message.

    Returns
    -------
    ndarray
        The shape of `p`.

    Raises
    ------
    TypeError
        If `p` does not hold real numbers.
    ValueError
        If an entry is NaN, negative or greater than 1.

    Examples
    --------
    >>> as_probability(1)
    array(1.)
    >>> as_probability([0.5, 1.5])
    Traceback (most recent call last):
    ValueError: p[1] is 1.5: a probability lies between 0 and 1
    """
    x = _as_array(p, name)
    if x.size and not (x.min() >= 0 and x.max() <= 1):
        at, value = _first(~((x >= 0) & (x <= 1)), x, -1)
        raise ValueError(f"{name}{at} is {value}: a probability lies between 0 and 1")
    return x


def as_weights(w, name="weights", axis=-1):
    """Return `w` as an array of non-negative weights or counts along the last axis.

    Parameters
    ----------
    w : array_like
        Weights, one set along `axis`.
    name : str, default "weights"
        The argument's name, for the message.
    axis : int, default -1
        The axis of the outcomes.

    Returns
    -------
    ndarray, shape (..., K)
        `w` with `axis` moved to the end.

    Raises
    ------
    TypeError
        If `w` does not hold real numbers.
    ValueError
        If it is empty or a single number; if a weight is NaN, infinite or negative; if all of a
        row are 0.

    Examples
    --------
    >>> as_weights([3, 0, 1])
    array([3., 0., 1.])
    >>> as_weights([0, 0])
    Traceback (most recent call last):
    ValueError: weights is 0 everywhere: no outcome can occur, so there is nothing to normalize
    """
    x = as_float(w, name, axis)
    if x.size and not (x.min() >= 0 and x.max() < np.inf):
        at, value = _first(~((x >= 0) & (x < np.inf)), x, axis)
        raise ValueError(f"{name}{at} is {value}: a weight must be finite and not negative")
    empty = ~x.any(-1, keepdims=True)
    if empty.any():
        at, _ = _first(empty, x, axis, row=True)
        raise ValueError(
            f"{name}{at} is 0 everywhere: no outcome can occur, so there is nothing to normalize"
        )
    return x


def as_real(x, name):
    """Return `x` as an array of finite numbers, of any shape.

    Parameters
    ----------
    x : array_like
        Finite real numbers.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray
        The shape of `x`.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If an entry is NaN or infinite.

    Examples
    --------
    >>> as_real(3, "mu")
    array(3.)
    >>> as_real([0, np.nan], "mu")
    Traceback (most recent call last):
    ValueError: mu[1] is nan, but must be a finite number
    """
    x = _as_array(x, name)
    low, high = span(x)
    if x.size and not (low > -np.inf and high < np.inf):
        at, value = _first(~np.isfinite(x), x, -1)
        raise ValueError(f"{name}{at} is {value}, but must be a finite number")
    return x


def as_features(X, name="X", n_columns=None):
    """Return `X` as a table of finite numbers, one row an example.

    Parameters
    ----------
    X : array_like, shape (N, D)
        Features.
    name : str, default "X"
        The argument's name, for the message.
    n_columns : int, optional
        The number D of columns there must be.

    Returns
    -------
    ndarray, shape (N, D)

    Raises
    ------
    TypeError, ValueError
        As for `as_real`, and if it is no such table.

    Examples
    --------
    >>> as_features([1, 2, 3])
    Traceback (most recent call last):
    ValueError: X has shape (3,), but must be a table with one row an example: for a single
    feature pass X[:, None]
    """
    x = as_real(X, name)
    if x.ndim != 2:
        raise ValueError(
            f"{name} has shape {x.shape}, but must be a table with one row an example: for a "
            f"single feature pass {name}[:, None]"
        )
    if n_columns not in (None, x.shape[1]):
        raise ValueError(f"{name} has {x.shape[1]} columns, but the model has {n_columns} features")
    return x


def as_sample(x, name="x"):
    """Return `x` as a sequence of at least one finite number.

    Parameters
    ----------
    x : array_like, shape (n,)
        Observations.
    name : str, default "x"
        The argument's name, for the message.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    TypeError, ValueError
        As for `as_real`, and if there is no observation, or more than one axis.

    Examples
    --------
    >>> as_sample([])
    Traceback (most recent call last):
    ValueError: x is empty: pass at least one number
    """
    x = as_real(x, name)
    if x.ndim != 1:
        raise ValueError(f"{name} has shape {x.shape}, but must be a sequence: one axis")
    if x.size == 0:
        raise ValueError(f"{name} is empty: pass at least one number")
    return x


def no_spread(x, name="x"):
    """Raise the error for a density that is to be fitted to equal observations.

    Parameters
    ----------
    x : ndarray, shape (n,)
        The observations.
    name : str, default "x"
        The argument's name.

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> no_spread(np.array([3.0, 3.0]))
    Traceback (most recent call last):
    ValueError: x is 3.0 throughout: a narrower density always makes it more likely, so no width
    is the best
    """
    raise ValueError(
        f"{name} is {x[0]} throughout: a narrower density always makes it more likely, so no "
        "width is the best"
    )


def as_positive(x, name):
    """Return `x` as an array of finite numbers greater than 0, of any shape.

    Parameters
    ----------
    x : array_like
        Finite positive numbers, such as standard deviations.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray
        The shape of `x`.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If an entry is NaN, infinite, 0 or negative.

    Examples
    --------
    >>> as_positive(-1, "sigma")
    Traceback (most recent call last):
    ValueError: sigma is -1.0, but must be greater than 0
    """
    x = as_real(x, name)
    if x.size and not x.min() > 0:
        at, value = _first(~(x > 0), x, -1)
        raise ValueError(f"{name}{at} is {value}, but must be greater than 0")
    return x


def as_nonnegative(x, name):
    """Return `x` as an array of finite numbers that are 0 or greater, of any shape.

    Parameters
    ----------
    x : array_like
        Finite numbers, such as rates.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray
        The shape of `x`.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If an entry is NaN, infinite or negative.

    Examples
    --------
    >>> as_nonnegative([0, -1], "rate")
    Traceback (most recent call last):
    ValueError: rate[1] is -1.0, but must not be negative
    """
    x = as_real(x, name)
    if x.size and not x.min() >= 0:
        at, value = _first(x < 0, x, -1)
        raise ValueError(f"{name}{at} is {value}, but must not be negative")
    return x


def as_counts(x, name):
    """Return `x` as a float array of whole numbers from 0, of any shape.

    Parameters
    ----------
    x : array_like
        Counts; whole numbers stored as floats will do.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray
        The shape of `x`.

    Raises
    ------
    TypeError
        If `x` does not hold real numbers.
    ValueError
        If an entry is NaN, infinite, negative or not whole.

    Examples
    --------
    >>> as_counts([3, 0.5], "counts")
    Traceback (most recent call last):
    ValueError: counts[1] is 0.5, but a count is a whole number
    """
    x = as_nonnegative(x, name)
    flat = x.reshape(-1)
    parts = (flat[i : i + TILE] for i in range(0, x.size, TILE))
    if any((part != np.floor(part)).any() for part in parts):
        at, value = _first(x != np.floor(x), x, -1)
        raise ValueError(f"{name}{at} is {value}, but a count is a whole number")
    return x


def as_labels(labels, n_classes, name="labels", shape=None):
    """Return `labels` as an array of class numbers 0, 1, ..., `n_classes` - 1.

    Parameters
    ----------
    labels : array_like of int
        Class numbers. Whole numbers stored as floats are refused: they are usually a mistake.
    n_classes : int or None
        The number of classes; None if any number may be one.
    name : str, default "labels"
        The argument's name, for the message.
    shape : tuple of int, optional
        The shape that the labels must have, if they go with something else.

    Returns
    -------
    ndarray of int
        The shape of `labels`; an integer dtype is kept.

    Raises
    ------
    TypeError
        If `labels` does not hold integers.
    ValueError
        If a label is not one of 0, ..., `n_classes` - 1; the message names it and its index. If
        the labels have another shape than `shape`.

    Examples
    --------
    >>> as_labels([0, 2, 1], 3)
    array([0, 2, 1])
    >>> as_labels([0, 3, 1], 3)
    Traceback (most recent call last):
    ValueError: labels[1] is 3, but with 3 classes a label is one of 0, ..., 2
    """
    labels = _as_integers(labels, name)
    if shape is not None and labels.shape != shape:
        raise ValueError(
            f"{name} has shape {labels.shape}, but {shape} is needed: one label for each example"
        )
    known = "" if n_classes is None else f"with {n_classes} classes "
    _in_range(labels, n_classes, name, f"{known}a label is one of")
    return labels


def as_target_pmf(targets, logits, axis=-1):
    """Return target pmfs that go with `logits`: as many axes and classes, one for each example.

    A length of 1 stands for any length. Fewer axes are refused even where they would broadcast,
    because they usually are labels that were stored as floats.

    Parameters
    ----------
    targets : array_like, shape (..., K)
        Probabilities, one pmf along `axis`.
    logits : ndarray, shape (..., K)
        The scores, with the axis of the classes at the end.
    axis : int, default -1
        The axis of the classes in the arrays that were given.

    Returns
    -------
    ndarray, shape (..., K)
        `targets` with `axis` moved to the end.

    Raises
    ------
    TypeError, ValueError
        As for `as_pmf`, and if the shapes do not fit together.

    Examples
    --------
    >>> as_target_pmf([1.0, 0.0, 2.0], np.zeros((3, 4)))
    Traceback (most recent call last):
    ValueError: targets has shape (3,) and logits (3, 4): pass whole numbers of shape (3,) as
    labels (.astype(int)), or pmfs of the shape of logits
    """
    x = _as_array(targets, "targets")
    expected = np.moveaxis(logits, -1, axis).shape
    if x.ndim != len(expected) or any(
        n not in (1, m) for n, m in zip(x.shape, expected, strict=True)
    ):
        raise ValueError(
            f"targets has shape {x.shape} and logits {expected}: pass whole numbers of shape "
            f"{logits.shape[:-1]} as labels (.astype(int)), or pmfs of the shape of logits"
        )
    x = as_pmf(x, "targets", axis)
    if x.shape[-1] != logits.shape[-1]:
        raise ValueError(
            f"targets has {x.shape[-1]} classes and logits has {logits.shape[-1]}: both must list "
            "the same classes, in the same order"
        )
    return x


def as_example_weights(weights, shape, reduction):
    """Return the weights of a batch's examples, and what its losses' sum is divided by.

    Parameters
    ----------
    weights : array_like or None
        A weight for each example; None stands for 1.
    shape : tuple of int
        The shape of the batch.
    reduction : {"mean", "sum", "none"}
        With "mean" the divisor is the sum of the weights, otherwise 1.

    Returns
    -------
    weights : ndarray, shape (N,), or None
    divisor : float

    Raises
    ------
    TypeError, ValueError
        If `reduction` is none of the three; if a weight is negative or not finite, or `weights`
        does not have the shape of the batch; if there is nothing to take the mean of.

    Examples
    --------
    >>> as_example_weights([2, 0, 1], (3,), "mean")
    (array([2., 0., 1.]), 3.0)
    >>> as_example_weights(None, (0,), "mean")
    Traceback (most recent call last):
    ValueError: there is no example to take the mean of: pass at least one, or reduction="sum"
    """
    mean = as_reduction(reduction) == "mean"
    if weights is not None:
        weights = as_nonnegative(weights, "weights")
        if weights.shape != shape:
            raise ValueError(
                f"weights has shape {weights.shape}, but the batch {shape}: pass one weight for "
                "each example; for a weight for each class, pass class_weights[labels]"
            )
        weights = weights.reshape(-1)
    if not mean:
        return weights, 1.0
    if math.prod(shape) == 0:
        raise ValueError(
            'there is no example to take the mean of: pass at least one, or reduction="sum"'
        )
    divisor = math.prod(shape) if weights is None else weights.sum(dtype=np.float64)
    if divisor == 0:
        raise ValueError("weights is 0 everywhere: there is nothing to take the mean of")
    return weights, float(divisor)


def as_sequence(symbols, n_symbols, name="symbols"):
    """Return a message as an array of symbols 0, 1, ..., `n_symbols` - 1.

    Parameters
    ----------
    symbols : array_like of int, shape (n,), or bytes
        The message. Bytes are the symbols 0, ..., 255.
    n_symbols : int or None
        The size of the alphabet; None if any number may be a symbol.
    name : str, default "symbols"
        The argument's name, for the message.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If the message has not one axis, or an entry is not such a symbol.

    Examples
    --------
    >>> as_sequence([0, 2, 5], 3)
    Traceback (most recent call last):
    ValueError: symbols[2] is 5, but the alphabet is 0, ..., 2
    """
    symbols = _as_integers(symbols, name)
    if symbols.ndim != 1:
        raise ValueError(f"{name} has shape {symbols.shape}, but must be a sequence: one axis")
    _in_range(symbols, n_symbols, name, "the alphabet is")
    return symbols


def as_count(n, name="n", least=0):
    """Return `n` as a whole number of at least `least`.

    Parameters
    ----------
    n : int
        The number.
    name : str, default "n"
        The argument's name, for the message.
    least : int, default 0
        The smallest number allowed.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If `n` is not a whole number.
    ValueError
        If it is smaller than `least`.

    Examples
    --------
    >>> as_count(0, least=1)
    Traceback (most recent call last):
    ValueError: n is 0, but must be at least 1
    """
    try:
        count = operator.index(n)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {n!r}") from None
    if count < least:
        raise ValueError(f"{name} is {count}, but must be at least {least}")
    return count


def as_block_count(n_symbols, n, most=1 << 22):
    """Return the number of blocks of `n` symbols, if an array of that size is reasonable.

    Parameters
    ----------
    n_symbols, n : int
        The size of the alphabet and the length of a block.
    most : int, default 2**22
        The most blocks allowed.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If there are more blocks than `most`; the message says how long a block may be.

    Examples
    --------
    >>> as_block_count(2, 30)
    Traceback (most recent call last):
    ValueError: n is 30, which makes 2**30 blocks; with 2 symbols n can be at most 22
    """
    if n_symbols > 1 and n * math.log2(n_symbols) > math.log2(most):
        longest = 1
        while n_symbols ** (longest + 1) <= most:
            longest += 1
        raise ValueError(
            f"n is {n}, which makes {n_symbols}**{n} blocks; "
            f"with {n_symbols} symbols n can be at most {longest}"
        )
    return n_symbols**n


def as_keys(order, n_symbols, bits=62):
    """Check that `order` + 1 symbols fit into an integer of 62 bits.

    Parameters
    ----------
    order, n_symbols : int
        The length of a context, and the size of the alphabet.
    bits : int, default 62
        The bits there are.

    Raises
    ------
    ValueError
        If they do not fit; the message says how long a context may be.

    Examples
    --------
    >>> as_keys(7, 256)
    Traceback (most recent call last):
    ValueError: order is 7, but with 256 symbols it can be at most 6
    """
    if n_symbols ** (order + 1) > 1 << bits:
        most = -1
        while n_symbols ** (most + 2) <= 1 << bits:
            most += 1
        raise ValueError(f"order is {order}, but with {n_symbols} symbols it can be at most {most}")


def as_lengths(lengths, name="lengths"):
    """Return codeword lengths as a list of whole numbers.

    Parameters
    ----------
    lengths : array_like of int, shape (K,)
        Lengths in bits, 0 or greater, at least one.
    name : str, default "lengths"
        The argument's name, for the message.

    Returns
    -------
    list of int

    Raises
    ------
    TypeError, ValueError
        If there are none, or one is not a whole number or negative.

    Examples
    --------
    >>> as_lengths([1, -2])
    Traceback (most recent call last):
    ValueError: lengths[1] is -2, but a codeword has no fewer than 0 bits
    """
    x = _as_integers(lengths, name)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"{name} has shape {x.shape}, but must be a sequence of at least one")
    if x.min() < 0:
        at, value = _first(x < 0, x, -1)
        raise ValueError(f"{name}{at} is {value}, but a codeword has no fewer than 0 bits")
    return x.tolist()


def as_kraft_sum(total, name="lengths"):
    """Return a Kraft sum if a prefix code with it exists.

    Parameters
    ----------
    total : fractions.Fraction
        The sum of ``2**-length`` over the codewords.
    name : str, default "lengths"
        The argument that it was computed from.

    Returns
    -------
    fractions.Fraction

    Raises
    ------
    ValueError
        If the sum is greater than 1.

    Examples
    --------
    >>> as_kraft_sum(5 / 4)
    Traceback (most recent call last):
    ValueError: the Kraft sum of lengths is 1.25, greater than 1: no prefix code has codewords ...
    """
    if total > 1:
        shown = f"{float(total)}" if float(total) > 1 else f"1 + {float(total - 1)}"
        raise ValueError(
            f"the Kraft sum of {name} is {shown}, greater than 1: no prefix code has codewords "
            "that short; make some longer"
        )
    return total


def as_codewords(codewords, name="codewords"):
    """Return codewords as a tuple of strings of 0s and 1s, none the beginning of another.

    Parameters
    ----------
    codewords : sequence of str
        One codeword a symbol, at least one.
    name : str, default "codewords"
        The argument's name, for the message.

    Returns
    -------
    tuple of str

    Raises
    ------
    TypeError
        If it is not a sequence of strings.
    ValueError
        If there are none, one has other characters, or one is the beginning of another.

    Examples
    --------
    >>> as_codewords(["0", "10", "1"])
    Traceback (most recent call last):
    ValueError: codewords[2] '1' is the beginning of codewords[1] '10': a decoder could not tell ...
    """
    if isinstance(codewords, str):
        raise TypeError(f"{name} is the single string {codewords!r}: pass a list of codewords")
    words = tuple(codewords)
    if not words:
        raise ValueError(f"{name} is empty: a code needs at least one codeword")
    for k, word in enumerate(words):
        if not isinstance(word, str):
            raise TypeError(f"{name}[{k}] is {word!r}, but must be a string such as '010'")
        if word.strip("01"):
            raise ValueError(f"{name}[{k}] is {word!r}, but must consist of 0s and 1s")
    order = sorted(range(len(words)), key=words.__getitem__)
    for i, j in itertools.pairwise(order):
        if words[j].startswith(words[i]):
            raise ValueError(
                f"{name}[{i}] {words[i]!r} is the beginning of {name}[{j}] {words[j]!r}: "
                "a decoder could not tell where it ends"
            )
    return words


def as_bytes(data, name="data"):
    """Return `data` as bytes.

    Parameters
    ----------
    data : bytes, bytearray or memoryview
        Coded data.
    name : str, default "data"
        The argument's name, for the message.

    Returns
    -------
    bytes

    Raises
    ------
    TypeError
        If it is anything else.

    Examples
    --------
    >>> as_bytes("0110")
    Traceback (most recent call last):
    TypeError: data must be bytes, as an encoder returns them, not str
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(
            f"{name} must be bytes, as an encoder returns them, not {type(data).__name__}"
        )
    return bytes(data)


def as_possible(symbols, possible, name="symbols"):
    """Return a message, every symbol of which the codebook has a word for.

    Parameters
    ----------
    symbols : ndarray of int, shape (n,)
        The message.
    possible : ndarray of bool, shape (n,)
        For each symbol of the message, whether its probability is greater than 0.
    name : str, default "symbols"
        The argument's name, for the message.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        If the probability of a symbol is 0; the message names it and its index.

    Examples
    --------
    >>> as_possible(np.array([0, 2]), np.array([True, False]))
    Traceback (most recent call last):
    ValueError: symbols[1] is 2, which has probability 0: the codebook has no word
    for it, so give it some probability
    """
    if not possible.all():
        at = int(np.argmin(possible))
        raise ValueError(
            f"{name}[{at}] is {symbols[at]}, which has probability 0: the codebook has no word "
            "for it, so give it some probability"
        )
    return symbols


def damaged(name, why):
    """Raise the error for coded data that no encoder can have written.

    Parameters
    ----------
    name : str
        The argument's name.
    why : str
        What is wrong with it.

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> damaged("data", "3 bytes are left over")
    Traceback (most recent call last):
    ValueError: data is damaged or truncated: 3 bytes are left over
    """
    raise ValueError(f"{name} is damaged or truncated: {why}")


def not_fitted(name):
    """Raise the error for a model that is used before it has learned anything.

    Parameters
    ----------
    name : str
        The model's class.

    Raises
    ------
    ValueError
        Always.

    Examples
    --------
    >>> not_fitted("NGram")
    Traceback (most recent call last):
    ValueError: this NGram has learned nothing yet: call fit first
    """
    raise ValueError(f"this {name} has learned nothing yet: call fit first")


def not_converged(steps, slope):
    """Raise the error for training that did not arrive.

    Parameters
    ----------
    steps : int
        How many steps were taken.
    slope : float
        The largest entry of the gradient that is left.

    Raises
    ------
    RuntimeError
        Always.

    Examples
    --------
    >>> not_converged(3, 0.5)
    Traceback (most recent call last):
    RuntimeError: no optimum after 3 steps (the gradient is still 0.5): standardise the columns of
    X, use a larger l2, or raise max_iter
    """
    raise RuntimeError(
        f"no optimum after {steps} steps (the gradient is still {slope:.2g}): standardise the "
        "columns of X, use a larger l2, or raise max_iter"
    )


def as_classes(y, n, name="y"):
    """Return the labels that there are, sorted, and the index of each example's label.

    Parameters
    ----------
    y : array_like, shape (n,)
        Labels of any kind that can be sorted.
    n : int
        The number of examples.
    name : str, default "y"
        The argument's name, for the message.

    Returns
    -------
    classes : ndarray, shape (K,)
    index : ndarray of int, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If the labels are not one for each example, cannot be sorted, or one is missing.

    Examples
    --------
    >>> as_classes(["b", "a", "b"], 3)
    (array(['a', 'b'], dtype='<U1'), array([1, 0, 1]))
    """
    y = _as_ndarray(y, name)
    if y.shape != (n,):
        raise ValueError(
            f"{name} has shape {y.shape}, but ({n},) is needed: one label for each row of X"
        )
    if n == 0:
        raise ValueError(f"{name} is empty: there is no example to learn from")
    missing = y != y  # only NaN differs from itself
    if missing.any():
        at, value = _first(missing, y, -1)
        raise ValueError(f"{name}{at} is {value}, but an example needs a label: leave it out")
    try:
        return np.unique(y, return_inverse=True)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in y.tolist()})
        raise TypeError(
            f"the labels of {name} are of the types {', '.join(kinds)}, which cannot be sorted: "
            "use one type"
        ) from None


def no_optimum():
    """Warn that a classifier can tell the classes apart, so that no coefficients are the best.

    Warns
    -----
    UserWarning
        Always.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     no_optimum()
    >>> print(said[0].message)
    there is no optimum: the classes can be told apart without a mistake, so larger coefficients
    always cost less; use l2 > 0
    """
    warnings.warn(
        "there is no optimum: the classes can be told apart without a mistake, so larger "
        "coefficients always cost less; use l2 > 0",
        stacklevel=3,
    )


def log_base(base):
    """Return the natural logarithm of `base`: the size of the unit, in nats.

    Divide a quantity in nats by it to have the quantity in units of `base`.

    Parameters
    ----------
    base : float
        2 for bits, e for nats, 10 for hartleys.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If `base` is not a number.
    ValueError
        If `base` is not finite or not greater than 1.

    Examples
    --------
    >>> log_base(2)
    0.6931471805599453
    >>> log_base(1)
    Traceback (most recent call last):
    ValueError: base is 1, but must be a number greater than 1: 2 for bits, e for nats
    """
    try:
        good = 1 < base < math.inf
        size = math.log(base) if good else None
    except (TypeError, ValueError):
        raise TypeError(f"base must be a number, not {base!r}: 2 for bits, e for nats") from None
    if not good:
        raise ValueError(
            f"base is {base}, but must be a number greater than 1: 2 for bits, e for nats"
        )
    return size


def as_choice(value, choices, name):
    """Return `value` if it is one of `choices`.

    Parameters
    ----------
    value : str
        What was chosen.
    choices : iterable of str
        What there is to choose from.
    name : str
        The argument's name, for the message.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> as_choice("normal", ["gaussian", "laplace"], "family")
    Traceback (most recent call last):
    ValueError: family is 'normal', but must be one of 'gaussian', 'laplace'
    """
    if not (isinstance(value, str) and value in choices):
        raise ValueError(
            f"{name} is {value!r}, but must be one of " + ", ".join(map(repr, choices))
        )
    return value


def as_parameters(given, names, family):
    """Return the values of a family's parameters in the order of `names`.

    Parameters
    ----------
    given : dict
        Values by name.
    names : sequence of str
        The names that the family has.
    family : str
        The family's name, for the message.

    Returns
    -------
    list

    Raises
    ------
    TypeError
        If a parameter is missing or unknown.

    Examples
    --------
    >>> as_parameters({"mu": 0, "sigma": 1}, ["mean", "sigma"], "gaussian")
    Traceback (most recent call last):
    TypeError: the parameters of "gaussian" are mean, sigma, but mu, sigma were given
    """
    if set(given) != set(names):
        raise TypeError(
            f'the parameters of "{family}" are {", ".join(names)}, but '
            + (f"{', '.join(given)} were given" if given else "none were given")
        )
    return [given[name] for name in names]


def as_reduction(reduction):
    """Return `reduction` if it is one of "mean", "sum" and "none".

    Parameters
    ----------
    reduction : str
        How a loss is taken over the batch.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> as_reduction("mean")
    'mean'
    >>> as_reduction("average")
    Traceback (most recent call last):
    ValueError: reduction is 'average', but must be one of 'mean', 'sum', 'none'
    """
    return as_choice(reduction, REDUCTIONS, "reduction")


def _as_ndarray(x, name):
    if type(x) is np.ndarray:
        return x
    try:
        return np.asarray(x)
    except ValueError as error:
        raise ValueError(f"{name} is no rectangular array: its rows differ in length") from error


def _as_array(x, name):
    x = _as_ndarray(x, name)
    dtype = x.dtype
    if dtype == np.float64 or dtype == np.float32:
        return x
    if dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, but its dtype is {dtype}")
    return x.astype(np.float64)


def _as_integers(x, name):
    if isinstance(x, bytes | bytearray):
        return np.frombuffer(x, np.uint8)
    x = _as_ndarray(x, name)
    if x.size == 0 and x.dtype == np.float64:  # the dtype of an empty list
        return x.astype(np.intp)
    if x.dtype.kind not in "iu":
        hint = ": convert with .astype(int)" if x.dtype.kind in "bf" else ""
        raise TypeError(f"{name} must hold integers, but its dtype is {x.dtype}{hint}")
    return x


def _in_range(x, stop, name, rule):
    if x.size and not (x.min() >= 0 and (stop is None or x.max() < stop)):
        at, value = _first((x < 0) if stop is None else (x < 0) | (x >= stop), x, -1)
        numbers = "0, 1, 2, ..." if stop is None else f"0, ..., {stop - 1}"
        raise ValueError(f"{name}{at} is {value}, but {rule} {numbers}")


def _first(bad, x, axis, row=False):
    """Return the index text "[i, j]" and value of the first True of `bad`.

    The index is that of the array before `axis` was moved to the end; with `row`, it is the index
    of a whole row, ":" in place of the entry.
    """
    where = np.unravel_index(int(np.argmax(bad)), bad.shape)
    where = [int(i) for i in where]
    value = None if row else x[tuple(where)]
    last = where.pop() if where else None
    if row and not where:
        return "", value
    position = axis % max(x.ndim, 1)
    if row:
        if position < len(where):
            where.insert(position, ":")
    elif last is not None:
        where.insert(position, last)
    return ("[" + ", ".join(map(str, where)) + "]" if where else ""), value
