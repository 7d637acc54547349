"""Sign-ins to the line and attempts: time, address, result, page by page (AS-035)."""

from itertools import groupby
from typing import Any

import reflex as rx

from selfcare_app.access import sign_ins
from selfcare_app.i18n.message import wire
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, time
from selfcare_app.wiring import ask

PATH = f"{Feature.SECURITY.path}/sign-ins"


class SignIns(SignedState):
    """A page of attempts, by day."""

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
        page = await ask(sign_ins.list_own, await self._actor(), cursor=self._cursors[-1])
        zone = operator().zone
        self.days = [
            {"day": str(day), "rows": [_row(each) for each in rows]}
            for day, rows in groupby(page.items, lambda each: each.at.astimezone(zone).date())
        ]
        self._next = page.next or ""
        self.has_older, self.has_newer = bool(self._next), len(self._cursors) > 1
        self.loaded = True


def _row(found: sign_ins.SignIn) -> dict[str, Any]:
    return {
        "at": wire(found.at),
        "address": found.address,
        "result": found.result,
        "outcome": "good" if found.succeeded else "bad",
        "here": found.is_own,
    }


@shell.screen(PATH, title="sign_ins.title", on_load=SignIns.load, back=Feature.SECURITY.path)
def sign_ins_page() -> rx.Component:
    """The list, or that nobody came yet."""
    listed = rx.fragment(
        c.day_list(SignIns.days, row=_record),
        rx.el.div(
            rx.cond(SignIns.has_newer, c.button(T("sign_ins.newer"), kind="quiet", on_click=SignIns.newer)),
            rx.cond(SignIns.has_older, c.button(T("sign_ins.older"), kind="secondary", on_click=SignIns.older)),
            class_name="flex justify-between gap-4",
        ),
    )
    empty = c.empty("shield", T("sign_ins.empty"))
    return rx.fragment(
        c.lead(T("sign_ins.lead")),
        c.loading(SignIns.loaded, c.skeleton("rows", 4), rx.cond(SignIns.days.length() > 0, listed, empty)),
    )


def _record(row: Any) -> rx.Component:
    address = rx.cond(row["address"] != "", T("sign_ins.address", address=row["address"]), T("sign_ins.no_address"))
    return c.record(
        choice("sign_ins.result", row["result"]),
        rx.el.span(address, rx.cond(row["here"], rx.fragment(" · ", T("sign_ins.here"))), class_name="wrap-anywhere"),
        time(row["at"]),
        choice("sign_ins.outcome", row["outcome"]),
    )
