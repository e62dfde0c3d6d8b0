// Registers the service worker and says when a newer version stands ready. The new one waits until the reader reloads, so
// that an open form is never broken. It is told to step in with the message {type: "skip-waiting"}.
const words = document.getElementById("words")?.dataset ?? {};
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
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
    });
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && registration.update().catch(() => {}));
}

if ("serviceWorker" in navigator && document.getElementById("words")) {
  navigator.serviceWorker.addEventListener("controllerchange", () => asked && location.reload());
  addEventListener("load", register);
}
