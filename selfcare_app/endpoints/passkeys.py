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
from selfcare_app.endpoints.posted import FORM, HOME, Posted, admit, own_path, read, renewed
from selfcare_app.endpoints.turnstile import TooOften
from selfcare_app.i18n.message import from_fault
from selfcare_app.kit.actor import SignInNeeded, Subscriber
from selfcare_app.kit.errors import Fault, Unavailable

_STATUS: dict[type[Fault], int] = {SignInNeeded: 401, TooOften: 429}
SIGNED = ("ticket", "id", "client_data", "authenticator", "signature", "user", "next")
MADE = ("ticket", "id", "client_data", "attestation", "name")

Handler = Callable[[Posted], Awaitable[Response]]


class NoDomain(Unavailable):
    """Passkeys belong to a domain, and the cabinet's address here is none."""

    code = "passkey.no_domain"


def json_form(*names: str) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
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
                await admit(post)
                return await handler(post)
            except ClientDisconnect:
                return Response(status_code=400)
            except Fault as fault:
                status = next((status for kind, status in _STATUS.items() if isinstance(fault, kind)), 200)
                return said({"error": from_fault(fault)}, status)

        return answer

    return endpoint


@json_form("password")
async def ask_new(post: Posted) -> Response:
    """POST /session/passkey/new: for whoever knows the present password, what to make a passkey with."""
    actor, parts = await active(post), wiring.wired()
    site = site_here()
    claim = await wiring.do(present_password.claim, actor, now=post.now)
    right = claim.fault is None and await wiring.hashed(password.matches, parts.keys, post["password"], claim.kept)
    fault = await wiring.do(present_password.settle, actor, claim=claim, right=right, now=post.now)
    if fault is not None:
        raise fault
    asked = await wiring.do(passkey.ask_new, actor, site=site, now=post.now)
    return await renewed(said({"ticket": str(asked.ticket), "options": asked.options}), post)


@json_form(*MADE)
async def add(post: Posted) -> Response:
    """POST /session/passkey/add: keeps what the device made."""
    actor = await active(post)
    ticket = ticket_of(post)
    made = made_of(post)
    await wiring.do(passkey.add, actor, site=site_here(), ticket=ticket, made=made, name=post["name"], now=post.now)
    return said({})


@json_form()
async def ask_entry(post: Posted) -> Response:
    """POST /session/passkey/ask: what a visitor's device is to sign."""
    asked = await wiring.do(passkey.ask_entry, post.visitor, site=site_here(), now=post.now)
    return said({"ticket": str(asked.ticket), "options": asked.options})


@json_form(*SIGNED)
async def enter(post: Posted) -> Response:
    """POST /session/passkey/enter: inside, without number, password and code."""
    challenge = await wiring.do(passkey.use_up, post.visitor, ticket=ticket_of(post), now=post.now)
    entered = await wiring.do(
        passkey.come_in,
        post.visitor,
        site=site_here(),
        challenge=challenge,
        signed=signed_of(post),
        browser=post.browser,
        now=post.now,
    )
    if post.signed:
        await wiring.do(web_session.end, post.actor, session_id=post.signed.session_id, reason="replaced", now=post.now)
    return cookies.put_session(said({"to": own_path(post["next"]) or HOME}), entered)


@json_form("purpose", "digest")
async def ask_proof(post: Posted) -> Response:
    """POST /session/passkey/prove/ask: what the device is to sign as proof of an act."""
    actor, bound = await active(post), {"purpose": post["purpose"], "digest": post["digest"]}
    asked = await wiring.do(passkey_proof.ask, actor, site=site_here(), **bound, now=post.now)
    return said({"ticket": str(asked.ticket), "options": asked.options})


@json_form(*SIGNED, "purpose", "digest")
async def prove(post: Posted) -> Response:
    """POST /session/passkey/prove: keeps the proof; the page goes on as after a code."""
    actor, bound = await active(post), {"purpose": post["purpose"], "digest": post["digest"]}
    challenge = await wiring.do(passkey_proof.use_up, actor, ticket=ticket_of(post), **bound, now=post.now)
    await wiring.do(
        passkey_proof.prove,
        actor,
        site=site_here(),
        challenge=challenge,
        signed=signed_of(post),
        purpose=post["purpose"],
        digest=post["digest"],
        now=post.now,
    )
    return await renewed(said({}), post)


def made_of(post: Posted) -> dict[str, Any]:
    """What the browser made, as the standard names it."""
    response = {"clientDataJSON": post["client_data"], "attestationObject": post["attestation"]}
    return {"id": post["id"], "rawId": post["id"], "type": "public-key", "response": response}


def signed_of(post: Posted) -> dict[str, Any]:
    """What the browser gave, as the standard names it."""
    response = {
        "clientDataJSON": post["client_data"],
        "authenticatorData": post["authenticator"],
        "signature": post["signature"],
        "userHandle": post["user"],
    }
    return {"id": post["id"], "rawId": post["id"], "type": "public-key", "response": response}


def site_here() -> passkey.Site:
    """Raises NoDomain where the public address is a bare network address."""
    parts = wiring.wired()
    host = urlsplit(parts.settings.public_url).hostname or ""
    if not host or ":" in host or host.replace(".", "").isdigit():
        raise NoDomain()
    return passkey.Site(host, parts.settings.origin, parts.profile.short_name)


def ticket_of(post: Posted) -> UUID:
    """The challenge that the answer names. Raises passkey.NotAccepted."""
    try:
        return UUID(post["ticket"])
    except ValueError:
        raise passkey.NotAccepted() from None


async def active(post: Posted) -> Subscriber:
    """The actor, whose session this post keeps alive. Raises SignInNeeded."""
    actor = post.actor
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    return actor


def said(what: dict[str, Any], status: int = 200) -> Response:
    """An answer that nobody keeps."""
    return JSONResponse(what, status, {"cache-control": "no-store"})


ROUTES = [
    Route("/session/passkey/new", ask_new, methods=["POST"]),
    Route("/session/passkey/add", add, methods=["POST"]),
    Route("/session/passkey/ask", ask_entry, methods=["POST"]),
    Route("/session/passkey/prove/ask", ask_proof, methods=["POST"]),
    Route("/session/passkey/prove", prove, methods=["POST"]),
    Route("/session/passkey/enter", enter, methods=["POST"]),
]
