"""Sign-ins to the line and attempts: time, address, result, page by page (AS-035)."""

from datetime import datetime
from typing import Any

import reflex as rx

from selfcare_app.access import sign_ins
from selfcare_app.i18n.message import wire
from selfcare_app.kit.page import Page
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.paging import ByDay, listed
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, time
from selfcare_app.wiring import ask

PATH = f"{Feature.SECURITY.path}/sign-ins"


class SignIns(ByDay, SignedState):
    """A page of attempts, by day."""

    async def _page(self, cursor: str) -> Page[sign_ins.SignIn]:
        return await ask(sign_ins.list_own, await self._actor(), cursor=cursor)

    def _moment(self, found: sign_ins.SignIn) -> datetime:
        return found.at

    def _row(self, found: sign_ins.SignIn) -> dict[str, Any]:
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
    empty = c.empty("shield", T("sign_ins.empty"))
    return rx.fragment(c.lead(T("sign_ins.lead")), listed(SignIns, row=_record, empty=empty))


def _record(row: Any) -> rx.Component:
    address = rx.cond(row["address"] != "", T("sign_ins.address", address=row["address"]), T("sign_ins.no_address"))
    return c.record(
        choice("sign_ins.result", row["result"]),
        rx.el.span(address, rx.cond(row["here"], rx.fragment(" · ", T("sign_ins.here"))), class_name="wrap-anywhere"),
        time(row["at"]),
        choice("sign_ins.outcome", row["outcome"]),
    )
