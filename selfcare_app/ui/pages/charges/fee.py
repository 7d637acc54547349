"""The receipt of a fee: for what and which days, by which price, the arithmetic, the consent; and whom to ask."""

from datetime import timedelta
from typing import Any

import reflex as rx

from selfcare_app.catalogue import charges
from selfcare_app.catalogue.charges import FeeCharged
from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit.actor import SignInNeeded
from selfcare_app.kit.errors import Fault
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.charges.asking import asked, fee_named, question
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, datetime, money
from selfcare_app.wiring import ask

_DAY = timedelta(days=1)
_PERCENT = 100


class FeeReceipt(SignedState):
    """The fee that the address names, and why it is so much."""

    stage: str = ""
    name: str = ""
    item: str = "plan"
    amount: Wire = {}
    given_back: bool = False
    first: Wire = {}
    last: Wire = {}
    since: Wire = {}
    at: Wire = {}
    order: str = ""
    reference: str = ""
    asked: dict[str, Any] = {}
    sums: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Shows the fee."""
        self.stage, self.sums = "failed", []
        try:
            actor, charge = await self._actor(), fee_named(str(self.router.url.query_parameters.get("fee", "")))
            self._show(await ask(charges.receipt, actor, charge_id=charge.fee_id))
            self.asked = await asked(actor, charge)
        except SignInNeeded:
            raise
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)

    def _show(self, fee: FeeCharged) -> None:
        self.name, self.item, self.amount = fee.name, fee.item, wire(fee.amount)
        self.given_back = fee.amount.minor < 0
        self.first, self.last = wire(fee.period_from), wire(fee.period_until - _DAY)
        self.since, self.at = wire(fee.price_since), wire(fee.charged_at)
        self.order = f"/orders/{fee.order_id}" if fee.order_id else ""
        self.reference = fee.id.hex[-12:]
        self.sums = _sums(fee)
        self.stage = "receipt"


def _sums(fee: FeeCharged) -> list[dict[str, Any]]:
    """The arithmetic line by line, as label and value; what changes nothing is left out."""
    found: list[tuple[Message, Any]] = [(message("receipt.fee.price"), wire(fee.fee))]
    if fee.discount_percent:
        found.append((message("receipt.fee.discount"), message("receipt.percent", n=fee.discount_percent)))
    if fee.day_percents != _PERCENT * fee.days:
        found.append((message("receipt.fee.days"), fee.days))
        found.append((message("receipt.fee.charged_days"), _days(fee.day_percents)))
    if fee.before.minor:
        found.append((message("receipt.fee.before"), wire(fee.before)))
    found += [
        (message("receipt.charge"), wire(fee.amount)),
        (message("receipt.vat", percent=fee.vat_percent), wire(fee.vat)),
    ]
    return [{"label": label, "value": value} for label, value in found]


def _days(percents: int) -> Any:
    """Whole days, or days and a part where some count by half."""
    whole, part = divmod(percents, _PERCENT)
    return whole if not part else {"$number": f"{whole}.{part:02}".rstrip("0")}


def fee_receipt() -> rx.Component:
    """The fee, or why there is none."""
    state = FeeReceipt
    again = c.button(T("charges.failed.again"), kind="secondary", icon="refresh", on_click=FeeReceipt.load)
    return rx.match(
        state.stage,
        ("receipt", _receipt(state)),
        ("failed", c.empty("cloud-off", T("charges.failed.title"), T("charges.failed.lead"), action=again)),
        ("closed", rx.fragment()),
        rx.el.div(c.skeleton("number"), c.skeleton("card", 2), class_name="flex flex-col gap-6"),
    )


def _receipt(state: Any) -> rx.Component:
    said = rx.cond(state.given_back, T("receipt.fee.given_back"), T("receipt.charged"))
    about = c.card(
        c.key_values(
            (T("receipt.fee.what"), choice("receipt.fee.item", state.item)),
            (T("receipt.fee.name"), state.name),
            (
                T("receipt.fee.period"),
                T("charges.period", first=date(state.first, "long"), last=date(state.last, "long")),
            ),
            (T("receipt.since"), date(state.since, "long")),
            (T("receipt.fee.at"), datetime(state.at, "long")),
        ),
        title=T("receipt.rule"),
    )
    consent = rx.cond(
        state.order,
        rx.el.p(c.link(T("receipt.order"), state.order)),
        rx.el.p(T("receipt.contract")),
    )
    return rx.el.div(
        c.card(c.big_number(money(state.amount), said)),
        about,
        c.card(c.key_values_each(state.sums, area="receipt"), title=T("receipt.arithmetic")),
        c.card(consent, title=T("receipt.consent")),
        question(state.reference, state.asked),
        class_name="flex flex-col gap-6",
    )


shell.screen("/fees", title="receipt.title", on_load=FeeReceipt.load, back="/more")(fee_receipt)
