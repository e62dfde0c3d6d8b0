// A day that is typed is whole when its field is left: each figure of a year makes another day of it, and the answer to
// one of those would come between the figures. So the change is told then, and not before. What a calendar or an arrow
// chose is told at once.
const FIGURE = /^\d$/;
const typed = new WeakSet();
const untold = new WeakSet();

const isDay = (element) => element.matches?.("input[type=date]");

addEventListener("keydown", ({ key, target }) => {
  if (!isDay(target)) return;
  if (FIGURE.test(key)) typed.add(target);
  else if (key.startsWith("Arrow")) typed.delete(target);
});
addEventListener("pointerdown", ({ target }) => typed.delete(target));
addEventListener("change", (event) => {
  const { target } = event;
  if (!isDay(target) || !typed.has(target) || document.activeElement !== target) return;
  event.stopImmediatePropagation();
  untold.add(target);
}, true);
addEventListener("focusout", ({ target }) => {
  typed.delete(target);
  if (untold.delete(target)) target.dispatchEvent(new Event("change", { bubbles: true }));
});
addEventListener("submit", ({ target }) => {
  for (const field of target.elements) untold.delete(field);
});
