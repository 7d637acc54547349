"""Changing the number on a phone, from the mask to signing in with the new one, with good luck and with bad."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from selfcare_app.access.tables import WebSession
from selfcare_app.db import Database
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.numbers import hold
from selfcare_app.numbers.rules import State, category_of, index_of
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.orders.tables import Order
from selfcare_app.subscribers.tables import Line
from tests.browser import Complaints, SignedIn, hydrated
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

NUMBERS = [f"37529170{at:04d}" for at in range(0, 1000, 7)] + [f"375296{at:06d}" for at in range(777_000, 777_040)]


def fill(served: Served) -> None:
    rule = served.profile.number_change
    assert rule is not None
    with served.db.transaction() as session:
        session.add_all(
            PoolNumber(number=int(number), category=index_of(rule, category_of(number)) or 0) for number in NUMBERS
        )


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A server whose pool is filled before it starts."""
    return serve(seed=fill)


def customer(served: Served, paid: int = 100_000) -> Line:
    line = served.world.line()
    leg = Leg(("cash_in", "payment"), ("subscriber", line.account_id), Money(paid, "BYN"), "payment")
    with served.db.transaction() as session:
        post(session, System("test"), kind="payment", key=str(line.id), legs=[leg], now=served.now)
    return line


def line_now(served: Served, line: Line) -> Line:
    with served.db.snapshot() as session:
        found = session.get_one(Line, line.id)
        session.expunge(found)
        return found


def orders(db: Database, line: Line) -> list[Order]:
    with db.snapshot() as session:
        found = list(session.exec(select(Order).where(Order.line_id == line.id)).all())
        session.expunge_all()
        return found


def told(served: Served, msisdn: str | None, key: str) -> int:
    return sum(each.content["key"] == key for each in served.messages(msisdn or ""))


def found_by_mask(page: Page, mask: str) -> None:
    page.get_by_role("button", name="По маске").click()
    page.locator("input#mask").fill(mask)
    page.get_by_role("button", name="Найти номера").click()
    page.wait_for_selector("#results")


def at_the_code(page: Page, served: Served, line: Line, at: int = 0) -> str:
    """Chooses the number in that place of a list and goes to where its code is typed; gives the number."""
    page.wait_for_selector("#results li")
    page.locator("#results li button").nth(at).click()
    page.get_by_role("button", name=re.compile("Продолжить с номером")).click()
    page.wait_for_url("**/number/review/*")
    page.get_by_role("link", name="Продолжить", exact=True).click()
    page.wait_for_url("**/number/code/*")
    number = re.sub(r"\D", "", page.get_by_text("Новый номер +375").inner_text())[:12]
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.get_by_label("SMS код").wait_for()
    return number


def ordered(page: Page, served: Served, line: Line, at: int = 0) -> str:
    number = at_the_code(page, served, line, at)
    page.get_by_label("SMS код").fill(served.code(line.msisdn or ""))
    page.wait_for_url("**/orders/*")
    expect(page.get_by_text("Заявка принята")).to_be_visible()
    return number


