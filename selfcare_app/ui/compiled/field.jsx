// One field: label, hint, input, and the error in the same words as the summary.
import { useEffect, useState } from "react";
import { useWords } from "$/words/words";
import { Icon } from "$/frame/icon";
import { useForm } from "$/frame/form";

const INPUT =
  "h-12 w-full min-w-0 rounded-card border border-field-line bg-raised px-4 text-m text-text aria-[invalid=true]:border-2 aria-[invalid=true]:border-bad";

const TYPES = {
  text: { type: "text" },
  tel: { type: "tel", inputMode: "tel" },
  email: { type: "email", inputMode: "email", autoComplete: "email" },
  amount: { type: "text", inputMode: "decimal", autoComplete: "off" },
  digits: { type: "text", inputMode: "numeric", autoComplete: "off" },
  search: { type: "search", inputMode: "search" },
  date: { type: "date" },
  password: { type: "password", autoComplete: "current-password" },
  "new-password": { type: "password", autoComplete: "new-password" },
};

export function useError(name, given) {
  const t = useWords();
  const { errors } = useForm();
  const found = given && Object.keys(given).length ? given : errors[name];
  return typeof found === "string" ? found : t.message(found);
}

/**
 * What a field is for, behind a question mark: a click keeps it open, the pointer and the keyboard open it while they
 * are there, Escape closes it. Whoever hears the page is told with the field, open or not.
 */
function Help({ id, label, text }) {
  const t = useWords();
  const [kept, keep] = useState(false);
  const [near, come] = useState(false);
  const open = kept || near;
  function close() {
    keep(false);
    come(false);
  }
  useEffect(() => {
    if (!open) return undefined;
    // Whoever goes on to fill something in must see it.
    const gone = (event) => event.target.id !== `${id}-ask` && close();
    document.addEventListener("focusin", gone);
    return () => document.removeEventListener("focusin", gone);
  }, [open, id]);
  return (
    <span className="contents" onMouseLeave={() => come(false)}>
      <button
        type="button"
        id={`${id}-ask`}
        aria-expanded={open}
        aria-controls={`${id}-help`}
        aria-label={`${t("shell.form.help")}: ${label}`}
        onClick={() => (kept ? close() : keep(true))}
        // Not "enter": a page that scrolls under a resting pointer is nobody who asks.
        onMouseMove={(event) => (event.movementX || event.movementY) && come(true)}
        onFocus={(event) => event.target.matches(":focus-visible") && come(true)}
        onBlur={close}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !open) return;
          event.stopPropagation();
          close();
        }}
        className="-my-2.5 flex size-11 shrink-0 items-center justify-center rounded-card text-accent"
      >
        <Icon name="help" size={20} />
      </button>
      <span
        id={`${id}-help`}
        className={
          open ? "absolute inset-x-0 top-full z-10 rounded-card border border-line bg-raised p-3 text-s shadow-card" : "sr-only"
        }
      >
        {text}
      </span>
    </span>
  );
}

/** Label, hint and error around whatever is filled in; `children` gets the ids to describe itself by. */
export function Labelled({ id, name, label, hint, help, error, required = true, children }) {
  const t = useWords();
  const wrong = useError(name ?? id, error);
  const described =
    [hint && `${id}-hint`, help && `${id}-help`, wrong && `${id}-error`].filter(Boolean).join(" ") || undefined;
  const title = (
    <label htmlFor={id} className="font-semibold">
      {label}
      {!required && <span className="font-normal text-muted"> {t("shell.form.optional")}</span>}
    </label>
  );
  return (
    <div className="flex flex-col gap-1">
      {help ? (
        <div className="relative flex items-center justify-between gap-2">
          {title}
          <Help id={id} label={label} text={help} />
        </div>
      ) : (
        title
      )}
      {hint && <p id={`${id}-hint`} className="text-s text-muted">{hint}</p>}
      {wrong && (
        <p id={`${id}-error`} className="flex gap-2 text-s font-semibold text-bad">
          <Icon name="warning" size={18} />
          <span>{wrong}</span>
        </p>
      )}
      {children({ "aria-invalid": wrong ? "true" : undefined, "aria-describedby": described })}
    </div>
  );
}

