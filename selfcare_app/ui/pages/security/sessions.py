"""My sessions and devices: who is in now, which browsers the line knows, and the way to put each out (ASVS 7.5.2)."""

from typing import Any
from uuid import UUID

import reflex as rx

from selfcare_app.access import devices
from selfcare_app.i18n.message import message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.errors import NotFound
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.security.alarms import SESSIONS
from selfcare_app.ui.pages.security.security import PATH
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, date, datetime
from selfcare_app.wiring import ask, do


class SessionsPage(SignedState):
    """The line's live sessions and known devices."""

    loaded: bool = False
    sessions: list[dict[str, Any]] = []
    devices: list[dict[str, Any]] = []
    has_others: bool = False

    @rx.event
    async def load(self):
        """Reads everything anew."""
        await self._read()

    @rx.event
    async def end(self, session_id: str):
        """Ends one session."""
        named = _id(session_id, devices.NoSuchSession())
        await do(devices.end, await self._actor(), session_id=named, now=clock.now())
        self._toast(message("security.sessions.ended"))
        await self._read()

    @rx.event
    async def end_others(self):
        """Ends all sessions but this one."""
        await do(devices.end_others, await self._actor(), now=clock.now())
        self._toast(message("security.sessions.ended_all"))
        await self._read()

    @rx.event
    async def forget(self, device_id: str):
        """Makes a device unknown."""
        named = _id(device_id, devices.NoSuchDevice())
        await do(devices.forget, await self._actor(), device_id=named, now=clock.now())
        self._toast(message("security.devices.forgotten"))
        await self._read()

    async def _read(self) -> None:
        found = await ask(devices.mine, await self._actor(), now=clock.now())
        self.sessions = [
            {
                "id": str(each.id),
                "device": each.device,
                "address": each.address,
                "since": wire(each.since),
                "used": wire(each.used_at),
                "mine": each.is_mine,
            }
            for each in found.sessions
        ]
        self.devices = [
            {"id": str(each.id), "device": each.device, "used": wire(each.used_at), "until": wire(each.expires_at)}
            for each in found.devices
        ]
        self.has_others = len(found.sessions) > 1
        self.loaded = True


def _id(text: str, otherwise: NotFound) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise otherwise from None


@shell.screen(SESSIONS, title="security.sessions.title", on_load=SessionsPage.load, back=PATH)
def sessions() -> rx.Component:
    """Both lists."""
    return c.loading(SessionsPage.loaded, c.skeleton("rows", 4), rx.fragment(_sessions(), _devices()))


def _sessions() -> rx.Component:
    return rx.el.section(
        c.lead(T("security.sessions.lead")),
        rx.el.ul(rx.foreach(SessionsPage.sessions, _session), id="sessions", class_name=_LIST),
        rx.cond(
            SessionsPage.has_others,
            c.button(
                T("security.sessions.end_others"), kind="danger", on_click=SessionsPage.end_others, id="end-others"
            ),
        ),
        class_name="flex flex-col gap-4",
    )


def _devices() -> rx.Component:
    return rx.el.section(
        c.subheading(T("security.devices.title")),
        c.lead(T("security.devices.lead")),
        rx.cond(
            SessionsPage.devices,
            rx.el.ul(rx.foreach(SessionsPage.devices, _device), id="devices", class_name=_LIST),
            c.hint(T("security.devices.none")),
        ),
        class_name="flex flex-col gap-4",
    )


_LIST = "divide-y divide-line rounded-card bg-raised shadow-card"
_ROW = "flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4"


def _session(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(_name(row), class_name="font-semibold"),
            rx.el.p(T("security.sessions.since", at=datetime(row["since"])), class_name="text-s text-muted"),
            rx.el.p(
                T("security.sessions.used", at=datetime(row["used"]), address=row["address"]),
                class_name="text-s text-muted wrap-anywhere",
            ),
            class_name="min-w-0",
        ),
        rx.cond(
            row["mine"],
            rx.el.p(T("security.sessions.mine"), class_name="font-semibold text-good"),
            _act(row, T("security.sessions.end"), SessionsPage.end(row["id"])),
        ),
        class_name=_ROW,
    )


def _device(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(_name(row), class_name="font-semibold"),
            rx.el.p(T("security.devices.used", at=datetime(row["used"])), class_name="text-s text-muted"),
            rx.el.p(T("security.devices.until", on=date(row["until"])), class_name="text-s text-muted"),
            class_name="min-w-0",
        ),
        _act(row, T("security.devices.forget"), SessionsPage.forget(row["id"])),
        class_name=_ROW,
    )


def _name(row: Any) -> Any:
    return rx.cond(row["device"], row["device"], T("alarm.unknown_device"))


def _act(row: Any, label: Any, act: Any) -> rx.Component:
    # Many buttons of one name: whoever hears the page is told which one it is.
    named = {"aria-label": label.to(str) + ": " + _name(row).to(str)}
    return c.button(label, kind="secondary", on_click=act, custom_attrs=named)
