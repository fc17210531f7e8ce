"""Students: who writes what, right and wrong, in answer to the text of each coding exercise.

They know the exercise's text, NumPy, SciPy and the standard library, not the check. Where xentlib
is used, the exercise allows it.
"""

import functools
import itertools
import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy.special
import scipy.stats

import xentlib


def blocks(p, n):
    return functools.reduce(np.kron, [p] * n)


def depths(p):
    """Huffman's codeword lengths: joining two trees puts each of their leaves one deeper."""
    depth = np.zeros(len(p))
    trees = [(weight, [leaf]) for leaf, weight in enumerate(p)]
    while len(trees) > 1:
        (a, left), (b, right), *trees = sorted(trees)
        depth[left + right] += 1
        trees.append((a + b, left + right))
    return depth


def block_lengths(p, n):
    return blocks(p, n) @ depths(blocks(p, n)) / n


def plogp(p):
    return sum(x * math.log2(x) for x in p if x > 0)


def kl(p, q):
    return sum(a * (math.log2(a / b) if b else math.inf) for a, b in zip(p, q, strict=True) if a)


def up_to_a_zero(p, *others):
    """What a loop sees that has `break` where `continue` belongs."""
    zeros = np.flatnonzero(p == 0)
    stop = zeros[0] if len(zeros) else len(p)
    return [array[:stop] for array in (p, *others)]


def infinite_if(every, p, q):
    """KL without what has no word, or infinite `if every` of what has none is sent."""
    both = (p > 0) & (q > 0)
    return np.inf if np.any(q == 0) and every(p, q) else kl(p[both], q[both])


def mended_kl(p, q):
    r = (q - p) / p
    return np.sum(p * (r - np.log1p(r))) / np.log(2)


def log_q(z):
    z = z - z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def hot(y, k):
    return np.eye(k)[y]


def binned(x, width):
    counts = Counter(math.floor(value / width) for value in x)
    return -plogp([count / len(x) for count in counts.values()])


def histogram(x, width):
    edges = width * np.arange(math.floor(x.min() / width), math.ceil(x.max() / width) + 1)
    return np.histogram(x, edges)[0] / len(x)


def soft(z):
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def picked(table, y):
    return table[np.arange(len(y)), y]


def density(x, m, s):
    return np.exp(-((x - m) ** 2) / (2 * s**2)) / np.sqrt(2 * np.pi * s**2)


def poisson(k, r):
    return np.array([math.exp(-r) * r ** int(n) / math.factorial(n) for n in k])


def naive_histogram(x, width):
    return -np.sum(histogram(x, width) * np.log2(histogram(x, width)))


def words(f):
    return lambda p, codewords: f(p, np.array([len(word) for word in codewords]))


def quiet(f):
    """The function `f` with its warnings silenced inside, as the solutions do it."""

    def student(*args):
        with np.errstate(all="ignore"):
            return f(*args)

    return student


def one_by_one(p):
    if np.ndim(p):
        return [one_by_one(x) for x in p]
    return math.inf if p == 0 else -math.log2(p)


def with_where(p):
    p = np.asarray(p, float)
    return np.where(p > 0, -np.log2(np.where(p > 0, p, 1)), np.inf)


def prefilled(p):
    return -np.log2(p, where=np.asarray(p) > 0, out=np.full(np.shape(p), -np.inf))


def filled_like(p):
    """Surprisals in an array made like p, which holds whole numbers where p does."""
    p = np.asarray(p)
    bits = np.full_like(p, np.inf)
    bits[p > 0] = -np.log2(p[p > 0])
    return bits


def product_in_logs(p, symbols):
    total = 0.0
    for s in symbols:
        total -= math.log2(p[s])
    return total


def product_exactly(p, symbols):
    return -float(math.prod(Decimal(p[s]) for s in symbols).ln() / Decimal(2).ln())


def by_count(p, symbols):
    counts = np.bincount(symbols, minlength=len(p))
    return -np.sum(counts[counts > 0] * np.log2(p[counts > 0]))


def mixed(p, q):
    return (p + q) / 2


def row_by_row(z):
    z = np.asarray(z)
    if z.ndim > 1:
        return [row_by_row(row) for row in z]
    e = [math.exp(x - max(z)) for x in z]
    return [x / math.fsum(e) for x in e]


def in_place(z):
    z = z - np.max(z, axis=-1)[..., None]
    np.exp(z, out=z)
    z /= z.sum(axis=-1)[..., None]
    return z


def capped(z):
    """Softmax from differences, none of them so large that exp overflows."""
    z = np.asarray(z)
    return 1 / np.exp(np.minimum(z[..., None, :] - z[..., None], 700)).sum(-1)


def by_chain_rule(z, y):
    """The slope of softmax times that of the logarithm, which divides by a probability."""
    q = np.exp(log_q(z))
    with np.errstate(all="ignore"):
        return (np.diag(q) - np.outer(q, q)) @ (-hot(y, len(z)) / q)


def gradient_by_loop(z, y):
    q = row_by_row(z)
    return [q[k] - (k == y) for k in range(len(z))]


def naive_losses(z, y):
    """Nothing taken out of the sum of exponentials: wrong as soon as one of them is too large."""
    return np.log(np.exp(z).sum(1)) - picked(z, y)


def losses(z, y):
    return np.array([scipy.special.logsumexp(row) - row[k] for row, k in zip(z, y, strict=True)])


def digitized(x, width):
    edges = width * np.arange(math.floor(x.min() / width), math.floor(x.max() / width) + 2)
    return -plogp(np.bincount(np.digitize(x, edges)) / len(x))


def drawn_bins(x, width):
    edges = width * np.arange(math.floor(x.min() / width), math.floor(x.max() / width) + 2)
    return scipy.stats.entropy(np.histogram(x, edges)[0], base=2)


def estimate(x, K):
    pmf = [0] * K
    for label in x:
        pmf[label] += 1 / len(x)
    return pmf


def counted_once(x, K):
    counts = np.zeros(K)
    counts[x] += 1
    return counts


def single(f):
    """The function `f` of arrays in single precision."""
    return lambda *args: f(*(np.asarray(x, np.float32) if x.dtype.kind == "f" else x for x in args))


NOT_DONE = "not done yet. Your function returns nothing: is there a return?"

