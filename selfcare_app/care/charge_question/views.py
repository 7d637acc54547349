"""What the subscriber and the desk see of questions about charges."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from selfcare_app.catalogue.charges import FeeCharged
from selfcare_app.kit.money import Money
from selfcare_app.usage.views_receipt import Receipt


@dataclass(frozen=True, slots=True)
class RecordCharge:
    """The charge of a record, as call detail names it: by its time and key."""

    started_at: datetime
    key: int


@dataclass(frozen=True, slots=True)
class FeeOf:
    """The charge of a fee."""

    fee_id: UUID


Charge = RecordCharge | FeeOf
"""What a question is about."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its subscriber sees it: open until `due_on`, or answered: explained, or the charge corrected.

    `amount` is what the charge was when it was asked about. `words` and `answer` are None once they are forgotten,
    `answer` before it is given. `month` is what the month's usage cost before and after a correction. `is_new`:
    answered, and not read yet.
    """

    id: UUID
    no: int
    charge: Charge
    charged_at: datetime
    amount: Money
    reason: str
    words: str | None
    asked_at: datetime
    due_on: date
    state: str
    outcome: str
    answer: str | None
    answered_at: datetime | None
    month: tuple[Money, Money] | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What can be asked about a charge now: `about` says which, `latest` is the question there is about it already."""

    charge: Charge
    charged_at: datetime
    amount: Money
    reasons: tuple[str, ...]
    max_length: int
    working_days: int
    answer_by_sms: bool
    latest: Question | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question in the desk's queue, without whose it is; `asked_by` is who asked a second employee to correct."""

    id: UUID
    no: int
    is_fee: bool
    amount: Money
    reason: str
    asked_at: datetime
    due_on: date
    is_late: bool
    asked_by: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What rating the month anew comes to: so many records priced otherwise, the month's usage before and after."""

    records: int
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A question that was opened at the desk, with the receipt of its charge beside it.

    Of `receipt` and `fee` one is there, none once the record is not kept any more. `correction` is None where the
    charge can't be corrected here: a fee, or what the operator's billing charged. `draft` is the answer that waits
    with a request for the second employee.
    """

    question: Question
    number: str
    receipt: Receipt | None
    fee: FeeCharged | None
    correction: Correction | None
    draft: str
    is_late: bool
    asked_by: str
