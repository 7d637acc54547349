"""The last operations as state keeps them: by day, the newest first."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import Message, message, wire
from selfcare_app.payments.views import Movement
from selfcare_app.ui import shell


def days(movements: Sequence[Movement]) -> list[dict[str, Any]]:
    """Movements grouped by their day."""
    return [
        {"day": day.isoformat(), "rows": [_row(movement) for movement in group]}
        for day, group in groupby(movements, key=lambda movement: movement.day)
    ]


def _row(movement: Movement) -> dict[str, Any]:
    used = movement.source == "usage"
    return {
        "title": _title(movement),
        "at": wire(movement.at) if movement.at else {},
        "about": message(f"payments.count.{movement.what}", n=movement.count) if used else {},
        "amount": wire(movement.amount),
        "to": shell.BUILT.get("call_detail", "") if used else "",
    }


def _title(movement: Movement) -> Message:
    if movement.source == "usage":
        return message(f"payments.usage.{movement.what}")
    if movement.source == "payment":
        return _known("payments.channel", movement.what, "other")
    return _known("payments.moved", movement.what, "came_in" if movement.amount.minor > 0 else "went_out")


def _known(group: str, name: str, otherwise: str) -> Message:
    # Channels and codes come with the operator's data; one that has no words of its own still has a sentence.
    key = f"{group}.{name}"
    return message(key if key in catalogue.load(catalogue.SOURCE) else f"{group}.{otherwise}")
