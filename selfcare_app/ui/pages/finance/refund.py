"""The return of a wrong payment: the conditions, what was handed in, and the form."""

from typing import Any, TypedDict

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.orders.draft import NotAnswered
from selfcare_app.payments.refund import apply
from selfcare_app.payments.refund.typed import LONGEST_RECEIPT
from selfcare_app.payments.refund.views import ApplicationView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.journey import DRAFT, PLAYERS, Player
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import TN, T, choice, date, money, msg, msisdn
from selfcare_app.wiring import ask, do

PATH = Feature.REFUND.path
APPLY = f"{PATH}/apply"
PLAYER = Player(
    apply.JOURNEY,
    PATH,
    "refund",
    own={"details": APPLY, "review": f"{PATH}/review/{DRAFT}", "code": f"{PATH}/code/{DRAFT}"},
)
PLAYERS[apply.KIND] = PLAYER


class PaymentTyped(TypedDict, total=False):
    """The form of the wrong payment."""

    number: str
    amount: str
    paid_on: str
    receipt: str


class Refunds(SignedState):
    """The conditions and the line's applications."""

    loaded: bool = False
    number: Wire = {}
    most: Wire = {}
    days: int = 0
    digits: int = 0
    working_days: int = 0
    earliest: str = ""
    latest: str = ""
    obstacle: Message = {}
    rows: list[dict[str, Any]] = []
    errors: dict[str, Message] = {}

    @rx.event
    async def load(self):
        """Reads everything anew."""
        await self._read_terms()
        self.rows = [_row(found) for found in await ask(apply.mine, await self._actor())]
        self.loaded = True

    @rx.event
    async def load_form(self):
        """The form; where nothing can be applied for the page before says why."""
        await self._read_terms()
        self.loaded = True
        return rx.redirect(PATH, replace=True) if self.obstacle else None

    @rx.event
    async def begin(self, form: PaymentTyped):
        """Goes on to the check with what was typed, if it meets the conditions."""
        told = {name: form.get(name, "") for name in ("number", "amount", "paid_on", "receipt")}
        try:
            draft = await do(apply.begin, await self._actor(), **told, now=clock.now())
        except NotAnswered as refused:
            self.errors = {name: from_fault(fault) for name, fault in refused.faults.items()}
            return None
        self.errors = {}
        return rx.redirect(PLAYER.path("review", draft.id))

    async def _read_terms(self) -> None:
        found = await ask(apply.terms, await self._actor(), now=clock.now())
        self.errors = {}
        self.number = wire(found.number) if found.number else {}
        self.most, self.days, self.digits = wire(found.most), found.days, found.digits
        self.working_days = found.working_days
        self.earliest, self.latest = found.earliest.isoformat(), found.latest.isoformat()
        self.obstacle = from_fault(found.obstacle) if found.obstacle else {}


def _row(found: ApplicationView) -> dict[str, Any]:
    about = message(f"refund.reason.{found.reason}") if found.reason else {}
    return {
        "no": str(found.no),
        "wrong": wire(found.wrong),
        "amount": wire(found.amount),
        "paid": wire(found.paid_on),
        "due": wire(found.due_on),
        "state": found.state,
        "about": about,
    }


def refunds() -> rx.Component:
    """The conditions, the other cases, what was handed in, and the way to the form."""
    some = rx.el.section(
        c.subheading(T("refund.list")),
        rx.el.ul(
            rx.foreach(Refunds.rows, lambda row: rx.el.li(_application(row), class_name="px-4 py-3")),
            class_name="divide-y divide-line rounded-card bg-raised shadow-card",
        ),
        class_name="flex flex-col gap-3",
        id="applications",
    )
    way = rx.cond(
        Refunds.obstacle,
        c.notice("info", msg(Refunds.obstacle, area="refund")),
        c.actions(c.link_button(T("refund.begin"), APPLY, kind="primary")),
    )
    shown = rx.fragment(rx.cond(Refunds.rows, some), _conditions(), _elsewhere(), way)
    return rx.fragment(
        rx.cond(arrival.done, c.notice("good", T("refund.done"), TN("refund.done_lead", Refunds.working_days))),
        c.loading(Refunds.loaded, c.skeleton("card", 2), shown),
    )


def _conditions() -> rx.Component:
    return c.card(
        rx.el.ul(
            rx.el.li(T("refund.if.amount", most=money(Refunds.most))),
            rx.el.li(TN("refund.if.days", Refunds.days)),
            rx.el.li(TN("refund.if.digits", Refunds.digits)),
            rx.el.li(T("refund.if.unspent")),
            class_name="flex list-disc flex-col gap-2 pl-5",
        ),
        rx.el.p(TN("refund.review_days", Refunds.working_days)),
        rx.el.p(T("refund.keep_receipt"), class_name="font-semibold"),
        title=T("refund.if.title"),
    )


def _elsewhere() -> rx.Component:
    return c.card(
        rx.el.p(T("refund.elsewhere.own")),
        rx.el.p(T("refund.elsewhere.other")),
        title=T("refund.elsewhere.title"),
    )


def _application(row: Any) -> rx.Component:
    how = choice("refund.how", row["state"], due=date(row["due"]))
    return rx.el.div(
        rx.el.p(
            rx.el.span(T("refund.one", no=row["no"]), class_name="font-semibold"),
            rx.el.span(money(row["amount"]), class_name="tabular font-semibold"),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
        ),
        rx.el.p(T("refund.about", number=msisdn(row["wrong"]), on=date(row["paid"])), class_name="text-s text-muted"),
        rx.el.p(how),
        rx.cond(row["about"], rx.el.p(msg(row["about"], area="refund"), class_name="text-s text-muted")),
        class_name="flex flex-col gap-1",
    )


def apply_page() -> rx.Component:
    """What was paid where."""
    rule = operator().refund
    if rule is None:
        return rx.fragment()
    form = c.form(
        c.phone_field("number", T("refund.field.number"), own=False, hint=T("refund.number_hint")),
        c.field(
            "amount",
            T("refund.field.amount"),
            kind="amount",
            hint=T("refund.amount_hint", most=money(Refunds.most)),
            max_length=12,
        ),
        c.date_field("paid_on", T("refund.field.paid_on"), min=Refunds.earliest, max=Refunds.latest),
        c.field(
            "receipt",
            T("refund.field.receipt"),
            hint=T("refund.receipt_hint"),
            required=False,
            max_length=LONGEST_RECEIPT,
            auto_complete="off",
        ),
        c.actions(c.button(T("orders.journey.next"), type="submit")),
        on_submit=Refunds.begin,
        errors=Refunds.errors,
    )
    lead = rx.cond(Refunds.number, c.lead(T("refund.lead", number=msisdn(Refunds.number))))
    return rx.fragment(c.steps(1, 3), c.loading(Refunds.loaded, c.skeleton("card"), rx.fragment(lead, form)))


if operator().refund is not None:
    shell.screen(PATH, title="refund.title", feature=Feature.REFUND, on_load=Refunds.load)(refunds)
    shell.screen(APPLY, title="refund.step.details", on_load=Refunds.load_form, back=PATH)(apply_page)
