// Nothing personal stays on a device that nobody is signed in on: the offline page's data and the caches made of it go
// when somebody signs out, and again on the sign-in page, for whoever was signed out from elsewhere.
function forgetEverybody() {
  globalThis.indexedDB?.deleteDatabase("portico");
  globalThis.caches?.keys().then((names) => {
    for (const name of names) if (name.startsWith("portico-me-")) caches.delete(name);
  }).catch(() => {});
}

if (document.querySelector('meta[name="portico-signed-out"]')) forgetEverybody();
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname === "/logout") forgetEverybody();
});
