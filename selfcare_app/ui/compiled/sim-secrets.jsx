// PIN and PUK codes: fetched when asked for, shown for a moment, then gone from the page; they are kept nowhere.
import { useEffect, useState } from "react";
import { useWords } from "$/words/words";
import { Button } from "$/frame/form";
import { Countdown } from "$/frame/countdown";

const CODES = ["pin1", "puk1", "pin2", "puk2"];

async function reveal() {
  const response = await fetch("/session/reveal", {
    method: "POST",
    body: new URLSearchParams(),
    headers: { "X-Requested-With": "fetch" },
    cache: "no-store",
  });
  if (response.status === 401) location.assign(`/sign-in?expired=1&next=${encodeURIComponent(location.pathname)}`);
  else if (response.status === 403) location.reload();
  return response.json();
}

export function SimSecrets() {
  const t = useWords();
  const [state, setState] = useState("closed");
  const [codes, setCodes] = useState(null);
  const [error, setError] = useState(null);

  function wipe() {
    setCodes(null);
    setState("hidden");
  }

  useEffect(() => {
    if (!codes) return undefined;
    const gone = () => document.hidden && wipe();
    document.addEventListener("visibilitychange", gone);
    window.addEventListener("pagehide", wipe);
    const timer = setTimeout(wipe, codes.seconds * 1000);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", gone);
      window.removeEventListener("pagehide", wipe);
    };
  }, [codes]);

  async function show() {
    setState("busy");
    setError(null);
    try {
      const answer = await reveal();
      if (answer.error) {
        setError(t.message(answer.error));
        setState("closed");
      } else {
        setCodes(answer);
        setState("shown");
      }
    } catch {
      setError(t("access.sim.failed"));
      setState("closed");
    }
  }

  return (
    <div className="flex flex-col gap-6">
      {error && <p role="alert" id="sim-error" className="rounded-card border-l-4 border-bad bg-bad-soft p-4">{error}</p>}
      {state === "shown" && codes ? (
        <div id="sim-codes" className="flex flex-col gap-4 rounded-card bg-raised p-4 shadow-card">
          <dl className="grid grid-cols-2 gap-4">
            {CODES.map((name) => (
              <div key={name}>
                <dt className="text-s text-muted">{t(`access.sim.${name}`)}</dt>
                <dd className="tabular whitespace-nowrap text-l font-semibold" data-code={name}>{codes[name]}</dd>
              </div>
            ))}
          </dl>
          <p className="text-s text-muted">
            {t("access.sim.hides")} <Countdown seconds={codes.seconds} />
          </p>
          <p className="text-s text-muted">{t.plural("access.sim.left", codes.left)}</p>
          <Button kind="secondary" onClick={wipe}>{t("access.sim.hide")}</Button>
        </div>
      ) : (
        <>
          {state === "hidden" && <p role="status">{t("access.sim.hidden")}</p>}
          <Button icon="eye" id="show-codes" busy={state === "busy"} onClick={show}>{t("access.sim.show")}</Button>
        </>
      )}
    </div>
  );
}
