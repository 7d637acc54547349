"""What every endpoint of the desk stands on: who is there, in which language, his cookies, the way a form comes in."""

from collections.abc import Awaitable, Callable
from functools import wraps
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from selfcare_app import wiring
from selfcare_app.access import desk_session, desk_sign_in, password
from selfcare_app.access.desk_views import Begun
from selfcare_app.access.token import digest
from selfcare_app.endpoints import desk_view
from selfcare_app.endpoints.peer import address_of, cookie_of
from selfcare_app.endpoints.posted import FORM, Posted, admit, read
from selfcare_app.i18n.message import from_fault
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Staff, Visitor
from selfcare_app.kit.errors import Fault

DESK = "/desk"
_DAY = 86_400

Handler = Callable[[Posted, Staff], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]
Shown = Callable[[Request, Staff, Posted, Fault], Awaitable[Response]]


def at_desk(*names: str, shown: Shown) -> Callable[[Handler], Endpoint]:
    """Makes an endpoint of what an employee posts; without a session of the desk it leads to the sign-in.

    `shown` draws the page that the employee was on, with what was refused.
    """

    def endpoint(handler: Handler) -> Endpoint:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            if not is_form(request):
                return PlainTextResponse("415", status_code=415)
            try:
                post = await read(request, names)
                await admit(post)
            except ClientDisconnect:
                return Response(status_code=400)
            except Fault as fault:
                return page(desk_view.sign_in(words_of(request), fault), 400)
            actor = await staff_of(request)
            if actor is None:
                return see(DESK)
            try:
                return await handler(post, actor)
            except Fault as fault:
                return await shown(request, actor, post, fault)

        return answer

    return endpoint


def at_desk_json(*names: str) -> Callable[[Handler], Endpoint]:
    """The same for what a page's script posts: refusals are sentences in `{"error": …}`."""

    def endpoint(handler: Handler) -> Endpoint:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            return await answered(request, names, lambda post: _inside(request, post, handler))

        return answer

    return endpoint


async def answered(
    request: Request, names: tuple[str, ...], handler: Callable[[Posted], Awaitable[Response]]
) -> Response:
    """Reads a script's form and answers by JSON."""
    if not is_form(request):
        return PlainTextResponse("415", status_code=415)
    try:
        post = await read(request, names)
        await admit(post)
        return await handler(post)
    except ClientDisconnect:
        return Response(status_code=400)
    except Fault as fault:
        return said({"error": words_of(request).say.message(from_fault(fault))})


async def _inside(request: Request, post: Posted, handler: Handler) -> Response:
    actor = await staff_of(request)
    return said({"to": DESK}, 401) if actor is None else await handler(post, actor)


async def prove(post: Posted, actor: Staff) -> None:
    """Fresh password and one-time code of the employee who is in. Raises desk_sign_in.WrongProof, ProofsOver."""
    keys = wiring.wired().keys
    claim = await wiring.do(desk_sign_in.claim_proof, actor, now=post.now)
    right = claim.fault is None and await wiring.hashed(password.matches, keys, post["password"], claim.kept)
    fault = await wiring.do(
        desk_sign_in.settle_proof, actor, claim=claim, right=right, typed=post["code"], now=post.now
    )
    if fault is not None:
        raise fault


async def staff_of(request: Request) -> Staff | None:
    """The employee whose desk cookie it is; a subscriber's cookie is none."""
    value = cookie_of(request.scope, _jar().desk)
    if not value:
        return None
    return await wiring.do(desk_session.resume, visitor_of(request), token_value=value, now=clock.now())


def visitor_of(request: Request) -> Visitor:
    """Whoever is there, with the digest of the cookie by which the desk knows the browser."""
    settings = wiring.wired().settings
    address = request.scope.get("selfcare.address") or address_of(request.scope, settings.trusted_proxy_hops)
    return Visitor(address, digest(device_token(request)), cookie_of(request.scope, cookie.LANGUAGE)[:2])


def device_token(request: Request) -> str:
    """The value by which the desk knows the browser; empty where it does not."""
    return cookie_of(request.scope, _jar().desk_device)


def words_of(request: Request) -> desk_view.Words:
    """The language that the browser has chosen."""
    profile, asked = wiring.wired().profile, cookie_of(request.scope, cookie.LANGUAGE)
    return desk_view.Words.of(profile, asked if asked in profile.languages else profile.default_language)


def put_session(answer: Response, begun: Begun) -> Response:
    """The employee's session, and the browser that is known to him now."""
    profile, jar = wiring.wired().profile, _jar()
    _put(answer, jar.desk, begun.token, profile.session.desk_absolute_seconds)
    _put(answer, jar.desk_device, begun.device_token, profile.sign_in.known_device_days * _DAY)
    return answer


def take_session(answer: Response) -> Response:
    """No session any more, and no page of it in the browser's memory."""
    secure = wiring.wired().settings.secure
    answer.delete_cookie(_jar().desk, path="/", secure=secure, httponly=True, samesite="strict")
    answer.headers["clear-site-data"] = '"cache"'
    return answer


def id_of(text: str, otherwise: Fault) -> UUID:
    """The id that a form names. Raises `otherwise`."""
    try:
        return UUID(text)
    except ValueError:
        raise otherwise from None


def is_form(request: Request) -> bool:
    """Whether a form came."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


def page(html: str, status: int = 200) -> Response:
    """A page that nobody keeps."""
    return HTMLResponse(html, status, headers={"cache-control": "no-store"})


def said(what: dict[str, object], status: int = 200) -> Response:
    """An answer to a script."""
    return JSONResponse(what, status, {"cache-control": "no-store"})


def see(path: str) -> RedirectResponse:
    """A 303 to a page of the desk."""
    return RedirectResponse(path, status_code=303, headers={"cache-control": "no-store"})


def _put(answer: Response, name: str, value: str, seconds: int) -> None:
    secure = wiring.wired().settings.secure
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict")


def _jar() -> cookie.Names:
    return cookie.names(secure=wiring.wired().settings.secure)
