"""Numbers as people write them, with the digits that were asked for set apart; rows of numbers for state."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from selfcare_app.i18n.message import wire
from selfcare_app.numbers.views import Held, Offer
from selfcare_app.operators.schema.identity import Numbering


def parts(number: str, marked: Sequence[int], numbering: Numbering) -> list[dict[str, Any]]:
    """The number in groups as pieces of text; `strong` where the mask names the digits."""
    digits = iter(range(len(numbering.country_code), len(number)))
    pieces: list[dict[str, Any]] = [{"text": f"+{numbering.country_code} ", "strong": False}]
    for sign in numbering.national_display:
        at = next(digits) if sign == "#" else -1
        text, strong = (number[at], at in marked) if at >= 0 else (sign, pieces[-1]["strong"])
        if strong == pieces[-1]["strong"]:
            pieces[-1]["text"] += text
        else:
            pieces.append({"text": text, "strong": strong})
    return pieces


def offer_row(offer: Offer, numbering: Numbering) -> dict[str, Any]:
    """An offer as state keeps it."""
    return {
        "number": str(offer.number),
        "parts": parts(offer.number, offer.marked, numbering),
        "category": str(offer.category),
        "price": wire(offer.price),
    }


def held_row(held: Held, now: datetime) -> dict[str, Any]:
    """A held number as state keeps it; `seconds` are left of it now."""
    return {
        "number": str(held.number),
        "category": str(held.category),
        "price": wire(held.price),
        "seconds": max(0, round((held.until - now).total_seconds())),
    }
