"""Loads what usage costs: packages of tariff plans, then the rules that draw from them."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from selfcare_app.catalogue import load as catalogue
from selfcare_app.catalogue import load_prices
from selfcare_app.catalogue.price_list import MONEY
from selfcare_app.intake.kinds_prices import ANY
from selfcare_app.kit.actor import System
from selfcare_app.kit.bulk import Row, Sieve, Written
from selfcare_app.usage.codes import Direction, Kind

UNITS: Mapping[int, str] = {Kind.CALL: "seconds", Kind.DATA: "bytes", Kind.SMS: "messages", Kind.MMS: "messages"}
"""What a kind of usage is counted in."""
KINDS: Mapping[str, int] = {
    unit: sum(1 << kind for kind in Kind if unit in (UNITS[kind], MONEY)) for unit in (*UNITS.values(), MONEY)
}
"""Which kinds a package of a unit may be for, as bits."""
_NAMES = {"from": "from_minute", "until": "until_minute", "price": "rate_units"}


def packages(session: Session, actor: System, *, rows: list[Row], now: datetime) -> Written:
    """Versions of packages. Refuses plans that are not there."""
    sieve = Sieve(rows)
    _refer(session, actor, sieve)
    return sieve.settled(load_prices.packages(session, actor, rows=sieve.rows, now=now))


def prices(session: Session, actor: System, *, rows: list[Row], now: datetime) -> Written:
    """Versions of price rules. Refuses plans and packages that are not there."""
    sieve = Sieve(rows)
    _refer(session, actor, sieve)
    return sieve.settled(load_prices.prices(session, actor, rows=[_rule(row) for row in sieve.rows], now=now))


def service_packages(session: Session, actor: System, *, rows: list[Row], now: datetime) -> Written:
    """Versions of packages that services bring. Refuses services that are not there, and kinds of another unit."""
    sieve = Sieve(rows)
    known = catalogue.known_services(session, actor, codes=[row["service"] for row in sieve.rows])
    sieve.refuse(lambda row: None if row["service"] in known else ("service", "unknown_service", row["service"]))
    sieve.refuse(_of_another_unit)
    kept = [_of_kinds(row) for row in sieve.rows]
    return sieve.settled(load_prices.service_packages(session, actor, rows=kept, now=now))


def _of_another_unit(row: Row) -> tuple[str, str, str] | None:
    wrong = row.get("kinds", 0) & ~KINDS[row["unit"]]
    return ("kinds", "kind_of_another_unit", row["unit"]) if wrong else None


def _of_kinds(row: Row) -> Row:
    """What it is for: with no kinds named all that are counted in its unit."""
    kept = row | {"kinds": row.get("kinds") or KINDS[row["unit"]]}
    way = kept.get("direction", int(Direction.OUTGOING))
    return kept | {"direction": None if way == ANY else way}


def _refer(session: Session, actor: System, sieve: Sieve) -> None:
    known = catalogue.known_plans(session, actor, codes=[row["plan"] for row in sieve.rows])
    sieve.refuse(lambda row: None if row["plan"] in known else ("plan", "unknown_tariff_plan", row["plan"]))


def _rule(row: Row) -> Row:
    rule = {_NAMES.get(name, name): value for name, value in row.items()}
    for name in ("direction", "zone"):
        if rule.get(name) == ANY:
            rule[name] = None
    if "packages" in rule:
        rule["packages"] = " ".join(rule["packages"].split())
    return {**rule, "unit": UNITS[rule["kind"]]}
