// A button with data-busy says so while its form is under way, at the width it had; a second press does nothing.
function start(button) {
  button.style.inlineSize = `${button.getBoundingClientRect().width}px`;
  button.dataset.label = button.innerHTML;
  const spinner = document.createElement("span");
  spinner.className = "spinner";
  button.replaceChildren(spinner, button.dataset.busy);
  button.setAttribute("aria-busy", "true");
}

function stop(button) {
  button.innerHTML = button.dataset.label;
  delete button.dataset.label;
  button.style.inlineSize = "";
  button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.querySelector("[data-busy][aria-busy]")) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const button = event.submitter?.matches("[data-busy]") ? event.submitter : form.querySelector("[data-busy]");
  // After the event, so that a check that stops the submission is seen and the button's own value still travels
  setTimeout(() => {
    const fetched = form.matches(".htmx-request") || form.hasAttribute("hx-post");
    if (button && (!event.defaultPrevented || fetched)) start(button);
  });
}, true);

const rest = () => document.querySelectorAll("[data-busy][aria-busy]").forEach(stop);
document.addEventListener("htmx:finally:request", rest);
// Back from the next page brings this one out of the cache as it was left
addEventListener("pageshow", (event) => event.persisted && rest());
