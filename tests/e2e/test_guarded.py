"""A forgotten password with a passkey, “this was not me”, the lock and the e-mail address, as a person meets them."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from selfcare_app.access import alarm
from selfcare_app.subscribers.tables import Line
from tests.browser import SignedIn, hydrated
from tests.e2e.test_runa import national
from tests.e2e.test_security import PASSWORD, authenticator, named, phone, somebody  # noqa: F401 - fixtures
from tests.served import Served

pytestmark = pytest.mark.browser
NEW = "ясень5клён"


def with_passkey(page: Page, named: Served) -> Line:  # noqa: F811
    line = somebody(named)
    page.context.add_cookies([named.cookie(named.sign_in(line))])
    page.goto("/settings/security/passkeys")
    hydrated(page)
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.get_by_role("button", name="Добавить ключ").click()
    expect(page.locator("#passkeys > li")).to_have_count(1)
    page.context.clear_cookies()
    return line


def to_passkey(page: Page, named: Served, line: Line) -> None:  # noqa: F811
    page.goto("/recover")
    hydrated(page)
    expect(page.get_by_text("Если для номера добавлен ключ входа")).to_be_visible()
    page.get_by_label("Номер телефона").fill(national(line))
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.wait_for_url("**/recover/code**")
    hydrated(page)
    page.locator("[name=code]").fill(named.code(line.msisdn or ""))
    page.wait_for_url("**/recover/passkey**")
    hydrated(page)


@pytest.mark.requirement("ISSA-021")
@pytest.mark.security("asvs_6_4_3")
def test_a_forgotten_password_asks_for_the_passkey_that_the_number_has(
    named: Served,  # noqa: F811
    phone: BrowserContext,  # noqa: F811
) -> None:
    page = phone.new_page()
    authenticator(page)
    line = with_passkey(page, named)
    to_passkey(page, named, line)
    page.get_by_role("button", name="Подтвердить ключом входа").click()
    page.wait_for_url("**/recover/password**")
    hydrated(page)
    page.get_by_label("Новый пароль").fill(NEW)
    page.get_by_label("Пароль ещё раз").fill(NEW)
    page.get_by_role("button", name="Сохранить и войти").click()
    page.wait_for_url("**/home**")


@pytest.mark.security("asvs_6_4_3", "T5")
def test_without_the_passkey_one_waits_and_the_owner_stops_it_in_two_taps(
    named: Served,  # noqa: F811
    phone: BrowserContext,  # noqa: F811
) -> None:
    page = phone.new_page()
    authenticator(page)
    line = with_passkey(page, named)
    to_passkey(page, named, line)
    page.get_by_role("button", name="Подождать 24 часа").click()
    expect(page.get_by_text("Ждать осталось")).to_be_visible()
    told = named.messages(line.msisdn or "")[-1].content
    assert told["key"] == "alarm.sms.recovery_waits"
    link = str(told["args"]["stop"])
    assert link.startswith(f"{named.url}/not-me#")
    page.goto(link)
    hydrated(page)
    assert "#" not in page.url
    page.get_by_role("button", name="Это не я: остановить").click()
    expect(page.get_by_text("Все сеансы завершены")).to_be_visible()
    named.advance(86_400)
    to_passkey(page, named, line)
    expect(page.get_by_text("Ждать осталось")).to_have_count(0)


@pytest.mark.security("T5")
def test_in_the_cabinet_one_tap_stops_and_code_with_password_goes_on(served: Served, signed_in: SignedIn) -> None:
    line = somebody(served)
    with served.db.transaction() as session:
        alarm.tell(session, line_id=line.id, kind="sim_changed", now=served.now)
    page = signed_in(line, "/home")
    hydrated(page)
    page.locator("#alarms").get_by_role("button", name="Это не я: остановить").click()
    expect(page.get_by_text("Остановлено. Чужие сеансы завершены")).to_be_visible()
    page.goto("/settings/security")
    hydrated(page)
    page.get_by_role("link", name="Защита номера").click()
    page.wait_for_url("**/protection")
    hydrated(page)
    expect(page.get_by_text("Остановлено:")).to_be_visible()
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.locator("[name=code]").fill(served.code(line.msisdn or ""))
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.get_by_role("button", name="Разрешить", exact=True).click()
    expect(page.get_by_text("Действия снова разрешены")).to_be_visible()
    page.get_by_role("button", name="Включить защиту").click()
    expect(page.get_by_text("Защита включена:")).to_be_visible()
    page.get_by_role("button", name="Выключить защиту").click()
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.locator("[name=code]").fill(served.code(line.msisdn or "", after=1))
    expect(page.get_by_role("button", name="Включить защиту")).to_be_visible()
