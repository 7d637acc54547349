"""Employees at the desk, for tests."""

from typing import Any

import pyotp

from selfcare_app.access import desk_look, desk_session, desk_sign_in, staff
from selfcare_app.access.desk_views import AtDesk
from selfcare_app.access.token import digest
from selfcare_app.kit.actor import Staff, System, Visitor
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door

ROOT = System("staff")


def seed_of(door: Door, code: str) -> str:
    found: str = door.do(staff.setup, code=code).seed.replace(" ", "")
    return found


def totp(door: Door, seed: str) -> str:
    return pyotp.TOTP(seed).at(door.now)


def employee(door: Door, login: str = "olga", *duties: str) -> str:
    """Somebody who is set up; gives the seed. The code of this half minute is used."""
    code = door.do(staff.add, ROOT, login=login, duties=duties)
    seed = seed_of(door, code)
    door.do(staff.finish, code=code, password_hash="kept", typed=totp(door, seed))
    door.later(30)
    return seed


def knock(door: Door, login: str, code: str, *, right: bool = True, device: str = "") -> AtDesk:
    """A try to sign in, from a browser that has this value if any."""
    visitor = Visitor(address=door.visitor.address, device=digest(device))
    claim = door.do(desk_sign_in.claim, visitor, login=login)
    made: AtDesk = door.do(
        desk_sign_in.settle,
        visitor,
        claim=claim,
        right=right and bool(claim.kept),
        typed=code,
        device_token=device,
    )
    return made


def at_desk(door: Door, login: str = "olga", *duties: str) -> Staff:
    entered = knock(door, login, totp(door, employee(door, login, *duties)))
    found = door.do(desk_session.resume, token_value=entered.token)
    assert isinstance(found, Staff)
    return found


def looked(door: Door, actor: Staff, line: Line, reason: str = "request") -> Any:
    return door.do(desk_look.look_up, actor, number=line.msisdn, reason=reason)
