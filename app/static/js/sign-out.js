// Signing out: what the device keeps for the person goes first, then the form. Whoever keeps something listens to
// `portico:leaving` and hands a promise to `event.detail.wait`; nobody may take longer than two seconds.
const PATIENCE = 2000;

async function emptied() {
  const waits = [];
  document.dispatchEvent(new CustomEvent("portico:leaving", { detail: { wait: (promise) => waits.push(promise) } }));
  await Promise.race([Promise.all(waits), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/logout" || form.method !== "post" || event.defaultPrevented) return;
  event.preventDefault();
  await emptied();
  form.submit();
});
