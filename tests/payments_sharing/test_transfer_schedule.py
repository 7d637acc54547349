"""Regular transfers: begun by proof, stopped at a touch, and run once on each of their days whatever happens."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.access import account_lock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.vocabulary import Recurrence
from selfcare_app.payments import transfer, transfer_rules, transfer_schedule
from selfcare_app.payments.transfer_rules import NoSuchDay, day_of, due_at, following
from selfcare_app.payments.transfer_tables import TransferRun, TransferSchedule
from selfcare_app.subscribers.tables import Line
from selfcare_app.worker import transfers
from tests.payments_sharing.conftest import WORKER, Town, fault_of

MINSK = ZoneInfo("Europe/Minsk")


def runs(town: Town) -> list[tuple[date, str]]:
    with town.db.snapshot() as session:
        rows = session.exec(select(TransferRun.due_on, TransferRun.reason).order_by(TransferRun.due_on)).all()  # type: ignore[arg-type]
        return [(due_on, reason) for due_on, reason in rows]


def work(now: datetime) -> int:
    """What a worker does until nothing is due any more."""
    done = 0
    while some := transfers.run_due("worker", now):
        done += some
    return done


def begun(town: Town, actor: Subscriber, to: Subscriber, amount: str, recurrence: str, day: str = "") -> UUID:
    done = town.send(actor, town.number(to), amount, recurrence=recurrence, day=day)
    assert done.scheduled is not None
    return done.id


@pytest.mark.requirement("IH-034", "IH-035")
def test_nothing_is_regular_until_it_is_begun_and_then_it_is_listed(town: Town) -> None:
    anna, boris = town.person(), town.person(paid=0)
    assert wiring.ask_now(transfer.standing, anna, now=town.now).schedules == ()
    begun(town, anna, boris, "5", "monthly", "20")
    (scheduled,) = wiring.ask_now(transfer.standing, anna, now=town.now).schedules
    assert (scheduled.number, scheduled.amount, scheduled.recurrence, scheduled.day, scheduled.next_on) == (
        town.number(boris),
        Money(500, "BYN"),
        "monthly",
        20,
        date(2026, 11, 20),
    )
    # Nothing has moved yet; the first time is still to come.
    assert (town.balance(anna), town.sent()) == (100_000, [])
    assert work(datetime(2026, 11, 20, 6, 59, 59, tzinfo=UTC)) == 0
    assert work(datetime(2026, 11, 20, 7, tzinfo=UTC)) == 1
    assert (town.balance(anna), town.balance(boris)) == (99_500, 500)
    (sent,) = wiring.ask_now(transfer.standing, anna, now=town.now).history
    assert sent.by_schedule
    assert Counter(what for _, what in town.messages())["received"] == 1


@pytest.mark.requirement("IH-034")
@pytest.mark.parametrize(
    ("recurrence", "day", "expected"),
    [
        ("daily", "", ["2026-11-19", "2026-11-20", "2026-11-21"]),
        ("weekly", "3", ["2026-11-25", "2026-12-02", "2026-12-09"]),
        ("weekly", "4", ["2026-11-19", "2026-11-26", "2026-12-03"]),
        ("monthly", "18", ["2026-12-18", "2027-01-18", "2027-02-18"]),
        ("monthly", "31", ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]),
    ],
)
def test_each_rhythm_runs_on_its_days(town: Town, recurrence: str, day: str, expected: list[str]) -> None:
    anna, boris = town.person(), town.person(paid=0)
    begun(town, anna, boris, "1", recurrence, day)
    for each in expected:
        noon = datetime.fromisoformat(f"{each}T12:00:00+00:00")
        assert work(noon - timedelta(days=1)) == 0
        assert work(noon) == 1
        assert work(noon) == 0
    assert [str(on) for on, _ in runs(town)] == expected
    assert town.balance(boris) == 100 * len(expected)


@pytest.mark.requirement("IH-034")
def test_after_days_without_a_worker_each_day_is_done_once(town: Town) -> None:
    anna, boris = town.person(), town.person(paid=0)
    begun(town, anna, boris, "1", "daily")
    assert work(town.now + timedelta(days=4)) == 4
    assert [on.day for on, _ in runs(town)] == [19, 20, 21, 22]
    assert (town.balance(boris), work(town.now + timedelta(days=4))) == (400, 0)


@pytest.mark.security("R12")
def test_a_clock_that_goes_back_runs_nothing_twice(town: Town) -> None:
    anna, boris = town.person(), town.person(paid=0)
    begun(town, anna, boris, "1", "daily")
    tomorrow = town.now + timedelta(days=1)
    assert [work(each) for each in (tomorrow, tomorrow - timedelta(hours=1), tomorrow)] == [1, 0, 0]
    assert town.balance(boris) == 100


@pytest.mark.security("R4", "R22")
def test_many_workers_at_once_run_a_day_once(any_town: Town) -> None:
    people = [any_town.person() for _ in range(3)]
    boris = any_town.person(paid=0)
    ids = [begun(any_town, each, boris, "1", "daily") for each in people]
    tomorrow = any_town.now + timedelta(days=1)

    def run(schedule_id: UUID) -> bool:
        return wiring.do_now(transfer_schedule.run, WORKER, schedule_id=schedule_id, now=tomorrow)

    with ThreadPoolExecutor(12) as crowd:
        done = list(crowd.map(run, ids * 12))
    assert sum(done) == 3
    assert any_town.balance(boris) == 300
    assert len(any_town.sent()) == 3


@pytest.mark.requirement("IH-034")
def test_too_little_money_skips_the_day_says_so_and_goes_on(town: Town) -> None:
    anna, boris = town.person(paid=199), town.person(paid=0)
    schedule_id = begun(town, anna, boris, "1", "daily")
    assert work(town.now + timedelta(days=2)) == 2
    assert [reason for _, reason in runs(town)] == ["", "sharing.not_enough"]
    assert (town.balance(anna), town.balance(boris)) == (99, 100)
    assert (town.number(anna), "skipped") in town.messages()
    scheduled = wiring.ask_now(transfer_schedule.one, anna, schedule_id=schedule_id)
    assert scheduled is not None
    assert (scheduled.last_on, scheduled.reason) == (date(2026, 11, 20), "sharing_not_enough")
    town.pay(town.line(anna), 1, key="a little")
    assert work(town.now + timedelta(days=3)) == 1
    assert (town.balance(anna), town.balance(boris)) == (0, 200)


def test_a_recipient_who_is_gone_and_a_locked_sender_skip_the_day(town: Town) -> None:
    anna, boris, carol = town.person(), town.person(paid=0), town.person()
    begun(town, anna, boris, "1", "daily")
    town.change(Line, boris.line_id, state="closed")
    assert work(town.now + timedelta(days=1)) == 1
    town.change(Line, boris.line_id, state="active")
    wiring.do_now(account_lock.lock, anna, now=town.now)
    assert work(town.now + timedelta(days=2)) == 1
    assert [reason for _, reason in runs(town)] == ["sharing.no_recipient", "sharing.locked"]
    assert town.balance(boris) == 0
    # Whoever has the number next is somebody else.
    assert town.balance(carol) == 100_000


def test_the_limits_of_the_day_hold_for_schedules_too(town: Town) -> None:
    anna, boris, carol = town.person(), town.person(paid=0), town.person(paid=0)
    begun(town, anna, boris, "15", "monthly", "20")
    tomorrow = town.now + timedelta(days=2)
    for _ in range(5):
        town.send(anna, town.number(carol), "1", now=tomorrow)
    assert work(tomorrow) == 1
    assert runs(town) == [(date(2026, 11, 20), "sharing.too_often")]
    assert town.balance(boris) == 0


def test_what_is_stopped_runs_no_more_and_can_be_begun_anew(town: Town) -> None:
    anna, boris = town.person(), town.person(paid=0)
    schedule_id = begun(town, anna, boris, "1", "daily")
    for _ in range(2):
        wiring.do_now(transfer_schedule.stop, anna, schedule_id=schedule_id, now=town.now)
    assert work(town.now + timedelta(days=5)) == 0
    (stopped,) = wiring.ask_now(transfer.standing, anna, now=town.now).schedules
    assert stopped.next_on is None
    begun(town, anna, boris, "1", "daily")
    assert work(town.now + timedelta(days=1)) == 1
    assert [each.next_on is None for each in wiring.ask_now(transfer.standing, anna, now=town.now).schedules] == [
        False,
        True,
    ]


@pytest.mark.security("asvs_8_2_2")
def test_a_schedule_is_stopped_by_its_owner_alone(town: Town) -> None:
    anna, boris = town.person(), town.person()
    schedule_id = begun(town, anna, boris, "1", "daily")
    refused = fault_of(wiring.do_now, transfer_schedule.stop, boris, schedule_id=schedule_id, now=town.now)
    assert refused == "sharing.no_schedule"
    assert wiring.ask_now(transfer_schedule.one, boris, schedule_id=schedule_id) is None
    assert work(town.now + timedelta(days=1)) == 1


def test_confirming_a_schedule_again_is_the_same_schedule(town: Town) -> None:
    anna, boris = town.person(), town.person()
    sure, draft_id, digest = town.ready(anna, town.number(boris), "1", recurrence="daily")
    ends = [wiring.do_now(transfer.confirm, sure, draft_id=draft_id, digest=digest, now=town.now) for _ in range(2)]
    assert ends[0] == ends[1]
    with town.db.snapshot() as session:
        assert len(session.exec(select(TransferSchedule)).all()) == 1


def test_five_schedules_are_on_and_a_sixth_is_refused(town: Town) -> None:
    anna, boris = town.person(), town.person()
    for day in range(1, 6):
        begun(town, anna, boris, "1", "monthly", str(day))
    sixth = town.begin(anna, town.number(boris), "1", recurrence="monthly", day="6")
    assert sixth.faults["amount"].code == "sharing.too_many_schedules"


@pytest.mark.parametrize(("amount", "refused"), [("29,03", "sharing.too_much"), ("20", "")])
def test_a_schedule_begins_within_what_is_sent_at_once(town: Town, amount: str, refused: str) -> None:
    anna, boris = town.person(), town.person()
    faults = town.begin(anna, town.number(boris), amount, recurrence="daily").faults
    assert [fault.code for fault in faults.values()] == ([refused] if refused else [])


def test_schedules_together_cost_no_more_than_a_month_may(town: Town) -> None:
    # A thousand a month: 31 times 20.00 and five times 20.00 leave 280.00.
    rule = town.profile.transfer
    assert rule is not None
    planned = [(Recurrence.DAILY, 2_000), (Recurrence.WEEKLY, 2_000)]
    left = Money(28_000, "BYN")
    assert transfer_rules.schedule_refusal(rule, planned, Recurrence.MONTHLY, left) is None
    beyond = transfer_rules.schedule_refusal(rule, planned, Recurrence.MONTHLY, Money(28_001, "BYN"))
    assert beyond is not None
    assert (beyond.code, beyond.params["limit"].minor) == ("sharing.schedule_too_much", 100_000)


@pytest.mark.parametrize(
    ("recurrence", "typed"),
    [
        ("weekly", "0"),
        ("weekly", "8"),
        ("weekly", ""),
        ("monthly", "0"),
        ("monthly", "32"),
        ("monthly", "-1"),
        ("monthly", "1.5"),
        ("monthly", "٣"),
    ],
)
def test_a_day_that_there_is_not_is_refused(recurrence: str, typed: str) -> None:
    with pytest.raises(NoSuchDay):
        day_of(Recurrence(recurrence), typed)


def test_forty_eight_months_have_each_their_day_also_in_leap_years() -> None:
    day, seen = date(2026, 11, 18), []
    for _ in range(48):
        day = following(Recurrence.MONTHLY, 31, day)
        seen.append(day)
    assert len({(each.year, each.month) for each in seen}) == 48
    assert all((each + timedelta(days=1)).day == 1 for each in seen)
    assert date(2028, 2, 29) in seen


def test_a_day_begins_at_the_operators_hour_through_clock_changes() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    assert [due_at(date(2027, 3, day), kyiv).hour for day in (27, 28, 29)] == [8, 7, 7]
    assert due_at(date(2026, 11, 20), MINSK) == datetime(2026, 11, 20, 7, tzinfo=UTC)
