"""Undoing a paid service that was connected by mistake and not used: it ends, and all that it has cost comes back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import halt
from selfcare_app.catalogue import plan
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.views import Connected
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.reverse import reverse
from selfcare_app.ledger.tables import Transfer
from selfcare_app.orders import order
from selfcare_app.orders.change_views import Undone
from selfcare_app.orders.fees import facts, packages, take
from selfcare_app.orders.fees.rules import SERVICE
from selfcare_app.orders.rules import OrderState
from selfcare_app.subscribers.tables import Line, LineService
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.tables import Allowance, UsageRecord

KIND = "service_undo"
_KINDS = {"seconds": Kind.CALL, "messages": Kind.SMS, "bytes": Kind.DATA}


class NoConnection(NotFound):
    """The line has no such service."""

    code = "service.no_connection"


class TooLateToUndo(Refused):
    """The time in which it could be undone is over."""

    code = "service.too_late_to_undo"


class Used(Refused):
    """The service was used since."""

    code = "service.used"


class NothingPaid(Refused):
    """It has cost nothing; it can be disconnected instead."""

    code = "service.nothing_paid"


def offered(
    session: Session, actor: Subscriber, *, connection: Connected, now: datetime
) -> tuple[datetime, Money] | None:
    """Until when a connection can be undone, and what would come back; None where it can't be."""
    row = session.get_one(LineService, connection.id)
    until = row.connected_at + timedelta(seconds=operators.of(session).service_change.undo_seconds)
    if now >= until or row.order_id is None or _is_used(session, row):
        return None
    paid = _paid(session, row)
    return (until, paid) if paid.minor > 0 else None


def undo(session: Session, actor: Subscriber, *, connection_id: UUID, now: datetime) -> Undone:
    """Undoes a connection once; asked again it says the same.

    The transfers that paid for it are reversed, the package it had replaced is there again, and an order says that it
    was the subscriber's wish. Raises NoConnection, TooLateToUndo, Used, NothingPaid, security.Halted.
    """
    actor.require_change()
    line = order.lock_line(session, actor.line_id)
    query = select(LineService).where(LineService.id == connection_id, LineService.line_id == line.id)
    row = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NoConnection()
    service = plan.service_in_force(session, row.service, at=row.connected_at)
    name = service.name if service else row.service
    undo_id = _undo_id(row)
    if row.undone_at is not None:
        return Undone(name, order.own(session, actor, order_id=undo_id).price, undo_id)
    _require(session, line, row, now)
    paid = _paid(session, row)
    if paid.minor <= 0:
        raise NothingPaid()
    placed = order.place(
        session, actor, order_id=undo_id, kind=KIND, subject=str(row.id),
        params={"name": name, "code": row.service}, price=paid, due_at=now, now=now,
    )  # fmt: skip
    _give_back(session, actor, line, row, placed.id, now)
    _end(session, line, row, now)
    order.finish(session, order_id=undo_id, state=OrderState.DONE, now=now)
    if not actor.acting:
        record(session, actor, line_id=line.id, action="undid_service", details={"no": placed.no}, now=now)
    return Undone(name, paid, undo_id)


def _undo_id(row: LineService) -> UUID:
    """The one order that undoes a connection, whoever asks for it and how often."""
    return uuid5(row.id, KIND)


def _require(session: Session, line: Line, row: LineService, now: datetime) -> None:
    stopped = halt.why_not(session, line_id=line.id)
    if stopped is not None:
        raise stopped
    until = row.connected_at + timedelta(seconds=operators.of(session).service_change.undo_seconds)
    over = row.disconnected_at is not None and row.disconnected_at <= now
    if over or row.order_id is None or now >= until:
        raise TooLateToUndo()
    if _is_used(session, row):
        raise Used()


def _charges(session: Session, row: LineService) -> Sequence[FeeCharge]:
    query = select(FeeCharge).where(
        FeeCharge.line_id == row.line_id,
        FeeCharge.code == row.service,
        col(FeeCharge.item).in_((take.CONNECT, SERVICE)),
        FeeCharge.charged_at >= row.connected_at,
    )
    return session.exec(query.order_by(col(FeeCharge.id))).all()


