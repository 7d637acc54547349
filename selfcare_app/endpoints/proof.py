"""What a signed-in subscriber proves or changes over plain HTTP: codes, PIN and PUK, the password."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import change_password, code, password, sim_secrets
from selfcare_app.access import session as web_session
from selfcare_app.endpoints.posted import HOME, Posted, admit, form, own_path, read, refused, renewed, to
from selfcare_app.endpoints.turnstile import TooOften
from selfcare_app.i18n.message import from_fault
from selfcare_app.kit.actor import ProofNeeded, SignInNeeded, Subscriber, System
from selfcare_app.kit.errors import Fault

PASSWORD_PAGE = "/settings/password"  # noqa: S105 - a path

Then = Callable[[Subscriber, str, str, datetime], Awaitable[str]]
"""What follows a proof: (actor with the proof, the form's `subject`, digest, now) -> the path to go on to."""

THEN: dict[str, Then] = {}

_STATUS: dict[type[Fault], int] = {SignInNeeded: 401, ProofNeeded: 403, TooOften: 429}


def _back(post: Posted) -> str:
    return own_path(post["back"]) or HOME


@form("purpose", "digest", "back", back=_back)
async def send(post: Posted) -> Response:
    """POST /session/code/send: an M-code for an act in the session; leads back to the page that asks for it."""
    actor = await _active(post)
    await wiring.do(code.send, actor, purpose=post["purpose"], digest=post["digest"], now=post.now)
    return to(_back(post))


@form("purpose", "code", "digest", "back", "then", "subject", back=_back)
async def prove(post: Posted) -> Response:
    """POST /session/code/prove: checks the code, keeps the proof, does what follows it.

    Sent again (a double click, a lost connection) it finds the proof made and lands at the same place.
    """
    actor = await _active(post)
    if _proven(post, actor):
        return await _onward(post, actor)
    fault = await _try(post, actor)
    # Of two posts at once one used the code up; the other finds the proof that it made.
    actor = await _again(actor, post.now)
    if fault is None:
        return await renewed(await _onward(post, actor), post)
    return await _onward(post, actor) if _proven(post, actor) else to(_back(post), fault)


@form("current", "password", "again", back=PASSWORD_PAGE)
async def change(post: Posted) -> Response:
    """POST /session/password: a new password for somebody who knows the present one (ISSA-019)."""
    actor, parts = await _active(post), wiring.wired()
    owner = await wiring.ask(change_password.owner, actor)
    password.check(post["password"], parts.profile, owner)
    password.check_same(post["password"], post["again"])
    claim = await wiring.do(change_password.claim, actor, now=post.now)
    right, kept = False, ""
    if claim.fault is None:
        right = await wiring.hashed(password.matches, parts.keys, post["current"], claim.kept)
    if right:
        kept = await wiring.hashed(password.hashed, parts.keys, post["password"])
    step = await wiring.do(change_password.settle, actor, claim=claim, right=right, password_hash=kept, now=post.now)
    if step.fault:
        return to(PASSWORD_PAGE, step.fault)
    return await renewed(to(PASSWORD_PAGE, keep={"done": "1"}), post)


async def reveal(request: Request) -> Response:
    """POST /session/reveal: the SIM's codes as JSON that nobody keeps; the page wipes them (ISSA-051)."""
    try:
        post = await read(request, ())
        await admit(post)
        secrets = await wiring.do(sim_secrets.reveal, await _active(post), now=post.now)
    except Fault as fault:
        status = next((status for kind, status in _STATUS.items() if isinstance(fault, kind)), 409)
        return JSONResponse({"error": from_fault(fault)}, status, {"cache-control": "no-store"})
    shown = {
        "pin1": secrets.pin1,
        "puk1": secrets.puk1,
        "pin2": secrets.pin2,
        "puk2": secrets.puk2,
        "seconds": secrets.on_screen_seconds,
        "left": secrets.left_today,
    }
    return JSONResponse(shown, headers={"cache-control": "no-store"})


async def _active(post: Posted) -> Subscriber:
    """The actor, whose session this post keeps alive. Raises SignInNeeded."""
    actor = post.actor
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    return actor


async def _try(post: Posted, actor: Subscriber) -> Fault | None:
    purpose = post["purpose"]
    typed = await wiring.ask(code.typed, actor, purpose=purpose, code=post["code"])
    attempt = await wiring.do(code.count, actor, purpose=purpose, now=post.now)
    proving = await wiring.do(
        code.settle, actor, attempt=attempt, purpose=purpose, code=typed, digest=post["digest"], now=post.now
    )
    return proving.fault


async def _onward(post: Posted, actor: Subscriber) -> Response:
    """Does what follows the proof, which stands also where that is refused."""
    then = THEN.get(post["then"])
    if then is None:
        return to(_back(post))
    try:
        return to(own_path(await then(actor, post["subject"], post["digest"], post.now)) or HOME)
    except Exception as wrong:
        return refused(wrong, _back(post))


async def _again(actor: Subscriber, now: datetime) -> Subscriber:
    signed = await wiring.ask(web_session.of_id, System("proof"), session_id=actor.session_id, now=now)
    if signed is None:
        raise SignInNeeded()
    return signed.actor


def _proven(post: Posted, actor: Subscriber) -> bool:
    return actor.has_proof(post["purpose"], post.now, digest=post["digest"])


ROUTES = [
    Route("/session/code/send", send, methods=["POST"]),
    Route("/session/code/prove", prove, methods=["POST"]),
    Route("/session/reveal", reveal, methods=["POST"]),
    Route("/session/password", change, methods=["POST"]),
]
