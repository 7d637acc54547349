"""«Мои вопросы»: what was asked about charges, until when each is answered, and the answers."""

from typing import Any

import reflex as rx

from selfcare_app.care.charge_question import ask as asking
from selfcare_app.care.charge_question.views import Question
from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import SignInNeeded
from selfcare_app.kit.errors import Fault
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.charges import months
from selfcare_app.ui.pages.charges.asking import QUESTIONS, receipt_of
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, datetime, money, msg
from selfcare_app.wiring import ask, do

CHARGES = months.PATH if operator().has(months.FEATURE) else Feature.CALL_DETAIL.path


class Questions(SignedState):
    """The line's questions, as they stand now."""

    stage: str = ""
    rows: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Shows the questions; answers that are seen here are no news any more."""
        self.stage, self.rows = "failed", []
        try:
            actor = await self._actor()
            found = await ask(asking.mine, actor)
            self.rows = [_row(each) for each in found]
            if any(each.is_new for each in found):
                await do(asking.read, actor, now=clock.now())
            self.stage = "list"
        except SignInNeeded:
            raise
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)


def _row(found: Question) -> dict[str, Any]:
    gone: Message = message("question.erased") if found.words is None else {}
    before, after = found.month or (None, None)
    return {
        "no": str(found.no),
        "state": found.outcome or found.state,
        "reason": found.reason,
        "amount": wire(found.amount),
        "charged_at": wire(found.charged_at),
        "receipt": receipt_of(found.charge),
        "asked_at": wire(found.asked_at),
        "due": wire(found.due_on),
        "words": found.words or "",
        "answer": found.answer or "",
        "answered_at": _wired(found.answered_at),
        "gone": gone,
        "before": _wired(before),
        "after": _wired(after),
        "is_new": found.is_new,
    }


def _wired(value: Any) -> Wire:
    return {} if value is None else wire(value)


def questions() -> rx.Component:
    """The list, or where questions are asked."""
    state = Questions
    empty = c.empty(
        "message",
        T("question.empty"),
        T("question.empty_lead"),
        action=c.link_button(T("question.to_charges"), CHARGES, kind="secondary"),
    )
    some = rx.el.ul(
        rx.foreach(state.rows, lambda row: rx.el.li(_question(row))), class_name="flex flex-col gap-4", id="questions"
    )
    return rx.fragment(
        rx.cond(arrival.done, c.notice("good", T("question.done"))),
        rx.match(
            state.stage,
            ("list", rx.cond(state.rows, some, empty)),
            ("failed", _failed()),
            ("closed", rx.fragment()),
            c.skeleton("card", 2),
        ),
    )


def _question(row: Any) -> rx.Component:
    head = rx.el.p(
        rx.el.span(T("question.one", no=row["no"]), class_name="tabular font-semibold"),
        rx.el.span(
            choice("question.state", row["state"].to(str)),
            class_name=rx.cond(row["state"] == "open", "text-s text-muted", "text-s font-semibold text-good"),
        ),
        class_name="flex flex-wrap items-baseline justify-between gap-x-4",
    )
    charge = rx.el.p(
        rx.el.span(datetime(row["charged_at"], "long")),
        rx.el.span(money(row["amount"]), class_name="tabular whitespace-nowrap font-semibold"),
        rx.el.span(c.link(T("question.to_charge"), row["receipt"]), class_name="whitespace-nowrap"),
        class_name="flex flex-wrap items-baseline gap-x-3 text-s text-muted",
    )
    asked = _said(
        T("question.you"),
        T("question.asked", at=datetime(row["asked_at"])),
        rx.el.p(choice("question.reason", row["reason"].to(str)), class_name="font-semibold"),
        row["words"],
    )
    corrected = rx.cond(
        row["after"], rx.el.p(T("question.month", before=money(row["before"]), after=money(row["after"])))
    )
    answered = _said(T("question.answer"), datetime(row["answered_at"]), corrected, row["answer"])
    return c.card(
        rx.cond(row["is_new"], rx.el.p(T("question.is_new"), class_name="text-s font-semibold text-accent")),
        head,
        charge,
        asked,
        rx.cond(row["answered_at"], answered, c.hint(T("question.due", due=date(row["due"])))),
        rx.cond(row["gone"], c.hint(msg(row["gone"], area="question"))),
    )


def _said(who: Any, when: Any, more: Any, words: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(who, class_name="font-semibold"),
            rx.el.span(when, class_name="text-s text-muted"),
            class_name="flex flex-wrap items-baseline gap-x-3",
        ),
        more,
        rx.cond(words, rx.el.p(words, class_name="whitespace-pre-line wrap-anywhere")),
        class_name="flex flex-col gap-1 border-l-4 border-line pl-3",
    )


def _failed() -> rx.Component:
    again = c.button(T("question.failed.again"), kind="secondary", icon="refresh", on_click=Questions.load)
    return c.empty("cloud-off", T("question.failed.title"), T("question.failed.lead"), action=again)


if operator().charge_question is not None:
    shell.screen(QUESTIONS, title="question.title", on_load=Questions.load, back=CHARGES)(questions)
