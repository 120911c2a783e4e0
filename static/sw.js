// Keeps the page for when there is no connection. Nothing stale: what has no hash in its name is asked for each time, and
// the copy is for when nobody answers; a name with a hash is always the same bytes.
// The build writes the version and the files into the first two lines.
const VERSION = "unbuilt";
const FILES = [];
const HASHED = /-[0-9a-f]{16}(_bg)?\.(js|wasm|css|svg)$/;
const PREFIX = "serviceaccount-lab/";
const NAME = PREFIX + VERSION;

addEventListener("install", (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES))));

addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
      await clients.claim();
    })(),
  ),
);

addEventListener("message", ({ data }) => data === "take over" && skipWaiting());

async function answer(request, url) {
  const kept = () => caches.match(request, { ignoreSearch: true }).then((found) => found ?? (url.pathname.endsWith("/") ? caches.match(new URL("index.html", url)) : undefined));
  if (HASHED.test(url.pathname)) return (await kept()) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const found = await kept();
    if (found) return found;
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === location.origin && url.href.startsWith(registration.scope);
  if (ours && event.request.method === "GET") event.respondWith(answer(event.request, url));
});
