"""Messages and values on their way to a browser: a key with arguments, formatted there in the reader's language."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import urlencode

from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn

Wire = dict[str, Any]
"""One value with its type: `{"$money": [minor, scale, currency]}`, `{"$date": …}`, `{"$datetime": …}`,
`{"$duration": seconds}`, `{"$bytes": n}`, `{"$number": "1.5"}`, `{"$msisdn": digits}`, `{"$text": key}`."""


class Message(TypedDict, total=False):
    """A sentence by key; `n` selects the plural form."""

    key: str
    args: dict[str, Any]
    n: int


def message(key: str, *, n: int | None = None, **args: Any) -> Message:
    """The message of a catalogue key; arguments are values of the program (Money, datetime, Msisdn, int, str …)."""
    made: Message = {"key": key}
    if args:
        made["args"] = {name: wire(value) for name, value in args.items()}
    if n is not None:
        made["n"] = n
    return made


def from_fault(fault: Fault) -> Message:
    """What to tell a person about a refusal: sentence key `area.error.name`, the fault's parameters as arguments."""
    return message(fault.key, **fault.params)


def wire(value: Any) -> Any:
    """The JSON-plain form of a value, typed so that the browser can format it; text and whole numbers as they are.

    Raises TypeError for what has no form here, so that no repr ever reaches a person.
    """
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    if value is None or isinstance(value, str | int | Mapping):
        return value
    raise TypeError(f"{type(value).__name__} has no form for the browser")


def data_size(octets: int) -> Wire:
    """A number of bytes as a wire value."""
    return {"$bytes": octets}


def text_of(key: str) -> Wire:
    """Another sentence (a category, a state) as an argument."""
    return {"$text": key}


def to_query(fault: Fault, *, field: str = "") -> str:
    """The query string of a redirect back to a form: which error, at which field, with which arguments.

    What was typed is never in it.
    """
    area, _, name = fault.key.partition(".error.")
    pairs = {"error": f"{area}.{name}"}
    if field:
        pairs["field"] = field
    if fault.params:
        args = {name: wire(value) for name, value in fault.params.items()}
        pairs["args"] = json.dumps(args, ensure_ascii=False, separators=(",", ":"))
    return urlencode(pairs)


def _instant(value: datetime) -> Wire:
    if value.tzinfo is None:
        raise TypeError("time without a zone")
    return {"$datetime": value.astimezone(UTC).isoformat().replace("+00:00", "Z")}


_FORMS: tuple[tuple[type, Any], ...] = (
    (Money, lambda v: {"$money": [v.minor, v.scale, v.currency]}),
    (datetime, _instant),
    (date, lambda v: {"$date": v.isoformat()}),
    (timedelta, lambda v: {"$duration": int(v.total_seconds())}),
    (Msisdn, lambda v: {"$msisdn": str(v)}),
    (list, lambda v: [wire(item) for item in v]),
)
