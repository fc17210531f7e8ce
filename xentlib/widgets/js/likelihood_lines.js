// The derivation from likelihood to cross-entropy for a coin, line by line: each line is a curve over θ, and
// they share one optimum. A sum in place of the product does not.
import { entropy, klDivergence, sum } from "./core.js";
import { defineFigure } from "./figure.js";
import { plot, sample, upright } from "./plot.js";
import { fill, fmtProbability, fmtSmall, formula, h, lineSample, put, s } from "./ui.js";

// n * log2(x), with 0 log 0 = 0.
const times = (n, x) => (n === 0 ? 0 : n * Math.log2(x));
const countsOf = (x) => [x.length - sum(x), sum(x)];
const shareOf = (x) => sum(x) / x.length;
const pOf = (x) => [1 - shareOf(x), shareOf(x)]; // rounded as q is: at the best θ, KL is 0

const logSum = (x, theta) => {
  const [tails, heads] = countsOf(x);
  return times(heads, theta) + times(tails, 1 - theta);
};
const product = (x, theta) => 2 ** logSum(x, theta);
const wrongSum = (x, theta) => {
  const [tails, heads] = countsOf(x);
  return heads * theta + tails * (1 - theta);
};
const kl = (x, theta) => klDivergence(pOf(x), [1 - theta, theta]);
const cross = (x, theta) => entropy(pOf(x)) + kl(x, theta);

const LINES = [
  {
    text: "∏_{*i*} *q*_{*θ*}(*x*ᵢ)",
    f: product,
    why: "The tosses are taken to be independent, each with the same *q*: their probabilities multiply. That is the one assumption.",
  },
  {
    text: "∑_{*i*} log *q*_{*θ*}(*x*ᵢ)",
    f: logSum,
    why: "A logarithm. It is increasing, so the best θ stays.",
  },
  {
    text: "∑_{*k*} *n*ₖ log *q*_{*θ*}(*k*)",
    f: logSum,
    why: "Equal terms are counted. Not even the value changes.",
  },
  {
    text: "∑_{*k*} *p̃*ₖ log *q*_{*θ*}(*k*)",
    f: (x, theta) => logSum(x, theta) / x.length,
    why: "Divided by the number of tosses: a number per toss, and an expectation under *p̃*. The best θ stays.",
  },
  {
    text: "H(*p̃*, *q*_{*θ*})",
    f: cross,
    low: true,
    why: "A minus sign, and a name. What was to be large is now to be small.",
  },
  {
    text: "D_{KL}(*p̃*‖*q*_{*θ*})",
    f: kl,
    low: true,
    why: "The entropy of the data is taken away. There is no θ in it, so the lowest point stays.",
  },
  {
    text: "2^−*m*(H(*p̃*) + D_{KL})",
    f: product,
    why: "Minus, division and logarithm undone: the product again.",
  },
];
const EXPONENTS = { 6: "2 to the power of −*m* (H(*p̃*) + D_{KL}(*p̃*‖*q*_{*θ*}))" };

export const measure = ({ x, theta, line }) => ({
  theta,
  value: LINES[line].f(x, theta),
  best: shareOf(x),
  product: product(x, theta),
  "log-likelihood": logSum(x, theta),
  "cross-entropy": cross(x, theta),
  kl: kl(x, theta),
  entropy: entropy(pOf(x)),
  sum: wrongSum(x, theta),
  tosses: x.length,
  line,
});

// The best θ of the wrong line: an end of the scale, or all of it.
const wrongBest = (x) => {
  const [tails, heads] = countsOf(x);
  return heads > tails ? 1 : heads < tails ? 0 : null;
};

const sentence = ({ x, line, wrong }, numbers) => {
  const [tails, heads] = countsOf(x);
  const best = `${heads} heads in ${x.length} tosses: the best θ is ${fmtProbability(numbers.best)}.`;
  if (!wrong) return `${LINES[line].why} ${best}`;
  const end = wrongBest(x);
  return end === null
    ? "A sum in place of the product is flat for these tosses: every θ is as good as every other."
    : `${best} A sum in place of the product wants ${end}, a coin that never shows ${end ? `the ${tails} tails` : `the ${heads} heads`} you saw.`;
};

