// One bell curve for a density with more than one hump: what is best depends on which way round KL is read.
import { descend, forwardKl, gaussian, logMixture, reverseKl, sum } from "./core.js";
import { defineFigure } from "./figure.js";
import { plot, sample, upright } from "./plot.js";
import { fmt, formula, h, put, s, unitOf } from "./ui.js";

// The last hump may be pushed away from the others.
const mixtureOf = ({ weights, means, sigmas, apart }) => ({
  weights,
  sigmas,
  means: means.map((m, k) => (k === means.length - 1 ? m + apart : m)),
});
// Mean and standard deviation of a mixture.
const spreadOf = ({ weights, means, sigmas }) => {
  const mean = sum(weights.map((w, k) => w * means[k]));
  const square = sum(weights.map((w, k) => w * (sigmas[k] ** 2 + (means[k] - mean) ** 2)));
  return [mean, Math.sqrt(square)];
};
const room = ({ sigmas }) => 6 * Math.max(...sigmas); // how far
const endsOf = (state) => {
  const reach = state.sigmas.map((w) => 4 * w);
  return [
    Math.min(...state.means.map((m, k) => m - reach[k])),
    Math.max(...state.means.map((m, k) => m + reach[k]), state.means.at(-1) + room(state) + reach.at(-1) / 2),
  ];
};

export const measure = (state) => {
  const mixture = mixtureOf(state);
  return {
    forward: forwardKl(mixture, state.mean, state.sigma),
    reverse: reverseKl(mixture, state.mean, state.sigma),
    mean: state.mean,
    sigma: state.sigma,
    apart: state.apart,
  };
};

const sentence = (state, numbers) => {
  const { name, size } = unitOf(state.base);
  const say = (x) => fmt(x * size);
  return `Code *p* with the codebook of *q* and you waste ${say(numbers.forward)} ${name}. Code *q* with the codebook of *p* and you waste ${say(numbers.reverse)}.`;
};

