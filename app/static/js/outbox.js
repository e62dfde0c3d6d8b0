// Messages on their way: kept in this device's store, in order, until the server has each of them. It counts a message once
// however often it is sent, because it goes by the id that was made here (docs/decisions/0019).
import { person, records } from "./kept.js";

const FIRST = "unsent:";
const LAST = "unsent;";
const AGAIN = 5000;
let timer;

const range = () => IDBKeyRange.bound(FIRST, LAST);
const headers = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}"), Accept: "application/json" });

// What waits for this person, the oldest first
export async function waiting() {
  const all = await records("readonly", (kept) => kept.getAll(range()));
  return all.filter((message) => message.person === person);
}

export async function keep(message) {
  const key = `${FIRST}${String(Date.now()).padStart(15, "0")}:${message.clientId}`;
  const kept = { ...message, key, person };
  await records("readwrite", (store) => {
    store.put(person, "holder");
    return store.put(kept, key);
  });
  return kept;
}

const drop = (message) => records("readwrite", (kept) => kept.delete(message.key));

function packed(message) {
  const form = new FormData();
  form.set("client_id", message.clientId);
  form.set("body", message.text);
  for (const file of message.files) form.append("files", file.blob, file.name);
  return form;
}

const say = (name, detail) => document.dispatchEvent(new CustomEvent(`portico:${name}`, { detail }));

// Sends one; true when the next may follow
async function post(message) {
  let answer;
  try {
    answer = await fetch(message.action, { method: "POST", body: packed(message), headers: headers(), redirect: "manual" });
  } catch {
    say("message-waits", { message });
    return later(AGAIN);
  }
  // Signed out somewhere else, or a fault on the server: it stays, and goes another time
  if (answer.type === "opaqueredirect" || answer.redirected || answer.status >= 500 || answer.status === 400) {
    say("message-waits", { message });
    return later(AGAIN * 6);
  }
  if (answer.status === 429) {
    say("message-waits", { message });
    return later(1000 * Number(answer.headers.get("Retry-After") ?? 10));
  }
  const said = await answer.json().catch(() => ({}));
  await drop(message);
  say(answer.ok ? "message-sent" : "message-refused", { message, ...said });
  return true;
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(flush, milliseconds);
  return false;
}

// One after the other, and in one tab at a time
export function flush() {
  return navigator.locks.request("portico-unsent", async () => {
    for (const message of await waiting()) if (!(await post(message))) return;
  });
}

addEventListener("online", () => flush());
