// Outcomes as pieces of the line [0, 1): a probability is a length, a codeword an address on the line.
import { address, surprisal } from "./core.js";
import { defineFigure } from "./figure.js";
import { clamp, fmt, fmtProbability, h, put, s } from "./ui.js";

const LINE = { y: 6, tall: 46 };
const KNOB = LINE.y + LINE.tall + 12;
const ROWS = { y: KNOB + 18, most: 21, room: 105, foot: 26 };
const CURVE = { left: 30, right: 8, top: 20, tall: 168, foot: 38, bits: 7, beyond: 8 }; // more bits than that: above the axis

const edges = (p) => p.reduce((ends, x) => [...ends, ends.at(-1) + x], [0]);
const pieceOf = ({ p, chosen }) => {
  const ends = edges(p);
  return [ends[chosen], ends[chosen + 1]];
};

export const measure = (state) => {
  const { p, chosen } = state;
  return {
    probability: p[chosen],
    surprisal: surprisal(p[chosen]),
    halvings: p[chosen] > 0 ? address(...pieceOf(state)).depth : Infinity,
    chosen,
  };
};

const sentence = (state, numbers) => {
  const name = state.labels[state.chosen];
  if (numbers.probability === 0)
    return `The piece for ${name} is a point: no number of halvings lands inside it.`;
  const { depth, word } = address(...pieceOf(state));
  if (depth === 0) return `${name} is the whole line. There is nothing to ask, and no surprise.`;
  const fit =
    Math.abs(depth - numbers.surprisal) < 1e-9
      ? "As many as its bits of surprisal."
      : `Its surprisal is ${fmt(numbers.surprisal)} bits, and the halvings are never fewer.`;
  return (
    `The piece for ${name} is ${fmtProbability(numbers.probability)} long. ` +
    `${depth} ${depth === 1 ? "halving leads" : "halvings lead"} to a part inside it, at address ${word}. ${fit}`
  );
};

const line = (figure, parent) => {
  const { labels } = figure.first;
  const stage = figure.stage(
    ROWS.y + ROWS.room + ROWS.foot,
    (width, state) => {
      const ends = edges(state.p);
      pieces.forEach(({ box, name, value }, k) => {
        const [x, wide] = [ends[k] * width, state.p[k] * width];
        const on = k === state.chosen;
        put(box, { x, y: LINE.y, width: wide, height: LINE.tall, class: on ? "xent-fill-p" : "xent-pale" });
        const size = wide > 9 * labels[k].length ? "" : "xent-number";
        put(name, {
          x: x + wide / 2,
          y: LINE.y + 20,
          text: wide > 6.8 * labels[k].length ? labels[k] : "",
          class: on ? `xent-on-p ${size}` : size,
        });
        put(value, {
          x: x + wide / 2,
          y: LINE.y + 38,
          text: wide > 30 ? fmtProbability(state.p[k]) : "",
          class: on ? "xent-number xent-on-p" : "xent-number",
        });
      });
      borders.forEach(({ rule, knob, handle }, k) => {
        const x = ends[k + 1] * width;
        put(rule, { x1: x, x2: x, y1: LINE.y, y2: KNOB });
        put(knob, { cx: x, cy: KNOB, r: 7 });
        put(handle.grab, { x: x - 22, y: LINE.y, width: 44, height: KNOB - LINE.y + 10 });
        handle.place(x - 12, LINE.y - 2, 24, KNOB - LINE.y + 12);
      });
      drawHalvings(width, state);
    },
    parent,
  );

  // One row a halving: the piece cut in two, and the half that leads on.
  const drawHalvings = (width, state) => {
    const [low, high] = pieceOf(state);
    const found = address(low, high);
    const depth = state.p[state.chosen] > 0 ? found.depth : 0;
    const tall = Math.min(ROWS.most, ROWS.room / Math.max(depth, 1));
    const nodes = [];
    let [start, size] = [0, 1];
    for (let row = 0; row < depth; row++) {
      size /= 2;
      const bit = Number(found.word[row]);
      const y = ROWS.y + row * tall;
      for (const half of [0, 1]) {
        const on = half === bit;
        const x = (start + half * size) * width;
        nodes.push(
          s("rect", {
            class: on ? "xent-half xent-taken" : "xent-half",
            x: x + 0.5,
            y: y + 0.5,
            width: Math.max(size * width - 1, 1.5),
            height: tall - 3,
          }),
        );
        if (size * width > 13 && tall > 14)
          nodes.push(
            s("text", {
              class: on ? "xent-number xent-on-taken" : "xent-number xent-tick",
              x: x + (size * width) / 2,
              y: y + tall / 2 + 3.5,
              text: String(half),
            }),
          );
      }
      start += bit * size;
    }
    halvings.replaceChildren(...nodes);
    const end = ROWS.y + depth * tall;
    put(band, {
      x: low * width,
      y: LINE.y + LINE.tall,
      width: (high - low) * width,
      height: end - LINE.y - LINE.tall,
    });
    const middle = clamp((start + size / 2) * width, 5 * depth, width - 5 * depth);
    put(word, { x: middle, y: end + 18, text: depth ? found.word : "" });
  };

  const pieces = labels.map((_, k) => {
    const box = s("rect");
    figure.on(box, "click", () => figure.set({ chosen: k }));
    return { box, name: s("text"), value: s("text") };
  });
  const borders = labels.slice(1).map((label, k) => ({
    rule: s("line", { class: "xent-border" }),
    knob: s("circle", { class: "xent-knob" }),
    handle: figure.handle(stage, {
      id: `border-${k}`,
      label: `border between ${labels[k]} and ${label}`,
      min: ({ p }) => edges(p)[k],
      max: ({ p }) => edges(p)[k + 2],
      step: 0.01,
      coarse: 0.1,
      snap: 0.005,
      get: ({ p }) => edges(p)[k + 1],
      set: (value, { p }) => {
        const both = p[k] + p[k + 1];
        const left = clamp(value - edges(p)[k], 0, both);
        const right = both - left < 1e-12 ? 0 : both - left; // and not what rounding leaves
        return { p: p.map((x, i) => (i === k ? both - right : i === k + 1 ? right : x)) };
      },
      say: (_, { p }) => `${labels[k]} ${fmtProbability(p[k])}, ${label} ${fmtProbability(p[k + 1])}`,
      at: (x) => x / stage.width,
      among: (x) => closeTo(x),
    }),
  }));
  // The border under the pointer, with those that lie on it.
  const closeTo = (x) => {
    const places = edges(figure.state().p).slice(1, -1).map((end) => end * stage.width);
    const nearest = places.reduce((a, b) => (Math.abs(b - x) < Math.abs(a - x) ? b : a));
    return borders.filter((_, k) => Math.abs(places[k] - nearest) < 8).map(({ handle }) => handle);
  };
  const band = s("rect", { class: "xent-band" });
  const halvings = s("g");
  const word = s("text", { class: "xent-in" });
  stage.svg.append(
    band,
    halvings,
    word,
    ...pieces.flatMap(({ box, name, value }) => [box, name, value]),
    ...borders.flatMap(({ rule, knob }) => [rule, knob]),
    ...borders.map(({ handle }) => handle.grab),
  );
};

