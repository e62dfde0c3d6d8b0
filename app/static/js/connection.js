// Says when the line is gone, and what became of a request that did not get through. An expired session is the
// server's to answer (HX-Redirect).
const words = document.getElementById("words")?.dataset ?? {};
const strip = document.getElementById("connection");
const announcer = document.getElementById("announcer");

function tell() {
  if (!strip || strip.hidden === navigator.onLine) return;
  strip.hidden = navigator.onLine;
  announcer.textContent = navigator.onLine ? "" : strip.textContent;
}
addEventListener("online", tell);
addEventListener("offline", tell);
tell();

const toast = (text) => document.dispatchEvent(new CustomEvent("portico:toast", { detail: { text, problem: true } }));
document.addEventListener("htmx:error", (event) => {
  const error = event.detail?.error ?? event.detail?.ctx?.error;
  if (error?.name !== "AbortError") toast(words.failed);
});
// A refusal that answers a whole page would only confuse in a part of one; its sentence is what counts. A form that picks
// its part out of whole pages (hx-select) is shown what is wrong with it there.
document.addEventListener("htmx:before:swap", (event) => {
  const { response, text, select } = event.detail?.ctx ?? {};
  const status = response?.status ?? 0;
  if (status < 400 || (select && status < 500) || !/^\s*<!doctype/i.test(text)) return;
  event.preventDefault();
  const said = new DOMParser().parseFromString(text, "text/html").querySelector("main p")?.textContent;
  toast((status < 500 && said) || words.broken);
});
