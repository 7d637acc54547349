"""Paying an instalment on a phone: what is left is seen, asked about once more, paid, and seen again."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.payments.instalment_tables import Instalment
from tests.browser import SignedIn, hydrated
from tests.served import Served

pytestmark = pytest.mark.browser


@pytest.mark.requirement("ISSA-056", "ISSA-057")
def test_the_next_payment_is_taken_from_the_balance(served: Served, signed_in: SignedIn) -> None:
    line = served.world.line()
    leg = Leg(("cash_in", "payment"), ("subscriber", line.account_id), Money(9_000, "BYN"), "payment")
    with served.db.transaction() as session:
        post(session, System("test"), kind="payment", key=str(line.id), legs=[leg], now=served.now)
        session.add(
            Instalment(
                id=new_id(), external_id=str(line.id), line_id=line.id, title="Xiaomi 14T", bought_on=date(2026, 1, 5),
                matures_on=date(2027, 1, 5), next_on=date(2026, 12, 5), payments=12, monthly_minor=6_000,
                rest_minor=11_500, as_of=served.now - timedelta(days=1),
            )
        )  # fmt: skip
    page = signed_in(line, "/instalments")
    hydrated(page)
    expect(page.locator("main")).to_contain_text("2 из 12")
    page.get_by_role("button", name="Погасить всё: 115,00 BYN").click()
    page.get_by_role("button", name="Да, списать").click()
    expect(page.locator("main")).to_contain_text("не хватает 25,00 BYN")
    page.get_by_role("button", name="Внести платёж 60,00 BYN").click()
    page.get_by_role("button", name="Не сейчас").click()
    page.get_by_role("button", name="Внести платёж 60,00 BYN").click()
    page.get_by_role("button", name="Да, списать").dblclick()
    expect(page.locator("main")).to_contain_text("1 из 12")
    expect(page.locator("main")).to_contain_text("55,00 BYN")
    with served.db.snapshot() as session:
        assert balance.of_account(session, line.account_id).minor == 3_000
