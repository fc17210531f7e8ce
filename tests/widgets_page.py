"""Static pages that hold live figures outside the book, for the tests and for looking at them.

``python tests/widgets_page.py TwoDistributions /tmp/page.html`` writes a page to open in a browser.
"""

import json
import sys
from pathlib import Path

# The least model that a figure can live on: what it may ask of any host, and nothing more.
MODEL = """
const makeModel = (state) => {
  const listeners = [];
  return {
    state, listeners, saved: 0,
    get: (key) => state[key],
    set(key, value) {
      if (JSON.stringify(state[key]) === JSON.stringify(value)) return;
      state[key] = value;
      for (const [name, f] of [...listeners]) if (name === `change:${key}`) f();
    },
    on: (name, f) => listeners.push([name, f]),
    off: (name, f) => {
      const k = listeners.findIndex((l) => l[0] === name && l[1] === f);
      if (k >= 0) listeners.splice(k, 1);
    },
    save_changes() { this.saved++; },
  };
};
const code = new Map();
window.figures = [];
for (const el of document.querySelectorAll("[data-figure]")) {
  const state = JSON.parse(el.querySelector("script").textContent);
  if (!code.has(state._esm)) {
    const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
    code.set(state._esm, import(url));
  }
  const { default: module } = await code.get(state._esm);
  const model = makeModel(state);
  const slot = document.createElement("div");
  el.append(slot);
  window.figures.push({ model, slot, end: module.render({ model, el: slot }) });
}
document.documentElement.dataset.done = "";
"""


def page(*widgets, theme="light"):
    """The page's HTML."""
    style = "".join({w._css: f"<style>{w._css}</style>" for w in widgets}.values())
    slots = "".join(
        f'<div data-figure><script type="application/json">{state}</script></div>'
        for state in (
            json.dumps({k: w.get_state()[k] for k in w.keys}, default=str).replace("</", "<\\/")
            for w in widgets
        )
    )
    background = "#14181e" if theme == "dark" else "#fff"
    return f"""<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Live figures</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>body {{ font-family: system-ui, sans-serif; background: {background}; margin: 16px; }}
h1 {{ position: absolute; clip-path: inset(50%); }}</style>{style}</head>
<body><main><h1>Live figures</h1>{slots}</main>
<script type="module">{MODEL}</script></body></html>"""


if __name__ == "__main__":
    import xentlib.widgets

    name, path, *theme = sys.argv[1:]
    Path(path).write_text(page(getattr(xentlib.widgets, name)(), theme=(theme or ["light"])[0]))
