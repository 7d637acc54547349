"""Table of top-ups that are paid on a page of somebody else's: an acquirer's, a purse's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class HostedPayment(SQLModel, table=True):
    """A top-up by card or purse, written before anything leaves; paid only by what the acquirer has signed.

    `line_id` is whose act it is, `account_id` what is credited, `msisdn` the number that was named. `reference` is the
    acquirer's own name of the checkout, `transaction_id` of the money. What the worker has to do next is due at
    `due_at`: have the checkout opened while it is `new`, ask how it stands later.
    """

    __tablename__ = "hosted_payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state IN ('new', 'pending', 'paid', 'failed', 'void', 'disputed', 'settled')", name="state"),
        CheckConstraint("(state = 'paid') = (operation_id IS NOT NULL)", name="credited"),
        UniqueConstraint("acquirer", "transaction_id"),
        Index("ix_hosted_payment_due", "state", "due_at"),
        Index("ix_hosted_payment_line", "line_id", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    no: int = Field(unique=True, sa_type=BigInteger)
    line_id: UUID = Field(foreign_key="line.id")
    account_id: UUID = Field(foreign_key="account.id")
    msisdn: str
    is_other: bool = False
    way: str
    acquirer: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    language: str = ""
    keeps_card: bool = False
    state: str = "new"
    url: str = ""
    reference: str = ""
    transaction_id: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    asked: int = 0
    attempts: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = Field(default=None, sa_type=Moment)
    operation_id: UUID | None = Field(default=None, foreign_key="operation.id")