@pytest.mark.requirement("ISSA-091", "ISSA-092", "ISSA-093", "ISSA-040")
def test_from_the_mask_to_the_new_number(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    old = line.msisdn
    page = signed_in(line, "/number")
    found_by_mask(page, "296 777 %7")
    first = page.locator("#results li").first
    expect(first).to_contain_text("+375 29 677-70-07")
    assert re.sub(r"\D", "", "".join(first.locator("strong").all_inner_texts())) == "2967777"
    expect(first).to_contain_text("BYN")
    number = ordered(page, served, line)
    assert number == "375296777007"
    assert told(served, old, "numbers.sms.accepted") == 1
    expect(page.locator("main [role=timer]")).to_contain_text(re.compile("4:5|5:00"))
    assert line_now(served, line).msisdn == old
    served.advance(301)
    page.reload()
    # Carried out or just being carried out: the page says so by itself.
    expect(page.get_by_text("Ваш номер теперь +375 29 677-70-07")).to_be_visible(timeout=15_000)
    assert line_now(served, line).msisdn == number
    assert (told(served, number, "numbers.sms.done"), told(served, old, "numbers.sms.done_old")) == (1, 1)
    page.goto("/personal")
    hydrated(page)
    expect(page.locator("main")).to_contain_text("+375 29 677-70-07")
    with served.db.snapshot() as session:
        assert session.get_one(PoolNumber, int(number)).state == State.ASSIGNED


@pytest.mark.requirement("ISSA-091")
def test_the_page_follows_the_worker_without_being_touched(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/number")
    page.clock.install()
    page.reload()
    ordered(page, served, line, at=3)
    served.advance(302)
    page.clock.fast_forward("05:02")
    expect(page.get_by_text("Ваш номер теперь")).to_be_visible(timeout=15_000)


@pytest.mark.security("S-12")
def test_a_double_click_is_one_order_and_one_message(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/number")
    at_the_code(page, served, line, at=5)
    page.get_by_label("SMS код").fill(served.code(line.msisdn or "")[:-1])
    page.get_by_label("SMS код").press("End")
    page.keyboard.type(served.code(line.msisdn or "")[-1])
    page.get_by_role("button", name="Подтвердить").dblclick(no_wait_after=True, force=True)
    page.wait_for_url("**/orders/*")
    assert len(orders(served.db, line)) == 1
    assert told(served, line.msisdn, "numbers.sms.accepted") == 1


@pytest.mark.security("S-12", "S-09")
def test_a_line_that_is_cut_in_the_middle_of_a_confirmation_loses_nothing(
    served: Served, signed_in: SignedIn, complaints: Complaints
) -> None:
    complaints.expect("ERR_FAILED|ERR_CONNECTION")
    line = customer(served)
    page = signed_in(line, "/number")
    at_the_code(page, served, line, at=7)
    cut = []

    def answer_is_lost(route: Route) -> None:
        if cut:
            route.continue_()
            return
        cut.append(route.fetch(max_redirects=0).status)
        route.abort()

    page.route("**/session/code/prove", answer_is_lost)
    page.get_by_label("SMS код").fill(served.code(line.msisdn or ""))
    expect(page.locator("#error-summary")).to_be_visible()
    assert cut == [303]
    assert len(orders(served.db, line)) == 1
    page.get_by_role("button", name="Подтвердить").click()
    page.wait_for_url("**/orders/*")
    expect(page.get_by_text("Заявка принята")).to_be_visible()
    assert len(orders(served.db, line)) == 1
    assert told(served, line.msisdn, "numbers.sms.accepted") == 1


@pytest.mark.security("S-18")
def test_back_after_the_result_lands_on_the_result(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/number")
    ordered(page, served, line, at=9)
    result = page.url
    page.go_back()
    page.wait_for_url(result)
    expect(page.get_by_text("Заявка принята")).to_be_visible()


def test_an_order_is_taken_back_and_the_number_is_free_again(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/number")
    number = ordered(page, served, line, at=11)
    page.get_by_role("button", name="Отозвать заявку").click()
    page.get_by_role("button", name="Да, отозвать").click()
    expect(page.get_by_text("Вы отозвали заявку")).to_be_visible()
    with served.db.snapshot() as session:
        assert session.get_one(PoolNumber, int(number)).state == State.FREE
    assert [each.state for each in orders(served.db, line)] == ["withdrawn"]


def holder(served: Served) -> Subscriber:
    """Somebody else in a session."""
    line = served.world.line()
    with served.db.transaction() as session:
        now = served.now
        row = WebSession(
            id=new_id(),
            token_digest=str(new_id()),
            line_id=line.id,
            method="password",
            created_at=now,
            seen_at=now,
            idle_until=now + timedelta(hours=1),
            absolute_until=now + timedelta(hours=1),
        )
        session.add(row)
        session.flush()
        return Subscriber(line.id, row.id)


def test_a_number_that_another_takes_while_one_looks_at_it(served: Served, signed_in: SignedIn) -> None:
    page = signed_in(customer(served), "/number")
    found_by_mask(page, "29 170 %")
    first = page.locator("#results li").first
    number = re.sub(r"\D", "", first.locator("p").first.inner_text())
    second = page.locator("#results li").nth(1).locator("p").first.inner_text()
    faster = holder(served)
    with served.db.transaction() as session:
        hold.hold(session, faster, number=number, now=served.now)
    first.get_by_role("button").click()
    expect(page.locator("#refused")).to_contain_text("только что заняли")
    expect(page.locator("#results li").first).to_contain_text(second)


def test_a_mask_that_finds_nothing_says_what_to_loosen(served: Served, signed_in: SignedIn) -> None:
    page = signed_in(customer(served), "/number")
    found_by_mask(page, "29 199 99 99")
    expect(page.locator("#results")).to_contain_text("Таких свободных номеров сейчас нет")
    expect(page.locator("#results")).to_contain_text("Оставьте меньше цифр")
    assert page.locator("input#mask").input_value() == "291999999"


@pytest.mark.requirement("ISSA-092")
def test_cells_and_the_typed_mask_are_the_same_thing(served: Served, signed_in: SignedIn) -> None:
    page = signed_in(customer(served), "/number")
    page.get_by_role("button", name="По маске").click()
    cells = page.locator("fieldset input")
    for at, digit in ((0, "2"), (1, "9"), (2, "6"), (8, "7")):
        cells.nth(at).click()
        page.keyboard.type(digit)
    expect(page.locator("input#mask")).to_have_value("296%7")
    page.get_by_role("button", name="Найти номера").click()
    expect(page.locator("#results li").first).to_contain_text(re.compile(r"\+375 29 677-7\d-\d7"))


@pytest.mark.security("S-18")
def test_two_tabs_choose_two_numbers_and_one_becomes_the_order(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/number")
    other = page.context.new_page()
    other.goto("/number")
    hydrated(other)
    at_the_code(page, served, line, at=2)
    other.wait_for_selector("#results li")
    other.locator("#results li button").nth(4).click()
    other.get_by_role("button", name=re.compile("Продолжить с номером")).nth(1).click()
    other.wait_for_url("**/number/review/*")
    page.get_by_label("SMS код").fill(served.code(line.msisdn or ""))
    page.wait_for_url("**/orders/*")
    other.reload()
    expect(other.get_by_text("У вас уже есть такая заявка")).to_be_visible()
    expect(other.get_by_role("link", name="Продолжить", exact=True)).to_have_count(0)
    assert len(orders(served.db, line)) == 1
