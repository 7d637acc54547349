"""Charges of a month by kind: the total with fee and VAT, and behind «Подробно» what it is made of."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from selfcare_app.i18n.message import Wire, data_size, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import SignInNeeded, Subscriber
from selfcare_app.kit.errors import Fault
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.components.chart import behind, share, shares
from selfcare_app.ui.pages.charges.asking import QUESTIONS
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, datetime, money, msg, show
from selfcare_app.usage import monthly
from selfcare_app.usage.views import Period
from selfcare_app.usage.views_monthly import KindCharge, MonthBill
from selfcare_app.wiring import ask, do

FEATURE = Feature.EXPENSES if operator().has(Feature.EXPENSES) else Feature.CHARGES
PATH = FEATURE.path


class MonthCharges(SignedState):
    """The month that stands in the address, and its charges."""

    stage: str = ""
    months: list[dict[str, Any]] = []
    month: str = ""
    first: Wire = {}
    current: bool = False
    total: Wire = {}
    fees: Wire = {}
    usage: Wire = {}
    vat: Wire = {}
    received: Wire = {}
    until: Wire = {}
    order_from: Wire = {}
    kinds: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Shows the month that the address names, the current one if it names none."""
        self.stage, self.kinds = "failed", []
        try:
            await self._load(await self._actor())
        except SignInNeeded:
            raise
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)

    @rx.event
    async def order(self):
        """Orders the report of the current month and shows it (IH-016)."""
        actor = await self._actor()
        await do(monthly.order, actor, now=clock.now())
        await self._load(actor)

    async def _load(self, actor: Subscriber) -> None:
        now = clock.now()
        offered = await ask(monthly.months, actor, now=now)
        asked = str(self.router.url.query_parameters.get("month", ""))
        period = monthly.period_of(offered, asked)
        self.month, self.first, self.current = period.code, wire(period.first), period.current
        self.months = [_month(each, period) for each in offered]
        try:
            self._show(await ask(monthly.read, actor, month=period.code, now=now))
        except monthly.NotOrdered:
            self.stage = "order"
            return
        self.stage = "month"

    def _show(self, bill: MonthBill) -> None:
        self.total, self.fees, self.usage = wire(bill.total), wire(bill.fees), wire(bill.usage)
        self.vat, self.received, self.until = wire(bill.vat), wire(bill.received), wire(bill.until)
        self.order_from = wire(bill.order_from) if bill.order_from else {}
        parts = shares([kind.amount.minor for kind in bill.kinds])
        self.kinds = [_kind(kind, part, self.month) for kind, part in zip(bill.kinds, parts, strict=True)]


def _month(period: Period, shown: Period) -> dict[str, Any]:
    to = PATH if period.current else f"{PATH}?{urlencode({'month': period.code})}"
    return {"first": wire(period.first), "to": to, "here": period.code == shown.code}


def _kind(kind: KindCharge, part: int, month: str) -> dict[str, Any]:
    used = kind.count > len(kind.fees)
    much: Any = {}
    if kind.octets:
        much = data_size(kind.octets)
    elif kind.seconds:
        much = wire(timedelta(seconds=kind.seconds))
    return {
        "kind": kind.category,
        "amount": wire(kind.amount),
        "part": part,
        "count": message("charges.count", n=kind.count - len(kind.fees)) if used else {},
        "much": much,
        "to": f"{PATH}/lines?{urlencode({'month': month, 'kind': kind.category})}" if used else "",
        "fees": [_fee(fee) for fee in kind.fees],
    }


def _fee(fee: Any) -> dict[str, Any]:
    return {
        "name": fee.name,
        "item": fee.item,
        "first": wire(fee.period_from),
        "last": wire(fee.period_until - timedelta(days=1)),
        "amount": wire(fee.amount),
        "to": f"/fees?fee={fee.id}",
    }


def month_charges() -> rx.Component:
    """The months to choose from and the one chosen."""
    state = MonthCharges
    return rx.fragment(
        rx.cond(state.months, month_links(state.months, T("charges.months"))),
        rx.match(
            state.stage,
            ("month", _shown(state)),
            ("order", _order(state)),
            ("failed", _failed()),
            ("closed", rx.fragment()),
            rx.el.div(c.skeleton("number"), c.skeleton("rows", 5), class_name="flex flex-col gap-6"),
        ),
    )


