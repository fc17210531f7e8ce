// The cells of a page that run where they stand. Loaded at the first press of a button, or where an edit is kept.
const h = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
};
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const duration = (ms) => (ms < 999.5 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`);

// What the reader wrote is kept by page and cell. Storage may be refused or hold anything.
const keep = (key, value) => {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
};
const recall = (key) => {
  try {
    const { was, mine } = JSON.parse(localStorage.getItem(key)) ?? {};
    return typeof was === "string" && typeof mine === "string" ? { was, mine } : null;
  } catch {
    return null;
  }
};

export const start = async ({ from, runtime, cells: url, prefix }) => {
  const ask = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${new URL(address).pathname} is missing on the server (it answers ${answer.status}).`);
    return answer.json();
  };
  const style = h("link", { rel: "stylesheet", href: new URL("page.css", from) });
  document.head.append(style);
  const [manifest, given] = await Promise.all([ask(new URL("manifest.json", from)), ask(url)]);

  // --- The dock: what Python does now, for the whole page.
  const status = h("span", { class: "run-status" });
  const bar = h("progress", { "aria-label": "Loading", hidden: "" });
  const memory = h("span", { class: "run-memory" }); // what Python holds of the device's
  const stopButton = h("button", { type: "button", "data-run": "stop" }, "Stop");
  const pageButton = h("button", { type: "button", "data-run": "page" }, "Run the page");
  const live = h("span", { class: "run-live", role: "status" });
  const dock = h("section", { class: "run-dock", "aria-label": "Python in this page" }, bar, status, memory, stopButton, pageButton, live);
  const tell = (text, aloud = true) => {
    status.textContent = text;
    if (aloud) live.textContent = text;
  };
  let isDocked = false;
  const showDock = () => {
    if (isDocked) return;
    isDocked = true;
    document.querySelector(".bd-article-container, main").append(dock);
    document.documentElement.classList.add("run-on");
  };

  // --- The cells.
  const cells = given.cells.map((cell) => {
    const root = cell.hidden ? null : document.querySelector(`.run-cell-${cell.id}`);
    return { ...cell, key: `${prefix}${cell.id}`, root, mine: null, showsBook: false };
  });
  const visible = cells.filter(({ root }) => root);
  const textOf = (cell) => (cell.mine !== null && !cell.showsBook ? cell.mine : cell.source);
  for (const cell of visible) {
    const { root } = cell;
    cell.input = root.querySelector(":scope > .cell_input");
    cell.code = cell.input.querySelector('[class*="highlight-"]');
    cell.bar = root.querySelector(":scope > .run-bar");
    cell.book = root.querySelector(":scope > .cell_output, :scope > details"); // a fold, where the reader predicts first
    cell.says = h("span", { class: "run-says" });
    const button = (name, text, attributes) => h("button", { type: "button", "data-run": name, ...attributes }, text);
    cell.above = button("above", "Run all above");
    cell.version = button("version", "The book’s version", { "aria-pressed": "false" });
    cell.reset = button("reset", "Reset");
    cell.bar.querySelector('[data-run="edit"]').after(cell.above, cell.version, cell.reset, cell.says);
    cell.output = h("div", { class: "run-output", role: "group", "aria-label": `Output of cell ${cell.number}`, hidden: "" });
    cell.bar.after(cell.output);
    update(cell);
  }
  const cellOf = (element) => visible.find(({ root }) => root.contains(element));

  function update(cell) {
    const isEdited = cell.mine !== null;
    cell.above.hidden = !isDocked || cell === visible[0];
    cell.version.hidden = cell.reset.hidden = !isEdited;
    cell.version.textContent = cell.showsBook ? "Your version" : "The book’s version";
    if (cell.editor) cell.code.hidden = !cell.showsBook;
    if (cell.place) cell.place.hidden = cell.showsBook;
    cell.root.classList.toggle("run-edited", isEdited && !cell.showsBook);
  }

  // --- Editing.
  const changed = (cell, text) => {
    cell.mine = text === cell.source ? null : text;
    const isKept = keep(cell.key, cell.mine === null ? null : { was: cell.source, mine: text });
    cell.says.textContent = isKept ? "" : "Your browser keeps no storage for this page: copy what you want to keep.";
    update(cell);
  };
  const edit = async (cell, focus = true) => {
    cell.showsBook = false;
    if (!cell.editor) {
      const { openEditor } = await import(new URL("editor.js", from));
      if (!cell.editor) {
        cell.place = h("div", { class: "run-editor highlight" });
        cell.code.after(cell.place);
        const label = `Code of cell ${cell.number}. Control-Enter runs it. Escape, then Tab, leaves the editor.`;
        const act = { run: () => press("run", cell), changed: (text) => changed(cell, text) };
        cell.editor = openEditor({ parent: cell.place, text: cell.mine ?? cell.source, label, ...act });
      }
    }
    update(cell);
    if (focus) cell.editor.focus();
  };
  const reset = (cell) => {
    cell.editor?.set(cell.source);
    changed(cell, cell.source);
    cell.output.hidden = true;
    cell.output.replaceChildren();
    if (cell.book) cell.book.hidden = false;
    cell.says.textContent = "As the book has it.";
    live.textContent = `Cell ${cell.number} is as the book has it.`;
  };
  for (const cell of visible) {
    const kept = recall(cell.key);
    if (!kept || kept.mine === cell.source) continue;
    cell.mine = kept.mine;
    await edit(cell, false);
    cell.says.textContent =
      kept.was === cell.source ? "Your version, as you left it." : "Your version. The book has changed this cell since.";
  }

  // --- Talking to Python.
  let worker = null;
  let isReady = false;
  let busy = 0;
  let number = 0;
  const waiting = new Map();
  const at = ({ cell: id, slider }) => {
    const { output } = cells.find((cell) => cell.id === id);
    return slider === undefined ? output : (output.querySelector(`[data-slider="${slider}"]`) ?? output);
  };
  const heard = {
    loading({ loaded, total, what }) {
      bar.hidden = false;
      bar.max = total;
      bar.value = loaded;
      const name = what === "Python" ? "Python, numpy and xentlib" : what;
      tell(`Loading ${name}: ${megabytes(loaded)} of ${megabytes(total)} MB`, loaded === 0);
      if (loaded >= total) tell(`Starting ${name}`, false);
    },
    loaded() {
      bar.hidden = true;
      tell("Running", false);
    },
    ready({ version }) {
      isReady = true;
      bar.hidden = true;
      dock.title = `Python ${version}, in this page`;
    },
    begin({ cell: id }) {
      const cell = cells.find((one) => one.id === id);
      if (cell.book) cell.book.hidden = true;
      cell.output.replaceChildren();
      cell.output.hidden = false;
      cell.says.textContent = "Running";
      tell(`Running cell ${cell.number}`, false);
    },
    end({ cell: id, ok, ms }) {
      const cell = cells.find((one) => one.id === id);
      cell.output.hidden = !cell.output.childNodes.length;
      // The keyboard scrolls what is wider than the page.
      for (const pre of cell.output.querySelectorAll("pre")) if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0;
      const words = ok ? `Done in ${duration(ms)}${compare(cell)}` : "Stopped by an error";
      cell.says.textContent = `${words}.`;
    },
    text({ place, parts }) {
      const box = at(place);
      for (const { kind, text } of parts) {
        const last = box.lastElementChild;
        if (last?.dataset.kind === kind) last.firstChild.append(text);
        else box.append(h("div", { class: `output ${kind === "error" ? "run-error" : "text_plain"}`, "data-kind": kind }, h("pre", {}, text)));
      }
      box.hidden = false;
    },
    picture({ place, png }) {
      const cell = cells.find(({ id }) => id === place.cell);
      const box = at(place);
      const isBooks = textOf(cell) === cell.source && !("moved" in box.dataset);
      const alt = isBooks && cell.alt ? cell.alt : "The picture that your code draws.";
      const binary = Array.from(png, (byte) => String.fromCharCode(byte)).join("");
      box.append(h("img", { src: `data:image/png;base64,${btoa(binary)}`, alt, class: "run-picture" }));
      box.hidden = false;
    },
    slider({ place, number: which, controls }) {
      at(place).append(slider(place.cell, which, controls));
    },
    done({ id, heap, ...result }) {
      if (heap) memory.textContent = `Python holds ${Math.round(heap / 1e6)} MB`;
      waiting.get(id)?.(result);
      waiting.delete(id);
    },
  };
  const compare = (cell) => {
    if (textOf(cell) !== cell.source || !cell.book) return "";
    const words = (root) => [...root.querySelectorAll(".output pre")].map((pre) => pre.textContent.trimEnd()).join("\n");
    const [book, ours] = [words(cell.book), words(cell.output)];
    if (!book) return "";
    return book === ours ? ", as in the book" : ". The book prints something else";
  };
  const send = (message) =>
    new Promise((resolve) => {
      const id = ++number;
      waiting.set(id, resolve);
      worker.postMessage({ ...message, id });
    });
  const end = (why) => {
    worker?.terminate();
    memory.textContent = "";
    [worker, isReady] = [null, false];
    bar.hidden = true;
    for (const resolve of waiting.values()) resolve({ ok: false, ended: why });
    waiting.clear();
  };
  const boot = () => {
    worker = new Worker(new URL("worker.js", from), { type: "module" });
    worker.addEventListener("message", ({ data }) => heard[data.type](data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      end("Python broke off. Perhaps it ran out of memory. The next run starts it anew.");
    });
    const folder = String(new URL(`${manifest.folder}/`, runtime));
    const own = manifest.own.map(([name, size, sha256]) => [name, size, sha256, String(new URL(name, from))]);
    return send({ type: "start", folder, manifest, own });
  };

  const python = async () => {
    if (worker) return { ok: true };
    tell("Loading Python");
    const started = await boot();
    if (started.fatal || started.ended) end("");
    return started;
  };

  // Runs the cells in order, each after what it needs.
  const runAll = async (targets) => {
    showDock();
    visible.forEach(update);
    busy++;
    refresh();
    const began = performance.now();
    let result = await python();
    for (const target of result.fatal || result.ended ? [] : targets) {
      target.says.textContent = "Waiting";
      const sources = cells.map(({ id, hidden, number: n, ...cell }) => ({
        id,
        hidden,
        number: n ?? 0,
        source: hidden ? cell.source : textOf({ ...cell }),
      }));
      result = await send({ type: "run", cells: sources, target: target.id });
      if (!result.ok) {
        if (result.fatal || result.ended) target.says.textContent = "Not finished.";
        else if (result.failed !== target.id) {
          const cause = cells.find(({ id }) => id === result.failed);
          target.says.textContent = `Not run: cell ${cause.number} above, which it needs, stopped with an error.`;
        }
        break;
      }
    }
    busy--;
    refresh();
    if (result.fatal) end("");
    const which = targets.length === 1 ? `Cell ${targets[0].number}` : `${targets.length} cells`;
    if (result.fatal) tell(`Python could not run. ${result.fatal}`);
    else if (result.ended !== undefined) tell(result.ended || "Stopped. The next run starts Python anew.");
    else if (result.ok) tell(`${which}: done in ${duration(performance.now() - began)}.`);
    else tell(`Cell ${cells.find(({ id }) => id === result.failed).number} stopped with an error.`);
    return result;
  };
  const refresh = () => {
    stopButton.hidden = busy === 0;
    pageButton.hidden = busy > 0;
    dock.toggleAttribute("data-busy", busy > 0);
  };

  // --- Controls that a cell asks for by interact().
  let next = null; // the values to draw once the last are drawn
  const slider = (id, which, controls) => {
    const values = Object.fromEntries(controls.map(({ name, value }) => [name, value]));
    const area = h("div", { "data-slider": which });
    let isDrawing = false;
    const draw = async () => {
      if (isDrawing || !worker) return;
      isDrawing = true;
      while (next) {
        const now = next;
        next = null;
        const { height } = area.getBoundingClientRect();
        area.style.minHeight = `${height}px`; // nothing below jumps while it is drawn anew
        area.replaceChildren();
        area.dataset.moved = ""; // the book's description is of the first frame
        await send({ type: "slide", cell: id, number: which, values: now });
      }
      isDrawing = false;
    };
    const boxes = controls.map(({ name, kind, labels, value, ...limits }) => {
      const shown = h("output", {}, kind === "range" ? String(value) : "");
      const input =
        kind === "select"
          ? h("select", {}, ...labels.map((label, k) => h("option", { value: k }, label)))
          : h("input", { type: kind, ...limits, value, ...(kind === "checkbox" && value ? { checked: "" } : {}) });
      input.addEventListener("input", () => {
        values[name] = kind === "checkbox" ? input.checked : Number(input.value);
        if (kind === "range") shown.textContent = input.value;
        next = { ...values };
        draw();
      });
      return h("label", {}, h("span", {}, name), input, shown);
    });
    return h("div", { class: "run-controls" }, ...boxes, area);
  };

  stopButton.addEventListener("click", () => {
    end("Stopped. The next run starts Python anew.");
    for (const { says } of visible) if (says.textContent === "Running") says.textContent = "Stopped.";
    pageButton.hidden = false;
    pageButton.focus();
  });
  pageButton.addEventListener("click", () => runAll(visible.filter(({ solution }) => !solution)));
  addEventListener("pagehide", (event) => event.persisted || end(""));

  function press(name, cell) {
    const above = visible.slice(0, visible.indexOf(cell)).filter(({ solution }) => !solution);
    const acts = {
      run: () => runAll([cell]),
      above: () => runAll(above),
      edit: () => edit(cell),
      reset: () => reset(cell),
      version() {
        cell.showsBook = !cell.showsBook;
        update(cell);
        live.textContent = cell.showsBook ? "The book’s version is shown, and runs." : "Your version is shown, and runs.";
      },
    };
    return acts[name]();
  }
  return { press: (button) => press(button.dataset.run, cellOf(button)) };
};
