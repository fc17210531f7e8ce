// What every live figure is built on: handles and sliders that answer to pointer, keys and screen reader
// alike, one repaint a frame, and state that lives in the model alone.
import { addChallenges } from "./challenges.js";
import { clamp, fmt, formula, ground, h, plain, put, s } from "./ui.js";

const RESTS_AFTER = 600; // ms without a move; then a result is read out, and a goal counts
const SAVED_AFTER = 80; // ms between two messages to a kernel

// Keys for a control: one step, Shift or Page for a coarse one, Home and End for the ends.
// Steps land on multiples of the step, wherever the pointer left the value.
const keyed = (event, value, min, max, { step, coarse }) => {
  const up = ["ArrowRight", "ArrowUp", "PageUp"].includes(event.key);
  const down = ["ArrowLeft", "ArrowDown", "PageDown"].includes(event.key);
  if (event.key === "Home") return min;
  if (event.key === "End") return max;
  if (!(up || down) || event.ctrlKey || event.altKey || event.metaKey) return null;
  const size = event.shiftKey || event.key.startsWith("Page") ? coarse : step;
  const notches = value / size;
  const next = up ? Math.floor(notches + 1e-6) + 1 : Math.ceil(notches - 1e-6) - 1;
  return clamp(Number((next * size).toFixed(10)), min, max);
};

class Figure {
  constructor({ model, el }, definition, rebuild) {
    const { title, keys, measure, shape } = definition;
    this.model = model;
    this.definition = definition;
    this.keys = keys;
    this.measure = measure;
    this.shape = shape;
    this.rebuild = rebuild;
    this.stop = new AbortController();
    this.painters = [];
    this.settled = []; // called with state and numbers at rest: what they return is spoken with the result
    this.first = this.state();
    this.built = this.shape(this.first);
    this.root = h("div", { class: "xent-figure", role: "group", "aria-label": title });
    this.sentence = h("p", { class: "xent-sentence" });
    this.status = h("p", { class: "xent-spoken", role: "status" });
    this.helped = null; // { patch } that a button found, so that it is not by hand
    this.shown = false; // whether what is on display began with "Show me"
    // While a finger or a button of the mouse is down, nothing is at rest.
    this.on(this.root, "pointerdown", () => (this.held = true));
    this.on(window, "pointerup pointercancel", () => {
      if (this.held && this.speaking) this.wait();
      this.held = false;
    });
    el.append(this.root);
  }

  // ---- state: the model is the only place that holds it

  state() {
    return Object.fromEntries(this.keys.map((key) => [key, this.model.get(key)]));
  }

  set(patch) {
    for (const [key, value] of Object.entries(patch)) this.model.set(key, value);
    this.saving ??= setTimeout(() => this.save(), SAVED_AFTER);
    this.wait();
    this.repaint();
  }

