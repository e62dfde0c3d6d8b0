// data-countdown="<ISO time>": minutes and seconds left, caution in the last minute, `portico:expired` once at 0.
function tick(timer) {
  const left = Math.max(0, Math.ceil((Date.parse(timer.dataset.countdown) - Date.now()) / 1000));
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const words = timer.querySelector("[data-left]") ?? timer;
  words.textContent = (timer.dataset.label || "{left}").replace("{left}", clock);
  timer.querySelector(".arc")?.setAttribute("stroke-dashoffset", 100 - Math.min(100, (left / timer.dataset.seconds) * 100));
  timer.classList.toggle("soon", left < 60);
  if (left === 0 && !timer.dataset.expired) {
    timer.dataset.expired = "1";
    timer.dispatchEvent(new CustomEvent("portico:expired", { bubbles: true }));
  }
}

const all = () => document.querySelectorAll("[data-countdown]").forEach(tick);
setInterval(all, 1000);
document.addEventListener("htmx:after:swap", all);
all();

// What waits for the hold to end changes places: data-while-held goes, data-when-expired comes
document.addEventListener("portico:expired", (event) => {
  const scope = event.target.closest("dialog, main") ?? document;
  scope.querySelectorAll("[data-while-held]").forEach((each) => (each.hidden = true));
  scope.querySelectorAll("[data-when-expired]").forEach((each) => (each.hidden = false));
});
