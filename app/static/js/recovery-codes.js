// Recovery codes are shown once: two ways to take them along.
import "./copy.js";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
