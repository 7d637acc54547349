"""Promised payments: how much, how long, one at a time, and back exactly as it was lent."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from selfcare_app.access import halt
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.amount import NotAnAmount
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.post import Leg, NotEnough, post
from selfcare_app.orders import draft
from selfcare_app.orders.journey import StepNotYet
from selfcare_app.orders.tables import Draft
from selfcare_app.payments.promise import register, rules, take_back
from selfcare_app.payments.promise.tables import PromisedPayment
from selfcare_app.payments.promise.views import PromiseView
from selfcare_app.subscribers.tables import Account
from selfcare_app.worker import promises
from tests.payments.conftest import Till

JOB = System("promises")


def begun(till: Till, actor: Subscriber, amount: str = "3") -> UUID:
    found: UUID = till.do(register.begin, actor, amount=amount).id
    return found


def promised(till: Till, actor: Subscriber, amount: str = "3") -> PromiseView:
    made = till.do(register.confirm, actor, draft_id=begun(till, actor, amount))
    assert isinstance(made, PromiseView)
    return made


def state_of(till: Till, actor: Subscriber) -> list[str]:
    return [found.state for found in till.ask(register.mine, actor)]


@pytest.mark.requirement("ISSA-059", "ISSA-060", "ISSA-062", "ADM-006")
def test_it_is_on_the_account_at_once_and_goes_exactly_back_when_due(till: Till) -> None:
    line = till.line(has=20)
    actor = till.actor(line)
    made = promised(till, actor)
    assert (made.amount, made.state, made.due_at) == (till.money(300), "active", till.now + timedelta(days=3))
    assert till.balance(line) == 320
    till.later(days=3, microseconds=-1)
    assert promises.take_back_due("worker", till.now) == 0
    till.later(microseconds=1)
    assert promises.take_back_due("worker", till.now) == 1
    assert promises.take_back_due("worker", till.now) == 0
    assert (till.balance(line), state_of(till, till.actor(line))) == (20, ["taken_back"])
    assert [key for key, _ in till.messages(line)] == ["promise.sms.made", "promise.sms.taken_back"]
    actions = [row.action for row in till.rows(JournalEntry, line_id=line.id)]
    assert actions == ["promised_payment", "promise_taken_back"]


@pytest.mark.requirement("IH-026", "IH-014")
@pytest.mark.parametrize("operator", ["ihelper"])
def test_another_operator_lends_five_for_ten_days(till: Till) -> None:
    line = till.line(has=0)
    with pytest.raises(rules.TooMuch):
        begun(till, till.actor(line), "5,01")
    made = promised(till, till.actor(line), "5")
    assert (made.amount.minor, made.due_at) == (500, till.now + timedelta(days=10))
    till.later(days=10, seconds=-1)
    assert promises.take_back_due("worker", till.now) == 0
    till.later(seconds=1)
    assert promises.take_back_due("worker", till.now) == 1
    assert till.balance(line) == 0


@pytest.mark.requirement("ISSA-061")
@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("3", None), ("3,00", None), ("0,10", None), (" 2.5 ", None), ("３", None),
        ("3,01", rules.TooMuch), ("300", rules.TooMuch), ("999999999999", rules.TooMuch),
        ("0,09", rules.TooLittle), ("0", rules.TooLittle), ("", NotAnAmount), ("-1", NotAnAmount), ("3,001", NotAnAmount),
        ("1e2", NotAnAmount), ("NaN", NotAnAmount), ("٣", NotAnAmount), ("3 BYN", NotAnAmount), ("9" * 5_000, NotAnAmount),
        ("' OR 1=1", NotAnAmount),
    ],
)  # fmt: skip
def test_an_amount_is_within_the_bounds_or_told_why_not(
    till: Till, typed: str, refusal: type[Exception] | None
) -> None:
    actor = till.actor(till.line(has=0))
    if refusal is None:
        begun(till, actor, typed)
        return
    with pytest.raises(refusal) as told:
        begun(till, actor, typed)
    if refusal is rules.TooMuch:
        assert told.value.params == {"most": till.money(300)}  # type: ignore[attr-defined]
    assert till.rows(Draft) == []


@pytest.mark.requirement("ISSA-059")
def test_one_is_active_at_a_time_and_the_next_after_it(till: Till) -> None:
    line = till.line(has=0)
    actor = till.actor(line)
    late = begun(till, actor, "1")
    made = promised(till, actor)
    with pytest.raises(register.ActiveAlready) as told:
        begun(till, actor, "2")
    assert told.value.params == {"until": made.due_at}
    assert isinstance(till.ask_at(register.offer, actor).obstacle, register.ActiveAlready)
    assert isinstance(till.ask_at(register.review, actor, draft_id=late).obstacle, register.ActiveAlready)
    with pytest.raises(register.ActiveAlready):
        till.do(register.confirm, actor, draft_id=late)
    till.later(days=3)
    promises.take_back_due("worker", till.now)
    promised(till, till.actor(line), "1")
    assert state_of(till, till.actor(line)) == ["active", "taken_back"]


def test_two_lines_of_one_account_promise_for_the_account(till: Till) -> None:
    line = till.line(has=0)
    other = till.world.line(account_id=line.account_id)
    promised(till, till.actor(line))
    with pytest.raises(register.ActiveAlready):
        begun(till, till.actor(other))
    assert state_of(till, till.actor(other)) == ["active"]


@pytest.mark.security("R4", "asvs_2_3_2", "asvs_15_4_2")
@pytest.mark.parametrize("drafts", [1, 50])
def test_of_fifty_at_once_one_is_lent(both: Till, drafts: int) -> None:
    line = both.line(has=0)
    actors = [both.actor(line) for _ in range(drafts)]
    acts = [(actor, begun(both, actor)) for actor in actors]
    start, came = threading.Barrier(50), Counter[str]()

    def confirm(place: int) -> None:
        actor, draft_id = acts[place % drafts]
        start.wait()
        try:
            both.do(register.confirm, actor, draft_id=draft_id)
            came["lent"] += 1
        except register.ActiveAlready:
            came["late"] += 1

    run(confirm)
    assert both.balance(line) == 300
    assert len(both.rows(PromisedPayment)) == 1
    assert came == ({"lent": 50} if drafts == 1 else {"lent": 1, "late": 49})


@pytest.mark.security("R4")
def test_many_workers_take_back_once(both: Till) -> None:
    line = both.line(has=0)
    made = promised(both, both.actor(line))
    both.spent(line, 300)
    both.later(days=3)
    start, came = threading.Barrier(50), Counter[Any]()

    def work(place: int) -> None:
        start.wait()
        came[both.do(take_back.take_back, JOB, promise_id=made.id)] += 1

    run(work)
    assert came == {True: 1, False: 49}
    assert (both.balance(line), len(both.messages(line))) == (-300, 2)


@pytest.mark.requirement("ISSA-062")
def test_what_is_spent_becomes_a_debt_that_can_be_paid_and_not_deepened(till: Till) -> None:
    line = till.line(has=0)
    promised(till, till.actor(line))
    till.spent(line, 300)
    till.later(days=3)
    promises.take_back_due("worker", till.now)
    assert till.balance(line) == -300
    leg = Leg(("subscriber", line.account_id), ("revenue", "fee"), till.money(1), "fee")
    with pytest.raises(NotEnough):
        till.do(post, kind="fee", key="more", legs=[leg])
    # Promised again it lifts the debt, and nothing can be spent of it.
    promised(till, till.actor(line))
    assert till.balance(line) == 0
    with pytest.raises(NotEnough):
        till.do(post, kind="fee", key="more", legs=[leg])


@pytest.mark.parametrize(("paid", "back"), [(299, 0), (300, 1), (5_000, 1)])
def test_a_payment_of_as_much_ends_it_at_once(till: Till, paid: int, back: int) -> None:
    line = till.line(has=0)
    till.paid(line, 10_000, days_ago=1)
    promised(till, till.actor(line))
    till.later(hours=1)
    till.paid(line, paid)
    assert promises.take_back_due("worker", till.now) == back
    assert till.balance(line) == 10_000 + paid + (0 if back else 300)
    assert state_of(till, till.actor(line)) == (["repaid"] if back else ["active"])
    if back:
        assert [key for key, _ in till.messages(line)][-1] == "promise.sms.repaid"


def test_several_payments_add_up_and_a_promise_of_the_operator_is_none(till: Till) -> None:
    line = till.line(has=0)
    promised(till, till.actor(line))
    for amount, channel in ((100, "cash"), (900, "promised"), (150, "card")):
        till.later(minutes=1)
        till.paid(line, amount, channel=channel)
        assert promises.take_back_due("worker", till.now) == 0
    till.paid(line, 50)
    assert promises.take_back_due("worker", till.now) == 1


def test_a_worker_that_was_down_past_the_day_takes_back_once(till: Till) -> None:
    lines = [till.line(has=0) for _ in range(3)]
    for line in lines:
        promised(till, till.actor(line))
    till.later(days=40)
    assert promises.take_back_due("worker", till.now) == 3
    assert [till.balance(line) for line in lines] == [0, 0, 0]


def test_a_draft_is_not_skipped_nor_another_s(till: Till) -> None:
    line = till.line(has=0)
    actor, stranger = till.actor(line), till.actor(till.line(has=0))
    draft_id = begun(till, actor)
    assert begun(till, actor) == draft_id
    for other in (draft_id, new_id()):
        with pytest.raises(draft.NoDraft):
            till.do(register.confirm, stranger, draft_id=other)
    with till.wires.db.transaction() as session:
        bare = draft.begin(session, actor, kind=register.KIND, answers={}, now=till.now)
    with pytest.raises(StepNotYet):
        till.do(register.confirm, actor, draft_id=bare.id)
    with pytest.raises(register.NoPromise):
        till.ask(register.one, stranger, promise_id=promised(till, actor).id)
    assert till.ask(register.mine, stranger) == ()


def test_a_stopped_or_closed_line_promises_nothing(till: Till) -> None:
    line = till.line(has=0)
    actor = till.actor(line)
    till.do(halt.stop, actor)
    with pytest.raises(halt.Halted):
        begun(till, actor)
    with pytest.raises(register.LineClosed):
        begun(till, till.actor(till.line(has=0, state="closed")))


def test_a_blocked_line_may_promise_for_that_is_what_it_is_for(till: Till) -> None:
    line = till.line(has=-100, state="blocked")
    promised(till, till.actor(line))
    assert till.balance(line) == 200


@pytest.mark.parametrize("operator", ["assa"])
def test_an_operator_without_it_lends_nothing(till: Till) -> None:
    actor = till.actor(till.line(has=0))
    for read in (register.offer, register.begin):
        with pytest.raises(register.NotOffered):
            till.do(read, actor, **({"amount": "1"} if read is register.begin else {}))


def test_the_check_sees_a_promise_that_the_ledger_does_not_know(till: Till) -> None:
    line = till.line(has=0)
    made = promised(till, till.actor(line))
    with till.wires.db.transaction() as session:
        session.get_one(PromisedPayment, made.id).amount_minor = 200
    assert [found.partition(" ")[0] for found in till.broken()] == ["I10"]
    with till.wires.db.transaction() as session:
        row = session.get_one(PromisedPayment, made.id)
        row.amount_minor, row.state, row.ended_at = 300, "repaid", till.now
    assert [found.partition(" ")[0] for found in till.broken()] == ["I10", "I10"]
    with till.wires.db.transaction() as session:
        row = session.get_one(PromisedPayment, made.id)
        row.state, row.ended_at = "active", None


def test_the_account_is_in_its_own_currency(till: Till) -> None:
    line = till.line(has=0)
    assert promised(till, till.actor(line)).amount.currency == till.row(Account, line.account_id).currency


def run(act: Any, count: int = 50) -> None:
    """So many at once."""
    threads = [threading.Thread(target=act, args=(place,)) for place in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
