"""The notice of what happened to the line's access; it stays until the owner has read it."""

from typing import Any

import reflex as rx

from selfcare_app.access import alarm, halt
from selfcare_app.i18n.message import message, wire
from selfcare_app.kit import clock
from selfcare_app.ui import components as c
from selfcare_app.ui.session import SignedState, quiet
from selfcare_app.ui.text import T, datetime, msg
from selfcare_app.wiring import ask, do

SESSIONS = "/settings/security/sessions"


class Alarms(SignedState):
    """What the owner has not read yet."""

    alarms: list[dict[str, Any]] = []
    stoppable: bool = False

    @rx.event
    @quiet
    async def look(self):
        """Reads anew."""
        actor = await self._actor()
        found = () if actor.acting else await ask(alarm.unread, actor)
        self.stoppable = any(each.stoppable for each in found)
        self.alarms = [{"id": str(each.id), "told": each.told, "at": wire(each.at)} for each in found]

    @rx.event
    async def read(self):
        """The owner knows."""
        await do(alarm.read, await self._actor(), now=clock.now())
        self.alarms = []

    @rx.event
    async def not_me(self):
        """It was somebody else: what moves anything is stopped at once."""
        actor, now = await self._actor(), clock.now()
        await do(halt.stop, actor, now=now)
        await do(alarm.read, actor, now=now)
        self.alarms = []
        self._toast(message("alarm.notice.stopped"))


def alarms() -> rx.Component:
    """One notice with all of them; nothing where there is none."""
    one = rx.cond(
        Alarms.alarms,
        c.notice(
            "warn",
            T("alarm.notice.title"),
            rx.el.ul(rx.foreach(Alarms.alarms, _told), class_name="flex flex-col gap-3"),
            action=rx.el.div(
                rx.cond(
                    Alarms.stoppable,
                    c.button(T("alarm.notice.not_me"), kind="danger", on_click=Alarms.not_me),
                ),
                c.button(T("alarm.notice.read"), kind="secondary", on_click=Alarms.read),
                c.link(T("alarm.notice.check"), SESSIONS),
                class_name="flex flex-wrap items-center gap-x-6 gap-y-2",
            ),
        ),
    )
    return rx.el.div(one, on_mount=Alarms.look, id="alarms", class_name="empty:hidden")


def _told(each: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(msg(each["told"], area="alarm")),
        rx.el.p(T("alarm.notice.at", at=datetime(each["at"])), class_name="text-s text-muted"),
    )
