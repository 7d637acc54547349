"""What orders of plan, services and Пауза tell their subscriber."""

from datetime import datetime

from selfcare_app.i18n.message import Message, message
from selfcare_app.operators import Profile
from selfcare_app.orders import services, tariff
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.views import OrderView
from selfcare_app.ui.pages.orders.telling import About

_AGAIN = {tariff.KIND: "/tariff", services.ON: "/services", services.OFF: "/services"}
_FAILURES = frozenset({"not_enough", "line_not_active", "plan_not_open", "not_on_this_plan"})


def about_change(order: OrderView, profile: Profile, now: datetime) -> About:
    """How it stands, what comes next, how to take it back."""
    short, again = str(order.params.get("name", "")), _AGAIN.get(order.kind, "/pause")
    if order.state == OrderState.ACCEPTED and order.due_at <= now:
        return About("info", message("change.order.doing"), (message("change.order.doing_lead"),), short)
    if order.state == OrderState.ACCEPTED:
        charge = (message("change.order.charge", price=order.price),) if order.price.minor else ()
        return About(
            "info",
            message("change.order.accepted"),
            (message("change.order.on", due=order.due_at), *charge),
            short,
            soon=message("change.order.soon"),
            undo=message("change.order.undo"),
            sure=message("change.order.sure"),
        )
    if order.state == OrderState.DONE:
        paid = message("change.order.paid", price=order.price)
        return About("good", _done(order, short), (paid if order.price.minor else message("change.order.free"),), short)
    if order.state == OrderState.WITHDRAWN:
        kept = (message("change.order.withdrawn_lead"),)
        return About("info", message("change.order.withdrawn"), kept, short, again=again)
    reason = order.failure if order.failure in _FAILURES else "other"
    why = (message(f"change.failure.{reason}"), message("change.order.failed_lead"))
    return About("bad", message("change.order.failed"), why, short, again=again)


def about_undo(order: OrderView, profile: Profile, now: datetime) -> About:
    """A connection that was undone is done at once."""
    short = str(order.params.get("name", ""))
    return About("good", _done(order, short), (message("change.order.back", price=order.price),), short)


def _done(order: OrderView, name: str) -> Message:
    key = f"change.done.{order.kind}"
    return message(key, name=name) if name else message(key)
