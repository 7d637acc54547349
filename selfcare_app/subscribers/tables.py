"""Tables of clients, accounts, lines, their numbers and SIMs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Client(SQLModel, table=True):
    """Who has the contract: a person or an organisation."""

    __tablename__ = "client"
    __table_args__ = (CheckConstraint("kind IN ('person', 'organisation')", name="kind"),)

    id: UUID = Field(primary_key=True)
    external_id: str = Field(unique=True)
    kind: str
    name: str
    tax_id: str = ""
    document: str = ""
    email: str = ""
    contract_number: str = ""
    contract_on: date | None = None


class Account(SQLModel, table=True):
    """A personal account («лицевой счёт») that pays for one or more lines."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("settlement IN ('prepaid', 'postpaid')", name="settlement"),)

    id: UUID = Field(primary_key=True)
    external_id: str = Field(unique=True)
    client_id: UUID = Field(foreign_key="client.id", index=True)
    number: str = Field(unique=True)
    opened_on: date
    currency: str
    settlement: str
    payment_form: str = "cash"
    credit_limit_minor: int = Field(default=0, sa_type=BigInteger)
    bill_delivery: str = "self"
    balance_as_of: datetime | None = Field(default=None, sa_type=Moment)


class Line(SQLModel, table=True):
    """A subscription: it stays itself when its number or SIM changes. `no` is its compact key in usage records.

    The plan's fee is lower by `fee_discount_percent` on days before `fee_discount_until`. `unpaid_minor` is the fee
    that the balance could not cover whole: the line is blocked until it is there. `agreed_at` is when the service
    agreement was accepted.
    """

    __tablename__ = "line"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'paused', 'blocked', 'closed')", name="state"),
        CheckConstraint("kind IN ('phone', 'tablet', 'modem', 'machine')", name="kind"),
        CheckConstraint("audience IN ('mobile', 'home_office')", name="audience"),
        CheckConstraint(
            "access IN ('open', 'closed_by_subscriber', 'closed_by_organisation', 'closed_by_operator')", name="access"
        ),
        Index(
            "ix_line_unpaid",
            "unpaid_minor",
            sqlite_where=text("unpaid_minor > 0"),
            postgresql_where=text("unpaid_minor > 0"),
        ),
    )

    id: UUID = Field(primary_key=True)
    no: int = Field(unique=True, sa_type=BigInteger)
    external_id: str = Field(unique=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    msisdn: str | None = Field(default=None, unique=True)
    kind: str = "phone"
    audience: str = "mobile"
    state: str = "active"
    access: str = "open"
    tariff_plan: str
    user_name: str = ""
    alias: str = ""
    language: str = ""
    ip_address: str = ""
    closed_user_group: bool = False
    puk1_registration: bool = False
    activated_on: date
    fee_discount_percent: int = 0
    fee_discount_until: date | None = None
    unpaid_minor: int = Field(default=0, sa_type=BigInteger)
    agreed_at: datetime | None = Field(default=None, sa_type=Moment)
    sim_changed_at: datetime | None = Field(default=None, sa_type=Moment)
    number_changed_at: datetime | None = Field(default=None, sa_type=Moment)


class LineNumber(SQLModel, table=True):
    """Which number a line had, and when: [valid_from, valid_until)."""

    __tablename__ = "line_number"
    __table_args__ = (
        Index(
            "uq_line_number_current_msisdn",
            "msisdn",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        Index(
            "uq_line_number_current_line",
            "line_id",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    msisdn: str = Field(index=True)
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)


class Sim(SQLModel, table=True):
    """A SIM of a line. PIN and PUK codes are sealed at `sim.<column>.<id>`; `puk1_mac` is compared without opening."""

    __tablename__ = "sim"

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    iccid: str = Field(unique=True)
    pin1: bytes = Field(sa_type=LargeBinary)
    puk1: bytes = Field(sa_type=LargeBinary)
    pin2: bytes = Field(sa_type=LargeBinary)
    puk2: bytes = Field(sa_type=LargeBinary)
    puk1_mac: str
    issued_at: datetime = Field(sa_type=Moment)
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class LineService(SQLModel, table=True):
    """A service connected to a line: [connected_at, disconnected_at), by the order `order_id` if by one.

    `used_at` is its first use as far as is known; `undone_at` when a connection by mistake was undone.
    """

    __tablename__ = "line_service"

    id: UUID = Field(primary_key=True)
    external_id: str = Field(unique=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    service: str
    connected_at: datetime = Field(sa_type=Moment)
    disconnected_at: datetime | None = Field(default=None, sa_type=Moment)
    order_id: UUID | None = None
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    undone_at: datetime | None = Field(default=None, sa_type=Moment)


class LinePlan(SQLModel, table=True):
    """A tariff plan that a line had and has no more: [valid_from, valid_until); what it has stands in the line."""

    __tablename__ = "line_plan"

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    tariff_plan: str
    valid_from: datetime | None = Field(default=None, sa_type=Moment)
    valid_until: datetime = Field(sa_type=Moment)


class LinePause(SQLModel, table=True):
    """When a line's services were suspended at the subscriber's wish («Пауза»): [paused_at, resumed_at)."""

    __tablename__ = "line_pause"
    __table_args__ = (
        Index(
            "uq_line_pause_current",
            "line_id",
            unique=True,
            sqlite_where=text("resumed_at IS NULL"),
            postgresql_where=text("resumed_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    paused_at: datetime = Field(sa_type=Moment)
    resumed_at: datetime | None = Field(default=None, sa_type=Moment)
