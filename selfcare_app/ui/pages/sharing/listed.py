"""Lists of regular transfers and of what has gone and come."""

from typing import Any

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui.text import T, date, money, msg, msisdn, time


def schedules(rows: Any, act: Any, on_act: Any) -> rx.Component:
    """Regular transfers with the one thing that can be done with each."""

    def one(row: Any) -> rx.Component:
        number = msisdn(row["number"])
        named = {"aria-label": act.to(str) + ": " + number.to(str)}
        return rx.el.li(
            rx.el.div(
                rx.el.p(number, " · ", money(row["amount"]), class_name="tabular font-semibold"),
                rx.el.p(msg(row["rhythm"], area="sharing"), class_name="text-s text-muted"),
                rx.cond(
                    row["next"],
                    rx.el.p(T("sharing.regular.next", on=date(row["next"])), class_name="text-s text-muted"),
                ),
                rx.cond(
                    row["why"],
                    rx.el.p(date(row["last"]), ": ", msg(row["why"], area="sharing"), class_name="text-s text-bad"),
                ),
                class_name="min-w-0",
            ),
            c.button(act, kind="secondary", on_click=on_act(row["id"]), custom_attrs=named),
            class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4",
        )

    return rx.el.ul(rx.foreach(rows, one), class_name="divide-y divide-line rounded-card bg-raised shadow-card")


def history(days: Any) -> rx.Component:
    """What has gone and come, by day."""
    empty = c.empty("send", T("sharing.history.empty"), T("sharing.history.empty_lead"))

    def row(each: Any) -> rx.Component:
        amount = money(each["amount"], sign=True)
        return c.record(msisdn(each["number"]), msg(each["what"], area="sharing"), amount, time(each["at"]))

    return rx.el.section(
        c.subheading(T("sharing.history.title")),
        rx.cond(days, c.day_list(days, row=row), empty),
        id="history",
        class_name="flex flex-col gap-4",
    )
