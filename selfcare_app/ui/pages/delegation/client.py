"""The organisation's own page for its administrator: the client of the contract, its accounts, its lines (ADM-002)."""

from typing import Any

import reflex as rx

from selfcare_app.access import subjects
from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import message, text_of, wire
from selfcare_app.kit import clock
from selfcare_app.ledger import organisation
from selfcare_app.ledger.organisation import AccountSeen, Organisation
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.lines import LINES
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T
from selfcare_app.wiring import ask


class ClientPage(SignedState):
    """The organisation and its accounts."""

    loaded: bool = False
    denied: bool = False
    rows: list[dict[str, Any]] = []
    accounts: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Reads everything anew."""
        self.denied = False
        try:
            found = await ask(organisation.read, await self._actor(), now=clock.now())
        except subjects.NotAKeeper:
            self.reset()
            self.loaded = self.denied = True
            return
        self.rows = _rows(found)
        self.accounts = [{"number": each.number, "rows": _account(each)} for each in found.accounts]
        self.loaded = True


def _rows(found: Organisation) -> list[dict[str, Any]]:
    values = (
        ("name", found.name),
        ("client_id", found.client_id),
        ("tax_id", found.tax_id),
        ("contract_number", found.contract_number),
        ("contract_on", wire(found.contract_on) if found.contract_on else ""),
        ("email", found.email),
        ("lines", found.lines),
        ("closed", found.closed),
    )
    return [{"label": message(f"subscribers.client.{name}"), "value": value} for name, value in values if value != ""]


def _account(found: AccountSeen) -> list[dict[str, Any]]:
    # The form of payment comes with the operator's data as free text: what has no words of its own stands as it came.
    key = f"subscribers.payment_form.{found.payment_form}"
    form = text_of(key) if key in catalogue.load(catalogue.SOURCE) else found.payment_form
    values = (
        ("balance", wire(found.balance)),
        ("settlement", text_of(f"subscribers.settlement.{found.settlement}")),
        ("payment_form", form),
        ("lines", found.lines),
    )
    return [{"label": message(f"subscribers.client.{name}"), "value": value} for name, value in values if value != ""]


def content() -> rx.Component:
    """Who the client is, and each account in a card."""
    full = rx.fragment(
        c.card(c.key_values_each(ClientPage.rows, area="subscribers")),
        rx.el.section(
            c.subheading(T("delegation.client.accounts")),
            rx.foreach(ClientPage.accounts, _card),
            id="accounts",
            class_name="flex flex-col gap-4",
        ),
        c.link_button(T("menu.line_choice"), LINES, icon="search", wide=True),
    )
    denied = c.empty("people", T("delegation.client.denied_title"), T("delegation.client.denied_lead"))
    return c.loading(ClientPage.loaded, c.skeleton("rows", 6), rx.cond(ClientPage.denied, denied, full))


def _card(account: Any) -> rx.Component:
    rows = account["rows"].to(list[dict[str, Any]])
    return c.card(
        c.key_values_each(rows, area="subscribers"), title=T("delegation.client.account", number=account["number"])
    )


if operator().menu.administrator is not None:
    shell.screen(Feature.CLIENT.path, title="menu.personal", feature=Feature.CLIENT, on_load=ClientPage.load)(content)