RIGHT = {
    "check_surprisal": [
        quiet(lambda p: -np.log2(p)),
        quiet(lambda p: -np.log(p) / np.log(2)),
        quiet(lambda p: np.log2(1 / np.asarray(p))),
        quiet(lambda p: np.log2(np.divide(1, p))),
        quiet(lambda p: np.where(p == 0, np.inf, -np.log2(p))),
        quiet(lambda p: np.abs(np.log2(p))),
        quiet(lambda p: -np.log2(np.asarray(p, np.float32) + np.float32(0))),
        # Underflow, of which NumPy does not warn by itself.
        lambda p: np.where(np.asarray(p) > 0, -np.log2(np.maximum(p, np.nextafter(0, 1))), np.inf),
        one_by_one,
        with_where,
        np.vectorize(lambda p: -math.log2(p) if p else math.inf),
        np.vectorize(lambda p: math.log2(1 / p) if p > 0 else float("inf"), otypes=[float]),
        prefilled,
        lambda p: scipy.special.rel_entr(1, p) / math.log(2),
        xentlib.surprisal,
    ],
    "check_total_surprisal": [
        lambda p, symbols: -np.log2(p[symbols]).sum(),
        lambda p, symbols: -np.sum(np.log2(np.asarray(p)[symbols])),
        lambda p, symbols: sum(-math.log2(p[s]) for s in symbols),
        lambda p, symbols: -math.fsum(map(math.log2, p[symbols])),
        lambda p, symbols: -np.log(p[symbols]).sum() / np.log(2),
        lambda p, symbols: xentlib.surprisal(p)[symbols].sum(),
        lambda p, symbols: xentlib.surprisal(np.take(p, symbols)).sum(),
        lambda p, symbols: -np.add.reduce(np.log2(p.take(symbols))),
        lambda p, symbols: len(symbols) * np.mean(-np.log2(p[symbols])),
        lambda p, symbols: np.array(-np.log2(p[symbols]).sum()),
        lambda p, symbols: xentlib.ideal_bits(symbols, p),
        product_in_logs,
        product_exactly,
        by_count,
    ],
    "check_kraft_sum": [
        lambda lengths: np.sum(2.0**-lengths),
        lambda lengths: np.sum(2.0 ** -np.asarray(lengths)),
        lambda lengths: sum(Fraction(1, 2 ** int(n)) for n in lengths),
        lambda lengths: sum(2.0 ** -int(n) for n in lengths),
        lambda lengths: sum(1 / 2.0**n for n in lengths),
        lambda lengths: sum(0.5**n for n in lengths),
        lambda lengths: np.exp2(-lengths).sum(),
        lambda lengths: np.exp2(-1.0 * lengths, dtype=np.float32).sum(),
        lambda lengths: np.ldexp(1.0, -lengths).sum(),
        lambda lengths: np.sum(1 / np.power(2.0, lengths)),
        lambda lengths: math.exp(scipy.special.logsumexp(-lengths * math.log(2))),
        xentlib.kraft_sum,
    ],
    "check_expected_length": [
        lambda p, words: sum(p * [len(word) for word in words]),
        lambda p, words: np.dot(p, [len(word) for word in words]),
        lambda p, words: sum(a * len(word) for a, word in zip(p, words, strict=True)),
        lambda p, words: math.fsum(p[i] * len(words[i]) for i in range(len(p))),
        lambda p, words: np.average([len(word) for word in words], weights=p),
        lambda p, words: p @ np.char.str_len(words),
        lambda p, words: p @ np.fromiter(map(len, words), float),
        lambda p, words: xentlib.PrefixCode(words).expected_length(p),
    ],
    "check_entropy": [
        lambda p: -plogp(p),
        lambda p: -math.fsum(x * math.log2(x) for x in p if x),
        lambda p: np.sum(p[p > 0] * np.log2(1 / p[p > 0])),
        lambda p: -np.nansum(p * np.log2(p)),
        lambda p: -np.sum(np.where(p > 0, p * np.log2(p), 0)),
        lambda p: -np.sum(p * np.log2(np.where(p > 0, p, 1))),
        lambda p: -np.sum(p * np.log2(p, where=p > 0, out=np.zeros(len(p)))),
        lambda p: -np.sum(scipy.special.xlogy(p, p)) / np.log(2),
        lambda p: scipy.special.entr(p).sum() / np.log(2),
        lambda p: scipy.stats.entropy(p, base=2),
        lambda p: -(p * np.ma.log2(p)).sum(),
        lambda p: np.nan_to_num(-p * np.log2(p)).sum(),
        lambda p: p @ np.nan_to_num(xentlib.surprisal(p), posinf=0),
        lambda p: np.array(-plogp(p)),
        lambda p: Fraction(-plogp(p)),
        single(lambda p: -np.sum(p[p > 0] * np.log2(p[p > 0]))),
        xentlib.entropy,
    ],
    "check_bits_per_symbol": [
        block_lengths,
        lambda p, n: (
            xentlib.huffman_code(xentlib.block_pmf(p, n)).expected_length(xentlib.block_pmf(p, n))
            / n
        ),
        lambda p, n: (
            xentlib.block_pmf(p, n) @ xentlib.huffman_code(xentlib.block_pmf(p, n)).lengths / n
        ),
        lambda p, n: sum(
            a * len(word) / n
            for a, word in zip(
                blocks(p, n), xentlib.huffman_code(blocks(p, n)).codewords, strict=True
            )
        ),
    ],
    "check_cross_entropy": [
        lambda p, q: kl(p, q) - plogp(p),
        lambda p, q: -np.sum(p[p > 0] * np.log2(q[p > 0])),
        lambda p, q: -np.nansum(p * np.log2(q)),
        lambda p, q: np.sum(np.where(p > 0, -p * np.log2(q), 0)),
        lambda p, q: -scipy.special.xlogy(p, q).sum() / np.log(2),
        lambda p, q: sum(
            a * (-math.log2(b) if b else math.inf) for a, b in zip(p, q, strict=True) if a
        ),
        lambda p, q: scipy.stats.entropy(p, base=2) + scipy.stats.entropy(p, q, base=2),
        lambda p, q: np.inf if np.any((p > 0) & (q == 0)) else -np.nansum(p * np.log2(q)),
        lambda p, q: xentlib.entropy(p) + xentlib.kl_divergence(p, q),
        single(lambda p, q: -np.sum(p[p > 0] * np.log2(q[p > 0]))),
        xentlib.cross_entropy,
    ],
    "check_code_cost": [
        lambda p, lengths: np.sum(p * lengths),
        lambda p, lengths: p @ lengths,
        lambda p, lengths: sum(a * n for a, n in zip(p, lengths, strict=True)),
        lambda p, lengths: np.average(lengths, weights=p),
        lambda p, lengths: np.einsum("k,k", p, lengths),
        lambda p, lengths: (
            xentlib.cross_entropy(p, xentlib.normalize(2.0**-lengths))
            - math.log2(xentlib.kraft_sum(lengths))
        ),
    ],
    "check_kl_divergence": [
        kl,
        lambda p, q: np.nansum(p * np.log2(p / q)),
        lambda p, q: np.sum(p[p > 0] * (np.log2(p[p > 0]) - np.log2(q[p > 0]))),
        lambda p, q: np.sum(p * np.log2(p / q), where=p > 0),
        lambda p, q: np.sum(np.where(p > 0, p * np.log2(p / q), 0)),
        lambda p, q: scipy.special.rel_entr(p, q).sum() / np.log(2),
        lambda p, q: scipy.special.kl_div(p, q).sum() / np.log(2),
        lambda p, q: scipy.stats.entropy(p, q, base=2),
        lambda p, q: xentlib.cross_entropy(p, q) - xentlib.entropy(p),
        single(lambda p, q: np.sum(p[p > 0] * np.log2(p[p > 0] / q[p > 0]))),
        xentlib.kl_divergence,
    ],
    "check_js_divergence": [
        lambda p, q: (kl(p, mixed(p, q)) + kl(q, mixed(p, q))) / 2,
        lambda p, q: (plogp(p) + plogp(q)) / 2 - plogp(mixed(p, q)),
        lambda p, q: np.mean([xentlib.kl_divergence(r, mixed(p, q)) for r in (p, q)]),
        lambda p, q: xentlib.entropy(mixed(p, q)) - (xentlib.entropy(p) + xentlib.entropy(q)) / 2,
        lambda p, q: scipy.spatial.distance.jensenshannon(p, q, 2) ** 2,
        lambda p, q: scipy.special.rel_entr(np.array([p, q]), mixed(p, q)).sum() / 2 / math.log(2),
        xentlib.js_divergence,
    ],
    "check_log_likelihood": [
        lambda x, q: np.sum(np.log2(q[x])),
        lambda x, q: np.log(q[x]).sum() / np.log(2),
        lambda x, q: sum(math.log2(q[a]) if q[a] > 0 else -math.inf for a in x),
        lambda x, q: math.fsum(np.log2(q)[x]),
        lambda x, q: scipy.special.xlogy(np.bincount(x, minlength=len(q)), q).sum() / math.log(2),
        lambda x, q: np.nansum(np.bincount(x, minlength=len(q)) * np.log2(q)),
        lambda x, q: sum(n * np.log2(q[a]) for a, n in Counter(x.tolist()).items()),
        lambda x, q: np.array([np.log2(q[x]).sum()])[0],
        lambda x, q: -xentlib.surprisal(q)[x].sum(),
        lambda x, q: -xentlib.ideal_bits(x, q),
    ],
    "check_mle": [
        lambda x, K: np.bincount(x, minlength=K) / len(x),
        lambda x, K: [Fraction(list(x).count(k), len(x)) for k in range(K)],
        lambda x, K: [np.mean(x == k) for k in range(K)],
        lambda x, K: np.eye(K)[x].mean(axis=0),
        lambda x, K: (x[:, None] == np.arange(K)).mean(axis=0),
        lambda x, K: np.histogram(x, K, (-0.5, K - 0.5), density=True)[0],
        lambda x, K: tuple(Counter(x.tolist())[k] / len(x) for k in range(K)),
        lambda x, K: xentlib.normalize(np.bincount(x, minlength=K)),
        lambda x, K: np.bincount(x, minlength=K).astype(np.float32) / np.float32(len(x)),
        estimate,
        xentlib.empirical_pmf,
    ],
    "check_binned_entropy": [
        binned,
        digitized,
        drawn_bins,
        lambda x, width: xentlib.entropy(np.unique(x // width, return_counts=True)[1] / len(x)),
        lambda x, width: -plogp([n / len(x) for n in Counter(x // width).values()]),
        lambda x, width: scipy.stats.entropy(list(Counter(np.floor(x / width)).values()), base=2),
        lambda x, width: np.mean(
            [math.log2(len(x) / np.sum(x // width == bin)) for bin in x // width]
        ),
    ],
    "check_gaussian_entropy": [
        lambda sigma: 0.5 * np.log2(2 * np.pi * np.e * sigma**2),
        lambda sigma: math.log2(sigma * math.sqrt(2 * math.pi * math.e)),
        lambda sigma: math.log2(sigma) + math.log2(2 * math.pi * math.e) / 2,
        lambda sigma: (1 + math.log(2 * math.pi * sigma**2)) / 2 / math.log(2),
        lambda sigma: scipy.stats.norm(scale=sigma).entropy() / np.log(2),
        xentlib.gaussian_entropy,
    ],
    "check_softmax": [
        lambda z: np.exp(log_q(z)),
        lambda z: np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True)),
        lambda z: scipy.special.softmax(z, axis=-1),
        lambda z: np.exp(scipy.special.log_softmax(z, axis=-1)),
        lambda z: [1 / np.exp(z - zk).sum() for zk in z] if z.ndim == 1 else row_by_row(z),
        lambda z: np.apply_along_axis(row_by_row, -1, z),
        lambda z: np.exp(log_q(z.astype(np.float32))),
        lambda z: np.exp((z.T - z.T.max(0)).T) / np.exp((z.T - z.T.max(0)).T).sum(-1)[..., None],
        row_by_row,
        in_place,
        capped,
        xentlib.softmax,
    ],
    "check_softmax_grad": [
        lambda z, y: np.exp(log_q(z)) - hot(y, len(z)),
        lambda z, y: np.exp(log_q(z.astype(np.float32))) - hot(y, len(z)),
        lambda z, y: scipy.special.softmax(z) - (np.arange(len(z)) == y),
        gradient_by_loop,
        lambda z, y: capped(z) - hot(y, len(z)),
        lambda z, y: xentlib.softmax(z) - xentlib.one_hot(y, len(z)),
        lambda z, y: xentlib.softmax_cross_entropy_grad(z, y, base=np.e),
    ],
    "check_batch_loss": [
        lambda z, y: -log_q(z)[np.arange(len(y)), y].mean(),
        lambda z, y: -np.mean(np.sum(hot(y, z.shape[1]) * log_q(z), axis=1)),
        lambda z, y: losses(z, y).mean(),
        lambda z, y: np.sum(losses(z, y)) / len(z),
        lambda z, y: math.fsum(losses(z, y)) / len(y),
        lambda z, y: np.mean(np.logaddexp.reduce(z, axis=1) - picked(z, y)),
        lambda z, y: -np.trace(log_q(z)[:, y]) / len(y),
        lambda z, y: -np.mean(np.take_along_axis(log_q(z), y[:, None], axis=1)),
        lambda z, y: np.mean([-scipy.special.log_softmax(z[i])[y[i]] for i in range(len(y))]),
        lambda z, y: -log_q(z.astype(np.float32))[np.arange(len(y)), y].mean(),
        lambda z, y: xentlib.softmax_cross_entropy(z, y, base=np.e),
        lambda z, y: xentlib.softmax_cross_entropy(z, y) * math.log(2),
    ],
    "check_weighted_loss": [
        lambda z, y, w: np.average(-log_q(z)[np.arange(len(y)), y], weights=w),
        lambda z, y, w: (w * losses(z, y)).sum() / w.sum(),
        lambda z, y, w: w @ losses(z, y) / sum(w),
        lambda z, y, w: sum(a * b for a, b in zip(w, losses(z, y), strict=True)) / sum(w),
        lambda z, y, w: -np.sum(w[:, None] * hot(y, z.shape[1]) * log_q(z)) / w.sum(),
        lambda z, y, w: xentlib.softmax_cross_entropy(z, y, weights=w, base=np.e),
    ],
    "check_gaussian_nll": [
        lambda x, m, s: np.mean((x - m) ** 2 / (2 * s**2) + np.log(2 * np.pi * s**2) / 2),
        lambda x, m, s: np.mean(((x - m) / s) ** 2 / 2 + np.log(s)) + math.log(2 * math.pi) / 2,
        lambda x, m, s: -scipy.stats.norm.logpdf(x, m, s).mean(),
        lambda x, m, s: (
            -np.mean([scipy.stats.norm(*a).logpdf(b) for *a, b in np.broadcast(m, s, x)])
        ),
        lambda x, m, s: (
            sum(
                math.log(c * math.sqrt(2 * math.pi)) + ((a - b) / c) ** 2 / 2
                for a, b, c in np.broadcast(x, m, s)
            )
            / len(x)
        ),
        lambda x, m, s: xentlib.gaussian_nll(x, mean=m, sigma=s, base=np.e),
    ],
    "check_poisson_nll": [
        lambda k, r: np.mean([r - n * math.log(r) + math.lgamma(n + 1) for n in k]),
        lambda k, r: np.mean(r - k * np.log(r) + scipy.special.gammaln(k + 1)),
        lambda k, r: r - k.mean() * np.log(r) + scipy.special.gammaln(k + 1).mean(),
        lambda k, r: np.mean(
            [r - n * math.log(r) + sum(map(math.log, range(1, n + 1))) for n in k]
        ),
        lambda k, r: np.mean([r - n * math.log(r) + math.log(math.factorial(n)) for n in k]),
        lambda k, r: -scipy.stats.poisson.logpmf(k, r).mean(),
        lambda k, r: np.mean(r - scipy.special.xlogy(k, r) + scipy.special.loggamma(k + 1)),
        lambda k, r: xentlib.poisson_nll(k, rate=r, base=np.e),
    ],
    "check_ideal_bits": [
        lambda x, q: -np.log2(q[x]).sum(),
        lambda x, q: -sum(math.log2(q[s]) if q[s] else -math.inf for s in x),
        lambda x, q: sum(-n * np.log2(q[s]) for s, n in Counter(x.tolist()).items()),
        lambda x, q: len(x) * np.mean(-np.log2(q[x])),
        lambda x, q: xentlib.surprisal(q)[x].sum(),
        lambda x, q: len(x) * xentlib.cross_entropy(np.bincount(x, minlength=len(q)) / len(x), q),
        lambda x, q: len(x) * xentlib.nll(np.tile(q, (len(x), 1)), x),
        xentlib.ideal_bits,
    ],
    "check_file_size": [
        lambda bits, n: math.ceil(bits * n / 8),
        lambda bits, n: np.ceil(bits * n / 8),
        lambda bits, n: int(np.ceil(bits * n / 8)),
        lambda bits, n: -(-bits * n // 8),
        lambda bits, n: math.ceil(math.ceil(bits * n) / 8),
        lambda bits, n: (math.ceil(bits * n) + 7) // 8,
        lambda bits, n: bits * n // 8 + (bits * n % 8 > 0),
        lambda bits, n: math.ceil(bits / 8 * n),
        lambda bits, n: len(bytes(math.ceil(bits * n / 8))),
        lambda bits, n: math.ceil(bits * n / 8 - 1e-6),
    ],
}

# The value cannot tell the two mistakes apart: log p without a minus, log 1/p with one.
MINUS = "a minus is missing, or there is one too many. The log"
MINUS_AND_BASE = "a minus is missing, or there is one too many, and the base is wrong."

# Each with the beginning of what is told
WRONG = {
    "check_surprisal": [
        (lambda p: -np.log(p), "wrong base. These are nats"),
        (lambda p: -np.log10(p), "wrong base. Your logarithm has base 10"),
        (lambda p: np.log2(p), MINUS),
        (lambda p: -np.log2(1 / p), MINUS),
        (lambda p: np.log(p), MINUS_AND_BASE),
        (lambda p: 1 / p, "no logarithm yet."),
        (lambda p: -p * np.log2(p), "weighted by p."),
        (lambda p: -np.sum(np.log2(p)), "added up."),
        (lambda p: -np.mean(np.log2(p)), "averaged."),
        (lambda p: -np.log2(p + 1e-12), "for p = [1, 0.5, 0] you give"),
        (lambda p: -np.log2(p), "for p = [1, 0.5, 0] your function warns: divide by zero"),
        (lambda p: np.log2(1 / p), "for p = [1, 0.5, 0] your function warns: divide by zero"),
        (quiet(lambda p: np.log2(1 / p)), "for p = 0 your function stops"),
        (quiet(filled_like), "for p = 0 you give -9.22337e+18, and inf is right. 0 may be a plain"),
        (filled_like, "for p = 0 your function warns: invalid value encountered in cast"),
        (
            quiet(lambda p: [math.inf if x == 0 else -math.log2(x) for x in p]),
            "for p = 0.125 your function stops",
        ),
        (quiet(lambda p: -np.log2(np.atleast_1d(p))), "for p = 0.125 you give an array of shape"),
        (lambda p: math.inf if p == 0 else -math.log2(p), "for p = ["),
        (lambda p: -np.log2(np.clip(p, 1e-12, 1)), "for p = [1, 0.5, 0] you give [0, 1, 39.86"),
        (lambda p: -np.log2(np.maximum(p, 1e-300)), "for p = [1, 0.5, 0] you give [0, 1, 996"),
        (quiet(lambda p: np.nan_to_num(-np.log2(p))), "for p = [1, 0.5, 0] you give"),
        (quiet(lambda p: np.where(np.asarray(p) > 0, -np.log2(p), 0)), "for p = [1, 0.5, 0] you"),
        (quiet(lambda p: np.where(np.asarray(p) > 0, -np.log2(p), np.nan)), "for p = [1, 0.5, 0]"),
        (
            quiet(lambda p: np.where(np.asarray(p) > 1e-20, -np.log2(p), np.inf)),
            "for p = [1e-30, 0.5] you give [inf, 1], and [99.6578, 1] is right. What is rare",
        ),
        (lambda p: -np.log2(p[p > 0]), "for p = 0.125 your function stops"),
        (lambda p: 1 - p, "one minus p."),
        (lambda p: -np.log2(1 - p), "of the opposite."),
        (lambda p: np.ceil(-np.log2(p)), "rounded up."),
        (lambda p: np.rint(-np.log2(p)), "for p = ["),
        (lambda p: (-np.log2(p)).astype(int), "for p = ["),
        (lambda p: -np.log2(p).max(), "for p = ["),
        (lambda p: np.sort(-np.log2(p)), "for p = ["),
        (lambda p: -np.log2(p) + 1, "for p = ["),
        (lambda p: 3.0, "for p = ["),
        (lambda p: np.full_like(p, 3), "for p = ["),
        (lambda p: np.sqrt(1 / p), "for p = ["),
        (lambda p: -np.log1p(p), "for p = ["),
    ],
    "check_total_surprisal": [
        (lambda p, x: -np.sum(np.log(p[x])), "wrong base. These are nats"),
        (lambda p, x: -np.sum(np.log10(p[x])), "wrong base. Your logarithm has base 10"),
        (lambda p, x: np.sum(np.log2(p[x])), MINUS),
        (lambda p, x: -np.sum(np.log2(1 / p[x])), MINUS),
        (lambda p, x: np.sum(np.log(p[x])), MINUS_AND_BASE),
        (lambda p, x: -np.mean(np.log2(p[x])), "mean for sum."),
        (lambda p, x: -np.log2(p[x]), "not added up yet."),
        (lambda p, x: -np.log2(np.sum(p[x])), "log of a sum."),
        (lambda p, x: -np.sum(np.log2(p)), "over the alphabet."),
        (lambda p, x: -len(x) * np.sum(p * np.log2(p)), "expected, not actual."),
        (lambda p, x: np.prod(p[x]), "no logarithm yet."),
        (
            lambda p, x: -np.log2(np.prod(p[x])),
            "for p = [0.5, 0.25, 0.25], symbols = [0, 1, 2, ..., 0, 1, 2] you give inf, and "
            "40000 is right. The probability of so many symbols",
        ),
        (lambda p, x: -np.sum(np.log2(np.unique(p[x]))), "each symbol once."),
        (lambda p, x: -np.sum(np.log2(p)[np.unique(x)]), "each symbol once."),
        (lambda p, x: -np.sum(p[x] * np.log2(p[x])), "weighted by p."),
        (lambda p, x: np.sum(np.ceil(-np.log2(p[x]))), "whole bits for each symbol."),
        (lambda p, x: np.bincount(x, minlength=len(p)) @ -np.log2(p), "for p = [0.5, 0.5, 0]"),
        (lambda p, x: -sum(math.log2(a) for a in p) + 0 * x[0], "over the alphabet."),
        (lambda p, x: -np.sum(np.log2(p[x] + 1e-12)), "for p = [1, 1e-30]"),
        (lambda p, x: -np.sum(np.log2(np.clip(p[x], 1e-9, 1))), "for p = [1, 1e-30]"),
        (lambda p, x: -np.log2(math.prod(np.longdouble(p[s]) for s in x)), "for p = [0.5, 0.25"),
        (lambda p, x: -np.sum(np.log2(p[x]))[None], "for p = ["),
        (lambda p, x: int(-np.sum(np.log2(p[x]))), "for p = ["),
        (lambda p, x: -np.sum(np.log2(p[x - 1])), "for p = ["),
        (lambda p, x: -np.sum(np.log2(p[x])) - 1, "for p = ["),
        (lambda p, x: -np.cumsum(np.log2(p[x])), "for p = ["),
        (lambda x, p: -np.sum(np.log2(p[x])), "your function is right if it gets (symbols, p)"),
        (lambda p, x: 20.0, "for p = ["),
    ],
    "check_kraft_sum": [
        (lambda n: np.sum(n), "the lengths are added."),
        (lambda n: np.sum(2.0**n), "a minus is missing."),
        (lambda n: np.sum(np.exp(-n)), "wrong base."),
        (lambda n: np.mean(2.0**-n), "mean for sum."),
        (lambda n: 2.0**-n, "not added up yet."),
        (lambda n: 2.0 ** -np.sum(n), "product for sum. Two codewords take up a half each:"),
        (lambda n: np.sum(1 / n), "one over the length."),
        (lambda n: round(float(np.sum(2.0**-n)), 2), "for lengths = ["),
        (lambda n: min(1, np.sum(2.0**-n)), "for lengths = [1, 1, 1] you give 1, and 1.5"),
        (lambda n: np.sum(1 / 2**n), "for lengths = [1, 2, 70, 70] you give inf, and 0.75 is"),
        (lambda n: np.sum(2**-n), "for lengths = ["),
        (lambda n: 1 - np.sum(2.0**-n), "what is left."),
        (lambda n: np.sum(n * 2.0**-n), "multiplied by the lengths."),
        (lambda n: np.sum(2 ^ -n), "no power. `^` compares bits"),
        (lambda n: 1.0, "for lengths = ["),
        (lambda n: np.sum(2.0**-n) <= 1, "your function returns True or False, and numbers"),
        (lambda n: np.sum(1 / (1 << n)), "for lengths = [1, 2, 70, 70] you give"),
        (lambda n: np.sum(np.unique(2.0**-n)), "for lengths = ["),
        (lambda n: np.prod(2.0**-n), "product for sum. Two codewords take up a half each:"),
        (lambda n: np.sum(0.1**n), "for lengths = ["),
        (lambda n: int(np.sum(2.0**-n)), "for lengths = ["),
        (lambda n: np.sum(2.0 ** -n[1:]), "for lengths = ["),
        (lambda n: -np.sum(2.0**-n), "for lengths = ["),
        (lambda n: np.sum(2.0 ** -(n + 1)), "for lengths = ["),
    ],
    "check_expected_length": [
        (
            lambda p, words: sum(
                a * len(word) for a, word in zip(itertools.takewhile(bool, p), words, strict=False)
            ),
            "for p = [0.56, 0, 0.44], codewords = ['10', '0', '11'] you give 1.12, and 2 is right.",
        ),
        (words(lambda p, n: n.mean()), "p is left out. You average"),
        (words(lambda p, n: n.sum()), "p is left out. You add"),
        (words(lambda p, n: np.mean(p * n)), "mean for sum."),
        (words(lambda p, n: p * n), "not added up yet."),
        (words(lambda p, n: -np.sum(p * np.log2(p))), "entropy instead."),
        (words(lambda p, n: n.max()), "the longest codeword."),
        (words(lambda p, n: np.sum(n / 2.0**n)), "the codebook's own habits."),
        (words(lambda p, n: np.sum(p * (n + np.log2(p)))), "the extra only."),
        (
            words(lambda p, n: np.sum(p * np.log2(p * 2.0**n)) - np.sum(p * np.log2(p))),
            "for p = [0.5, 0.5, 0], codewords = ['0', '10', '11'] you give nan, and 1.5 is right.",
        ),
        (lambda p, codewords: np.sum(p * np.array(codewords, int)), "the codewords are read as"),
        (lambda p, codewords: p @ codewords, "for p = ["),
        (words(lambda p, n: n @ np.sort(p)[::-1]), "p is sorted."),
        (
            words(lambda p, n: round(np.sum(p * n), 2)),
            "for p = [0.333333, 0.333333, 0.333333], codewords = ['0', '10', '11'] you give 1.67",
        ),
        (
            words(lambda p, n: xentlib.cross_entropy(p, 2.0**-n / np.sum(2.0**-n))),
            "for p = [0.5, 0.25, 0.25], codewords = ['0', '100', '101'] you give 1.58496, and 2 is",
        ),
        (words(lambda p, n: np.rint(p @ n)), "for p = ["),
        (words(lambda p, n: np.ceil(p @ n)), "for p = ["),
        (lambda p, codewords: p @ [len(set(word)) for word in codewords], "for p = ["),
        (lambda p, codewords: p @ [word.count("1") for word in codewords], "for p = ["),
        (
            lambda p, codewords: p @ [len(str(int(word))) for word in codewords],
            "for p = [0.5, 0.25, 0.25], codewords = ['1', '00', '01'] you give 1, and 1.5 is",
        ),
        (
            lambda p, codewords: p @ [len(f"{int(word, 2):b}") for word in codewords],
            "for p = [0.5, 0.25, 0.25], codewords = ['1', '00', '01'] you give 1, and 1.5 is",
        ),
        (lambda p, codewords: len(codewords), "for p = ["),
        (lambda p, codewords: 1.75, "for p = ["),
        (lambda p, codewords: -p @ [len(word) for word in codewords], "for p = ["),
        (
            lambda codewords, p: p @ [len(word) for word in codewords],
            "your function is right if it gets (codewords, p), but it gets (p, codewords).",
        ),
    ],
    "check_entropy": [
        (lambda p: -np.sum(p * np.log(p)), "wrong base. These are nats"),
        (lambda p: -np.sum(p * np.log10(p)), "wrong base. Your logarithm has base 10"),
        (lambda p: np.sum(p * np.log2(p)), MINUS),
        (lambda p: -np.sum(p * np.log2(1 / p)), MINUS),
        (lambda p: np.sum(p * np.log(p)), MINUS_AND_BASE),
        (lambda p: -np.mean(p * np.log2(p)), "mean for sum."),
        (lambda p: -p * np.log2(p), "not added up yet."),
        (lambda p: -np.sum(np.log2(p)), "the weights are missing. You add up"),
        (lambda p: -np.mean(np.log2(p)), "the weights are missing. You average"),
        (lambda p: -np.log2(np.sum(p**2)), "log of a sum."),
        (lambda p: 2 ** -np.sum(p * np.log2(p)), "perplexity instead."),
        (lambda p: np.log2(p.size), "p is left out."),
        (
            lambda p: -np.sum(p * np.log2(p)),
            "for p = [0.5, 0, 0.25, 0.25] you give nan, and 1.5 is right. An outcome that",
        ),
        (lambda p: p @ np.ceil(-np.log2(p)), "whole bits."),
        (lambda p: -np.sum(p * np.log2(1 - p)), "of the opposite."),
        (lambda p: -np.sum(p * np.log2(p) + (1 - p) * np.log2(1 - p)), "too many terms."),
        (lambda p: -np.sum(p * np.log2(p + 1e-12)), "for p = [1, 0] you give -1.4"),
        (lambda p: -np.sum(p * np.log2(p + 1e-9)), "for p = [1, 0] you give -1.4"),
        (lambda p: -np.sum(p * np.log2(p + 1e-15)), "for p = [1, 0] you give -1."),
        (lambda p: -np.sum((p + 1e-12) * np.log2(p + 1e-12)), "for p = [1, 0] you give"),
        (lambda p: -np.sum(p * np.log2(np.clip(p, 1e-12, 1))), "for p = [1, 8.67362e-19]"),
        (lambda p: -np.sum(p * np.log2(np.maximum(p, 1e-15))), "for p = [1, 8.67362e-19]"),
        (lambda p: -np.sum(np.clip(p, 1e-9, 1) * np.log2(np.clip(p, 1e-9, 1))), "for p = [1, 0]"),
        (lambda p: -plogp(p[p > 1e-9]), "for p = [1, 8.67362e-19] you give"),
        (lambda p: -plogp((p + 1e-10) / np.sum(p + 1e-10)), "for p = [1, 0] you give"),
        (lambda p: round(-plogp(p), 9), "for p = [1, 8.67362e-19] you give 0,"),
        (
            lambda p: -np.log2(np.prod(p**p)),
            "for p = [1, 8.67362e-19] you give 0, and 5.20417e-17 is right. What is rare counts in "
            "full: nothing is added to a probability, clipped, dropped or rounded away.",
        ),
        (lambda p: round(-plogp(p), 2), "for p = ["),
        (
            lambda p: -plogp(np.unique(p)),
            "for p = [0.25, 0.25, 0.25, 0.25] you give 0.5, and 2 is right. Outcomes may",
        ),
        (lambda p: np.var(p), "for p = ["),
        (lambda p: np.std(-np.log2(p)), "for p = ["),
        (lambda p: np.sum(p * (1 - p)), "for p = ["),
        (lambda p: -np.sum(p[p > 0] * np.log2(p[p > 0]))[None], "for p = ["),
        (lambda p: -np.sum(p * np.log2(p)) if np.all(p) else 0, "for p = [0.5, 0, 0.25, 0.25]"),
        (lambda p: -np.sum(p * np.log2(p)) if np.all(p) else np.inf, "for p = [0.5, 0, 0.25,"),
        (lambda p: 1.75, "for p = ["),
    ],
    "check_bits_per_symbol": [
        (lambda p, n: n * block_lengths(p, n), "bits per block."),
        (lambda p, n: block_lengths(p, n) / n, "divided by n twice."),
        (lambda p, n: -np.sum(p * np.log2(p)), "entropy instead."),
        (lambda p, n: block_lengths(p, 1), "the blocks are left out."),
        (lambda p, n: depths(blocks(p, n)).mean() / n, "the weights are missing. You average"),
        (
            lambda p, n: block_lengths(p, max(n, 2)),
            "for p = [0.7, 0.2, 0.1], n = 1 you give 1.165, and 1.3 is right.",
        ),
        (
            lambda p, n: block_lengths(p, n) if n > 1 else 1.0,
            "for p = [0.7, 0.2, 0.1], n = 1 you give 1, and 1.3 is right.",
        ),
        (
            lambda p, n: min(block_lengths(p, m) for m in range(1, n + 1)),
            "for p = [0.9, 0.1], n = 7 you give 0.470157, and 0.474342 is right.",
        ),
        (
            lambda p, n: block_lengths(p, min(n, 3)),
            "for p = [0.9, 0.1], n = 7 you give 0.532667, and 0.474342 is right.",
        ),
        (
            lambda p, n: np.sum(blocks(p, n) * np.ceil(-np.log2(blocks(p, n)))) / n,
            "not Huffman's code.",
        ),
        (lambda p, n: block_lengths(p, n) * n / len(p) ** n, "divided by the number of blocks."),
        (lambda p, n: block_lengths(p, n) * n / len(p), "divided by the number of symbols in"),
        (lambda p, n: block_lengths(p, n) + plogp(p), "the extra only."),
        (lambda p, n: depths(blocks(p, n)).sum() / n, "the weights are missing. You add"),
        (lambda p, n: -plogp(blocks(p, n)), "for p = ["),
        (lambda p, n: block_lengths(np.repeat(p, n) / n, 1) / n, "for p = ["),
        (lambda p, n: block_lengths(p, n + 1), "for p = ["),
        (lambda p, n: block_lengths(p, n) // 1, "for p = ["),
        (lambda p, n: 1.0, "for p = ["),
        (lambda n, p: block_lengths(p, n), "your function is right if it gets (n, p)"),
    ],
    "check_cross_entropy": [
        (
            lambda p, q: kl(*up_to_a_zero(p, q)) - plogp(up_to_a_zero(p)[0]),
            "for p = [0, 0.5, 0.5, 0], q = [0, 0.5, 0, 0.5] you give 0, and inf is right. "
            "Zeros may stand in any place: each outcome is judged by its own p and q alone.",
        ),
        (
            lambda p, q: -np.sum(p[p > 1e-12] * np.log2(q[p > 1e-12])),
            "for p = [1, 8.67362e-19], q = [1, 0] you give 0, and inf is right. What is rare",
        ),
        (lambda p, q: -np.sum(q * np.log2(p)), "p and q are swapped."),
        (lambda p, q: -np.sum(p * np.log(q)), "wrong base. These are nats"),
        (lambda p, q: -np.sum(p * np.log10(q)), "wrong base. Your logarithm has base 10"),
        (lambda p, q: np.sum(p * np.log2(q)), MINUS),
        (lambda p, q: -np.sum(p * np.log2(1 / q)), MINUS),
        (lambda p, q: -np.sum(p * np.log(1 / q)), MINUS_AND_BASE),
        (lambda p, q: np.sum(p * np.log(q)), MINUS_AND_BASE),
        (lambda p, q: -np.mean(p * np.log2(q)), "mean for sum."),
        (lambda p, q: -p * np.log2(q), "not added up yet."),
        (lambda p, q: np.sum(p * np.log2(p / q)), "KL instead."),
        (lambda p, q: -np.sum(p * np.log2(p)), "q is left out."),
        (lambda p, q: -np.sum(q * np.log2(q)), "p is left out."),
        (lambda p, q: -np.sum(np.log2(q)), "the weights are missing. You add up"),
        (lambda p, q: -np.mean(np.log2(q)), "the weights are missing. You average"),
        (lambda p, q: -np.log2(np.sum(p * q)), "log of a sum."),
        (
            lambda p, q: -np.sum(p * np.log2(q)),
            "for p = [0.5, 0.5, 0], q = [0.75, 0.25, 0] you give nan, and 1.20752 is right. "
            "An outcome that",
        ),
        (
            lambda p, q: np.sum(p * np.log2(p / q)) - np.sum(p * np.log2(p)),
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give nan, and 1.5 is right.",
        ),
        (
            lambda p, q: -np.sum(p * np.log2(np.clip(q, 1e-12, 1))),
            "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5, 0] you give 10.7158, and inf is right. "
            "Something happens",
        ),
        (
            lambda p, q: -np.nansum(p[q > 0] * np.log2(q[q > 0])),
            "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5, 0] you give 0.75, and inf is right. "
            "Something happens",
        ),
        (lambda p, q: np.sum(p * np.ceil(-np.log2(q))), "whole bits."),
        (lambda p, q: kl(q, p) - plogp(p), "the extra is the wrong way round."),
        (lambda p, q: -plogp(p) - plogp(q), "two entropies added."),
        (lambda p, q: -np.sum(p * np.log2(q) + (1 - p) * np.log2(1 - q)), "too many terms."),
        (lambda p, q: -np.sum(p * np.log2(q + 1e-12)), "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5,"),
        (lambda p, q: np.nan_to_num(-p * np.log2(q)).sum(), "for p = [0.5, 0.25, 0.25], q = [0.5"),
        (lambda p, q: -np.sum(p[q > 0] * np.log2(q[q > 0])), "for p = [0.5, 0.25, 0.25], q = [0.5"),
        (
            lambda p, q: np.inf if np.any(q == 0) else -np.nansum(p * np.log2(q)),
            "for p = [0.5, 0.5, 0], q = [0.75, 0.25, 0] you give inf, and 1.20752 is right.",
        ),
        (
            lambda p, q: np.inf if np.any(q < 1e-12) else -np.nansum(p * np.log2(q)),
            "for p = [0.5, 0.5, 0], q = [0.75, 0.25, 0] you give inf,",
        ),
        (
            lambda p, q: np.inf if np.any((q == 0) & (p > 0)) else -np.sum(p * np.log2(q + 1e-12)),
            "for p = [0.5, 0.5], q = [1, 8.67362e-19] you give 19.9",
        ),
        (lambda p, q: -np.sum(p[:-1] * np.log2(q[:-1])), "for p = ["),
        (lambda p, q: np.sum((p - q) ** 2), "for p = ["),
        (lambda p, q: -np.outer(p, np.log2(q)).sum(), "the weights are missing. You add up"),
        (lambda p, q: -(np.sum(p * np.log2(q)) ** 2), "for p = ["),
        (lambda p, q: int(-np.sum(p * np.log2(q))), "for p = ["),
        (lambda p, q: 2.25, "for p = ["),
    ],
    "check_code_cost": [
        (lambda p, n: np.mean(n), "p is left out. You average"),
        (lambda p, n: np.sum(n), "p is left out. You add"),
        (lambda p, n: np.mean(p * n), "mean for sum."),
        (lambda p, n: p * n, "not added up yet."),
        (lambda p, n: np.sum(n / 2.0**n), "the codebook's own habits."),
        (lambda p, n: -np.sum(p * np.log2(p)), "entropy instead."),
        (lambda p, n: np.max(n), "the longest codeword."),
        (lambda p, n: np.sum(p * (n + np.log2(p))), "the extra only."),
        (
            lambda p, n: np.sum(p * np.log2(p * 2.0**n)) - np.sum(p * np.log2(p)),
            "for p = [0.5, 0.5, 0], lengths = [1, 2, 2] you give nan, and 1.5 is right.",
        ),
        (lambda p, n: n @ np.sort(p)[::-1], "p is sorted."),
        (
            lambda p, n: round(np.sum(p * n), 2),
            "for p = [0.333333, 0.333333, 0.333333], lengths = [1, 2, 2] you give 1.67",
        ),
        (
            lambda p, n: np.round(p @ n, 4),
            "for p = [0.333333, 0.333333, 0.333333], lengths = [1, 2, 2] you give 1.6667",
        ),
        (lambda p, n: np.sum(p * 2.0**-n), "for p = ["),
        (lambda p, n: np.sum(p / n), "for p = ["),
        (lambda p, n: np.ceil(p @ n), "for p = ["),
        (lambda p, n: np.median(n), "for p = ["),
        (lambda p, n: p @ n / 8, "for p = ["),
        (
            lambda p, n: xentlib.cross_entropy(p, 2.0**-n / np.sum(2.0**-n)),
            "for p = [0.5, 0.25, 0.25], lengths = [1, 3, 3] you give 1.58496, and 2 is right.",
        ),
        (lambda p, n: 1.75, "for p = ["),
        (lambda p, n: np.average(n), "p is left out. You average"),
    ],
    "check_kl_divergence": [
        (
            lambda p, q: kl(*up_to_a_zero(p, q)),
            "for p = [0, 0.5, 0.5, 0], q = [0, 0.5, 0, 0.5] you give 0, and inf is right. "
            "Zeros may stand in any place: each outcome is judged by its own p and q alone.",
        ),
        (
            lambda p, q: infinite_if(lambda p, q: np.all(p > 0), p, q),
            "for p = [0, 0.5, 0.5, 0], q = [0, 0.5, 0, 0.5] you give 0, and inf is right. "
            "Zeros may stand in any place: each outcome is judged by its own p and q alone.",
        ),
        (
            lambda p, q: infinite_if(lambda p, q: np.all(p[q == 0] > 0), p, q),
            "for p = [0, 0.5, 0.5, 0], q = [0, 0.5, 0, 0.5] you give 0, and inf is right. "
            "Zeros may stand in any place: each outcome is judged by its own p and q alone.",
        ),
        (
            lambda p, q: infinite_if(lambda p, q: p[np.argmin(q)] > 0, p, q),
            "for p = [0, 0.5, 0.5, 0], q = [0, 0.5, 0, 0.5] you give 0, and inf is right. "
            "Zeros may stand in any place: each outcome is judged by its own p and q alone.",
        ),
        (
            lambda p, q: kl(p[p > 1e-12], q[p > 1e-12]),
            "for p = [1, 8.67362e-19], q = [1, 0] you give 0, and inf is right. What is rare",
        ),
        (
            lambda p, q: mended_kl(p[p > 0], q[p > 0]),
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give 0.139326, and 0.5 is right. An "
            "outcome that never happens adds nothing. What does your line make of 0 · log 0? If "
            "you add q − p to each term, its q counts.",
        ),
        (
            lambda p, q: mended_kl(p[p > 0], q[p > 0]) + q[p == 0].sum() / np.log(2),
            "for p = [0.5, 0.5], q = [1, 8.67362e-19] you give inf, and 29 is right. What is rare "
            "counts in full: nothing is added to a probability, clipped, dropped or rounded away, "
            "as a tiny q is in q − p.",
        ),
        (lambda p, q: np.sum(q * np.log2(q / p)), "p and q are swapped."),
        (lambda p, q: np.sum(p * np.log(p / q)), "wrong base. These are nats"),
        (lambda p, q: np.sum(p * np.log10(p / q)), "wrong base. Your logarithm has base 10"),
        (
            lambda p, q: np.sum(p * np.log2(q / p)),
            "the sign is the wrong way round. What comes first in your quotient or difference?",
        ),
        (
            lambda p, q: np.sum(p * np.log2(q)) - np.sum(p * np.log2(p)),
            "the sign is the wrong way round. What comes first in your quotient or difference?",
        ),
        (lambda p, q: np.sum(p * np.log(q / p)), "the sign is the wrong way round, and the base"),
        (lambda p, q: -np.sum(p * np.log2(q)), "cross-entropy instead."),
        (lambda p, q: np.sum(q * np.log2(q) - p * np.log2(q)), "the wrong entropy is subtracted."),
        (lambda p, q: np.sum(p * np.log2(p) - q * np.log2(q)), "a difference of entropies."),
        (lambda p, q: np.mean(p * np.log2(p / q)), "mean for sum."),
        (lambda p, q: p * np.log2(p / q), "not added up yet."),
        (lambda p, q: np.sum(np.log2(p / q)), "the weights are missing."),
        (lambda p, q: np.log2(np.sum(p * (p / q))), "log of a sum."),
        (lambda p, q: kl(p, q) + kl(q, p), "both directions are added."),
        (lambda p, q: (kl(p, q) + kl(q, p)) / 2, "both directions are averaged."),
        (lambda p, q: np.sum(np.abs(p * np.log2(p / q))), "the signs of the terms are lost."),
        (
            lambda p, q: np.sum(p * np.log2(p / q)),
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give nan, and 0.5 is right. "
            "An outcome that",
        ),
        (
            lambda p, q: np.nansum(p[q > 0] * np.log2(p[q > 0] / q[q > 0])),
            "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5, 0] you give -0.25, and inf is right. "
            "Something happens",
        ),
        (lambda p, q: np.sum(q * np.log2(p / q)), "weighted by q."),
        (lambda p, q: np.sum(p * np.log2(p / (q + 1e-12))), "for p = [0.5, 0.5, 0], q = [0.5,"),
        (
            lambda p, q: np.sum((p + 1e-12) * np.log2((p + 1e-12) / (q + 1e-12))),
            "for p = [0.5, 0.25, 0.25], q = [0.5, 0.5, 0] you give",
        ),
        (
            lambda p, q: np.nansum(p * np.log2(p / q)) if np.all(q) else 0,
            "for p = [0.5, 0.25, 0.25]",
        ),
        (
            lambda p, q: np.nansum(p * np.log2(p / q)) if np.all(q) else np.inf,
            "for p = [0.5, 0.5, 0], q = [0.75, 0.25, 0] you give inf,",
        ),
        (
            lambda p, q: (
                np.inf if np.any((p > 0) & (q <= 1e-12)) else np.nansum(p * np.log2(p / q))
            ),
            "for p = [0.5, 0.5], q = [1, 8.67362e-19] you give inf,",
        ),
        (lambda p, q: kl(p, q) ** 0.5, "for p = ["),
        (lambda p, q: np.abs(p - q).sum(), "for p = ["),
        (lambda p, q: np.sum(np.abs(p - q)) / 2, "for p = ["),
        (lambda p, q: np.sum((p - q) * np.log2(p / q)), "both directions are added."),
        (lambda p, q: np.sum(p * (np.ceil(-np.log2(q)) - np.ceil(-np.log2(p)))), "for p = ["),
        (lambda p, q: 0.25, "for p = ["),
    ],
    "check_js_divergence": [
        (
            lambda p, q: sum(
                kl(a, b) / 2
                for m in [mixed(p, q)]
                for stopped in [up_to_a_zero(m, p, q)]
                for a, b in [(stopped[1], stopped[0]), (stopped[2], stopped[0])]
            ),
            "for p = [0, 0.5, 0.5], q = [0, 0.25, 0.75] you give 0, and 0.0487949 is right. "
            "Zeros may stand in any place: each outcome is judged by its own p and q alone.",
        ),
        (
            lambda p, q: np.log(2) / 2 * (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)),
            "wrong base. These are nats",
        ),
        (
            lambda p, q: np.log10(2) / 2 * (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)),
            "wrong base. Your logarithm has base 10",
        ),
        (
            lambda p, q: np.sum(p * np.log2((p + q) / 2 / p) + q * np.log2((p + q) / 2 / q)) / 2,
            "the sign is the wrong way round. What comes first in your quotient or difference?",
        ),
        (
            lambda p, q: (
                (xentlib.entropy(p) + xentlib.entropy(q)) / 2 - xentlib.entropy((p + q) / 2)
            ),
            "the sign is the wrong way round. What comes first in your quotient or difference?",
        ),
        (
            lambda p, q: math.sqrt((kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2),
            "the square root is taken. ",
        ),
        (
            lambda p, q: math.sqrt(math.log(2) / 2 * (kl(p, (p + q) / 2) + kl(q, (p + q) / 2))),
            "the square root is taken, and the base is wrong.",
        ),
        (lambda p, q: kl(p, (p + q) / 2) + kl(q, (p + q) / 2), "sum for mean."),
        (lambda p, q: (kl(p, q) + kl(q, p)) / 2, "the mixture is missing."),
        (lambda p, q: kl(p, q) + kl(q, p), "the mixture is missing,"),
        (lambda p, q: (kl(p, p + q) + kl(q, p + q)) / 2, "the mixture is unnormalised."),
        (lambda p, q: kl(p, p + q) + kl(q, p + q), "the mixture is unnormalised, and"),
        (lambda p, q: kl(p, (p + q) / 2), "q is left out."),
        (lambda p, q: kl(q, (p + q) / 2), "p is left out."),
        (
            lambda p, q: (kl((p + q) / 2, p) + kl((p + q) / 2, q)) / 2,
            "source and model are swapped.",
        ),
        (lambda p, q: -plogp((p + q) / 2), "something is left to subtract."),
        (
            lambda p, q: np.mean(p * np.log2(2 * p / (p + q)) + q * np.log2(2 * q / (p + q))) / 2,
            "mean for sum.",
        ),
        (
            lambda p, q: np.sum(p * np.log2(2 * p / (p + q)) + q * np.log2(2 * q / (p + q))) / 2,
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give nan, and 0.155639 is right. "
            "The last outcome adds nothing for p, which never writes it",
        ),
        (
            # Forgets that the other guest writes what this one does not.
            lambda p, q: (
                sum(
                    a * math.log2(2 * a / (a + b)) + b * math.log2(2 * b / (a + b))
                    for a, b in zip(p, q, strict=True)
                    if a > 0 and b > 0
                )
                / 2
            ),
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give 0.0306391, and 0.155639 is "
            "right. The last outcome adds nothing for p, which never writes it (0 · log 0 counts "
            "as 0), and counts in full for q, which does.",
        ),
        (
            lambda p, q: (kl(p[p > 0], (p + q)[p > 0] / 2) + kl(q[p > 0], (p + q)[p > 0] / 2)) / 2,
            "for p = [0.5, 0.5, 0], q = [0.5, 0.25, 0.25] you give 0.0306391, and 0.155639 is "
            "right. The last outcome adds nothing for p, which never writes it (0 · log 0 counts",
        ),
        (
            lambda p, q: (
                scipy.special.xlogy([p, q], [2 * p / (p + q), 2 * q / (p + q)]).sum()
                / 2
                / math.log(2)
            ),
            "for p = [0.5, 0.5, 0], q = [0.75, 0.25, 0] you give nan, and 0.0487949 is right. "
            "An outcome that never happens adds nothing.",
        ),
        (
            lambda p, q: (kl(p, (p + q) / 2) + kl(q, (p + q) / 2)) / 2 if np.any(p * q) else np.inf,
            "for p = [0.5, 0.5, 0, 0], q = [0, 0, 0.75, 0.25] you give inf, and 1 is right.",
        ),
        (kl, "KL instead."),
        (lambda p, q: (-plogp(p) - plogp(q)) / 2, "the right codebooks."),
        (lambda p, q: kl(p, (p + q) / 2) + kl((p + q) / 2, q), "source and model are swapped in"),
        (lambda p, q: (kl(p, (p + q) / 2) + kl((p + q) / 2, q)) / 2, "for p = ["),
        (lambda p, q: max(kl(p, (p + q) / 2), kl(q, (p + q) / 2)), "for p = ["),
        (lambda p, q: min(kl(p, q), kl(q, p)), "for p = ["),
        (
            lambda p, q: sum(
                np.sum(r * np.log2((r + 1e-12) / ((p + q) / 2 + 1e-12))) / 2 for r in (p, q)
            ),
            "for p = [1, 8.67362e-19], q = [1, 0] you give",
        ),
        (
            lambda p, q: sum(
                np.sum(r * np.log2(np.clip(r, 1e-12, 1) / np.clip((p + q) / 2, 1e-12, 1))) / 2
                for r in (p, q)
            ),
            "for p = [1, 8.67362e-19], q = [1, 0] you give",
        ),
        (lambda p, q: 1.0, "for p = ["),
    ],
    "check_log_likelihood": [
        (
            lambda x, q: np.bincount(x) @ np.log2(q[: max(x) + 1]),
            "for x = [2, 0, 0, 0, 4, 0, 0, 0], q = [0.13, 0.05, 0.27, 0, 0.55] you give nan, and "
            "-20.412 is right. Zeros may stand anywhere in q: a label that does not occur changes",
        ),
        (lambda x, q: np.sum(np.log(q[x])), "wrong base. These are nats"),
        (lambda x, q: np.sum(np.log10(q[x])), "wrong base. Your logarithm has base 10"),
        (lambda x, q: -np.sum(np.log2(q[x])), "a minus too many. Should"),
        (lambda x, q: -np.sum(np.log(q[x])), "a minus too many, and the base is wrong."),
        (lambda x, q: np.mean(np.log2(q[x])), "mean for sum."),
        (lambda x, q: np.log2(q[x]), "not added up yet."),
        (lambda x, q: np.log2(np.sum(q[x])), "log of a sum."),
        (lambda x, q: np.sum(q[x]), "sum for product."),
        (lambda x, q: np.prod(q[x]), "no logarithm yet."),
        (lambda x, q: np.sum(np.log2(q)), "over the alphabet."),
        (lambda x, q: len(x) * np.sum(q * np.log2(q)), "expected, not actual."),
        (
            lambda x, q: sum(math.log2(list(x).count(a) / len(x)) for a in x),
            "q is left out.",
        ),
        (
            lambda x, q: np.log2(np.prod(q[x])),
            "for x = [0, 1, 2, ..., 0, 1, 2], q = [0.5, 0.25, 0.25] you give -inf, and -40000 "
            "is right. The probability of so many symbols",
        ),
        (
            lambda x, q: sum(
                n * np.log2(a) for a, n in zip(q, np.unique(x, return_counts=True)[1], strict=False)
            ),
            "for x = [0, 2, 2, 0], q = [0.5, 0.375, 0.125] you give -4.83007, and -8 is right. "
            "Label 1 does not occur here.",
        ),
        (
            lambda x, q: np.sum(np.log2(q[x] + 1e-12)),
            "for x = [0, 0, 1], q = [1, 1e-30] you give -39.8631, and -99.6578 is right.",
        ),
        (lambda x, q: -np.sum(-q[x] * np.log2(q[x])), "weighted by q."),
        (lambda x, q: np.bincount(x, minlength=len(q)) @ np.log2(q), "for x = [0, 1, 1], q = [0.5"),
        (
            lambda x, q: np.sum(np.log2(np.clip(q, 1e-12, 1))[x]),
            "for x = [0, 0, 1], q = [1, 1e-30]",
        ),
        (
            lambda x, q: np.sum(np.log2(q[x])[q[x] > 0]),
            "for x = [0, 1], q = [1, 0] you give 0, and -inf is right.",
        ),
        (
            lambda x, q: sum(math.log2(q[a]) for a in x),
            "for x = [0, 1], q = [1, 0] your function stops",
        ),
        (lambda x, q: np.nan_to_num(np.sum(np.log2(q[x]))), "for x = [0, 1], q = [1, 0] you give"),
        (lambda x, q: -np.inf if 0 in q else np.log2(q[x]).sum(), "for x = [0, 1, 1], q = [0.5, 0"),
        (
            lambda x, q: np.log2(np.prod(q ** np.bincount(x, minlength=len(q)))),
            "for x = [0, 1, 2, ..., 0, 1, 2], q = [0.5, 0.25, 0.25] you give -inf,",
        ),
        (
            lambda x, q: float(np.log2(np.prod(q[x].astype(np.longdouble)))),
            "for x = [0, 1, 2, ..., 0, 1, 2], q = [0.5, 0.25, 0.25] you give -inf,",
        ),
        (lambda q, x: np.sum(np.log2(q[x])), "your function is right if it gets (q, x)"),
        (lambda x, q: -20.0, "for x = ["),
        (lambda x, q: 2 ** np.sum(np.log2(q[x])), "no logarithm yet."),
    ],
    "check_mle": [
        (lambda x, K: np.bincount(x, minlength=K), "unnormalised."),
        (lambda x, K: np.ones(K) / K, "uniform."),
        (
            lambda x, K: xentlib.normalize(counted_once(x, K)),
            "uniform. However often an outcome comes up",  # the same only for what comes up
        ),
        (lambda x, K: counted_once(x, K) / len(x), "counted once."),
        (lambda x, K: (np.bincount(x, minlength=K) + 1) / (len(x) + K), "one added to each count."),
        (lambda x, K: np.bincount(x, minlength=K) / (len(x) - 1), "off by one. You divide"),
        (lambda x, K: np.bincount(x, minlength=K) / K, "divided by the number of outcomes."),
        (lambda x, K: hot(np.bincount(x, minlength=K).argmax(), K), "winner takes all."),
        (lambda x, K: soft(np.bincount(x, minlength=K)), "softmax of the counts."),
        (
            lambda x, K: [n / len(x) for _, n in Counter(x.tolist()).most_common()],
            "sorted by frequency.",
        ),
        (lambda x, K: [np.mean(x == k + 1) for k in range(K)], "off by one. Labels count from 0."),
        (lambda x, K: np.mean(x), "the mean of the labels."),
        (
            lambda x, K: np.unique(x, return_counts=True)[1] / len(x),
            "for x = [0, 2, 2, 0], K = 4 you give an array of shape (2,), and an array of shape "
            "(4,) is asked for. Outcomes 1 and 3 were never seen.",
        ),
        (
            lambda x, K: np.bincount(x) / len(x),
            "for x = [0, 2, 2, 0], K = 4 you give an array of shape (3,),",
        ),
        (lambda x, K: (np.bincount(x, minlength=K) / len(x))[::-1], "the order is turned round."),
        (lambda x, K: np.sort(np.bincount(x, minlength=K) / len(x)), "sorted by frequency."),
        (lambda x, K: np.bincount(x) / np.bincount(x).max(), "divided by the largest."),
        (lambda x, K: (np.bincount(x) / len(x))[x], "one for each label."),
        (lambda x, K: np.bincount(x, minlength=K) // len(x), "cut off to whole numbers."),
        (
            lambda K, x: np.bincount(x, minlength=K) / len(x),
            "your function is right if it gets (K, x), but it gets (x, K).",
        ),
        (
            lambda x, K: (np.bincount(x, minlength=K) + 1e-9) / (len(x) + K * 1e-9),
            "for x = [0, 2, 2, 0], K = 4 you give",
        ),
        (lambda x, K: (np.bincount(x, minlength=K) + 0.5) / (len(x) + K / 2), "for x = ["),
        (lambda x, K: np.bincount(x, minlength=K + 1) / len(x), "for x = ["),
        (lambda x, K: np.histogram(x, bins=K)[0] / len(x), "for x = [0, 2, 2, 0], K = 4 you give"),
        (lambda x, K: np.cumsum(np.bincount(x, minlength=K)) / len(x), "for x = ["),
        (lambda x, K: dict(Counter(x.tolist())), "your function returns something of type dict"),
        (lambda x, K: x / x.sum(), "for x = ["),
        (lambda x, K: np.round(np.bincount(x, minlength=K) / len(x), 1), "for x = ["),
        (lambda x, K: np.bincount(x, minlength=K) / len(np.unique(x)), "divided by the number of"),
    ],
    "check_binned_entropy": [
        (lambda x, w: binned(x, w) * math.log(2), "wrong base. These are nats"),
        (lambda x, w: binned(x, w) * math.log10(2), "wrong base. Your logarithm has base 10"),
        (lambda x, w: -binned(x, w), MINUS),
        (lambda x, w: -binned(x, w) * math.log(2), MINUS_AND_BASE),
        (lambda x, w: binned(x, w) + math.log2(w), "the width is added."),
        (lambda x, w: binned(x, w) - math.log2(w), "the width is subtracted."),
        (
            lambda x, w: (
                -plogp(
                    np.histogram(x, w * np.arange(-4, 6), density=True)[0],
                )
            ),
            "heights for probabilities.",
        ),
        (
            lambda x, w: -plogp(np.histogram(x, w * np.arange(-4, 6))[0]),
            "unnormalised.",
        ),
        (lambda x, w: np.log2(len(np.unique(np.floor(x / w)))), "the weights are missing."),
        (
            lambda x, w: (
                -plogp(
                    np.histogram(x, np.arange(x.min(), x.max() + w, w))[0] / len(x),
                )
            ),
            "the bins begin at the smallest value.",
        ),
        (lambda x, w: binned(x + w / 2, w), "rounded to the nearest."),
        (
            lambda x, w: (
                -plogp(
                    np.unique((x / w).astype(int), return_counts=True)[1] / len(x),
                )
            ),
            "cut off towards 0.",
        ),
        (
            lambda x, w: binned(x, w) / len(np.unique(np.floor(x / w))),
            "mean for sum.",
        ),
        (
            naive_histogram,
            "for x = [0.25, 0.5, 4.25, 4.5], width = 1 you give nan, and 1 is right.",
        ),
        (lambda x, w: binned(np.rint(x / w), 1), "rounded to the nearest."),
        (lambda x, w: binned(np.ceil(x / w), 1), "for x = [0.5, 1, 2], width = 1"),
        (lambda x, w: binned(x, 1 / w), "multiplied by the width."),
        (lambda x, w: binned(x, 1), "the width is left out."),
        (lambda x, w: -plogp(np.unique(x, return_counts=True)[1] / len(x)), "no bins."),
        (
            lambda x, w: scipy.stats.entropy(
                np.histogram(x, w * np.arange(np.floor(min(x) / w), np.ceil(max(x) / w) + 1))[0],
                base=2,
            ),
            "for x = [0.5, 1, 2], width = 1 you give 0.918296, and 1.58496 is right. A value on",
        ),
        (lambda x, w: scipy.stats.entropy(np.histogram(x)[0], base=2), "for x = ["),
        (lambda x, w: binned(x - x.mean(), w), "for x = ["),
        (lambda x, w: binned(x, w) if len(x) > 3 else np.nan, "for x = [0.5, 1, 2], width"),
        (lambda x, w: 2.0, "for x = ["),
        (lambda w, x: binned(x, w), "your function is right if it gets (width, x)"),
    ],
    "check_gaussian_entropy": [
        (lambda s: 0.5 * np.log(2 * np.pi * np.e * s**2), "wrong base. These are nats"),
        (lambda s: 0.5 * np.log10(2 * np.pi * np.e * s**2), "wrong base. Your logarithm has"),
        (lambda s: -0.5 * np.log2(2 * np.pi * np.e * s**2), "the sign is the wrong way round."),
        (lambda s: 0.5 * np.log2(2 * np.pi * np.e * s), "sigma for the variance."),
        (lambda s: 0.5 * np.log2(2 * np.pi * np.e * s**4), "squared once too often."),
        (lambda s: np.log2(2 * np.pi * np.e * s**2), "a half is missing."),
        (lambda s: 0.5 * np.log2(2 * np.pi * s**2), "the e is missing."),
        (lambda s: 0.5 * np.log2(np.e * s**2), "the 2π is missing."),
        (
            lambda s: max(0, 0.5 * np.log2(2 * np.pi * np.e * s**2)),
            "for sigma = 1e-30 you give 0, and -97.610",
        ),
        (lambda s: np.log2(s * np.sqrt(2 * np.pi)) + 1 / 2, "a half in the wrong unit."),
        (lambda s: 0.5 + 0.5 * np.log2(2 * np.pi * s**2), "a half in the wrong unit."),
        (lambda s: 0.5 * np.log2(np.pi * np.e * s**2), "the 2 is missing."),
        (lambda s: 0.5 * np.log2(2 * np.e * s**2), "the π is missing."),
        (lambda s: 0.5 * np.log2(2 * np.pi * np.e), "sigma is left out."),
        (lambda s: np.log2(s), "the shape is left out."),
        (lambda s: 0.5 * np.log2(np.e) + 0.5 * np.log(2 * np.pi * s**2), "two units."),
        (lambda s: 0.5 * np.log2(2 * np.pi * np.e * s**2 + 1e-12), "for sigma = 1e-30 you give"),
        (
            lambda s: 0.5 * np.log2(2 * np.pi * np.e * max(s, 1e-6) ** 2),
            "for sigma = 1e-30 you give",
        ),
        (lambda s: abs(np.log2(s * math.sqrt(2 * np.pi * np.e))), "for sigma = 1e-30 you give"),
        (lambda s: 2**0.5 * np.log2(2 * np.pi * np.e * s**2), "for sigma = "),
        (lambda s: [0.5 * np.log2(2 * np.pi * np.e * s**2)], "for sigma = "),
        (lambda s: 2.0470956, "sigma is left out."),
        (lambda s: np.log2(np.std(np.random.default_rng(0).normal(0, s, 999))) + 2, "for sigma = "),
    ],
    "check_softmax": [
        (lambda z: np.exp(z), "unnormalised."),
        (lambda z: soft(soft(z)), "softmax twice."),
        (lambda z: 2**z / np.sum(2**z), "wrong base."),
        (lambda z: 10**z / np.sum(10**z), "wrong base."),
        (lambda z: soft(z / z.max(-1, keepdims=True)), "divided by the largest."),
        (lambda z: soft(z / np.abs(z).max()), "divided by the largest."),
        (lambda z: soft((z - z.min()) / (z.max() - z.min())), "for logits = ["),
        (lambda z: soft(z - 10000), "for logits = [1.5, -1.9, -0.4] you give [nan, nan, nan],"),
        (lambda z: soft(-z), "a minus too many."),
        (lambda z: np.log(soft(z)), "a logarithm too many."),
        (lambda z: z / z.sum(), "no exponential yet."),
        (lambda z: 1 / (1 + np.exp(-z)), "each class on its own."),
        (lambda z: (z == z.max()).astype(float), "winner takes all."),
        (lambda z: np.exp(z - z.max()), "the largest is 1."),
        (lambda z: np.exp(z) / np.exp(z).max(), "the largest is 1."),
        (
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True),
            "for logits = [1.5, -1.9, -0.4] your function stops",
        ),
        (lambda z: np.exp(z) / np.mean(np.exp(z)), "mean for sum."),
        (
            lambda z: np.exp(z) / np.exp(z).sum(),
            "for logits = [0, 20000, 19999, 0] you give [0, nan, nan, 0], and "
            "[0, 0.731059, 0.268941, 0] is right. From 710 on,",
        ),
        (
            lambda z: soft(z.astype(np.longdouble)).astype(float),
            "for logits = [0, 20000, 19999, 0] you give [0, nan, nan, 0],",
        ),
        (
            lambda z: soft(z - z[..., :1]),
            "for logits = [0, 20000, 19999, 0] you give [0, nan, nan,",
        ),
        (
            lambda z: soft(z - z[..., -1:]),
            "for logits = [0, 20000, 19999, 0] you give [0, nan, nan,",
        ),
        (
            lambda z: soft(z - np.median(z, -1, keepdims=True)),
            "for logits = [0, 20000, 19999, 0] you give [0, nan, nan,",
        ),
        (
            lambda z: soft(z - z.mean(-1, keepdims=True)),
            "for logits = [0, 20000, 19999, 0] you give [0, nan, nan,",
        ),
        (
            lambda z: soft(z - np.abs(z).max(-1, keepdims=True)),
            "for logits = [-1000, -1001, -1002] you give [nan, nan, nan],",
        ),
        (
            lambda z: np.exp(z - z.clip(0).max()) / np.exp(z - z.clip(0).max()).sum(),
            "for logits = [-1000, -1001, -1002] you give [nan, nan, nan],",
        ),
        (
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
            "for logits = [[1, 0, 0], [3, 3, 0]] you give",
        ),
        (
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(-1, keepdims=True),
            "for logits = [[20000, 19999], [0, 1]] you give",
        ),
        (
            lambda z: soft(np.clip(z, -500, 500)),
            "for logits = [0, 20000, 19999, 0] you give [",
        ),
        *(
            (
                lambda z, floor=floor: soft(np.maximum(z - z.max(-1, keepdims=True), floor)),
                f"for logits = [350, 300, -350] you give [1, {second}, {third}], and "
                "[1, 1.92875e-22, 9.85968e-305] is right. What is rare counts in full:",
            )
            for floor, second, third in (
                (-20, "2.06115e-09", "2.06115e-09"),
                (-100, "1.92875e-22", "3.72008e-44"),
                (-500, "1.92875e-22", "7.12458e-218"),
            )
        ),
        (lambda z: scipy.special.softmax(z), "for logits = [[1, 0, 0], [3, 3, 0]] you give"),
        (lambda z: scipy.special.softmax(z, axis=0), "for logits = [[1, 0, 0], [3, 3, 0]] you"),
        (
            lambda z: np.exp(z - z.max(-1)) / np.exp(z - z.max(-1)).sum(-1),
            "for logits = [[1, 0, 0], [3, 3, 0]] your function stops",
        ),
        (
            lambda z: np.exp(log_q(z)) + 1e-3,
            "for logits = [",
        ),
        (
            lambda z: np.nan_to_num(soft(z)),
            "for logits = [0, 20000, 19999, 0] you give [0, 0, 0, 0],",
        ),
        (lambda z: np.log(np.exp(z).sum()), "the normaliser only."),
        (lambda z: z - z.max(), "no exponential yet. You take"),
        (lambda z: np.exp(z) / np.sqrt(np.sum(np.exp(z) ** 2)), "divided by the length."),
        (
            lambda z: soft(z / 2),
            "for logits = [1.5, -1.9, -0.4] you give [0.637176, 0.116402, 0.246422], and "
            "[0.84535, 0.0282121, 0.126438] is right. Do your numbers sum to 1, and is the ratio",
        ),
        (lambda z: soft(z)[::-1], "for logits = ["),
        (lambda z: np.round(np.exp(log_q(z)), 2), "for logits = ["),
        (lambda z: np.full(z.shape, 1 / z.shape[-1]), "for logits = ["),
        (
            lambda z: soft(z) if z.ndim == 1 and abs(z).max() < 500 else z,
            "for logits = [0, 20000, 19999",
        ),
        *(
            (floored, "for logits = [350, 300, -350] you give [1, 1e-")
            for floored in (
                lambda z: np.clip(np.exp(log_q(z)), 1e-12, 1),
                lambda z: np.clip(np.exp(log_q(z)), 1e-7, 1 - 1e-7),
                lambda z: np.exp(log_q(z)) + 1e-15,
            )
        ),
        (
            lambda z: np.exp(log_q(np.atleast_2d(z))).squeeze(),
            "for logits = [[0, 1]] you give an array of shape (2,),",
        ),
        (
            lambda z: np.exp(log_q(z)) if z.ndim == 1 else np.exp(z - z.max(0)) / 2,
            "for logits = [[1, 0, 0], [3, 3, 0]] you give",
        ),
    ],
    "check_softmax_grad": [
        (lambda z, y: hot(y, len(z)) - soft(z), "the sign is the wrong way round."),
        (lambda z, y: (soft(z) - hot(y, len(z))) / np.log(2), "wrong base. These are bits"),
        (lambda z, y: soft(z), "the label is left out."),
        (lambda z, y: (soft(z) - hot(y, len(z))) / len(z), "mean for sum."),
        (lambda z, y: z - hot(y, len(z)), "logits for probabilities."),
        (lambda z, y: soft(soft(z)) - hot(y, len(z)), "softmax twice."),
        (lambda z, y: soft(z)[y] - 1, "one entry only."),
        (lambda z, y: -np.log(soft(z)[y]), "the loss itself."),
        (lambda z, y: -hot(y, len(z)) / soft(z), "with respect to the probabilities."),
        (lambda z, y: soft(z) * (1 - soft(z)), "the slope of softmax alone."),
        (lambda z, y: soft(z) - hot(y - 1, len(z)), "off by one."),
        (
            lambda z, y: soft(z) - hot(y, len(z)),
            "for logits = [20000, 19999], label = 0 you give [nan, nan], and [-0.268941, 0.268941] "
            "is right. From 710 on, exp is inf: it overflows. What can you subtract from all",
        ),
        (
            lambda z, y: soft(z - z[y]) - hot(y, len(z)),
            "for logits = [0, 20000, 19999, 0], label = 0 you give",
        ),
        (
            lambda z, y: (soft(z.astype(np.longdouble)) - hot(y, len(z))).astype(float),
            "for logits = [20000, 19999], label = 0 you give [nan, nan],",
        ),
        (
            by_chain_rule,
            "for logits = [0, 20000, 19999, 0], label = 0 you give [nan, nan, nan, nan], and "
            "[-1, 0.731059, 0.268941, 0] is right. From 710 on, exp is inf: what can "
            "you subtract from all logits? And the label's probability is rounded to 0: can you",
        ),
        (
            lambda z, y: soft(z - np.abs(z).max()) - hot(y, len(z)),
            "for logits = [-1000, -1001, -1002], label = 1 you give [nan, nan, nan],",
        ),
        (
            lambda z, y: soft(z - z.mean()) - hot(y, len(z)),
            "for logits = [0, 20000, 19999, 0], label = 0 you give",
        ),
        (lambda z, y: soft(z)[y] * (hot(y, len(z)) - soft(z)), "the slope of the label's"),
        (lambda z, y: -hot(y, len(z)), "the label only."),
        (lambda z, y: hot(y, len(z)) * (soft(z) - 1), "the label's entry only."),
        (lambda z, y: soft(z) + hot(y, len(z)), "plus for minus."),
        (lambda z, y: np.exp(log_q(z)) - y, "for logits = ["),
        (lambda z, y: np.exp(log_q(z)) - 1, "for logits = ["),
        (lambda z, y: np.gradient(log_q(z)), "for logits = ["),
        (lambda z, y: np.zeros(len(z)), "for logits = ["),
        (lambda z, y: np.exp(log_q(z))[None] - hot([y], len(z)), "for logits = ["),
        (
            lambda y, z: np.exp(log_q(z)) - hot(y, len(z)),
            "your function is right if it gets (label, logits)",
        ),
        (
            lambda z, y: np.clip(np.exp(log_q(z)), 1e-12, 1) - hot(y, len(z)),
            "for logits = [350, -350, -350, 350], label = 0 you give [-0.5, 1e-12, 1e-12, 0.5],",
        ),
        (
            lambda z, y: np.exp(log_q(z)) + 1e-9 - hot(y, len(z)),
            "for logits = [350, -350, -350, 350], label = 0 you give [-0.5, 1e-09, 1e-09, 0.5],",
        ),
        (
            lambda z, y: np.exp(log_q(np.clip(z, -50, 50))) - hot(y, len(z)),
            "for logits = [350, -350, -350, 350], label = 0",
        ),
        (
            lambda z, y: np.exp(log_q(np.clip(z, -500, 500))) - hot(y, len(z)),
            "for logits = [20000, 19999], label = 0 you give [-0.5, 0.5],",
        ),
    ],
    "check_batch_loss": [
        (lambda z, y: -np.mean(np.log2(picked(soft(z), y))), "wrong base. These are bits"),
        (lambda z, y: -np.mean(np.log10(picked(soft(z), y))), "wrong base. Your logarithm has"),
        (lambda z, y: np.mean(np.log(picked(soft(z), y))), "the sign is the wrong way round."),
        (lambda z, y: -np.sum(np.log(picked(soft(z), y))), "sum for mean."),
        (lambda z, y: -np.log(picked(soft(z), y)), "not averaged yet."),
        (lambda z, y: -np.mean(hot(y, 3) * np.log(soft(z))), "divided by all entries."),
        (lambda z, y: -np.mean(np.log(picked(soft(soft(z)), y))), "softmax twice."),
        (lambda z, y: -np.sum(soft(z) * np.log(hot(y, 3))) / len(y), "one-hot inside the log."),
        (
            lambda z, y: -np.mean(np.log(picked(np.exp(z) / np.exp(z).sum(axis=0), y))),
            "softmax along the wrong axis.",
        ),
        (
            lambda z, y: -np.mean(np.log(picked(np.exp(z) / np.exp(z).sum(), y))),
            "one softmax for the whole batch.",
        ),
        (lambda z, y: -np.log(np.mean(picked(soft(z), y))), "log of a sum."),
        (lambda z, y: np.mean(picked(soft(z), y)), "no logarithm yet."),
        (lambda z, y: -np.mean(picked(z, y)), "unnormalised."),
        (lambda z, y: -np.mean(np.log(soft(z))[:, y]), "every label for every row."),
        (
            lambda z, y: -np.mean(np.sum(soft(z) * np.log(soft(z)), axis=1)),
            "the labels are left out.",
        ),
        (lambda z, y: -np.mean(np.log(picked(soft(z), y - 1))), "off by one."),
        (
            lambda z, y: -np.mean(np.log(picked(soft(z), y))),
            "for logits = [[-1000, -1001, -1002]], labels = [1] you give nan, "
            "and 1.40761 is right. exp of each of these logits is 0",
        ),
        (
            lambda z, y: float(np.mean(naive_losses(z.astype(np.longdouble), y))),
            "for logits = [[0, 20000, 19999, 0]], labels = [2] you give inf, and 1.31326 is right.",
        ),
        (
            lambda z, y: -np.mean(np.log(picked(soft(z - z[:, :1]), y))),
            "for logits = [[0, 20000, 19999, 0]], labels = [2] you give nan,",
        ),
        (
            lambda z, y: -np.mean(np.log(picked(soft(z - z.mean(1, keepdims=True)), y))),
            "for logits = [[0, 20000, 19999, 0]], labels = [2] you give nan,",
        ),
        (
            lambda z, y: -np.mean(np.log(np.exp(picked(log_q(z), y)))),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1] you give inf,",
        ),
        (
            lambda z, y: -np.sum(hot(y, z.shape[1]) * np.log(xentlib.softmax(z))) / len(y),
            "for logits = [[0, -1000], [0, 1]], labels = [0, 1] you give nan, "
            "and 0.156631 is right. In the first row the other class",
        ),
        (lambda z, y: -np.mean(picked(soft(z), y)), "no logarithm yet. That is minus"),
        (lambda z, y: 1 - np.mean(picked(soft(z), y)), "no logarithm yet. That is the average"),
        (lambda z, y: np.mean(z.argmax(1) != y), "the share of errors."),
        (lambda z, y: -np.log(picked(soft(z), y)).sum() / (len(y) - 1), "off by one. You divide"),
        (lambda z, y: -np.log(soft(z).max(1)).mean(), "the labels are left out. That is the cost"),
        (
            lambda z, y: np.log(np.exp(z - z.max(1, keepdims=True)).sum(1)).mean(),
            "the labels are left out. That is the cost",
        ),
        (
            lambda z, y: np.mean(
                np.log(np.exp(z - z.max()).sum(1)) + z.max() - picked(z, y),
            ),
            "for logits = [[1000, 0], [0, 1]], labels = [0, 1] you give -inf, "
            "and 0.156631 is right. The rows have nothing to do with each other",
        ),
        (  # these two have the logarithm on paper, and overflow
            lambda z, y: np.mean(
                np.log(np.exp(z - z.min(1, keepdims=True)).sum(1)) + z.min(1) - picked(z, y)
            ),
            "for logits = [[0, -1000], [0, 1]], labels = [0, 1] you give inf, "
            "and 0.156631 is right. In the first row the other class is not the label, and too "
            "improbable for a float: it adds nothing. What does your line make of 0 · log 0, or "
            "of exp(1000)?",
        ),
        (
            lambda z, y: np.mean(np.log(np.exp(z - picked(z, y)[:, None]).sum(1))),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1] you give inf, "
            "and 500.157 is right. The probability is too small for a float, its logarithm is "
            "not. Take the logarithm on paper first, and exp of nothing large: from 710 on it is",
        ),
        (
            lambda z, y: -np.mean(np.log(np.exp(picked(log_q(z), y)) + 1e-12)),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1] you give 13.9",
        ),
        (
            lambda z, y: -np.mean(np.maximum(picked(log_q(z), y), -100)),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1] you give 50",
        ),
        (
            lambda z, y: -np.nanmean(np.log(picked(soft(z), y))),
            "for logits = [[-1000, -1001, -1002]], labels = [1] you give nan, "
            "and 1.40761 is right. exp of each of these logits is 0",
        ),
        (
            lambda z, y: np.mean(
                np.log(np.exp(z - abs(z).max(1, keepdims=True)).sum(1))
                + abs(z).max(1)
                - picked(z, y)
            ),
            "for logits = [[-1000, -1001, -1002]], labels = [1] you give -inf, "
            "and 1.40761 is right. exp of each of these logits is 0",
        ),
        (
            lambda z, y: np.mean(
                np.log(np.exp(z - np.maximum(z.max(1, keepdims=True), 0)).sum(1))
                + np.maximum(z.max(1), 0)
                - picked(z, y)
            ),
            "for logits = [[-1000, -1001, -1002]], labels = [1] you give -inf, "
            "and 1.40761 is right. exp of each of these logits is 0",
        ),
        (lambda z, y: np.median(-picked(log_q(z), y)), "for logits = ["),
        (lambda z, y: np.exp(-picked(log_q(z), y).mean()), "for logits = ["),
        (lambda z, y: -picked(log_q(z), y)[0], "for logits = ["),
        (lambda z, y: np.log(3), "for logits = ["),
        (
            lambda y, z: -picked(log_q(z), y).mean(),
            "your function is right if it gets (labels, logits)",
        ),
    ],
    "check_weighted_loss": [
        (
            lambda z, y, w: -np.average(np.log2(picked(soft(z), y)), weights=w),
            "wrong base. These are bits",
        ),
        (
            lambda z, y, w: -np.average(np.log10(picked(soft(z), y)), weights=w),
            "wrong base. Your logarithm has",
        ),
        (
            lambda z, y, w: np.average(np.log(picked(soft(z), y)), weights=w),
            "the sign is the wrong way round.",
        ),
        (lambda z, y, w: -np.mean(w * np.log(picked(soft(z), y))), "divided by the number of"),
        (lambda z, y, w: -np.sum(w * np.log(picked(soft(z), y))), "sum for mean."),
        (lambda z, y, w: -np.mean(np.log(picked(soft(z), y))), "the weights are left out."),
        (lambda z, y, w: np.mean(w) * -np.mean(np.log(picked(soft(z), y))), "averaged too soon."),
        (lambda z, y, w: -w * np.log(picked(soft(z), y)), "not added up yet."),
        (lambda z, y, w: -np.mean(np.log(w * picked(soft(z), y))), "weights inside the log."),
        (lambda z, y, w: -np.mean(np.log(picked(soft((z.T * w).T), y))), "weights on the logits."),
        (
            lambda z, y, w: -np.average(np.log(picked(soft(soft(z)), y)), weights=w),
            "softmax twice.",
        ),
        (lambda z, y, w: -np.log(np.average(picked(soft(z), y), weights=w)), "log of a sum."),
        (
            lambda z, y, w: -np.average(np.log(picked(soft(z), y)), weights=w),
            "for logits = [[-1000, -1001, -1002]], labels = [1], weights = [1] you give nan, "
            "and 1.40761 is right. exp of each of these logits is 0",
        ),
        (
            lambda z, y, w: np.average(
                np.log(np.exp(z - abs(z).max(1, keepdims=True)).sum(1))
                + abs(z).max(1)
                - picked(z, y),
                weights=w,
            ),
            "for logits = [[-1000, -1001, -1002]], labels = [1], weights = [1] you give -inf, "
            "and 1.40761 is right. exp of each of these logits is 0",
        ),
        (
            lambda z, y, w: np.average(naive_losses(z.astype(np.longdouble), y), weights=w),
            "for logits = [[0, 20000, 19999, 0]], labels = [2], weights = [1] you give inf,",
        ),
        (
            lambda z, y, w: (
                -np.average(np.log(picked(soft(z - z.mean(1, keepdims=True)), y)), weights=w)
            ),
            "for logits = [[0, 20000, 19999, 0]], labels = [2], weights = [1] you give",
        ),
        (
            lambda z, y, w: np.average(
                np.log(np.exp(z - z.max()).sum(1)) + z.max() - picked(z, y), weights=w
            ),
            "for logits = [[1000, 0], [0, 1]], labels = [0, 1], weights = [1, 3] you give -inf, "
            "and 0.234946 is right. The rows have nothing to do with each other",
        ),
        (lambda z, y, w: np.average(-picked(log_q(z), y), weights=w**2), "weighted twice."),
        (lambda z, y, w: np.average(losses(z, y), weights=w.astype(int)), "weights cut off."),
        (lambda z, y, w: np.repeat(losses(z, y), w.astype(int)).mean(), "weights cut off."),
        (lambda z, y, w: np.mean(w[:, None] * hot(y, 3) * -log_q(z)), "divided by all entries."),
        (lambda z, y, w: np.average(losses(z, y), weights=w) / 3, "divided by the number of cl"),
        (lambda z, y, w: np.average(losses(z, y), weights=1 / w), "divided by the weights. "),
        (lambda z, y, w: w @ losses(z, y) / w.sum() ** 2, "divided by the weights twice."),
        (
            lambda z, y, w: -np.average(np.log(np.exp(picked(log_q(z), y))), weights=w),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1], weights = [1, 3] you give inf",
        ),
        (
            lambda z, y, w: (
                -np.sum(w[:, None] * hot(y, z.shape[1]) * np.log(xentlib.softmax(z))) / w.sum()
            ),
            "for logits = [[0, -1000], [0, 1]], labels = [0, 1], weights = [1, 3] you give nan, "
            "and 0.234946 is right. In the first row the other class",
        ),
        (
            lambda z, y, w: np.average(np.log(np.exp(z - picked(z, y)[:, None]).sum(1)), weights=w),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1], weights = [1, 3] you give inf, "
            "and 250.235 is right. The probability is too small for a float, its logarithm is "
            "not. Take the logarithm on paper first, and exp of nothing large: from 710 on it is",
        ),
        (
            lambda z, y, w: -np.mean(np.log(np.exp(picked(log_q(z), y)) ** w)) / w.mean(),
            "for logits = [[0, -1000], [0, 1]], labels = [1, 1], weights = [1, 3] you give inf",
        ),
        (
            lambda z, y, w: w @ losses(z, y) / w[w > 0].mean() / len(w),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [2, 0] you give",
        ),
        (
            lambda z, y, w: w @ losses(z, y) / (w.sum() + 1e-8),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [3e-09, 1e-09] you give "
            "0.160932, and 0.563262 is right. Only the ratios",
        ),
        (
            lambda z, y, w: w @ losses(z, y) / (w.sum() + 1e-12),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [3e-09, 1e-09] you give "
            "0.563121, and 0.563262 is right. Only the ratios",
        ),
        (
            lambda z, y, w: w @ losses(z, y) / max(w.sum(), 1e-8),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [3e-09, 1e-09] you give "
            "0.225305, and 0.563262 is right. Only the ratios",
        ),
        (
            lambda z, y, w: w @ losses(z, y) / max(1, w.sum()),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [0.333333, 0.142857] ",
        ),
        (
            lambda z, y, w: np.repeat(losses(z, y), np.rint(2 * w).astype(int)).mean(),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [0.333333, 0.142857] ",
        ),
        (
            lambda z, y, w: np.repeat(losses(z, y), np.rint(10 * w).astype(int)).mean(),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [0.333333, 0.142857] ",
        ),
        (
            lambda z, y, w: np.repeat(losses(z, y), np.rint(100 * w).astype(int)).mean(),
            "for logits = [[0, 1], [2, 1]], labels = [1, 1], weights = [0.333333, 0.142857] ",
        ),
        (lambda z, y, w: w @ losses(z, y) / w.max(), "for logits = ["),
        (lambda z, y, w: np.repeat(losses(z, y), w).mean(), "for logits = ["),
        (lambda z, y, w: np.average(losses(z, y), weights=w[::-1]), "for logits = ["),
        (
            lambda z, w, y: np.average(losses(z, y), weights=w),
            "your function is right if it gets (logits, weights, labels)",
        ),
    ],
    "check_gaussian_nll": [
        (lambda x, m, s: -np.mean(np.log2(density(x, m, s))), "wrong base. These are bits"),
        (lambda x, m, s: -np.mean(np.log10(density(x, m, s))), "wrong base. Your logarithm has"),
        (lambda x, m, s: np.mean(np.log(density(x, m, s))), "the sign is the wrong way round."),
        (lambda x, m, s: -np.sum(np.log(density(x, m, s))), "sum for mean."),
        (lambda x, m, s: -np.log(density(x, m, s)), "not averaged yet."),
        (lambda x, m, s: np.mean((x - m) ** 2), "squared error only."),
        (lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2), "the normaliser is missing."),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s) + 0.5 * np.log(2 * np.pi * s),
            "sigma for the variance.",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**4) + 0.5 * np.log(2 * np.pi * s**4),
            "squared once too often.",
        ),
        (lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2) + np.log(s), "the 2π is missing."),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2) + 0.5 * np.log(2 * np.pi),
            "sigma is missing from the normaliser.",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / s**2 + 0.5 * np.log(2 * np.pi * s**2),
            "a half is missing. Which factor stands before the squared error?",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2) + np.log(2 * np.pi * s**2),
            "a half is missing. Which factor stands before the log of 2πσ²?",
        ),
        (lambda x, m, s: -np.log(np.mean(density(x, m, s))), "log of a sum."),
        (lambda x, m, s: np.mean(density(x, m, s)), "no logarithm yet."),
        (
            lambda x, m, s: max(0, np.mean(np.log(s) - np.log(density((x - m) / s, 0, 1)))),
            "for x = [0, 1e-30], mean = 0, sigma = 1e-30 you give 0, and -67.9086 is right.",
        ),
        (
            lambda x, m, s: -np.mean(np.log(density(x, m, s))),
            "for x = [0, 100], mean = 0, sigma = 1 you give inf, and 2500.92 is right.",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / 2 + np.log(2 * np.pi) / 2,
            "sigma is left out. How",
        ),
        (lambda x, m, s: np.mean((x - m) ** 2) / 2, "half the squared error only."),
        (
            lambda x, m, s: np.log(2 * np.pi * s**2) / 2 - np.mean((x - m) ** 2) / (2 * s**2),
            "a sign is wrong. Should a number far",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2) / (2 * s**2) - np.log(2 * np.pi * s**2) / 2,
            "a sign is wrong. Should a narrow",
        ),
        (
            lambda x, m, s: np.var(x) / (2 * s**2) + np.log(2 * np.pi * s**2) / 2,
            "the mean is left out.",
        ),
        (
            lambda x, m, s: -np.mean(np.log(density(x, m, x.std()))),
            "sigma is left out. You take the spread",
        ),
        (
            lambda x, m, s: (
                (np.sum((x - m) ** 2) / (2 * s**2) + np.log(2 * np.pi * s**2) / 2) / len(x)
            ),
            "the normaliser is averaged away.",
        ),
        (
            lambda x, m, s: np.mean(abs(x - m)) / s + np.log(2 * np.pi * s**2) / 2,
            "not squared.",
        ),
        (
            lambda x, m, s: np.mean(x - m) ** 2 / (2 * s**2) + np.log(2 * np.pi * s**2) / 2,
            "averaged too soon.",
        ),
        (
            lambda x, s, m: np.mean(((x - m) / s) ** 2 / 2 + np.log(2 * np.pi * s**2) / 2),
            "your function is right if it gets (x, sigma, mean)",
        ),
        (
            lambda x, m, s: np.mean((x - m) ** 2 / (2 * s**2) + math.log(2 * math.pi * s**2) / 2),
            "for x = [0, 1], mean = [0, 2], sigma = [1, 4] your function stops",
        ),
        (
            lambda x, m, s: (
                np.mean((x - m) ** 2) / np.mean(2 * s**2) + np.mean(np.log(2 * np.pi * s**2) / 2)
            ),
            "for x = [0, 1], mean = [0, 2], sigma = [1, 4] you give",
        ),
        (
            lambda x, m, s: np.mean(
                (x - m) ** 2 / (2 * s**2 + 1e-9) + np.log(2 * np.pi * s**2 + 1e-9) / 2
            ),
            "for x = [0, 1e-30], mean = 0, sigma = 1e-30 you give",
        ),
        (
            lambda x, m, s: np.mean(
                (x - m) ** 2 / 2 / np.maximum(s**2, 1e-6)
                + np.log(2 * np.pi * np.maximum(s**2, 1e-6)) / 2
            ),
            "for x = [0, 1e-30], mean = 0, sigma = 1e-30 you give",
        ),
        (
            lambda x, m, s: -scipy.stats.norm.logpdf(x, m, np.maximum(s, 1e-6)).mean(),
            "for x = [0, 1e-30], mean = 0, sigma = 1e-30 you give",
        ),
        (
            lambda x, m, s: -scipy.stats.norm.logpdf(x, m, s + 1e-12).mean(),
            "for x = [0, 1e-30], mean = 0, sigma = 1e-30 you give",
        ),
        (
            lambda x, m, s: np.mean(-np.log(density(x, m, s) + 1e-12)),
            "for x = [0, 100], mean = 0, sigma = 1 you give",
        ),
        (
            lambda x, m, s: (
                np.sum((x - m) ** 2) / (len(x) - 1) / (2 * s**2) + np.log(2 * np.pi * s**2) / 2
            ),
            "for x = [",
        ),
        (lambda x, m, s: 1.4189, "for x = ["),
    ],
    "check_poisson_nll": [
        (lambda k, r: -np.mean(np.log2(poisson(k, r))), "wrong base. These are bits"),
        (lambda k, r: -np.mean(np.log10(poisson(k, r))), "wrong base. Your logarithm has"),
        (lambda k, r: -np.mean(np.log(scipy.stats.poisson.pmf(k, r))), "for counts = [0, 150]"),
        (lambda k, r: np.mean(np.log(poisson(k, r))), "the sign is the wrong way round."),
        (lambda k, r: -np.sum(np.log(poisson(k, r))), "sum for mean."),
        (lambda k, r: -np.log(poisson(k, r)), "not averaged yet."),
        (lambda k, r: np.mean(r - k * np.log(r)), "the factorial is missing."),
        (
            lambda k, r: np.mean([r - n * math.log(r) - math.lgamma(n + 1) for n in k]),
            "the factorial has the wrong sign.",
        ),
        (
            lambda k, r: np.mean([r - n * math.log(r) + math.lgamma(n) for n in k]),
            "off by one.",
        ),
        (
            lambda k, r: np.mean([-n * math.log(r) + math.lgamma(n + 1) for n in k]),
            "the rate is missing.",
        ),
        (
            lambda k, r: np.mean([math.exp(r) - n * r + math.lgamma(n + 1) for n in k]),
            "rate for its logarithm. ",
        ),
        (lambda k, r: np.mean(np.exp(r) - k * r), "rate for its logarithm, and no factorial."),
        (
            lambda k, r: np.mean((k - r) ** 2) / (2 * r) + 0.5 * np.log(2 * np.pi * r),
            "a Gaussian.",
        ),
        (lambda k, r: np.mean((k - r) ** 2), "squared error."),
        (lambda k, r: -np.log(np.mean(poisson(k, r))), "log of a sum."),
        (lambda k, r: np.mean(poisson(k, r)), "no logarithm yet."),
        (
            lambda k, r: np.mean([r - n * math.log(r) + math.lgamma(n) + math.log(n) for n in k]),
            "for counts = [0, 2, 0], rate = 0.5 your function stops at `",
        ),
        (
            lambda k, r: np.mean(
                [r - n * math.log(r) + np.log(np.prod(np.arange(1.0, n + 1))) for n in k]
            ),
            "for counts = [180, 200], rate = 190 you give inf, and 3.80548 is right. Powers and "
            "factorials are too large for a float here, their logarithms are not.",
        ),
        (
            lambda k, r: np.mean(scipy.special.gammaln(k + 1) - np.log(r**k * np.exp(-r))),
            "for counts = [180, 200], rate = 190 you give -inf, and 3.80548 is right. Powers and",
        ),
        (
            lambda k, r: np.mean(
                r - k * np.log(r) + k * np.log(k) - k + 0.5 * np.log(2 * np.pi * k)
            ),
            "an approximation.",
        ),
        (
            lambda k, r: np.mean([r - n * math.log(r) + math.lgamma(n + 2) for n in k]),
            "off by one. Whose factorial is it, that",
        ),
        (
            lambda k, r: np.mean([-r - n * math.log(r) + math.lgamma(n + 1) for n in k]),
            "the rate has the wrong sign.",
        ),
        (
            lambda k, r: np.mean([r + n * math.log(r) + math.lgamma(n + 1) for n in k]),
            "the logarithm of the rate has the wrong sign.",
        ),
        (
            lambda k, r: np.mean(
                [k.mean() - n * math.log(k.mean()) + math.lgamma(n + 1) for n in k]
            ),
            "the rate is left out.",
        ),
        (
            lambda k, r: np.mean(r - k * np.log(r)) + sum(math.lgamma(n + 1) for n in k),
            "the factorials are added up,",
        ),
        (
            lambda k, r: np.mean(r - k * np.log(r + 1e-8) + scipy.special.gammaln(k + 1)),
            "for counts = [0, 1], rate = 1e-30 you give",
        ),
        (
            lambda k, r: -scipy.stats.poisson.logpmf(k, max(r, 1e-12)).mean(),
            "for counts = [0, 1], rate = 1e-30 you give",
        ),
        (
            lambda k, r: np.mean(
                r
                - k * np.log(r)
                + np.where(k > 1, k * np.log(k) - k + 0.5 * np.log(2 * np.pi * k), 0)
            ),
            "an approximation.",
        ),
        (
            lambda k, r: np.mean(r - k * np.log(r) + np.log(scipy.special.factorial(k))),
            "for counts = [180, 200], rate = 190 you give inf,",
        ),
        (
            lambda k, r: -np.mean(np.log(scipy.stats.poisson.pmf(k, r) + 1e-12)),
            "for counts = [",
        ),
        (lambda k, r: np.mean(r - k * np.log(r) + scipy.special.gammaln(k + 1)) // 1, "for counts"),
        (lambda k, r: np.mean((r - k) ** 2 / r), "for counts = ["),
        (lambda k, r: 1.9, "for counts = ["),
        (
            lambda r, k: np.mean(r - k * np.log(r) + scipy.special.gammaln(k + 1)),
            "your function is right if it gets (rate, counts), but it gets (counts, rate).",
        ),
    ],
    "check_ideal_bits": [
        (lambda x, q: -np.sum(np.log(q[x])), "wrong base. These are nats"),
        (lambda x, q: -np.sum(np.log10(q[x])), "wrong base. Your logarithm has base 10"),
        (lambda x, q: np.sum(np.log2(q[x])), MINUS),
        (lambda x, q: -np.sum(np.log2(1 / q[x])), MINUS),
        (lambda x, q: np.sum(np.log(q[x])), MINUS_AND_BASE),
        (lambda x, q: -np.mean(np.log2(q[x])), "mean for sum."),
        (lambda x, q: -np.log2(q[x]), "not added up yet."),
        (lambda x, q: -np.log2(np.sum(q[x])), "log of a sum."),
        (lambda x, q: -len(x) * np.sum(q * np.log2(q)), "expected, not actual."),
        (lambda x, q: -np.sum(np.log2(q)), "over the alphabet."),
        (lambda x, q: np.prod(q[x]), "no logarithm yet."),
        (lambda x, q: np.sum(np.ceil(-np.log2(q[x]))), "whole bits for each symbol."),
        (lambda x, q: np.ceil(-np.sum(np.log2(q[x]))), "rounded up."),
        (lambda x, q: math.ceil(-np.log2(q[x]).sum()) + 1, "the theorem's codeword."),
        (lambda x, q: -np.sum(np.log2(q[x])) / 8, "bytes."),
        (
            lambda x, q: -np.log2(np.prod(q[x])),
            "for symbols = [0, 1, 2, ..., 0, 1, 2], pmf = [0.5, 0.25, 0.25] you give inf,",
        ),
        (
            lambda x, q: -np.sum(np.log2(np.clip(q, 1e-12, 1)[x])),
            "for symbols = [0, 0, 1], pmf = [1, 1e-30] you give 39.8631, and 99.6578 is right.",
        ),
        (lambda x, q: -np.sum(np.log2(q)[np.unique(x)]), "each symbol once."),
        (lambda x, q: -np.sum(q[x] * np.log2(q[x])), "weighted by p."),
        (lambda x, q: np.bincount(x, minlength=len(q)) @ -np.log2(q), "for symbols = [0, 1, 1],"),
        (
            lambda x, q: sum(-math.log2(q[s]) for s in x),
            "for symbols = [0, 1], pmf = [1, 0] your function stops",
        ),
        (
            lambda x, q: -np.sum(np.log2(q[x])[q[x] > 0]),
            "for symbols = [0, 1], pmf = [1, 0] you give",
        ),
        (
            lambda x, q: len(x) * -plogp(np.bincount(x) / len(x)),
            "for symbols = [",
        ),
        (
            lambda q, x: -np.sum(np.log2(q[x])),
            "your function is right if it gets (pmf, symbols), but it gets (symbols, pmf).",
        ),
        (lambda x, q: 8 * np.ceil(-np.sum(np.log2(q[x])) / 8), "for symbols = ["),
        (lambda x, q: -np.sum(np.log2(q[x])) + 2, "for symbols = ["),
        (lambda x, q: 20.0, "for symbols = ["),
    ],
    "check_file_size": [
        (lambda nll, n: math.ceil(nll * n), "bits for bytes."),
        (lambda nll, n: math.ceil(nll * n * 8), "multiplied, not divided."),
        (lambda nll, n: nll * n / 8, "not rounded up."),
        (lambda nll, n: round(nll * n / 8), "last bits dropped."),
        (lambda nll, n: int(nll * n / 8 + 0.5), "last bits dropped."),
        (lambda nll, n: int(nll * n / 8), "last bits dropped."),
        (lambda nll, n: math.ceil(nll) * n / 8, "whole bits for each symbol."),
        (lambda nll, n: math.ceil(math.ceil(nll) * n / 8), "whole bits for each symbol,"),
        (lambda nll, n: math.ceil(nll / 8) * n, "whole bytes for each symbol."),
        (lambda nll, n: math.ceil(nll / math.log(2) * n / 8), "wrong unit."),
        (
            lambda nll, n: int(nll * n / 8) + 1,
            "for bits_per_symbol = 2, n = 12 you give 4, and 3 is right.",
        ),
        (lambda nll, n: math.ceil(nll * math.log(2) * n / 8), "wrong unit."),
        (lambda nll, n: math.ceil(nll / 8), "for bits_per_symbol = "),
        (lambda nll, n: math.ceil(n / nll), "divided by the loss."),
        (lambda nll, n: 8 * math.ceil(nll * n / 8), "bits again."),
        (lambda nll, n: math.ceil(nll * n / 8) + 1, "for bits_per_symbol = "),
        (lambda nll, n: round(nll * n / 8 + 0.5), "for bits_per_symbol = "),
        *(
            (wrong, "for bits_per_symbol = 2.00001, n = 40 you give 10, and 11 is right.")
            for wrong in (
                lambda nll, n: (int(nll * n) + 7) // 8,
                lambda nll, n: (nll * n + 7) // 8,
                lambda nll, n: int(nll * n / 8 + 0.99),
                lambda nll, n: int(nll * n / 8 + 0.9999),
                lambda nll, n: math.ceil(round(nll * n / 8, 2)),
                lambda nll, n: math.ceil(round(nll * n, 1) / 8),
                lambda nll, n: math.ceil(round(nll, 1) * n / 8),
            )
        ),
        # right with its arguments swapped, since n is whole: and yet nothing is swapped
        (lambda nll, n: math.ceil(int(nll) * n / 8), "for bits_per_symbol = 4.56, n = 25 you"),
        (
            lambda nll, n: max(1, math.ceil(nll * n / 8)),
            "for bits_per_symbol = 0, n = 12 you give 1, and 0 is right.",
        ),
        (
            lambda nll, n: int((math.ceil(nll * n) - 1) / 8) + 1,
            "for bits_per_symbol = 0, n = 12 you give 1, and 0 is right.",
        ),
        (lambda nll, n: math.ceil(nll * n / 8 / 1024), "for bits_per_symbol = "),
        (lambda nll, n: math.ceil(2**nll * n / 8), "for bits_per_symbol = "),
        (lambda nll, n: f"{math.ceil(nll * n / 8)} bytes", "your function returns text, and"),
        (lambda nll, n: bytes(math.ceil(nll * n / 8)), "your function returns text, and numbers"),
        (lambda nll, n: 12, "for bits_per_symbol = "),
    ],
}
