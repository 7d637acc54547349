"""Regular transfers: begun, stopped, and run by the worker once on each of their days."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators.schema.vocabulary import Recurrence
from selfcare_app.payments import transfer_rules as rules
from selfcare_app.payments import transfer_send as sending
from selfcare_app.payments.transfer_recipient import NoRecipient, is_open
from selfcare_app.payments.transfer_tables import TransferRun, TransferSchedule
from selfcare_app.payments.transfer_views import Scheduled, Terms
from selfcare_app.subscribers.tables import Line

SHOWN = 20
"""How many schedules the page shows: those that are on, then the stopped ones."""


class NoSchedule(NotFound):
    """The line has no such schedule."""

    code = "sharing.no_schedule"


class TooManySchedules(Refused):
    """As many schedules as may be are on: `limit`."""

    code = "sharing.too_many_schedules"


def refusal(session: Session, line: Line, recurrence: Recurrence, money: Money) -> Refused | None:
    """Why the line may not begin such a schedule, or None."""
    rule = sending.offered(session)
    if recurrence not in rule.recurrences:
        return sending.NotOffered()
    on = session.exec(
        select(TransferSchedule.recurrence, TransferSchedule.amount_minor).where(
            TransferSchedule.line_id == line.id, col(TransferSchedule.stopped_at).is_(None)
        )
    ).all()
    if len(on) >= rule.schedules_at_once:
        return TooManySchedules(limit=rule.schedules_at_once)
    return rules.schedule_refusal(rule, [(Recurrence(each), minor) for each, minor in on], recurrence, money)


def begin(session: Session, actor: Subscriber, *, terms: Terms, recipient: Line, now: datetime) -> None:
    """Begins what was confirmed; the caller holds the line's lock. IH-034."""
    zone = operators.of(session).zone
    first = terms.first_on or now.astimezone(zone).date()
    session.add(
        TransferSchedule(
            id=terms.draft_id,
            line_id=actor.line_id,
            recipient_line_id=recipient.id,
            recipient=terms.number,
            amount_minor=terms.amount.minor,
            currency=terms.amount.currency,
            recurrence=terms.recurrence,
            day=terms.day,
            created_at=now,
            next_on=first,
            next_at=rules.due_at(first, zone),
        )
    )
    session.flush()
    line = session.get_one(Line, actor.line_id)
    details = {"to": terms.number.masked, "amount": terms.amount.text, "recurrence": terms.recurrence}
    record(session, actor, line_id=line.id, action="transfer_scheduled", details=details, now=now)
    args = {"amount": terms.amount, "number": terms.number, "first": first}
    key = f"sharing.sms.scheduled_{terms.recurrence}"
    sending.tell(session, line, key, args, dedup_key=f"schedule:{terms.draft_id}", now=now)


def stop(session: Session, actor: Subscriber, *, schedule_id: UUID, now: datetime) -> None:
    """Stops it: nothing is sent by it any more; stopping again changes nothing. Raises kit.OwnOnly, NoSchedule."""
    actor.require_own()
    sending.lock(session, actor.line_id)
    row = _own(session, actor, schedule_id)
    if row is None:
        raise NoSchedule()
    if row.stopped_at is None:
        row.stopped_at = now
        details = {"to": Msisdn(row.recipient).masked}
        record(session, actor, line_id=actor.line_id, action="transfer_schedule_stopped", details=details, now=now)


def own(session: Session, actor: Subscriber) -> tuple[Scheduled, ...]:
    """The line's schedules: those that are on first, then the last stopped. IH-035."""
    query = (
        select(TransferSchedule)
        .where(TransferSchedule.line_id == actor.line_id)
        .order_by(
            col(TransferSchedule.stopped_at).is_not(None),
            col(TransferSchedule.stopped_at).desc(),
            col(TransferSchedule.id),
        )
        .limit(SHOWN)
    )
    return tuple(_seen(session, row) for row in session.exec(query).all())


def one(session: Session, actor: Subscriber, *, schedule_id: UUID) -> Scheduled | None:
    """One of the line's schedules, or None."""
    row = _own(session, actor, schedule_id)
    return None if row is None else _seen(session, row)


def due(session: Session, actor: System, *, limit: int, now: datetime) -> tuple[UUID, ...]:
    """Schedules whose next day has come, the longest waiting first."""
    query = (
        select(TransferSchedule.id)
        .where(col(TransferSchedule.stopped_at).is_(None), TransferSchedule.next_at <= now)
        .order_by(col(TransferSchedule.next_at), col(TransferSchedule.id))
        .limit(limit)
    )
    return tuple(session.exec(query).all())


