"""The desk as an employee uses it: the first sign-in, a number's card, rights on an application; on a phone too."""

from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Page, expect

from selfcare_app.subscribers.tables import Line
from tests.browser import DESKTOP, Complaints, NewContext
from tests.judge import axe, eyes, hands
from tests.security.desk import NAME, added, clerk
from tests.served import Served

pytestmark = pytest.mark.browser

REFUSED = r"status of 4\d\d"
PASSWORD = "вяз и три дуба у реки"


def opened(served: Served, new_context: NewContext, path: str = "/desk", **options: object) -> Page:
    """The desk in the browser of an employee who is in."""
    context = new_context(**options)
    value = clerk(served).token
    context.add_cookies([{"name": NAME, "value": value, "url": served.url, "httpOnly": True, "sameSite": "Strict"}])
    page = context.new_page()
    page.goto(path)
    return page


def find(page: Page, line: Line) -> None:
    page.get_by_label("Номер абонента").fill(line.msisdn or "")
    page.get_by_label("Причина").select_option(label="Письменное заявление")
    page.get_by_role("button", name="Открыть карточку").click()
    expect(page.get_by_role("heading", name="Карточка номера")).to_be_visible()


@pytest.mark.security("asvs_8_4_2", "asvs_6_4_1")
def test_an_employee_sets_himself_up_and_signs_in(served: Served, page: Page, complaints: Complaints) -> None:
    complaints.expect(REFUSED)
    code, seed = added(served, "maria")
    page.goto(f"/desk/setup?code={code}")
    expect(page.get_by_text("Логин: maria.")).to_be_visible()
    shown = page.locator("code").first.inner_text().replace(" ", "")
    assert shown == seed
    page.get_by_label("Пароль", exact=True).fill("слишком коротко"[:10])
    page.get_by_label("Пароль ещё раз").fill("x")
    page.get_by_label("Одноразовый код").fill("000000")
    page.get_by_role("button", name="Закончить настройку").click()
    expect(page.get_by_role("alert")).to_contain_text("не короче 15")
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_label("Пароль ещё раз").fill(PASSWORD)
    page.get_by_label("Одноразовый код").fill(pyotp.TOTP(seed).at(served.now))
    page.get_by_role("button", name="Закончить настройку").click()
    expect(page.get_by_role("status")).to_contain_text("Готово.")
    page.get_by_label("Логин").fill("maria")
    page.get_by_label("Пароль").fill("не тот пароль совсем")
    page.get_by_label("Одноразовый код").fill(pyotp.TOTP(seed).at(served.now + timedelta(seconds=30)))
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("alert")).to_contain_text("Логин, пароль или код не подошли.")
    page.get_by_label("Логин").fill("maria")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_label("Одноразовый код").fill(pyotp.TOTP(seed).at(served.now + timedelta(seconds=30)))
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", name="Найти номер")).to_be_visible()
    page.goto(f"/desk/setup?code={code}")
    expect(page.get_by_role("alert")).to_contain_text("Эта ссылка уже не действует.")


@pytest.mark.requirement("ISSA-026", "ISSA-027", "ISSA-029")
@pytest.mark.security("T16")
def test_an_employee_closes_a_cabinet_and_names_an_administrator(
    served: Served, new_context: NewContext, complaints: Complaints
) -> None:
    complaints.expect(REFUSED)
    line = served.world.line(client_kind="organisation", user_name="Олег Заявитель")
    page = opened(served, new_context)
    find(page, line)
    expect(page.get_by_text("Олег Заявитель")).to_be_visible()
    page.locator("#application-close").fill("15/2")
    page.get_by_role("button", name="Закрыть кабинет").click()
    expect(page.get_by_role("status")).to_have_text("Кабинет закрыт.")
    page.locator("#application-open").fill("15/3")
    page.get_by_role("button", name="Открыть кабинет").click()
    expect(page.get_by_role("status")).to_have_text("Кабинет открыт.")
    page.locator("#application-grant").fill("15/4")
    page.get_by_label("Роль").select_option(label="администратор")
    page.get_by_label("На что").select_option(label="все номера клиента")
    page.get_by_role("button", name="Дать права").click()
    expect(page.get_by_text("Этот номер: администратор, все номера клиента")).to_be_visible()
    page.locator("#application-grant").fill("15/4")
    page.get_by_label("На что").select_option(label="все номера клиента")
    page.get_by_role("button", name="Дать права").click()
    expect(page.get_by_role("alert")).to_contain_text("такой доступ уже есть")
    page.locator("li input[name=application]").fill("15/5")
    page.get_by_role("button", name="Отозвать права").click()
    expect(page.get_by_text("Прав нет.")).to_be_visible()
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_role("heading", name="Вход для сотрудников")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_is_readable_and_reachable(served: Served, new_context: NewContext, scheme: str) -> None:
    line = served.world.line(client_kind="organisation")
    page = opened(served, new_context, color_scheme=scheme, viewport={"width": 320, "height": 640})
    faults = [*axe.findings(page), *eyes.too_wide(page), *eyes.too_small(page), *hands.unreachable(page)]
    find(page, line)
    faults += [*axe.findings(page), *eyes.too_wide(page), *eyes.too_small(page), *hands.unreachable(page)]
    visitor = new_context(color_scheme=scheme, viewport=DESKTOP).new_page()
    visitor.goto("/desk")
    faults += [*axe.findings(visitor), *eyes.too_wide(visitor)]
    assert faults == []


def test_the_desk_speaks_every_language(served: Served, new_context: NewContext) -> None:
    page = opened(served, new_context)
    seen = {page.locator("h1").inner_text()}
    for name in ("Беларуская", "Українська", "English", "Русский"):
        if page.get_by_role("link", name=name).count():
            page.get_by_role("link", name=name).click()
            expect(page.get_by_role("link", name=name)).to_have_count(0)
            seen.add(page.locator("h1").inner_text())
    assert len(seen) == len(served.profile.languages)
