"""Fees that were charged to a line, and the receipt of each: price, days, arithmetic, consent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.money import Money

MOST = 500
"""More fees than a line has in any month, daily ones included."""


class NoSuchCharge(NotFound):
    """The line has no such charge."""

    code = "catalogue.no_such_charge"


@dataclass(frozen=True, slots=True)
class FeeCharged:
    """A fee of [period_from, period_until), days of the operator's time zone; `amount` below zero was given back.

    `item` is plan, service, switch or connect; `name` the plan's or service's in the operator's words. The receipt's
    arithmetic: `fee` x (100 - `discount_percent`) % x `day_percents` % / days of the period - `before` = `amount`,
    where `day_percents` sums the percentage of the fee that holds on each day. `vat` is contained in `amount`.
    `order_id` is the order by which the subscriber wished it, None where the contract alone says so.
    """

    id: UUID
    item: str
    code: str
    name: str
    version_id: UUID
    price_since: datetime
    period_from: date
    period_until: date
    fee: Money
    discount_percent: int
    day_percents: int
    before: Money
    amount: Money
    vat: Money
    vat_percent: int
    operation_id: UUID
    order_id: UUID | None
    charged_at: datetime

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.period_until - self.period_from).days


def read(session: Session, actor: Subscriber, *, first: date, until: date, now: datetime) -> tuple[FeeCharged, ...]:
    """Fees of the actor's line for periods that begin in [first, until), the newest first. ISSA-053."""
    query = (
        select(FeeCharge)
        .where(FeeCharge.line_id == actor.line_id, FeeCharge.period_from >= first, FeeCharge.period_from < until)
        .order_by(col(FeeCharge.charged_at).desc(), col(FeeCharge.id).desc())
        .limit(MOST)
    )
    return _shown(session, session.exec(query).all())


def receipt(session: Session, actor: Subscriber, *, charge_id: UUID) -> FeeCharged:
    """One fee of the actor's line. Raises NoSuchCharge."""
    return of_line(session, line_id=actor.line_id, charge_id=charge_id)


def of_line(session: Session, *, line_id: UUID, charge_id: UUID) -> FeeCharged:
    """One fee of any line. Not a use case: the caller decides who may see it. Raises NoSuchCharge."""
    query = select(FeeCharge).where(FeeCharge.line_id == line_id, FeeCharge.id == charge_id)
    shown = _shown(session, session.exec(query).all())
    if not shown:
        raise NoSuchCharge()
    return shown[0]


def of_operation(session: Session, actor: Subscriber, *, operation_id: UUID) -> tuple[FeeCharged, ...]:
    """The fees of the actor's line that one operation of the ledger took; empty where it took none."""
    query = select(FeeCharge).where(FeeCharge.line_id == actor.line_id, FeeCharge.operation_id == operation_id)
    return _shown(session, session.exec(query).all())


def _shown(session: Session, rows: Sequence[FeeCharge]) -> tuple[FeeCharged, ...]:
    versions = _versions(session, {row.version_id for row in rows})
    scale = operators.of(session).currency_scale
    shown = []
    for row in rows:
        name, since = versions.get(row.version_id, (row.code, row.charged_at))

        def money(minor: int, currency: str = row.currency) -> Money:
            return Money(minor, currency, scale)

        shown.append(
            FeeCharged(
                id=row.id,
                item=row.item,
                code=row.code,
                name=name,
                version_id=row.version_id,
                price_since=since,
                period_from=row.period_from,
                period_until=row.period_until,
                fee=money(row.fee_minor),
                discount_percent=row.discount_percent,
                day_percents=row.day_percents,
                before=money(row.before_minor),
                amount=money(row.amount_minor),
                vat=money(row.vat_minor),
                vat_percent=row.vat_percent,
                operation_id=row.operation_id,
                order_id=row.order_id,
                charged_at=row.charged_at,
            )
        )
    return tuple(shown)


def _versions(session: Session, ids: set[UUID]) -> dict[UUID, tuple[str, datetime]]:
    found: dict[UUID, tuple[str, datetime]] = {}
    for version in (TariffPlan, Service):
        query = select(version.id, version.name, version.valid_from).where(col(version.id).in_(ids))
        found.update({key: (name, since) for key, name, since in session.exec(query).all()})
    return found
