"""A question as it is kept: its words sealed, its charge found again, its view made."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.care.charge_question.views import Charge, FeeOf, Question, RecordCharge
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.db import keys_of
from selfcare_app.kit.money import Money

_KEY = "charge_question"


def sealed(session: Session, column: str, question_id: UUID, plain: str) -> bytes:
    """Words for a column of that question."""
    return keys_of(session).seal(_KEY, _place(column, question_id), plain.encode())


def opened(session: Session, column: str, row: ChargeQuestion) -> str | None:
    """The words in a column; None where there are none, or none any more."""
    kept = getattr(row, column)
    return None if kept is None else keys_of(session).unseal(_KEY, _place(column, row.id), kept).decode()


def charge_of(row: ChargeQuestion) -> Charge:
    """What the question is about."""
    if row.fee_id is not None:
        return FeeOf(row.fee_id)
    # A constraint of the table: what is about no fee is about a record.
    return RecordCharge(cast(datetime, row.started_at), cast(int, row.record_key))


def money(session: Session, row: ChargeQuestion) -> Money:
    """What the charge was."""
    return Money(row.amount_minor, row.currency, operators.of(session).currency_scale)


def shown(session: Session, rows: Sequence[ChargeQuestion]) -> tuple[Question, ...]:
    """The rows as their subscriber sees them."""
    fees = [row.fee_id for row in rows if row.fee_id is not None]
    query = select(FeeCharge.id, FeeCharge.charged_at).where(col(FeeCharge.id).in_(fees))
    charged: dict[UUID, datetime] = dict(session.exec(query).all()) if fees else {}
    return tuple(_shown(session, row, charged) for row in rows)


def _shown(session: Session, row: ChargeQuestion, charged: dict[UUID, datetime]) -> Question:
    charge, is_answered = charge_of(row), row.state == "answered"
    return Question(
        id=row.id,
        no=row.no,
        charge=charge,
        charged_at=charge.started_at if isinstance(charge, RecordCharge) else charged[charge.fee_id],
        amount=money(session, row),
        reason=row.reason,
        words=opened(session, "words", row),
        asked_at=row.asked_at,
        due_on=row.due_on,
        state=row.state,
        outcome=row.outcome,
        answer=opened(session, "answer", row) if is_answered else None,
        answered_at=row.answered_at,
        month=_month(session, row),
        is_new=is_answered and row.read_at is None,
    )


def _month(session: Session, row: ChargeQuestion) -> tuple[Money, Money] | None:
    if row.month_before_minor is None or row.month_after_minor is None:
        return None
    scale = operators.of(session).currency_scale
    return Money(row.month_before_minor, row.currency, scale), Money(row.month_after_minor, row.currency, scale)


def _place(column: str, question_id: UUID) -> str:
    return f"charge_question.{column}.{question_id}"
