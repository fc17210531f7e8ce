"""Every input error of xentlib lives here: what was given, where, and what to do instead.

The functions return what the formulas may rely on: a float array of the right shape whose *last*
axis holds the classes (whatever `axis` the caller was given), or a number. `Pmfs` and `Logits`
are arrays whose entries are looked at tile by tile, while a formula sweeps over them.
"""

import itertools
import math
import operator
import warnings
from collections.abc import Iterator, Mapping, MappingView, Set

import numpy as np

from ._blocks import TILE, Rows, parts, row_sums, span, sweep, upright

_NUMBER = int | float | np.integer | np.floating
MOST = 1 << 27  # entries of an array made for one argument: a gigabyte, beyond which it is a typo


# Pmfs and scores


class Pmfs(Rows):
    """Pmfs along an axis; `sums` holds what the rows of the tile last seen add up to."""

    def __init__(self, p, name="p", axis=-1):
        super().__init__(as_float(p, name, axis))
        self.name, self.axis, self.given = name, axis, self.x
        self.tolerance = _tolerance(self.x.shape[-1])

    def check(self, tile, cols):
        """Refuse an entry that is no probability, and a row that ends here and is no pmf."""
        if not np.minimum.reduce(tile, axis=None) >= 0:  # nor is NaN
            self._refuse()
        self.sums = row_sums(tile)
        self._total = self._total + self.sums if cols.start else self.sums
        if cols.stop == self.x.shape[-1]:
            low, high = span(self._total)
            if not max(1 - low, high - 1) <= self.tolerance:
                self._refuse()
        return tile

    def _refuse(self):
        """Say what is wrong, and where in the array that was given."""
        x, name, given = self.x, self.name, self.given
        negative = ": a probability cannot be negative"
        for bad, why in (
            (np.isnan(given), ": a probability cannot be missing"),
            (np.isinf(given), ": a probability is at most 1"),
            (given <= -_tolerance(1), negative),
            (given < 0, f"{negative}: if it is a rounded 0, pass np.maximum({name}, 0)"),
        ):
            _refuse(bad, given, name, why, self.axis)
        sums = x.sum(-1, keepdims=True, dtype=np.float64)
        off = np.abs(sums - 1)
        bad = off > min(self.tolerance, off.max() / 2)
        at, total = _place(bad, self.axis, row=True), sums.flat[np.argmax(bad)]
        what = "were rounded" if abs(total - 1) < 0.02 else "are weights or counts"
        raise ValueError(
            f"{name}{at} sums to {total}, not 1: if these {what}, pass normalize({name})"
        )


class Logits(Rows):
    """Scores along an axis: finite, or -inf for a class that cannot occur.

    `top` holds the largest score of each row of the tile last seen.
    """

    def __init__(self, logits, axis=-1):
        super().__init__(as_float(logits, "logits", axis))
        self.axis = axis

    def check(self, tile, cols):
        """Refuse NaN, inf, and a row that has no finite score; short rows are laid upright."""
        tile = upright(tile)
        self.top = tile.max(-1, keepdims=True)
        low, high = span(self.top)
        if not (low > -np.inf and high < np.inf):
            self._refuse()
        return tile

    def _refuse(self):
        """Say what is wrong, and where in the array that was given."""
        x, axis = self.x, self.axis
        why = ": scores must be finite, or -inf for a class that cannot occur"
        _refuse(np.isnan(x) | (x == np.inf), x, "logits", why, axis)
        at = _place((x == -np.inf).all(-1, keepdims=True), axis, row=True)
        raise ValueError(f"logits{at} is -inf for every class: at least one must be able to occur")


