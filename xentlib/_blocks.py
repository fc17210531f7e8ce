"""Sweep large arrays in tiles that fit a processor's cache.

A formula that walks over a whole array with one temporary per operation moves every temporary
through main memory. Evaluated tile by tile it stays in the cache, and what it allocates does not
grow with the input.
"""

import numpy as np

TILE = 1 << 15
"""The most elements in a tile: two float64 temporaries of it fit a 1 MB second-level cache."""


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
