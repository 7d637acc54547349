// Forms: which field is wrong and why, on top with links and again at the field; what was typed stays.
import { createContext, useContext, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { useWords } from "$/words/words";
import { Icon } from "$/frame/icon";

const Form = createContext({ errors: {}, busy: false });
export const useForm = () => useContext(Form);

const OWN_PARAMETERS = new Set(["error", "field", "args", "next", "back"]);
const isCode = (code) => /^[a-z_]+\.[a-z0-9_]+$/.test(code ?? "");

function argument(text) {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? { $datetime: text } : text.slice(0, 80);
}

/** The refusal that a redirect brought in the address, as {field: message}; {} when there is none. */
export function faultIn(search) {
  const query = new URLSearchParams(search);
  const code = query.get("error");
  if (!isCode(code)) return {};
  const [area, name] = code.split(".");
  let args = {};
  try {
    args = JSON.parse(query.get("args") ?? "{}");
  } catch {
    // a hand-made address: the sentence stands without its details
  }
  for (const [key, value] of query) if (!OWN_PARAMETERS.has(key)) args[key] ??= argument(value);
  return { [query.get("field") ?? ""]: { key: `${area}.error.${name}`, args } };
}

/** The list on top, GOV.UK's way: it takes the focus when it appears, each line leads to its field. */
export function ErrorSummary({ errors }) {
  const t = useWords();
  const box = useRef(null);
  const lines = Object.entries(errors ?? {}).filter(([, message]) => t.message(message));
  const spoken = JSON.stringify(errors ?? {});
  useEffect(() => {
    // The words of a refusal from another area come a moment after it: the list appears with them.
    if (box.current) box.current.focus();
  }, [spoken, lines.length]);
  if (!lines.length) return null;
  return (
    <div ref={box} role="alert" tabIndex={-1} id="error-summary" className="rounded-card border-2 border-bad bg-raised p-4">
      <h2 className="mb-2 font-semibold">{t("shell.form.problem")}</h2>
      <ul className="flex flex-col gap-2">
        {lines.map(([field, message]) => (
          <li key={field} className="text-bad">
            {field ? (
              <a
                href={`#${field}`}
                className="inline-block py-1 font-semibold underline"
                onClick={(event) => {
                  event.preventDefault();
                  document.getElementById(field)?.focus();
                }}
              >
                {t.message(message)}
              </a>
            ) : (
              <span className="font-semibold">{t.message(message)}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Around a form that Reflex submits: errors come from state. */
export function ErrorScope({ errors, children }) {
  return (
    <Form.Provider value={{ errors: errors ?? {}, busy: false }}>
      <ErrorSummary errors={errors} />
      {children}
    </Form.Provider>
  );
}

/** The refusal in the address, for pages without a native form. */
export function QueryFault() {
  const { search } = useLocation();
  const [errors, setErrors] = useState({});
  useEffect(() => setErrors(faultIn(search)), [search]);
  return <ErrorSummary errors={errors} />;
}

/** After a full load: what was typed came back in the address; it is put in place and taken out of the address. */
function restore(form) {
  const query = new URLSearchParams(location.search);
  const taken = new Set();
  for (const field of form.elements) {
    if (!field.name || !query.has(field.name) || ["password", "hidden", "submit"].includes(field.type)) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === query.get(field.name);
    else if (!field.value) field.value = query.get(field.name);
    taken.add(field.name);
  }
  for (const name of taken) query.delete(name);
  if (taken.size) history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
}

const PATIENCE_MS = 15000;
const patience = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, false));
let underWay = Promise.resolve(false);
/** Whether the page is being left for a form's answer; settles when the form that is on its way is answered. */
export const leftByForm = () => underWay;

async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const response = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  if (!response.redirected) {
    if (response.ok) return { to: location.href };
    return { errors: { "": { key: response.status === 429 ? "shell.error.too_often" : "shell.error.failed" } } };
  }
  const landed = new URL(response.url);
  const same = landed.pathname.replace(/\/+$/, "") === location.pathname.replace(/\/+$/, "");
  const errors = faultIn(landed.search);
  return same && Object.keys(errors).length ? { errors } : { to: landed.href };
}

/**
 * A form that the browser itself can post. With scripts the same request is sent in the background: a refusal is shown
 * in place and nothing that was typed is lost, an answer elsewhere is gone to, a lost line is said and can be tried again.
 */
export function NativeForm({ action, fields = {}, enhance = true, onFault, children, className = "flex flex-col gap-6", ...rest }) {
  const { search } = useLocation();
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const sending = useRef(false);
  useEffect(() => {
    // A form that is left to the browser (sign-out, in every page's frame) takes no refusal that is another's.
    if (!enhance) return;
    setErrors(faultIn(search));
    if (form.current) restore(form.current);
  }, [search, enhance]);

  async function submit(event) {
    if (!enhance) {
      underWay = patience();
      return;
    }
    event.preventDefault();
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    const answering = send(form.current, event.nativeEvent.submitter).catch(() => ({
      errors: { "": { key: navigator.onLine ? "shell.error.no_answer" : "shell.error.offline" } },
    }));
    underWay = Promise.race([answering.then(({ to }) => Boolean(to)), patience()]);
    const answer = await answering;
    if (answer.to) {
      if (answer.to === location.href) location.reload();
      else location.assign(answer.to);
      return;
    }
    sending.current = false;
    setBusy(false);
    setErrors(answer.errors);
  }

  return (
    <Form.Provider value={{ errors, busy }}>
      <ErrorSummary errors={errors} />
      <form ref={form} method="post" action={action} noValidate onSubmit={submit} className={className} {...rest}>
        {Object.entries(fields ?? {}).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value ?? ""} />
        ))}
        {children}
      </form>
    </Form.Provider>
  );
}

const KINDS = {
  primary: "bg-accent text-accent-text",
  secondary: "border border-field-line bg-raised text-accent",
  quiet: "text-accent underline-offset-4 hover:underline",
  danger: "bg-bad text-surface",
};
export const buttonLook = (kind, wide) =>
  `flex min-h-12 items-center justify-center gap-2 rounded-card px-6 py-2 text-center font-semibold transition-opacity ` +
  `active:opacity-80 disabled:opacity-60 aria-busy:opacity-60 ${KINDS[kind] ?? KINDS.primary} ${wide ? "w-full" : ""}`;

/** A button; one that submits shows that its form is on the way. */
export function Button({ kind = "primary", icon, type = "button", busy, disabled, wide, children, className = "", ...rest }) {
  const t = useWords();
  const form = useForm();
  const waiting = busy || (type === "submit" && form.busy);
  return (
    <button type={type} disabled={disabled} aria-busy={waiting || undefined} className={`${buttonLook(kind, wide)} ${className}`} {...rest}>
      {icon && <Icon name={icon} size={20} />}
      {children}
      {waiting && <span role="status" className="sr-only">{t("shell.wait")}</span>}
    </button>
  );
}
