"""Measure the built pages as a phone and a laptop meet them, and print one table.

Bytes are what a first visit transfers with gzip. "Live" is the time until the page is painted and
each of its figures responds, on Lighthouse's slow phone link (1.6 Mbit/s, 150 ms, a processor four
times slower). "Paint" is the work between a slider's move and the frame that shows it.

Both differ by a factor of two from machine to machine, so each stands beside its ratio to a bare
page: one slider that moves one rectangle, measured in turn with the page, in the same browser.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
from pathlib import Path

import chromium
import pages
import serve
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
AXE_RUN = "async () => (await axe.run({ resultTypes: ['violations'] })).violations.length"
LIGHTHOUSE = ROOT / "node_modules/.bin/lighthouse"
AIMS = {
    "kB": 300,
    "foreign": 0,
    "axe": 0,
    "mobile": 95,
    "desktop": 98,
    "seo": 100,
    "practices": 100,
    "live s": 1.6,
    "live ×": 2,
    "paint ms": 4,
    "paint ×": 3,
}
SCORES = {"mobile", "desktop", "seo", "practices"}  # the more, the better
BARE = "bare"
BARE_PAGE = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>One slider</title>
<div class="live-figure is-live"><div class="live">
<input type="range" aria-label="Place">
<svg width="300" height="50"><rect width="50" height="50"/></svg>
</div></div>
<script>
const rectangle = document.querySelector("rect");
document.querySelector("input").addEventListener("input", (event) =>
  rectangle.setAttribute("x", 2 * event.target.value));
</script>
</html>
"""
SLOW_LINK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
# Looks after each frame, so that nothing counts before the page is painted.
LIVE = """
const dead = ".live-figure:not(.is-live)";
const look = () => {
  if (document.readyState === "loading" || document.querySelector(dead)) wait();
  else window.live = performance.now();
};
const wait = () => requestAnimationFrame(() => setTimeout(look));
wait();
"""
# Our frame callback is registered first, so what follows it in the frame is the figure's drawing,
# the layout and the paint; the message arrives when the frame is done.
PAINT = """
async (slider) => {
  const times = [];
  for (let i = 0; i < 40; i++) {
    const frame = new Promise((done) => requestAnimationFrame(() => {
      const begun = performance.now();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now() - begun);
      channel.port2.postMessage(0);
    }));
    const span = slider.max - slider.min;
    slider.value = +slider.min + span * (0.3 + 0.01 * i);
    const start = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const handled = performance.now() - start;
    times.push(handled + (await frame));
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1];
}
"""


class Handler(serve.Handler):
    """The built book, and the bare page beside it."""

    def do_GET(self):
        if self.path != f"/{BARE}.html":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(BARE_PAGE)))
        self.end_headers()
        self.wfile.write(BARE_PAGE)


def slow_page(browser):
    """Open a page of a phone on the slow link."""
    page = browser.new_context(viewport={"width": 360, "height": 800}).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_LINK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    return page, session


def transfer(browser, origin: str, name: str) -> dict:
    """Bytes, requests and foreign requests of a first visit."""
    page, session = slow_page(browser)
    seen = {"bytes": 0, "requests": 0, "foreign": 0}

    def count(request):
        if request.url.startswith(("blob:", "data:")):
            return
        seen["requests"] += 1
        seen["foreign"] += not request.url.startswith(origin)

    def add(event):
        seen["bytes"] += event["encodedDataLength"]

    page.on("request", count)
    session.on("Network.loadingFinished", add)
    page.goto(f"{origin}/{name}.html", wait_until="networkidle")
    page.context.close()
    return {
        "kB": seen["bytes"] / 1000,
        "requests": seen["requests"],
        "foreign": seen["foreign"],
    }


def liveness(browser, origin: str, name: str) -> float | None:
    """Seconds until every figure responds, or None if the page has none."""
    page, _ = slow_page(browser)
    page.add_init_script(LIVE)
    page.goto(f"{origin}/{name}.html", wait_until="commit")
    page.wait_for_function("window.live", timeout=60_000)
    live = page.evaluate("live") / 1000
    has_figures = page.locator(".live-figure").count() > 0
    page.context.close()
    return live if has_figures else None


def accessibility(browser, origin: str, name: str) -> int:
    """Count the axe violations in light and dark, at 360 and 1280 pixels."""
    found = 0
    for width in (360, 1280):
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme
            )
            page = context.new_page()
            page.goto(f"{origin}/{name}.html")
            chromium.settle_styles(page)
            chromium.start_figures(page)
            page.add_script_tag(content=AXE)
            found += page.evaluate(AXE_RUN)
            context.close()
    return found


