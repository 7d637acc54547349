"""The instalments of all lines of an organisation, for its administrator (ADM-010)."""

from typing import Any

import reflex as rx

from selfcare_app.access import subjects
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.payments import instalment
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.instalments import shown
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T
from selfcare_app.wiring import ask


class ClientInstalments(SignedState):
    """The purchases by number."""

    loaded: bool = False
    denied: bool = False
    rows: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Reads everything anew."""
        self.denied, self.rows = False, []
        try:
            found = await ask(instalment.of_client, await self._actor(), now=clock.now())
            self.rows = [shown.row(each) for each in found]
        except subjects.NotAKeeper:
            self.denied = True
        self.loaded = True


def content() -> rx.Component:
    """A card a purchase, or why there is none."""
    denied = c.empty("people", T("delegation.client.denied_title"), T("delegation.client.denied_lead"))
    empty = c.empty("calendar", T("instalment.empty"), T("instalment.client_empty_lead"))
    cards = rx.foreach(ClientInstalments.rows, shown.card)
    full = rx.cond(ClientInstalments.denied, denied, rx.cond(ClientInstalments.rows, cards, empty))
    return c.loading(ClientInstalments.loaded, c.skeleton("card", 2), full)


if operator().has(Feature.CLIENT_INSTALMENTS):
    shell.screen(
        Feature.CLIENT_INSTALMENTS.path,
        title="menu.instalments",
        feature=Feature.CLIENT_INSTALMENTS,
        on_load=ClientInstalments.load,
    )(content)
