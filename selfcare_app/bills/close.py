"""Makes the bills of a month for some accounts: every transfer that belongs to it and stands in no bill yet."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.bills import rules, sources
from selfcare_app.bills.rules import Moved, Of, Sum, Totals
from selfcare_app.bills.tables import Bill, BillEntry, BillRow, ClientBill
from selfcare_app.catalogue.charge_rules import month_of
from selfcare_app.kit.bulk import chunks
from selfcare_app.ledger.account import insert_new
from selfcare_app.payments.rules import due_on
from selfcare_app.subscribers.tables import Account, Client, Line

ORGANISATION = "organisation"
_DAY = timedelta(days=1)
_SUMS = ("opening_minor", "payments_minor", "others_minor", "charges_minor", "vat_minor", "closing_minor")


def close(session: Session, *, accounts: Sequence[Account], month: date, now: datetime) -> None:
    """Closes the month that begins with that day for accounts that have no bill of it.

    What came for an earlier month after its bill was made stands in this one, as an adjustment of that month.
    """
    closing, zone = _last_closings(session, accounts), operators.of(session).zone
    # An earlier bill has taken what was there a month ago; only a first one looks at everything.
    since = datetime.combine(month_of(month - _DAY)[0], time.min, zone)
    known = [account.id for account in accounts if account.id in closing]
    new = [account.id for account in accounts if account.id not in closing]
    moved: dict[UUID, list[Moved]] = {}
    for ids, start in ((known, since), (new, None)):
        if ids:
            moved |= sources.open_transfers(session, ids, start)
    placing = sources.Sources(session, (each for of_account in moved.values() for each in of_account))
    order = _line_order(session, accounts)
    made = [_Made(account, month, closing.get(account.id, 0)) for account in accounts]
    for bill in made:
        bill.take(moved[bill.account.id], placing)
    _write(session, made, order, now)


class _Made:
    """A bill in the making."""

    def __init__(self, account: Account, month: date, opening: int) -> None:
        self.account, self.month, self.opening = account, month, opening
        self.rows: dict[Of, Sum] = {}
        self.opened: list[UUID] = []

    def take(self, moved: Sequence[Moved], placing: sources.Sources) -> None:
        """Takes in what belongs to the month or to an earlier one."""
        for each in moved:
            of, vat = placing.place(each)
            if of.period > self.month:
                continue
            if rules.is_opening(each):
                self.opening += each.minor
                self.opened.append(each.transfer_id)
            else:
                rules.add(self.rows, of, each, vat)


def _write(session: Session, made: Sequence[_Made], order: Mapping[UUID, int], now: datetime) -> None:
    profile = operators.of(session)
    bills: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for bill in made:
        in_order = rules.in_order(bill.rows, order, profile.charging.vat_percent)
        totals = rules.totals(bill.opening, in_order)
        same = {"account_id": bill.account.id, "month": bill.month}
        bills.append({**same, **_bill(bill.account, bill.month, totals, profile.charging.debt_due_day), "made_at": now})
        entries += [{**same, "seq": rules.OPENING_SEQ, "transfer_id": transfer} for transfer in bill.opened]
        for seq, (of, row) in enumerate(in_order, rules.OPENING_SEQ + 1):
            rows.append({**same, "seq": seq, **_row(of, row)})
            entries += [{**same, "seq": seq, "transfer_id": transfer} for transfer in row.transfers]
    for table, some in ((Bill, bills), (BillRow, rows), (BillEntry, entries)):
        if some:
            session.connection().execute(insert(table), some)
    _add_up(session, bills)


def _bill(account: Account, month: date, totals: Totals, due_day: int | None) -> dict[str, Any]:
    owes = account.settlement == "postpaid" and totals.closing < 0
    return {
        "client_id": account.client_id,
        "currency": account.currency,
        "opening_minor": totals.opening,
        "payments_minor": totals.payments,
        "others_minor": totals.others,
        "charges_minor": totals.charges,
        "vat_minor": totals.vat,
        "closing_minor": totals.closing,
        "due_on": due_on(month_of(month)[1], due_day) if owes else None,
    }


def _row(of: Of, row: Sum) -> dict[str, Any]:
    return {
        "line_id": of.line_id,
        "part": of.part,
        "kind": of.kind,
        "period": of.period,
        "transfers": len(row.transfers),
        "amount_minor": row.minor,
        "vat_minor": row.vat or 0,
    }


def _add_up(session: Session, bills: Sequence[dict[str, Any]]) -> None:
    """Adds bills of organisations' accounts to the organisations' own."""
    ids = {bill["client_id"] for bill in bills}
    query = select(Client.id).where(col(Client.id).in_(ids), Client.kind == ORGANISATION)
    organisations = set(session.exec(query).all())
    sums: dict[UUID, dict[str, Any]] = {}
    for bill in bills:
        if bill["client_id"] in organisations:
            of_client = sums.setdefault(
                bill["client_id"],
                {"client_id": bill["client_id"], "month": bill["month"], "accounts": 0, **dict.fromkeys(_SUMS, 0)},
            )
            of_client["accounts"] += 1
            for name in _SUMS:
                of_client[name] += bill[name]
    if sums:
        fresh = insert_new(session, ClientBill)
        added = {name: getattr(ClientBill, name) + fresh.excluded[name] for name in ("accounts", *_SUMS)}
        upsert = fresh.on_conflict_do_update(index_elements=["client_id", "month"], set_=added)
        # In one order, so that two workers never wait for each other in a ring.
        session.connection().execute(upsert, [sums[client_id] for client_id in sorted(sums)])


def _last_closings(session: Session, accounts: Sequence[Account]) -> dict[UUID, int]:
    """The closing balance of each account's last bill."""
    ids = [account.id for account in accounts]
    last = (
        select(Bill.account_id, func.max(Bill.month).label("month"))
        .where(col(Bill.account_id).in_(ids))
        .group_by(col(Bill.account_id))
        .subquery()
    )
    query = select(Bill.account_id, Bill.closing_minor).join(
        last, (last.c.account_id == Bill.account_id) & (last.c.month == Bill.month)
    )
    return dict(session.exec(query).all())


def _line_order(session: Session, accounts: Sequence[Account]) -> dict[UUID, int]:
    order: dict[UUID, int] = {}
    for some in chunks(account.id for account in accounts):
        order.update(session.exec(select(Line.id, Line.no).where(col(Line.account_id).in_(some))).all())
    return order
