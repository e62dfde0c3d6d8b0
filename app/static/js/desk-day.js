// The front desk's day: a booking is dragged to another room or time, its end makes it longer or shorter. By keyboard it
// is moved with Shift and the arrow keys, and Enter goes on. Where it is dropped the form of a change opens, filled in: it
// knows the rules and the money, and nothing has changed before its button. Arrow keys alone: cells.js.
import "./cells.js";

const SLACK = 5;
const EDGE = 9;
let held = null;

const gridOf = (it) => it?.closest?.("[data-desk-grid]");
const rowsOf = (grid) => [...grid.querySelectorAll(".room-row")];
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const turned = () => document.dir === "rtl";

function lift(block, only) {
  const grid = gridOf(block);
  const { at, minutes, moves } = block.dataset;
  const row = block.closest(".room-row");
  return {
    grid, block, row, home: row, ends: only || moves === "end",
    was: { at: Number(at), minutes: Number(minutes) }, at: Number(at), minutes: Number(minutes),
    first: Number(grid.dataset.first), last: Number(grid.dataset.last), ghost: null,
  };
}

const moved = (it) => it.row !== it.home || it.at !== it.was.at || it.minutes !== it.was.minutes;

function draw(it) {
  const share = (minutes) => `${((minutes / (it.last - it.first)) * 100).toFixed(3)}%`;
  if (!it.ghost) {
    it.ghost = it.block.cloneNode(true);
    it.ghost.classList.add("ghost");
    it.ghost.removeAttribute("href");
    it.ghost.setAttribute("aria-hidden", "true");
    it.block.classList.add("lifted");
    it.grid.classList.add("dragging");
    // What is dragged does not change beneath the pointer (live-parts.js)
    it.grid.closest("[data-live]").setAttribute("data-live-hold", "");
  }
  it.row.querySelector(".lane").append(it.ghost);
  const drawn = it.ghost.querySelector("svg");
  drawn.setAttribute("x", share(it.at - it.first));
  drawn.setAttribute("width", share(it.minutes));
  const time = it.ghost.querySelector(".desk-words span");
  if (time) time.textContent = `${clock(it.at)} – ${clock(it.at + it.minutes)}`;
}

function put(it, at, minutes, row) {
  const { step, least, most } = row.dataset;
  const snap = (minute) => Math.round(minute / step) * step;
  it.row = it.ends ? it.home : row;
  if (it.ends) it.minutes = Math.min(Math.max(snap(it.at + minutes) - it.at, Number(least)), Number(most), it.last - it.at);
  else it.at = Math.min(Math.max(snap(at), it.first), it.last - it.minutes);
  draw(it);
}

function say(it) {
  const words = it.grid.dataset.said.replace("{room}", it.row.dataset.name).replace("{time}", `${clock(it.at)} – ${clock(it.at + it.minutes)}`);
  document.getElementById("desk-said").textContent = words;
}

function drop(it) {
  held = null;
  it.ghost?.remove();
  it.block.classList.remove("lifted");
  it.grid.classList.remove("dragging");
  it.grid.closest("[data-live]").removeAttribute("data-live-hold");
  document.dispatchEvent(new CustomEvent("portico:calm"));
}

function goOn(it) {
  const { id, sequence } = it.block.dataset;
  const asked = new URLSearchParams({ room: it.row.dataset.room, date: it.grid.dataset.date, start: clock(it.at), minutes: it.minutes, sequence, then: "day" });
  const address = `${it.grid.dataset.edit.replace("/0/", `/${id}/`)}?${asked}`;
  drop(it);
  location.assign(address);
}

const minuteAt = (it, event) => {
  const box = it.home.querySelector(".lane").getBoundingClientRect();
  const share = (event.clientX - box.left) / box.width;
  return it.first + (turned() ? 1 - share : share) * (it.last - it.first);
};

document.addEventListener("pointerdown", (event) => {
  const block = event.target.closest?.("[data-desk-grid] [data-moves]");
  // A finger scrolls; whoever has nothing else presses Move in the list
  if (!block || event.button !== 0 || event.pointerType === "touch") return;
  if (held) drop(held);
  const box = block.getBoundingClientRect();
  const edge = turned() ? event.clientX - box.left : box.right - event.clientX;
  held = lift(block, edge < Math.min(EDGE, box.width / 3));
  held.from = { x: event.clientX, y: event.clientY, minute: minuteAt(held, event) };
});

document.addEventListener("pointermove", (event) => {
  if (!held?.from) return;
  if (!held.ghost && Math.hypot(event.clientX - held.from.x, event.clientY - held.from.y) < SLACK) return;
  const by = minuteAt(held, event) - held.from.minute;
  const row = rowsOf(held.grid).find((each) => {
    const box = each.getBoundingClientRect();
    return box.top <= event.clientY && event.clientY < box.bottom;
  });
  put(held, held.was.at + by, held.was.minutes + by, row ?? held.row);
});

document.addEventListener("pointerup", () => {
  if (!held?.from) return;
  if (!held.ghost) held = null;
  else if (moved(held)) {
    held.grid.addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
    goOn(held);
  } else drop(held);
});
document.addEventListener("pointercancel", () => held?.from && drop(held));
// The browser's own dragging of links is not meant
document.addEventListener("dragstart", (event) => event.target.closest?.("[data-desk-grid]") && event.preventDefault());

document.addEventListener("keydown", (event) => {
  const block = event.target.closest?.("[data-desk-grid] [data-moves]");
  if (!block) return;
  const along = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const across = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.shiftKey && (along || across)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (held?.block !== block) {
      if (held) drop(held);
      held = lift(block, false);
    }
    const rows = rowsOf(held.grid);
    const row = rows[rows.indexOf(held.row) + (across ?? 0)] ?? held.row;
    const by = (along ?? 0) * (turned() ? -1 : 1) * Number(row.dataset.step);
    put(held, held.at + by, held.minutes + by, row);
    say(held);
  } else if (held?.block === block && event.key === "Enter") {
    event.preventDefault();
    if (moved(held)) goOn(held);
    else drop(held);
  } else if (held && event.key === "Escape") {
    drop(held);
  }
}, true);
document.addEventListener("focusout", (event) => held && !held.from && event.target === held.block && drop(held));
