"""Time xentlib against this processor's floor and its peers, on one thread: `make bench`.

The floor of a measure or loss is one pass of np.log2, or np.exp, over the same data in tiles that
fit the cache: nothing that looks at every entry can do with less. The checked floor is what plain
NumPy needs for the formula and for a look at every entry, one call for each step, and nothing else:
where log2 is fast, its other passes are most of the time, and no aim in log2 passes can be below
it. Validation is included, and all measures are in bits. Times are processor time. xentlib and what
it is compared with take turns of 20 ms or more, so that none is timed for fetching what the one
before it drove out of the cache; each one's fastest turn counts, because the others tell how busy
the machine was. PyTorch is a peer where it can be imported.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before anything starts its threads
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import functools
import math
import pathlib
import platform
import time
import timeit
import tracemalloc

import numpy as np
import scipy.special
import scipy.stats
from scipy.spatial.distance import jensenshannon

import xentlib

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None

SHAPES = [(100_000, 10), (10_000, 1000), (1_000_000,), (4,)]
AIMS = {"entropy": 1.5, "cross_entropy": 1.8, "kl_divergence": 2, "js_divergence": 4}
LOSS_AIMS = {np.float64: 2, np.float32: 2.5}
WIDTHS = (29, 15, 8, 10, 26, 10, 7, 10)
LN2 = np.log(2)
TURN = 0.02  # seconds
targets = []


def main():
    versions = [f"numpy {np.__version__}", f"scipy {scipy.__version__}"]
    versions.append(f"torch {torch.__version__}" if torch else "torch is not installed")
    print(processor())
    print(", ".join(versions) + "; one thread, fastest turns")
    print("ratio: xentlib's time / the floor's, the peer's time / xentlib's")
    row(
        "function", "shape", "dtype", "xentlib", "floor or peer", "its time", "ratio", "temporaries"
    )
    measures()
    losses()
    stream()
    n_grams()
    print("\ntargets")
    for text, held in targets:
        print(f"  {text}: {'ok' if held else 'MISSED'}")


def processor():
    """Return the processor's name, and whether NumPy's float64 log and exp are vectorised on it."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    wide = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return name + (", with AVX-512" if any("AVX512" in x for x in wide) else ", without AVX-512")


PEERS = {
    "entropy": [("scipy.stats.entropy", lambda p, q: scipy.stats.entropy(p, base=2, axis=-1))],
    "cross_entropy": [],
    "kl_divergence": [
        ("scipy.stats.entropy", lambda p, q: scipy.stats.entropy(p, q, base=2, axis=-1)),
        ("scipy.special.rel_entr.sum", lambda p, q: scipy.special.rel_entr(p, q).sum(-1) / LN2),
    ],
    "js_divergence": [
        ("scipy jensenshannon", lambda p, q: jensenshannon(p, q, base=2, axis=-1) ** 2)
    ],
}


def total(a):
    return a @ np.ones(a.shape[-1], a.dtype)


def dot(a, b):
    return np.vecdot(a, b) if a.shape[-1] >= 64 else total(a * b)


def jensen_shannon(p, q):
    m = (p + q) / 2
    return dot(p, np.log2(p / m)) + dot(q, np.log2(q / m))


def log_sum_exp(z):
    z = np.asfortranarray(z) if z.shape[-1] < 64 else z
    return np.log2(np.exp(z - z.max(-1, keepdims=True)).sum(-1))


FORMULAS = {
    "entropy": lambda p: dot(p, np.log2(p)),
    "cross_entropy": lambda p, q: dot(p, np.log2(q)),
    "kl_divergence": lambda p, q: dot(p, np.log2(p / q)),
    "js_divergence": jensen_shannon,
}


