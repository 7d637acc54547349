"""Challenge mode as a person meets it: the picture comes when it is asked for, and what was typed stays."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from selfcare_app.access.challenge_tables import Breaker
from tests.browser import arrived, hydrated
from tests.e2e.people import PASSWORD, somebody
from tests.e2e.test_ways_picture import known_check
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A server whose doors are being tried by many."""
    made = serve()
    with made.db.transaction() as session:
        session.merge(Breaker(name="sign_ins", open_until=made.now + timedelta(hours=2), told_open=True))
    made.advance(60)
    return made


@pytest.mark.security("T2", "asvs_2_4_1")
def test_a_stranger_is_asked_for_the_picture_and_loses_nothing(phone: Page, served: Served) -> None:
    line = somebody(served)
    phone.goto("/sign-in")
    hydrated(phone)
    expect(phone.locator("[name=check]")).to_have_count(0)
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    phone.get_by_label("Пароль", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Войти в аккаунт").click()
    expect(phone.locator("#error-summary")).to_contain_text("введите цифры с картинки")
    expect(phone.get_by_label("Пароль", exact=True)).to_have_value(PASSWORD)
    phone.get_by_label("Цифры с картинки").fill(known_check(phone, served))
    phone.get_by_role("button", name="Войти в аккаунт").click()
    arrived(phone, "/sign-in/code")


@pytest.mark.security("T2", "T14")
def test_a_forgotten_password_asks_too_and_words_answer_it(phone: Page, served: Served) -> None:
    line = somebody(served)
    phone.goto("/recover")
    hydrated(phone)
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    # A picture that is late does not take the place of the words that were asked for after it.
    phone.route("**/session/check/picture*", hold)
    with phone.expect_request("**/session/check/picture*"):
        phone.get_by_role("button", name="Выслать код подтверждения").click()
    with phone.expect_event("requestfailed", lambda request: "/session/check/picture" in request.url):
        phone.get_by_role("button", name="Цифры словами").click()
    said = phone.locator("#check-words")
    expect(said).to_be_visible()
    names = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
    digits = "".join(str(names.index(word)) for word in said.inner_text().split())
    phone.get_by_label("Цифры с картинки").fill(digits)
    phone.get_by_role("button", name="Выслать код подтверждения").click()
    arrived(phone, "/recover/code")
