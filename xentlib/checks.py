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
    """Return `x` as a float array with `axis` moved to the end; the values are not looked at."""
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
    """Return two arrays over the same outcomes and the shape that their leading axes lead to."""
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
    """Return `logits` as an array of scores along the last axis."""
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
    """Raise the error for bad logits, given that some row's maximum is not finite."""
    bad = np.isnan(x) | (x == np.inf)
    if bad.any():
        at, value = _first(bad, x, axis)
        raise ValueError(
            f"{name}{at} is {value}: scores must be finite, or -inf for a class that cannot occur"
        )
    at, _ = _first((x == -np.inf).all(-1, keepdims=True), x, axis, row=True)
    raise ValueError(f"{name}{at} is -inf for every class: at least one must be able to occur")


def as_joint(joint, name="joint"):
    """Return `joint` as an array of tables of the last two axes; the values are not looked at."""
    x = as_float(joint, name)
    if x.ndim < 2:
        raise ValueError(f"{name} has shape {x.shape}, but needs two axes, one a variable")
    if x.shape[-2] == 0:
        raise ValueError(f"{name} is empty along axis -2: its shape is {x.shape}")
    return x


def as_curve(q, n, name="pmf(thetas)"):
    """Return a table of pmfs, one row for each of `n` parameters."""
    q = as_pmf(q, name)
    if q.ndim != 2 or len(q) != n:
        raise ValueError(
            f"{name} has shape {q.shape}, but {n} parameters need {n} rows, one pmf each: stack "
            "the probabilities along the last axis"
        )
    return q


def as_probability(p, name="p"):
    """Return `p` as a float array of single probabilities; they need not sum to anything."""
    x = _as_array(p, name)
    if x.size and not (x.min() >= 0 and x.max() <= 1):
        at, value = _first(~((x >= 0) & (x <= 1)), x, -1)
        raise ValueError(f"{name}{at} is {value}: a probability lies between 0 and 1")
    return x


def as_weights(w, name="weights", axis=-1):
    """Return `w` as an array of non-negative weights or counts along the last axis."""
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
    """Return `x` as an array of finite numbers, of any shape."""
    x = _as_array(x, name)
    low, high = span(x)
    if x.size and not (low > -np.inf and high < np.inf):
        at, value = _first(~np.isfinite(x), x, -1)
        raise ValueError(f"{name}{at} is {value}, but must be a finite number")
    return x


def as_sample(x, name="x"):
    """Return `x` as a sequence of at least one finite number."""
    x = as_real(x, name)
    if x.ndim != 1:
        raise ValueError(f"{name} has shape {x.shape}, but must be a sequence: one axis")
    if x.size == 0:
        raise ValueError(f"{name} is empty: pass at least one number")
    return x


def no_spread(x, name="x"):
    """Raise the error for a density that is to be fitted to equal observations."""
    raise ValueError(
        f"{name} is {x[0]} throughout: a narrower density always makes it more likely, so no "
        "width is the best"
    )


def as_positive(x, name):
    """Return `x` as an array of finite numbers greater than 0, of any shape."""
    x = as_real(x, name)
    if x.size and not x.min() > 0:
        at, value = _first(~(x > 0), x, -1)
        raise ValueError(f"{name}{at} is {value}, but must be greater than 0")
    return x


def as_nonnegative(x, name):
    """Return `x` as an array of finite numbers that are 0 or greater, of any shape."""
    x = as_real(x, name)
    if x.size and not x.min() >= 0:
        at, value = _first(x < 0, x, -1)
        raise ValueError(f"{name}{at} is {value}, but must not be negative")
    return x


def as_counts(x, name):
    """Return `x` as a float array of whole numbers from 0, of any shape."""
    x = as_nonnegative(x, name)
    flat = x.reshape(-1)
    parts = (flat[i : i + TILE] for i in range(0, x.size, TILE))
    if any((part != np.floor(part)).any() for part in parts):
        at, value = _first(x != np.floor(x), x, -1)
        raise ValueError(f"{name}{at} is {value}, but a count is a whole number")
    return x


def as_labels(labels, n_classes, name="labels", shape=None):
    """Return `labels` as an array of class numbers 0, 1, ..., `n_classes` - 1."""
    labels = _as_integers(labels, name)
    if shape is not None and labels.shape != shape:
        raise ValueError(
            f"{name} has shape {labels.shape}, but {shape} is needed: one label for each example"
        )
    known = "" if n_classes is None else f"with {n_classes} classes "
    _in_range(labels, n_classes, name, f"{known}a label is one of")
    return labels


def as_target_pmf(targets, logits, axis=-1):
    """Return target pmfs that go with `logits`: as many axes and classes, one for each example."""
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
    """Return the weights of a batch's examples, and what its losses' sum is divided by."""
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


def log_base(base):
    """Return the natural logarithm of `base`: the size of the unit, in nats."""
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
    """Return `value` if it is one of `choices`."""
    if not (isinstance(value, str) and value in choices):
        raise ValueError(
            f"{name} is {value!r}, but must be one of " + ", ".join(map(repr, choices))
        )
    return value


