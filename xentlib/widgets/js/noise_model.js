// The same points under three kinds of noise: where each puts its middle, and what it charges for a value far off.
import { NOISE, sum } from "./core.js";
import { defineFigure } from "./figure.js";
import { plot, sample, upright } from "./plot.js";
import { fmt, formula, h, lineSample, put, s } from "./ui.js";

const MODELS = [
  {
    key: "gaussian",
    name: "Gaussian",
    loss: "squared error",
    line: "xent-line-q",
    ink: "xent-ink-q",
    fill: "xent-fill-q",
  },
  {
    key: "laplace",
    name: "Laplace",
    loss: "absolute error",
    line: "xent-line-good xent-dashed",
    ink: "xent-ink-good",
    fill: "xent-fill-good",
  },
  {
    key: "student",
    name: "Student's *t*",
    loss: "log of 1 + squared error",
    line: "xent-line-ink xent-dotted",
    ink: "",
    fill: "xent-taken",
  },
];

// The middle, the width, and the price in bits of the point that moves and, on average, of the others. A
// density has a price only on a ruler: `step` is the width of its bins.
const fits = ({ x, moved, step }) =>
  MODELS.map(({ key }) => {
    const [loc, scale] = NOISE[key].fit(x);
    const cost = (y) => NOISE[key].cost(y, loc, scale) - Math.log2(step);
    const others = x.filter((_, k) => k !== moved).map(cost);
    return { loc, scale, cost, outlier: cost(x[moved]), others: sum(others) / others.length };
  });

export const measure = (state) =>
  Object.fromEntries(
    fits(state).flatMap(({ loc, scale, outlier, others }, k) => [
      [`${MODELS[k].key}-location`, loc],
      [`${MODELS[k].key}-scale`, scale],
      [`${MODELS[k].key}-outlier`, outlier],
      [`${MODELS[k].key}-others`, others],
      [`${MODELS[k].key}-mean`, (outlier + others * (state.x.length - 1)) / state.x.length],
    ]),
  );

const sentence = (state, numbers) => {
  const at = state.x[state.moved];
  const pulled = numbers["gaussian-location"] - numbers["student-location"];
  const way = pulled < 0 ? "below" : "above";
  return (
    `The point at ${fmt(at, state.digits)} ${state.unit} costs ${fmt(numbers["gaussian-outlier"], 1)} bits in the Gaussian's codebook and ${fmt(numbers["student-outlier"], 1)} in Student's. ` +
    `The others cost ${fmt(numbers["gaussian-others"], 2)} and ${fmt(numbers["student-others"], 2)} each. The Gaussian's middle is ${fmt(Math.abs(pulled), state.digits)} ${state.unit} ${way} Student's.`
  );
};

