// Which records are shown, and the way to the next ones.
import { useWords } from "$/words/words";
import { Icon } from "$/frame/icon";

const STEP =
  "flex min-h-11 items-center gap-2 rounded-card border border-field-line bg-raised px-4 font-semibold text-accent disabled:opacity-60";

export function Pagination({ page, pages, total, onPage }) {
  const t = useWords();
  if (!pages || pages < 2) return null;
  return (
    <nav aria-label={t("shell.pages.label")} className="flex flex-wrap items-center justify-between gap-3">
      <button type="button" disabled={page <= 1} onClick={() => onPage?.(page - 1)} className={STEP}>
        <Icon name="chevron" size={18} className="rotate-180" />
        {t("shell.pages.previous")}
      </button>
      <p className="tabular order-last basis-full text-center text-s text-muted sm:order-none sm:basis-auto" aria-live="polite">
        {t("shell.pages.where", { page, pages })}
        {total !== undefined && total !== null && <span className="sr-only"> {t.plural("shell.pages.total", total)}</span>}
      </p>
      <button type="button" disabled={page >= pages} onClick={() => onPage?.(page + 1)} className={STEP}>
        {t("shell.pages.next")}
        <Icon name="chevron" size={18} />
      </button>
    </nav>
  );
}
