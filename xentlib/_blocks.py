"""Sweep large arrays in tiles that fit a processor's cache.

A formula that walks over a whole array with one temporary per operation moves every temporary
through main memory. Evaluated tile by tile it stays in the cache, and what it allocates does not
grow with the input.
"""

import numpy as np

TILE = 1 << 16
"""The most elements in a tile: half a megabyte in float64, which fits a second-level cache."""


_SHORT = 64  # a row shorter than this costs more to start on than to sum
_FEW = 256  # for fewer numbers than this, the call that starts soonest is the fastest
_PIECE = 1 << 13  # OpenBLAS starts threads from about 9,000 elements on


def rows_of(x, lead):
    """Return ``read(rows, cols)``, which gives tiles of `x` as a table with one row a pmf.

    Parameters
    ----------
    x : ndarray, shape (..., K)
        The table's rows lie along the last axis.
    lead : tuple of int
        The shape that the leading axes of `x` broadcast to.

    Returns
    -------
    callable
        Takes two slices, of the flattened `lead` and of the last axis; returns an array of shape
        (rows, cols), or (1, cols) if `x` has a single row. It is a view wherever NumPy can make
        one, and otherwise a copy of this tile only.
    """
    k = x.shape[-1]
    if x.size == k:
        row = x.reshape(1, k)
        return lambda rows, cols: row[:, cols]
    if x.ndim != len(lead) + 1 or x.shape[:-1] != lead:
        x = np.broadcast_to(x, (*lead, k))
    try:
        table = np.reshape(x, (-1, k), copy=False)
    except ValueError:

        def gather(rows, cols):
            index = np.unravel_index(np.arange(rows.start, rows.stop), lead)
            return x[(*index, cols)]

        return gather
    return lambda rows, cols: table[rows, cols]


def tiles(n_rows, n_cols, size=TILE):
    """Yield pairs of slices that cover a table of `n_rows` by `n_cols`, `size` elements at a time.

    Whole rows are kept together while a row fits into a tile; a longer row is cut into several
    tiles, so a sum over the row must be accumulated: ``out[rows] += part``.
    """
    width = min(n_cols, size)
    height = max(1, size // width)
    for i in range(0, n_rows, height):
        rows = slice(i, min(i + height, n_rows))
        for j in range(0, n_cols, width):
            yield rows, slice(j, min(j + width, n_cols))


def row_sums(a):
    """Return the sums over the last axis of a tile, fast and without a second thread.

    For short rows a product with ones is fastest. It is done in pieces for which BLAS starts no
    thread: waiting for one costs milliseconds on a busy machine. In float32 long rows are summed
    pairwise, because adding up one after the other would cost digits.
    """
    height, width = a.shape
    if a.size < _FEW or (width >= _SHORT and a.dtype == np.float32):
        return np.add.reduce(a, axis=-1)
    if width >= _SHORT:
        return np.einsum("ij->i", a)
    ones = np.ones(width, a.dtype)
    step = _PIECE // width
    out = np.empty(height, a.dtype)
    for i in range(0, height, step):
        np.dot(a[i : i + step], ones, out=out[i : i + step])
    return out


def row_dots(a, b):
    """Return the sums over the last axis of a times b, two tiles, where `b` may be overwritten.

    See `row_sums` for the pieces and for float32.
    """
    width = b.shape[-1]
    if width < _SHORT and b.size >= _FEW:
        return np.einsum("ij,ij->i", a, b)
    if width >= _SHORT and b.dtype == np.float32:
        return np.multiply(a, b, out=b).sum(-1)
    if width > _PIECE and width % _PIECE == 0:
        a, b = (x.reshape(len(x), -1, _PIECE) for x in (a, b))
        return np.add.reduce(np.vecdot(a, b), axis=-1)
    return np.vecdot(a, b) if width <= _PIECE else np.einsum("ij,ij->i", a, b)


def span(x):
    """Return the smallest and the largest of some numbers, or NaN twice if one is NaN.

    A single number, the most frequent case, needs no loop; of none at all, they are inf and -inf.
    """
    if x.size == 1:
        return x.item(), x.item()
    low = np.minimum.reduce(x, axis=None, initial=np.inf)
    return low, np.maximum.reduce(x, axis=None, initial=-np.inf)
