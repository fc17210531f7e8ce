// A text of the reader's own, priced under a codebook of their choice, and written as a file that xentlib reads.
import { LONGEST as MOST, costs, decode, encode, fitted, learner, uniform, unpack } from "./codec.js";
import { defineFigure } from "./figure.js";
import { fillList, fmt, h, put } from "./ui.js";

const SHOWN = 800; // characters on bars
const TALLEST = 15; // bits of the tallest bar: the next line of text begins below it
const DEAREST = 5;
const NAMES = {
  uniform: "all bytes alike",
  "order 0": "single bytes of the manual",
  "order 3": "three bytes of context, from the manual",
  learner: "one that learns while it reads",
};
const PYTHON = {
  uniform: "[1 / 256] * 256",
  "order 0": "NGram(0).fit(manual_text().encode())",
  "order 3": "NGram(3).fit(manual_text().encode())",
  learner: "OnlineNGram(2)",
};

const bytesOf = (text) => new TextEncoder().encode(text);
const total = (costs) => costs.reduce((a, b) => a + b, 0);
const sizeOf = (character) => {
  const point = character.codePointAt(0);
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
};

// ---- the manual's counts, which are large and come when they are needed

let manual = null; // the tables, by order
const open = async (counts) => {
  let packed = counts;
  if (typeof counts !== "string") {
    globalThis.xentLate ??= {};
    if (!(counts.key in globalThis.xentLate))
      await new Promise((resolve, reject) => {
        const script = h("script", { src: counts.url });
        script.addEventListener("load", resolve);
        script.addEventListener("error", () => reject(new Error("the counts did not arrive")));
        document.head.append(script);
      });
    packed = globalThis.xentLate[counts.key];
  }
  const deflated = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return unpack(new Uint8Array(await new Response(stream).arrayBuffer()));
};

const needsManual = (codebook) => codebook.startsWith("order");
const readerOf = (codebook) => {
  if (codebook === "uniform") return uniform();
  if (codebook === "learner") return learner(2);
  const order = Number(codebook.at(-1));
  return fitted(order, manual);
};

// ---- numbers

// What each byte of the last text costs under each codebook that was asked for.
let last = { text: null };
const priced = (text, codebook) => {
  if (last.text !== text) last = { text, bytes: bytesOf(text), costs: {} };
  const { bytes } = last;
  if (bytes.length > MOST || (needsManual(codebook) && !manual)) return null;
  last.costs[codebook] ??= costs(readerOf(codebook), bytes);
  return last.costs[codebook];
};

export const measure = ({ text, codebook }) => {
  const chosen = priced(text, codebook);
  const learned = priced(text, "learner");
  const bytes = last.bytes.length;
  return {
    bytes,
    characters: [...text].length,
    uniform: 8 * bytes,
    bits: chosen ? total(chosen) : NaN,
    rate: chosen && bytes ? total(chosen) / bytes : NaN,
    learned: learned && bytes ? total(learned) / bytes : NaN,
  };
};

// What each character costs: all of its bytes.
const perCharacter = (characters, each) => {
  let at = 0;
  return characters.map((character) => {
    const end = at + sizeOf(character);
    let bits = 0;
    while (at < end) bits += each[at++];
    return bits;
  });
};

const dearestWords = (characters, bits) => {
  const words = [];
  let word = null;
  characters.forEach((character, k) => {
    if (/\s/u.test(character)) word = null;
    else if (word) {
      word.text += character;
      word.bits += bits[k];
    } else words.push((word = { text: character, bits: bits[k] }));
  });
  return words.sort((a, b) => b.bits - a.bits).slice(0, DEAREST);
};

const sentence = ({ codebook }, { bytes, bits, rate }) => {
  if (bytes > MOST) return `This text has ${fmt(bytes, 0)} bytes, and the figure takes up to ${fmt(MOST, 0)}.`;
  if (Number.isNaN(bits)) return "The counts of the manual are on their way.";
  if (!bytes) return "Nothing costs nothing. Type or paste a text.";
  return `${fmt(bytes, 0)} ${bytes === 1 ? "byte costs" : "bytes cost"} ${fmt(bits, 0)} bits with this codebook, ${NAMES[codebook]}: ${fmt(rate, 2)} bits per byte.`;
};

