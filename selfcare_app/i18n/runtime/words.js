// The language of the page: chosen once, switched in place, every component that says something follows.
// The prerendered page speaks the default language; another one is loaded before it is shown (see language.js).
import { useSyncExternalStore } from "react";
import { speaker } from "./say";
import { LANGUAGES, SOURCE, REGION } from "./region";
import { AREAS, BASES, source } from "./loaders";

const COOKIE_SECONDS = 31536000;
const inBrowser = typeof window !== "undefined";
const known = { [SOURCE]: { table: source.table, texts: { ...source.texts } } };
const used = new Set(Object.keys(source.texts));
const listeners = new Set();

const make = (language) => speaker(language, known[language].texts, known[language].table, REGION, { missing });
const prerendered = make(SOURCE);
let current = prerendered;
let target = SOURCE;

function tell() {
  current = make(current.language);
  listeners.forEach((listener) => listener());
}

async function base(language) {
  known[language] ??= await BASES[language]().then(({ table, texts }) => ({ table, texts: { ...texts } }));
}

async function area(name, language) {
  await base(language);
  known[language].texts[name] ??= (await AREAS[name][language]()).default;
}

async function everythingUsed(language) {
  await base(language);
  for (let lacking; (lacking = [...used].filter((name) => !known[language].texts[name])).length; )
    await Promise.all(lacking.map((name) => area(name, language)));
}

const wanted = new Set();
/** A sentence of an area that no page asked for (a message of the server): fetch the area, say it when it is there. */
function missing(key) {
  const name = key.split(".")[0];
  if (!inBrowser || !AREAS[name] || known[target]?.texts[name] || wanted.has(name + target)) return;
  wanted.add(name + target);
  used.add(name);
  Promise.all([area(name, target), area(name, SOURCE)]).then(() => (tell(), warm()), () => wanted.delete(name + target));
}

let loaded = false;
/** The other languages come when nothing else is going on, so that a switch is instant. */
function warm() {
  if (!loaded) return;
  const idle = window.requestIdleCallback ?? ((later) => setTimeout(later, 2000));
  idle(() => LANGUAGES.forEach((language) => everythingUsed(language).catch(() => {})));
}

/** Called by the module of an area, which a page that uses it imports: its texts are there before the page is. */
export function register(name, texts) {
  known[SOURCE].texts[name] = texts;
  used.add(name);
  if (inBrowser) warm();
  return target === SOURCE || !inBrowser ? undefined : area(name, target).catch(() => {});
}

/** Switches the page to a language; resolves when it is shown. Unknown languages are ignored. */
export async function setLanguage(language) {
  if (!LANGUAGES.includes(language)) return;
  target = language;
  try {
    await everythingUsed(language);
  } catch {
    target = current.language; // no network: stay with what is there
    delete document.documentElement.dataset.words;
    return;
  }
  if (target !== language) return;
  current = make(language);
  document.documentElement.lang = language;
  listeners.forEach((listener) => listener());
  remember(language);
}

function remember(language) {
  try {
    localStorage.setItem("lang", language);
  } catch {
    // storage is off: the cookie is enough
  }
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `lang=${language}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax${secure}`;
}

const subscribe = (listener) => (listeners.add(listener), () => listeners.delete(listener));
export const useWords = () => useSyncExternalStore(subscribe, () => current, () => prerendered);
export const words = () => current;
export { LANGUAGES };

if (inBrowser) {
  const chosen = document.documentElement.lang;
  if (chosen !== SOURCE && LANGUAGES.includes(chosen)) setLanguage(chosen);
  else remember(SOURCE);
  const complete = () => {
    loaded = true;
    warm();
  };
  if (document.readyState === "complete") complete();
  else window.addEventListener("load", complete);
}
