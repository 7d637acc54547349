"""Pure decisions of the overview: what asks for the person's attention, the gravest first."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

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
