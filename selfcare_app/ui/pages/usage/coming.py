"""What records that are not here yet may still come to, in one sentence: on Home and on the page of usage."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import message, wire
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.text import T, money, msg
from selfcare_app.usage.views_monthly import StillToCome


def still(found: StillToCome) -> dict[str, Any]:
    """It as state keeps it: the amount, and the days that the sentence names."""
    return {
        "amount": wire(found.total),
        "some": found.total.minor > 0,
        "home": message("chart.days_late", n=found.home_days),
        "roaming": message("chart.days_late", n=found.roaming_days),
    }


def may_come(coming: Any) -> rx.Component:
    """The amount and what it means."""
    days = {"home": msg(coming["home"], area="chart"), "roaming": msg(coming["roaming"], area="chart")}
    return c.card(
        rx.cond(
            coming["some"],
            rx.fragment(
                c.big_number(money(coming["amount"]), T("chart.coming.most")),
                c.hint(T("chart.coming.why", **days)),
            ),
            rx.el.p(T("chart.coming.none", **days)),
        ),
        title=T("chart.coming.title"),
    )


def in_short(coming: Any) -> rx.Component:
    """The amount alone, where there may be one, and the way to what it means."""
    to = shell.BUILT.get(Feature.USAGE, "")
    told = T("chart.coming.short", amount=money(coming["amount"]))
    return rx.cond(coming["some"], c.hint(told, " ", c.link(T("chart.coming.more"), to) if to else None))
