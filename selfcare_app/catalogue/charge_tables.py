"""The table of fees that were charged: each row says which price, which days, which arithmetic and whose wish."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment

BY_RUN = "run"
"""The cause of what the clock charges; everything else has the id of its order or connection there."""


class FeeCharge(SQLModel, table=True):
    """A fee of a line for [period_from, period_until); below zero for what was given back. Written once.

    `amount_minor` is `fee_minor` x (100 - discount_percent) x `day_percents` / (10 000 x days of the period), rounded,
    less what was charged for it before; a fee that is no period's has `day_percents` 100 and a period of one day.
    `day_percents` is the sum over the charged days of the percentage of the fee that holds on each.
    """

    __tablename__ = "fee_charge"
    __table_args__ = (
        CheckConstraint("item IN ('plan', 'service', 'switch', 'connect')", name="item"),
        CheckConstraint("period_from < period_until", name="period"),
        UniqueConstraint("line_id", "item", "code", "period_from", "period_until", "cause"),
        Index("ix_fee_charge_line", "line_id", "charged_at"),
        Index("ix_fee_charge_account", "account_id", "period_from"),
    )

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id")
    account_id: UUID = Field(foreign_key="account.id")
    item: str
    code: str
    version_id: UUID
    period_from: date
    period_until: date
    cause: str
    fee_minor: int = Field(sa_type=BigInteger)
    discount_percent: int = 0
    day_percents: int
    before_minor: int = Field(default=0, sa_type=BigInteger)
    amount_minor: int = Field(sa_type=BigInteger)
    vat_minor: int = Field(default=0, sa_type=BigInteger)
    vat_percent: int = 0
    currency: str
    operation_id: UUID = Field(foreign_key="operation.id", index=True)
    order_id: UUID | None = None
    charged_at: datetime = Field(sa_type=Moment)
