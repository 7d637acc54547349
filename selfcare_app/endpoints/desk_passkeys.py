"""Passkeys of employees over plain HTTP: in by one, the page of one's own, and what the page's script posts."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import desk_passkey, passkey_ceremony
from selfcare_app.endpoints import desk_passkey_view, passkeys
from selfcare_app.endpoints.desk_door import (
    DESK,
    answered,
    at_desk,
    at_desk_json,
    device_token,
    id_of,
    page,
    prove,
    put_session,
    said,
    see,
    staff_of,
    visitor_of,
    words_of,
)
from selfcare_app.endpoints.posted import Posted
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault

PAGE = f"{DESK}/passkeys"
_SCRIPT = Path(__file__).with_name("desk_passkey.js")


async def mine(request: Request) -> Response:
    """GET /desk/passkeys: the employee's own, and the form that adds one."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    return await _shown(request, actor, done=request.query_params.get("done", ""))


@at_desk_json("password", "code")
async def ask_new(post: Posted, actor: Staff) -> Response:
    """POST /desk/passkeys/new: for fresh password and code, what to make a passkey with."""
    site = passkeys.site_here()
    await prove(post, actor)
    asked = await wiring.do(desk_passkey.ask_new, actor, site=site, now=post.now)
    return said({"ticket": str(asked.ticket), "options": asked.options})


@at_desk_json(*passkeys.MADE)
async def add(post: Posted, actor: Staff) -> Response:
    """POST /desk/passkeys/add: keeps what the device made."""
    await wiring.do(
        desk_passkey.add,
        actor,
        site=passkeys.site_here(),
        ticket=passkeys.ticket_of(post),
        made=passkeys.made_of(post),
        name=post["name"],
        now=post.now,
    )
    return said({"to": f"{PAGE}?done=added"})


async def _refused(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    return await _shown(request, actor, fault=fault)


@at_desk("passkey", "password", "code", shown=_refused)
async def remove(post: Posted, actor: Staff) -> Response:
    """POST /desk/passkeys/remove: for fresh password and code."""
    passkey_id = id_of(post["passkey"], passkey_ceremony.NoSuchPasskey())
    await prove(post, actor)
    await wiring.do(desk_passkey.remove, actor, passkey_id=passkey_id, now=post.now)
    return see(f"{PAGE}?done=removed")


async def ask_entry(request: Request) -> Response:
    """POST /desk/passkey/ask: what the device of somebody who signs in is to sign."""

    async def asked(post: Posted) -> Response:
        found = await wiring.do(desk_passkey.ask_entry, visitor_of(request), site=passkeys.site_here(), now=post.now)
        return said({"ticket": str(found.ticket), "options": found.options})

    return await answered(request, (), asked)


async def enter(request: Request) -> Response:
    """POST /desk/passkey/enter: at the desk, without login, password and code (ASVS 8.4.2)."""

    async def entered(post: Posted) -> Response:
        visitor, ticket = visitor_of(request), passkeys.ticket_of(post)
        challenge = await wiring.do(desk_passkey.use_up, visitor, ticket=ticket, now=post.now)
        begun = await wiring.do(
            desk_passkey.come_in,
            visitor,
            site=passkeys.site_here(),
            challenge=challenge,
            signed=passkeys.signed_of(post),
            device_token=device_token(request),
            now=post.now,
        )
        return put_session(said({"to": DESK}), begun)

    return await answered(request, passkeys.SIGNED, entered)


async def script(request: Request) -> Response:
    """GET /desk/passkey.js: what the two pages do with the browser's passkeys."""
    return Response(_SCRIPT.read_bytes(), media_type="text/javascript")


async def _shown(request: Request, actor: Staff, *, fault: Fault | None = None, done: str = "") -> Response:
    found = await wiring.ask(desk_passkey.mine, actor)
    told = done if done in ("added", "removed") else ""
    html = desk_passkey_view.passkeys(words_of(request), actor, found, fault, done=told)
    return page(html, 409 if fault else 200)


ROUTES = [
    Route("/desk/passkeys", mine, methods=["GET"]),
    Route("/desk/passkeys/new", ask_new, methods=["POST"]),
    Route("/desk/passkeys/add", add, methods=["POST"]),
    Route("/desk/passkeys/remove", remove, methods=["POST"]),
    Route("/desk/passkey/ask", ask_entry, methods=["POST"]),
    Route("/desk/passkey/enter", enter, methods=["POST"]),
    Route("/desk/passkey.js", script, methods=["GET"]),
]
