// The phone on the settings page. While the look's form changes, the frame's stylesheet, mark and the three swatches are
// asked for anew with what stands in the form; a change of page or scheme loads the frame again. The server derives the
// colours, so that what is seen here is what everybody gets. Without scripts the form's Preview button does the same.
const form = document.querySelector("form[data-look]");
const frame = document.querySelector("iframe[data-preview]");
const PAUSE = 90;
let pending = 0;
let sent = 0;

const query = () => {
  const values = new URLSearchParams(location.search.includes("location=") ? { location: new URLSearchParams(location.search).get("location") } : {});
  for (const name of form ? ["name", "primary", "on_primary", "radius", "font"] : []) {
    const field = form.elements[name];
    if (field) values.set(name, field.value);
  }
  return values;
};

const chosen = (name) => document.querySelector(`[data-preview-choice] [name=${name}]:checked`)?.value;

function reload() {
  const values = query();
  values.set("page", chosen("page"));
  values.set("scheme", chosen("scheme"));
  frame.contentWindow.location.replace(`/admin/settings/preview?${values}`);
}

// The old sheet stays until the new one is there, or the phone would blink at every step.
function dress(values) {
  const inside = frame.contentDocument;
  const old = [...inside.querySelectorAll("[data-look-sheet]")];
  if (!old.length) return;
  const sheet = old[0].cloneNode();
  sheet.addEventListener("load", () => old.forEach((each) => each.remove()));
  sheet.addEventListener("error", () => sheet.remove());
  sheet.href = `/admin/settings/preview.css?${values}`;
  old.at(-1).after(sheet);
  for (const image of inside.querySelectorAll('img[src*="/preview.svg"]')) image.src = `/admin/settings/preview.svg?${values}`;
}

async function judge(values) {
  const number = ++sent;
  const answer = await fetch(`/admin/settings/report?${values}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || number !== sent) return;
  document.getElementById("report").innerHTML = await answer.text();
  const told = document.getElementById("primary-verdict").dataset;
  const [well, hue] = [form.querySelector("[data-colour-well]"), form.querySelector("[data-hue]")];
  if (document.activeElement !== well) well.value = told.effective;
  if (document.activeElement !== hue) hue.value = told.hue;
}

function show() {
  const values = query();
  dress(values);
  judge(values);
}

function unsaved() {
  for (const each of form.querySelectorAll("[data-unsaved]")) each.hidden = false;
  const words = document.querySelector("#saved");
  words.hidden = true;
}

// The browser knows OKLCH, so a canvas turns a hue into the nearest colour it can show.
function turned(hex, hue) {
  const probe = document.createElement("span");
  probe.style.color = `oklch(from ${hex} l c h)`;
  document.body.append(probe);
  const [lightness, chroma] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  // A grey has no hue to turn: it becomes a colour.
  pen.fillStyle = `oklch(${Math.min(Math.max(lightness, 0.3), 0.85)} ${Math.max(chroma, 0.08)} ${hue})`;
  pen.fillRect(0, 0, 1, 1);
  return `#${[...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
}

function sameEverywhere(source) {
  const hex = form.elements.primary;
  if (source.matches("[data-colour-well]")) hex.value = source.value.toUpperCase();
  if (source.matches("[data-hue]")) hex.value = turned(form.querySelector("[data-colour-well]").value, source.value).toUpperCase();
  if (source === hex && /^#[0-9a-f]{6}$/i.test(hex.value)) form.querySelector("[data-colour-well]").value = hex.value;
}

if (frame) {
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-preview-choice]")) reload();
  });
  // A section went or came: the phone's tab bar shows it.
  document.addEventListener("htmx:after:swap", (event) => {
    if (document.getElementById("items")?.contains(event.target) || event.target.querySelector?.("#items")) reload();
  });
}

if (form && frame) {
  form.addEventListener("input", (event) => {
    if (!event.target.form || event.target.form !== form || event.target.closest("[data-preview-choice]")) return;
    sameEverywhere(event.target);
    unsaved();
    clearTimeout(pending);
    pending = setTimeout(event.target.name === "name" ? reload : show, PAUSE);
  });
}

// The logo saves by itself as soon as it is chosen; one that is too large is not even sent.
const logo = document.querySelector("form[data-logo]");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-logo]")) document.getElementById("logo-file").click();
});
document.addEventListener("change", (event) => {
  if (event.target.form !== logo || event.target.type !== "file" || !event.target.files.length) return;
  const problem = document.getElementById("logo-error");
  if (event.target.files[0].size > Number(event.target.dataset.most)) {
    problem.querySelector("span").textContent = event.target.dataset.tooLarge;
    problem.hidden = false;
    event.target.value = "";
    return;
  }
  logo.requestSubmit();
});
