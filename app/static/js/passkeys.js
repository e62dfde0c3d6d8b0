// A form with data-passkey="create" or "get" asks the device for a passkey: its challenge comes from data-challenge, what
// the device answers is sent with the form. With data-conditional the browser also offers passkeys where the e-mail is
// typed, from the moment that the page stands.
const AGAIN = 8 * 60_000; // a challenge lives ten minutes; a page may stay open for longer

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// By hand, because browsers before 2025 and password managers that stand in for them cannot do it themselves
function asOptions(told) {
  const withBytes = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));
  const options = { ...told, challenge: bytes(told.challenge) };
  if (told.user) options.user = { ...told.user, id: bytes(told.user.id) };
  if (told.excludeCredentials) options.excludeCredentials = withBytes(told.excludeCredentials);
  if (told.allowCredentials) options.allowCredentials = withBytes(told.allowCredentials);
  return options;
}

function asText({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, text(response[part])]));
  return JSON.stringify({ id, rawId: text(rawId), type, response: told, clientExtensionResults: {} });
}

let waiting; // what the browser offers in the e-mail field, given up once a button is pressed

async function ask(form, mediation) {
  waiting?.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.challenge, { method: "POST", body, signal });
  if (!answer.ok) throw new Error(`no challenge: ${answer.status}`);
  const publicKey = asOptions(await answer.json());
  const way = form.dataset.passkey === "create" ? "create" : "get";
  const credential = await navigator.credentials[way]({ publicKey, signal, ...(mediation && { mediation }) });
  form.elements.credential.value = asText(credential);
  form.submit();
}

function say(form, words) {
  const problem = form.querySelector("[data-passkey-problem]");
  problem.hidden = !words;
  problem.lastElementChild.textContent = words ?? "";
}

async function pressed(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  say(form);
  try {
    await ask(form);
  } catch (error) {
    // The person said no, or the time ran out: browsers do not tell which
    say(form, form.dataset[error.name === "InvalidStateError" ? "known" : "failed"] ?? form.dataset.failed);
    button.disabled = false;
    button.focus();
  }
}

async function offer(form) {
  try {
    await ask(form, "conditional");
  } catch {
    // A button was pressed instead, or the browser offers nothing
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!globalThis.PublicKeyCredential) {
    form.querySelector("button").disabled = true;
    say(form, form.dataset.unknown);
    continue;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    pressed(form);
  });
  if ("conditional" in form.dataset && await PublicKeyCredential.isConditionalMediationAvailable?.()) {
    offer(form);
    setInterval(() => form.querySelector("button").disabled || offer(form), AGAIN);
  }
}
