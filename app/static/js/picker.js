// Two who are ticked are a group, which may have a name; nobody is asked for it before.
const form = document.querySelector("[data-picker]");
const name = form?.querySelector("[data-group-name]");
const show = () => {
  name.hidden = form.querySelectorAll("[name=people]:checked").length < 2;
};

if (name) {
  form.addEventListener("change", show);
  document.addEventListener("htmx:after:swap", show);
  show();
}
