"""Passkeys: those that there are, with "remove", and the form that makes one."""

from typing import Any
from uuid import UUID

import reflex as rx

from selfcare_app.access import passkey
from selfcare_app.i18n.message import message, wire
from selfcare_app.kit import clock
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.security.security import PASSKEYS, PATH
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, datetime
from selfcare_app.wiring import ask, do


class PasskeysPage(SignedState):
    """The line's passkeys."""

    loaded: bool = False
    keys: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Reads anew."""
        await self._read()

    @rx.event
    async def added(self):
        """One was made on this device."""
        self._toast(message("passkey.added"))
        await self._read()

    @rx.event
    async def remove(self, passkey_id: str):
        """Takes one out of use."""
        try:
            named = UUID(passkey_id)
        except ValueError:
            raise passkey.NoSuchPasskey() from None
        await do(passkey.remove, await self._actor(), passkey_id=named, now=clock.now())
        self._toast(message("passkey.removed"))
        await self._read()

    async def _read(self) -> None:
        found = await ask(passkey.mine, await self._actor())
        self.keys = [
            {
                "id": str(each.id),
                "name": each.name,
                "made": wire(each.created_at),
                "used": wire(each.used_at) if each.used_at else {},
            }
            for each in found
        ]
        self.loaded = True


class _PasskeyAdd(rx.Component):
    library = "$/frame/passkey"
    tag = "PasskeyAdd"

    on_added: rx.EventHandler[rx.event.no_args_event_spec]


@shell.screen(PASSKEYS, title="passkey.title", on_load=PasskeysPage.load, back=PATH)
def passkeys() -> rx.Component:
    """The list, then the form."""
    return rx.fragment(
        c.lead(T("passkey.lead")),
        c.loading(
            PasskeysPage.loaded,
            c.skeleton("rows", 2),
            rx.cond(
                PasskeysPage.keys,
                rx.el.ul(
                    rx.foreach(PasskeysPage.keys, _row),
                    id="passkeys",
                    class_name="divide-y divide-line rounded-card bg-raised shadow-card",
                ),
                c.hint(T("passkey.empty")),
            ),
        ),
        c.subheading(T("passkey.new")),
        _PasskeyAdd.create(on_added=PasskeysPage.added),
    )


def _row(row: Any) -> rx.Component:
    name = rx.cond(row["name"], row["name"], T("passkey.unnamed"))
    named = {"aria-label": T("passkey.remove").to(str) + ": " + name.to(str)}
    return rx.el.li(
        rx.el.div(
            rx.el.p(name, class_name="font-semibold wrap-anywhere"),
            rx.el.p(T("passkey.made", at=datetime(row["made"])), class_name="text-s text-muted"),
            rx.cond(row["used"], rx.el.p(T("passkey.used", at=datetime(row["used"])), class_name="text-s text-muted")),
            class_name="min-w-0",
        ),
        c.button(T("passkey.remove"), kind="secondary", on_click=PasskeysPage.remove(row["id"]), custom_attrs=named),
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4",
    )