def as_pmf(p, name="p", axis=-1, size=None) -> np.ndarray:
    """Return `p` as an array of probability mass functions along the last axis.

    A sum may differ from 1 by what rounding to float32 explains, whatever the dtype is now: by
    2**-22 (4 + sqrt(K)) for K outcomes. Nothing is normalised, clipped or dropped.

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
    pmfs = Pmfs(p, name, axis)
    x = pmfs.x
    if size not in (None, x.shape[-1]):
        raise ValueError(f"{name} has {x.shape[-1]} outcomes, but must have {size}")
    _look_at(pmfs)
    return x


def as_pair(p, q, axis=-1) -> tuple[Pmfs, Pmfs]:
    """Return the `Pmfs` of a source and a model over the same outcomes, to be swept over."""
    p, q = Pmfs(p, "p", axis), Pmfs(q, "q", axis)
    a, b = p.x.shape, q.x.shape
    if a[-1] != b[-1]:
        why = "both must list the same outcomes, in the same order"
        raise ValueError(f"p has {a[-1]} outcomes and q has {b[-1]}: {why}")
    if a != b:
        as_broadcast(
            "the leading axes, all but that of the outcomes,", p=p.x[..., 0], q=q.x[..., 0]
        )
    return p, q


def as_joint(joint) -> np.ndarray:
    """Return joint pmfs of two variables: each table of the last two axes sums to 1."""
    x = as_float(joint, "joint")
    if x.ndim < 2:
        raise ValueError(f"joint has shape {x.shape}, but needs two axes, one a variable")
    if x.shape[-2] == 0:
        raise ValueError(f"joint is empty along axis -2: its shape is {x.shape}")
    pmfs = Pmfs(x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]), "joint")
    pmfs.given = x
    _look_at(pmfs)
    return x


def as_curve(q, n, name="pmf(thetas)"):
    """Return a table of pmfs, one row for each of `n` parameters."""
    q = as_pmf(q, name)
    _of_shape((n, q.shape[-1]), q, name, "a row for each parameter, a pmf along the last axis")
    return q


def as_targets(targets, logits):
    """Return the targets that go with `Logits`: labels with a last axis of length 1, or `Pmfs`.

    Fewer axes are refused even where they would broadcast: they usually are labels in floats.
    """
    x, z = _as_ndarray(targets, "targets"), logits.x
    shape = np.moveaxis(z, -1, logits.axis).shape
    if x.dtype.kind in "iu" and x.shape == shape != z.shape[:-1]:
        raise ValueError(
            f"targets has shape {x.shape}, as logits has, and holds integers: for one-hot rows or "
            "pmfs pass targets.astype(float), for labels one integer for each example"
        )
    if x.dtype.kind in "iu" or (x.size == 0 and x.ndim < z.ndim):
        labels = as_labels(x, z.shape[-1], "targets", shape=z.shape[:-1])
        return Rows(labels[..., None])
    fits = x.ndim == z.ndim and x.shape[logits.axis] == z.shape[-1]
    if not fits or any(n not in (1, m) for n, m in zip(x.shape, shape, strict=True)):
        raise ValueError(
            f"targets has shape {x.shape} and logits {shape}: pass whole numbers of shape "
            f"{z.shape[:-1]} as labels (.astype(int)), or pmfs of the shape of logits"
        )
    return Pmfs(x, "targets", logits.axis)


# Numbers


def as_float(x, name, axis=-1) -> np.ndarray:
    """Return `x` as a float array with `axis` moved to the end; the values are not looked at."""
    x = _as_array(x, name)
    if x.ndim == 0:
        why = f"must have an axis of outcomes: pass a list such as [{x[()]}, ...]"
        raise ValueError(f"{name} is the single number {x[()]}, but {why}")
    if type(axis) is not int or axis != -1:
        axis = as_axis(axis, x.ndim, f"{name} has shape {x.shape}")
    if x.shape[axis] == 0:
        raise ValueError(f"{name} is empty along axis {axis}: its shape is {x.shape}")
    return x if axis == -1 else np.moveaxis(x, axis, -1)


def as_axis(axis, n_axes, why):
    """Return the number of one of `n_axes` axes."""
    try:
        axis = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be a whole number, not {axis!r}") from None
    if not -n_axes <= axis < n_axes:
        raise ValueError(f"axis={axis} does not exist: {why}")
    return axis


def as_real(x, name) -> np.ndarray:
    """Return `x` as an array of finite numbers, of any shape."""
    return _demand(np.isfinite, _as_array(x, name), name, ", but must be a finite number")


def as_positive(x, name) -> np.ndarray:
    """Return `x` as an array of finite numbers greater than 0, of any shape."""
    return _demand(lambda v: v > 0, as_real(x, name), name, ", but must be greater than 0")


def as_nonnegative(x, name) -> np.ndarray:
    """Return `x` as an array of finite numbers that are 0 or greater, of any shape."""
    return _demand(lambda v: v >= 0, as_real(x, name), name, ", but must not be negative")


def as_counts(x, name) -> np.ndarray:
    """Return `x` as a float array of whole numbers from 0, of any shape."""
    x = as_nonnegative(x, name)
    flat = x.reshape(-1)
    if any((flat[part] != np.floor(flat[part])).any() for part in parts(x.size, TILE)):
        _refuse(x != np.floor(x), x, name, ", but a count is a whole number")
    return x


def as_probability(p, name="p") -> np.ndarray:
    """Return single probabilities, of any shape; what rounding put above 1 counts as 1."""
    x, most = _as_array(p, name), 1 + _tolerance(1)
    why = ": a probability lies between 0 and 1"
    _demand(lambda v: (v >= 0) & (v <= most), x, name, why)
    return x if span(x)[1] <= 1 else np.minimum(x, 1)


def as_weights(w, name, axis=-1) -> np.ndarray:
    """Return weights or counts along the last axis, none negative, not all of a row 0."""
    x, why = as_float(w, name, axis), ": a weight must be finite and not negative"
    _demand(lambda v: (v >= 0) & (v < np.inf), x, name, why, axis)
    empty = ~x.any(-1, keepdims=True)
    if empty.any():
        at = _place(empty, axis, row=True)
        raise ValueError(f"{name}{at} is 0 everywhere: there is nothing to normalize")
    return x


def as_sample(x, name="x") -> np.ndarray:
    """Return `x` as a sequence of at least one finite number."""
    return _some(with_axes(1, as_real(x, name), name, "a sequence: one axis"), name)


def as_outcomes(x, k) -> tuple[np.ndarray, int]:
    """Return one or more outcomes 0, ..., `k` - 1, and `k`: by default that of the largest."""
    n = MOST if k is None else as_count(k, "k", 1, MOST, "is it a typing error?")
    x = _some(as_sequence(x, n, "x"), "x")
    return x, int(x.max()) + 1 if k is None else n


def as_table_size(n, name="n_classes"):
    """Refuse a table of so many entries, if that is a gigabyte or more."""
    if n > MOST:
        size = f"{n:,} entries, {n / 2**27:.3g} GB"
        raise ValueError(f"{name} makes a table of {size}: a loss takes the labels themselves")


def no_spread(x, name="x"):
    """Raise the error for a density that is to be fitted to equal observations."""
    why = "a narrower density always makes it more likely, so no width is the best"
    raise ValueError(f"{name} is {x[0]} throughout: {why}")


def as_labels(labels, n_classes, name="labels", shape=None) -> np.ndarray:
    """Return `labels` as an array of class numbers 0, 1, ..., `n_classes` - 1, of any shape."""
    labels = _as_integers(labels, name)
    if shape is not None:
        _of_shape(shape, labels, name, "one label for each example")
    rule = f"with {n_classes} classes a label is one of"
    return _in_range(labels, n_classes, name, rule, "; to leave an example out, give it weight 0")


def as_same_shape(**arrays):
    """Return the arrays as `Rows` of length 1, and the shape of the batch that they make up.

    They have one shape. A single number stands for any shape, and so does, among arrays of as
    many axes, an axis of length 1 for any length: other shapes broadcast by accident.
    """
    shapes = {name: x.shape for name, x in arrays.items() if x.ndim}
    sizes = [set(n) - {1} for n in zip(*shapes.values(), strict=False)]
    if len({len(shape) for shape in shapes.values()}) > 1 or any(len(n) > 1 for n in sizes):
        told = " and ".join(f"{name} has {shape}" for name, shape in shapes.items())
        why = "a number, or an axis of length 1 among as many, stands for any length"
        raise ValueError(f"the shapes do not agree: {told}; {why}")
    dtype = np.result_type(*(x.dtype for x in arrays.values() if x.ndim or not shapes))
    rows = [Rows((x if x.ndim else x.astype(dtype))[..., None]) for x in arrays.values()]
    return rows, np.broadcast_shapes(*shapes.values())


def as_example_weights(weights, shape, reduction) -> tuple[np.ndarray | None, float]:
    """Return the flat weights of the examples or None, and what their losses' sum is divided by."""
    as_choice(reduction, ("mean", "sum", "none"), "reduction")
    if weights is not None:
        weights = as_nonnegative(weights, "weights")
        what = "one weight for each example; for one for each class, pass class_weights[labels]"
        _of_shape(shape, weights, "weights", what)
        weights = weights.reshape(-1)
    if reduction != "mean":
        return weights, 1.0
    divisor = math.prod(shape) if weights is None else weights.sum(dtype=np.float64)
    if divisor == 0:
        what = "weights is 0 everywhere: no" if math.prod(shape) else "there is no"
        raise ValueError(f'{what} example to take the mean of; pass one, or reduction="sum"')
    return weights, float(divisor)


