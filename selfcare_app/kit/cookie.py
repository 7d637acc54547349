"""Names of the cookies there are, and reading one out of a Cookie header."""

import hashlib
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

LANGUAGE = "lang"
_LONGEST_HEADER = 4_096


@dataclass(frozen=True, slots=True)
class Names:
    """`session` signed-in browser, `admission` visitor on the way in, `device` browser that signed in before.

    `check` is the picture that the sign-in form shows, `desk` an employee's session, `desk_device` a browser in which
    an employee signed in before.
    """

    session: str
    admission: str
    device: str
    check: str
    desk: str
    desk_device: str
    language: str = LANGUAGE


def names(*, secure: bool) -> Names:
    """The names over https, which bind a cookie to the host and to https, or the plain ones."""
    prefix = "__Host-" if secure else ""
    return Names(f"{prefix}sid", f"{prefix}adm", f"{prefix}dev", f"{prefix}chk", f"{prefix}desk", f"{prefix}deskdev")


def value_in(header: str, name: str) -> str:
    """The value of a cookie in a Cookie header, or ""."""
    if len(header) > _LONGEST_HEADER:
        return ""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


def fingerprint(value: str) -> str:
    """What a cookie's value is counted and compared by, so that the value itself is kept nowhere."""
    return hashlib.sha256(value.encode()).hexdigest()
