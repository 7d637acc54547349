"""All orders of the line, by day."""

from datetime import datetime
from typing import Any

import reflex as rx

from selfcare_app.i18n.message import wire
from selfcare_app.kit import clock
from selfcare_app.kit.page import Page
from selfcare_app.operators.schema import Feature
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.views import OrderView
from selfcare_app.payments import archive
from selfcare_app.payments.archive import Entry, Given
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.orders.about import KINDS
from selfcare_app.ui.paging import ByDay, listed
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, money, show
from selfcare_app.wiring import ask


class Orders(ByDay, SignedState):
    """A page of orders, and of money given to others where the operator keeps that among them."""

    async def _page(self, cursor: str) -> Page[Entry]:
        return await ask(archive.list_own, await self._actor(), cursor=cursor)

    def _moment(self, found: Entry) -> datetime:
        return found.at if isinstance(found, Given) else found.accepted_at

    def _row(self, found: Entry) -> dict[str, Any]:
        return _given(found) if isinstance(found, Given) else _order(found)


def _given(found: Given) -> dict[str, Any]:
    return {
        "kind": "transfer_by_schedule" if found.by_schedule else "transfer",
        "about": wire(found.number),
        "state": str(OrderState.DONE),
        "price": wire(found.amount),
        "to": Feature.TRANSFER.path,
    }


def _order(found: OrderView) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "about": KINDS[found.kind].about(found, operator(), clock.now()).short,
        "state": str(found.state),
        # What was taken back or failed has cost nothing.
        "price": wire(found.price) if found.state in (OrderState.ACCEPTED, OrderState.DONE) else {},
        "to": f"/orders/{found.id}",
    }


@shell.screen("/orders", title="orders.title", feature=Feature.OPERATIONS, on_load=Orders.load)
def orders() -> rx.Component:
    """The list, or what would be in it."""
    empty = c.empty("clock", T("orders.list.empty"), T("orders.list.empty_lead"))
    return listed(Orders, row=_record, empty=empty)


def _record(row: Any) -> rx.Component:
    return c.record(
        choice("orders.kind", row["kind"]),
        show(row["about"]),
        rx.cond(row["price"], money(row["price"]), ""),
        choice("orders.state", row["state"]),
        to=row["to"],
    )
