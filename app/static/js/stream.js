// Live updates begin after everything that the page is made of, and on a first visit after what is kept for later, too.
// Who clicks on through pages opens no stream on each; what is said meanwhile is heard all the same (live.js).
const { stream } = document.body.dataset;
const pause = navigator.serviceWorker?.controller ? 500 : 2000;

if (stream) addEventListener("load", () => setTimeout(() => import(stream).catch(() => {}), pause));
