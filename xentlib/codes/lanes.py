"""The arithmetic of the stream coder: states that grow and shrink, alone, or many at once.

`xentlib.codes.stream` says what a state is, and what a file of them looks like. Everything here is
given checked lengths of intervals, and returns or takes the states and the words of a file.
"""

from bisect import bisect_right

import numpy as np

from .._blocks import TILE, parts
from ..checks import damaged
from .prefix import block_pmf

PRECISION = 28
"""Probabilities are multiples of 2**-28: fine enough for large alphabets and rare symbols, and
coarse enough that rounding the state costs less than 0.0001 bit a symbol."""

M = 1 << PRECISION
_LOW = 1 << 32  # states stay from 2**32 to 2**64 - 1
_SHIFT = 64 - PRECISION  # a state from f << _SHIFT on would leave that range: it gives up a word
# Lanes. Each costs up to 8 bytes, so 0.09% is spent on them; fewer than 32 are slower than one, and
# more than 2048 leave the cache.
FEWEST, MOST = 32, 2048
_SHORT = 1 << 12  # symbols that are too few to make tables of blocks for
_FINE = 48, 64  # precision and word, in bits, of the lane that codes blocks


def quantized(pmf, precision=PRECISION):
    """Return checked pmfs in units of 2**-precision: at least one for every possible outcome."""
    cdf = np.cumsum(pmf, axis=-1, dtype=np.float64)
    cdf /= cdf[..., -1:].copy()
    possible = pmf > 0
    # One unit for every possible outcome; the rest is shared out by rounding the cdf.
    rest = (1 << precision) - possible.sum(-1, keepdims=True, dtype=np.int64)
    return np.diff(np.rint(cdf * rest).astype(np.int64), axis=-1, prepend=0) + possible


