"""Prefix codes: one codeword of whole bits a symbol, and no codeword begins with another one."""

__all__ = [
    "PrefixCode",
    "block_pmf",
    "canonical_code",
    "fano_code",
    "huffman_code",
    "kraft_sum",
    "shannon_lengths",
]

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks


@dataclass(frozen=True)
class PrefixCode:
    """A prefix code for the symbols 0, 1, ..., K - 1.

    Two codes are equal if their codewords are. `huffman_code`, `fano_code` and `canonical_code`
    make codes from probabilities and lengths.

    Parameters
    ----------
    codewords : sequence of str
        The codeword of each symbol, written with the characters 0 and 1. A code for a single
        symbol may have the empty codeword: that symbol carries no information and costs nothing.

    Attributes
    ----------
    codewords : tuple of str
        The codewords.
    lengths : ndarray of int, shape (K,)
        Their lengths, in bits.

    Raises
    ------
    TypeError, ValueError
        If a codeword is not a string of 0s and 1s, or is the beginning of another one.

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), section 5.1.

    Examples
    --------
    >>> code = PrefixCode(["0", "10", "11"])
    >>> data = code.encode([0, 0, 2, 1])
    >>> f"{data[0]:08b}"
    '00111010'
    >>> code.decode(data, 4)
    array([0, 0, 2, 1])
    """

    codewords: Sequence[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "codewords", checks.as_codewords(self.codewords))

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Lengths of the codewords, in bits: ndarray of int, shape (K,)."""
        lengths = np.array([len(word) for word in self.codewords], np.int64)
        lengths.flags.writeable = False
        return lengths

    def expected_length(
        self, p: ArrayLike, *, axis: int = -1
    ) -> np.floating | NDArray[np.floating]:
        r"""Return the expected codeword length :math:`\sum_k p_k \ell_k`, in bits a symbol.

        Parameters
        ----------
        p : array_like, shape (..., K)
            The source: probabilities of the symbols, one pmf along `axis`.
        axis : int, default -1
            The axis of the symbols.

        Returns
        -------
        float or ndarray, shape (...)

        Raises
        ------
        TypeError, ValueError
            If `p` does not hold pmfs of K symbols.

        Examples
        --------
        >>> code = PrefixCode(["0", "10", "11"])
        >>> code.expected_length([1/2, 1/4, 1/4])
        np.float64(1.5)
        """
        pmf = checks.as_pmf(p, "p", axis, size=len(self.codewords))
        return pmf @ self.lengths.astype(pmf.dtype)

    def encode(self, symbols: ArrayLike | bytes) -> bytes:
        r"""Return the codewords of `symbols`, one after the other, as bytes.

        The first bit is the highest of the first byte. A 1 marks the end, and 0s fill the last
        byte, so that what fills it is never read as a symbol.

        Parameters
        ----------
        symbols : array_like of int, shape (n,)
            The message.

        Returns
        -------
        bytes
            As few as hold the ``lengths[symbols].sum() + 1`` bits.

        Raises
        ------
        TypeError, ValueError
            If the message is not a sequence of symbols 0, ..., K - 1.

        Examples
        --------
        >>> PrefixCode(["0", "10", "11"]).encode([2] * 8)
        b'\xff\xff\x80'
        """
        message = checks.as_sequence(symbols, len(self.codewords))
        bits = "".join(map(self.codewords.__getitem__, message.tolist())) + "1"
        return np.packbits(np.frombuffer(bits.encode(), np.uint8) - ord("0")).tobytes()

    def decode(self, data: bytes, n: int) -> NDArray[np.intp]:
        r"""Return the first and only `n` symbols of `data`.

        A code whose Kraft sum is 1 reads any bits as symbols, so a changed bit that leaves their
        number as it was goes unnoticed, as in every code without a checksum.

        Parameters
        ----------
        data : bytes
            What `encode` returned.
        n : int
            The number of symbols in the message.

        Returns
        -------
        ndarray of int, shape (n,)

        Raises
        ------
        TypeError
            If `data` is not bytes or `n` not a whole number.
        ValueError
            If `data` ends before the message does, goes on after it, does not end with a 1 and
            0s, or holds bits that begin no codeword.

        Examples
        --------
        >>> PrefixCode(["0", "10", "11"]).decode(b"\xff\xff\x80", 9)
        Traceback (most recent call last):
        ValueError: data is damaged or truncated: its 16 bits hold 8 symbols, not 9
        """
        data, n = checks.as_bytes(data), checks.as_count(n)
        if not data or data[-1] == 0:
            checks.damaged("data", "it does not end with the 1 that marks the end")
        n_bits = 8 * len(data) - (data[-1] & -data[-1]).bit_length()
        checks.as_capacity(n, n_bits, int(self.lengths.min()))
        if self.codewords == ("",) and n_bits == 0:
            return np.zeros(n, np.intp)
        symbols, node, tree = [], 0, self._tree
        bits = np.unpackbits(np.frombuffer(data, np.uint8), count=n_bits)
        for place, bit in enumerate(bits.tobytes()):
            node = tree[node][bit]
            if node is None:
                checks.damaged("data", f"no codeword begins with the bits in byte {place // 8}")
            if node < 0:
                symbols.append(~node)
                node = 0
        if node:
            checks.damaged("data", f"its {n_bits} bits end within a codeword")
        if len(symbols) != n:
            checks.damaged("data", f"its {n_bits} bits hold {len(symbols)} symbols, not {n}")
        return np.array(symbols, np.intp)

    @cached_property
    def _tree(self):
        """Nodes: for each bit the next node, or ~symbol at a leaf, or None where no word is."""
        tree = [[None, None]]
        for symbol, word in enumerate(self.codewords):
            node = 0
            for bit in map(int, word[:-1]):
                if tree[node][bit] is None:
                    tree[node][bit] = len(tree)
                    tree.append([None, None])
                node = tree[node][bit]
            if word:
                tree[node][int(word[-1])] = ~symbol
        return tree


def kraft_sum(lengths: ArrayLike) -> Fraction:
    r"""Return the Kraft sum :math:`\sum_k 2^{-\ell_k}`, exactly.

    A prefix code with these codeword lengths exists if and only if the sum is at most 1.

    Parameters
    ----------
    lengths : array_like of int, shape (K,)
        Codeword lengths, in bits.

    Returns
    -------
    fractions.Fraction

    Raises
    ------
    TypeError, ValueError
        If the lengths are not whole numbers from 0 to 2**16. (A probability of a float asks for
        1,074 bits at most.)

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2nd ed. (2006), theorem 5.2.1.

    Examples
    --------
    >>> kraft_sum([1, 2, 2])
    Fraction(1, 1)
    >>> kraft_sum([1, 2, 3]) <= 1
    True
    """
    bits = checks.as_lengths(lengths)
    longest = max(bits)
    return Fraction(sum(1 << (longest - length) for length in bits), 1 << longest)


def shannon_lengths(p: ArrayLike) -> NDArray[np.int64]:
    r"""Return the Shannon codeword lengths :math:`\lceil \log_2 1/p_k \rceil`, in bits.

    Parameters
    ----------
    p : array_like, shape (K,)
        Probabilities of the symbols, greater than 0.

    Returns
    -------
    ndarray of int, shape (K,)

    Raises
    ------
    TypeError, ValueError
        If `p` is not a single pmf, or a probability is 0: its length would be infinite.

    Notes
    -----
    As :math:`2^{-\ell_k} \le p_k`, the Kraft sum is at most the sum of `p`, and `canonical_code`
    makes a code of the lengths. (If rounding makes that sum exceed 1, it may refuse to.)

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, Bell System Technical Journal 27
    (1948), section 9.

    Examples
    --------
    >>> shannon_lengths([0.4, 0.3, 0.3])
    array([2, 2, 2])
    """
    pmf = checks.as_single_pmf(p, positive=True)
    # p = m 2**e with 1/2 <= m < 1, so log2 1/p lies in (-e, 1 - e]: exact, without a logarithm.
    return 1 - np.frexp(pmf)[1].astype(np.int64)


def canonical_code(lengths: ArrayLike) -> PrefixCode:
    """Return the canonical prefix code with the given codeword lengths.

    Shorter codewords come first, symbols of equal length in their own order; each codeword is the
    next number, with 0s appended when the length grows. So the lengths alone determine the code.

    Parameters
    ----------
    lengths : array_like of int, shape (K,)
        Codeword lengths, in bits.

    Returns
    -------
    PrefixCode

    Raises
    ------
    TypeError, ValueError
        If the lengths are not whole numbers from 0 to 2**16, their Kraft sum exceeds 1, or there
        would be more than 2**27 bits in all.

    References
    ----------
    E. S. Schwartz and B. Kallick, Generating a canonical prefix encoding, Communications of the
    ACM 7 (1964).

    Examples
    --------
    >>> canonical_code([2, 1, 3, 3]).codewords
    ('10', '0', '110', '111')
    """
    bits = checks.as_lengths(lengths)
    checks.as_kraft_sum(kraft_sum(bits))
    checks.as_count(sum(bits), "the sum of lengths", most=checks.MOST, why="is one a typing error?")
    words = [""] * len(bits)
    word, before = 0, 0
    for k in sorted(range(len(bits)), key=bits.__getitem__):
        word <<= bits[k] - before
        before = bits[k]
        words[k] = f"{word:0{before}b}" if before else ""
        word += 1
    return PrefixCode(words)


def huffman_code(p: ArrayLike) -> PrefixCode:
    """Return an optimal prefix code for `p`: no other has a smaller expected length.

    The two least probable nodes are joined until one is left. Among equal ones, symbols come
    before joined nodes, in their own order, then joined nodes in the order in which they were
    made. The codewords are canonical. Symbols of probability 0 get codewords too; that of a
    single symbol is empty.

    Parameters
    ----------
    p : array_like, shape (K,)
        Probabilities of the symbols.

    Returns
    -------
    PrefixCode

    Raises
    ------
    TypeError, ValueError
        If `p` is not a single pmf.

    References
    ----------
    D. A. Huffman, A method for the construction of minimum-redundancy codes, Proceedings of the
    IRE 40 (1952).

    Examples
    --------
    >>> code = huffman_code([0.35, 0.17, 0.17, 0.16, 0.15])
    >>> code.codewords
    ('0', '100', '101', '110', '111')
    >>> print(round(code.expected_length([0.35, 0.17, 0.17, 0.16, 0.15]), 6))
    2.3
    """
    pmf = checks.as_single_pmf(p)
    parents = [0] * (2 * len(pmf) - 1)
    heap = [(weight, node) for node, weight in enumerate(_exact(pmf))]
    heapq.heapify(heap)
    for parent in range(len(pmf), len(parents)):
        first, left = heapq.heappop(heap)
        second, right = heap[0]
        parents[left] = parents[right] = parent
        heapq.heapreplace(heap, (first + second, parent))
    depths = [0] * len(parents)
    for node in range(len(parents) - 2, -1, -1):
        depths[node] = depths[parents[node]] + 1
    return canonical_code(depths[: len(pmf)])


def fano_code(p: ArrayLike) -> PrefixCode:
    """Return the code of questions that halve the probability as well as they can.

    The symbols are sorted, the most probable first (equal ones in their own order), and the list
    is cut in two where the masses of the parts differ least, and so on with each part. Among equal
    cuts the first is taken; a part without mass is cut in the middle. The codewords are canonical.
    Symbols of probability 0 get codewords too; that of a single symbol is empty.

    Parameters
    ----------
    p : array_like, shape (K,)
        Probabilities of the symbols.

    Returns
    -------
    PrefixCode
        Often as short as `huffman_code`, but not always.

    Raises
    ------
    TypeError, ValueError
        If `p` is not a single pmf.

    References
    ----------
    R. M. Fano, The transmission of information, MIT Research Laboratory of Electronics,
    Technical Report 65 (1949).

    Examples
    --------
    >>> code = fano_code([0.35, 0.17, 0.17, 0.16, 0.15])
    >>> code.codewords
    ('00', '01', '10', '110', '111')
    >>> print(round(code.expected_length([0.35, 0.17, 0.17, 0.16, 0.15]), 6))
    2.31
    """
    pmf = checks.as_single_pmf(p)
    order = np.argsort(-pmf, kind="stable")
    mass = list(itertools.accumulate(_exact(pmf[order]), initial=0))
    lengths = np.zeros(len(pmf), np.int64)
    parts = [(0, len(pmf))]
    while parts:
        start, stop = parts.pop()
        if stop - start == 1:
            continue
        lengths[order[start:stop]] += 1
        low, high = mass[start], mass[stop]
        cut = (start + stop) // 2
        if low < high:
            differences = [abs(2 * m - low - high) for m in mass[start + 1 : stop]]
            cut = start + 1 + differences.index(min(differences))
        parts += [(start, cut), (cut, stop)]
    return canonical_code(lengths)


def _exact(p):
    """Return whole numbers in the proportions of `p`, so that sums are exact and ties are ties."""
    ratios = [x.as_integer_ratio() for x in p.tolist()]
    scale = max(denominator for _, denominator in ratios)  # all are powers of 2
    return [numerator * (scale // denominator) for numerator, denominator in ratios]


def block_pmf(p: ArrayLike, n: int) -> NDArray[np.floating]:
    """Return the pmf of blocks of `n` independent symbols, each with pmf `p`.

    Parameters
    ----------
    p : array_like, shape (K,)
        Probabilities of the symbols.
    n : int
        The length of a block, 1 or greater.

    Returns
    -------
    ndarray, shape (K**n,)
        The probability of block number ``s[0] * K**(n-1) + ... + s[n-1]``.

    Raises
    ------
    TypeError, ValueError
        If `p` is not a single pmf, `n` is no whole number of at least 1, or there would be more
        than 2**22 blocks.

    Examples
    --------
    >>> block_pmf([0.75, 0.25], 2)
    array([0.5625, 0.1875, 0.1875, 0.0625])
    """
    pmf = checks.as_single_pmf(p)
    n = checks.as_block_count(len(pmf), n)
    blocks = pmf
    with np.errstate(under="ignore"):
        for _ in range(n - 1):
            blocks = np.multiply.outer(blocks, pmf).ravel()
    return blocks
