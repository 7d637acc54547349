"""Promised payments: those that were registered, with their state, and the way to one more."""

from typing import Any, TypedDict

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.amount import NotAnAmount
from selfcare_app.operators.schema import Feature
from selfcare_app.payments.promise import register
from selfcare_app.payments.promise.rules import TooLittle, TooMuch
from selfcare_app.payments.promise.views import PromiseView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.journey import DRAFT, PLAYERS, Player
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import TN, T, choice, date, money, msg
from selfcare_app.wiring import ask, do

PATH = Feature.PROMISED_PAYMENT.path
AMOUNT = f"{PATH}/amount"
PLAYER = Player(register.JOURNEY, PATH, "promise", own={"amount": AMOUNT, "review": f"{PATH}/review/{DRAFT}"})
PLAYERS[register.KIND] = PLAYER


class AmountTyped(TypedDict, total=False):
    """The form of the amount."""

    amount: str


class Promises(SignedState):
    """The account's registered payments, and what may be registered now."""

    loaded: bool = False
    rows: list[dict[str, Any]] = []
    least: Wire = {}
    most: Wire = {}
    days: int = 0
    obstacle: Message = {}
    errors: dict[str, Message] = {}

    @rx.event
    async def load(self):
        """Reads everything anew."""
        actor, self.errors = await self._actor(), {}
        await self._read_offer()
        self.rows = [_row(found) for found in await ask(register.mine, actor)]
        self.loaded = True

    @rx.event
    async def load_amount(self):
        """What may be registered; what can't be goes back to the list, which says why."""
        self.errors = {}
        await self._read_offer()
        self.loaded = True
        return rx.redirect(PATH, replace=True) if self.obstacle else None

    @rx.event
    async def begin(self, form: AmountTyped):
        """Goes on to the check with the amount that was typed."""
        try:
            typed = form.get("amount", "")
            draft = await do(register.begin, await self._actor(), amount=typed, now=clock.now())
        except (NotAnAmount, TooMuch, TooLittle) as refused:
            self.errors = {"amount": from_fault(refused)}
            return None
        self.errors = {}
        return rx.redirect(PLAYER.path("review", draft.id))

    async def _read_offer(self) -> None:
        found = await ask(register.offer, await self._actor(), now=clock.now())
        self.least, self.most, self.days = wire(found.least), wire(found.most), found.valid_days
        self.obstacle = from_fault(found.obstacle) if found.obstacle else {}


def _row(found: PromiseView) -> dict[str, Any]:
    return {
        "amount": wire(found.amount),
        "made": wire(found.made_at),
        "state": found.state,
        "when": wire(found.ended_at or found.due_at),
    }


def promises() -> rx.Component:
    """What is registered, and the way to the amount."""
    return rx.fragment(
        rx.cond(arrival.done, c.notice("good", T("promise.done"), T("promise.done_lead"))),
        c.loading(Promises.loaded, c.skeleton("rows", 3), _list()),
    )


def _list() -> rx.Component:
    lead = rx.el.p(
        T("promise.lead", most=money(Promises.most)), " ", TN("promise.days", Promises.days),
        class_name="max-w-prose text-muted",
    )  # fmt: skip
    some = rx.el.section(
        c.subheading(T("promise.list")),
        rx.el.ul(
            rx.foreach(Promises.rows, lambda row: rx.el.li(_record(row), class_name="px-4")),
            class_name="divide-y divide-line rounded-card bg-raised shadow-card",
        ),
        class_name="flex flex-col gap-3",
        id="promises",
    )
    way = rx.cond(
        Promises.obstacle,
        c.notice("info", msg(Promises.obstacle, area="promise")),
        c.actions(c.link_button(T("promise.begin"), AMOUNT, kind="primary")),
    )
    nothing = c.empty("handshake", T("promise.empty"), T("promise.empty_lead"))
    return rx.fragment(lead, rx.cond(Promises.rows, some, nothing), way)


def _record(row: Any) -> rx.Component:
    return c.record(
        T("promise.registered", at=date(row["made"])),
        choice("promise.when", row["state"], on=date(row["when"])),
        money(row["amount"]),
        choice("promise.state", row["state"]),
    )


def amount() -> rx.Component:
    """How much."""
    return rx.fragment(
        c.steps(1, 2),
        c.loading(
            Promises.loaded,
            c.skeleton("card"),
            c.form(
                c.field(
                    "amount",
                    T("promise.field.amount"),
                    kind="amount",
                    hint=T("promise.amount_hint", least=money(Promises.least), most=money(Promises.most)),
                    max_length=12,
                ),
                c.actions(c.button(T("orders.journey.next"), type="submit")),
                on_submit=Promises.begin,
                errors=Promises.errors,
            ),
        ),
    )


if operator().promised_payment is not None:
    # What one promises is called differently by each operator.
    title = operator().menu.title_of(Feature.PROMISED_PAYMENT)
    shell.screen(PATH, title=title, feature=Feature.PROMISED_PAYMENT, on_load=Promises.load)(promises)
    shell.screen(AMOUNT, title="promise.step.amount", on_load=Promises.load_amount, back=PATH)(amount)
