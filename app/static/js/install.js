// The install card: from the second visit or after a first booking (a form with data-books was sent), with the browser's
// own prompt where there is one and two pictures in Safari on iPhones; not again for 60 days once it was closed.
import "./device.js";

const { runs } = document.documentElement.dataset;
const card = document.querySelector("dialog[data-install]");
const SNOOZE = 60 * 24 * 3600 * 1000;
const A_MOMENT = 3000;
// Other browsers there have their Share button elsewhere
const safari = runs === "apple" && !/crios|fxios|edgios/i.test(navigator.userAgent);
const noted = (name) => Number(localStorage.getItem(name) ?? 0);
let prompt = null;

const due = () => runs !== "app" && Date.now() - noted("install-later") > SNOOZE && (noted("visits") >= 2 || noted("booked") > 0);
const busy = () => document.querySelector("dialog[open]") || document.activeElement?.matches("input, textarea, select");

function show() {
  if (!due() || busy()) return;
  card.querySelector("[data-prompt]").hidden = !prompt;
  card.querySelector("[data-ios]").hidden = Boolean(prompt);
  card.showModal();
}

if (card) {
  // A visit is a browser session, not a page
  if (!sessionStorage.getItem("visited")) {
    sessionStorage.setItem("visited", "1");
    localStorage.setItem("visits", noted("visits") + 1);
  }
  document.addEventListener("submit", ({ target }) => target.matches("[data-books]") && localStorage.setItem("booked", "1"));
  card.addEventListener("close", () => localStorage.setItem("install-later", Date.now()));
  card.querySelector("[data-later]").addEventListener("click", () => card.close());
  card.querySelector("[data-prompt]").addEventListener("click", () => {
    prompt.prompt();
    card.close();
  });
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    setTimeout(show, A_MOMENT);
  });
  addEventListener("appinstalled", () => card.close());
  if (safari) setTimeout(show, A_MOMENT);
}