def checked(formula, *arrays, pmfs=True, size=1 << 15):
    """Return the passes that no checked formula is without: its own, and the sign and sum of pmfs.

    The largest of scores is both a check and a part of the formula.
    """
    k = arrays[0].shape[-1]
    tables, width = [x.reshape(-1, k) for x in arrays], min(k, size * 8 // arrays[0].itemsize)
    height = size * 8 // arrays[0].itemsize // width

    def run():
        for i in range(0, len(tables[0]), height):
            for j in range(0, k, width):
                tiles = [table[i : i + height, j : j + width] for table in tables]
                for tile in tiles if pmfs else ():
                    tile.min()
                    total(tile)
                formula(*tiles)

    return run


def measures():
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        p, q = (rng.dirichlet(np.ones(shape[-1]), shape[:-1]) for _ in range(2))
        for name, aim in AIMS.items():
            given = [p] if name == "entropy" else [p, q]
            ours = functools.partial(getattr(xentlib, name), *given)
            peers = [(peer, 1, functools.partial(run, p, q)) for peer, run in PEERS[name]]
            if shape == (4,):  # where a call costs more than its numbers, and rel_entr checks none
                peers = [(peer, 8, run) for peer, _, run in peers if peer == "scipy.stats.entropy"]
                compare(name, p, ours, None, *peers)
            else:
                floor = aim, tiled(np.log2, p), checked(FORMULAS[name], *given)
                compare(name, p, ours, floor, *peers)


def losses():
    rng = np.random.default_rng(0)
    for shape in SHAPES[:3]:
        for dtype, aim in LOSS_AIMS.items():
            z = (3 * rng.standard_normal(shape)).astype(dtype)
            y = rng.integers(0, shape[-1], shape[:-1])
            compare(
                "softmax_cross_entropy",
                z,
                functools.partial(xentlib.softmax_cross_entropy, z, y),
                (aim, tiled(np.exp, z), checked(log_sum_exp, z, pmfs=False)),
                ("scipy.special.log_softmax", 1, functools.partial(scipy_loss, z, y)),
                *([("torch cross_entropy", None, torch_loss(z, y))] if torch else []),
            )
            compare(
                "softmax_cross_entropy_grad",
                z,
                functools.partial(xentlib.softmax_cross_entropy_grad, z, y),
                (None, tiled(np.exp, z)),
                *([("torch autograd.grad", None, torch_grad(z, y))] if torch else []),
            )


def tiled(function, x, size=1 << 15):
    """Return one pass of a function over an array, in tiles that fit the cache."""
    flat, work = x.reshape(-1), np.empty(size, x.dtype)

    def run():
        for i in range(0, flat.size, size):
            tile = flat[i : i + size]
            function(tile, out=work[: tile.size])

    return run


def scipy_loss(z, y):
    log_q = scipy.special.log_softmax(z, axis=-1)
    return -np.take_along_axis(log_q, y[..., None], -1).mean()


def torch_loss(z, y):
    z, y = torch.from_numpy(z), torch.from_numpy(y)
    return lambda: torch.nn.functional.cross_entropy(z, y).item()


def torch_grad(z, y):
    z, y = torch.from_numpy(z).clone().requires_grad_(), torch.from_numpy(y)
    return lambda: torch.autograd.grad(torch.nn.functional.cross_entropy(z, y), z)


def stream():
    rng = np.random.default_rng(0)
    pmf = rng.dirichlet(np.ones(256))
    for n in (1_000_000, 10_000_000):
        symbols = rng.choice(256, n, p=pmf).astype(np.uint8)
        data = xentlib.stream_encode(symbols, pmf)
        assert np.array_equal(xentlib.stream_decode(data, pmf, n), symbols)
        runs = {
            "stream_encode": lambda s=symbols: xentlib.stream_encode(s, pmf),
            "stream_decode": lambda d=data, n=n: xentlib.stream_decode(d, pmf, n),
        }
        for name, run in runs.items():
            (seconds,) = fastest(run)
            rate = n / seconds / 1e6
            remark = f"{rate:.0f} M symbols/s"
            row(name, shape_of(symbols), "uint8", show(seconds), remark, "", "", memory(run))
            targets.append((f"{name}, {n:,} symbols, >= 10 M symbols/s: {rate:.1f}", rate >= 10))
        ideal = xentlib.ideal_bits(symbols, pmf) / 8
        over = len(data) - ideal
        targets.append(
            (
                f"stream coder, {n:,} symbols, at most 0.1% + 64 bytes above ideal_bits: "
                f"{over:.0f} bytes, {over / ideal:.3%}",
                over <= 0.001 * ideal + 64,
            )
        )

    few = np.array([0.999, 0.001])
    messages = [(symbols[:1_000_000], pmf), (rng.choice(2, 1_000_000, p=few).astype(np.uint8), few)]
    files = [xentlib.stream_encode(*message) for message in messages]
    for name, runs in {
        "stream_encode": [lambda m=m: xentlib.stream_encode(*m) for m in messages],
        "stream_decode": [
            lambda d=d, m=m: xentlib.stream_decode(d, m[1], 1_000_000)
            for d, m in zip(files, messages, strict=True)
        ],
    }.items():
        many_bits, few_bits = fastest(*runs)
        ratio = few_bits / many_bits
        what = f"{name}, 0.01 bits a symbol, <= 3x the time of 7 bits"
        row(
            name,
            "(1000000,)",
            "uint8",
            show(few_bits),
            "7 bits a symbol",
            show(many_bits),
            f"{ratio:.2f}",
            "",
        )
        targets.append((f"{what}: {ratio:.1f}x", ratio <= 3))


def n_grams():
    training = xentlib.manual_text().encode()[:400_000]
    message = xentlib.source_text().encode()[:400_000]
    model, learner = xentlib.NGram(4).fit(training), xentlib.OnlineNGram(4)
    fitted, learned = (xentlib.stream_encode(message, m) for m in (model, learner))
    steps = {
        "NGram.fit": lambda: xentlib.NGram(4).fit(training),
        "NGram.nll": lambda: model.nll(message),
        "stream_encode, NGram": lambda: xentlib.stream_encode(message, model),
        "stream_decode, NGram": lambda: xentlib.stream_decode(fitted, model, 400_000),
        "stream_encode, OnlineNGram": lambda: xentlib.stream_encode(message, learner),
        "stream_decode, OnlineNGram": lambda: xentlib.stream_decode(learned, learner, 400_000),
    }
    for name, run in steps.items():
        (seconds,) = fastest(run, least=1)
        row(name, "(400000,)", "bytes", show(seconds), "order 4", "", "", "")
        targets.append((f"{name}, 400 KB, in seconds: {seconds:.2g} s", seconds < 10))


def compare(name, x, ours, floor, *peers):
    """Print a row for each floor, and one for each peer.

    `floor` is a tuple (aim or None, one pass, the checked floor if there is an aim), and a peer a
    tuple (name, how many times its speed is aimed at or None, function).
    """
    runs = [ours, *(floor[1:] if floor else []), *(run for _, _, run in peers)]
    mine, *others = fastest(*runs)
    used = memory(ours)
    if floor:
        aim, lowest = floor[0], others.pop(0)
        ratio = f"{mine / lowest:.2f}"
        row(name, shape_of(x), x.dtype, show(mine), "one pass", show(lowest), ratio, used)
        if aim:
            least = others.pop(0)
            ratio = f"{mine / least:.2f}"
            row(name, shape_of(x), x.dtype, show(mine), "checked floor", show(least), ratio, used)
            what = f"{name} {shape_of(x)} {x.dtype}, <= {aim} passes"
            told = f"{what}: {mine / lowest:.2f} (checked floor: {least / lowest:.2f})"
            targets.append((told, mine <= aim * lowest))
    for (peer, goal, _), theirs in zip(peers, others, strict=True):
        ratio = theirs / mine
        row(name, shape_of(x), x.dtype, show(mine), peer, show(theirs), f"{ratio:.1f}x", used)
        if goal:
            what = f"{name} {shape_of(x)} {x.dtype}, >= {goal}x {peer}"
            targets.append((f"{what}: {ratio:.1f}x", ratio >= goal))


def fastest(*runs, least=3, budget=3.0):
    """Return each function's time a call in its fastest turn; they share `budget` seconds or so."""
    times = [[] for _ in runs]
    timers = [timeit.Timer(run, timer=time.process_time) for run in runs]
    turns = [math.ceil(TURN / min(timer.repeat(3, number=1))) for timer in timers]
    end = time.process_time() + budget
    while len(times[0]) < least or (time.process_time() < end and len(times[0]) < 51):
        for timer, calls, taken in zip(timers, turns, times, strict=True):
            taken.append(timer.timeit(calls) / calls)
    return [min(taken) for taken in times]


def memory(run):
    """Return the most that a call allocates beyond what it returns, as text."""
    run()
    tracemalloc.start()
    result = run()
    left, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return f"{(peak - left) / 1024:,.0f} KB"


def shape_of(x):
    return str(x.shape).replace(" ", "")


def show(seconds):
    size, unit = next(u for u in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")) if seconds >= u[0])
    return f"{seconds / size:.3g} {unit}"


def row(*cells):
    print(
        "  ".join(f"{cell!s:<{w}}" for cell, w in zip(cells, WIDTHS, strict=True)).rstrip(),
        flush=True,
    )


if __name__ == "__main__":
    main()
