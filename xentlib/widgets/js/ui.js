// Small things that every live figure draws and writes with.

const SVG = "http://www.w3.org/2000/svg";

let made = 0;
export const uid = (word) => `xent-${word}-${++made}`;

export const put = (node, attributes) => {
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") {
      if (node.textContent !== value) node.textContent = value;
    } else if (value === null || value === undefined || value === false) node.removeAttribute(key);
    else if (node.getAttribute(key) !== String(value)) node.setAttribute(key, value === true ? "" : value);
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

export const clamp = (x, low, high) => Math.min(high, Math.max(low, x));
export const fmt = (x, digits = 3) => {
  if (x === Infinity) return "∞";
  const text = x.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
};
// A probability as short as it can be written: ".5", ".333", "1".
export const fmtProbability = (x) => String(Number(x.toFixed(3))).replace(/^0\./, ".");

export const unitOf = (base) => (base === 2 ? { name: "bits", size: 1 } : { name: "nats", size: Math.LN2 });

// Text whose *variables* stand between asterisks, as nodes: "Set *q* to *p*".
export const formula = (text, make = h) =>
  text.split("*").map((part, k) => (k % 2 ? make(make === h ? "i" : "tspan", { class: "xent-var" }, part) : part));
export const plain = (text) => text.replaceAll("*", "");

// Diagonal stripes, so that q and KL differ from p by more than their colour. Returns a style.
export const hatch = (svg, name, angle = 45) => {
  const id = uid(name);
  const pattern = s("pattern", {
    id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})`,
  }, s("rect", { width: 7, height: 7, class: `xent-fill-${name}` }), s("rect", { width: 2, height: 7, class: "xent-stripe" }));
  svg.prepend(s("defs", {}, pattern));
  return `fill:url(#${id})`;
};

