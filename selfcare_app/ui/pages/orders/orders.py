"""All orders of the line, by day."""

from datetime import datetime
from typing import Any

import reflex as rx

from selfcare_app.i18n.message import wire
from selfcare_app.kit import clock
from selfcare_app.kit.page import Page
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import order
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.views import OrderView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.orders.about import KINDS
from selfcare_app.ui.paging import ByDay, listed
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, money, show
from selfcare_app.wiring import ask


class Orders(ByDay, SignedState):
    """A page of orders."""

    async def _page(self, cursor: str) -> Page[OrderView]:
        return await ask(order.list_own, await self._actor(), cursor=cursor)

    def _moment(self, found: OrderView) -> datetime:
        return found.accepted_at

    def _row(self, found: OrderView) -> dict[str, Any]:
        return {
            "kind": found.kind,
            "about": KINDS[found.kind].about(found, operator(), clock.now()).short,
            "state": str(found.state),
            # What was taken back or failed has cost nothing.
            "price": wire(found.price) if found.state in (OrderState.ACCEPTED, OrderState.DONE) else {},
            "to": f"/orders/{found.id}",
        }


# Where nothing can be ordered yet the archive would stay empty: no menu leads to it.
_FEATURE = Feature.OPERATIONS if operator().number_change is not None else None


@shell.screen("/orders", title="orders.title", feature=_FEATURE, on_load=Orders.load)
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
