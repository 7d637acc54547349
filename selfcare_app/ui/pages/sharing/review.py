"""Checking a transfer, confirming it by fresh proof, and what came of it."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.errors import Fault, NotFound
from selfcare_app.orders.journey import StepNotYet
from selfcare_app.payments import transfer
from selfcare_app.payments.transfer import NoTransfer
from selfcare_app.payments.transfer_send import KIND
from selfcare_app.payments.transfer_views import Terms
from selfcare_app.ui import components as c
from selfcare_app.ui import journey, shell
from selfcare_app.ui.journey import JourneyState, id_in
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.sharing.journey import PLAYER, SEND
from selfcare_app.ui.pages.sharing.written import rhythm
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, date, money, msg, msisdn
from selfcare_app.wiring import ask


class TransferTerms(JourneyState):
    """What would be confirmed, as it stands now, and what stands against it."""

    ready: bool = False
    number: Wire = {}
    amount: Wire = {}
    fee: Wire = {}
    total: Wire = {}
    rhythm: Message = {}
    first: Wire = {}
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
            found = await self._enter(KIND, slug)
            if found is not None and not found.is_open:
                return rx.redirect(f"{SEND}/done/{found.id}", replace=True)
            if found is not None:
                actor = await self._actor()
                self._show(await ask(transfer.review, actor, draft_id=found.id, now=clock.now()))
        except StepNotYet:
            return rx.redirect(SEND, replace=True)
        except Fault as refused:
            self.over = from_fault(refused)
        self.ready = True
        return None

    def _show(self, terms: Terms) -> None:
        self.number, self.amount, self.total = wire(terms.number), wire(terms.amount), wire(terms.total)
        self.fee = wire(terms.fee) if terms.fee.minor else {}
        self.rhythm = rhythm(terms.recurrence, terms.day) if terms.recurrence else {}
        self.first = wire(terms.first_on) if terms.first_on else {}
        self.obstacle = from_fault(terms.obstacle) if terms.obstacle else {}
        self.digest, self.subject = terms.digest, str(terms.draft_id)


class TransferDone(SignedState):
    """What came of it."""

    loaded: bool = False
    gone: Message = {}
    number: Wire = {}
    amount: Wire = {}
    fee: Wire = {}
    rhythm: Message = {}
    first: Wire = {}

    @rx.event
    async def load(self):
        """Reads the transfer in the address."""
        self.loaded, self.gone, self.rhythm, self.first, self.fee = False, {}, {}, {}, {}
        try:
            found = await ask(transfer.done, await self._actor(), transfer_id=id_in(self.router.url.path))
        except NotFound:
            self.gone, self.loaded = from_fault(NoTransfer()), True
            return
        seen = found.sent or found.scheduled
        if seen is not None:
            self.number, self.amount = wire(seen.number), wire(seen.amount)
        if found.sent is not None and found.sent.fee.minor:
            self.fee = wire(found.sent.fee)
        if found.scheduled is not None:
            self.rhythm = rhythm(found.scheduled.recurrence, found.scheduled.day)
            self.first = wire(found.scheduled.next_on) if found.scheduled.next_on else {}
        self.loaded = True


def review_transfer() -> rx.Component:
    """What will be, with a link to change it, and the way on."""
    return rx.fragment(
        journey.progress(),
        c.loading(TransferTerms.ready, c.skeleton("card"), rx.cond(TransferTerms.over, _over(), _terms())),
    )


def confirm_transfer() -> rx.Component:
    """The code for exactly what was checked."""
    shown = rx.cond(TransferTerms.over, _over(), rx.cond(TransferTerms.digest != "", _code()))
    return rx.fragment(journey.progress(), c.loading(TransferTerms.ready, c.skeleton("card"), shown))


def done_transfer() -> rx.Component:
    """What was done, what it cost, and how to undo what can be undone."""
    sent = c.result(
        "good",
        T("sharing.done.sent", amount=money(TransferDone.amount), number=msisdn(TransferDone.number)),
        T("sharing.done.sent_lead"),
        rx.cond(TransferDone.fee, rx.el.p(T("sharing.done.fee", fee=money(TransferDone.fee)))),
    )
    planned = c.result(
        "good",
        T("sharing.done.planned", amount=money(TransferDone.amount), number=msisdn(TransferDone.number)),
        rx.el.p(msg(TransferDone.rhythm, area="sharing")),
        rx.cond(TransferDone.first, rx.el.p(T("sharing.regular.next", on=date(TransferDone.first)))),
        T("sharing.done.planned_lead"),
    )
    shown = rx.fragment(
        rx.el.div(rx.cond(TransferDone.rhythm, planned, sent), role="status"),
        c.actions(c.link_button(T("sharing.done.more"), SEND, kind="primary", icon="send")),
    )
    gone = c.empty("send", msg(TransferDone.gone, area="sharing"), action=_begin_again())
    return c.loading(TransferDone.loaded, c.skeleton("card"), rx.cond(TransferDone.gone, gone, shown))


def _begin_again() -> rx.Component:
    return c.link_button(T("sharing.review.again"), SEND, kind="primary", icon="send")


def _over() -> rx.Component:
    return journey.gone(TransferTerms.over, action=_begin_again())


def _terms() -> rx.Component:
    rows: list[tuple[Any, Any, str | None]] = [
        (T("sharing.review.number"), _strong(msisdn(TransferTerms.number)), SEND),
        (T("sharing.review.amount"), _strong(money(TransferTerms.amount)), SEND),
    ]
    rule = operator().transfer
    if rule is not None and rule.fee_minor:
        rows += [
            (T("sharing.review.fee"), money(TransferTerms.fee), None),
            (T("sharing.review.total"), _strong(money(TransferTerms.total)), None),
        ]
    regular = (
        (T("sharing.review.rhythm"), msg(TransferTerms.rhythm, area="sharing"), SEND),
        (T("sharing.review.first"), date(TransferTerms.first), None),
    )
    once = (T("sharing.review.rhythm"), T("sharing.when.once"), SEND)
    return rx.fragment(
        rx.cond(TransferTerms.obstacle, c.notice("warn", msg(TransferTerms.obstacle))),
        rx.cond(TransferTerms.rhythm, c.check_list([*rows, *regular]), c.check_list([*rows, once])),
        c.hint(rx.cond(TransferTerms.rhythm, T("sharing.review.regular_hint"), T("sharing.review.once_hint"))),
        rx.cond(
            TransferTerms.obstacle,
            c.actions(c.link_button(T("sharing.review.change"), SEND, kind="secondary")),
            c.actions(c.link_button(T("sharing.review.go_on"), _code_path(), kind="primary")),
        ),
    )


def _code_path() -> rx.Var:
    return rx.Var.create(f"{SEND}/code/") + TransferTerms.subject


def _strong(text: object) -> rx.Component:
    return rx.el.span(text, class_name="tabular font-semibold")


def _code() -> rx.Component:
    return rx.fragment(
        c.lead(T("sharing.confirm.lead", amount=money(TransferTerms.amount), number=msisdn(TransferTerms.number))),
        prove_form(KIND, TransferTerms.digest, back=_code_path(), then=KIND, subject=TransferTerms.subject),
        c.link(T("sharing.confirm.back"), rx.Var.create(f"{SEND}/review/") + TransferTerms.subject),
    )


if operator().transfer is not None:
    shell.screen(PLAYER.route("review"), title="sharing.review.title", on_load=TransferTerms.load_review)(
        review_transfer
    )
    shell.screen(PLAYER.route("code"), title="sharing.confirm.title", on_load=TransferTerms.load_code)(confirm_transfer)
    shell.screen(f"{SEND}/done/[transfer_id]", title="sharing.done.title", on_load=TransferDone.load)(done_transfer)
