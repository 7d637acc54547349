"""Takes tariff plans and services from the operator's export: a change comes as a new version, never in place."""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import Table, select, update
from sqlmodel import Session

from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Written, chunks, merge, one_at_a_time

PLAN: Table = TariffPlan.__table__  # type: ignore[attr-defined]
SERVICE: Table = Service.__table__  # type: ignore[attr-defined]
_KEY = ("code", "valid_from")
_MAY_CHANGE = {"valid_until", "open_for_change"}


def tariff_plans(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Versions of tariff plans by code and `valid_from`. Refuses `version_changed`."""
    defaults = {
        **{"settlement": "prepaid", "plan_class": "voice", "package": {}, "benefits": "", "open_for_change": True},
        "valid_until": None,
    }
    return _versions(session, PLAN, rows, defaults)


def services(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Versions of services by code and `valid_from`. Refuses `version_changed`."""
    return _versions(session, SERVICE, rows, {"description": "", "fee_minor": 0, "valid_until": None})


def known_plans(session: Session, actor: Actor, *, codes: Sequence[str]) -> frozenset[str]:
    """Those of the codes that are tariff plans, in force or not."""
    return _known(session, PLAN, codes)


def known_services(session: Session, actor: Actor, *, codes: Sequence[str]) -> frozenset[str]:
    """Those of the codes that are services, in force or not."""
    return _known(session, SERVICE, codes)


def _versions(session: Session, table: Table, rows: Sequence[Row], defaults: Row) -> Written:
    one_at_a_time(session)
    # An open end does not reopen a version that a later one has ended.
    ended = [{name: value for name, value in row.items() if name != "valid_until" or value is not None} for row in rows]

    def refuses(known: Row, new: Row) -> tuple[str, str] | None:
        return None if new.keys() <= _MAY_CHANGE else (sorted(new.keys() - _MAY_CHANGE)[0], "version_changed")

    written = Written()
    for open_end in (True, False):
        some = [row for row in ended if ("valid_until" not in row) == open_end]
        places = [place for place, row in enumerate(ended) if ("valid_until" not in row) == open_end]
        part = merge(session, table, _KEY, some, defaults=defaults, refuses=refuses)
        written += part.at(places)
    _end_earlier(session, table, {row["code"] for row in rows})
    return written


def _end_earlier(session: Session, table: Table, codes: set[str]) -> None:
    """Every version ends where the next one begins."""
    for some in chunks(codes):
        query = select(table.c.id, table.c.code, table.c.valid_from, table.c.valid_until)
        versions = session.execute(query.where(table.c.code.in_(some)).order_by(table.c.code, table.c.valid_from)).all()
        for earlier, later in pairwise(versions):
            overlaps = earlier.valid_until is None or earlier.valid_until > later.valid_from
            if earlier.code == later.code and overlaps:
                session.execute(update(table).where(table.c.id == earlier.id).values(valid_until=later.valid_from))


def _known(session: Session, table: Table, codes: Sequence[str]) -> frozenset[str]:
    known: set[str] = set()
    for some in chunks(set(codes)):
        known.update(session.execute(select(table.c.code).where(table.c.code.in_(some))).scalars())
    return frozenset(known)
