// A day that is typed is whole when its field is left: each figure of a year makes another day of it, and the answer to
// one of those would come between the figures. What a calendar or an arrow chose is told at once.
let typed, untold;

addEventListener("keydown", ({ key, target }) => { typed = target.type === "date" && key >= "0" && key <= "9" && target; });
addEventListener("pointerdown", () => { typed = null; });
addEventListener("change", (event) => {
  if (event.target !== typed || !event.isTrusted) return;
  event.stopImmediatePropagation();
  untold = typed;
}, true);
addEventListener("focusout", ({ target }) => {
  if (target !== untold) return;
  untold = null;
  target.dispatchEvent(new Event("change", { bubbles: true }));
});
