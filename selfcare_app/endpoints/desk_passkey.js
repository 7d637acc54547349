// Passkeys at the desk: in by one from the sign-in page, and one made from the page of one's own.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const able = () =>
  window.isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);

/** Posts a form and gives its JSON; a refusal is thrown as its sentence. */
async function post(path, fields) {
  const response = await fetch(path, { method: "POST", body: new URLSearchParams(fields), cache: "no-store" });
  const answer = await response.json();
  if (response.status === 401) location.assign(answer.to);
  if (!response.ok || answer.error) throw Object.assign(new Error("refused"), { told: answer.error });
  return answer;
}

const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function enter() {
  const { ticket, options } = await post("/desk/passkey/ask", {});
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: listed(options.allowCredentials),
  };
  const signed = await navigator.credentials.get({ publicKey });
  return post("/desk/passkey/enter", {
    ticket,
    id: signed.id,
    client_data: text(signed.response.clientDataJSON),
    authenticator: text(signed.response.authenticatorData),
    signature: text(signed.response.signature),
    user: signed.response.userHandle ? text(signed.response.userHandle) : "",
  });
}

async function make(form) {
  const { name, password, code } = form.elements;
  const { ticket, options } = await post("/desk/passkeys/new", { password: password.value, code: code.value });
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return post("/desk/passkeys/add", {
    ticket,
    name: name.value,
    id: made.id,
    client_data: text(made.response.clientDataJSON),
    attestation: text(made.response.attestationObject),
  });
}

/** Does it once at a time, goes where the answer leads, and says in the page's own words what did not work. */
function act(place, button, what) {
  const told = place.querySelector("[data-told]");
  return async (event) => {
    event.preventDefault();
    told.hidden = true;
    button.disabled = true;
    try {
      location.assign((await what()).to);
    } catch (failure) {
      told.textContent = failure.told ?? told.dataset.told;
      told.hidden = false;
      button.disabled = false;
    }
  };
}

const place = document.querySelector("[data-passkey]");
if (place && able()) {
  const button = place.querySelector("button");
  const form = place.querySelector("form");
  if (form) form.addEventListener("submit", act(place, button, () => make(form)));
  else button.addEventListener("click", act(place, button, enter));
  place.hidden = false;
} else if (place) {
  document.querySelector("[data-unable]")?.removeAttribute("hidden");
}
