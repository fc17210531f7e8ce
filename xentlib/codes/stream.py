r"""A stream coder that spends what the model says: ideal lengths, to within a few bytes a file.

A prefix code must give each symbol a whole number of bits. The range variant of asymmetric numeral
systems (rANS; Duda 2013) keeps the fractions: its state is one large integer `x`, and coding a
symbol of probability `f / M` turns it into about :math:`x M / f`, which is
:math:`\log_2 (M / f)` bits longer. Decoding undoes the last step first, so the encoder walks
through the symbols from the last to the first and the decoder meets them in order.

Probabilities are whole numbers of `1 / M` with `M` = 2**`PRECISION`. Everything that encoder and
decoder must agree on is done with integers, or with additions, multiplications and divisions of
floats, which IEEE 754 rounds alike on every machine (exponentials and logarithms differ).

The file: 2 bytes, the number of lanes; 4 bytes, a CRC-32 of the symbols; 8 bytes a lane, its final
state; then words of 4 bytes, all little-endian. Symbol `i` belongs to lane ``i % lanes``.

A long message of few bits cannot pay for many lanes, and one lane takes a symbol at a time. If
some symbols of its pmf are frequent, its number of lanes is written as 0, and one lane codes up to
sixteen symbols at a time: first, which symbols are the most probable one, as blocks of bits; then,
which of the rest are the next one; and so on, until too little is left to be worth a block. The
rest comes last. This lane's probabilities are in units of 2**-48, fine enough for blocks of rare
symbols, and its state has 16 bytes and its words 8.

A model whose pmf depends on what was coded before is an object with

``n_symbols``
    the size of the alphabet;
``spans(symbols)``
    for the encoder: for each symbol, given those before it, the start of its interval in
    0, ..., M - 1 and the interval's length; two integer arrays;
``reader()``
    for the decoder: a function that takes a number in 0, ..., M - 1, returns the next symbol, the
    one whose interval holds it, with start and length, and takes note that it was next.

`xentlib.models` has two.
"""

import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._blocks import TILE
from ..checks import (
    as_alphabet,
    as_bytes,
    as_capacity,
    as_count,
    as_pmf,
    as_pmf_rows,
    as_possible,
    as_sequence,
    damaged,
)
from .prefix import block_pmf

PRECISION = 28
"""Probabilities are multiples of 2**-28: fine enough for large alphabets and rare symbols, and
coarse enough that rounding the state costs less than 0.0001 bit a symbol."""

_M = 1 << PRECISION
_LOW = 1 << 32  # states stay from 2**32 to 2**64 - 1
_SHIFT = 64 - PRECISION  # a state from f << _SHIFT on would leave that range: it gives up a word
_U_M, _U_REST, _U_LOW = np.uint64(_M), np.uint64(_M - 1), np.uint64(_LOW)
_U_PRECISION, _U_SHIFT, _U_WORD = np.uint64(PRECISION), np.uint64(_SHIFT), np.uint64(32)
_HEADER = struct.Struct("<HI")
# Lanes. Each costs up to 8 bytes, so 0.09% is spent on them; fewer than 32 are slower than one, and
# more than 2048 leave the cache.
_FEWEST, _MOST = 32, 2048
_SHORT = 1 << 12  # symbols that are too few to make tables of blocks for
_FINE = 48, 64  # precision and word, in bits, of the lane that codes blocks


@runtime_checkable
class Codebook(Protocol):
    """A model of each symbol given those before it; the head of this module says what it does."""

    n_symbols: int

    def spans(self, symbols: ArrayLike, /) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return start and length of each symbol's interval."""

    def reader(self) -> Callable[[int], tuple[int, int, int]]:
        """Return what tells the decoder one symbol after the other."""


def quantize_pmf(pmf: ArrayLike) -> NDArray[np.int64]:
    """Return the pmf in whole numbers that sum to 2**`PRECISION`: what the stream coder uses.

    Every possible outcome gets at least 1, an impossible one gets 0. Only additions,
    multiplications and divisions are used, so every machine computes the same integers from the
    same floats.

    Parameters
    ----------
    pmf : array_like, shape (..., K)
        Probabilities along the last axis.

    Returns
    -------
    ndarray of int64, shape (..., K)

    Raises
    ------
    TypeError, ValueError
        If `pmf` does not hold pmfs, or has more than 2**24 outcomes: a unit for each would be a
        sixteenth of all there are.

    Examples
    --------
    >>> freq = quantize_pmf([0.5, 0.25, 0.25, 0.0])
    >>> freq / 2**PRECISION
    array([0.5 , 0.25, 0.25, 0.  ])
    """
    table = as_pmf(pmf, "pmf")
    as_alphabet(table.shape[-1], "pmf")
    return _quantized(table)


