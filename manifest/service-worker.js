// The portal's service worker: it makes the offline page appear when a page cannot be fetched, and shows what is pushed.
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

// What another app shares goes to the server, and without a network it waits here: in a cache of its own, as the form that
// it came in, under an address that nobody can guess. Whose device it is stands beside it, for nobody else may fetch it
// (sharing.js); a cache that is somebody's is deleted with everything else that is kept for them (offline-store.js).
const SHARING = "/messages/sharing";
const [SOMEBODYS, NOBODYS] = ["portico-me-shared", "portico-shared"];
const [DAY, HOUR] = [24 * 3600 * 1000, 3600 * 1000];
const MOST_PARKED = 5;

function holder() {
  return new Promise((resolve) => {
    const opening = indexedDB.open("portico", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => resolve("");
    opening.onsuccess = () => {
      const reading = opening.result.transaction("kept");
      const [me, other] = ["me", "holder"].map((key) => reading.objectStore("kept").get(key));
      reading.oncomplete = () => {
        opening.result.close();
        resolve(me.result?.person ?? other.result ?? "");
      };
    };
  });
}

async function dropParked(name, age, most) {
  if (!(await caches.has(name))) return;
  const cache = await caches.open(name);
  const parked = await Promise.all((await cache.keys()).map(async (request) => [request, Number((await cache.match(request)).headers.get("Portico-At"))]));
  parked.sort(([, a], [, b]) => b - a);
  await Promise.all(parked.filter(([, at], place) => at < Date.now() - age || place >= most).map(([request]) => cache.delete(request)));
}

const dropOld = () => Promise.all([dropParked(SOMEBODYS, DAY, MOST_PARKED), dropParked(NOBODYS, HOUR, MOST_PARKED)]);

async function park(request) {
  const person = await holder();
  const address = `${SHARING}?parked=${crypto.randomUUID()}`;
  const headers = { "Content-Type": request.headers.get("Content-Type"), "Portico-Person": person, "Portico-At": String(Date.now()) };
  await (await caches.open(person ? SOMEBODYS : NOBODYS)).put(address, new Response(await request.blob(), { headers }));
  await dropOld();
  return Response.redirect(address, 303);
}

async function share(request) {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch {
    return park(copy);
  }
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

// Messages are declarative ones, which Safari shows by itself. Every one is shown, even one that cannot be read: a browser
// takes the subscription away from a worker that stays silent.
function told(event) {
  try {
    const message = event.data.json();
    if (message.notification.title) return message;
  } catch {
    // As below
  }
  return { notification: { title: self.location.hostname, navigate: "/inbox" } };
}

async function show(event) {
  const { notification, app_badge: badge } = told(event);
  const { title, body, lang, dir, tag, icon, navigate, actions = [], data } = notification;
  const targets = Object.fromEntries(actions.map((each) => [each.action, each.navigate]));
  if (Number.isInteger(badge)) self.navigator.setAppBadge?.(badge).catch(() => {});
  await self.registration.showNotification(title, {
    body, lang, dir, tag, icon, actions: actions.map((each) => ({ action: each.action, title: each.title })), data: { ...data, navigate, targets },
  });
}

function target({ data }, action) {
  const address = new URL(data?.targets?.[action] ?? data?.navigate ?? "/inbox", self.location.origin);
  return address.origin === self.location.origin ? address.href : new URL("/inbox", self.location.origin).href;
}

// In the window that is there, so that a tap does not leave one more open
async function go(notification, action) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find(({ focused }) => focused) ?? windows[0];
  // Refused for a window that the worker does not control yet
  const shown = await open?.navigate(target(notification, action)).catch(() => null);
  return shown ? shown.focus() : self.clients.openWindow(target(notification, action));
}

// That somebody has read it, said without opening anything: by the device's secret address, for there is no form here
async function read({ data: { notice } }) {
  const { endpoint } = await self.registration.pushManager.getSubscription();
  const body = new URLSearchParams({ endpoint, notice });
  const answer = await fetch("/account/push/reading", { method: "POST", body, redirect: "manual" });
  if (!answer.ok) throw new Error(`not read: ${answer.status}`);
  self.navigator.setAppBadge?.((await answer.json()).unread).catch(() => {});
}

// Where it cannot be said from here, the page says it
async function pressed({ notification, action }) {
  notification.close();
  if (action && action === notification.data?.reads) return read(notification).catch(() => go(notification, action));
  return go(notification, action);
}

const unsubscribe = async () => (await self.registration.pushManager.getSubscription())?.unsubscribe();

const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// The browser changed the subscription by itself. Where it does not say which one it was, the next page finds out.
async function renew({ oldSubscription: old, newSubscription }) {
  const key = old?.options.applicationServerKey;
  const subscription = newSubscription
    ?? (key && (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })));
  if (!old || !subscription) return;
  const [p256dh, auth] = ["p256dh", "auth"].map((name) => text(subscription.getKey(name)));
  const body = new URLSearchParams({ known: old.endpoint, endpoint: subscription.endpoint, p256dh, auth });
  await fetch("/account/push/renewal", { method: "POST", body });
}

self.addEventListener("push", (event) => event.waitUntil(show(event)));
self.addEventListener("notificationclick", (event) => event.waitUntil(pressed(event)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

self.addEventListener("install", (event) => event.waitUntil(fillShell()));

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOldShells(), self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

// A new version waits until the reader asks for it, so that an open form is never broken.
self.addEventListener("message", (event) => {
  if (event.data?.type === "skip-waiting") self.skipWaiting();
  if (event.data?.type === "left") event.waitUntil(Promise.all([caches.delete(NOBODYS), unsubscribe().catch(() => {})]));
  if (event.data?.type === "shown") event.waitUntil(Promise.all([follow(event.data.look).catch(() => {}), dropOld()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && url.pathname === SHARING) event.respondWith(share(request));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (/^\/(static\/build|theme|icons)\//.test(url.pathname)) event.respondWith(file(request));
});
