// Passkeys: made on this device after the password, and used to sign in; the secret half never leaves the device.
import { useEffect, useState } from "react";
import { useWords } from "$/words/words";
import { Button } from "$/frame/form";
import { Field } from "$/frame/field";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const able = () => window.isSecureContext && "credentials" in navigator && "PublicKeyCredential" in window;
const isAddress = () => /^[\d.]+$|^\[/.test(location.hostname);

/** Posts a form and gives its JSON; a refusal is thrown as its message. */
async function post(path, fields) {
  const response = await fetch(`/session/passkey/${path}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-Requested-With": "fetch" },
    cache: "no-store",
  });
  if (response.status === 401) {
    location.assign(`/sign-in?expired=1&next=${encodeURIComponent(location.pathname)}`);
  }
  const answer = await response.json();
  if (answer.error) throw Object.assign(new Error("refused"), { told: answer.error });
  return answer;
}

/** What to say about a failure: the server's refusal, or that the person or the device did not go on. */
const saying = (failure) => failure.told ?? { key: "passkey.given_up" };

const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function make(name, password) {
  const { ticket, options } = await post("new", { password });
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  await post("add", {
    ticket,
    name,
    id: made.id,
    client_data: text(made.response.clientDataJSON),
    attestation: text(made.response.attestationObject),
  });
}

/** Has the device sign what the server asks for; gives the fields that are posted back. */
async function sign(path, asked) {
  const { ticket, options } = await post(path, asked);
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: listed(options.allowCredentials),
  };
  const signed = await navigator.credentials.get({ publicKey });
  return {
    ticket,
    id: signed.id,
    client_data: text(signed.response.clientDataJSON),
    authenticator: text(signed.response.authenticatorData),
    signature: text(signed.response.signature),
    user: signed.response.userHandle ? text(signed.response.userHandle) : "",
  };
}

async function use(next) {
  const answer = await post("enter", { ...(await sign("ask", {})), next });
  location.assign(answer.to);
}

/** A forgotten password: the passkey beside the code that was right. */
async function recover() {
  const answer = await post("recover", await sign("recover/ask", {}));
  location.assign(answer.to);
}

/** The proof is made; the form of the code goes on with it, and needs no code any more. */
async function prove(typed) {
  const { purpose, digest } = typed;
  await post("prove", { ...(await sign("prove/ask", { purpose, digest })), purpose, digest });
  const form = Object.assign(document.createElement("form"), { method: "post", action: "/session/code/prove" });
  for (const [name, value] of Object.entries(typed)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: value ?? "" }));
  }
  document.body.append(form);
  form.submit();
}

function Wrong({ said }) {
  const t = useWords();
  return said ? (
    <p role="alert" id="passkey-error" className="rounded-card border-l-4 border-bad bg-bad-soft p-4">
      {t.message(said)}
    </p>
  ) : null;
}

/** A button that has the device sign; in a browser that has no passkeys what is said of it, if anything. */
function Signing({ id, label, act, unable }) {
  const [shown, setShown] = useState(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState(null);
  useEffect(() => setShown(able() && !isAddress()), []);
  if (!shown) return shown === false && unable ? <p className="text-s text-muted">{unable}</p> : null;

  async function go() {
    setBusy(true);
    setSaid(null);
    try {
      await act();
    } catch (failure) {
      setSaid(saying(failure));
      setBusy(false);
    }
  }

  return (
    <div className="flex flex-col gap-2">
      <Wrong said={said} />
      <Button kind="secondary" icon="key" id={id} wide busy={busy} onClick={go}>
        {label}
      </Button>
    </div>
  );
}

/** On the sign-in page: in without number, password and code. */
export const PasskeyEnter = ({ next = "", label }) => <Signing id="passkey-enter" label={label} act={() => use(next)} />;

/** Where a code is asked for: the same proof without it. */
export const PasskeyProve = ({ typed, label }) => <Signing id="passkey-prove" label={label} act={() => prove(typed)} />;

/** Where a forgotten password is replaced: the passkey that the number has. */
export const PasskeyRecover = ({ label, unable }) => (
  <Signing id="passkey-recover" label={label} unable={unable} act={recover} />
);

/** The form that makes one; says so where the browser can't. */
export function PasskeyAdd({ onAdded }) {
  const t = useWords();
  const [shown, setShown] = useState(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState(null);
  useEffect(() => setShown(able() && !isAddress()), []);
  if (shown === null) return null;
  if (!shown) return <p className="text-s text-muted">{t("passkey.unable")}</p>;

  async function add(event) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setSaid(null);
    try {
      await make(form.elements.name.value, form.elements.password.value);
      form.reset();
      onAdded?.();
    } catch (failure) {
      setSaid(saying(failure));
    }
    setBusy(false);
  }

  return (
    <form onSubmit={add} noValidate className="flex flex-col gap-6">
      <Wrong said={said} />
      <Field name="name" id="passkey-name" label={t("passkey.name")} hint={t("passkey.name_hint")} required={false} maxLength={40} />
      <Field name="password" id="passkey-password" kind="password" label={t("passkey.password")} />
      <Button type="submit" id="passkey-add" wide busy={busy}>{t("passkey.add")}</Button>
    </form>
  );
}
