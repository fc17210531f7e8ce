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

// The expected length of the code that halves the mass at every question.
export const fanoMean = (p, members = p.map((_, k) => k)) => {
  if (members.length < 2) return 0;
  const yes = halve(p, members);
  const no = members.filter((k) => !yes.includes(k));
  return sum(members.map((k) => p[k])) + fanoMean(p, yes) + fanoMean(p, no);
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

// ---- densities

export const gaussian = (x, mean, sigma) =>
  Math.exp(-0.5 * ((x - mean) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));

export const gaussianEntropy = (sigma) => Math.log2(sigma) + Math.log2(2 * Math.PI * Math.E) / 2;

// log2 of a Gaussian density, and of a mixture of them: the largest term is taken out first, so that far from
// every hump nothing underflows.
const logGaussian = (x, mean, sigma) =>
  -(0.5 * ((x - mean) / sigma) ** 2) / Math.LN2 - Math.log2(sigma) - Math.log2(2 * Math.PI) / 2;

export const logMixture = (x, { weights, means, sigmas }) => {
  const terms = weights.map((w, k) =>
    w > 0 ? Math.log2(w) + logGaussian(x, means[k], sigmas[k]) : -Infinity,
  );
  const top = Math.max(...terms);
  return top + Math.log2(sum(terms.map((t) => 2 ** (t - top))));
};

// The trapezoid rule. For smooth functions that vanish at both ends its error falls faster than any power
// of the step, and a step of an eighth of the narrowest hump reaches rounding.
const integrate = (f, low, high, step) => {
  const n = Math.ceil((high - low) / step);
  let total = 0;
  for (let k = 0; k <= n; k++) total += f(low + ((high - low) * k) / n);
  return (total * (high - low)) / n;
};

const REACH = 9; // standard deviations; beyond, a Gaussian holds less than 1e-18

// KL(p‖q) of a mixture from a Gaussian, and the other way round, by quadrature.
export const forwardKl = (mixture, mean, sigma) => {
  const low = Math.min(...mixture.means.map((m, k) => m - REACH * mixture.sigmas[k]));
  const high = Math.max(...mixture.means.map((m, k) => m + REACH * mixture.sigmas[k]));
  return integrate(
    (x) => {
      const p = logMixture(x, mixture);
      return 2 ** p * (p - logGaussian(x, mean, sigma));
    },
    low,
    high,
    Math.min(...mixture.sigmas) / 8,
  );
};

export const reverseKl = (mixture, mean, sigma) =>
  integrate(
    (x) => {
      const q = logGaussian(x, mean, sigma);
      return 2 ** q * (q - logMixture(x, mixture));
    },
    mean - REACH * sigma,
    mean + REACH * sigma,
    Math.min(sigma, ...mixture.sigmas) / 8,
  );

// From a point downhill to the nearest minimum of f(mean, sigma), as a list of points. Steps follow the gradient
// in (mean / scale, ln sigma), grow while they help and shrink when they do not.
export const descend = (f, [mean, sigma], scale) => {
  const at = ([a, b]) => f(a * scale, Math.exp(b));
  let here = [mean / scale, Math.log(sigma)];
  let value = at(here);
  let rate = 0.1;
  const path = [[mean, sigma]];
  for (let turn = 0; turn < 400 && rate > 1e-9; turn++) {
    const h = 1e-4;
    const slope = [0, 1].map((k) => {
      const [up, down] = [h, -h].map((d) => at(here.map((v, i) => (i === k ? v + d : v))));
      return (up - down) / (2 * h);
    });
    const next = here.map((v, k) => v - rate * slope[k]);
    const better = at(next);
    if (better < value) {
      [here, value] = [next, better];
      rate *= 1.4;
      path.push([here[0] * scale, Math.exp(here[1])]);
      if (Math.hypot(...slope) < 1e-7) break;
    } else rate /= 3;
  }
  return path;
};

// The complementary error function: a series near 0, a continued fraction beyond.
export const erfc = (x) => {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2.5) {
    let [term, total] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total) && n < 100; n++) {
      term *= (-x * x) / n;
      total += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * total;
  }
  let tail = 0;
  for (let n = 60; n >= 1; n--) tail = n / 2 / (x + tail);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + tail);
};

// The probability that a Gaussian gives to [low, high): differences are taken in the nearer tail.
const gaussianMass = (low, high, mean, sigma) => {
  const [a, b] = [(low - mean) / sigma / Math.SQRT2, (high - mean) / sigma / Math.SQRT2];
  return a > 0 ? (erfc(a) - erfc(b)) / 2 : (erfc(-b) - erfc(-a)) / 2;
};