# Choices


def log_base(base) -> float:
    """Return the natural logarithm of `base`: the size of the unit, in nats."""
    if isinstance(base, bool) or not isinstance(base, _NUMBER):
        raise TypeError(f"base must be a number, not {base!r}: 2 for bits, e for nats")
    if not 1 < base < math.inf:
        raise ValueError(f"base is {base}, but must be greater than 1: 2 for bits, e for nats")
    return math.log(base)


def logarithm(base):
    """Return the logarithm to `base` as a function, exact at powers of 2 if that is 2."""
    unit = log_base(base)
    if base == 2:
        return np.log2
    return np.log if unit == 1 else lambda x: np.log(x) / unit


def as_choice(value, choices, name):
    """Return `value` if it is one of `choices`."""
    if not (isinstance(value, str) and value in choices):
        raise ValueError(f"{name} is {value!r}, but must be one of {str([*choices])[1:-1]}")
    return value


def as_callable(function, name):
    """Return `function` if it can be called."""
    if not callable(function):
        raise TypeError(f"{name} must be a function, not {function!r:.40}")
    return function


def as_grid(parameters):
    """Return parameters by name with an axis for the observations, and the shape of their grid."""
    arrays = {name: _as_array(value, name) for name, value in parameters.items()}
    shape = as_broadcast(**arrays)
    return {name: np.broadcast_to(a, shape)[..., None] for name, a in arrays.items()}, shape


