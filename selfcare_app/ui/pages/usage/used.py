"""Usage: what is left and as of when, what may still come, and charts of a month by day and by kind with tables."""

from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

import reflex as rx

from selfcare_app.i18n.message import Wire, data_size, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import SignInNeeded, Subscriber
from selfcare_app.kit.errors import Fault
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.components import chart
from selfcare_app.ui.pages.charges.months import month_links
from selfcare_app.ui.pages.home import packages
from selfcare_app.ui.pages.usage.coming import may_come, still
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import AppState, SignedState
from selfcare_app.ui.text import T, choice, datetime, msg, show
from selfcare_app.ui.text import date as day_text
from selfcare_app.usage import allowance, by_day
from selfcare_app.usage.views import Period
from selfcare_app.usage.views_monthly import DayUse, UseByDay
from selfcare_app.wiring import ask

PATH = Feature.USAGE.path
Measure = Literal["minutes", "messages", "data", "money"]
MEASURES: tuple[Measure, ...] = ("minutes", "messages", "data", "money")
_DAY = timedelta(days=1)
_LEADS_TO = (Feature.CALL_DETAIL, Feature.INTERNET_STATISTICS, Feature.CHARGES, Feature.EXPENSES)


class Used(SignedState):
    """A month of usage: what each day took, drawn by one measure at a time."""

    stage: str = ""
    packages: list[dict[str, Any]] = []
    packages_at: Wire = {}
    months: list[dict[str, Any]] = []
    first: Wire = {}
    last: Wire = {}
    newest: Wire = {}
    measure: str = "money"
    title: str = "money"
    bars: list[dict[str, int]] = []
    width: int = 0
    said: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    total: dict[str, Any] = {}
    kinds: list[dict[str, Any]] = []
    coming: dict[str, Any] = {}

    _days: dict[date, DayUse] = {}
    _first: date = date.min

    @rx.event
    async def load(self):
        """Shows the month that the address names, the current one if it names none."""
        self.stage = "failed"
        try:
            await self._load(await self._actor())
            self.stage = "month"
        except SignInNeeded:
            raise
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)

    @rx.event
    async def draw(self, measure: Measure):
        """Draws another measure."""
        self.measure = measure
        self._draw()

    async def _load(self, actor: Subscriber) -> None:
        now = clock.now()
        month = str(self.router.url.query_parameters.get("month", ""))
        left = await ask(allowance.left, actor, now=now)
        self.packages = packages.rows(left)
        self.packages_at = packages.as_of(left)
        self.coming = still(await ask(by_day.still_to_come, actor, now=now))
        self._show(await ask(by_day.read, actor, month=month, now=now))

    def _show(self, found: UseByDay) -> None:
        period = found.period
        self._days, self._first = dict(found.days), period.first
        self.months = [_month(each, period) for each in found.months]
        self.first, self.last = wire(period.first), wire(period.until - _DAY)
        self.width = (period.until - period.first).days * chart.STEP
        self.newest = wire(found.newest) if found.newest else {}
        self.rows = [{"day": wire(day), **_amounts(use)} for day, use in reversed(found.days)]
        self.total = _amounts(found.total)
        parts = chart.shares([charge.minor for _, _, charge in found.kinds])
        self.kinds = [
            {
                "kind": kind.name.lower(),
                "count": message(f"usage.count.{kind.name.lower()}", n=count),
                "charge": wire(charge),
                "part": part,
            }
            for (kind, count, charge), part in zip(found.kinds, parts, strict=True)
        ]
        self._draw()

    def _draw(self) -> None:
        values = {day: _value(self.measure, use) for day, use in self._days.items()}
        self.bars = chart.bars(values, self._first)
        most = max(values, key=lambda day: values[day], default=None)
        if most is None or not values[most]:
            self.said = message("chart.nothing")
        else:
            self.said = message("usage.chart.most", date=most, value=_amounts(self._days[most])[self.measure])


def _month(period: Period, shown: Period) -> dict[str, Any]:
    to = PATH if period.current else f"{PATH}?{urlencode({'month': period.code})}"
    return {"first": wire(period.first), "to": to, "here": period.code == shown.code}


def _value(measure: str, use: DayUse) -> int:
    spent = use.charge.minor if use.charge else 0
    return {"minutes": use.seconds, "messages": use.messages, "data": use.octets, "money": spent}[measure]


def _amounts(use: DayUse) -> dict[str, Any]:
    return {
        "minutes": wire(timedelta(seconds=use.seconds)),
        "messages": message("usage.count.sms", n=use.messages),
        "data": data_size(use.octets),
        "money": wire(use.charge) if use.charge else {},
    }


