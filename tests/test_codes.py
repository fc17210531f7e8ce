"""Prefix codes: what they promise, on every kind of pmf, and what a damaged stream does."""

import itertools
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import pmfs

from xentlib import (
    PrefixCode,
    block_pmf,
    canonical_code,
    entropy,
    fano_code,
    huffman_code,
    kraft_sum,
    manual_text,
    normalize,
    shannon_lengths,
)


def shannon_code(p):
    return canonical_code(shannon_lengths(p))


def dyadic(p):
    """Return a pmf of the same size whose probabilities are powers of 1/2."""
    lengths = np.minimum(np.arange(len(p)) + 1, max(len(p) - 1, 0))
    return 0.5**lengths


BUILDERS = {
    "huffman": huffman_code,
    "fano": fano_code,
    "shannon": lambda p: shannon_code(dyadic(p)),
}
everywhere = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)


def shortest_expected_length(p):
    """Return the smallest expected length of a prefix code: all sets of lengths are tried."""
    return min(
        float(np.dot(p, lengths))
        for lengths in itertools.product(range(len(p)), repeat=len(p))
        if sum(Fraction(1, 2**length) for length in lengths) <= 1
    )


# Promises of every code


@everywhere
@given(p=pmfs(most=12), data=st.data())
def test_every_message_comes_back(build, p, data):
    code = build(p)
    message = data.draw(st.lists(st.integers(0, len(p) - 1), max_size=40))
    coded = code.encode(message)
    assert len(coded) == int(code.lengths[message].sum()) // 8 + 1
    np.testing.assert_array_equal(code.decode(coded, len(message)), message)


@everywhere
@given(p=pmfs(most=12))
def test_codewords_are_prefix_free_and_canonical(build, p):
    code = build(p)
    words = code.codewords
    assert len(words) == len(p)
    assert not any(a != b and b.startswith(a) for a, b in itertools.permutations(words, 2))
    assert len(set(words)) == len(words)
    assert [len(word) for word in words] == code.lengths.tolist()
    in_order = sorted(range(len(words)), key=lambda k: (len(words[k]), k))
    assert [words[k] for k in in_order] == sorted(words)
    assert code == canonical_code(code.lengths)
    assert hash(code) == hash(canonical_code(code.lengths))


@everywhere
@given(p=pmfs(most=12))
def test_no_bit_is_wasted(build, p):
    assert kraft_sum(build(p).lengths) == 1


@everywhere
@given(p=pmfs(most=12), data=st.data())
def test_a_truncated_or_extended_stream_is_an_error(build, p, data):
    code = build(p)
    message = data.draw(st.lists(st.integers(0, len(p) - 1), min_size=1, max_size=30))
    coded = code.encode(message)
    for wrong in (coded[:-1], coded + b"\0", coded + b"\xff"):
        if wrong != coded:
            with pytest.raises(ValueError, match="data is damaged or truncated"):
                code.decode(wrong, len(message))


