// The mathematics of the live figures: pure functions, in bits. The conventions are those of
// xentlib.measures (0 log 0 = 0; p > 0 where q = 0 gives Infinity), and tests/test_parity.py holds
// the two to the same reference numbers.

export const sum = (x) => x.reduce((a, b) => a + b, 0);

export const normalize = (weights) => {
  const total = sum(weights);
  return weights.map((w) => w / total);
};

export const surprisal = (p) => (p >= 1 ? 0 : -Math.log2(p));

// Bits a codeword of that surprisal adds to the mean: p * (surprisal), 0 when p is 0.
const share = (p, bits) => (p > 0 ? p * bits : 0);

export const entropy = (p) => sum(p.map((x) => share(x, surprisal(x))));

export const crossEntropy = (p, q) => sum(p.map((x, k) => share(x, surprisal(q[k]))));

// Summed as q * f(p/q - 1) with f(d) = (1 + d) ln(1 + d) - d. Each term is non-negative, so nothing
// cancels when p is close to q; the terms "- d" that this adds sum to zero because p and q do to one.
const excess = (d) =>
  Math.abs(d) < 1e-3
    ? d * d * (1 / 2 - d * (1 / 6 - d * (1 / 12 - d * (1 / 20 - d / 30))))
    : (1 + d) * Math.log1p(d) - d;

export const klDivergence = (p, q) =>
  sum(
    p.map((x, k) => {
      if (x === 0) return q[k];
      return q[k] === 0 ? Infinity : q[k] * excess((x - q[k]) / q[k]);
    }),
  ) / Math.LN2;

// p with p[k] = value and the rest shrunk or grown in proportion; a rest that is all zero is shared out
// equally, since it has no proportions to keep.
export const reshare = (p, k, value) => {
  const rest = sum(p.filter((_, i) => i !== k));
  const left = 1 - value;
  return p.map((x, i) => {
    if (i === k) return value;
    return rest > 0 ? (x * left) / rest : left / (p.length - 1);
  });
};
