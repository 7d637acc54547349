"""Transfers and schedules as state keeps them, and in words."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from selfcare_app.i18n.message import Message, message, text_of, wire
from selfcare_app.payments.transfer_views import Scheduled, Transferred


def rhythm(recurrence: str, day: int) -> Message:
    """ "Every day", "every week on Fridays", "every month on the 31st"."""
    if recurrence == "weekly":
        return message("sharing.rhythm.weekly", day=text_of(f"sharing.on_weekday.{day}"))
    if recurrence == "monthly":
        return message(
            "sharing.rhythm.last" if day == 31 else "sharing.rhythm.monthly", **({"day": day} if day < 31 else {})
        )
    return message("sharing.rhythm.daily")


def schedule_row(each: Scheduled) -> dict[str, Any]:
    """A schedule as state keeps it; `next` is empty where it is stopped, `why` where its last run was done."""
    return {
        "id": str(each.id),
        "number": wire(each.number),
        "amount": wire(each.amount),
        "rhythm": rhythm(each.recurrence, each.day),
        "next": wire(each.next_on) if each.next_on else {},
        "last": wire(each.last_on) if each.last_on else {},
        "why": message(f"sharing.skipped.{_REASONS.get(each.reason, 'other')}") if each.reason else {},
    }


_REASONS = {"sharing_not_enough": "not_enough", "ledger_not_enough": "not_enough", "sharing_no_recipient": "recipient"}


def days(history: Sequence[Transferred], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Transfers grouped by their day, the newest first."""
    grouped = groupby(history, key=lambda each: each.at.astimezone(zone).date())
    return [{"day": day.isoformat(), "rows": [_row(each) for each in group]} for day, group in grouped]


def _row(each: Transferred) -> dict[str, Any]:
    how = "in" if each.came_in else "regular" if each.by_schedule else "out"
    return {
        "what": message(f"sharing.history.{how}"),
        "number": wire(each.number),
        "at": wire(each.at),
        "amount": wire(each.amount if each.came_in else -each.amount),
    }
