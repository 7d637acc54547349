"""What tariff advice compares: plans with the packages that a line has, and with those that it could buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import Session

from selfcare_app.catalogue import prices
from selfcare_app.catalogue.price_list import ServicePackageVersion, in_force
from selfcare_app.catalogue.prices import Terms
from selfcare_app.catalogue.tables import Service
from selfcare_app.subscribers.tables import LineService

ONE_AT_A_TIME = "mobile_internet"
"""The category of which a line has one service: another one takes its place."""
_NAMES = ("code", "name", "category", "fee_minor", "connect_fee_minor", "plans", "open_for_change")


_service, _held = Service.__table__.c, LineService.__table__.c  # type: ignore[attr-defined]
_at = bindparam("at", type_=_service.valid_from.type)
_SERVICES = select(*(_service[name] for name in _NAMES)).where(
    _service.code.in_(bindparam("codes", expanding=True)),
    _service.fee_period == "month",
    _service.valid_from <= _at,
    _service.valid_until.is_(None) | (_service.valid_until > _at),
)
_HELD = select(_held.service).where(
    _held.line_id == bindparam("of_line"),
    _held.connected_at <= _at,
    _held.disconnected_at.is_(None) | (_held.disconnected_at > _at),
)


@dataclass(frozen=True, slots=True)
class Bought:
    """A service with a monthly fee and the packages that it brings every month; `is_held`: the line has it."""

    code: str
    name: str
    category: str
    fee_minor: int
    connect_fee_minor: int
    plans: tuple[str, ...]
    open_for_change: bool
    packages: tuple[ServicePackageVersion, ...]
    is_held: bool

    def allowed_on(self, plan: str) -> bool:
        """Whether the plan of that code foresees it. AS-052."""
        return not self.plans or plan in self.plans


@dataclass(frozen=True, slots=True)
class Option:
    """A plan with services: those that are kept, and one that is `added`."""

    plan: Terms
    kept: tuple[Bought, ...]
    added: Bought | None = None

    @property
    def packages(self) -> tuple[ServicePackageVersion, ...]:
        """All that the services give every month."""
        return tuple(package for each in self._services for package in each.packages)

    @property
    def services_fee(self) -> int:
        """What they cost a month, in minor units."""
        return sum(each.fee_minor for each in self._services)

    @property
    def _services(self) -> tuple[Bought, ...]:
        return (*self.kept, self.added) if self.added else self.kept


@dataclass(frozen=True, slots=True)
class Offered:
    """Services with packages, as they concern a line."""

    services: Sequence[Bought]

    def kept(self, plan: str, beside: Bought | None = None) -> tuple[Bought, ...]:
        """What the line has and would keep on a plan, `beside` a service that it adds."""
        replaces = beside is not None and beside.category == ONE_AT_A_TIME
        return tuple(
            each
            for each in self.services
            if each.is_held and each.allowed_on(plan) and not (replaces and each.category == ONE_AT_A_TIME)
        )

    def added(self, plan: Terms) -> list[Option]:
        """The plan with each service that could be connected on it."""
        return [
            Option(plan, self.kept(plan.code, each), each)
            for each in self.services
            if not each.is_held and each.open_for_change and each.allowed_on(plan.code)
        ]


def of_line(session: Session, line_id: UUID, *, known: prices.Edition, now: datetime) -> Offered:
    """Services in force whose packages come every month with the fee; what is bought for days is not among them."""
    packages = {
        code: tuple(version for version in some if in_force(version, now) and version.amount)
        for code, some in known.packages.items()
    }
    codes = [code for code, some in packages.items() if some and not any(version.days for version in some)]
    if not codes:
        return Offered(())
    connection = session.connection()
    found = connection.execute(_SERVICES, {"codes": codes, "at": now}).all()
    held = set(connection.execute(_HELD, {"of_line": line_id, "at": now}).scalars())
    services = [
        Bought(code, name, category, fee, connect, tuple(plans), is_open, packages[code], code in held)
        for code, name, category, fee, connect, plans, is_open in found
    ]
    return Offered(sorted(services, key=lambda each: each.code))
