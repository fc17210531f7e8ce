"""The claims of the last chapter: the loss is the size of a file, and the file decodes."""

import bz2
import zlib
from collections import Counter, defaultdict
from fractions import Fraction
from importlib import resources
from math import ceil, log2

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xentlib import NGram, OnlineNGram, manual_text, source_text, stream_decode, stream_encode

SLACK = 24  # bytes: the header, the state's last word


@pytest.fixture(scope="module")
def manual():
    text = manual_text().encode()
    cut = int(0.85 * len(text))
    return text[:cut], text[cut:][:20_000]


def surprisals(model, text, order):
    """Bits of each byte by the model's pmf, asked one context at a time."""
    return [-log2(model.pmf(text[max(0, i - order) : i])[text[i]]) for i in range(len(text))]


def test_A4(manual):
    """The loss of a model on a text, summed, is the size of a file that decodes."""
    seen, unseen = manual
    model = NGram(3).fit(seen)
    bits = sum(surprisals(model, unseen[:1000], 3))
    data = stream_encode(unseen[:1000], model)
    assert bits / 8 <= len(data) <= bits / 8 + SLACK
    assert stream_decode(data, model, 1000).tobytes() == unseen[:1000]


def test_B6(manual):
    """No rounding to whole bits is left: less than a hundredth of a bit a byte on a long text."""
    seen, unseen = manual
    model = NGram(4).fit(seen)
    excess = 8 * len(stream_encode(unseen, model)) - model.nll(unseen, reduction="sum")
    assert 0 <= excess / len(unseen) < 0.01


def test_B17(manual):
    """The wrong codebook's extra bytes are the difference of the two losses."""
    seen, _ = manual
    code = source_text().encode()
    cut = int(0.85 * len(code))
    program = code[cut:][:20_000]
    right, wrong = NGram(3).fit(code[:cut]), NGram(3).fit(seen)
    extra = len(stream_encode(program, wrong)) - len(stream_encode(program, right))
    predicted = (wrong.nll(program, reduction="sum") - right.nll(program, reduction="sum")) / 8
    assert extra > 1000
    assert abs(extra - predicted) < SLACK


def test_source_of_one_text(manual):
    """The mean loss is a cross-entropy of shares of the next byte, averaged over the contexts."""
    seen, unseen = manual
    text, order = unseen[:5000], 2
    model = NGram(order).fit(seen)
    follow = defaultdict(Counter)
    for i, byte in enumerate(text):
        follow[text[max(0, i - order) : i]][byte] += 1
    total = 0
    for context, after in follow.items():
        n, pmf = after.total(), model.pmf(context)
        total += n / len(text) * sum(c / n * -log2(pmf[byte]) for byte, c in after.items())
    assert model.nll(text) == pytest.approx(total)


def test_a_codebook_can_be_worse_than_none(manual):
    """A table costs more than 8 bits per byte with codebooks of prose and programs."""
    seen, _ = manual
    table = resources.files("xentlib").joinpath("data/penguins.csv").read_bytes()
    for codebook in (NGram(3).fit(seen), NGram(3).fit(source_text().encode())):
        assert 8.2 < 8 * len(stream_encode(table, codebook)) / len(table) < 9
    assert 1.2 < 8 * len(zlib.compress(table)) / len(table) < 1.7
    assert len(stream_encode(table, OnlineNGram(4))) < len(zlib.compress(table))


def test_alice_needs_seven_digits():
    """The interval of cat, boat, cat, violin is that of all numbers that begin 0.0100111."""
    alice = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
    low, width = Fraction(0), Fraction(1)
    for thing in (0, 1, 0, 3):
        low, width = low + width * sum(alice[:thing]), width * alice[thing]
    assert (low, width) == (Fraction(int("0100111", 2), 2**7), Fraction(1, 2**7))


def test_the_first_bytes_are_dear(manual):
    """The first 500 cost more than most windows of 500 later on, whatever they are."""
    costs = OnlineNGram(4).nll(manual_text().encode()[len(manual[0]) :], reduction="none")
    later = [costs[i : i + 500].mean() for i in range(2000, len(costs) - 500, 500)]
    assert costs[:500].mean() > np.median(later)


def test_what_the_dips_of_the_learning_curve_are(manual):
    """A copy of an earlier passage, the longest there is; other dips are tables or repetitions."""
    text = manual_text().encode()[len(manual[0]) :]
    costs = OnlineNGram(4).nll(text, reduction="none")

    def had_before(n):
        """Where n bytes begin that the text has had before."""
        met, found = set(), []
        for i in range(len(text) - n + 1):
            piece = hash(text[i : i + n])
            if piece in met:
                found.append(i)
            met.add(piece)
        return found

    longest, too_long = 500, len(text)
    while too_long - longest > 1:
        middle = (longest + too_long) // 2
        longest, too_long = (middle, too_long) if had_before(middle) else (longest, middle)
    start = had_before(longest)[0]
    assert costs[start : start + longest].mean() < 1
    repeated = np.zeros(len(text), bool)
    for i in had_before(12):
        repeated[i : i + 12] = True
    low = np.flatnonzero(np.convolve(costs, np.ones(500) / 500, mode="valid") < 1)
    dips = [(d[0], d[-1] + 500) for d in np.split(low, np.flatnonzero(np.diff(low) > 500) + 1)]
    assert all(repeated[a:b].mean() > 0.85 for a, b in dips)
    table = text[slice(*sorted(dips, key=lambda dip: dip[1] - dip[0])[-2])]
    assert sum(map(table.count, b" -+|=\n")) > len(table) / 2


