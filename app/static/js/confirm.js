// Forms with data-confirm ask first: title, sentence and the words for yes and no come from the form.
const words = document.getElementById("words")?.dataset ?? {};

function ask(form) {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.id = "confirm";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  const head = document.createElement("div");
  head.className = "sheet-head";
  const title = document.createElement("h2");
  title.id = "confirm-title";
  title.textContent = form.dataset.confirm;
  head.append(title);
  const text = document.createElement("p");
  text.textContent = form.dataset.confirmText ?? "";
  const buttons = document.createElement("form");
  buttons.method = "dialog";
  buttons.className = "buttons";
  const no = document.createElement("button");
  no.className = "button";
  no.textContent = form.dataset.confirmNo ?? words.cancel;
  const yes = document.createElement("button");
  yes.className = "button stop";
  yes.value = "yes";
  yes.textContent = form.dataset.confirmYes;
  buttons.append(no, yes);
  dialog.append(head, text, buttons);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}

// On the window and in the capture phase: before htmx and before the busy button
addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset?.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  if (!(await ask(form))) return;
  form.dataset.confirmed = "1";
  form.requestSubmit(submitter);
  delete form.dataset.confirmed;
}, true);
