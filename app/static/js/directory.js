// On a wide screen somebody who is chosen from the list is shown beside it; on a narrow one, and without scripts, the link
// leads to their page. The address then names both, so that a reload and a shared link show the same.
const WIDE = matchMedia("(min-width: 900px)");

// The form knows too, so that a search keeps them beside its answer
function mark(row) {
  const kept = document.querySelector("#ask [name=person]");
  kept.value = row.dataset.person;
  kept.disabled = false;
  for (const each of document.querySelectorAll(".people [aria-current]")) each.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("a[data-person]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!row || !plain || !WIDE.matches || !document.getElementById("person")) return;
  event.preventDefault();
  const address = new URL(location);
  address.searchParams.set("person", row.dataset.person);
  mark(row);
  htmx.ajax("GET", row.getAttribute("href"), { target: "#person", swap: "innerHTML", push: address.pathname + address.search });
});