def month_links(months: Any, label: Any) -> rx.Component:
    """A row of months, each a link; it scrolls by itself on a phone."""
    look = "flex min-h-11 items-center whitespace-nowrap rounded-card border px-4 first-letter:uppercase"

    def one(month: Any) -> rx.Component:
        here = f"{look} border-accent bg-accent-soft font-semibold text-text"
        other = f"{look} border-line bg-raised text-accent"
        return rx.el.li(
            rx.cond(
                month["here"],
                c.link(date(month["first"], "month"), month["to"], class_name=here, aria_current="page"),
                c.link(date(month["first"], "month"), month["to"], class_name=other),
            ),
            class_name="shrink-0",
        )

    return rx.el.nav(
        rx.el.ul(rx.foreach(months, one), class_name="flex gap-2 overflow-x-auto p-1"),
        aria_label=label,
        class_name="-mx-1 min-w-0",
    )


def _shown(state: Any) -> rx.Component:
    sums = c.card(
        c.big_number(money(state.total), T("charges.total")),
        c.key_values(
            (T("charges.fees"), money(state.fees)),
            (T("charges.usage"), money(state.usage)),
            (T("charges.vat"), money(state.vat)),
            (T("charges.received"), money(state.received)),
        ),
        rx.cond(state.current, c.hint(T("charges.until", at=datetime(state.until)))),
        _order_again(state),
    )
    nothing = c.empty("receipt", T("charges.empty"), T("charges.empty_lead"))
    return rx.el.div(
        sums,
        rx.cond(state.kinds, _breakdown(state), nothing),
        _questions(),
        class_name="flex flex-col gap-6",
    )


def _questions() -> rx.Component | None:
    """The way to what was asked about charges; nobody reads it for somebody else."""
    if operator().charge_question is None:
        return None
    return rx.cond(MonthCharges.acting["own_line"], rx.fragment(), rx.el.p(c.link(T("question.all"), QUESTIONS)))


def _breakdown(state: Any) -> rx.Component:
    look = "divide-y divide-line rounded-card bg-raised px-4 shadow-card"
    return behind(T("charges.detail"), rx.el.ul(rx.foreach(state.kinds, _row), class_name=look))


def _row(row: Any) -> rx.Component:
    about = rx.fragment(msg(row["count"], area="charges"), rx.cond(row["much"], rx.fragment(" · ", show(row["much"]))))
    name = choice("charges.kind", row["kind"])
    head = rx.el.p(
        rx.el.span(name, class_name="min-w-0 flex-1 font-semibold"),
        c.amount(row["amount"]),
        class_name="flex items-baseline gap-4",
    )
    lines = rx.el.p(
        rx.el.span(about, class_name="text-s text-muted"),
        c.link(rx.fragment(T("charges.lines"), rx.el.span(" ", name, class_name="sr-only")), row["to"]),
        class_name="flex flex-wrap items-baseline justify-between gap-x-4",
    )
    return rx.el.li(
        head,
        share(row["part"]),
        rx.cond(row["to"], lines),
        rx.el.ul(rx.foreach(row["fees"].to(list[dict[str, Any]]), lambda fee: rx.el.li(_fee_row(fee)))),
        class_name="flex flex-col gap-1 py-3",
    )


def _fee_row(fee: Any) -> rx.Component:
    period = T("charges.period", first=date(fee["first"], "day"), last=date(fee["last"], "day"))
    return c.record(fee["name"], period, money(fee["amount"]), to=fee["to"])


def _order_again(state: Any) -> rx.Component:
    return rx.cond(state.order_from, c.hint(T("charges.order.again", at=datetime(state.order_from))))


def _order(state: Any) -> rx.Component:
    return c.empty(
        "receipt",
        T("charges.order.title"),
        T("charges.order.lead"),
        action=c.button(T("charges.order.act"), on_click=state.order),
    )


def _failed() -> rx.Component:
    again = c.button(T("charges.failed.again"), kind="secondary", icon="refresh", on_click=MonthCharges.load)
    return c.empty("cloud-off", T("charges.failed.title"), T("charges.failed.lead"), action=again)


if operator().has(FEATURE):
    shell.screen(
        PATH, title="charges.title" if FEATURE is Feature.CHARGES else "charges.history",
        feature=FEATURE, on_load=MonthCharges.load,
    )(month_charges)  # fmt: skip
