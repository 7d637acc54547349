"""What Unicode's locale data says about numbers and dates of a language: one table for the server and the browser.

Browsers differ in the languages they know (Chromium has no Belarusian), so they get this table instead of their own.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale

_LOCALE = {"en": "en_GB"}
"""English dates are written day first, as everybody around the reader writes them."""


@cache
def locale_of(language: str) -> Locale:
    """The Babel locale of a catalogue language."""
    return Locale.parse(_LOCALE.get(language, language))


@cache
def table(language: str) -> Mapping[str, Any]:
    """Separators, date patterns by style, names of months and days (Monday first)."""
    locale = locale_of(language)
    symbols = locale.number_symbols.get("latn", locale.number_symbols)
    months, days = locale.months, locale.days["format"]
    return {
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "patterns": _patterns(locale),
        "months": [months["format"]["wide"][n] for n in range(1, 13)],
        "monthsAlone": [months["stand-alone"]["wide"][n] for n in range(1, 13)],
        "monthsShort": [months["format"]["abbreviated"][n] for n in range(1, 13)],
        "days": [days["wide"][n] for n in range(7)],
        "daysShort": [days["abbreviated"][n] for n in range(7)],
    }


def _patterns(locale: Locale) -> dict[str, str]:
    """Date patterns by style, with the plain no-break space and a year of four digits."""
    skeletons, formats = locale.datetime_skeletons, locale.date_formats
    found = {
        "day": skeletons["MMMMd"].pattern,
        "long": formats["long"].pattern,
        "month": skeletons["yMMMM"].pattern,
        "weekday": "EEEE, " + skeletons["MMMMd"].pattern,
        "short": "dd/MM/y" if locale.language == "en" else "dd.MM.y",
        "time": "HH:mm",
    }
    return {style: pattern.replace("\u202f", "\u00a0") for style, pattern in found.items()}