def test_an_emoji_costs_the_learner_as_much_as_a_word_of_four_new_letters():
    """Not one that has read the manual: to that the emoji is three times as dear."""
    word, emoji = b"home", "\N{GRINNING FACE}".encode()
    assert OnlineNGram(2).nll(word) == pytest.approx(OnlineNGram(2).nll(emoji), abs=1e-4)
    read = NGram(3).fit(manual_text().encode())
    assert read.nll(emoji) > 3 * read.nll(word)


@given(st.binary(min_size=1, max_size=300))
@example(b"aa aa aa aa aa aa aa zebra")
def test_a_byte_that_is_new_to_the_learner_costs_at_least_8_bits(text):
    """And far more where others have come again before it: those are what it expects."""
    learner = OnlineNGram(2)
    costs = learner.nll(text, reduction="none")
    new = [i for i, byte in enumerate(text) if byte not in text[:i]]
    assert costs[0] == pytest.approx(8)
    assert costs[new].min() > 8 - 1e-6
    late = text[:1] * 30 + bytes([text[0] ^ 1])
    assert learner.nll(late, reduction="none")[-1] > 16


def test_learning_curve_is_the_file(manual):
    """What a codebook charges that learns as it goes is what one fitted on the past would."""
    _, unseen = manual
    text = unseen[:3000]
    costs = OnlineNGram(2).nll(text, reduction="none")
    for i in (0, 1, 10, 500, 2999):
        past = NGram(2).fit(text[:i])
        assert costs[i] == pytest.approx(-log2(past.pmf(text[:i])[text[i]]), rel=1e-9)
    data = stream_encode(text, OnlineNGram(2))
    assert costs.sum() / 8 <= len(data) <= costs.sum() / 8 + SLACK
    assert stream_decode(data, OnlineNGram(2), len(text)).tobytes() == text


def test_same_model_means_the_same_to_the_last_count(manual):
    """One byte less of training text, and the file no longer decodes."""
    seen, unseen = manual
    data = stream_encode(unseen, NGram(4).fit(seen))
    with pytest.raises(ValueError, match="data is damaged or truncated"):
        stream_decode(data, NGram(4).fit(seen[:-1]), len(unseen))


@given(st.lists(st.integers(1, 50), min_size=2, max_size=5), st.data())
def test_interval_theorem(weights, data):
    """A message of probability P has a codeword of ceil(log2 1/P) + 1 bits in its own interval."""
    pmf = [Fraction(w, sum(weights)) for w in weights]
    message = data.draw(st.lists(st.integers(0, len(pmf) - 1), max_size=12))
    low, width = Fraction(0), Fraction(1)
    for symbol in message:
        low, width = low + width * sum(pmf[:symbol]), width * pmf[symbol]
    # The smallest number of bits n with 2**-n <= P, without floating point.
    bits = next(n for n in range(200) if Fraction(1, 2**n) <= width) + 1
    piece = Fraction(ceil(low * 2**bits), 2**bits)
    assert low <= piece
    assert piece + Fraction(1, 2**bits) <= low + width
    assert bits < np.log2(float(1 / width)) + 2 + 1e-9


def test_bits_per_byte():
    """Bits a byte are nats a token, over the logarithm of 2, over the bytes in a token."""
    token_nats = -np.log(np.array([0.5, 0.25, 0.125]))  # three tokens of 2, 3 and 1 bytes
    assert token_nats.sum() / np.log(2) == pytest.approx(1 + 2 + 3)
    mean, share = token_nats.mean(), 3 / 6
    assert mean / np.log(2) * share == pytest.approx((1 + 2 + 3) / 6)


def test_which_bytes_a_codebook_is_made_from_matters(manual):
    """As many bytes as the wrong codebook had: the latest do better than all, the first worse."""
    seen, _ = manual
    code = source_text().encode()
    cut = int(0.93 * len(code))
    parts = {"all": code[:cut], "latest": code[cut - len(seen) : cut], "first": code[: len(seen)]}
    costs = {name: NGram(3).fit(part).nll(code[cut:]) for name, part in parts.items()}
    wrong = NGram(3).fit(seen).nll(code[cut:])
    assert costs["latest"] < costs["all"] < costs["first"] < wrong


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=20))
def test_a_bz2_file_says_where_it_ends(text, more):
    """No bz2 file begins another, as the reader stops before whatever follows."""
    reader = bz2.BZ2Decompressor()
    assert reader.decompress(bz2.compress(text) + more) == text
    assert reader.eof
    assert reader.unused_data == more


def test_a_lower_training_loss_can_mean_a_larger_file(manual):
    """With the longer context the text that was read costs less, and new text costs more."""
    seen, unseen = manual
    short, long = NGram(4).fit(seen), NGram(6).fit(seen)
    assert long.nll(seen[-20_000:]) < short.nll(seen[-20_000:])
    assert len(stream_encode(unseen, long)) > len(stream_encode(unseen, short))
