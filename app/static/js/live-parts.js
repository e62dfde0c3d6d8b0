// Parts of a page that stay true: `data-live="bookings"` on an element with an id asks for the page again when that word
// is heard, and takes its own part of it. Nobody is disturbed: while a sheet is open, the keyboard is in the part or
// something is under way there, it waits.
const due = new Set();
let asking = false;

const address = () => location.pathname + location.search;

function inUse(part) {
  const focus = part.contains(document.activeElement) ? document.activeElement : null;
  return history.state?.sheet || document.querySelector("dialog[open]")
    || focus?.matches(":focus-visible, input, select, textarea") || part.matches("[data-live-hold]") || part.querySelector("[aria-busy], .htmx-request");
}

// What the page at this address would show now, or nothing: a line that is cut says so by itself, and a session that has
// ended is the next page's to answer
async function page(url) {
  const response = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  return response?.status === 200 && !response.redirected ? response.text() : null;
}

async function ask() {
  const parts = [...due].map((id) => document.getElementById(id)).filter((part) => part && !inUse(part));
  if (asking || !parts.length) return;
  asking = true;
  parts.forEach(({ id }) => due.delete(id));
  const url = address();
  const text = await page(url);
  asking = false;
  for (const part of text === null || url !== address() ? [] : parts) {
    if (inUse(part) || !part.isConnected) due.add(part.id);
    else htmx.swap({ sourceElement: part, target: part, select: `#${part.id}`, swap: "outerMorph ignoreTitle:true", text });
  }
  later();
}

const later = () => due.size && setTimeout(ask);

function hear(event) {
  const word = event.type.slice(5);
  for (const part of document.querySelectorAll("[data-live]")) {
    if (word === "resync" || part.dataset.live.split(" ").includes(word)) due.add(part.id);
  }
  later();
}

["bookings", "home", "desk", "resync"].forEach((word) => document.body.addEventListener(`live:${word}`, hear));
// Whatever may have been in the way is out of it
["focusout", "htmx:finally:request", "portico:calm"].forEach((name) => document.addEventListener(name, later));
document.addEventListener("close", later, true);
addEventListener("popstate", later);
