// The frame around every page: brand, menu, language and theme.
import { useContext, useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { ColorModeContext } from "$/utils/context-registry";
import { LANGUAGES, setLanguage, useWords } from "$/words/words";
import { BAR, CHOSEN, CLIENT, HOME, MENU, TITLES } from "$/frame/menu";
import { BRAND } from "$/frame/brand";
import { Icon } from "$/frame/icon";
import { install, usePwa } from "$/frame/pwa";

const OWN_NAMES = { ru: "Русский", uk: "Українська", be: "Беларуская", en: "English" };
const trimmed = (path) => path.replace(/\/+$/, "") || "/";

const PLACES = [...[...MENU, ...CHOSEN, ...CLIENT].flatMap((section) => section.items), ...BAR].map((item) => item.path);
const isWithin = (here, path) => here === path || here.startsWith(`${path}/`);

/** "page" on the very page, "true" below it where no other entry of the menu is nearer. */
function useCurrent(path) {
  const here = trimmed(useLocation().pathname);
  if (here === path) return "page";
  const nearer = PLACES.some((other) => other.length > path.length && isWithin(here, other));
  return isWithin(here, path) && !nearer ? "true" : undefined;
}

function Logo() {
  return <span className="block h-8 text-accent [&>svg]:h-full [&>svg]:w-auto" aria-hidden="true" dangerouslySetInnerHTML={{ __html: BRAND.logo }} />;
}

function Brand({ to }) {
  const t = useWords();
  return (
    <Link to={to} className="flex min-h-11 min-w-0 items-center gap-2.5 text-l font-semibold text-text" aria-label={t("shell.brand", { name: BRAND.name })}>
      <Logo />
      <span aria-hidden="true" className="truncate">{BRAND.short}</span>
    </Link>
  );
}

export function LanguageChoice({ id = "language" }) {
  const t = useWords();
  if (LANGUAGES.length < 2) return null;
  return (
    <label className="relative flex h-11 min-w-0 items-center gap-1.5 rounded-card px-1 text-muted hover:text-text">
      <Icon name="globe" size={20} />
      <span className="sr-only">{t("shell.language")}</span>
      <select
        id={id}
        value={t.language}
        onChange={(event) => setLanguage(event.target.value)}
        className="h-11 min-w-0 shrink appearance-none truncate [field-sizing:content] rounded-card bg-transparent pr-1 text-s text-text"
      >
        {LANGUAGES.map((language) => (
          <option key={language} value={language} lang={language} className="bg-raised text-text">
            {OWN_NAMES[language]}
          </option>
        ))}
      </select>
    </label>
  );
}

const THEMES = [["system", "phone"], ["light", "sun"], ["dark", "moon"]];

export function ThemeChoice() {
  const t = useWords();
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-s text-muted">{t("shell.theme.label")}</legend>
      <div className="grid grid-cols-3 gap-1 rounded-card border border-line p-1">
        {THEMES.map(([mode, icon]) => (
          <button
            key={mode}
            type="button"
            aria-pressed={rawColorMode === mode}
            onClick={() => setColorMode(mode)}
            className="flex min-h-14 flex-col items-center justify-center gap-1 rounded-card px-1 py-2 text-center text-s text-muted aria-pressed:bg-accent-soft aria-pressed:text-text"
          >
            <Icon name={icon} size={20} />
            {t(`shell.theme.${mode}`)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function ThemeButton() {
  const t = useWords();
  const { resolvedColorMode, setColorMode } = useContext(ColorModeContext);
  const dark = resolvedColorMode === "dark";
  return (
    <button
      type="button"
      onClick={() => setColorMode(dark ? "light" : "dark")}
      className="flex size-11 items-center justify-center rounded-card text-muted hover:text-text"
      aria-label={t(dark ? "shell.theme.to_light" : "shell.theme.to_dark")}
    >
      <Icon name={dark ? "sun" : "moon"} size={20} />
    </button>
  );
}

export function Header({ audience = "subscriber" }) {
  const t = useWords();
  const rail = audience === "subscriber";
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:left-4 focus:top-4 focus:z-50 focus:rounded-card focus:bg-raised focus:px-4 focus:py-3 focus:shadow-card"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {t("shell.skip")}
      </a>
      <header className={`sticky top-0 z-20 border-b border-line bg-surface ${rail ? "lg:hidden" : ""}`}>
        <div className={`mx-auto flex min-h-14 items-center justify-between gap-x-1 pl-4 pr-1 ${rail ? "" : "max-w-5xl"}`}>
          <Brand to={rail ? HOME : "/"} />
          {/* The language gives way before the name does. */}
          <div className="flex min-w-22 shrink-[50] items-center">
            <LanguageChoice id="language-top" />
            <ThemeButton />
          </div>
        </div>
      </header>
    </>
  );
}

function title(t, { title: key, name }) {
  return name ?? t(`menu.${key}`);
}

function RailLink({ item, own }) {
  const t = useWords();
  return (
    <li>
      <Entry
        item={item}
        own={own}
        aria-current={useCurrent(item.path)}
        className="flex min-h-11 items-center gap-3 rounded-card px-3 text-s text-muted hover:bg-raised hover:text-text aria-[current]:bg-accent-soft aria-[current]:font-semibold aria-[current]:text-text"
      >
        <Icon name={item.icon} size={20} />
        {title(t, item)}
      </Entry>
    </li>
  );
}

/** Entries that are offered: all, or those of the features in `only` while one works on another's line. */
const offered = (items, only) => (only ? items.filter((item) => only.includes(item.feature)) : items);
const CLIENT_PLACES = CLIENT.flatMap((section) => section.items).map((item) => item.path);

/** Whose menu it is: the organisation's for its administrator on its pages, the chosen line's while he works on one. */
function useMenu(menu) {
  const here = trimmed(useLocation().pathname);
  if (menu === "chosen") return CHOSEN;
  return menu === "client" && CLIENT_PLACES.some((path) => isWithin(here, path)) ? CLIENT : MENU;
}

const sectionsOf = (menu, only) => menu.map((section) => ({ ...section, items: offered(section.items, only) })).filter((section) => section.items.length > 0);
const BACK = "client";

/** Back to the organisation is a new session on the own line, as every way from one line to another. */
function Back({ own, className, children }) {
  return (
    <form method="post" action="/session/act">
      <input type="hidden" name="line" value={own} />
      <input type="hidden" name="next" value="/client" />
      <button type="submit" className={`${className} w-full text-left`}>{children}</button>
    </form>
  );
}

/** A link of the menu; from a chosen line the organisation's page is reached by going back. */
function Entry({ item, own, className, children, ...rest }) {
  if (own && item.feature === BACK) return <Back own={own} className={className}>{children}</Back>;
  return <Link to={item.path} className={className} {...rest}>{children}</Link>;
}

/** The menu beside the content from 1024 px. */
export function Rail({ children, only, menu, own }) {
  const t = useWords();
  const shown = useMenu(menu);
  return (
    <nav aria-label={t("shell.menu")} className="sticky top-0 hidden h-dvh w-64 shrink-0 flex-col gap-4 overflow-y-auto border-r border-line px-3 py-4 lg:flex">
      <div className="px-3">
        <Brand to={HOME} />
      </div>
      <ul className="flex flex-col gap-1">
        <RailLink item={{ title: TITLES.home, path: HOME, icon: "home" }} />
      </ul>
      {sectionsOf(shown, only).map((section) => (
        <div key={section.title}>
          {section.items.length > 1 && <p className="px-3 pb-1 text-s font-semibold text-text">{title(t, section)}</p>}
          <ul className="flex flex-col gap-1">
            {section.items.map((item) => (
              <RailLink key={item.path} item={item} own={own} />
            ))}
          </ul>
        </div>
      ))}
      <div className="mt-auto flex flex-col gap-2 px-1">
        <div className="[&_a]:justify-start [&_a]:text-left [&_button]:justify-start">{children}</div>
        <div className="flex items-center justify-between">
          <LanguageChoice id="language-rail" />
          <ThemeButton />
        </div>
      </div>
    </nav>
  );
}

function BarLink({ item }) {
  const t = useWords();
  return (
    <li className="flex min-w-0 flex-1">
      <Link
        to={item.path}
        aria-current={useCurrent(item.path)}
        className="flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-center text-[clamp(0.625rem,2.8vw,0.75rem)] leading-4 tracking-tight text-muted aria-[current]:font-medium aria-[current]:text-accent"
      >
        <Icon name={item.icon} />
        <span className="line-clamp-2 max-w-full hyphens-auto">{title(t, item)}</span>
      </Link>
    </li>
  );
}

/** The five places at the bottom of a phone's screen. */
export function BottomBar({ only, menu }) {
  const t = useWords();
  const isClient = useMenu(menu) === CLIENT;
  const places = isClient ? [BAR[0], ...CLIENT.flatMap((section) => section.items).slice(0, BAR.length - 2), BAR.at(-1)] : BAR;
  return (
    <nav aria-label={t("shell.bar")} className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-raised pb-[env(safe-area-inset-bottom)] lg:hidden">
      <ul className="mx-auto flex max-w-xl">
        {offered(places, only).map((item) => (
          <BarLink key={item.path} item={item} />
        ))}
      </ul>
    </nav>
  );
}

/** The whole menu as a page's content, with what each entry is for. */
export function MenuList({ describe = false, only, menu, own }) {
  const t = useWords();
  const shown = useMenu(menu);
  return (
    <div className="flex flex-col gap-6">
      {sectionsOf(shown, only).map((section) => (
        <section key={section.title} aria-label={title(t, section)}>
          {section.items.length > 1 && <h2 className="mb-2 text-m font-semibold">{title(t, section)}</h2>}
          <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-raised">
            {section.items.map((item) => (
              <li key={item.path}>
                <Entry item={item} own={own} className="flex min-h-14 items-center gap-3 px-4 py-3 hover:bg-accent-soft">
                  <Icon name={item.icon} className="text-accent" />
                  <span className="min-w-0 flex-1">
                    <span className="block">{title(t, item)}</span>
                    {describe && <span className="block text-s text-muted">{t(`menu.about.${item.feature}`)}</span>}
                  </span>
                  <Icon name="chevron" size={18} className="text-muted" />
                </Entry>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Offers to install the cabinet where the browser can; says how where it can only be done by hand. */
export function InstallCard() {
  const t = useWords();
  const { canInstall } = usePwa();
  const [byHand, setByHand] = useState(false);
  useEffect(() => setByHand(navigator.standalone === false), []);
  if (!canInstall && !byHand) return null;
  return (
    <section className="flex flex-col gap-3 rounded-card border border-line bg-raised p-4" aria-labelledby="install-title">
      <h2 id="install-title" className="text-m font-semibold">{t("shell.install.title")}</h2>
      <p className="text-s text-muted">{t(byHand ? "shell.install.by_hand" : "shell.install.lead")}</p>
      {canInstall && (
        <button type="button" onClick={install} className="flex min-h-11 items-center justify-center gap-2 rounded-card border border-field-line px-4 font-semibold text-accent">
          <Icon name="download" size={20} />
          {t("shell.install.action")}
        </button>
      )}
    </section>
  );
}
