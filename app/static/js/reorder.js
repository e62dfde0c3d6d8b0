// A list in a form whose rows can be put in another order. Markup:
//   <form method="post" action="…" data-reorder> … <div data-row data-name="Bookings"> <input type="hidden" name="order"
//   value="bookings"> <button type="button" data-grip aria-label="Move Bookings">
// Drag a grip, or give it focus and press the arrow keys, Home or End; the new place is spoken. The form is sent as it
// stands, so the server reads `order` as a list. For readers without scripts the row also has up and down buttons (`.no-js`).
const announcer = document.getElementById("announcer");
const words = document.getElementById("words")?.dataset ?? {};
let drag = null;

const rowsOf = (form) => [...form.querySelectorAll("[data-row]")];

function say(form, row) {
  const rows = rowsOf(form);
  const values = { name: row.dataset.name, n: rows.indexOf(row) + 1, total: rows.length };
  announcer.textContent = words.moved.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function place(form, row, index) {
  const rows = rowsOf(form).filter((each) => each !== row);
  const at = Math.max(0, Math.min(index, rows.length));
  if (at < rows.length) rows[at].before(row);
  else rows.at(-1).after(row);
}

let pending = 0;
function save(form) {
  clearTimeout(pending);
  pending = setTimeout(() => form.requestSubmit(), 400);
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest("[data-reorder] [data-grip]");
  if (!grip) return;
  const form = grip.closest("[data-reorder]");
  const row = grip.closest("[data-row]");
  const index = rowsOf(form).indexOf(row);
  const target = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: Infinity }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  place(form, row, target);
  grip.focus();
  if (rowsOf(form).indexOf(row) !== index) {
    say(form, row);
    save(form);
  }
});

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-reorder] [data-grip]");
  if (!grip || event.button !== 0) return;
  const form = grip.closest("[data-reorder]");
  const row = grip.closest("[data-row]");
  drag = { form, row, grip, index: rowsOf(form).indexOf(row) };
  grip.setPointerCapture(event.pointerId);
  row.classList.add("lifted");
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const others = rowsOf(drag.form).filter((each) => each !== drag.row);
  const after = others.filter((each) => {
    const box = each.getBoundingClientRect();
    return event.clientY > box.top + box.height / 2;
  }).length;
  if (after === rowsOf(drag.form).indexOf(drag.row)) return;
  place(drag.form, drag.row, after);
  drag.grip.setPointerCapture(event.pointerId);
});

function drop() {
  if (!drag) return;
  const { form, row, index } = drag;
  drag = null;
  row.classList.remove("lifted");
  if (rowsOf(form).indexOf(row) === index) return;
  say(form, row);
  save(form);
}
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);
