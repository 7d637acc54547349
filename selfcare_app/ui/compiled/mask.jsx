// Digit cells and the typed mask, always in step: tap a cell and type, leave it for "any".
import { useEffect, useRef, useState } from "react";
import { useWords } from "$/words/words";
import { Labelled, useError } from "$/frame/field";
import { cleaned, toCells, toTyped, whole } from "$/frame/mask-signs";

const QUIET_MS = 300;

/** Where the cells are set apart, from a pattern such as "## ###-##-##". */
function groups(pattern, length) {
  const sizes = (pattern ?? "").split(/[^#]+/).map((part) => part.length).filter(Boolean);
  return sizes.reduce((sum, size) => sum + size, 0) === length ? sizes : [length];
}

export function MaskField({
  name = "mask", id = name, label, hint, error, length = 9, pattern, prefix, value = "", anyRun = "%", anyDigit = "_", onChange,
}) {
  const t = useWords();
  const [typed, setTyped] = useState(value ?? "");
  const told = useRef(value ?? "");
  const cellsBox = useRef(null);
  const cells = toCells(typed, length, anyRun, anyDigit);
  const wrong = useError(name, error);

  useEffect(() => {
    if ((value ?? "") !== told.current) {
      told.current = value ?? "";
      setTyped(value ?? "");
    }
  }, [value]);
  const sent = whole(typed, length, anyRun);
  useEffect(() => {
    if (sent === told.current) return undefined;
    const later = setTimeout(() => {
      told.current = sent;
      onChange?.(sent);
    }, QUIET_MS);
    return () => clearTimeout(later);
  }, [sent]);

  const focus = (at) => {
    const cell = cellsBox.current?.querySelectorAll("input")[Math.max(0, Math.min(length - 1, at))];
    cell?.focus();
    cell?.select();
  };
  const put = (at, digits) => {
    const next = [...cells];
    [...digits].slice(0, length - at).forEach((digit, step) => (next[at + step] = digit === anyDigit ? "" : digit));
    setTyped(toTyped(next, anyRun, anyDigit));
    focus(at + digits.length);
  };
  const clear = (at, back) => {
    const from = cells[at] || !back ? at : Math.max(0, at - 1);
    setTyped(toTyped(cells.map((cell, place) => (place === from ? "" : cell)), anyRun, anyDigit));
    focus(from);
  };
  const keys = (at) => ({
    ArrowLeft: () => focus(at - 1), ArrowRight: () => focus(at + 1), Home: () => focus(0), End: () => focus(length - 1),
    Backspace: () => clear(at, true), Delete: () => clear(at, false), " ": () => put(at, anyDigit),
  });
  const paste = (event, at) => {
    const signs = cleaned(event.clipboardData.getData("text"), anyRun, anyDigit);
    event.preventDefault();
    if (signs.includes(anyRun)) setTyped(signs);
    else if (signs) put(signs.length >= length ? 0 : at, signs.slice(-length));
  };

  let place = -1;
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-1" aria-describedby={`${id}-cells-hint`} aria-invalid={wrong ? "true" : undefined}>
        <legend className="mb-1 font-semibold">{t("shell.mask.cells")}</legend>
        <p id={`${id}-cells-hint`} className="text-s text-muted">{t(cells ? "shell.mask.cells_hint" : "shell.mask.cells_off")}</p>
        <div ref={cellsBox} className="flex flex-wrap items-center gap-x-2.5 gap-y-2 sm:gap-x-4">
          {prefix && <span className="tabular basis-full text-muted sm:basis-auto">{prefix}</span>}
          {groups(pattern, length).map((size, group) => (
            <span key={group} className="flex gap-1">
              {Array.from({ length: size }, () => {
                place += 1;
                const at = place;
                return (
                  <input
                    key={at} type="text" inputMode="numeric" autoComplete="off" disabled={!cells} value={cells?.[at] ?? ""} placeholder="·"
                    aria-label={t("shell.mask.cell", { place: at + 1, length })}
                    onFocus={(event) => event.target.select()}
                    onChange={(event) => {
                      const digits = event.target.value.replace(/\D/g, "");
                      if (digits) put(at, digits.length === 2 ? digits.replace(cells[at], "") || digits[0] : digits);
                      else clear(at, false);
                    }}
                    onKeyDown={(event) => {
                      const act = keys(at)[event.key];
                      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
                      event.preventDefault();
                      act();
                    }}
                    onPaste={(event) => paste(event, at)}
                    className="tabular h-12 w-[1.8rem] rounded-card border border-field-line bg-raised text-center text-l font-semibold disabled:opacity-60 sm:w-10"
                  />
                );
              })}
            </span>
          ))}
        </div>
      </fieldset>
      <input type="hidden" name={name} value={sent} />
      <Labelled id={id} name={name} label={label} hint={hint} error={error}>
        {(described) => (
          <input
            id={id} type="text" inputMode="tel" autoComplete="off" spellCheck={false} value={typed} {...described}
            onChange={(event) => setTyped(cleaned(event.target.value, anyRun, anyDigit))}
            onBlur={() => setTyped(sent)}
            className="tabular h-12 w-full rounded-card border border-field-line bg-raised px-4 tracking-widest aria-[invalid=true]:border-2 aria-[invalid=true]:border-bad"
          />
        )}
      </Labelled>
    </div>
  );
}