def run(session: Session, actor: System, *, schedule_id: UUID, now: datetime) -> bool:
    """Does one due day of a schedule, or writes down why it is skipped; False where it is not for us any more.

    The day, the money and the step to the next day are one transaction: once, with any number of workers and after
    any death. Days that passed while nobody worked are done one by one. IH-034.
    """
    claimed = _claim(session, schedule_id, now)
    if claimed is None:
        return False
    line, row = claimed
    due_on, transfer_id, reason = row.next_on, new_id(), ""
    try:
        with session.begin_nested():
            _send(session, actor, line, row, transfer_id, now)
    except Refused as refused:
        session.expire_all()
        reason = refused.code
        _tell_skipped(session, line, row, refused, now)
    session.add(
        TransferRun(
            schedule_id=schedule_id,
            due_on=due_on,
            run_at=now,
            reason=reason,
            transfer_id=None if reason else transfer_id,
        )
    )
    row.next_on = rules.following(Recurrence(row.recurrence), row.day, due_on)
    row.next_at = rules.due_at(row.next_on, operators.of(session).zone)
    session.flush()
    return True


def _claim(session: Session, schedule_id: UUID, now: datetime) -> tuple[Line, TransferSchedule] | None:
    waits = (
        TransferSchedule.id == schedule_id,
        col(TransferSchedule.stopped_at).is_(None),
        TransferSchedule.next_at <= now,
    )
    # The line first, as the subscriber's own acts do: nobody waits for the other in a ring.
    locked = (
        select(Line)
        .join(TransferSchedule, col(TransferSchedule.line_id) == col(Line.id))
        .where(*waits)
        .with_for_update(of=Line, key_share=True, skip_locked=True)
    )
    line = session.exec(locked).one_or_none()
    if line is None:
        return None
    row = session.exec(select(TransferSchedule).where(*waits)).one_or_none()
    return None if row is None else (line, row)


def _send(session: Session, actor: System, line: Line, row: TransferSchedule, transfer_id: UUID, now: datetime) -> None:
    recipient = session.get_one(Line, row.recipient_line_id)
    money = Money(row.amount_minor, row.currency, operators.of(session).currency_scale)
    if refused := sending.stopped(session, line, session_id=None, now=now):
        raise refused
    if recipient.msisdn is None or not is_open(recipient) or recipient.account_id == line.account_id:
        raise NoRecipient()
    if refused := sending.over_limits(session, line, recipient, money, session_id=None, now=now):
        raise refused
    key = f"{row.id}:{row.next_on.isoformat()}"
    sending.send(
        session,
        actor,
        line=line,
        recipient=recipient,
        money=money,
        transfer_id=transfer_id,
        key=key,
        schedule_id=row.id,
        now=now,
    )


_TOLD = {"sharing.not_enough": "not_enough", "ledger.not_enough": "not_enough", "sharing.no_recipient": "recipient"}


def _tell_skipped(session: Session, line: Line, row: TransferSchedule, refused: Refused, now: datetime) -> None:
    money = Money(row.amount_minor, row.currency, operators.of(session).currency_scale)
    upcoming = rules.following(Recurrence(row.recurrence), row.day, row.next_on)
    args = {"amount": money, "number": Msisdn(row.recipient), "next": upcoming}
    key = f"sharing.sms.skipped_{_TOLD.get(refused.code, 'other')}"
    sending.tell(session, line, key, args, dedup_key=f"schedule:{row.id}:{row.next_on}:skipped", now=now)


def _own(session: Session, actor: Subscriber, schedule_id: UUID) -> TransferSchedule | None:
    query = select(TransferSchedule).where(
        TransferSchedule.id == schedule_id, TransferSchedule.line_id == actor.line_id
    )
    return session.exec(query).one_or_none()


def _seen(session: Session, row: TransferSchedule) -> Scheduled:
    latest = select(func.max(TransferRun.due_on)).where(TransferRun.schedule_id == row.id).scalar_subquery()
    last = session.exec(
        select(TransferRun).where(TransferRun.schedule_id == row.id, TransferRun.due_on == latest)
    ).one_or_none()
    return Scheduled(
        id=row.id,
        number=Msisdn(row.recipient),
        amount=Money(row.amount_minor, row.currency, operators.of(session).currency_scale),
        recurrence=row.recurrence,
        day=row.day,
        next_on=None if row.stopped_at else row.next_on,
        last_on=last.due_on if last else None,
        reason=last.reason.replace(".", "_") if last else "",
    )