def ideal_bits(symbols: ArrayLike | bytes, pmf: ArrayLike | Codebook) -> float:
    r"""Return the number of bits that ideal codewords would need, :math:`\sum_i \log_2 1/q(x_i)`.

    This is the negative log-likelihood of the symbols, and the number that a file from
    `stream_encode` must meet.

    Parameters
    ----------
    symbols : array_like of int, shape (n,), or bytes
        The message.
    pmf : array_like, shape (K,) or (n, K), or a model
        As for `stream_encode`. Given a pmf, its probabilities are taken as they are; to see what
        rounding them costs, pass ``quantize_pmf(pmf) / 2**PRECISION``.

    Returns
    -------
    float
        In bits; ``inf`` if a symbol has probability 0.

    Raises
    ------
    TypeError, ValueError
        If `symbols` or `pmf` is not what is described above.

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, Bell System Technical Journal 27
    (1948), section 9.

    Examples
    --------
    >>> ideal_bits([0, 0, 1, 2], [0.5, 0.25, 0.25])
    6.0
    """
    if isinstance(pmf, Codebook):
        _, length = pmf.spans(as_sequence(symbols, pmf.n_symbols))
        return float(np.sum(PRECISION - np.log2(length)))
    table, message = _as_codebook(pmf, symbols)
    bits = 0.0
    for part in _parts(message.size, TILE):
        with np.errstate(divide="ignore"):
            bits -= float(np.log2(_of_symbols(table, message, part), dtype=np.float64).sum())
    return bits + 0.0


def stream_encode(symbols: ArrayLike | bytes, pmf: ArrayLike | Codebook) -> bytes:
    """Return the symbols as bytes: at most 0.1% + 64 bytes more than the quantised pmf promises.

    The promise is `ideal_bits` of ``quantize_pmf(pmf) / 2**PRECISION``, which gives every possible
    symbol at least one unit. That differs from `ideal_bits` of `pmf` itself by next to nothing,
    unless there are very many symbols or the message is almost without information.

    Parameters
    ----------
    symbols : array_like of int, shape (n,), or bytes
        The message, of symbols 0, ..., K - 1. It may be empty.
    pmf : array_like, shape (K,) or (n, K), or a model
        The codebook: one pmf for all symbols, or one for each (of a classifier whose inputs the
        decoder has too), or a model of each symbol given those before it, such as
        `xentlib.models.NGram`.

    Returns
    -------
    bytes

    Raises
    ------
    TypeError
        If `symbols` does not hold integers.
    ValueError
        If a symbol is outside the alphabet or has probability 0 (the message names it and its
        index), or `pmf` does not hold pmfs.

    References
    ----------
    J. Duda, Asymmetric numeral systems: entropy coding combining speed of Huffman coding with
    compression rate of arithmetic coding, arXiv:1311.2540 (2013), section 2.3.

    F. Giesen, Interleaved entropy coders, arXiv:1402.3392 (2014).

    Examples
    --------
    >>> pmf = [0.9, 0.1]
    >>> message = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0] * 1000
    >>> data = stream_encode(message, pmf)
    >>> round(ideal_bits(message, pmf) / 8), len(data)
    (586, 606)
    >>> stream_decode(data, pmf, 10_000).tolist() == message
    True
    """
    lanes = 1
    if isinstance(pmf, Codebook):
        message = as_sequence(symbols, pmf.n_symbols)
        body = _encode_one(*pmf.spans(message))
    else:
        table, message = _as_codebook(pmf, symbols)
        if table.ndim == 2:
            body = _encode_one(*_row_spans(table, message))
        else:
            lengths = _quantized(table)
            starts = np.cumsum(lengths, dtype=np.int64) - lengths
            bits = _bits(message, lengths)
            lanes = min(int(0.0009 * bits / 64), _MOST)
            if lanes >= _FEWEST:
                body = _encode_many(message, starts, lengths, lanes)
            elif (blocks := _encode_levels(message, lengths, bits)) is not None:
                lanes, body = 0, blocks
            else:
                lanes = 1
                coded = message[:0] if lengths.max() == _M else message  # what is certain is free
                body = _encode_one(starts[coded], lengths[coded])
    return _HEADER.pack(lanes, _checksum(message)) + body


