// Lets a link within the page arrive: what is closed around its target is opened, and what the page lays
// out late (see book.css) is laid out first, so that nothing above the target grows afterwards.
(() => {
  "use strict";
  const root = document.documentElement;

  const targetOf = (hash) => {
    try {
      return document.getElementById(decodeURIComponent(hash.slice(1)));
    } catch {
      return null; // no fragment that a page of ours writes
    }
  };

  const open = (target) => {
    for (let box = target; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
      if (box.classList.contains("toggle-hidden")) box.querySelector(".toggle-button").click();
    }
  };

  // The browser remembers the heights that it has drawn once.
  const layOut = (until = Promise.resolve()) => {
    root.classList.add("laid-out");
    const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => root.classList.remove("laid-out")));
    until.then(drawn);
  };

  const arrive = (hash, until) => {
    const target = targetOf(hash);
    if (!target) return null;
    open(target);
    layOut(until);
    return target;
  };

  // Before the browser follows the link.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link?.hash && link.pathname === location.pathname && link.search === location.search) arrive(link.hash);
  });

  // The browser has followed the address already, and pictures and letters are on their way.
  const isIdle = new AbortController();
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(name, () => isIdle.abort(), { once: true, passive: true });
  const whole = Promise.all([new Promise((done) => addEventListener("load", done)), document.fonts.ready]);
  const first = arrive(location.hash, whole);
  const settle = () => isIdle.signal.aborted || first?.scrollIntoView();
  settle();
  whole.then(settle);

  addEventListener("hashchange", () => {
    const target = targetOf(location.hash);
    if (target?.closest(".toggle-hidden, details:not([open])")) arrive(location.hash).scrollIntoView();
  });
})();
