// A form with data-autosubmit sends itself when an answer changes; typing waits for a pause. Its button is for those
// without scripts (`class="no-js"`).
const waiting = new WeakMap();

function send(form) {
  clearTimeout(waiting.get(form));
  if (form.checkValidity()) form.requestSubmit();
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]") ?? (event.target.form?.matches("[data-autosubmit]") ? event.target.form : null);
  if (form) send(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-autosubmit]") || !event.target.matches("[type=search], [type=text], [type=number]")) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(send, 350, form));
});
