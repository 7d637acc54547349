"""Tables of automatic top-up: what was chosen, what waits for its card, each charge."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment

_OPEN = text("state IN ('new', 'sent')")


class AutomaticTopUp(SQLModel, table=True):
    """One for an account, as the subscriber of `line_id` has set it up; `token` is the card's at the acquirer, sealed.

    `is_below` says that the present falling below was seen, `falls` how many there were: each is charged for once.
    `refusals` are those in a row. An acquirer's token is forgotten when it is turned off.
    """

    __tablename__ = "automatic_top_up"
    __table_args__ = (
        CheckConstraint("state IN ('on', 'off')", name="state"),
        CheckConstraint("(state = 'on') = (token IS NOT NULL)", name="card"),
        CheckConstraint("threshold_minor >= 0 AND amount_minor > 0 AND month_minor >= amount_minor", name="sums"),
        Index("ix_automatic_top_up_state", "state"),
    )

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    line_id: UUID = Field(foreign_key="line.id", index=True)
    state: str
    off_reason: str = ""
    threshold_minor: int = Field(sa_type=BigInteger)
    amount_minor: int = Field(sa_type=BigInteger)
    month_minor: int = Field(sa_type=BigInteger)
    currency: str
    acquirer: str
    token: bytes | None = Field(default=None, sa_type=LargeBinary)
    card_tail: str = ""
    language: str = ""
    is_below: bool = False
    falls: int = 0
    refusals: int = 0
    changed_at: datetime = Field(sa_type=Moment)


class AutomaticTopUpTerms(SQLModel, table=True):
    """What was confirmed and begins when the payment is paid that the card is saved by."""

    __tablename__ = "automatic_top_up_terms"

    payment_id: UUID = Field(primary_key=True, foreign_key="hosted_payment.id")
    line_id: UUID = Field(foreign_key="line.id")
    account_id: UUID = Field(foreign_key="account.id")
    threshold_minor: int = Field(sa_type=BigInteger)
    amount_minor: int = Field(sa_type=BigInteger)
    month_minor: int = Field(sa_type=BigInteger)
    currency: str
    language: str = ""


class AutomaticCharge(SQLModel, table=True):
    """One try to charge the card; its id is what the acquirer knows it by, and no id is sent twice.

    `new` waits for `due_at`; `sent` left and its outcome is not known yet: it is asked after at `due_at`. `reason` is
    the code of what stands or stood against it.
    """

    __tablename__ = "automatic_charge"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state IN ('new', 'sent', 'paid', 'refused', 'void', 'disputed', 'settled')", name="state"),
        CheckConstraint("(state = 'paid') = (operation_id IS NOT NULL)", name="credited"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent"),
        UniqueConstraint("account_id", "fall", "attempt"),
        UniqueConstraint("acquirer", "transaction_id"),
        Index("uq_automatic_charge_open", "account_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_automatic_charge_due", "state", "due_at"),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    line_id: UUID = Field(foreign_key="line.id")
    fall: int
    attempt: int
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    acquirer: str
    state: str = "new"
    reason: str = ""
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    asked: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = Field(default=None, sa_type=Moment)
    transaction_id: str | None = None
    operation_id: UUID | None = Field(default=None, foreign_key="operation.id")