@everywhere
@given(p=pmfs(most=12), data=st.data())
def test_a_changed_bit_is_an_error_or_changes_the_message(build, p, data):
    """A changed bit never goes by with the message unchanged or cut short."""
    code = build(p)
    message = data.draw(st.lists(st.integers(0, len(p) - 1), min_size=1, max_size=30))
    coded = bytearray(code.encode(message))
    if coded:
        bit = data.draw(st.integers(0, 8 * len(coded) - 1))
        coded[bit // 8] ^= 0x80 >> bit % 8
        try:
            other = code.decode(coded, len(message))
        except ValueError as error:
            assert "data is damaged or truncated" in str(error)  # noqa: PT017
        else:
            assert len(other) == len(message)
            assert other.tolist() != message


@everywhere
@given(p=pmfs(most=12))
def test_expected_length_is_the_average(build, p):
    code = build(p)
    np.testing.assert_allclose(code.expected_length(p), np.dot(p, code.lengths), rtol=1e-15)
    np.testing.assert_allclose(
        code.expected_length(np.stack([p, p], axis=1), axis=0), [code.expected_length(p)] * 2
    )


# Each code


@given(pmfs(most=5))
def test_huffman_is_optimal(p):
    np.testing.assert_allclose(huffman_code(p).expected_length(p), shortest_expected_length(p))


def test_the_stored_case_where_halving_is_not_best():
    p = [0.35, 0.17, 0.17, 0.16, 0.15]
    np.testing.assert_allclose(fano_code(p).expected_length(p), 2.31, rtol=1e-14)
    np.testing.assert_allclose(huffman_code(p).expected_length(p), 2.30, rtol=1e-14)
    np.testing.assert_allclose(shortest_expected_length(p), 2.30, rtol=1e-14)
    np.testing.assert_allclose(entropy(p), 2.2328, atol=5e-5)


def test_known_codes():
    assert huffman_code([0.5, 0.25, 0.25]).codewords == ("0", "10", "11")
    assert fano_code([0.25, 0.5, 0.25]).codewords == ("10", "0", "11")
    assert huffman_code([0.4, 0.3, 0.3]) == huffman_code([0.5, 0.25, 0.25])
    assert huffman_code([0.4, 0.3, 0.3]) != huffman_code([0.3, 0.4, 0.3])
    assert shannon_lengths([0.4, 0.3, 0.3]).tolist() == [2, 2, 2]
    assert shannon_lengths([1]).tolist() == [0]
    assert shannon_lengths([0.5, 5e-324, 0.5]).tolist() == [1, 1074, 1]
    assert shannon_lengths(np.float32([0.75, 0.25])).tolist() == [1, 2]


def test_equal_probabilities_are_settled_as_documented():
    assert huffman_code([0.25] * 4).codewords == ("00", "01", "10", "11")
    # 1/3 and 1/3 wait while the first two symbols, 1/6 each, are joined; then symbols come first.
    assert huffman_code([1 / 6, 1 / 6, 1 / 3, 1 / 3]).lengths.tolist() == [2, 2, 2, 2]
    assert fano_code([1 / 3] * 3).codewords == ("0", "10", "11")
    assert fano_code([1, 0, 0, 0, 0]).lengths.tolist() == [1, 3, 3, 3, 3]
    assert huffman_code([1, 0, 0, 0, 0]).lengths.tolist() == [1, 3, 3, 3, 3]


def test_a_single_symbol_needs_no_bits():
    for code in (huffman_code([1]), fano_code([1]), shannon_code([1]), canonical_code([0])):
        assert code.codewords == ("",)
        assert code.expected_length([1]) == 0
        assert code.encode([0, 0, 0]) == b"\x80"
        assert code.decode(b"\x80", 3).tolist() == [0, 0, 0]
        for wrong in (b"", b"\0", b"\xc0", b"\x80\x80"):
            with pytest.raises(ValueError, match="data is damaged or truncated"):
                code.decode(wrong, 3)


@everywhere
@given(p=pmfs(most=12), data=st.data())
def test_what_fills_the_last_byte_is_never_a_symbol(build, p, data):
    """Only the number of symbols that was encoded is accepted, whatever fills the last byte."""
    code = build(p)
    message = data.draw(st.lists(st.integers(0, len(p) - 1), max_size=20))
    coded = code.encode(message)
    if len(p) > 1:
        for n in range(len(message) + 10):
            if n != len(message):
                with pytest.raises(ValueError, match="data is damaged or truncated"):
                    code.decode(coded, n)


def test_decoding_takes_little_memory():
    """What it remembers is bounded: 256 symbols have 65,280 walks, and a large alphabet more."""
    rng = np.random.default_rng(0)
    pmf = rng.dirichlet(np.ones(4096))
    message = rng.choice(4096, 40_000, p=pmf)
    code = huffman_code(pmf)
    coded = code.encode(message)
    code.decode(coded, message.size)  # builds the tree, which stays
    tracemalloc.start()
    np.testing.assert_array_equal(code.decode(coded, message.size), message)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 9e6


def test_codewords_of_a_thousand_bits():
    p = 0.5 ** np.arange(1, 1001)
    p[-1] *= 2
    for code in (huffman_code(p), canonical_code(np.minimum(np.arange(1, 1001), 999))):
        assert code.lengths.max() == 999
        message = np.r_[np.arange(1000), 0, 999]
        np.testing.assert_array_equal(code.decode(code.encode(message), 1002), message)


def test_a_code_need_not_be_canonical_or_complete():
    code = PrefixCode(["11", "0"])
    assert code.codewords == ("11", "0")
    assert kraft_sum(code.lengths) < 1
    assert code.decode(code.encode([0, 1, 1, 0]), 4).tolist() == [0, 1, 1, 0]
    with pytest.raises(ValueError, match="no codeword begins with the bits in byte 1"):
        code.decode(b"\xff\x80\x80", 9)


def test_the_manual_comes_back():
    text = np.frombuffer(manual_text().encode(), np.uint8)
    p = normalize(np.bincount(text, minlength=256))
    code = huffman_code(p)
    coded = code.encode(text)
    assert entropy(p) <= 8 * len(coded) / len(text) < entropy(p) + 0.1
    np.testing.assert_array_equal(code.decode(coded, len(text)), text)


# Sums and blocks


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=20))
def test_kraft_sum_is_exact(lengths):
    total = kraft_sum(lengths)
    assert total == sum(Fraction(1, 2**length) for length in lengths)
    assert isinstance(total, Fraction)


@given(pmfs(most=3), st.integers(1, 5))
def test_block_pmf_is_the_product(p, n):
    blocks = block_pmf(p, n)
    expected = [
        np.prod([p[k] for k in block]) for block in itertools.product(range(len(p)), repeat=n)
    ]
    np.testing.assert_allclose(blocks, expected, rtol=1e-14, atol=1e-320)