const curve = (figure, parent) => {
  const floor = CURVE.top + CURVE.tall;
  const stage = figure.stage(
    floor + CURVE.foot,
    (width, state, numbers) => {
      const x = (p) => CURVE.left + p * (width - CURVE.left - CURVE.right);
      const y = (bits) => (bits > CURVE.bits ? CURVE.beyond : floor - (bits / CURVE.bits) * CURVE.tall);
      const many = Array.from({ length: 101 }, (_, k) => 2 ** (-CURVE.bits * (1 - k / 100)));
      put(path, {
        d: many.map((p, k) => `${k ? "L" : "M"}${x(p).toFixed(1)} ${y(surprisal(p)).toFixed(1)}`).join(""),
      });
      put(axes, { d: `M${x(0)} ${CURVE.top}V${floor}H${x(1)}` });
      ticks.forEach((tick, bits) => put(tick, { x: x(0) - 8, y: y(bits) + 5 }));
      put(one, { x: x(1), y: floor + 17 });
      put(half, { x: x(0.5), y: floor + 17 });
      put(zero, { x: x(0), y: floor + 17 });
      put(title, { x: (x(0) + x(1)) / 2, y: floor + 34 });
      dots.forEach((dot, k) =>
        put(dot, {
          cx: x(state.p[k]),
          cy: y(surprisal(state.p[k])),
          r: k === state.chosen ? 7 : 4,
          class: k === state.chosen ? "xent-fill-p xent-dot" : "xent-fill-p",
        }),
      );
      const from = numbers.surprisal > CURVE.bits ? x(numbers.probability) : x(0);
      put(guide, { d: `M${from} ${y(numbers.surprisal)}H${x(numbers.probability)}V${floor}` });
    },
    parent,
  );
  const path = s("path", { class: "xent-curve" });
  const axes = s("path", { class: "xent-axis xent-open" });
  const guide = s("path", { class: "xent-guide" });
  const ticks = Array.from({ length: CURVE.bits + 1 }, (_, bits) =>
    s("text", { class: "xent-tick xent-end", text: String(bits) }),
  );
  const [zero, half, one] = ["0", "½", "1"].map((text) => s("text", { class: "xent-tick", text }));
  const title = s("text", { class: "xent-tick", text: "bits of surprisal, by probability" });
  const dots = figure.first.p.map(() => s("circle"));
  stage.svg.append(axes, guide, path, ...ticks, zero, half, one, title, ...dots);
};

const build = (figure) => {
  const { labels } = figure.first;
  figure.choice(
    figure.row("xent-top"),
    "Outcome",
    "chosen",
    labels.map((label, k) => [label, k]),
  );
  const panels = figure.row("xent-panels");
  line(figure, panels);
  curve(figure, panels);
  const row = figure.row("xent-equation");
  figure.readout(
    row,
    "probability",
    "probability",
    (numbers) => numbers.probability,
    "xent-ink-p",
    fmtProbability,
  );
  figure.readout(row, "surprisal", "surprisal, bits", (numbers) => numbers.surprisal);
  figure.readout(
    row,
    "halvings",
    "halvings",
    (numbers) => numbers.halvings,
    "",
    (x) => fmt(x, 0),
  );
  figure.painters.push(sentence);
  figure.reset(figure.row());
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      "Choose an outcome. Drag a border, or move it with the arrow keys: what one side gains, the other loses.",
    ),
  );
};

export default defineFigure({
  title: "Outcomes as pieces of a line, codewords as addresses",
  keys: ["p", "labels", "chosen"],
  measure,
  names: ({ labels, chosen }) => ({
    probability: `the length of the piece for ${labels[chosen]}`,
    surprisal: [`the surprisal of ${labels[chosen]}`, "bits"],
    halvings: `the number of halvings for ${labels[chosen]}`,
    chosen: "the chosen outcome",
  }),
  traits: { p: "the pieces" },
  shape: ({ labels }) => labels.join("\n"),
  build,
});
