// Being told on this device. The permission is asked for when the button of a card is pressed, never on load; a page
// that is opened later says that the subscription still stands, or which one stands in its place.
import "./device.js";

const LATER = 60 * 24 * 3600 * 1000;
const OWNER = "push-person"; // for whom this browser subscribed
const ENDPOINT = "push-endpoint"; // what the server knows it by
const CHECKED = "push-checked"; // this session has said that it still stands
const LATER_AT = "push-later";
const person = document.querySelector("meta[name=portico-person]")?.content;
const card = document.querySelector("[data-push]");
const able = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (key) => Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const manager = async () => (await navigator.serviceWorker.ready).pushManager;
const ours = () => localStorage.getItem(OWNER) === person;

function state() {
  if (!able) return document.documentElement.dataset.runs === "apple" ? "install" : "unable";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && ours() ? "on" : "ask";
}

function wanted(now) {
  if (!("pushClosable" in card.dataset)) return true;
  const { pushAfter } = card.dataset;
  if (pushAfter && !localStorage.getItem(pushAfter)) return false;
  return ["ask", "install"].includes(now) && Date.now() - Number(localStorage.getItem(LATER_AT)) > LATER;
}

function show() {
  const now = state();
  for (const each of card.querySelectorAll("[data-push-state]")) each.hidden = each.dataset.pushState !== now;
  card.hidden = !wanted(now);
}

function say(sentence) {
  const problem = card.querySelector("[data-push-problem]");
  problem.hidden = !sentence;
  problem.textContent = sentence ?? "";
}

const form = (subscription, more) => new URLSearchParams({
  endpoint: subscription.endpoint,
  p256dh: text(subscription.getKey("p256dh")),
  auth: text(subscription.getKey("auth")),
  ...more,
});

const subscribe = async (key) => (await manager()).subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });

function remember(subscription) {
  localStorage.setItem(OWNER, person);
  localStorage.setItem(ENDPOINT, subscription.endpoint);
  sessionStorage.setItem(CHECKED, person);
}

async function forget() {
  for (const name of [OWNER, ENDPOINT]) localStorage.removeItem(name);
  await (await (await manager()).getSubscription())?.unsubscribe();
}

// One that is bound to another key, or was made for somebody else, cannot be used
async function fresh(key) {
  const old = await (await manager()).getSubscription();
  if (old && ours() && text(old.options.applicationServerKey) === key) return old;
  await old?.unsubscribe();
  return subscribe(key);
}

async function turnOn(csrf) {
  if (await Notification.requestPermission() !== "granted") return;
  const answer = await fetch(card.dataset.pushKey, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`no key: ${answer.status}`);
  const subscription = await fresh((await answer.json()).key);
  const kept = await fetch(card.dataset.push, { method: "POST", body: form(subscription, { csrf_token: csrf }) });
  if (kept.ok) return remember(subscription);
  await subscription.unsubscribe();
  if (kept.status !== 422) throw new Error(`not registered: ${kept.status}`);
  say((await kept.json()).sentence);
}

async function pressed(event) {
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  say();
  try {
    await turnOn(event.target.elements.csrf_token.value);
  } catch {
    say(card.querySelector("[data-push-problem]").dataset.failed);
  }
  button.disabled = false;
  show();
  // The list beside it has one more
  if (state() === "on" && document.getElementById("push-devices")) location.reload();
}

async function renew(subscription) {
  const body = form(subscription, { known: localStorage.getItem(ENDPOINT) });
  const answer = await fetch("/account/push/renewal", { method: "POST", body });
  if (answer.status === 404) await forget();
  if (!answer.ok) return undefined;
  remember(subscription);
  return (await answer.json()).key;
}

// Once in each browser session: endpoints change, keys change, and somebody else may have signed in
async function check() {
  if (!able || !person || sessionStorage.getItem(CHECKED) === person || Notification.permission !== "granted") return;
  if (!ours() || !localStorage.getItem(ENDPOINT)) return forget();
  const found = await (await manager()).getSubscription();
  const asked = found ?? await fetch("/account/push/key").then((answer) => answer.ok && answer.json());
  if (!asked) return;
  const subscription = found ?? await subscribe(asked.key);
  const key = await renew(subscription);
  if (key && key !== text(subscription.options.applicationServerKey)) await renew(await fresh(key));
}

if (card) {
  show();
  card.querySelector("form").addEventListener("submit", pressed);
  card.querySelector("[data-push-later]")?.addEventListener("click", () => {
    localStorage.setItem(LATER_AT, Date.now());
    show();
  });
}
addEventListener("load", () => check().catch(() => {}).then(() => card && show()));
