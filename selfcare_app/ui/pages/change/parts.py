"""What the screens of plans, services and Пауза share: fees in words, effects, what a change begins with."""

from datetime import timedelta
from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Message, message
from selfcare_app.kit import clock
from selfcare_app.operators.schema.vocabulary import EffectKind
from selfcare_app.orders import change
from selfcare_app.orders.change_views import Terms
from selfcare_app.ui import components as c
from selfcare_app.ui.pages.change.agreement import AgreementForm
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, money, msg
from selfcare_app.wiring import do

CHANGE = "/change/[draft_id]"


class Beginning(AgreementForm):
    """Begins a change and leads to its check."""

    async def _begin(self, kind: str, subject: str) -> rx.event.EventSpec:
        draft = await do(change.begin, await self._actor(), kind=kind, subject=subject, now=clock.now())
        return rx.redirect(f"/change/{draft.id}")


def fee(amount: Any, period: Any, free: Any) -> Any:
    """ "14,90 BYN a month", "a day", or that it costs nothing; `free` says whether it does."""
    price = rx.cond(period == "day", T("change.fee.day", fee=money(amount)), T("change.fee.month", fee=money(amount)))
    return rx.cond(free, T("change.fee.none"), price)


def against(told: Any, order: Any) -> rx.Component:
    """What stands against any change now, with a link to the order that waits."""
    to_order = rx.cond(order != "", c.link(T("change.open_order"), order))
    return rx.cond(told, c.notice("warn", msg(told), action=rx.fragment(to_order)))


def effect_of(terms: Terms) -> Message:
    """When a change takes effect."""
    if terms.effect == EffectKind.WITHIN:
        hours = -(-(terms.at_most_seconds or 0) // 3600)
        if not terms.at_least_seconds:
            return message("change.effect.within", n=hours)
        return message("change.effect.after", n=hours, after=timedelta(seconds=terms.at_least_seconds))
    if terms.effect == EffectKind.AT_ONCE:
        return message("change.effect.at_once")
    return message("change.effect.on_day", date=terms.due_at.astimezone(operator().zone).date())
