// The portal's service worker: it makes the offline page appear when a page cannot be fetched, and nothing more.
//
// It keeps the shell (the offline page, its stylesheets, script and icons) and no page, no answer and no name of anybody:
// pages are private and come from the network alone. What a signed-in person may see offline is data that the page itself
// keeps in IndexedDB (offline-store.js). The server puts the release in front of this file; nothing else differs between
// two readers of it.
const SHELL = `portico-shell-${RELEASE}`;
const OFFLINE = "/offline";
// Addresses in the offline page that carry a hash of their content; its touch icons and font can wait for a network.
const VERSIONED = /"(\/(?:static\/build|theme|icons)\/[^"#?]+\.(?:css|js|svg))/g;

async function fillShell() {
  const page = await fetch(OFFLINE, { cache: "no-cache" });
  if (!page.ok || page.redirected) throw new Error(`${OFFLINE} answered ${page.status}`);
  const cache = await caches.open(SHELL);
  const parts = new Set(Array.from((await page.clone().text()).matchAll(VERSIONED), (match) => match[1]));
  await cache.addAll(parts);
  // Last, so that a page is never kept without the files it needs
  await cache.put(OFFLINE, page);
  const outdated = (await cache.keys()).filter(({ url }) => ![...parts, OFFLINE].includes(new URL(url).pathname));
  await Promise.all(outdated.map((request) => cache.delete(request)));
}

// A page that was shown says which look and language it had; the offline page follows.
async function follow(look) {
  const kept = await caches.match(OFFLINE, { cacheName: SHELL });
  if (!(await kept?.text())?.includes(look)) await fillShell();
}

async function forgetOldShells() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("portico-shell-") && name !== SHELL).map((name) => caches.delete(name)));
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (error) {
    const offline = await caches.match(OFFLINE, { cacheName: SHELL, ignoreVary: true });
    if (offline) return offline;
    throw error;
  }
}

const file = async (request) => (await caches.match(request, { cacheName: SHELL, ignoreVary: true })) ?? fetch(request);

self.addEventListener("install", (event) => event.waitUntil(fillShell()));

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOldShells(), self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

// A new version waits until the reader asks for it, so that an open form is never broken.
self.addEventListener("message", (event) => {
  if (event.data?.type === "skip-waiting") self.skipWaiting();
  if (event.data?.type === "shown") event.waitUntil(follow(event.data.look).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (/^\/(static\/build|theme|icons)\//.test(url.pathname)) event.respondWith(file(request));
});
