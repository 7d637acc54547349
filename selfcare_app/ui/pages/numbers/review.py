"""Checking a number change before it is confirmed, and confirming it with a code."""

from datetime import timedelta

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.numbers import change_number
from selfcare_app.numbers.change_number import HoldOver
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.numbers.views import Review
from selfcare_app.operators.schema.vocabulary import EffectKind
from selfcare_app.orders.journey import StepNotYet
from selfcare_app.ui import components as c
from selfcare_app.ui import journey, shell
from selfcare_app.ui.journey import JourneyState
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.numbers.choosing import badge
from selfcare_app.ui.pages.numbers.journey import CHOOSE, PLAYER
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import quiet
from selfcare_app.ui.text import TN, T, money, msg, msisdn
from selfcare_app.wiring import ask


class NumberTerms(JourneyState):
    """What would be confirmed, as it stands now, and what stands against it."""

    ready: bool = False
    number: Wire = {}
    old_number: Wire = {}
    category: str = ""
    price: Wire = {}
    effect: Message = {}
    rests: int = 0
    seconds: int = 0
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
        gone_elsewhere = await self._load("code")
        if gone_elsewhere is None and self.obstacle and not self.over:
            return rx.redirect(PLAYER.path("review", self.subject), replace=True)
        return gone_elsewhere

    @rx.event
    @quiet
    async def run_out(self):
        """The hold's time is over."""
        return await self._load("review")

    async def _load(self, slug: str) -> rx.event.EventSpec | None:
        self.ready, self.digest, self.obstacle = False, "", {}
        try:
            found = await self._enter(KIND, slug)
            if found is not None and not found.is_open:
                return rx.redirect(f"/orders/{found.id}", replace=True)
            if found is not None:
                actor = await self._actor()
                self._show(await ask(change_number.review, actor, draft_id=found.id, now=clock.now()))
        except StepNotYet:
            return rx.redirect(CHOOSE, replace=True)
        except HoldOver as over:
            self.over = from_fault(over)
        self.ready = True
        return None

    def _show(self, terms: Review) -> None:
        self.number, self.old_number = wire(terms.number), wire(terms.old_number)
        self.category, self.price = str(terms.category), wire(terms.price)
        self.effect, self.rests = _effect(terms), terms.quarantine_days
        self.seconds = max(1, round((terms.held_until - clock.now()).total_seconds()))
        self.obstacle = from_fault(terms.obstacle) if terms.obstacle else {}
        self.digest, self.subject = terms.digest, str(terms.draft_id)


def _effect(terms: Review) -> Message:
    if terms.effect == EffectKind.WITHIN:
        hours = -(-(terms.at_most_seconds or 0) // 3600)
        if not terms.at_least_seconds:
            return message("numbers.review.within", n=hours)
        return message("numbers.review.after", n=hours, after=timedelta(seconds=terms.at_least_seconds))
    if terms.effect == EffectKind.AT_ONCE:
        return message("numbers.review.at_once")
    return message(f"numbers.review.{terms.effect}", date=terms.due_at.astimezone(operator().zone).date())


def review_number() -> rx.Component:
    """What will be, with a link to choose again, what it changes, and the way on."""
    return rx.fragment(
        journey.progress(),
        c.loading(
            NumberTerms.ready,
            rx.el.div(c.skeleton("card"), c.skeleton("card"), class_name="flex flex-col gap-6"),
            rx.cond(NumberTerms.over, _over(), _terms()),
        ),
    )


def confirm_number() -> rx.Component:
    """The code for exactly what was checked."""
    return rx.fragment(
        journey.progress(),
        c.loading(
            NumberTerms.ready,
            c.skeleton("card"),
            rx.cond(
                NumberTerms.over,
                _over(),
                rx.cond(NumberTerms.digest != "", _code()),
            ),
        ),
    )


def _over() -> rx.Component:
    return journey.gone(
        NumberTerms.over, action=c.link_button(T("numbers.review.other"), CHOOSE, kind="primary", icon="keypad")
    )


def _terms() -> rx.Component:
    return rx.fragment(
        rx.cond(NumberTerms.obstacle, c.notice("warn", msg(NumberTerms.obstacle))),
        c.check_list(
            [
                (T("numbers.review.number"), _strong(msisdn(NumberTerms.number)), CHOOSE),
                (T("numbers.review.category"), badge(NumberTerms.category), None),
                (T("numbers.review.price"), _strong(money(NumberTerms.price)), None),
                (T("numbers.review.effect"), msg(NumberTerms.effect), None),
                (T("numbers.review.old"), msisdn(NumberTerms.old_number), None),
            ]
        ),
        rx.el.p(
            T("numbers.review.held"),
            " ",
            c.countdown(seconds=NumberTerms.seconds, on_end=NumberTerms.run_out),
            class_name="text-s text-muted",
        ),
        c.card(
            rx.el.ul(
                *[rx.el.li(each) for each in _changes()],
                class_name="flex list-disc flex-col gap-2 pl-5",
            ),
            title=T("numbers.review.what"),
        ),
        rx.cond(
            NumberTerms.obstacle,
            c.actions(c.link_button(T("numbers.review.other"), CHOOSE, kind="secondary")),
            c.actions(c.link_button(T("numbers.review.go_on"), _code_path(), kind="primary")),
        ),
    )


def _code_path() -> rx.Var:
    return rx.Var.create(f"{CHOOSE}/code/") + NumberTerms.subject


def _changes() -> tuple[object, ...]:
    return (
        T("numbers.review.charge", price=money(NumberTerms.price)),
        T("numbers.review.stays"),
        T("numbers.review.sign_in"),
        TN("numbers.review.rests", NumberTerms.rests),
        T("numbers.review.tell"),
    )


def _strong(text: object) -> rx.Component:
    return rx.el.span(text, class_name="tabular font-semibold")


def _code() -> rx.Component:
    return rx.fragment(
        c.lead(T("numbers.confirm.lead", number=msisdn(NumberTerms.number), price=money(NumberTerms.price))),
        prove_form(KIND, NumberTerms.digest, back=_code_path(), then=KIND, subject=NumberTerms.subject),
        c.link(T("numbers.confirm.back"), rx.Var.create(f"{CHOOSE}/review/") + NumberTerms.subject),
    )


if operator().number_change is not None:
    shell.screen(PLAYER.route("review"), title="numbers.review.title", on_load=NumberTerms.load_review)(review_number)
    shell.screen(PLAYER.route("code"), title="numbers.confirm.title", on_load=NumberTerms.load_code)(confirm_number)
