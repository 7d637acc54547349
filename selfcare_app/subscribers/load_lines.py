"""Takes lines and the history of their numbers from the operator's export, and tells whose a number was then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, insert, select, update
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Sieve, Written, chunks, found, merge, one_at_a_time
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.load import ACCOUNT, LINE
from selfcare_app.subscribers.tables import LineNumber, LinePlan

LINE_NUMBER: Table = LineNumber.__table__  # type: ignore[attr-defined]
LINE_PLAN: Table = LinePlan.__table__  # type: ignore[attr-defined]
_DEFAULTS: Row = {
    "msisdn": None,
    "kind": "phone",
    "audience": "mobile",
    "state": "active",
    "access": "open",
    "user_name": "",
    "alias": "",
    "language": "",
    "ip_address": "",
    "closed_user_group": False,
    "puk1_registration": False,
    "fee_discount_percent": 0,
    "fee_discount_until": None,
    "unpaid_minor": 0,
    "agreed_at": None,
    "sim_changed_at": None,
    "number_changed_at": None,
}
on_sim_change: list[Callable[..., None]] = []
"""Who wants to hear (session, actor, line_id=, now=) of a replaced SIM: called in the transaction that brings it."""

NEWS_FOR = timedelta(days=3)
"""A SIM that was replaced longer ago is history and no news to its owner."""

_OWN_CHOICE = frozenset({"no", "access", "alias", "language"})
"""What the subscriber may have set in the cabinet since: taken with a new line only."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The line `line_no` had a number from `since` until `until` (None: it still has it)."""

    line_no: int
    since: datetime
    until: datetime | None


def lines(session: Session, actor: Actor, *, rows: Sequence[Row], now: datetime) -> Written:
    """Lines by `external_id`; `account_id` is the account's external one.

    A number is taken over only if the line has had it since later than the number that is known here, so that an old
    export never undoes a number change. `number_since` is activation where it is missing. A plan is taken over only if
    what says so, of the moment `plan_as_of`, is later than the last change of plan that was ordered here. Refuses
    `unknown_account`, `number_of_another_line`, `number_since_late`.
    """
    one_at_a_time(session)
    sieve = Sieve(rows)
    sieve.refer(session, ACCOUNT, "account_id", "account_id", "unknown_account")
    sieve.refuse(lambda row: _late(row, now))
    known = found(session, LINE, ("external_id",), ((row["external_id"],) for row in sieve.rows))
    since = _current_since(session, [row["id"] for row in known.values()])
    changed = _plan_changed(session, [row["id"] for row in known.values()])
    for row in sieve.rows:
        _settle_plan(row, known.get((row["external_id"],)), changed)
        _settle_number(row, known.get((row["external_id"],)), since, session)
    sieve.claim(session, LINE, "msisdn", "number_of_another_line")
    taken = sieve.rows
    moments = {row["external_id"]: row.pop("number_since") for row in taken}
    _number(session, taken, known)
    written = merge(session, LINE, ("external_id",), taken, defaults=_DEFAULTS, initial=_OWN_CHOICE)
    _keep_history(session, taken, known, moments)
    for row in taken:
        old = known.get((row["external_id"],))
        if old is not None and _has_new_sim(row, old, now):
            for call in on_sim_change:
                call(session, actor, line_id=old["id"], now=now)
    return sieve.settled(written)


def _has_new_sim(row: Row, old: Row, now: datetime) -> bool:
    changed, before = row.get("sim_changed_at"), old["sim_changed_at"]
    return changed is not None and (before is None or changed > before) and changed > now - NEWS_FOR


def _late(row: Row, now: datetime) -> tuple[str, str, str] | None:
    since = row.get("number_since")
    return ("number_since", "number_since_late", since.isoformat()) if since is not None and since > now else None


