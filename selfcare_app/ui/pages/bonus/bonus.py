"""Bonus units: how many, how to get more, gifts for them, and where they came from and went."""

from itertools import groupby
from typing import Any
from uuid import UUID

import reflex as rx

from selfcare_app.i18n.message import Message, data_size, from_fault, message
from selfcare_app.i18n.message import wire as wired
from selfcare_app.kit import clock
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.money import Bonus as Rule
from selfcare_app.payments import bonus, gift
from selfcare_app.payments.bonus_views import BonusEntry, BonusStanding, GiftView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.bonus.catalogue import gifts
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import TN, T, money, msg, time
from selfcare_app.wiring import ask, do

_SOURCES = {"bonus_usage": "usage", "bonus_service": "service"}


class BonusPage(SignedState):
    """The units, the gifts, the history, and the gift that is being asked for."""

    loaded: bool = False
    units: int = 0
    gifts: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    asking: str = ""
    refused: Message = {}

    _ticket: str = ""

    @rx.event
    async def load(self):
        """Reads everything anew."""
        self.refused = {}
        await self._read()

    @rx.event
    async def ask_for(self, gift_id: str):
        """Asks before the units are gone; what is confirmed is this gift, once."""
        self.asking, self.refused, self._ticket = gift_id, {}, str(new_id())

    @rx.event
    async def keep(self):
        """Exchanges nothing."""
        self.asking, self._ticket = "", ""

    @rx.event
    async def take(self):
        """Exchanges for the gift that was asked for; a second press finds nothing asked for any more."""
        if not self.asking:
            return
        try:
            named, ticket = _id(self.asking), UUID(self._ticket)
            taken = await do(gift.take, await self._actor(), gift_id=named, ticket=ticket, now=clock.now())
        except Fault as fault:
            self.refused = from_fault(fault)
        else:
            self._toast(message("bonus.gifts.done", name=taken.name))
        await self._read()

    async def _read(self) -> None:
        found: BonusStanding = await ask(bonus.standing, await self._actor(), now=clock.now())
        self.units = found.units
        self.gifts = [_gift_row(each, found.units) for each in found.gifts]
        grouped = groupby(found.history, key=lambda each: each.at.astimezone(operator().zone).date())
        self.days = [{"day": day.isoformat(), "rows": [_entry_row(each) for each in group]} for day, group in grouped]
        self.asking, self._ticket, self.loaded = "", "", True


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise gift.NoGift() from None


def _gift_row(each: GiftView, at_hand: int) -> dict[str, Any]:
    gives: dict[str, Message] = {
        "seconds": message("bonus.gifts.seconds", amount={"$duration": each.amount}),
        "bytes": message("bonus.gifts.bytes", amount=data_size(each.amount)),
        "messages": message("bonus.gifts.messages", n=each.amount),
    }
    return {
        "id": str(each.id),
        "name": each.name,
        "description": each.description,
        "units": each.units,
        "gives": gives[each.kind],
        "days": each.days,
        "missing": max(0, each.units - at_hand),
    }


def _entry_row(each: BonusEntry) -> dict[str, Any]:
    told = message("bonus.history.gift", name=each.gift) if each.gift else None
    return {
        "what": told or message(f"bonus.history.{_SOURCES.get(each.code, 'other')}"),
        "at": wired(each.at),
        "came": each.units > 0,
        "units": abs(each.units),
    }


def content() -> rx.Component:
    """How many there are; gifts where the operator has them; how to get more; the history."""
    rule = operator().bonus
    if rule is None:
        return rx.fragment()
    full = rx.fragment(
        c.lead(T("bonus.lead")),
        c.card(c.big_number(TN("bonus.units", BonusPage.units), T("bonus.at_hand"))),
        rx.cond(BonusPage.refused, c.notice("warn", msg(BonusPage.refused, area="bonus"))),
        gifts(BonusPage) if rule.gift_catalogue else None,
        _earn(rule),
        _history(),
    )
    return c.loading(BonusPage.loaded, rx.fragment(c.skeleton("card"), c.skeleton("rows", 4)), full)


def _earn(rule: Rule) -> rx.Component:
    unit = Money(rule.charge_minor_per_unit, operator().currency, operator().currency_scale)
    return c.card(
        rx.el.ul(
            rx.el.li(T("bonus.earn.usage", amount=money(unit))),
            rx.el.li(T("bonus.earn.services")) if rule.services else None,
            class_name="flex list-disc flex-col gap-2 pl-5",
        ),
        title=T("bonus.earn.title"),
    )


def _history() -> rx.Component:
    empty = c.empty("gift", T("bonus.history.empty"), T("bonus.history.empty_lead"))

    def row(each: Any) -> rx.Component:
        said = TN("bonus.units", each["units"].to(int))
        signed = rx.cond(each["came"], "+", "−").to(str) + said
        return c.record(msg(each["what"], area="bonus"), time(each["at"]), signed)

    return rx.el.section(
        c.subheading(T("bonus.history.title")),
        rx.cond(BonusPage.days, c.day_list(BonusPage.days, row=row), empty),
        id="history",
        class_name="flex flex-col gap-4",
    )


def title() -> str:
    """The key of what the operator's menu calls it."""
    items = (item for section in operator().menu.subscriber for item in section.items)
    return next((f"menu.{item.title}" for item in items if item.feature == Feature.BONUS), "menu.bonuses")


if operator().bonus is not None:
    shell.screen(Feature.BONUS.path, title=title(), feature=Feature.BONUS, on_load=BonusPage.load)(content)
