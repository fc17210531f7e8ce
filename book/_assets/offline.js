// Registers the worker that keeps opened pages for reading offline. It takes over after the first
// visit, so the page and what it loaded are asked for once more, from the browser's own cache.
(() => {
  "use strict";
  if (!("serviceWorker" in navigator) || !location.protocol.startsWith("http")) return;
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  addEventListener("load", async () => {
    try {
      const isFirst = !navigator.serviceWorker.controller;
      await navigator.serviceWorker.register(new URL("sw.js", root));
      await navigator.serviceWorker.ready;
      if (!isFirst) return;
      const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
      const ours = [location.href, ...loaded].filter((url) => url.startsWith(location.origin));
      const kept = await caches.open("the-wrong-codebook");
      await Promise.allSettled(ours.map((url) => kept.add(new Request(url, { cache: "force-cache" }))));
      document.documentElement.dataset.kept = "";
    } catch {
      // Storage is blocked: the book stays readable online.
    }
  });
})();
