"""The catalogue of gifts: what each gives, for how many units, and asking once more before they are gone."""

from typing import Any

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui.text import TN, T, msg


def gifts(page: Any) -> rx.Component:
    """A card a gift, or what would be here; `page` is the State whose gifts they are."""
    empty = c.empty("gift", T("bonus.gifts.empty"), T("bonus.gifts.empty_lead"))
    return rx.el.section(
        c.subheading(T("bonus.gifts.title")),
        rx.cond(
            page.gifts,
            rx.el.ul(rx.foreach(page.gifts, lambda each: _gift(page, each)), class_name="flex flex-col gap-4"),
            empty,
        ),
        id="gifts",
        class_name="flex flex-col gap-4",
    )


def _gift(page: Any, each: Any) -> rx.Component:
    name, missing = each["name"].to(str), each["missing"].to(int)
    take = c.button(
        T("bonus.gifts.take"),
        kind="secondary",
        on_click=page.ask_for(each["id"]),
        custom_attrs={"aria-label": T("bonus.gifts.take_named", name=name)},
    )
    few = rx.el.p(TN("bonus.gifts.missing", missing), class_name="text-s text-muted")
    return rx.el.li(
        rx.el.div(
            rx.el.p(name, class_name="font-semibold wrap-anywhere"),
            rx.el.p(TN("bonus.units", each["units"].to(int)), class_name="tabular whitespace-nowrap font-semibold"),
            class_name="flex w-full items-baseline justify-between gap-4",
        ),
        rx.el.p(
            msg(each["gives"], area="bonus"),
            ", ",
            TN("bonus.gifts.days", each["days"].to(int)),
            class_name="text-s text-muted",
        ),
        rx.cond(each["description"], rx.el.p(each["description"].to(str))),
        rx.cond(missing > 0, few, rx.cond(page.asking == each["id"], _sure(page, name), take)),
        class_name="flex flex-col items-start gap-3 rounded-card bg-raised p-4 shadow-card",
    )


def _sure(page: Any, name: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(T("bonus.gifts.sure", name=name), class_name="font-semibold"),
        rx.el.div(
            c.button(T("bonus.gifts.yes"), on_click=page.take),
            c.button(T("bonus.gifts.no"), kind="secondary", on_click=page.keep),
            class_name="flex flex-wrap gap-2",
        ),
        role="group",
        class_name="flex flex-col gap-4",
    )
