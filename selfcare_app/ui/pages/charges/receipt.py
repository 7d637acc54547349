"""The receipt of a record: what was used, by which rule and version, the arithmetic, the consent; and whom to ask."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, data_size, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import ProofNeeded, SignInNeeded
from selfcare_app.kit.errors import Fault
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.charges.asking import LONGEST, asked, question, record_named
from selfcare_app.ui.pages.usage import rows
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, datetime, money, number, show
from selfcare_app.usage import selection
from selfcare_app.usage.rating import receipt
from selfcare_app.usage.views_receipt import Arithmetic, PriceShown, Receipt
from selfcare_app.wiring import ask

PATH = rows.RECEIPT


class RecordReceipt(SignedState):
    """The record that the address names, and why it cost what it did."""

    stage: str = ""
    query: str = ""
    reference: str = ""
    asked: dict[str, Any] = {}
    record: dict[str, Any] = {}
    source: str = "operator"
    charge: Wire = {}
    has_price: bool = False
    price: dict[str, Any] = {}
    sums: list[dict[str, Any]] = []
    has_consent: bool = False
    consent: dict[str, Any] = {}
    corrected: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Shows the receipt, or asks for the proof of call detail first."""
        self.stage, self.record = "failed", {}
        asked = self.router.url.query_parameters
        at, key = str(asked.get("at", "")), str(asked.get("key", ""))
        self.query = urlencode({"at": at[:LONGEST], "key": key[:LONGEST]})
        try:
            self._show(await self._read(at, key))
        except SignInNeeded:
            raise
        except ProofNeeded:
            self.stage = "prove"
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)

    async def _read(self, at: str, key: str) -> Receipt:
        actor, charge = await self._actor(), record_named(at, key)
        found: Receipt = await ask(
            receipt.read, actor, record_key=charge.key, started_at=charge.started_at, now=clock.now()
        )
        self.asked = await asked(actor, charge)
        return found

    def _show(self, found: Receipt) -> None:
        self.record = rows.record(operator(), found.record)
        self.reference = f"{found.record.at:%y%m%d-%H%M%S}-{found.record.key % 10**6:06}"
        self.source, self.charge = found.source, wire(found.charge)
        self.has_price = found.price is not None
        self.price = _price(found.price) if found.price else {}
        self.sums = _sums(found.arithmetic, found.price) if found.arithmetic and found.price else []
        consent = found.consent
        self.has_consent = consent is not None
        self.consent = (
            {
                "no": consent.order_no,
                "at": wire(consent.accepted_at),
                "to": f"/orders/{consent.order_id}",
                "channel": consent.channel,
            }
            if consent
            else {}
        )
        self.corrected = [{"sum": wire(each.exact)} for each in found.corrected]
        self.stage = "receipt"


def _price(price: PriceShown) -> dict[str, Any]:
    return {
        "name": price.name or price.code,
        "plan": price.plan_name,
        "version": f"{price.plan}/{price.code}",
        "since": wire(price.valid_from),
        "until": wire(price.valid_until) if price.valid_until else {},
    }


def _sums(sums: Arithmetic, price: PriceShown) -> list[dict[str, Any]]:
    """The arithmetic line by line, as label and value."""
    found: list[tuple[Message, Any]] = [
        (message("receipt.used"), _quantity(sums.unit, sums.quantity)),
        (message("receipt.interval"), _quantity(sums.unit, price.interval)),
        (message("receipt.billed"), _quantity(sums.unit, sums.billed)),
    ]
    found += [(message("receipt.free", name=part.name), _quantity(sums.unit, part.quantity)) for part in sums.free]
    found += [
        (message("receipt.paid"), sums.paid),
        (message("receipt.rate"), wire(price.rate.exact)),
        (message("receipt.sum"), wire(sums.sum.exact)),
    ]
    found += [(message("receipt.covered", name=part.name), wire(part.amount.exact)) for part in sums.covered]
    found += [
        (message("receipt.charge"), wire(sums.charge)),
        (message("receipt.vat", percent=price.vat_percent), wire(sums.vat)),
    ]
    return [{"label": label, "value": value} for label, value in found]


def _quantity(unit: str, quantity: int) -> Any:
    if unit == "seconds":
        return {"$duration": quantity}
    return data_size(quantity) if unit == "bytes" else message("receipt.messages", n=quantity)


def record_receipt() -> rx.Component:
    """The stage that the State is at."""
    state = RecordReceipt
    return rx.fragment(
        rx.cond(state.stage != "prove", c.query_fault()),
        rx.match(
            state.stage,
            ("receipt", _receipt(state)),
            ("prove", _prove(state)),
            ("failed", _failed()),
            ("closed", rx.fragment()),
            rx.el.div(c.skeleton("number"), c.skeleton("card", 3), class_name="flex flex-col gap-6"),
        ),
    )


def _receipt(state: Any) -> rx.Component:
    return rx.el.div(
        c.card(c.big_number(money(state.charge), T("receipt.charged")), c.hint(choice("receipt.source", state.source))),
        _record(state),
        rx.cond(state.has_price, _rule(state)),
        rx.cond(state.sums, c.card(c.key_values_each(state.sums, area="receipt"), title=T("receipt.arithmetic"))),
        rx.cond(state.corrected, _corrected(state)),
        _consent(state),
        question(state.reference, state.asked),
        class_name="flex flex-col gap-6",
    )


def _record(state: Any) -> rx.Component:
    record = state.record
    return c.card(
        c.key_values(
            (T("receipt.when"), datetime(record["at"], "long")),
            (T("receipt.what"), choice("usage.event", record["event"].to(str))),
            (T("receipt.who"), show(record["who"])),
            (T("receipt.where"), choice("usage.zone", record["zone"].to(str)), record["zone"]),
        ),
        title=T("receipt.record"),
    )


def _rule(state: Any) -> rx.Component:
    price = state.price
    return c.card(
        c.key_values(
            (T("receipt.plan"), price["plan"]),
            (T("receipt.price"), price["name"]),
            (T("receipt.version"), price["version"]),
            (T("receipt.since"), date(price["since"], "long")),
            (T("receipt.until"), date(price["until"], "long"), price["until"]),
        ),
        title=T("receipt.rule"),
    )


def _corrected(state: Any) -> rx.Component:
    each = rx.el.ul(rx.foreach(state.corrected, lambda row: rx.el.li(money(row["sum"]), class_name="tabular")))
    return c.card(rx.el.p(T("receipt.corrected_lead")), each, title=T("receipt.corrected"))


def _consent(state: Any) -> rx.Component:
    ordered = rx.fragment(
        rx.el.p(T("receipt.ordered", no=number(state.consent["no"]), at=datetime(state.consent["at"], "long"))),
        rx.el.p(c.link(T("receipt.order"), state.consent["to"])),
    )
    return c.card(rx.cond(state.has_consent, ordered, rx.el.p(T("receipt.contract"))), title=T("receipt.consent"))


def _prove(state: Any) -> rx.Component:
    return rx.el.div(
        c.subheading(T("charges.prove")),
        c.lead(T("charges.prove_lead")),
        prove_form(selection.PURPOSE, back=f"{PATH}?" + state.query),
        class_name="flex max-w-2xl flex-col gap-6",
    )


def _failed() -> rx.Component:
    again = c.button(T("charges.failed.again"), kind="secondary", icon="refresh", on_click=RecordReceipt.load)
    return c.empty("cloud-off", T("charges.failed.title"), T("charges.failed.lead"), action=again)


shell.screen(PATH, title="receipt.title", on_load=RecordReceipt.load, back="/call-detail")(record_receipt)
