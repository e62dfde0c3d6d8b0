// The page's one sheet. A form with hx-target="#sheet" shows its answer there (layouts/sheet.html); without scripts the
// same answer is a page. Escape, Back, the cross and a tap beside it close it, focus returns by itself. While it is open
// it has an entry in the history and the address of that page, so that a reload and a shared link show the same.
//
// Closing the checkout lets its hold go (`form[data-let-go]`): who turns away from a room expects others to find it free,
// and not to find it among their own bookings; pressing Book again holds it again. A tab that is closed or a line that is
// lost cannot say so: that hold stays for its ten minutes, and bookings and home tell it as "Held for you".
const MARK = { htmx: true, sheet: true };
let stepping = false;
let stale = false;
let before = { top: 0, focused: "" };

// Found anew each time: htmx puts another one in its place when it restores a page
const sheet = () => document.getElementById("sheet");
const shown = () => (sheet()?.open ? sheet() : null);

// A sheet that is put in anew is read out by nobody, so its sum is told where there was nothing before
function tell(dialog) {
  const sum = dialog.querySelector(".lines .sum");
  const said = dialog.querySelector("[data-sheet-said]");
  if (sum && said) setTimeout(() => (said.textContent = sum.innerText), 150);
}

function show(dialog) {
  const content = dialog.querySelector("[data-sheet-content]");
  const address = content.dataset.address || location.href;
  dialog.classList.toggle("wide", content.dataset.sheetContent === "wide");
  if (dialog.open) {
    // The same anew, as with another price, stays where one reads it; anything else begins at its top
    const same = new URL(address, location).pathname === location.pathname && !content.querySelector("[data-focus]");
    history.replaceState(MARK, "", address);
    const again = same && before.focused && document.getElementById(before.focused);
    (again || content.querySelector("[autofocus]")).focus({ preventScroll: true });
    dialog.scrollTop = again ? before.top : 0;
    if (again) tell(dialog);
  } else {
    dialog.showModal();
    history.pushState(MARK, "", address);
  }
}

// An answer that is under way decides by itself: what is being booked is not let go
function letGo(dialog) {
  const form = dialog.querySelector("form[data-let-go]");
  if (!form || dialog.querySelector("[aria-busy]")) return;
  const body = new URLSearchParams(new FormData(form));
  fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
}

// Once the history stands where the page beneath is
function settle() {
  if (stale) document.dispatchEvent(new CustomEvent("portico:stale"));
  stale = false;
}

document.addEventListener("htmx:before:swap", () => {
  before = { top: shown()?.scrollTop ?? 0, focused: document.activeElement?.id ?? "" };
});

document.addEventListener("htmx:after:swap", (event) => {
  const dialog = sheet();
  if (dialog && event.detail.ctx.target === dialog && dialog.firstElementChild) show(dialog);
});

// On to another page: it takes the place of the sheet's entry, so that Back leads to the page beneath
document.addEventListener("htmx:after:request", (event) => {
  const { hx } = event.detail.ctx;
  if (!hx?.redirect || !shown()) return;
  event.preventDefault();
  location.replace(hx.redirect);
});

function follow(event, dialog, link) {
  event.preventDefault();
  const address = link.getAttribute("href");
  if (address.startsWith("#")) {
    dialog.querySelector(address)?.focus();
    return;
  }
  letGo(dialog);
  location.replace(link.href);
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target.closest("a[href]");
  if (link && plain && shown()?.contains(link)) follow(event, shown(), link);
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  // A tap on the backdrop is a tap on the dialog itself, outside its box
  if (event.target instanceof HTMLDialogElement && event.target.matches(".sheet[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) event.target.close();
  }
});

document.addEventListener("submit", (event) => {
  if (!shown() || !event.target.matches("[data-let-go]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  shown().close();
}, true);

document.addEventListener("close", (event) => {
  const dialog = event.target;
  if (dialog !== sheet()) return;
  letGo(dialog);
  stale = dialog.querySelector("[data-stale]") !== null;
  dialog.replaceChildren();
  stepping = Boolean(history.state?.sheet);
  if (stepping) history.back();
  else settle();
}, true);

// htmx restores the page on every step through history, by the Navigation API or by popstate, and must not hear of the
// steps that open and close the sheet: this file runs before htmx starts, so its listeners come first.
globalThis.navigation?.addEventListener("navigate", (event) => {
  if (event.navigationType === "traverse" && (stepping || shown())) event.stopImmediatePropagation();
});

addEventListener("popstate", (event) => {
  const dialog = shown();
  if (stepping || dialog) event.stopImmediatePropagation();
  if (stepping) settle();
  else dialog?.close();
  stepping = false;
}, true);

// Toasts lie beneath an open sheet, where nobody could read what went wrong
document.addEventListener("portico:toast", (event) => {
  const problem = event.detail.problem && shown()?.querySelector("[data-sheet-problem]");
  if (!problem) return;
  event.stopImmediatePropagation();
  problem.hidden = false;
  problem.lastElementChild.textContent = event.detail.text;
  problem.scrollIntoView({ block: "nearest" });
});
