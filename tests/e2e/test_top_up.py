"""Topping up by card on a phone: through the bank's page, a process of its own, with good luck and with bad."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.payments.dispute.tables import PaymentDispute
from selfcare_app.subscribers.tables import Line
from tests.bank import Bank
from tests.browser import Complaints, SignedIn, go, hydrated
from tests.security.desk import clerk
from tests.served import Serve, Served, free_port

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A demonstration with a bank of its own."""
    folder = str(tmp_path_factory.mktemp("bank"))
    bank = {"SELFCARE_ACQUIRER_PORT": str(free_port()), "SELFCARE_ACQUIRER_FOLDER": folder, "SELFCARE_CARD_SHOP": ""}
    return serve(SELFCARE_DEMO="1", **bank)


@pytest.fixture(scope="module")
def bank(served: Served) -> Iterator[Bank]:
    one = Bank(served)
    one.open()
    yield one
    one.close()


@pytest.fixture(autouse=True)
def elsewhere(complaints: Complaints, bank: Bank) -> None:
    """The bank's page is another origin, and meant to be."""
    complaints.expect(re.escape(f"outside: {bank.url}"))


def held(served: Served, line: Line) -> int:
    with served.db.snapshot() as session:
        return balance.of_account(session, line.account_id).minor


def at_the_bank(page: Page, bank: Bank, amount: str) -> None:
    page.locator("#amount").fill(amount)
    page.get_by_role("button", name="Перейти к оплате").click()
    page.wait_for_url(f"{bank.url}/pay/*")


@pytest.mark.requirement("ISSA-063")
def test_from_the_bottom_bar_through_the_bank_to_the_balance(served: Served, signed_in: SignedIn, bank: Bank) -> None:
    line = served.world.line()
    page = signed_in(line, "/home")
    hydrated(page)
    page.get_by_role("navigation").last.get_by_role("link", name="Пополнить").click()
    page.wait_for_url("**/top-up")
    page.get_by_role("group", name="Частые суммы").get_by_role("button", name=re.compile("10,00")).click()
    expect(page.locator("#amount")).to_have_value("10")
    page.get_by_role("button", name="Перейти к оплате").click()
    page.wait_for_url(f"{bank.url}/pay/*")
    expect(page.locator("main")).to_contain_text("10,00")
    page.get_by_role("button", name="Оплатить", exact=True).click()
    page.wait_for_url("**/top-up/payment/*")
    expect(page.get_by_text("Счёт пополнен на 10,00")).to_be_visible()
    assert held(served, line) == 1_000
    page.locator("main").get_by_role("link", name="На главную").click()
    page.wait_for_url("**/home")
    expect(page.locator("main")).to_contain_text("10,00")


@pytest.mark.security("R11")
def test_a_lost_word_of_the_bank_is_found_and_the_page_says_so_by_itself(
    served: Served, signed_in: SignedIn, bank: Bank
) -> None:
    line = served.world.line()
    page = signed_in(line, "/top-up")
    hydrated(page)
    at_the_bank(page, bank, "5,50")
    page.get_by_role("button", name="Оплатить и не сообщать").click()
    page.wait_for_url("**/top-up/payment/*")
    expect(page.get_by_text("Ждём подтверждения банка")).to_be_visible()
    assert held(served, line) == 0
    served.advance(301)
    expect(page.get_by_text("Счёт пополнен на 5,50")).to_be_visible()
    assert held(served, line) == 550


def test_a_declined_card_and_the_way_back_without_paying(served: Served, signed_in: SignedIn, bank: Bank) -> None:
    line = served.world.line()
    page = signed_in(line, "/top-up")
    hydrated(page)
    at_the_bank(page, bank, "7")
    page.get_by_role("link", name="Уйти без оплаты").click()
    page.wait_for_url("**/top-up/payment/*")
    expect(page.get_by_text("Ждём подтверждения банка")).to_be_visible()
    go(page, "/top-up")
    unfinished = page.get_by_role("heading", name="Незавершённые оплаты").locator("..").get_by_role("link")
    expect(unfinished).to_contain_text("7,00")
    unfinished.click()
    page.get_by_role("link", name="Перейти к оплате").click()
    page.wait_for_url(f"{bank.url}/pay/*")
    page.get_by_role("button", name="Отказать").click()
    page.wait_for_url("**/top-up/payment/*")
    expect(page.get_by_text("Банк не провёл оплату")).to_be_visible()
    assert held(served, line) == 0


