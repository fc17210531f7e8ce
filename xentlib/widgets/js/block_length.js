// A skewed coin coded in blocks: the bits per toss approach the entropy, but not at every step.
import { blockPmf, entropy, huffmanMean } from "./core.js";
import { defineFigure } from "./figure.js";
import { plot } from "./plot.js";
import { fmt, fmtProbability, h, put, s } from "./ui.js";

const LONGEST = 12;
const LENGTHS = Array.from({ length: LONGEST }, (_, k) => k + 1);

// Bits a toss, for every length of block; remembered for the last coin.
let last = { p: NaN };
const ratesOf = (p) => {
  if (last.p !== p) last = { p, rates: LENGTHS.map((n) => huffmanMean(blockPmf([p, 1 - p], n)) / n) };
  return last.rates;
};

export const measure = ({ p, n }) => ({
  rate: ratesOf(p)[n - 1],
  entropy: entropy([p, 1 - p]),
  waste: ratesOf(p)[n - 1] - entropy([p, 1 - p]),
  bound: entropy([p, 1 - p]) + 1 / n,
  words: 2 ** n,
  n,
  p,
});

const sentence = ({ p, n }, numbers) => {
  const rates = ratesOf(p);
  const worse = n > 1 && rates[n - 1] > rates[n - 2] + 1e-12 ? ` More than with blocks of ${n - 1}.` : "";
  return (
    `${n === 1 ? "One toss" : `${n} tosses`} to a codeword, ${numbers.words.toLocaleString("en-US")} codewords: ${fmt(numbers.rate, 4)} bits per toss, ` +
    `${fmt(numbers.waste, 4)} above the entropy.${worse}`
  );
};

const build = (figure) => {
  const along = { left: 52, x: () => [0.4, LONGEST + 0.6], xTicks: () => LENGTHS.map((n) => [n, String(n)]) };
  // A dot for each length of block, on a stem of what it wastes.
  const dots = (stage, scale, { p, n }, foot, height) => {
    stage.points.forEach(({ stem, dot }, k) => {
      const [x, y] = [scale.x(k + 1), Math.min(Math.max(height(ratesOf(p)[k]), scale.top - 6), scale.floor)];
      put(stem, { x1: x, x2: x, y1: foot, y2: y });
      put(dot, { cx: x, cy: y, r: k + 1 === n ? 8 : 5 });
    });
  };
  const make = (stage) => {
    stage.points = LENGTHS.map((n) => {
      const dot = s("circle", { class: "xent-fill-q xent-dot xent-tap" });
      figure.on(dot, "click", () => figure.set({ n }));
      return { dot, stem: s("line", { class: "xent-line-kl" }) };
    });
  };

  const rates = plot(figure, {
    ...along,
    tall: 150,
    y: ({ p }, { entropy: least }) => [
      Math.max(0, Math.floor((least - 0.1) * 10) / 10),
      Math.max(1.05, ...ratesOf(p)),
    ],
    yName: "bits per toss",
    draw: (scale, state, numbers) => {
      const y = scale.y(numbers.entropy);
      dots(rates, scale, state, y, scale.y);
      put(least, { x1: scale.left, x2: scale.right, y1: y, y2: y });
      put(name, { x: scale.right, y: 13, text: `H = ${fmt(numbers.entropy, 4)}` });
      put(bound, { d: scale.map(LENGTHS.map((k) => [k, numbers.entropy + 1 / k])) });
    },
  });
  const least = s("line", { class: "xent-mean" });
  const name = s("text", { class: "xent-end xent-ink-p xent-in" });
  const bound = s("path", { class: "xent-guide xent-edge" });
  make(rates);
  rates.inside.append(bound, ...rates.points.map(({ stem }) => stem), least);
  rates.over.append(name, ...rates.points.map(({ dot }) => dot));

  const LOWEST = -4; // powers of ten
  const wastes = plot(figure, {
    ...along,
    tall: 110,
    y: () => [LOWEST, 0.1],
    yTicks: () => [0, -1, -2, -3].map((power) => [power, String(10 ** power).replace(/^0/, "")]),
    xName: "tosses in a block",
    yName: "bits above the entropy",
    draw: (scale, state, numbers) =>
      dots(wastes, scale, state, scale.floor, (rate) =>
        scale.y(Math.log10(Math.max(rate - numbers.entropy, 10 ** LOWEST))),
      ),
  });
  make(wastes);
  wastes.inside.append(...wastes.points.map(({ stem }) => stem));
  wastes.over.append(...wastes.points.map(({ dot }) => dot));

  const row = figure.row("xent-equation");
  figure.readout(
    row,
    "rate",
    "bits per toss",
    (numbers) => numbers.rate,
    "xent-ink-q",
    (x) => fmt(x, 4),
  );
  figure.readout(
    row,
    "entropy",
    "entropy",
    (numbers) => numbers.entropy,
    "xent-ink-p",
    (x) => fmt(x, 4),
  );
  figure.readout(
    row,
    "words",
    "codewords",
    (numbers) => numbers.words,
    "",
    (x) => fmt(x, 0),
  );
  figure.painters.push(sentence);
  figure.slider({
    id: "n",
    label: "tosses in a block",
    min: 1,
    max: LONGEST,
    step: 1,
    coarse: 3,
    get: ({ n }) => n,
    set: (n) => ({ n: Math.round(n) }),
    say: (n) => String(n),
  });
  figure.slider({
    id: "p",
    label: "*p* of the likelier side",
    min: 0.5,
    max: 0.99,
    step: 0.01,
    coarse: 0.05,
    get: ({ p }) => p,
    set: (p) => ({ p }),
    say: fmtProbability,
  });
  figure.reset(figure.row());
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      "The blue line is the entropy. No dot reaches the dashed line, the entropy plus 1 over the length of the block.",
    ),
  );
};

export default defineFigure({
  title: "Blocks of a skewed coin",
  keys: ["p", "n"],
  measure,
  names: {
    p: "the probability of the likelier side",
    n: "the number of tosses in a block",
    waste: ["the distance to the entropy", "bits"],
  },
  traits: { p: "the coin" },
  shape: () => "",
  build,
});
