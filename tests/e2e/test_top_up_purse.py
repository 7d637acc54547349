"""Topping up another's number from a WebMoney purse: the choice, the page that leads there, the answer (AS-062, AS-063)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from selfcare_app.ledger import balance
from tests.bank import Bank
from tests.browser import Complaints, SignedIn, hydrated
from tests.served import Serve, Served, free_port

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A demonstration of the operator that has purses."""
    folder = str(tmp_path_factory.mktemp("bank"))
    bank = {"SELFCARE_ACQUIRER_PORT": str(free_port()), "SELFCARE_ACQUIRER_FOLDER": folder, "SELFCARE_CARD_SHOP": ""}
    return serve(operator="assa", SELFCARE_DEMO="1", **bank)


@pytest.fixture(scope="module")
def bank(served: Served) -> Iterator[Bank]:
    one = Bank(served)
    one.open()
    yield one
    one.close()


@pytest.mark.requirement("AS-062", "AS-063")
def test_another_s_number_from_a_purse(served: Served, signed_in: SignedIn, bank: Bank, complaints: Complaints) -> None:
    complaints.expect(re.escape(f"outside: {bank.url}"))
    line, friend = served.world.line(), served.world.line()
    page = signed_in(line, "/top-up")
    hydrated(page)
    page.get_by_label("WebMoney").check()
    page.locator("#number").fill(f"+{friend.msisdn}")
    page.locator("#amount").fill("9,99")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#error-summary")).to_contain_text("10,00")
    page.locator("#amount").fill("10")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/top-up/payment/*")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/session/top-up/webmoney")
    page.locator("form button").click()
    page.wait_for_url(f"{bank.url}/webmoney")
    expect(page.locator("main")).to_contain_text("10.00")
    page.locator("form[action='/webmoney/pay'] button").click()
    page.wait_for_url("**/top-up/payment/*")
    expect(page.locator("main h2").first).to_contain_text("10,00")
    with served.db.snapshot() as session:
        assert balance.of_account(session, friend.account_id).minor == 1_000
        assert balance.of_account(session, line.account_id).minor == 0
