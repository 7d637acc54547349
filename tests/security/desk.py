"""Employees for tests that talk to a served desk."""

from dataclasses import dataclass
from datetime import timedelta

import httpx
import pyotp

from selfcare_app.access import desk_sign_in, staff
from selfcare_app.kit import cookie
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.kit.ids import new_id
from tests.served import Served

NAME = cookie.names(secure=False).desk


@dataclass
class Clerk:
    """An employee who is in, at a browser of his own."""

    served: Served
    token: str

    def get(self, path: str, **options: object) -> httpx.Response:
        return httpx.get(f"{self.served.url}{path}", headers=self._headers(), **options)  # type: ignore[arg-type]

    def post(self, path: str, **fields: str) -> httpx.Response:
        return post(self.served, path, f"{NAME}={self.token}", **fields)

    def find(self, number: str | None, reason: str = "request") -> str:
        """The look at a number's card."""
        answer = self.post("/desk/find", number=number or "", reason=reason)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{NAME}={self.token}"}


def post(served: Served, path: str, cookies: str = "", origin: str = "", **fields: str) -> httpx.Response:
    """A form as a browser posts it."""
    headers = {"Origin": origin or served.url, "X-Forwarded-For": f"10.7.{new_id().int % 250}.{new_id().int % 249}"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    if cookies:
        headers["Cookie"] = cookies
    return httpx.post(f"{served.url}{path}", headers=headers, data=fields)


def added(served: Served, login: str, *duties: str) -> tuple[str, str]:
    """A new employee: the setup code and the seed of the one-time codes."""
    with served.db.transaction() as session:
        code = staff.add(session, System("staff"), login=login, duties=duties, now=served.now)
        seed = staff.setup(session, Visitor(), code=code, now=served.now).seed.replace(" ", "")
    return code, seed


def clerk(served: Served, login: str = "", *duties: str) -> Clerk:
    """Somebody at the desk."""
    login = login or f"clerk-{new_id().hex[-8:]}"
    code, seed = added(served, login, *duties)
    with served.db.transaction() as session:
        typed = pyotp.TOTP(seed).at(served.now)
        staff.finish(session, Visitor(), code=code, password_hash="x", typed=typed, now=served.now)
        claim = desk_sign_in.claim(session, Visitor(address=login), login=login, now=served.now)
        typed = pyotp.TOTP(seed).at(served.now + timedelta(seconds=30))
        entered = desk_sign_in.settle(
            session, Visitor(address=login), claim=claim, right=True, typed=typed, now=served.now
        )
    assert entered.fault is None
    return Clerk(served, entered.token)
