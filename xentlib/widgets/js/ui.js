// Small things that every live figure draws and writes with.

const SVG = "http://www.w3.org/2000/svg";

let made = 0;
export const uid = (word) => `xent-${word}-${++made}`;

export const put = (node, attributes) => {
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") {
      if (node.textContent !== value) node.textContent = value;
    } else if (value === null || value === undefined || value === false) node.removeAttribute(key);
    else {
      const wanted = value === true ? "" : String(value);
      if (node.getAttribute(key) !== wanted) node.setAttribute(key, wanted);
    }
  }
  return node;
};
const grow = (node, attributes, children) => {
  put(node, attributes);
  node.append(...children.filter((child) => child !== null));
  return node;
};
export const h = (tag, attributes = {}, ...children) =>
  grow(document.createElement(tag), attributes, children);
export const s = (tag, attributes = {}, ...children) =>
  grow(document.createElementNS(SVG, tag), attributes, children);

// Under what is drawn, so that its bounds stay as they are when something in it moves: with other
// bounds, the browser would put the layers of the page together anew.
export const ground = (attributes) =>
  s("rect", { class: "xent-ground", width: "100%", height: "100%", ...attributes });

export const clamp = (x, low, high) => Math.min(high, Math.max(low, x));
// A number with so many decimals. What is not 0 never reads as 0; what only rounding keeps from it does.
export const fmt = (x, digits = 3) => {
  if (Math.abs(x) === Infinity) return x > 0 ? "∞" : "−∞";
  const text = x.toFixed(digits);
  if (Number(text) === 0) {
    const least = (10 ** -digits).toFixed(digits);
    return Math.abs(x) < 1e-12 ? text.replace("-", "") : x > 0 ? `<${least}` : `>−${least}`;
  }
  const [whole, part] = text.replace("-", "−").split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...(part ? [part] : [])].join(".");
};
// A number that may be very small: "0.00098", "1.2 · 10⁻³⁰".
export const fmtSmall = (x) => {
  if (x === 0) return "0";
  if (Math.abs(x) >= 0.1) return fmt(x);
  if (Math.abs(x) >= 1e-4) return String(Number(x.toPrecision(3))).replace("-", "−");
  const [digits, exponent] = Number(x.toPrecision(2)).toExponential().replace("-", (sign, at) => (at ? sign : "−")).split("e");
  const raised = [...exponent.replace("+", "")].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
  return `${digits} · 10${raised}`;
};
const isNearOne = (x) => x < 1 - 1e-12 && x >= 0.9995;
// A probability that may be very small. Only 0 reads "0", and only 1 "1.000".
export const fmtSmallProbability = (x) => (isNearOne(x) ? ">0.999" : fmtSmall(x));
// A probability as short as it can be written: ".5", ".333". Only 0 reads "0", and only 1 "1".
export const fmtProbability = (x) => {
  if (x > 1e-12 && x < 0.0005) return "<.001";
  if (isNearOne(x)) return ">.999";
  return String(Number(x.toFixed(3))).replace(/^0\./, ".");
};
export const fmtPercent = (x) =>
  x > 0 && x < 0.0005 ? "less than 0.1 percent" : `${Number((x * 100).toFixed(1))} percent`;

// One or more names as a list: "cat", "cat and boat", "cat, boat and apple".
export const listed = (names, word) =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}` : names[0];

export const unitOf = (base) => (base === 2 ? { name: "bits", size: 1 } : { name: "nats", size: Math.LN2 });

// Text as nodes: *variables* stand between asterisks, and a _{subscript} in braces.
export const formula = (text, make = h) => {
  let rise = null; // SVG has no subscripts: what follows one is lifted back to the line
  return text
    .split(/(\*[^*]+\*|_\{[^}]+\})/)
    .filter(Boolean)
    .map((part) => {
      const inside = part.slice(2, -1);
      if (part.startsWith("_{") && make === h) return h("sub", {}, ...formula(inside));
      if (part.startsWith("_{")) {
        rise = -4;
        return s("tspan", { dy: 4, class: "xent-sub" }, ...formula(inside, s));
      }
      const dy = rise;
      rise = null;
      if (part.startsWith("*"))
        return make(make === h ? "i" : "tspan", { class: "xent-var", dy }, part.slice(1, -1));
      return dy ? s("tspan", { dy }, part) : part;
    });
};
// What a node holds is made anew only when `key`, which names all that it depends on, has changed:
// the browser lays out again whatever is replaced, even by its like.
const held = new WeakMap();
export const fill = (node, key, make) => {
  if (held.get(node) === key) return;
  held.set(node, key);
  node.replaceChildren(...make());
};
// The same for a list with a key for each child: those before the first key that changed stay.
export const fillList = (node, keys, make) => {
  const before = held.get(node) ?? [];
  const changed = keys.findIndex((key, k) => key !== before[k]);
  const same = changed < 0 ? keys.length : changed;
  held.set(node, keys);
  while (node.childNodes.length > same) node.lastChild.remove();
  node.append(...keys.slice(same).map((_, k) => make(same + k)));
};
export const write = (node, text) => fill(node, text, () => formula(text));
export const plain = (text) => text.replace(/_\{([^}]+)\}/g, " $1").replaceAll("*", "");

// A piece of a line, for a legend.
export const lineSample = (line) =>
  s(
    "svg",
    { class: "xent-sample", width: 30, height: 10, "aria-hidden": "true" },
    s("path", { class: line, d: "M1 5H29" }),
  );

// Diagonal stripes, so that q and KL differ from p by more than their colour. Returns a style.
export const hatch = (svg, name, angle = 45) => {
  const id = uid(name);
  const pattern = s(
    "pattern",
    {
      id,
      width: 7,
      height: 7,
      patternUnits: "userSpaceOnUse",
      patternTransform: `rotate(${angle})`,
    },
    s("rect", { width: 7, height: 7, class: `xent-fill-${name}` }),
    s("rect", { width: 2, height: 7, class: "xent-stripe" }),
  );
  svg.prepend(s("defs", {}, pattern));
  return `fill:url(#${id})`;
};
