"""Takes prices and packages from the operator's export: a change comes as a new version, never in place."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, func, select
from sqlmodel import Session

from selfcare_app.catalogue import versions
from selfcare_app.catalogue.price_list import EVERY_DAY, WHOLE_DAY
from selfcare_app.catalogue.price_tables import PlanPackage, Price, PriceEdition, ServicePackage
from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Sieve, Written, chunks, one_at_a_time
from selfcare_app.kit.ids import new_id

PRICE: Table = Price.__table__  # type: ignore[attr-defined]
PACKAGE: Table = PlanPackage.__table__  # type: ignore[attr-defined]
OF_SERVICE: Table = ServicePackage.__table__  # type: ignore[attr-defined]
_IDENTITY = ("plan", "code")
_DEFAULTS: Row = {
    "name": "",
    "direction": None,
    "zone": None,
    "forwarded": False,
    "weekdays": EVERY_DAY,
    "from_minute": WHOLE_DAY[0],
    "until_minute": WHOLE_DAY[1],
    "packages": "",
    "valid_until": None,
}


def packages(session: Session, actor: Actor, *, rows: Sequence[Row], now: datetime) -> Written:
    """Versions of packages by plan, code and `valid_from`.

    Refuses `version_changed`, and `package_position` where a version would stand at another place than those before.
    """
    one_at_a_time(session)
    sieve = Sieve(rows)
    fixed = _packages(session, {row["plan"] for row in rows})

    def moved(row: Row) -> tuple[str, str, str] | None:
        here = (row.get("position", 0), row["unit"])
        kept = fixed.setdefault((row["plan"], row["code"]), here)
        return None if kept == here else ("position", "package_position", str(here[0]))

    sieve.refuse(moved)
    defaults = {"position": 0, "valid_until": None}
    written = versions.take(session, PACKAGE, _IDENTITY, sieve.rows, defaults=defaults)
    return _counted(session, sieve.settled(written), now)


def prices(session: Session, actor: Actor, *, rows: Sequence[Row], now: datetime) -> Written:
    """Versions of price rules by plan, code and `valid_from`; `unit` of a row is what its packages count in.

    Refuses `version_changed`, and `unknown_package` where the plan has no such package of that unit.
    """
    one_at_a_time(session)
    sieve = Sieve(rows)
    known = _packages(session, {row["plan"] for row in rows})

    def unknown(row: Row) -> tuple[str, str, str] | None:
        unit = row["unit"]
        for code in row.get("packages", "").split():
            if known.get((row["plan"], code), (0, ""))[1] != unit:
                return "packages", "unknown_package", code
        return None

    sieve.refuse(unknown)
    plain = [{name: value for name, value in row.items() if name != "unit"} for row in sieve.rows]
    written = versions.take(session, PRICE, _IDENTITY, plain, defaults=_DEFAULTS)
    return _counted(session, sieve.settled(written), now)


def service_packages(session: Session, actor: Actor, *, rows: Sequence[Row], now: datetime) -> Written:
    """Versions of packages that services bring, by service, code and `valid_from`. Refuses `version_changed`."""
    one_at_a_time(session)
    defaults = {"position": 0, "days": 0, "prorated": True, "valid_until": None}
    written = versions.take(session, OF_SERVICE, ("service", "code"), rows, defaults=defaults)
    return _counted(session, written, now)


def _packages(session: Session, plans: set[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """Position and unit of the packages of these plans, by plan and code: the same in every version."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for some in chunks(plans):
        columns = (PACKAGE.c.plan, PACKAGE.c.code, PACKAGE.c.position, PACKAGE.c.unit)
        for plan, code, position, unit in session.execute(select(*columns).where(PACKAGE.c.plan.in_(some))):
            found[plan, code] = (position, unit)
    return found


def _counted(session: Session, written: Written, now: datetime) -> Written:
    """Makes a new edition if anything is new, so that nobody goes on with the prices in his memory."""
    if written.inserted or written.changed:
        latest = session.execute(select(func.max(PriceEdition.no))).scalar_one_or_none() or 0
        session.add(PriceEdition(no=latest + 1, id=new_id(), at=now))
        session.flush()
    return written
