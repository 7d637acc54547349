"""The ways in and out as a person goes them: registration, sign-in, lock, recovery, PIN and PUK, the password."""

import pytest
from playwright.sync_api import Page, expect

from selfcare_app.subscribers.tables import Line
from tests.browser import Complaints, NewContext, SignedIn, at, hydrated
from tests.e2e.people import CODES, PASSWORD, somebody
from tests.served import Served

pytestmark = pytest.mark.browser

NEW = "липа8клён2"


def sign_in(page: Page, line: Line, secret: str = PASSWORD) -> None:
    page.get_by_label("Номер телефона").fill(line.msisdn or "")
    page.get_by_label("Пароль", exact=True).fill(secret)
    page.get_by_role("button", name="Войти в аккаунт").click()


@pytest.mark.requirement("ISSA-006", "ISSA-007", "ISSA-008", "ISSA-009", "ISSA-011")
def test_one_registers_and_is_inside(phone: Page, served: Served) -> None:
    line = somebody(served, secret=None)
    phone.goto("/sign-in")
    hydrated(phone)
    phone.get_by_role("link", name="Зарегистрироваться").click()
    at(phone, "/register")
    phone.get_by_label("Номер телефона").fill("29 12")
    phone.get_by_role("button", name="Выслать код подтверждения").click()
    summary = phone.locator("#error-summary")
    expect(summary).to_contain_text("Проверьте номер")
    expect(summary).to_be_focused()
    expect(phone.get_by_label("Номер телефона")).to_have_value("29 12")
    phone.get_by_label("Номер телефона").fill(f"80 {line.msisdn[3:5]} {line.msisdn[5:]}")
    phone.get_by_role("button", name="Выслать код подтверждения").click()
    at(phone, "/register/code")
    expect(phone.get_by_text("Повторно запросить код можно только через 3 минуты")).to_be_visible()
    expect(phone.locator("#resend")).to_have_count(0)
    field = phone.get_by_label("SMS код")
    assert field.get_attribute("autocomplete") == "one-time-code"
    field.fill("000000" if served.code(line.msisdn) != "000000" else "111111")
    expect(summary).to_contain_text("Осталось попыток: 4")
    field.fill(served.code(line.msisdn))
    at(phone, "/register/password")
    first, again = phone.get_by_label("Новый пароль"), phone.get_by_label("Пароль ещё раз")
    assert {first.get_attribute("autocomplete"), again.get_attribute("autocomplete")} == {"new-password"}
    first.fill("12345")
    again.fill("12345")
    phone.get_by_role("button", name="Зарегистрироваться").click()
    expect(summary).to_contain_text("Такой пароль пробуют первым")
    first.fill(PASSWORD)
    again.fill(PASSWORD)
    phone.get_by_role("button", name="Зарегистрироваться").click()
    at(phone, "/home")


@pytest.mark.requirement("ISSA-016")
def test_a_registered_number_is_told_so_in_the_documents_words(phone: Page, served: Served) -> None:
    line = somebody(served)
    phone.goto("/register")
    hydrated(phone)
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    phone.get_by_role("button", name="Выслать код подтверждения").click()
    expect(phone.locator("#error-summary")).to_contain_text(
        "Пользователь с таким номером телефона уже зарегистрирован. Если вы забыли пароль, нажмите "
        '"Войти в аккаунт" и перейдите по ссылке "Забыли пароль?"'
    )


@pytest.mark.requirement("ISSA-004", "ISSA-017", "ISSA-036")
def test_one_signs_in_signs_out_and_is_known_the_next_time(phone: Page, served: Served) -> None:
    line = somebody(served)
    phone.goto("/personal")
    at(phone, "/sign-in")
    expect(phone.get_by_label("Пароль", exact=True)).to_have_attribute("autocomplete", "current-password")
    expect(phone.get_by_label("Номер телефона")).to_have_attribute("autocomplete", "username")
    sign_in(phone, line, "wrong1pw")
    expect(phone.locator("#error-summary")).to_contain_text("Номер и пароль не подходят друг к другу")
    expect(phone.get_by_label("Номер телефона")).to_have_value(line.msisdn or "")
    sign_in(phone, line)
    at(phone, "/sign-in/code")
    expect(phone.get_by_label("Запомнить это устройство")).to_be_checked()
    phone.get_by_label("SMS код").fill(served.code(line.msisdn or ""))
    at(phone, "/personal")
    phone.goto("/more")
    hydrated(phone)
    phone.get_by_role("button", name="Выйти").last.click()
    at(phone, "/sign-in")
    expect(phone.get_by_text("Вы вышли из кабинета")).to_be_visible()
    phone.goto("/home")
    at(phone, "/sign-in")
    sign_in(phone, line)
    at(phone, "/home")


