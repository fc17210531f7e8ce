"""The stream coder: its rate, its integers, its format and its errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xentlib import (
    NGram,
    entropy,
    ideal_bits,
    kl_divergence,
    quantize_pmf,
    stream_decode,
    stream_encode,
    surprisal,
)
from xentlib.codes import PRECISION
from xentlib.codes.lanes import FEWEST, decode_many, encode_many, encode_one

UNIT = 2**-PRECISION


def within_promise(data, symbols, pmf):
    ideal = ideal_bits(symbols, pmf) / 8
    return ideal - 1e-6 <= len(data) <= 1.001 * ideal + 64


@st.composite
def pmfs(draw):
    """Pmfs with zeros, and with probabilities from 1 down to the smallest floats."""
    logs = draw(st.lists(st.floats(-700, 0), min_size=1, max_size=20))
    weights = np.exp(np.array(logs) - max(logs))
    zeros = draw(st.lists(st.booleans(), min_size=len(logs), max_size=len(logs)))
    weights = np.where(np.array(zeros) & (weights < 1), 0, weights)
    return weights / weights.sum()


# The rate


@pytest.mark.parametrize(
    ("n", "k", "concentration"),
    [(100, 256, 1), (60_000, 256, 1), (400_000, 256, 1), (400_000, 40_000, 0.1), (400_000, 3, 1)],
)
def test_the_file_is_as_long_as_the_ideal_code_to_a_tenth_of_a_percent(n, k, concentration):
    rng = np.random.default_rng(0)
    pmf = rng.dirichlet(np.full(k, concentration))
    symbols = rng.choice(k, n, p=pmf)
    data = stream_encode(symbols, pmf)
    assert within_promise(data, symbols, pmf)
    np.testing.assert_array_equal(stream_decode(data, pmf, n), symbols)


def test_a_source_of_almost_no_information_needs_almost_no_bytes():
    pmf = [0.9999, 0.0001]
    symbols = np.zeros(300_000, np.uint8)
    symbols[[5, 7777, 200_000]] = 1
    data = stream_encode(symbols, pmf)
    assert ideal_bits(symbols, pmf) / 8 == pytest.approx(10.3, abs=0.1)
    assert len(data) <= 32
    np.testing.assert_array_equal(stream_decode(data, pmf, symbols.size), symbols)


@given(pmfs(), st.integers(0, 2**32 - 1), st.integers(0, 300))
def test_every_message_comes_back_from_a_file_of_the_promised_length(pmf, seed, n):
    # Rare symbols are drawn far more often than the pmf says.
    symbols = np.random.default_rng(seed).choice(np.flatnonzero(pmf), n)
    data = stream_encode(symbols, pmf)
    np.testing.assert_array_equal(stream_decode(data, pmf, n), symbols)
    quantized = quantize_pmf(pmf) * UNIT
    assert within_promise(data, symbols, quantized)


def test_the_wrong_codebook_costs_the_divergence_in_bytes_on_disk():
    rng = np.random.default_rng(1)
    p, q = rng.dirichlet(np.ones(50), 2)
    symbols = rng.choice(50, 200_000, p=p)
    frequencies = np.bincount(symbols, minlength=50) / symbols.size
    extra = len(stream_encode(symbols, q)) - len(stream_encode(symbols, p))
    expected = kl_divergence(frequencies, q) - kl_divergence(frequencies, p)
    assert 8 * extra / symbols.size == pytest.approx(expected, rel=2e-3)


def test_an_alphabet_of_one_and_no_symbols_at_all():
    assert stream_decode(stream_encode([0] * 1000, [1.0]), [1.0], 1000).tolist() == [0] * 1000
    assert ideal_bits([0] * 1000, [1.0]) == 0
    empty = stream_encode([], [0.5, 0.5])
    assert len(empty) == 14
    assert stream_decode(empty, [0.5, 0.5], 0).size == 0
    assert stream_decode(stream_encode([], np.empty((0, 2))), np.empty((0, 2)), 0).size == 0


def low(n):
    """Sources of few bits a symbol, which a lane of blocks codes, and messages of n symbols."""
    rng = np.random.default_rng(0)
    tail = 0.5 ** np.arange(1, 31)
    for name, pmf in {
        "rare": [0.999, 0.001],
        "rare, the other way round": [0.001, 0.999],
        "coin": [0.5, 0.5],
        "four": [0.25] * 4,
        "one of 256": [0.999, *[0.001 / 255] * 255],
        "with zeros": [0, 0.3, 0, 0.7, 0],
        "halves": tail / tail.sum(),
        "three of 300": [*[0.3] * 3, *[0.1 / 297] * 297],
        "nearly certain": [1 - 1e-9, 1e-9],
    }.items():
        yield pytest.param(np.array(pmf), rng.choice(len(pmf), n, p=pmf), id=name)


@pytest.mark.parametrize(("pmf", "symbols"), [*low(70_001), *low(5_003)])
def test_a_message_of_few_bits_is_coded_in_blocks(pmf, symbols):
    data = stream_encode(symbols, pmf)
    assert data[:2] == b"\0\0"
    np.testing.assert_array_equal(stream_decode(data, pmf, symbols.size), symbols)
    quantized = quantize_pmf(pmf) * UNIT
    assert len(data) <= ideal_bits(symbols, quantized) / 8 * 1.0001 + 30
    rng = np.random.default_rng(1)
    for wrong in (data[:-1], data[:-4], data + bytes(8), data[:14], b"\1" + data[1:]):
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(wrong, pmf, symbols.size)
    for place in [2, 6, len(data) - 1, *rng.integers(0, len(data), 3)]:
        wrong = bytearray(data)
        wrong[place] ^= 1 << rng.integers(8)
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(bytes(wrong), pmf, symbols.size)
    for n in (symbols.size - 1, symbols.size + 1, 0):
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(data, pmf, n)


@given(pmfs(), st.integers(0, 2**32 - 1), st.integers(4096, 5000))
@settings(max_examples=15)
def test_blocks_hold_every_message_at_the_promised_length(pmf, seed, n):
    symbols = np.random.default_rng(seed).choice(np.flatnonzero(pmf), n)
    data = stream_encode(symbols, pmf)
    np.testing.assert_array_equal(stream_decode(data, pmf, n), symbols)
    assert within_promise(data, symbols, quantize_pmf(pmf) * UNIT)


@pytest.mark.parametrize("share", [0.9, 0.99, 0.999])
def test_the_wrong_codebook_costs_the_cross_entropy_in_blocks_too(share):
    """A fair coin in a codebook for a loaded one: each block is far rarer than the pmf says."""
    symbols = np.random.default_rng(0).integers(0, 2, 100_000)
    data = stream_encode(symbols, [share, 1 - share])
    np.testing.assert_array_equal(stream_decode(data, [share, 1 - share], symbols.size), symbols)
    assert 8 * len(data) == pytest.approx(ideal_bits(symbols, [share, 1 - share]), rel=1e-3)


def test_blocks_are_for_a_pmf_that_has_them():
    data = stream_encode(np.zeros(5000, np.uint8), [0.9, 0.1])
    for pmf in (np.full(256, 1 / 256), np.full((5000, 2), 0.5), NGram(0).fit(b"a")):
        with pytest.raises(
            ValueError, match=r"it holds blocks, where this pmf has none|bits hold at most"
        ):
            stream_decode(data, pmf, 5000)


def test_the_promise_is_about_what_the_coder_holds():
    """Every possible symbol keeps one unit: of 2**20, they take 0.4% from a symbol of nearly 1."""
    pmf = np.full(1 << 20, 1e-9 / (2**20 - 1))
    pmf[0] = 1 - 1e-9
    symbols = np.zeros(10**6, np.uint8)
    data = stream_encode(symbols, pmf)
    assert ideal_bits(symbols, pmf) < 0.01
    assert len(data) > 500
    assert within_promise(data, symbols, quantize_pmf(pmf) * UNIT)


# Integers


@given(pmfs())
def test_quantized_pmfs_are_whole_and_complete_and_close(pmf):
    freq = quantize_pmf(pmf)
    assert freq.dtype == np.int64
    assert freq.sum() == 2**PRECISION
    assert ((freq > 0) == (pmf > 0)).all()
    # One unit was set apart for every possible outcome, and two edges of the cdf were rounded.
    off = 1 + np.abs(1 - pmf * np.count_nonzero(pmf))
    assert (np.abs(freq - pmf / UNIT) <= off + 1e-6).all()


def test_quantizing_costs_next_to_nothing():
    pmf = np.random.default_rng(0).dirichlet(np.full(1000, 0.1))
    assert kl_divergence(pmf, quantize_pmf(pmf) * UNIT) < 1e-5


def test_pmfs_are_quantized_row_by_row():
    pmf = np.random.default_rng(0).dirichlet(np.ones(7), (3, 4))
    freq = quantize_pmf(pmf)
    for i in np.ndindex(3, 4):
        np.testing.assert_array_equal(freq[i], quantize_pmf(pmf[i]))


def test_ideal_bits_is_the_sum_of_the_surprisals():
    pmf = np.array([0.5, 0.3, 0.2, 0])
    symbols = [0, 2, 1, 1, 0]
    assert ideal_bits(symbols, pmf) == pytest.approx(surprisal(pmf[symbols]).sum())
    assert ideal_bits([3], pmf) == np.inf
    rows = np.array([pmf, pmf[::-1]])
    assert ideal_bits([0, 3], rows) == pytest.approx(2)
    assert ideal_bits(np.arange(4).repeat([5, 3, 2, 0]), pmf) == pytest.approx(10 * entropy(pmf))


# The format


def test_the_bytes_are_the_same_on_every_machine():
    data = stream_encode([2, 0, 1, 0, 0, 2, 1, 0], [0.6, 0.3, 0.1])
    assert data.hex() == "01009ea37b80434dff9f1d210000"


@pytest.mark.parametrize("lanes", [1, 2, 7, 300])
def test_both_loops_write_and_read_the_same_format(monkeypatch, lanes):
    rng = np.random.default_rng(0)
    pmf = rng.dirichlet(np.ones(9))
    symbols = rng.choice(9, 1000, p=pmf)
    lengths = quantize_pmf(pmf)
    starts = np.cumsum(lengths) - lengths
    body = encode_many(symbols, starts, lengths, lanes)
    back = np.empty_like(symbols)
    decode_many(body, lanes, lengths, back)
    np.testing.assert_array_equal(back, symbols)
    if lanes == 1:
        assert body == encode_one(starts[symbols], lengths[symbols])


def test_symbols_take_the_smallest_type():
    for k, dtype in ((1, np.uint8), (256, np.uint8), (257, np.uint16), (70_000, np.uint32)):
        pmf = np.full(k, 1 / k)
        symbols = np.array([0, k - 1])
        back = stream_decode(stream_encode(symbols, pmf), pmf, 2)
        assert back.dtype == dtype
        assert back.tolist() == symbols.tolist()


# Errors


def test_a_symbol_of_probability_0_is_named():
    for message in ([0, 1, 0, 2], [0, 1, 0, 2] * 10_000):
        with pytest.raises(ValueError, match=r"symbols\[3\] is 2, which has probability 0"):
            stream_encode(message, [0.5, 0.5, 0])
    with pytest.raises(ValueError, match=r"symbols\[1\] is 0, which has probability 0"):
        stream_encode([0, 0], [[0.5, 0.5], [0, 1]])


CERTAIN = stream_encode([0] * 1000, [1.0])


@pytest.mark.parametrize(
    ("data", "pmf", "n", "text"),
    [
        (
            b"\1\0" + bytes(12),
            [0.5, 0.5],
            10**15,
            "its 112 bits hold at most 224 symbols, not 1,000,000,000,000,000",
        ),
        (CERTAIN, [1.0], 10**15, "hold at most 2,147,483,648 symbols"),
        (CERTAIN, [1.0], 3 * 10**7, "does not hold 30000000 symbols"),
        (CERTAIN, [0.0, 1.0], 3 * 10**7, "does not hold"),
        (CERTAIN, NGram(2, 1).fit([0]), 3 * 10**7, "does not hold"),
        (CERTAIN, NGram(2).fit(b"a"), 10**12, "its 112 bits hold at most .* symbols"),
        (CERTAIN, [0.9, 0.1], 10**9, "at most .* symbols"),
    ],
)
def test_a_number_that_is_no_length_is_refused_before_the_work(data, pmf, n, text):
    with pytest.raises(ValueError, match=text):
        stream_decode(data, pmf, n)


def test_what_is_certain_costs_nothing():
    n = 3 * 10**7
    data = stream_encode(np.zeros(n, np.uint8), [1.0])
    assert len(data) == 14
    assert not stream_decode(data, [1.0], n).any()


def test_an_alphabet_beyond_the_precision_is_refused():
    huge = np.broadcast_to(np.float64(2.0**-25), (1 << 25,))
    for call in (lambda: quantize_pmf(huge), lambda: stream_encode([0], huge)):
        with pytest.raises(
            ValueError,
            match=r"the number of outcomes of pmf is 33554432, but can be at most 16777216: .*join",
        ):
            call()


def many_lanes():
    pmf = np.random.default_rng(0).dirichlet(np.ones(256))
    symbols = np.random.default_rng(1).choice(256, 400_000, p=pmf)
    return pmf, symbols, stream_encode(symbols, pmf)


def test_damage_in_a_file_of_many_lanes_is_noticed():
    pmf, symbols, data = many_lanes()
    assert int.from_bytes(data[:2], "little") >= FEWEST
    rng = np.random.default_rng(2)
    places = [0, 1, 2, 6, 13, 200, 5000, len(data) - 1, *rng.integers(0, len(data), 5)]
    for place in places:
        wrong = bytearray(data)
        wrong[place] ^= 1 << rng.integers(8)
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(bytes(wrong), pmf, symbols.size)
    for wrong in (data[:-4], data[:-1], data + b"\0\0\0\0", data[:100], b""):
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(wrong, pmf, symbols.size)


def test_a_refusal_names_what_is_wrong():
    """No message ends with no word left over and is refused for that."""
    pmf = [0.5, 0.25, 0.25]
    data = stream_encode([0, 1, 2] * 20, pmf)
    said = set()
    for i in range(len(data)):
        for bit in range(8):
            wrong = bytearray(data)
            wrong[i] ^= 1 << bit
            with pytest.raises(ValueError, match="data is damaged or truncated") as refusal:
                stream_decode(bytes(wrong), pmf, 60)
            said.add(str(refusal.value))
    assert any("lead back to where the encoder began" in text for text in said)
    assert not any(" 0 words" in text for text in said)


def test_another_codebook_or_length_is_noticed():
    pmf, symbols, data = many_lanes()
    for wrong in (pmf[::-1], np.full(256, 1 / 256)):
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(data, wrong, symbols.size)
    for n in (0, 1, symbols.size - 1, symbols.size + 1):
        with pytest.raises(ValueError, match="damaged or truncated"):
            stream_decode(data, pmf, n)
    with pytest.raises(ValueError, match="where a pmf that changes has one"):
        stream_decode(data, NGram(0).fit(b"a"), symbols.size)


@pytest.mark.parametrize(
    ("pmf", "text"),
    [
        ([0.5, 0.6], "pmf sums to 1.1"),
        ([[0.5, 0.5]], r"pmf has shape \(1, 2\), but 2 symbols need"),
        (np.full((2, 2, 2), 0.5), "need one pmf, or one each"),
    ],
)
def test_a_codebook_must_be_a_pmf(pmf, text):
    data = stream_encode([0, 1], [0.5, 0.5])
    for call in (
        lambda: stream_encode([0, 1], pmf),
        lambda: ideal_bits([0, 1], pmf),
        lambda: stream_decode(data, pmf, 2),
    ):
        with pytest.raises(ValueError, match=text):
            call()