def as_parameters(given, names, family):
    """Return the values of a family's parameters in the order of `names`."""
    if set(given) != set(names):
        raise TypeError(
            f'the parameters of "{family}" are {", ".join(names)}, but '
            + (f"{', '.join(given)} were given" if given else "none were given")
        )
    return [given[name] for name in names]


def as_reduction(reduction):
    """Return `reduction` if it is one of "mean", "sum" and "none"."""
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
    """Return the index text "[i, j]" and value of the first True of `bad`."""
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


# Codes and models


def as_single_pmf(p, name="p", positive=False):
    """Return `p` as one pmf."""
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
    """Return `pmf` as one pmf for all of `n` symbols, or as one for each of them."""
    pmf = as_pmf(pmf, name)
    if pmf.ndim > 2 or (pmf.ndim == 2 and len(pmf) != n):
        raise ValueError(
            f"{name} has shape {pmf.shape}, but {n} symbols need a single pmf or one for each"
        )
    return pmf


def as_features(X, name="X", n_columns=None):
    """Return `X` as a table of finite numbers, one row an example."""
    x = as_real(X, name)
    if x.ndim != 2:
        raise ValueError(
            f"{name} has shape {x.shape}, but must be a table with one row an example: for a "
            f"single feature pass {name}[:, None]"
        )
    if n_columns not in (None, x.shape[1]):
        raise ValueError(f"{name} has {x.shape[1]} columns, but the model has {n_columns} features")
    return x


def as_sequence(symbols, n_symbols, name="symbols"):
    """Return a message as an array of symbols 0, 1, ..., `n_symbols` - 1."""
    symbols = _as_integers(symbols, name)
    if symbols.ndim != 1:
        raise ValueError(f"{name} has shape {symbols.shape}, but must be a sequence: one axis")
    _in_range(symbols, n_symbols, name, "the alphabet is")
    return symbols


def as_count(n, name="n", least=0):
    """Return `n` as a whole number of at least `least`."""
    try:
        count = operator.index(n)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {n!r}") from None
    if count < least:
        raise ValueError(f"{name} is {count}, but must be at least {least}")
    return count


def as_block_count(n_symbols, n, most=1 << 22):
    """Return the number of blocks of `n` symbols, if an array of that size is reasonable."""
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
    """Check that `order` + 1 symbols fit into an integer of 62 bits."""
    if n_symbols ** (order + 1) > 1 << bits:
        most = -1
        while n_symbols ** (most + 2) <= 1 << bits:
            most += 1
        raise ValueError(f"order is {order}, but with {n_symbols} symbols it can be at most {most}")


def as_lengths(lengths, name="lengths"):
    """Return codeword lengths as a list of whole numbers."""
    x = _as_integers(lengths, name)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"{name} has shape {x.shape}, but must be a sequence of at least one")
    if x.min() < 0:
        at, value = _first(x < 0, x, -1)
        raise ValueError(f"{name}{at} is {value}, but a codeword has no fewer than 0 bits")
    return x.tolist()


def as_kraft_sum(total, name="lengths"):
    """Return a Kraft sum if a prefix code with it exists."""
    if total > 1:
        shown = f"{float(total)}" if float(total) > 1 else f"1 + {float(total - 1)}"
        raise ValueError(
            f"the Kraft sum of {name} is {shown}, greater than 1: no prefix code has codewords "
            "that short; make some longer"
        )
    return total


def as_codewords(codewords, name="codewords"):
    """Return codewords as a tuple of strings of 0s and 1s, none the beginning of another."""
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
    """Return `data` as bytes."""
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(
            f"{name} must be bytes, as an encoder returns them, not {type(data).__name__}"
        )
    return bytes(data)


def as_possible(symbols, possible, name="symbols"):
    """Return a message, every symbol of which the codebook has a word for."""
    if not possible.all():
        at = int(np.argmin(possible))
        raise ValueError(
            f"{name}[{at}] is {symbols[at]}, which has probability 0: the codebook has no word "
            "for it, so give it some probability"
        )
    return symbols


def damaged(name, why):
    """Raise the error for coded data that no encoder can have written."""
    raise ValueError(f"{name} is damaged or truncated: {why}")


def not_fitted(name):
    """Raise the error for a model that is used before it has learned anything."""
    raise ValueError(f"this {name} has learned nothing yet: call fit first")


def not_converged(steps, slope):
    """Raise the error for training that did not arrive."""
    raise RuntimeError(
        f"no optimum after {steps} steps (the gradient is still {slope:.2g}): standardise the "
        "columns of X, use a larger l2, or raise max_iter"
    )


def as_classes(y, n, name="y"):
    """Return the labels that there are, sorted, and the index of each example's label."""
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
    """Warn that a classifier can tell the classes apart, so that no coefficients are the best."""
    warnings.warn(
        "there is no optimum: the classes can be told apart without a mistake, so larger "
        "coefficients always cost less; use l2 > 0",
        stacklevel=3,
    )


def needs_figures(missing):
    """Say which line installs what a module draws with."""
    raise ModuleNotFoundError(
        f"the figures of xentlib need {missing.name}, which is not installed: "
        'pip install "xentlib[figures]"',
        name=missing.name,
    ) from None
