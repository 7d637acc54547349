"""Call detail: choose what to see, prove who asks, read the records page by page."""

from datetime import date
from typing import Any

import reflex as rx

from selfcare_app.access import code
from selfcare_app.i18n.message import Message, Wire, from_fault, message
from selfcare_app.kit import clock
from selfcare_app.kit.actor import ProofNeeded, SignInNeeded, Subscriber
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.page import Page
from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.usage import rows
from selfcare_app.ui.pages.usage.chart import drawn
from selfcare_app.ui.pages.usage.choosing import choosing
from selfcare_app.ui.pages.usage.listing import RECORDS, listing
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T
from selfcare_app.usage import address, detailing, seen, selection
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.rules import FilterTooLong
from selfcare_app.usage.views import CallRecord, Choice, Offer, Period, Sum, Totals
from selfcare_app.wiring import ask, do

PATH = "/call-detail"


class CallDetail(SignedState):
    """The choice, which stands in the address, and one page of its records."""

    stage: str = ""
    months: list[dict[str, Any]] = []
    earliest: str = ""
    latest: str = ""
    errors: dict[str, Message] = {}

    period: str = ""
    first_day: str = ""
    last_day: str = ""
    direction: str = address.BOTH
    kinds: list[str] = []
    query: str = ""
    is_month: bool = True
    first: Wire = {}
    last: Wire = {}
    not_begun: bool = False

    number: str = ""
    has_records: bool = False
    by_kind: list[dict[str, Any]] = []
    everything: dict[str, Any] = {}
    chart: dict[str, Any] = {}
    table: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    page: int = 1
    pages: int = 1
    total: int = 0
    shown_from: int = 0
    shown_to: int = 0

    _choice: Choice | None = None
    _period: Period | None = None
    _next: str = ""
    _day_sums: dict[date, Sum] = {}

    @rx.event
    async def load(self):
        """Shows what the address says: the form, the proof that is missing, or the list."""
        # What stands here when something breaks is the page that offers to try again.
        self.stage, self.errors, self.number = "failed", {}, ""
        try:
            self.stage = await self._loaded(await self._actor())
        except SignInNeeded:
            raise
        except Fault as fault:
            self.stage = "choose" if self.months else "closed"
            self.notice = from_fault(fault)

    @rx.event
    async def choose(self, form: dict):
        """Goes to the address of the choice in the form."""
        days = f"{form.get('first', '')}..{form.get('last', '')}"
        period = str(form.get("period", "") or (days if "first" in form else ""))
        kinds = tuple(kind for kind in Kind if form.get(f"kind_{kind.name.lower()}"))
        self.errors = await self._wrong(period, kinds)
        if self.errors:
            return None
        actor = await self._actor()
        if not await ask(detailing.is_proven, actor, now=clock.now()):
            await self._send_code(actor)
        directions = tuple(way for way in Direction if way.name.lower() == form.get("direction"))
        query = address.query_of(Choice(period, directions, kinds))
        return CallDetail.load if query == self.query else rx.redirect(f"{PATH}?{query}")

    @rx.event
    async def find(self, form: dict):
        """Filters the list by a number or a part of it."""
        await self._filter(str(form.get("number", "")).strip())

    @rx.event
    async def clear(self):
        """Shows all records again."""
        await self._filter("")

    @rx.event
    async def go(self, number: int):
        """Another page of the list."""
        actor = await self._actor()
        if self._choice is None:
            return
        after = self._next if number == self.page + 1 else ""
        try:
            self._show_page(await self._page(actor, number, after), number)
        except ProofNeeded:
            self.stage = "prove"
            return
        self._focus(RECORDS)

    async def _loaded(self, actor: Subscriber) -> str:
        now = clock.now()
        offer = await ask(detailing.offer, actor, now=now)
        self._offer(offer)
        chosen = address.choice_of(self.router.url.query_parameters)
        if chosen is None:
            self.query = ""
            return "choose"
        self._choose(chosen, offer)
        if not await ask(detailing.is_proven, actor, now=now):
            return "prove"
        await self._read(actor)
        if not actor.acting:
            await do(seen.viewed, actor, period=chosen.period, now=now)
        return "list"

    async def _send_code(self, actor: Subscriber) -> None:
        """Has the M-code sent (ISSA-077), unless one is on its way; for a line that has to type PUK1 there is none."""
        sent = await ask(code.state, actor, purpose=selection.PURPOSE, now=clock.now())
        if sent.method == Method.SMS and sent.sent_at is None and sent.resend_at is None:
            await do(code.send, actor, purpose=selection.PURPOSE, now=clock.now())

    async def _filter(self, number: str) -> None:
        actor, before = await self._actor(), self._choice
        if before is None:
            return
        self._choice = Choice(before.period, before.directions, before.kinds, number)
        try:
            await self._read(actor)
        except FilterTooLong as fault:
            self._choice, self.errors = before, {"number": from_fault(fault)}
            return
        except ProofNeeded:
            self.stage = "prove"
            return
        self.errors, self.number = {}, number
        self._announce(message("usage.count.record", n=self.total))

    async def _read(self, actor: Subscriber) -> None:
        totals = await ask(detailing.totals, actor, choice=self._choice, now=clock.now())
        page = await self._page(actor, 1, "")
        self._show_totals(totals)
        self._show_page(page, 1)

    async def _page(self, actor: Subscriber, number: int, after: str) -> Page[CallRecord]:
        if after:
            return await ask(detailing.page, actor, choice=self._choice, after=after, now=clock.now())
        return await ask(detailing.nth_page, actor, choice=self._choice, number=number, now=clock.now())

    async def _wrong(self, period: str, kinds: tuple[Kind, ...]) -> dict[str, Message]:
        offer = await ask(detailing.offer, await self._actor(), now=clock.now())
        wrong: dict[str, Message] = {}
        try:
            selection.period_of(offer, period)
        except selection.NoSuchPeriod:
            place = ("first", "usage.error.no_days") if offer.any_days else ("period", "usage.error.no_period")
            wrong[place[0]] = message(place[1])
        if not kinds:
            wrong["kinds"] = message("usage.error.no_kind")
        return wrong

    def _offer(self, offer: Offer) -> None:
        self.months = rows.months(offer)
        self.earliest, self.latest = str(offer.earliest), str(offer.latest)
        if self.period not in {month.code for month in offer.months}:
            self.period = offer.months[0].code
        if not self.first_day:
            self.first_day, self.last_day = str(max(offer.earliest, offer.months[0].first)), self.latest
        if not self.kinds:
            self.kinds = [kind.name.lower() for kind in offer.kinds]

    def _choose(self, chosen: Choice, offer: Offer) -> None:
        period = selection.period_of(offer, chosen.period)
        self._choice, self.query = chosen, address.query_of(chosen)
        self.period, self.is_month = period.code, period in offer.months
        self.first, self.last = rows.ends(period)
        self.first_day, self.last_day = str(period.first), self.last["$date"]
        self.not_begun = period.is_empty
        self.direction = chosen.directions[0].name.lower() if chosen.directions else address.BOTH
        self.kinds = [kind.name.lower() for kind in chosen.kinds or offer.kinds]
        self._period = period

    def _show_totals(self, totals: Totals) -> None:
        self.total, self.has_records = totals.all.count, totals.all.count > 0
        self.by_kind, self.everything = rows.by_kind(totals), rows.everything(totals)
        self.chart, self.table = drawn(totals, self._period), rows.table(totals)
        self._day_sums = dict(totals.by_day)
        size = operator().call_detail.page_size
        self.pages = max(1, -(-self.total // size))

    def _show_page(self, page: Page[CallRecord], number: int) -> None:
        size = operator().call_detail.page_size
        self.days = rows.days(operator(), page.items, self._day_sums)
        self.page, self._next = number, page.next or ""
        self.shown_from = (number - 1) * size + 1
        self.shown_to = (number - 1) * size + len(page.items)


@shell.screen(PATH, title="usage.title", feature="call_detail", on_load=CallDetail.load, layout="wide")
def call_detail() -> rx.Component:
    """The stage that the State is at."""
    return rx.fragment(
        rx.cond(CallDetail.stage != "prove", c.query_fault()),
        rx.match(
            CallDetail.stage,
            ("choose", choosing(CallDetail)),
            ("prove", _prove()),
            ("list", listing(CallDetail)),
            ("failed", _failed()),
            ("closed", rx.fragment()),
            _waiting(),
        ),
    )


def _waiting() -> rx.Component:
    shapes = (c.skeleton("line", 2), c.skeleton("card"), c.skeleton("rows", 6))
    return rx.el.div(*shapes, class_name="flex flex-col gap-6")


def _prove() -> rx.Component:
    back = f"{PATH}?" + CallDetail.query
    return rx.el.div(
        c.subheading(T("usage.prove.title")),
        c.lead(T("usage.prove.lead")),
        prove_form(selection.PURPOSE, back=back),
        class_name="flex max-w-2xl flex-col gap-6",
    )


def _failed() -> rx.Component:
    again = c.button(T("usage.failed.again"), kind="secondary", icon="refresh", on_click=CallDetail.load)
    return c.empty("cloud-off", T("usage.failed.title"), T("usage.failed.lead"), action=again)
