"""The door where a partner's service asks whether number and password belong together (ISSA-013)."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import password, shared_credential
from selfcare_app.endpoints.inbound import fields_of
from selfcare_app.endpoints.turnstile import TooOften, Turnstile
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Refused

PARTNER = Turnstile()
"""Counted apart from posts of browsers, by the address that the partner reports, and all together."""


async def ask(request: Request) -> Response:
    """POST /inbound/credential: number, password, address (of whoever typed them). Answers `yes` or `no`, no more.

    403 without the token, 404 where nobody shares, 422 for no such form, 429 for too many.
    """
    parts, now = wiring.wired(), clock.now()
    fields = await fields_of(request, ("number", "password", "address"))
    if isinstance(fields, Response):
        return fields
    visitor = Visitor(fields["address"])
    try:
        PARTNER.admit(fields["address"], now)
        claim = await wiring.do(shared_credential.claim, visitor, number=fields["number"], now=now)
    except TooOften as refused:
        return Response(status_code=429, headers={"retry-after": str(refused.params["seconds"])})
    except shared_credential.NotShared:
        return Response(status_code=404)
    except Refused:
        return PlainTextResponse("no")
    # As long for every number: with nothing kept a hash is compared all the same.
    right = await wiring.hashed(password.matches, parts.keys, fields["password"], claim.kept)
    good = await wiring.do(shared_credential.settle, visitor, claim=claim, right=right, now=now)
    return PlainTextResponse("yes" if good else "no")


ROUTES = [Route("/inbound/credential", ask, methods=["POST"])]
