"""Passkeys over plain HTTP: what the browser is to be asked for, and what its device signed; answers are JSON."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import passkey, passkey_proof, password, present_password
from selfcare_app.access import session as web_session
from selfcare_app.endpoints import cookies
from selfcare_app.endpoints.posted import FORM, HOME, Posted, admit, own_path, read
from selfcare_app.endpoints.turnstile import TooOften
from selfcare_app.i18n.message import from_fault
from selfcare_app.kit.actor import SignInNeeded, Subscriber
from selfcare_app.kit.errors import Fault, Unavailable

_STATUS: dict[type[Fault], int] = {SignInNeeded: 401, TooOften: 429}
_SIGNED = ("ticket", "id", "client_data", "authenticator", "signature", "user", "next")
_MADE = ("ticket", "id", "client_data", "attestation", "name")

Handler = Callable[[Posted], Awaitable[Response]]


class NoDomain(Unavailable):
    """Passkeys belong to a domain, and the cabinet's address here is none."""

    code = "passkey.no_domain"


def _json(*names: str) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
    """Makes an endpoint of a handler: reads the form, answers a refusal as `{"error": message}`.

    Only where one has to sign in or to wait it has a status of its own.
    """

    def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
                return Response(status_code=415)
            try:
                post = await read(request, names)
                admit(post)
                return await handler(post)
            except ClientDisconnect:
                return Response(status_code=400)
            except Fault as fault:
                status = next((status for kind, status in _STATUS.items() if isinstance(fault, kind)), 200)
                return _said({"error": from_fault(fault)}, status)

        return answer

    return endpoint


@_json("password")
async def ask_new(post: Posted) -> Response:
    """POST /session/passkey/new: for whoever knows the present password, what to make a passkey with."""
    actor, parts = await _active(post), wiring.wired()
    site = _site()
    claim = await wiring.do(present_password.claim, actor, now=post.now)
    right = claim.fault is None and await wiring.hashed(password.matches, parts.keys, post["password"], claim.kept)
    fault = await wiring.do(present_password.settle, actor, claim=claim, right=right, now=post.now)
    if fault is not None:
        raise fault
    asked = await wiring.do(passkey.ask_new, actor, site=site, now=post.now)
    return _said({"ticket": str(asked.ticket), "options": asked.options})


@_json(*_MADE)
async def add(post: Posted) -> Response:
    """POST /session/passkey/add: keeps what the device made."""
    actor = await _active(post)
    made = {
        "id": post["id"],
        "rawId": post["id"],
        "type": "public-key",
        "response": {"clientDataJSON": post["client_data"], "attestationObject": post["attestation"]},
    }
    ticket = _ticket(post)
    await wiring.do(passkey.add, actor, site=_site(), ticket=ticket, made=made, name=post["name"], now=post.now)
    return _said({})


@_json()
async def ask_entry(post: Posted) -> Response:
    """POST /session/passkey/ask: what a visitor's device is to sign."""
    asked = await wiring.do(passkey.ask_entry, post.visitor, site=_site(), now=post.now)
    return _said({"ticket": str(asked.ticket), "options": asked.options})


@_json(*_SIGNED)
async def enter(post: Posted) -> Response:
    """POST /session/passkey/enter: inside, without number, password and code."""
    challenge = await wiring.do(passkey.use_up, post.visitor, ticket=_ticket(post), now=post.now)
    entered = await wiring.do(
        passkey.come_in,
        post.visitor,
        site=_site(),
        challenge=challenge,
        signed=_signed(post),
        browser=post.browser,
        now=post.now,
    )
    if post.signed:
        await wiring.do(web_session.end, post.actor, session_id=post.signed.session_id, reason="replaced", now=post.now)
    return cookies.put_session(_said({"to": own_path(post["next"]) or HOME}), entered)


@_json("purpose", "digest")
async def ask_proof(post: Posted) -> Response:
    """POST /session/passkey/prove/ask: what the device is to sign as proof of an act."""
    actor, bound = await _active(post), {"purpose": post["purpose"], "digest": post["digest"]}
    asked = await wiring.do(passkey_proof.ask, actor, site=_site(), **bound, now=post.now)
    return _said({"ticket": str(asked.ticket), "options": asked.options})


@_json(*_SIGNED, "purpose", "digest")
async def prove(post: Posted) -> Response:
    """POST /session/passkey/prove: keeps the proof; the page goes on as after a code."""
    actor, bound = await _active(post), {"purpose": post["purpose"], "digest": post["digest"]}
    challenge = await wiring.do(passkey_proof.use_up, actor, ticket=_ticket(post), **bound, now=post.now)
    await wiring.do(
        passkey_proof.prove,
        actor,
        site=_site(),
        challenge=challenge,
        signed=_signed(post),
        purpose=post["purpose"],
        digest=post["digest"],
        now=post.now,
    )
    return _said({})


def _signed(post: Posted) -> dict[str, Any]:
    """What the browser gave, as the standard names it."""
    response = {
        "clientDataJSON": post["client_data"],
        "authenticatorData": post["authenticator"],
        "signature": post["signature"],
        "userHandle": post["user"],
    }
    return {"id": post["id"], "rawId": post["id"], "type": "public-key", "response": response}


def _site() -> passkey.Site:
    """Raises NoDomain where the public address is a bare network address."""
    parts = wiring.wired()
    host = urlsplit(parts.settings.public_url).hostname or ""
    if not host or ":" in host or host.replace(".", "").isdigit():
        raise NoDomain()
    return passkey.Site(host, parts.settings.origin, parts.profile.short_name)


def _ticket(post: Posted) -> UUID:
    try:
        return UUID(post["ticket"])
    except ValueError:
        raise passkey.NotAccepted() from None


async def _active(post: Posted) -> Subscriber:
    actor = post.actor
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    return actor


def _said(what: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(what, status, {"cache-control": "no-store"})


ROUTES = [
    Route("/session/passkey/new", ask_new, methods=["POST"]),
    Route("/session/passkey/add", add, methods=["POST"]),
    Route("/session/passkey/ask", ask_entry, methods=["POST"]),
    Route("/session/passkey/prove/ask", ask_proof, methods=["POST"]),
    Route("/session/passkey/prove", prove, methods=["POST"]),
    Route("/session/passkey/enter", enter, methods=["POST"]),
]
