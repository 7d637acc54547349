"""Money in and out: amounts are whole minor units of the profile's currency."""

from typing import Annotated

from pydantic import Field, model_validator

from selfcare_app.operators.schema.section import Count, Section, Text
from selfcare_app.operators.schema.vocabulary import Period, Recurrence, TopUpWay


class Charging(Section):
    """How fees are taken from the balance."""

    whole_fee_or_nothing: bool
    """A subscription fee that the balance does not cover whole is not taken, and the number does not work."""
    blocks_on_unpaid_bill: bool


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

    @model_validator(mode="after")
    def _ordered(self) -> "TopUp":
        if self.min_minor > self.max_minor:
            raise ValueError("min_minor <= max_minor must hold")
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
    name_checks_per_day: Count
    name_check_seconds: Count


class Instalments(Section):
    """Equipment bought in instalments."""

    self_write_off: bool
    """The subscriber may pay an instalment from the balance."""


class Bonus(Section):
    """Bonus units."""

    programme_name: Text | None = None
    gift_catalogue: bool