const build = (figure) => {
  const { limits, unit, digits } = figure.first;
  const [low, high] = limits;
  const ends = () => [low, high];
  let shared = null; // fitted once a repaint
  figure.painters.push((state) => void (shared = fits(state)));

  const legend = figure.row("xent-legend");
  for (const { name, loss, line } of MODELS) {
    legend.append(h("span", {}, lineSample(line), " ", ...formula(`${name}, ${loss}`)));
  }
  const stage = plot(figure, {
    tall: 130,
    left: 42,
    x: ends,
    y: () => [0, 1.7 * Math.max(...shared.map(({ loc, cost }) => 2 ** -cost(loc)))],
    yTicks: () => [],
    yName: "density, and each middle",
    draw: (scale, { x, moved }) => {
      curves.forEach((curve, k) =>
        put(curve, { d: scale.map(sample((y) => 2 ** -shared[k].cost(y), low, high, 160)) }),
      );
      middles.forEach(({ mark, initial }, k) => {
        const [at, y] = [scale.x(shared[k].loc), scale.top + 2 + 15 * k];
        put(mark, { d: `M${at} ${y + 12}l-5 -8h10z` });
        // On the side away from the line that is dragged.
        const isLeft = x[moved] > shared[k].loc;
        put(initial, {
          x: at + (isLeft ? -9 : 9),
          y: y + 12,
          class: `xent-number xent-halo ${isLeft ? "xent-end" : "xent-start"}`,
        });
      });
      dots.forEach((dot, k) => put(dot, { cx: scale.x(x[k]), cy: scale.floor, r: k === moved ? 0 : 4.5 }));
      place(scale, x[moved]);
    },
  });
  const curves = MODELS.map(({ line }) => s("path", { class: line }));
  const middles = MODELS.map(({ name, fill }) => ({
    mark: s("path", { class: fill }),
    initial: s(
      "text",
      {},
      name.split(" ").at(-1).replaceAll("*", ""),
    ),
  }));
  const dots = figure.first.x.map(() => s("circle", { class: "xent-fill-p xent-dot" }));
  stage.inside.append(...curves);
  stage.over.append(...middles.flatMap(({ mark, initial }) => [mark, initial]), ...dots);
  const span = high - low;
  const place = upright(figure, stage, {
    id: "outlier",
    label: `the point to move, ${unit}`,
    min: low,
    max: high,
    step: span / 100,
    coarse: span / 20,
    snap: span / 400,
    get: ({ x, moved }) => x[moved],
    from: (v) => v,
    set: (value, { x, moved }) => ({ x: x.map((old, k) => (k === moved ? value : old)) }),
    say: (value) => `${fmt(value, digits)} ${unit}`,
  });

  const prices = plot(figure, {
    tall: 120,
    left: 42,
    x: ends,
    y: ({ x, moved }) => [
      Math.min(0, ...shared.map(({ loc, cost }) => Math.floor(cost(loc)))),
      Math.max(30, Math.ceil(1.15 * Math.max(...shared.map(({ cost }) => cost(x[moved]))))),
    ],
    xName: unit,
    yName: "bits a value costs: the loss",
    draw: (scale, { x, moved }) => {
      losses.forEach((loss, k) => put(loss, { d: scale.map(sample(shared[k].cost, low, high, 160)) }));
      bills.forEach((bill, k) => put(bill, { cx: scale.x(x[moved]), cy: scale.y(shared[k].cost(x[moved])) }));
    },
  });
  const losses = MODELS.map(({ line }) => s("path", { class: line }));
  const bills = MODELS.map(() => s("circle", { class: "xent-knob", r: 5 }));
  prices.inside.append(...losses);
  prices.over.append(...bills);

  const cell = (name, digits) => {
    const td = h("td", { class: "xent-value", "data-readout": name });
    figure.painters.push(
      (_, numbers) => void put(td, { text: fmt(numbers[name], digits), "data-value": String(numbers[name]) }),
    );
    return td;
  };
  figure.root.append(
    h(
      "table",
      { class: "xent-table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...["noise", `middle, ${unit}`, "moved point, bits", "others, bits each"].map((text) =>
            h("th", { scope: "col" }, text),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        ...MODELS.map(({ key, name, ink }) =>
          h(
            "tr",
            {},
            h("th", { scope: "row", class: ink }, ...formula(name)),
            cell(`${key}-location`, digits),
            cell(`${key}-outlier`, 1),
            cell(`${key}-others`, 2),
          ),
        ),
      ),
    ),
  );
  figure.painters.push(sentence);
  figure.reset(figure.row());
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      "Drag the upright line, or move it with the arrow keys. Middles and widths are fitted anew, by maximum likelihood; Student's t has 3 degrees of freedom.",
    ),
  );
};

export default defineFigure({
  title: "Three kinds of noise and one outlier",
  keys: ["x", "moved", "step", "limits", "unit", "digits"],
  measure,
  names: ({ unit }) =>
    Object.fromEntries(
      MODELS.flatMap(({ key, name }) => {
        const model = name === "Student's *t*" ? name : `the ${name}`;
        return [
          [`${key}-location`, [`the middle of ${model}`, unit]],
          [`${key}-outlier`, [`the moved point's price in the codebook of ${model}`, "bits"]],
          [`${key}-others`, [`the others' price in the codebook of ${model}`, "bits each"]],
        ];
      }),
    ),
  shape: ({ x, limits, unit }) => JSON.stringify([x.length, limits, unit]),
  build,
});