# Errors


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: huffman_code([0.5, 0.6]), ValueError, "p sums to 1.1"),
        (
            lambda: huffman_code([[0.5, 0.5]]),
            ValueError,
            "p has shape (1, 2), but must be a single",
        ),
        (lambda: fano_code([]), ValueError, "p is empty along axis -1"),
        (
            lambda: shannon_lengths([0.5, 0, 0.5]),
            ValueError,
            "p[1] is 0.0: leave out outcomes that",
        ),
        (
            lambda: canonical_code([1, 1, 2]),
            ValueError,
            "the Kraft sum of lengths exceeds 1 by 0.25",
        ),
        (
            lambda: canonical_code([0, 1074]),
            ValueError,
            "the Kraft sum of lengths exceeds 1 by 5e-324",
        ),
        (lambda: canonical_code([1, -1]), ValueError, "lengths[1] is -1"),
        (lambda: canonical_code([1.0, 1.0]), TypeError, "lengths must hold integers"),
        (lambda: kraft_sum([]), ValueError, "lengths is empty"),
        (lambda: PrefixCode("01"), TypeError, "codewords is the single string '01'"),
        (lambda: PrefixCode([0, 1]), TypeError, "codewords[0] is 0, but must be a string"),
        (lambda: PrefixCode(["0", "12"]), ValueError, "codewords[1] is '12', but must consist of"),
        (lambda: PrefixCode(["0", "1", "0"]), ValueError, "codewords[0] '0' is the beginning of"),
        (lambda: PrefixCode(["", "1"]), ValueError, "codewords[0] '' is the beginning of"),
        (lambda: PrefixCode([]), ValueError, "codewords is empty"),
        (lambda: block_pmf([0.5, 0.5], 0), ValueError, "n is 0, but must be at least 1"),
        (lambda: block_pmf([0.5, 0.5], 1.5), TypeError, "n must be a whole number, not 1.5"),
        (
            lambda: block_pmf([0.5, 0.5], 30),
            ValueError,
            "n is 30, but can be at most 22: it makes 2**n blocks",
        ),
        (lambda: block_pmf([1.0], 10**9), ValueError, "n is 1000000000, but can be at most 22"),
        (lambda: kraft_sum([1, 10**12]), ValueError, "lengths[1] is 1000000000000, but a codeword"),
        (
            lambda: canonical_code([4 * 10**9]),
            ValueError,
            "lengths[0] is 4000000000, but a codeword",
        ),
        (lambda: canonical_code(range(1, 60_000)), ValueError, "the sum of lengths is 1799970000"),
        (lambda: PrefixCode([""]).decode(b"", 3 * 10**8), ValueError, "does not end with the 1"),
        (lambda: PrefixCode([""]).decode(b"\x80", 10**15), ValueError, "at most 2,147,483,648"),
        (lambda: PrefixCode(["0"]).decode(b"\x80", 10**9), ValueError, "0 bits hold at most 0"),
    ],
)
def test_bad_input_is_named(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert message in str(caught.value)


CODE = PrefixCode(["0", "10", "11"])


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: CODE.encode([0, 3]), ValueError, "symbols[1] is 3, but the alphabet is 0, ..., 2"),
        (lambda: CODE.encode([0, -1]), ValueError, "symbols[1] is -1"),
        (
            lambda: CODE.encode([[0]]),
            ValueError,
            "symbols has shape (1, 1), but must be a sequence",
        ),
        (lambda: CODE.encode("01"), TypeError, "symbols is a string: pass its bytes"),
        (lambda: CODE.encode([0.0]), TypeError, "convert with .astype(int)"),
        (lambda: CODE.decode("01", 1), TypeError, "data must be bytes, as an encoder returns them"),
        (lambda: CODE.decode(b"\0", -1), ValueError, "n is -1, but must be at least 0"),
        (lambda: CODE.decode(b"\xff\xff\x80", 9), ValueError, "its 16 bits hold 8 symbols, not 9"),
        (lambda: CODE.decode(b"\0\x80", 7), ValueError, "its 8 bits hold 8 symbols, not 7"),
        (lambda: CODE.decode(b"\0\x80", 9), ValueError, "its 8 bits hold at most 8 symbols, not 9"),
        (lambda: CODE.decode(b"", 1), ValueError, "it does not end with the 1 that marks the end"),
        (lambda: CODE.decode(b"\1\0", 6), ValueError, "it does not end with the 1"),
        (lambda: CODE.decode(b"\xc0", 1), ValueError, "its 1 bits end within a codeword"),
        (lambda: CODE.expected_length([0.5, 0.5]), ValueError, "p has 2 outcomes, but must have 3"),
    ],
)
def test_bad_messages_are_named(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert message in str(caught.value)
