"""Ways to a password and out of the cabinet with the simulated handset beside the browser: USSD, PUK1, a temporary one."""

import pytest
from playwright.sync_api import Page, expect

from selfcare_app.access import temporary
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.browser import at, go
from tests.e2e.people import CODES, PASSWORD, somebody
from tests.handset import Handset
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

NEW = "рябина8"


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A demonstration, which has the handset."""
    return serve(SELFCARE_DEMO="1")


def sign_in(page: Page, handset: Handset, line: Line, secret: str) -> None:
    page.get_by_label("Номер телефона").fill(line.msisdn or "")
    page.get_by_label("Пароль", exact=True).fill(secret)
    page.get_by_role("button", name="Войти в аккаунт").click()
    at(page, "/sign-in/code")
    page.get_by_label("SMS код").fill(handset.code())


@pytest.mark.requirement("ISSA-003", "ISSA-005", "ISSA-010", "ISSA-012", "ISSA-022")
def test_one_registers_by_ussd_and_signs_in(phone: Page, handset: Handset, served: Served) -> None:
    line = somebody(served, secret=None)
    go(phone, "/sign-in")
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    phone.get_by_label("Пароль", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Войти в аккаунт").click()
    expect(phone.locator("#error-summary")).to_contain_text("ещё не зарегистрирован")
    phone.get_by_role("link", name="Зарегистрироваться").click()
    at(phone, "/register")
    expect(phone.get_by_text("зайдите в центр обслуживания с документом")).to_be_visible()
    expect(phone.get_by_role("link", name="411")).to_have_attribute("href", "tel:411")
    phone.get_by_role("link", name="Задать пароль с телефона").click()
    at(phone, "/register/dial")
    expect(phone.get_by_role("link", name="*141*0#")).to_have_attribute("href", "tel:*141*0%23")
    handset.take(line).dial("*141*0#")
    handset.says("Пришлите его в ответ")
    handset.answer("абв")
    handset.says("от 5 до 10 символов")
    handset.answer("")
    made = handset.says("Ваш пароль для ИССА: ").partition(": ")[2].partition(".")[0]
    assert "Пароль в ИССА задан с телефона" in handset.received("задан с телефона")
    phone.locator("main").get_by_role("link", name="Войти в аккаунт").click()
    at(phone, "/sign-in")
    sign_in(phone, handset, line, made)
    at(phone, "/home")


@pytest.mark.requirement("ISSA-010", "ISSA-021")
@pytest.mark.security("T11")
def test_a_password_set_anew_by_ussd_ends_the_open_page(phone: Page, handset: Handset, served: Served) -> None:
    line = somebody(served)
    handset.take(line)
    go(phone, "/sign-in")
    sign_in(phone, handset, line, PASSWORD)
    at(phone, "/home")
    handset.dial("*141*0#")
    handset.says("Пришлите его в ответ")
    handset.answer(NEW)
    handset.says("Готово")
    phone.wait_for_url("**/sign-in*")


@pytest.mark.requirement("ISSA-025")
def test_one_closes_the_own_cabinet_and_opens_it_by_puk1(phone: Page, handset: Handset, served: Served) -> None:
    line = somebody(served)
    handset.take(line)
    go(phone, "/sign-in")
    sign_in(phone, handset, line, PASSWORD)
    at(phone, "/home")
    handset.dial("*141*3*6#")
    handset.says("Закрыть доступ в ИССА?")
    handset.answer("1")
    handset.says("Доступ в ИССА закрыт, сеансы завершены")
    at(phone, "/sign-in")
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    phone.get_by_label("Пароль", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Войти в аккаунт").click()
    expect(phone.locator("#error-summary")).to_contain_text("Доступ в кабинет закрыт по вашему запросу")
    handset.dial("*141*3*6#")
    handset.says("пришлите PUK1")
    handset.answer(CODES["puk1"])
    handset.says("Доступ в ИССА открыт")
    phone.get_by_role("button", name="Войти в аккаунт").click()
    at(phone, "/home")


@pytest.mark.requirement("ISSA-002", "ISSA-005", "ISSA-014")
def test_one_registers_by_puk1(phone: Page, served: Served) -> None:
    line = somebody(served, secret=None, puk1_registration=True, audience="home_office")
    go(phone, "/register")
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    phone.get_by_role("button", name="Ввести PUK1").click()
    expect(phone.locator("#error-summary")).to_contain_text("У этого номера кабинет другого вида")
    phone.get_by_label("Дом и офис").check()
    phone.get_by_role("button", name="Ввести PUK1").click()
    at(phone, "/register/puk1")
    phone.get_by_label("PUK1").fill("1234")
    phone.get_by_role("button", name="Продолжить").click()
    expect(phone.locator("#error-summary")).to_contain_text("В коде 8 цифр")
    phone.get_by_label("PUK1").fill("8461 3957")
    phone.get_by_role("button", name="Продолжить").click()
    at(phone, "/register/password")
    phone.get_by_label("Новый пароль").fill(NEW)
    phone.get_by_label("Пароль ещё раз").fill(NEW)
    phone.get_by_role("button", name="Зарегистрироваться").click()
    at(phone, "/home")


@pytest.mark.requirement("ISSA-015")
def test_a_line_that_puk1_is_not_open_to_is_told_of_other_ways(phone: Page, served: Served) -> None:
    line = somebody(served)
    go(phone, "/recover")
    phone.get_by_label("Номер телефона").fill(line.msisdn or "")
    phone.get_by_role("button", name="Ввести PUK1").click()
    expect(phone.locator("#error-summary")).to_contain_text("Для этого номера PUK1 не подходит")


@pytest.mark.requirement("ISSA-018")
@pytest.mark.security("asvs_6_4_1")
def test_a_temporary_password_opens_the_page_where_it_is_changed_and_no_other(
    phone: Page, handset: Handset, served: Served
) -> None:
    line = somebody(served)
    with served.db.transaction() as session:
        temporary.issue(session, Staff(new_id(), new_id(), "ivanova"), line_id=line.id, now=served.now)
    handset.take(line)
    made = handset.received("Временный пароль для ИССА").partition(": ")[2].partition(".")[0]
    go(phone, "/sign-in")
    sign_in(phone, handset, line, made)
    at(phone, "/settings/password")
    expect(phone.get_by_text("Смените пароль, чтобы продолжить")).to_be_visible()
    for path in ("/home", "/personal", "/orders"):
        phone.goto(path)
        at(phone, "/settings/password")
        expect(phone.get_by_text(line.user_name)).to_have_count(0)
    phone.get_by_label("Нынешний пароль").fill(made)
    phone.get_by_label("Новый пароль").fill(NEW)
    phone.get_by_label("Пароль ещё раз").fill(NEW)
    phone.get_by_role("button", name="Сменить пароль").click()
    expect(phone.get_by_text("Пароль изменён").first).to_be_visible()
    go(phone, "/personal")
    expect(phone.get_by_text(line.user_name).first).to_be_visible()
