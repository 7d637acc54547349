"""A question about one line of the charges: where it is asked, what came of it, by which words it is named."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx

from selfcare_app.care.charge_question import ask as asking
from selfcare_app.care.charge_question.views import Charge, FeeOf, RecordCharge
from selfcare_app.catalogue.charges import NoSuchCharge
from selfcare_app.db import micros, moment
from selfcare_app.i18n.message import wire
from selfcare_app.kit.actor import Subscriber
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui.pages.usage import rows
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, choice, date
from selfcare_app.usage.rating.receipt import NoSuchRecord
from selfcare_app.wiring import ask

QUESTIONS = f"{Feature.CALL_DETAIL.path}/questions"
FORM = f"{QUESTIONS}/ask"
FEES = "/fees"
LONGEST = 19
_GREATEST = 2**63 - 1
_LAST_MICROS = 10**17


def record_named(at: str, key: str) -> RecordCharge:
    """The record that an address names. Raises NoSuchRecord."""
    if not (_is_number(at) and _is_number(key) and int(at) < _LAST_MICROS):
        raise NoSuchRecord()
    return RecordCharge(moment(int(at)), int(key))


def fee_named(text: str) -> FeeOf:
    """The fee that an address names. Raises NoSuchCharge."""
    try:
        return FeeOf(UUID(text))
    except ValueError as wrong:
        raise NoSuchCharge() from wrong


def query_of(charge: Charge) -> str:
    """The parameters by which an address names a charge."""
    if isinstance(charge, FeeOf):
        return urlencode({"fee": charge.fee_id})
    return urlencode({"at": micros(charge.started_at), "key": charge.key})


def receipt_of(charge: Charge) -> str:
    """Where the receipt of a charge stands."""
    return f"{FEES if isinstance(charge, FeeOf) else rows.RECEIPT}?{query_of(charge)}"


async def asked(actor: Subscriber, charge: Charge) -> dict[str, Any]:
    """For the receipt's State: where to ask, and the latest question about the charge; empty where nobody may."""
    if actor.acting or operator().charge_question is None:
        return {}
    found = await ask(asking.about, actor, charge=charge)
    if found is None:
        return {"to": f"{FORM}?{query_of(charge)}"}
    said = {"no": str(found.no), "state": found.outcome or found.state, "due": wire(found.due_on)}
    return said if found.state == "open" else {**said, "to": f"{FORM}?{query_of(charge)}"}


def question(reference: Any, found: Any) -> rx.Component:
    """The way to the question, what is known of the last one, and what to name to whoever is called instead."""
    contacts = operator().contacts
    known = rx.el.div(
        rx.el.p(
            rx.el.span(T("question.one", no=found["no"]), class_name="font-semibold"),
            ": ",
            choice("question.state", found["state"].to(str)),
        ),
        rx.cond(found["state"] == "open", c.hint(T("question.due", due=date(found["due"])))),
        rx.el.p(c.link(T("question.all"), QUESTIONS)),
        class_name="flex flex-col gap-1",
    )
    return c.card(
        rx.cond(found["no"], known),
        rx.cond(found["to"], rx.el.div(c.link_button(T("question.ask"), found["to"]), class_name="flex flex-col")),
        c.hint(T("receipt.question_lead")),
        c.key_values(
            (T("receipt.reference"), rx.el.span(reference, class_name="tabular wrap-anywhere")),
            (T("receipt.call"), c.call_link(contacts.reference_service)),
        ),
        title=T("question.new"),
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST and int(text) <= _GREATEST
