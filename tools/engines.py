"""Take the same steps through the built site in each engine of this machine, and print one table.

Chromium is driven by Playwright, Debian's Firefox by WebDriver BiDi, and Debian's WebKitGTK by
WebDriver under a screen of its own. A step is written once, on what the three have in common.
"""

import argparse
import contextlib
import io
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import chromium
import pages
import serve
import websocket
from playwright.sync_api import sync_playwright

PATIENCE = 180  # seconds for what starts Python on a busy machine
WIDTH, HEIGHT = 1280, 800
# The code points of WebDriver for keys that write nothing.
KEYS = {"ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}
# WebKit's driver does not hand out what a page complains of, so each page keeps it.
RECORDER = """<script>
window.complaints = [];
addEventListener("error", ({ message, target }) => {
  // Notice that a size found in a frame is drawn in the next one: nothing has failed.
  if (message?.startsWith("ResizeObserver loop")) return;
  // Firefox fetches the next page ahead, which nobody has opened: offline it cannot.
  if (target.rel === "next") return;
  complaints.push(message ?? `${target.src ?? target.href} did not load`);
}, true);
addEventListener("unhandledrejection", (e) => complaints.push(String(e.reason)));
console.error = (...words) => complaints.push(words.join(" "));
</script>"""


class Failed(Exception):
    """A step saw something else than it should; the message is for the table's reader."""


def check(is_right: bool, message: str):
    if not is_right:
        raise Failed(message)


# ---- The site


class Handler(serve.Handler):
    """The built site, whose pages keep what they complain of."""

    protocol_version = "HTTP/1.0"  # a connection that is kept would outlive the server

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.suffix != ".html" or not path.is_file():
            return super().send_head()
        body = path.read_bytes().replace(b"<head>", b"<head>" + RECORDER.encode(), 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


class Site:
    """The site at one address, which can go and come back."""

    def __init__(self):
        self.port, self.http = 0, None
        self.start()

    def start(self):
        self.http = serve.Server(("127.0.0.1", self.port), Handler)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()

    def url(self, name: str, rest: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/{name}.html{rest}"


# ---- The engines: open a page, evaluate an expression, press a key, lead the pointer


class Engine:
    """What the engines share. What one starts, it gives to an ExitStack to end."""

    def until(self, expression: str, what: str, seconds: float = 60):
        """Wait until an expression is true."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise Failed(f"{what}: not within {seconds:.0f} s")
            time.sleep(0.05)

    def paint(self):
        """Wait until what has changed is painted."""
        self.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0, 1)))")


class Chromium(Engine):
    name, package = "Chromium", "chromium"

    @staticmethod
    def is_there() -> bool:
        return bool(chromium.find())

    def __init__(self, end):
        playwright = end.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        end.callback(browser.close)
        self.version = browser.version
        self.page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})

    def open(self, url):
        self.page.goto(url)

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def press(self, key):
        self.page.keyboard.press(key)

    def lead(self, *points):
        (first, *rest), mouse = points, self.page.mouse
        mouse.move(*first)
        mouse.down()
        for point in rest:
            mouse.move(*point)
        mouse.up()


class Actor(Engine):
    """An engine that takes WebDriver's actions."""

    def press(self, key):
        value = KEYS.get(key, key)
        steps = [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]
        self.perform({"type": "key", "id": "keys", "actions": steps})

    def lead(self, *points):
        moves = [{"type": "pointerMove", "x": int(x), "y": int(y)} for x, y in points]
        down, up = ({"type": f"pointer{kind}", "button": 0} for kind in ("Down", "Up"))
        self.perform(
            {"type": "pointer", "id": "mouse", "actions": [moves[0], down, *moves[1:], up]}
        )


class Firefox(Actor):
    name, package = "Firefox", "firefox-esr"

    @staticmethod
    def path() -> str | None:
        return shutil.which("firefox-esr") or shutil.which("firefox")

    @classmethod
    def is_there(cls) -> bool:
        return bool(cls.path())

    def __init__(self, end):
        profile = end.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        quiet = 'user_pref("nimbus.rollouts.enabled", false);\n'  # it asks nobody for experiments
        Path(profile, "user.js").write_text(quiet, "utf-8")
        options = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"]
        process = end.enter_context(
            subprocess.Popen(
                [self.path(), *options],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        end.callback(process.terminate)
        found = (re.search(r"BiDi listening on (ws:\S+)", line) for line in process.stderr)
        address = next((match[1] for match in found if match), None)
        check(address, "it ended before it listened")
        # What it says from here on is read by nobody, and must not fill the pipe.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        self.socket = websocket.create_connection(
            f"{address}/session", timeout=PATIENCE, suppress_origin=True
        )
        end.callback(self.socket.close)
        self.numbers = itertools.count()
        session = self.ask("session.new", capabilities={})
        self.version = session["capabilities"]["browserVersion"]
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        size = {"width": WIDTH, "height": HEIGHT}
        self.ask("browsingContext.setViewport", context=self.context, viewport=size)

    def ask(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") != number:  # an event
                continue
            if "error" in answer:
                raise Failed(f"{method}: {answer['message']}")
            return answer["result"]

    def open(self, url):
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression):
        answer = self.ask(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((x) => JSON.stringify(x ?? null))",
            target={"context": self.context},
            awaitPromise=True,
        )
        if "exceptionDetails" in answer:
            raise Failed(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def perform(self, actions):
        self.ask("input.performActions", context=self.context, actions=[actions])


class WebKit(Actor):
    name, package = "WebKitGTK", "webkit2gtk-driver xvfb"

    @staticmethod
    def path() -> Path | None:
        """Path of the browser that comes with the library, which its driver starts."""
        return max(Path("/usr").glob("lib*/*/webkit2gtk-4*/MiniBrowser"), default=None)

    @classmethod
    def is_there(cls) -> bool:
        programs = (shutil.which("WebKitWebDriver"), shutil.which("xvfb-run"), cls.path())
        return all(programs)

    def __init__(self, end):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        command = ["xvfb-run", "--auto-servernum", "WebKitWebDriver", f"--port={port}"]
        process = end.enter_context(subprocess.Popen(command, start_new_session=True))
        end.callback(os.killpg, process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 60
        while not self.listens():
            is_coming = process.poll() is None and time.monotonic() < deadline
            check(is_coming, "its driver does not answer")
            time.sleep(0.1)
        options = {"binary": str(self.path()), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = self.ask("POST", "/session", capabilities=wanted)
        self.session = f"/session/{session['sessionId']}"
        self.version = session["capabilities"]["browserVersion"]
        end.callback(self.ask, "DELETE", self.session)
        self.ask("POST", f"{self.session}/timeouts", script=1000 * PATIENCE)
        self.ask("POST", f"{self.session}/window/rect", width=WIDTH, height=HEIGHT)

    def ask(self, method, path, **body):
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self.address + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            told = json.load(error)["value"]
            raise Failed(f"{path.rpartition('/')[2]}: {told['error']} {told['message']}") from error

    def listens(self) -> bool:
        try:
            return bool(self.ask("GET", "/status"))
        except OSError:
            return False

    def open(self, url):
        self.ask("POST", f"{self.session}/url", url=url)

    def evaluate(self, expression):
        script = (
            f"const done = arguments[0]; Promise.resolve({expression})"
            ".then((x) => done([x ?? null]), (error) => done([null, String(error)]))"
        )
        value, *failed = self.ask("POST", f"{self.session}/execute/async", script=script, args=[])
        if failed:
            raise Failed(failed[0])
        return value

    def perform(self, actions):
        self.ask("POST", f"{self.session}/actions", actions=[actions])


ENGINES = [Chromium, Firefox, WebKit]


# ---- The steps. Each returns what it looked at, or raises Failed.

CHAPTER = "book/04-cross-entropy"
LIVE = "[...document.querySelectorAll('.live-figure .xent-figure')]"
SLIDERS = "input[type=range]:enabled, [role=slider]:not([aria-disabled=true])"
IS_LAST = """(({ value, max, ariaValueNow, ariaValueMax }) =>
  Number(value ?? ariaValueNow) >= Number(max ?? ariaValueMax))(document.activeElement)"""


def no_complaint(engine, where: str):
    complaints = engine.evaluate("window.complaints")
    check(complaints == [], f"{where}: {complaints}")


def visit(engine, site, name, rest=""):
    """Open a page, wait for its figures, and ask what it complains of."""
    engine.open(site.url(name, rest))
    engine.until(
        "document.readyState === 'complete'"
        " && !document.querySelector('.live-figure:not(.is-live, .has-failed)')",
        f"{name} is ready",
    )
    no_complaint(engine, name)


def rest(engine):
    """Wait until the page has not moved for a moment."""
    before, still = None, 0
    while still < 5:
        time.sleep(0.06)
        now = engine.evaluate("[scrollY, document.documentElement.scrollHeight]")
        before, still = now, still + 1 if now == before else 0


def middle(engine, element: str) -> tuple[float, float]:
    """Bring an element, given by an expression, into the view, and return where its middle is."""
    box = "(({ x, y, width, height }) => [x + width / 2, y + height / 2])"
    box += f"({element}.getBoundingClientRect())"
    for _ in range(5):  # what comes into the view is laid out only then, and may push it out again
        engine.evaluate(f"{element}.scrollIntoView({{ block: 'center', behavior: 'instant' }})")
        rest(engine)
        x, y = engine.evaluate(box)
        if 100 < y < engine.evaluate("innerHeight") - 100:
            return x, y
    raise Failed(f"{element} does not come into the view")


def click(engine, element: str):
    engine.lead(middle(engine, element))


def has_figures(name: str) -> bool:
    return 'class="live-figure' in (serve.SITE / f"{name}.html").read_text("utf-8")


def pages_load(engine, site):
    names = [*pages.names(), "search"]
    for name in names:
        visit(engine, site, name)
    return f"{len(names)} pages"


def live_figures(engine, site):
    """Open one page with figures after another; yield its name and each figure's expression."""
    for name in filter(has_figures, pages.names()):
        visit(engine, site, name)
        for at in range(engine.evaluate(f"{LIVE}.length")):
            yield name, f"{LIVE}[{at}]"


def figures_are_live(engine, site):
    count = 0
    for name in filter(has_figures, pages.names()):
        visit(engine, site, name)
        made = engine.evaluate(
            "[...document.querySelectorAll('.live-figure')]"
            ".map((f) => f.querySelector('.xent-figure')?.getBoundingClientRect().height ?? 0)"
        )
        check(min(made) > 100, f"{name}: the heights of its figures are {made}")
        count += len(made)
    return f"{count} figures"


def moves(engine, figure: str, act, what: str):
    """Do something to a figure, whose drawing or numbers must then be others."""
    shown = (
        f"[...{figure}.querySelectorAll('svg, [data-value]')]"
        ".map((n) => n.dataset.value ?? n.innerHTML).join()"
    )
    before = engine.evaluate(shown)
    act()
    engine.paint()
    check(engine.evaluate(shown) != before, f"{what} moves nothing")
    no_complaint(engine, what)


def keys_move(engine, site):
    count = 0
    for name, figure in live_figures(engine, site):
        sliders = f"[...{figure}.querySelectorAll('{SLIDERS}')].filter((s) => s.checkVisibility())"
        for k in range(engine.evaluate(f"{sliders}.length")):
            engine.evaluate(f"{sliders}[{k}].focus()")
            label = engine.evaluate("document.activeElement.dataset.control")
            key = "ArrowLeft" if engine.evaluate(IS_LAST) else "ArrowRight"
            moves(engine, figure, lambda key=key: engine.press(key), f"{name}, {label}: {key}")
            count += 1
    return f"{count} sliders"


def pointer_drags(engine, site):
    count = 0
    for name, figure in live_figures(engine, site):
        grab = f"{figure}.querySelector('[data-grab]')"
        if not engine.evaluate(f"Boolean({grab})"):
            continue
        x, y = middle(engine, grab)
        way = [(x + 10 * k, y - 10 * k) for k in range(5)]
        moves(engine, figure, lambda way=way: engine.lead(*way), f"{name}: a drag")
        count += 1
    return f"{count} figures"


def quiz_is_judged(engine, site):
    visit(engine, site, CHAPTER)
    choice = "document.querySelector('.quiz-form:has([type=radio])')"
    number = "document.querySelector('.quiz-form:has([data-answer])')"

    def answer(form, chosen):
        chosen()
        click(engine, f"{form}.querySelector('.quiz-check')")
        return engine.evaluate(f"{form}.querySelector('.quiz-verdict').textContent")

    for right, said in [(0, "✗ Not yet."), (1, "✓ Right.")]:
        label = f"{choice}.querySelector('[data-right=\"{right}\"]').closest('label')"
        told = answer(choice, lambda label=label: click(engine, label))
        check(told == said, f"option {right}: {told!r}")

    def write():
        click(engine, f"{number}.querySelector('[data-answer]')")
        for key in engine.evaluate(f"{number}.querySelector('[data-answer]').dataset.answer"):
            engine.press(key)

    told = answer(number, write)
    check(told == "✓ Right.", f"the number: {told!r}")
    no_complaint(engine, CHAPTER)
    return "3 answers"


# How far from where it should be a page stands: an address leads to the top of what it names.
ASTRAY = """((id) => {
  const root = document.documentElement;
  const margin = parseFloat(getComputedStyle(root).scrollPaddingTop) || 0;
  const wanted = document.getElementById(id).getBoundingClientRect().top + scrollY - margin;
  return scrollY - Math.max(0, Math.min(wanted, root.scrollHeight - innerHeight));
})"""


def links_land(engine, site):
    """From a page just opened, where what is far below has not been laid out."""
    chapters = [name for name in pages.names() if re.match(r"book/\d\d-", name)]
    contents = '.bd-sidebar-secondary a[href^="#"]'
    count, wrong = 0, []
    for name in chapters:
        visit(engine, site, name)
        hashes = engine.evaluate(f"[...document.querySelectorAll('{contents}')].map((a) => a.hash)")
        check(len(hashes) >= 5, f"{name}: {len(hashes)} contents links")
        for place in dict.fromkeys([hashes[len(hashes) // 2], hashes[-1]]):
            follow = f"document.querySelector('.bd-sidebar-secondary [href=\"{place}\"]').click()"
            for how in ("opened", "followed"):
                engine.open("about:blank")
                visit(engine, site, name, place if how == "opened" else "")
                if how == "followed":
                    engine.evaluate(follow)
                rest(engine)
                off = engine.evaluate(f"{ASTRAY}({json.dumps(place[1:])})")
                if abs(off) >= 4:
                    wrong.append(f"{name}{place} {how}: {off:.0f} px off")
                count += 1
    check(not wrong, "; ".join(wrong))
    return f"{count} links"


def python_runs(engine, site):
    visit(engine, site, CHAPTER)
    cell = "document.querySelector('.cell:has(> .run-bar)')"
    text = "[...{}.querySelectorAll('pre')].map((p) => p.textContent.trim()).join('\\n')"
    built = engine.evaluate(text.format(f"{cell}.querySelector('.cell_output')"))
    check(bool(built), "the first cell prints nothing")
    click(engine, f"{cell}.querySelector('[data-run=run]')")
    done = "document.querySelector('.run-dock') && !document.querySelector('.run-dock[data-busy]')"
    engine.until(f"Boolean({done})", "Python is done", PATIENCE)
    ran = engine.evaluate(text.format(f"{cell}.querySelector('.run-output')"))
    check(ran == built, f"the first cell prints {ran!r}, and the build printed {built!r}")
    no_complaint(engine, CHAPTER)
    return "1 cell"


# All that a page has loaded under a name of its content is kept, and the page itself.
KEPT = """(async () => {
  if (!navigator.serviceWorker.controller) return false;
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const named = loaded.filter((url) => /[?]v=/.test(url) && !/[.]png/.test(url));
  const all = [location.origin + location.pathname, ...named];
  const kept = await Promise.all(all.map((url) => caches.match(url)));
  return kept.length > 5 && kept.every(Boolean);
})()"""


def works_offline(engine, site):
    other = "book/05-kl-divergence"
    visit(engine, site, CHAPTER, "?offline")
    engine.until(KEPT, "the page is kept")
    site.stop()
    try:
        visit(engine, site, CHAPTER)
        engine.open(site.url(other))
        told = engine.evaluate("document.querySelector('h1').textContent")
        check(told == "This page is not on your device", f"a page never opened says {told!r}")
    finally:
        site.start()
    return "2 pages"


STEPS = {
    "pages load without an error": pages_load,
    "figures are live": figures_are_live,
    "an arrow key moves the figure": keys_move,
    "a drag moves the figure": pointer_drags,
    "quiz questions are judged": quiz_is_judged,
    "links to a section land": links_land,
    "Python runs a cell": python_runs,
    "opened once, works offline": works_offline,
}


def walk(make, steps) -> tuple[str, dict[str, str], list[str]]:
    """Take the steps in an engine; return its name, a word for each, and what failed."""
    title, words, wrong = make.name, {}, []
    with contextlib.ExitStack() as end:
        site = Site()
        end.callback(site.stop)
        try:
            engine = make(end)
        except Exception as error:
            return title, words, [f"{title} did not start: {error}"]
        title = f"{title} {engine.version}"
        for what in steps:
            print(f"{title}: {what} …", file=sys.stderr, flush=True)
            try:
                words[what] = STEPS[what](engine, site)
            except Exception as error:
                words[what] = "FAILED"
                wrong.append(f"{title}, {what}: {error or type(error).__name__}")
    return title, words, wrong


def table(columns: list[tuple[str, dict[str, str]]], steps) -> str:
    rows = [["", *(title for title, _ in columns)]]
    rows += [[what, *(words.get(what, "") for _, words in columns)] for what in steps]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "   ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def main():
    names = [make.name for make in ENGINES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", help=f"of {', '.join(names)}; all without any")
    parser.add_argument("--step", choices=STEPS, action="append", help="only this one")
    arguments = parser.parse_args()
    steps = arguments.step or list(STEPS)
    columns, wrong, missing = [], [], []
    for make in ENGINES:
        if arguments.engines and make.name not in arguments.engines:
            continue
        if not make.is_there():
            missing.append(f"{make.name} is not here: apt install {make.package}")
            continue
        title, words, failed = walk(make, steps)
        columns.append((title, words))
        wrong += failed
    print(table(columns, steps))
    for line in [*missing, *wrong]:
        print(line)
    if wrong or not columns:
        sys.exit(1)


if __name__ == "__main__":
    main()
