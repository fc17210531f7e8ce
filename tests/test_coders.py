"""One test body for every coder: round trip, damage, and the length that was promised."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xentlib import (
    NGram,
    OnlineNGram,
    canonical_code,
    fano_code,
    huffman_code,
    ideal_bits,
    shannon_lengths,
    stream_decode,
    stream_encode,
)

K = 5
PMF = np.array([0.4, 0.3, 0.2, 0.0625, 0.0375])
TRAINING = np.random.default_rng(0).choice(K, 500, p=PMF)


@dataclass
class Coder:
    """A coder in the terms that all have in common."""

    encode: callable
    decode: callable
    bits: callable  # of a message: what the codebook says it costs
    overhead: int  # bytes that may come on top
    checked: bool  # whether a changed byte is always noticed


def prefix(code):
    return Coder(code.encode, code.decode, lambda m: sum(code.lengths[m]), 1, False)


def stream(codebook):
    """`codebook` makes the pmf or model from the length of a message."""
    return Coder(
        lambda m: stream_encode(m, codebook(len(m))),
        lambda data, n: stream_decode(data, codebook(max(int(n), 0)), n),
        lambda m: ideal_bits(m, codebook(len(m))),
        17,
        True,
    )


def rows(n):
    """Return a pmf for each of n symbols, no two alike."""
    return np.array([(1 - t) * PMF + t / K for t in np.linspace(0, 0.5, n)]).reshape(n, K)


CODERS = {
    "huffman": prefix(huffman_code(PMF)),
    "fano": prefix(fano_code(PMF)),
    "shannon": prefix(canonical_code(shannon_lengths(PMF))),
    "stream, one pmf": stream(lambda n: PMF),
    "stream, one pmf in float32": stream(lambda n: PMF.astype(np.float32)),
    "stream, a pmf a symbol": stream(rows),
    "stream, n-gram": stream(lambda n: NGram(2, K).fit(TRAINING)),
    "stream, n-gram learned on the way": stream(lambda n: OnlineNGram(2, K)),
}

messages = st.lists(st.integers(0, K - 1), max_size=60)
coders = pytest.mark.parametrize("coder", CODERS.values(), ids=CODERS)


@coders
@given(message=messages)
def test_what_was_encoded_is_decoded(coder, message):
    data = coder.encode(message)
    assert isinstance(data, bytes)
    assert coder.decode(data, len(message)).tolist() == message


@coders
@given(message=messages)
def test_the_length_is_what_the_codebook_says(coder, message):
    bits = coder.bits(message)
    assert bits / 8 - 1e-6 <= len(coder.encode(message)) <= bits / 8 + coder.overhead


@coders
@given(message=st.lists(st.integers(0, K - 1), min_size=1, max_size=40), more=st.binary(min_size=1))
def test_truncated_or_extended_data_is_an_error(coder, message, more):
    data = coder.encode(message)
    for wrong in [data[:i] for i in range(len(data))] + [data + more]:
        with pytest.raises(ValueError, match="damaged or truncated"):
            coder.decode(wrong, len(message))


@coders
@given(
    message=st.lists(st.integers(0, K - 1), min_size=1, max_size=40),
    place=st.integers(0, 10**6),
    change=st.integers(1, 255),
)
def test_a_changed_byte_is_never_a_silent_error_in_a_checked_code(coder, message, place, change):
    data = bytearray(coder.encode(message))
    data[place % len(data)] ^= change
    if coder.checked:
        with pytest.raises(ValueError, match="damaged or truncated"):
            coder.decode(bytes(data), len(message))
        return
    try:  # a code without a checksum may read other symbols, but as many as it was asked for
        assert len(coder.decode(bytes(data), len(message))) == len(message)
    except ValueError as error:
        assert "damaged or truncated" in str(error)  # noqa: PT017


@coders
@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ([0, 1, K], ValueError, r"symbols\[2\] is 5"),
        ([0, -1], ValueError, r"symbols\[1\] is -1"),
        ([0.0, 1.0], TypeError, "symbols must hold integers"),
        ([[0, 1]], ValueError, r"symbols has shape \(1, 2\)"),
    ],
)
def test_a_message_outside_the_alphabet_is_an_error(coder, message, kind, text):
    with pytest.raises(kind, match=text):
        coder.encode(message)


@coders
def test_what_to_decode_must_be_bytes_and_a_whole_number(coder):
    data = coder.encode([0, 1, 2])
    with pytest.raises(TypeError, match="data must be bytes"):
        coder.decode("0110", 3)
    with pytest.raises(TypeError, match="n must be a whole number"):
        coder.decode(data, 3.0)
    with pytest.raises(ValueError, match="n is -1"):
        coder.decode(data, -1)


@coders
def test_bytes_are_symbols(coder):
    assert coder.encode(bytes([0, 1, 2])) == coder.encode([0, 1, 2])
