"""Home and personal information in a browser: what is there, what moves it, where it leads."""

import re

import pytest
from playwright.sync_api import Page, expect

from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.subscribers.tables import Line
from tests.browser import DESKTOP, Complaints, SignedIn
from tests.filled import People
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module")
def served(serve: Serve, people: People) -> Served:
    """Overrides the shared server: this one is filled."""
    return serve(seed=people)


def charge(served: Served, line: Line, minor: int, key: str) -> None:
    leg = Leg(("subscriber", line.account_id), ("revenue", "number_change"), Money(minor, "BYN"), "number_change")
    with served.db.transaction() as session:
        post(session, System("test"), kind="number_change", key=key, legs=[leg], now=served.now)


def section(page: Page, name: str) -> str:
    """What stands in the part of the page under a heading, with plain spaces."""
    part = page.locator("section").filter(has=page.get_by_role("heading", name=name, exact=True)).last
    return re.sub(r"\s+", " ", part.inner_text())


@pytest.mark.requirement("ISSA-047", "ISSA-049", "ISSA-053", "IH-009")
def test_home_answers_its_questions_without_a_tap(served: Served, people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.full)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ковалёва Анна Сергеевна")
    expect(page.get_by_text("+375 29 138-41-25")).to_be_visible()
    expect(page.get_by_text("Активный")).to_be_visible()
    expect(page.get_by_text("Лицевой счёт 102040005")).to_be_visible()
    assert "3 412,75 BYN" in section(page, "Баланс")
    assert "по данным на сегодня" in section(page, "Баланс")
    left = section(page, "Остаток по пакету")
    assert "312 мин из 500 мин" in left
    assert "86 сообщений из 100 сообщений" in left
    assert "2,71 ГБ из 20 ГБ" in left
    assert "24,30 BYN" in section(page, "Ближайшее списание")
    assert "Пополнение картой" in section(page, "Последние операции")


@pytest.mark.requirement("ISSA-038", "ISSA-039")
def test_it_says_how_fresh_balance_and_roaming_are(people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.full)
    expect(page.get_by_text(re.compile("когда данные о разговорах и платежах доходят до нас"))).to_be_visible()
    expect(page.get_by_text(re.compile("Стоимость роуминга появляется после отчёта"))).to_be_visible()


@pytest.mark.requirement("ISSA-047", "IH-008")
def test_the_menu_is_repeated_with_descriptions(people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.full, viewport=DESKTOP)
    menu = page.get_by_role("complementary")
    entry = menu.get_by_role("link", name=re.compile("^Дополнительная информация"))
    expect(entry).to_contain_text("Клиент, лицевой счет и начисления")
    entry.click()
    expect(page).to_have_url(re.compile("/personal/more$"))


@pytest.mark.requirement("ISSA-038")
def test_money_that_moves_is_seen_at_once_and_after_a_restart(
    served: Served, people: People, signed_in: SignedIn, complaints: Complaints
) -> None:
    complaints.expect(r"WebSocket connection to .* failed")
    page = signed_in(people.waiting)
    assert "200,00 BYN" in section(page, "Баланс")
    charge(served, people.waiting, 1_250, "once")
    page.reload()
    expect(page.get_by_text("187,50")).to_be_visible()
    assert "Смена номера" in section(page, "Последние операции")
    served.restart()
    page.reload()
    expect(page.get_by_text("187,50")).to_be_visible()


def test_what_waits_for_the_person_leads_there(people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.waiting)
    expect(page.get_by_text(re.compile("Смена номера будет выполнена: "))).to_be_visible()
    page.get_by_role("link", name="Посмотреть заявку").click()
    expect(page).to_have_url(re.compile("/orders/[0-9a-f-]{36}$"))


def test_an_empty_cabinet_says_what_would_be_here(people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.empty)
    expect(page.get_by_text("Для списания 1")).to_be_visible()
    expect(page.get_by_text("В вашем тарифе нет пакета")).to_be_visible()
    expect(page.get_by_text("Здесь появятся платежи и списания.")).to_be_visible()


def test_the_number_can_be_copied(served: Served, people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.full, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Скопировать номер").click()
    expect(page.get_by_text("Номер скопирован")).to_be_visible()
    page.wait_for_function(
        "number => navigator.clipboard.readText().then((text) => text === number)", arg=f"+{people.full.msisdn}"
    )


@pytest.mark.requirement("ISSA-049", "ISSA-050", "ISSA-051", "ISSA-052")
def test_personal_information_has_two_tabs_and_pin_puk_at_the_bottom(people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.full, "/personal")
    for label in ("ФИО", "Льготы по тарифному плану", "Метод взаиморасчетов", "Статус абонента"):
        expect(page.get_by_role("term").filter(has_text=label)).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="Комфорт M")).to_be_visible()
    expect(page.get_by_role("term").filter(has_text="Дата регистрации в кабинете")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Вкладки")
    tabs.get_by_role("link", name="Дополнительная информация").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Дополнительная информация")
    expect(page.get_by_role("definition").filter(has_text="C-551405")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="60 мин")).to_be_visible()
    page.go_back()
    expect(tabs.get_by_role("link", name="Основное")).to_have_attribute("aria-current", "page")
    page.get_by_role("main").get_by_role("link", name="PIN/PUK").click()
    expect(page).to_have_url(re.compile("/personal/sim$"))


def test_every_language_says_the_same_at_once(people: People, signed_in: SignedIn) -> None:
    page = signed_in(people.full)
    expect(page.get_by_role("heading", name="Остаток по пакету")).to_be_visible()
    page.get_by_label("Язык").first.select_option("en")
    expect(page.get_by_role("heading", name="Left in your package")).to_be_visible()
    assert "3,412.75 BYN" in section(page, "Balance")
