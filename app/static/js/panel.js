// The panel beside a room: asks for itself at each change that it hears of and every half minute, keeps what it last knew
// while the line is cut and says since when, and loads anew when the line is back or the portal was updated.
const { here, liveAt, every, lost, unsent } = document.body.dataset;
const notice = document.getElementById("lost");
const TIMEOUT = 15_000;
const AWAY = 30_000;
// A code that somebody asked for stays so long, for they look for their telephone first
const STAYS = 90_000;
let [shown, until] = [here, 0];
let since = null;
let asking = null;
let stream = null;

const files = (page) => Array.from(page.querySelectorAll("link[rel=stylesheet], script[src]"), (each) => each.getAttribute("href") ?? each.getAttribute("src")).join();

function say(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

function cut() {
  since ??= new Date();
  const time = since.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  say(lost.replace("{time}", time));
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const panel = page.getElementById("panel");
  // Revoked, updated, or back after a cut: the browser takes the page as it is now
  if (!panel || since || files(page) !== files(document)) return location.replace(here);
  const old = document.getElementById("panel");
  if (old.outerHTML !== panel.outerHTML) old.replaceWith(document.adoptNode(panel));
  say("");
}

// What a person presses goes before what the panel asks by itself, and takes its place; only what is being done is let finish
async function ask(url = Date.now() < until ? shown : here, options = {}, pressed = false) {
  if (asking && (asking.does || !pressed)) return;
  asking?.line.abort();
  const mine = (asking = { line: new AbortController(), does: Boolean(options.method) });
  const late = setTimeout(() => mine.line.abort(), TIMEOUT);
  try {
    const answer = await fetch(url, { ...options, credentials: "omit", cache: "no-store", signal: mine.line.signal });
    const text = await answer.text();
    // Whoever asks too often, or a server that restarts, is told to wait: what is shown stays
    if (asking !== mine || answer.status === 429) return;
    if (answer.status >= 500) cut();
    else show(text);
  } catch {
    if (asking !== mine) return;
    if (options.method) say(unsent);
    else cut();
  } finally {
    clearTimeout(late);
    if (asking === mine) asking = null;
  }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  until = 0;
  ask(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)) }, true);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link) return;
  event.preventDefault();
  [shown, until] = [link.href, Date.now() + STAYS];
  ask(link.href, {}, true);
});

function listen() {
  stream?.close();
  stream = new EventSource(liveAt);
  ["bookings", "home", "resync"].forEach((word) => stream.addEventListener(word, () => setTimeout(() => ask(), Math.random() * 1000)));
  // It comes back by itself from a cut, and not from a refusal
  stream.addEventListener("error", () => stream.readyState === EventSource.CLOSED && setTimeout(listen, AWAY));
}

// A tablet that sleeps shows nothing. The lock ends when the page is hidden; a browser that refuses it says nothing new
const stayAwake = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
setInterval(() => ask(), every * 1000);
addEventListener("online", () => ask());
addEventListener("offline", cut);
listen();
