"""Pure decisions of the overview, of periods and of debts: what asks for attention, which months, what is owed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from selfcare_app.catalogue.views import Upcoming
from selfcare_app.ledger.views import Standing
from selfcare_app.payments.views import Need
from selfcare_app.subscribers.views import Person
from selfcare_app.usage.views import AllowanceLeft

LITTLE_PERCENT = 10
"""Of a package, from which on the person is told."""

_DAY = timedelta(days=1)
_GRAVITY = ("bad", "warn", "info")


def needs(
    person: Person, standing: Standing, upcoming: Upcoming | None, packages: Sequence[AllowanceLeft]
) -> tuple[Need, ...]:
    """What the person should know of: the line's state, the money, the packages."""
    found = [*_of_line(person), *_of_money(standing, upcoming), *_of_packages(packages)]
    return tuple(sorted(found, key=lambda need: _GRAVITY.index(need.tone)))


def _of_line(person: Person) -> Iterator[Need]:
    if person.line.state != "active":
        yield Need(f"line_{person.line.state}", "warn" if person.line.state == "paused" else "bad", {})


def _of_money(standing: Standing, upcoming: Upcoming | None) -> Iterator[Need]:
    available = standing.available
    if available.minor < 0:
        yield Need("debt", "bad", {"missing": -available})
    elif upcoming is not None and available < upcoming.total:
        yield Need("top_up", "warn", {"missing": upcoming.total - available, "on": upcoming.on})


def _of_packages(packages: Sequence[AllowanceLeft]) -> Iterator[Need]:
    for package in packages:
        if package.total <= 0 or package.promo:
            continue
        if package.left == 0:
            yield Need("package_spent", "warn", {"name": package.name, "renews": package.last_day + _DAY})
        elif package.left * 100 <= package.total * LITTLE_PERCENT:
            yield Need("package_low", "info", {"name": package.name, "renews": package.last_day + _DAY})


def months_back(today: date, count: int) -> tuple[date, ...]:
    """The first days of this month and of so many before it, the newest first."""
    months = [today.replace(day=1)]
    for _ in range(count):
        months.append((months[-1] - _DAY).replace(day=1))
    return tuple(months)


def last_of_month(first: date) -> date:
    """The last day of the month that begins with `first`."""
    return (first + timedelta(days=31)).replace(day=1) - _DAY


def owed(balance_minor: int) -> int:
    """What a balance is below zero, in minor units."""
    return max(0, -balance_minor)


def due_on(today: date, day: int | None) -> date | None:
    """The day of this month by which a debt is to be paid, the last one of a shorter month; None: at once."""
    if day is None:
        return None
    last = last_of_month(today.replace(day=1))
    return last if day >= last.day else today.replace(day=day)
