// Curves over axes.
import { clamp, fill, fmt, fmtSmall, ground, put, s } from "./ui.js";

const ticksOf = (low, high, most) => {
  const rough = (high - low) / most;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((m) => m * size >= rough * (1 - 1e-9)) * size;
  const digits = Math.max(
    0,
    -Math.floor(Math.log10(step) + 1e-9) + (Math.round((step / size) * 10) === 25 ? 1 : 0),
  );
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, k) => {
    const at = Number(((first + k) * step).toPrecision(6));
    return [at, digits > 4 ? fmtSmall(at) : fmt(at, digits)];
  });
};

// The path through points of a plot; what is not finite is left out.
export const trace = (points) =>
  points
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join("");

// n points of a function between two ends.
export const sample = (f, low, high, n = 200) =>
  Array.from({ length: n + 1 }, (_, k) => {
    const x = low + ((high - low) * k) / n;
    return [x, f(x)];
  });

const FAR = 9999; // how far beyond the axes a curve runs, where nobody sees it

// A plot with axes. x and y give the ends, (state, numbers) -> [low, high]; xName and yName name the axes, as
// texts or functions of the state; draw(scale, state, numbers) is called on every repaint. Returns the stage with
// a layer for shapes that stay inside the axes, one for what may stand out, and the present scale.
export const plot = (
  figure,
  { tall = 170, left = 44, right = 10, x, y, xName = "", yName = "", xTicks, yTicks, draw },
  parent,
) => {
  const head = 24;
  const foot = xName ? 44 : 26;
  const name = (text, state, numbers) => (typeof text === "function" ? text(state, numbers) : text);
  const stage = figure.stage(
    head + tall + foot,
    (width, state, numbers) => {
      const [x0, x1] = x(state, numbers);
      const [y0, y1] = y(state, numbers);
      const [room, floor] = [width - left - right, head + tall];
      const scale = {
        left,
        right: left + room,
        top: head,
        floor,
        ends: [x0, x1],
        width,
        x: (v) => left + ((v - x0) / (x1 - x0)) * room,
        y: (v) => floor - ((v - y0) / (y1 - y0)) * tall,
        back: (at) => x0 + ((at - left) / room) * (x1 - x0),
        map: (points) =>
          trace(points.map(([a, b]) => [scale.x(a), clamp(scale.y(b), -FAR, FAR)])),
      };
      stage.scale = scale;
      put(inside, {
        x: left,
        y: head - 6,
        width: room,
        height: tall + 6,
        viewBox: `${left} ${head - 6} ${room} ${tall + 6}`,
      });
      const across = (yTicks?.(state, numbers) ?? ticksOf(y0, y1, 4)).filter(
        ([v]) => v >= y0 - 1e-9 && v <= y1 + 1e-9,
      );
      const along = xTicks?.(state, numbers) ?? ticksOf(x0, x1, room < 400 ? 4 : 7);
      // A name at an end of the axis stays within the drawing.
      const within = (at, text) => clamp(at, 4.2 * text.length, width - 4.2 * text.length);
      const names = [name(yName, state, numbers), name(xName, state, numbers)];
      const heights = across.map(([v, text]) => [scale.y(v), text]);
      const places = along.map(([v, text]) => [scale.x(v), text]);
      fill(axes, JSON.stringify([width, tall, heights, places, names]), () => [
        ...heights.flatMap(([at, text]) => [
          s("line", { class: "xent-grid", x1: left, x2: scale.right, y1: at, y2: at }),
          s("text", { class: "xent-tick xent-end", x: left - 11, y: at + 5, text }),
        ]),
        s("line", { class: "xent-axis", x1: left, x2: scale.right, y1: floor, y2: floor }),
        ...places.flatMap(([at, text]) => [
          s("line", { class: "xent-axis", x1: at, x2: at, y1: floor, y2: floor + 5 }),
          s("text", { class: "xent-tick", x: within(at, text), y: floor + 21, text }),
        ]),
        s("text", { class: "xent-tick xent-start", x: 0, y: 13, text: names[0] }),
        s("text", {
          class: "xent-tick xent-end",
          x: scale.right,
          y: floor + 39,
          text: names[1],
        }),
      ]);
      return draw(scale, state, numbers);
    },
    parent,
  );
  const axes = s("g");
  const clear = { class: "xent-clear" };
  const wide = ground({ ...clear, x: -FAR, y: -2 * FAR, width: 3 * FAR, height: 4 * FAR });
  const inside = s("svg", { class: "xent-inside" }, wide);
  const over = s("g", {}, ground(clear));
  stage.svg.append(axes, inside, over);
  return Object.assign(stage, { inside, over });
};

// An upright line of a plot, to be dragged along it. spec as for a handle; show(scale, state) -> its value there.
export const upright = (figure, stage, spec) => {
  const line = s("line", { class: "xent-upright" });
  const knob = s("circle", { class: "xent-knob", r: 8 });
  const handle = figure.handle(stage, { ...spec, at: (x) => spec.from(stage.scale.back(x)) });
  stage.over.append(line, knob);
  stage.svg.append(handle.grab);
  return (scale, at) => {
    const x = scale.x(at);
    put(line, { x1: x, x2: x, y1: scale.top, y2: scale.floor });
    put(knob, { cx: x, cy: scale.floor });
    put(handle.grab, { x: x - 22, y: scale.top, width: 44, height: scale.floor - scale.top + 22 });
    handle.place(x - 12, scale.top, 24, scale.floor - scale.top + 12);
  };
};
