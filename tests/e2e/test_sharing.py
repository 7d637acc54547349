"""Giving money on a phone: once with a slip on the way, then every month, switched off again; and from the other side."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.payments.transfer_tables import TransferSchedule
from selfcare_app.subscribers.tables import Line
from tests.browser import SignedIn, hydrated
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """An operator whose balances can be shared once and regularly."""
    return serve(operator="ihelper")


def rich(served: Served, paid: int = 10_000) -> Line:
    line = served.world.line()
    leg = Leg(("cash_in", "payment"), ("subscriber", line.account_id), Money(paid, "BYN"), "payment")
    with served.db.transaction() as session:
        post(session, System("test"), kind="payment", key=str(line.id), legs=[leg], now=served.now)
    return line


def has(served: Served, line: Line) -> int:
    with served.db.snapshot() as session:
        return balance.of_account(session, line.account_id).minor


@pytest.mark.requirement("IH-033", "IH-034", "IH-035")
def test_once_and_then_every_month(served: Served, signed_in: SignedIn) -> None:
    anna, boris = rich(served), served.world.line()
    page = signed_in(anna, "/transfer")
    hydrated(page)
    expect(page.get_by_text("Регулярных пополнений пока нет")).to_be_visible()
    page.get_by_label("Номер получателя").fill(anna.msisdn or "")
    page.get_by_label("Сумма").fill("12,5")
    page.get_by_role("button", name="Продолжить").click()
    expect(page.locator("#error-summary")).to_contain_text("Это ваш номер")
    expect(page.get_by_label("Сумма")).to_have_value("12,5")
    page.get_by_label("Номер получателя").fill(boris.msisdn or "")
    page.get_by_role("button", name="Продолжить").click()
    page.wait_for_url("**/transfer/review/*")
    expect(page.locator("main")).to_contain_text("12,50 BYN")
    page.get_by_role("link", name="Продолжить", exact=True).click()
    page.wait_for_url("**/transfer/code/*")
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.get_by_label("SMS код").fill(served.code(anna.msisdn or ""))
    page.wait_for_url("**/transfer/done/*")
    expect(page.get_by_text("Вы перевели 12,50 BYN")).to_be_visible()
    assert (has(served, anna), has(served, boris)) == (8_750, 1_250)
    # Back at the check the draft is done; nothing is sent again.
    page.go_back()
    page.wait_for_url("**/transfer/done/*")
    assert has(served, boris) == 1_250

    page.goto("/transfer")
    hydrated(page)
    expect(page.locator("#history")).to_contain_text("Вы перевели")
    page.get_by_label("Номер получателя").fill(boris.msisdn or "")
    page.get_by_label("Сумма").fill("5")
    page.get_by_label("Как часто").select_option("monthly")
    page.get_by_label("Число месяца").select_option("31")
    page.get_by_role("button", name="Продолжить").click()
    page.wait_for_url("**/transfer/review/*")
    expect(page.locator("main")).to_contain_text("Каждый месяц, в последний день")
    page.get_by_role("link", name="Продолжить", exact=True).click()
    page.wait_for_url("**/transfer/code/*")
    served.advance(181)
    page.reload()
    hydrated(page)
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.get_by_label("SMS код").fill(served.code(anna.msisdn or "", after=1))
    page.wait_for_url("**/transfer/done/*")
    expect(page.get_by_text("будем переводить регулярно")).to_be_visible()
    page.get_by_role("link", name="К переводам").click()
    page.wait_for_url("**/transfer")
    page.locator("#regular").get_by_role("button", name="Отключить").click()
    expect(page.locator("#regular")).to_contain_text("Отключённые")
    with served.db.snapshot() as session:
        (schedule,) = session.exec(select(TransferSchedule).where(TransferSchedule.line_id == anna.id)).all()
        assert schedule.stopped_at is not None

    theirs = signed_in(boris, "/transfer")
    hydrated(theirs)
    expect(theirs.locator("#history")).to_contain_text("Вам перевели")
