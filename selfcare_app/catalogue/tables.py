"""Tables of tariff plans and services: a change is a new version, nobody edits in place."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class TariffPlan(SQLModel, table=True):
    """A version of a tariff plan, in force [valid_from, valid_until); fee in minor units a `fee_period`.

    `switch_fee_minor` is what going over to the plan costs. Who leaves a plan that is not `open_for_change` can't come
    back to it.
    """

    __tablename__ = "tariff_plan"
    __table_args__ = (
        CheckConstraint("fee_period IN ('month', 'day')", name="fee_period"),
        UniqueConstraint("code", "valid_from"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(index=True)
    name: str
    settlement: str = "prepaid"
    plan_class: str = "voice"
    fee_minor: int = Field(sa_type=BigInteger)
    package: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    benefits: str = ""
    description: str = ""
    link: str = ""
    fee_period: str = "month"
    switch_fee_minor: int = Field(default=0, sa_type=BigInteger)
    open_for_change: bool = True
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)


class Service(SQLModel, table=True):
    """A version of a service, in force [valid_from, valid_until); fee in minor units a `fee_period`.

    It can be connected on the `plans` of these codes, on every plan where there are none, while it is
    `open_for_change`. Of the category `mobile_internet` a line has one service at a time.
    """

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("fee_period IN ('month', 'day')", name="fee_period"),
        UniqueConstraint("code", "valid_from"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(index=True)
    name: str
    description: str = ""
    category: str = "other"
    fee_minor: int = Field(default=0, sa_type=BigInteger)
    fee_period: str = "month"
    connect_fee_minor: int = Field(default=0, sa_type=BigInteger)
    package: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    plans: list[str] = Field(default_factory=list, sa_type=JSON)
    open_for_change: bool = True
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)
