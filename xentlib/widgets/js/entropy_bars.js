// One distribution: its bars to drag, its surprisals with their mean, and the lengths between which a
// code lives: entropy, Huffman, and the longest entropy that so many outcomes can have.
import { pmfBars } from "./bars.js";
import { entropy, fanoMean, huffmanLengths, mean, surprisal } from "./core.js";
import { defineFigure } from "./figure.js";
import { fmt, formula, h, listed, put, s, unitOf } from "./ui.js";

const TALL = 132; // the highest surprisal
const HEAD = 24;
const LEFT = 22; // the scale
const SCALES = [3, 4, 6, 8, 12, 16, 24, 48, 96, 1100];

// A code keeps no words for what never happens.
export const measure = ({ p }) => {
  const happens = p.filter((x) => x > 0);
  return {
    entropy: entropy(p),
    huffman: mean(happens, huffmanLengths(happens)),
    fano: fanoMean(happens),
    maximum: Math.log2(p.length),
  };
};

const sentence = ({ p, labels, base }, numbers) => {
  const { name, size } = unitOf(base);
  const say = (x) => `${fmt(x * size)} ${name}`;
  const gap = numbers.huffman - numbers.entropy;
  const never = labels.filter((_, k) => p[k] === 0);
  const unsaid = never.length ? ` There is no word for ${listed(never, "or")}, which never ${never.length > 1 ? "happen" : "happens"}.` : "";
  const code =
    gap < 1e-9
      ? "A Huffman code meets it exactly: the probabilities are powers of ½."
      : `A Huffman code, which spends whole bits, needs ${say(numbers.huffman)}.`;
  const halving =
    numbers.fano > numbers.huffman + 1e-9
      ? ` Halving the mass at each question needs ${say(numbers.fano)}: more.`
      : "";
  if (numbers.entropy < 1e-9)
    return "Nothing can surprise you, and the entropy is 0. There is nothing to say.";
  const least = numbers.maximum - numbers.entropy < 1e-9 ? ", the most that so many outcomes allow" : "";
  return `The average surprisal is ${say(numbers.entropy)}${least}. ${code}${halving}${unsaid}`;
};

// A column for each outcome: as wide as it is probable, as high as it is surprising. The area is its share of
// the entropy, and the line at the mean has as much area above it as is missing below.
const columns = (figure) => {
  const { labels } = figure.first;
  const stage = figure.stage(HEAD + TALL + 26, (width, { p, base }, numbers) => {
    const floor = HEAD + TALL;
    const unit = unitOf(base);
    const heights = p.map((x) => (x > 0 ? surprisal(x) * unit.size : 0));
    const top = SCALES.find((scale) => Math.max(...heights) <= scale);
    const room = width - LEFT - 44; // the mean stands to the right
    let x = LEFT;
    const middles = [];
    cells.forEach(({ box, area }, k) => {
      const [wide, high] = [p[k] * room, (heights[k] / top) * TALL];
      put(box, { x, y: floor - high, width: Math.max(wide - 1.5, 0), height: high });
      const text = fmt(p[k] * heights[k], 2).replace(/^0/, "");
      put(area, { x: x + wide / 2, y: floor - 7, text: high > 18 && wide > 28 ? text : "" });
      middles.push(x + wide / 2);
      x += wide;
    });
    // Names stand under their columns, or as near as their neighbours let them; leaders show whose they are.
    const half = labels.map((label, k) => (p[k] > 0 ? 4 * label.length + 3 : 0));
    const places = [...middles];
    places.forEach((at, k) => (places[k] = Math.max(at, half[k], k ? places[k - 1] + half[k - 1] + half[k] : 0)));
    for (let k = places.length - 1, end = width; k >= 0; end = places[k] - half[k], k--)
      places[k] = Math.min(places[k], end - half[k]);
    const fits = places[0] >= half[0] - 1;
    cells.forEach(({ name, leader }, k) => {
      const off = fits && p[k] > 0 && Math.abs(places[k] - middles[k]) > half[k] - 4;
      put(name, { x: places[k], y: floor + 20, text: fits && p[k] > 0 ? labels[k] : "" });
      put(leader, { d: off ? `M${middles[k]} ${floor + 1}L${places[k]} ${floor + 8}` : "" });
    });
    const level = floor - (numbers.entropy * unit.size * TALL) / top;
    put(line, { x1: LEFT, x2: LEFT + room, y1: level, y2: level });
    put(mark, { x: LEFT + room + 4, y: level + 5, text: fmt(numbers.entropy * unit.size, 2) });
    put(axis, { x1: LEFT, x2: LEFT + room, y1: floor, y2: floor });
    put(unitName, { x: LEFT - 14, y: 12, text: `surprisal in ${unit.name}` });
    const every = Math.ceil(top / 4);
    marks.forEach((tick, k) =>
      put(tick, {
        x: LEFT - 6,
        y: floor - (k * every * TALL) / top + 5,
        text: k * every <= top ? String(k * every) : "",
      }),
    );
  });
  const cells = labels.map(() => ({
    box: s("rect", { class: "xent-pale" }),
    name: s("text", { class: "xent-tick" }),
    leader: s("path", { class: "xent-axis xent-open" }),
    area: s("text", { class: "xent-number" }),
  }));
  const line = s("line", { class: "xent-mean" });
  const mark = s("text", { class: "xent-start xent-ink-p xent-in" });
  const axis = s("line", { class: "xent-axis" });
  const marks = [0, 1, 2, 3, 4].map(() => s("text", { class: "xent-tick xent-end" }));
  const unitName = s("text", { class: "xent-tick xent-start" });
  stage.svg.append(
    unitName,
    ...marks,
    ...cells.flatMap(({ box, name, leader, area }) => [box, name, leader, area]),
    axis,
    line,
    mark,
  );
};

const build = (figure) => {
  const top = figure.row("xent-top");
  top.append(
    h(
      "div",
      { class: "xent-legend" },
      h("span", { class: "xent-key xent-swatch-p" }, ...formula("*p*, what happens")),
    ),
  );
  figure.units(top);
  pmfBars(figure, ["p"]);
  const row = figure.row("xent-equation");
  const number = (name, label, ink) =>
    figure.readout(row, name, label, (numbers, { base }) => numbers[name] * unitOf(base).size, ink);
  const sign = (text) => row.append(h("span", { class: "xent-sign" }, text));
  number("entropy", "H(*p*)", "xent-ink-p");
  sign("≤");
  number("huffman", "Huffman", "xent-ink-good");
  number("maximum", "log *K*");
  columns(figure);
  figure.painters.push(sentence);
  const buttons = figure.row();
  figure.button(buttons, "All equal", ({ p }) => ({ p: p.map(() => 1 / p.length) }), { id: "equal" });
  figure.button(
    buttons,
    "Powers of ½",
    ({ p }) => ({ p: p.map((_, k) => 2 ** -Math.min(k + 1, p.length - 1)) }),
    { id: "dyadic" },
  );
  figure.reset(buttons);
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      "Drag a bar, or move it with the arrow keys. Each column below is as wide as its outcome is probable and as high as it is surprising; its area is its share of the entropy.",
    ),
  );
};

export default defineFigure({
  title: "One distribution, its surprisals and its entropy",
  keys: ["p", "labels", "base"],
  measure,
  names: {
    entropy: ["the entropy", "bits"],
    huffman: ["the length of the Huffman code", "bits"],
    maximum: ["log *K*", "bits"],
  },
  shape: ({ labels }) => labels.join("\n"),
  build,
});
