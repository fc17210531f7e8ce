"""Sweep over large arrays in tiles that fit a processor's cache, and look at every tile.

A formula that walks over a whole array with one temporary per operation moves every temporary
through main memory. Evaluated tile by tile it stays in the cache, and what it allocates does not
grow with the input. A tile is a table with one row a pmf, a set of scores or an example.
"""

import math

import numpy as np

Floats = np.ndarray | np.floating
"""An array, or a number where one is meant."""

TILE = 1 << 15
"""The most float64 numbers in a tile: 256 KB, of which a second-level cache holds a few."""

# Once an array was freed, glibc keeps memory of up to its size at hand. Until then it gives that of
# every tile back to the system, which clears it anew: this takes longer than the formulas.
np.empty(1 << 20)

_FEW = 256  # of fewer numbers than this the plain sum starts sooner
_SHORT = 64  # a row shorter than this takes NumPy longer to start on than to sum
_PIECE = 1 << 13  # OpenBLAS starts threads for products of about 9,000 elements, and waits


class Rows:
    """An array to sweep over, one row along its last axis. A subclass may refuse what it holds."""

    def __init__(self, x):
        self.x = x

    def check(self, tile, cols):
        """Look at the next tile, of the slice `cols` of the columns, and return it."""
        return tile


def sweep(lead, *sources, whole=False):
    """Yield (rows, tiles): a slice of the flattened `lead`, and a checked tile of each `Rows`.

    A row that is too long for a tile comes in several parts, unless it is to stay `whole`.
    """
    k, size = max(s.x.shape[-1] for s in sources), TILE * 8 // sources[0].x.itemsize
    readers = [(source, _reader(source.x, lead)) for source in sources]
    for rows, cols in tiles(math.prod(lead), k, size, whole):
        yield rows, [source.check(read(rows, cols), cols) for source, read in readers]


def sum_rows(term, *sources):
    """Return the sums of a formula over the last axis; ``term(*tiles)`` sums it over a tile's."""
    shapes = {source.x.shape[:-1] for source in sources}
    lead = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
    out = np.zeros(lead, np.result_type(*(source.x.dtype for source in sources)))
    flat = out.reshape(-1)
    with np.errstate(all="ignore"):  # an infinity may be the result, and `expect` mends a NaN
        for rows, given in sweep(lead, *sources):
            flat[rows] += term(*given)
    return out


def expect(p, f):
    """Return the sums over the rows of p f, where 0 times an infinity is 0."""
    sums = row_dots(p, f)
    if math.isnan(np.minimum.reduce(sums)):
        sums = row_dots(p, np.where(p == 0, 0, f))
    return sums


def row_sums(a):
    """Return the sums over the last axis of a tile: of short rows, by a product with ones.

    It is done in pieces, each too small for BLAS to start a thread.
    """
    k, pieces = a.shape[-1], -(-a.size // _PIECE)
    if a.size < _FEW:
        return np.add.reduce(a, axis=-1)
    if k < _SHORT and len(a) % pieces == 0:
        return (a.reshape(pieces, -1, k) @ np.ones(k, a.dtype)).ravel()
    return np.einsum("ij->i", a)


def upright(a):
    """Return a tile with short rows laid down its columns, along which NumPy is fast."""
    return np.asfortranarray(a) if a.shape[-1] < _SHORT else a


def row_dots(a, b):
    """Return the sums over the last axis of a times b, two tiles."""
    k = b.shape[-1]
    if k < _SHORT and b.size >= _FEW:
        return row_sums(a * b)
    if k <= _PIECE:
        return np.vecdot(a, b)
    return sum(np.vecdot(a[:, part], b[:, part]) for part in parts(k, _PIECE))


def parts(n, size):
    """Yield slices that cover range(n), `size` at a time."""
    for i in range(0, n, size):
        yield slice(i, min(i + size, n))


def tiles(n_rows, n_cols, size=None, whole=False):
    """Yield pairs of slices that cover a table of `n_rows` by `n_cols`, `size` elements at a time.

    Whole rows are kept together while a row fits into a tile, and beyond that if asked for. The
    number of rows is a multiple of 8, so that `row_sums` can cut a tile of many into pieces.
    """
    size = size or TILE
    width = n_cols if whole else min(n_cols, size)
    height = max(1, size // width)
    for rows in parts(n_rows, height // 8 * 8 or height):
        for cols in parts(n_cols, width):
            yield rows, cols


def small(dtype):
    """Return how small a difference of numbers about 1 may be to keep 12 digits, 6 in float32."""
    return 1e-3 if dtype == np.float64 else 0.05


def span(x):
    """Return the smallest and the largest of some numbers, or NaN; of none, inf and -inf."""
    if x.size == 1:
        return x.item(), x.item()
    low = np.minimum.reduce(x, axis=None, initial=np.inf)
    return low, np.maximum.reduce(x, axis=None, initial=-np.inf)


def _reader(x, lead):
    """Return ``read(rows, cols)``, which gives a tile of `x`: a view wherever NumPy can make one.

    One row stands for all, and a last axis of length 1 stays as it is.
    """
    k, every = x.shape[-1], slice(None)
    single = x.size == k
    if not single:
        x = np.broadcast_to(x, (*lead, k))
    try:
        table = x.reshape(-1, k, copy=False)
    except ValueError:
        return lambda rows, cols: rows_at(x, np.arange(rows.start, rows.stop), cols)
    return lambda rows, cols: table[every if single else rows, every if k == 1 else cols]


def rows_at(x, index, cols):
    """Return a table of the rows of `x` with the numbers `index`, counted in order."""
    x = x if x.ndim > 1 else x[None]
    at = np.unravel_index(index, x.shape[:-1])
    return x[(*at, cols if x.shape[-1] > 1 else slice(None))]
