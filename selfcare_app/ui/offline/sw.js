// Keeps the program's own files, never a page and never anything of a person. Pages come from the network first.
const VERSION = "__VERSION__";
const CACHE = `program-${VERSION}`;
const PRECACHE = __PRECACHE__;
const BYPASSED = __BYPASSED__;

async function keep(cache, url) {
  // A hashed file of the version before is the same file.
  const known = url.startsWith("/assets/") && (await caches.match(url));
  await (known ? cache.put(url, known) : cache.add(new Request(url, { cache: "reload" })));
}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.all(PRECACHE.map((url) => keep(cache, url)))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (BYPASSED.some((path) => url.pathname.startsWith(path))) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("/offline.html")));
  else if (PRECACHE.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  }
});