// ---- parts

const SAMPLES = [
  ["a sentence", null],
  ["aaa…", "a".repeat(200)],
  ["emoji", "🙂🐈⛵🍎🎻"],
  ["code", "for letter in text:\n    print(letter)\n"],
  ["nothing", ""],
];

// What a field of text holds, as the text that UTF-8 can write, and what to say if the two differ.
const written = (value, before) => {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(value));
  const ends = before.includes("\r") ? "Text fields write each end of a line as one byte: the \\r of your file are gone. " : "";
  const halves = text === value ? "" : "Half a character was in it, which has no bytes: it became �.";
  return [text, (ends + halves).trim()];
};

const paper = (figure, tell) => {
  const area = h("textarea", { rows: 4, "data-control": "text", spellcheck: "false", class: "xent-text", "aria-label": "Your text" });
  figure.on(area, "input", () => {
    const [text, changes] = written(area.value, figure.state().text);
    figure.set({ text });
    if (changes) tell(changes);
  });
  figure.root.append(area);
  figure.painters.push(({ text }) => {
    const shown = text.replace(/\r\n?/g, "\n"); // as the field has it
    if (area.value !== shown) area.value = shown;
  });
  const row = figure.row();
  for (const [name, text] of SAMPLES)
    figure.button(row, name, () => ({ text: text ?? figure.first.text }), { id: `sample-${name}` });
  figure.reset(row);
};

// What grows and shrinks with the text stands below all that is pressed.
const bars = (figure) => {
  const rule = h("p", { class: "xent-rule" });
  const line = h("p", { class: "xent-bars", "aria-hidden": "true" });
  const heading = h("p", {}, "The dearest words:");
  const dearest = h("ol", {});
  figure.root.append(rule, line, heading, dearest);
  let drawn = null;
  figure.painters.push(({ text, codebook }) => {
    const each = priced(text, codebook);
    const now = `${codebook} ${each !== null} ${text}`;
    if (now === drawn) return;
    drawn = now;
    const characters = each ? [...text] : [];
    const bits = each ? perCharacter(characters, each) : [];
    const words = dearestWords(characters, bits).map((word) => `${word.text.slice(0, 40)} ${fmt(word.bits, 1)} bits`);
    put(heading, { hidden: !words.length });
    fillList(dearest, words, (k) => h("li", {}, words[k]));
    const some = characters.length > SHOWN ? ` Here are the first ${SHOWN} of ${fmt(characters.length, 0)} characters.` : "";
    put(rule, { text: `The taller the bar under a character, the more it costs, up to ${TALLEST} bits.${some}` });
    // Neighbours of one height share a bar.
    const runs = [];
    characters.slice(0, SHOWN).forEach((character, k) => {
      const height = Math.max(1, Math.round(1.6 * Math.min(bits[k], TALLEST)));
      const shown = { "\n": "↵\n", "\r": "␍" }[character] ?? character;
      if (runs.at(-1)?.height === height) runs.at(-1).text += shown;
      else runs.push({ height, text: shown });
    });
    const keys = runs.map((run) => `${run.height} ${run.text}`);
    fillList(line, keys, (k) => h("span", { style: `background-size:100% ${runs[k].height}px` }, runs[k].text));
  });
};

const deflated = async (bytes) => {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return (await new Response(stream).arrayBuffer()).byteLength;
};

const bill = (figure, simple) => {
  const row = figure.row("xent-equation");
  const or = (x, write) => (Number.isNaN(x) ? "–" : write(x));
  const whole = (x) => or(x, (n) => fmt(n, 0));
  figure.readout(row, "bits", "bits", (numbers) => numbers.bits, "xent-ink-q", (x) => or(x, (n) => fmt(n, 1)));
  if (simple) return;
  figure.readout(row, "bytes", "bytes", (numbers) => numbers.bits / 8, "", (x) => or(x, (n) => fmt(n, 1)));
  let size = { text: null, bytes: NaN };
  figure.readout(row, "deflate", "deflate", () => size.bytes, "", whole);
  figure.painters.push(({ text }) => {
    if (size.text === text) return;
    size = { text, bytes: NaN };
    deflated(bytesOf(text)).then(
      (bytes) => {
        if (size.text !== text) return;
        size.bytes = bytes;
        figure.repaint();
      },
      () => {}, // a browser without deflate shows no number
    );
  });
};

