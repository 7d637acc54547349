"""Whether a part of the service rests on a day, and when it opens again."""

from datetime import date, timedelta

from selfcare_app.operators.schema.bills import ClosedWindow, DaysOfMonth


def is_closed(window: ClosedWindow, local_date: date) -> bool:
    """Whether the window holds on this day of the operator's time zone."""
    if isinstance(window, DaysOfMonth):
        return window.first_day <= local_date.day <= window.last_day
    return (local_date + timedelta(days=window.days)).month != local_date.month


def reopens_on(window: ClosedWindow, local_date: date) -> date:
    """The first day, this one or later, on which the window does not hold."""
    day = local_date
    while is_closed(window, day):
        day += timedelta(days=1)
    return day