const build = (figure) => {
  const top = figure.row("xent-steps");
  const title = h("span", { class: "xent-title" });
  const row = h("div", { class: "xent-buttons" });
  top.append(row, title); // the title is longer at some lines: the buttons stay above it
  figure.button(row, "Back", ({ line }) => ({ line: line - 1 }), {
    id: "back",
    name: "Back to the line before",
    off: ({ line }) => line === 0,
  });
  figure.button(row, "Next line", ({ line }) => ({ line: line + 1 }), {
    id: "next",
    off: ({ line }) => line === LINES.length - 1,
  });
  figure.painters.push(({ line }) => {
    fill(title, line, () => [
      h("strong", {}, `Line ${line}`),
      " ",
      ...formula(EXPONENTS[line] ?? LINES[line].text),
    ]);
  });

  const inner = sample((theta) => theta, 0.04, 0.96, 46).map(([theta]) => theta);
  const stage = plot(figure, {
    tall: 190,
    left: 88,
    x: () => [0, 1],
    y: ({ x, line }, numbers) => {
      const values = inner.map((theta) => LINES[line].f(x, theta));
      const top = LINES[line].f(x, numbers.best);
      if (line === 0 || line === 6) return [0, top * 1.12];
      return LINES[line].low ? [0, Math.max(...values)] : [Math.min(...values), 0];
    },
    xTicks: () => [0, 0.25, 0.5, 0.75, 1].map((v) => [v, String(v)]),
    xName: "θ, the probability of heads",
    yName: ({ line }) =>
      LINES[line].low
        ? "bits, to be small"
        : line === 0 || line === 6
          ? "probability, to be large"
          : "bits, to be large",
    draw: (scale, state, numbers) => {
      const f = LINES[state.line].f;
      put(curve, { d: scale.map(sample((theta) => f(state.x, theta), 0, 1, 300)) });
      const [low, high] = [scale.x(0), scale.x(1)];
      const wrongs = sample((theta) => wrongSum(state.x, theta), 0, 1, 1).map(([, v]) => v);
      const span = Math.max(...wrongs) - Math.min(...wrongs) || 1;
      const height = (v) =>
        scale.floor - 12 - ((v - Math.min(...wrongs)) / span) * (scale.floor - scale.top - 30);
      put(wrong, { d: state.wrong ? `M${low} ${height(wrongs[0])}L${high} ${height(wrongs[1])}` : "" });
      const end = wrongBest(state.x);
      put(legend, { style: state.wrong ? null : "visibility:hidden" });
      put(wrongTop, {
        cx: scale.x(end ?? 0.5),
        cy: height(Math.max(...wrongs)),
        r: state.wrong && end !== null ? 7 : 0,
      });
      const best = scale.x(numbers.best);
      put(optimum, { x1: best, x2: best, y1: scale.top, y2: scale.floor });
      const isLeft = numbers.best > 0.8; // of the line
      put(optimumName, {
        x: best + (isLeft ? -5 : 5),
        y: scale.top + 8,
        text: fmtProbability(numbers.best),
        class: `xent-number xent-ink-p xent-in xent-halo ${isLeft ? "xent-end" : "xent-start"}`,
      });
      const value = numbers.value;
      put(dot, {
        cx: scale.x(state.theta),
        cy: Math.min(Math.max(scale.y(value), scale.top - 6), scale.floor),
        r: Number.isFinite(value) ? 6 : 0,
      });
      place(scale, state.theta);
    },
  });
  const curve = s("path", { class: "xent-line-q" });
  const wrong = s("path", { class: "xent-line-kl xent-dashed" });
  const wrongTop = s("circle", { class: "xent-fill-kl" });
  const legend = figure.row("xent-legend");
  legend.append(
    h("span", {}, lineSample("xent-line-kl xent-dashed"), " ", ...formula("∑_{*i*} *q*_{*θ*}(*x*ᵢ), on a scale of its own")),
  );
  const optimum = s("line", { class: "xent-guide" });
  const optimumName = s("text");
  const dot = s("circle", { class: "xent-fill-q xent-dot" });
  stage.inside.append(wrong, curve, optimum);
  stage.over.append(optimumName, wrongTop);
  const place = upright(figure, stage, {
    id: "theta",
    label: "*θ*, the probability of heads",
    min: 0,
    max: 1,
    step: 0.01,
    coarse: 0.1,
    snap: 0.005,
    get: ({ theta }) => theta,
    set: (theta) => ({ theta }),
    from: (v) => v,
    say: (theta) => fmtProbability(theta),
  });
  stage.over.append(dot);

  const readouts = figure.row("xent-equation");
  figure.readout(readouts, "theta", "*θ*", (numbers) => numbers.theta, "", fmtProbability);
  figure.readout(readouts, "value", "this line", (numbers) => numbers.value, "xent-ink-q", fmtSmall);
  figure.readout(readouts, "best", "best *θ*", (numbers) => numbers.best, "xent-ink-p", fmtProbability);
  figure.painters.push(sentence);
  const buttons = figure.row();
  const sums = figure.button(buttons, "Sum, not product", (state) => ({ wrong: !state.wrong }), {
    id: "wrong",
  });
  figure.painters.push((state) => void put(sums, { "aria-pressed": String(state.wrong) }));
  figure.button(buttons, "+ heads", ({ x }) => ({ x: [...x, 1] }), {
    id: "heads",
    name: "Add a toss that shows heads",
  });
  figure.button(buttons, "+ tails", ({ x }) => ({ x: [...x, 0] }), {
    id: "tails",
    name: "Add a toss that shows tails",
  });
  figure.reset(buttons);
  figure.root.append(figure.sentence);
};

export default defineFigure({
  title: "From likelihood to cross-entropy, line by line",
  keys: ["x", "theta", "line", "wrong"],
  measure,
  names: {
    "cross-entropy": ["the cross-entropy", "bits"],
    kl: ["D_{KL}(*p̃*‖*q*_{*θ*})", "bits"],
    best: "the best *θ*",
    theta: "*θ*",
    tosses: "the number of tosses",
  },
  traits: { x: "the tosses" },
  shape: () => "",
  build,
});
