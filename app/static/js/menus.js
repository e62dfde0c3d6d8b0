// `<details data-menu>` closes like a menu: on Escape, on a tap elsewhere, when focus leaves. And after a refused form the
// summary of errors takes the focus.
const opened = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => opened().forEach((each) => each.contains(event.target) || (each.open = false)));
document.addEventListener("focusin", (event) => opened().forEach((each) => each.contains(event.target) || (each.open = false)));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  opened().forEach((each) => {
    each.open = false;
    each.querySelector("summary").focus();
  });
});

const focusErrors = () => document.querySelector("[data-focus]:not([data-focused])")?.focus();
document.addEventListener("focusin", (event) => event.target.matches?.("[data-focus]") && (event.target.dataset.focused = ""));
document.addEventListener("htmx:after:swap", focusErrors);
focusErrors();
