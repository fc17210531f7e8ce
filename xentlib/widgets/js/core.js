// The mathematics of the live figures: pure functions, in bits. The conventions are those of
// xentlib.measures (0 log 0 = 0; p > 0 where q = 0 gives Infinity), and tests/test_parity.py holds
// the two to the same reference numbers.

export const sum = (x) => x.reduce((a, b) => a + b, 0);

export const normalize = (weights) => {
  const total = sum(weights);
  return weights.map((w) => w / total);
};

export const surprisal = (p) => (p >= 1 ? 0 : -Math.log2(p));

// The mean of `bits` under p; what never happens costs nothing, were it infinite.
export const mean = (p, bits) => sum(p.map((x, k) => (x > 0 ? x * bits[k] : 0)));

export const crossEntropy = (p, q) => mean(p, q.map(surprisal));

export const entropy = (p) => crossEntropy(p, p);

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

// The first piece, [n 2^-d, (n + 1) 2^-d), that repeated halving of [0, 1) brings to lie inside
// [low, high): the fewest halvings, and of two such pieces the left one. Its address has d bits.
export const address = (low, high) => {
  const slack = 1e-9; // borders are sums of rounded numbers
  for (let depth = 0; depth <= 30; depth++) {
    const pieces = 2 ** depth;
    const n = Math.ceil(low * pieces - slack * pieces);
    if (n + 1 <= high * pieces + slack * pieces)
      return { depth, start: n / pieces, word: depth ? n.toString(2).padStart(depth, "0") : "" };
  }
  return { depth: Infinity, start: low, word: "" };
};

// The codeword lengths of a Huffman code, with the ties broken as in xentlib.codes.huffman_code: among
// equal weights symbols come first, in order, then joined nodes in the order in which they were made.
export const huffmanLengths = (p) => {
  let nodes = p.map((weight, k) => ({ weight, made: k, symbols: [k] }));
  const lengths = p.map(() => 0);
  for (let made = p.length; nodes.length > 1; made++) {
    nodes.sort((a, b) => a.weight - b.weight || a.made - b.made);
    const [first, second, ...rest] = nodes;
    const symbols = [...first.symbols, ...second.symbols];
    for (const k of symbols) lengths[k]++;
    nodes = [...rest, { weight: first.weight + second.weight, made, symbols }];
  }
  return lengths;
};

// The half of the `members` to ask about first, were the question to halve their mass: sorted, the most
// probable first, and cut where the parts differ least, as in xentlib.codes.fano_code.
export const halve = (p, members) => {
  const order = [...members].sort((a, b) => p[b] - p[a] || a - b);
  const mass = sum(order.map((k) => p[k]));
  let best = { cut: 1, difference: Infinity, skew: Infinity };
  let before = 0;
  for (let cut = 1; cut < order.length; cut++) {
    before += p[order[cut - 1]];
    const difference = Math.abs(2 * before - mass);
    const skew = Math.abs(2 * cut - order.length);
    const closer = difference < best.difference - 1e-12;
    const asClose = Math.abs(difference - best.difference) <= 1e-12;
    if (closer || (asClose && skew < best.skew)) best = { cut, difference, skew };
  }
  return order.slice(0, best.cut);
};

// The canonical codewords of those lengths, as xentlib.codes.canonical_code makes them.
export const canonicalWords = (lengths) => {
  const words = lengths.map(() => "");
  let [word, before] = [0, 0];
  const order = lengths.map((_, k) => k).sort((a, b) => lengths[a] - lengths[b] || a - b);
  for (const k of order) {
    word *= 2 ** (lengths[k] - before);
    before = lengths[k];
    words[k] = before ? word.toString(2).padStart(before, "0") : "";
    word += 1;
  }
  return words;
};

// A number in [0, 1) from a whole number: the mulberry32 generator, so that a round of a game is the
// same round on every machine.
const uniform = (seed) => {
  let z = (seed + 1) * 0x6d2b79f5;
  z = Math.imul(z ^ (z >>> 15), z | 1);
  z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
  return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
};

// An outcome drawn from p, the same each time for the same seed.
export const draw = (p, seed) => {
  let rest = uniform(seed);
  for (let k = 0; k < p.length; k++) {
    rest -= p[k];
    if (rest < 0) return k;
  }
  return p.findLastIndex((x) => x > 0);
};
