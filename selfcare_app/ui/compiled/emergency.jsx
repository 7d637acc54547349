// The emergency code: made after the password, shown once to be printed or written down, kept nowhere.
import { useEffect, useState } from "react";
import { useWords } from "$/words/words";
import { Button } from "$/frame/form";
import { Field } from "$/frame/field";

async function ask(password) {
  const response = await fetch("/session/emergency/make", {
    method: "POST",
    body: new URLSearchParams({ password }),
    headers: { "X-Requested-With": "fetch" },
    cache: "no-store",
  });
  if (response.status === 401) location.assign(`/sign-in?expired=1&next=${encodeURIComponent(location.pathname)}`);
  return response.json();
}

export function EmergencyCode() {
  const t = useWords();
  const [code, setCode] = useState("");
  const [said, setSaid] = useState(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    const wipe = () => setCode("");
    window.addEventListener("pagehide", wipe);
    return () => window.removeEventListener("pagehide", wipe);
  }, []);

  async function make(event) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setSaid(null);
    try {
      const answer = await ask(form.elements.password.value);
      if (answer.error) setSaid(answer.error);
      else setCode(answer.code);
    } catch {
      setSaid({ key: "shell.error.no_answer" });
    }
    setBusy(false);
  }

  if (code) {
    return (
      <div id="emergency-code" className="flex flex-col gap-4 rounded-card bg-raised p-4 shadow-card">
        <p>{t("security.emergency.keep")}</p>
        <p className="tabular text-l font-semibold wrap-anywhere" data-code>{code}</p>
        <p className="text-s text-muted">{t("security.emergency.where", { address: `${location.host}/emergency` })}</p>
        <div className="flex flex-wrap gap-3 print:hidden">
          <Button icon="document" onClick={() => window.print()}>{t("security.emergency.print")}</Button>
          <Button kind="quiet" onClick={() => setCode("")}>{t("security.emergency.hide")}</Button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={make} noValidate className="flex flex-col gap-6">
      {said && <p role="alert" id="emergency-error" className="rounded-card border-l-4 border-bad bg-bad-soft p-4">{t.message(said)}</p>}
      <Field name="password" id="emergency-password" kind="password" label={t("security.emergency.password")} />
      <Button type="submit" id="emergency-make" wide busy={busy}>{t("security.emergency.make")}</Button>
    </form>
  );
}
