"""How a gateway proves itself to the inbound doors: a shared token."""

import hmac

from starlette.requests import Request

from selfcare_app.wiring import Wiring

HEADER = "x-gateway-token"


def token(parts: Wiring) -> str:
    """The token that counts: the configured one, or in demo mode one derived from the key for the simulated handset."""
    return parts.keys.mac("gateway", "handset") if parts.settings.demo else parts.settings.gateway_token


def proven(request: Request, parts: Wiring) -> bool:
    """Whether the request carries the token; without a configured token nobody is let in."""
    expected = token(parts)
    return bool(expected) and hmac.compare_digest(request.headers.get(HEADER, "").encode(), expected.encode())
