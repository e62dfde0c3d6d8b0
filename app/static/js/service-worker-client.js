// Registers the service worker, tells it how pages look now, and says when a newer version stands ready. The new one waits
// until the reader reloads, so that an open form is never broken.
const words = document.getElementById("words")?.dataset;
const look = document.querySelector("meta[name=portico-look]")?.content;
let asked = false;

function offer(worker) {
  document.dispatchEvent(new CustomEvent("portico:toast", {
    detail: {
      text: words.updated,
      button: words.reload,
      keep: true,
      action() {
        asked = true;
        worker.postMessage({ type: "skip-waiting" });
      },
    },
  }));
}

async function register() {
  const registration = await navigator.serviceWorker.register("/service-worker.js").catch(() => null);
  if (!registration) return;
  const running = navigator.serviceWorker.controller;
  if (look) running?.postMessage({ type: "shown", look });
  if (registration.waiting && running) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
    });
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && registration.update().catch(() => {}));
}

// The offline page has no words of its own to say, and needs no worker: it came from one
if ("serviceWorker" in navigator && words) {
  navigator.serviceWorker.addEventListener("controllerchange", () => asked && location.reload());
  addEventListener("load", register);
  // Signing out ends the subscription to push messages as well, which is the worker's
  document.addEventListener("portico:leaving", () => navigator.serviceWorker.controller?.postMessage({ type: "left" }));
}
