// Fetches what was shared without a network out of the device's cache, where the service worker has parked it, and hands it
// to the server as the form that it came in. Only who it was parked for, or whoever signed in on the way here, gets it.
import { person } from "./kept.js";

const part = document.querySelector("[data-sharing]");
const show = (name, yes) => (part.querySelector(`[data-${name}]`).hidden = !yes);

function refuse(sentence) {
  part.querySelector("[data-refused] div").textContent = sentence;
  show("refused", sentence);
}

async function find() {
  const address = location.pathname + location.search;
  for (const cacheName of ["portico-me-shared", "portico-shared"]) {
    const parked = await caches.match(address, { cacheName });
    if (parked) return { parked, drop: async () => (await caches.open(cacheName)).delete(address) };
  }
  return undefined;
}

async function hand({ parked, drop }) {
  const headers = { Accept: "application/json", "Content-Type": parked.headers.get("Content-Type") };
  const answer = await fetch(part.dataset.sharing, { method: "POST", body: await parked.blob(), headers });
  if (answer.status === 429 || answer.status >= 500) throw new Error(`not now: ${answer.status}`);
  const said = await answer.json();
  await drop();
  if (answer.ok) location.replace(said.href);
  else refuse(said.detail);
}

async function fetchParked() {
  const found = await find();
  const whose = found?.parked.headers.get("Portico-Person");
  if (!found || (whose && whose !== person)) return;
  show("nothing", false);
  show("parked", true);
  await hand(found).catch(() => show("later", true));
  show("parked", false);
}

if ("caches" in globalThis && new URLSearchParams(location.search).has("parked")) fetchParked();
