"""Three ratings that were written separately agree to the smallest unit, whatever the tariff and the records."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfcare_app.catalogue.price_list import PackageVersion, PriceList, PriceVersion, ServicePackageVersion
from selfcare_app.intake.loaders.prices import KINDS
from selfcare_app.kit.money import Rate
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.rating import columns, comparing, engine
from selfcare_app.usage.rating.compiled import compiled
from selfcare_app.usage.rating.engine import Use
from selfcare_app.usage.rating.given import OWN_PERIOD, Given, in_order
from selfcare_app.usage.rating.widened import widened
from tests.usage import naive_rating
from tests.usage.rating_columns import by_columns, in_columns

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
BEGIN = datetime(2026, 3, 20, tzinfo=UTC)
ZONES = [ZoneInfo("Europe/Minsk"), ZoneInfo("Europe/Kyiv")]
STEPS = {Kind.CALL: (1, 10, 30, 60), Kind.SMS: (1,), Kind.MMS: (1,), Kind.DATA: (1, 102_400, 1_048_576)}
GIVEN = {Kind.CALL: "seconds", Kind.SMS: "messages", Kind.MMS: "messages", Kind.DATA: "bytes"}


def moment(dice: random.Random) -> datetime:
    return BEGIN + timedelta(microseconds=dice.randrange(250 * 86_400_000_000))


def tariff(dice: random.Random) -> PriceList:
    """Anything that a catalogue can hold."""
    turns = sorted(moment(dice) for _ in range(dice.randrange(3)))
    packages, codes = [], {}
    for position, unit in enumerate(dice.choices(["seconds", "messages", "bytes"], k=dice.randrange(5))):
        code = f"package{position}"
        codes.setdefault(unit, []).append(code)
        for since, until in zip([SINCE, *turns], [*turns, None], strict=True):
            most = {"seconds": 9_000, "messages": 30, "bytes": 300_000_000}[unit]
            packages.append(PackageVersion(code, code, position, unit, dice.randrange(most), since, until))
    prices = [price(dice, n, codes, turns) for n in range(dice.randrange(1, 14))]
    return PriceList.of("any", prices, packages)


def price(dice: random.Random, n: int, codes: dict[str, list[str]], turns: list[datetime]) -> PriceVersion:
    kind = dice.choice(list(Kind))
    offered = codes.get(GIVEN[kind], [])
    whole = dice.random() < 0.6
    since = dice.choice([SINCE, *turns])
    return PriceVersion(
        code=f"price{n}",
        position=dice.randrange(6),
        kind=kind,
        step=dice.choice(STEPS[kind]),
        rate_units=dice.choice([0, 1, 79_000, dice.randrange(3_000_000)]),
        valid_from=since,
        valid_until=dice.choice([None, since + timedelta(days=90)]),
        direction=dice.choice([None, *Direction]),
        zone=dice.choice([None, None, *Zone]),
        forwarded=dice.random() < 0.2,
        weekdays=127 if whole else dice.randrange(1, 128),
        from_minute=0 if whole else dice.randrange(1_440),
        until_minute=1_440 if whole else dice.randrange(1_441),
        packages=tuple(dice.sample(offered, dice.randrange(len(offered) + 1))),
    )


def bought(dice: random.Random) -> list[Given]:
    """Packages of services: of anything, for any time, of money too; some end together."""
    ends, made = [moment(dice) for _ in range(3)], []
    for n in range(dice.randrange(5)):
        unit = dice.choice(["seconds", "messages", "bytes", "minor"])
        most = {"seconds": 9_000, "messages": 30, "bytes": 300_000_000, "minor": 90_000_000}[unit]
        package = ServicePackageVersion(
            service="s",
            code=f"p{n}",
            name="p",
            position=dice.randrange(3),
            unit=unit,
            amount=0,
            kinds=dice.randrange(1, 1 << 5) & KINDS[unit],
            direction=dice.choice([None, *Direction]),
            zones=dice.randrange(1 << 6),
            days=0,
            prorated=True,
            valid_from=SINCE,
        )
        until = dice.choice(ends)
        made.append(Given(f"s.p{n}", package, dice.randrange(most), min(moment(dice), until), until))
    return made


def some_uses(dice: random.Random, count: int) -> list[Use]:
    made = [
        Use(
            at=moment(dice),
            kind=(kind := dice.choice([Kind.CALL, Kind.CALL, Kind.SMS, Kind.MMS, Kind.DATA])),
            direction=dice.choice(list(Direction)),
            zone=dice.choice(list(Zone)),
            duration_seconds=dice.choice([0, 1, 59, 60, 61, dice.randrange(7_200)]) if kind == Kind.CALL else 0,
            octets=dice.choice([0, 1, 102_400, dice.randrange(90_000_000)]) if kind == Kind.DATA else 0,
            forwarded=dice.random() < 0.1,
        )
        for _ in range(count)
    ]
    return sorted(made, key=lambda use: use.at)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_any_tariff_and_any_records(seed: int, count: int) -> None:
    dice = random.Random(seed)
    prices, uses, zone = tariff(dice), some_uses(dice, count), dice.choice(ZONES)
    given = bought(dice)
    plain = [int(units) for units in naive_rating.bill(uses, prices.prices, prices.packages, zone, given)]
    assert [charge.units for charge in engine.rate_all(uses, prices, zone, given=in_order(given))] == plain
    assert by_columns(uses, prices, zone, given) == plain


def agree(records: int, seed: int) -> None:
    """So many records of many lines on many tariffs, a line at a time naively and all lines of a tariff at once."""
    dice = random.Random(seed)
    tariffs, lines_each, records_each = records // 10_000, 40, 250
    total = 0
    for _ in range(tariffs):
        prices, zone = tariff(dice), dice.choice(ZONES)
        lines = [some_uses(dice, records_each) for _ in range(lines_each)]
        given = {no: in_order(bought(dice)) for no in range(1, lines_each + 1)}
        plain = [
            unit
            for no, uses in enumerate(lines, 1)
            for unit in naive_rating.bill(uses, prices.prices, prices.packages, zone, given[no])
        ]
        everything = in_columns(
            [use for uses in lines for use in uses], zone, [no for no, uses in enumerate(lines, 1) for _ in uses]
        )
        fast = columns.rate(everything, compiled(prices), given=given).units
        assert np.array_equal(fast, np.array([int(unit) for unit in plain], np.int64))
        total += len(plain)
    assert total == records


def test_fifty_thousand_random_records_agree_to_the_smallest_unit() -> None:
    agree(50_000, seed=4)


@pytest.mark.slow
def test_a_million_random_records_agree_to_the_smallest_unit() -> None:
    agree(1_000_000, seed=1)


def test_a_month_in_two_parts_is_the_month() -> None:
    """What the first part has used is handed to the second: packages are not given twice."""
    dice = random.Random(11)
    for _ in range(20):
        prices, uses, zone = tariff(dice), some_uses(dice, 200), ZONES[0]
        given = {1: in_order(bought(dice))}
        whole = columns.rate(in_columns(uses, zone), compiled(prices), given=given)
        cut = dice.randrange(1, 199)
        first = in_columns(uses[:cut], zone)
        begun = columns.rate(first, compiled(prices), given=given)
        used: dict[tuple[int, int, str], int] = {}
        for n, code in enumerate(compiled(prices).codes):
            for month, taken in zip(first.month.tolist(), begun.drawn[n].tolist(), strict=True):
                used[1, month, code] = used.get((1, month, code), 0) + taken
        for taken in begun.given:
            used[1, OWN_PERIOD, taken.given.key] = int(taken.quantity.sum())
        rest = columns.rate(in_columns(uses[cut:], zone), compiled(prices), used, given)
        assert begun.units.tolist() + rest.units.tolist() == whole.units.tolist()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 80))
def test_many_tariffs_at_once_cost_what_each_does(seed: int, tariffs: int, count: int) -> None:
    dice = random.Random(seed)
    lists, uses, zone, now = (
        [tariff(dice) for _ in range(tariffs)],
        some_uses(dice, count),
        dice.choice(ZONES),
        moment(dice),
    )
    first = engine.month_of(uses[0].at, zone)
    months = engine.month_of(uses[-1].at, zone) - first + 1
    packages = [tuple(monthly(each.package, each.amount) for each in bought(dice)) for _ in lists]
    ready = [widened(compiled(each).only(now), some) for each, some in zip(lists, packages, strict=True)]
    fast = comparing.minor(in_columns(uses, zone), ready, first, months)
    for row, each, some in zip(fast.tolist(), lists, packages, strict=True):
        sums: dict[tuple[int, int], int] = {}
        given = in_order(anew(package, month, zone) for package in some for month in range(first, first + months))
        for charge in engine.rate_all([replace(use) for use in uses], always(each, now), zone, given=given):
            place = charge.month - first, charge.use.kind
            sums[place] = sums.get(place, 0) + charge.units
        plain = [0] * months
        for (month, _), units in sums.items():
            plain[month] += Rate(units, "BYN").rounded().minor
        assert row == plain


def monthly(package: ServicePackageVersion, amount: int) -> ServicePackageVersion:
    return replace(package, amount=amount // (10_000 if package.unit == "minor" else 1))


def anew(package: ServicePackageVersion, month: int, zone: ZoneInfo) -> Given:
    """What a service gives a month, as the month run would."""
    begin, end = (datetime(n // 12, n % 12 + 1, 1, tzinfo=zone).astimezone(UTC) for n in (month, month + 1))
    amount = package.amount * (10_000 if package.unit == "minor" else 1)
    return Given(f"{package.allowance}@{month}", package, amount, begin, end)


def always(prices: PriceList, now: datetime) -> PriceList:
    """The versions in force now, without beginning and end."""
    held = prices.as_of(now)
    ever = {"valid_from": SINCE, "valid_until": None}
    return PriceList.of(
        "any", [replace(each, **ever) for each in held.prices], [replace(each, **ever) for each in held.packages]
    )
