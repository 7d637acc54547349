"""Going over to another line and back, adding an own number, the organisation's cabinets: all over plain HTTP."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import acting, delegation, one_time_code, own_number, subjects
from selfcare_app.access import session as web_session
from selfcare_app.endpoints import cookies
from selfcare_app.endpoints.posted import HOME, Posted, form, own_path, renewed, to
from selfcare_app.endpoints.proof import THEN
from selfcare_app.kit.actor import Subscriber

LINES = "/lines"
DELEGATES = "/settings/delegation"


def line_of(text: str) -> UUID:
    """The line that a form names. Raises acting.NoSuchSubject."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise acting.NoSuchSubject() from wrong


@form("line", "next", back=LINES)
async def switch(post: Posted) -> Response:
    """POST /session/act: goes over to another line, or back to the own one, in a new session."""
    entered = await wiring.do(acting.switch, post.actor, line_id=line_of(post["line"]), now=post.now)
    return cookies.put_session(to(own_path(post["next"]) or HOME), entered)


@form("line", "closed", "back", back=LINES)
async def access(post: Posted) -> Response:
    """POST /session/act/access: closes (`closed` is 1) or opens the cabinet of an organisation's line (ISSA-030)."""
    actor = await _active(post)
    act = subjects.close if post["closed"] == "1" else subjects.open_
    await wiring.do(act, actor, line_id=line_of(post["line"]), now=post.now)
    return to(LINES, keep={"done": "1"})


@form("number", back=LINES, keep=("number",))
async def own(post: Posted) -> Response:
    """POST /session/act/own: sends a code to another number of the same person."""
    actor = await _active(post)
    number = await wiring.do(own_number.send, actor, number=post["number"], now=post.now)
    wait = wiring.wired().profile.code.resend_seconds
    return to(f"{LINES}/own", keep={"number": number, "wait": str(wait)})


def _code_page(post: Posted) -> str:
    return f"{LINES}/own?{urlencode({'number': post['number']})}"


@form("number", "code", back=_code_page)
async def prove_own(post: Posted) -> Response:
    """POST /session/act/own/prove: the code that came to that number adds it."""
    actor = await _active(post)
    code = one_time_code.digits(post["code"], wiring.wired().profile)
    attempt = await wiring.do(own_number.count, actor, number=post["number"], now=post.now)
    proving = await wiring.do(
        own_number.settle, actor, number=post["number"], attempt=attempt, typed=code, now=post.now
    )
    return to(_code_page(post), proving.fault) if proving.fault else await renewed(to(LINES, keep={"done": "1"}), post)


async def appoint(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """Appoints the curator that the proof was given for; gives the page of curators."""
    await wiring.do(delegation.appoint, actor, subject=subject, digest=digest, now=now)
    return f"{DELEGATES}?done=1"


async def _active(post: Posted) -> Subscriber:
    actor = post.actor
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    return actor


THEN[delegation.PURPOSE] = appoint

ROUTES = [
    Route("/session/act", switch, methods=["POST"]),
    Route("/session/act/access", access, methods=["POST"]),
    Route("/session/act/own", own, methods=["POST"]),
    Route("/session/act/own/prove", prove_own, methods=["POST"]),
]
