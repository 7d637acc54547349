"""Looks at an open page: fits its width, big enough to touch, still when asked, one heading, in one language."""

import re

from playwright.sync_api import Page

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.speak import Speaker
from selfcare_app.operators.schema import Profile

SMALLEST, PRIMARY = 24, 44
_WIDE = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const clipped = (node) => { for (let up = node.parentElement; up; up = up.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX) && up !== document.body && up !== document.documentElement) return true; return false; };
  return [...document.querySelectorAll("body *")]
    .filter((node) => node.getBoundingClientRect().right > width + 0.5 && !clipped(node))
    .slice(0, 4).map((node) => `${node.nodeName.toLowerCase()} "${node.textContent.trim().slice(0, 40)}" ends at ${Math.round(node.getBoundingClientRect().right)} of ${width}`);
}
"""
_SMALL = """
([smallest, primary]) => {
  const inText = (node) => node.nodeName === "A" && getComputedStyle(node).display === "inline" && node.parentElement.textContent.trim() !== node.textContent.trim();
  const size = (node) => { const label = node.matches("input[type=checkbox], input[type=radio], select") && node.closest("label"); return (label || node).getBoundingClientRect(); };
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, textarea, [role=button]")]
    .filter((node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !node.closest(".sr-only") && !node.matches(".sr-only") && !inText(node))
    .map((node) => [node, size(node), node.matches(".bg-accent") ? primary : smallest])
    .filter(([, box, least]) => box.width < Math.min(least, 24) || box.height < least - 0.5)
    .map(([node, box]) => `${node.nodeName.toLowerCase()} "${(node.getAttribute("aria-label") || node.textContent || node.name || "").trim().slice(0, 40)}" is ${Math.round(box.width)}x${Math.round(box.height)}`);
}
"""
_MOVING = """
() => document.getAnimations().filter((each) => each.playState === "running" && (each.effect?.getComputedTiming().activeDuration ?? 0) > 50)
  .map((each) => `${each.effect.target?.nodeName} ${each.animationName ?? each.transitionProperty}`)
"""
_SAID = """
() => {
  // What was announced a moment ago is gone in the next.
  const own = (node) => !node.closest("select, script, style, svg, noscript, #route-status") && node.checkVisibility();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (text) => own(text.parentElement) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
  const found = [document.title];
  while (walker.nextNode()) if (walker.currentNode.data.trim()) found.push(walker.currentNode.data.trim());
  for (const node of document.querySelectorAll("[aria-label], [placeholder], [title], [alt], [aria-roledescription], [aria-valuetext]")) if (node.checkVisibility())
    for (const name of ["aria-label", "placeholder", "title", "alt", "aria-roledescription", "aria-valuetext"]) if (node.getAttribute(name)) found.push(node.getAttribute(name));
  return found;
}
"""
_FOREIGN = {"ru": "іїєґўІЇЄҐЎ", "uk": "ыэъёўЫЭЪЁЎ", "be": "иищъИЩЪ", "en": "а-яёіїєґўА-ЯЁІЇЄҐЎ"}
_BROKEN = re.compile(r"\{\w+\}|\bundefined\b|\bNaN\b|\bnull\b|\[object|Invalid Date|Infinity")


def too_wide(page: Page) -> list[str]:
    """Whether the page has to be scrolled sideways, and what sticks out."""
    return [f"wider than the screen: {what}" for what in page.evaluate(_WIDE)] or (
        ["wider than the screen"]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        else []
    )


def too_wide_zoomed(page: Page) -> list[str]:
    """The same with everything enlarged: on a desktop to 200 and 400 %, and the text of a phone to half as much again."""
    size, faults = page.viewport_size, []
    for zoom, width, height in (("200 %", 640, 400), ("400 %", 320, 200)):
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"desktop at {zoom}: {what}" for what in too_wide(page)]
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate("document.documentElement.style.fontSize = '150%'")
    faults += [f"large text: {what}" for what in too_wide(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    if size:
        page.set_viewport_size(size)
    return faults


def too_small(page: Page) -> list[str]:
    """What a finger misses: anything below 24 px, a primary action below 44."""
    return [f"too small: {what}" for what in page.evaluate(_SMALL, [SMALLEST, PRIMARY])]


def moving(page: Page) -> list[str]:
    """What moves although the person has asked for no motion."""
    return [f"moves: {what}" for what in page.evaluate(_MOVING)]


def headings(page: Page, profile: Profile, language: str, title: str) -> list[str]:
    """One h1; the document's language and title. `title` is the key of the page's title, empty for one of its own."""
    faults = []
    heads = page.evaluate(
        "[...document.querySelectorAll('h1')].filter((h) => h.checkVisibility()).map((h) => h.textContent)"
    )
    if len(heads) != 1 or not heads[0].strip():
        faults.append(f"h1: {heads}")
    if (spoken := page.evaluate("document.documentElement.lang")) != language:
        faults.append(f"html lang is {spoken}")
    shown = page.title()
    expected = f"{Speaker(language, profile).text(title)} · {profile.short_name}" if title else shown
    if shown != expected or profile.short_name not in shown:
        faults.append(f"title {shown!r}, not {expected!r}")
    return faults


def untranslated(page: Page, language: str, data: tuple[str, ...]) -> list[str]:
    """Keys, placeholders, and letters that the language doesn't have; `data` are texts that are no sentences."""
    areas = "|".join(sorted({key.partition(".")[0] for key in catalogue.load(language)}))
    key = re.compile(rf"\b(?:{areas})(?:\.[a-z][a-z0-9_]*)+\b")
    foreign = re.compile(f"[{_FOREIGN[language]}]")
    faults = []
    for text in page.evaluate(_SAID):
        rest = text
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, "")
        if key.search(rest) or _BROKEN.search(rest):
            faults.append(f"not said: {text[:80]!r}")
        elif foreign.search(rest):
            faults.append(f"not in {language}: {text[:80]!r}")
    return faults


def names(profile: Profile) -> tuple[str, ...]:
    """Trade names that no language translates."""
    sections = tuple(section.proper_name for section in profile.menu.subscriber if section.proper_name)
    return (*sections, profile.name, profile.short_name, profile.legal_name, profile.numbering.input_hint)