def as_broadcast(what="the parameters", **arrays):
    """Return the shape that parameters broadcast to."""
    try:
        return np.broadcast_shapes(*(a.shape for a in arrays.values()))
    except ValueError:
        told = " and ".join(f"{name} has shape {a.shape}" for name, a in arrays.items())
        raise ValueError(f"{what} do not broadcast: {told}") from None


def as_parameters(given, names, family) -> dict:
    """Return a family's parameters by name, if they are those that it has."""
    if set(given) != set(names):
        needed, got = ", ".join(names), ", ".join(given) or "none"
        raise TypeError(f'the parameters of "{family}" are {needed}, but {got} were given')
    return given


# What the checks above share


def _tolerance(k):
    """Return how far the sum of k numbers may be from 1 if they were computed in float32."""
    return 2.0**-22 * (4 + math.sqrt(k))


def _look_at(rows):
    """Check all of some `Rows`, for formulas that do not sweep over them."""
    with np.errstate(all="ignore"):
        for _ in sweep(rows.x.shape[:-1], rows):
            pass


def _as_ndarray(x, name) -> np.ndarray:
    """Return `x` as an array, unless it is something that NumPy misreads."""
    if type(x) is np.ndarray:
        return x
    if any(isinstance(part, np.ma.MaskedArray) for part in (x, *(x if type(x) is list else ()))):
        what = "a masked array, and a formula would not see the mask"
        raise TypeError(f"{name} is {what}: pass {name}.compressed() or {name}.filled(0)")
    for kind, instead in (
        (Mapping, f"list({name}.values())"),
        (Iterator | MappingView, f"list({name})"),
        (Set, "a list, which has an order"),
    ):
        if isinstance(x, kind):
            raise TypeError(f"{name} is a {type(x).__name__}: pass {instead}")
    try:
        return np.asarray(x)
    except ValueError as error:
        raise ValueError(f"{name} is no rectangular array: its rows differ in length") from error


def _as_array(x, name) -> np.ndarray:
    """Return `x` as an array of float64, or of float32 if it is one."""
    x = _as_ndarray(x, name)
    dtype = x.dtype
    if dtype == np.float64 or dtype == np.float32:
        return x
    if dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, but {_what_it_holds(x, name)}")
    return x.astype(np.float64)


def _as_integers(x, name) -> np.ndarray:
    """Return `x`, or the values of its bytes, as an array of integers."""
    if isinstance(x, bytes | bytearray):
        return np.frombuffer(x, np.uint8)
    if isinstance(x, str):
        raise TypeError(f"{name} is a string: pass its bytes, {name}.encode()")
    x = _as_ndarray(x, name)
    if x.size == 0 and x.dtype == np.float64:  # the dtype of an empty list
        return x.astype(np.int64)
    if x.dtype.kind not in "iu":
        hint = ": convert with .astype(int)" if x.dtype.kind in "bf" else ""
        what = f"its dtype is {x.dtype}{hint}" if hint else _what_it_holds(x, name)
        raise TypeError(f"{name} must hold integers, but {what}")
    return x


