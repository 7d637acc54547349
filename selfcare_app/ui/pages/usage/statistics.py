"""Internet statistics: choose a day, prove who asks, see which services took how much."""

from datetime import date, timedelta
from typing import Any

import reflex as rx

from selfcare_app.access import code
from selfcare_app.i18n.message import Message, Wire, data_size, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import ProofNeeded, SignInNeeded, Subscriber
from selfcare_app.kit.errors import Fault
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.components.chart import share, shares
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import TN, T
from selfcare_app.ui.text import data_size as volume
from selfcare_app.ui.text import date as day_text
from selfcare_app.ui.text import datetime as moment
from selfcare_app.usage import internet_statistics as statistics
from selfcare_app.usage.internet_statistics import Days, DayStatistics, ServiceTraffic
from selfcare_app.wiring import ask, do

PATH = Feature.INTERNET_STATISTICS.path
_DAY = timedelta(days=1)
_MOST_DOMAINS = 40
_LONGEST_DAY = 10


class InternetStatisticsPage(SignedState):
    """The day that stands in the address and its services."""

    stage: str = ""
    earliest: str = ""
    latest: str = ""
    left: int = 0
    most: int = 0
    opens: Wire = {}
    day: str = ""
    services: list[dict[str, Any]] = []
    came: Wire = {}
    went: Wire = {}
    total: Wire = {}
    has_other: bool = False
    errors: dict[str, Message] = {}

    @rx.event
    async def load(self):
        """Shows what the address says: the form, the proof that is missing, or the day."""
        self.stage, self.errors, self.services = "failed", {}, []
        try:
            self.stage = await self._loaded(await self._actor())
        except SignInNeeded:
            raise
        except Fault as fault:
            self.stage = "choose" if self.earliest else "closed"
            self.notice = from_fault(fault)

    @rx.event
    async def choose(self, form: dict):
        """Goes to the address of the day in the form."""
        actor = await self._actor()
        days = await ask(statistics.offer, actor, now=clock.now())
        day = _day(str(form.get("day", "")))
        if day is None or not days.earliest <= day < days.until:
            self.errors = {"day": message("statistics.error.no_such_day")}
            return None
        self.errors = {}
        if not await ask(statistics.is_proven, actor, now=clock.now()):
            await self._send_code(actor)
        address = f"{PATH}?day={day}"
        return InternetStatisticsPage.load if self._asked() == str(day) else rx.redirect(address)

    def _asked(self) -> str:
        return str(self.router.url.query_parameters.get("day", ""))

    async def _loaded(self, actor: Subscriber) -> str:
        self._offer(await ask(statistics.offer, actor, now=clock.now()))
        asked = self._asked()
        if not asked:
            return "choose" if self.latest >= self.earliest else "empty"
        day = _day(asked)
        if day is None:
            raise statistics.NoSuchDay()
        self.day = str(day)
        try:
            self._show(await do(statistics.of_day, actor, day=day, now=clock.now()))
        except ProofNeeded:
            return "prove"
        self._offer(await ask(statistics.offer, actor, now=clock.now()))
        return "day"

    async def _send_code(self, actor: Subscriber) -> None:
        """Has the M-code sent, unless one is on its way; a line that has to type PUK1 gets none."""
        sent = await ask(code.state, actor, purpose=statistics.PURPOSE, now=clock.now())
        if sent.method == Method.SMS and sent.sent_at is None and sent.resend_at is None:
            await do(code.send, actor, purpose=statistics.PURPOSE, now=clock.now())

    def _offer(self, days: Days) -> None:
        self.earliest, self.latest = str(days.earliest), str(days.until - _DAY)
        self.left, self.most, self.opens = days.left, days.most, wire(days.opens)
        if not days.earliest <= (_day(self.day) or date.min) < days.until:
            self.day = self.latest

    def _show(self, found: DayStatistics) -> None:
        parts = shares([service.total for service in found.services])
        self.services = [_row(service, part) for service, part in zip(found.services, parts, strict=True)]
        self.has_other = any(service.service == statistics.OTHER for service in found.services)
        self.came, self.went = data_size(found.bytes_in), data_size(found.bytes_out)
        self.total = data_size(found.bytes_in + found.bytes_out)


def _row(service: ServiceTraffic, part: int) -> dict[str, Any]:
    return {
        "service": service.service,
        "domains": list(service.domains[:_MOST_DOMAINS]),
        "more": max(0, len(service.domains) - _MOST_DOMAINS),
        "in": data_size(service.bytes_in),
        "out": data_size(service.bytes_out),
        "total": data_size(service.total),
        "part": part,
    }


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if len(typed) == _LONGEST_DAY else None
    except ValueError:
        return None


