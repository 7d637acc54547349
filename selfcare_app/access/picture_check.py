"""The check at sign-in that a person reads off a picture, or off words: one answer, once, within minutes (IH-007)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from selfcare_app.access import one_time_code, rules, token
from selfcare_app.access.tables import PictureCheck
from selfcare_app.db import keys_of
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id

DIGITS = 5
VALID_SECONDS = 300
_KEY = "picture_check"


class Wrong(Refused):
    """Other digits, or the picture was answered before or is too old: a new one is there."""

    code = "access.check_wrong"


@dataclass(frozen=True, slots=True)
class Issued:
    """A check just made: what the browser keeps, and the digits to be drawn or said."""

    token: str = field(repr=False)
    digits: str = field(repr=False)


def issue(session: Session, actor: Visitor, *, now: datetime) -> Issued:
    """A new check, of which the database keeps digests alone."""
    value, digits = token.make(), one_time_code.fresh(DIGITS)
    found = token.digest(value)
    mac = keys_of(session).mac(_KEY, found, digits)
    until = now + timedelta(seconds=VALID_SECONDS)
    session.add(PictureCheck(id=new_id(), token_digest=found, mac=mac, created_at=now, expires_at=until))
    return Issued(value, digits)


def take(session: Session, actor: Visitor, *, value: str, typed: str, now: datetime) -> bool:
    """Whether `typed` answers the browser's check, which is over with that, right or wrong."""
    found = token.digest(value)
    mac = session.execute(
        update(PictureCheck)
        .where(
            col(PictureCheck.token_digest) == found,
            col(PictureCheck.used_at).is_(None),
            col(PictureCheck.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(PictureCheck.mac))
    ).scalar_one_or_none()
    plain = rules.typed_code(typed, DIGITS)
    return mac is not None and plain is not None and keys_of(session).same(_KEY, mac, found, plain)
