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