export function Field({ name, id = name, label, hint, help, error, kind = "text", value, required = true, prefix, suffix, className = "", ...rest }) {
  const t = useWords();
  const [shown, show] = useState(false);
  const secret = kind.endsWith("password");
  const { type, ...more } = TYPES[kind] ?? TYPES.text;
  return (
    <Labelled id={id} name={name} label={label} hint={hint} help={help} error={error} required={required}>
      {(described) => (
        <div className="flex items-center gap-2">
          {prefix && <span className="tabular text-muted">{prefix}</span>}
          <div className="relative min-w-0 flex-1">
            <input
              id={id}
              name={name}
              type={shown ? "text" : type}
              defaultValue={value}
              required={required}
              {...more}
              {...described}
              {...rest}
              {...(secret && { autoCapitalize: "none", autoCorrect: "off", spellCheck: false })}
              className={`${INPUT} ${secret ? "pr-14" : ""} ${className}`}
            />
            {secret && (
              <button
                type="button"
                onClick={() => show(!shown)}
                aria-pressed={shown}
                aria-label={t("shell.form.show_password")}
                aria-controls={id}
                className="absolute inset-y-0 right-0 flex w-12 items-center justify-center rounded-card text-muted"
              >
                <Icon name={shown ? "eye-off" : "eye"} size={20} />
              </button>
            )}
          </div>
          {suffix && <span className="text-muted">{suffix}</span>}
        </div>
      )}
    </Labelled>
  );
}

export function TextArea({ name, id = name, label, hint, error, value, required = true, rows = 6, ...rest }) {
  return (
    <Labelled id={id} name={name} label={label} hint={hint} error={error} required={required}>
      {(described) => (
        <textarea id={id} name={name} defaultValue={value} required={required} rows={rows} {...described} {...rest} className={`${INPUT} h-auto py-3`} />
      )}
    </Labelled>
  );
}

export function Select({ name, id = name, label, hint, error, options = [], value, required = true, ...rest }) {
  return (
    <Labelled id={id} name={name} label={label} hint={hint} error={error} required={required}>
      {(described) => (
        <select id={id} name={name} defaultValue={value} {...described} {...rest} className={INPUT}>
          {options.map(([key, text]) => (
            <option key={key} value={key}>{text}</option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

export function Radios({ name, id = name, label, hint, error, options = [], value, onChange }) {
  const wrong = useError(name, error);
  const described = [hint && `${id}-hint`, wrong && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <fieldset id={id} tabIndex={-1} aria-describedby={described} aria-invalid={wrong ? "true" : undefined} className="flex flex-col gap-2">
      <legend className="mb-1 font-semibold">{label}</legend>
      {hint && <p id={`${id}-hint`} className="text-s text-muted">{hint}</p>}
      {wrong && <p id={`${id}-error`} className="text-s font-semibold text-bad">{wrong}</p>}
      {options.map(([key, text, about]) => (
        <label key={key} className="flex min-h-12 items-start gap-3 rounded-card border border-field-line bg-raised p-3 has-[:checked]:border-accent has-[:checked]:bg-accent-soft">
          <input type="radio" name={name} value={key} defaultChecked={key === value} onChange={(event) => onChange?.(event.target.value)} className="mt-0.5 size-5 accent-accent" />
          <span className="flex-1">
            <span className="block">{text}</span>
            {about && <span className="block text-s text-muted">{about}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function Checkbox({ name, id = name, label, hint, error, value = "on", checked = false, onChange }) {
  const wrong = useError(name, error);
  const described = [hint && `${id}-hint`, wrong && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="flex flex-col gap-1">
      <label className="flex min-h-12 items-start gap-3 py-2">
        <input
          id={id} type="checkbox" name={name} value={value} defaultChecked={checked} aria-describedby={described}
          aria-invalid={wrong ? "true" : undefined} onChange={(event) => onChange?.(event.target.checked)} className="mt-0.5 size-5 accent-accent"
        />
        <span>{label}</span>
      </label>
      {hint && <p id={`${id}-hint`} className="text-s text-muted">{hint}</p>}
      {wrong && <p id={`${id}-error`} className="text-s font-semibold text-bad">{wrong}</p>}
    </div>
  );
}
