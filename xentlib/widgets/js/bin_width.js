// A density on a ruler, with a bin around its mean: the entropy of its bins grows by a bit with each halving of their width, and what is
// left when the ruler's share is taken out is the differential entropy.
import { entropy, gaussian, gaussianBins, gaussianEntropy } from "./core.js";
import { defineFigure } from "./figure.js";
import { plot, sample } from "./plot.js";
import { fmt, fmtSmall, h, put, s } from "./ui.js";

const FINEST = -6; // log2 of the narrowest bin, in standard deviations
const WIDEST = 3; // of the widest, in those of the first curve

const binsOf = ({ mean, sigma, width }) => gaussianBins(mean, sigma, width);
const inBins = (state) => entropy(binsOf(state).map(([, p]) => p));

export const measure = (state) => {
  const bits = inBins(state);
  const logWidth = Math.log2(state.width);
  const h0 = gaussianEntropy(state.sigma);
  return {
    "bin-entropy": bits,
    "log-width": logWidth,
    sum: bits + logWidth,
    "differential-entropy": h0,
    gap: bits + logWidth - h0,
  };
};

const short = (x) => (x >= 100 ? fmt(x, 0) : x >= 0.1 ? String(Number(x.toPrecision(3))) : fmtSmall(x));

// At the axis, where three digits of small widths run into each other on a phone.
const tick = (x) => (x >= 0.01 ? short(x) : fmtSmall(Number(x.toPrecision(2))));

const sentence = (state, numbers) => {
  const { "bin-entropy": bits, "log-width": share, sum, "differential-entropy": h0 } = numbers;
  const added = `${fmt(bits)} bits for the bins ${share < 0 ? "−" : "+"} ${fmt(Math.abs(share))} for log Δ: ${fmt(sum)}.`;
  // Compared as printed: a sentence that calls 6.048 the differential entropy must not stand under a 6.047.
  if (fmt(sum) !== fmt(h0))
    return `${added} The differential entropy is ${fmt(h0)}; the bins are too wide for the two to agree.`;
  return `${added} That is the differential entropy${h0 < 0 ? ", and it is negative: fewer questions than for one unit on the same ruler" : ""}.`;
};

const build = (figure) => {
  const { mean, unit } = figure.first;
  const half = ({ sigma, width }) => Math.max(4 * sigma, 1.5 * width);
  const bars = plot(figure, {
    tall: 130,
    left: 56,
    x: (state) => [mean - half(state), mean + half(state)],
    y: (state) => [
      0,
      1.1 *
        Math.max(gaussian(mean, mean, state.sigma) * 0.999, ...binsOf(state).map(([, p]) => p / state.width)),
    ],
    xName: unit,
    yName: `density per ${unit}; a bin's area is its probability`,
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
  const SHAPE = gaussianEntropy(1); // h, less log2 sigma
  const halvings = (width, sigma) => -Math.log2(width / sigma);
  const coarsest = ({ width, sigma }) => Math.floor(Math.min(-WIDEST, halvings(width, sigma)));
  const line = plot(figure, {
    tall: 140,
    left: 56,
    x: (state) => [coarsest(state), -FINEST],
    y: (state) => [Math.min(0, Math.floor(SHAPE + coarsest(state))), Math.ceil(SHAPE - FINEST)],
    xTicks: (state) => {
      const low = coarsest(state);
      return [low, (2 * low - FINEST) / 3, (low - 2 * FINEST) / 3, -FINEST].map((v) => [v, tick(state.sigma * 2 ** -v)]);
    },
    xName: `width of a bin, ${unit}`,
    yName: "bits: the bins, and dashed h − log Δ",
    draw: (scale, state, numbers) => {
      const { sigma, width } = state;
      const low = coarsest(state);
      put(rule, { d: scale.map(sample((k) => SHAPE + k, low, -FINEST, 1)) });
      if (known.sigma !== sigma || known.low !== low)
        known = { sigma, low, curve: sample((k) => inBins({ ...state, width: sigma * 2 ** -k }), low, 2.5, 44) };
      // From there on bins and formula agree to the width of the line.
      put(points, { d: scale.map([...known.curve, [-FINEST, SHAPE - FINEST]]) });
      put(dot, { cx: scale.x(halvings(width, sigma)), cy: scale.y(numbers["bin-entropy"]) });
    },
  });
  const rule = s("path", { class: "xent-line-ink xent-dashed" });
  const points = s("path", { class: "xent-line-p" });
  const dot = s("circle", { class: "xent-fill-p xent-dot", r: 7 });
  line.inside.append(points, rule);
  line.over.append(dot);

  // Each goes as far as the other one allows: it moves alone.
  const powers = (key, low, high) => ({
    min: low,
    max: high,
    step: 0.25,
    coarse: 1,
    get: (state) => Math.log2(state[key]),
    say: (_, state) => `${short(state[key])} ${unit}`,
  });
  const centre = Math.log2(figure.first.sigma);
  figure.slider({
    ...powers(
      "width",
      (state) => Math.log2(state.sigma) + FINEST,
      centre + WIDEST,
    ),
    id: "width",
    label: "width Δ of a bin",
    set: (power) => ({ width: 2 ** power }),
  });
  figure.slider({
    ...powers("sigma", centre - 10, (state) => Math.min(centre + 2, Math.log2(state.width) - FINEST)),
    id: "sigma",
    label: "standard deviation *σ*",
    set: (power) => ({ sigma: 2 ** power }),
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
  const buttons = figure.row();
  const finest = ({ sigma }) => sigma * 2 ** FINEST;
  figure.button(
    buttons,
    "Halve the bins",
    (state) => ({ width: Math.max(state.width / 2, finest(state)) }),
    { id: "halve", off: (state) => state.width < 1.001 * finest(state) },
  );
  figure.reset(buttons);
  figure.root.append(figure.sentence);
};

export default defineFigure({
  title: "The entropy of a density on a ruler",
  keys: ["mean", "sigma", "width", "unit"],
  measure,
  names: {
    "bin-entropy": ["the entropy of the bins", "bits"],
    "differential-entropy": ["*h*", "bits"],
    gap: ["the distance from *h* to the sum", "bits"],
  },
  traits: { sigma: "*σ*", width: "Δ" },
  shape: ({ mean, unit }) => `${mean} ${unit}`,
  build,
});
