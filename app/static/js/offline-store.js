// What this device keeps for the signed-in person, and when it forgets. Its own record is the data
// of /app/offline-data; messages that wait for a line lie beside it (outbox.js). `<meta name="portico-person">` says whose page this is; empty means nobody's.
import { person, records } from "./kept.js";

const TOO_OLD = 5 * 60 * 1000;
const WRITTEN = "portico-written";
const others = new BroadcastChannel("portico-person");
let leaving = false;

const read = () => records("readonly", (kept) => kept.get("me"));
const write = (data) => records("readwrite", (kept) => kept.put(data, "me"));

async function wipe() {
  await records("readwrite", (kept) => kept.clear());
  const names = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(names.filter((name) => name.startsWith("portico-me-")).map((name) => caches.delete(name)));
}

async function refresh() {
  sessionStorage.removeItem(WRITTEN);
  const answer = await fetch("/app/offline-data", { headers: { Accept: "application/json" }, redirect: "manual" });
  // Sent to the sign-in page: the session ended somewhere else
  if (answer.type === "opaqueredirect" || answer.status === 401) return wipe();
  if (!answer.ok) return undefined;
  const data = await answer.json();
  // Somebody else signed in meanwhile, in another tab: their own page keeps it
  if (data.person === person && !leaving) await write(data);
  return undefined;
}

async function follow() {
  const kept = await read();
  if ((kept?.person ?? (await records("readonly", (all) => all.get("holder")))) !== person) await wipe();
  others.postMessage(person);
  if (!person) return;
  const fresh = kept?.person === person && Date.now() - Date.parse(kept.savedAt) < TOO_OLD;
  if (fresh && !sessionStorage.getItem(WRITTEN)) return;
  // Without a worker no offline page appears, so nothing is asked for; on a first visit it is ready after the page is
  await navigator.serviceWorker?.ready;
  if (navigator.serviceWorker) await refresh();
}

const quietly = (work) => work().catch(() => {});
// A write may have changed what is kept: ask again after it, on this page or the next
const wrote = (form) => form.method === "post" && sessionStorage.setItem(WRITTEN, "1");

if (person !== undefined && "indexedDB" in globalThis) {
  addEventListener("load", () => setTimeout(quietly, 0, follow));
  document.addEventListener("submit", (event) => wrote(event.target));
  document.addEventListener("htmx:finally:request", () => sessionStorage.getItem(WRITTEN) && person && navigator.serviceWorker?.controller && quietly(refresh));
  document.addEventListener("portico:leaving", (event) => {
    leaving = true;
    event.detail.wait(quietly(wipe));
  });
  // Other tabs stay open, and Back may bring out a page as it was left: neither may outlive the person
  others.addEventListener("message", ({ data }) => person && data !== person && location.reload());
  addEventListener("pageshow", (event) => {
    if (event.persisted && person) quietly(async () => (await read())?.person !== person && location.reload());
  });
}
