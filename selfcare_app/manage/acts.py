"""What every act that moves money owes besides: one entry in the journal (I14), the messages of its kind (I6)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.bills.tables import BillRun
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.messaging.outbox import ROWS_KEPT
from selfcare_app.messaging.tables import Outbox
from selfcare_app.orders.change import KINDS
from selfcare_app.orders.fees.progress import ACTION
from selfcare_app.orders.fees.tables import FeeRun
from selfcare_app.orders.tables import Order
from selfcare_app.payments.bonus_tables import GiftExchange
from selfcare_app.payments.instalment_tables import InstalmentPayment
from selfcare_app.payments.promise.tables import PromisedPayment
from selfcare_app.payments.refund.tables import RefundApplication
from selfcare_app.payments.transfer_tables import MoneyTransfer
from selfcare_app.payments.voucher.tables import Voucher
from selfcare_app.subscribers.tables import Line

_CHANGED = frozenset({"change_carried_out"})
ENTRIES: dict[str, frozenset[str]] = {
    "voucher": frozenset({"voucher_redeemed"}),
    "promised_payment": frozenset({"promised_payment"}),
    "gift": frozenset({"bonus_exchanged"}),
    "instalment": frozenset({"instalment_paid"}),
    "transfer": frozenset({"money_transferred"}),
    "cash_desk": frozenset({"topped_up"}),
    "top_up": frozenset({"topped_up"}),
    "refund": frozenset({"refund_accepted"}),
    "number_change": frozenset({"number_changed"}),
    "usage_correction": frozenset({"charge_corrected"}),
    **dict.fromkeys(KINDS, _CHANGED),
}
"""What of the journal is written with an operation of each kind. Imports, rating and runs move for many at once."""

REVERSED: dict[str, frozenset[str]] = {
    "promised_payment": frozenset({"promise_repaid", "promise_taken_back"}),
    "refund": frozenset({"refund_taken"}),
    "undo": frozenset({"undid_service"}),
}
"""The same of reversals, by what their keys begin with."""

MESSAGES: tuple[tuple[Any, Any, str], ...] = (
    (PromisedPayment, PromisedPayment.made_at, "promised_payment:{}:made"),
    (PromisedPayment, PromisedPayment.ended_at, "promised_payment:{}:ended"),
    (MoneyTransfer, MoneyTransfer.sent_at, "transfer:{}:sent"),
    (InstalmentPayment, InstalmentPayment.paid_at, "instalment:{}"),
    (GiftExchange, GiftExchange.taken_at, "gift:{}"),
    (RefundApplication, RefundApplication.decided_at, "refund:{}:decided"),
)
"""Tables of acts, the moment of each act, and the key of the message that it owes."""

_DELEGATE = "delegate"
_RUNS = (("month_closed", BillRun), (ACTION, FeeRun))

Place = tuple[datetime, UUID]


@dataclass(slots=True)
class _Act:
    id: UUID
    kind: str
    actions: frozenset[str]
    places: set[Place]


def checks() -> tuple[Check, ...]:
    """The parts of I6 and I14 that are the acts' of several areas."""
    return (
        Check("I14", "an act that moves money is one entry of the journal", _entries),
        Check("I14", "a run over all lines is one entry of the journal", _runs),
        Check("I6", "whoever money was moved for was told so, once", _messages),
    )


def _entries(session: Session, now: datetime) -> Rows:
    acts = list(_acts(session).values())
    written = _written(session)
    same: Counter[tuple[Place, frozenset[str]]] = Counter()
    for act in acts:
        same.update((place, act.actions) for place in act.places)
    # A change that costs nothing is an entry without an operation.
    changed = select(Order.finished_at, Order.line_id).where(Order.state == "done", col(Order.kind).in_(KINDS))
    free = Counter(session.exec(changed).all())
    for act in acts:
        found = {place: _count(written.get(place, ()), act.actions) for place in act.places}
        if not any(found.values()):
            yield {"operation": act.id, "kind": act.kind, "entries": 0}
        for place, count in found.items():
            most = same[place, act.actions]
            if count > (max(most, free[place]) if act.actions == _CHANGED else most):
                yield {"operation": act.id, "kind": act.kind, "line": place[1], "entries": count}


