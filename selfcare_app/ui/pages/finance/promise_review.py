"""Checking a promised payment before it is registered, and registering it or not."""

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.orders.journey import StepNotYet
from selfcare_app.payments.promise import register
from selfcare_app.ui import components as c
from selfcare_app.ui import journey, shell
from selfcare_app.ui.journey import JourneyState, id_in
from selfcare_app.ui.pages.finance.promise import AMOUNT, PATH, PLAYER
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, datetime, money, msg
from selfcare_app.wiring import ask, do


class PromiseTerms(JourneyState):
    """What would be registered, and what stands against it."""

    ready: bool = False
    amount: Wire = {}
    due: Wire = {}
    obstacle: Message = {}

    @rx.event
    async def load(self):
        """The check; what is registered already is in the list."""
        self.ready, self.obstacle = False, {}
        try:
            found = await self._enter(register.KIND, "review")
        except StepNotYet:
            return rx.redirect(AMOUNT, replace=True)
        if found is not None and not found.is_open:
            return rx.redirect(PATH, replace=True)
        if found is not None:
            terms = await ask(register.review, await self._actor(), draft_id=found.id, now=clock.now())
            self.amount, self.due = wire(terms.amount), wire(terms.due_at)
            self.obstacle = from_fault(terms.obstacle) if terms.obstacle else {}
        self.ready = True
        return None

    @rx.event
    async def confirm(self):
        """Registers it, once however often it is pressed."""
        draft_id = id_in(self.router.url.path)
        await do(register.confirm, await self._actor(), draft_id=draft_id, now=clock.now())
        return rx.redirect(f"{PATH}?done=1", replace=True)


def review() -> rx.Component:
    """How much, until when, and the choice (ISSA-060)."""
    terms = rx.fragment(
        rx.cond(PromiseTerms.obstacle, c.notice("warn", msg(PromiseTerms.obstacle, area="promise"))),
        c.check_list(
            [
                (T("promise.field.amount"), money(PromiseTerms.amount), AMOUNT),
                (T("promise.due"), datetime(PromiseTerms.due), None),
            ]
        ),
        c.card(
            rx.el.ul(
                rx.el.li(T("promise.what.at_once", amount=money(PromiseTerms.amount))),
                rx.el.li(T("promise.what.back", due=datetime(PromiseTerms.due))),
                rx.el.li(T("promise.what.before")),
                class_name="flex list-disc flex-col gap-2 pl-5",
            ),
            title=T("promise.what.title"),
        ),
        c.actions(
            rx.cond(
                PromiseTerms.obstacle,
                rx.fragment(),
                c.button(T("promise.confirm"), on_click=PromiseTerms.confirm, wide=True),
            ),
            c.link_button(T("promise.refuse"), PATH, kind="quiet"),
        ),
    )
    over = journey.gone(PromiseTerms.over, action=c.link_button(T("promise.begin"), AMOUNT, kind="primary"))
    return rx.fragment(
        journey.progress(),
        c.loading(PromiseTerms.ready, c.skeleton("card"), rx.cond(PromiseTerms.over, over, terms)),
    )


if operator().promised_payment is not None:
    shell.screen(PLAYER.route("review"), title="promise.step.review", on_load=PromiseTerms.load)(review)
