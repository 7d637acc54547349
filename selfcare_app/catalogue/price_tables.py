"""Tables of prices and packages of tariff plans: a change is a new version, nobody edits in place."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Price(SQLModel, table=True):
    """A version of a price rule of a tariff plan, in force [valid_from, valid_until).

    Of a plan's rules the first that fits a record by `position` prices it. `direction` and `zone` are codes of usage,
    None for any; `kind` and `direction` too. `weekdays` has bit 0 for Monday; the rule holds for records that begin
    between the local minutes `from_minute` and `until_minute` of a day (over midnight where from is later than until,
    counted to the day on which it begins to be). `rate_units` are ten-thousandths of a minor unit for each started
    `step` of seconds, bytes or messages, VAT included. `packages` are codes of packages that are drawn first,
    separated by spaces.
    """

    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("plan", "code", "valid_from"),
        CheckConstraint("step > 0 AND rate_units >= 0", name="rate"),
    )

    id: UUID = Field(primary_key=True)
    plan: str = Field(index=True)
    code: str
    name: str = ""
    position: int
    kind: int = Field(sa_type=SmallInteger)
    direction: int | None = Field(default=None, sa_type=SmallInteger)
    zone: int | None = Field(default=None, sa_type=SmallInteger)
    forwarded: bool = False
    weekdays: int = Field(default=127, sa_type=SmallInteger)
    from_minute: int = Field(default=0, sa_type=SmallInteger)
    until_minute: int = Field(default=1440, sa_type=SmallInteger)
    step: int = Field(sa_type=BigInteger)
    rate_units: int = Field(sa_type=BigInteger)
    packages: str = ""
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)


class PlanPackage(SQLModel, table=True):
    """A version of a package of a tariff plan, in force [valid_from, valid_until).

    It gives `amount` seconds, messages or bytes (`unit`) a calendar month. A record draws from its rule's packages in
    the order of their `position`.
    """

    __tablename__ = "plan_package"
    __table_args__ = (
        UniqueConstraint("plan", "code", "valid_from"),
        CheckConstraint("unit IN ('seconds', 'messages', 'bytes')", name="unit"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: UUID = Field(primary_key=True)
    plan: str = Field(index=True)
    code: str
    name: str
    position: int = 0
    unit: str
    amount: int = Field(sa_type=BigInteger)
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)


class ServicePackage(SQLModel, table=True):
    """A version of a package that a service brings, in force [valid_from, valid_until).

    It gives `amount` seconds, messages, bytes or minor units of money (`unit`) for use that it covers: `kinds` and
    `zones` have bit n for the code n of usage, `direction` is None for any; never a forwarded call (IH-037). It holds
    for as long as the service's fee pays for, or for `days` days from the one on which it is bought; `prorated`: of the
    first period it gives the part that is left.
    """

    __tablename__ = "service_package"
    __table_args__ = (
        UniqueConstraint("service", "code", "valid_from"),
        CheckConstraint("unit IN ('seconds', 'messages', 'bytes', 'minor')", name="unit"),
        CheckConstraint("amount >= 0 AND days >= 0", name="amount"),
    )

    id: UUID = Field(primary_key=True)
    service: str = Field(index=True)
    code: str
    name: str
    position: int = 0
    unit: str
    amount: int = Field(sa_type=BigInteger)
    kinds: int = Field(sa_type=SmallInteger)
    direction: int | None = Field(default=None, sa_type=SmallInteger)
    zones: int = Field(sa_type=SmallInteger)
    days: int = 0
    prorated: bool = True
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)


class PriceEdition(SQLModel, table=True):
    """How often prices and packages have changed: whoever keeps them in memory looks here whether they are new.

    By `id`, because a number is given again when the transaction that made it does not end well.
    """

    __tablename__ = "price_edition"

    no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    id: UUID = Field(unique=True)
    at: datetime = Field(sa_type=Moment)
