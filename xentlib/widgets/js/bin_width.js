// A density on a ruler: the entropy of its bins grows by a bit with each halving of their width, and what is
// left when the ruler's share is taken out is the differential entropy.
import { entropy, gaussian, gaussianBins, gaussianEntropy } from "./core.js";
import { defineFigure } from "./figure.js";
import { plot, sample } from "./plot.js";
import { fmt, formula, h, put, s } from "./ui.js";

const FINEST = -6; // log2 of the narrowest bin, in standard deviations
const WIDEST = 3;

const binsOf = ({ mean, sigma, width }) => gaussianBins(mean, sigma, width);
const inBins = (state) => entropy(binsOf(state).map(([, p]) => p));

export const measure = (state) => ({
  "bin-entropy": inBins(state),
  "log-width": Math.log2(state.width),
  sum: inBins(state) + Math.log2(state.width),
  "differential-entropy": gaussianEntropy(state.sigma),
  width: state.width,
  sigma: state.sigma,
});

const short = (x) => (x >= 100 ? fmt(x, 0) : String(Number(x.toPrecision(3))));

const sentence = (state, numbers) => {
  const sum = `${fmt(numbers["bin-entropy"])} bits for the bins, and the ruler's share ${numbers["log-width"] < 0 ? "−" : "+"} ${fmt(Math.abs(numbers["log-width"]))}: ${fmt(numbers.sum)}.`;
  const gap = Math.abs(numbers.sum - numbers["differential-entropy"]);
  if (gap < 0.0005)
    return `${sum} That is the differential entropy${numbers["differential-entropy"] < 0 ? ", and it is negative: fewer questions than for one unit on the same ruler" : ""}.`;
  return `${sum} The differential entropy is ${fmt(numbers["differential-entropy"])}; the bins are too wide for the two to agree.`;
};

const build = (figure) => {
  const { mean, unit } = figure.first;
  const half = ({ sigma, width }) => Math.max(4 * sigma, 1.5 * width);
  const bars = plot(figure, {
    tall: 130,
    left: 12,
    x: (state) => [mean - half(state), mean + half(state)],
    y: (state) => [
      0,
      1.1 *
        Math.max(gaussian(mean, mean, state.sigma) * 0.999, ...binsOf(state).map(([, p]) => p / state.width)),
    ],
    yTicks: () => [],
    xName: unit,
    yName: "each bin's area is its probability",
    draw: (scale, state) => {
      const { width, sigma } = state;
      const [low, high] = scale.ends;
      const bins = binsOf(state).filter(([left]) => left + width > low && left < high);
      const gap = scale.x(low + width) - scale.x(low) > 5 ? 1 : 0;
      put(boxes, {
        d: bins
          .map(
            ([left, p]) =>
              `M${scale.x(left) + gap / 2} ${scale.floor}V${scale.y(p / width)}H${scale.x(left + width) - gap / 2}V${scale.floor}Z`,
          )
          .join(""),
      });
      put(curve, { d: scale.map(sample((x) => gaussian(x, mean, sigma), low, high, 240)) });
    },
  });
  const boxes = s("path", { class: "xent-pale xent-outlined" });
  const curve = s("path", { class: "xent-line-p" });
  bars.inside.append(boxes, curve);

  let known = {}; // the curve, for the last sigma
  const halvings = (width, sigma) => -Math.log2(width / sigma);
  const line = plot(figure, {
    tall: 140,
    left: 34,
    x: () => [-WIDEST, -FINEST],
    y: ({ sigma }) => {
      const h0 = gaussianEntropy(sigma);
      const [coarse, fine] = [h0 - Math.log2(sigma) - WIDEST, h0 - Math.log2(sigma) - FINEST];
      return [Math.min(0, Math.floor(coarse)), Math.ceil(fine)];
    },
    xTicks: ({ sigma }) => [-WIDEST, 0, 3, -FINEST].map((v) => [v, short(sigma * 2 ** -v)]),
    xName: `width of a bin, ${unit}`,
    yName: "bits",
    draw: (scale, state, numbers) => {
      const { sigma, width } = state;
      const h0 = numbers["differential-entropy"];
      put(rule, { d: scale.map(sample((k) => h0 - Math.log2(sigma) + k, -WIDEST, -FINEST, 1)) });
      if (known.sigma !== sigma)
        known = {
          sigma,
          curve: sample((k) => inBins({ ...state, width: sigma * 2 ** -k }), -WIDEST, 2.5, 44),
        };
      // From there on bins and formula agree to the width of the line.
      put(points, { d: scale.map([...known.curve, [-FINEST, h0 - Math.log2(sigma) - FINEST]]) });
      put(dot, { cx: scale.x(halvings(width, sigma)), cy: scale.y(numbers["bin-entropy"]) });
      put(name, { x: scale.right - 4, y: scale.floor - 12 });
    },
  });
  const rule = s("path", { class: "xent-line-ink xent-dashed" });
  const points = s("path", { class: "xent-line-p" });
  const dot = s("circle", { class: "xent-fill-p xent-dot", r: 7 });
  const name = s("text", { class: "xent-tick xent-end", text: "dashed: h − log Δ" });
  line.inside.append(points, rule);
  line.over.append(dot, name);

  const powers = (key, low, high, step) => ({
    min: low,
    max: high,
    step,
    coarse: 1,
    get: (state) => Math.log2(state[key]),
    say: (_, state) => `${short(state[key])} ${unit}`,
  });
  const centre = Math.log2(figure.first.sigma);
  figure.slider({
    ...powers(
      "width",
      (state) => Math.log2(state.sigma) + FINEST,
      (state) => Math.log2(state.sigma) + WIDEST,
      0.25,
    ),
    id: "width",
    label: "width Δ of a bin",
    set: (power) => ({ width: 2 ** power }),
  });
  figure.slider({
    ...powers("sigma", centre - 10, centre + 2, 0.25),
    id: "sigma",
    label: "standard deviation *σ*",
    // The ruler stays, as far as the figure can show it.
    set: (power, { width }) => ({
      sigma: 2 ** power,
      width: 2 ** Math.min(Math.max(Math.log2(width), power + FINEST), power + WIDEST),
    }),
  });
  const row = figure.row("xent-equation xent-small");
  const sign = (text) => row.append(h("span", { class: "xent-sign" }, text));
  figure.readout(row, "bin-entropy", "bins", (numbers) => numbers["bin-entropy"], "xent-ink-p");
  sign("+");
  figure.readout(row, "log-width", "log Δ", (numbers) => numbers["log-width"]);
  sign("=");
  figure.readout(row, "sum", "sum", (numbers) => numbers.sum);
  figure.readout(
    row,
    "differential-entropy",
    "*h*",
    (numbers) => numbers["differential-entropy"],
    "xent-ink-p",
  );
  figure.painters.push(sentence);
  figure.root.append(figure.sentence);
  const buttons = figure.row();
  figure.button(
    buttons,
    "Halve the bins",
    ({ width, sigma }) => ({ width: Math.max(width / 2, sigma * 2 ** FINEST) }),
    { id: "halve" },
  );
  figure.reset(buttons);
};

export default defineFigure({
  title: "The entropy of a density on a ruler",
  keys: ["mean", "sigma", "width", "unit"],
  measure,
  names: {
    "bin-entropy": "the entropy of the bins",
    "differential-entropy": "*h*",
    sigma: "*σ*",
    width: "Δ",
  },
  shape: ({ mean, unit }) => `${mean} ${unit}`,
  build,
});
