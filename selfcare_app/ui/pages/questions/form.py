"""The form of a question about one charge: which one is read from its own receipt and stays on the server."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from selfcare_app.care.charge_question import ask as asking
from selfcare_app.care.charge_question.views import Charge, Terms
from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import ProofNeeded, SignInNeeded
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.orders.draft import NotAnswered
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.charges.asking import FORM, LONGEST, QUESTIONS, fee_named, query_of, receipt_of, record_named
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import TN, T, date, datetime, money
from selfcare_app.usage import selection
from selfcare_app.wiring import ask, do


class QuestionTyped(TypedDict, total=False):
    """The form of a question; what it is about is not among its fields."""

    reason: str
    words: str


class AskAboutCharge(SignedState):
    """The charge that the page was opened for, and what may be asked."""

    stage: str = ""
    query: str = ""
    at: Wire = {}
    amount: Wire = {}
    receipt: str = ""
    open_no: str = ""
    open_due: Wire = {}
    errors: dict[str, Message] = {}

    _charge: str = ""
    _ticket: str = ""

    @rx.event
    async def load(self):
        """Reads the charge that the address names from its receipt, or asks for the proof of call detail first."""
        self.stage, self.errors, self._charge, self._ticket = "failed", {}, "", ""
        told = self.router.url.query_parameters
        named = {name: str(told.get(name, ""))[: LONGEST * 2] for name in ("at", "key", "fee")}
        try:
            charge = _charge(named)
            self.query = query_of(charge)
            self._show(await ask(asking.terms, await self._actor(), charge=charge, now=clock.now()))
        except SignInNeeded:
            raise
        except ProofNeeded:
            self.stage = "prove"
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)

    @rx.event
    async def send(self, form: QuestionTyped):
        """Asks about the charge that the page was opened for, once however often it is sent."""
        if not self._ticket:
            return rx.redirect(QUESTIONS, replace=True)
        typed = {"reason": form.get("reason", ""), "words": form.get("words", "")}
        charge = _charge(dict(part.split("=", 1) for part in self._charge.split("&")))
        try:
            await do(
                asking.ask, await self._actor(), ticket=UUID(self._ticket), charge=charge, **typed, now=clock.now()
            )
        except NotAnswered as refused:
            self.errors = {name: from_fault(fault) for name, fault in refused.faults.items()}
            return None
        except ProofNeeded:
            self.stage = "prove"
            return None
        self.errors, self._ticket = {}, ""
        return rx.redirect(f"{QUESTIONS}?done=1", replace=True)

    def _show(self, found: Terms) -> None:
        self.at, self.amount, self.receipt = wire(found.charged_at), wire(found.amount), receipt_of(found.charge)
        waits = found.latest if found.latest is not None and found.latest.state == "open" else None
        self.open_no, self.open_due = (str(waits.no), wire(waits.due_on)) if waits else ("", {})
        self._charge, self._ticket = query_of(found.charge), str(new_id())
        self.stage = "open" if waits else "form"


def _charge(named: dict[str, str]) -> Charge:
    return fee_named(named["fee"]) if named.get("fee") else record_named(named.get("at", ""), named.get("key", ""))


def ask_page() -> rx.Component:
    """The stage that the State is at."""
    state = AskAboutCharge
    return rx.fragment(
        rx.cond(state.stage != "prove", c.query_fault()),
        rx.match(
            state.stage,
            ("form", _form(state)),
            ("open", _open(state)),
            ("prove", _prove(state)),
            ("failed", _failed()),
            ("closed", rx.fragment()),
            c.skeleton("card", 2),
        ),
    )


def _about(state: Any) -> rx.Component:
    return c.card(
        c.key_values((T("question.when"), datetime(state.at, "long")), (T("question.amount"), money(state.amount))),
        c.link(T("question.to_charge"), state.receipt),
        title=T("question.about"),
    )


def _form(state: Any) -> rx.Component:
    rule = operator().charge_question
    if rule is None:
        return rx.fragment()
    sms = c.hint(T("question.by_sms")) if rule.answer_by_sms else None
    form = c.form(
        c.radios(
            "reason",
            T("question.field.reason"),
            options=[(str(each), T(f"question.reason.{each}")) for each in rule.reasons],
        ),
        c.text_area(
            "words",
            T("question.field.words"),
            hint=T("question.words_hint", most=rule.max_length),
            max_length=rule.max_length,
        ),
        rx.el.div(c.hint(TN("question.days", rule.answer_working_days)), sms),
        c.actions(c.button(T("question.send"), type="submit")),
        on_submit=AskAboutCharge.send,
        errors=AskAboutCharge.errors,
    )
    return rx.el.div(_about(state), form, class_name="flex flex-col gap-6")


def _open(state: Any) -> rx.Component:
    waits = c.notice(
        "info",
        T("question.open_already", no=state.open_no),
        T("question.due", due=date(state.open_due)),
        action=c.link(T("question.all"), QUESTIONS),
    )
    return rx.el.div(waits, _about(state), class_name="flex flex-col gap-6")


def _prove(state: Any) -> rx.Component:
    return rx.el.div(
        c.subheading(T("charges.prove")),
        c.lead(T("charges.prove_lead")),
        prove_form(selection.PURPOSE, back=f"{FORM}?" + state.query),
        class_name="flex max-w-2xl flex-col gap-6",
    )


def _failed() -> rx.Component:
    again = c.button(T("charges.failed.again"), kind="secondary", icon="refresh", on_click=AskAboutCharge.load)
    return c.empty("cloud-off", T("charges.failed.title"), T("charges.failed.lead"), action=again)


if operator().charge_question is not None:
    shell.screen(FORM, title="question.new", on_load=AskAboutCharge.load, back=QUESTIONS)(ask_page)