@pytest.mark.requirement("ISSA-021")
@pytest.mark.security("asvs_6_1_1")
def test_a_lock_is_told_and_a_new_password_by_sms_opens_it(phone: Page, served: Served) -> None:
    line = somebody(served)
    phone.goto("/sign-in")
    hydrated(phone)
    summary = phone.locator("#error-summary")
    for failure in range(10):
        with phone.expect_response("**/session/sign-in"):
            sign_in(phone, line, f"wrong{failure}")
        words = "не подходят" if failure < 9 else "вход с этого устройства закрыт"
        expect(summary).to_contain_text(words)
        if failure == 4:
            expect(summary).to_contain_text("осталось попыток: 5")
        expect(phone.get_by_role("button", name="Войти в аккаунт")).not_to_have_attribute("aria-busy", "true")
        served.advance(33)
    phone.get_by_role("link", name="Забыли пароль?").click()
    at(phone, "/recover")
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    phone.get_by_role("button", name="Выслать код подтверждения").click()
    at(phone, "/recover/code")
    phone.get_by_label("SMS код").fill(served.code(line.msisdn or ""))
    at(phone, "/recover/password")
    phone.get_by_label("Новый пароль").fill(NEW)
    phone.get_by_label("Пароль ещё раз").fill(NEW)
    phone.get_by_role("button", name="Сохранить и войти").click()
    at(phone, "/home")


@pytest.mark.requirement("ISSA-009")
def test_the_code_is_sent_again_when_the_wait_is_over(phone: Page, served: Served) -> None:
    line = somebody(served)
    phone.goto("/sign-in")
    hydrated(phone)
    sign_in(phone, line)
    at(phone, "/sign-in/code")
    served.advance(170)
    phone.goto(f"/sign-in/code?number={line.msisdn}&wait=1")
    phone.locator("#resend").click()
    expect(phone.locator("#error-summary")).to_contain_text("Новый можно запросить через")
    served.advance(10)
    phone.goto(f"/sign-in/code?number={line.msisdn}&wait=1")
    phone.locator("#resend").click()
    assert served.code(line.msisdn or "", after=1)
    expect(phone.locator("#resend")).to_have_count(0)


@pytest.mark.requirement("ISSA-004")
def test_without_scripts_one_signs_in_all_the_same(new_context: NewContext, served: Served) -> None:
    line = somebody(served)
    page = new_context(java_script_enabled=False, extra_http_headers={"X-Forwarded-For": "10.10.1.1"}).new_page()
    page.goto("/sign-in")
    sign_in(page, line, "wrong1pw")
    page.wait_for_url("**/sign-in?error=access.wrong_password*")
    sign_in(page, line)
    page.wait_for_url("**/sign-in/code*")
    page.get_by_label("SMS код").fill(served.code(line.msisdn or ""))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/home*")


@pytest.mark.security("asvs_14_2_6")
@pytest.mark.requirement("ISSA-051")
def test_pin_and_puk_show_after_a_code_and_are_gone_again(signed_in: SignedIn, served: Served) -> None:
    line = somebody(served)
    page = signed_in(line, "/personal/sim", extra_http_headers={"X-Forwarded-For": "10.8.0.1"})
    hydrated(page)
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.get_by_label("SMS код").fill(served.code(line.msisdn or ""))
    button = page.get_by_role("button", name="PIN/PUK")
    button.click()
    for name, value in CODES.items():
        expect(page.locator(f"[data-code={name}]")).to_have_text(value)
    assert CODES["puk1"] not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    page.get_by_role("button", name="Скрыть").click()
    expect(page.locator("#sim-codes")).to_have_count(0)
    assert not any(value in page.content() for value in CODES.values())
    page.clock.install()
    button.click()
    expect(page.locator("[data-code=puk1]")).to_have_text(CODES["puk1"])
    page.clock.fast_forward(61_000)
    expect(page.locator("#sim-codes")).to_have_count(0)
    assert not any(value in page.content() for value in CODES.values())


@pytest.mark.requirement("ISSA-019")
def test_the_password_is_changed_in_the_cabinet(signed_in: SignedIn, served: Served) -> None:
    line = somebody(served)
    page = signed_in(line, "/settings/password", extra_http_headers={"X-Forwarded-For": "10.8.0.2"})
    hydrated(page)
    for typed, said in (("wrong1pw", "Нынешний пароль не подошёл"), (PASSWORD, "Пароль изменён")):
        page.get_by_label("Нынешний пароль").fill(typed)
        page.get_by_label("Новый пароль").fill(NEW)
        page.get_by_label("Пароль ещё раз").fill(NEW)
        page.get_by_role("button", name="Сменить пароль").click()
        expect(page.get_by_text(said).first).to_be_visible()


def test_a_lost_line_loses_nothing_that_was_typed(phone: Page, served: Served, complaints: Complaints) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    complaints.expect("ERR_FAILED|WebSocket|transport")
    line = somebody(served)
    phone.goto("/sign-in")
    hydrated(phone)
    phone.context.set_offline(True)
    sign_in(phone, line)
    expect(phone.locator("#error-summary")).to_be_visible()
    expect(phone.get_by_label("Пароль", exact=True)).to_have_value(PASSWORD)
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Войти в аккаунт").click()
    at(phone, "/sign-in/code")
