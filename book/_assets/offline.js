// Registers the worker that keeps opened pages for reading offline, and asks it to keep this one. On a
// reader's own machine it does so only when the address asks, as in `?offline`.
(() => {
  "use strict";
  const workers = navigator.serviceWorker;
  if (!workers || !location.protocol.startsWith("http")) return;
  const isLoopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
  const isAsked = /[?&]offline\b/.test(location.search);
  if (isLoopback && !isAsked) return;
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const ask = () => workers.controller?.postMessage("keep");
  workers.addEventListener("controllerchange", ask);
  addEventListener("load", () =>
    workers.register(new URL(isAsked ? "sw.js?offline" : "sw.js", root)).then(ask, () => {
      // Storage is blocked: the book stays readable online.
    }),
  );
})();
