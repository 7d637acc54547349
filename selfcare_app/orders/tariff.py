"""Going over to another tariff plan: what is open to the line, what it costs, and the change itself."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue import plan
from selfcare_app.catalogue.tables import TariffPlan
from selfcare_app.catalogue.views import PlanView
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.effect import due_at
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import agreement, order
from selfcare_app.orders.change_kind import Asked, Intent, Kind
from selfcare_app.orders.change_views import PlanOffer
from selfcare_app.orders.fees.rules import with_plan, without_service
from selfcare_app.orders.fees.take import SWITCH, OneOff
from selfcare_app.orders.obstacles import ChangedLately, LineNotActive, NotOffered, PlanNotOpen, SamePlan
from selfcare_app.subscribers.tables import Account, Line, LinePlan, LineService

KIND = "tariff_change"
_LONGEST_MONTH = timedelta(days=32)


def offer(session: Session, actor: Subscriber, *, now: datetime) -> PlanOffer:
    """The plans open to the actor's line, its own one, and what stands against a change now. ISSA-089, AS-053.

    Raises NotOffered.
    """
    profile = operators.of(session)
    if not profile.has(Feature.TARIFF_CHANGE):
        raise NotOffered()
    line = session.get_one(Line, actor.line_id)
    rule = profile.tariff_change
    due = due_at(rule.effect, confirmed_at=now, zone=profile.zone)
    current = plan.in_force(session, line.tariff_plan, at=now)
    waiting = order.open_order(session, actor, kind=KIND)
    obstacle: Refused | None = LineNotActive() if line.state != "active" else why_not(session, line, now)
    return PlanOffer(
        current=current,
        plans=open_to(session, line, at=due),
        needs_agreement=agreement.is_missing(session, line),
        no_return=rule.warns_of_closed_plan and current is not None and not current.open_for_change,
        effect=rule.effect.kind,
        due_at=due,
        obstacle=order.OpenOrder(no=waiting.no) if waiting else obstacle,
        order_id=waiting.id if waiting else None,
    )


def open_to(session: Session, line: Line, *, at: datetime) -> tuple[PlanView, ...]:
    """The plans that a line can go over to then: open, of its way of settlement and kind of use, and not its own."""
    settlement = session.get_one(Account, line.account_id).settlement
    own = plan.in_force(session, line.tariff_plan, at=at)
    return tuple(
        each
        for each in plan.plans(session, at=at)
        if each.open_for_change
        and each.code != line.tariff_plan
        and each.settlement == settlement
        and (own is None or each.plan_class == own.plan_class)
    )


def why_not(session: Session, line: Line, now: datetime) -> Refused | None:
    """Whether the plan was changed as often as it may be in this calendar month. AS-056, AS-059, C20."""
    profile = operators.of(session)
    rule = profile.tariff_change
    if rule.limit is None:
        return None
    first = now.astimezone(profile.zone).date().replace(day=1)
    if rule.free_after_operator_change and _changed_by_operator(session, line, now):
        return None
    begins = datetime.combine(first, time.min, profile.zone)
    if order.accepted_since(session, line.id, kind=KIND, since=begins) < rule.limit.per_calendar_month:
        return None
    return ChangedLately(possible_on=(first + _LONGEST_MONTH).replace(day=1))


def _changed_by_operator(session: Session, line: Line, now: datetime) -> bool:
    """Whether the plan has conditions that are newer than the line's stay on it: not what its subscriber has chosen."""
    since = session.exec(select(func.max(LinePlan.valid_until)).where(LinePlan.line_id == line.id)).one()
    query = select(TariffPlan.valid_from).where(TariffPlan.code == line.tariff_plan, col(TariffPlan.valid_from) <= now)
    newest = max(session.exec(query).all(), default=None)
    begun = since or datetime.combine(line.activated_on, time.min, UTC)
    return newest is not None and newest > begun


def _intend(asked: Asked) -> Intent:
    session, line, at = asked.session, asked.line, asked.at
    new, old = plan.in_force(session, asked.subject, at=at), plan.in_force(session, line.tariff_plan, at=at)
    if new is None or new.id is None:
        raise NotOffered()
    after = with_plan(asked.known, new.code, asked.day)
    ending = [held for held in plan.connected(session, line.id, at=at) if not held.service.allowed_on(new.code)]
    for held in ending:
        after = without_service(after, held.service.code, asked.fee_ends(held.service.code))
    switch = new.switch_fee.minor if new.switch_fee else 0
    rule = asked.profile.tariff_change
    return Intent(
        name=new.name,
        after=after,
        once=(OneOff(SWITCH, new.code, new.id, switch, asked.day),),
        obstacle=_against(asked, new),
        description=new.description,
        old_name=old.name if old else "",
        fee=new.fee,
        fee_period=new.fee_period,
        old_fee=old.fee if old else None,
        old_fee_period=old.fee_period if old else "month",
        ends=tuple(held.service.name for held in ending),
        no_return=rule.warns_of_closed_plan and old is not None and not old.open_for_change,
    )


def _against(asked: Asked, new: PlanView) -> Refused | None:
    if asked.line.state != "active":
        return LineNotActive()
    if new.code == asked.line.tariff_plan:
        return SamePlan()
    codes = {each.code for each in open_to(asked.session, asked.line, at=asked.at)}
    return None if new.code in codes else PlanNotOpen(name=new.name)


def _apply(asked: Asked, order_id: UUID) -> None:
    """The line has the plan; services that it does not foresee end."""
    session, line = asked.session, asked.line
    had = select(func.max(LinePlan.valid_until)).where(LinePlan.line_id == line.id)
    since = session.exec(had).one()
    session.add(
        LinePlan(id=new_id(), line_id=line.id, tariff_plan=line.tariff_plan, valid_from=since, valid_until=asked.at)
    )
    ending = [
        held.id for held in plan.connected(session, line.id, at=asked.at) if not held.service.allowed_on(asked.subject)
    ]
    session.execute(update(LineService).where(col(LineService.id).in_(ending)).values(disconnected_at=asked.at))
    line.tariff_plan = asked.subject
    session.flush()


CHANGE = Kind(
    name=KIND,
    feature=lambda _asked: Feature.TARIFF_CHANGE,
    effect=lambda profile: profile.tariff_change.effect,
    intend=_intend,
    apply=_apply,
    may_owe=lambda _profile: False,
    why_not=why_not,
    tells_acceptance=True,
)