def stream_decode(data: bytes, pmf: ArrayLike | Codebook, n: int) -> NDArray[np.unsignedinteger]:
    """Return the `n` symbols that `stream_encode` wrote.

    Parameters
    ----------
    data : bytes
        What `stream_encode` returned.
    pmf : array_like, shape (K,) or (n, K), or a model
        The same codebook, bit for bit, that the encoder used.
    n : int
        The number of symbols.

    Returns
    -------
    ndarray of the smallest unsigned integer type that holds K - 1, shape (n,)
        With an alphabet of 256, ``.tobytes()`` is the text that was coded.

    Raises
    ------
    TypeError
        If `data` is not bytes or `n` not a whole number.
    ValueError
        If `data` is damaged or truncated, is not `n` symbols long, or was written with another
        codebook: the coder must end in the state it began with, and the checksum must agree.
        If no message of `n` symbols is as short as `data`, before it is read.

    Examples
    --------
    >>> data = stream_encode(b"abracadabra", [1 / 256] * 256)
    >>> stream_decode(data, [1 / 256] * 256, 11).tobytes()
    b'abracadabra'
    >>> stream_decode(data[:-1], [1 / 256] * 256, 11)
    Traceback (most recent call last):
    ValueError: data is damaged or truncated: ...
    """
    data, n = as_bytes(data), as_count(n)
    if len(data) < _HEADER.size:
        damaged("data", f"it has {len(data)} bytes, and a header alone has {_HEADER.size}")
    lanes, checksum = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]

    lengths, largest = None, _M  # of a pmf a symbol, the one may be certain and the other not
    if isinstance(pmf, Codebook):
        read, n_symbols = pmf.reader(), pmf.n_symbols
        largest = _M + 1 - n_symbols
    else:
        table = as_pmf_rows(as_pmf(pmf, "pmf"), n)
        n_symbols = as_alphabet(table.shape[-1], "pmf")
        if table.ndim == 1:
            lengths = _quantized(table)
            largest = int(lengths.max())
        read = _reader(table, lengths)
    as_capacity(n, 8 * len(data), (PRECISION - np.log2(largest)) / 2)  # half: blocks round anew
    if lanes > 1 and lengths is None:
        damaged("data", f"it has {lanes} lanes, where a pmf that changes has one")

    found = np.empty(n, np.min_scalar_type(n_symbols - 1))
    if lanes > 1:
        _decode_many(body, lanes, lengths, found)
    elif lanes == 0:
        _decode_levels(body, lengths, found)
    else:
        lane = _Lane(body)
        if n_symbols == 1 or (lengths is not None and largest == _M):
            found[:] = 0 if lengths is None else np.argmax(lengths)  # nothing is there to be read
        else:
            found[:] = lane.take(read, n)
        lane.end()
    if _checksum(found) != checksum:
        damaged("data", f"it does not hold {n} symbols written with this pmf")
    return found


def _as_codebook(pmf, symbols):
    """Return a pmf for all symbols or one for each, and the symbols, both checked."""
    table = as_pmf(pmf, "pmf")
    symbols = as_sequence(symbols, as_alphabet(table.shape[-1], "pmf"))
    return as_pmf_rows(table, symbols.size), symbols


def _quantized(pmf, precision=PRECISION):
    """Return checked pmfs in units of 2**-precision: at least one for every possible outcome."""
    cdf = np.cumsum(pmf, axis=-1, dtype=np.float64)
    cdf /= cdf[..., -1:].copy()
    possible = pmf > 0
    # One unit for every possible outcome; the rest is shared out by rounding the cdf.
    rest = (1 << precision) - possible.sum(-1, keepdims=True, dtype=np.int64)
    return np.diff(np.rint(cdf * rest).astype(np.int64), axis=-1, prepend=0) + possible


def _parts(n, size):
    """Yield slices that cover range(n), `size` at a time."""
    return (slice(i, min(i + size, n)) for i in range(0, n, size))


def _of_symbols(table, symbols, part):
    """Return the entry of each symbol in `part`: of a table (K,), or of its own row in (n, K)."""
    if table.ndim == 1:
        return table[symbols[part]]
    return np.take_along_axis(table[part], symbols[part, None].astype(np.intp), -1)[:, 0]


