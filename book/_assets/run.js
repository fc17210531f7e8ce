// Cells that run where they stand: what does it is loaded at the first press, or where an edit is kept.
(() => {
  "use strict";
  const { from, runtime, cells } = document.currentScript.dataset;
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const at = (path) => new URL(path, root);
  const prefix = `xent:code:${location.pathname}:`;
  let page;
  const load = () => {
    page ??= import(at(`${from}page.js`)).then(({ start }) =>
      start({ from: at(from), runtime: at(runtime), cells: at(cells), prefix }),
    );
    page.catch(() => (page = undefined)); // the next press tries again
    return page;
  };
  addEventListener("click", async ({ target }) => {
    const button = target.closest?.(".run-bar button");
    if (!button) return;
    const bar = button.parentElement;
    const note = bar.querySelector(".run-note") ?? bar.appendChild(document.createElement("span"));
    note.className = "run-note";
    note.role = "status";
    if (location.protocol === "file:") {
      note.textContent =
        "A browser runs no Python in a page opened from a file. Open the book from a server, for instance with python -m http.server in its folder.";
      return;
    }
    try {
      note.textContent = page ? "" : "Loading";
      const { press } = await load();
      note.remove();
      press(button);
    } catch (error) {
      note.textContent = `Python could not be loaded. ${navigator.onLine ? error.message : "You are offline, and it was not used here before."}`;
    }
  });
  try {
    if (Object.keys(localStorage).some((key) => key.startsWith(prefix)) && location.protocol !== "file:") load().catch(() => {});
  } catch {
    // Storage is blocked: nothing is kept there.
  }
})();
