"""The bare address: to the home page for who is signed in, else to the sign-in page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from selfcare_app.access import session as sessions
from selfcare_app.endpoints.peer import cookie_of
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Visitor
from selfcare_app.operators.schema import Feature
from selfcare_app.wiring import ask, wired

SIGN_IN = "/sign-in"


async def front(request: Request) -> Response:
    """GET /: 303 to one or the other."""
    value = cookie_of(request.scope, cookie.names(secure=wired().settings.secure).session)
    signed = await ask(sessions.resume, Visitor(), token=value, now=clock.now()) if value else None
    return RedirectResponse(Feature.HOME.path if signed else SIGN_IN, status_code=303)


ROUTES = [Route("/", front, methods=["GET"])]
