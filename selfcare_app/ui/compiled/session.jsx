// The end of a session, by the server's clock: a warning in time, and the way out when it is over.
import { useEffect, useRef, useState } from "react";

const TICK_MS = 500;
const PATIENCE_MS = 4000;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** Where to sign in and come back from, for a page that the server can no longer tell. */
function signIn() {
  const next = location.pathname.length > 1 ? `&next=${encodeURIComponent(location.pathname)}` : "";
  return `/sign-in?expired=1${next}`;
}

/**
 * `idle` is {until, now, warn}: the end of idleness and the present in the server's milliseconds, and how many seconds
 * before to warn. `leave` is the address that the page is on its way to.
 */
export function SessionWatch({ idle = {}, leave = "", live = false, onStay, title, text, stay, signOut, signOutAction }) {
  const [left, setLeft] = useState(null);
  const dialog = useRef(null);

  // For whoever looks at the page from outside: it has its data and listens.
  useEffect(() => {
    document.documentElement.dataset.live = live ? "1" : "0";
  }, [live]);

  useEffect(() => {
    const restored = (event) => event.persisted && location.reload();
    window.addEventListener("pageshow", restored);
    return () => window.removeEventListener("pageshow", restored);
  }, []);

  useEffect(() => {
    if (!idle?.until) {
      setLeft(null);
      return undefined;
    }
    const ahead = idle.now - Date.now();
    const tick = () => {
      const rest = idle.until - (Date.now() + ahead);
      setLeft(rest <= idle.warn * 1000 ? Math.max(0, Math.ceil(rest / 1000)) : null);
      // The server sends the tab away by itself; this is for a tab that it can't reach.
      if (rest < -PATIENCE_MS) location.replace(signIn());
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [idle?.until, idle?.now, idle?.warn]);

  const warning = left !== null && !leave;
  useEffect(() => {
    const box = dialog.current;
    if (!box) return;
    if (warning && !box.open) box.showModal();
    if (!warning && box.open) box.close();
  }, [warning]);

  const remain = (event) => {
    event?.preventDefault();
    onStay?.();
  };

  return (
    <dialog
      ref={dialog}
      id="idle-warning"
      role="alertdialog"
      aria-labelledby="idle-title"
      aria-describedby="idle-text"
      onCancel={remain}
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-card border border-line bg-raised p-6 text-text shadow-card backdrop:bg-black/50"
    >
      <h2 id="idle-title" className="text-l font-semibold">{title}</h2>
      <p id="idle-text" className="mt-2">{text}</p>
      <p role="timer" aria-hidden="true" id="idle-left" className="tabular mt-4 text-2xl font-semibold">{clock(left ?? 0)}</p>
      <div className="mt-6 flex flex-col gap-2">
        <button type="button" id="idle-stay" autoFocus onClick={remain} className="min-h-12 rounded-card bg-accent px-6 py-2 font-semibold text-accent-text">
          {stay}
        </button>
        <form method="post" action={signOutAction}>
          <button type="submit" className="min-h-12 w-full rounded-card px-6 py-2 font-semibold text-accent underline-offset-4 hover:underline">
            {signOut}
          </button>
        </form>
      </div>
    </dialog>
  );
}
