"""The history of payments: a period, what came in, and its total; with what is owed above."""

from abc import abstractmethod
from datetime import date as day
from datetime import datetime
from itertools import groupby
from typing import Any, TypedDict

import reflex as rx

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.vocabulary import Period
from selfcare_app.payments import debt, history
from selfcare_app.payments.history import BackToFront, NoSuchPeriod
from selfcare_app.payments.history_views import ClientPayment, PaymentsOfPeriod
from selfcare_app.payments.rules import last_of_month
from selfcare_app.payments.views import PaymentView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.finance import debts
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import TN, T, date, money, msg, time
from selfcare_app.wiring import ask

PATH = Feature.PAYMENT_HISTORY.path
_CHIP = (
    "flex min-h-12 items-center rounded-card border border-field-line bg-raised px-4 py-2 text-accent "
    "aria-[pressed=true]:border-accent aria-[pressed=true]:bg-accent-soft aria-[pressed=true]:font-semibold"
)


class Days(TypedDict, total=False):
    """The form of the period."""

    first: str
    last: str


class OfPeriod(SignedState, mixin=True):
    """Payments of one period by day. Who uses it reads them, and says what else its page begins with."""

    loaded: bool = False
    months: list[str] = []
    month: str = ""
    earliest: str = ""
    latest: str = ""
    first: str = ""
    last: str = ""
    days: list[dict[str, Any]] = []
    total: Wire = {}
    count: int = 0
    more: int = 0
    errors: dict[str, Message] = {}

    @rx.event
    async def load(self):
        """This month, or what of the offered days there is."""
        actor, now = await self._actor(), clock.now()
        offered = await ask(history.offered, actor, now=now)
        self.months = [month.isoformat() for month in offered.months]
        self.earliest, self.latest, self.errors = offered.earliest.isoformat(), offered.latest.isoformat(), {}
        by_month = operator().payments.history_period is Period.MONTH
        first = offered.months[0] if by_month else offered.earliest
        await self._begin(actor, now)
        await self._read(first, offered.latest)
        self.loaded = True

    @rx.event
    async def choose(self, month: str):
        """Another month."""
        if month in self.months:
            first = day.fromisoformat(month)
            await self._read(first, min(last_of_month(first), day.fromisoformat(self.latest)))

    @rx.event
    async def find(self, form: Days):
        """The days that were typed."""
        self.errors = {}
        days: dict[str, day] = {}
        for name in ("first", "last"):
            try:
                days[name] = day.fromisoformat(str(form.get(name, "")))
            except ValueError:
                self.errors[name] = message("history.error.not_a_day")
        if self.errors:
            return
        try:
            await self._read(days["first"], days["last"])
        except BackToFront as refused:
            self.errors = {"last": from_fault(refused)}
        except NoSuchPeriod as refused:
            self.errors = {"first": from_fault(refused)}

    async def _read(self, first: day, last: day) -> None:
        self._show(await self._found(await self._actor(), first, last, clock.now()))

    async def _begin(self, actor: Subscriber, now: datetime) -> None:
        """Nothing more than the payments, unless it is said."""

    @abstractmethod
    async def _found(self, actor: Subscriber, first: day, last: day, now: datetime) -> PaymentsOfPeriod:
        """The payments of a period that may be shown."""

    def _show(self, found: PaymentsOfPeriod) -> None:
        zone = operator().zone
        self.month, self.first, self.last = found.first.isoformat(), found.first.isoformat(), found.last.isoformat()
        self.days = [
            {"day": str(on), "rows": [_row(each) for each in rows]}
            for on, rows in groupby(found.payments, key=lambda each: each.paid_at.astimezone(zone).date())
        ]
        self.total, self.count = wire(found.total), found.count
        self.more = found.count - len(found.payments)


