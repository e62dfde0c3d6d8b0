// Fills the offline page from what the device keeps. Everything is set as text, so that nothing kept is read as markup.
const page = document.querySelector("[data-offline-page]");
const language = document.documentElement.lang;
const find = (name) => page.querySelector(`[data-${name}]`);
const words = (name, values) => page.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

function kept() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("portico", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const request = opening.result.transaction("kept").objectStore("kept").get("me");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    };
  });
}

const clock = (moment, timeZone) => moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });

// The name of the place's zone, where this device's clock says something else
function zoneName(moment, timeZone) {
  if (clock(moment, timeZone) === clock(moment)) return "";
  const parts = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "short" }).formatToParts(moment);
  return parts.find(({ type }) => type === "timeZoneName").value;
}

function day(moment, timeZone) {
  const date = (time) => time.toLocaleDateString("en-CA", { timeZone });
  const ahead = (Date.parse(date(moment)) - Date.parse(date(new Date()))) / 86_400_000;
  if (ahead === 0 || ahead === 1) return page.dataset[ahead ? "tomorrow" : "today"];
  const near = ahead > 1 && ahead < 7;
  return moment.toLocaleDateString(language, { timeZone, ...(near ? { weekday: "long" } : { weekday: "short", day: "numeric", month: "short" }) });
}

function row(booking) {
  const [starts, ends] = [new Date(booking.starts), new Date(booking.ends)];
  const part = find("row").content.cloneNode(true);
  const set = (name, text) => (part.querySelector(`[data-${name}]`).textContent = text);
  set("time", clock(starts, booking.zone));
  set("day", [day(starts, booking.zone), zoneName(starts, booking.zone)].filter(Boolean).join(", "));
  set("room", booking.room);
  set("detail", [words("until", { time: clock(ends, booking.zone) }), booking.place, booking.title].filter(Boolean).join(", "));
  if (starts <= Date.now()) {
    const badge = document.createElement("span");
    badge.className = "badge accent";
    badge.textContent = page.dataset.now;
    part.querySelector(".title").append(badge);
  }
  return part;
}

function showCard(card) {
  find("card").hidden = false;
  find("place").textContent = card.place;
  find("name").textContent = card.name;
  find("plan-line").textContent = card.plan && words("plan", card);
  find("since-line").textContent = card.since ? words("since", { year: card.since }) : "";
  find("qr").src = card.qr;
}

function show(data) {
  const ahead = data.bookings.filter((booking) => Date.parse(booking.ends) > Date.now());
  const saved = new Date(data.savedAt);
  const today = saved.toDateString() === new Date().toDateString();
  const time = saved.toLocaleString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(today ? {} : { weekday: "short", day: "numeric", month: "short" }) });
  find("saved-at").textContent = words("saved", { time });
  if (data.card) showCard(data.card);
  find("bookings").hidden = false;
  find("none").hidden = ahead.length > 0;
  find("list").hidden = ahead.length === 0;
  find("list").append(...ahead.map(row));
  find("empty").hidden = true;
}

// What a device says of its network is a guess: a line may be there and lead nowhere, or be back without a word. So the
// portal itself is asked, at once when the device says so, and ever more rarely while nobody answers.
function comeBack() {
  let wait = 2000;
  let timer;
  let leaving = false;
  // A page that is being left must not come back instead of the next
  addEventListener("beforeunload", () => (leaving = true));
  const ask = async () => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
    wait = Math.min(wait * 1.5, 60_000);
    if (document.hidden) return;
    const answer = await fetch("/healthz", { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok && !leaving) location.reload();
  };
  // A line that has just come back needs a moment
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait = 1000);
  };
  addEventListener("online", soon);
  document.addEventListener("visibilitychange", soon);
  soon();
}

if (page) {
  if (location.pathname !== "/offline") {
    find("wanted-line").hidden = false;
    const parked = new URLSearchParams(location.search).has("parked");
    find("wanted-line").textContent = parked ? page.dataset.parked : words("wanted", { address: location.pathname });
  } else {
    // There is nothing here to try again: the way back in is home
    find("again").href = "/";
  }
  kept().then((data) => data && show(data), () => {});
  if (location.pathname !== "/offline") comeBack();
}
