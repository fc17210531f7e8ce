// Bars of one pmf, or of two side by side, each to be dragged.
import { reshare } from "./core.js";
import { fmtPercent, fmtProbability, hatch, put, s } from "./ui.js";

const TOP = 22; // room over a bar of probability 1 for its number
const FOOT = 26; // the outcomes' names
const tall = (width) => (width > 560 ? 180 : 140); // a bar of probability 1

// which: the traits that hold the pmfs, ["p"] or ["p", "q"].
export const pmfBars = (figure, which) => {
  const { labels } = figure.first;
  const stage = figure.stage(
    (width) => TOP + tall(width) + FOOT,
    (width, state) => {
      const full = tall(width);
      const floor = TOP + full;
      const slot = width / labels.length;
      const each = slot / which.length;
      const bar = Math.min(slot * (which.length > 1 ? 0.42 : 0.6), which.length > 1 ? 54 : 96);
      put(axis, { x1: 0, x2: width, y1: floor, y2: floor });
      lines.forEach((line, k) =>
        put(line, { x1: 0, x2: width, y1: TOP + full * k * 0.25, y2: TOP + full * k * 0.25 }),
      );
      columns.forEach(({ name, side, k, shape, grip, number, handle }) => {
        const value = state[name][k];
        const middle = slot * (k + 0.5) + (side - (which.length - 1) / 2) * (bar + 2);
        const x = middle - bar / 2;
        const y = floor - full * value;
        put(shape, { x, y, width: bar, height: full * value });
        put(grip, { x: middle - 8, y: Math.min(y + 5, floor - 4), width: 16, height: 3, rx: 1.5 });
        put(number, { x: middle, y: y - 7, text: bar < 32 ? "" : fmtProbability(value) });
        put(handle.grab, { x: slot * k + each * side, y: y - 22, width: each, height: 44 });
        put(handle.rail, { x, y: TOP, width: bar, height: full });
        handle.place(x, y, bar, full * value);
      });
      names.forEach((name, k) => put(name, { x: slot * (k + 0.5), y: floor + 19 }));
    },
  );
  const stripes = which.includes("q") ? hatch(stage.svg, "q") : null;
  const lines = [0, 1, 2, 3].map(() => s("line", { class: "xent-grid" }));
  const axis = s("line", { class: "xent-axis" });
  const names = labels.map((label) => s("text", { class: "xent-tick", text: label }));
  const columns = labels.flatMap((label, k) =>
    which.map((name, side) => ({
      name,
      side,
      k,
      shape: s("rect", { class: `xent-fill-${name}`, style: name === "q" ? stripes : null }),
      grip: s("rect", { class: `xent-grip xent-on-${name}` }),
      number: s("text", { class: `xent-number xent-ink-${name}` }),
      handle: figure.handle(stage, {
        id: `${name}-${k}`,
        label: `*${name}* of ${label}`,
        min: 0,
        max: 1,
        step: 0.01,
        coarse: 0.1,
        snap: 0.005,
        vertical: true,
        get: (state) => state[name][k],
        set: (value, from) => ({ [name]: reshare(from[name], k, value) }),
        say: fmtPercent,
        at: (x, y) => 1 - (y - TOP) / tall(stage.width),
      }),
    })),
  );
  stage.svg.append(
    ...lines,
    axis,
    ...columns.flatMap(({ shape, grip, number }) => [shape, grip, number]),
    ...names,
    ...columns.map(({ handle }) => handle.rail),
    ...columns.map(({ handle }) => handle.grab),
  );
};
