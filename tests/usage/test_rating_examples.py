"""A tariff worked out by hand, and the rules of rating one by one, on the engine and on the one for whole columns."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from selfcare_app.catalogue.charge_rules import vat_in
from selfcare_app.catalogue.price_list import PackageVersion, PriceList, PriceVersion
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.rating import engine
from selfcare_app.usage.rating.engine import Use
from tests.usage import naive_rating
from tests.usage.rating_columns import by_columns

MINSK, KYIV = ZoneInfo("Europe/Minsk"), ZoneInfo("Europe/Kyiv")
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
EXAMPLE = tomllib.loads((Path(__file__).parent / "worked_tariff.toml").read_text("utf-8"))


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def price_list(example: dict[str, Any]) -> PriceList:
    """The list that a worked example has."""
    prices = [
        PriceVersion(
            code=row["code"],
            position=row["position"],
            kind=Kind[row["kind"].upper()],
            direction=Direction[row["direction"].upper()] if "direction" in row else None,
            zone=Zone[row["zone"].upper()] if "zone" in row else None,
            forwarded=row.get("forwarded", False),
            weekdays=sum(1 << int(day) - 1 for day in row.get("weekdays", "1234567")),
            from_minute=minute(row.get("from", "0:00")),
            until_minute=minute(row.get("until", "24:00")),
            step=row["step"],
            rate_units=row["rate"],
            packages=tuple(row.get("packages", ())),
            valid_from=SINCE,
        )
        for row in example["price"]
    ]
    packages = [
        PackageVersion(row["code"], row["code"], row["position"], row["unit"], row["amount"], SINCE)
        for row in example["package"]
    ]
    return PriceList.of("example", prices, packages)


def example_list() -> PriceList:
    return price_list(EXAMPLE)


def example_uses() -> list[Use]:
    return [
        Use(
            at=datetime.fromisoformat(row["at"]).replace(tzinfo=MINSK).astimezone(UTC),
            kind=Kind[row["kind"].upper()],
            direction=Direction[row["direction"].upper()],
            zone=Zone[row["zone"].upper()],
            duration_seconds=row.get("seconds", 0),
            octets=row.get("octets", 0),
            forwarded=row.get("forwarded", False),
        )
        for row in EXAMPLE["record"]
    ]


@pytest.mark.requirement("IH-037")
def test_the_worked_tariff() -> None:
    prices, uses = example_list(), example_uses()
    expected = [(row["at"], row["charge"]) for row in EXAMPLE["record"]]
    moments = [at for at, _ in expected]
    engines = {
        "engine": [charge.units for charge in engine.rate_all(uses, prices, MINSK)],
        "columns": by_columns(uses, prices, MINSK),
        "naive": [int(units) for units in naive_rating.bill(uses, prices.prices, prices.packages, MINSK)],
    }
    for name, units in engines.items():
        assert list(zip(moments, units, strict=True)) == expected, name


def test_a_charge_says_how_it_came_about() -> None:
    charge = list(engine.rate_all(example_uses(), example_list(), MINSK))[2]
    assert charge.price is not None
    assert (charge.price.code, charge.billed, charge.drawn, charge.paid) == ("off_net", 600, (("minutes", 480),), 2)
    assert charge.paid * charge.price.rate_units == charge.units == 240_000


def flat(**change: object) -> PriceVersion:
    plain = PriceVersion("call", 1, Kind.CALL, 60, 10_000, SINCE)
    return replace(plain, **change)  # type: ignore[arg-type]


def charged(prices: PriceList, *uses: Use, zone: ZoneInfo = MINSK) -> list[int]:
    """What the uses cost, on both engines."""
    units = [charge.units for charge in engine.rate_all(uses, prices, zone)]
    assert by_columns(list(uses), prices, zone) == units
    return units


def call(at: datetime, seconds: int = 60, **change: object) -> Use:
    return replace(Use(at, Kind.CALL, Direction.OUTGOING, Zone.ON_NET, seconds), **change)  # type: ignore[arg-type]


def test_a_new_version_prices_from_its_first_microsecond() -> None:
    turn = datetime(2026, 10, 15, 9, tzinfo=UTC)
    prices = PriceList.of("p", [flat(valid_until=turn), flat(valid_from=turn, rate_units=20_000)], [])
    assert charged(prices, call(turn - timedelta(microseconds=1)), call(turn)) == [10_000, 20_000]
    assert charged(prices.as_of(turn), call(turn - timedelta(days=90)), call(turn)) == [0, 20_000]


def test_nothing_is_charged_before_the_first_version_and_after_the_last() -> None:
    end = SINCE + timedelta(days=1)
    prices = PriceList.of("p", [flat(valid_until=end)], [])
    assert charged(prices, call(SINCE - timedelta(microseconds=1)), call(SINCE), call(end)) == [0, 10_000, 0]


@pytest.mark.parametrize(("before", "after", "paid"), [(120, 300, 1), (300, 120, 3), (120, 0, 4)])
def test_what_was_used_counts_against_a_package_that_changes_within_the_month(
    before: int, after: int, paid: int
) -> None:
    turn = datetime(2026, 10, 15, 9, tzinfo=UTC)
    packages = [
        PackageVersion("m", "m", 0, "seconds", before, SINCE, turn),
        PackageVersion("m", "m", 0, "seconds", after, turn),
    ]
    prices = PriceList.of("p", [flat(packages=("m",))], packages)
    uses = [call(turn - timedelta(hours=1), 180), call(turn, 180)]
    assert sum(charged(prices, *uses)) == paid * 10_000


def test_a_package_is_not_drawn_before_it_is_there() -> None:
    prices = PriceList.of(
        "p", [flat(packages=("m",))], [PackageVersion("m", "m", 0, "seconds", 600, SINCE + timedelta(days=60))]
    )
    assert charged(prices, call(SINCE), call(SINCE + timedelta(days=61))) == [10_000, 0]


def test_records_of_one_moment_are_priced_in_their_order() -> None:
    prices = PriceList.of("p", [flat(packages=("m",))], [PackageVersion("m", "m", 0, "seconds", 60, SINCE)])
    at = datetime(2026, 10, 15, 9, tzinfo=UTC)
    assert charged(prices, call(at), call(at), call(at)) == [0, 10_000, 10_000]


def test_the_hour_that_the_clock_shows_twice_is_one_local_hour_each_time() -> None:
    night = flat(from_minute=180, until_minute=240, rate_units=1)
    prices = PriceList.of("p", [night, flat(position=2)], [])
    # In Kyiv the clock goes from 4:00 back to 3:00 on 25 October 2026, at 01:00 UTC.
    moments = [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, tzinfo=UTC),
    ]
    assert charged(prices, *map(call, moments), zone=KYIV) == [1, 1, 10_000]


def test_a_month_begins_at_local_midnight_also_after_a_clock_change() -> None:
    prices = PriceList.of("p", [flat(packages=("m",))], [PackageVersion("m", "m", 0, "seconds", 60, SINCE)])
    midnight = datetime(2026, 11, 1, tzinfo=KYIV).astimezone(UTC)
    uses = [call(midnight - timedelta(seconds=2)), call(midnight - timedelta(seconds=1)), call(midnight)]
    assert charged(prices, *uses, zone=KYIV) == [0, 10_000, 0]


@pytest.mark.parametrize(("minor", "vat"), [(120, 20), (3, 1), (2, 0), (0, 0), (-120, -20)])
def test_vat_is_contained_in_the_charge(minor: int, vat: int) -> None:
    assert vat_in(minor, 20) == vat
