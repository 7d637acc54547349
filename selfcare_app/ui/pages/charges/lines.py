"""The records behind one kind of a month's charges, each opening its receipt; proof is asked for as for call detail."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx

from selfcare_app.i18n.message import Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import ProofNeeded, SignInNeeded, Subscriber
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.page import Page
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.charges.months import FEATURE, PATH
from selfcare_app.ui.pages.usage import rows
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, money, show, time
from selfcare_app.usage import charge_lines, monthly, selection
from selfcare_app.usage.views import CallRecord
from selfcare_app.wiring import ask

_LINES = f"{PATH}/lines"


class ChargeLines(SignedState):
    """One page of the records of a kind of charge."""

    stage: str = ""
    kind: str = ""
    first: Wire = {}
    query: str = ""
    back: str = PATH
    days: list[dict[str, Any]] = []
    has_more: bool = False
    is_later: bool = False

    _next: str = ""

    @rx.event
    async def load(self):
        """Shows the kind and month that the address names."""
        self.stage, self.days, self.has_more, self.is_later, self._next = "failed", [], False, False, ""
        try:
            await self._load(await self._actor())
        except SignInNeeded:
            raise
        except ProofNeeded:
            self.stage = "prove"
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)

    @rx.event
    async def more(self):
        """The next page, in place of this one."""
        try:
            await self._read(await self._actor(), self._next)
        except ProofNeeded:
            self.stage = "prove"
            return
        self.is_later = True
        self._focus("lines")

    async def _load(self, actor: Subscriber) -> None:
        asked = self.router.url.query_parameters
        month, kind = str(asked.get("month", "")), str(asked.get("kind", ""))
        offered = await ask(monthly.months, actor, now=clock.now())
        period = monthly.period_of(offered, month)
        self.first, self.kind = wire(period.first), ""
        self.query = urlencode({"month": period.code, "kind": kind})
        self.back = PATH if period.current else f"{PATH}?{urlencode({'month': period.code})}"
        await self._read(actor, "")
        self.stage = "list"

    async def _read(self, actor: Subscriber, after: str) -> None:
        asked = self.router.url.query_parameters
        month, kind = str(asked.get("month", "")), str(asked.get("kind", ""))
        found: Page[CallRecord] = await ask(
            charge_lines.page, actor, month=month, category=kind, after=after, now=clock.now()
        )
        self.kind, self._next, self.has_more = kind, found.next or "", found.next is not None
        self.days = rows.days(operator(), found.items, {})


def charge_lines_page() -> rx.Component:
    """The stage that the State is at."""
    state = ChargeLines
    return rx.fragment(
        rx.cond(state.stage != "prove", c.query_fault()),
        rx.match(
            state.stage,
            ("list", _list(state)),
            ("prove", _prove(state)),
            ("failed", _failed()),
            ("closed", rx.fragment()),
            c.skeleton("rows", 6),
        ),
    )


def _list(state: Any) -> rx.Component:
    nothing = c.empty("list", T("charges.no_lines"), T("charges.no_lines_lead"))
    return rx.el.div(
        rx.el.p(
            rx.el.span(choice("charges.kind", state.kind), class_name="block font-semibold"),
            rx.el.span(date(state.first, "month"), class_name="block text-s text-muted first-letter:uppercase"),
            c.link(T("charges.other_kinds"), state.back),
        ),
        rx.cond(state.days, c.day_list(state.days, row=_line), nothing),
        rx.cond(state.has_more, c.button(T("charges.more"), kind="secondary", on_click=state.more)),
        rx.cond(state.is_later, rx.el.p(c.button(T("charges.from_start"), kind="quiet", on_click=state.load))),
        id="lines",
        tab_index=-1,
        class_name="flex flex-col gap-6",
    )


def _line(row: Any) -> rx.Component:
    about = rx.fragment(time(row["at"]), " · ", choice("usage.event", row["event"]))
    much = rx.cond(row["much"], rx.fragment(" · ", show(row["much"])))
    return c.record(show(row["who"]), rx.fragment(about, much), money(row["charge"]), to=row["receipt"])


def _prove(state: Any) -> rx.Component:
    return rx.el.div(
        c.subheading(T("charges.prove")),
        c.lead(T("charges.prove_lead")),
        prove_form(selection.PURPOSE, back=f"{_LINES}?" + state.query),
        class_name="flex max-w-2xl flex-col gap-6",
    )


def _failed() -> rx.Component:
    again = c.button(T("charges.failed.again"), kind="secondary", icon="refresh", on_click=ChargeLines.load)
    return c.empty("cloud-off", T("charges.failed.title"), T("charges.failed.lead"), action=again)


if operator().has(FEATURE):
    shell.screen(_LINES, title="charges.lines_title", on_load=ChargeLines.load, back=PATH)(charge_lines_page)