// A Gaussian's bins of a width, one of them around its mean: [[left border, probability], ...].
export const gaussianBins = (mean, sigma, width) => {
  const each = Math.ceil((REACH * sigma) / width - 1 / 2); // on either side
  return Array.from({ length: 2 * each + 1 }, (_, k) => {
    const low = (k - each - 1 / 2) * width;
    return [mean + low, gaussianMass(low, low + width, 0, sigma)];
  });
};

// ---- losses

export const softmax = (logits) => {
  const top = Math.max(...logits);
  return normalize(logits.map((z) => Math.exp(z - top)));
};

// log2(1 / softmax(logits)[label]), without passing through the probability.
export const softmaxCost = (logits, label) => {
  const top = Math.max(...logits);
  const lse = top + Math.log(sum(logits.map((z) => Math.exp(z - top))));
  return (lse - logits[label]) / Math.LN2;
};

// Location and scale that make the points most likely, for three kinds of noise, with the price of a
// value in bits. Student's t has 3 degrees of freedom and is fitted by expectation maximisation.
export const NOISE = {
  gaussian: {
    fit: (x) => {
      const loc = sum(x) / x.length;
      return [loc, Math.sqrt(sum(x.map((v) => (v - loc) ** 2)) / x.length)];
    },
    cost: (y, loc, scale) => -logGaussian(y, loc, scale),
  },
  laplace: {
    fit: (x) => {
      const sorted = [...x].sort((a, b) => a - b);
      const loc = (sorted[(x.length - 1) >> 1] + sorted[x.length >> 1]) / 2;
      return [loc, sum(x.map((v) => Math.abs(v - loc))) / x.length];
    },
    cost: (y, loc, scale) => Math.log2(2 * scale) + Math.abs(y - loc) / scale / Math.LN2,
  },
  student: {
    fit: (x) => {
      const free = 3;
      let [loc, scale] = NOISE.laplace.fit(x);
      for (let turn = 0; turn < 2000; turn++) {
        const weights = x.map((v) => (free + 1) / (free + ((v - loc) / scale) ** 2));
        const next = sum(x.map((v, k) => weights[k] * v)) / sum(weights);
        const wide = Math.sqrt(sum(x.map((v, k) => weights[k] * (v - next) ** 2)) / x.length);
        const still = Math.abs(next - loc) + Math.abs(wide - scale) < 1e-13 * scale;
        [loc, scale] = [next, wide];
        if (still) break;
      }
      return [loc, scale];
    },
    // The density at 0 is 2 / (pi sqrt 3) for 3 degrees of freedom.
    cost: (y, loc, scale) =>
      Math.log2((Math.PI * Math.sqrt(3) * scale) / 2) + 2 * Math.log2(1 + ((y - loc) / scale) ** 2 / 3),
  },
};

// ---- blocks

// The expected length of a Huffman code: the weights of all joined nodes, added up. Two queues keep the smallest
// in front, so that thousands of blocks take no time.
export const huffmanMean = (p) => {
  const leaves = [...p].sort((a, b) => a - b);
  const joined = [];
  let [i, j, total] = [0, 0, 0];
  const take = () => (j >= joined.length || leaves[i] <= joined[j] ? leaves[i++] : joined[j++]);
  for (let k = 1; k < p.length; k++) {
    const weight = take() + take();
    joined.push(weight);
    total += weight;
  }
  return total;
};

// The pmf of n independent outcomes of p.
export const blockPmf = (p, n) =>
  Array.from({ length: n }).reduce((block) => block.flatMap((x) => p.map((y) => x * y)), [1]);

// ---- guesses

// Shannon's bounds (1951, equation 17) on the entropy of a text, in bits a letter, from how many guesses each letter
// took: from below the sum of i (q_i - q_(i+1)) log i, here with the terms of each q_i together; from above the
// entropy of q. They need shares q of the numbers of guesses that fall, as those of one who tries the likeliest first
// do in the long run: where chance disturbs the order, they are sorted.
export const shannonBounds = (ranks) => {
  const times = new Map();
  for (const rank of ranks) times.set(rank, (times.get(rank) ?? 0) + 1);
  const shares = [...times.values()].map((count) => count / ranks.length).sort((a, b) => b - a);
  const weight = (i) => (i > 1 ? i * Math.log2(i) - (i - 1) * Math.log2(i - 1) : 0);
  return [mean(shares, shares.map((_, k) => weight(k + 1))), entropy(shares)];
};
