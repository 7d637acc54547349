"""Takes tariff plans and services from the operator's export: a change comes as a new version, never in place."""

from collections.abc import Sequence

from sqlalchemy import Table, select
from sqlmodel import Session

from selfcare_app.catalogue import versions
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Written, chunks

PLAN: Table = TariffPlan.__table__  # type: ignore[attr-defined]
SERVICE: Table = Service.__table__  # type: ignore[attr-defined]
_CODE = ("code",)
_MAY_CHANGE = ("open_for_change",)
_PLAN_DEFAULTS: Row = {
    "settlement": "prepaid",
    "plan_class": "voice",
    "package": {},
    "benefits": "",
    "description": "",
    "link": "",
    "fee_period": "month",
    "switch_fee_minor": 0,
    "open_for_change": True,
    "valid_until": None,
}
_SERVICE_DEFAULTS: Row = {
    "description": "",
    "category": "other",
    "fee_minor": 0,
    "fee_period": "month",
    "connect_fee_minor": 0,
    "package": {},
    "plans": [],
    "open_for_change": True,
    "valid_until": None,
}


def tariff_plans(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Versions of tariff plans by code and `valid_from`. Refuses `version_changed`."""
    return versions.take(session, PLAN, _CODE, rows, defaults=_PLAN_DEFAULTS, may_change=_MAY_CHANGE)


def services(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Versions of services by code and `valid_from`. Refuses `version_changed`."""
    return versions.take(session, SERVICE, _CODE, rows, defaults=_SERVICE_DEFAULTS, may_change=_MAY_CHANGE)


def known_plans(session: Session, actor: Actor, *, codes: Sequence[str]) -> frozenset[str]:
    """Those of the codes that are tariff plans, in force or not."""
    return _known(session, PLAN, codes)


def known_services(session: Session, actor: Actor, *, codes: Sequence[str]) -> frozenset[str]:
    """Those of the codes that are services, in force or not."""
    return _known(session, SERVICE, codes)


def _known(session: Session, table: Table, codes: Sequence[str]) -> frozenset[str]:
    known: set[str] = set()
    for some in chunks(set(codes)):
        known.update(session.execute(select(table.c.code).where(table.c.code.in_(some))).scalars())
    return frozenset(known)
