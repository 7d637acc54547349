"""The frame on a phone and on a desktop: menu, language, theme, focus, the line's state."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from selfcare_app.i18n import catalogue
from tests.browser import DESKTOP, Complaints, NewContext
from tests.ui.conftest import Shown

NBSP = "\u00a0"


def opened(page: Page, path: str) -> Page:
    page.goto(path)
    expect(page.locator("main h1")).to_be_visible()
    page.wait_for_function("() => !document.documentElement.dataset.words")
    return page


def test_values_and_words_of_a_page(page: Page) -> None:
    opened(page, "/home")
    expect(page.get_by_text(f"−12{NBSP}345,67{NBSP}BYN").first).to_be_visible()
    assert page.title() == "Главная · ИССА"
    assert page.inner_text("#plural") == "Всего 2 записи"
    assert page.inner_text("#choice") == "Баланс"
    expect(page.locator("#number")).to_have_text("+375 29 123-45-67")
    expect(page.locator("#weekday")).to_have_text("вторник, 1 декабря")
    assert page.inner_text("#plain") == f"1{NBSP}234{NBSP}567"


def test_a_switch_of_language_changes_everything_in_place(page: Page) -> None:
    opened(page, "/home")
    frames: list[str] = []
    page.on("websocket", lambda socket: frames.append("opened"))
    page.click("#tell")
    expect(page.locator("#told")).to_have_text(str(catalogue.load("ru")["kit.error.not_a_number"]))
    page.wait_for_load_state("networkidle")
    took = page.evaluate(
        """async () => {
            const choice = document.getElementById('language-top');
            const set = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set;
            const times = [];
            for (const language of ['be', 'uk', 'en', 'ru', 'be']) {
                const start = performance.now();
                set.call(choice, language);
                choice.dispatchEvent(new Event('change', { bubbles: true }));
                while (document.documentElement.lang !== language && performance.now() - start < 9000) await new Promise((go) => setTimeout(go, 1));
                times.push(performance.now() - start);
            }
            return Math.min(...times);
        }"""
    )
    assert took < 100
    expect(page.locator("main h1")).to_have_text("Галоўная")
    assert page.inner_text("#plural") == "Усяго 2 запісы"
    expect(page.locator("#told")).to_have_text(str(catalogue.load("be")["kit.error.not_a_number"]))
    expect(page.locator("#weekday")).to_have_text("аўторак, 1 снежня")
    expect(page).to_have_title("Галоўная · ИССА")
    assert frames == []
    # Chromium hands a script's cookie on after the script; what the page itself reads comes after what it wrote.
    page.wait_for_function("() => document.cookie.includes('lang=be')")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies["lang"] == "be"
    opened(page, "/form")
    expect(page.locator("main h1")).to_have_text("Змена нумара")


@pytest.mark.parametrize(
    ("asked", "spoken"), [("be-BY", "be"), ("uk-UA", "uk"), ("en-GB", "en"), ("de-DE", "ru"), ("ru", "ru")]
)
def test_the_first_visit_speaks_the_readers_language(new_context: NewContext, asked: str, spoken: str) -> None:
    page = new_context(locale=asked).new_page()
    opened(page, "/more")
    expect(page.locator("main h1")).to_have_text(str(catalogue.load(spoken)["shell.more.title"]))
    assert page.evaluate("document.documentElement.lang") == spoken


def test_no_flash_of_another_language(new_context: NewContext) -> None:
    page = new_context(locale="be").new_page()
    page.add_init_script(
        """window.shown = [];
        const look = () => {
            const heading = document.querySelector('main h1');
            if (heading && getComputedStyle(heading).visibility === 'visible') window.shown.push(heading.textContent);
            requestAnimationFrame(look);
        };
        look();"""
    )
    opened(page, "/more")
    expect(page.locator("main h1")).to_have_text("Яшчэ")
    assert set(page.evaluate("window.shown")) == {"Яшчэ"}


def test_a_page_opened_later_speaks_the_language_at_once(new_context: NewContext) -> None:
    page = new_context(locale="en-GB").new_page()
    opened(page, "/home")
    page.locator("a[href='/form']:visible").first.click()
    expect(page.locator("main h1")).to_have_text("Change of number")


def test_the_menu_has_only_what_is_built(new_context: NewContext) -> None:
    page = new_context(viewport=DESKTOP).new_page()
    opened(page, "/home")
    rail = page.get_by_role("navigation", name="Меню")
    paths = rail.get_by_role("link").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert set(paths) == {"/home", "/form"}
    current = rail.locator("[aria-current=page]")
    expect(current).to_have_text("Главная")
    phone = opened(new_context().new_page(), "/home")
    bar = phone.get_by_role("navigation", name="Главные разделы")
    places = bar.get_by_role("link").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert places == ["/home", "/form", "/more"]
    expect(bar.locator("[aria-current]")).to_have_text("Главная")


def test_focus_and_title_follow_a_navigation(page: Page) -> None:
    opened(page, "/home")
    page.locator("a[href='/form']:visible").first.click()
    expect(page.locator("main h1")).to_be_focused()
    expect(page.locator("#route-status")).to_have_text("Смена номера · ИССА")
    page.go_back()
    expect(page.locator("main h1")).to_have_text("Главная")
    expect(page.locator("main h1")).to_be_focused()


def test_the_keyboard_skips_to_the_content(page: Page) -> None:
    opened(page, "/home")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Перейти к содержанию")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_theme_is_chosen_and_kept(page: Page) -> None:
    opened(page, "/more")
    light = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    page.get_by_role("button", name="Тёмное", exact=True).click()
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") != light
    assert page.evaluate("document.querySelector('meta[name=theme-color]').content") == "#1e1a24"
    opened(page, "/home")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.get_by_role("button", name="Включить светлое оформление").click()
    expect(page.locator("html")).to_have_class(re.compile("light"))


def test_an_effect_is_shown_once(page: Page) -> None:
    opened(page, "/home")
    page.click("#tell")
    expect(page.locator("#toasts")).to_have_text("Шаг 1 из 2")
    page.locator("#toasts").get_by_role("button", name="Закрыть").click()
    expect(page.locator("#toasts")).to_have_text("")
    page.locator("a[href='/more']:visible").click()
    expect(page.locator("main h1")).to_have_text("Ещё")
    expect(page.locator("#toasts")).to_have_text("")


def test_without_a_line_the_short_codes_are_offered(page: Page, complaints: Complaints) -> None:
    complaints.expect("Failed to load resource|net::|WebSocket")
    opened(page, "/home")
    page.context.set_offline(True)
    expect(page.locator("#offline-banner")).to_be_visible()
    expect(page.get_by_role("link", name="*100#")).to_have_attribute("href", "tel:*100%23")
    page.context.set_offline(False)
    expect(page.locator("#offline-banner")).to_be_hidden()


def test_a_page_that_breaks_says_so_and_keeps_the_way_out(page: Page, complaints: Complaints) -> None:
    complaints.expect(".")
    opened(page, "/home")
    expect(page.locator("#number")).not_to_be_empty()
    page.click("#fall")
    expect(page.get_by_role("heading", name="Страница не открылась")).to_be_visible()
    page.get_by_role("link", name="Открыть ещё раз").click()
    expect(page.locator("#plural")).to_be_visible()


def test_an_unknown_address(page: Page, complaints: Complaints) -> None:
    complaints.expect("404")
    answer = page.goto("/no/such/page")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Страница не найдена")).to_be_visible()


@pytest.mark.parametrize("path", ["/home", "/form", "/sign-in", "/code", "/more"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_for_axe_to_find(new_context: NewContext, path: str, look: str) -> None:
    for viewport in ({"width": 360, "height": 740}, DESKTOP):
        page = opened(new_context(color_scheme=look, viewport=viewport).new_page(), path)
        if path == "/form":
            page.click("#save")
            expect(page.locator("#error-summary")).to_be_focused()
        found = Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found] == []


@pytest.mark.parametrize("path", ["/home", "/form", "/sign-in", "/more"])
def test_no_page_is_wider_than_the_smallest_phone(new_context: NewContext, path: str) -> None:
    page = opened(new_context(viewport={"width": 320, "height": 640}).new_page(), path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("width", "percent"), [(360, 130), (640, 200)])
def test_larger_texts_fit(new_context: NewContext, width: int, percent: int) -> None:
    for path in ("/home", "/form", "/sign-in", "/more"):
        page = opened(new_context(viewport={"width": width, "height": 740}).new_page(), path)
        page.evaluate("percent => (document.documentElement.style.fontSize = `${percent}%`)", percent)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_first_load_stays_small(served: Shown) -> None:
    """Goal: at most 165 KB of JavaScript by gzip before the sign-in page is alive."""
    page = (served.static / "sign-in" / "index.html").read_text("utf-8")
    names = set(re.findall(r"/assets/([\w.-]+\.js)", page))
    sizes = {name: _gzipped(served.static / "assets" / name) for name in names}
    assert len(sizes) > 5
    assert sum(sizes.values()) <= 165_000, sizes
    assert '<link media="print"' in page
    assert "<style>" in page


def _gzipped(path: Path) -> int:
    packed = path.with_name(path.name + ".gz")
    return packed.stat().st_size if packed.is_file() else path.stat().st_size
