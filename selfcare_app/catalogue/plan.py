"""Tariff plans and services in force at a moment, and the fees of a line that come next."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue import charge_rules
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.catalogue.views import Connected, Fee, PlanView, ServiceView, Upcoming
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.subscribers.tables import Line, LinePlan, LineService


def in_force(session: Session, code: str, *, at: datetime) -> PlanView | None:
    """The version of the tariff plan that is in force then, or None."""
    query = select(TariffPlan).where(TariffPlan.code == code, *_in_force(TariffPlan, at))
    found = session.exec(query).first()
    return None if found is None else _plan(session, found)


def plans(session: Session, *, at: datetime) -> tuple[PlanView, ...]:
    """Every tariff plan in force then, the cheapest first."""
    query = select(TariffPlan).where(*_in_force(TariffPlan, at)).order_by(col(TariffPlan.fee_minor), TariffPlan.name)
    return tuple(_plan(session, row) for row in session.exec(query).all())


def services(session: Session, *, at: datetime) -> tuple[ServiceView, ...]:
    """Every service in force then, by category and name."""
    query = select(Service).where(*_in_force(Service, at)).order_by(col(Service.category), Service.name, Service.code)
    return tuple(_service(session, row) for row in session.exec(query).all())


def service_in_force(session: Session, code: str, *, at: datetime) -> ServiceView | None:
    """The version of the service that is in force then, or None."""
    found = session.exec(select(Service).where(Service.code == code, *_in_force(Service, at))).first()
    return None if found is None else _service(session, found)


def connected(session: Session, line_id: UUID, *, at: datetime) -> tuple[Connected, ...]:
    """The services that a line has then, by name; those that the catalogue does not know are left out."""
    query = (
        select(LineService, Service)
        .join(Service, col(LineService.service) == Service.code)
        .where(
            LineService.line_id == line_id,
            LineService.connected_at <= at,
            col(LineService.disconnected_at).is_(None) | (col(LineService.disconnected_at) > at),
            *_in_force(Service, at),
        )
        .order_by(col(Service.name), col(Service.code))
    )
    return tuple(
        Connected(held.id, _service(session, row), held.connected_at, held.order_id)
        for held, row in session.exec(query).all()
    )


def code_at(session: Session, line_id: UUID, *, at: datetime) -> str:
    """The code of the tariff plan that the line had at a moment."""
    since = col(LinePlan.valid_from)
    query = (
        select(LinePlan.tariff_plan)
        .where(LinePlan.line_id == line_id, since.is_(None) | (since <= at), LinePlan.valid_until > at)
        .order_by(col(LinePlan.valid_until))
    )
    had = session.exec(query).first()
    return had if had is not None else session.exec(select(Line.tariff_plan).where(Line.id == line_id)).one()


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

    Fees are taken on the first of a month at the prices in force that day (ISSA-040), lower by the line's discount
    and while the line is paused (ISSA-098…100).
    """
    profile = operators.of(session)
    zone = profile.zone
    on = _first_of_next_month(now.astimezone(zone).date())
    then = datetime(on.year, on.month, on.day, tzinfo=zone)
    line = session.get(Line, actor.line_id)
    if line is None:
        return None
    rule = profile.pause if line.state == "paused" else None
    plan = in_force(session, line.tariff_plan, at=then)
    fees = []
    if plan and plan.fee_period == "month":
        discount = charge_rules.discount_on(line.fee_discount_percent, line.fee_discount_until, on)
        percent = rule.plan_fee_percent if rule else 100
        fees.append(Fee(plan.name, "", _part(plan.fee, percent, discount)))
    percent = rule.add_on_fee_percent if rule else 100
    fees += [
        Fee(held.service.name, held.service.code, _part(held.service.fee, percent, 0))
        for held in connected(session, actor.line_id, at=then)
        if held.service.fee_period == "month"
    ]
    charged = tuple(fee for fee in fees if fee.amount.minor)
    if not charged:
        return None
    return Upcoming(on, charged, _money(session, sum(fee.amount.minor for fee in charged)))


def _part(fee: Money, percent: int, discount: int) -> Money:
    return Money(charge_rules.amount(fee.minor, discount, percent, 1), fee.currency, fee.scale)


def _plan(session: Session, row: TariffPlan) -> PlanView:
    return PlanView(
        code=row.code,
        name=row.name,
        settlement=row.settlement,
        fee=_money(session, row.fee_minor),
        benefits=row.benefits,
        package=dict(row.package),
        id=row.id,
        plan_class=row.plan_class,
        description=row.description,
        link=row.link,
        fee_period=row.fee_period,
        switch_fee=_money(session, row.switch_fee_minor),
        open_for_change=row.open_for_change,
    )


def _service(session: Session, row: Service) -> ServiceView:
    return ServiceView(
        code=row.code,
        name=row.name,
        fee=_money(session, row.fee_minor),
        id=row.id,
        description=row.description,
        category=row.category,
        fee_period=row.fee_period,
        connect_fee=_money(session, row.connect_fee_minor),
        package=dict(row.package),
        plans=tuple(row.plans),
        open_for_change=row.open_for_change,
    )


def _in_force(version: type[TariffPlan] | type[Service], at: datetime) -> tuple[ColumnElement[bool], ...]:
    until = col(version.valid_until)
    return col(version.valid_from) <= at, until.is_(None) | (until > at)


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _money(session: Session, minor: int) -> Money:
    profile = operators.of(session)
    return Money(minor, profile.currency, profile.currency_scale)
