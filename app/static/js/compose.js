// The field of a conversation: Enter sends, files are named, what was begun is kept, and what waits for a line is shown.
import { person, records } from "./kept.js";
import { flush, keep, waiting } from "./outbox.js";

const PAUSE = 1200;
const TYPING = 3000;
const form = document.querySelector("[data-compose]");
const field = form?.querySelector("textarea");
const chosen = form?.querySelector("input[type=file]");
const where = form?.dataset.conversation;
const draft = `draft:${where}`;
const token = () => form.querySelector("[name=csrf_token]").value;
const tell = (path, body) => fetch(`/messages/${where}/${path}`, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token() } });

// --- what waits -------------------------------------------------------------------------------------------------------

const bubble = (id) => document.querySelector(`[data-client-id="${CSS.escape(id)}"]`);

function show(message) {
  if (message.action !== form.getAttribute("action") || bubble(message.clientId)) return;
  const line = document.createElement("li");
  line.className = "line mine waiting turns";
  line.dataset.clientId = message.clientId;
  for (const file of message.files) {
    const name = document.createElement("p");
    name.className = "line-file small";
    name.textContent = file.name;
    line.append(name);
  }
  if (message.text) {
    const text = document.createElement("div");
    text.className = "bubble";
    text.textContent = message.text;
    text.dir = "auto";
    line.append(text);
  }
  const state = document.createElement("p");
  state.className = "line-foot tiny muted";
  state.dataset.state = "";
  state.textContent = navigator.onLine ? "" : form.dataset.waiting;
  line.append(state);
  document.querySelector(".thread").append(line);
  const scroller = document.querySelector(".thread-scroll");
  scroller.scrollTop = 0;
}

async function showAll() {
  for (const message of await waiting()) show(message);
}

document.addEventListener("portico:message-waits", ({ detail: { message } }) => {
  const state = bubble(message.clientId)?.querySelector("[data-state]");
  if (state) state.textContent = form.dataset.waiting;
});
document.addEventListener("portico:message-sent", ({ detail: { message, href } }) => {
  if (!form || message.action !== form.getAttribute("action")) return;
  if (where) document.body.dispatchEvent(new CustomEvent("portico:sent"));
  else location.assign(href);
});
document.addEventListener("portico:message-refused", ({ detail: { message, detail } }) => {
  bubble(message.clientId)?.remove();
  if (!form || message.action !== form.getAttribute("action")) return;
  field.value = [message.text, field.value].filter(Boolean).join("\n");
  refuse(detail);
});
// A thread that was asked for again knows nothing of what still waits; and who was writing may have written
const theirs = () => [...document.querySelectorAll(".thread .line:not(.mine)")].at(-1)?.id;
let newest = theirs();
document.addEventListener("htmx:after:swap", () => {
  if (!form) return;
  showAll();
  if (newest !== theirs()) form.querySelector("[data-typing]").replaceChildren();
  newest = theirs();
});

function refuse(sentence) {
  const error = form.querySelector("[data-refused]");
  error.hidden = !sentence;
  error.lastElementChild.textContent = sentence ?? "";
  field.toggleAttribute("aria-invalid", Boolean(sentence));
  if (sentence) field.focus();
}

// --- sending ----------------------------------------------------------------------------------------------------------

async function send() {
  const files = Array.from(chosen.files, (blob) => ({ name: blob.name, blob }));
  const text = field.value.trim();
  if (!text && !files.length) return;
  refuse("");
  const message = { action: form.getAttribute("action"), clientId: crypto.randomUUID(), text, files };
  show(await keep(message));
  field.value = "";
  chosen.value = "";
  name();
  field.focus();
  told = 0;
  forget();
  await flush();
}

function name() {
  form.querySelector("[data-files]").replaceChildren(...Array.from(chosen.files, (file) => {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.ariaLabel = form.dataset.remove.replace("{name}", file.name);
    remove.textContent = "×";
    remove.addEventListener("click", () => letGo(file));
    item.append(file.name, remove);
    return item;
  }));
}

function letGo(file) {
  const others = new DataTransfer();
  for (const each of chosen.files) if (each !== file) others.items.add(each);
  chosen.files = others.files;
  name();
  field.focus();
}

// --- what was begun ---------------------------------------------------------------------------------------------------

let resting;
let told = 0;
const forget = () => {
  clearTimeout(resting);
  return records("readwrite", (kept) => kept.delete(draft));
};

async function store() {
  const text = field.value;
  const body = new FormData();
  body.set("body", text);
  const answer = await tell("draft", body).catch(() => null);
  if (answer?.ok && field.value === text) await records("readwrite", (kept) => kept.delete(draft));
}

function begun() {
  const { value } = field;
  records("readwrite", (kept) => {
    kept.put(person, "holder");
    return kept.put(value, draft);
  });
  clearTimeout(resting);
  resting = setTimeout(store, PAUSE);
  if (value && Date.now() - told > TYPING) {
    told = Date.now();
    tell("typing").catch(() => {});
  }
}

async function restore() {
  const text = await records("readonly", (kept) => kept.get(draft));
  if (text !== undefined && !field.value) field.value = text;
}

// --- somebody else is writing -----------------------------------------------------------------------------------------

let silence;
function hear() {
  const line = form.querySelector("[data-typing]");
  line.textContent = form.dataset.writing;
  clearTimeout(silence);
  silence = setTimeout(() => line.replaceChildren(), TYPING + 1000);
}

// --- the page ---------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-bubble]")?.closest(".line");
  document.querySelectorAll(".line.shown").forEach((each) => each === line || each.classList.remove("shown"));
  if (line && !event.target.closest("a")) line.classList.toggle("shown");
});

if (form && "indexedDB" in globalThis && navigator.locks && crypto.randomUUID) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  field.addEventListener("keydown", (event) => {
    // On a phone Enter is a new line, as people know it there
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  chosen.addEventListener("change", name);
  if (where) {
    field.addEventListener("input", begun);
    document.body.addEventListener(`live:typing:${where}`, hear);
    restore();
    // Longer than the window: one begins to read where one stopped
    document.getElementById("new-from-here")?.scrollIntoView({ block: "nearest" });
  }
  showAll();
}
if (person && "indexedDB" in globalThis && navigator.locks) flush();
