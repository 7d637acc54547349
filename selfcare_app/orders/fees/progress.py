"""How far the runs over all lines have come: which period is due next, and what of a period a line has had."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.account import insert_new
from selfcare_app.orders.fees.rules import Every, period_of
from selfcare_app.orders.fees.tables import FeeRun

ACTION = "fees_taken"


@dataclass(frozen=True, slots=True)
class Taken:
    """What some lines were charged: how many fees, their sum in minor units, and how many lines could not pay."""

    refused: int = 0
    fees: int = 0
    minor: int = 0


def next_due(session: Session, *, now: datetime) -> FeeRun | None:
    """The earliest period that is not done, its row locked; None when nothing is due or another worker is at it.

    Periods follow each other without a gap, however long nobody worked; the day in which the first row is made, and
    its month, are taken as paid to the former billing.
    """
    today = now.astimezone(operators.of(session).zone).date()
    found: list[FeeRun] = []
    for every in Every:
        run = _open(session, every, today, now)
        if run is not None:
            found.append(run)
    if not found:
        return None
    first = min(found, key=lambda run: (run.period_from, run.period != Every.MONTH))
    locked = select(FeeRun).where(FeeRun.id == first.id, col(FeeRun.done_at).is_(None))
    query = locked.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return session.exec(query).one_or_none()


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether `next_due` would find or make anything."""
    today = now.astimezone(operators.of(session).zone).date()
    query = select(FeeRun.period, func.max(FeeRun.period_until), func.count() - func.count(col(FeeRun.done_at)))
    known = {
        every: (until, unfinished) for every, until, unfinished in session.exec(query.group_by(FeeRun.period)).all()
    }
    return any(each not in known or known[each][1] or known[each][0] <= today for each in Every)


def move(session: Session, run: FeeRun, *, after_no: int, lines: int, taken: Taken) -> None:
    """Keeps how far the run has come."""
    session.connection().execute(
        update(FeeRun)
        .where(col(FeeRun.id) == run.id)
        .values(
            after_no=after_no,
            lines=col(FeeRun.lines) + lines,
            refused=col(FeeRun.refused) + taken.refused,
            fees=col(FeeRun.fees) + taken.fees,
            amount_minor=col(FeeRun.amount_minor) + taken.minor,
        )
    )


def done(session: Session, actor: System, *, run: FeeRun, now: datetime) -> None:
    """Ends the run and writes in the journal what it came to: one entry for all lines."""
    session.connection().execute(update(FeeRun).where(col(FeeRun.id) == run.id).values(done_at=now))
    profile = operators.of(session)
    details = {
        "period": run.period,
        "since": run.period_from.isoformat(),
        "lines": run.lines,
        "fees": run.fees,
        "refused": run.refused,
        "amount": Money(run.amount_minor, profile.currency, profile.currency_scale).text,
        "currency": profile.currency,
    }
    record(session, actor, line_id=None, action=ACTION, details=details, now=now)


def has_taken(session: Session, every: Every, since: date, no: int) -> bool:
    """Whether the fees of the period that begins then were taken from the line `no` (or tried to).

    Of periods that no run has reached yet, those before the first run are the former billing's.
    """
    query = select(FeeRun.done_at, FeeRun.after_no).where(FeeRun.period == every, FeeRun.period_from == since)
    row = session.exec(query).one_or_none()
    if row is not None:
        return row[0] is not None or row[1] >= no
    last = _last(session, every)
    return last is None or since < last


def _last(session: Session, every: Every) -> date | None:
    return session.exec(select(func.max(FeeRun.period_from)).where(FeeRun.period == every)).one()


def _open(session: Session, every: Every, today: date, now: datetime) -> FeeRun | None:
    """The earliest period of its kind that is not done; a row is made for the next one when its time has come."""
    query = select(FeeRun).where(FeeRun.period == every, col(FeeRun.done_at).is_(None))
    unfinished = session.exec(query.order_by(col(FeeRun.period_from)).limit(1)).one_or_none()
    if unfinished is not None:
        return unfinished
    last = _last(session, every)
    if last is None:
        _make(session, every, today, now, done_at=now)
        return None
    following = period_of(every, last)[1]
    if following > today:
        return None
    _make(session, every, following, now, done_at=None)
    return session.exec(query).one_or_none()


def _make(session: Session, every: Every, day: date, now: datetime, *, done_at: datetime | None) -> None:
    since, until = period_of(every, day)
    row = {
        "id": new_id(),
        "period": str(every),
        "period_from": since,
        "period_until": until,
        "after_no": -1,
        "began_at": now,
        "done_at": done_at,
        "lines": 0,
        "refused": 0,
        "fees": 0,
        "amount_minor": 0,
    }
    session.connection().execute(insert_new(session, FeeRun).values(row).on_conflict_do_nothing())