def internet_statistics() -> rx.Component:
    """The stage that the State is at."""
    state = InternetStatisticsPage
    return rx.fragment(
        rx.cond(state.stage != "prove", c.query_fault()),
        rx.match(
            state.stage,
            ("choose", _choosing(state)),
            ("prove", _prove(state)),
            ("day", _day_shown(state)),
            ("empty", c.empty("calendar", T("statistics.first_day"), T("statistics.first_day_lead"))),
            ("failed", _failed()),
            ("closed", rx.fragment()),
            rx.el.div(c.skeleton("line", 2), c.skeleton("rows", 6), class_name="flex flex-col gap-6"),
        ),
    )


def _choosing(state: Any) -> rx.Component:
    return c.form(
        c.lead(T("statistics.lead")),
        _left(state),
        c.date_field(
            "day",
            T("statistics.day"),
            hint=T("statistics.day_hint", first=day_text(state.earliest, "long"), last=day_text(state.latest, "long")),
            value=state.day,
            min=state.earliest,
            max=state.latest,
        ),
        c.actions(c.button(T("statistics.show"), type="submit")),
        on_submit=state.choose,
        errors=state.errors,
        class_name="flex max-w-2xl flex-col gap-6",
    )


def _left(state: Any) -> rx.Component:
    return rx.cond(
        state.left > 0,
        rx.el.div(
            rx.el.p(TN("statistics.left", state.left), class_name="font-semibold"),
            c.hint(T("statistics.rule", most=state.most)),
        ),
        c.notice("info", T("statistics.spent", opens=moment(state.opens))),
    )


def _prove(state: Any) -> rx.Component:
    return rx.el.div(
        c.subheading(T("statistics.prove")),
        c.lead(T("statistics.prove_lead")),
        prove_form(statistics.PURPOSE, back=f"{PATH}?day=" + state.day),
        class_name="flex max-w-2xl flex-col gap-6",
    )


def _day_shown(state: Any) -> rx.Component:
    nothing = c.empty("globe", T("statistics.empty"), T("statistics.empty_lead"))
    return rx.el.div(
        c.subheading(T("statistics.services", day=day_text(state.day, "long"))),
        rx.cond(state.services, _services(state), nothing),
        rx.cond(state.has_other, c.hint(T("statistics.other"))),
        _left(state),
        rx.el.p(c.link(T("statistics.again"), PATH)),
        class_name="flex flex-col gap-6",
    )


def _services(state: Any) -> rx.Component:
    sums = c.key_values(
        (T("statistics.total"), volume(state.total)),
        (T("statistics.incoming"), volume(state.came)),
        (T("statistics.outgoing"), volume(state.went)),
    )
    rows = rx.el.ol(
        rx.foreach(state.services, _service),
        aria_label=T("statistics.chart"),
        class_name="divide-y divide-line rounded-card bg-raised px-4 shadow-card",
    )
    return rx.el.div(c.card(sums), rows, class_name="flex flex-col gap-6")


def _service(row: Any) -> rx.Component:
    names = rx.el.p(
        rx.foreach(row["domains"].to(list[str]), lambda name: rx.el.span(name, " ", class_name="wrap-anywhere")),
        rx.cond(row["more"].to(int) > 0, T("statistics.more", n=row["more"]), ""),
        class_name="text-s text-muted",
    )
    return rx.el.li(
        rx.el.p(
            rx.el.span(
                row["service"],
                custom_attrs={"translate": "no"},
                class_name="min-w-0 flex-1 font-semibold wrap-anywhere",
            ),
            rx.el.span(volume(row["total"]), class_name="tabular whitespace-nowrap font-semibold"),
            class_name="flex items-baseline gap-4",
        ),
        rx.cond(row["domains"].to(list[str]), names),
        share(row["part"]),
        rx.el.p(
            T("statistics.both", incoming=volume(row["in"]), outgoing=volume(row["out"])),
            class_name="tabular text-s text-muted",
        ),
        class_name="flex flex-col gap-1 py-3",
    )


def _failed() -> rx.Component:
    again = c.button(
        T("statistics.failed_again"), kind="secondary", icon="refresh", on_click=InternetStatisticsPage.load
    )
    return c.empty("cloud-off", T("statistics.failed"), T("statistics.failed_lead"), action=again)


if operator().has(Feature.INTERNET_STATISTICS):
    shell.screen(
        PATH,
        title="statistics.title",
        feature=Feature.INTERNET_STATISTICS,
        on_load=InternetStatisticsPage.load,
    )(internet_statistics)
