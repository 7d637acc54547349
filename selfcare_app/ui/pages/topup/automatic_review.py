"""Checking the terms of automatic top-up and confirming them by fresh proof."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.errors import Fault
from selfcare_app.orders.journey import StepNotYet
from selfcare_app.payments.automatic import setup
from selfcare_app.payments.automatic.views import Review
from selfcare_app.ui import components as c
from selfcare_app.ui import journey, shell
from selfcare_app.ui.journey import JourneyState
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.topup.automatic import PATH, PLAYER, card_text
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, money, msg
from selfcare_app.wiring import ask


class AutomaticTerms(JourneyState):
    """What would be confirmed, as it stands now, and what stands against it."""

    ready: bool = False
    threshold: Wire = {}
    amount: Wire = {}
    month: Wire = {}
    saves_card: bool = False
    tail: str = ""
    obstacle: Message = {}
    digest: str = ""
    subject: str = ""

    @rx.event
    async def load_review(self):
        """The check."""
        return await self._load("review")

    @rx.event
    async def load_code(self):
        """The code's screen; what can't be confirmed goes back to the check."""
        elsewhere = await self._load("code")
        if elsewhere is None and self.obstacle and not self.over:
            return rx.redirect(PLAYER.path("review", self.subject), replace=True)
        return elsewhere

    async def _load(self, slug: str) -> rx.event.EventSpec | None:
        self.ready, self.digest, self.obstacle = False, "", {}
        try:
            found = await self._enter(setup.KIND, slug)
            if found is not None and not found.is_open:
                return rx.redirect(PATH, replace=True)
            if found is not None:
                self._show(await ask(setup.review, await self._actor(), draft_id=found.id, now=clock.now()))
        except StepNotYet:
            return rx.redirect(PATH, replace=True)
        except Fault as refused:
            self.over = from_fault(refused)
        self.ready = True
        return None

    def _show(self, terms: Review) -> None:
        sums = terms.sums
        self.threshold, self.amount, self.month = wire(sums.threshold), wire(sums.amount), wire(sums.month)
        self.saves_card, self.tail = terms.saves_card, terms.card_tail
        self.obstacle = from_fault(terms.obstacle) if terms.obstacle else {}
        self.digest, self.subject = terms.digest, str(terms.draft_id)


def review_automatic() -> rx.Component:
    """What will be, with a link to change it, and the way on."""
    return rx.fragment(
        journey.progress(),
        c.loading(AutomaticTerms.ready, c.skeleton("card"), rx.cond(AutomaticTerms.over, _over(), _terms())),
    )


def confirm_automatic() -> rx.Component:
    """The code for exactly what was checked."""
    shown = rx.cond(AutomaticTerms.over, _over(), rx.cond(AutomaticTerms.digest != "", _code()))
    return rx.fragment(journey.progress(), c.loading(AutomaticTerms.ready, c.skeleton("card"), shown))


def _over() -> rx.Component:
    return journey.gone(
        AutomaticTerms.over, action=c.link_button(T("automatic.review.again"), PATH, kind="primary", icon="refresh")
    )


def _terms() -> rx.Component:
    amount = money(AutomaticTerms.amount)
    card = rx.cond(AutomaticTerms.saves_card, T("automatic.review.card_new"), card_text(AutomaticTerms.tail))
    now = rx.cond(
        AutomaticTerms.saves_card,
        T("automatic.review.now_pays", amount=amount),
        T("automatic.review.now_nothing"),
    )
    rows: list[tuple[Any, Any, str | None]] = [
        (T("automatic.page.threshold"), _strong(money(AutomaticTerms.threshold)), PATH),
        (T("automatic.page.amount"), _strong(amount), PATH),
        (T("automatic.page.month"), _strong(money(AutomaticTerms.month)), PATH),
        (T("automatic.page.card"), card, None),
        (T("automatic.review.now"), now, None),
    ]
    return rx.fragment(
        rx.cond(AutomaticTerms.obstacle, c.notice("warn", msg(AutomaticTerms.obstacle))),
        c.check_list(rows),
        c.hint(rx.cond(AutomaticTerms.saves_card, T("automatic.review.hint_new"), T("automatic.review.hint"))),
        rx.cond(
            AutomaticTerms.obstacle,
            c.actions(c.link_button(T("automatic.review.change"), PATH, kind="secondary")),
            c.actions(c.link_button(T("automatic.review.go_on"), _code_path(), kind="primary")),
        ),
    )


def _code_path() -> rx.Var:
    return rx.Var.create(f"{PATH}/code/") + AutomaticTerms.subject


def _strong(text: object) -> rx.Component:
    return rx.el.span(text, class_name="tabular font-semibold")


def _code() -> rx.Component:
    said = {
        "threshold": money(AutomaticTerms.threshold),
        "amount": money(AutomaticTerms.amount),
        "month": money(AutomaticTerms.month),
    }
    return rx.fragment(
        c.lead(T("automatic.confirm.lead", **said)),
        prove_form(
            setup.KIND, AutomaticTerms.digest, back=_code_path(), then=setup.KIND, subject=AutomaticTerms.subject
        ),
        c.link(T("automatic.confirm.back"), rx.Var.create(f"{PATH}/review/") + AutomaticTerms.subject),
    )


if operator().automatic_top_up is not None:
    shell.screen(PLAYER.route("review"), title="automatic.review.title", on_load=AutomaticTerms.load_review)(
        review_automatic
    )
    shell.screen(PLAYER.route("code"), title="automatic.confirm.title", on_load=AutomaticTerms.load_code)(
        confirm_automatic
    )
