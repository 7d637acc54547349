"""Instalments: how a purchase stands, paying it from the balance, and what billing tells of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.access import delegation, halt
from selfcare_app.kit.actor import Acting, Staff, Subscriber
from selfcare_app.kit.bulk import Written
from selfcare_app.kit.ids import new_id
from selfcare_app.payments import instalment, instalment_load
from selfcare_app.payments.instalment_rules import due, left, next_on
from selfcare_app.payments.instalment_tables import Instalment
from selfcare_app.payments.instalment_views import InstalmentView
from selfcare_app.subscribers.tables import Account, Client, Line
from tests.payments_sharing.conftest import WORKER, Town, fault_of


@pytest.fixture
def operator() -> str:
    return "issa"


@dataclass(frozen=True)
class Wish:
    """What a page asks for."""

    instalment_id: UUID
    ticket: UUID
    shown_minor: int
    rest_minor: int
    whole: bool = False


def bought(town: Town, actor: Subscriber, *, rest: int = 25_000, monthly: int = 10_000, **columns: Any) -> UUID:
    """A phone of four payments, of which three are left: 100.00, 100.00 and 50.00."""
    instalment_id = new_id()
    values = {
        "id": instalment_id,
        "external_id": str(instalment_id),
        "line_id": actor.line_id,
        "title": "Xiaomi 14T",
        "bought_on": date(2026, 9, 30),
        "matures_on": date(2027, 1, 31),
        "next_on": date(2026, 11, 30),
        "payments": 4,
        "monthly_minor": monthly,
        "rest_minor": rest,
        "as_of": town.now - timedelta(days=1),
    }
    with town.db.transaction() as session:
        session.add(Instalment(**(values | columns)))
    return instalment_id


def seen(town: Town, actor: Subscriber) -> tuple[InstalmentView, ...]:
    return wiring.ask_now(instalment.read, actor, now=town.now)


def wish(town: Town, actor: Subscriber, *, whole: bool = False) -> Wish:
    """What a page that is shown now asks for."""
    (view,) = seen(town, actor)
    shown = view.rest if whole else view.upcoming
    return Wish(view.id, new_id(), shown.minor, view.rest.minor, whole)


def pay(town: Town, actor: Subscriber, wanted: Wish, now: datetime | None = None) -> Any:
    named = {name: getattr(wanted, name) for name in Wish.__dataclass_fields__}
    return wiring.do_now(instalment.pay, actor, **named, now=now or town.now)


@pytest.mark.requirement("ISSA-056", "ADM-024")
def test_a_purchase_tells_what_is_left_how_much_a_month_and_until_when(town: Town) -> None:
    anna = town.person()
    assert seen(town, anna) == ()
    bought(town, anna)
    (view,) = seen(town, anna)
    assert (view.left, view.payments, view.monthly.minor, view.rest.minor, view.upcoming.minor) == (
        3,
        4,
        10_000,
        25_000,
        10_000,
    )
    assert (view.next_on, view.matures_on, view.title) == (date(2026, 11, 30), date(2027, 1, 31), "Xiaomi 14T")


@pytest.mark.requirement("ISSA-057")
def test_payments_are_taken_one_by_one_and_the_last_is_what_is_left(town: Town) -> None:
    anna = town.person(paid=26_000)
    bought(town, anna)
    after = [pay(town, anna, wish(town, anna)).instalment for _ in range(3)]
    assert [(each.left, each.rest.minor, each.next_on) for each in after] == [
        (2, 15_000, date(2026, 12, 30)),
        (1, 5_000, date(2027, 1, 30)),
        (0, 0, None),
    ]
    assert town.balance(anna) == 1_000
    assert fault_of(pay, town, anna, wish(town, anna)) == "instalment.paid_off"
    assert len(town.messages()) == 3


@pytest.mark.requirement("ISSA-057")
def test_the_whole_rest_is_taken_if_it_is_there_to_the_last_unit(town: Town) -> None:
    anna = town.person(paid=24_999)
    bought(town, anna)
    assert fault_of(pay, town, anna, wish(town, anna, whole=True)) == "ledger.not_enough"
    assert (town.balance(anna), town.messages()) == (24_999, [])
    town.pay(town.line(anna), 1, key="one more")
    paid = pay(town, anna, wish(town, anna, whole=True))
    assert (paid.amount.minor, paid.instalment.left, town.balance(anna)) == (25_000, 0, 0)


def test_the_same_ticket_is_the_same_payment(town: Town) -> None:
    anna = town.person()
    first, other = bought(town, anna), bought(town, anna, title="Modem")
    wanted = Wish(first, new_id(), 10_000, 25_000)
    paid = pay(town, anna, wanted)
    assert pay(town, anna, wanted, town.now + timedelta(hours=1)) == paid
    assert fault_of(pay, town, anna, replace(wanted, instalment_id=other)) == "instalment.ticket_used"
    assert town.balance(anna) == 90_000


@pytest.mark.security("R4", "asvs_15_4_2")
def test_fifty_presses_and_fifty_pages_pay_once(any_town: Town) -> None:
    anna, boris = any_town.person(), any_town.person()
    bought(any_town, anna)
    bought(any_town, boris)
    one = wish(any_town, anna)
    pages = [wish(any_town, boris) for _ in range(50)]
    with ThreadPoolExecutor(16) as crowd:
        pressed = list(crowd.map(lambda each: fault_of(pay, any_town, anna, each), [one] * 50))
        opened = list(crowd.map(lambda each: fault_of(pay, any_town, boris, each), pages))
    assert pressed == [""] * 50
    assert sorted(opened) == ["", *["instalment.changed"] * 49]
    assert (any_town.balance(anna), any_town.balance(boris)) == (90_000, 90_000)


@pytest.mark.parametrize(
    "change", [{"shown_minor": 9_999}, {"shown_minor": 1}, {"shown_minor": -1}, {"rest_minor": 15_000}, {"whole": True}]
)
def test_what_was_not_shown_is_not_paid(town: Town, change: dict[str, Any]) -> None:
    anna = town.person()
    bought(town, anna)
    assert fault_of(pay, town, anna, replace(wish(town, anna), **change)) == "instalment.changed"
    assert town.balance(anna) == 100_000


@pytest.mark.security("asvs_8_2_2", "T18")
def test_nobody_else_pays_and_a_delegate_only_looks(town: Town) -> None:
    anna, boris = town.person(), town.person()
    bought(town, anna)
    wanted = wish(town, anna)
    assert fault_of(pay, town, boris, wanted) == "instalment.none"
    acting = replace(anna, acting=Acting(boris.line_id, "curator", "manage"))
    with town.db.snapshot() as session:
        (view,) = instalment.read(session, acting, now=town.now)
        assert not view.may_pay
        refused = fault_of(
            instalment.pay,
            session,
            acting,
            **{name: getattr(wanted, name) for name in Wish.__dataclass_fields__},
            now=town.now,
        )
    assert refused == "kit.own_only"


def test_what_was_stopped_pays_nothing(town: Town) -> None:
    anna = town.person()
    bought(town, anna)
    wanted = wish(town, anna)
    wiring.do_now(halt.stop, anna, now=town.now)
    assert fault_of(pay, town, anna, wanted) == "security.halted"


def test_where_the_operator_does_not_take_it_from_the_balance_it_is_only_shown(town: Town) -> None:
    anna = town.person()
    bought(town, anna)
    wanted = wish(town, anna)
    rule = town.profile.instalments
    assert rule is not None
    closed = town.profile.model_copy(update={"instalments": rule.model_copy(update={"self_write_off": False})})
    town.db.info["profile"] = closed
    assert [each.may_pay for each in seen(town, anna)] == [False]
    assert fault_of(pay, town, anna, wanted) == "instalment.not_offered"


@pytest.mark.requirement("ADM-010")
def test_the_administrator_sees_all_numbers_of_the_organisation_and_no_other(town: Town) -> None:
    keeper, stranger = town.person(client_kind="organisation"), town.person()
    line = town.line(keeper)
    second = town.world.line(account_id=line.account_id)
    for each in (keeper, town.world.session(second), stranger):
        bought(town, each)
    assert fault_of(wiring.ask_now, instalment.of_client, keeper, now=town.now) == "delegation.not_a_keeper"
    with town.db.transaction() as session:
        client_id = session.get_one(Client, session.get_one(Account, line.account_id).client_id).id
        clerk = Staff(new_id(), new_id(), "clerk")
        delegation.grant(session, clerk, delegate=session.get_one(Line, line.id), role="administrator", level="manage", over="client", over_id=client_id, now=town.now)  # fmt: skip
    found = wiring.ask_now(instalment.of_client, keeper, now=town.now)
    assert sorted(str(each.number) for each in found) == sorted([str(line.msisdn), str(second.msisdn)])
    assert not any(each.may_pay for each in found)


# What billing tells.


def told(town: Town, line: Line, **columns: Any) -> Written:
    row = {
        "external_id": "I1",
        "line_id": line.external_id,
        "title": "Xiaomi 14T",
        "bought_on": date(2026, 9, 30),
        "matures_on": date(2027, 1, 31),
        "next_on": date(2026, 11, 30),
        "payments": 4,
        "monthly_minor": 10_000,
        "rest_minor": 25_000,
        "as_of": town.now,
    }
    return wiring.do_now(instalment_load.instalments, WORKER, rows=[row | columns])


def test_a_later_state_holds_what_was_paid_here_and_an_older_one_is_refused(town: Town) -> None:
    anna = town.person()
    line = town.line(anna)
    assert told(town, line).inserted == 1
    assert told(town, line).same == 1
    pay(town, anna, wish(town, anna), town.now + timedelta(minutes=1))
    (after,) = seen(town, anna)
    assert (after.rest.minor, after.left) == (15_000, 2)
    # The night's export knows of it; the page says the same as before.
    night = told(town, line, rest_minor=15_000, next_on=date(2026, 12, 30), as_of=town.now + timedelta(hours=12))
    assert night.changed == 1
    (told_of,) = seen(town, anna)
    assert (told_of.rest.minor, told_of.left, told_of.next_on) == (15_000, 2, date(2026, 12, 30))
    (refusal,) = told(town, line, rest_minor=25_000, as_of=town.now + timedelta(hours=11)).refused
    assert (refusal.column, refusal.reason) == ("as_of", "instalment_older")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"rest_minor": 40_000}, ""),
        ({"rest_minor": 40_001}, "instalment_rest"),
        ({"payments": 0, "rest_minor": 0}, "instalment_rest"),
        ({"rest_minor": 0}, ""),
        ({"line_id": "nobody"}, "unknown_line"),
    ],
)
def test_each_row_at_its_boundary(town: Town, columns: dict[str, Any], reason: str) -> None:
    written = told(town, town.line(town.person()), **columns)
    assert [refusal.reason for refusal in written.refused] == ([reason] if reason else [])


@pytest.mark.parametrize(("rest", "expected"), [(0, 0), (1, 1), (10_000, 1), (10_001, 2), (20_000, 2)])
def test_payments_left_are_counted_up(rest: int, expected: int) -> None:
    assert left(rest, 10_000) == expected
    assert sum(due(rest - 10_000 * paid, 10_000, whole=False) for paid in range(expected)) == rest


def test_the_day_of_the_next_payment_keeps_to_the_months() -> None:
    assert [next_on(date(2026, 11, 30), paid) for paid in (0, 2, 3, 15)] == [
        date(2026, 11, 30),
        date(2027, 1, 30),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]
    assert next_on(None, 2) is None
