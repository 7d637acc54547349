"""What each kind of order tells its subscriber: how it stands, what comes next, how to take it back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from selfcare_app.i18n.message import message, wire
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.numbers import change_number, eligibility
from selfcare_app.operators import Profile
from selfcare_app.orders import change, undo
from selfcare_app.orders.rules import OrderState, can_be_withdrawn
from selfcare_app.orders.views import OrderView
from selfcare_app.ui.pages.orders.about_change import about_change, about_undo
from selfcare_app.ui.pages.orders.telling import About


@dataclass(frozen=True)
class Kind:
    """A kind of order: what it tells, and the use case that takes it back."""

    about: Callable[[OrderView, Profile, datetime], About]
    withdraw: Callable[..., OrderView]


def _number_change(order: OrderView, profile: Profile, now: datetime) -> About:
    number = Msisdn(order.params["number"])
    short = wire(number)
    if order.state == OrderState.ACCEPTED and order.due_at <= now:
        changing = (message("numbers.order.changing_lead"),)
        return About("info", message("numbers.order.changing"), changing, short)
    if order.state == OrderState.ACCEPTED:
        rule = profile.number_change
        back = rule is not None and can_be_withdrawn(order.state, withdrawable=rule.withdrawable)
        return About(
            "info",
            message("numbers.order.accepted"),
            (message("numbers.order.on", due=order.due_at), message("numbers.order.charge", price=order.price)),
            short,
            soon=message("numbers.order.soon"),
            undo=message("numbers.order.undo") if back else None,
            sure=message("numbers.order.withdraw_sure", number=number) if back else None,
        )
    if order.state == OrderState.DONE:
        paid = message("numbers.order.done_lead", price=order.price)
        told = paid if order.price.minor else message("numbers.order.done_free")
        return About("good", message("numbers.order.done", number=number), (told,), short)
    if order.state == OrderState.WITHDRAWN:
        kept = (message("numbers.order.withdrawn_lead", number=number),)
        return About("info", message("numbers.order.withdrawn"), kept, short, again="/number")
    why = (message(f"numbers.failure.{order.failure}"), message("numbers.order.failed_lead"))
    return About("bad", message("numbers.order.failed"), why, short, again="/number")


KINDS = {
    eligibility.KIND: Kind(_number_change, change_number.withdraw),
    **dict.fromkeys(change.KINDS, Kind(about_change, change.withdraw)),
    undo.KIND: Kind(about_undo, change.withdraw),
}
"""Kind of order → how it is told and taken back."""
