"""Prices and packages come in as versions that are never edited; what cannot be right is refused with its reason."""

import pytest

from selfcare_app.catalogue.price_tables import PlanPackage, Price, ServicePackage
from selfcare_app.usage.codes import Direction, Kind, Zone
from tests.intake.exports import SMALL
from tests.usage.rating_load import PACKAGES, PRICES, Load


@pytest.mark.parametrize(
    ("table", "row", "column", "reason"),
    [
        ("prices", "nobody,call,1,call,,,,,,,60,1,,2026-01-01T00:00:00Z", "plan", "unknown_tariff_plan"),
        ("prices", "super8,new,1,call,,,,,,,60,1,hours,2026-01-01T00:00:00Z", "packages", "unknown_package"),
        ("prices", "super8,new,1,sms,,,,,,,1,1,minutes,2026-01-01T00:00:00Z", "packages", "unknown_package"),
        ("prices", "super8,new,1,call,,,,,,,0,1,,2026-01-01T00:00:00Z", "step", "not_whole"),
        ("prices", "super8,new,1,call,,,,128,,,60,1,,2026-01-01T00:00:00Z", "weekdays", "not_weekdays"),
        ("prices", "super8,new,1,call,,,,,25:00,,60,1,,2026-01-01T00:00:00Z", "from", "not_a_time"),
        ("prices", "super8,call,2,call,outgoing,any,no,,,,60,0.09,minutes,2020-01-01T00:00:00Z", "price", "version_changed"),
        ("plan_packages", "super8,minutes,Минуты,2,seconds,600,2026-01-01T00:00:00Z", "position", "package_position"),
        ("plan_packages", "super8,minutes,Минуты,1,seconds,600,2020-01-01T00:00:00Z", "amount", "version_changed"),
    ],
)  # fmt: skip
def test_prices_that_cannot_be_taken_are_refused_with_their_reason(
    embedded_load: Load, table: str, row: str, column: str, reason: str
) -> None:
    header = {"prices": PRICES, "plan_packages": PACKAGES}[table].splitlines()[0]
    assert embedded_load.tables(**{table: f"{header}\n{row}\n"}).findings == [(f"{table}.csv", 2, column, reason)]


def test_a_price_is_never_edited_it_gets_a_new_version(embedded_load: Load) -> None:
    assert embedded_load.tables(prices=PRICES, plan_packages=PACKAGES).counts == {
        "plan_packages": (0, 0, 1, 0),
        "prices": (0, 0, 6, 0),
    }
    old, new = (row for row in embedded_load.rows(Price, "valid_from") if row.code == "call" and row.plan == "super8")
    assert (old.rate_units, old.valid_until, new.rate_units, new.valid_until) == (84_300, new.valid_from, 100_000, None)
    (package,) = embedded_load.rows(PlanPackage)
    assert (package.amount, package.valid_until) == (120, None)
    (weekdays,) = (row for row in embedded_load.rows(Price) if row.plan == "office")
    assert (weekdays.weekdays, weekdays.from_minute, weekdays.until_minute) == (0b11111, 540, 1_080)


SERVICE_PACKAGES = "service,code,name,unit,amount,kinds,direction,zones,days,prorated,valid_from"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("nothing,m,Минуты,seconds,60,,,,,,2026-01-01T00:00:00Z", "service", "unknown_service"),
        ("whocalled,m,Минуты,seconds,60,sms,,,,,2026-01-01T00:00:00Z", "kinds", "kind_of_another_unit"),
        ("whocalled,m,Минуты,seconds,60,,,moon,,,2026-01-01T00:00:00Z", "zones", "not_a_word"),
        ("whocalled,m,Минуты,hours,60,,,,,,2026-01-01T00:00:00Z", "unit", "not_a_word"),
        ("whocalled,m,Минуты,seconds,-1,,,,,,2026-01-01T00:00:00Z", "amount", "negative"),
        ("whocalled,m,Минуты,seconds,60,,,,9999,,2026-01-01T00:00:00Z", "days", "too_large"),
    ],
)
def test_packages_of_services_that_cannot_be_taken_are_refused(
    embedded_load: Load, row: str, column: str, reason: str
) -> None:
    embedded_load.tables(services=SMALL["services"])
    found = embedded_load.tables(service_packages=f"{SERVICE_PACKAGES}\n{row}\n").findings
    assert found == [("service_packages.csv", 2, column, reason)]


def test_a_package_of_a_service_says_what_it_is_for(embedded_load: Load) -> None:
    rows = [
        "whocalled,m,Минуты,seconds,60,,,,,,2026-01-01T00:00:00Z",
        "whocalled,sum,Сумма,minor,500,CALL data,any,on_net roaming,30,no,2026-01-01T00:00:00Z",
    ]
    assert embedded_load.tables(services=SMALL["services"]).findings == []
    text = "\n".join([SERVICE_PACKAGES, *rows, ""])
    assert embedded_load.tables(service_packages=text).findings == []
    minutes, money = embedded_load.rows(ServicePackage, "code")
    assert (minutes.kinds, minutes.direction, minutes.zones) == (1 << Kind.CALL, Direction.OUTGOING, 0b1111)
    assert (minutes.days, minutes.prorated) == (0, True)
    assert (money.kinds, money.direction) == (1 << Kind.CALL | 1 << Kind.DATA, None)
    assert (money.zones, money.days, money.prorated) == (1 << Zone.ON_NET | 1 << Zone.ROAMING, 30, False)
    again = text.replace(",60,", ",90,")
    assert [finding[2:] for finding in embedded_load.tables(service_packages=again).findings] == [
        ("amount", "version_changed")
    ]