def _current_since(session: Session, line_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Since when each line has its number."""
    since: dict[UUID, datetime] = {}
    for some in chunks(line_ids):
        query = select(LINE_NUMBER.c.line_id, LINE_NUMBER.c.valid_from).where(
            LINE_NUMBER.c.line_id.in_(some), LINE_NUMBER.c.valid_until.is_(None)
        )
        since.update(session.execute(query).tuples().all())
    return since


def _plan_changed(session: Session, line_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each line's plan was changed here last."""
    changed: dict[UUID, datetime] = {}
    for some in chunks(line_ids):
        last = func.max(LINE_PLAN.c.valid_until)
        query = select(LINE_PLAN.c.line_id, last).where(LINE_PLAN.c.line_id.in_(some)).group_by(LINE_PLAN.c.line_id)
        changed.update(session.execute(query).tuples().all())
    return changed


def _settle_plan(row: Row, old: Row | None, changed: dict[UUID, datetime]) -> None:
    """Leaves in the row a plan that is to be written: an older export never undoes a change that was ordered here."""
    as_of = row.pop("plan_as_of", None)
    if old is not None and as_of is not None and old["id"] in changed and as_of <= changed[old["id"]]:
        row["tariff_plan"] = old["tariff_plan"]


def _settle_number(row: Row, old: Row | None, since: dict[UUID, datetime], session: Session) -> None:
    """Leaves in the row a number that is to be written, and since when."""
    zone = operators.of(session).zone
    activated = row["activated_on"]
    asked = row.get("number_since") or datetime(activated.year, activated.month, activated.day, tzinfo=zone).astimezone(
        UTC
    )
    row["number_since"] = asked
    if old is None or "msisdn" not in row:
        return
    current = since.get(old["id"])
    if row["msisdn"] == old["msisdn"] or (current is not None and asked <= current):
        row["msisdn"] = old["msisdn"]
    elif row["msisdn"] is not None:
        row["number_changed_at"] = asked


def _number(session: Session, rows: Sequence[Row], known: dict[tuple[Any, ...], Row]) -> None:
    """Gives new lines their compact number."""
    last = session.execute(select(func.coalesce(func.max(LINE.c.no), 0))).scalar_one()
    for row in rows:
        if (row["external_id"],) not in known:
            last += 1
            row["no"] = last


def _keep_history(
    session: Session, rows: Sequence[Row], known: dict[tuple[Any, ...], Row], moments: dict[str, datetime]
) -> None:
    now_there = found(session, LINE, ("external_id",), ((row["external_id"],) for row in rows))
    begun, ended = [], []
    for (external_id,), line in now_there.items():
        old = known.get((external_id,))
        if old is not None and old["msisdn"] == line["msisdn"]:
            continue
        at = moments[external_id]
        if old is not None and old["msisdn"] is not None:
            ended.append((old["id"], at))
        if line["msisdn"] is not None:
            begun.append(
                {"id": new_id(), "line_id": line["id"], "msisdn": line["msisdn"], "valid_from": at, "valid_until": None}
            )
    for line_id, at in ended:
        current = (LINE_NUMBER.c.line_id == line_id) & LINE_NUMBER.c.valid_until.is_(None)
        session.execute(update(LINE_NUMBER).where(current).values(valid_until=at))
    if begun:
        session.execute(insert(LINE_NUMBER), begun)


def holdings(session: Session, actor: Actor, *, msisdns: Sequence[str]) -> dict[str, list[Holding]]:
    """Which lines had each of these numbers, and when."""
    query = select(LINE_NUMBER.c.msisdn, LINE.c.no, LINE_NUMBER.c.valid_from, LINE_NUMBER.c.valid_until).join(
        LINE, LINE.c.id == LINE_NUMBER.c.line_id
    )
    known: dict[str, list[Holding]] = {msisdn: [] for msisdn in msisdns}
    for some in chunks(msisdns):
        for msisdn, *holding in session.execute(query.where(LINE_NUMBER.c.msisdn.in_(some))):
            known[msisdn].append(Holding(*holding))
    return known


def line_nos(session: Session, actor: Actor, *, external_ids: Sequence[str]) -> dict[str, int]:
    """The compact number of each of these lines that is there."""
    known: dict[str, int] = {}
    for some in chunks(external_ids):
        query = select(LINE.c.external_id, LINE.c.no).where(LINE.c.external_id.in_(some))
        known.update(session.execute(query).tuples().all())
    return known


def current_numbers(session: Session, actor: Actor, *, external_ids: Sequence[str]) -> list[str]:
    """The numbers that these lines have now."""
    rows = found(session, LINE, ("external_id",), ((external_id,) for external_id in external_ids))
    return [row["msisdn"] for row in rows.values() if row["msisdn"] is not None]
