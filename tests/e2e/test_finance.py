"""Money on a phone: a card, a promised payment, the history, and a wrong payment on its way back."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.ledger.opening import Opening, post_openings
from selfcare_app.payments import load as payments_load
from selfcare_app.payments.promise.tables import PromisedPayment
from selfcare_app.payments.voucher import load
from selfcare_app.subscribers.tables import Account, Line
from tests.browser import Complaints, NewContext, SignedIn
from tests.e2e.test_desk import opened
from tests.judge import axe, eyes, hands
from tests.served import Served

pytestmark = pytest.mark.browser

IMPORT = System("import")


def customer(served: Served, has: int = 1_000, **columns: object) -> Line:
    line = served.world.line(**columns)
    with served.db.transaction() as session:
        session.get_one(Account, line.account_id).balance_as_of = served.now - timedelta(days=60)
        opening = Opening(line.account_id, Money(has, "BYN"))
        post_openings(session, IMPORT, openings=[opening], now=served.now - timedelta(days=60))
    return line


def card(served: Served, code: str, value: int = 1_500) -> None:
    with served.db.transaction() as session:
        expires = served.now + timedelta(days=99)
        row = {"code": code, "batch": "A1", "value_minor": value, "expires_at": expires, "state": "active"}
        load.vouchers(session, IMPORT, rows=[row], now=served.now)


def paid(served: Served, line: Line, minor: int, days: float) -> None:
    with served.db.transaction() as session:
        account = session.get_one(Account, line.account_id)
        row = {
            "external_id": f"P-{line.no}-{minor}", "account_id": account.external_id, "amount_minor": minor,
            "paid_at": served.now - timedelta(days=days), "currency": "BYN", "channel": "erip",
        }  # fmt: skip
        payments_load.payments(session, IMPORT, rows=[row], now=served.now)


def has(served: Served, line: Line) -> int:
    with served.db.snapshot() as session:
        return balance.of_account(session, line.account_id).minor


def told(served: Served, line: Line) -> list[str]:
    return [each.content["key"] for each in served.messages(line.msisdn or "")]


@pytest.mark.requirement("ISSA-064")
def test_a_card_is_typed_as_it_is_printed_and_the_money_is_there(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    card(served, "20261118123456")
    page = signed_in(line, "/top-up/voucher")
    page.get_by_label("Код карты").fill("2026 1118 12345")
    page.get_by_role("button", name="Пополнить счёт").click()
    expect(page.locator("#error-summary")).to_contain_text("В коде 14 цифр")
    page.get_by_label("Код карты").fill("2026 1118 123457")
    page.get_by_role("button", name="Пополнить счёт").click()
    expect(page.locator("#error-summary")).to_contain_text("Осталось попыток: 4")
    expect(page.get_by_label("Код карты")).to_have_value("2026 1118 123457")
    page.get_by_label("Код карты").fill("2026-1118-1234-56")
    page.get_by_role("button", name="Пополнить счёт").click()
    page.wait_for_url("**/top-up/voucher/done/*")
    expect(page.get_by_role("heading", name="Зачислено 15,00 BYN")).to_be_visible()
    expect(page.get_by_text("Теперь на счёте 25,00 BYN.")).to_be_visible()
    assert (has(served, line), told(served, line)) == (2_500, ["voucher.sms.paid_in"])
    page.goto("/payments")
    expect(page.get_by_text("Карта экспресс-оплаты")).to_be_visible()


@pytest.mark.requirement("ISSA-059", "ISSA-060", "ISSA-061", "ISSA-062")
def test_a_payment_is_promised_refused_and_confirmed(served: Served, signed_in: SignedIn) -> None:
    line = customer(served, has=10)
    page = signed_in(line, "/promised-payment")
    expect(page.get_by_text("Зарегистрированных платежей нет")).to_be_visible()
    page.get_by_role("link", name="Зарегистрировать оплату").click()
    page.get_by_label("Сумма").fill("3,01")
    page.get_by_role("button", name="Далее").click()
    expect(page.locator("#error-summary")).to_contain_text("не больше 3,00 BYN")
    page.get_by_label("Сумма").fill("3")
    page.get_by_role("button", name="Далее").click()
    page.wait_for_url("**/promised-payment/review/*")
    expect(page.get_by_text("3,00 BYN появится на счёте сразу")).to_be_visible()
    review = page.url
    page.get_by_role("link", name="Отказаться").click()
    expect(page.get_by_text("Зарегистрированных платежей нет")).to_be_visible()
    assert has(served, line) == 10
    page.goto(review)
    page.get_by_role("button", name="Подтвердить").click()
    page.wait_for_url("**/promised-payment?done=1")
    expect(page.locator("#promises")).to_contain_text("Ждёт оплаты")
    expect(page.get_by_text("Платёж уже зарегистрирован.")).to_be_visible()
    assert has(served, line) == 310
    with served.db.snapshot() as session:
        assert len(session.exec(select(PromisedPayment).where(PromisedPayment.line_id == line.id)).all()) == 1
    page.goto(review)
    page.wait_for_url("**/promised-payment")


@pytest.mark.requirement("ISSA-055", "ISSA-058")
def test_the_history_shows_a_month_its_total_and_what_is_owed(served: Served, signed_in: SignedIn) -> None:
    line = customer(served, has=-2_000)
    paid(served, line, 1_200, 0)
    paid(served, line, 300, 0)
    page = signed_in(line, "/payments")
    expect(page.locator("#debt")).to_contain_text("Долг 5,00 BYN")
    expect(page.locator("#total")).to_contain_text("2 платежа")
    expect(page.locator("#total")).to_contain_text("Всего 15,00 BYN")
    months = page.get_by_role("group", name="Месяц").get_by_role("button")
    expect(months).to_have_count(3)
    months.nth(2).click()
    expect(page.get_by_text("За это время платежей не было")).to_be_visible()
    expect(months.nth(2)).to_have_attribute("aria-pressed", "true")


@pytest.mark.requirement("ISSA-065", "ISSA-070", "ISSA-071")
@pytest.mark.security("asvs_2_3_5")
def test_a_wrong_payment_is_applied_for_and_returned_by_two_employees(
    served: Served, signed_in: SignedIn, new_context: NewContext, complaints: Complaints
) -> None:
    complaints.expect(r"status of 4\d\d")
    mine = customer(served, has=0)
    number = mine.msisdn or ""
    wrong = customer(served, has=0, msisdn=f"{number[:-1]}{(int(number[-1]) + 5) % 10}")
    paid(served, wrong, 2_000, 1)
    page = signed_in(mine, "/refund")
    expect(page.get_by_text("Сохраняйте чек до зачисления платежа.")).to_be_visible()
    page.get_by_role("link", name="Подать заявку").click()
    applied(page, served, wrong.msisdn or "")
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.get_by_label("SMS код").fill(served.code(number))
    page.wait_for_url("**/refund?done=1")
    expect(page.locator("#applications")).to_contain_text("Рассматривается.")
    narrow = opened(served, new_context, "/desk/returns", duties=("refunds",), viewport={"width": 320, "height": 640})
    narrow.locator("summary").click()
    faults = [*axe.findings(narrow), *eyes.too_wide(narrow), *eyes.too_small(narrow), *hands.unreachable(narrow)]
    assert faults == []
    first = opened(served, new_context, "/desk/returns", duties=("refunds",))
    first.get_by_role("button", name="Попросить вернуть").click()
    expect(first.get_by_role("status")).to_have_text("Запрос отправлен. Возврат подтвердит другой сотрудник.")
    assert has(served, mine) == 0
    second = opened(served, new_context, "/desk/requests", duties=("confirm",))
    expect(second.get_by_role("link", name="Возвраты платежей")).to_have_count(0)
    expect(second.get_by_text("20.00 BYN")).to_be_visible()
    asked = second.locator("section").filter(has_text="20.00 BYN")
    asked.get_by_role("button", name="Подтвердить").click()
    expect(second.get_by_role("status")).to_have_text("Подтверждено и выполнено.")
    assert (has(served, mine), has(served, wrong)) == (2_000, 0)
    assert told(served, mine)[-1] == "refund.sms.accepted"
    page.goto("/refund")
    expect(page.locator("#applications")).to_contain_text("Деньги возвращены на ваш счёт.")
    second.goto("/desk/returns")
    expect(second.get_by_role("alert")).to_contain_text("не входит в ваши обязанности")


def applied(page: Page, served: Served, number: str) -> None:
    """What is typed: first wrong in every field, then right; to where the code is asked for."""
    page.get_by_label("Номер, на который ушли деньги").fill("80331234567")
    page.get_by_label("Сумма платежа").fill("30,01")
    page.get_by_label("День оплаты").fill((served.now - timedelta(days=16)).date().isoformat())
    page.get_by_role("button", name="Далее").click()
    expect(page.locator("#error-summary li")).to_have_count(3)
    page.get_by_label("Номер, на который ушли деньги").fill(f"+{number}")
    page.get_by_label("Сумма платежа").fill("20")
    page.get_by_label("День оплаты").fill((served.now - timedelta(days=1)).date().isoformat())
    page.get_by_role("button", name="Далее").click()
    page.wait_for_url("**/refund/review/*")
    expect(page.get_by_text(re.compile("Ответим не позже"))).to_be_visible()
    page.get_by_role("link", name="Продолжить").click()
    page.wait_for_url("**/refund/code/*")