def test_what_is_typed_wrong_is_told_at_its_field(served: Served, signed_in: SignedIn) -> None:
    page = signed_in(served.world.line(), "/top-up")
    hydrated(page)
    for typed, said in (("0,99", "Наименьшая сумма"), ("500,01", "Наибольшая сумма"), ("10 рублей", "цифрами")):
        page.locator("#amount").fill(typed)
        page.get_by_role("button", name="Перейти к оплате").click()
        expect(page.locator("#error-summary")).to_contain_text(said)
    go(page, "/top-up/payment/00000000-0000-7000-8000-000000000000")
    expect(page.get_by_text("Такой оплаты нет")).to_be_visible()


@pytest.mark.security("R11")
def test_a_bank_that_is_away_opens_by_itself_when_it_is_back(served: Served, signed_in: SignedIn, bank: Bank) -> None:
    page = signed_in(served.world.line(), "/top-up")
    hydrated(page)
    bank.close()
    page.locator("#amount").fill("3")
    page.get_by_role("button", name="Перейти к оплате").click()
    expect(page.get_by_text("Открываем страницу банка")).to_be_visible()
    bank.open()
    page.wait_for_url(f"{bank.url}/pay/*", timeout=60_000)


@pytest.mark.requirement("ISSA-063")
@pytest.mark.security("R11")
def test_a_kept_card_tops_up_by_itself_until_it_is_turned_off(served: Served, signed_in: SignedIn, bank: Bank) -> None:
    line = served.world.line()
    page = signed_in(line, "/top-up")
    hydrated(page)
    page.get_by_role("link", name="Автопополнение").click()
    page.wait_for_url("**/top-up/automatic")
    for name, value in (("threshold", "5"), ("amount", "10"), ("month", "20")):
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button", name="Продолжить").click()
    page.wait_for_url("**/top-up/automatic/review/*")
    expect(page.locator("main")).to_contain_text("оплата 10,00")
    page.get_by_role("link", name="Продолжить").click()
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.locator("#code").fill(served.code(line.msisdn or ""))
    page.wait_for_url("**/top-up/payment/*")
    page.get_by_role("link", name="Перейти к оплате").click()
    page.wait_for_url(f"{bank.url}/pay/*")
    page.get_by_role("button", name="Оплатить", exact=True).click()
    page.wait_for_url("**/top-up/payment/*")
    expect(page.get_by_text("Счёт пополнен на 10,00")).to_be_visible()
    leg = Leg(("subscriber", line.account_id), ("revenue", "fee"), Money(600, served.profile.currency), "fee")
    with served.db.transaction() as session:
        post(session, System("test"), kind="fee", key=str(line.id), legs=[leg], now=served.now)
    until = time.monotonic() + 30
    while held(served, line) != 1_400:
        assert time.monotonic() < until
        time.sleep(0.05)
    go(page, "/top-up/automatic")
    expect(page.locator("#last")).to_contain_text("Счёт пополнен на 10,00")
    expect(page.get_by_text("•••• 4242")).to_be_visible()
    page.get_by_role("button", name="Отключить автопополнение").click()
    expect(page.get_by_role("heading", name="Включить автопополнение")).to_be_visible()


@pytest.mark.security("asvs_2_3_5", "R11")
def test_two_employees_credit_what_the_bank_told_at_the_desk(served: Served) -> None:
    line = served.world.line()
    facts = {"asked_minor": 1_000, "told_minor": 990, "currency": served.profile.currency}
    with served.db.transaction() as session:
        session.add(
            PaymentDispute(
                id=new_id(), of_id=new_id(), line_id=line.id, account_id=line.account_id, way="bank_card",
                acquirer="bepaid", transaction_id="t-990", told_currency=served.profile.currency, told_at=served.now,
                **facts,
            )
        )  # fmt: skip
    first, second = clerk(served, "", "refunds"), clerk(served, "", "confirm")
    assert second.get("/desk/disputes").status_code == 403
    shown = first.get("/desk/disputes")
    assert shown.status_code == 200 and "t-990" in shown.text
    (dispute,) = set(re.findall(r'name="?dispute"? value="([0-9a-f-]+)"', shown.text))
    asked = first.post("/desk/disputes", dispute=dispute, reason="", act="accept")
    assert asked.headers["location"].endswith("/desk/disputes?done=accept")
    (request,) = set(re.findall(r'name="?request"? value="([0-9a-f-]+)"', second.get("/desk/requests").text))
    assert held(served, line) == 0
    second.post("/desk/requests", request=request, act="confirm")
    assert held(served, line) == 990
    assert first.post("/desk/disputes", dispute="x", reason="", act="close").status_code == 409
