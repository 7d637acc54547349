// The one-time code from an SMS: pasted, filled in by the phone or typed; sent by itself when it is whole.
import { useEffect, useRef, useState } from "react";
import { useWords } from "$/words/words";
import { Labelled } from "$/frame/field";
import { Countdown } from "$/frame/countdown";

function useWebOtp(fill) {
  useEffect(() => {
    if (!("OTPCredential" in window)) return undefined;
    const stop = new AbortController();
    navigator.credentials.get({ otp: { transport: ["sms"] }, signal: stop.signal }).then((found) => found && fill(found.code), () => {});
    return () => stop.abort();
  }, []);
}

export function CodeField({ name = "code", id = name, label, hint, error, length = 6, submit = true, onFull }) {
  const input = useRef(null);
  const sent = useRef("");
  const fill = (text) => {
    const digits = text.replace(/\D/g, "").slice(0, length);
    const field = input.current;
    if (field.value !== digits) field.value = digits;
    if (digits.length < length) sent.current = "";
    else if (digits !== sent.current) {
      sent.current = digits;
      onFull?.(digits);
      if (submit) field.form?.requestSubmit();
    }
  };
  useWebOtp(fill);
  return (
    <Labelled id={id} name={name} label={label} hint={hint} error={error}>
      {(described) => (
        <input
          ref={input} id={id} name={name} type="text" inputMode="numeric" autoComplete="one-time-code" enterKeyHint="done"
          pattern={`[0-9]{${length}}`} required spellCheck={false} {...described}
          onInput={(event) => fill(event.target.value)}
          className="tabular h-14 w-full max-w-64 rounded-card border border-field-line bg-raised px-4 text-xl tracking-[0.35em] aria-[invalid=true]:border-2 aria-[invalid=true]:border-bad"
        />
      )}
    </Labelled>
  );
}

/** "Send again", once the wait is over. With `action` it posts `fields` there and follows the answer. */
export function Resend({ seconds = 0, action, fields = {}, onResend }) {
  const t = useWords();
  const [waiting, setWaiting] = useState(true);
  const [failed, setFailed] = useState(false);
  useEffect(() => setWaiting(Number(seconds) > 0), [seconds]);
  async function again() {
    if (!action) {
      onResend?.();
      return;
    }
    setWaiting(true);
    setFailed(false);
    try {
      const response = await fetch(action, { method: "POST", body: new URLSearchParams(fields), headers: { "X-Requested-With": "fetch" } });
      if (response.redirected) location.assign(response.url);
      else location.reload();
    } catch {
      setFailed(true);
      setWaiting(false);
    }
  }
  return (
    <div className="flex min-h-11 items-center text-s">
      {waiting ? (
        <p className="text-muted">
          {t("shell.code.resend_in")} <Countdown seconds={seconds} onEnd={() => setWaiting(false)} />
        </p>
      ) : (
        <button type="button" id="resend" onClick={again} className="min-h-11 font-semibold text-accent underline">
          {t("shell.code.resend")}
        </button>
      )}
      {failed && <p role="alert" className="ml-4 text-bad">{t("shell.error.no_answer")}</p>}
    </div>
  );
}
