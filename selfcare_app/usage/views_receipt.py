"""What a receipt shows: one record, the rule and version that priced it, the arithmetic, and the consent behind it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.money import Money, Rate
from selfcare_app.usage.views import CallRecord


@dataclass(frozen=True, slots=True)
class Drawn:
    """What of a package was used for the record, in the receipt's unit; `name` as subscribers know the package."""

    code: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Covered:
    """What a package of money paid for the record; `name` as subscribers know the package."""

    name: str
    amount: Rate


@dataclass(frozen=True, slots=True)
class PriceShown:
    """The version of a price rule in force [valid_from, valid_until): so much for each started `interval`.

    `rate` includes VAT at `vat_percent`. `plan` is the code of the tariff plan, `plan_name` its
    name as subscribers know it.
    """

    code: str
    name: str
    plan: str
    plan_name: str
    interval: int
    rate: Rate
    vat_percent: int
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Consent:
    """The order that put the line on its plan: its number, when it was accepted, by which channel and session."""

    order_id: UUID
    order_no: int
    accepted_at: datetime
    channel: str
    session_id: UUID | None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`quantity` of a `unit` (seconds, bytes, messages) rounded up to `billed`: `free`, the rest in `paid` intervals.

    `sum` is paid intervals times the rate, exact; `covered` is what packages of money pay of it; `charge` is the rest
    in whole minor units; `vat` is the part of `charge` that is tax.
    """

    unit: str
    quantity: int
    billed: int
    free: tuple[Drawn, ...]
    paid: int
    sum: Rate
    charge: Money
    vat: Money
    covered: tuple[Covered, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Why a record cost what it did.

    `source` says who priced it: "rated" (here, when it came: `price` and `arithmetic` are what was applied), "agrees"
    (the operator's billing, and the catalogue's arithmetic comes to the same), "operator" (the operator's billing;
    `price` and `arithmetic` are None). `consent` is None where the line came to its plan by import. `corrected` holds
    the sums of earlier ratings that were reversed, oldest first. Outside "rated", `charge` alone is what the operator
    charged.
    """

    record: CallRecord
    source: str
    charge: Money
    price: PriceShown | None = None
    arithmetic: Arithmetic | None = None
    consent: Consent | None = None
    corrected: tuple[Rate, ...] = ()
