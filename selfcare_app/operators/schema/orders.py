"""What a subscriber asks for: when it takes effect, how often, and with which conditions."""

from typing import Annotated

from pydantic import Field, model_validator

from selfcare_app.operators.schema.section import Count, CountOrZero, Key, Percent, Section
from selfcare_app.operators.schema.vocabulary import EffectKind


class Effect(Section):
    """When an order takes effect.

    `at_once`: with the confirmation; `within`: as soon as the worker comes to it, promised within `at_most_seconds` and
    not before `at_least_seconds`, so that it can be taken back; `next_day`, `next_month`: when that day or month begins
    in the operator's time zone.
    """

    kind: EffectKind
    at_most_seconds: Count | None = None
    at_least_seconds: Count | None = None

    @model_validator(mode="after")
    def _promise(self) -> "Effect":
        if (self.kind == EffectKind.WITHIN) and self.at_most_seconds is None:
            raise ValueError("at_most_seconds is needed with kind 'within'")
        return self


class ChangeLimit(Section):
    """So many changes in a calendar month of the operator's time zone."""

    per_calendar_month: Count


class TariffChange(Section):
    """Going over to another tariff plan."""

    effect: Effect
    limit: ChangeLimit | None = None
    warns_of_closed_plan: bool
    needs_agreement: bool
    """The section opens after the service agreement is accepted."""
    free_after_operator_change: bool
    """After the operator changed the plan, another one can be chosen outside the limit."""


class ServiceChange(Section):
    """Connecting and disconnecting services; a service's own delay, where it has one, goes first."""

    effect: Effect
    prepaid_needs_balance: bool
    refused_while_suspended: bool
    undo_seconds: CountOrZero
    """So long a paid service that was not used can be undone with all that it has cost."""


class Pause(Section):
    """Suspending all services at the subscriber's wish for a lower fee."""

    plan_fee_percent: Percent
    """Share of the (discounted) plan fee that is charged from the day after activation."""
    add_on_fee_percent: Percent
    first_day_in_full: bool


class Block(Section):
    """Blocking the number, because the SIM is lost or by choice."""

    reasons: Annotated[tuple[Key, ...], Field(min_length=1)]
    period_chosen: bool
    max_days: Count | None = None
    fee_continues: bool


class Forwarding(Section):
    """Sending calls on to another number."""

    conditions: Annotated[tuple[Key, ...], Field(min_length=1)]
    targets: Annotated[tuple[Key, ...], Field(min_length=1)]
    uses_free_minutes: bool


class FavouriteNumbers(Section):
    """Numbers that are cheaper to call; how many there may be belongs to the tariff plan."""

    effect: Effect
    by_tariff_plan: bool


class Renaming(Section):
    """Renaming the lines of a corporate client."""

    within_seconds: Count
    in_bulk: bool


class SmsSending(Section):
    """Sending an SMS from the cabinet."""

    max_deferral_days: CountOrZero
    per_day: Count


class HandsetSettings(Section):
    """Settings that are sent to a handset."""

    kinds: Annotated[tuple[Key, ...], Field(min_length=1)]


class Operations(Section):
    """The archive of what the subscriber did."""

    kinds: Annotated[tuple[Key, ...], Field(min_length=1)]
