"""Пауза: suspending all services at one's own wish, and having them again."""

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import pause
from selfcare_app.orders.change_views import PauseState
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.change.parts import Beginning, against, fee
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, datetime, number
from selfcare_app.wiring import ask

PATH = Feature.PAUSE.path


class PausePage(Beginning):
    """How the line stands."""

    loaded: bool = False
    paused: bool = False
    since: Wire = {}
    fee: Wire = {}
    paused_fee: Wire = {}
    period: str = "month"
    free: bool = False
    percent: int = 0
    obstacle: Message = {}
    order: str = ""

    @rx.event
    async def load(self):
        """Reads it anew."""
        self._show(await ask(pause.state, await self._actor(), now=clock.now()))

    @rx.event
    async def suspend(self):
        """Goes on to the check of suspending."""
        return await self._begin(pause.ON, "")

    @rx.event
    async def restore(self):
        """Goes on to the check of having everything again."""
        return await self._begin(pause.OFF, "")

    def _show(self, found: PauseState) -> None:
        self.paused, self.since = found.is_paused, wire(found.since) if found.since else {}
        self.fee, self.paused_fee = (wire(each) if each else {} for each in (found.fee, found.paused_fee))
        self.period, self.free = found.fee_period, found.fee is not None and not found.fee.minor
        self.percent = found.plan_percent
        self.obstacle = from_fault(found.obstacle) if found.obstacle else {}
        self.order = f"/orders/{found.order_id}" if found.order_id else ""
        self.loaded = True


def pause_page() -> rx.Component:
    """What it is, or that it is on."""
    return c.loading(
        PausePage.loaded,
        c.skeleton("card"),
        rx.fragment(against(PausePage.obstacle, PausePage.order), rx.cond(PausePage.paused, _on(), _off())),
    )


def _on() -> rx.Component:
    since = rx.cond(PausePage.since, rx.el.p(T("pause.since", at=datetime(PausePage.since))))
    return rx.fragment(
        c.notice("info", T("pause.suspended"), since),
        _fees(),
        rx.cond(PausePage.order == "", c.actions(c.button(T("pause.restore"), on_click=PausePage.restore))),
    )


def _off() -> rx.Component:
    rules = [T("pause.first_day"), T("pause.then", percent=number(PausePage.percent)), T("pause.services")]
    return rx.fragment(
        c.lead(T("pause.lead")),
        _fees(),
        c.card(
            rx.el.ul(*[rx.el.li(each) for each in rules], class_name="flex list-disc flex-col gap-2 pl-5"),
            title=T("pause.rules"),
        ),
        rx.cond(PausePage.obstacle, rx.fragment(), c.actions(c.button(T("pause.suspend"), on_click=PausePage.suspend))),
    )


def _fees() -> rx.Component:
    return rx.cond(
        PausePage.fee,
        c.card(
            c.key_values(
                (T("pause.fee"), fee(PausePage.fee, PausePage.period, PausePage.free)),
                (T("pause.paused_fee"), fee(PausePage.paused_fee, PausePage.period, PausePage.free)),
            )
        ),
    )


if operator().has(Feature.PAUSE):
    shell.screen(PATH, title="pause.title", feature=Feature.PAUSE, on_load=PausePage.load)(pause_page)
