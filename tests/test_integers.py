"""xentlib where NumPy's default integer has 32 bits, as it has for Python in the browser.

Here the functions that take an integer's size from the platform are made to give 32 bits, unless
they are told how many; keys of n-grams, counts times shares and places of bits need 64.
"""

import numpy as np
import pytest

from xentlib import NGram, OnlineNGram, checks, huffman_code, models, stream_decode, stream_encode
from xentlib.codes import lanes, prefix, stream

TEXT = (b"how much wood would a woodchuck chuck " * 40)[:1500]
SIZED = {"arange", "array", "asarray", "full", "cumsum", "concatenate", "append", "diff"}
INDICES = {"argsort", "searchsorted", "flatnonzero", "bincount", "argmax", "argmin"}


class Narrow:
    """NumPy with a default integer of 32 bits."""

    intp = int_ = np.int32

    def __getattr__(self, name):
        """Return NumPy's own, made narrow."""
        own = getattr(np, name)
        if name in INDICES:
            return lambda *given, **named: np.asarray(own(*given, **named)).astype(np.int32)
        if name == "unique":
            return self.unique
        if name not in SIZED:
            return own

        def sized(*given, **named):
            made = own(*given, **named)
            told = "dtype" in named or any(
                g in (np.int64, np.float64) for g in given[1:] if type(g) is type
            )
            arrays = [
                g
                for g in (*given, *(given[0] if isinstance(given[0], list | tuple) else ()))
                if isinstance(g, np.ndarray | np.generic)
            ]
            wide = any(a.dtype.itemsize == 8 for a in arrays)
            return made if told or wide or made.dtype != np.int64 else made.astype(np.int32)

        return sized

    @staticmethod
    def unique(*given, **named):
        """Return what is unique as it is, and where and how often in 32 bits."""
        first, *more = np.unique(*given, **named)
        return first, *(x.astype(np.int32) for x in more)


def results():
    """Return what the codes and models make of a text, and of symbols far from 0."""
    wide = np.random.default_rng(0).zipf(1.2, 3000) % 50_000
    for order, k, text in ((4, 256, np.frombuffer(TEXT, np.uint8)), (2, 50_000, wide)):
        for model in (NGram(order, k).fit(text[:1000]), OnlineNGram(order, k)):
            yield from model.spans(text)
            data = stream_encode(text, model)
            yield data
            yield stream_decode(data, model, text.size)
        yield NGram(order, k).fit(text).pmf(text[:9])
        pmf = np.bincount(text, minlength=k) / text.size
        yield (data := stream_encode(np.tile(text, 40), pmf))
        yield stream_decode(data, pmf, 40 * text.size)
        code = huffman_code(pmf)
        yield (data := code.encode(text))
        yield code.decode(data, text.size)
    yield stream_encode(np.zeros(9000, np.uint8), [0.9, 0.1])


def test_results_are_the_same_where_integers_are_short(monkeypatch):
    expected = list(results())
    for module in (checks, lanes, models, prefix, stream):
        monkeypatch.setattr(module, "np", Narrow())
    for got, right in zip(results(), expected, strict=True):
        np.testing.assert_array_equal(got, right)


def test_a_narrow_integer_is_noticed(monkeypatch):
    """The stand-in does what the browser does: a sum of products runs over."""
    narrow = Narrow()
    assert narrow.arange(3).dtype == narrow.full(3, 7).dtype == narrow.array([1]).dtype == np.int32
    assert narrow.arange(3, dtype=np.int64).dtype == narrow.full(3, 7, np.int64).dtype == np.int64
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(narrow.full(1, 1 << 27) * 64, [1 << 33])
