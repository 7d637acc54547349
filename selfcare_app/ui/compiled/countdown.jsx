// Time that is left, as m:ss; a screen reader hears it once a minute.
import { useEffect, useState } from "react";
import { useWords } from "$/words/words";

const TICK_MS = 250;

/** Counts down `seconds` from when they were given (the browser's clock may be wrong), or until a moment. */
export function Countdown({ seconds, until, onEnd, className = "" }) {
  const t = useWords();
  const [left, setLeft] = useState(null);
  const moment = until && typeof until === "object" ? until.$datetime : until;
  useEffect(() => {
    const total = moment ? (Date.parse(moment) - Date.now()) / 1000 : Number(seconds);
    if (!Number.isFinite(total)) return undefined;
    const start = performance.now();
    const tick = () => {
      const now = Math.max(0, Math.ceil(total - (performance.now() - start) / 1000));
      setLeft(now);
      if (now === 0) {
        clearInterval(timer);
        onEnd?.();
      }
    };
    const timer = setInterval(tick, TICK_MS);
    tick();
    return () => clearInterval(timer);
  }, [seconds, moment]);
  if (left === null) return null;
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return (
    <>
      <span role="timer" aria-hidden="true" className={`tabular ${className}`}>{clock}</span>
      <span className="sr-only" aria-live="polite">{t.duration(left < 60 ? left - (left % 15) : left - (left % 60))}</span>
    </>
  );
}
