"""A forgotten password by a letter, and the list of sign-ins, as a person sees them; the simulated handset beside."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import SignedIn, at, go, hydrated
from tests.e2e.people import somebody
from tests.e2e.test_runa import national, sign_in, summary
from tests.handset import Handset
from tests.security.desk import clerk
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

PASSWORD, NEW = "lipa8klen2", "yavor5dub1"


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A demonstration of the operator that writes letters."""
    return serve(operator="assa", SELFCARE_DEMO="1")


@pytest.mark.requirement("AS-009", "AS-020")
def test_a_forgotten_password_is_replaced_by_a_letter(phone: Page, handset: Handset, served: Served) -> None:
    line = somebody(served, secret=PASSWORD, language="ru")
    go(phone, "/sign-in")
    phone.get_by_role("link", name="Забыли пароль?").click()
    at(phone, "/recover")
    phone.get_by_label("Номер телефона").fill(national(line))
    phone.get_by_role("button", name="Выслать ссылку").click()
    at(phone, "/recover/sent")
    handset.page.goto(f"{served.url}/handset?number=anna@example.by")
    letter = handset.received("/recover/link#")
    link = re.search(r"http://\S+/recover/link#[\w-]+", letter)
    assert link
    sent: list[str] = []
    phone.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(str(data))))
    go(phone, link[0])
    assert "#" not in phone.url
    value = link[0].partition("#")[2]
    assert not [frame for frame in sent if value in frame]
    phone.get_by_label("Новый пароль").fill(NEW)
    phone.get_by_label("Пароль ещё раз").fill(NEW)
    phone.get_by_role("button", name="Сохранить пароль").click()
    expect(phone.get_by_text("Все сеансы завершены")).to_be_visible()
    phone.get_by_role("link", name="Войти в аккаунт").click()
    at(phone, "/sign-in")
    sign_in(phone, line, NEW)
    at(phone, "/sign-in/code")
    go(phone, link[0])
    phone.get_by_label("Новый пароль").fill(PASSWORD)
    phone.get_by_label("Пароль ещё раз").fill(PASSWORD)
    phone.get_by_role("button", name="Сохранить пароль").click()
    summary(phone, "Ссылка уже не действует")
    go(phone, "/recover/link")
    expect(phone.get_by_text("Откройте эту страницу по ссылке из письма")).to_be_visible()


@pytest.mark.requirement("AS-035")
def test_sign_ins_are_shown_with_time_address_and_result(
    phone: Page, handset: Handset, signed_in: SignedIn, served: Served
) -> None:
    line = somebody(served, secret=PASSWORD, language="ru")
    go(phone, "/sign-in")
    sign_in(phone, line, "wrong1pw")
    summary(phone, "(0630)")
    page = signed_in(line, "/settings/security")
    hydrated(page)
    page.get_by_role("link", name="Входы в кабинет").click()
    at(page, "/settings/security/sign-ins")
    rows = page.locator("main li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Вход выполнен")
    expect(rows.nth(0)).to_contain_text("этот сеанс")
    expect(rows.nth(1)).to_contain_text("Неверный пароль")
    expect(rows.nth(1)).to_contain_text("Адрес 10.9.")
    expect(rows.nth(1)).to_contain_text("Неудачно")


@pytest.mark.requirement("AS-002")
def test_a_printed_password_opens_a_cabinet_that_was_never_registered(
    phone: Page, handset: Handset, served: Served
) -> None:
    line, employee = somebody(served, secret=None, language="ru"), clerk(served)
    look = employee.find(line.msisdn, "application")
    assert "/desk/paper" in employee.get(f"/desk/line/{look}").text
    sheet = employee.post("/desk/paper", look=look, application="12/1")
    assert sheet.status_code == 200, sheet.text
    assert "no-store" in sheet.headers["cache-control"]
    made = re.findall(r"<dd>([^<]+)</dd>", sheet.text)[2]
    handset.take(line)
    go(phone, "/sign-in")
    sign_in(phone, line, made)
    at(phone, "/sign-in/code")
    phone.get_by_label("SMS код").fill(handset.code())
    at(phone, "/settings/password")
    expect(phone.get_by_text("Смените пароль, чтобы продолжить")).to_be_visible()
