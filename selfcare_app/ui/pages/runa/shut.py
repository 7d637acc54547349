"""Where a person lands who goes to a section that is shut: РУНА opens it (AS-033, AS-034)."""

from typing import Any

import reflex as rx

from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.runa import guarding, parts
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T

PATH = f"{Feature.RUNA.path}/section"


class ShutSection(SignedState):
    """Which section is meant, and where to go on."""

    section: str = ""
    back: str = ""

    @rx.event
    async def load(self):
        """Takes both from the address; the endpoint judges them again."""
        await self._actor()
        asked: dict[str, Any] = dict(self.router.url.query_parameters)
        section, back = str(asked.get("section", "")), str(asked.get("back", ""))
        self.section = section if section in parts.rule().sections else ""
        self.back = back if back.startswith("/") and not back.startswith("//") else ""


def shut() -> rx.Component:
    """Which section it is, and the field."""
    names = [(section, guarding.name_of(section)) for section in guarding.built()]
    return rx.fragment(
        c.lead(T("runa.section.lead")),
        rx.cond(
            ShutSection.section != "",
            rx.el.p(
                T("runa.section.named", name=rx.match(ShutSection.section, *names, "")), class_name="font-semibold"
            ),
        ),
        c.native_form(
            parts.code_field(),
            c.button(T("runa.section.submit"), type="submit", wide=True),
            action="/session/runa/section",
            fields={"section": ShutSection.section, "back": ShutSection.back},
        ),
        parts.how_to(),
    )


if parts.offered():
    shell.screen(PATH, title="runa.section.title", on_load=ShutSection.load, back=Feature.HOME.path)(shut)