def paint(browser, origin: str, name: str) -> float | None:
    """Worst median, over the page's figures, of the work from a slider's move to its paint."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{origin}/{name}.html")
    chromium.start_figures(page)
    times = []
    for figure in page.locator(".live-figure .live").all():
        slider = figure.locator("input[type=range]").first
        if slider.count():
            slider.scroll_into_view_if_needed()
            times.append(slider.evaluate(PAINT))
    context.close()
    return max(times, default=None)


def beside_bare(measure, browser, origin: str, name: str, runs: int):
    """Return the median of a measure and its ratio to the bare page's, or None for either."""
    pairs = []
    for _ in range(runs):
        value = measure(browser, origin, name)
        if value is None:
            return None, None
        pairs.append((value, measure(browser, origin, BARE)))
    page, bare = (statistics.median(values) for values in zip(*pairs, strict=True))
    return page, page / bare


def lighthouse(path: str, origin: str, name: str, desktop: bool, runs: int) -> dict[str, float]:
    """Return the median score of each category, of 100."""
    scores = {"performance": [], "seo": [], "best-practices": []}
    for _ in range(runs):
        done = subprocess.run(
            [
                str(LIGHTHOUSE),
                f"{origin}/{name}.html",
                "--quiet",
                "--output=json",
                "--only-categories=" + ",".join(scores),
                "--chrome-flags=" + " ".join(["--headless=new", *chromium.FLAGS]),
                *(["--preset=desktop"] if desktop else []),
            ],
            env=os.environ | {"CHROME_PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"Lighthouse failed on {name}:\n{done.stderr}")
        categories = json.loads(done.stdout)["categories"]
        for category, found in scores.items():
            found.append(100 * categories[category]["score"])
    return {category: statistics.median(found) for category, found in scores.items()}


def show(value) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def is_missed(aim: str, value) -> bool:
    if value is None:
        return False
    return value < AIMS[aim] if aim in SCORES else value > AIMS[aim]


def verdicts(rows: list[dict]) -> list[str]:
    """Say of each aim whether every page meets it, which is the worst, and which others miss it."""
    lines = []
    for aim, limit in AIMS.items():
        measured = [row for row in rows if row[aim] is not None]
        if not measured:
            continue
        measured.sort(key=lambda row: row[aim], reverse=aim not in SCORES)
        worst = f"{show(measured[0][aim])} on {measured[0]['page']}"
        others = [f"{row['page']} {show(row[aim])}" for row in measured if is_missed(aim, row[aim])]
        if not others:
            lines.append(f"met     {aim}: at worst {worst}, aim {limit}")
        else:
            more = f"; also {', '.join(others[1:])}" if others[1:] else ""
            lines.append(f"missed  {aim}: {worst}, aim {limit}{more}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="names such as book/index; all pages without any")
    parser.add_argument("--runs", type=int, default=3, help="runs of what varies (median)")
    arguments = parser.parse_args()
    path = chromium.find()
    if not (serve.SITE / "index.html").is_file():
        sys.exit(f"There is no book in {serve.SITE}. Build it first: make book")
    http = serve.Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{http.server_port}"
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        for name in arguments.pages or pages.names():
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            row = {"page": name, **transfer(browser, origin, name)}
            row["axe"] = accessibility(browser, origin, name)
            for key, measure in {"live s": liveness, "paint ms": paint}.items():
                ratio = f"{key.split()[0]} ×"
                measured = beside_bare(measure, browser, origin, name, arguments.runs)
                row[key], row[ratio] = measured
            scores = {
                form: lighthouse(path, origin, name, form == "desktop", arguments.runs)
                for form in ("mobile", "desktop")
            }
            for form, found in scores.items():
                row[form] = found["performance"]
            row["seo"] = min(found["seo"] for found in scores.values())
            row["practices"] = min(found["best-practices"] for found in scores.values())
            rows.append(row)
        browser.close()
    http.shutdown()
    columns = ["page", "kB", "requests", *list(AIMS)[1:]]
    table = [columns, *([show(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    for line in table:
        cells = [line[0].ljust(widths[0])]
        cells += [c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True)]
        print("  ".join(cells))
    print("\n" + "\n".join(verdicts(rows)))


if __name__ == "__main__":
    main()
