"""The choice of sections that stay shut until a РУНА is given: a table with a tick for each (AS-032)."""

from typing import Any

import reflex as rx

from selfcare_app.access import runa_sections
from selfcare_app.i18n.message import Wire, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.runa import parts
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, datetime
from selfcare_app.wiring import ask


class GuardedSections(SignedState):
    """Which sections are guarded, and until when a РУНА is active; never the code."""

    ready: bool = False
    ticked: list[str] = []
    active_until: Wire = {}

    @rx.event
    async def look(self):
        """Reads it anew."""
        found = await ask(runa_sections.guards, await self._actor(), now=clock.now())
        self.ticked = [section for section, guarded in found.sections if guarded]
        self.active_until = wire(found.active_until) if found.active_until else {}
        self.ready = True


def name_of(section: str) -> Any:
    """What the operator's menu calls a section."""
    items = [item for group in operator().menu.subscriber for item in group.items]
    return T(f"menu.{next((item.title for item in items if item.feature == section), section)}")


def built() -> list[str]:
    """The sections that can be guarded and have a page."""
    return [section for section in parts.rule().sections if section in shell.BUILT]


def sections(back: str) -> rx.Component:
    """The table below the form that changes the password; nothing where the operator has no РУНА."""
    if not parts.offered():
        return rx.fragment()
    return rx.el.section(
        c.subheading(T("runa.sections.title"), id="sections"),
        rx.cond(arrival.saved, c.notice("good", T("runa.sections.saved"), T("runa.sections.saved_what"))),
        c.lead(T("runa.sections.lead")),
        c.loading(GuardedSections.ready, c.skeleton("rows", 3), _form(back)),
        on_mount=GuardedSections.look,
        class_name="flex flex-col gap-6",
    )


def active() -> rx.Component:
    """Whether a РУНА is active now."""
    until = GuardedSections.active_until
    return c.loading(
        GuardedSections.ready,
        c.skeleton("line"),
        rx.cond(
            until,
            c.notice("good", T("runa.settings.active", until=datetime(until))),
            c.hint(T("runa.settings.inactive")),
        ),
    )


def _form(back: str) -> rx.Component:
    ticks = [
        c.checkbox(f"section_{section}", name_of(section), checked=GuardedSections.ticked.contains(section))
        for section in built()
    ]
    return c.native_form(
        rx.el.fieldset(
            rx.el.legend(T("runa.sections.legend"), class_name="mb-2 font-semibold"),
            rx.el.div(
                *ticks, class_name="flex flex-col divide-y divide-line rounded-card bg-raised px-4 py-2 shadow-card"
            ),
        ),
        parts.code_field(label=T("runa.sections.code")),
        c.button(T("runa.sections.submit"), type="submit", wide=True),
        action="/session/runa/sections",
        fields={"back": back},
    )


def settings() -> rx.Component:
    """What РУНА is, how it is activated, whether one is active, and the guarded sections."""
    return rx.fragment(
        c.lead(T("runa.settings.lead")),
        active(),
        parts.how_to(),
        sections(Feature.RUNA.path),
    )


if parts.offered():
    shell.screen(Feature.RUNA.path, title="runa.settings.title", feature=Feature.RUNA, back=Feature.MORE.path)(settings)
