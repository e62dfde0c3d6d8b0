// Times are told where the room is. A reader whose device lives in another zone is told whose time it is: elements with
// data-zone come to light when the clocks differ today.
function offset(zone) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(new Date());
  return parts.find((part) => part.type === "timeZoneName").value;
}

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

function compare() {
  for (const each of document.querySelectorAll("[data-zone][hidden]")) {
    if (each.dataset.zone !== here && offset(each.dataset.zone) !== offset(here)) each.hidden = false;
  }
}

document.addEventListener("htmx:after:swap", compare);
compare();

// What the sheet told made the rooms beneath it untrue: a room was taken meanwhile
document.addEventListener("portico:stale", () => {
  if (document.getElementById("book")) htmx.ajax("GET", location.pathname + location.search, { target: "#book", swap: "outerMorph" });
});

// A day typed by keys passes through the years 2, 20 and 202. To ask then would bring up the browser's complaint, which takes the
// cursor back to the first figure; what is still wrong when the field is left is told by the answer.
const isHalfTyped = (field) => field.matches("#date:invalid");

document.addEventListener("change", (event) => {
  if (isHalfTyped(event.target)) event.stopPropagation();
}, true);
document.addEventListener("focusout", (event) => {
  if (isHalfTyped(event.target)) htmx.trigger(event.target.form, "change");
});
