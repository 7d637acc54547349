"""The emergency code: a page that makes it, and a public one where it closes the cabinet in two taps."""

import reflex as rx

from selfcare_app.access import emergency
from selfcare_app.i18n.message import Wire, wire
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival, parts
from selfcare_app.ui.pages.security.security import EMERGENCY, PATH
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, datetime
from selfcare_app.wiring import ask


class EmergencyPage(SignedState):
    """Whether there is a code; never the code."""

    made: Wire = {}

    @rx.event
    async def load(self):
        """Asks when the present code was made."""
        found = await ask(emergency.made_at, await self._actor())
        self.made = wire(found) if found else {}


class _EmergencyCode(rx.Component):
    library = "$/frame/emergency"
    tag = "EmergencyCode"


@shell.screen(EMERGENCY, title="security.emergency.title", on_load=EmergencyPage.load, back=PATH)
def emergency_code() -> rx.Component:
    """What it is for, and the way to a new one."""
    return rx.fragment(
        c.lead(T("security.emergency.lead")),
        rx.cond(
            EmergencyPage.made,
            c.notice(
                "info",
                T("security.emergency.there", at=datetime(EmergencyPage.made)),
                T("security.emergency.replaces"),
            ),
        ),
        _EmergencyCode.create(),
    )


@shell.screen("/emergency", title="security.block.title", audience="visitor", back="/sign-in")
def block() -> rx.Component:
    """The code, the tick, the button; and what is to be done after it."""
    return rx.fragment(
        rx.cond(
            arrival.done,
            c.notice("good", T("security.block.done"), T("security.block.next")),
            rx.fragment(
                c.lead(T("security.block.lead")),
                c.native_form(
                    c.field(
                        "code",
                        T("security.block.code"),
                        hint=T("security.block.hint"),
                        auto_complete="off",
                        max_length=64,
                    ),
                    c.checkbox("sure", T("security.block.sure")),
                    c.button(T("security.block.submit"), kind="danger", type="submit", wide=True),
                    action="/session/emergency",
                ),
            ),
        ),
        parts.trouble(),
    )
