"""The records behind one kind of a month's charges: those that cost anything, for who has proved as for call detail."""

import re
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, and_, literal, or_, tuple_
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.db import Moment, micros, moment
from selfcare_app.kit.actor import ProofNeeded, Subscriber
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.page import Page
from selfcare_app.operators.schema.vocabulary import CurrentUntil
from selfcare_app.usage import categories, monthly, selection
from selfcare_app.usage.categories import Place
from selfcare_app.usage.codes import FORWARDED
from selfcare_app.usage.detailing import NoSuchPage
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.usage.views import CallRecord

_PLACE = re.compile(r"(\d{1,17})\.(\d{1,19})")
_GREATEST_KEY = 2**63 - 1
_DAY = timedelta(days=1)


class NoSuchKind(NotFound):
    """The operator has no kind of charge of that name."""

    code = "charges.no_such_kind"


def page(
    session: Session, actor: Subscriber, *, month: str, category: str, after: str = "", now: datetime
) -> Page[CallRecord]:
    """A page of the records of that kind that follow `after`; in the current month as far as call detail is shown.

    Raises NoSuchKind, ProofNeeded, detailing.NoSuchPage, selection.Closed and what monthly.read does.
    """
    profile = operators.of(session)
    selection.require_open(profile, now)
    line, listed = selection.line_of(session, actor), categories.of_operator(profile)
    if category not in listed:
        raise NoSuchKind()
    period, until = monthly.reach(session, actor, month=month, now=now)
    if not selection.proven(session, actor, line=line, now=now):
        raise ProofNeeded(purpose=selection.PURPOSE)
    size, since = profile.call_detail.page_size, monthly.midnight(session, period.first)
    at, key = _place(after) if after else (min(until, _shown_until(session, now)), 0)
    query = (
        select(UsageRecord)
        .where(
            UsageRecord.line_no == line.no,
            col(UsageRecord.started_at) >= since,
            tuple_(col(UsageRecord.started_at), col(UsageRecord.record_key))
            < tuple_(literal(at, Moment()), literal(key, BigInteger)),
            col(UsageRecord.charge_units) != 0,
            _sorts(category, line.kind, listed),
        )
        .order_by(col(UsageRecord.started_at).desc(), col(UsageRecord.record_key).desc())
        .limit(size + 1)
    )
    rows = session.exec(query).all()
    records = tuple(_record(row) for row in rows[:size])
    return Page(records, f"{records[-1].at_micros}.{records[-1].key}" if len(rows) > size else None)


def _shown_until(session: Session, now: datetime) -> datetime:
    """Up to when single records are shown (ISSA-073)."""
    profile = operators.of(session)
    if profile.call_detail.current_until is CurrentUntil.NOW:
        return now
    return monthly.midnight(session, now.astimezone(profile.zone).date())


def _sorts(category: str, line_kind: str, listed: tuple[str, ...]) -> ColumnElement[bool]:
    places = categories.places(category, line_kind=line_kind, listed=listed)
    if not places:
        return col(UsageRecord.kind) < 0
    return or_(*[_sort(place) for place in places])


def _sort(place: Place) -> ColumnElement[bool]:
    kind, way, zone, forwarded = place
    service = col(UsageRecord.service)
    return and_(
        col(UsageRecord.kind) == int(kind),
        col(UsageRecord.direction) == int(way),
        col(UsageRecord.zone) == int(zone),
        service == FORWARDED if forwarded else service != FORWARDED,
    )


def _place(after: str) -> tuple[datetime, int]:
    found = _PLACE.fullmatch(after)
    if found is None or int(found[2]) > _GREATEST_KEY:
        raise NoSuchPage()
    return moment(int(found[1])), int(found[2])


def _record(row: UsageRecord) -> CallRecord:
    return CallRecord(
        micros(row.started_at), row.record_key, row.kind, row.direction, row.zone, row.peer, row.duration_seconds,
        row.bytes_in + row.bytes_out, row.charge_units, row.service, row.domain,
    )  # fmt: skip
