// One batch, three readings of its loss: a sum over examples, their mean, and a single cross-entropy over all
// vectors of labels that the batch could have had.
import { mean, reshare, sum, surprisal } from "./core.js";
import { defineFigure } from "./figure.js";
import { fmt, fmtProbability, fmtSmallProbability, formula, h, put, s, unitOf } from "./ui.js";

const JOINT = 118;

// The probability of every vector of labels; the last example's label runs fastest.
const jointOf = (q) => q.reduce((joint, row) => joint.flatMap((a) => row.map((b) => a * b)), [1]);
const indexOf = ({ q, observed }) => observed.reduce((at, label) => at * q[0].length + label, 0);
const costs = ({ q, observed }) => observed.map((label, i) => surprisal(q[i][label]));

export const measure = (state) => {
  const each = costs(state);
  const joint = jointOf(state.q);
  const happened = joint.map((_, k) => (k === indexOf(state) ? 1 : 0));
  return {
    sum: sum(each),
    mean: sum(each) / each.length,
    joint: mean(happened, joint.map(surprisal)),
    "joint-probability": joint[indexOf(state)],
    largest: Math.max(...joint),
    ...Object.fromEntries(each.map((cost, i) => [`cost-${i}`, cost])),
  };
};

const sentence = (state, numbers) => {
  const { name, size } = unitOf(state.base);
  const vector = state.observed.map((label) => state.labels[label]).join(", ");
  const likeliest =
    numbers["joint-probability"] >= numbers.largest - 1e-12 ? " No other vector is more probable." : "";
  return (
    `The batch (${vector}) is one of ${jointOf(state.q).length} label vectors, at probability ${fmtSmallProbability(numbers["joint-probability"])}. ` +
    `Coding it as one outcome costs the sum, ${fmt(numbers.sum * size)} ${name}; the mean is that, divided by ${state.q.length}.${likeliest}`
  );
};

const build = (figure) => {
  const { q, labels, examples } = figure.first;
  const [many, kinds] = [q.length, labels.length];
  const kept = [...q];
  const top = figure.row("xent-top");
  top.append(h("span", {}, ...formula("Choose the labels that came.")));
  figure.units(top);

  const rows = figure.row("xent-examples");
  examples.forEach((example, i) => {
    const cost = h("span", { class: "xent-value", "data-readout": `cost-${i}` });
    const cells = labels.map((label, k) => {
      const value = h("span", { class: "xent-value" });
      const meter = h("span", { class: "xent-meter" });
      const cell = h(
        "button",
        { type: "button", class: "xent-cell", "data-button": `label-${i}-${k}` },
        h("span", {}, label),
        value,
        meter,
      );
      figure.on(cell, "click", () =>
        figure.set({ observed: figure.state().observed.map((old, j) => (j === i ? k : old)) }),
      );
      return { cell, value, meter };
    });
    const input = figure.range({
      id: `share-${i}`,
      label: `probability of the label of ${example}`,
      min: 0,
      max: 1,
      step: 0.01,
      coarse: 0.1,
      get: (state) => state.q[i][state.observed[i]],
      set: (value, state) => {
        const k = state.observed[i];
        // With this label at 1 the others are all 0, and only the row before it has their proportions.
        if (state.q[i][k] < 1) kept[i] = state.q[i];
        return { q: state.q.map((row, j) => (j === i ? reshare(kept[i], k, value) : row)) };
      },
      say: (value) => fmtProbability(value),
    }).input;
    rows.append(
      h(
        "div",
        { class: "xent-example", role: "group", "aria-label": example },
        h("span", { class: "xent-name" }, example),
        h("div", { class: "xent-cells" }, ...cells.map(({ cell }) => cell)),
        h("label", { class: "xent-share" }, input, h("span", { class: "xent-cost" }, "costs ", cost)),
      ),
    );
    figure.painters.push((state, numbers) => {
      const unit = unitOf(state.base);
      const price = numbers[`cost-${i}`] * unit.size;
      put(cost, { text: fmt(price), "data-value": String(price) });
      cells.forEach(({ cell, value, meter }, k) => {
        put(cell, { "aria-pressed": String(state.observed[i] === k) });
        put(value, { text: fmtProbability(state.q[i][k]) });
        put(meter, { style: `width:${100 * state.q[i][k]}%` });
      });
    });
  });

  const stage = figure.stage(24 + JOINT + 54, (width, state) => {
    const joint = jointOf(state.q);
    const at = indexOf(state);
    const top = Math.max(...joint);
    const slot = width / joint.length;
    bars.forEach((bar, k) => {
      const high = (joint[k] / top) * JOINT;
      put(bar, {
        x: slot * k + slot * 0.12,
        width: slot * 0.76,
        y: 24 + JOINT - high,
        height: high,
        class: k === at ? "xent-taken" : "xent-fill-q",
      });
    });
    const middle = Math.min(Math.max(slot * (at + 0.5), 30), width - 30);
    put(axis, { x1: 0, x2: width, y1: 24 + JOINT, y2: 24 + JOINT });
    put(mark, { d: `M${slot * (at + 0.5)} ${24 + JOINT + 2}l-5 8h10z` });
    put(number, { x: middle, y: 24 + JOINT + 25, text: fmtSmallProbability(joint[at]) });
    // The bars stand in groups, by the label of the first example.
    groups.forEach((name, k) => put(name, { x: (width * (k + 0.5)) / kinds, y: 24 + JOINT + 47 }));
    rules.forEach((rule, k) => {
      const x = (width * (k + 1)) / kinds;
      put(rule, { x1: x, x2: x, y1: 30, y2: 24 + JOINT + 30 });
    });
  });
  const groups = labels.map((label) => s("text", { class: "xent-tick", text: label }));
  const rules = labels.slice(1).map(() => s("line", { class: "xent-grid" }));
  const bars = Array.from({ length: kinds ** many }, () => s("rect"));
  const axis = s("line", { class: "xent-axis" });
  const mark = s("path", { class: "xent-taken" });
  const number = s("text", { class: "xent-in" });
  stage.svg.append(
    s("text", { class: "xent-tick xent-start", x: 0, y: 13, text: `all ${kinds ** many} label vectors, by the label of ${examples[0]}` }),
    ...rules,
    ...groups,
    ...bars,
    axis,
    mark,
    number,
  );

  const row = figure.row("xent-equation");
  const readout = (name, label, ink) =>
    figure.readout(row, name, label, (numbers, { base }) => numbers[name] * unitOf(base).size, ink);
  readout("sum", "sum", "xent-ink-q");
  readout("joint", "joint", "xent-ink-q");
  readout("mean", "mean");
  figure.painters.push(sentence);
  figure.reset(figure.row());
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      "A slider moves the probability of the label that came; the other labels keep their proportions.",
    ),
  );
};

export default defineFigure({
  title: "One batch, three readings of its loss",
  keys: ["q", "observed", "labels", "examples", "base"],
  measure,
  names: ({ examples }) => ({
    sum: ["the sum", "bits"],
    "joint-probability": "the probability of this batch",
    largest: "that of the most probable one",
    ...Object.fromEntries(examples.map((example, i) => [`cost-${i}`, [`the cost of ${example}`, "bits"]])),
  }),
  traits: { q: "the predictions" },
  shape: ({ labels, examples }) => JSON.stringify([labels, examples]),
  build,
});
