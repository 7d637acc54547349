"""The state of the account: balance, spending of this month, what is owed, and what has moved."""

from datetime import datetime as moment
from typing import Any

import reflex as rx

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import Wire, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.page import Page
from selfcare_app.ledger import statement
from selfcare_app.ledger.views import Entry
from selfcare_app.operators.schema import Feature
from selfcare_app.payments import debt
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.finance import debts
from selfcare_app.ui.paging import ByDay, listed
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, datetime, money, msg, time
from selfcare_app.wiring import ask

PATH = Feature.ACCOUNT.path
_ROWS = 30


class Account(ByDay, SignedState):
    """How the account stands, and a page of what has moved."""

    stands: bool = False
    number: str = ""
    balance: Wire = {}
    available: Wire = {}
    as_of: Wire = {}
    spent: Wire = {}
    debt: dict[str, Any] = debts.NOTHING

    @rx.event
    async def look(self):
        """Reads how it stands, then what has moved."""
        found = await ask(debt.state, await self._actor(), now=clock.now())
        self.number, self.balance, self.spent = found.number, wire(found.balance), wire(found.spent)
        self.available = wire(found.available) if found.available != found.balance else {}
        self.as_of = wire(found.as_of) if found.as_of else {}
        self.debt, self.stands = debts.row(found.debt), True
        self._cursors = [""]
        await self._read()

    async def _page(self, cursor: str) -> Page[Entry]:
        after = cursor or None
        return await ask(statement.read, await self._actor(), limit=_ROWS, after=after, now=clock.now())

    def _moment(self, found: Entry) -> moment:
        return found.at

    def _row(self, found: Entry) -> dict[str, Any]:
        way = "came_in" if found.amount.minor > 0 else "went_out"
        return {"what": _said(found, way), "at": wire(found.at), "amount": wire(found.amount)}


def _said(found: Entry, way: str) -> Any:
    known = catalogue.load(catalogue.SOURCE)
    keys = (f"payments.moved.{found.kind}_{found.code}", f"payments.moved.{found.code}", f"payments.moved.{way}")
    return message(next(key for key in keys if key in known))


def account() -> rx.Component:
    """Balance and debt, then the movements by day."""
    stands = rx.fragment(
        c.card(
            c.amount(Account.balance, size="large"),
            rx.cond(Account.as_of, c.hint(T("history.account.as_of", at=datetime(Account.as_of)))),
            c.key_values(
                (T("history.account.number"), rx.el.span(Account.number, class_name="tabular")),
                (T("history.account.spent"), money(Account.spent)),
            ),
            rx.cond(Account.available, rx.el.p(T("history.account.available", amount=money(Account.available)))),
            title=T("history.account.balance"),
        ),
        debts.debt_card(Account.debt),
    )
    empty = c.empty("wallet", T("history.account.empty"), T("history.account.empty_lead"))
    return rx.fragment(
        c.loading(Account.stands, c.skeleton("card", 2), stands),
        rx.el.section(
            c.subheading(T("history.account.moved")),
            listed(Account, row=_record, empty=empty),
            class_name="flex flex-col gap-4",
            id="moved",
        ),
    )


def _record(row: Any) -> rx.Component:
    return c.record(msg(row["what"], area="payments"), time(row["at"]), money(row["amount"], sign=True))


if operator().has(Feature.ACCOUNT):
    shell.screen(PATH, title="history.account.title", feature=Feature.ACCOUNT, on_load=Account.look)(account)