def _row(payment: PaymentView | ClientPayment) -> dict[str, Any]:
    # Channels come with the operator's data; one that has no words of its own still has a sentence.
    key = f"payments.channel.{payment.channel}"
    told = key if key in catalogue.load(catalogue.SOURCE) else "payments.channel.other"
    account = payment.account if isinstance(payment, ClientPayment) else ""
    return {"what": message(told), "at": wire(payment.paid_at), "amount": wire(payment.amount), "account": account}


class PaymentHistory(OfPeriod, SignedState):
    """Payments for the line's account, and what is owed."""

    debt: dict[str, Any] = debts.NOTHING

    async def _begin(self, actor: Subscriber, now: datetime) -> None:
        self.debt = debts.row(await ask(debt.read, actor, now=now))

    async def _found(self, actor: Subscriber, first: day, last: day, now: datetime) -> PaymentsOfPeriod:
        return await ask(history.of_period, actor, first=first, last_day=last, now=now)


def payments() -> rx.Component:
    """What is owed, the period, the payments with their total."""
    owed = debts.debt_card(PaymentHistory.debt) if not operator().has(Feature.ACCOUNT) else rx.fragment()
    shown = rx.fragment(owed, of_period(PaymentHistory), _promises())
    return c.loading(PaymentHistory.loaded, c.skeleton("rows", 4), shown)


def of_period(state: Any) -> rx.Component:
    """The choice of the period, and the payments of `state` with their total."""
    by_month = operator().payments.history_period is Period.MONTH
    empty = c.empty("receipt", T("history.empty"), T("history.empty_lead"))
    some = rx.fragment(
        rx.el.p(
            rx.el.span(TN("history.count", state.count)),
            rx.el.span(T("history.total", amount=money(state.total)), class_name="tabular font-semibold"),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
            id="total",
        ),
        c.day_list(state.days, row=_record),
        rx.cond(state.more > 0, c.hint(T("history.more", n=state.more))),
    )
    found = rx.el.section(rx.cond(state.count > 0, some, empty), class_name="flex flex-col gap-4", aria_live="polite")
    return rx.fragment(_months(state) if by_month else _days(state), found)


def _record(row: Any) -> rx.Component:
    whose = rx.cond(row["account"], T("home.plan.account", number=row["account"]), "")
    return c.record(msg(row["what"], area="payments"), time(row["at"]), money(row["amount"]), whose)


def _months(state: Any) -> rx.Component:
    def one(month: Any) -> rx.Component:
        return rx.el.button(
            rx.el.span(date(month, "month"), class_name="first-letter:uppercase"),
            type="button",
            custom_attrs={"aria-pressed": rx.cond(state.month == month, "true", "false")},
            on_click=state.choose(month),
            class_name=_CHIP,
        )

    return rx.el.div(
        rx.foreach(state.months, one),
        role="group",
        aria_label=T("history.period"),
        class_name="flex flex-wrap gap-2",
    )


def _days(state: Any) -> rx.Component:
    limits = {"min": state.earliest, "max": state.latest}
    return c.form(
        rx.el.div(
            c.date_field("first", T("history.first"), value=state.first, **limits),
            c.date_field("last", T("history.last"), value=state.last, **limits),
            class_name="grid grid-cols-[repeat(auto-fit,minmax(min(100%,9.5rem),1fr))] gap-3",
        ),
        c.button(T("history.show"), type="submit", kind="secondary"),
        on_submit=state.find,
        errors=state.errors,
        class_name="flex max-w-2xl flex-col gap-4",
    )


def _promises() -> rx.Component:
    """The use of promised payments is told beside (IH-014)."""
    promised = Feature.PROMISED_PAYMENT
    to = shell.BUILT.get(promised, "")
    return rx.el.p(c.link(T(operator().menu.title_of(promised)), to)) if to else rx.fragment()


if operator().has(Feature.PAYMENT_HISTORY):
    shell.screen(PATH, title="history.title", feature=Feature.PAYMENT_HISTORY, on_load=PaymentHistory.load)(payments)
