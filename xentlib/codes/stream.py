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

__all__ = ["ideal_bits", "quantize_pmf", "stream_decode", "stream_encode"]

import struct
import zlib
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from .._blocks import TILE, parts
from .lanes import (
    FEWEST,
    MOST,
    PRECISION,
    Lane,
    M,
    decode_levels,
    decode_many,
    encode_levels,
    encode_many,
    encode_one,
    quantized,
    reader,
)

_HEADER = struct.Struct("<HI")


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
    return quantized(_as_table(pmf))


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
        _, length = pmf.spans(checks.as_sequence(symbols, pmf.n_symbols))
        return float(np.sum(PRECISION - np.log2(length)))
    table, message = _as_codebook(pmf, symbols)
    return _bits(message, table)


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
        message = checks.as_sequence(symbols, pmf.n_symbols)
        body = encode_one(*pmf.spans(message))
    else:
        table, message = _as_codebook(pmf, symbols)
        if table.ndim == 2:
            body = encode_one(*_row_spans(table, message))
        else:
            lengths = quantized(table)
            starts = np.cumsum(lengths, dtype=np.int64) - lengths
            bits = _bits(message, lengths / M)
            if bits == np.inf:
                checks.as_possible(message, lengths[message] > 0)
            lanes = min(int(0.0009 * bits / 64), MOST)
            if lanes >= FEWEST:
                body = encode_many(message, starts, lengths, lanes)
            elif (blocks := encode_levels(message, lengths, bits)) is not None:
                lanes, body = 0, blocks
            else:
                lanes = 1
                coded = message[:0] if lengths.max() == M else message  # what is certain is free
                body = encode_one(starts[coded], lengths[coded])
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
    data, n = checks.as_bytes(data), checks.as_count(n)
    if len(data) < _HEADER.size:
        checks.damaged("data", f"it has {len(data)} bytes, and a header alone has {_HEADER.size}")
    lanes, checksum = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]

    lengths, largest = None, M  # of a pmf a symbol, the one may be certain and the other not
    if isinstance(pmf, Codebook):
        read, n_symbols = pmf.reader(), pmf.n_symbols
        largest = M + 1 - n_symbols
    else:
        table = checks.as_pmf_rows(_as_table(pmf), n)
        n_symbols = table.shape[-1]
        if table.ndim == 1:
            lengths = quantized(table)
            read, largest = reader(lengths), int(lengths.max())
        else:
            rows = map(quantized, table)

            def read(slot):
                return reader(next(rows))(slot)

    least = (PRECISION - np.log2(largest)) / 2  # half of the bits a symbol: blocks round anew
    checks.as_capacity(n, 8 * len(data), least)
    if lanes > 1 and lengths is None:
        checks.damaged("data", f"it has {lanes} lanes, where a pmf that changes has one")

    found = np.empty(n, np.min_scalar_type(n_symbols - 1))
    if lanes > 1:
        decode_many(body, lanes, lengths, found)
    elif lanes == 0:
        decode_levels(body, lengths, found)
    else:
        lane = Lane(body)
        if n_symbols == 1 or (lengths is not None and largest == M):
            found[:] = 0 if lengths is None else np.argmax(lengths)  # nothing is there to be read
        else:
            found[:] = lane.take(read, n)
        lane.end()
    if _checksum(found) != checksum:
        checks.damaged("data", f"it does not hold {n} symbols written with this pmf")
    return found


def _as_table(pmf):
    """Return pmfs, if there is a unit for each of their outcomes."""
    table = checks.as_pmf(pmf, "pmf")
    checks.as_alphabet(table.shape[-1], "the number of outcomes of pmf")
    return table


def _as_codebook(pmf, symbols):
    """Return a pmf for all symbols or one for each, and the symbols, both checked."""
    table = _as_table(pmf)
    symbols = checks.as_sequence(symbols, table.shape[-1])
    return checks.as_pmf_rows(table, symbols.size), symbols


def _entries(table, symbols):
    """Return the entry of each symbol in its own row of a table."""
    return np.take_along_axis(table, symbols[:, None].astype(np.intp), -1)[:, 0]


def _checksum(symbols):
    """Return the CRC-32 of the symbols as words of 4 bytes."""
    crc = 0
    for part in parts(symbols.size, TILE):
        crc = zlib.crc32(symbols[part].astype("<u4"), crc)
    return crc


def _row_spans(pmf, symbols):
    """Return start and length of each symbol's interval in its own pmf."""
    start, length = np.empty((2, symbols.size), np.int64)
    for part in parts(symbols.size, max(1, TILE // pmf.shape[-1])):
        lengths = quantized(pmf[part])
        ends = np.cumsum(lengths, -1, dtype=np.int64)
        length[part] = _entries(lengths, symbols[part])
        start[part] = _entries(ends, symbols[part]) - length[part]
    checks.as_possible(symbols, length > 0)
    return start, length


def _bits(symbols, pmf):
    """Return the sum of log2 1/q over the symbols, which may be infinite."""
    if pmf.ndim == 2:
        counts, q = np.ones(symbols.size), _entries(pmf, symbols)
    else:
        counts, q = np.zeros(pmf.size, np.int64), pmf
        for part in parts(symbols.size, TILE):
            counts += np.bincount(symbols[part], minlength=pmf.size)
    used = counts > 0
    with np.errstate(divide="ignore"):
        return float(0 - counts[used] @ np.log2(q[used], dtype=np.float64))
