// Hears from the server what open pages are to ask again: `live:bookings`, `live:messages:17` and `live:messages`, on the
// body; `live:resync` when something may have been missed. One stream serves all tabs of a browser: the tab that holds the
// lock reads it and tells the others. Tabs that nobody has looked at for a while sleep, and what was said to a hidden tab
// waits until it is seen.
import "./live-counts.js";
import "./live-parts.js";

const NAME = "portico-live";
const SLEEP = 5 * 60_000;
const SILENCE = 60_000;
const [SHORTEST, LONGEST] = [4_000, 60_000];
const KEPT = 100;

const heard = [];
const waiting = new Set();
const watched = new Set();
let channel = null;
let awake = null;
let stream = null;
let rest = () => {};
let timer = 0;
let hidden = 0;
let last = "";
let since = performance.timeOrigin;

const places = () => Array.from(document.querySelectorAll("[data-live-place]"), (each) => each.dataset.livePlace);

function tell() {
  timer = 0;
  if (document.hidden) return;
  const names = new Set();
  for (const word of waiting) word.split(".").forEach((_, at, parts) => names.add(parts.slice(0, parts.length - at).join(":")));
  waiting.clear();
  for (const name of names) document.body.dispatchEvent(new CustomEvent(`live:${name}`));
}

// Who hears the same as many others does not ask at the same moment
function hear(word, spread) {
  waiting.add(word);
  timer ||= setTimeout(tell, 50 + Math.random() * spread);
}

function note({ id, word, spread }) {
  last = id;
  if (word === "hello") return;
  heard.push({ word, at: Date.now() });
  if (heard.length > KEPT) since = Math.max(since, heard.shift().at);
  hear(word, spread);
}

// A tab that opened or woke while another one was reading
function answer({ places: theirs, since: from }) {
  if (!stream) return;
  const missed = from < since ? ["resync"] : heard.filter(({ at }) => at >= from).map(({ word }) => word);
  if (missed.length) channel.postMessage({ to: from, words: missed });
  const known = watched.size;
  theirs.forEach((each) => watched.add(each));
  if (watched.size > known) stream.abort("more");
}

function receive({ data }) {
  if (data.word) note(data);
  else if (data.who) channel.postMessage({ places: places(), since: Date.now() });
  else if (data.places) answer(data);
  else if (data.to === since) data.words.forEach((word) => hear(word, 0));
}

function take(block) {
  const [id, word, data] = ["id", "event", "data"].map((name) => block.match(`(?:^|\n)${name}: (.*)`)?.[1]);
  if (!word) return;
  const said = { id, word, spread: Number(data) };
  note(said);
  channel?.postMessage(said);
}

async function read(body, alarm) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    alarm();
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    blocks.forEach(take);
  }
}

// Reads one stream to its end; the milliseconds to wait at least before the next one, or Infinity where there is none
async function listen() {
  stream = new AbortController();
  const query = new URLSearchParams([...watched].map((each) => ["watch", each]));
  query.set(...(last ? ["last", last] : ["age", Math.ceil(performance.now())]));
  let silence = 0;
  const alarm = () => {
    clearTimeout(silence);
    silence = setTimeout(() => stream.abort(), SILENCE);
  };
  alarm();
  try {
    const response = await fetch(`/live?${query}`, { signal: stream.signal, redirect: "manual", cache: "no-store" });
    if (response.ok) {
      await read(response.body, alarm);
      return 0;
    }
    return response.status >= 429 ? 1000 * (response.headers.get("Retry-After") ?? 0) : Infinity;
  } catch {
    return stream.signal.reason === "more" ? -1 : 0;
  } finally {
    clearTimeout(silence);
  }
}

const pause = (duration) => new Promise((resolve) => {
  rest = resolve;
  setTimeout(resolve, duration);
});

async function lead(signal) {
  places().forEach((each) => watched.add(each));
  stream = new AbortController();
  channel?.postMessage({ who: true });
  await pause(50);
  for (let tries = 0; !signal.aborted; ) {
    const before = last;
    const least = await listen();
    if (least === Infinity) break;
    tries = last === before ? tries + 1 : 0;
    if (least >= 0) await pause(least + (0.1 + 0.9 * Math.random()) * Math.min(SHORTEST * 2 ** tries, LONGEST));
  }
  stream = null;
}

function wake() {
  clearTimeout(hidden);
  if (!document.hidden && waiting.size) tell();
  if (awake) return;
  awake = new AbortController();
  const { signal } = awake;
  signal.addEventListener("abort", () => {
    stream?.abort();
    rest();
  });
  if (navigator.locks && globalThis.BroadcastChannel) {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = receive;
    channel.postMessage({ places: places(), since });
    navigator.locks.request(NAME, { signal }, () => lead(signal)).catch(() => {});
  } else lead(signal);
}

function sleep() {
  awake?.abort();
  channel?.close();
  awake = channel = null;
  heard.length = 0;
  since = Date.now();
}

addEventListener("visibilitychange", () => {
  if (document.hidden) hidden = setTimeout(sleep, SLEEP);
  else wake();
});
addEventListener("online", () => rest());
addEventListener("pagehide", sleep);
addEventListener("pageshow", (event) => event.persisted && wake());
document.addEventListener("freeze", sleep);
document.addEventListener("resume", wake);
if (!document.hidden) wake();