def _what_it_holds(x, name):
    """Say what an array holds that holds no real numbers, and what to do about it."""
    if x.dtype.kind in "US":
        return f"holds text such as {x.flat[0]!s:.20}: convert it first" if x.size else "holds text"
    if x.dtype != object or x.size == 0:
        return f"its dtype is {x.dtype}"
    kind = type(next((v for v in x.flat if not isinstance(v, int | float)), x.flat[0])).__name__
    if kind in ("Fraction", "Decimal", "int"):
        return f"holds numbers of Python's type {kind}: pass np.array({name}, float)"
    return f"holds {kind}"


def with_axes(n, x, name, kind):
    """Return an array that has `n` axes."""
    if x.ndim != n:
        raise ValueError(f"{name} has shape {x.shape}, but must be {kind}")
    return x


def _of_shape(shape, x, name, what):
    """Refuse an array of another shape."""
    if x.shape != shape:
        raise ValueError(f"{name} has shape {x.shape}, but {shape} is needed: {what}")


def _some(x, name):
    """Return an array that has at least one entry."""
    if x.size == 0:
        raise ValueError(f"{name} is empty: pass at least one")
    return x


def _in_range(x, stop, name, rule, ignored=""):
    """Return integers, all of 0, ..., `stop` - 1; `ignored` is what to say of a -100."""
    if x.size and not (x.min() >= 0 and x.max() < stop):
        bad = (x < 0) | (x >= stop)
        hint = ignored if x.flat[np.argmax(bad)] == -100 else ""
        _refuse(bad, x, name, f", but {rule} 0, ..., {stop - 1}{hint}")
    return x


def _demand(rule, x, name, why, axis=-1):
    """Return `x`, every entry of which keeps a rule that the numbers between two that do keep."""
    if x.size and not all(map(rule, span(x))):
        _refuse(~rule(x), x, name, why, axis)
    return x


def _refuse(bad, x, name, why, axis=-1):
    """Raise the error for the entry at the first True of `bad`, if there is one."""
    if bad.any():
        raise ValueError(f"{name}{_place(bad, axis)} is {x.flat[np.argmax(bad)]}{why}")


def _place(bad, axis, row=False):
    """Return the index of the first True of `bad`, as it was before `axis` was moved to the end.

    With `row`, the index is that of a whole row, ":" in place of the entry.
    """
    at = [str(i) for i in np.unravel_index(int(np.argmax(bad)), bad.shape)]
    if row:
        at[-1] = ":"
    if at:
        at.insert(axis % len(at), at.pop())
    if at[-1:] == [":"]:
        at.pop()
    return f"[{', '.join(at)}]" if at else ""


# Codes and models


def as_single_pmf(p, name="p", positive=False):
    """Return `p` as one pmf."""
    p = with_axes(1, as_pmf(p, name), name, "a single pmf: pass one row")
    if positive:
        why = ": leave out outcomes that cannot occur, or give them some probability"
        _refuse(p == 0, p, name, why)
    return p


def as_pmf_rows(pmf, n, name="pmf"):
    """Return pmfs that were checked, if there is one for all of `n` symbols, or one for each."""
    if pmf.ndim > 2 or (pmf.ndim == 2 and len(pmf) != n):
        raise ValueError(f"{name} has shape {pmf.shape}, but {n} symbols need one pmf, or one each")
    return pmf


def as_features(X, name="X", n_columns=None):
    """Return `X` as a table of finite numbers, one row an example."""
    kind = f"a table with one row an example: for a single feature pass {name}[:, None]"
    x = with_axes(2, as_real(X, name), name, kind)
    if n_columns not in (None, x.shape[1]):
        raise ValueError(f"{name} has {x.shape[1]} columns, but the model has {n_columns} features")
    return x


def as_sequence(symbols, n_symbols, name="symbols"):
    """Return a message as an array of symbols 0, 1, ..., `n_symbols` - 1."""
    symbols = with_axes(1, _as_integers(symbols, name), name, "a sequence: one axis")
    return _in_range(symbols, n_symbols, name, "the alphabet is")


