"""A purchase as state keeps it, and as a card."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import wire
from selfcare_app.payments.instalment_views import InstalmentView
from selfcare_app.ui import components as c
from selfcare_app.ui.text import TN, T, date, money, msisdn


def row(each: InstalmentView) -> dict[str, Any]:
    """The purchase as state keeps it; `may_pay` stands for the buttons."""
    return {
        "id": str(each.id),
        "title": each.title,
        "number": wire(each.number) if each.number else {},
        "bought": wire(each.bought_on),
        "matures": wire(each.matures_on),
        "payments": each.payments,
        "left": each.left,
        "paid": each.payments - each.left,
        "monthly": wire(each.monthly),
        "rest": wire(each.rest),
        "upcoming": wire(each.upcoming),
        "next": wire(each.next_on) if each.next_on else {},
        "may_pay": each.may_pay,
        "is_last": each.left == 1,
    }


def card(each: Any, *below: rx.Component) -> rx.Component:
    """How many payments are left, how much a month, until when."""
    left = each["left"].to(int)
    rest = c.key_values(
        (T("instalment.left"), T("instalment.left_of", left=each["left"], of=each["payments"])),
        (T("instalment.monthly"), money(each["monthly"])),
        (T("instalment.rest"), money(each["rest"])),
        (T("instalment.next"), rx.cond(each["next"], date(each["next"]), "—")),
        (T("instalment.matures"), date(each["matures"])),
        (T("instalment.bought"), date(each["bought"])),
    )
    over = rx.el.p(T("instalment.over"), class_name="font-semibold text-good")
    said = TN("instalment.paid_of", each["paid"].to(int), of=each["payments"])
    return c.card(
        rx.cond(each["number"], rx.el.p(msisdn(each["number"]), class_name="tabular text-muted")),
        c.bar(each["paid"].to(int), each["payments"].to(int), T("instalment.progress"), said),
        rx.cond(left > 0, rest, over),
        *below,
        title=each["title"],
    )
