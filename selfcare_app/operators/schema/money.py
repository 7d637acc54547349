"""Money in and out: amounts are whole minor units of the profile's currency."""

from typing import Annotated

from pydantic import Field, model_validator

from selfcare_app.operators.schema.section import Count, CountOrZero, Key, Percent, Section, Text
from selfcare_app.operators.schema.vocabulary import Period, Recurrence, TopUpWay


class Charging(Section):
    """How fees are taken from the balance."""

    whole_fee_or_nothing: bool
    """A subscription fee that the balance does not cover whole is not taken, and the number does not work."""
    blocks_on_unpaid_bill: bool
    debt_due_day: Count | None = None
    """Day of the month by which a postpaid account pays for the months before; None: at once."""
    vat_percent: Percent
    """Value added tax, contained in every price."""
    bill_waits_for_late_usage: bool
    """A month's bill is made when no record of it may come any more (`late_usage`); else on the 1st."""


class Payments(Section):
    """The history of payments."""

    history_period: Period
    history_months_back: Count


class TopUp(Section):
    """Putting money on an account from the cabinet."""

    ways: Annotated[tuple[TopUpWay, ...], Field(min_length=1)]
    min_minor: Count
    max_minor: Count
    other_lines: bool
    other_min_minor: Count | None = None
    other_max_per_month_minor: Count | None = None
    quick_minor: tuple[Count, ...]
    """Amounts that are offered at a touch."""
    named_per_day: Count
    """How many times a day another's number may be named, right or wrong."""
    unfinished_at_once: Count
    """How many payments may be begun on a bank's page before one of them is finished."""

    @model_validator(mode="after")
    def _ordered(self) -> "TopUp":
        if self.min_minor > self.max_minor:
            raise ValueError("min_minor <= max_minor must hold")
        return self


class AutomaticTopUp(Section):
    """Topping up by a saved bank card by itself, when the account falls below what the subscriber has chosen."""

    threshold_min_minor: CountOrZero
    threshold_max_minor: Count
    month_max_minor: Count
    """The most that a subscriber may allow a month."""
    retry_after_seconds: tuple[Count, ...]
    """How long after each refusal in a row it is tried again; one refusal more turns it off."""
    stopped_again_seconds: Count
    """How often it is looked again whether what stands against it is over, where that has no date of its own."""

    @model_validator(mode="after")
    def _ordered(self) -> "AutomaticTopUp":
        if self.threshold_min_minor > self.threshold_max_minor:
            raise ValueError("threshold_min_minor <= threshold_max_minor must hold")
        return self


class Voucher(Section):
    """A card with a code under a protective layer."""

    digits: Count
    other_lines: bool
    fails_per_day: Count
    denominations_minor: tuple[Count, ...]
    """Face values on sale; empty where the documents name none."""


class PromisedPayment(Section):
    """Money that the subscriber promises to pay (at some operators: an unconfirmed payment)."""

    min_minor: Count
    max_minor: Count
    valid_days: Count
    active_at_once: Count


class Refund(Section):
    """Returning a payment that went to a wrong number."""

    max_minor: Count
    max_age_days: Count
    max_differing_digits: Count
    prepaid_needs_unspent: bool
    review_working_days: Count
    waiting_at_once: Count
    """Applications of one line that may wait for their review at the same time."""


class Transfer(Section):
    """Giving money from one's own account to another subscriber."""

    min_minor: Count
    max_minor: Count
    max_per_day_minor: Count
    per_day: Count
    new_recipient_max_minor: Count
    new_recipient_seconds: Count
    """How long a recipient counts as new after the first transfer."""
    recurrences: tuple[Recurrence, ...]
    max_per_month_minor: Count | None = None
    fee_minor: CountOrZero = 0
    schedules_at_once: Count = 5
    name_checks_per_day: Count
    name_check_seconds: Count


class Instalments(Section):
    """Equipment bought in instalments."""

    self_write_off: bool
    """The subscriber may pay an instalment from the balance."""


class ServiceUnits(Section):
    """Bonus units a day for having a service."""

    service: Key
    units: Count


class Bonus(Section):
    """Bonus units: so many a day for certain services, and one for every so much of ordinary usage."""

    programme_name: Text | None = None
    gift_catalogue: bool
    charge_minor_per_unit: Count
    services: tuple[ServiceUnits, ...] = ()
