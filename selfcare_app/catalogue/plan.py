"""Tariff plans and services in force at a moment, and the fees of a line that come next."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.catalogue.views import Fee, PlanView, ServiceView, Upcoming
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.subscribers.tables import Line, LineService


def in_force(session: Session, code: str, *, at: datetime) -> PlanView | None:
    """The version of the tariff plan that is in force then, or None."""
    query = select(TariffPlan).where(TariffPlan.code == code, *_in_force(TariffPlan, at))
    found = session.exec(query).first()
    if found is None:
        return None
    fee = _money(session, found.fee_minor)
    return PlanView(found.code, found.name, found.settlement, fee, found.benefits, dict(found.package))


def class_of(session: Session, code: str, now: datetime) -> str:
    """What the tariff plan of that code is for, by the version in force; empty where the catalogue does not know it."""
    query = select(TariffPlan.plan_class).where(TariffPlan.code == code, *_in_force(TariffPlan, now))
    return session.exec(query).first() or ""


def of_line(session: Session, actor: Subscriber, *, now: datetime) -> PlanView | None:
    """The tariff plan of the actor's line; None where the catalogue does not know it. ISSA-049."""
    code = session.exec(select(Line.tariff_plan).where(Line.id == actor.line_id)).one_or_none()
    return in_force(session, code, at=now) if code else None


def upcoming(session: Session, actor: Subscriber, *, now: datetime) -> Upcoming | None:
    """Monthly fees of the plan and the services that are taken next; None where there is nothing to pay for.

    Fees are taken on the first of a month at the prices in force that day (ISSA-040).
    """
    zone = operators.of(session).zone
    on = _first_of_next_month(now.astimezone(zone).date())
    then = datetime(on.year, on.month, on.day, tzinfo=zone)
    code = session.exec(select(Line.tariff_plan).where(Line.id == actor.line_id)).one_or_none()
    plan = in_force(session, code, at=then) if code else None
    fees = [Fee(plan.name, "", plan.fee)] if plan else []
    fees += [Fee(service.name, service.code, service.fee) for service in _services(session, actor, then)]
    charged = tuple(fee for fee in fees if fee.amount.minor)
    if not charged:
        return None
    return Upcoming(on, charged, _money(session, sum(fee.amount.minor for fee in charged)))


def _services(session: Session, actor: Subscriber, at: datetime) -> tuple[ServiceView, ...]:
    query = (
        select(Service)
        .join(LineService, col(LineService.service) == Service.code)
        .where(
            LineService.line_id == actor.line_id,
            LineService.connected_at <= at,
            col(LineService.disconnected_at).is_(None) | (col(LineService.disconnected_at) > at),
            *_in_force(Service, at),
        )
        .order_by(col(Service.name), col(Service.code))
    )
    return tuple(
        ServiceView(row.code, row.name, _money(session, row.fee_minor)) for row in session.exec(query).unique().all()
    )


def _in_force(version: type[TariffPlan] | type[Service], at: datetime) -> tuple[ColumnElement[bool], ...]:
    until = col(version.valid_until)
    return col(version.valid_from) <= at, until.is_(None) | (until > at)


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _money(session: Session, minor: int) -> Money:
    profile = operators.of(session)
    return Money(minor, profile.currency, profile.currency_scale)
