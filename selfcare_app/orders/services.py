"""Services of a line: which it has, which it could have, and connecting or disconnecting one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from selfcare_app import operators
from selfcare_app.catalogue import plan
from selfcare_app.catalogue.views import Connected, ServiceView
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators import Profile
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.orders import Effect
from selfcare_app.orders import agreement, order, undo
from selfcare_app.orders.change_kind import Asked, Intent, Kind
from selfcare_app.orders.change_views import ServiceItem, ServiceList
from selfcare_app.orders.fees.rules import Every, with_service, without_service
from selfcare_app.orders.fees.take import CONNECT, OneOff
from selfcare_app.orders.obstacles import (
    HasItAlready,
    HasItNot,
    LineNotActive,
    NotOffered,
    NotOnThisPlan,
    closed,
)
from selfcare_app.orders.views import OrderView
from selfcare_app.subscribers.tables import Line, LineService

ON, OFF = "service_on", "service_off"
PACKAGE = "mobile_internet"
"""The category of which a line has one service at a time: connecting another one replaces it."""


def listing(session: Session, actor: Subscriber, *, now: datetime) -> ServiceList:
    """The services of the actor's line and those that its plan foresees, by category and name.

    ISSA-090, ADM-029, AS-049, AS-052. Raises NotOffered.
    """
    return _listing(session, actor, Feature.SERVICES, now, packages=False)


def packages(session: Session, actor: Subscriber, *, now: datetime) -> ServiceList:
    """The packages of mobile internet, the one in force among them. ISSA-094, ADM-031. Raises NotOffered."""
    return _listing(session, actor, Feature.MOBILE_INTERNET, now, packages=True)


def _listing(session: Session, actor: Subscriber, feature: Feature, now: datetime, *, packages: bool) -> ServiceList:
    profile = operators.of(session)
    if not profile.has(feature):
        raise NotOffered()
    line = session.get_one(Line, actor.line_id)
    held = {each.service.code: each for each in plan.connected(session, line.id, at=now)}
    waiting = {(each.kind, each.subject): each for each in order.waiting(session, line.id, kinds=(ON, OFF))}
    apart = packages or profile.has(Feature.MOBILE_INTERNET)
    items = [
        _item(session, actor, each, line, held.get(each.code), waiting, now)
        for each in plan.services(session, at=now)
        if not apart or (each.category == PACKAGE) == packages
    ]
    suspended = line.state != "active" and profile.service_change.refused_while_suspended
    return ServiceList(
        items=tuple(each for each in items if each.state != "off" or _open(each.service, line)),
        needs_agreement=agreement.is_missing(session, line),
        obstacle=LineNotActive() if suspended else closed(session, feature, now),
    )


def _open(service: ServiceView, line: Line) -> bool:
    return service.open_for_change and service.allowed_on(line.tariff_plan)


def _item(
    session: Session,
    actor: Subscriber,
    service: ServiceView,
    line: Line,
    held: Connected | None,
    waiting: dict[tuple[str, str], OrderView],
    now: datetime,
) -> ServiceItem:
    order_on, order_off = waiting.get((ON, service.code)), waiting.get((OFF, service.code))
    state = "connecting" if order_on else "disconnecting" if order_off else "on" if held else "off"
    pending = order_on or order_off
    undoable = undo.offered(session, actor, connection=held, now=now) if held and not pending else None
    return ServiceItem(
        service=service,
        state=state,
        can_change=pending is None and (held is not None or _open(service, line)),
        connection_id=held.id if held else None,
        connected_at=held.connected_at if held else None,
        order_id=pending.id if pending else None,
        undo_until=undoable[0] if undoable else None,
        undo_amount=undoable[1] if undoable else None,
    )


def _suspended(asked: Asked) -> Refused | None:
    refused = asked.line.state != "active" and asked.profile.service_change.refused_while_suspended
    return LineNotActive() if refused else None


def _connect(asked: Asked) -> Intent:
    session, line = asked.session, asked.line
    service = plan.service_in_force(session, asked.subject, at=asked.at)
    if service is None or service.id is None:
        raise NotOffered()
    held = plan.connected(session, line.id, at=asked.at)
    replaced = _replaced(service, held)
    after = asked.known
    for each in replaced:
        after = without_service(after, each.service.code, asked.fee_ends(each.service.code))
    connect = service.connect_fee.minor if service.connect_fee else 0
    obstacle = _suspended(asked)
    if obstacle is None and any(each.service.code == service.code for each in held):
        obstacle = HasItAlready(name=service.name)
    if obstacle is None and not _open(service, line):
        obstacle = NotOnThisPlan(name=service.name)
    return Intent(
        name=service.name,
        after=with_service(after, service.code, asked.day),
        once=(OneOff(CONNECT, service.code, service.id, connect, asked.day),),
        obstacle=obstacle,
        description=service.description,
        fee=service.fee,
        fee_period=service.fee_period,
        ends=tuple(each.service.name for each in replaced),
        not_given_back=any(each.service.fee.minor for each in replaced),
    )


def _replaced(service: ServiceView, held: tuple[Connected, ...]) -> list[Connected]:
    if service.category != PACKAGE:
        return []
    return [each for each in held if each.service.category == PACKAGE and each.service.code != service.code]


def _connect_row(asked: Asked, order_id: UUID) -> None:
    session, line = asked.session, asked.line
    service = plan.service_in_force(session, asked.subject, at=asked.at)
    if service is None:
        raise NotOffered()
    ending = [each.id for each in _replaced(service, plan.connected(session, line.id, at=asked.at))]
    session.execute(update(LineService).where(col(LineService.id).in_(ending)).values(disconnected_at=asked.at))
    session.add(
        LineService(
            id=new_id(),
            external_id=f"order:{order_id}",
            line_id=line.id,
            service=service.code,
            connected_at=asked.at,
            order_id=order_id,
        )
    )
    session.flush()


def _disconnect(asked: Asked) -> Intent:
    service = plan.service_in_force(asked.session, asked.subject, at=asked.at)
    if service is None:
        raise NotOffered()
    held = {each.service.code for each in plan.connected(asked.session, asked.line.id, at=asked.at)}
    obstacle = _suspended(asked) or (None if service.code in held else HasItNot(name=service.name))
    return Intent(
        name=service.name,
        after=without_service(asked.known, service.code, asked.fee_ends(service.code)),
        obstacle=obstacle,
        description=service.description,
        fee=asked.money(0),
        fee_period=service.fee_period,
        old_fee=service.fee,
        old_fee_period=service.fee_period,
        not_given_back=bool(service.fee.minor) and service.fee_period == Every.MONTH,
    )


def _disconnect_row(asked: Asked, _order_id: UUID) -> None:
    held = [
        each.id
        for each in plan.connected(asked.session, asked.line.id, at=asked.at)
        if each.service.code == asked.subject
    ]
    asked.session.execute(update(LineService).where(col(LineService.id).in_(held)).values(disconnected_at=asked.at))


def _feature(asked: Asked) -> Feature:
    """Packages of mobile internet stand on a page of their own where the operator has one."""
    service = plan.service_in_force(asked.session, asked.subject, at=asked.at)
    packaged = service is not None and service.category == PACKAGE
    return Feature.MOBILE_INTERNET if packaged and asked.profile.has(Feature.MOBILE_INTERNET) else Feature.SERVICES


def _effect(profile: Profile) -> Effect:
    return profile.service_change.effect


def _may_owe(profile: Profile) -> bool:
    return not profile.service_change.prepaid_needs_balance


CONNECTING = Kind(ON, _feature, _effect, _connect, _connect_row, _may_owe, many=True)
DISCONNECTING = Kind(OFF, _feature, _effect, _disconnect, _disconnect_row, _may_owe, many=True)
