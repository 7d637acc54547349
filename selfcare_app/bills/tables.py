"""Tables of bills: what an account came to in a month, of what, by which transfers; and an organisation's sums."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment

_ADDS_UP = "closing_minor = opening_minor + payments_minor + others_minor - charges_minor"


class BillRun(SQLModel, table=True):
    """The closing of [month, month_until) over all accounts; those with ids up to `after_id` are closed.

    Written in the transaction of each chunk of accounts. One month at a time is not done: the next to be closed.
    """

    __tablename__ = "bill_run"

    month: date = Field(primary_key=True)
    month_until: date
    after_id: UUID | None = None
    began_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    accounts: int = Field(default=0, sa_type=BigInteger)


class Bill(SQLModel, table=True):
    """What a month came to for an account; written once. `client_id` is whose it was then.

    `charges_minor` is what was taken less what was given back, with the `vat_minor` contained in it; `payments_minor`
    is what was paid in, `others_minor` what came or went otherwise. `due_on` is by when a debt is to be paid, None
    where there is none or it is due at once.
    """

    __tablename__ = "bill"
    __table_args__ = (CheckConstraint(_ADDS_UP, name="adds_up"),)

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    month: date = Field(primary_key=True)
    client_id: UUID = Field(foreign_key="client.id", index=True)
    currency: str
    opening_minor: int = Field(default=0, sa_type=BigInteger)
    payments_minor: int = Field(default=0, sa_type=BigInteger)
    others_minor: int = Field(default=0, sa_type=BigInteger)
    charges_minor: int = Field(default=0, sa_type=BigInteger)
    vat_minor: int = Field(default=0, sa_type=BigInteger)
    closing_minor: int = Field(default=0, sa_type=BigInteger)
    due_on: date | None = None
    made_at: datetime = Field(sa_type=Moment)


class BillRow(SQLModel, table=True):
    """A row of a bill: what a line was charged of one kind, or what the account was paid, with how many transfers.

    `period` is the first day of the month that it belongs to: one before the bill's is an adjustment of that month.
    `line_id` is None for what is the account's own. In the part `charge` an amount above zero was taken; in `payment`
    and `other` it came in.
    """

    __tablename__ = "bill_row"
    __table_args__ = (CheckConstraint("part IN ('payment', 'other', 'charge')", name="part"),)

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    month: date = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    line_id: UUID | None = Field(default=None, foreign_key="line.id", index=True)
    part: str
    kind: str
    period: date
    transfers: int
    amount_minor: int = Field(sa_type=BigInteger)
    vat_minor: int = Field(default=0, sa_type=BigInteger)


class BillEntry(SQLModel, table=True):
    """In which row of which bill a transfer of an account stands: in one, whatever happens."""

    __tablename__ = "bill_entry"
    __table_args__ = {"sqlite_with_rowid": False}

    account_id: UUID = Field(primary_key=True)
    transfer_id: UUID = Field(primary_key=True)
    month: date
    seq: int


class ClientBill(SQLModel, table=True):
    """What a month came to for all accounts of an organisation together."""

    __tablename__ = "client_bill"
    __table_args__ = (CheckConstraint(_ADDS_UP, name="adds_up"),)

    client_id: UUID = Field(primary_key=True, foreign_key="client.id")
    month: date = Field(primary_key=True)
    accounts: int
    opening_minor: int = Field(sa_type=BigInteger)
    payments_minor: int = Field(sa_type=BigInteger)
    others_minor: int = Field(sa_type=BigInteger)
    charges_minor: int = Field(sa_type=BigInteger)
    vat_minor: int = Field(sa_type=BigInteger)
    closing_minor: int = Field(sa_type=BigInteger)
