"""Bills and documents: how far back, in which formats, how delivered, and when the service rests."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from selfcare_app.operators.schema.features import Feature
from selfcare_app.operators.schema.section import Count, CountOrZero, Key, Section
from selfcare_app.operators.schema.vocabulary import Delivery, FileFormat

DayOfMonth = Annotated[int, Field(ge=1, le=28)]
"""A day that every month has."""


class DaysOfMonth(Section):
    """Closed from one day of every month to another, both included."""

    kind: Literal["days_of_month"]
    features: Annotated[tuple[Feature, ...], Field(min_length=1)]
    first_day: DayOfMonth
    last_day: DayOfMonth

    @model_validator(mode="after")
    def _ordered(self) -> "DaysOfMonth":
        if self.first_day > self.last_day:
            raise ValueError("first_day <= last_day must hold")
        return self


class LastDaysOfMonth(Section):
    """Closed in the last days of every month."""

    kind: Literal["last_days_of_month"]
    features: Annotated[tuple[Feature, ...], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=27)]


ClosedWindow = Annotated[DaysOfMonth | LastDaysOfMonth, Field(discriminator="kind")]


class Bills(Section):
    """Bills of past months and the charges of the current one."""

    months_back: Count
    delegate_charges_months_back: CountOrZero | None = None
    """Past months of charges that an administrator sees of a line."""
    repeat_by_email: bool
    delivery_methods: Annotated[tuple[Delivery, ...], Field(min_length=1)]
    many_delivery_methods: bool
    delivered_by_default: bool
    delivery_price_minor: CountOrZero
    formats: Annotated[tuple[FileFormat, ...], Field(min_length=1)]
    extra_formats: tuple[FileFormat, ...]
    """Formats that may be had beside the chosen one."""
    delivery_history: bool


class Documents(Section):
    """Documents made on request."""

    kinds: Annotated[tuple[Key, ...], Field(min_length=1)]
    months_back: Count
    delivery_methods: Annotated[tuple[Delivery, ...], Field(min_length=1)]
    formats: Annotated[tuple[FileFormat, ...], Field(min_length=1)]
    recommended_formats: tuple[FileFormat, ...]
    ready_within_seconds: Count
    kept_days: Count
