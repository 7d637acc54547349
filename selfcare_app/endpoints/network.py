"""Where the operator's network says which number it gave an address to, and where a visitor asks for his own."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import network
from selfcare_app.endpoints.inbound import fields_of
from selfcare_app.endpoints.posted import SIGN_IN, Posted, form, own_path, to
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Fault

_ACTOR = System(job="network")


async def address(request: Request) -> Response:
    """POST /inbound/address: address, number, until (ISO 8601 with a zone). 204 when taken; a past moment frees it.

    The gateway's token is asked for as at every door of machines (AS-010).
    """
    fields = await fields_of(request, ("address", "number", "until"))
    if isinstance(fields, Response):
        return fields
    try:
        until = datetime.fromisoformat(fields["until"])
        if until.tzinfo is None:
            return Response(status_code=422)
        await wiring.do(
            network.hold,
            _ACTOR,
            address=fields["address"],
            number=fields["number"],
            until=until.astimezone(UTC),
            ranges=wiring.wired().settings.network_ranges,
            now=clock.now(),
        )
    except ValueError:
        return Response(status_code=422)
    except Fault as fault:
        return PlainTextResponse(fault.code, status_code=422)
    return Response(status_code=204)


def _back(post: Posted) -> str:
    return own_path(post["back"]) or SIGN_IN


@form("back", back=_back)
async def own_number(post: Posted) -> Response:
    """POST /session/own-number: leads back with the number of the visitor's own address in the field (AS-013)."""
    parts = wiring.wired()
    ranges = parts.settings.network_ranges
    number = await wiring.ask(network.own_number, post.visitor, ranges=ranges, now=post.now)
    return to(_back(post), keep={"number": number.national(parts.profile.numbering)})


ROUTES = [
    Route("/inbound/address", address, methods=["POST"]),
    Route("/session/own-number", own_number, methods=["POST"]),
]
