"""Four years of months and days, with clocks that jump and a worker that is often down, beside a plain model of it."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from selfcare_app.bills import invariants
from selfcare_app.bills.tables import Bill
from selfcare_app.kit.actor import Subscriber
from selfcare_app.orders import pause, services, tariff
from tests.orders.conftest import Counter

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 11, 18), date(2030, 11, 30)
PRICES = {
    ("plan", "a"): [(date(2020, 1, 1), 1_490, "month"), (date(2028, 2, 29), 1_777, "month")],
    ("plan", "b"): [(date(2020, 1, 1), 2_911, "month")],
    ("plan", "c"): [(date(2020, 1, 1), 47, "day")],
    ("service", "melody"): [(date(2020, 1, 1), 191, "month"), (date(2029, 7, 1), 203, "month")],
    ("service", "digest"): [(date(2020, 1, 1), 13, "day")],
}


@dataclass
class Model:
    """One line, a day at a time: what it had on each day, and whether it was paused."""

    plan: str
    discount: int
    plans: dict[date, str] = field(default_factory=dict)
    had: dict[str, set[date]] = field(default_factory=dict)
    paused: set[date] = field(default_factory=set)
    on: set[str] = field(default_factory=set)
    is_paused: bool = False

    def __post_init__(self) -> None:
        self.from_day(date(2026, 11, 1), self.plan)
        self.before = self.owed()

    def from_day(self, day: date, plan: str) -> None:
        self.plan = plan
        for each in days(day, date(2030, 12, 1)):
            self.plans[each] = plan

    def connect(self, code: str, day: date) -> None:
        self.on.add(code)
        self.had.setdefault(code, set()).update(days(day, date(2030, 12, 1)))

    def disconnect(self, code: str, day: date) -> None:
        self.on.remove(code)
        monthly = PRICES["service", code][0][2] == "month"
        until = month_after(day) if monthly else day + DAY
        self.had[code] -= set(days(until, date(2030, 12, 1)))

    def pause(self, day: date) -> None:
        self.is_paused = True
        self.paused.update(days(day + DAY, date(2030, 12, 1)))

    def resume(self, day: date) -> None:
        self.is_paused = False
        self.paused -= set(days(day, date(2030, 12, 1)))

    def owed(self) -> dict[tuple[str, str, date], int]:
        """What every thing costs in every month or on every day: one plain sum, rounded once."""
        found: dict[tuple[str, str, date], int] = {}
        things = {("plan", code): {d for d, p in self.plans.items() if p == code} for code in "abc"}
        things |= {("service", code): covered for code, covered in self.had.items()}
        for (item, code), covered in things.items():
            for since, until in periods(PRICES[item, code][0][2]):
                mine = sorted(day for day in days(since, until) if day in covered)
                if not mine:
                    continue
                fee = [minor for begins, minor, _ in PRICES[item, code] if begins <= mine[0]][-1]
                less = 1 - Fraction(self.discount, 100) if item == "plan" else Fraction(1)
                half = Fraction(1, 2) if item == "plan" else Fraction(0)
                share = sum((half if day in self.paused else Fraction(1)) for day in mine)
                exact = fee * less * share / (until - since).days
                found[item, code, since] = int(exact + Fraction(1, 2))
        return found


def days(since: date, until: date) -> list[date]:
    return [since + n * DAY for n in range((until - since).days)]


def month_after(day: date) -> date:
    return (day.replace(day=1) + 32 * DAY).replace(day=1)


def periods(every: str) -> list[tuple[date, date]]:
    if every == "day":
        return [(day, day + DAY) for day in days(FIRST, LAST + DAY)]
    found, since = [], date(2026, 11, 1)
    while since <= LAST:
        found.append((since, month_after(since)))
        since = month_after(since)
    return found


def catalogue(counter: Counter) -> None:
    for (item, code), versions in PRICES.items():
        for begins, minor, every in versions:
            since = datetime(begins.year, begins.month, begins.day, tzinfo=counter.profile.zone)
            add = counter.plan if item == "plan" else counter.service
            add(code, minor, since=since, fee_period=every)


def act(counter: Counter, dice: random.Random, actor: Subscriber, model: Model, now: datetime) -> datetime | None:
    """Something that a subscriber does; gives when it has to be done where that is later."""
    day = now.astimezone(counter.profile.zone).date()
    if model.is_paused:
        counter.ordered(actor, pause.OFF, now=now)
        model.resume(day)
        return None
    what = dice.choice(("plan", "service", "service", "pause"))
    if what == "plan":
        code = dice.choice([each for each in "abc" if each != model.plan])
        placed = counter.ordered(actor, tariff.KIND, code, now=now)
        model.from_day(day + DAY, code)
        return placed.due_at
    if what == "pause":
        counter.ordered(actor, pause.ON, now=now)
        model.pause(day)
        return None
    code = dice.choice(("melody", "digest"))
    counter.ordered(actor, services.OFF if code in model.on else services.ON, code, now=now)
    (model.disconnect if code in model.on else model.connect)(code, day)
    return None


People = list[tuple[Subscriber, Model]]


def live(counter: Counter, dice: random.Random, people: People, now: datetime, end: datetime) -> None:
    """Four years: mostly some hours or days pass; now and then a long time in which nobody works."""
    busy: datetime | None = None
    while (now := now + timedelta(hours=dice.choice((5, 30, 100, 300, 900)), seconds=dice.randrange(3_600))) < end:
        if dice.random() < 0.3:
            # The clock is put back.
            counter.work(now - timedelta(hours=dice.choice((1, 2, 3))))
        if busy is not None:
            now = max(now, busy)
            counter.work(now)
        busy = act(counter, dice, *dice.choice(people), now) if dice.random() < 0.6 else None
        if dice.random() < 0.5 or busy is None:
            counter.work(now)
    counter.work(end)


def expected_of(model: Model) -> dict[tuple[str, str, date], int]:
    """What the model owes, less what the former billing had taken: the month and the day in which this one began."""
    owed = model.owed()
    for key, minor in model.before.items():
        if key[2] <= FIRST:
            owed[key] = owed.get(key, 0) - minor
    return {key: minor for key, minor in owed.items() if minor}


@pytest.mark.security("R12")
@pytest.mark.requirement("ISSA-097", "ISSA-098", "ISSA-099", "ISSA-100", "ISSA-040")
def test_nothing_is_charged_twice_or_missed(counter: Counter) -> None:
    kyiv = counter.profile.model_copy(update={"time_zone": "Europe/Kyiv"})
    counter.profile = counter.db.info["profile"] = kyiv
    zone = ZoneInfo("Europe/Kyiv")
    catalogue(counter)
    people = [
        (counter.customer(plan, money=10_000_000, fee_discount_percent=discount), Model(plan, discount))
        for plan, discount in (("a", 0), ("b", 15), ("c", 7))
    ]
    begin, end = datetime(2026, 11, 18, 9, tzinfo=zone), datetime(2030, 11, 30, 23, 59, 59, tzinfo=zone)
    counter.work(begin)
    live(counter, random.Random(7), people, begin, end)
    for actor, model in people:
        charged: dict[tuple[str, str, date], int] = {}
        for item, code, since, minor in counter.amounts(actor):
            charged[item, code, since] = charged.get((item, code, since), 0) + minor
        assert {key: minor for key, minor in charged.items() if minor} == expected_of(model)
        assert counter.balance(actor) == 10_000_000 - sum(charged.values())
    assert all(done for _, _, done, _ in counter.runs())
    closed(counter, people, zone)


def closed(counter: Counter, people: People, zone: ZoneInfo) -> None:
    """Every month but the last has one bill for each account; they add up to what the ledger took."""
    months = [since for since, until in periods("month") if until <= date(2030, 11, 1)]
    with counter.db.snapshot() as session:
        rows = session.exec(select(Bill).order_by(col(Bill.month))).all()
        for actor, _ in people:
            account_id = counter.read(actor).account_id
            own = [row for row in rows if row.account_id == account_id]
            assert [row.month for row in own] == months
            taken = sum(minor for _, _, since, minor in counter.amounts(actor) if since < date(2030, 11, 1))
            assert (own[0].payments_minor, sum(row.charges_minor for row in own)) == (10_000_000, taken)
        now = datetime(2030, 12, 1, tzinfo=zone)
        assert [(each.id, list(each.find(session, now))) for each in invariants.checks()] == [
            (each.id, []) for each in invariants.checks()
        ]
