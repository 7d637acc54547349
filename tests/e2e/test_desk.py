"""The desk as an employee uses it: the first sign-in, a number's card, rights on an application; on a phone too."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from selfcare_app.access.desk_tables import StaffMember
from selfcare_app.subscribers.tables import Line
from tests.browser import DESKTOP, PHONE, Complaints, NewContext
from tests.e2e.test_security import authenticator
from tests.judge import axe, eyes, hands
from tests.security.desk import NAME, added, clerk
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

REFUSED = r"status of 4\d\d"
PASSWORD = "вяз и три дуба у реки"


def opened(
    served: Served, new_context: NewContext, path: str = "/desk", duties: tuple[str, ...] = (), **options: object
) -> Page:
    """The desk in the browser of an employee who is in."""
    context = new_context(**options)
    value = clerk(served, "", *duties).token
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
@pytest.mark.security("T16", "asvs_2_3_5")
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
    expect(page.get_by_role("status")).to_have_text("Запрос отправлен. Его подтвердит другой сотрудник.")
    expect(page.get_by_text("Прав нет.")).to_be_visible()
    page.get_by_role("link", name="Ждёт второго сотрудника").click()
    expect(page.get_by_role("button", name="Отозвать запрос")).to_be_visible()
    expect(page.get_by_role("button", name="Подтвердить")).to_have_count(0)
    second = opened(served, new_context, "/desk/requests", duties=("confirm",))
    expect(second.get_by_text("15/4")).to_be_visible()
    second.get_by_role("button", name="Подтвердить").click()
    expect(second.get_by_role("status")).to_have_text("Подтверждено и выполнено.")
    page.get_by_role("link", name="Найти номер").click()
    find(page, line)
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
    page.locator("#application-grant").fill("1/1")
    page.get_by_role("button", name="Дать права").click()
    keeper = opened(
        served,
        new_context,
        duties=("employees", "confirm"),
        color_scheme=scheme,
        viewport={"width": 320, "height": 640},
    )
    for path in ("/desk/requests", "/desk/employees", "/desk/passkeys"):
        keeper.goto(path)
        faults += [*axe.findings(keeper), *eyes.too_wide(keeper), *eyes.too_small(keeper), *hands.unreachable(keeper)]
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


class OnLocalhost(Served):
    """The same server under a name: a passkey belongs to a domain, and 127.0.0.1 is none."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture(scope="module")
def named(serve: Serve) -> Iterator[Served]:
    made = serve(start=False)
    named = OnLocalhost(**{each.name: getattr(made, each.name) for each in dataclasses.fields(made)})
    named.environment["SELFCARE_PUBLIC_URL"] = named.url
    named.start()
    yield named
    named.stop()


@pytest.mark.security("asvs_8_4_2", "asvs_7_5_1")
def test_an_employee_makes_a_passkey_enters_by_it_and_removes_it(
    chromium: Browser, named: Served, complaints: Complaints
) -> None:
    complaints.expect(REFUSED)
    code, seed = added(named, "pavel")
    context = chromium.new_context(viewport=PHONE, locale="ru-RU", base_url=named.url)
    context.set_default_timeout(30_000)
    page = context.new_page()
    authenticator(page)

    def typed(steps: int) -> str:
        return pyotp.TOTP(seed).at(named.now + timedelta(seconds=30 * steps))

    page.goto(f"/desk/setup?code={code}")
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_label("Пароль ещё раз").fill(PASSWORD)
    page.get_by_label("Одноразовый код").fill(typed(-1))
    page.get_by_role("button", name="Закончить настройку").click()
    page.get_by_label("Логин").fill("pavel")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_label("Одноразовый код").fill(typed(0))
    page.get_by_role("button", name="Войти", exact=True).click()
    page.get_by_role("link", name="Мои ключи входа").click()
    page.get_by_label("Название").fill("рабочий ноутбук")
    page.get_by_label("Пароль").fill("не тот")
    page.get_by_label("Одноразовый код").fill(typed(1))
    page.get_by_role("button", name="Добавить ключ").click()
    expect(page.get_by_role("alert")).to_have_text("Пароль или код не подошли.")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Добавить ключ").click()
    expect(page.get_by_role("status")).to_have_text("Ключ добавлен.")
    expect(page.locator("#passkeys")).to_contain_text("рабочий ноутбук")
    page.get_by_role("button", name="Выйти").click()
    page.get_by_role("button", name="Войти по ключу").click()
    expect(page.get_by_role("heading", name="Найти номер")).to_be_visible()
    page.goto("/desk/passkeys")
    with named.db.transaction() as session:
        # Three codes of three half minutes are used; the clock of this test stands.
        session.exec(select(StaffMember).where(StaffMember.login == "pavel")).one().last_step -= 1
    page.get_by_text("Удалить", exact=True).click()
    page.locator("li").get_by_label("Пароль").fill(PASSWORD)
    page.locator("li").get_by_label("Одноразовый код").fill(typed(1))
    page.get_by_role("button", name="Удалить ключ «рабочий ноутбук»").click()
    expect(page.get_by_role("status")).to_have_text("Ключ удалён.")
    page.get_by_role("button", name="Выйти").click()
    page.get_by_role("button", name="Войти по ключу").click()
    expect(page.get_by_role("alert")).to_contain_text("Войдите с паролем")
    context.close()
