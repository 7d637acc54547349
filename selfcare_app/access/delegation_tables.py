"""The table of rights to work on the lines of others."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class DelegationGrant(SQLModel, table=True):
    """One line may work on another, or on all lines of an account or client: `over` says which `over_id` is.

    `granted_by` and `revoked_by` are `subscriber:<line>`, `delegate:<line>` or `staff:<login>`. A right is live
    in [granted_at, expires_at) until it is revoked.
    """

    __tablename__ = "delegation_grant"
    __table_args__ = (
        CheckConstraint("role IN ('curator', 'administrator', 'supervisor', 'own')", name="role"),
        CheckConstraint("level IN ('view', 'manage')", name="level"),
        CheckConstraint("over IN ('line', 'account', 'client')", name="over"),
        Index("ix_delegation_grant_over", "over_id"),
        Index(
            "uq_delegation_grant_live",
            "delegate_line_id",
            "over_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    delegate_line_id: UUID = Field(foreign_key="line.id", index=True)
    role: str
    level: str
    sees_calls: bool = False
    over: str
    over_id: UUID
    granted_by: str
    granted_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_by: str = ""
