"""Employees at the desk, for tests."""

from typing import Any

import pyotp

from selfcare_app.access import desk, desk_sign_in
from selfcare_app.kit.actor import Staff, System
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door

ROOT = System("staff")


def seed_of(door: Door, code: str) -> str:
    found: str = door.do(desk_sign_in.setup, code=code).seed.replace(" ", "")
    return found


def totp(door: Door, seed: str) -> str:
    return pyotp.TOTP(seed).at(door.now)


def employee(door: Door, login: str = "olga") -> str:
    """Somebody who is set up; gives the seed. The code of this half minute is used."""
    code = door.do(desk_sign_in.add, ROOT, login=login)
    seed = seed_of(door, code)
    door.do(desk_sign_in.finish, code=code, password_hash="kept", typed=totp(door, seed))
    door.later(30)
    return seed


def knock(door: Door, login: str, code: str, *, right: bool = True) -> desk_sign_in.AtDesk:
    claim = door.do(desk_sign_in.claim, login=login)
    made: desk_sign_in.AtDesk = door.do(desk_sign_in.settle, claim=claim, right=right and bool(claim.kept), typed=code)
    return made


def at_desk(door: Door, login: str = "olga") -> Staff:
    entered = knock(door, login, totp(door, employee(door, login)))
    found = door.do(desk_sign_in.resume, token_value=entered.token)
    assert isinstance(found, Staff)
    return found


def looked(door: Door, actor: Staff, line: Line, reason: str = "request") -> Any:
    return door.do(desk.look_up, actor, number=line.msisdn, reason=reason)
