"""Accrues bonus units for every day that is over: some lines at a time, each day of each line once. IH-039."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money
from selfcare_app.ledger.account import insert_new
from selfcare_app.ledger.batch import Instruction, post_many
from selfcare_app.ledger.post import Leg
from selfcare_app.ledger.rules import BONUS
from selfcare_app.payments import bonus_rules as rules
from selfcare_app.payments.bonus_tables import BonusDay
from selfcare_app.subscribers.tables import Line, LineService
from selfcare_app.usage.tables import UsageRecord

KIND = "bonus"
LINES_AT_ONCE = 100
_DAY = timedelta(days=1)


def run(session: Session, actor: System, *, now: datetime) -> int:
    """Accrues for the next lines of the oldest day that is not done; gives how many lines it looked at, 0 when done.

    The lines' units and the step over them are one transaction, so that a worker that dies has done nothing, and a
    second one waits. Days that passed without a worker are made up one after the other.
    """
    profile = operators.of(session)
    if profile.bonus is None:
        return 0
    progress = _progress(session, now.astimezone(profile.zone).date() - _DAY)
    if progress is None:
        return 0
    query = select(Line).where(col(Line.no) > progress.after_no, Line.state != "closed")
    lines = session.exec(query.order_by(col(Line.no)).limit(LINES_AT_ONCE)).all()
    _accrue(session, actor, lines, progress.day, now)
    if lines:
        progress.after_no = lines[-1].no
    if len(lines) < LINES_AT_ONCE:
        progress.done_at = now
    session.flush()
    return max(1, len(lines))


def _progress(session: Session, yesterday: date) -> BonusDay | None:
    """The day to go on with, locked; None where yesterday is done. The first day ever is yesterday."""
    last = session.exec(select(func.max(BonusDay.day))).one()
    if last is None:
        return _opened(session, yesterday)
    row = _locked(session, last)
    if row.done_at is None:
        return row
    return _opened(session, last + _DAY) if last < yesterday else None


def _opened(session: Session, day: date) -> BonusDay | None:
    begun = insert_new(session, BonusDay).values(day=day, after_no=-1).on_conflict_do_nothing()
    session.connection().execute(begun)
    row = _locked(session, day)
    return row if row.done_at is None else None


def _locked(session: Session, day: date) -> BonusDay:
    query = select(BonusDay).where(BonusDay.day == day).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def _accrue(session: Session, actor: System, lines: Sequence[Line], day: date, now: datetime) -> None:
    rule = operators.of(session).bonus
    if rule is None or not lines:
        return
    spent, connected = _spent(session, lines, day), _connected(session, lines, day)
    operations: list[Instruction] = []
    for line in lines:
        units = rules.accrued(rule, charge_units=spent.get(line.no, 0), services=connected.get(line.id, ()))
        legs = [
            Leg(("bonus_issued", code), (BONUS, line.account_id), Money(count, rules.CURRENCY, 0), code)
            for code, count in units.items()
        ]
        if legs:
            operations.append(Instruction(KIND, f"{line.id}:{day.isoformat()}", tuple(legs)))
    for outcome in post_many(session, actor, operations=operations, now=now):
        if isinstance(outcome, Fault):
            raise outcome


def _spent(session: Session, lines: Sequence[Line], day: date) -> dict[int, int]:
    begins, ends = _bounds(session, day)
    query = (
        select(UsageRecord.line_no, func.sum(UsageRecord.charge_units))
        .where(
            col(UsageRecord.line_no).in_([line.no for line in lines]),
            UsageRecord.started_at >= begins,
            UsageRecord.started_at < ends,
            UsageRecord.charge_units > 0,
        )
        .group_by(col(UsageRecord.line_no))
    )
    return {line_no: int(units) for line_no, units in session.exec(query).all()}


def _connected(session: Session, lines: Sequence[Line], day: date) -> dict[object, set[str]]:
    _, ends = _bounds(session, day)
    query = select(LineService.line_id, LineService.service).where(
        col(LineService.line_id).in_([line.id for line in lines]),
        LineService.connected_at < ends,
        col(LineService.disconnected_at).is_(None) | (col(LineService.disconnected_at) >= ends),
    )
    found: dict[object, set[str]] = {}
    for line_id, service in session.exec(query).all():
        found.setdefault(line_id, set()).add(service)
    return found


def _bounds(session: Session, day: date) -> tuple[datetime, datetime]:
    zone = operators.of(session).zone
    begins, ends = (datetime.combine(each, time.min, zone).astimezone(UTC) for each in (day, day + _DAY))
    return begins, ends
