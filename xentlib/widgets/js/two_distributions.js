// Two distributions over the same outcomes, and what it costs to code one with the other's codebook.
import { pmfBars } from "./bars.js";
import { crossEntropy, entropy, klDivergence } from "./core.js";
import { defineFigure } from "./figure.js";
import { fill, fmt, formula, h, hatch, listed, put, s, unitOf } from "./ui.js";

const SCALES = [3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 64, 128, 1100];

export const measure = ({ p, q }) => ({
  entropy: entropy(p),
  "cross-entropy": crossEntropy(p, q),
  kl: klDivergence(p, q),
  lost: p.filter((x, k) => x > 0 && q[k] === 0).length,
});

const sentence = ({ p, q, labels, base }, numbers) => {
  const { name, size } = unitOf(base);
  const say = (x) => fmt(x * size);
  const lost = labels.filter((_, k) => p[k] > 0 && q[k] === 0);
  if (lost.length)
    return (
      `*p* sends ${listed(lost, "and")}, *q* says ${lost.length > 1 ? "they never happen: they have" : "it never happens: it has"} ` +
      "no codeword, of any length, and the cost is infinite."
    );
  if (numbers.kl < 1e-12)
    return `The codebook fits. A message costs ${say(numbers.entropy)} ${name} on average, and no codebook charges less.`;
  return (
    `With the codebook made for *q*, a message from *p* costs ${say(numbers["cross-entropy"])} ${name} on average: ` +
    `${say(numbers.entropy)} that any codebook charges, ${say(numbers.kl)} for its being the wrong one.`
  );
};

// H(p) and KL(p‖q), end to end, under a bracket as long as H(p, q).
const stack = (figure) => {
  const stage = figure.stage(86, (width, { base }, numbers) => {
    const unit = unitOf(base);
    const [own, total] = [numbers.entropy * unit.size, numbers["cross-entropy"] * unit.size];
    const longest = SCALES.find((scale) => total <= scale) ?? SCALES[0];
    const x = (value) => Math.min(value / longest, 1) * width;
    const [middle, end] = [x(own), x(total)];
    put(partP, { x: 0, y: 22, width: middle, height: 34 });
    put(partKl, { x: middle, y: 22, width: end - middle, height: 34 });
    const name = (text, at, room, need) => put(text, { x: at, visibility: room > need ? null : "hidden" });
    name(nameP, middle / 2, middle, 44);
    name(nameKl, (middle + end) / 2, end - middle, 38);
    name(nameTotal, end / 2, end, 80);
    const foot = total === Infinity ? "" : "V18";
    put(bracket, {
      d:
        end > 80
          ? `M1 18V11H${end / 2 - 30}M${end / 2 + 30} 11H${end - 1}${foot}`
          : `M1 18V11H${Math.max(end - 1, 1)}${foot}`,
    });
    put(axis, { x1: 0, x2: width, y1: 56.5, y2: 56.5 });
    const every = Math.ceil(longest / 8);
    const marks = Array.from({ length: Math.floor(longest / every) + 1 }, (_, k) => k * every);
    fill(scale, [width, longest, unit.name, total === Infinity].join(), () =>
      marks.flatMap((mark) => [
        s("line", { class: "xent-axis", x1: x(mark), x2: x(mark), y1: 56, y2: 62 }),
        s("text", {
          class: "xent-tick",
          x: x(mark),
          y: 78,
          style: mark === 0 ? "text-anchor:start" : width - x(mark) < 20 ? "text-anchor:end" : null,
          text: mark < marks.at(-1) ? String(mark) : total === Infinity ? "∞" : `${mark} ${unit.name}`,
        }),
      ]),
    );
  });
  const partP = s("rect", { class: "xent-fill-p" });
  const partKl = s("rect", { style: hatch(stage.svg, "kl", -45) });
  const nameP = s("text", { class: "xent-in xent-on-p", y: 44 }, ...formula("H(*p*)", s));
  const nameKl = s("text", { class: "xent-in xent-on-kl", y: 44 }, ...formula("D_{KL}", s));
  const nameTotal = s("text", { class: "xent-in xent-ink-q", y: 15 }, ...formula("H(*p*, *q*)", s));
  const bracket = s("path", { class: "xent-bracket" });
  const axis = s("line", { class: "xent-axis" });
  const scale = s("g");
  stage.svg.append(
    partP,
    partKl,
    nameP,
    nameKl,
    bracket,
    nameTotal,
    axis,
    scale,
  );
};

const build = (figure) => {
  const top = figure.row("xent-top");
  top.append(
    h(
      "div",
      { class: "xent-legend" },
      h("span", { class: "xent-key xent-swatch-p" }, ...formula("*p*, what happens")),
      h("span", { class: "xent-key xent-swatch-q" }, ...formula("*q*, what is expected")),
    ),
  );
  figure.units(top);
  pmfBars(figure, ["p", "q"]);
  const equation = figure.row("xent-equation");
  const term = (name, label, ink) =>
    figure.readout(equation, name, label, (numbers, { base }) => numbers[name] * unitOf(base).size, ink);
  const sign = (text) => equation.append(h("span", { class: "xent-sign" }, text));
  term("entropy", "H(*p*)", "xent-ink-p");
  sign("+");
  term("kl", "D_{KL}(*p*‖*q*)", "xent-ink-kl");
  sign("=");
  term("cross-entropy", "H(*p*, *q*)", "xent-ink-q");
  stack(figure);
  figure.painters.push(sentence);
  const row = figure.row();
  figure.button(row, "Swap *p* and *q*", ({ p, q }) => ({ p: q, q: p }), { id: "swap" });
  figure.button(row, "Set *q* to *p*", ({ p }) => ({ q: p }), { id: "match" });
  figure.reset(row);
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      "Drag a bar, or move it with the arrow keys. The other bars of its colour keep their proportions.",
    ),
  );
};

export default defineFigure({
  title: "Two distributions and the cost of the wrong codebook",
  keys: ["p", "q", "labels", "base"],
  measure,
  names: {
    entropy: ["the entropy H(*p*)", "bits"],
    "cross-entropy": ["the cross-entropy H(*p*, *q*)", "bits"],
    kl: ["D_{KL}(*p*‖*q*)", "bits"],
    lost: "the number of outcomes without a codeword",
  },
  traits: { p: "*p*", q: "*q*" },
  shape: ({ labels }) => labels.join("\n"),
  build,
});
