// Makes the book's figures live on a page without a kernel: it reads the widget state that the
// build wrote into the page and gives each figure's module the model it expects (the Anywidget
// Front-End Module contract: initialize, render, and a model with get, set, on, off, save_changes).
// The figures start while the page waits for its style sheet, when there is nothing else to do.
(() => {
  "use strict";
  const MIME = "application/vnd.jupyter.widget-";
  const FAILED = "The figure did not start, so this is its picture. Loading the page again may help.";
  const read = (script) => JSON.parse(script.textContent);

  // The figures' modules arrive as functions, from scripts that may run before or after this one.
  const modules = new Map();
  const waiting = new Map();
  const receive = ([key, run]) => {
    modules.set(key, run);
    waiting.get(key)?.resolve(run);
  };
  const queue = (globalThis.xentModules ??= []);
  queue.forEach(receive);
  queue.push = receive;
  // Once the page has loaded, a script that has not handed over its module never will.
  const giveUp = () => waiting.forEach(({ reject }, key) => reject(new Error(`module ${key} did not load`)));
  addEventListener("load", giveUp);
  const moduleOf = (key) =>
    modules.get(key) ??
    new Promise((resolve, reject) => {
      waiting.set(key, { resolve, reject });
      if (document.readyState === "complete") giveUp();
    });

  const loaded = new Map();
  const load = async (key) => {
    const run = await moduleOf(key);
    if (!loaded.has(key)) loaded.set(key, run().default);
    const made = loaded.get(key);
    return typeof made === "function" ? made() : made;
  };

  const makeModel = (state) => {
    const listeners = [];
    const emit = (name, ...args) =>
      listeners.filter((l) => l.name === name).forEach((l) => l.callback.call(l.context, ...args));
    const model = {
      get: (name) => state[name],
      set(name, value) {
        const wanted = typeof name === "string" ? { [name]: value } : name;
        const changed = Object.keys(wanted).filter(
          (key) => JSON.stringify(state[key]) !== JSON.stringify(wanted[key]),
        );
        Object.assign(state, wanted);
        changed.forEach((key) => emit(`change:${key}`, model, state[key], {}));
        if (changed.length) emit("change", model, {});
      },
      on(names, callback, context) {
        for (const name of names.split(/\s+/)) listeners.push({ name, callback, context });
      },
      off(names, callback) {
        const gone = names?.split(/\s+/);
        for (let i = listeners.length - 1; i >= 0; i--)
          if ((!gone || gone.includes(listeners[i].name)) && (!callback || callback === listeners[i].callback))
            listeners.splice(i, 1);
      },
      save_changes() {},
      send() {},
    };
    return model;
  };

  let hasMoved = false;
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(name, () => (hasMoved = true), { once: true, passive: true });

  // A link to a place below the figure was followed before the figure had its height.
  const followLinkAgain = (figure) => {
    const isSeen = performance.getEntriesByType("paint").length > 0;
    const target = isSeen && !hasMoved && document.querySelector(":target");
    if (target && figure.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING) target.scrollIntoView();
  };

  const mount = async (figure, state) => {
    const el = document.createElement("div");
    el.className = "live";
    try {
      const module = await load(state._esm);
      const model = makeModel({ ...state });
      const signal = new AbortController().signal;
      await module.initialize?.({ model, signal });
      figure.append(el);
      await module.render({ model, el, signal });
    } catch (error) {
      el.remove();
      figure.classList.add("has-failed");
      figure.append(Object.assign(document.createElement("p"), { className: "why-still", textContent: FAILED }));
      console.error("figure:", error);
      return;
    }
    figure.classList.add("is-live");
    followLinkAgain(figure);
  };

  const start = () => {
    const specs = {};
    for (const script of document.querySelectorAll(`script[type="${MIME}state+json"]`))
      Object.assign(specs, read(script).state);
    for (const script of document.querySelectorAll(`script[type="${MIME}view+json"]`)) {
      const state = specs[read(script).model_id]?.state;
      if (state?._esm) mount(script.parentNode, state);
    }
  };
  // "interactive" comes before the theme's deferred scripts run: the figures do not wait for them.
  if (document.readyState === "loading")
    document.addEventListener("readystatechange", start, { once: true });
  else start();
})();
