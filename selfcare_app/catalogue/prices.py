"""The price lists of all tariff plans, read once for every edition of the prices."""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from selfcare_app.catalogue.price_list import PackageVersion, PriceList, PriceVersion, ServicePackageVersion
from selfcare_app.catalogue.price_tables import PlanPackage, Price, PriceEdition, ServicePackage
from selfcare_app.catalogue.tables import TariffPlan


class Terms(NamedTuple):
    """What a tariff plan costs beside usage, in minor units, and who may have it."""

    code: str
    name: str
    settlement: str
    plan_class: str
    fee_minor: int
    fee_period: str
    switch_fee_minor: int
    open_for_change: bool


_plan = TariffPlan.__table__.c  # type: ignore[attr-defined]
_at = bindparam("at", type_=_plan.valid_from.type)
_TERMS = sql_select(*(_plan[name] for name in Terms._fields)).where(
    _plan.valid_from <= _at, _plan.valid_until.is_(None) | (_plan.valid_until > _at)
)
_LATEST = sql_select(col(PriceEdition.id)).order_by(col(PriceEdition.no).desc()).limit(1)
"""Written once: to write a statement down costs more than to run it."""


class Edition(NamedTuple):
    """Everything that prices usage: lists of tariff plans, packages of services, by the code of plan or service."""

    id: UUID
    lists: Mapping[str, PriceList]
    packages: Mapping[str, tuple[ServicePackageVersion, ...]]


_lock = threading.Lock()
_read: WeakKeyDictionary[Pool, Edition] = WeakKeyDictionary()
"""By database: the edition that was read last."""


def edition(session: Session) -> UUID | None:
    """The latest edition of prices; None where there have never been any."""
    found: UUID | None = session.connection().execute(_LATEST).scalar_one_or_none()
    return found


def lists(session: Session) -> Mapping[str, PriceList]:
    """Every version of every price by the code of its tariff plan."""
    known = latest(session)
    return known.lists if known else {}


def service_packages(session: Session) -> Mapping[str, tuple[ServicePackageVersion, ...]]:
    """Every version of the packages that services bring, by the service's code, in the order of their positions."""
    known = latest(session)
    return known.packages if known else {}


def latest(session: Session) -> Edition | None:
    """The latest edition as a whole; None where there have never been any prices."""
    now = edition(session)
    if now is None:
        return None
    where = session.get_bind().engine.pool
    with _lock:
        known = _read.get(where)
    if known is None or known.id != now:
        known = Edition(now, _lists(session), _service_packages(session))
        with _lock:
            _read[where] = known
    return known


def terms(session: Session, *, at: datetime) -> tuple[Terms, ...]:
    """The conditions of every tariff plan in force then."""
    return tuple(Terms(*each) for each in session.connection().execute(_TERMS, {"at": at}))


def version(session: Session, price_id: UUID) -> PriceVersion:
    """The version of a price that has this id."""
    return _price(session.exec(select(Price).where(Price.id == price_id)).one())


def _lists(session: Session) -> Mapping[str, PriceList]:
    prices: dict[str, list[PriceVersion]] = {}
    packages: dict[str, list[PackageVersion]] = {}
    for price in session.exec(select(Price)).all():
        prices.setdefault(price.plan, []).append(_price(price))
    for package in session.exec(select(PlanPackage)).all():
        packages.setdefault(package.plan, []).append(_package(package))
    return {plan: PriceList.of(plan, some, packages.get(plan, [])) for plan, some in prices.items()}


def _service_packages(session: Session) -> Mapping[str, tuple[ServicePackageVersion, ...]]:
    found: dict[str, tuple[ServicePackageVersion, ...]] = {}
    query = select(ServicePackage).order_by(
        col(ServicePackage.position), col(ServicePackage.code), col(ServicePackage.valid_from)
    )
    names = ServicePackageVersion.__slots__
    for row in session.exec(query).all():
        version = ServicePackageVersion(**{name: getattr(row, name) for name in names})
        found[row.service] = (*found.get(row.service, ()), version)
    return found


def _price(row: Price) -> PriceVersion:
    return PriceVersion(
        code=row.code,
        position=row.position,
        kind=row.kind,
        step=row.step,
        rate_units=row.rate_units,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        direction=row.direction,
        zone=row.zone,
        forwarded=row.forwarded,
        weekdays=row.weekdays,
        from_minute=row.from_minute,
        until_minute=row.until_minute,
        packages=tuple(row.packages.split()),
        name=row.name,
        id=row.id,
    )


def _package(row: PlanPackage) -> PackageVersion:
    return PackageVersion(row.code, row.name, row.position, row.unit, row.amount, row.valid_from, row.valid_until)
