"""What a person typed about a wrong payment, read field by field against the conditions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from selfcare_app.kit import amount as typed_amount
from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.operators.schema import Profile
from selfcare_app.operators.schema.money import Refund as Rule
from selfcare_app.orders.draft import NotAnswered
from selfcare_app.payments.refund import rules

LONGEST_RECEIPT = 40


class OtherOperator(Refused):
    """The payment went to another operator: its centres return it, as the receipt says. ISSA-069."""

    code = "refund.other_operator"


class NotADay(Refused):
    """What was typed is no day."""

    code = "refund.not_a_day"


class NotAReceipt(Refused):
    """A receipt's number has at most `most` signs."""

    code = "refund.not_a_receipt"


@dataclass(frozen=True, slots=True)
class Told:
    """The payment as the person tells it."""

    number: Msisdn
    amount: Money
    paid_on: date
    receipt: str

    @property
    def answers(self) -> dict[str, str]:
        """The same as a draft keeps it, to be read again."""
        return {
            "number": str(self.number),
            "amount": self.amount.text,
            "paid_on": self.paid_on.isoformat(),
            "receipt": self.receipt,
        }


def read(
    profile: Profile, rule: Rule, *, own: str, number: str, amount: str, paid_on: str, receipt: str, now: datetime
) -> Told:
    """Reads every field. Raises NotAnswered with the refusal of each that does not fit."""
    today = now.astimezone(profile.zone).date()

    def a_number() -> Msisdn:
        read_number = _number(profile, number)
        rules.check_numbers(own, read_number, rule)
        return read_number

    def an_amount() -> Money:
        money = typed_amount.read(amount, profile.currency, profile.currency_scale)
        rules.check_amount(money, rule)
        return money

    def a_day() -> date:
        day = _day(paid_on)
        rules.check_age(day, today, rule)
        return day

    faults: dict[str, Fault] = {}
    told = {
        name: _tried(faults, name, one)
        for name, one in (
            ("number", a_number),
            ("amount", an_amount),
            ("paid_on", a_day),
            ("receipt", lambda: _receipt(receipt)),
        )
    }
    if faults:
        raise NotAnswered(faults=faults)
    return Told(**told)  # type: ignore[arg-type]


def _tried(faults: dict[str, Fault], name: str, one: Callable[[], object]) -> object:
    try:
        return one()
    except Refused as refused:
        faults[name] = refused
        return None


def _number(profile: Profile, typed: str) -> Msisdn:
    try:
        number = Msisdn.parse(typed, profile.numbering)
    except NotANumber as wrong:
        raise NotANumber(example=profile.numbering.input_hint) from wrong
    if not number.national(profile.numbering).startswith(profile.numbering.prefixes):
        raise OtherOperator()
    return number


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as wrong:
        raise NotADay() from wrong


def _receipt(typed: str) -> str:
    plain = " ".join(typed.split())
    if len(plain) > LONGEST_RECEIPT or not plain.isprintable():
        raise NotAReceipt(most=LONGEST_RECEIPT)
    return plain