const build = (figure) => {
  const { first } = figure;
  const [low, high] = endsOf(first);
  const spread = high - low;
  const tallest = Math.max(
    ...sample((x) => 2 ** logMixture(x, mixtureOf(first)), low, high, 240).map(([, y]) => y),
  );
  const narrow = Math.min(...first.sigmas) / 2;
  let path = [];

  const top = figure.row("xent-top");
  top.append(
    h(
      "div",
      { class: "xent-legend" },
      h("span", { class: "xent-key xent-swatch-p" }, ...formula("*p*, what happens")),
      h("span", { class: "xent-key xent-swatch-q" }, ...formula("*q*, one bell curve")),
    ),
  );
  figure.units(top);
  const stage = plot(figure, {
    tall: 190,
    left: 12,
    x: () => [low, high],
    y: () => [0, tallest * 1.7],
    yTicks: () => [],
    xName: first.unit,
    draw: (scale, state) => {
      const { mean, sigma } = state;
      const mixture = mixtureOf(state);
      const p = sample((x) => 2 ** logMixture(x, mixture), low, high, 240);
      const bell = (m, w) => scale.map(sample((x) => gaussian(x, m, w), low, high, 200));
      put(target, { d: `${scale.map(p)}L${scale.right} ${scale.floor}L${scale.left} ${scale.floor}Z` });
      put(outline, { d: scale.map(p) });
      put(curve, { d: bell(mean, sigma) });
      ghosts.replaceChildren(...path.map(([m, w]) => s("path", { class: "xent-ghost", d: bell(m, w) })));
      placeMean(scale, mean);
      const [x, y] = [scale.x(Math.min(mean + sigma, high)), scale.y(gaussian(mean + sigma, mean, sigma))];
      const at = Math.max(y, scale.top);
      put(width, { cx: x, cy: at });
      put(arm, { x1: scale.x(mean), x2: x, y1: at, y2: at });
      put(wide.grab, { x: x - 22, y: at - 22, width: 44, height: 44 });
      wide.place(x - 14, at - 14, 28, 28);
    },
  });
  const target = s("path", { class: "xent-pale" });
  const outline = s("path", { class: "xent-line-p" });
  const ghosts = s("g");
  const curve = s("path", { class: "xent-line-q xent-dashed" });
  const arm = s("line", { class: "xent-guide" });
  const width = s("circle", { class: "xent-knob", r: 8 });
  stage.inside.append(target, outline, ghosts, curve);
  const placeMean = upright(figure, stage, {
    id: "mean",
    label: `mean of *q*, ${first.unit}`,
    min: low,
    max: high,
    step: spread / 100,
    coarse: spread / 20,
    snap: spread / 400,
    get: ({ mean }) => mean,
    set: (mean) => {
      path = [];
      return { mean };
    },
    from: (x) => x,
    say: (mean) => fmt(mean, 1),
  });
  const wide = figure.handle(stage, {
    id: "sigma",
    label: `standard deviation of *q*, ${first.unit}`,
    min: narrow,
    max: spread / 2,
    step: spread / 200,
    coarse: spread / 40,
    snap: spread / 800,
    get: ({ sigma }) => sigma,
    set: (sigma) => {
      path = [];
      return { sigma };
    },
    say: (sigma) => fmt(sigma, 1),
    at: (x) => stage.scale.back(x) - figure.state().mean,
  });
  stage.over.append(arm, width);
  stage.svg.append(wide.grab);

  figure.slider({
    id: "apart",
    label: "push the last hump away by",
    min: 0,
    max: room(first),
    step: room(first) / 80,
    coarse: room(first) / 8,
    get: ({ apart }) => apart,
    set: (apart) => {
      path = [];
      return { apart };
    },
    say: (apart) => fmt(apart, 1),
  });
  const row = figure.row("xent-equation");
  const number = (name, label, ink) =>
    figure.readout(row, name, label, (numbers, { base }) => numbers[name] * unitOf(base).size, ink);
  number("forward", "D_{KL}(*p*‖*q*)", "xent-ink-kl");
  number("reverse", "D_{KL}(*q*‖*p*)", "xent-ink-kl");
  const shape = figure.row("xent-equation xent-small");
  figure.readout(
    shape,
    "mean",
    "mean",
    (numbers) => numbers.mean,
    "",
    (x) => fmt(x, 1),
  );
  figure.readout(
    shape,
    "sigma",
    "standard deviation",
    (numbers) => numbers.sigma,
    "",
    (x) => fmt(x, 1),
  );
  figure.painters.push(sentence);
  const buttons = figure.row();
  const least = (name, kl) =>
    figure.button(
      buttons,
      `Least ${name}`,
      (state) => {
        const mixture = mixtureOf(state);
        const steps = descend((m, w) => kl(mixture, m, w), [state.mean, state.sigma], spread / 8);
        const every = Math.ceil(steps.length / 12);
        path = steps.filter((_, k) => k % every === 0);
        const [m, w] = steps.at(-1);
        return { mean: m, sigma: w };
      },
      { id: kl === forwardKl ? "forward" : "reverse", helps: true },
    );
  least("D_{KL}(*p*‖*q*)", forwardKl);
  least("D_{KL}(*q*‖*p*)", reverseKl);
  const places = figure.row();
  const stand = (name, id, at) =>
    figure.button(
      places,
      name,
      (state) => {
        path = [];
        const [mean, sigma] = at(mixtureOf(state));
        return { mean, sigma };
      },
      { id, helps: true },
    );
  const hump = (k) => ({ means, sigmas }) => [means.at(k), sigmas.at(k)];
  stand("On the first hump", "first", hump(0));
  stand("On the last hump", "last", hump(-1));
  stand("Across all", "across", spreadOf);
  const reset = figure.reset(places);
  figure.on(reset, "click", () => (path = []));
  figure.root.append(figure.sentence);
  figure.root.append(
    h(
      "p",
      { class: "xent-rule" },
      ...formula("Drag the line to move the bell and the knob on its side to widen it. Buttons put it on a hump or across all of *p*; “Least” walks downhill from where it stands, and leaves a trace."),
    ),
  );
};

export default defineFigure({
  title: "One bell curve for a density with two humps",
  keys: ["weights", "means", "sigmas", "apart", "mean", "sigma", "base", "unit"],
  measure,
  names: ({ unit }) => {
    const scale = unit.split(" ").at(-1);
    return {
      forward: ["D_{KL}(*p*‖*q*)", "bits"],
      reverse: ["D_{KL}(*q*‖*p*)", "bits"],
      apart: ["the push", scale],
      mean: ["the mean of *q*", scale],
      sigma: ["the standard deviation of *q*", scale],
    };
  },
  traits: { apart: "the place of the last hump" },
  shape: ({ weights, means, sigmas, unit }) => JSON.stringify([weights, means, sigmas, unit]),
  build,
});
