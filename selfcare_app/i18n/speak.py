"""Says a sentence in a language on the server (SMS, letters, files); a browser says the same from the same tables."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from selfcare_app.i18n import catalogue, cldr
from selfcare_app.i18n.message import Message, wire
from selfcare_app.kit.money import Money

MINUS = "\u2212"
SECONDS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
OCTETS = (("gigabytes", 1 << 30, 2), ("megabytes", 1 << 20, 1), ("kilobytes", 1 << 10, 0))
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SHORTEST_INTERNATIONAL = 10


class NumberingPlan(Protocol):
    """How the operator's numbers are written: `display` has a `#` for each national digit."""

    @property
    def country_code(self) -> str: ...
    @property
    def national_length(self) -> int: ...
    @property
    def display(self) -> str: ...


class Region(Protocol):
    """What a profile says about the place where its subscribers live."""

    @property
    def time_zone(self) -> str: ...
    @property
    def numbering(self) -> NumberingPlan: ...


@dataclass(frozen=True)
class Speaker:
    """Sentences and values in one language for one operator's region.

    With `now` (aware) near days become "today" and the like; without it every date is absolute, as a letter needs.
    """

    language: str
    region: Region
    now: dt.datetime | None = None

    def text(self, key: str, **args: Any) -> str:
        """The sentence of a key; arguments are values of the program or wire values.

        Raises KeyError for a key that doesn't exist or an argument that is missing.
        """
        sentence = catalogue.sentence(self.language, key)
        if not isinstance(sentence, str):
            raise KeyError(f"{key} is a plural")
        return self._fill(sentence, args)

    def plural(self, key: str, n: int, **args: Any) -> str:
        """The plural form of a key for `n`, which is also its `{n}`."""
        forms = catalogue.sentence(self.language, key)
        if isinstance(forms, str):
            raise KeyError(f"{key} is no plural")
        form = forms.get(cldr.locale_of(self.language).plural_form(n), forms["other"])
        return self._fill(form, {"n": n, **args})

    def message(self, told: Message) -> str:
        """A message as `i18n.message` makes it."""
        args = told.get("args", {})
        if "n" in told:
            return self.plural(told["key"], told["n"], **args)
        return self.text(told["key"], **args)

    def show(self, value: Any) -> str:
        """Any value or wire value by its type."""
        plain = wire(value)
        if isinstance(plain, Mapping):
            return self._typed(plain)
        if isinstance(plain, int) and not isinstance(plain, bool):
            return self.number(plain)
        return "" if plain is None else str(plain)

    def number(self, value: int | str | Decimal) -> str:
        """A number with its digits grouped; a decimal keeps the digits it has."""
        exact = Decimal(value)
        digits = max(0, -cast(int, exact.as_tuple().exponent))
        written = format_decimal(
            abs(exact), format=f"#,##0.{'0' * digits}", locale=cldr.locale_of(self.language), group_separator=True
        )
        return f"{MINUS}{written}" if exact < 0 else written

    def money(self, value: Money, *, sign: bool = False) -> str:
        """An amount with its currency; `sign` puts a plus before what is gained."""
        currency = catalogue.load(self.language).get(f"format.currency.{value.currency}", value.currency)
        plus = "+" if sign and value.minor > 0 else ""
        return self.text("format.money", amount=plus + self.number(value.text), currency=currency)

    def date(self, value: dt.date | dt.datetime, style: str = "human") -> str:
        """A day: style human, day, long, month, weekday or short; an instant is taken in the operator's time zone."""
        day = self._local(value).date() if isinstance(value, dt.datetime) else value
        if style == "human":
            if self.now is not None and (near := self._near(day)):
                return near
            this_year = self.now is not None and day.year == self._local(self.now).year
            style = "day" if this_year else "long"
        return format_date(day, self._pattern(style), locale=cldr.locale_of(self.language))

    def time(self, value: dt.datetime) -> str:
        """Hours and minutes in the operator's time zone."""
        return format_datetime(self._local(value), self._pattern("time"), locale=cldr.locale_of(self.language))

    def datetime(self, value: dt.datetime, style: str = "human") -> str:
        """Day and time."""
        return self.text("format.moment", date=self.date(value, style), time=self.time(value))

    def duration(self, seconds: int) -> str:
        """The two largest units: `1 h 5 min`."""
        parts: list[str] = []
        rest = seconds
        for unit, size in SECONDS:
            count, rest = divmod(rest, size)
            if count or (unit == "seconds" and not parts):
                parts.append(self.text(f"format.duration.{unit}", n=count))
            if parts and (len(parts) == 2 or not count):
                break
        return " ".join(parts)

    def data_size(self, octets: int) -> str:
        """An amount of data, 1 KB being 1024 bytes."""
        for unit, size, digits in OCTETS:
            if octets >= size:
                scaled = (octets * 10**digits * 2 + size) // (2 * size)
                exact = Decimal(scaled).scaleb(-digits).normalize()
                return self.text(f"format.size.{unit}", n=self.number(format(exact, "f")))
        return self.text("format.size.bytes", n=self.number(octets))

    def msisdn(self, digits: str) -> str:
        """A number as people write it: the operator's by its pattern, a foreign one with `+`, a short one as it is."""
        plan = self.region.numbering
        if digits.startswith(plan.country_code) and len(digits) == len(plan.country_code) + plan.national_length:
            figures = iter(digits.removeprefix(plan.country_code))
            return "".join(next(figures) if sign == "#" else sign for sign in plan.display)
        foreign = digits.isdigit() and len(digits) >= _SHORTEST_INTERNATIONAL
        return f"+{digits}" if foreign else digits

    def _fill(self, sentence: str, args: Mapping[str, Any]) -> str:
        return _PLACEHOLDER.sub(lambda found: self.show(args[found[1]]), sentence)

    def _typed(self, value: Mapping[str, Any]) -> str:
        ((kind, given),) = value.items()
        say = {
            "$money": lambda: self.money(Money(given[0], given[2], given[1])),
            "$date": lambda: self.date(dt.date.fromisoformat(given)),
            "$datetime": lambda: self.datetime(dt.datetime.fromisoformat(given)),
            "$duration": lambda: self.duration(given),
            "$bytes": lambda: self.data_size(given),
            "$number": lambda: self.number(given),
            "$msisdn": lambda: self.msisdn(given),
            "$text": lambda: self.text(given),
        }
        return say[kind]()

    def _local(self, value: dt.datetime) -> dt.datetime:
        return value.astimezone(ZoneInfo(self.region.time_zone))

    def _near(self, day: dt.date) -> str:
        if self.now is None:
            return ""
        away = (day - self._local(self.now).date()) // dt.timedelta(days=1)
        word = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(away)
        return self.text(f"format.{word}") if word else ""

    def _pattern(self, style: str) -> str:
        pattern: str = cldr.table(self.language)["patterns"][style]
        return pattern
