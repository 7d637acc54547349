"""What is left of packages, as gauges: shown on Home and beside personal information."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from selfcare_app.catalogue.views import PlanView
from selfcare_app.i18n.message import Wire, data_size, message, wire
from selfcare_app.kit.money import Money
from selfcare_app.ui import components as c
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, date, datetime, show
from selfcare_app.usage.views import AllowanceLeft

_MINUTE_SECONDS = 60
_ORDER = {kind: place for place, kind in enumerate(("seconds", "messages", "bytes", "minor"))}


def rows(packages: Sequence[AllowanceLeft]) -> list[dict[str, Any]]:
    """The packages as state keeps them: the plan's before promotions, minutes first."""
    ordered = sorted(packages, key=lambda package: (package.promo, _ORDER.get(package.kind, len(_ORDER))))
    return [
        {
            "name": package.name,
            "part": package.left,
            "whole": package.total,
            "left": quantity(package.kind, package.left),
            "total": quantity(package.kind, package.total),
            "until": wire(package.last_day),
        }
        for package in ordered
    ]


def as_of(packages: Sequence[AllowanceLeft]) -> Wire:
    """When the oldest of these numbers was true; empty where there is none."""
    return wire(min(package.as_of for package in packages)) if packages else {}


def known_at(at: Any) -> rx.Component:
    """When what is left was true."""
    return rx.cond(at, rx.el.p(T("home.package.as_of", at=datetime(at)), class_name="text-s text-muted"))


def contents(plan: PlanView | None) -> list[Any]:
    """What the tariff plan gives a month, as state keeps it."""
    given = plan.package if plan else {}
    return [quantity(kind, given[kind]) for kind in _ORDER if given.get(kind)]


def quantity(kind: str, units: int) -> Any:
    """So many units of a package as a person says them."""
    if kind == "seconds":
        return message("home.package.minutes", minutes=units // _MINUTE_SECONDS)
    if kind == "bytes":
        return data_size(units)
    if kind == "minor":
        profile = operator()
        return wire(Money(units, profile.currency, profile.currency_scale))
    return message("home.package.messages", n=units)


def given(contents: Any) -> rx.Component:
    """What the tariff plan gives a month; nothing where it gives nothing."""
    return rx.cond(
        contents,
        rx.el.div(
            rx.el.span(T("home.package.contents")),
            rx.el.ul(
                rx.foreach(contents, lambda each: rx.el.li(show(each), class_name="tabular")),
                class_name="flex flex-wrap gap-x-3",
            ),
            class_name="flex flex-wrap gap-x-3 text-s text-muted",
        ),
    )


def gauges(packages: Any) -> rx.Component:
    """A ring each, the number beside it, and until when; what it means where there is none."""
    return rx.cond(
        packages,
        rx.el.ul(
            rx.foreach(packages, lambda row: rx.el.li(_gauge(row))),
            class_name="grid gap-6 lg:grid-cols-2",
        ),
        nothing(T("home.package.empty"), T("home.package.empty_lead")),
    )


def nothing(title: Any, lead: Any) -> rx.Component:
    """What an empty card says."""
    return rx.el.div(rx.el.p(title, class_name="font-semibold"), rx.el.p(lead, class_name="text-muted"))


def _gauge(row: Any) -> rx.Component:
    until = T("home.package.until", total=show(row["total"]), until=date(row["until"]))
    return c.ring(row["part"], row["whole"], row["name"], show(row["left"]), until)
