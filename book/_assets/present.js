// Projector mode, ?present: one live figure a screen, as large as fits, with its challenges beside it.
// Page Down and Page Up, which presenters' remotes send, go from figure to figure; Escape goes back to the page.
(() => {
  "use strict";
  const root = document.documentElement;
  if (!root.classList.contains("present")) return;
  const figures = [...document.querySelectorAll(".live-figure")];
  let current = Math.min(Math.max(1, Number(new URLSearchParams(location.search).get("present")) || 1), figures.length);

  const bar = document.createElement("nav");
  bar.className = "present-bar";
  bar.setAttribute("aria-label", "Projector");
  const button = (text, key, step) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, title: key });
    made.addEventListener("click", () => go(current + step));
    return made;
  };
  const back = Object.assign(document.createElement("a"), { textContent: "Back to the page", title: "Escape" });
  const where = document.createElement("span");
  where.setAttribute("role", "status");
  const [before, after] = [button("Previous", "Page Up", -1), button("Next", "Page Down", 1)];
  bar.append(back, before, where, after);
  document.querySelector(".bd-article").append(bar);

  // What is said and asked stands beside the figure: a screen is wider than it is high.
  const setAside = (figure) => {
    const shown = figure.querySelector(".xent-figure");
    if (!shown || shown.querySelector(".present-side")) return;
    const side = document.createElement("div");
    side.className = "present-side";
    side.append(...shown.querySelectorAll(":scope > :is(.xent-challenges, .xent-feedback, .xent-sentence, .xent-rule)"));
    shown.append(side);
  };

  // The largest type with which the figure is no higher than the screen. It is found step by step: a figure takes its
  // new size in the frames that follow.
  const LEAST = 12;
  let size = 0;
  let isWaiting = false;
  const shrink = () => {
    const shown = figures[current - 1]?.querySelector(".xent-figure");
    const fits = shown && shown.getBoundingClientRect().bottom + scrollY < innerHeight - bar.offsetHeight;
    if (isWaiting || !shown || fits || size <= LEAST) return;
    root.style.fontSize = `${(size *= 0.97)}px`;
    isWaiting = true;
    const next = () => {
      isWaiting = false;
      shrink();
    };
    requestAnimationFrame(() => requestAnimationFrame(next));
  };
  const watch = new ResizeObserver(shrink);
  const settle = () => {
    figures.forEach(setAside);
    size = Math.max(LEAST, Math.min(0.018 * innerWidth, 0.03 * innerHeight));
    root.style.fontSize = `${size}px`;
    watch.disconnect();
    const shown = figures[current - 1]?.querySelector(".xent-figure");
    if (shown) watch.observe(shown); // which calls at once
  };

  const go = (number) => {
    if (number < 1 || number > figures.length) return;
    current = number;
    figures.forEach((figure, k) => figure.classList.toggle("is-current", k === current - 1));
    // Not `disabled`: that would lose the focus.
    before.ariaDisabled = current === 1 ? "true" : null;
    after.ariaDisabled = current === figures.length ? "true" : null;
    const caption = figures[current - 1].closest("figure")?.querySelector(".caption-number")?.textContent.trim();
    where.textContent = `${caption ? `${caption}, ` : ""}${current} of ${figures.length}`;
    back.href = `${location.pathname}#${figures[current - 1].closest("[id]")?.id ?? ""}`;
    history.replaceState(null, "", `${location.pathname}?present=${current}`);
    settle();
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "PageDown") go(current + 1);
    else if (event.key === "PageUp") go(current - 1);
    else if (event.key === "Escape") location.assign(back.href);
    else return;
    event.preventDefault();
  });
  addEventListener("resize", settle);
  const started = new MutationObserver(settle);
  for (const figure of figures) started.observe(figure, { childList: true });
  if (figures.length) go(current);
  else {
    where.textContent = "This page has no live figure.";
    back.href = location.pathname;
    before.hidden = after.hidden = true;
  }
})();
