"""РУНА as a person goes with it, the simulated handset beside the browser."""

from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from selfcare_app.access.tables import GuardedSection
from selfcare_app.subscribers.tables import Line
from tests.browser import NewContext, SignedIn, at, go, hydrated
from tests.e2e.people import somebody
from tests.handset import Handset
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

CODE, OTHER, PASSWORD = "739148", "482915", "lipa8klen2"


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A demonstration of the operator with РУНА, whose own network is 10.77.0.0/16."""
    return serve(operator="assa", SELFCARE_DEMO="1", SELFCARE_NETWORK_RANGES="10.77.0.0/16")


def national(line: Line) -> str:
    return str(line.msisdn)[3:]


def fill_form(page: Page, line: Line) -> None:
    page.get_by_role("textbox", name="Абонентский номер").fill(national(line))
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("textbox", name="Повторите пароль").fill(PASSWORD)


def sign_in(page: Page, line: Line, secret: str) -> None:
    page.get_by_label("Номер телефона").fill(national(line))
    page.get_by_label("Пароль", exact=True).fill(secret)
    page.get_by_role("button", name="Войти в аккаунт").click()


def fail(page: Page, line: Line, secret: str, told: str) -> None:
    """A sign-in that is refused: waits for the very answer, because the one before may say the same."""
    with page.expect_event("requestfinished", lambda request: request.redirected_from is not None):
        sign_in(page, line, secret)
    expect(page.get_by_role("button", name="Войти в аккаунт")).not_to_have_attribute("aria-busy", "true")
    summary(page, told)


def activate(handset: Handset, line: Line, code: str = CODE) -> None:
    handset.take(line).dial(f"*2772*{code}#")
    handset.says("Активация прошла успешно")


@pytest.mark.requirement("AS-003", "AS-011", "AS-012", "AS-014", "AS-023", "AS-025")
def test_one_registers_with_runa_and_signs_in(phone: Page, handset: Handset, served: Served) -> None:
    line = somebody(served, secret=None, language="ru")
    go(phone, "/register")
    for label in ("Абонентский номер", "Пароль", "Повторите пароль", "E-mail", "РУНА"):
        expect(phone.get_by_role("textbox", name=label, exact=False).first).to_be_visible()
    fill_form(phone, line)
    phone.get_by_role("textbox", name="E-mail").fill("anna@example.com")
    phone.get_by_role("button", name="Регистрация").click()
    expect(phone.locator("#error-summary")).to_contain_text("закройте другие подключения к интернету")
    expect(phone.get_by_role("textbox", name="Абонентский номер")).to_have_value(national(line))
    activate(handset, line)
    phone.locator("[name=code]").fill(CODE)
    phone.get_by_role("button", name="Регистрация").click()
    at(phone, "/register/done")
    expect(phone.get_by_role("heading", name="Регистрация прошла успешно")).to_be_visible()
    phone.get_by_role("link", name="Вход", exact=True).click()
    at(phone, "/sign-in")
    sign_in(phone, line, PASSWORD)
    at(phone, "/sign-in/code")
    phone.get_by_label("SMS код").fill(handset.code())
    at(phone, "/home")


@pytest.mark.requirement("AS-004")
def test_a_hint_opens_by_pointer_click_and_keyboard(phone: Page) -> None:
    go(phone, "/register")
    ask, told = phone.locator("#password-ask"), phone.locator("#password-help")
    expect(ask).to_have_attribute("aria-label", "Подсказка: Пароль")
    assert "password-help" in (phone.locator("#password").get_attribute("aria-describedby") or "")

    def is_open() -> bool:
        return ask.get_attribute("aria-expanded") == "true" and (told.bounding_box() or {"height": 0})["height"] > 20

    def come(locator: Locator) -> None:
        """The pointer as a hand moves it: over the way, not at once."""
        box = locator.bounding_box()
        assert box
        phone.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)

    assert not is_open()
    come(ask)
    expect(ask).to_have_attribute("aria-expanded", "true")
    assert is_open()
    come(told)
    assert is_open()
    phone.mouse.move(5, 5)
    expect(ask).to_have_attribute("aria-expanded", "false")
    ask.click()
    phone.mouse.move(5, 5)
    assert is_open()
    phone.keyboard.press("Escape")
    expect(ask).to_have_attribute("aria-expanded", "false")
    phone.locator("#number").focus()
    phone.keyboard.press("Tab")
    expect(ask).to_be_focused()
    expect(ask).to_have_attribute("aria-expanded", "true")
    phone.keyboard.press("Tab")
    expect(ask).to_have_attribute("aria-expanded", "false")
    expect(told).to_contain_text("латинские буквы")


def give_address(served: Served, line: Line, address: str) -> None:
    """The operator's network gave the address to the line."""
    until = (served.now + timedelta(hours=1)).isoformat()
    answer = httpx.post(
        f"{served.url}/inbound/address",
        data={"address": address, "number": line.msisdn, "until": until},
        headers={"x-gateway-token": served.keys.mac("gateway", "handset")},
    )
    assert answer.status_code == 204


