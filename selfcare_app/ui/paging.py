"""A list that is read a page at a time and shown by day: one State and one screen for all such lists."""

from abc import abstractmethod
from datetime import datetime
from itertools import groupby
from typing import Any

import reflex as rx

from selfcare_app.kit.page import Page
from selfcare_app.ui import components as c
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T


class ByDay(SignedState, mixin=True):
    """Pages of rows by day. Who uses it reads a page, and says of a found thing when it was and what its row holds."""

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
        page, zone = await self._page(self._cursors[-1]), operator().zone
        self.days = [
            {"day": str(day), "rows": [self._row(each) for each in rows]}
            for day, rows in groupby(page.items, lambda each: self._moment(each).astimezone(zone).date())
        ]
        self._next = page.next or ""
        self.has_older, self.has_newer = bool(self._next), len(self._cursors) > 1
        self.loaded = True

    @abstractmethod
    async def _page(self, cursor: str) -> Page[Any]:
        """The page that begins at the cursor."""

    @abstractmethod
    def _moment(self, found: Any) -> datetime:
        """When the found thing was."""

    @abstractmethod
    def _row(self, found: Any) -> dict[str, Any]:
        """What the page shows of it."""


def listed(state: Any, *, row: Any, empty: rx.Component) -> rx.Component:
    """The days of a State with the ways to newer and older ones, or what stands there while there is nothing."""
    ways = rx.el.div(
        rx.cond(state.has_newer, c.button(T("shell.newer"), kind="quiet", on_click=state.newer)),
        rx.cond(state.has_older, c.button(T("shell.older"), kind="secondary", on_click=state.older)),
        class_name="flex justify-between gap-4",
    )
    full = rx.fragment(c.day_list(state.days, row=row), ways)
    return c.loading(state.loaded, c.skeleton("rows", 4), rx.cond(state.days.length() > 0, full, empty))
