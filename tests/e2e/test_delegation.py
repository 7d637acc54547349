"""Working on another's line as a person does it: going over and back, appointing a curator, an own number, cabinets."""

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from selfcare_app.access import delegation
from selfcare_app.i18n.speak import Speaker
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.subscribers.tables import Account, Client, Line
from tests.browser import DESKTOP, NewContext, SignedIn, arrived, hydrated
from tests.served import Served

pytestmark = pytest.mark.browser

CLERK = Staff(staff_id=new_id(), session_id=new_id(), login="clerk")


def shown(served: Served, line: Line) -> str:
    return Speaker("ru", served.profile).msisdn(Msisdn(line.msisdn or ""))


def granted(served: Served, delegate: Line, **named: object) -> None:
    values: dict[str, object] = {"role": "curator", "level": "manage", "over": "line"} | named
    with served.db.transaction() as session:
        delegation.grant(session, CLERK, delegate=delegate, now=served.now, **values)  # type: ignore[arg-type]


def at(page: Page, path: str) -> None:
    arrived(page, path)
    hydrated(page)


@pytest.mark.requirement("ISSA-028", "ADM-001", "ADM-003", "ADM-036")
@pytest.mark.security("S-16")
def test_an_administrator_goes_over_to_a_line_and_back(served: Served, signed_in: SignedIn) -> None:
    admin = served.world.line(client_kind="organisation", user_name="Ирина Главная")
    line = served.world.line(account_id=admin.account_id, user_name="Пётр Рабочий")
    granted(served, admin, role="administrator", over="account", over_id=admin.account_id)
    page = signed_in(admin, "/more")
    page.get_by_role("main").get_by_role("link", name="Мои номера").click()
    at(page, "/lines")
    page.get_by_role("button", name=f"Перейти к {shown(served, line)}").click()
    at(page, "/home")
    banner = page.locator("#acting")
    expect(banner).to_contain_text(f"Вы работаете с номером {shown(served, line)} как администратор")
    expect(page.get_by_role("main")).to_contain_text("Пётр Рабочий")
    # The menu offers what he may do, and no credentials of the other.
    page.goto("/more")
    hydrated(page)
    offered = page.get_by_role("main")
    expect(offered.locator('a[href="/number"]')).to_be_visible()
    expect(offered.locator('a[href="/settings/password"]')).to_have_count(0)
    expect(page.locator("#acting")).to_be_visible()
    page.goto("/settings/security/sessions")
    hydrated(page)
    expect(page.get_by_text("За другого этого сделать нельзя")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Меню администратора").click()
    at(page, "/client")
    expect(page.locator("#acting")).to_have_count(0)
    page.goto("/home")
    hydrated(page)
    expect(page.get_by_role("main")).to_contain_text("Ирина Главная")
    with served.db.snapshot() as session:
        kept = session.exec(select(JournalEntry).where(JournalEntry.line_id == line.id)).all()
        assert {(row.actor, row.actor_id) for row in kept} == {("delegate", str(admin.id))}
        assert {"began_to_act", "viewed_home"} <= {row.action for row in kept}


@pytest.mark.requirement("ISSA-028", "ADM-001")
@pytest.mark.security("S-16")
def test_a_form_s_answer_is_gone_to_though_the_tab_hears_that_its_session_is_over(
    served: Served, new_context: NewContext
) -> None:
    admin = served.world.line(client_kind="organisation")
    line = served.world.line(account_id=admin.account_id)
    granted(served, admin, role="administrator", over="account", over_id=admin.account_id)
    context = new_context()
    # A worker's requests are not the page's, and could not be held back.
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    context.add_cookies([served.cookie(served.sign_in(admin))])
    page = context.new_page()
    page.goto("/lines")
    hydrated(page)
    page.get_by_role("button", name=f"Перейти к {shown(served, line)}").click()
    at(page, "/home")
    with page.expect_websocket() as opened:
        page.goto("/personal")
    hydrated(page)
    held: list[Route] = []
    told: list[bool] = []

    def hold(route: Route) -> None:
        if told:
            route.continue_()
        else:
            held.append(route)

    page.route("**/client", hold)
    with opened.value.expect_event("framereceived", lambda frame: '"leave' in str(frame)):
        page.get_by_role("main").get_by_role("button", name="Меню администратора").click()
    told.append(True)
    for route in held:
        route.continue_()
    at(page, "/client")
    expect(page.locator("#acting")).to_have_count(0)


@pytest.mark.requirement("ISSA-029", "ISSA-030", "ADM-018", "ADM-019", "ADM-020")
def test_an_administrator_finds_a_line_and_closes_its_cabinet(served: Served, signed_in: SignedIn) -> None:
    admin = served.world.line(client_kind="organisation")
    lines = [served.world.line(account_id=admin.account_id) for _ in range(3)]
    granted(served, admin, role="administrator", over="account", over_id=admin.account_id)
    page = signed_in(admin, "/lines")
    wanted = lines[1]
    page.get_by_label("Найти номер").fill(str(wanted.msisdn)[-4:])
    page.get_by_role("button", name="Найти", exact=True).click()
    expect(page.locator("#lines > li")).to_have_count(1)
    page.get_by_role("button", name=f"Закрыть кабинет {shown(served, wanted)}").click()
    expect(page.get_by_text("Готово.")).to_be_visible()
    expect(page.get_by_role("button", name=f"Открыть кабинет {shown(served, wanted)}")).to_be_visible()
    with served.db.snapshot() as session:
        assert session.get_one(Line, wanted.id).access == "closed_by_organisation"
    page.get_by_role("button", name=f"Открыть кабинет {shown(served, wanted)}").click()
    expect(page.get_by_role("button", name=f"Закрыть кабинет {shown(served, wanted)}")).to_be_visible()


@pytest.mark.requirement("ADM-001", "ADM-002", "ADM-003", "ADM-005")
def test_the_organisations_menu_and_the_chosen_lines_are_two(served: Served, new_context: NewContext) -> None:
    admin = served.world.line(client_kind="organisation")
    line = served.world.line(account_id=admin.account_id)
    granted(served, admin, role="administrator", over="account", over_id=admin.account_id)
    context = new_context(viewport=DESKTOP)
    context.add_cookies([served.cookie(served.sign_in(admin))])
    page = context.new_page()
    page.goto("/home")
    menu = page.get_by_role("navigation", name="Меню")
    menu.get_by_role("link", name="Меню администратора").click()
    at(page, "/client")
    with served.db.snapshot() as session:
        account = session.get_one(Account, admin.account_id)
        number, owner = account.number, session.get_one(Client, account.client_id).name
    expect(page.get_by_role("main")).to_contain_text(owner)
    expect(page.locator("#accounts")).to_contain_text(f"Счёт {number}")
    expect(menu.get_by_role("link", name="Выбор абонента")).to_be_visible()
    for offered in ("Платежи", "Информация по рассрочке"):
        expect(menu.get_by_role("link", name=offered)).to_be_visible()
    for later in ("Счета", "Переименование абонента", "Смена номера"):
        expect(menu.get_by_role("link", name=later)).to_have_count(0)
    menu.get_by_role("link", name="Выбор абонента").click()
    at(page, "/lines")
    expect(page.get_by_role("heading", level=1)).to_have_text("Выбор абонента")
    page.get_by_role("button", name=f"Перейти к {shown(served, line)}").click()
    at(page, "/home")
    expect(menu.get_by_role("link", name="Смена номера")).to_be_visible()
    expect(menu.get_by_role("link", name="Выбор абонента")).to_be_visible()
    menu.get_by_role("button", name="Меню администратора").click()
    at(page, "/client")
    expect(page.locator("#acting")).to_have_count(0)


@pytest.mark.requirement("ADM-002")
@pytest.mark.security("T18", "asvs_8_2_1")
def test_nobody_else_has_the_organisations_menu(served: Served, signed_in: SignedIn) -> None:
    page = signed_in(served.world.line(client_kind="organisation"), "/client")
    expect(page.get_by_text("Меню администратора вам не доступно")).to_be_visible()
    page.goto("/more")
    hydrated(page)
    expect(page.get_by_text("Меню администратора")).to_have_count(0)


@pytest.mark.requirement("ISSA-029", "ISSA-030", "ADM-018")
def test_an_administrator_closes_and_opens_a_selection(served: Served, signed_in: SignedIn) -> None:
    admin = served.world.line(client_kind="organisation")
    for _ in range(24):
        served.world.line(account_id=admin.account_id)
    granted(served, admin, role="administrator", over="account", over_id=admin.account_id)
    page = signed_in(admin, "/lines")
    page.get_by_role("button", name="Отметить все на странице").click()
    expect(page.get_by_text("Выбрано 20 номеров")).to_be_visible()
    page.get_by_role("button", name="Показать ещё").click()
    expect(page.locator("#lines > li")).to_have_count(4)
    page.locator("#lines input[type=checkbox]").first.check()
    expect(page.get_by_text("Выбран 21 номер")).to_be_visible()
    page.get_by_role("button", name="Закрыть кабинеты").click()
    expect(page.get_by_text("Закрыто кабинетов: 21, без изменений: 0.")).to_be_visible()
    expect(page.locator("#lines").get_by_text("кабинет закрыт")).to_have_count(1)
    page.get_by_role("button", name="Назад", exact=True).click()
    expect(page.locator("#lines").get_by_text("кабинет закрыт")).to_have_count(20)
    page.get_by_role("button", name="Отметить все на странице").click()
    page.get_by_role("button", name="Открыть кабинеты").click()
    expect(page.get_by_text("Открыто кабинетов: 20, без изменений: 0.")).to_be_visible()
    with served.db.snapshot() as session:
        mine = session.exec(select(Line.access).where(Line.account_id == admin.account_id)).all()
    assert sorted(mine) == ["closed_by_organisation"] + ["open"] * 24


def test_another_own_number_is_added_by_its_code(served: Served, signed_in: SignedIn) -> None:
    mine = served.world.line()
    second = served.world.line(account_id=mine.account_id)
    page = signed_in(mine, "/lines")
    page.get_by_label("Ваш другой номер").fill("29 12")
    page.get_by_role("button", name="Отправить код").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.get_by_label("Ваш другой номер").fill(str(second.msisdn))
    page.get_by_role("button", name="Отправить код").click()
    at(page, "/lines/own")
    expect(page.get_by_text(f"Код отправлен на {shown(served, second)}.")).to_be_visible()
    page.locator("[name=code]").fill(served.code(second.msisdn or ""))
    at(page, "/lines?done=1")
    page.get_by_role("button", name=f"Перейти к {shown(served, second)}").click()
    at(page, "/home")
    expect(page.locator("#acting")).to_contain_text("Вы работаете со своим номером")


@pytest.mark.security("S-20", "asvs_8_3_2")
def test_a_right_taken_back_shuts_the_page_without_a_click(
    served: Served, signed_in: SignedIn, new_context: NewContext
) -> None:
    owner, friend = served.world.line(), served.world.line()
    granted(served, friend, over_id=owner.id)
    page = signed_in(friend, "/lines")
    page.get_by_role("button", name=f"Перейти к {shown(served, owner)}").click()
    at(page, "/home")
    mine = signed_in(owner, "/settings/delegation")
    expect(mine.locator("#delegates")).to_contain_text(shown(served, friend))
    mine.get_by_role("button", name=f"Отозвать доступ {shown(served, friend)}").click()
    expect(mine.get_by_text("Больше никто")).to_be_visible()
    arrived(page, "/delegation/over")
    expect(page.get_by_role("heading", name="Доступ закончился")).to_be_visible()
