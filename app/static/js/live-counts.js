// The numbers in the navigation and on the app's icon stay true: whatever is heard at a time is one small question. A page with
// a part that asks again by itself has the numbers in there (`data-counts` names the words), and asks nothing more.
const ADDRESS = "/inbox/counts";
const REST = 2_000;
const [SOONEST, LATEST] = [100, 400];

const heard = new Set();
let timer = 0;
let last = 0;
let asked = 0;

const brought = () => document.querySelector("[data-counts]");
const places = (word) => document.querySelectorAll(`a[data-count="${word}"]`);

// The link itself stays, and with it the keyboard's focus; its number is in its name, and nothing is announced
function put(link, said) {
  if (link.dataset.unread === said.dataset.unread) return;
  link.dataset.unread = said.dataset.unread;
  link.querySelector(".count")?.remove();
  link.append(...Array.from(said.children, (each) => document.importNode(each, true)));
}

function show(counts) {
  for (const said of counts.children) places(said.dataset.counted).forEach((link) => put(link, said));
  document.dispatchEvent(new Event("portico:counted"));
}

async function ask() {
  timer = 0;
  const words = brought()?.dataset.counts.split(" ") ?? [];
  const comes = words.some((word) => heard.has(word));
  heard.clear();
  if (comes || !document.querySelector("a[data-count]")) return;
  last = Date.now();
  const mine = ++asked;
  const answer = await fetch(ADDRESS, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status !== 200 || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return; // what was asked later is newer
  const counts = page.querySelector("[data-counts]");
  brought()?.replaceChildren(...Array.from(counts.children, (each) => document.importNode(each, true)));
  show(counts);
}

function hear({ type }) {
  heard.add(type.slice(5));
  const soonest = Math.max(SOONEST, last + REST - Date.now());
  timer ||= setTimeout(ask, soonest + Math.random() * (LATEST - SOONEST));
}

["messages", "inbox", "resync"].forEach((word) => document.body.addEventListener(`live:${word}`, hear));
document.addEventListener("htmx:after:swap", () => brought() && show(brought()));
