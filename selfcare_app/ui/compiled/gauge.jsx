// How much is left of how much, as a ring or a bar; the number always stands beside it.
const ROUND = 2 * Math.PI * 16;

function share(part, whole) {
  const all = Number(whole);
  return all > 0 ? Math.min(1, Math.max(0, Number(part) / all)) : 0;
}

function tone(left) {
  return left <= 0.1 ? "text-bad" : left <= 0.25 ? "text-warn" : "text-accent";
}

export function Ring({ part, whole, label, text, hint }) {
  const left = share(part, whole);
  return (
    <div className="flex flex-wrap items-start gap-4">
      <svg viewBox="0 0 40 40" className={`size-16 shrink-0 -rotate-90 ${tone(left)}`} aria-hidden="true">
        <circle cx="20" cy="20" r="16" fill="none" strokeWidth="5" className="stroke-line" />
        <circle cx="20" cy="20" r="16" fill="none" strokeWidth="5" stroke="currentColor" strokeLinecap="round" strokeDasharray={`${left * ROUND} ${ROUND}`} />
      </svg>
      <div className="min-w-0 flex-1 basis-32">
        <p className="text-s text-muted">{label}</p>
        <p className="tabular text-l font-semibold">{text}</p>
        {hint && <p className="text-s text-muted">{hint}</p>}
      </div>
    </div>
  );
}

export function Bar({ part, whole, label, text, hint }) {
  const left = share(part, whole);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-baseline justify-between gap-4">
        <p className="text-muted">{label}</p>
        <p className="tabular font-semibold">{text}</p>
      </div>
      <div className="h-2 overflow-hidden rounded-full bg-line" aria-hidden="true">
        <div className={`h-full rounded-full bg-current ${tone(left)}`} style={{ width: `${left * 100}%` }} />
      </div>
      {hint && <p className="text-s text-muted">{hint}</p>}
    </div>
  );
}
