"""Puts an open page into a size, a theme and a language, as a person would, without loading it again."""

from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

Theme = Literal["light", "dark"]

SIZES = {"360x740": (360, 740), "1280x800": (1280, 800)}
PHONE, DESKTOP = SIZES
THEMES: tuple[Theme, Theme] = ("light", "dark")


@dataclass(frozen=True)
class Look:
    """One way to see a page."""

    size: str
    theme: Theme
    language: str

    def __str__(self) -> str:
        return f"{self.size}-{self.theme}-{self.language}"


def every(languages: tuple[str, ...]) -> list[Look]:
    """All looks, ordered so that the language, which costs most to change, changes least."""
    return [Look(size, theme, language) for language in languages for size in SIZES for theme in THEMES]


def different(languages: tuple[str, ...]) -> list[Look]:
    """The looks that can differ in more than one thing from another: the dark ones in the first language alone."""
    return [look for look in every(languages) if look.theme == "light" or look.language == languages[0]]


def put(page: Page, look: Look) -> None:
    """Gives the page this look and waits until it has it."""
    width, height = SIZES[look.size]
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=look.theme, reduced_motion="reduce")
    speak(page, look.language)
    settle(page)


def speak(page: Page, language: str) -> None:
    """Chooses a language in the page's own list, if it has one."""
    if page.evaluate("document.documentElement.lang") == language:
        return
    choice = page.locator("select[id^=language]:visible").first
    if not choice.count():
        return
    choice.select_option(language)
    page.wait_for_function("(language) => document.documentElement.lang === language", arg=language)


def settle(page: Page) -> None:
    """Waits until texts, fonts and two frames are there, and no skeleton is."""
    page.wait_for_function(
        "() => !('words' in document.documentElement.dataset) && !('arriving' in document.documentElement.dataset)"
    )
    page.wait_for_function("() => !document.querySelector('main [data-skeleton], main [aria-busy=true]')")
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    # A page that the browser thinks hidden has no frames at all.
    page.evaluate(
        """() => Promise.race([
            new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
            new Promise((done) => setTimeout(done, 1000)),
        ])"""
    )
