"""Пауза: suspending all services of a line at its subscriber's wish for a lower fee, and having them again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue import plan
from selfcare_app.catalogue.charge_rules import amount, discount_on
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.operators import Profile
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.orders import Effect
from selfcare_app.orders import order
from selfcare_app.orders.change_kind import Asked, Intent, Kind
from selfcare_app.orders.change_views import PauseState
from selfcare_app.orders.fees.rules import paused, resumed
from selfcare_app.orders.obstacles import LineNotActive, NotOffered, NotPaused, closed
from selfcare_app.subscribers.tables import Line, LinePause

ON, OFF = "pause_on", "pause_off"


def state(session: Session, actor: Subscriber, *, now: datetime) -> PauseState:
    """Whether the actor's line is paused, and what its plan costs then. ISSA-096…101. Raises NotOffered."""
    profile = operators.of(session)
    if profile.pause is None:
        raise NotOffered()
    line = session.get_one(Line, actor.line_id)
    current = plan.in_force(session, line.tariff_plan, at=now)
    today = now.astimezone(profile.zone).date()
    discount = discount_on(line.fee_discount_percent, line.fee_discount_until, today)
    waiting = order.waiting(session, line.id, kinds=(ON, OFF))
    is_paused = line.state == "paused"
    blocked: Refused | None = LineNotActive() if line.state not in ("active", "paused") else None
    return PauseState(
        is_paused=is_paused,
        since=_since(session, line) if is_paused else None,
        fee=_part(current.fee, discount, 100) if current else None,
        fee_period=current.fee_period if current else "month",
        paused_fee=_part(current.fee, discount, profile.pause.plan_fee_percent) if current else None,
        plan_percent=profile.pause.plan_fee_percent,
        obstacle=order.OpenOrder(no=waiting[0].no) if waiting else blocked or closed(session, Feature.PAUSE, now),
        order_id=waiting[0].id if waiting else None,
    )


def _part(fee: Money, discount: int, percent: int) -> Money:
    return Money(amount(fee.minor, discount, percent, 1), fee.currency, fee.scale)


def _since(session: Session, line: Line) -> datetime | None:
    query = select(LinePause.paused_at).where(LinePause.line_id == line.id, col(LinePause.resumed_at).is_(None))
    return session.exec(query).one_or_none()


def _pause(asked: Asked) -> Intent:
    if asked.profile.pause is None:
        raise NotOffered()
    intent = _fees(asked, asked.profile.pause.plan_fee_percent)
    return Intent(
        name="",
        after=paused(asked.known, asked.day),
        obstacle=None if asked.line.state == "active" else LineNotActive(),
        fee=intent[1],
        fee_period=intent[2],
        old_fee=intent[0],
        old_fee_period=intent[2],
    )


def _resume(asked: Asked) -> Intent:
    if asked.profile.pause is None:
        raise NotOffered()
    intent = _fees(asked, asked.profile.pause.plan_fee_percent)
    return Intent(
        name="",
        after=resumed(asked.known, asked.day),
        obstacle=None if asked.line.state == "paused" else NotPaused(),
        fee=intent[0],
        fee_period=intent[2],
        old_fee=intent[1],
        old_fee_period=intent[2],
    )


def _fees(asked: Asked, percent: int) -> tuple[Money | None, Money | None, str]:
    """The plan's fee in full, in Пауза, and how often it is taken."""
    line, current = asked.line, plan.in_force(asked.session, asked.line.tariff_plan, at=asked.at)
    if current is None:
        return None, None, "month"
    discount = discount_on(line.fee_discount_percent, line.fee_discount_until, asked.day)
    return _part(current.fee, discount, 100), _part(current.fee, discount, percent), current.fee_period


def _pause_row(asked: Asked, _order_id: UUID) -> None:
    asked.session.add(LinePause(id=new_id(), line_id=asked.line.id, paused_at=asked.at))
    asked.line.state = "paused"
    asked.session.flush()


def _resume_row(asked: Asked, _order_id: UUID) -> None:
    open_ = (col(LinePause.line_id) == asked.line.id, col(LinePause.resumed_at).is_(None))
    ended = asked.session.connection().execute(update(LinePause).where(*open_).values(resumed_at=asked.at))
    if not ended.rowcount:
        # It came paused from the operator's export: since when is not known here.
        since = _activated_at(asked)
        asked.session.add(LinePause(id=new_id(), line_id=asked.line.id, paused_at=since, resumed_at=asked.at))
    asked.line.state = "active"
    asked.session.flush()


def _activated_at(asked: Asked) -> datetime:
    """The beginning of the line's time here."""
    activated = asked.line.activated_on
    return datetime(activated.year, activated.month, activated.day, tzinfo=asked.profile.zone)


def _effect(profile: Profile) -> Effect:
    return profile.service_change.effect


def _may_owe(profile: Profile) -> bool:
    return not profile.charging.whole_fee_or_nothing


PAUSING = Kind(ON, lambda _asked: Feature.PAUSE, _effect, _pause, _pause_row, _may_owe)
RESUMING = Kind(OFF, lambda _asked: Feature.PAUSE, _effect, _resume, _resume_row, _may_owe)
