"""All orders of the line, by day."""

from itertools import groupby
from typing import Any

import reflex as rx

from selfcare_app.i18n.message import wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import order
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.views import OrderView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.orders.about import KINDS
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, money, show
from selfcare_app.wiring import ask


class Orders(SignedState):
    """A page of orders."""

    loaded: bool = False
    days: list[dict[str, Any]] = []
    has_newer: bool = False
    has_older: bool = False

    _cursors: list[str] = [""]
    _next: str = ""

    @rx.event
    async def load(self):
        """The newest ones."""
        self._cursors = [""]
        await self._read()

    @rx.event
    async def older(self):
        """The next page."""
        if self._next:
            self._cursors = [*self._cursors, self._next]
            await self._read()

    @rx.event
    async def newer(self):
        """The page before."""
        self._cursors = self._cursors[:-1] or [""]
        await self._read()

    async def _read(self) -> None:
        page = await ask(order.list_own, await self._actor(), cursor=self._cursors[-1])
        zone = operator().zone
        self.days = [
            {"day": str(day), "rows": [_row(each) for each in rows]}
            for day, rows in groupby(page.items, lambda each: each.accepted_at.astimezone(zone).date())
        ]
        self._next = page.next or ""
        self.has_older, self.has_newer = bool(self._next), len(self._cursors) > 1
        self.loaded = True


def _row(found: OrderView) -> dict[str, Any]:
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
    return c.loading(
        Orders.loaded,
        c.skeleton("rows", 4),
        rx.cond(
            Orders.days.length() > 0,
            rx.fragment(
                c.day_list(Orders.days, row=_record),
                rx.el.div(
                    rx.cond(Orders.has_newer, c.button(T("orders.list.newer"), kind="quiet", on_click=Orders.newer)),
                    rx.cond(
                        Orders.has_older, c.button(T("orders.list.older"), kind="secondary", on_click=Orders.older)
                    ),
                    class_name="flex justify-between gap-4",
                ),
            ),
            c.empty("clock", T("orders.list.empty"), T("orders.list.empty_lead")),
        ),
    )


def _record(row: Any) -> rx.Component:
    return c.record(
        choice("orders.kind", row["kind"]),
        show(row["about"]),
        rx.cond(row["price"], money(row["price"]), ""),
        choice("orders.state", row["state"]),
        to=row["to"],
    )