def _count(entries: list[tuple[str, str]] | tuple[()], actions: frozenset[str]) -> int:
    """Entries of these actions; those of a delegate, which the gate writes, where there are none."""
    own = sum(action in actions for action, _ in entries)
    return own or int(any(actor == _DELEGATE for _, actor in entries))


def _acts(session: Session) -> dict[UUID, _Act]:
    """Operations that owe an entry, with the lines at whose place it may stand: whose account it moved, who did it."""
    acts: dict[UUID, _Act] = {}
    for operation_id, kind, key, actor, at, line_id in session.execute(_moved()):
        actions = ENTRIES.get(kind) or REVERSED.get(key.partition(":")[0])
        if actions is None:
            continue
        act = acts.setdefault(operation_id, _Act(operation_id, kind, actions, set()))
        if line_id is not None:
            act.places.add((at, line_id))
        if actor.startswith(("subscriber:", "handset:")):
            act.places.add((at, UUID(actor.partition(":")[2])))
    return acts


def _moved() -> Any:
    sides = (col(Transfer.debit_id) == col(LedgerAccount.id)) | (col(Transfer.credit_id) == col(LedgerAccount.id))
    return (
        select(  # type: ignore[call-overload]
            Operation.id,
            Operation.kind,
            Operation.idempotency_key,
            Operation.actor,
            Operation.created_at,
            Line.id,
        )
        .join(Transfer, col(Transfer.operation_id) == Operation.id)
        .join(LedgerAccount, sides)
        .join(Line, col(Line.account_id) == LedgerAccount.account_id, isouter=True)
        .where(
            col(Operation.kind).in_((*ENTRIES, "reversal")),
            col(LedgerAccount.account_id).is_not(None),
        )
        .execution_options(yield_per=10_000)
    )


def _written(session: Session) -> dict[Place, list[tuple[str, str]]]:
    """Action and actor of entries made at moments when money moved, by moment and line."""
    moments = select(Operation.created_at).where(col(Operation.kind).in_((*ENTRIES, "reversal")))
    query = select(JournalEntry.at, JournalEntry.line_id, JournalEntry.action, JournalEntry.actor).where(
        col(JournalEntry.at).in_(moments), col(JournalEntry.line_id).is_not(None), JournalEntry.outcome == "done"
    )
    written: dict[Place, list[tuple[str, str]]] = {}
    for at, line_id, action, actor in session.exec(query).all():
        if line_id is not None:
            written.setdefault((at, line_id), []).append((action, actor))
    return written


def _runs(session: Session, now: datetime) -> Rows:
    for action, table in _RUNS:
        query = select(JournalEntry.at).where(JournalEntry.action == action, col(JournalEntry.line_id).is_(None))
        entries = Counter(session.exec(query).all())
        rows: list[Any] = list(session.exec(select(table).where(col(table.done_at).is_not(None))).all())
        ended = Counter(row.done_at for row in rows)
        # The first run of each period is the former billing's: it is done when it is made, and takes nothing.
        silent = Counter(row.done_at for row in rows if table is FeeRun and not row.lines)
        for at in {*entries, *ended}:
            if not ended[at] - silent[at] <= entries[at] <= ended[at]:
                yield {"run": action, "at": at, "runs": ended[at], "entries": entries[at]}


def _messages(session: Session, now: datetime) -> Rows:
    since = now - ROWS_KEPT / 2
    sent = set(session.exec(select(Outbox.dedup_key).where(col(Outbox.created_at) >= since)).all())
    for row_id, key in _owed(session, since):
        if key not in sent:
            yield {"act": row_id, "message": key}


def _owed(session: Session, since: datetime) -> Iterator[tuple[UUID, str]]:
    """Each act since then with the key of the message that it owes; a line without a number has no handset."""
    for row in _told(session, Voucher, Voucher.redeemed_at, since):
        yield row.redeemed_by, f"voucher:{row.redeemed_by}"
    for table, at, key in MESSAGES:
        for row in _told(session, table, at, since):
            yield row.id, key.format(row.id)
    for row in _told(session, Order, Order.finished_at, since):
        if row.kind in KINDS and row.state == "done":
            yield row.id, f"{row.kind}:{row.id}:done_{row.kind}"


def _told(session: Session, table: Any, at: Any, since: datetime) -> list[Any]:
    query = select(table).join(Line, col(Line.id) == table.line_id)
    return list(session.exec(query.where(col(Line.msisdn).is_not(None), at >= since)).all())
