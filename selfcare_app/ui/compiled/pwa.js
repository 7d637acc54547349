// Installing, updating and being offline, as one small store.
import { useSyncExternalStore } from "react";

let state = { update: false, canInstall: false, offline: false };
const atBuild = state;
const listeners = new Set();
const set = (part) => {
  state = { ...state, ...part };
  listeners.forEach((listener) => listener());
};

let waiting = null;
let prompt = null;

/** A page that has been open for days learns of a new version when it is looked at again. */
function watch(registration) {
  const found = (worker) => {
    waiting = worker;
    set({ update: true });
  };
  if (registration.waiting && navigator.serviceWorker.controller) found(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) found(worker);
    });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
}

function start() {
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first worker takes over a page of its own version; a later one was asked for.
    if (controlled) location.reload();
    controlled = true;
  });
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).then(watch, () => {});
}

if (typeof window !== "undefined") {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    set({ canInstall: true });
  });
  window.addEventListener("appinstalled", () => set({ canInstall: false }));
  window.addEventListener("offline", () => set({ offline: true }));
  window.addEventListener("online", () => set({ offline: false }));
  if (!navigator.onLine) state = { ...state, offline: true };
  if ("serviceWorker" in navigator) {
    if (document.readyState === "complete") start();
    else window.addEventListener("load", start);
  }
}

export const applyUpdate = () => waiting?.postMessage("SKIP_WAITING");
export const install = async () => {
  if (!prompt) return;
  prompt.prompt();
  await prompt.userChoice;
  prompt = null;
  set({ canInstall: false });
};
export const usePwa = () =>
  useSyncExternalStore(
    (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    () => state,
    () => atBuild,
  );
