"""Showing what there is: cards, values, days of records, tables."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from selfcare_app.ui.components.icons import icon as draw
from selfcare_app.ui.text import date, money, msg, show

Align = Literal["start", "end"]

_CARD = "flex flex-col gap-4 rounded-card bg-raised p-4 shadow-card"


class _Pagination(rx.Component):
    library = "$/frame/table"
    tag = "Pagination"

    page: rx.Var[Any]
    pages: rx.Var[Any]
    total: rx.Var[Any]

    on_page: rx.EventHandler[rx.event.passthrough_event_spec(int)]


def card(*content: Any, title: Any = None, action: rx.Component | None = None, **props: Any) -> rx.Component:
    """One thing on a raised surface; `action` stands beside its title."""
    head = (
        rx.el.div(
            rx.el.h2(title, class_name="text-m font-semibold first-letter:uppercase"),
            action,
            class_name="flex items-center justify-between gap-4",
        )
        if title is not None
        else action
    )
    return rx.el.section(head, *content, class_name=_CARD, **props)


def key_values(*rows: tuple[Any, Any] | tuple[Any, Any, Any]) -> rx.Component:
    """Names and values, one a line; a third part is the condition on which the line is there."""
    return rx.el.dl(*[_row(*row) for row in rows], class_name="divide-y divide-line")


def key_values_each(rows: Any, *, area: str = "") -> rx.Component:
    """The same from state: a list of {"label": message, "value": wire value}; labels are sentences of `area`."""
    return rx.el.dl(
        rx.foreach(rows, lambda row: _pair(msg(row["label"], area=area), show(row["value"]))),
        class_name="divide-y divide-line",
    )


def amount(value: Any, *, size: Literal["normal", "large"] = "normal", sign: bool = False) -> rx.Component:
    """An amount of money with its currency."""
    look = "text-2xl wrap-anywhere" if size == "large" else "whitespace-nowrap"
    return rx.el.span(money(value, sign=sign), class_name=f"tabular font-semibold {look}")


def big_number(value: Any, label: Any, hint: Any = None) -> rx.Component:
    """A number that answers a question at a glance."""
    return rx.el.div(
        rx.el.p(label, class_name="text-s text-muted"),
        rx.el.p(value, class_name="tabular text-2xl font-semibold"),
        rx.el.p(hint, class_name="text-s text-muted") if hint is not None else None,
    )


def record(title: Any, subtitle: Any = None, amount: Any = None, hint: Any = None, to: Any = None) -> rx.Component:
    """A record in two lines: who and what, when and how much."""
    inside = (
        rx.el.span(
            rx.el.span(title, class_name="block wrap-break-word"),
            rx.el.span(subtitle, class_name="block text-s text-muted") if subtitle is not None else None,
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(
            rx.el.span(amount, class_name="tabular block whitespace-nowrap font-semibold")
            if amount is not None
            else None,
            rx.el.span(hint, class_name="block text-s text-muted") if hint is not None else None,
            class_name="shrink-0 text-right",
        ),
    )
    look = "flex min-h-14 items-center gap-4 py-3"
    if to is None:
        return rx.el.div(*inside, class_name=look)
    return ReactRouterLink.create(*inside, draw("chevron", size=18, class_name="text-muted"), to=to, class_name=look)


def day_list(
    days: Any, *, row: Callable[[Any], rx.Component], total: Callable[[Any], Any] | None = None
) -> rx.Component:
    """Records by day: `days` is a list of {"day": iso date, "rows": list, …}; `total` writes what stands beside one."""

    def one_day(day: Any) -> rx.Component:
        return rx.el.section(
            rx.el.div(
                rx.el.h2(date(day["day"]), class_name="text-s font-semibold first-letter:uppercase"),
                rx.el.span(total(day), class_name="tabular text-s text-muted") if total else None,
                class_name="flex items-baseline justify-between gap-4 px-4 pb-2",
            ),
            rx.el.ul(
                rx.foreach(day["rows"].to(list[dict[str, Any]]), lambda item: rx.el.li(row(item), class_name="px-4")),
                class_name="divide-y divide-line rounded-card bg-raised shadow-card",
            ),
        )

    return rx.el.div(rx.foreach(days, one_day), class_name="flex flex-col gap-6")


def table(
    headers: Sequence[tuple[Any, Align]], *, rows: Any, cells: Callable[[Any], Sequence[Any]], caption: Any
) -> rx.Component:
    """A table for wide screens; it scrolls by itself where it doesn't fit."""
    sides = {"start": "text-left", "end": "text-right tabular"}
    aligned = [side for _, side in headers]

    def line(item: Any) -> rx.Component:
        return rx.el.tr(
            *[
                rx.el.td(cell, class_name=f"px-4 py-3 {sides[side]}")
                for cell, side in zip(cells(item), aligned, strict=True)
            ],
            class_name="border-t border-line",
        )

    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(
                            label, scope="col", class_name=f"px-4 py-3 text-s font-semibold text-muted {sides[side]}"
                        )
                        for label, side in headers
                    ]
                )
            ),
            rx.el.tbody(rx.foreach(rows, line)),
            class_name="w-full",
        ),
        role="region",
        aria_label=caption,
        tab_index=0,
        class_name="relative overflow-x-auto rounded-card bg-raised shadow-card",
    )


def pagination(page: Any, pages: Any, *, on_page: Any, total: Any = None) -> rx.Component:
    """The way through pages; not there when one is all. `on_page` gets the number of the page."""
    props = {"page": page, "pages": pages, "on_page": on_page}
    return _Pagination.create(**props, **({"total": total} if total is not None else {}))


def _row(label: Any, value: Any, shown: Any = None) -> rx.Component:
    return _pair(label, value) if shown is None else rx.cond(shown, _pair(label, value))


def _pair(label: Any, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-s text-muted sm:text-m"),
        rx.el.dd(value, class_name="min-w-0 font-semibold sm:text-right"),
        class_name="flex flex-col gap-x-6 gap-y-0.5 py-2.5 sm:flex-row sm:items-baseline sm:justify-between sm:py-3",
    )
