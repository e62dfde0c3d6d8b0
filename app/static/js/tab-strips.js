// A strip of tabs that is wider than the screen shows the tab one is on, in the middle where it can.
const show = () => {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const strip = tab.closest(".tabs");
    const at = tab.getBoundingClientRect();
    const frame = strip.getBoundingClientRect();
    strip.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
  }
};

show();
document.addEventListener("htmx:after:swap", show);
