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
    """A subscription: it stays itself when its number or SIM changes. `no` is its compact key in usage records."""

    __tablename__ = "line"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'paused', 'blocked', 'closed')", name="state"),
        CheckConstraint("kind IN ('phone', 'tablet', 'modem', 'machine')", name="kind"),
        CheckConstraint("audience IN ('mobile', 'home_office')", name="audience"),
        CheckConstraint(
            "access IN ('open', 'closed_by_subscriber', 'closed_by_organisation', 'closed_by_operator')", name="access"
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
    """A service connected to a line: [connected_at, disconnected_at)."""

    __tablename__ = "line_service"

    id: UUID = Field(primary_key=True)
    external_id: str = Field(unique=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    service: str
    connected_at: datetime = Field(sa_type=Moment)
    disconnected_at: datetime | None = Field(default=None, sa_type=Moment)
