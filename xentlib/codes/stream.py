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

import numpy as np

from .._blocks import TILE
from ..checks import as_bytes, as_count, as_pmf, as_pmf_rows, as_possible, as_sequence, damaged

PRECISION = 28
"""Probabilities are multiples of 2**-28: fine enough for large alphabets and rare symbols, and
coarse enough that rounding the state costs less than 0.0001 bit a symbol."""

_M = 1 << PRECISION
_LOW = 1 << 32  # states stay from 2**32 to 2**64 - 1
_SHIFT = 64 - PRECISION  # a state from f << _SHIFT on would leave that range: it gives up a word
_U_M, _U_REST, _U_LOW = np.uint64(_M), np.uint64(_M - 1), np.uint64(_LOW)
_U_PRECISION, _U_SHIFT, _U_WORD = np.uint64(PRECISION), np.uint64(_SHIFT), np.uint64(32)
_HEADER = struct.Struct("<HI")
_FEWEST, _MOST = 32, 2048  # lanes; fewer are slower than none, more leave the cache


def quantize_pmf(pmf):
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
        If `pmf` does not hold pmfs.

    Examples
    --------
    >>> freq = quantize_pmf([0.5, 0.25, 0.25, 0.0])
    >>> freq / 2**PRECISION
    array([0.5 , 0.25, 0.25, 0.  ])
    """
    pmf = as_pmf(pmf, "pmf")
    cdf = np.cumsum(pmf, axis=-1, dtype=np.float64)
    cdf /= cdf[..., -1:].copy()
    possible = pmf > 0
    # One unit for every possible outcome; the rest is shared out by rounding the cdf.
    rest = _M - possible.sum(-1, keepdims=True)
    return np.diff(np.rint(cdf * rest).astype(np.int64), axis=-1, prepend=0) + possible


def ideal_bits(symbols, pmf):
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
    if _is_model(pmf):
        _, length = pmf.spans(as_sequence(symbols, pmf.n_symbols))
        return float(np.sum(PRECISION - np.log2(length)))
    pmf, symbols = _as_codebook(pmf, symbols)
    bits = 0.0
    for part in _parts(symbols.size, TILE):
        with np.errstate(divide="ignore"):
            bits -= float(np.log2(_of_symbols(pmf, symbols, part), dtype=np.float64).sum())
    return bits + 0.0


def stream_encode(symbols, pmf):
    """Return the symbols as bytes: about `ideal_bits` of them, and at most 0.1% + 64 bytes more.

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
    (586, 598)
    >>> stream_decode(data, pmf, 10_000).tolist() == message
    True
    """
    lanes = 1
    if _is_model(pmf):
        symbols = as_sequence(symbols, pmf.n_symbols)
        start, length = pmf.spans(symbols)
    else:
        pmf, symbols = _as_codebook(pmf, symbols)
        if pmf.ndim == 2:
            start, length = _row_spans(pmf, symbols)
        else:
            lengths = quantize_pmf(pmf)
            starts = np.cumsum(lengths) - lengths
            lanes = _lanes(symbols, lengths)
            if lanes == 1:
                start, length = starts[symbols], lengths[symbols]
    if lanes == 1:
        states, words = _encode_one(start, length)
    else:
        states, words = _encode_many(symbols, starts, lengths, lanes)
    return _HEADER.pack(lanes, _checksum(symbols)) + states.tobytes() + words.tobytes()


def stream_decode(data, pmf, n):
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
    body = len(data) - _HEADER.size - 8 * lanes
    if lanes == 0 or body < 0 or body % 4:
        damaged("data", f"{lanes} lanes do not fit into {len(data)} bytes")
    states = np.frombuffer(data, "<u8", lanes, _HEADER.size).astype(np.uint64)
    words = np.frombuffer(data, "<u4", body // 4, _HEADER.size + 8 * lanes)
    if states.min() < _LOW:
        damaged("data", "a state is smaller than any that the encoder leaves")

    if not _is_model(pmf):
        pmf = as_pmf_rows(pmf, n)
    n_symbols = pmf.n_symbols if _is_model(pmf) else pmf.shape[-1]
    symbols = np.empty(n, np.min_scalar_type(n_symbols - 1))
    if lanes == 1:
        read = pmf.reader() if _is_model(pmf) else _reader(pmf)
        _decode_one(states, words, read, symbols)
    elif _is_model(pmf) or pmf.ndim == 2:
        damaged("data", f"it has {lanes} lanes, where a pmf that changes has one")
    else:
        _decode_many(states, words, quantize_pmf(pmf), symbols)
    if (states != _LOW).any() or _checksum(symbols) != checksum:
        damaged("data", f"it does not hold {n} symbols written with this pmf")
    return symbols


def _is_model(pmf):
    return hasattr(pmf, "spans")


def _as_codebook(pmf, symbols):
    pmf = as_pmf(pmf, "pmf")
    symbols = as_sequence(symbols, pmf.shape[-1])
    return as_pmf_rows(pmf, symbols.size), symbols


def _parts(n, size):
    """Yield slices that cover range(n), `size` at a time."""
    return (slice(i, min(i + size, n)) for i in range(0, n, size))


def _of_symbols(table, symbols, part):
    """Return the entry of each symbol in `part`: of a table (K,), or of its own row in (n, K)."""
    if table.ndim == 1:
        return table[symbols[part]]
    return np.take_along_axis(table[part], symbols[part, None].astype(np.intp), -1)[:, 0]


def _checksum(symbols):
    crc = 0
    for part in _parts(symbols.size, TILE):
        crc = zlib.crc32(symbols[part].astype("<u4"), crc)
    return crc


def _row_spans(pmf, symbols):
    start, length = np.empty((2, symbols.size), np.int64)
    for part in _parts(symbols.size, max(1, TILE // pmf.shape[-1])):
        lengths = quantize_pmf(pmf[part])
        length[part] = _of_symbols(lengths, symbols[part], slice(None))
        start[part] = _of_symbols(np.cumsum(lengths, -1), symbols[part], slice(None))
    as_possible(symbols, length > 0)
    return start - length, length


def _lanes(symbols, lengths):
    """Return how many states to interleave, so that NumPy can advance all of them at once.

    Every lane costs up to 8 bytes, so few symbols are left in one; 0.09% is spent on lanes.
    """
    counts = np.zeros(lengths.size, np.int64)
    for part in _parts(symbols.size, TILE):
        counts += np.bincount(symbols[part], minlength=lengths.size)
    used = counts > 0
    if (lengths[used] == 0).any():
        as_possible(symbols, lengths[symbols] > 0)
    bits = counts[used] @ (PRECISION - np.log2(lengths[used]))
    lanes = min(int(0.0009 * bits / 64), _MOST)
    return lanes if lanes >= _FEWEST else 1


def _encode_one(start, length):
    x, words = _LOW, []
    for s, f in zip(reversed(start.tolist()), reversed(length.tolist()), strict=True):
        if x >> _SHIFT >= f:
            words.append(x & 0xFFFFFFFF)
            x >>= 32
        q, r = divmod(x, f)
        x = (q << PRECISION) + r + s
    return np.array([x], "<u8"), np.array(words[::-1], "<u4")


def _decode_one(states, words, read, symbols):
    x, words, found = int(states[0]), words[::-1].tolist(), []
    for i in range(symbols.size):
        slot = x & (_M - 1)
        symbol, start, length = read(slot)
        found.append(symbol)
        x = length * (x >> PRECISION) + slot - start
        if x < _LOW:
            if not words:
                damaged("data", f"it ends after {i} of {symbols.size} symbols")
            x = x << 32 | words.pop()
    if words:
        damaged("data", f"{symbols.size} symbols leave {4 * len(words)} of its bytes unread")
    states[0], symbols[:] = x, found


def _reader(pmf):
    """Return the reader for a pmf that does not depend on what was coded before."""
    rows = iter(pmf) if pmf.ndim == 2 else None
    ends = None if rows else np.cumsum(quantize_pmf(pmf)).tolist()

    def read(slot):
        bounds = np.cumsum(quantize_pmf(next(rows))).tolist() if rows else ends
        symbol = bisect_right(bounds, slot)
        start = bounds[symbol - 1] if symbol else 0
        return symbol, start, bounds[symbol] - start

    return read


def _encode_many(symbols, starts, lengths, lanes):
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
    return x.astype("<u8"), np.concatenate(words[::-1])


def _decode_many(x, words, lengths, symbols):
    lanes, n = x.size, symbols.size
    ends = np.cumsum(lengths)
    starts = ends - lengths
    lengths = lengths.astype(np.uint64)
    # The symbol at the front of each of 2**16 equal parts of the slots: mostly the right one.
    guess = ends.searchsorted(np.arange(0, _M, _M >> 16), "right")
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
    if at < words.size:
        damaged("data", f"{n} symbols leave {4 * (words.size - at)} of its bytes unread")
