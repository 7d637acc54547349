"""What is owed, as the pages of payments and of the account show it."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import wire
from selfcare_app.operators.schema import Feature
from selfcare_app.payments.history_views import DebtView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.text import T, date, money

NOTHING: dict[str, Any] = {"debt": {}, "due": {}, "blocks": False, "promised": {}, "pay": {}, "safe": {}}


def row(found: DebtView) -> dict[str, Any]:
    """A debt as state keeps it: what is nothing is an empty value."""
    return {
        "debt": wire(found.debt) if found.debt.minor else {},
        "due": wire(found.due_on) if found.due_on else {},
        "blocks": found.blocks,
        "promised": wire(found.promised) if found.promised.minor else {},
        "pay": wire(found.recommended) if found.recommended.minor else {},
        "safe": wire(found.safe_on) if found.safe_on else {},
    }


def debt_card(debt: Any) -> rx.Component:
    """Whether there is a debt, until when it is to be paid, what happens else, and how much to pay in."""
    due = rx.cond(debt["due"], T("history.debt.due", on=date(debt["due"])), T("history.debt.at_once"))
    blocked = rx.cond(debt["due"], T("history.debt.blocks", on=date(debt["due"])), T("history.debt.blocks_at_once"))
    owed = c.notice(
        "bad",
        T("history.debt.is", amount=money(debt["debt"])),
        due,
        rx.cond(debt["blocks"], rx.el.p(blocked)),
    )
    none = rx.el.p(
        c.icon("check", size=20), T("history.debt.none"), class_name="flex items-center gap-2 font-semibold text-good"
    )
    safe = rx.cond(
        debt["safe"],
        T("history.debt.pay_until", amount=money(debt["pay"]), on=date(debt["safe"])),
        T("history.debt.pay", amount=money(debt["pay"])),
    )
    return c.card(
        rx.cond(debt["debt"], owed, none),
        rx.cond(debt["promised"], rx.el.p(T("history.debt.promised", amount=money(debt["promised"])))),
        rx.cond(debt["pay"], rx.el.div(rx.el.p(safe), _way(), class_name="flex flex-col gap-3")),
        title=T("history.debt.title"),
        id="debt",
    )


def _way() -> rx.Component:
    """The way to pay in, of those whose page there is."""
    to = next((path for each in (Feature.TOP_UP, Feature.VOUCHER) if (path := shell.BUILT.get(each))), "")
    return c.link_button(T("history.debt.way"), to, kind="primary") if to else rx.fragment()
