// Logits, the probabilities softmax makes of them, what the right answer costs, and where the gradient pulls.
import { softmax, softmaxCost, sum } from "./core.js";
import { defineFigure } from "./figure.js";
import { fmt, fmtProbability, fmtSmallProbability, formula, h, hatch, put, s, unitOf } from "./ui.js";

const TALL = 120; // a probability of 1
const HEAD = 42; // the heading, and a number over a bar of probability 1
const PULL = 84; // a gradient of 1
const BETWEEN = 76;

const shifted = ({ logits, shift }) => logits.map((z) => z + shift);
const gradient = (state) => softmax(shifted(state)).map((q, k) => q - (k === state.target ? 1 : 0));

export const measure = (state) => {
  const q = softmax(shifted(state));
  return {
    loss: softmaxCost(shifted(state), state.target),
    probability: q[state.target],
    largest: Math.max(...q),
    "gradient-sum": sum(gradient(state)),
    target: state.target,
    scores: shifted(state),
    ...Object.fromEntries(q.map((x, k) => [`probability-${k}`, x])),
    ...Object.fromEntries(gradient(state).map((x, k) => [`gradient-${k}`, x])),
  };
};

const sentence = (state, numbers) => {
  const { name, size } = unitOf(state.base);
  const label = state.labels[state.target];
  const right = numbers.probability >= numbers.largest - 1e-12;
  const verdict = right ? "" : " Another answer is thought more likely.";
  const moved = state.shift ? ` Adding ${fmt(state.shift, 1)} to every logit has changed none of this.` : "";
  return `The answer is ${label}, at probability ${fmtSmallProbability(numbers.probability)}: it costs ${fmt(numbers.loss * size)} ${name}.${verdict}${moved}`;
};

const bars = (figure) => {
  const { labels } = figure.first;
  const zero = HEAD + TALL + BETWEEN + PULL / 2;
  const stage = figure.stage(zero + PULL / 2 + 26, (width, state) => {
    const q = softmax(shifted(state));
    const pull = gradient(state);
    const slot = width / labels.length;
    const bar = Math.min(slot * 0.56, 84);
    put(floor, { x1: 0, x2: width, y1: HEAD + TALL, y2: HEAD + TALL });
    put(middle, { x1: 0, x2: width, y1: zero, y2: zero });
    columns.forEach(({ box, target, name, value, arrow, amount }, k) => {
      const x = slot * (k + 0.5);
      const high = TALL * q[k];
      put(box, { x: x - bar / 2, y: HEAD + TALL - high, width: bar, height: high });
      put(value, { x, y: HEAD + TALL - high - 7, text: fmtProbability(q[k]) });
      put(target, {
        x: x - bar / 2 - 3,
        y: HEAD,
        width: bar + 6,
        height: TALL,
        visibility: k === state.target ? null : "hidden",
      });
      put(name, { x, y: HEAD + TALL + 19, class: k === state.target ? "xent-in" : "xent-tick" });
      const size = (pull[k] * PULL) / 2;
      put(arrow, { x: x - bar / 4, width: bar / 2, y: Math.min(zero, zero - size), height: Math.abs(size) });
      put(amount, { x, y: size >= 0 ? zero - size - 5 : zero - size + 16, text: fmt(pull[k], 2) });
    });
    put(title, { x: 0, y: zero - PULL / 2 - 26 });
  });
  const stripes = hatch(stage.svg, "q");
  const floor = s("line", { class: "xent-axis" });
  const middle = s("line", { class: "xent-axis" });
  const title = s("text", { class: "xent-tick xent-start", text: "gradient, ŷ − y" });
  const heading = s("text", { class: "xent-tick xent-start", x: 0, y: 13, text: "probability, ŷ" });
  const columns = labels.map((label) => ({
    box: s("rect", { style: stripes }),
    target: s("rect", { class: "xent-wanted" }),
    name: s("text", { text: label }),
    value: s("text", { class: "xent-number xent-ink-q" }),
    arrow: s("rect", { class: "xent-fill-kl" }),
    amount: s("text", { class: "xent-number xent-ink-kl" }),
  }));
  stage.svg.append(
    heading,
    floor,
    ...columns.flatMap((c) => [c.box, c.target, c.name, c.value]),
    title,
    ...columns.map((c) => c.arrow),
    middle,
    ...columns.map((c) => c.amount),
  );
};

const build = (figure) => {
  const { labels } = figure.first;
  const top = figure.row("xent-top xent-wrap");
  figure.choice(
    top,
    "The right answer",
    "target",
    labels.map((label, k) => [label, k]),
  );
  figure.units(top);
  const say = (value) => fmt(value, 1);
  labels.forEach((label, k) =>
    figure.slider({
      id: `logit-${k}`,
      label: `logit of ${label}`,
      min: -8,
      max: 8,
      step: 0.1,
      coarse: 1,
      get: ({ logits }) => logits[k],
      say,
      set: (value, { logits }) => ({ logits: logits.map((z, i) => (i === k ? value : z)) }),
    }),
  );
  figure.slider({
    id: "shift",
    label: "added to all",
    min: -8,
    max: 8,
    step: 0.1,
    coarse: 1,
    get: ({ shift }) => shift,
    set: (shift) => ({ shift }),
    say,
  });
  bars(figure);
  const row = figure.row("xent-equation");
  figure.readout(row, "loss", "loss", (numbers, { base }) => numbers.loss * unitOf(base).size, "xent-ink-q");
  figure.readout(
    row,
    "probability",
    "ŷ of the answer",
    (numbers) => numbers.probability,
    "",
    fmtSmallProbability,
  );
  figure.painters.push(sentence);
  const buttons = figure.row();
  figure.button(
    buttons,
    "One step down the gradient",
    (state) => {
      const pull = gradient(state);
      return { logits: state.logits.map((z, k) => Math.min(8, Math.max(-8, z - pull[k]))) };
    },
    { id: "step" },
  );
  figure.reset(buttons);
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      ...formula(
        "The frame is the label *y*: 1 for the right answer, 0 for the others. The step subtracts the gradient, in nats, from the logits, as far as the sliders go.",
      ),
    ),
  );
};

export default defineFigure({
  title: "Logits, probabilities, loss and gradient",
  keys: ["logits", "shift", "target", "labels", "base"],
  measure,
  names: ({ labels, target }) => ({
    loss: [`the cost of ${labels[target]}`, "bits"],
    ...Object.fromEntries(labels.map((label, k) => [`probability-${k}`, `the probability of ${label}`])),
  }),
  shape: ({ labels }) => labels.join("\n"),
  build,
});