// A line that says what came of a press, aloud too: a figure speaks through one live region.
const teller = (figure) => {
  const line = h("p", { class: "xent-rule", "data-note": true });
  let untold = "";
  figure.settled.push(() => {
    const text = untold;
    untold = "";
    return text;
  });
  const tell = (text) => {
    put(line, { text });
    untold = text;
    figure.wait();
  };
  return [line, tell];
};

const files = (figure, load) => {
  const row = figure.row();
  const [note, tell] = teller(figure);
  const save = h("button", { type: "button", "data-button": "save" }, "Save as a file");
  figure.on(save, "click", async () => {
    const { text, codebook } = figure.state();
    const bytes = bytesOf(text);
    if (bytes.length > MOST || !(await load(codebook))) return;
    const data = encode(readerOf(codebook), bytes);
    const url = URL.createObjectURL(new Blob([data], { type: "application/octet-stream" }));
    h("a", { href: url, download: "text.xent" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    tell(`Saved: ${fmt(data.length, 0)} bytes. Python reads it back: stream_decode(data, ${PYTHON[codebook]}, ${bytes.length}).tobytes()`);
  });
  const input = h("input", { type: "file", "data-control": "file", class: "xent-file", "aria-label": "Read a file that was saved here" });
  figure.on(input, "change", async () => {
    const [file] = input.files;
    if (!file) return;
    const data = new Uint8Array(await file.arrayBuffer());
    input.value = "";
    const able = ["learner", "uniform"];
    if (await load("order 3")) able.push("order 0", "order 3");
    const readers = able.map((name) => Object.assign(readerOf(name), { name }));
    try {
      const { reader, bytes } = decode(readers, data);
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      figure.set({ text, codebook: reader.name });
      tell(`Read: ${fmt(bytes.length, 0)} bytes, written with the codebook “${reader.name}”.`);
    } catch (error) {
      const why = error instanceof TypeError ? "It decodes to bytes that are no text in UTF-8." : error.message;
      tell(`This file is refused. ${why}`);
    }
  });
  row.append(save, h("label", { class: "xent-steps" }, h("span", {}, "Read a file"), input));
  figure.root.append(note);
};

const build = (figure) => {
  const [note, tell] = teller(figure);
  put(note, { "data-note": null });
  // Fetch what a codebook needs; false if it cannot be had.
  const load = async (codebook) => {
    if (!needsManual(codebook) || manual) return true;
    try {
      manual = await open(figure.model.get("counts"));
      last = { text: null };
      put(note, { text: "" });
      figure.repaint();
      return true;
    } catch {
      tell("The counts of the manual did not arrive: choose another codebook, or try again when you are online.");
      return false;
    }
  };
  paper(figure, tell);
  const { simple } = figure.first;
  const codebooks = Object.keys(NAMES).filter((name) => !simple || name !== "learner");
  figure.choice(figure.row(), "Codebook", "codebook", codebooks.map((name) => [name, name]));
  if (!simple) files(figure, load);
  bill(figure, simple);
  figure.root.append(figure.sentence, note);
  bars(figure);
  figure.root.append(h("p", { class: "xent-rule" }, "Nothing that you type leaves your browser."));
  let asked = null;
  figure.painters.push((state, numbers) => {
    if (asked !== state.codebook) load((asked = state.codebook));
    return sentence(state, numbers);
  });
};

export default defineFigure({
  title: "Price your own text",
  keys: ["text", "codebook", "simple"],
  measure,
  names: {
    bytes: ["your text", "bytes"],
    characters: ["your text", "characters"],
    uniform: ["its price with all bytes alike", "bits"],
    learned: ["the bill of the codebook that learns", "bits per byte"],
  },
  shape: () => "",
  build,
});
