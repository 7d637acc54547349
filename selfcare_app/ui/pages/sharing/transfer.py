"""Giving money: whom and how much, once or regularly; what is regular already, and what has gone and come."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.payments import transfer, transfer_schedule
from selfcare_app.payments.transfer_schedule import NoSchedule
from selfcare_app.payments.transfer_views import Begun
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.sharing import listed
from selfcare_app.ui.pages.sharing.journey import PLAYER, SEND, title
from selfcare_app.ui.pages.sharing.written import days, schedule_row
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, money, msg
from selfcare_app.wiring import ask, do

ONCE = "once"


class ShareForm(TypedDict, total=False):
    """What the form sends."""

    number: str
    amount: str
    recurrence: str
    weekday: str
    day: str


class Share(SignedState):
    """Own money and limits, the form's errors, regular transfers, and the last of all."""

    loaded: bool = False
    funds: Wire = {}
    least: Wire = {}
    most: Wire = {}
    fee: Wire = {}
    obstacle: Message = {}
    when: str = ONCE
    errors: dict[str, Message] = {}
    on: list[dict[str, Any]] = []
    off: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Reads everything anew."""
        self.errors, self.when = {}, ONCE
        await self._read()

    @rx.event
    async def choose_when(self, when: str):
        """Once, or how often."""
        self.when = when if when in ("daily", "weekly", "monthly") else ONCE

    @rx.event
    async def check(self, form: ShareForm):
        """Goes on to the check, or says what is wrong."""
        recurrence = form.get("recurrence", ONCE)
        day = form.get("weekday", "") if recurrence == "weekly" else form.get("day", "")
        return await self._begin(
            number=form.get("number", ""),
            amount=form.get("amount", ""),
            recurrence="" if recurrence == ONCE else recurrence,
            day=day,
        )

    @rx.event
    async def stop(self, schedule_id: str):
        """Turns a regular transfer off."""
        await do(transfer_schedule.stop, await self._actor(), schedule_id=_id(schedule_id), now=clock.now())
        self._toast(message("sharing.regular.stopped"))
        await self._read()

    @rx.event
    async def again(self, schedule_id: str):
        """The same regular transfer once more: checked and proven like a new one."""
        found = await ask(transfer.done, await self._actor(), transfer_id=_id(schedule_id))
        old = found.scheduled
        if old is None:
            raise NoSchedule()
        return await self._begin(
            number=str(old.number), amount=old.amount.text, recurrence=old.recurrence, day=str(old.day)
        )

    async def _begin(self, **typed: str) -> rx.event.EventSpec | None:
        begun: Begun = await do(transfer.begin, await self._actor(), **typed, now=clock.now())
        self.errors = {_field(name, typed): from_fault(fault) for name, fault in begun.faults.items()}
        return rx.redirect(PLAYER.path("review", begun.draft_id)) if begun.draft_id else None

    async def _read(self) -> None:
        found = await ask(transfer.standing, await self._actor(), now=clock.now())
        self.funds, self.least, self.most = wire(found.funds), wire(found.least), wire(found.most)
        self.fee = wire(found.fee) if found.fee.minor else {}
        self.obstacle = from_fault(found.obstacle) if found.obstacle else {}
        self.on = [schedule_row(each) for each in found.schedules if each.next_on]
        self.off = [schedule_row(each) for each in found.schedules if not each.next_on]
        self.days = days(found.history, operator().zone)
        self.loaded = True


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSchedule() from None


def _field(name: str, typed: dict[str, str]) -> str:
    return "weekday" if name == "day" and typed.get("recurrence") == "weekly" else name


def content() -> rx.Component:
    """The form first; then what is regular, then what was."""
    full = rx.fragment(
        c.lead(T("sharing.lead")),
        rx.cond(Share.obstacle, c.notice("warn", msg(Share.obstacle)), _form()),
        _regular() if _repeats() else None,
        listed.history(Share.days),
    )
    return c.loading(Share.loaded, rx.fragment(c.skeleton("card"), c.skeleton("rows", 3)), full)


def _form() -> rx.Component:
    numbering = operator().numbering
    hint = T("sharing.form.amount_hint", funds=money(Share.funds), least=money(Share.least), most=money(Share.most))
    return c.form(
        c.phone_field(
            "number", T("sharing.form.number"), own=False, hint=T("sharing.form.number_hint", example=numbering.example)
        ),
        c.field("amount", T("sharing.form.amount"), kind="amount", hint=hint, max_length=20),
        rx.cond(Share.fee, c.hint(T("sharing.form.fee", fee=money(Share.fee)))),
        *(_rhythm() if _repeats() else ()),
        c.actions(c.button(T("sharing.form.next"), type="submit")),
        on_submit=Share.check,
        errors=Share.errors,
    )


def _rhythm() -> tuple[rx.Component, ...]:
    options = [(ONCE, T("sharing.when.once")), *((str(each), T(f"sharing.when.{each}")) for each in _repeats())]
    weekdays = [(str(day), T(f"sharing.weekday.{day}")) for day in range(1, 8)]
    month = [(str(day), str(day)) for day in range(1, 32)]
    return (
        c.select("recurrence", T("sharing.form.when"), options=options, value=ONCE, on_change=Share.choose_when),
        rx.cond(Share.when == "weekly", c.select("weekday", T("sharing.form.weekday"), options=weekdays, value="1")),
        rx.cond(
            Share.when == "monthly",
            c.select("day", T("sharing.form.day"), options=month, value="1", hint=T("sharing.form.day_hint")),
        ),
    )


def _repeats() -> tuple[Any, ...]:
    rule = operator().transfer
    return tuple(rule.recurrences) if rule else ()


def _regular() -> rx.Component:
    return rx.el.section(
        c.subheading(T("sharing.regular.title")),
        rx.cond(
            Share.on,
            listed.schedules(Share.on, T("sharing.regular.stop"), Share.stop),
            c.hint(T("sharing.regular.empty")),
        ),
        rx.cond(
            Share.off,
            rx.fragment(
                rx.el.h3(T("sharing.regular.off"), class_name="text-m font-semibold"),
                listed.schedules(Share.off, T("sharing.regular.again"), Share.again),
            ),
        ),
        id="regular",
        class_name="flex flex-col gap-4",
    )


if operator().transfer is not None:
    shell.screen(SEND, title=title(), feature=Feature.TRANSFER, on_load=Share.load)(content)
