"""The three operators: each starts with its own look, languages and menu, and offers nothing that it doesn't have."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from selfcare_app import operators
from selfcare_app.i18n.speak import Speaker
from selfcare_app.operators.schema import Feature, Profile
from tests.browser import PHONE, Complaints, hydrated
from tests.filled import People
from tests.judge import axe, eyes
from tests.looks import Look, put
from tests.scenes import every
from tests.scenes.scene import play
from tests.served import Serve, Served

LINES = "/lines"
"""In the frame of every operator: the other numbers of one sign-in."""

pytestmark = pytest.mark.browser

LOOKED_AT = ("sign-in-empty", "home-full", "personal-full", "more-full", "call-detail-choose")
"""Enough to see an operator's colours and words on every kind of component."""


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module", params=operators.keys())
def served(request: pytest.FixtureRequest, serve: Serve, people: People) -> Served:
    """One server an operator; the tests of one operator run after each other."""
    return serve(operator=request.param, seed=people)


@pytest.fixture
def profile(served: Served) -> Profile:
    return served.profile


Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, served: Served, people: People) -> Iterator[Open]:
    """Opens a page as the subscriber who has everything, in a language."""
    complaints, contexts = Complaints(served.url), []
    complaints.expect("status of 404")

    def one(path: str, language: str = "") -> Page:
        locale = language or served.profile.default_language
        contexts.append(chromium.new_context(viewport=PHONE, locale=locale, base_url=served.url))
        contexts[-1].add_cookies([served.cookie(served.sign_in(people.full))])
        page = contexts[-1].new_page()
        complaints.watch(page)
        page.goto(path)
        hydrated(page)
        return page

    yield one
    for context in contexts:
        context.close()
    assert not complaints.left, "\n".join(complaints.left)


def test_it_has_its_own_name_colours_and_languages(opened: Open, profile: Profile) -> None:
    page = opened("/home")
    assert page.title().endswith(f"· {profile.short_name}")
    assert page.evaluate("document.documentElement.lang") == profile.default_language
    colour = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")
    assert colour.lower() == profile.brand.light.accent.lower()
    bar = page.locator("meta[name=theme-color]").first.get_attribute("content")
    assert bar in (profile.brand.theme_colour, profile.brand.theme_colour_dark)
    offered = page.locator("#language-top option").evaluate_all("all => all.map((each) => each.value)")
    assert tuple(offered) == profile.languages


def test_no_two_operators_look_alike() -> None:
    accents = {operators.profile(key).brand.light.accent.lower() for key in operators.keys()}
    assert len(accents) == len(operators.keys())


@pytest.mark.requirement("ISSA-048")
def test_the_menu_is_the_operators_and_leads_only_to_pages_that_are_built(opened: Open, profile: Profile) -> None:
    page = opened("/more")
    links = page.locator("main a[href^='/']").evaluate_all("all => all.map((each) => each.getAttribute('href'))")
    ours = {item.feature.path for section in profile.menu.subscriber for item in section.items}
    assert links
    assert set(links) <= ours | {LINES}
    for path in dict.fromkeys(links):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        hydrated(page)
        assert page.locator("main h1").count() == 1, path


@pytest.mark.requirement("AS-075")
def test_a_number_is_changed_only_where_the_operator_allows_it(opened: Open, profile: Profile) -> None:
    page = opened("/more")
    links = page.locator(f"a[href='{Feature.NUMBER_CHANGE.path}']").count()
    has = profile.number_change is not None
    assert (links > 0) == has
    with page.context.expect_event("response", lambda answer: answer.url.endswith(Feature.NUMBER_CHANGE.path)) as asked:
        page.evaluate("path => fetch(path)", Feature.NUMBER_CHANGE.path)
    assert asked.value.status == (200 if has else 404)


def test_it_speaks_all_its_languages(opened: Open, profile: Profile) -> None:
    for language in profile.languages:
        page = opened("/more", language)
        assert page.locator("main h1").text_content() == Speaker(language, profile).text("shell.more.title")


@pytest.mark.parametrize("scene", LOOKED_AT)
def test_its_colours_and_words_hold(scene: str, chromium: Browser, served: Served, people: People) -> None:
    wanted = [each for each in every.of(served.profile) if str(each) == scene]
    assert wanted, scene
    context = chromium.new_context(viewport=PHONE, locale=served.profile.default_language, reduced_motion="reduce")
    try:
        page = play(context, served, people, wanted[0])
        faults = []
        for language in served.profile.languages:
            put(page, Look("360x740", "light", language))
            faults += [*eyes.too_wide(page), *eyes.headings(page, served.profile, language, wanted[0].title)]
            faults += eyes.untranslated(page, language, (*people.texts, *eyes.names(served.profile)))
        for theme in ("light", "dark"):
            put(page, Look("360x740", theme, served.profile.default_language))
            faults += axe.findings(page, rules=axe.COLOURS)
    finally:
        context.close()
    if faults:
        pytest.fail("\n".join(dict.fromkeys(faults)), pytrace=False)
