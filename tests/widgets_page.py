"""Static pages that hold live figures outside the book, and hands that move the figures.

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


def page_of(*widgets, theme="light"):
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


def settle(page):
    """Wait until the last change is painted."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def control(page, name):
    return page.locator(f'[data-control="{name}"]').first


def press(page, name, *keys):
    control(page, name).focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def click(page, name):
    page.locator(f'[data-button="{name}"]').first.click()
    settle(page)


def drag(page, name, dx=0, dy=0):
    page.locator(f'[data-grab="{name}"]').first.scroll_into_view_if_needed()
    box = page.locator(f'[data-grab="{name}"]').first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()
    settle(page)


def trait(page, name, number=0):
    return page.evaluate(f"figures[{number}].model.get({name!r})")


def readout(page, name):
    """Return the number at full precision, having checked that its text says the same."""
    node = page.locator(f'[data-readout="{name}"]').first
    value = node.get_attribute("data-value")
    text = node.inner_text().replace("−", "-").replace(",", "")
    if value in ("Infinity", "-Infinity"):
        assert text == value.replace("Infinity", "∞")
        return float(value)
    if text[0] in "<>":
        assert float(value) < float(text[1:]) if text[0] == "<" else float(value) > float(text[1:])
        return float(value)
    digits, _, power = text.partition(" · 10")
    power = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
    decimals = len(digits.partition(".")[2])
    shown = float(digits) * 10.0**power
    assert abs(shown - float(value)) <= 0.5001 * 10.0 ** (power - decimals)
    return float(value)


if __name__ == "__main__":
    import xentlib.widgets

    name, path, *theme = sys.argv[1:]
    Path(path).write_text(page_of(getattr(xentlib.widgets, name)(), theme=(theme or ["light"])[0]))
