"""Pure decisions about fees: what a line owes for a period, and the difference that a change of it makes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from selfcare_app.catalogue.charge_rules import Days, Percents, amount, day_percents, discount_on, month_of

_DAY = timedelta(days=1)
PLAN, SERVICE, SWITCH, CONNECT = "plan", "service", "switch", "connect"


class Every(StrEnum):
    """How often a fee is taken."""

    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Price:
    """A version of a plan or a service: its fee in minor units, every month or day, and what it gives a month."""

    id: UUID
    name: str
    fee_minor: int
    every: Every
    package: Mapping[str, int]


PriceOf = Callable[[str, str, date], Price | None]
"""(item, code, day) -> the version in force when that day begins, or None."""


@dataclass(frozen=True, slots=True)
class Stay:
    """On which days a line had a plan or a service."""

    item: str
    code: str
    days: Days


@dataclass(frozen=True, slots=True)
class Facts:
    """All of a line that its fees depend on; days are the operator's."""

    line_id: UUID
    no: int
    stays: tuple[Stay, ...]
    pauses: tuple[Days, ...] = ()
    discount_percent: int = 0
    discount_until: date | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What a plan's or service's fee comes to in [since, until): the receipt's arithmetic and its result."""

    item: str
    code: str
    price: Price
    since: date
    until: date
    discount_percent: int
    day_percents: int
    amount_minor: int

    @property
    def key(self) -> tuple[str, str, date, date]:
        """What may be charged once."""
        return self.item, self.code, self.since, self.until


@dataclass(frozen=True, slots=True)
class Pausing:
    """What of the fees is charged in Пауза."""

    plan: Percents
    service: Percents


FULLY = Pausing(Percents(100), Percents(100))


def period_of(every: Every, day: date) -> tuple[date, date]:
    """The month or the day itself, half-open."""
    return month_of(day) if every == Every.MONTH else (day, day + _DAY)


def shares(facts: Facts, price_of: PriceOf, every: Every, day: date, pausing: Pausing) -> tuple[Share, ...]:
    """What the line owes for the month or the day that `day` is in, those of nothing left out.

    The price is the version in force on the first of the charged days (ISSA-040).
    """
    since, until = period_of(every, day)
    found = []
    for (item, code), days in _had(facts, since, until).items():
        first = max(since, min(each.since or since for each in days))
        price = price_of(item, code, first)
        if price is None or price.every != every or not price.fee_minor:
            continue
        discount = discount_on(facts.discount_percent, facts.discount_until, since) if item == PLAN else 0
        percents = day_percents(since, until, days, facts.pauses, pausing.plan if item == PLAN else pausing.service)
        minor = amount(price.fee_minor, discount, percents, (until - since).days)
        found.append(Share(item, code, price, since, until, discount, percents, minor))
    return tuple(found)


def _had(facts: Facts, since: date, until: date) -> dict[tuple[str, str], list[Days]]:
    """What was had on some day of [since, until): the days of each, those that overlap made one."""
    had: dict[tuple[str, str], list[Days]] = {}
    for stay in facts.stays:
        begins = stay.days.since is None or stay.days.since < until
        if begins and (stay.days.until is None or stay.days.until > since) and _some(stay.days):
            had.setdefault((stay.item, stay.code), []).append(stay.days)
    return {what: _merged(days) if len(days) > 1 else days for what, days in had.items()}


def _some(days: Days) -> bool:
    return days.since is None or days.until is None or days.since < days.until


def _merged(days: Iterable[Days]) -> list[Days]:
    merged: list[Days] = []
    for each in sorted(days, key=lambda one: one.since or date.min):
        last = merged[-1] if merged else None
        if last is None or (last.until is not None and (each.since or date.min) > last.until):
            merged.append(each)
        elif last.until is not None:
            merged[-1] = Days(last.since, None if each.until is None else max(last.until, each.until))
    return merged


def with_plan(facts: Facts, code: str, day: date) -> Facts:
    """The line from that day on with another plan; the day is the new plan's already."""
    kept = tuple(
        replace(stay, days=_until(stay.days, day)) if stay.item == PLAN and _goes_on(stay.days, day) else stay
        for stay in facts.stays
    )
    return replace(facts, stays=(*kept, Stay(PLAN, code, Days(day, None))))


def with_service(facts: Facts, code: str, day: date) -> Facts:
    """The line with a service more from that day on."""
    return replace(facts, stays=(*facts.stays, Stay(SERVICE, code, Days(day, None))))


def without_service(facts: Facts, code: str, until: date) -> Facts:
    """The line with a service less, whose fee is charged until that day."""
    return replace(
        facts,
        stays=tuple(
            replace(stay, days=_until(stay.days, until))
            if (stay.item, stay.code) == (SERVICE, code) and stay.days.until is None
            else stay
            for stay in facts.stays
        ),
    )


def charged_until(every: Every, day: date) -> date:
    """Until when the fee of a service is charged that is disconnected on a day: what was begun is not given back."""
    return period_of(every, day)[1]


def paused(facts: Facts, day: date) -> Facts:
    """The line with Пауза activated on that day."""
    return replace(facts, pauses=(*facts.pauses, Days(day, None)))


def resumed(facts: Facts, day: date) -> Facts:
    """The line with Пауза ended on that day."""
    return replace(facts, pauses=tuple(_until(each, day) if each.until is None else each for each in facts.pauses))


def _until(days: Days, until: date) -> Days:
    return Days(days.since, until)


def _goes_on(days: Days, day: date) -> bool:
    return days.until is None or days.until > day


@dataclass(frozen=True, slots=True)
class Step:
    """What is still to be taken (or given back, below zero) for a share, when `before_minor` was taken already."""

    share: Share
    before_minor: int

    @property
    def minor(self) -> int:
        """The difference."""
        return self.share.amount_minor - self.before_minor


def still_due(due: Iterable[Share], charged: Mapping[tuple[str, str, date, date], int]) -> tuple[Step, ...]:
    """What a run has to take: what is owed less what was charged for the same before."""
    steps = (Step(share, charged.get(share.key, 0)) for share in due)
    return tuple(step for step in steps if step.minor)


def difference(before: Iterable[Share], after: Iterable[Share], *, taken: bool) -> tuple[Step, ...]:
    """What a change of the line adds to its fees of one period or gives back of them.

    Where the run has not `taken` the period's fees yet it will find the line as it is then: nothing is to be done but
    for services that are new, which are paid for when they are connected.
    """
    had = {share.key: share for share in before}
    now = {share.key: share for share in after}
    steps = []
    for key in {**had, **now}:
        share, old = now.get(key), had.get(key)
        if not taken and (old is not None or key[0] == PLAN):
            continue
        if share is None and old is not None:
            share = replace(old, day_percents=0, amount_minor=0)
        if share is not None:
            steps.append(Step(share, old.amount_minor if old else 0))
    return tuple(step for step in steps if step.minor)
