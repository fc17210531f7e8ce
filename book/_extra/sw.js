// Keeps the pages that a reader has opened, for reading without a network. The build puts two lines
// above this one: EDITION, a hash of the whole site, and FILES, the site's paths with a hash of each
// (null for a page). A path that is not among them is none of this worker's business.
//
// What is kept is of one edition. A page names its edition and counts only in that one; a file is
// asked for with its hash (`?v=`) and counts only if it has that hash.
const BOOK = "the-wrong-codebook";
const SCOPE = new URL("./", location.href).href;
const KEPT = `${BOOK} ${SCOPE} ${EDITION}`;
const HOME = "book/index.html";
const PATIENCE = 4000; // ms until a page that was kept is shown in place of one that does not arrive
// On a reader's own machine the next project will have the same address.
const IS_UNWANTED =
  /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname) && !location.search.includes("offline");

// The path within the book, or undefined for what is not of the book.
const pathOf = (url) => {
  if (!url.startsWith(SCOPE)) return undefined;
  const path = url.slice(SCOPE.length).replace(/[?#].*/, "");
  return [path, `${path}index.html`, `${path}.html`].find((name) => Object.hasOwn(FILES, name));
};
// Large files may lie under a name of their own for each version, in this folder.
const isNamed = (url, path) => new URL(url).searchParams.get("v") === FILES[path] || path.startsWith("py/");
const addressOf = (path) => SCOPE + path + (FILES[path] && !path.startsWith("py/") ? `?v=${FILES[path]}` : "");

const digest = async (bytes) => {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

const isKeepable = ({ status, type, headers }) =>
  status === 200 && type === "basic" && !/no-store/i.test(headers.get("Cache-Control") ?? "");

// Keep an answer, and return whether it is of this edition.
const keep = async (path, response) => {
  if (!isKeepable(response)) return false;
  const bytes = await response.clone().arrayBuffer();
  const isRight = FILES[path]
    ? (await digest(bytes)) === FILES[path]
    : new TextDecoder().decode(bytes).includes(`data-edition="${EDITION}"`);
  if (isRight) await (await caches.open(KEPT)).put(addressOf(path), response);
  return isRight;
};
const recall = (path) => caches.match(addressOf(path), { cacheName: KEPT });

// What is kept for a page; the book's own address leads to its first page.
const standIn = async (path) =>
  path === "index.html" ? (await recall(HOME)) && Response.redirect(SCOPE + HOME) : recall(path);

// Pages come from the network. One that was kept stands in where the network fails or is too slow.
const answerPage = async (request, path, later) => {
  const kept = await standIn(path).catch(() => undefined);
  const fresh = fetch(new Request(request, { cache: "no-cache" })).then((response) => {
    later(keep(path, response.clone()).catch(() => {}));
    if (response.status >= 500 && kept) throw new Error(response.statusText);
    return response;
  });
  later(fresh.catch(() => {}));
  if (kept) {
    const patience = new Promise((_, reject) => setTimeout(reject, PATIENCE));
    return Promise.race([fresh, patience]).catch(() => kept);
  }
  return fresh.catch((error) => {
    if (request.mode !== "navigate") throw error;
    return sayWhatIsKept();
  });
};

// A file that is named for what is in it never changes.
const answerFile = async (request, path, later) => {
  const kept = await recall(path).catch(() => undefined);
  if (kept) return kept;
  const fresh = await fetch(request);
  later(keep(path, fresh.clone()).catch(() => {}));
  return fresh;
};

const sayWhatIsKept = async () => {
  const kept = await (await caches.open(KEPT)).matchAll();
  const pages = kept.filter(({ url }) => FILES[pathOf(url)] === null);
  const titleOf = async (page) => (await page.text()).match(/<title>([^<]*?)(?: &#8212;[^<]*)?<\/title>/)?.[1] ?? page.url;
  const items = await Promise.all(pages.map(async (page) => `<li><a href="${page.url}">${await titleOf(page.clone())}</a></li>`));
  const html = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not on this device — The Wrong Codebook</title>
<style>:root { color-scheme: light dark } body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 12vh auto; padding: 0 1rem } h1 { line-height: 1.2 } li { margin: .5rem 0 }</style>
<h1>This page is not on your device</h1>
<p>There is no network, and this browser keeps a page of the book once you have opened it. You have not opened this one yet. <a href="">Try again</a> when you are online.</p>
${items.length ? `<p>These are kept:</p><ul>${items.join("")}</ul>` : ""}</html>`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
};

// A page with what it names and what its style sheets name, pictures that nobody may need excepted; with the scripts
// that its figures ask for when they need them.
const NAMED =
  /<(?:script|link|img(?![^>]*\bstill\b))\b[^>]*?(?:src|href)="([^"]+\?v=[0-9a-f]+)"|"url": "([^"]+\?v=[0-9a-f]+)"|url\(([^)"']+\?v=[0-9a-f]+)\)/g;
const keepWhole = async (url) => {
  const path = pathOf(url);
  if (!path || (FILES[path] && !isNamed(url, path)) || (await recall(path))) return;
  const response = await fetch(addressOf(path), { cache: FILES[path] ? "force-cache" : "no-cache" });
  const text = /\.(html|css)$/.test(path) ? await response.clone().text() : "";
  if (!(await keep(path, response))) return;
  const named = [...text.matchAll(NAMED)].map(([, inPage, late, inSheet]) => new URL(inPage ?? late ?? inSheet, response.url).href);
  await Promise.allSettled(named.map(keepWhole));
};

// Keep what is open now, and the pages that an older edition kept, as they are in this one.
const takeOver = async () => {
  const older = (await caches.keys()).filter((name) => isOurs(name) && name !== KEPT);
  const open = await clients.matchAll({ includeUncontrolled: true });
  const pages = new Set(open.map(({ url }) => url).filter(pathOf));
  for (const name of older)
    for (const request of await (await caches.open(name)).keys()) {
      const path = pathOf(request.url);
      if (FILES[path] === null) pages.add(request.url);
      else if (path) await keep(path, await caches.match(request, { cacheName: name })); // where it is the same
    }
  await Promise.allSettled([...pages].map(keepWhole));
  await Promise.all(older.map((name) => caches.delete(name)));
};

const isOurs = (name) => name.startsWith(`${BOOK} ${SCOPE} `);
const leave = async () => {
  await registration.unregister();
  const ours = (await caches.keys()).filter(isOurs);
  await Promise.all(ours.map((name) => caches.delete(name)));
};

// Where the book has gone, its worker goes too: something else may live at the address.
const leaveIfGone = async () => {
  const { status, ok, headers } = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
  const isScript = /javascript/.test(headers.get("Content-Type") ?? "");
  if (status === 404 || status === 410 || (ok && !isScript)) await leave();
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(IS_UNWANTED ? leave() : clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const later = (promise) => event.waitUntil(promise);
  if (request.mode === "navigate") later(leaveIfGone().catch(() => {}));
  if (request.method !== "GET" || request.cache === "no-store" || request.headers.has("Range")) return;
  const path = pathOf(request.url);
  if (path === undefined) return;
  if (FILES[path] === null) event.respondWith(answerPage(request, path, later));
  else if (isNamed(request.url, path)) event.respondWith(answerFile(request, path, later));
});
