// Keeps the book readable without a network. From the first visit: the frame, the first page and
// the search page; then every page that is visited; on request the whole book. Nothing is sent.
"use strict";
const VERSION = "{VERSION}";
const FIRST = "{FIRST}";
const LIST = "offline.json";
const NAME = `listening-state ${self.registration.scope} `;
const SCOPE = self.registration.scope;
const AT_ONCE = 6;

const address = (path) => new URL(path, SCOPE).href;
const open = (version = VERSION) => caches.open(NAME + version);
const readable = (path) => /(?:\/|\.(?:html|css|js|svg|woff2|webmanifest))$/.test(path);

// One address a page, whatever is asked of it.
function plain(url) {
  const clean = new URL(url);
  clean.search = clean.hash = "";
  if (clean.pathname.endsWith("/")) clean.pathname += "index.html";
  return clean.href;
}

async function keep(cache, path) {
  const response = await fetch(address(path), { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  await cache.put(address(path), response);
}

async function each(paths, task) {
  const left = [...paths];
  const work = async () => { while (left.length) await task(left.shift()); };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const list = async (cache) => (await cache.match(address(LIST)))?.json();

// What an earlier version kept is kept on: as it is where it has not changed, else fetched anew.
async function inherit(cache) {
  const { files } = await list(cache);
  for (const name of await caches.keys()) {
    if (!name.startsWith(NAME) || name === NAME + VERSION) continue;
    const old = await caches.open(name);
    const before = (await list(old))?.files || {};
    const paths = Object.keys(files).filter((path) => path in before);
    await each(paths, async (path) => {
      const had = await old.match(address(path));
      if (!had || await cache.match(address(path))) return;
      if (before[path] === files[path]) await cache.put(address(path), had);
      else await keep(cache, path).catch(() => { /* Fetched when it is visited. */ });
    });
  }
}

async function install() {
  const cache = await open();
  await each([LIST, ...FIRST], (path) => keep(cache, path));
  await inherit(cache);
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(NAME) && name !== NAME + VERSION) await caches.delete(name);
  }
  await self.clients.claim();
}

async function answer(request) {
  const cache = await open();
  const kept = await cache.match(plain(request.url));
  if (kept) return kept;
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected && readable(new URL(request.url).pathname)) {
      await cache.put(plain(request.url), response.clone());
    }
    return response;
  } catch (error) {
    if (request.mode !== "navigate") throw error;
    const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not kept</title><h1>This page is not kept on this device</h1><p>It can be read when there is a network. <a href="${address("index.html")}">First page</a></p></html>`;
    return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}

async function keepAll(port) {
  try {
    const cache = await open();
    const paths = Object.keys((await list(cache)).files);
    let done = 0;
    await each(paths, async (path) => {
      if (!await cache.match(address(path))) await keep(cache, path);
      done += 1;
      if (done % 25 === 0 || done === paths.length) port.postMessage({ done, all: paths.length });
    });
  } catch {
    port.postMessage({ error: "The network broke off. What was fetched is kept; press again to go on." });
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(SCOPE)) event.respondWith(answer(request));
});
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.data === "keep") event.waitUntil(keepAll(port));
  if (event.data === "size") event.waitUntil(open().then(list).then(({ bytes }) => port.postMessage({ bytes })));
});
