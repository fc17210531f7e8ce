// One Python for a page, in a worker, so that nothing that it does freezes the page.
// The page sends {type: "start" | "run" | "slide", id, …}; each is answered by {type: "done", id, …}.
// Between, the worker says {type: "loading" | "ready" | "begin" | "end" | "text" | "picture" | "slider", …}.
const SMALLEST = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]); // a module that holds nothing
const LIMIT = 100_000; // characters that a cell may print
const EVERY = 50; // ms between two messages of text, once a cell has printed as much as
const AT_ONCE = 2000; // characters: what little is printed before a long computation is seen during it

// --- What comes over the network: counted for the reader, and checked.
let files; // by name: [bytes, sha256 in base16]
let folder; // where the runtime is
const progress = { loaded: 0, total: 0, what: "" };
const expect = (names, what) => {
  const sizes = names.map((name) => files.get(name)[0]);
  Object.assign(progress, { loaded: 0, total: sizes.reduce((a, b) => a + b, 0), what });
  postMessage({ type: "loading", ...progress });
};
const base16 = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
const base64 = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((pair) => parseInt(pair, 16))));

const network = self.fetch.bind(self);
const load = async (url, name) => {
  const [, sha256] = files.get(name);
  // A page that is neither https nor on this machine has no hash function of its own; there fetch checks, and
  // the reader sees no progress within a file.
  const integrity = crypto.subtle ? undefined : `sha256-${base64(sha256)}`;
  const answer = await network(url, { integrity });
  if (!answer.ok) throw new Error(`${name} is missing on the server (it answers ${answer.status}).`);
  const parts = [];
  for (let reader = answer.body.getReader(), part; !(part = await reader.read()).done; ) {
    parts.push(part.value);
    progress.loaded += part.value.length;
    postMessage({ type: "loading", ...progress });
  }
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  if (crypto.subtle && base16(await crypto.subtle.digest("SHA-256", bytes)) !== sha256)
    throw new Error(`${name} is not the file that the book was built with. Load the page anew.`);
  return bytes;
};
// Pyodide asks for its files by this.
let failure; // what went wrong: Pyodide does not always pass it on
self.fetch = async (url, options) => {
  const name = String(url.url ?? url).split("/").at(-1);
  const packed = `${name}.gzip`;
  try {
    if (files.has(packed)) {
      const body = new Blob([await load(new URL(packed, folder), packed)]).stream();
      const type = { "Content-Type": "application/wasm" };
      return new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers: type });
    }
    return files.has(name) ? new Response(await load(new URL(name, folder), name)) : network(url, options);
  } catch (error) {
    failure = error;
    throw error;
  }
};

// --- What Python says.
let place; // the cell, and the slider in it, whose output it is
let kept = 0;
let held = [];
let since = 0;
let isCut = false;
const flush = () => {
  if (held.length) postMessage({ type: "text", place, parts: held });
  [held, since] = [[], performance.now()];
};
const say = (kind, text) => {
  if (isCut) return;
  kept += text.length;
  if (kept > LIMIT) {
    text = `${text.slice(0, LIMIT - kept)}\n(what comes after ${LIMIT.toLocaleString("en")} characters is not shown)\n`;
    isCut = true;
  }
  if (held.at(-1)?.kind === kind) held.at(-1).text += text;
  else held.push({ kind, text });
  if (isCut || kept < AT_ONCE || performance.now() - since > EVERY) flush();
};
const begin = (where) => {
  flush();
  [place, kept, isCut] = [where, 0, false];
};
const stream = (kind) => {
  const decoder = new TextDecoder();
  return {
    write(bytes) {
      say(kind, decoder.decode(bytes, { stream: true }));
      return bytes.length;
    },
  };
};

