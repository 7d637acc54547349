"""Checking an application for the return of a wrong payment, and handing it in with a code."""

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.orders.draft import NotAnswered
from selfcare_app.orders.journey import StepNotYet
from selfcare_app.payments.refund import apply
from selfcare_app.ui import components as c
from selfcare_app.ui import journey, shell
from selfcare_app.ui.journey import JourneyState
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.finance.refund import APPLY, PATH, PLAYER
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, date, money, msg, msisdn
from selfcare_app.wiring import ask


class RefundTerms(JourneyState):
    """What would be handed in, and what stands against it."""

    ready: bool = False
    right: Wire = {}
    wrong: Wire = {}
    amount: Wire = {}
    paid: Wire = {}
    receipt: str = ""
    due: Wire = {}
    obstacle: Message = {}
    digest: str = ""
    subject: str = ""

    @rx.event
    async def load_review(self):
        """The check."""
        return await self._load("review")

    @rx.event
    async def load_code(self):
        """The code's screen; what can't be handed in goes back to the check."""
        gone_elsewhere = await self._load("code")
        if gone_elsewhere is None and self.obstacle and not self.over:
            return rx.redirect(PLAYER.path("review", self.subject), replace=True)
        return gone_elsewhere

    async def _load(self, slug: str) -> rx.event.EventSpec | None:
        self.ready, self.digest, self.obstacle = False, "", {}
        try:
            found = await self._enter(apply.KIND, slug)
            if found is not None and not found.is_open:
                return rx.redirect(PATH, replace=True)
            if found is not None:
                await self._show(str(found.id), found.id)
        except StepNotYet:
            return rx.redirect(APPLY, replace=True)
        except NotAnswered as refused:
            # A day has gone by: the payment is too old now.
            self.over = from_fault(next(iter(refused.faults.values())))
        self.ready = True
        return None

    async def _show(self, subject: str, draft_id: object) -> None:
        terms = await ask(apply.review, await self._actor(), draft_id=draft_id, now=clock.now())
        self.right, self.wrong, self.amount = wire(terms.right), wire(terms.wrong), wire(terms.amount)
        self.paid, self.due, self.receipt = wire(terms.paid_on), wire(terms.due_on), terms.receipt
        self.obstacle = from_fault(terms.obstacle) if terms.obstacle else {}
        self.digest, self.subject = terms.digest, subject


def review() -> rx.Component:
    """What would be handed in, with links to change it."""
    code = rx.Var.create(f"{PATH}/code/") + RefundTerms.subject
    terms = rx.fragment(
        rx.cond(RefundTerms.obstacle, c.notice("warn", msg(RefundTerms.obstacle, area="refund"))),
        c.check_list(
            [
                (T("refund.field.right"), msisdn(RefundTerms.right), None),
                (T("refund.field.number"), msisdn(RefundTerms.wrong), APPLY),
                (T("refund.field.amount"), money(RefundTerms.amount), APPLY),
                (T("refund.field.paid_on"), date(RefundTerms.paid), APPLY),
                (T("refund.field.receipt"), rx.cond(RefundTerms.receipt, RefundTerms.receipt, "—"), APPLY),
            ]
        ),
        rx.el.p(T("refund.answer_by", due=date(RefundTerms.due))),
        rx.el.p(T("refund.keep_receipt"), class_name="font-semibold"),
        rx.cond(
            RefundTerms.obstacle,
            c.actions(c.link_button(T("refund.back"), PATH, kind="secondary")),
            c.actions(c.link_button(T("refund.go_on"), code, kind="primary")),
        ),
    )
    return _stepped(terms)


def confirm() -> rx.Component:
    """The code for exactly what was checked."""
    back = rx.Var.create(f"{PATH}/code/") + RefundTerms.subject
    proof = rx.fragment(
        c.lead(T("refund.code_lead", number=msisdn(RefundTerms.wrong), amount=money(RefundTerms.amount))),
        prove_form(apply.KIND, RefundTerms.digest, back=back, then=apply.KIND, subject=RefundTerms.subject),
    )
    return _stepped(rx.cond(RefundTerms.digest != "", proof))


def _stepped(shown: rx.Component) -> rx.Component:
    over = journey.gone(RefundTerms.over, action=c.link_button(T("refund.begin"), APPLY, kind="primary"))
    return rx.fragment(
        journey.progress(), c.loading(RefundTerms.ready, c.skeleton("card"), rx.cond(RefundTerms.over, over, shown))
    )


if operator().refund is not None:
    shell.screen(PLAYER.route("review"), title="refund.step.review", on_load=RefundTerms.load_review)(review)
    shell.screen(PLAYER.route("code"), title="refund.step.code", on_load=RefundTerms.load_code)(confirm)
