"""Error texts are part of the interface: they name argument, value, index and what to do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import pmfs

from xentlib import _blocks, checks, softmax

TABLE = np.full((2, 3, 4), 0.25)


def with_entry(index, value, axis=-1):
    """Return `TABLE` with one entry changed, its last axis moved to `axis`."""
    table = TABLE.copy()
    table[index] = value
    return np.moveaxis(table, -1, axis)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        # as_float
        (
            lambda: checks.as_float("abc", "x"),
            TypeError,
            "x must hold real numbers, but holds text such as abc: convert it first",
        ),
        (
            lambda: checks.as_float([1, 2j], "x"),
            TypeError,
            "x must hold real numbers, but its dtype is complex128",
        ),
        (
            lambda: checks.as_float([[1], [1, 2]], "x"),
            ValueError,
            "x is no rectangular array: its rows differ in length",
        ),
        (
            lambda: checks.as_float(3, "x"),
            ValueError,
            "x is the single number 3.0, but must have an axis of outcomes: "
            "pass a list such as [3.0, ...]",
        ),
        (
            lambda: checks.as_float([], "x"),
            ValueError,
            "x is empty along axis -1: its shape is (0,)",
        ),
        (
            lambda: checks.as_float(np.ones((0, 3)), "x", 0),
            ValueError,
            "x is empty along axis 0: its shape is (0, 3)",
        ),
        (
            lambda: checks.as_float([1], "x", 1),
            ValueError,
            "axis=1 does not exist: x has shape (1,)",
        ),
        (
            lambda: checks.as_float([1], "x", "rows"),
            TypeError,
            "axis must be a whole number, not 'rows'",
        ),
        # as_pmf
        (
            lambda: checks.as_pmf(with_entry((1, 2, 3), np.nan)),
            ValueError,
            "p[1, 2, 3] is nan: a probability cannot be missing",
        ),
        (
            lambda: checks.as_pmf(with_entry((1, 2, 3), -0.25, axis=0), axis=0),
            ValueError,
            "p[3, 1, 2] is -0.25: a probability cannot be negative",
        ),
        (
            lambda: checks.as_pmf(with_entry((1, 2, 3), np.inf, axis=1), "q", axis=1),
            ValueError,
            "q[1, 3, 2] is inf: a probability is at most 1",
        ),
        (
            lambda: checks.as_pmf(with_entry((1, 2, 3), 0.5)),
            ValueError,
            "p[1, 2] sums to 1.25, not 1: if these are weights or counts, pass normalize(p)",
        ),
        (
            lambda: checks.as_pmf(with_entry((1, 2, 3), 0.5, axis=1), axis=-2),
            ValueError,
            "p[1, :, 2] sums to 1.25, not 1: if these are weights or counts, pass normalize(p)",
        ),
        (
            lambda: checks.as_pmf(with_entry((1, 2, 3), 0.5, axis=0), axis=0),
            ValueError,
            "p[:, 1, 2] sums to 1.25, not 1: if these are weights or counts, pass normalize(p)",
        ),
        (
            lambda: checks.as_pmf([0.5, 0.5], size=3),
            ValueError,
            "p has 2 outcomes, but must have 3",
        ),
        # as_pair
        (
            lambda: checks.as_pair([1], [0.5, 0.5]),
            ValueError,
            "p has 1 outcomes and q has 2: both must list the same outcomes, in the same order",
        ),
        (
            lambda: checks.as_pair(np.ones((2, 1)), np.ones((3, 1))),
            ValueError,
            "the leading axes, all but that of the outcomes, do not broadcast: p has shape (2,) "
            "and q has shape (3,)",
        ),
        # Logits
        (
            lambda: softmax([[0, np.nan], [0, 0]]),
            ValueError,
            "logits[0, 1] is nan: scores must be finite, or -inf for a class that cannot occur",
        ),
        (
            lambda: softmax([[0, 0], [np.inf, 0]], axis=0),
            ValueError,
            "logits[1, 0] is inf: scores must be finite, or -inf for a class that cannot occur",
        ),
        (
            lambda: softmax([[0, -np.inf], [0, -np.inf]], axis=0),
            ValueError,
            "logits[:, 1] is -inf for every class: at least one must be able to occur",
        ),
        # as_labels
        (
            lambda: checks.as_labels([[0, 1], [3, 1]], 3),
            ValueError,
            "labels[1, 0] is 3, but with 3 classes a label is one of 0, ..., 2",
        ),
        (
            lambda: checks.as_labels(-1, 3),
            ValueError,
            "labels is -1, but with 3 classes a label is one of 0, ..., 2",
        ),
        (
            lambda: checks.as_labels([1.0], 3),
            TypeError,
            "labels must hold integers, but its dtype is float64: convert with .astype(int)",
        ),
        # log_base, as_example_weights
        (
            lambda: checks.log_base(0.5),
            ValueError,
            "base is 0.5, but must be greater than 1: 2 for bits, e for nats",
        ),
        (
            lambda: checks.log_base("e"),
            TypeError,
            "base must be a number, not 'e': 2 for bits, e for nats",
        ),
        (
            lambda: checks.log_base(np.array([2, 3])),
            TypeError,
            "base must be a number, not array([2, 3]): 2 for bits, e for nats",
        ),
        (
            lambda: checks.as_example_weights(None, (1,), "avg"),
            ValueError,
            "reduction is 'avg', but must be one of 'mean', 'sum', 'none'",
        ),
        # as_probability, as_weights, as_real, as_positive
        (
            lambda: checks.as_probability([[0.5, -0.5]]),
            ValueError,
            "p[0, 1] is -0.5: a probability lies between 0 and 1",
        ),
        (
            lambda: checks.as_probability(np.nan),
            ValueError,
            "p is nan: a probability lies between 0 and 1",
        ),
        (
            lambda: checks.as_weights([[1, 0], [2, 0]], "counts", axis=0),
            ValueError,
            "counts[:, 1] is 0 everywhere: there is nothing to normalize",
        ),
        (
            lambda: checks.as_weights([1, np.inf], "counts"),
            ValueError,
            "counts[1] is inf: a weight must be finite and not negative",
        ),
        (
            lambda: checks.as_real(np.inf, "mu"),
            ValueError,
            "mu is inf, but must be a finite number",
        ),
        (
            lambda: checks.as_positive([1, -2], "sigma"),
            ValueError,
            "sigma[1] is -2.0, but must be greater than 0",
        ),
        # as_single_pmf, as_joint
        (
            lambda: checks.as_single_pmf([[1.0]]),
            ValueError,
            "p has shape (1, 1), but must be a single pmf: pass one row",
        ),
        (
            lambda: checks.as_joint([1.0]),
            ValueError,
            "joint has shape (1,), but needs two axes, one a variable",
        ),
        (
            lambda: checks.as_joint(np.ones((0, 2))),
            ValueError,
            "joint is empty along axis -2: its shape is (0, 2)",
        ),
        # messages and codes
        (
            lambda: checks.as_sequence([0, -1], 4),
            ValueError,
            "symbols[1] is -1, but the alphabet is 0, ..., 3",
        ),
        (
            lambda: checks.as_sequence(0, 4),
            ValueError,
            "symbols has shape (), but must be a sequence: one axis",
        ),
        (lambda: checks.as_count(2.0), TypeError, "n must be a whole number, not 2.0"),
        (lambda: checks.as_count(-1), ValueError, "n is -1, but must be at least 0"),
        (
            lambda: checks.as_block_count(3, 20),
            ValueError,
            "n is 20, but can be at most 13: it makes 3**n blocks",
        ),
        (
            lambda: checks.as_block_count(1, 10**9),
            ValueError,
            "n is 1000000000, but can be at most 22: it makes 1**n blocks",
        ),
        (
            lambda: checks.as_lengths([[1]]),
            ValueError,
            "lengths has shape (1, 1), but must be a sequence: one axis",
        ),
        (
            lambda: checks.as_codewords([1]),
            TypeError,
            "codewords[0] is 1, but must be a string such as '010'",
        ),
        (
            lambda: checks.as_bytes([1]),
            TypeError,
            "data must be bytes, as an encoder returns them, not list",
        ),
    ],
)
def test_the_message(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ([1, 0], np.float64),
        ([True, False], np.float64),
        (np.array([1, 0], np.uint8), np.float64),
        (np.array([1, 0], np.float16), np.float64),
        (np.array([1, 0], np.float32), np.float32),
        (np.array([1.0, 0.0]), np.float64),
    ],
)
def test_dtypes(given, dtype):
    x = checks.as_pmf(given)
    assert x.dtype == dtype
    np.testing.assert_array_equal(x, [1, 0])


def test_good_arrays_are_neither_copied_nor_changed():
    p = np.array([[0.5, 0.5], [0.25, 0.75]])
    before = p.copy()
    assert checks.as_pmf(p) is p
    assert np.shares_memory(checks.as_pmf(np.array(p.T), axis=0), p) is False
    moved = checks.as_pmf(p.T, axis=0)
    assert np.shares_memory(moved, p)
    np.testing.assert_array_equal(moved, before)
    np.testing.assert_array_equal(p, before)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (lambda: checks.log_base(2), np.log(2)),
        (lambda: checks.log_base(np.e), 1),
        (lambda: checks.log_base(np.float32(10)), np.log(10)),
        (lambda: checks.as_count(np.int32(3)), 3),
        (lambda: checks.as_block_count(1, 22), 22),
        (lambda: checks.as_block_count(2, 22), 22),
        (lambda: checks.as_bytes(memoryview(b"ab")), b"ab"),
        (lambda: checks.as_labels([], 3).dtype, np.int64),
        (lambda: checks.as_labels(2, 3), 2),
        (lambda: checks.as_labels(np.array([1], np.uint8), 3).dtype, np.uint8),
    ],
)
def test_good_input_comes_back(call, value):
    assert call() == value


@given(pmfs(most=20))
def test_what_normalize_makes_is_a_pmf(p):
    assert checks.as_pmf(p) is p


@pytest.mark.parametrize("k", [1, 10, 63, 64, 5000, 100_000, 300_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_pmf_of_any_size_is_accepted_and_its_sum_checked(k, dtype):
    """A sum that was added up carelessly would be off by more than the tolerance."""
    n = max(1, 200_000 // k)
    p = np.full((n, k), 1 / k, dtype)
    assert checks.as_pmf(p) is p
    p[n - 1, k - 1] += 2.0**-21 * (4 + np.sqrt(k))
    with pytest.raises(ValueError, match=rf"p\[{n - 1}\] sums to"):
        checks.as_pmf(p)


# The tiles below


@given(st.integers(0, 40), st.integers(1, 40), st.integers(1, 50))
def test_tiles_cover_the_table_once(n_rows, n_cols, size):
    seen = np.zeros((n_rows, n_cols), int)
    for rows, cols in _blocks.tiles(n_rows, n_cols, size):
        seen[rows, cols] += 1
        assert seen[rows, cols].size <= max(size, 1)
    assert (seen == 1).all()


@pytest.mark.parametrize(
    ("shape", "lead"),
    [
        ((5,), (2, 3)),
        ((3, 5), (2, 3)),
        ((2, 1, 5), (2, 3)),
        ((2, 3, 5), (2, 3)),
        ((1, 1, 5), (2, 3)),
        ((5,), ()),
    ],
)
def test_tiles_of_a_broadcast_array(shape, lead):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    for array in (x, np.moveaxis(np.ascontiguousarray(np.moveaxis(x, -1, 0)), 0, -1)):
        full = np.broadcast_to(array, (*lead, 5)).reshape(-1, 5)
        read = _blocks._reader(array, lead)
        for rows, cols in _blocks.tiles(len(full), 5, 7):
            tile = read(rows, cols)
            np.testing.assert_array_equal(
                np.broadcast_to(tile, full[rows, cols].shape), full[rows, cols]
            )


@pytest.mark.parametrize(
    "shape", [(1, 1), (3, 5), (3000, 10), (2999, 10), (100, 64), (2, 8192), (1, 20_001)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_of_tiles(shape, dtype):
    rng = np.random.default_rng(0)
    a, b = rng.random(shape).astype(dtype), rng.random(shape).astype(dtype)
    exact = dict(rtol=1e-5 if dtype == np.float32 else 1e-13)
    expected = (a.astype(float) * b).sum(-1)
    np.testing.assert_allclose(_blocks.row_sums(a), a.astype(float).sum(-1), **exact)
    np.testing.assert_allclose(_blocks.row_dots(a, b.copy()), expected, **exact)
    np.testing.assert_allclose(
        _blocks.row_dots(a[:1], b.copy()), (a[:1].astype(float) * b).sum(-1), **exact
    )
    for part in (_blocks.row_sums(a), _blocks.row_dots(a, b.copy())):
        assert part.dtype == dtype
    assert _blocks.span(a.ravel()) == (a.min(), a.max())
    assert np.isnan(_blocks.span(np.array([1, np.nan]))).all()
    assert _blocks.span(np.empty(0)) == (np.inf, -np.inf)
