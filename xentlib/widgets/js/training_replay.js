// A training, replayed: the loss on the way, and the size of the file that each model would write.
import { defineFigure } from "./figure.js";
import { plot, upright } from "./plot.js";
import { fmt, h, lineSample, put, s } from "./ui.js";

const BAR = 34;
const count = (x) => fmt(x, 0);

// The place of the present step among those recorded.
const placeOf = ({ steps, step }) =>
  steps.reduce((best, at, k) => (Math.abs(at - step) < Math.abs(steps[best] - step) ? k : best), 0);

export const measure = (state) => {
  const k = placeOf(state);
  return {
    step: state.steps[k],
    train: state.train[k],
    "held-out": state.held_out[k],
    bytes: state.files[k],
    best: Math.min(...state.held_out),
    gap: state.held_out[k] - state.train[k],
  };
};

const sentence = (state, numbers) => {
  const beaten = Object.entries(state.rivals)
    .filter(([, size]) => numbers.bytes < size)
    .map(([name]) => name);
  const rivals = beaten.length
    ? ` It is smaller than what ${beaten.join(", ")} ${beaten.length > 1 ? "make" : "makes"} of the same text.`
    : "";
  const least = numbers["held-out"] <= numbers.best + 1e-12 ? ", the least it gets" : "";
  const name = state.step_name[0].toUpperCase() + state.step_name.slice(1);
  return (
    `${name} ${numbers.step}: ${fmt(numbers["held-out"], 3)} bits per ${state.symbol_name} on text the model has not seen${least}. ` +
    `Written with this model, that text is a file of ${count(numbers.bytes)} bytes.${rivals}`
  );
};

const build = (figure) => {
  const {
    steps,
    train,
    held_out: heldOut,
    files: sizes,
    rivals,
    step_name: stepName,
    symbol_name: symbolName,
  } = figure.first;
  const legend = figure.row("xent-legend");
  for (const [line, text] of [
    ["xent-line-p xent-dashed", "on the training text"],
    ["xent-line-q", "on held-out text"],
  ])
    legend.append(h("span", {}, lineSample(line), ` ${text}`));
  const all = [...train, ...heldOut];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const stage = plot(figure, {
    tall: 180,
    left: 48,
    x: () => [steps[0], steps.at(-1)],
    y: () => [Math.max(0, least - 0.1 * (most - least)), most + 0.05 * (most - least)],
    xTicks: steps.length <= 12 ? () => steps.map((at) => [at, String(at)]) : undefined,
    xName: stepName,
    yName: `bits per ${symbolName}`,
    draw: (scale, state, numbers) => {
      put(trained, { d: scale.map(steps.map((at, k) => [at, train[k]])) });
      put(held, { d: scale.map(steps.map((at, k) => [at, heldOut[k]])) });
      dots.forEach(([dot, value]) => put(dot, { cx: scale.x(numbers.step), cy: scale.y(value(numbers)) }));
      place(scale, numbers.step);
    },
  });
  const trained = s("path", { class: "xent-line-p xent-dashed" });
  const held = s("path", { class: "xent-line-q" });
  const dots = [
    [s("circle", { class: "xent-fill-p xent-dot", r: 6 }), (n) => n.train],
    [s("circle", { class: "xent-fill-q xent-dot", r: 6 }), (n) => n["held-out"]],
  ];
  stage.inside.append(trained, held);
  const typical = (steps.at(-1) - steps[0]) / (steps.length - 1);
  const place = upright(figure, stage, {
    id: "step",
    label: stepName,
    min: steps[0],
    max: steps.at(-1),
    step: typical,
    coarse: typical * Math.max(2, Math.round(steps.length / 10)),
    snap: typical / 8,
    get: ({ step }) => step,
    from: (v) => v,
    set: (step) => ({ step }),
    say: (_, state) =>
      `${stepName} ${state.steps[placeOf(state)]}, ${fmt(state.held_out[placeOf(state)], 3)} bits per ${symbolName}`,
  });
  stage.over.append(...dots.map(([dot]) => dot));

  const names = Object.keys(rivals);
  const largest = Math.max(...sizes, ...Object.values(rivals));
  const tall = 24 + BAR + 12 + names.length * 24 + 6;
  const files = figure.stage(tall, (width, _, numbers) => {
    const room = width - 150;
    const size = (bytes) => (bytes / largest) * room;
    put(file, { x: 74, y: 24, width: size(numbers.bytes), height: BAR });
    put(fileSize, { x: 80 + size(numbers.bytes), y: 24 + BAR / 2 + 5, text: count(numbers.bytes) });
    others.forEach(({ bar, text }, k) => {
      const y = 24 + BAR + 12 + k * 24;
      put(bar, { x: 74, y, width: size(rivals[names[k]]), height: 16 });
      put(text, { x: 80 + size(rivals[names[k]]), y: y + 13 });
    });
    put(edge, { x1: 74 + size(numbers.bytes), x2: 74 + size(numbers.bytes), y1: 18, y2: tall });
  });
  const file = s("rect", { class: "xent-fill-q" });
  const fileSize = s("text", { class: "xent-start xent-in" });
  const edge = s("line", { class: "xent-guide xent-edge" });
  const others = names.map((name) => ({
    bar: s("rect", { class: "xent-rival" }),
    text: s("text", { class: "xent-tick xent-start", text: count(rivals[name]) }),
  }));
  files.svg.append(
    s("text", { class: "xent-tick xent-start", x: 0, y: 13, text: "bytes on disk" }),
    s("text", { class: "xent-start", x: 0, y: 24 + BAR / 2 + 5, text: "model" }),
    file,
    fileSize,
    ...others.flatMap(({ bar, text }) => [bar, text]),
    ...names.map((name, k) =>
      s("text", { class: "xent-start xent-tick", x: 0, y: 24 + BAR + 12 + k * 24 + 13, text: name }),
    ),
    edge,
  );

  const row = figure.row("xent-equation");
  figure.readout(row, "held-out", `bits per ${symbolName}`, (numbers) => numbers["held-out"], "xent-ink-q");
  figure.readout(row, "bytes", "bytes", (numbers) => numbers.bytes, "", count);
  figure.painters.push(sentence);
  const buttons = figure.row();
  const jump = (by) => (state) => ({ step: steps[placeOf(state) + by] });
  figure.button(buttons, "Back", jump(-1), { id: "back", off: (state) => placeOf(state) === 0 });
  figure.button(buttons, "Next", jump(1), { id: "next", off: (state) => placeOf(state) === steps.length - 1 });
  figure.reset(buttons);
  figure.root.append(figure.sentence);
};

export default defineFigure({
  title: "A training, replayed",
  keys: ["steps", "train", "held_out", "files", "rivals", "step", "step_name", "symbol_name"],
  measure,
  names: ({ symbol_name: symbol, step_name: step }) => ({
    bytes: ["the file", "bytes"],
    train: ["the training loss", `bits per ${symbol}`],
    "held-out": ["the held-out loss", `bits per ${symbol}`],
    step: `the number of ${step}`,
  }),
  shape: (state) => JSON.stringify([state.steps, state.train, state.held_out, state.files, state.rivals]),
  build,
});
