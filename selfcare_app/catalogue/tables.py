"""Tables of tariff plans and services: a change is a new version, nobody edits in place."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class TariffPlan(SQLModel, table=True):
    """A version of a tariff plan, in force [valid_from, valid_until); fee in minor units a month."""

    __tablename__ = "tariff_plan"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: UUID = Field(primary_key=True)
    code: str = Field(index=True)
    name: str
    settlement: str = "prepaid"
    plan_class: str = "voice"
    fee_minor: int = Field(sa_type=BigInteger)
    package: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    benefits: str = ""
    open_for_change: bool = True
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)


class Service(SQLModel, table=True):
    """A version of a service, in force [valid_from, valid_until); fee in minor units a month."""

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: UUID = Field(primary_key=True)
    code: str = Field(index=True)
    name: str
    description: str = ""
    fee_minor: int = Field(default=0, sa_type=BigInteger)
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)
