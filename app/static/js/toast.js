// Toasts: those that came with the page, those htmx swaps in, and those other behaviours ask for with
// `document.dispatchEvent(new CustomEvent("portico:toast", {detail: {text, button, action, keep}}))`.
// One line each, gone after 6 s unless somebody is on it; `keep` ones stay until closed.
const region = document.getElementById("toasts");
const words = document.getElementById("words")?.dataset ?? {};
const LIFE = 6000;
const HEARD = 150;

function leave(toast) {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), 220);
}

function live(toast) {
  if (toast.dataset.lives) return;
  toast.dataset.lives = "1";
  if (toast.hasAttribute("data-keep")) return;
  let timer = setTimeout(leave, LIFE, toast);
  const hold = () => clearTimeout(timer);
  const resume = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, LIFE, toast);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", resume);
  toast.addEventListener("focusout", resume);
}

function show({ text, button, action, keep }) {
  if ([...region.children].some((each) => each.firstElementChild?.textContent === text)) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  if (keep) toast.dataset.keep = "";
  const line = document.createElement("p");
  line.textContent = text;
  const last = document.createElement("button");
  last.type = "button";
  last.textContent = button ?? words.close;
  last.addEventListener("click", () => {
    action?.();
    leave(toast);
  });
  toast.append(line, last);
  region.append(toast);
}

if (region) {
  new MutationObserver(() => [...region.children].forEach(live)).observe(region, { childList: true });
  // What came with the page is put in once more: of a live region only what changes is read out
  const came = [...region.children];
  region.replaceChildren();
  if (came.length) setTimeout(() => region.append(...came), HEARD);
  document.addEventListener("portico:toast", (event) => show(event.detail));
  document.addEventListener("click", (event) => {
    const cross = event.target.closest("[data-close-toast]");
    if (cross) leave(cross.closest(".toast"));
  });
}