// --- Python.
let py;
let page;
let sets;
const start = async ({ folder: at, manifest, own }) => {
  try {
    new WebAssembly.Module(SMALLEST);
  } catch {
    throw new Error("This site's security policy keeps Python from running: it has to allow 'wasm-unsafe-eval'.");
  }
  folder = at;
  sets = manifest.sets;
  files = new Map([...Object.values(sets).flat(), ...own].map(([name, bytes, sha256]) => [name, [bytes, sha256]]));
  const first = [...sets.core, ...sets.numpy, ...own].map(([name]) => name);
  // The scripts are imported, not fetched, so they are not counted.
  expect(first.filter((name) => !name.endsWith(".mjs")), "Python");
  const { loadPyodide } = await import(new URL("pyodide.mjs", folder));
  const extras = Promise.all(own.map(([name, , , url]) => load(new URL(url), name)));
  extras.catch(() => {}); // told below
  const env = { MPLBACKEND: "agg", HOME: "/home/pyodide" };
  try {
    py = await loadPyodide({ indexURL: String(folder), packages: ["numpy"], env });
  } catch (error) {
    throw failure ?? error;
  }
  if (!("numpy" in py.loadedPackages)) throw failure ?? new Error("numpy did not load.");
  const site = py.runPython("import site; site.getsitepackages()[0]");
  for (const [i, bytes] of (await extras).entries()) {
    const [name] = own[i];
    if (name.endsWith(".whl")) py.unpackArchive(bytes, "wheel", { extractDir: site });
    else py.FS.writeFile(`${site}/${name}`, bytes);
  }
  py.setStdout(stream("out"));
  py.setStderr(stream("error"));
  py.registerJsModule("_page", {
    picture(data) {
      flush();
      const png = data.toJs();
      data.destroy();
      postMessage({ type: "picture", place, png });
    },
    slider(number, controls) {
      flush();
      const given = JSON.parse(controls);
      postMessage({ type: "slider", place, number, controls: given });
      place = { ...place, slider: number };
    },
    end_slider() {
      flush();
      place = { ...place, slider: undefined };
    },
  });
  for (const [name] of sets.numpy) fetched.add(name);
  const runner = py.pyimport("runner");
  runner.install();
  page = runner.Page();
  postMessage({ type: "ready", version: py.runPython("import sys; sys.version.split()[0]") });
};

// Fetches a package when an import asks for it.
const fetched = new Set();
const fetchPackage = async (name) => {
  if (!(name in sets)) return false;
  if (name in py.loadedPackages) return true;
  const absent = sets[name].map(([file]) => file).filter((file) => !fetched.has(file));
  expect(absent, name);
  failure = undefined;
  await py.loadPackage(name, { messageCallback() {}, errorCallback() {} });
  if (!(name in py.loadedPackages)) throw new Error(failure?.message ?? `${name} did not load.`);
  for (const file of absent) fetched.add(file);
  postMessage({ type: "loaded" });
  return true;
};

// Runs a cell after what it needs. Says of each piece which cell it belongs to, as hidden ones are nobody's.
const run = async ({ cells, target }) => {
  const given = py.toPy(cells);
  try {
    const plan = page.plan(given, String(target)).toJs();
    for (const key of plan) {
      const cell = cells.find(({ id }) => String(id) === key.split(".")[0]);
      begin({ cell: cell.hidden ? target : cell.id });
      if (!cell.hidden) postMessage({ type: "begin", cell: cell.id });
      const before = performance.now();
      const ok = await page.run(given, key, fetchPackage);
      flush();
      if (!cell.hidden) postMessage({ type: "end", cell: cell.id, ok, ms: performance.now() - before });
      if (!ok) return { ok, failed: cell.hidden ? target : cell.id };
    }
    return { ok: true };
  } finally {
    given.destroy();
  }
};

const slide = ({ cell, number, values }) => {
  begin({ cell, slider: number });
  const changed = py.toPy(values);
  py.pyimport("runner").Slider.kept.get(number).call(changed);
  changed.destroy();
  flush();
};

const tasks = { start, run, slide };
let queue = Promise.resolve(); // one thing at a time
addEventListener("message", ({ data: { type, id, ...given } }) => {
  queue = queue.then(async () => {
    try {
      postMessage({ type: "done", id, ...(await tasks[type](given)), heap: py._module.HEAPU8.length });
    } catch (error) {
      flush();
      postMessage({ type: "done", id, ok: false, fatal: String(error?.message ?? error) });
    }
  });
});
