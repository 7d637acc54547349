"""The list of call detail: sums, the filter, records by day; two lines a record on a phone, a table on a desktop."""

from typing import Any

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui.pages.usage.chart import chart
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import AppState
from selfcare_app.ui.text import T, choice, date, money, msg, show, time

RECORDS = "records"
"""Id of the list, where the focus goes when another page of it is shown."""

_PATH = "/call-detail"


def listing(state: Any) -> rx.Component:
    """The list that `state` has read."""
    return rx.el.div(
        _chosen(state),
        rx.cond(
            state.has_records,
            rx.el.div(_sums(state), _chart(state), class_name="grid gap-6 *:min-w-0 lg:grid-cols-2 lg:items-start"),
        ),
        rx.cond(state.has_records | state.number.bool(), _filter(state)),
        rx.cond(state.has_records, _records(state), _nothing(state)),
        class_name="flex flex-col gap-6",
    )


def _chosen(state: Any) -> rx.Component:
    period = rx.cond(
        state.is_month,
        date(state.first, "month"),
        T("usage.list.period", first=date(state.first, "long"), last=date(state.last, "long")),
    )
    return rx.el.div(
        rx.el.p(
            rx.el.span(period, class_name="block font-semibold first-letter:uppercase"),
            rx.el.span(
                choice("usage.direction", state.direction),
                rx.foreach(state.kinds, lambda kind: rx.fragment(" · ", choice("usage.kind", kind))),
                class_name="block text-s text-muted",
            ),
            c.link(T("usage.list.change"), _PATH),
        ),
        rx.cond(state.has_records, _files(state)),
        class_name="flex flex-col gap-4 lg:flex-row lg:items-start lg:justify-between",
    )


def _for_line() -> Any:
    """Which line the page is shown for, while one works on another's: the file is refused for any other (S-16)."""
    acting: Any = AppState.acting
    return rx.cond(acting["role"], rx.Var.create("&line=") + acting["line"].to(str), "")


def _files(state: Any) -> rx.Component:
    # Without the `download` attribute: a refusal leads back here as a page and is not saved as a file.
    look = (
        "flex min-h-11 items-center justify-center gap-2 rounded-card border border-field-line bg-raised px-4 "
        "font-semibold text-accent"
    )
    buttons = [
        rx.el.a(
            c.icon("download", size=20),
            T(f"usage.file.{form}"),
            href=f"/download/call-detail.{form}?" + state.query + _for_line(),
            reload_document=True,
            class_name=look,
        )
        for form in operator().call_detail.export_formats
    ]
    return rx.el.div(
        rx.el.p(T("usage.file.title"), class_name="text-s text-muted"),
        rx.el.div(*buttons, class_name="flex flex-wrap gap-3"),
        class_name="flex flex-col gap-2",
    )


def _sums(state: Any) -> rx.Component:
    def line(part: Any) -> rx.Component:
        much = rx.cond(part["much"], rx.fragment(" · ", show(part["much"])))
        return _sum(choice("usage.kind", part["kind"]), rx.fragment(msg(part["count"]), much), part["charge"])

    return c.card(
        rx.el.ul(
            rx.foreach(state.by_kind, line),
            _sum(rx.el.strong(T("usage.totals.all")), msg(state.everything["count"]), state.everything["charge"]),
            class_name="divide-y divide-line",
        ),
        title=rx.cond(state.number, T("usage.totals.filtered"), T("usage.totals.title")),
    )


def _sum(name: Any, count: Any, charge: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(name, rx.el.span(count, class_name="block text-s text-muted"), class_name="min-w-0 flex-1"),
        c.amount(charge),
        class_name="flex items-baseline gap-4 py-2",
    )


def _chart(state: Any) -> rx.Component:
    return c.card(chart(state.chart, state.first, state.last, state.table))


def _filter(state: Any) -> rx.Component:
    return c.form(
        rx.el.div(
            c.field(
                "number",
                T("usage.filter.label"),
                kind="search",
                hint=T("usage.filter.hint"),
                required=True,
                max_length=40,
                key=state.number,
                value=state.number,
            ),
            class_name="min-w-0 flex-1",
        ),
        c.button(T("usage.filter.action"), type="submit", kind="secondary", icon="search"),
        rx.cond(
            state.number.bool() & state.has_records,
            c.button(T("usage.filter.clear"), kind="quiet", on_click=state.clear),
        ),
        on_submit=state.find,
        errors=state.errors,
        class_name="flex flex-col gap-3 lg:flex-row lg:items-end",
    )