def _checksum(symbols):
    """Return the CRC-32 of the symbols as words of 4 bytes."""
    crc = 0
    for part in _parts(symbols.size, TILE):
        crc = zlib.crc32(symbols[part].astype("<u4"), crc)
    return crc


def _row_spans(pmf, symbols):
    """Return start and length of each symbol's interval in its own pmf."""
    start, length = np.empty((2, symbols.size), np.int64)
    for part in _parts(symbols.size, max(1, TILE // pmf.shape[-1])):
        lengths = _quantized(pmf[part])
        ends = np.cumsum(lengths, -1, dtype=np.int64)
        length[part] = _of_symbols(lengths, symbols[part], slice(None))
        start[part] = _of_symbols(ends, symbols[part], slice(None)) - length[part]
    as_possible(symbols, length > 0)
    return start, length


def _bits(symbols, lengths):
    """Return what a message costs with a quantised pmf, which must have all of its symbols."""
    counts = np.zeros(lengths.size, np.int64)
    for part in _parts(symbols.size, TILE):
        counts += np.bincount(symbols[part], minlength=lengths.size)
    used = counts > 0
    if (lengths[used] == 0).any():
        as_possible(symbols, lengths[symbols] > 0)
    return counts[used] @ (PRECISION - np.log2(lengths[used]))


def _encode_one(start, length, precision=PRECISION, word=32):
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


class _Lane:
    """A single lane on the way back: its state, and the words that are still to be read."""

    def __init__(self, body, precision=PRECISION, word=32):
        size = word // 4
        if len(body) < size or len(body) % (word // 8):
            damaged("data", f"one lane does not fit into {_HEADER.size + len(body)} bytes")
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
        if self.words or self.x != 1 << self.word:
            damaged("data", f"the message ends, and {len(self.words)} words are left")


def _reader(pmf, lengths=None):
    """Return the reader for one quantised pmf, or for a pmf a symbol."""
    rows = iter(pmf) if lengths is None else None
    ends = None if rows else np.cumsum(lengths, dtype=np.int64).tolist()

    def read(slot):
        bounds = np.cumsum(_quantized(next(rows)), dtype=np.int64).tolist() if rows else ends
        symbol = bisect_right(bounds, slot)
        start = bounds[symbol - 1] if symbol else 0
        return symbol, start, bounds[symbol] - start

    return read


def _levels(lengths):
    """Return the symbols by falling probability, and the pmf of "it" and "the rest" by level.

    A level costs a sixteenth of a step for each symbol that reaches it, and what is left after the
    last level costs a step a symbol. The number of levels is the cheapest one.
    """
    order = np.argsort(-lengths, kind="stable")
    falling = lengths[order][: np.count_nonzero(lengths)]
    reach = np.append(_M - np.cumsum(falling, dtype=np.int64) + falling, 0)
    steps = np.append(0, np.cumsum(reach[:-2], dtype=np.int64)) + 16 * reach[:-1]
    steps[-1] -= 16 * reach[-2]  # a single symbol that is left needs no step
    n = int(np.argmin(steps))
    return order, [np.array([f, r - f]) / r for f, r in zip(falling[:n], reach[:n], strict=True)]


def _tables(pmf, n):
    """Yield the blocks that n outcomes of a level are cut into: how many, their size, lengths."""
    size = 16 if n >= 1 << 16 else 8
    for count, width in ((n // size, size), (1, n % size)):
        if count and width:
            yield count, width, _quantized(block_pmf(pmf, width), _FINE[0])


def _remainder(lengths, order, n):
    """Return the lengths of the symbols that n levels leave."""
    left = lengths[order[n:]]
    return _quantized(left / left.sum(dtype=np.int64), _FINE[0])


def _encode_levels(symbols, lengths, bits):
    """Return a lane that says level by level which symbols are the most probable of the rest.

    Or None, if it has no level, or a message of `bits` would not be that long: blocks that are
    rarer than a unit get one, and a wrong codebook would seem cheaper than it is.
    """
    order, levels = _levels(lengths)
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
        at = 0
        for count, width, table in _tables(pmf, others.size):
            block = np.zeros((count, 8 if width <= 8 else 16), np.bool_)
            block[:, -width:] = others[at : at + count * width].reshape(count, width)
            add(np.packbits(block).view(f">u{block.shape[1] // 8}"), table)
            at += count * width
        rest = rest[others]
    if np.count_nonzero(lengths) > len(levels) + 1:
        add(rest - len(levels), _remainder(lengths, order, len(levels)))
    start, length = (np.concatenate(part) for part in zip(*spans, strict=True))
    if abs(length.size * _FINE[0] - np.log2(length).sum() - bits) > 0.0001 * bits + 8:
        return None
    return _encode_one(start, length, *_FINE)


def _decode_levels(body, lengths, symbols):
    """Fill in the symbols that a lane of levels holds."""
    if lengths is None or not _levels(lengths)[1]:
        damaged("data", "it holds blocks, where this pmf has none")
    order, levels = _levels(lengths)
    lane, left, found = _Lane(body, *_FINE), symbols.size, []
    for pmf in levels:
        parts = [np.empty(0, np.bool_)]
        for count, width, table in _tables(pmf, left):
            kind = ">u1" if width <= 8 else ">u2"
            numbers = np.array(lane.take(_reader(None, table), count), kind)
            bits = np.unpackbits(numbers.view(np.uint8)).reshape(count, -1)
            parts.append(bits[:, -width:].astype(np.bool_).ravel())
        found.append(np.concatenate(parts))
        left = int(np.count_nonzero(found[-1]))
    ranks = np.full(left, len(levels), np.int64)
    if np.count_nonzero(lengths) > len(levels) + 1:
        table = _remainder(lengths, order, len(levels))
        ranks += np.array(lane.take(_reader(None, table), left), np.int64)
    lane.end()
    for level in reversed(range(len(levels))):
        out = np.full(found[level].size, level, np.int64)
        out[found[level]] = ranks
        ranks = out
    symbols[:] = order[ranks]


def _encode_many(symbols, starts, lengths, lanes):
    """Return the states and the words of many lanes, which NumPy advances together."""
    starts, lengths = starts.astype(np.uint64), lengths.astype(np.uint64)
    x = np.full(lanes, _LOW, np.uint64)
    steps = max(1, TILE // lanes)
    words = [np.empty(0, "<u4")]
    for part in reversed(list(_parts(symbols.size, steps * lanes))):
        start, length = starts[symbols[part]], lengths[symbols[part]]
        page = np.empty(length.size, "<u4")
        front = page.size  # filled from the back, because the decoder meets the last words first
        for step in reversed(list(_parts(length.size, lanes))):
            f = length[step]
            y = x[: f.size]
            full = y >> _U_SHIFT >= f
            out = y[full]
            if out.size:
                page[front - out.size : front] = out
                front -= out.size
                y[full] = out >> _U_WORD
            y += y // f * (_U_M - f)
            y += start[step]
        words.append(page[front:].copy())
    return x.astype("<u8").tobytes() + np.concatenate(words[::-1]).tobytes()


def _decode_many(body, lanes, lengths, symbols):
    """Fill in the symbols that many lanes hold."""
    if len(body) < 8 * lanes or len(body) % 4:
        damaged("data", f"{lanes} lanes do not fit into {_HEADER.size + len(body)} bytes")
    x = np.frombuffer(body, "<u8", lanes).astype(np.uint64)
    words = np.frombuffer(body, "<u4", offset=8 * lanes)
    n = symbols.size
    if x.min() < _LOW:
        damaged("data", "a state is smaller than any that the encoder leaves")
    ends = np.cumsum(lengths, dtype=np.int64)
    starts = ends - lengths
    lengths = lengths.astype(np.uint64)
    # The symbol at the front of each of 2**16 equal parts of the slots: mostly the right one.
    guess = ends.searchsorted(np.arange(0, _M, _M >> 16, dtype=np.int64), "right")
    at = 0
    for step in _parts(n, lanes):
        y = x[: step.stop - step.start]
        slot = (y & _U_REST).view(np.int64)  # NumPy looks up signed integers faster
        symbol = guess[slot >> PRECISION - 16]
        wrong = slot >= ends[symbol]
        if np.count_nonzero(wrong):
            symbol[wrong] = ends.searchsorted(slot[wrong], "right")
        symbols[step] = symbol
        slot -= starts[symbol]
        y >>= _U_PRECISION
        y *= lengths[symbol]
        y += slot.view(np.uint64)
        low = (y < _U_LOW).nonzero()[0]
        if low.size:
            more = words[at : at + low.size]
            if more.size < low.size:
                damaged("data", f"it ends after {step.start} of {n} symbols")
            at += low.size
            y[low] = y[low] << _U_WORD | more
    if at < words.size or (x != _LOW).any():
        damaged("data", f"the message ends, and {words.size - at} words are left")
