"""What moved a personal account's balance, newest first."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, literal, tuple_
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.db import Moment, micros, moment
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.money import Money
from selfcare_app.kit.page import Page
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.ledger.views import Entry
from selfcare_app.subscribers.tables import Line

LONGEST_PAGE = 100


class NoSuchPage(NotFound):
    """The cursor was not made by this list."""

    code = "ledger.no_such_page"


def read(session: Session, actor: Subscriber, *, limit: int, after: str | None = None, now: datetime) -> Page[Entry]:
    """A page of entries of the account that pays for the actor's line, newest first; `after` is the page's cursor.

    Raises NoSuchPage. ISSA-045.
    """
    limit = max(1, min(limit, LONGEST_PAGE))
    own = session.exec(
        select(LedgerAccount)
        .join(Line, col(Line.account_id) == LedgerAccount.account_id)
        .where(Line.id == actor.line_id)
    ).one_or_none()
    if own is None:
        return Page(())
    place = _place(after) if after else None
    # One index range a side, already in order: the whole history is never read.
    sides = [_side(session, own.id, sign, limit + 1, place) for sign in (1, -1)]
    rows = sorted((row for side in sides for row in side), key=lambda row: (row[0].created_at, row[0].id), reverse=True)
    scale = operators.of(session).currency_scale
    entries = tuple(
        Entry(transfer.id, transfer.operation_id, kind, transfer.code, transfer.created_at, money)
        for transfer, kind, sign in rows[:limit]
        for money in [Money(sign * transfer.amount_minor, own.currency, scale)]
    )
    return Page(entries, _cursor(entries[-1]) if len(rows) > limit else None)


def _side(
    session: Session, account_id: UUID, sign: int, limit: int, place: tuple[datetime, UUID] | None
) -> list[tuple[Transfer, str, int]]:
    side = Transfer.credit_id if sign > 0 else Transfer.debit_id
    query = (
        select(Transfer, Operation.kind)
        .join(Operation, col(Operation.id) == Transfer.operation_id)
        .where(side == account_id)
        .order_by(col(Transfer.created_at).desc(), col(Transfer.id).desc())
        .limit(limit)
    )
    if place is not None:
        here = tuple_(literal(place[0], Moment()), literal(place[1], Uuid()))
        query = query.where(tuple_(col(Transfer.created_at), col(Transfer.id)) < here)
    return [(transfer, kind, sign) for transfer, kind in session.exec(query).all()]


def _cursor(entry: Entry) -> str:
    return f"{micros(entry.at):x}-{entry.id.hex}"


def _place(cursor: str) -> tuple[datetime, UUID]:
    at, _, entry = cursor.partition("-")
    try:
        return moment(int(at, 16)), UUID(entry)
    except (ValueError, OverflowError) as wrong:
        raise NoSuchPage() from wrong
