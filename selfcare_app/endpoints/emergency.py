"""The emergency code over plain HTTP: made for whoever knows the password, used by whoever has it in hand."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import emergency, password, present_password
from selfcare_app.access import session as web_session
from selfcare_app.endpoints import cookies
from selfcare_app.endpoints.posted import Posted, admit, form, read, renewed, to
from selfcare_app.endpoints.turnstile import TooOften
from selfcare_app.i18n.message import from_fault
from selfcare_app.kit.actor import SignInNeeded
from selfcare_app.kit.errors import Fault, Refused

PAGE = "/emergency"
_STATUS: dict[type[Fault], int] = {SignInNeeded: 401, TooOften: 429}


class NotSure(Refused):
    """The box that says what will happen was not ticked."""

    code = "security.emergency_not_sure"


@form("code", "sure", back=PAGE)
async def block(post: Posted) -> Response:
    """POST /session/emergency: closes the cabinet whose code it is, for anybody who has it."""
    if not post["sure"]:
        return to(PAGE, NotSure())
    fault = await wiring.do(emergency.block, post.visitor, typed=post["code"], now=post.now)
    return to(PAGE, fault) if fault else cookies.take_session(to(PAGE, keep={"done": "1"}))


async def make(request: Request) -> Response:
    """POST /session/emergency/make: a new code as JSON that nobody keeps, for whoever knows the present password."""
    try:
        post = await read(request, ("password",))
        await admit(post)
        code = await _made(post)
    except Fault as fault:
        status = next((status for kind, status in _STATUS.items() if isinstance(fault, kind)), 200)
        return JSONResponse({"error": from_fault(fault)}, status, {"cache-control": "no-store"})
    return await renewed(JSONResponse({"code": code}, headers={"cache-control": "no-store"}), post)


async def _made(post: Posted) -> str:
    actor, parts = post.actor, wiring.wired()
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    claim = await wiring.do(present_password.claim, actor, now=post.now)
    right = claim.fault is None and await wiring.hashed(password.matches, parts.keys, post["password"], claim.kept)
    fault = await wiring.do(present_password.settle, actor, claim=claim, right=right, now=post.now)
    if fault is not None:
        raise fault
    return await wiring.do(emergency.make, actor, now=post.now)


ROUTES = [
    Route("/session/emergency", block, methods=["POST"]),
    Route("/session/emergency/make", make, methods=["POST"]),
]
