"""Models to train: a softmax classifier, and n-grams that the stream coder can use.

An n-gram's probabilities are made of counts with whole-number arithmetic only, in units of
2**-`PRECISION`, so that encoder and decoder cannot disagree on any machine, and so that its
negative log-likelihood is what `stream_encode` writes.
"""

__all__ = ["NGram", "OnlineNGram", "SoftmaxRegression"]

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate
from operator import itemgetter, sub
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import checks
from ._blocks import TILE
from .codes import PRECISION
from .losses import softmax, softmax_cross_entropy, softmax_cross_entropy_grad

_M = 1 << PRECISION
_NO_KEY = np.iinfo(np.int64).max


class Step(NamedTuple):
    """One step of training.

    Attributes
    ----------
    loss : float
        The mean cross-entropy on the training data, without the penalty.
    coef : ndarray, shape (K, D)
    intercept : ndarray, shape (K,)
    """

    loss: float
    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]


class SoftmaxRegression:
    r"""A classifier whose logits are linear in the features: :math:`z = x W^\top + b`.

    It minimises the mean cross-entropy of the labels plus :math:`\frac{\lambda}{2} \sum W_{kd}^2`.
    Its methods and attributes have the names that scikit-learn gives them.

    Parameters
    ----------
    l2 : float, default 1e-3
        The penalty :math:`\lambda`, in units of `base`. The intercept is not penalised. With n
        examples it corresponds to ``C = 1 / (l2 * n * ln(base))`` in scikit-learn.
    base : float, default 2
        The unit of loss and penalty: 2 for bits, e for nats.
    max_iter : int, default 1000
        The most steps to take.

    Attributes
    ----------
    classes_ : ndarray, shape (K,)
        The labels that there are, sorted: the order of the columns of `predict_proba`.
    coef_ : ndarray, shape (K, D)
        The weights W: a row for each class, also when there are only two.
    intercept_ : ndarray, shape (K,)
    history_ : list of Step
        Loss, coefficients and intercept from the start (all 0) to the optimum, for a replay.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4.

    R. H. Byrd, P. Lu, J. Nocedal and C. Zhu, A limited memory algorithm for bound constrained
    optimization, SIAM Journal on Scientific Computing 16 (1995), 1190-1208.

    Examples
    --------
    >>> model = SoftmaxRegression(l2=0.1)
    >>> model.fit([[-1.0], [-0.5], [0.5], [1.0]], ["dog", "dog", "cat", "cat"])
    SoftmaxRegression(l2=0.1, base=2, max_iter=1000)
    >>> model.classes_
    array(['cat', 'dog'], dtype='<U3')
    >>> model.predict_proba([[0.0], [2.0]]).round(2)
    array([[0.5 , 0.5 ],
           [0.99, 0.01]])
    >>> model.predict([[2.0]])
    array(['cat'], dtype='<U3')
    >>> print(model.history_[0].loss)
    1.0
    """

    classes_: NDArray[Any]
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    history_: list[Step]

    def __init__(self, *, l2: float = 1e-3, base: float = 2, max_iter: int = 1000) -> None:
        checks.as_nonnegative(l2, "l2")
        checks.log_base(base)
        self.l2, self.base, self.max_iter = l2, base, checks.as_count(max_iter, "max_iter", least=1)

    def __repr__(self) -> str:
        return f"SoftmaxRegression(l2={self.l2}, base={self.base}, max_iter={self.max_iter})"

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Find the coefficients and the intercept.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Features. Columns of unlike size make the way long: standardise them first.
        y : array_like, shape (N,)
            Labels: numbers, strings or anything else that can be sorted.

        Returns
        -------
        SoftmaxRegression
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If an argument is not what is described above, or there is no example.
        RuntimeError
            If `max_iter` steps are not enough.

        Warns
        -----
        UserWarning
            If there is no optimum: with ``l2=0``, where linear logits tell the classes apart
            without a mistake, larger coefficients always cost less (Albert and Anderson 1984).
            The model is then the place where the solver stopped. There is none either where they
            tell the classes apart but for ties on the boundary; that is not noticed.
        """
        from scipy.optimize import minimize

        x = checks.as_features(X, "X")
        self.classes_, labels = checks.as_classes(y, len(x))
        shape = len(self.classes_), x.shape[1] + 1
        table = np.column_stack([x, np.ones(len(x))])  # the last coefficient is the intercept
        penalty = np.append(np.full(x.shape[1], self.l2), 0)

        def objective(theta):
            theta = theta.reshape(shape)
            logits = table @ theta.T
            loss = softmax_cross_entropy(logits, labels, base=self.base)
            slope = softmax_cross_entropy_grad(logits, labels, base=self.base).T @ table
            return loss + (penalty * theta**2).sum() / 2, (slope + penalty * theta).ravel()

        def record(theta):
            theta = theta.reshape(shape).copy()
            loss = softmax_cross_entropy(table @ theta.T, labels, base=self.base)
            self.history_.append(Step(float(loss), theta[:, :-1], theta[:, -1]))

        self.history_ = []
        options = {"maxiter": self.max_iter, "maxfun": 10 * self.max_iter, "gtol": 1e-7, "ftol": 0}
        how = {"method": "L-BFGS-B", "callback": record, "options": options}
        with np.errstate(under="ignore"):
            record(np.zeros(shape))
            found = minimize(objective, np.zeros(shape).ravel(), jac=True, **how)
            if not found.success:
                checks.not_converged(found.nit, np.abs(found.jac).max())
            _, self.coef_, self.intercept_ = self.history_[-1]
            if self.l2 == 0 and len(self.classes_) > 1:
                bits = softmax_cross_entropy(self._logits(x), labels, reduction="none")
                if bits.max() < 1:  # each label is more probable than all others together
                    checks.no_optimum()
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of each class given the features.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Features.

        Returns
        -------
        ndarray, shape (N, K)
            A pmf in each row, in the order of `classes_`.

        Raises
        ------
        TypeError, ValueError
            If `X` is no table of D columns, or the model was not fitted.
        """
        return softmax(self._logits(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable class given the features, the first of `classes_` among equals.

        Parameters
        ----------
        X : array_like, shape (N, D)
            Features.

        Returns
        -------
        ndarray, shape (N,)

        Raises
        ------
        TypeError, ValueError
            If `X` is no table of D columns, or the model was not fitted.
        """
        best = self._logits(X).argmax(1)
        return self.classes_[best]

    def _logits(self, X):
        """Return the scores of the classes, shape (N, K)."""
        if not hasattr(self, "coef_"):
            checks.not_fitted("SoftmaxRegression")
        return checks.as_features(X, "X", self.coef_.shape[1]) @ self.coef_.T + self.intercept_


class _WittenBell:
    """What `NGram` and `OnlineNGram` share: how counts become a pmf.

    A context that was seen N times, with T different symbols after it, gives the share
    N / (N + T) of what is left to the counts after it, and the rest T / (N + T) to the context
    that is one symbol shorter. What the empty context leaves is shared out evenly.

    In units of 1 / M, with M = 2**`PRECISION`, the shares W of the orders are whole numbers that
    sum to M, and the symbols below s, counted C times after the context, get floor(W C / N) of
    an order's share. The sum of these floors over the orders is the cumulative distribution: it
    runs from 0 to M, and nothing has to be normalised. One unit for each symbol is set apart at
    the beginning, so that none becomes impossible.
    """

    def __init__(self, order: int, n_symbols: int = 256) -> None:
        self.n_symbols = checks.as_alphabet(n_symbols, "n_symbols")
        self.order = checks.as_order(order, self.n_symbols)
        self._uniform = _Level(range(self.n_symbols), range(self.n_symbols + 1))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(order={self.order}, n_symbols={self.n_symbols})"

    def spans(self, symbols: ArrayLike | bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the interval of each symbol given those before it, for the encoder.

        Parameters
        ----------
        symbols : array_like of int, shape (n,), or bytes
            The message.

        Returns
        -------
        start, length : ndarray of int64, shape (n,)
            In units of 2**-`PRECISION`; ``length`` is the probability.

        Raises
        ------
        TypeError, ValueError
            If `symbols` is no sequence of symbols, or the model had to be fitted, and was not.
        """
        start, end = self._edges(checks.as_sequence(symbols, self.n_symbols))
        return start, end - start

    def _edges(self, message):
        """Return where the interval of each symbol of a checked message starts and ends."""
        counts, edges = self._counts(), np.empty((2, message.size), np.int64)
        for i, symbol in enumerate(message.tolist()):
            shares = self._shares(counts)
            edges[:, i] = self._cdf(shares, symbol), self._cdf(shares, symbol + 1)
            counts.move(symbol)
        return edges

    def _counts(self):
        """Return the counts of the contexts before the first symbol."""
        raise NotImplementedError

    def reader(self) -> Callable[[int], tuple[int, int, int]]:
        """Return the function that the decoder asks for one symbol after the other.

        Returns
        -------
        callable
            Takes a number from 0 to 2**`PRECISION` - 1; returns the symbol whose interval holds
            it, the start and the length of the interval; and takes note of the symbol.

        Raises
        ------
        ValueError
            If the model has to be fitted, and was not.
        """
        counts = self._counts()

        def read(slot):
            shares = self._shares(counts)
            symbol = max(shares, key=itemgetter(0))[1].guess(slot)
            start, end = self._cdf(shares, symbol), self._cdf(shares, symbol + 1)
            if not start <= slot < end:
                symbols = range(self.n_symbols)
                symbol = bisect_right(symbols, slot, key=lambda s: self._cdf(shares, s)) - 1
                start, end = self._cdf(shares, symbol), self._cdf(shares, symbol + 1)
            counts.move(symbol)
            return symbol, start, end - start

        return read

    def nll(
        self, symbols: ArrayLike | bytes, *, reduction: str = "mean", base: float = 2
    ) -> np.float64 | NDArray[np.float64]:
        """Return the negative log-likelihood of symbols, each given those before it.

        Parameters
        ----------
        symbols : array_like of int, shape (n,), or bytes
            The message. Nothing is known before its first symbol.
        reduction : {"mean", "sum", "none"}, default "mean"
            "mean" is the rate, in bits a symbol; "sum" the size, in bits; "none" the cost of every
            symbol.
        base : float, default 2
            The unit: 2 for bits, e for nats.

        Returns
        -------
        float or ndarray, shape (n,)

        Raises
        ------
        TypeError, ValueError
            If an argument is not what is described above, or the mean of no symbol is asked for.
        """
        unit = checks.log_base(base) / checks.log_base(2)
        _, length = self.spans(symbols)
        losses = (PRECISION - np.log2(length)) / unit
        _, divisor = checks.as_example_weights(None, losses.shape, reduction)
        return losses if reduction == "none" else losses.sum() / divisor

    def _shares(self, counts):
        """Return the share of each level, with the level: the longest context first."""
        left, shares = _M - self.n_symbols, []
        for level in counts.levels():
            share = left * level.n // (level.n + level.kinds)
            left -= share
            shares.append((share, level))
        return [*shares, (left + self.n_symbols, self._uniform)]

    def _cdf(self, shares, symbol):
        """Return the units of all symbols below a symbol."""
        return sum([share * level.below(symbol) // level.n for share, level in shares])


class NGram(_WittenBell):
    """A model of each symbol given the `order` symbols before it: Witten-Bell smoothed counts.

    `stream_encode` and `stream_decode` take it as a codebook, once it is fitted.

    Parameters
    ----------
    order : int
        How many symbols of context are used, from 0.
    n_symbols : int, default 256
        The size of the alphabet. The default is that of bytes, into which any text can be turned.

    Raises
    ------
    TypeError, ValueError
        If the numbers are not whole, or too large for a context to be kept in 62 bits.

    References
    ----------
    I. H. Witten and T. C. Bell, The zero-frequency problem: estimating the probabilities of novel
    events in adaptive text compression, IEEE Transactions on Information Theory 37 (1991),
    1085-1094, method C.

    S. F. Chen and J. Goodman, An empirical study of smoothing techniques for language modeling,
    Computer Speech and Language 13 (1999), 359-394: Witten-Bell smoothing as a mixture.

    Examples
    --------
    >>> from xentlib import stream_decode, stream_encode
    >>> model = NGram(2).fit(b"how much wood would a woodchuck chuck " * 100)
    >>> message = b"a woodchuck would chuck wood " * 10
    >>> data = stream_encode(message, model)
    >>> print(round(model.nll(message, reduction="sum") / 8), len(data))
    42 54
    >>> stream_decode(data, model, len(message)).tobytes() == message
    True
    """

    def fit(self, symbols: ArrayLike | bytes) -> Self:
        """Count the n-grams of a text; an earlier fit is forgotten.

        Parameters
        ----------
        symbols : array_like of int, shape (n,), or bytes
            The text to learn from.

        Returns
        -------
        NGram
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If `symbols` is no sequence of symbols 0, ..., `n_symbols` - 1.
        """
        text = checks.as_sequence(symbols, self.n_symbols)
        self._tables = [_Table(keys, self.n_symbols) for keys in self._keys(text)]
        return self

    def pmf(self, context: ArrayLike | bytes = ()) -> NDArray[np.float64]:
        """Return the pmf of the next symbol.

        Parameters
        ----------
        context : array_like of int, shape (m,), or bytes
            The symbols before it. The last `order` of them count.

        Returns
        -------
        ndarray, shape (n_symbols,)
            Multiples of 2**-`PRECISION` that sum to exactly 1.

        Raises
        ------
        TypeError, ValueError
            If `context` is no sequence of symbols, or the model was not fitted.

        Examples
        --------
        >>> NGram(1, n_symbols=2).fit([0, 1, 0, 1, 0, 0]).pmf([1]).round(3)
        array([0.875, 0.125])
        """
        counts = self._counts()
        for symbol in checks.as_sequence(context, self.n_symbols, "context").tolist():
            counts.move(symbol)
        shares = self._shares(counts)
        edges = range(self.n_symbols + 1)
        cdf = np.array([self._cdf(shares, symbol) for symbol in edges], np.int64)
        return np.diff(cdf) / _M

    def _edges(self, message):
        """Return where the interval of each symbol of a checked message starts and ends."""
        tables, k = self._counts().tables, self.n_symbols
        edges = np.empty((2, message.size), np.int64)
        for i in range(0, message.size, TILE):
            lead = min(i, self.order)
            piece = message[i - lead : i + TILE].astype(np.int64)
            left = np.full(piece.size, _M - k, np.int64)
            below = np.zeros((2, piece.size), np.int64)
            for order, keys in reversed(list(enumerate(self._keys(piece)))):
                at, n, kinds, counts = tables[order].look_up(keys)
                at += order
                share = left[at] * n // (n + kinds)
                left[at] -= share
                below[:, at] += share * counts // n
            below += (left + k) * np.array([piece, piece + 1], np.int64) // k
            edges[:, i : i + TILE] = below[:, lead:]
        return edges

    def _counts(self):
        """Return the counts of the contexts before the first symbol."""
        if not hasattr(self, "_tables"):
            checks.not_fitted(type(self).__name__)
        return _Counts(self._tables, self.n_symbols)

    def _keys(self, symbols):
        """Yield for each order the packed n-grams, context first, symbol last."""
        keys = wide = symbols.astype(np.int64)
        for order in range(self.order + 1):
            if order:
                keys = keys[1:] + wide[: max(keys.size - 1, 0)] * self.n_symbols**order
            yield keys


class OnlineNGram(_WittenBell):
    """An n-gram model that starts from nothing and learns from each symbol once it is coded.

    Nothing but the program has to be at the decoder beforehand: it learns from what it decodes,
    as the encoder did, and the file holds the learning curve's whole area. Each symbol costs what
    an `NGram` fitted on the symbols before it would charge.

    Parameters
    ----------
    order : int
        How many symbols of context are used, from 0.
    n_symbols : int, default 256
        The size of the alphabet.

    Raises
    ------
    TypeError, ValueError
        If the numbers are not whole, or too large for a context to be kept in 62 bits.

    References
    ----------
    A. P. Dawid, Statistical theory: the prequential approach, Journal of the Royal Statistical
    Society A 147 (1984), 278-292.

    J. Rissanen, Universal coding, information, prediction, and estimation, IEEE Transactions on
    Information Theory 30 (1984), 629-636.

    Examples
    --------
    >>> from xentlib import stream_decode, stream_encode
    >>> learner = OnlineNGram(2)
    >>> message = b"how much wood would a woodchuck chuck " * 100
    >>> learner.nll(message, reduction="none")[:3]
    array([8.        , 8.9999..., 8.9999...])
    >>> data = stream_encode(message, learner)
    >>> len(message), len(data)
    (3800, 226)
    >>> stream_decode(data, learner, len(message)).tobytes() == message
    True
    """

    def _counts(self):
        """Return the counts of the contexts before the first symbol: none."""
        return _Counts([{} for _ in range(self.order + 1)], self.n_symbols, learns=True)


class _Level:
    """How often each symbol followed one context: N symbols, of T kinds.

    `symbols` are in order, and `ends` their cumulative counts with a 0 in front. `fresh` are those
    learned since, in order too: few, so that learning one does not touch all counts.
    """

    __slots__ = ("ends", "fresh", "kinds", "n", "symbols")

    def __init__(self, symbols, ends):
        self.n, self.kinds = ends[-1], len(symbols)
        self.symbols, self.ends, self.fresh = symbols, ends, []

    def below(self, symbol):
        """Return how often a symbol below this one followed."""
        return self.ends[bisect_left(self.symbols, symbol)] + bisect_left(self.fresh, symbol)

    def guess(self, slot):
        """Return the symbol that has the slot, if this level has all of the units."""
        place, old = slot * self.n // _M, self.ends[-1]
        if place >= old:
            return self.fresh[place - old]
        return self.symbols[bisect_right(self.ends, place) - 1]

    def learn(self, symbol):
        """Count one more symbol."""
        old, new = bisect_left(self.symbols, symbol), bisect_left(self.fresh, symbol)
        is_known = self.symbols[old : old + 1] == [symbol] or self.fresh[new : new + 1] == [symbol]
        self.kinds += not is_known
        self.n += 1
        self.fresh.insert(new, symbol)
        if len(self.fresh) > 32 + self.kinds // 16:
            counts = dict(zip(self.symbols, map(sub, self.ends[1:], self.ends), strict=True))
            for fresh in self.fresh:
                counts[fresh] = counts.get(fresh, 0) + 1
            self.symbols = sorted(counts)
            self.ends = list(accumulate(map(counts.get, self.symbols), initial=0))
            self.fresh = []


class _Table:
    """The counts of one order, in sorted arrays.

    `keys` are the packed n-grams, `ends` their cumulative counts with a 0 in front; `contexts` the
    packed contexts, and `first` where the keys of each begin. The last key and context are larger
    than any that can be looked up.
    """

    def __init__(self, keys, n_symbols):
        self.n_symbols = n_symbols
        keys, counts = np.unique(keys, return_counts=True)
        self.ends = np.append(np.int64(0), np.cumsum(counts, dtype=np.int64))
        contexts = keys // n_symbols
        first = np.flatnonzero(np.diff(contexts, prepend=-1))
        self.contexts = np.append(contexts[first], _NO_KEY)
        self.first = np.append(first, keys.size)
        self.keys = np.append(keys, _NO_KEY)
        self._levels = {}

    def look_up(self, keys):
        """Return where the context is known, and there: N, T, and the counts below s and s + 1."""
        contexts = keys // self.n_symbols
        c = np.searchsorted(self.contexts, contexts)
        here = np.flatnonzero(self.contexts[c] == contexts)
        c, keys = c[here], keys[here]
        first, last = self.first[c], self.first[c + 1]
        at = np.searchsorted(self.keys, keys)
        below = np.array([self.ends[at], self.ends[at + (self.keys[at] == keys)]])
        return here, self.ends[last] - self.ends[first], last - first, below - self.ends[first]

    def get(self, context):
        """Return the level of a packed context, or None if it is unknown."""
        if context not in self._levels:
            c = np.searchsorted(self.contexts, context)
            level = None
            if self.contexts[c] == context:
                part = slice(self.first[c], self.first[c + 1])
                ends = self.ends[part.start : part.stop + 1] - self.ends[part.start]
                symbols = self.keys[part] - context * self.n_symbols
                level = _Level(symbols.tolist(), ends.tolist())
            self._levels[context] = level
        return self._levels[context]


class _Counts:
    """The levels of all orders, found by packed contexts, and the context reached so far."""

    def __init__(self, tables, n_symbols, learns=False):
        self.tables, self.n_symbols, self.learns = tables, n_symbols, learns
        self.sizes = [n_symbols**order for order in range(len(tables))]
        self.context = self.known = 0

    def levels(self):
        """Return the levels of the contexts seen before, the longest first."""
        orders = range(self.known, -1, -1)
        found = [self.tables[order].get(self.context % self.sizes[order]) for order in orders]
        return [level for level in found if level]

    def move(self, symbol):
        """Move on by a symbol, and count it after each context if it is to be learned."""
        if self.learns:
            for table, size in zip(self.tables[: self.known + 1], self.sizes, strict=False):
                key = self.context % size
                if key not in table:
                    table[key] = _Level([], [0])
                table[key].learn(symbol)
        self.context = (self.context * self.n_symbols + symbol) % self.sizes[-1]
        self.known = min(self.known + 1, len(self.tables) - 1)
