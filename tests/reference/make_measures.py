"""Write measures.json: entropies to 17 digits by mpmath, evaluated at 60 digits on the very floats.

``python tests/reference/make_measures.py``. xentlib and the figures' core.js are both held to it.
"""

import json
from pathlib import Path

import mpmath

mpmath.mp.dps = 60

CLOSE = 2.0**-30
CASES = {
    "Alice and Bob": ([1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 8, 1 / 2, 1 / 4, 1 / 8]),
    "Bob and Alice": ([1 / 8, 1 / 2, 1 / 4, 1 / 8], [1 / 2, 1 / 4, 1 / 8, 1 / 8]),
    "the same": ([0.7, 0.2, 0.1], [0.7, 0.2, 0.1]),
    "one outcome": ([1.0], [1.0]),
    "a zero in p": ([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]),
    "a zero in q": ([0.5, 0.25, 0.25], [0.5, 0.5, 0.0]),
    "zeros in both": ([0.5, 0.5, 0.0], [0.125, 0.875, 0.0]),
    "a permutation": ([1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 4, 1 / 2]),
    "a certain outcome": ([1.0, 0.0, 0.0], [0.9, 0.05, 0.05]),
    "nearly the same": (
        [1 / 2, 1 / 4, 1 / 8, 1 / 8],
        [1 / 2 + CLOSE, 1 / 4 - CLOSE, 1 / 8 + 2 * CLOSE, 1 / 8 - 2 * CLOSE],
    ),
    "rare": ([1 - 2.0**-40, 2.0**-40], [1 - 2.0**-20, 2.0**-20]),
    "very rare": ([0.5, 0.5], [1.0, 1e-300]),
    "sixteen": ([k / 136 for k in range(1, 17)], [1 / 16] * 16),
}


def exact(p, q):
    """The three numbers in bits, as decimal texts; an infinite one is "inf"."""
    pairs = [(mpmath.mpf(a), mpmath.mpf(b)) for a, b in zip(p, q, strict=True)]
    entropy = mpmath.fsum(-a * mpmath.log(a, 2) for a, _ in pairs if a)
    missing = any(a and not b for a, b in pairs)
    cross = mpmath.inf if missing else mpmath.fsum(-a * mpmath.log(b, 2) for a, b in pairs if a)
    kl = mpmath.inf if missing else mpmath.fsum(a * mpmath.log(a / b, 2) for a, b in pairs if a)
    write = lambda x: "inf" if mpmath.isinf(x) else mpmath.nstr(x, 17)  # noqa: E731
    return {"entropy": write(entropy), "cross_entropy": write(cross), "kl_divergence": write(kl)}


if __name__ == "__main__":
    here = Path(__file__).parent
    cases = [{"name": n, "p": p, "q": q, **exact(p, q)} for n, (p, q) in CASES.items()]
    made = {"by": f"mpmath {mpmath.__version__}, {mpmath.mp.dps} digits", "cases": cases}
    (here / "measures.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
