"""Reads what bills are made of: transfers that stand in no bill yet, and whose line, kind and month each one is."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.bills import rules
from selfcare_app.bills.rules import Moved, Of
from selfcare_app.bills.tables import BillEntry
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.kit.bulk import chunks
from selfcare_app.ledger.rules import SUBSCRIBER
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.orders.fees.rules import CONNECT, PLAN, SERVICE, SWITCH
from selfcare_app.orders.tables import Order
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.rating import books, correct

FEES = frozenset({PLAN, SERVICE, SWITCH, CONNECT})
USAGE = frozenset({books.OPERATION, correct.OPERATION})
_WHO = ("subscriber:", "handset:", "delegate:")

Placed = tuple[Of, int | None]
"""Where a transfer stands, and the tax in it where a fee says so."""


def open_transfers(session: Session, account_ids: Sequence[UUID], since: datetime | None) -> dict[UUID, list[Moved]]:
    """By account, what has moved since a moment (None: ever) and stands in no bill, the oldest first."""
    found: dict[UUID, list[Moved]] = {account_id: [] for account_id in account_ids}
    for sign in (1, -1):
        for account_id, *columns, other_kind, other_code in session.execute(_side(sign, account_ids, since)):
            transfer_id, operation_id, kind, key, actor, code, minor, at = columns
            other = (other_kind, other_code)
            found[account_id].append(Moved(transfer_id, operation_id, kind, key, actor, code, sign * minor, at, other))
    for moved in found.values():
        moved.sort(key=lambda each: (each.at, each.transfer_id))
    return found


def _side(sign: int, account_ids: Sequence[UUID], since: datetime | None) -> Any:
    own, other = aliased(LedgerAccount), aliased(LedgerAccount)
    mine, others = (Transfer.credit_id, Transfer.debit_id) if sign > 0 else (Transfer.debit_id, Transfer.credit_id)
    query = (
        select(  # type: ignore[call-overload]
            own.account_id,
            Transfer.id,
            Transfer.operation_id,
            Operation.kind,
            Operation.idempotency_key,
            Operation.actor,
            Transfer.code,
            Transfer.amount_minor,
            Transfer.created_at,
            other.kind,
            other.code,
        )
        .join(own, col(own.id) == mine)
        .join(other, col(other.id) == others)
        .join(Operation, col(Operation.id) == Transfer.operation_id)
        .where(
            col(own.account_id).in_(account_ids),
            own.kind == SUBSCRIBER,
            ~exists().where(
                col(BillEntry.account_id) == own.account_id, col(BillEntry.transfer_id) == col(Transfer.id)
            ),
        )
    )
    return query if since is None else query.where(col(Transfer.created_at) >= since)


class Sources:
    """Says of transfers where they stand, having asked once for all that it takes."""

    def __init__(self, session: Session, moved: Iterable[Moved]) -> None:
        every = list(moved)
        self._zone = operators.of(session).zone
        self._fees, self._fee_of = _fees(session, [each for each in every if each.code in FEES])
        numbers = {rules.line_and_month(each.key)[0] for each in every if each.kind in USAGE}
        self._lines = _ids(session, numbers)
        self._orders = _order_lines(session, every)

    def place(self, moved: Moved) -> Placed:
        """Where it stands."""
        fee = self._fee_of.get(moved.transfer_id)
        if fee is not None:
            line_id, item, since, vat = self._fees[fee]
            return Of(line_id, rules.CHARGE, item, since.replace(day=1)), vat
        if moved.kind in USAGE:
            number, period = rules.line_and_month(moved.key)
            return Of(self._lines.get(number), rules.CHARGE, moved.code, period), None
        return rules.place(moved, self._line(moved), rules.month_at(moved.at, self._zone)), None

    def _line(self, moved: Moved) -> UUID | None:
        if moved.actor.startswith(_WHO):
            return UUID(moved.actor.partition(":")[2])
        return self._orders.get(moved.key)


def _fees(session: Session, moved: Sequence[Moved]) -> tuple[list[tuple[UUID, str, date, int]], dict[UUID, int]]:
    rows: list[tuple[UUID, str, date, int]] = []
    keys: list[tuple[UUID, str, int]] = []
    for some in chunks({each.operation_id for each in moved}):
        query = select(FeeCharge).where(col(FeeCharge.operation_id).in_(some), FeeCharge.amount_minor != 0)
        for row in session.exec(query.order_by(col(FeeCharge.period_from), col(FeeCharge.id))).all():
            rows.append((row.line_id, row.item, row.period_from, row.vat_minor))
            keys.append((row.operation_id, row.item, row.amount_minor))
    return rows, rules.matched(keys, moved)


def _ids(session: Session, numbers: set[int]) -> dict[int, UUID]:
    found: dict[int, UUID] = {}
    for some in chunks(numbers):
        found.update(session.exec(select(Line.no, Line.id).where(col(Line.no).in_(some))).all())
    return found


def _order_lines(session: Session, moved: Sequence[Moved]) -> dict[str, UUID]:
    """The lines whose orders the keys are that the worker has used."""
    keys = {key for each in moved if each.kind not in USAGE and (key := _id(each.key))}
    found: dict[str, UUID] = {}
    for some in chunks(keys):
        query = select(Order.id, Order.line_id).where(col(Order.id).in_(some))
        found.update({str(order_id): line_id for order_id, line_id in session.exec(query).all()})
    return found


def _id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
