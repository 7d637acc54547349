"""A month of a line of each operator, worked out by hand: usage on all three ratings, sums, tax, fees."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from selfcare_app import operators
from selfcare_app.catalogue import charge_rules
from selfcare_app.catalogue.charge_rules import Days
from selfcare_app.catalogue.price_list import ServicePackageVersion
from selfcare_app.kit.money import Rate
from selfcare_app.orders.fees import facts
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.rating import engine
from selfcare_app.usage.rating.engine import Use
from selfcare_app.usage.rating.given import Given, in_order
from tests.usage import naive_rating
from tests.usage.rating_columns import by_columns
from tests.usage.test_rating_examples import SINCE, price_list

WORKED = sorted((Path(__file__).parent / "worked").glob("*.toml"))
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture(params=WORKED, ids=lambda file: file.stem)
def worked(request: pytest.FixtureRequest) -> dict[str, Any]:
    return tomllib.loads(request.param.read_text("utf-8"))


def profile_of(worked: dict[str, Any]) -> operators.Profile:
    return operators.profile(worked["operator"])


def moment(text: str, zone: ZoneInfo) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def uses_of(worked: dict[str, Any], zone: ZoneInfo) -> list[Use]:
    return [
        Use(
            at=moment(row["at"], zone),
            kind=Kind[row["kind"].upper()],
            direction=Direction[row["direction"].upper()],
            zone=Zone[row["zone"].upper()],
            duration_seconds=row.get("seconds", 0),
            octets=row.get("octets", 0),
            forwarded=row.get("forwarded", False),
        )
        for row in worked["record"]
    ]


def given_of(worked: dict[str, Any], zone: ZoneInfo) -> tuple[Given, ...]:
    return in_order(
        Given(
            key=row["code"],
            package=ServicePackageVersion(
                service=row["code"],
                code=row["unit"],
                name=row["code"],
                position=0,
                unit=row["unit"],
                amount=row["amount"],
                kinds=sum(1 << Kind[kind.upper()] for kind in row["kinds"]),
                direction=Direction.OUTGOING,
                zones=sum(1 << Zone[place.upper()] for place in row["zones"]),
                days=0,
                prorated=True,
                valid_from=SINCE,
            ),
            amount=row["amount"] * (10_000 if row["unit"] == "minor" else 1),
            since=moment(row["since"], zone),
            until=moment(row["until"], zone),
        )
        for row in worked["bought"]
    )


@pytest.mark.requirement("IH-037")
def test_every_record_costs_what_was_worked_out(worked: dict[str, Any]) -> None:
    zone, prices = profile_of(worked).zone, price_list(worked)
    uses, given = uses_of(worked, zone), given_of(worked, zone)
    expected = [(row["at"], row["charge"]) for row in worked["record"]]
    ratings = {
        "engine": [charge.units for charge in engine.rate_all(uses, prices, zone, given=given)],
        "columns": by_columns(uses, prices, zone, given),
        "naive": [int(each) for each in naive_rating.bill(uses, prices.prices, prices.packages, zone, given)],
    }
    for name, units in ratings.items():
        assert list(zip([at for at, _ in expected], units, strict=True)) == expected, name


def test_the_month_s_sums_and_the_tax_in_them(worked: dict[str, Any]) -> None:
    profile = profile_of(worked)
    given, month = given_of(worked, profile.zone), worked["month"]
    sums: dict[str, int] = {}
    for charge in engine.rate_all(uses_of(worked, profile.zone), price_list(worked), profile.zone, given=given):
        if charge.month == 2026 * 12 + 9:
            name = Kind(charge.use.kind).name.lower()
            sums[name] = sums.get(name, 0) + charge.units
    rounded = {name: Rate(units, profile.currency).rounded().minor for name, units in sums.items()}
    assert (rounded, sum(rounded.values())) == (month["sums"], month["total"]), month["why"]
    assert charge_rules.vat_in(month["total"], profile.charging.vat_percent) == month["vat"], month["why"]


@pytest.mark.requirement("ISSA-097", "ISSA-098", "ISSA-099", "ISSA-100")
def test_fees_of_a_part_of_the_month_and_in_pause(worked: dict[str, Any]) -> None:
    pausing = facts.pausing(profile_of(worked))
    for fee in worked["fee"]:
        since, until, paused = (
            date.fromisoformat(fee[name]) if name in fee else None for name in ("since", "until", "paused")
        )
        percents = charge_rules.day_percents(
            *OCTOBER,
            [Days(since, until)],
            [Days(paused, None)] if paused else [],
            pausing.plan if fee["item"] == "plan" else pausing.service,
        )
        assert charge_rules.amount(fee["minor"], fee["discount"], percents, 31) == fee["charged"], fee["why"]


def test_each_operator_has_its_month() -> None:
    assert [file.stem for file in WORKED] == sorted(operators.keys())