def usage() -> rx.Component:
    """What is left, the charts, and where more is to be seen."""
    state = Used
    return rx.match(
        state.stage,
        ("month", _shown(state)),
        ("failed", _failed()),
        ("closed", rx.fragment()),
        rx.el.div(c.skeleton("card", 2), c.skeleton("rows", 4), class_name="flex flex-col gap-6"),
    )


def _shown(state: Any) -> rx.Component:
    return rx.el.div(
        c.card(
            packages.gauges(state.packages),
            packages.known_at(state.packages_at),
            title=T("home.package.title"),
        ),
        may_come(state.coming),
        month_links(state.months, T("chart.months")),
        _days(state),
        _kinds(state),
        rx.cond(state.newest, c.hint(T("chart.newest", at=datetime(state.newest)))),
        _more(),
        class_name="flex flex-col gap-6",
    )


def _days(state: Any) -> rx.Component:
    headers = [(T("usage.chart.day"), "start"), *[(T(f"chart.measure.{name}"), "end") for name in MEASURES]]
    table = c.table(
        headers=headers,
        rows=state.rows,
        cells=lambda row: [day_text(row["day"], "day"), *[show(row[name]) for name in MEASURES]],
        caption=T("chart.table"),
    )
    sums = rx.el.dl(
        *[
            rx.el.div(
                rx.el.dt(T(f"chart.measure.{name}"), class_name="text-s text-muted"),
                rx.el.dd(show(state.total[name]), class_name="tabular font-semibold"),
                class_name="flex flex-col justify-between",
            )
            for name in MEASURES
        ],
        class_name="grid grid-cols-2 gap-3 lg:grid-cols-4",
    )
    return c.card(
        sums,
        _switch(state),
        chart.by_day(
            title=choice("chart.by", state.measure),
            bars=state.bars,
            width=state.width,
            said=msg(state.said, area="chart"),
            first=state.first,
            last=state.last,
            table=table,
        ),
        title=T("chart.days"),
    )


def _switch(state: Any) -> rx.Component:
    look = "flex min-h-11 items-center justify-center rounded-card border px-3 py-2 text-center leading-tight"

    def one(name: str) -> rx.Component:
        chosen = state.measure == name
        return rx.el.button(
            T(f"chart.measure.{name}"),
            type="button",
            on_click=state.draw(name),
            custom_attrs={"aria-pressed": rx.cond(chosen, "true", "false")},
            class_name=rx.cond(
                chosen,
                f"{look} border-accent bg-accent-soft font-semibold",
                f"{look} border-line text-accent",
            ),
        )

    return rx.el.div(
        *[one(name) for name in MEASURES],
        role="group",
        aria_label=T("chart.measures"),
        class_name="grid grid-cols-2 gap-2 lg:grid-cols-4",
    )


def _kinds(state: Any) -> rx.Component:
    def row(kind: Any) -> rx.Component:
        return rx.el.li(
            rx.el.p(
                rx.el.span(
                    choice("usage.kind", kind["kind"]),
                    rx.el.span(msg(kind["count"], area="usage"), class_name="block text-s text-muted"),
                    class_name="min-w-0 flex-1",
                ),
                c.amount(kind["charge"]),
                class_name="flex items-baseline gap-4",
            ),
            chart.share(kind["part"]),
            class_name="flex flex-col gap-1 py-2",
        )

    return rx.cond(
        state.kinds,
        c.card(rx.el.ul(rx.foreach(state.kinds, row), class_name="divide-y divide-line"), title=T("chart.kinds")),
        c.empty("chart", T("chart.empty"), T("chart.empty_lead")),
    )


def _more() -> rx.Component:
    entries = [item for section in operator().menu.subscriber for item in section.items]
    titles = {item.feature: item.title for item in reversed(entries)}
    shown = [feature for feature in _LEADS_TO if feature in shell.BUILT and feature in titles]
    tiles = [
        rx.cond(_is_offered(feature), c.tile(feature.icon, T(f"menu.{titles[feature]}"), shell.BUILT[feature]))
        for feature in shown
    ]
    if ADVICE in {screen.route for screen in shell.SCREENS}:
        tiles.append(c.tile("tag", T("advice.title"), ADVICE))
    return rx.el.div(*tiles, class_name="flex flex-col gap-3")


def _is_offered(feature: Feature) -> Any:
    """Whether the page is there for whoever looks: one who works on another's line has fewer."""
    acting: Any = AppState.acting
    return ~acting["role"].bool() | acting["features"].to(list[str]).contains(feature.value)


def _failed() -> rx.Component:
    again = c.button(T("chart.failed.again"), kind="secondary", icon="refresh", on_click=Used.load)
    return c.empty("cloud-off", T("chart.failed.title"), T("chart.failed.lead"), action=again)


ADVICE = "/tariff/advice"

if operator().has(Feature.USAGE):
    shell.screen(PATH, title="chart.title", feature=Feature.USAGE, on_load=Used.load)(usage)