def _records(state: Any) -> rx.Component:
    place = T("usage.list.place", **{"from": state.shown_from, "to": state.shown_to, "total": state.total})
    return rx.el.section(
        rx.el.p(place, class_name="tabular text-s text-muted"),
        rx.el.div(c.day_list(state.days, row=_line, total=_day_sum), class_name="lg:hidden"),
        rx.el.div(_wide(state.days), class_name="hidden lg:block"),
        c.pagination(state.page, state.pages, on_page=state.go, total=state.total),
        c.hint(T("usage.file.hint")),
        id=RECORDS,
        tab_index=-1,
        aria_label=T("usage.list.caption"),
        class_name="flex flex-col gap-4",
    )


def _line(row: Any) -> rx.Component:
    return c.record(
        show(row["who"]),
        rx.fragment(time(row["at"]), rx.cond(row["data"], "", rx.fragment(" · ", choice("usage.event", row["event"])))),
        _charge(row),
        show(row["much"]),
        to=row["receipt"],
    )


def _charge(row: Any) -> rx.Component:
    """What was taken; bold only where something was."""
    look = rx.cond(row["free"], "font-normal text-muted", "font-semibold")
    return rx.el.span(money(row["charge"]), class_name=look)


def _day_sum(day: Any) -> Any:
    return rx.fragment(msg(day["count"]), " · ", money(day["charge"]))


def _wide(days: Any) -> rx.Component:
    headers = (
        *((name, "") for name in ("when", "what", "who", "zone")),
        *((name, "text-right") for name in ("how_much", "charge")),
    )
    return rx.el.div(
        rx.el.table(
            rx.el.caption(T("usage.list.caption"), class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(T(f"usage.list.{name}"), scope="col", class_name=f"px-4 py-3 text-s text-muted {side}")
                        for name, side in headers
                    ],
                    class_name="text-left",
                )
            ),
            rx.foreach(days, _day),
            class_name="w-full",
        ),
        class_name="overflow-x-auto rounded-card bg-raised shadow-card",
    )


def _day(day: Any) -> rx.Component:
    return rx.el.tbody(
        rx.el.tr(
            rx.el.th(
                date(day["day"]),
                scope="rowgroup",
                col_span=4,
                class_name="px-4 py-2 text-left font-semibold first-letter:uppercase",
            ),
            rx.el.td(msg(day["count"]), class_name="tabular px-4 py-2 text-right text-s text-muted"),
            rx.el.td(money(day["charge"]), class_name="tabular px-4 py-2 text-right text-s text-muted"),
            class_name="border-t border-line bg-surface",
        ),
        rx.foreach(day["rows"].to(list[dict[str, Any]]), _wide_line),
    )


def _wide_line(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(time(row["at"]), class_name="tabular px-4 py-3"),
        rx.el.td(choice("usage.event", row["event"]), class_name="px-4 py-3"),
        rx.el.td(show(row["who"]), class_name="tabular px-4 py-3 lg:whitespace-nowrap"),
        rx.el.td(rx.cond(row["zone"], choice("usage.zone", row["zone"]), ""), class_name="px-4 py-3 text-s text-muted"),
        rx.el.td(show(row["much"]), class_name="tabular px-4 py-3 text-right"),
        rx.el.td(
            c.link(_charge(row), row["receipt"], aria_label=T("usage.list.why", amount=money(row["charge"]))),
            class_name="tabular whitespace-nowrap px-4 py-3 text-right",
        ),
        class_name="border-t border-line",
    )


def _nothing(state: Any) -> rx.Component:
    other = c.link_button(T("usage.list.change"), _PATH)
    return rx.cond(
        state.number,
        c.empty(
            "search",
            T("usage.empty.filter_title"),
            T("usage.empty.filter_lead"),
            action=c.button(T("usage.filter.clear"), kind="secondary", on_click=state.clear),
        ),
        rx.cond(
            state.not_begun,
            c.empty("calendar", T("usage.empty.first_day_title"), T("usage.empty.first_day_lead"), action=other),
            c.empty("list", T("usage.empty.title"), T("usage.empty.lead"), action=other),
        ),
    )
