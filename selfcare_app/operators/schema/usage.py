"""How far back usage is shown, and how: call detail, expenses, internet statistics."""

from typing import Annotated

from pydantic import Field

from selfcare_app.operators.schema.section import Count, CountOrZero, Key, Section
from selfcare_app.operators.schema.vocabulary import CurrentUntil, Direction, FileFormat, Period, UsageKind


class CallDetail(Section):
    """Calls, messages and data one by one."""

    months_back: CountOrZero
    """Whole months before the current one."""
    current_until: CurrentUntil
    period: Period
    directions: Annotated[tuple[Direction, ...], Field(min_length=1)]
    kinds: Annotated[tuple[UsageKind, ...], Field(min_length=1)]
    page_size: Annotated[int, Field(gt=0, le=200)]
    export_formats: tuple[FileFormat, ...]
    totals: bool
    """Totals by kind for the whole period."""
    order_interval_seconds: Count | None = None
    """The current period can be asked for once in so many seconds; None: at any time."""


class ExpenseHistory(Section):
    """What months have cost, by category."""

    months_back: Count
    includes_current: bool
    categories: Annotated[tuple[Key, ...], Field(min_length=1)]


class InternetStatistics(Section):
    """Visited resources of one day at a time."""

    months_back: Count
    requests_per_day: Count
    """Within a calendar day of the operator's time zone."""


class LateUsage(Section):
    """How many days after it was used a record may still come: from the own network, and from partners abroad."""

    home_days: Count
    roaming_days: Count
