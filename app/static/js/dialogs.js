// Sheets. `<a href="/x" data-dialog="id">` opens the dialog that is in the page; `<a href="/x" data-dialog>` fetches the
// address into the page's one empty sheet. Escape, Back, the cross and a tap beside it close it, focus returns by itself.
const sheet = document.getElementById("sheet");

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  history.pushState({ dialog: dialog.id }, "");
  dialog.querySelector("[autofocus]")?.focus();
}

function openFetched() {
  const content = sheet?.querySelector("[data-sheet-content]");
  if (!content) return;
  sheet.classList.toggle("wide", content.hasAttribute("data-wide"));
  open(sheet);
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target.closest("[data-dialog]");
  if (link && plain) {
    const dialog = document.getElementById(link.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      open(dialog);
    } else if (link.href && sheet) {
      event.preventDefault();
      htmx.ajax("GET", link.href, { target: "#sheet", swap: "innerHTML", source: link });
    }
  }
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  // A tap on the backdrop is a tap on the dialog itself, outside its box
  if (event.target instanceof HTMLDialogElement && event.target.matches(".sheet[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) event.target.close();
  }
});

// The history entry that opening made is taken back when the sheet closes by any other way than Back. htmx restores the
// page on every step through history, by the Navigation API or by popstate, and must not hear of these steps: this file
// runs before htmx starts, so its listeners come first.
let swallow = false;

document.addEventListener("close", (event) => {
  if (!(event.target instanceof HTMLDialogElement)) return;
  if (event.target === sheet) sheet.replaceChildren();
  if (history.state?.dialog !== event.target.id) return;
  swallow = true;
  history.back();
}, true);

globalThis.navigation?.addEventListener("navigate", (event) => {
  if (event.navigationType === "traverse" && history.state?.dialog) event.stopImmediatePropagation();
});

addEventListener("popstate", (event) => {
  const shown = document.querySelector("dialog.sheet[open]");
  const leaves = shown && event.state?.dialog !== shown.id;
  if (swallow || leaves) event.stopImmediatePropagation();
  swallow = false;
  if (leaves) shown.close();
}, true);

document.addEventListener("htmx:after:swap", openFetched);
