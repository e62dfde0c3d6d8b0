// The day grid: draw across a room's free time with a pointer, or move with the arrow keys and lengthen with Shift. On a
// phone one window slides over all rooms. What is chosen is asked of the server, which knows the rules and the price.
const grid = document.querySelector("[data-day-grid]");

if (grid) {
  const data = grid.dataset;
  const first = Number(data.first);
  const last = Number(data.last);
  const chosen = document.getElementById("chosen");
  const range = document.getElementById("window-start");
  const known = new WeakMap();
  let rows = [];
  // Minutes that pass; on a day when the clocks change, the wall shows others from then on, and some of them again
  const [change, by] = (data.change ?? "0,0").split(",").map(Number);
  const size = document.getElementById("window-length");
  const face = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const clock = (minute) => (!by || minute < change) ? face(minute)
    : minute < change - by ? data.again.replace("{time}", face(minute + by)) : face(minute + by);
  const words = (span) => `${clock(span.from)} – ${clock(span.to)}`;
  const percent = (minutes) => `${((minutes / (last - first)) * 100).toFixed(3)}%`;
  let current = null;
  let asking = 0;

  function read(element) {
    const { room, name, free, step, least, most, whole } = element.dataset;
    return {
      element,
      room,
      name,
      lane: element.querySelector(".lane"),
      mark: element.querySelector(".chosen"),
      free: free ? free.split(",").map((each) => each.split("-").map(Number)) : [],
      step: Number(step),
      least: Number(least),
      most: Number(most),
      whole: whole !== undefined,
    };
  }

  function draw(row, span) {
    row.mark.toggleAttribute("hidden", !span);
    if (span) {
      row.mark.setAttribute("x", percent(span.from - first));
      row.mark.setAttribute("width", percent(span.to - span.from));
      const [whole, brief] = row.mark.querySelectorAll("span");
      whole.textContent = `${clock(span.from)}, ${data.minutes.replace("{n}", span.to - span.from)}`;
      brief.textContent = clock(span.from);
    }
    row.lane.setAttribute("aria-valuenow", span ? span.from : first);
    row.lane.setAttribute("aria-valuetext", span ? words(span) : data.nothing);
  }

  // The stretch to choose from that holds a minute, from its first whole step on
  function stretch(row, minute) {
    const found = row.free.find(([from, to]) => from <= minute && minute < to);
    return found && [Math.ceil(found[0] / row.step) * row.step, found[1]];
  }

  // The shifts from one minute to another that touch each other, and that of the first alone where they do not
  function shifts(row, from, to) {
    const at = row.free.findIndex(([begin, end]) => begin <= from && from < end);
    if (at < 0) return null;
    let [begin, end] = row.free[at];
    for (const [a, b] of row.free.slice(at + 1)) if (a === end && a <= to) end = b;
    for (const [a, b] of row.free.slice(0, at).reverse()) if (b === begin && b > to) begin = a;
    return { row, from: begin, to: end };
  }

  // From one minute to another, on the steps, within the free stretch of the first and the room's shortest and longest
  function between(row, from, to) {
    if (row.whole) return shifts(row, from, to);
    const free = stretch(row, from);
    if (!free) return null;
    const snap = (minute) => Math.floor(minute / row.step) * row.step;
    let begin = Math.max(free[0], snap(Math.min(from, to)));
    let end = Math.min(free[1], Math.max(snap(Math.max(from, to)) + row.step, begin + row.least));
    if (to < from) begin = Math.max(begin, end - row.most);
    else end = Math.min(end, begin + row.most);
    begin = Math.max(free[0], Math.min(begin, end - row.least));
    return end - begin >= row.least ? { row, from: begin, to: end } : null;
  }

  function choose(span) {
    if (current && current.row !== span?.row) draw(current.row, null);
    current = span;
    if (span) draw(span.row, span);
    else chosen.replaceChildren();
  }

  function ask() {
    clearTimeout(asking);
    if (!current) return;
    const slot = `${current.row.room}.${Number(data.begins) + current.from}.${current.to - current.from}`;
    asking = setTimeout(() => htmx.ajax("GET", `${data.choice}?slot=${slot}`, { target: "#chosen", swap: "innerHTML" }), 200);
  }

  function minuteAt(row, event) {
    const box = row.lane.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return first + (document.dir === "rtl" ? 1 - share : share) * (last - first);
  }

  function listen(row) {
    let anchor = null;
    // What is being drawn on does not change beneath the pointer (live-parts.js)
    const end = () => {
      anchor = null;
      grid.removeAttribute("data-live-hold");
      document.dispatchEvent(new CustomEvent("portico:calm"));
    };
    row.lane.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || (range && range.offsetParent)) return;
      anchor = minuteAt(row, event);
      grid.setAttribute("data-live-hold", "");
      row.lane.setPointerCapture(event.pointerId);
      choose(between(row, anchor, anchor));
    });
    row.lane.addEventListener("pointermove", (event) => {
      if (anchor !== null) choose(between(row, anchor, minuteAt(row, event)));
    });
    row.lane.addEventListener("pointerup", () => {
      end();
      ask();
    });
    row.lane.addEventListener("pointercancel", end);
    row.lane.addEventListener("keydown", (event) => key(row, event));
    row.element.addEventListener("click", () => {
      if (range?.offsetParent) pick(row);
    });
  }

  // To the next place where the span fits: within its stretch, else over to the next one
  function moved(row, span, by) {
    if (row.whole) {
      const next = by > 0 ? row.free.find(([from]) => from > span.from) : row.free.findLast(([from]) => from < span.from);
      return next ? { row, from: next[0], to: next[1] } : span;
    }
    const length = span.to - span.from;
    const starts = row.free.flatMap(([from, to]) => {
      const found = [];
      for (let at = Math.ceil(from / row.step) * row.step; at + length <= to; at += row.step) found.push(at);
      return found;
    });
    const next = by > 0 ? starts.find((at) => at > span.from) : starts.findLast((at) => at < span.from);
    return next === undefined ? span : { row, from: next, to: next + length };
  }

  function lengthened(row, span, by) {
    if (row.whole) {
      const within = row.free.filter(([from, to]) => span.from <= from && to <= span.to);
      return shifts(row, span.from, by > 0 ? span.to : (within.at(-2) ?? within[0])[0]);
    }
    const free = stretch(row, span.from);
    const end = Math.max(span.from + row.least, Math.min(free[1], span.to + by * row.step, span.from + row.most));
    return { row, from: span.from, to: end };
  }

  function firstSpan(row, length, near) {
    if (row.whole) return row.free.length ? shifts(row, row.free[0][0], row.free[0][0]) : null;
    const fits = row.free.map(([from, to]) => [Math.max(Math.ceil(from / row.step) * row.step, Math.min(near, to - length)), to])
      .filter(([from, to]) => from % row.step === 0 && from + length <= to);
    return fits.length ? { row, from: fits[0][0], to: fits[0][0] + length } : null;
  }

  function key(row, event) {
    const turn = document.dir === "rtl" ? -1 : 1;
    const by = { ArrowRight: turn, ArrowLeft: -turn }[event.key];
    const other = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      const mine = current?.row === row ? current : null;
      if (!mine) choose(firstSpan(row, Math.max(row.least, Math.min(Number(data.length), row.most)), first));
      else choose(event.shiftKey ? lengthened(row, mine, by) : moved(row, mine, by));
      ask();
    } else if (other) {
      event.preventDefault();
      rows[rows.indexOf(row) + other]?.lane.focus();
    } else if (event.key === "Enter") {
      // Or the same press would go on to the button that is given the focus
      event.preventDefault();
      chosen.querySelector("button.primary")?.focus();
    } else if (event.key === "Escape") {
      choose(null);
    }
  }

  // The phone's window: the same span over all rooms; those where it fits light up, the others say when it would
  function slide() {
    fit();
    chosen.replaceChildren();
  }

  function fit() {
    const length = Number(data.length);
    const from = Number(range.value);
    document.getElementById("window-words").textContent = words({ from, to: from + length });
    range.setAttribute("aria-valuetext", words({ from, to: from + length }));
    for (const row of rows) {
      if (row.whole) {
        fitShifts(row, from);
        continue;
      }
      const fits = row.free.some(([a, b]) => a <= from && from + length <= b) && length >= row.least && length <= row.most && from % row.step === 0;
      const later = row.free.find(([a, b]) => Math.max(Math.ceil(a / row.step) * row.step, from) + length <= b);
      row.element.classList.toggle("no", !fits);
      row.fits = fits;
      draw(row, { row, from, to: from + length });
      row.element.querySelector(".fits").textContent = fits ? data.fits
        : later ? data.freeAt.replace("{time}", clock(Math.max(Math.ceil(later[0] / row.step) * row.step, from))) : row.free.length ? data.full : data.none;
    }
  }

  // Of shifts the one in which the window begins lights up, whole
  function fitShifts(row, from) {
    const found = shifts(row, from, from);
    const later = row.free.find(([begin]) => begin > from);
    row.element.classList.toggle("no", !found);
    row.fits = Boolean(found);
    draw(row, found);
    row.element.querySelector(".fits").textContent = found ? words(found) : later ? data.freeAt.replace("{time}", clock(later[0])) : data.full;
  }

  function pick(row) {
    if (!row.fits) return;
    const from = Number(range.value);
    current = row.whole ? shifts(row, from, from) : { row, from, to: from + Number(data.length) };
    ask();
  }

  function enter(element) {
    const row = Object.assign(known.get(element) ?? {}, read(element));
    row.lane.setAttribute("role", "slider");
    row.lane.setAttribute("tabindex", "0");
    row.lane.setAttribute("aria-valuemin", first);
    row.lane.setAttribute("aria-valuemax", last);
    draw(row, null);
    if (!known.has(element)) listen(row);
    known.set(element, row);
    return row;
  }

  // As the page came, and again when it has changed beneath what somebody chose: that stays where it is still free
  function begin() {
    rows = [...grid.querySelectorAll(".room-row")].map(enter);
    const { row, from, to } = current ?? {};
    const kept = rows.includes(row) && between(row, from, to - 1);
    if (current && (kept?.from !== from || kept?.to !== to)) choose(null);
    if (range?.offsetParent) fit();
    else if (current) draw(row, current);
  }

  range?.addEventListener("input", slide);
  size?.addEventListener("change", () => {
    data.length = size.value;
    range.max = last - Number(size.value);
    slide();
  });
  begin();
  document.addEventListener("htmx:after:swap", (event) => event.detail.ctx.target === grid && begin());
  document.addEventListener("click", (event) => event.target.closest("[data-clear]") && choose(null));
}