def encode_one(start, length, precision=PRECISION, word=32):
    """Return the state and the words of a single lane: whole numbers of Python, without bounds."""
    x, words = 1 << word, []  # states stay from 2**word to 2**(2 * word) - 1
    shift, rest = 2 * word - precision, (1 << word) - 1
    for s, f in zip(reversed(start.tolist()), reversed(length.tolist()), strict=True):
        if x >> shift >= f:
            words.append(x & rest)
            x >>= word
        q, r = divmod(x, f)
        x = (q << precision) + r + s
    return x.to_bytes(word // 4, "little") + np.array(words[::-1], f"<u{word // 8}").tobytes()


class Lane:
    """A single lane on the way back: its state, and the words that are still to be read."""

    def __init__(self, body, precision=PRECISION, word=32):
        size = word // 4
        if len(body) < size or len(body) % (word // 8):
            damaged("data", f"one lane does not fit into {len(body)} bytes and a header")
        self.x, self.precision, self.word = int.from_bytes(body[:size], "little"), precision, word
        self.words = np.frombuffer(body, f"<u{word // 8}", offset=size)[::-1].tolist()
        if self.x < 1 << word:
            damaged("data", "a state is smaller than any that the encoder leaves")

    def take(self, read, n):
        """Return the next n symbols; `read` says which one a slot belongs to, and its interval."""
        x, words, precision, word = self.x, self.words, self.precision, self.word
        low, rest, found = 1 << word, (1 << precision) - 1, []
        for i in range(n):
            slot = x & rest
            symbol, start, length = read(slot)
            found.append(symbol)
            x = length * (x >> precision) + slot - start
            if x < low:
                if not words:
                    damaged("data", f"it ends after {i} of {n} symbols")
                x = x << word | words.pop()
        self.x = x
        return found

    def end(self):
        """Refuse data that goes on, or that does not lead back to where the encoder began."""
        _end(len(self.words), self.x == 1 << self.word)


def _end(left, home):
    """Refuse so many words that are left, or a last symbol that does not lead back home."""
    if left:
        damaged("data", f"the message ends, and {left} words are left")
    if not home:
        damaged("data", "its last symbol does not lead back to where the encoder began")


def reader(lengths):
    """Return the reader for one quantised pmf."""
    ends = np.cumsum(lengths, dtype=np.int64).tolist()

    def read(slot):
        symbol = bisect_right(ends, slot)
        start = ends[symbol - 1] if symbol else 0
        return symbol, start, ends[symbol] - start

    return read


def _levels(lengths):
    """Return the symbols by falling probability, and the pmf of "it" and "the rest" by level.

    A level costs a sixteenth of a step for each symbol that reaches it, and what is left after the
    last level costs a step a symbol. The number of levels is the cheapest one. After them come the
    lengths of the symbols that are left.
    """
    order = np.argsort(-lengths, kind="stable")
    falling = lengths[order][: np.count_nonzero(lengths)]
    reach = np.append(M - np.cumsum(falling, dtype=np.int64) + falling, 0)
    steps = np.append(0, np.cumsum(reach[:-2], dtype=np.int64)) + 16 * reach[:-1]
    steps[-1] -= 16 * reach[-2]  # a single symbol that is left needs no step
    n = int(np.argmin(steps))
    levels = [np.array([f, r - f]) / r for f, r in zip(falling[:n], reach[:n], strict=True)]
    return order, levels, quantized(falling[n:] / reach[n], _FINE[0])


def _tables(pmf, n):
    """Yield the blocks that n outcomes of a level are cut into, and the lengths of all blocks.

    A block is a row of places in the binary number that it makes, the highest first.
    """
    size = 16 if n >= 1 << 16 else 8
    for at, stop, width in ((0, n - n % size, size), (n - n % size, n, n % size)):
        if at < stop:
            places = np.arange(width - 1, -1, -1, dtype=np.int64)
            yield slice(at, stop), places, quantized(block_pmf(pmf, width), _FINE[0])


def encode_levels(symbols, lengths, bits):
    """Return a lane that says level by level which symbols are the most probable of the rest.

    Or None, if it has no level, or a message of `bits` would not be that long: blocks that are
    rarer than a unit get one, and a wrong codebook would seem cheaper than it is.
    """
    order, levels, left = _levels(lengths)
    if not levels or symbols.size < _SHORT:
        return None
    rank = np.empty(order.size, np.min_scalar_type(order.size))
    rank[order] = np.arange(order.size, dtype=np.int64)
    rest, spans = rank[symbols], []

    def add(numbers, lengths):
        ends = np.cumsum(lengths, dtype=np.int64)
        spans.append((ends[numbers] - lengths[numbers], lengths[numbers]))

    for level, pmf in enumerate(levels):
        others = rest > level
        for part, places, table in _tables(pmf, others.size):
            add(others[part].reshape(-1, places.size) @ (1 << places), table)
        rest = rest[others]
    if left.size > 1:
        add(rest - len(levels), left)
    start, length = (np.concatenate(part) for part in zip(*spans, strict=True))
    if abs(length.size * _FINE[0] - np.log2(length).sum() - bits) > 0.0001 * bits + 8:
        return None
    return encode_one(start, length, *_FINE)


def decode_levels(body, lengths, symbols):
    """Fill in the symbols that a lane of levels holds."""
    if lengths is None or not _levels(lengths)[1]:
        damaged("data", "it holds blocks, where this pmf has none")
    order, levels, left = _levels(lengths)
    lane, where = Lane(body, *_FINE), np.arange(symbols.size, dtype=np.int64)
    rank = np.zeros(symbols.size, np.int64)
    for pmf in levels:
        others = np.empty(where.size, np.bool_)
        for part, places, table in _tables(pmf, where.size):
            count = (part.stop - part.start) // places.size
            numbers = np.array(lane.take(reader(table), count), np.int64)
            others[part] = (numbers[:, None] >> places & 1).ravel()
        where = where[others]
        rank[where] += 1
    if left.size > 1:
        rank[where] += np.array(lane.take(reader(left), where.size), np.int64)
    lane.end()
    symbols[:] = order[rank]


def encode_many(symbols, starts, lengths, lanes):
    """Return the states and the words of many lanes, which NumPy advances together."""
    starts, lengths = starts.astype(np.uint64), lengths.astype(np.uint64)
    x = np.full(lanes, _LOW, np.uint64)
    words = []
    for part in reversed(list(parts(symbols.size, max(1, TILE // lanes) * lanes))):
        start, length = starts[symbols[part]], lengths[symbols[part]]
        for step in reversed(list(parts(length.size, lanes))):
            f = length[step]
            y = x[: f.size]
            full = y >> _SHIFT >= f
            out = y[full]
            words.append(out.astype("<u4").tobytes())
            y[full] = out >> 32
            y += y // f * (M - f)
            y += start[step]
    return x.astype("<u8").tobytes() + b"".join(words[::-1])


def decode_many(body, lanes, lengths, symbols):
    """Fill in the symbols that many lanes hold."""
    if len(body) < 8 * lanes or len(body) % 4:
        damaged("data", f"{lanes} lanes do not fit into {len(body)} bytes and a header")
    x = np.frombuffer(body, "<u8", lanes).astype(np.uint64)
    words = np.frombuffer(body, "<u4", offset=8 * lanes)
    n = symbols.size
    if x.min() < _LOW:
        damaged("data", "a state is smaller than any that the encoder leaves")
    ends = np.cumsum(lengths, dtype=np.int64)
    starts = ends - lengths
    lengths = lengths.astype(np.uint64)
    # The symbol at the front of each of 2**16 equal parts of the slots: mostly the right one.
    guess = ends.searchsorted(np.arange(0, M, M >> 16, dtype=np.int64), "right")
    at = 0
    for step in parts(n, lanes):
        y = x[: step.stop - step.start]
        slot = (y & (M - 1)).view(np.int64)  # NumPy looks up signed integers faster
        symbol = guess[slot >> PRECISION - 16]
        wrong = slot >= ends[symbol]
        if np.count_nonzero(wrong):
            symbol[wrong] = ends.searchsorted(slot[wrong], "right")
        symbols[step] = symbol
        slot -= starts[symbol]
        y >>= PRECISION
        y *= lengths[symbol]
        y += slot.view(np.uint64)
        low = (y < _LOW).nonzero()[0]
        more = words[at : at + low.size]
        if more.size < low.size:
            damaged("data", f"it ends after {step.start} of {n} symbols")
        at += low.size
        y[low] = y[low] << 32 | more
    _end(words.size - at, (x == _LOW).all())
