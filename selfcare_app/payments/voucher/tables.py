"""Table of vouchers: found by a keyed digest of the code, redeemed once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Voucher(SQLModel, table=True):
    """A card; its code is nowhere. `redeemed_by` is the operation that it was paid in by, for the line `line_id`.

    `by_line_id` is the line whose subscriber typed the code.
    """

    __tablename__ = "voucher"
    __table_args__ = (
        CheckConstraint("value_minor > 0", name="value"),
        CheckConstraint("state IN ('active', 'redeemed', 'blocked')", name="state"),
        CheckConstraint("(state = 'redeemed') = (redeemed_by IS NOT NULL)", name="redeemed"),
    )

    code_mac: str = Field(primary_key=True)
    batch: str = Field(index=True)
    value_minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str = "active"
    expires_at: datetime = Field(sa_type=Moment)
    redeemed_by: UUID | None = Field(default=None, foreign_key="operation.id", unique=True)
    redeemed_at: datetime | None = Field(default=None, sa_type=Moment)
    line_id: UUID | None = Field(default=None, foreign_key="line.id")
    by_line_id: UUID | None = Field(default=None, foreign_key="line.id")