def as_count(n, name="n", least=0, most=None, why=""):
    """Return `n` as a whole number of at least `least` and at most `most`, and say why no more."""
    try:
        count = operator.index(n)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, not {n!r}") from None
    if count < least:
        raise ValueError(f"{name} is {count}, but must be at least {least}")
    if most is not None and count > most:
        raise ValueError(f"{name} is {count}, but can be at most {most}: {why}")
    return count


def as_alphabet(n_symbols, name):
    """Return the size of an alphabet whose symbols can each have a unit of probability."""
    why = "there are units of probability for no more symbols, so join rare ones"
    return as_count(n_symbols, name, 1, 1 << 24, why)


def as_capacity(n, bits, least, most=1 << 31):
    """Refuse a number of symbols that no so many bits hold, where each takes at least `least`."""
    if least > 0:
        most = min(most, int(bits / least))
    if n > most:
        damaged("data", f"its {bits:,} bits hold at most {most:,} symbols, not {n:,}")


def as_block_count(n_symbols, n):
    """Return the length of a block, if an array of all blocks is reasonable: 2**22 of them."""
    longest = int(22 / math.log2(max(n_symbols, 2)) + 1e-9)
    return as_count(n, "n", 1, longest, f"it makes {n_symbols}**n blocks")


def as_order(order, n_symbols):
    """Return the order of a model, if a context and a symbol fit into 62 bits."""
    longest = int(62 / math.log2(max(n_symbols, 2))) - 1
    why = f"of {n_symbols} symbols no more fit into 62 bits with the one that follows"
    return as_count(order, "order", 0, longest, why)


def as_lengths(lengths, name="lengths", most=1 << 16):
    """Return codeword lengths as a list of whole numbers."""
    x = _some(with_axes(1, _as_integers(lengths, name), name, "a sequence: one axis"), name)
    _refuse(x < 0, x, name, ", but a codeword has no fewer than 0 bits")
    why = f", but a codeword has at most {most} bits here: a probability asks for log2 1/p"
    _refuse(x > most, x, name, why)
    return x.tolist()


def as_kraft_sum(total, name="lengths"):
    """Refuse a Kraft sum that no prefix code has."""
    if total > 1:
        why = "no prefix code has codewords that short, so make some longer"
        raise ValueError(f"the Kraft sum of {name} exceeds 1 by {float(total - 1)}: {why}")


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
        kind = type(data).__name__
        raise TypeError(f"{name} must be bytes, as an encoder returns them, not {kind}")
    return bytes(data)


def as_possible(symbols, possible, name="symbols"):
    """Refuse a message with a symbol that the codebook has no word for."""
    why = ", which has probability 0: the codebook has no word for it, so give it some"
    _refuse(~possible, symbols, name, why)


def damaged(name, why):
    """Raise the error for coded data that no encoder can have written."""
    raise ValueError(f"{name} is damaged or truncated: {why}")


def not_fitted(name):
    """Raise the error for a model that is used before it has learned anything."""
    raise ValueError(f"this {name} has learned nothing yet: call fit first")


def not_converged(steps, slope):
    """Raise the error for training that did not arrive."""
    why = f"no optimum after {steps} steps (the gradient is still {slope:.2g})"
    raise RuntimeError(f"{why}: standardise the columns of X, use a larger l2, or raise max_iter")


def as_classes(y, n, name="y"):
    """Return the labels that there are, sorted, and the index of each example's label."""
    y = _as_ndarray(y, name)
    _of_shape((n,), y, name, "one label for each row of X")
    missing = _some(y, name) != y  # only NaN differs from itself
    _refuse(missing, y, name, ", but an example needs a label: leave it out")
    try:
        return np.unique(y, return_inverse=True)
    except TypeError:
        kinds = ", ".join(sorted({type(label).__name__ for label in y.tolist()}))
        why = f"types {kinds}, which cannot be sorted: use one type"
        raise TypeError(f"the labels of {name} are of the {why}") from None


def no_optimum():
    """Warn that a classifier can tell the classes apart, so that no coefficients are the best."""
    warnings.warn(
        "there is no optimum: the classes can be told apart without a mistake, so larger "
        "coefficients always cost less; use l2 > 0",
        stacklevel=3,
    )


def needs_figures(missing):
    """Say which line installs what a module draws with."""
    what = f"the figures of xentlib need {missing.name}, which is not installed"
    raise ModuleNotFoundError(
        f'{what}: pip install "xentlib[figures]"', name=missing.name
    ) from None
