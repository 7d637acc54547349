"""Transfers: the rows that say what moved from where to where, written once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from selfcare_app.ledger import rules
from selfcare_app.ledger.operation import Posted
from selfcare_app.ledger.rules import AccountKey, Leg
from selfcare_app.ledger.tables import Transfer


def write(
    session: Session,
    posted: Posted,
    legs: Sequence[Leg],
    account_ids: Mapping[AccountKey, UUID],
    *,
    reverses: UUID | None = None,
) -> None:
    """Writes the transfers of an operation, one a leg."""
    session.connection().execute(insert(Transfer), list(rows(posted, legs, account_ids, reverses=reverses)))


def rows(
    posted: Posted, legs: Sequence[Leg], account_ids: Mapping[AccountKey, UUID], *, reverses: UUID | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of an operation's transfers."""
    for seq, (transfer_id, leg) in enumerate(zip(posted.transfers, legs, strict=True)):
        yield {
            "id": transfer_id,
            "operation_id": posted.operation_id,
            "seq": seq,
            "code": leg.code,
            "debit_id": account_ids[rules.key_of(leg.debit, leg.amount.currency)],
            "credit_id": account_ids[rules.key_of(leg.credit, leg.amount.currency)],
            "amount_minor": leg.amount.minor,
            "created_at": posted.posted_at,
            "reverses": reverses,
        }
