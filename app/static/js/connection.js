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

const toast = (text) => document.dispatchEvent(new CustomEvent("portico:toast", { detail: { text } }));
document.addEventListener("htmx:error", (event) => {
  const error = event.detail?.error ?? event.detail?.ctx?.error;
  if (error?.name !== "AbortError") toast(words.failed);
});
// A 5xx answers a whole page; swapped into a part it would only confuse
document.addEventListener("htmx:before:swap", (event) => {
  if ((event.detail?.ctx?.response?.status ?? 0) < 500) return;
  event.preventDefault();
  toast(words.broken);
});
