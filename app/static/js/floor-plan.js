// Rooms on a floor plan can be dragged; the two numbers of each are what is saved, so that keys and fingers write the same.
// A tap on the plan places the room whose field was used last.
const round = (share) => Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;

function fields(canvas, id) {
  return ["x", "y"].map((axis) => canvas.ownerDocument.getElementById(`${axis}-${id}`));
}

function draw(grip, [x, y]) {
  grip.toggleAttribute("hidden", x.value === "" || y.value === "");
  grip.setAttribute("x", `${Number.parseFloat(x.value.replace(",", ".")) || 0}%`);
  grip.setAttribute("y", `${Number.parseFloat(y.value.replace(",", ".")) || 0}%`);
}

function put(canvas, grip, event) {
  const box = canvas.getBoundingClientRect();
  const inputs = fields(canvas, grip.dataset.room);
  inputs[0].value = round((event.clientX - box.left) / box.width);
  inputs[1].value = round((event.clientY - box.top) / box.height);
  draw(grip, inputs);
}

document.addEventListener("pointerdown", (event) => {
  const canvas = event.target.closest(".plan-canvas");
  if (!canvas || event.button) return;
  const grip = event.target.closest(".plan-grip") ?? canvas.querySelector(".plan-grip[data-chosen]");
  if (!grip) return;
  event.preventDefault();
  grip.dataset.moving = "";
  put(canvas, grip, event);
  const move = (moved) => put(canvas, grip, moved);
  const stop = () => {
    delete grip.dataset.moving;
    removeEventListener("pointermove", move);
    ["pointerup", "pointercancel"].forEach((name) => removeEventListener(name, stop));
  };
  addEventListener("pointermove", move);
  ["pointerup", "pointercancel"].forEach((name) => addEventListener(name, stop));
});

const gripOf = (input) => input.dataset?.room && document.querySelector(`.plan-grip[data-room="${input.dataset.room}"]`);

document.addEventListener("input", ({ target }) => {
  const grip = gripOf(target);
  if (grip) draw(grip, fields(grip.closest(".plan-canvas"), target.dataset.room));
});
document.addEventListener("focusin", ({ target }) => {
  const grip = gripOf(target);
  if (!grip) return;
  document.querySelectorAll(".plan-grip[data-chosen]").forEach((each) => delete each.dataset.chosen);
  grip.dataset.chosen = "";
});
