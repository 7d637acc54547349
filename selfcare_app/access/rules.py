"""Decisions at the door that need values alone: how long to wait, whose network it is, what a person typed."""

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

FAILED_NUMBERS_PER_HOUR_PER_NETWORK = 25
"""Distinct numbers with a wrong password from one network before its unknown devices may try no more (ASVS 6.3.1)."""

SIGN_INS_WATCHED = timedelta(minutes=5)
SIGN_INS_AT_LEAST = 50
"""So few sign-ins say nothing about the part of them that failed."""

CODES_WATCHED = 1_000
CHALLENGED_TRIES = 3
"""Tries of a stranger's code in challenge mode; a code that had so many and was not used is one that failed out."""

HOURS_WATCHED = 24
CODES_AN_HOUR_AT_LEAST = 100
"""So few codes are no flood, whatever was usual."""

_CODE_PUNCTUATION = re.compile(r"[\s\-\u2010-\u2015]")


def delay(failures: int, delays_seconds: Sequence[int]) -> timedelta:
    """How long the next try waits after so many failures in a row; the last delay stands for all that follow."""
    if failures <= 0:
        return timedelta()
    return timedelta(seconds=delays_seconds[min(failures, len(delays_seconds)) - 1])


def attempts_left(failures: int, attempts: int) -> int:
    """How many wrong passwords are left before the lock."""
    return max(0, attempts - failures)


def is_old(set_at: datetime | None, max_age_days: int | None, now: datetime) -> bool:
    """Whether a password has passed the age that the operator allows, if it allows any (ISSA-020)."""
    return set_at is not None and max_age_days is not None and set_at + timedelta(days=max_age_days) <= now


def network(address: str, *, ipv4_prefix: int, ipv6_prefix: int) -> str:
    """The network that an address is counted under; what is no address is counted as itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = ipv4_prefix if parsed.version == 4 else ipv6_prefix
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))


def typed_code(text: str, digits: int) -> str | None:
    """The digits of a code as a person types or pastes it; None where it can't be a code of that length."""
    plain = _CODE_PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    return plain if len(plain) == digits and plain.isascii() and plain.isdigit() else None


def whole_seconds(until: datetime, now: datetime) -> int:
    """Seconds that are still to wait, rounded up, so that a person who waits so long is not early."""
    return max(0, -((now - until) // timedelta(seconds=1)))


def masked(msisdn: str, display: str) -> str:
    """A number as it is shown where others may look: the first two and the last two of its national digits.

    `display` is the operator's pattern, a `#` for each national digit.
    """
    places = display.count("#")
    national = iter(msisdn[-places:])
    shown = {0, 1, places - 2, places - 1}
    at = -1
    signs = []
    for sign in display:
        if sign != "#":
            signs.append(sign)
            continue
        at += 1
        digit = next(national, "")
        signs.append(digit if at in shown else "•")
    return "".join(signs) if msisdn else ""
