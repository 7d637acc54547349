"""The archive of operations: orders and money given to others in one list, page by page, of the own line alone."""

from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import Acting, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.operators.schema import Profile
from selfcare_app.orders import order
from selfcare_app.payments import archive
from selfcare_app.payments.archive import Given
from selfcare_app.payments.transfer_send import send
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import personal
from selfcare_app.worker import transfers
from tests.payments_sharing.conftest import WORKER, Town


def listed(actor: Subscriber, cursor: str = "") -> tuple[list[archive.Entry], str]:
    found = wiring.ask_now(archive.list_own, actor, cursor=cursor)
    return list(found.items), found.next or ""


def ordered(town: Town, actor: Subscriber, kind: str) -> None:
    with town.db.transaction() as session:
        order_id = new_id()
        price = Money(0, town.profile.currency)
        order.place(session, actor, order_id=order_id, kind=kind, params={}, price=price, due_at=town.now, now=town.now)
        order.finish(session, order_id=order_id, state=order.OrderState.DONE, now=town.now)


def given_once(town: Town, who: Subscriber, to: Subscriber) -> None:
    """Money goes at once, whatever the limits of a day are."""
    with town.db.transaction() as session:
        line, recipient = (session.get_one(Line, each.line_id) for each in (who, to))
        money, transfer_id = Money(100, town.profile.currency), new_id()
        send(
            session, who, line=line, recipient=recipient, money=money, transfer_id=transfer_id, key=str(transfer_id),
            now=town.now,
        )  # fmt: skip


@pytest.mark.requirement("IH-049", "IH-033", "IH-034")
def test_money_given_at_once_and_by_schedule_stands_among_the_orders(town: Town) -> None:
    anna, boris = town.person(), town.person(paid=0)
    ordered(town, anna, "service_on")
    town.send(anna, town.number(boris), "5")
    ordered(town, anna, "service_off")
    town.send(anna, town.number(boris), "3", recurrence="daily")
    while transfers.run_due("worker", town.now + timedelta(days=1)):
        pass
    entries, more = listed(anna)
    told = [
        (each.number, each.amount.minor, each.by_schedule) if isinstance(each, Given) else each.kind for each in entries
    ]
    to = town.number(boris)
    assert (told, more) == ([(to, 300, True), "service_off", (to, 500, False), "service_on"], "")
    # What came is no operation of whoever got it.
    assert listed(boris) == ([], "")


@pytest.mark.requirement("IH-049")
@pytest.mark.parametrize("given", [0, 7, 20])
def test_pages_of_both_together_miss_nothing_and_repeat_nothing(town: Town, given: int) -> None:
    anna, boris = town.person(), town.person(paid=0)
    for place in range(given):
        ordered(town, anna, "service_on")
        given_once(town, anna, boris)
        if place % 2:
            ordered(town, anna, "service_off")
    seen, cursor = listed(anna)
    while cursor:
        page, cursor = listed(anna, cursor)
        seen += page
    ids = [each.id for each in seen]
    assert (len(ids), ids) == (given * 2 + given // 2, sorted(set(ids), reverse=True))


@pytest.mark.security("T18", "S-16")
def test_a_delegate_sees_orders_and_not_whom_money_was_given_to(town: Town) -> None:
    anna, boris = town.person(), town.person(paid=0)
    ordered(town, anna, "service_on")
    town.send(anna, town.number(boris), "5")
    acting = Acting(boris.line_id, "own", "manage")
    with town.db.snapshot() as session:
        found = archive.list_own(session, Subscriber(anna.line_id, boris.session_id, acting=acting))
    assert [each.kind for each in found.items if not isinstance(each, Given)] == ["service_on"]
    assert len(found.items) == 1


@pytest.mark.parametrize("operator", ["issa"])
def test_an_operator_without_transfers_lists_orders_alone(town: Town) -> None:
    anna = town.person()
    ordered(town, anna, "service_on")
    assert [type(each).__name__ for each in listed(anna)[0]] == ["OrderView"]


@pytest.mark.requirement("AS-044", "IH-038")
@pytest.mark.parametrize("operator", ["assa", "issa"])
def test_bonus_units_stand_among_personal_data_where_there_are_any(town: Town, profile: Profile) -> None:
    anna = town.person()
    if profile.bonus is None:
        assert wiring.ask_now(personal.read, anna, now=town.now).bonus_units is None
        return
    assert wiring.ask_now(personal.read, anna, now=town.now).bonus_units == 0
    leg = Leg(("bonus_issued", "test"), ("bonus", town.line(anna).account_id), Money(37, "PTS", 0), "bonus_usage")
    wiring.do_now(post, WORKER, kind="bonus", key="k", legs=[leg], now=town.now)
    assert wiring.ask_now(personal.read, anna, now=town.now).bonus_units == 37
    assert wiring.ask_now(personal.read, town.person(), now=town.now).bonus_units == 0
