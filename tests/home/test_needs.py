"""What asks for attention, the gravest first."""

from datetime import UTC, date, datetime

import pytest

from selfcare_app.catalogue.views import Upcoming
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ledger.views import Standing
from selfcare_app.payments import rules
from selfcare_app.subscribers.views import LineView, Person
from selfcare_app.usage.views import AllowanceLeft
from tests.home.conftest import byn

NOON = datetime(2026, 11, 18, 9, tzinfo=UTC)
FIRST = date(2026, 12, 1)


def person(state: str = "active") -> Person:
    number = Msisdn("375291234567")
    line = LineView(new_id(), new_id(), number, "phone", state, "open", "basic", "", "", date(2020, 1, 1))
    return Person(line, "A", "A", "person", "1", "", "1", date(2020, 1, 1), "BYN", "prepaid", "cash", 0, None)


def package(left: int, total: int = 100, *, promo: bool = False) -> AllowanceLeft:
    return AllowanceLeft("p", "Интернет", "bytes", total, total - left, promo, date(2026, 11, 30), NOON)


def codes(
    *, state: str = "active", available: int = 10_000, fee: int | None = None, packages: tuple[AllowanceLeft, ...] = ()
) -> list[str]:
    upcoming = None if fee is None else Upcoming(FIRST, (), byn(fee))
    standing = Standing(byn(available), byn(available), NOON)
    return [need.code for need in rules.needs(person(state), standing, upcoming, packages)]


def test_nothing_when_all_is_well() -> None:
    assert codes(fee=10_000, packages=(package(11), package(0, promo=True), package(0, total=0))) == []


@pytest.mark.parametrize("state", ["paused", "blocked", "closed"])
def test_a_line_that_is_not_active(state: str) -> None:
    assert codes(state=state) == [f"line_{state}"]


def test_money_that_does_not_suffice_for_the_next_charge() -> None:
    assert codes(available=1989, fee=1990) == ["top_up"]
    assert codes(available=1990, fee=1990) == []
    (need,) = rules.needs(person(), Standing(byn(5), byn(5), NOON), Upcoming(FIRST, (), byn(1990)), ())
    assert need.values == {"missing": byn(1985), "on": FIRST}


def test_a_debt_is_told_as_such_and_only_once() -> None:
    assert codes(available=-1, fee=1990) == ["debt"]
    assert codes(available=0) == []


def test_packages_near_their_end() -> None:
    assert codes(packages=(package(10),)) == ["package_low"]
    assert codes(packages=(package(0),)) == ["package_spent"]
    (need,) = rules.needs(person(), Standing(byn(1), byn(1), NOON), None, (package(0),))
    assert need.values == {"name": "Интернет", "renews": FIRST}


def test_the_gravest_stands_first() -> None:
    assert codes(state="blocked", available=1, fee=2, packages=(package(5), package(0))) == [
        "line_blocked",
        "top_up",
        "package_spent",
        "package_low",
    ]
