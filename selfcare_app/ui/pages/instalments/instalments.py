"""The line's purchases in instalments, and paying the next one or all of the rest from the balance."""

from typing import Any
from uuid import UUID

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, message
from selfcare_app.kit import clock
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema import Feature
from selfcare_app.payments import instalment
from selfcare_app.payments.instalment import NoInstalment
from selfcare_app.payments.instalment_views import InstalmentView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.instalments import shown
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, money, msg
from selfcare_app.wiring import ask, do


class Instalments(SignedState):
    """The purchases, and the payment that is being asked for."""

    loaded: bool = False
    rows: list[dict[str, Any]] = []
    asking: str = ""
    whole: bool = False
    amount: Wire = {}
    refused: Message = {}

    _seen: dict[str, tuple[int, int]] = {}
    _ticket: str = ""

    @rx.event
    async def load(self):
        """Reads everything anew."""
        self.refused = {}
        await self._read()

    @rx.event
    async def ask_pay(self, instalment_id: str, whole: bool):
        """Asks before anything is paid; what is confirmed is this payment, once."""
        self._shown(instalment_id)
        self.asking, self.whole, self.refused, self._ticket = instalment_id, whole, {}, str(new_id())
        named = next(row for row in self.rows if row["id"] == instalment_id)
        self.amount = named["rest"] if whole else named["upcoming"]

    @rx.event
    async def keep(self):
        """Pays nothing."""
        self.asking, self._ticket = "", ""

    @rx.event
    async def pay(self):
        """Pays what was asked for; a second press finds nothing asked for any more."""
        if not self.asking:
            return
        upcoming, rest = self._shown(self.asking)
        try:
            paid = await do(
                instalment.pay,
                await self._actor(),
                instalment_id=UUID(self.asking),
                ticket=UUID(self._ticket),
                whole=self.whole,
                shown_minor=rest if self.whole else upcoming,
                rest_minor=rest,
                now=clock.now(),
            )
        except Refused as refused:
            self.refused = from_fault(refused)
        else:
            self._toast(message("instalment.done", amount=paid.amount))
        await self._read()

    def _shown(self, instalment_id: str) -> tuple[int, int]:
        if instalment_id not in self._seen:
            raise NoInstalment()
        return self._seen[instalment_id]

    async def _read(self) -> None:
        found: tuple[InstalmentView, ...] = await ask(instalment.read, await self._actor(), now=clock.now())
        self.rows = [shown.row(each) for each in found]
        self._seen = {str(each.id): (each.upcoming.minor, each.rest.minor) for each in found}
        self.asking, self._ticket, self.loaded = "", "", True


def content() -> rx.Component:
    """A card a purchase, or what would be here."""
    empty = c.empty("calendar", T("instalment.empty"), T("instalment.empty_lead"))
    full = rx.fragment(
        rx.cond(Instalments.refused, c.notice("warn", msg(Instalments.refused))),
        rx.foreach(Instalments.rows, _purchase),
    )
    return c.loading(Instalments.loaded, c.skeleton("card", 2), rx.cond(Instalments.rows, full, empty))


def _purchase(each: Any) -> rx.Component:
    named = each["title"].to(str)
    sure = rx.el.div(
        rx.el.p(T("instalment.sure", amount=money(Instalments.amount)), class_name="font-semibold"),
        rx.el.div(
            c.button(T("instalment.yes"), on_click=Instalments.pay),
            c.button(T("instalment.no"), kind="secondary", on_click=Instalments.keep),
            class_name="flex flex-wrap gap-2",
        ),
        role="group",
        class_name="flex flex-col gap-4",
    )
    upcoming, rest = (
        T("instalment.pay_next", amount=money(each["upcoming"])),
        T("instalment.pay_all", amount=money(each["rest"])),
    )
    offer = rx.el.div(
        c.button(
            upcoming,
            kind="secondary",
            on_click=Instalments.ask_pay(each["id"], False),
            custom_attrs=_named(upcoming, named),
        ),
        rx.cond(
            each["is_last"],
            None,
            c.button(
                rest, kind="quiet", on_click=Instalments.ask_pay(each["id"], True), custom_attrs=_named(rest, named)
            ),
        ),
        class_name="flex flex-wrap gap-2",
    )
    return shown.card(each, rx.cond(each["may_pay"], rx.cond(Instalments.asking == each["id"], sure, offer)))


def _named(act: Any, what: Any) -> dict[str, Any]:
    return {"aria-label": act.to(str) + ": " + what}


if operator().instalments is not None:
    shell.screen(
        Feature.INSTALMENTS.path, title="menu.instalments", feature=Feature.INSTALMENTS, on_load=Instalments.load
    )(content)