@pytest.mark.requirement("AS-010", "AS-013")
def test_in_the_own_network_the_number_is_found_and_no_runa_needed(new_context: NewContext, served: Served) -> None:
    line, address = somebody(served, secret=None), "10.77.0.5"
    phone = new_context(extra_http_headers={"X-Forwarded-For": address}).new_page()
    go(phone, "/sign-in")
    phone.get_by_role("button", name="Определить мой номер").click()
    expect(phone.locator("#error-summary").first).to_contain_text("если вы вышли в интернет через него")
    give_address(served, line, address)
    go(phone, "/register")
    phone.get_by_role("button", name="Определить мой номер").click()
    expect(phone.get_by_role("textbox", name="Абонентский номер")).to_have_value(national(line))
    hydrated(phone)
    fill_form(phone, line)
    phone.get_by_role("button", name="Регистрация").click()
    at(phone, "/register/done")


def summary(page: Page, text: str) -> None:
    expect(page.locator("#error-summary").first).to_contain_text(text)


@pytest.mark.requirement("AS-015", "AS-016", "AS-017", "AS-018", "AS-019", "AS-022")
@pytest.mark.security("T8")
def test_codes_of_refusal_the_lock_and_its_opening(phone: Page, handset: Handset, served: Served) -> None:
    stranger, refused = somebody(served, secret=None), somebody(served, secret=PASSWORD, access="closed_by_subscriber")
    line = somebody(served, secret=PASSWORD, language="ru")
    go(phone, "/sign-in")
    fail(phone, stranger, PASSWORD, "(0610)")
    fail(phone, refused, PASSWORD, "(0615)")
    for n in range(1, 10):
        fail(phone, line, "wrong1pw", "(0630)" if n < 5 else f"(0631). До закрытия входа осталось попыток: {10 - n}")
        served.advance(40)
    fail(phone, line, "wrong1pw", "вход с этого устройства закрыт")
    fail(phone, line, PASSWORD, "вход с этого устройства закрыт")
    phone.get_by_role("link", name="Вход закрыт?").click()
    at(phone, "/sign-in/unlock")
    activate(handset, line)
    phone.get_by_label("Номер телефона").fill(national(line))
    phone.locator("[name=code]").fill(CODE)
    phone.get_by_role("button", name="Разблокировать").click()
    expect(phone.get_by_text("Вход разблокирован")).to_be_visible()
    go(phone, "/home")
    at(phone, "/sign-in")
    sign_in(phone, line, PASSWORD)
    at(phone, "/sign-in/code")


@pytest.mark.requirement("AS-031", "AS-032", "AS-033", "AS-034")
def test_a_ticked_section_stays_shut_until_runa_is_given(signed_in: SignedIn, handset: Handset, served: Served) -> None:
    line = somebody(served, language="ru")
    page = signed_in(line, "/settings/password")
    hydrated(page)
    titles = page.locator("main h1, main h2").all_inner_texts()
    assert titles.index("Разделы под защитой РУНА") > 0
    activate(handset, line)
    page.locator("[name=section_personal]").check()
    page.locator("[name=code]").fill(CODE)
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Список разделов сохранён")).to_be_visible()
    handset.received("изменён список разделов")

    go(page, "/personal")
    at(page, "/settings/runa/section")
    expect(page.get_by_role("heading", name="Раздел закрыт")).to_be_visible()
    expect(page.get_by_text("Раздел: Данные по номеру")).to_be_visible()
    page.locator("[name=code]").fill(CODE)
    page.get_by_role("button", name="Открыть раздел").click()
    summary(page, "Активной РУНА нет")
    activate(handset, line, OTHER)
    page.locator("[name=code]").fill(OTHER)
    page.get_by_role("button", name="Открыть раздел").click()
    at(page, "/personal")
    expect(page.locator("main dl").first).to_be_visible()
    page.reload()
    hydrated(page)
    expect(page.locator("main dl").first).to_be_visible()

    page.locator("a[href='/home']:visible").first.click()
    at(page, "/home")
    go(page, "/personal")
    at(page, "/settings/runa/section")


@pytest.mark.requirement("AS-033")
@pytest.mark.security("S-26")
def test_what_a_shut_section_knew_does_not_come_back_with_the_page(
    signed_in: SignedIn, handset: Handset, served: Served
) -> None:
    line = somebody(served, language="ru")
    page = signed_in(line, "/personal")
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(str(data))))
    page.reload()
    hydrated(page)
    expect(page.locator("main dl").first).to_be_visible()
    assert [frame for frame in frames if str(line.msisdn) in frame]
    with served.db.transaction() as session:
        session.add(GuardedSection(line_id=line.id, section="personal", since=served.now))
    frames.clear()
    page.reload()
    at(page, "/settings/runa/section")
    assert frames
    assert not [frame for frame in frames if str(line.msisdn) in frame]