def _paid(session: Session, row: LineService) -> Money:
    profile = operators.of(session)
    minor = sum(charge.amount_minor for charge in _charges(session, row))
    return Money(minor, profile.currency, profile.currency_scale)


def _is_used(session: Session, row: LineService) -> bool:
    """By what the operator's systems say, by what is left of its package, and by the records of the use it packs."""
    if row.used_at is not None or _has_drawn(session, row):
        return True
    service = plan.service_in_force(session, row.service, at=row.connected_at)
    kinds = [_KINDS[kind] for kind in (service.package if service else {}) if kind in _KINDS]
    if not kinds:
        return False
    line_no = session.exec(select(Line.no).where(Line.id == row.line_id)).one()
    query = select(UsageRecord.record_key).where(
        UsageRecord.line_no == line_no,
        UsageRecord.started_at >= row.connected_at,
        col(UsageRecord.kind).in_(kinds),
        UsageRecord.direction == Direction.OUTGOING,
    )
    return session.exec(query.limit(1)).first() is not None


def _has_drawn(session: Session, row: LineService) -> bool:
    """Whether records have drawn from what the connection gave."""
    query = select(Allowance.id).where(
        Allowance.line_id == row.line_id,
        col(Allowance.package_id).is_not(None),
        col(Allowance.code).startswith(f"{row.service}.", autoescape=True),
        col(Allowance.begins_at) >= row.connected_at,
        Allowance.used > 0,
    )
    return session.exec(query.limit(1)).first() is not None


def _give_back(session: Session, actor: Subscriber, line: Line, row: LineService, undo_id: UUID, now: datetime) -> None:
    """Reverses the transfers that the connection has caused, and writes that fee by fee."""
    charges = _charges(session, row)
    paid = Counter(_paid_as(charge) for charge in charges)
    query = select(Transfer).where(col(Transfer.operation_id).in_({charge.operation_id for charge in charges}))
    back: dict[tuple[UUID, str, int], list[UUID]] = {}
    for transfer in session.exec(query.order_by(col(Transfer.operation_id), col(Transfer.seq))).all():
        what = (transfer.operation_id, transfer.code, transfer.amount_minor)
        if paid[what]:
            paid[what] -= 1
            posted = reverse(session, actor, transfer_id=transfer.id, key=f"undo:{transfer.id}", now=now)
            back.setdefault(what, []).append(posted.operation_id)
    given = [(charge, back[_paid_as(charge)].pop(0)) for charge in charges if back.get(_paid_as(charge))]
    take.write(session, [_reversed(charge, operation_id, undo_id, now) for charge, operation_id in given])


def _paid_as(charge: FeeCharge) -> tuple[UUID, str, int]:
    """By what the transfer of a fee is known."""
    return charge.operation_id, charge.item, charge.amount_minor


def _reversed(charge: FeeCharge, operation_id: UUID, undo_id: UUID, now: datetime) -> dict[str, Any]:
    return charge.model_dump() | {
        "id": new_id(),
        "cause": str(undo_id),
        "day_percents": 0,
        "before_minor": charge.amount_minor,
        "amount_minor": -charge.amount_minor,
        "vat_minor": -charge.vat_minor,
        "operation_id": operation_id,
        "order_id": undo_id,
        "charged_at": now,
    }


def _end(session: Session, line: Line, row: LineService, now: datetime) -> None:
    day = row.connected_at.astimezone(operators.of(session).zone).date()
    price_of = facts.Prices(session)
    giving = packages.Packages(session, price_of, day, row.connected_at)
    packages.take_back(session, line.id, giving, item=SERVICE, code=row.service, day=day)
    row.disconnected_at = row.undone_at = now
    session.execute(
        update(LineService)
        .where(
            col(LineService.line_id) == line.id,
            col(LineService.id) != row.id,
            col(LineService.disconnected_at) == row.connected_at,
        )
        .values(disconnected_at=None)
    )
    session.flush()
