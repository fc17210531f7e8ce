"""Distributions for property tests: with zeros, subnormals and certain outcomes among them."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from xentlib import normalize

POSITIVE = st.one_of(
    st.floats(1e-3, 1),
    st.integers(1, 5).map(float),
    st.sampled_from([5e-324, 2e-310, 1e-300, 1e-100, 1e-16]),
)
WITH_ZEROS = st.one_of(POSITIVE, st.just(0.0))


@st.composite
def pmfs(draw, size=None, most=8, zeros=True, tiny=True):
    """One pmf of `size` outcomes, or of 1 to `most`; `zeros` and `tiny` allow such entries."""
    size = size or draw(st.integers(1, most))
    weight = WITH_ZEROS if zeros else POSITIVE
    weights = draw(st.lists(weight, min_size=size, max_size=size))
    assume(any(weights))
    p = normalize(weights)
    assume(zeros or p.min() > 0)  # a subnormal weight may vanish beside a large one
    assume(tiny or p[p > 0].min() > 1e-6)
    return p


@st.composite
def pmf_pairs(draw, most=8, n=2, **kind):
    """`n` pmfs over the same outcomes."""
    size = draw(st.integers(1, most))
    return tuple(draw(pmfs(size, **kind)) for _ in range(n))


@st.composite
def joint_pmfs(draw, most=4, **kind):
    """A joint pmf of two variables, as a table."""
    a, b = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(pmfs(a * b, **kind)).reshape(a, b)


@st.composite
def channels(draw, size, most=5):
    """A channel: for each of `size` inputs the pmf of the output, as the rows of a matrix."""
    outputs = draw(st.integers(1, most))
    return np.array([draw(pmfs(outputs, tiny=False)) for _ in range(size)])


@st.composite
def close_pairs(draw, most=12):
    """A pmf p and q = p (1 + 1e-8 noise), normalised to rounding."""
    p = draw(pmfs(most=most, zeros=False, tiny=False))
    noise = draw(st.lists(st.floats(-3, 3), min_size=len(p), max_size=len(p)))
    q = p * (1 + 1e-8 * np.array(noise))
    return p, q / q.sum()
