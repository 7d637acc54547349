// The reader's language; and the page that was wanted, as soon as the line is back.
(() => {
  const saved = /(?:^|; )lang=(\w\w)/.exec(document.cookie)?.[1];
  const wanted = [saved, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const sections = [...document.querySelectorAll("section[lang]")];
  const language = wanted.find((tag) => sections.some((section) => section.lang === tag));
  if (language) {
    document.documentElement.lang = language;
    sections.forEach((section) => (section.hidden = section.lang !== language));
  }
  document.title = `${document.querySelector("section:not([hidden]) h1").textContent} · ${document.title}`;
  const again = () =>
    fetch("/manifest.webmanifest", { cache: "no-store" }).then(
      (answer) => answer.ok && location.reload(),
      () => {}, // still nothing: the next try comes by itself
    );
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  setInterval(again, 3000);
})();
