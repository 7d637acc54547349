"""The worker's part: carries changes of plan, services and Пауза out when they are due, once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Fault
from selfcare_app.operators.schema.vocabulary import EffectKind
from selfcare_app.orders import change, order, services, tariff
from selfcare_app.orders.change_kind import Asked, Kind, asked, may_overdraw
from selfcare_app.orders.fees import facts, packages, settle
from selfcare_app.orders.fees.rules import PLAN, SERVICE
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.views import OrderView
from selfcare_app.subscribers.tables import Line, LineService


def carry_out(session: Session, actor: System, *, order_id: UUID, now: datetime) -> bool:
    """Does a due order or ends it with the reason why not; False if it is not for us any more.

    Line, money, packages, order and messages change in one transaction, so that it happens once or not at all. What
    was due at the beginning of a day holds from that day on, however late it is done. AS-055, AS-057, ISSA-037.
    """
    claimed = order.claim(session, actor, order_id=order_id, now=now)
    if claimed is None:
        return False
    todo, line_id = claimed
    line = session.get_one(Line, line_id, populate_existing=True)
    try:
        with session.begin_nested():
            _change(session, actor, todo, line, now)
    except Fault as refused:
        session.expire_all()
        _fail(session, todo, line, refused, now)
        return True
    order.finish(session, order_id=order_id, state=OrderState.DONE, now=now)
    return True


def _change(session: Session, actor: System, todo: OrderView, line: Line, now: datetime) -> None:
    kind = change.KINDS[todo.kind]
    about = asked(session, line, str(todo.params["code"]), _holds_from(session, kind, todo, now))
    intent = kind.intend(about)
    if intent.obstacle is not None:
        raise intent.obstacle
    bill = settle.bill(
        session,
        line,
        before=about.known,
        after=intent.after,
        since=about.day,
        price_of=about.price_of,
        once=intent.once,
        now=now,
    )
    _end_packages(about, todo)
    kind.apply(about, todo.id)
    settle.charge(session, actor, made=bill, order=todo, may_overdraw=may_overdraw(session, line, kind), now=now)
    _give_packages(about, todo, now)
    record(session, actor, line_id=line.id, action="change_carried_out", details={"no": todo.no}, now=now)
    change.tell(session, line, todo, f"done_{kind.name}", now)


def _holds_from(session: Session, kind: Kind, todo: OrderView, now: datetime) -> datetime:
    effect = kind.effect(operators.of(session))
    return now if effect.kind in (EffectKind.AT_ONCE, EffectKind.WITHIN) else todo.due_at


def _end_packages(about: Asked, todo: OrderView) -> None:
    """What the former plan's package has left is over."""
    if todo.kind == tariff.KIND:
        giving = _packages(about)
        code = about.line.tariff_plan
        packages.end(about.session, about.line.id, giving, item=PLAN, code=code, day=about.day)


def _give_packages(about: Asked, todo: OrderView, now: datetime) -> None:
    """What the new plan or service gives for the rest of the period; a whole one comes with the run.

    A service that gives all it has for days is over with them, and can be bought again.
    """
    item = {tariff.KIND: PLAN, services.ON: SERVICE}.get(todo.kind)
    if item is None:
        return
    ends = packages.give_rest(
        about.session,
        about.line.id,
        _packages(about),
        item=item,
        code=about.subject,
        at=about.at,
        day=about.day,
        now=now,
    )
    if ends is not None:
        over = facts.begins(ends, about.profile.zone)
        connected = update(LineService).where(col(LineService.order_id) == todo.id)
        about.session.execute(connected.values(disconnected_at=over))


def _packages(about: Asked) -> packages.Packages:
    begins = facts.begins(about.day, about.profile.zone)
    return packages.Packages(about.session, about.price_of, about.day, begins)


def _fail(session: Session, todo: OrderView, line: Line, refused: Fault, now: datetime) -> None:
    """Nothing is changed or charged, and the subscriber is told why."""
    _, _, reason = refused.code.partition(".")
    order.finish(session, order_id=todo.id, state=OrderState.FAILED, failure=reason, now=now)
    change.tell(session, line, todo, "failed_not_enough" if reason == "not_enough" else "failed", now)
