// What is heard and seen over every page: focus and title after a navigation, toasts, the line's state, a new version.
import { useContext, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { ColorModeContext, EventLoopContext } from "$/utils/context-registry";
import { useWords } from "$/words/words";
import { BRAND } from "$/frame/brand";
import { leftByForm } from "$/frame/form";
import { Icon } from "$/frame/icon";
import { applyUpdate, usePwa } from "$/frame/pwa";

const TOAST_MS = 6000;
const RECONNECT_PATIENCE_MS = 1500;
const ANNOUNCE_MS = 100;
const ANNOUNCE_TRIES = 30;
const SAID_MS = 3000;

// A link to a file asks to leave and then stays: the framework would hang up for nothing and lose the next tap.
if (typeof window !== "undefined") {
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
}

/** Shows the page once it speaks the language that was chosen before anything was drawn. */
export function WordsShown() {
  const t = useWords();
  useEffect(() => {
    const root = document.documentElement;
    if (t.language === root.lang) delete root.dataset.words;
  }, [t]);
  return null;
}

/** Moves focus to the new page's heading and says its title. */
export function RouteFocus() {
  const { pathname } = useLocation();
  const [said, say] = useState("");
  const first = useRef(true);
  useEffect(() => {
    // What a redirect brought in the address is on the page by the next frame; until then nothing was shown.
    requestAnimationFrame(() => delete document.documentElement.dataset.arriving);
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const heading = document.querySelector("main h1");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
    // The title may need the page's data; once said it is taken away, or it would stay in the former language.
    let patience = ANNOUNCE_TRIES;
    let later = setTimeout(function announce() {
      const waiting = document.querySelector("main [data-skeleton]") && (patience -= 1) > 0;
      if (!waiting) say(document.title);
      later = waiting ? setTimeout(announce, ANNOUNCE_MS) : setTimeout(() => say(""), SAID_MS);
    }, ANNOUNCE_MS);
    return () => clearTimeout(later);
  }, [pathname]);
  return (
    <div id="route-status" role="status" aria-live="polite" className="sr-only">
      {said}
    </div>
  );
}

const TONES = {
  good: ["border-good", "text-good", "check"],
  bad: ["border-bad", "text-bad", "warning"],
  warn: ["border-warn", "text-warn", "warning"],
  info: ["border-accent", "text-accent", "info"],
};

/** Does what the server queued in state, once each: a toast, focus, an announcement. */
export function Effects({ items = [], onDone }) {
  const t = useWords();
  const done = useRef(0);
  const [toast, setToast] = useState(null);
  const [said, say] = useState(null);
  useEffect(() => {
    const fresh = items.filter((item) => item.seq > done.current);
    if (!fresh.length) return;
    for (const item of fresh) {
      done.current = Math.max(done.current, item.seq);
      if (item.kind === "toast") setToast(item);
      if (item.kind === "announce") say(item.message);
      if (item.kind === "focus") requestAnimationFrame(() => document.getElementById(item.id)?.focus());
    }
    onDone?.(done.current);
  }, [items]);
  useEffect(() => {
    if (!toast || toast.tone === "bad") return undefined;
    const later = setTimeout(() => setToast(null), TOAST_MS);
    return () => clearTimeout(later);
  }, [toast]);
  const [border, ink, icon] = TONES[toast?.tone] ?? TONES.info;
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only">{said ? t.message(said) : ""}</div>
      <div id="toasts" role="status" aria-live="polite" className="fixed inset-x-4 bottom-24 z-40 mx-auto max-w-md lg:bottom-6">
        {toast && (
          <div className={`flex items-start gap-3 rounded-card border-l-4 bg-raised p-4 shadow-card ${border}`}>
            <Icon name={icon} className={ink} />
            <p className="flex-1">{t.message(toast.message)}</p>
            <button type="button" onClick={() => setToast(null)} aria-label={t("shell.close")} className="-m-2 flex size-11 items-center justify-center">
              <Icon name="close" size={20} />
            </button>
          </div>
        )}
      </div>
    </>
  );
}

function Strip({ tone, icon, children }) {
  return (
    <div role="status" className={`flex items-start gap-3 border-b border-line px-4 py-3 text-s ${tone}`}>
      <Icon name={icon} size={20} />
      <div className="flex-1">{children}</div>
    </div>
  );
}

/** No internet at all: the operator's short codes still work. */
function Offline() {
  const t = useWords();
  return (
    <Strip tone="bg-warn-soft text-text" icon="cloud-off">
      <p id="offline-banner">{t("shell.offline.banner")}</p>
      {BRAND.dial.length > 0 && (
        <p className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
          {BRAND.dial.map(({ purpose, code }) => (
            <a key={code} href={`tel:${encodeURIComponent(code)}`} className="font-semibold underline">
              {t(`shell.dial.${purpose}`)} {code}
            </a>
          ))}
        </p>
      )}
    </Strip>
  );
}

/** The line's state: offline, or the server doesn't answer. Nothing that was typed is lost by either. */
export function Line() {
  const t = useWords();
  const { offline, update } = usePwa();
  const [, connectErrors] = useContext(EventLoopContext);
  const broken = connectErrors.length > 0;
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    setPatient(true);
    if (!broken) return undefined;
    const later = setTimeout(() => setPatient(false), RECONNECT_PATIENCE_MS);
    return () => clearTimeout(later);
  }, [broken]);
  return (
    <div className="fixed inset-x-0 top-14 z-30 lg:left-64 lg:top-0">
      {offline ? (
        <Offline />
      ) : (
        broken && !patient && (
          <Strip tone="bg-warn-soft text-text" icon="refresh">
            <p id="connection-banner">{t("shell.connection")}</p>
          </Strip>
        )
      )}
      {update && (
        <Strip tone="bg-accent-soft text-text" icon="refresh">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <p>{t("shell.update.lead")}</p>
            <button type="button" id="apply-update" onClick={applyUpdate} className="font-semibold text-accent underline">
              {t("shell.update.action")}
            </button>
          </div>
        </Strip>
      )}
    </div>
  );
}

/** Keeps the browser's own bar in the colour of the chosen theme. */
export function ThemeColour() {
  const { resolvedColorMode } = useContext(ColorModeContext);
  useEffect(() => {
    document.querySelectorAll('meta[name="theme-color"]').forEach((meta) => {
      meta.content = resolvedColorMode === "dark" ? BRAND.colourDark : BRAND.colour;
    });
  }, [resolvedColorMode]);
  return null;
}

/** Leaves for another page by a full load, so that nothing of this one stays. */
export function Leave({ to }) {
  useEffect(() => {
    // A form that went over to another session knows better where to go than the end of the former one.
    if (to) leftByForm().then((left) => left || location.replace(to));
  }, [to]);
  return null;
}
