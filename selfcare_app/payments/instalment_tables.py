"""Tables of equipment bought in instalments: what billing told of each purchase, and what was paid here since."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Instalment(SQLModel, table=True):
    """A purchase as it stood at `as_of`: `rest_minor` was still to be paid, `monthly_minor` a month."""

    __tablename__ = "instalment"
    __table_args__ = (
        CheckConstraint("monthly_minor > 0 AND rest_minor >= 0 AND payments > 0", name="amounts"),
        CheckConstraint("rest_minor <= monthly_minor * payments", name="rest"),
    )

    id: UUID = Field(primary_key=True)
    external_id: str = Field(unique=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    title: str
    bought_on: date
    matures_on: date
    next_on: date | None = None
    payments: int
    monthly_minor: int = Field(sa_type=BigInteger)
    rest_minor: int = Field(sa_type=BigInteger)
    as_of: datetime = Field(sa_type=Moment)


class InstalmentPayment(SQLModel, table=True):
    """What its subscriber has paid here; its id is the ticket of the page that it was asked for on."""

    __tablename__ = "instalment_payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_instalment_payment_paid", "instalment_id", "paid_at"),
    )

    id: UUID = Field(primary_key=True)
    instalment_id: UUID = Field(foreign_key="instalment.id")
    line_id: UUID = Field(foreign_key="line.id")
    paid_at: datetime = Field(sa_type=Moment)
    amount_minor: int = Field(sa_type=BigInteger)
    operation_id: UUID = Field(foreign_key="operation.id")
