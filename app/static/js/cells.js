// A field of links (`data-cells`): one of them is reached by Tab, the arrow keys go on to the next one that way, wherever
// the style sheet has put it. With `data-choice` a link with a slot is asked for into that element, beneath the field.
const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

const links = (field) => [...field.querySelectorAll("a[href]")];
const middle = (it) => {
  const box = it.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
};

// One stop for Tab: what was chosen or left last, else the first
function settle(field, at) {
  const all = links(field);
  const stop = at ?? all.find((it) => it.hasAttribute("aria-current")) ?? all[0];
  for (const it of all) it.tabIndex = it === stop ? 0 : -1;
}

// The nearest link that way; being in line counts for more than being near
function next(field, from, [right, down]) {
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const it of links(field)) {
    const [a, b] = middle(it);
    const along = (a - x) * right + (b - y) * down;
    const aside = Math.abs((a - x) * down) + Math.abs((b - y) * right);
    if (it !== from && along > 4 && along + aside * 8 < least) [best, least] = [it, along + aside * 8];
  }
  return best;
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-cells]");
  const way = WAYS[event.key];
  if (!field || !way || event.altKey || event.ctrlKey || event.metaKey) return;
  const found = next(field, event.target, way);
  if (!found) return;
  event.preventDefault();
  settle(field, found);
  found.focus();
  found.scrollIntoView({ block: "nearest", inline: "nearest" });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-cells][data-choice] a[href*='slot=']");
  const field = link?.closest("[data-cells]");
  if (field && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    for (const it of links(field)) it.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    settle(field, link);
    htmx.ajax("GET", link.getAttribute("href"), { target: field.dataset.choice, swap: "innerHTML" });
  } else if (event.target.closest("[data-clear]")) {
    for (const it of document.querySelectorAll("[data-cells][data-choice] a[aria-current]")) it.removeAttribute("aria-current");
    document.querySelector(document.querySelector("[data-choice]")?.dataset.choice ?? "#chosen")?.replaceChildren();
  }
});

const begin = () => document.querySelectorAll("[data-cells]").forEach((field) => settle(field));
begin();
document.addEventListener("htmx:after:swap", begin);