  wait() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => (this.held ? this.wait() : this.settle()), RESTS_AFTER);
  }

  save() {
    clearTimeout(this.saving);
    this.saving = undefined;
    this.model.save_changes();
  }

  on(target, types, listener, options = {}) {
    for (const type of types.split(" "))
      target.addEventListener(type, listener, { signal: this.stop.signal, ...options });
  }

  repaint() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.paint();
    });
  }

  paint() {
    const state = this.state();
    if (this.shape(state) !== this.built) return this.rebuild();
    const numbers = this.measure(state);
    const said = this.painters.map((painter) => painter(state, numbers)).find((text) => text);
    if (!said || said === this.said) return;
    this.said = said;
    this.sentence.replaceChildren(...formula(said));
  }

  // Motion has stopped: read out the result.
  settle() {
    this.speaking = undefined;
    const state = this.state();
    if (this.shape(state) !== this.built) return;
    const numbers = this.measure(state);
    const asides = this.settled.map((report) => report(state, numbers)).filter(Boolean);
    put(this.status, { text: [...asides, plain(this.said ?? "")].join(" ").trim() });
  }

  // Let the next repaint move shapes over a moment; a reader who asked for less motion sees it at once.
  glide() {
    this.root.classList.add("xent-glide");
    clearTimeout(this.gliding);
    this.gliding = setTimeout(() => {
      this.gliding = undefined;
      this.root.classList.remove("xent-glide");
    }, 350);
  }

  // ---- parts

  // A drawing of `height` units at any width. A unit is a pixel at the normal text size, and
  // larger with larger text. draw(width, state, numbers) is called on every repaint.
  stage(height, draw, parent = this.root) {
    const svg = s("svg", { "aria-hidden": "true" }, ground());
    const box = h("div", { class: "xent-stage" }, svg);
    parent.append(box);
    const stage = { svg, box, unit: 1, width: 0 };
    // Before the first paint a page may still lack the styles to measure by: the observer below will.
    if (!performance.getEntriesByType("paint").length) stage.width = Math.min(640, screen.width - 32);
    stage.point = (event) => {
      const frame = svg.getBoundingClientRect();
      return [(event.clientX - frame.left) / stage.unit, (event.clientY - frame.top) / stage.unit];
    };
    const measure = () => {
      stage.unit = parseFloat(getComputedStyle(this.root).fontSize) / 16 || 1;
      stage.width = (box.clientWidth || 640) / stage.unit;
    };
    this.painters.push((state, numbers) => {
      if (!stage.width) measure();
      const tall = typeof height === "function" ? height(stage.width, state) : height;
      put(svg, { viewBox: `0 0 ${stage.width} ${tall}`, height: tall * stage.unit });
      return draw(stage.width, state, numbers);
    });
    const observer = new ResizeObserver(() => {
      measure();
      this.repaint();
    });
    observer.observe(box);
    this.stop.signal.addEventListener("abort", () => observer.disconnect());
    return stage;
  }

  // What a handle and a slider share. spec: id, label, min and max (numbers, or functions of the
  // state), step, coarse, get(state) -> number, set(value, state) -> patch, say(value, state) -> text.
  range(spec) {
    const input = h("input", {
      type: "range",
      step: "any",
      "aria-label": plain(spec.label),
      "data-control": spec.id,
    });
    const ends = (state) => [spec.min, spec.max].map((end) => (typeof end === "function" ? end(state) : end));
    const change = (value, from = this.state()) => this.set(spec.set(clamp(value, ...ends(from)), from));
    this.on(input, "input", () => change(Number(input.value)));
    this.on(input, "keydown", (event) => {
      const state = this.state();
      const next = keyed(event, spec.get(state), ...ends(state), spec);
      if (next === null) return;
      event.preventDefault();
      change(next);
    });
    this.painters.push((state) => {
      const [min, max] = ends(state);
      const value = spec.get(state);
      put(input, { min, max, "aria-valuetext": spec.say(value, state) });
      if (Number(input.value) !== value) input.value = value;
    });
    return { input, change };
  }

  // A control that is part of the drawing: an invisible native range for keys and screen readers, and a
  // patch of the drawing to grab. spec as for range, and at(x, y) -> value, snap, vertical; among(x) -> handles
  // that lie so close there, from left to right, that the drag's direction has to choose (optional).
  handle(stage, spec) {
    const { input, change } = this.range(spec);
    put(input, { class: "xent-handle", "aria-orientation": spec.vertical ? "vertical" : null });
    stage.box.append(input);
    const grab = s("rect", {
      class: `xent-grab ${spec.vertical ? "xent-ns" : "xent-ew"}`,
      "data-grab": spec.id,
    });
    const rail = s("rect", { class: "xent-rail", "data-rail": spec.id });
    let start = null;
    let from = 0; // where the drag began
    let close = []; // the handles that it may mean
    let held = null; // the one that it moves
    const snapped = (value) => Number((Math.round(value / spec.snap) * spec.snap).toFixed(10));
    const take = (handle) => {
      held = handle;
      held.input.focus({ preventScroll: true, focusVisible: false });
    };
    const move = (event) => {
      if (!start) return;
      const [x, y] = stage.point(event);
      if (!held) {
        if (Math.abs(x - from) < 2) return;
        take(x < from ? close[0] : close.at(-1));
      }
      held.change(snapped(spec.at(x, y) + held.offset), start);
    };
    const begin = (event, jump) => {
      if (event.button) return;
      event.preventDefault();
      event.target.setPointerCapture(event.pointerId);
      start = this.state();
      const [x, y] = stage.point(event);
      from = x;
      close = jump ? [self] : (spec.among?.(x) ?? [self]);
      for (const handle of close) handle.offset = jump ? 0 : handle.spec.get(start) - spec.at(x, y);
      held = null;
      if (close.length < 2) take(close[0]);
      if (jump) move(event);
    };
    this.on(grab, "pointerdown", (event) => begin(event, false));
    // touch-action alone does not keep every browser from scrolling when a finger starts on an SVG shape.
    this.on(grab, "touchstart", (event) => event.preventDefault(), { passive: false });
    // A finger on the rail means to scroll the page; a mouse means this value.
    this.on(rail, "pointerdown", (event) => event.pointerType === "touch" || begin(event, true));
    for (const node of [grab, rail]) {
      this.on(node, "pointermove", move);
      this.on(node, "pointerup pointercancel lostpointercapture", () => (start = null));
    }
    // Where the input is, only its focus ring shows: while things are dragged, the others may lag behind.
    let spot;
    const catchUp = () => void put(input, { style: spot });
    const place = (x, y, width, height) => {
      const [left, top, wide, tall] = [x, y, width, height].map((v) => `${v * stage.unit}px`);
      spot = `left:${left};top:${top};width:${wide};height:${tall}`;
      if (!this.speaking || this.gliding || input.matches(":focus")) catchUp();
    };
    this.on(input, "focus", catchUp);
    this.settled.push(catchUp);
    const self = { input, grab, rail, place, change, spec, offset: 0 };
    return self;
  }

  // A slider of its own, with its name and value in sight.
  slider(spec, parent = this.root) {
    const { input } = this.range(spec);
    const value = h("span", { class: "xent-value" });
    const label = h(
      "label",
      { class: `xent-slider ${spec.class ?? ""}` },
      h("span", { class: "xent-name" }, ...formula(spec.label)),
      input,
      value,
    );
    this.painters.push((state) => void put(value, { text: spec.say(spec.get(state), state) }));
    parent.append(label);
    return input;
  }

  row(className = "xent-buttons") {
    const row = h("div", { class: className });
    this.root.append(row);
    return row;
  }

  // act(state) -> patch; helps if it finds what a reader might look for by hand.
  // Where `off` says so the button does nothing. It keeps the focus, which a disabled one would lose.
  button(row, text, act, { name, id, helps, off } = {}) {
    const button = h("button", { type: "button", "data-button": id, "aria-label": name }, ...formula(text));
    this.on(button, "click", () => {
      if (off?.(this.state())) return;
      const patch = act(this.state());
      if (helps !== undefined) this.helped = helps ? { patch } : null;
      this.glide();
      this.set(patch);
    });
    if (off)
      this.painters.push((state) => {
        put(button, { "aria-disabled": off(state) ? "true" : null });
      });
    row.append(button);
    return button;
  }

  reset(row) {
    const first = this.first;
    const back = () => {
      this.shown = false;
      return first;
    };
    return this.button(row, "Reset", back, { id: "reset", helps: false });
  }

  // One of a few values of a trait, as a row of pressed and unpressed buttons.
  choice(row, name, key, options, also = {}) {
    const group = h("div", { class: "xent-choice", role: "group", "aria-label": name });
    row.append(group);
    for (const [text, value] of options) {
      const button = h("button", { type: "button", "data-button": `${key}-${text}` }, text);
      this.on(button, "click", () => this.set({ [key]: value, ...also }));
      this.painters.push((state) => void put(button, { "aria-pressed": String(state[key] === value) }));
      group.append(button);
    }
  }

  units(row) {
    this.choice(row, "Unit", "base", [
      ["bits", 2],
      ["nats", Math.E],
    ]);
  }

  // A number with its name. read(numbers, state) -> value; write(value) -> text.
  readout(parent, name, label, read, className = "", write = fmt) {
    const value = h("span", { class: "xent-value", "data-readout": name });
    parent.append(
      h(
        "span",
        { class: `xent-readout ${className}` },
        h("span", { class: "xent-name" }, ...formula(label)),
        " ",
        value,
      ),
    );
    this.painters.push((state, numbers) => {
      const exact = read(numbers, state);
      put(value, { text: write(exact), "data-value": String(exact) });
    });
    return value;
  }

  start() {
    if (!this.sentence.parentNode) this.root.append(this.sentence);
    addChallenges(this, this.model.get("challenges"));
    this.root.append(this.status);
    const changed = () => this.repaint();
    const events = this.keys.map((key) => `change:${key}`);
    for (const event of events) this.model.on(event, changed);
    this.paint();
    put(this.root, { "data-ready": true });
    performance.mark("xent-ready");
    return () => {
      if (this.saving) this.save();
      for (const event of events) this.model.off(event, changed);
      for (const timer of [this.speaking, this.gliding]) clearTimeout(timer);
      cancelAnimationFrame(this.frame);
      this.stop.abort();
      this.root.remove();
    };
  }
}

// A figure module's default export. definition:
//   title
//   keys            the traits that are its state
//   measure(state)  its numbers by name, in bits where they have a unit
//   names           what a challenge calls those numbers, [name, unit] or the name alone: an object, or a
//                   function of the state. The unit "bits" is nats where the figure shows nats
//   traits          what a challenge calls those traits that it may lock (optional)
//   shape(state)    what cannot change without building the figure anew, such as the number of outcomes
//   build(figure)
export const defineFigure = (definition) => ({
  definition,
  render(host) {
    let end;
    const begin = () => {
      end?.();
      const figure = new Figure(host, definition, begin);
      definition.build(figure);
      end = figure.start();
    };
    begin();
    return () => end();
  },
});
