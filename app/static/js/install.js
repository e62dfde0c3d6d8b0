// The install card: from the second visit or after a first booking (`data-booked` anywhere in the page), with the
// browser's own prompt where there is one and two pictures on iPhones; not again for 60 days after "Not now".
const card = document.querySelector("dialog[data-install]");
const SNOOZE = 60 * 24 * 3600 * 1000;
const standalone = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
let prompt = null;

function due() {
  if (!card || standalone || Date.now() - Number(localStorage.getItem("install-later") ?? 0) < SNOOZE) return false;
  return Number(localStorage.getItem("visits") ?? 0) >= 2 || document.querySelector("[data-booked]");
}

function show() {
  if (!due() || document.querySelector("dialog[open]") || document.activeElement?.matches("input, textarea, select")) return;
  const later = () => localStorage.setItem("install-later", Date.now());
  card.querySelector("[data-prompt]").hidden = !prompt;
  card.querySelector("[data-ios]").hidden = Boolean(prompt);
  card.querySelector("[data-later]").addEventListener("click", () => card.close());
  card.querySelector("[data-prompt]").addEventListener("click", () => {
    prompt.prompt();
    card.close();
  });
  card.addEventListener("close", later, { once: true });
  card.showModal();
}

// A visit is a browser session, not a page
if (card && !sessionStorage.getItem("visited")) {
  sessionStorage.setItem("visited", "1");
  localStorage.setItem("visits", Number(localStorage.getItem("visits") ?? 0) + 1);
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event;
  setTimeout(show, 3000);
});

const iphone = /iphone|ipad|ipod/i.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
if (iphone) setTimeout(show, 3000);
