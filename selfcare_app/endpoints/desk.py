"""The operator's desk over plain HTTP: its own cookie, its own pages, nothing of it on the subscribers' socket."""

from collections.abc import Awaitable, Callable
from functools import wraps
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import desk, desk_sign_in, password
from selfcare_app.endpoints import desk_view
from selfcare_app.endpoints.desk_page import stylesheet
from selfcare_app.endpoints.peer import address_of, cookie_of
from selfcare_app.endpoints.posted import FORM, Posted, admit, read
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Staff, Visitor
from selfcare_app.kit.errors import Fault

DESK = "/desk"
_YEAR = 365 * 86_400

Handler = Callable[[Posted, Staff], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def at_desk(*names: str) -> Callable[[Handler], Endpoint]:
    """Makes an endpoint of what an employee posts; without a session of the desk it leads to the sign-in."""

    def endpoint(handler: Handler) -> Endpoint:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            if not _is_form(request):
                return PlainTextResponse("415", status_code=415)
            try:
                post = await read(request, names)
                admit(post)
            except ClientDisconnect:
                return Response(status_code=400)
            except Fault as fault:
                return await _refused(request, None, fault)
            actor = await _staff(request)
            if actor is None:
                return _see(DESK)
            try:
                return await handler(post, actor)
            except Fault as fault:
                return await _refused(request, actor, fault, look=post["look"])

        return answer

    return endpoint


async def front(request: Request) -> Response:
    """GET /desk: the sign-in, or the search for who is in."""
    actor = await _staff(request)
    return _page(desk_view.search(_words(request), actor.login) if actor else desk_view.sign_in(_words(request)))


async def enter(request: Request) -> Response:
    """POST /desk/sign-in: login, password and one-time code together (ASVS 8.4.2)."""
    if not _is_form(request):
        return PlainTextResponse("415", status_code=415)
    try:
        post = await read(request, ("login", "password", "code"))
        admit(post)
    except Fault as fault:
        return _page(desk_view.sign_in(_words(request), fault), 400)
    keys = wiring.wired().keys
    claim = await wiring.do(desk_sign_in.claim, post.visitor, login=post["login"], now=post.now)
    right = claim.fault is None and await wiring.hashed(password.matches, keys, post["password"], claim.kept)
    entered = await wiring.do(
        desk_sign_in.settle, post.visitor, claim=claim, right=right, typed=post["code"], now=post.now
    )
    if entered.fault is not None:
        return _page(desk_view.sign_in(_words(request), entered.fault), 403)
    answer = _see(DESK)
    settings, profile = wiring.wired().settings, wiring.wired().profile
    answer.set_cookie(
        cookie.names(secure=settings.secure).desk,
        entered.token,
        max_age=profile.session.desk_absolute_seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )
    return answer


@at_desk()
async def leave(post: Posted, actor: Staff) -> Response:
    """POST /desk/leave: ends the session on the server and in the browser."""
    await wiring.do(desk_sign_in.leave, actor, now=post.now)
    answer = _see(DESK)
    settings = wiring.wired().settings
    answer.delete_cookie(
        cookie.names(secure=settings.secure).desk, path="/", secure=settings.secure, httponly=True, samesite="strict"
    )
    answer.headers["clear-site-data"] = '"cache"'
    return answer


async def set_up(request: Request) -> Response:
    """GET /desk/setup?code=…: what the employee's authenticator needs, and the form that chooses the password."""
    return await _setup(request, request.query_params.get("code", ""))


async def finish_setup(request: Request) -> Response:
    """POST /desk/setup: the password that the employee chose, once his authenticator shows the right code."""
    if not _is_form(request):
        return PlainTextResponse("415", status_code=415)
    setup = ""
    try:
        post = await read(request, ("setup", "password", "again", "code"))
        admit(post)
        setup, parts = post["setup"], wiring.wired()
        await wiring.do(desk_sign_in.setup, post.visitor, code=setup, now=post.now)
        desk_sign_in.check_password(post["password"], post["again"], parts.profile)
        kept = await wiring.hashed(password.hashed, parts.keys, post["password"])
        await wiring.do(
            desk_sign_in.finish, post.visitor, code=setup, password_hash=kept, typed=post["code"], now=post.now
        )
    except Fault as fault:
        return await _setup(request, setup, fault)
    return _page(desk_view.sign_in(_words(request), done="set_up"))


@at_desk("number", "reason")
async def find(post: Posted, actor: Staff) -> Response:
    """POST /desk/find: looks a line up, for a reason that its subscriber will read."""
    await wiring.do(desk.count_look, actor, now=post.now)
    look = await wiring.do(desk.look_up, actor, number=post["number"], reason=post["reason"], now=post.now)
    return _see(f"{DESK}/line/{look}")


async def line(request: Request) -> Response:
    """GET /desk/line/{look}: how the line stands, and what can be done."""
    actor = await _staff(request)
    if actor is None:
        return _see(DESK)
    try:
        return await _line(request, actor, request.path_params["look"], done=request.query_params.get("done", ""))
    except Fault as fault:
        return _page(desk_view.search(_words(request), actor.login, fault), 404)


@at_desk("look", "act", "application", "role", "over", "grant")
async def act(post: Posted, actor: Staff) -> Response:
    """POST /desk/act: one act on the line that was looked up."""
    named: dict[str, object] = {"look_id": _id(post["look"], desk.LookOver())}
    if post["act"] in _APPLIED:
        named["application"] = post["application"]
    if post["act"] == "grant":
        named |= {"role": post["role"], "over": post["over"]}
    if post["act"] == "revoke":
        named["grant_id"] = _id(post["grant"], desk.LookOver())
    use_case = _ACTS.get(post["act"])
    if use_case is None:
        raise desk.LookOver()
    await wiring.do(use_case, actor, **named, now=post.now)
    return _see(f"{DESK}/line/{named['look_id']}?done={post['act']}")


_ACTS: dict[str, Callable[..., object]] = {
    "close": desk.close,
    "open": desk.open_,
    "unlock": desk.unlock,
    "end_sessions": desk.end_sessions,
    "password": desk.issue_password,
    "grant": desk.grant,
    "revoke": desk.revoke,
}
_APPLIED = frozenset({"close", "open", "grant", "revoke"})


async def style(request: Request) -> Response:
    """GET /desk/style.css."""
    return Response(stylesheet(wiring.wired().profile), media_type="text/css")


async def language(request: Request) -> Response:
    """GET /desk/language/{to}: the language of this browser, for the desk and the cabinet alike."""
    answer, chosen = _see(DESK), request.path_params["to"]
    if chosen in wiring.wired().profile.languages:
        secure = wiring.wired().settings.secure
        answer.set_cookie(cookie.LANGUAGE, chosen, max_age=_YEAR, path="/", secure=secure, samesite="lax")
    return answer


async def _line(request: Request, actor: Staff, look: str, *, fault: Fault | None = None, done: str = "") -> Response:
    look_id = _id(look, desk.LookOver())
    found = await wiring.ask(desk.show, actor, look_id=look_id, now=clock.now())
    said = done if done in _ACTS else ""
    return _page(desk_view.line(_words(request), actor.login, found, fault, done=said), 409 if fault else 200)


async def _refused(request: Request, actor: Staff | None, fault: Fault, look: str = "") -> Response:
    """The page that the employee was on, with what was refused."""
    if actor is None:
        return _page(desk_view.sign_in(_words(request), fault), 400)
    if look and not isinstance(fault, desk.LookOver):
        return await _line(request, actor, look, fault=fault)
    return _page(desk_view.search(_words(request), actor.login, fault), 409)


async def _setup(request: Request, code: str, fault: Fault | None = None) -> Response:
    try:
        found = await wiring.do(desk_sign_in.setup, _visitor(request), code=code[:200], now=clock.now())
    except desk_sign_in.NoSetup as refused:
        return _page(desk_view.sign_in(_words(request), refused), 404)
    return _page(desk_view.setup(_words(request), found, code, fault), 409 if fault else 200)


async def _staff(request: Request) -> Staff | None:
    """The employee whose desk cookie it is; a subscriber's cookie is none."""
    value = cookie_of(request.scope, cookie.names(secure=wiring.wired().settings.secure).desk)
    if not value:
        return None
    return await wiring.do(desk_sign_in.resume, _visitor(request), token_value=value, now=clock.now())


def _visitor(request: Request) -> Visitor:
    settings = wiring.wired().settings
    address = request.scope.get("selfcare.address") or address_of(request.scope, settings.trusted_proxy_hops)
    return Visitor(address, language=cookie_of(request.scope, cookie.LANGUAGE)[:2])


def _words(request: Request) -> desk_view.Words:
    profile, asked = wiring.wired().profile, cookie_of(request.scope, cookie.LANGUAGE)
    return desk_view.Words.of(profile, asked if asked in profile.languages else profile.default_language)


def _id(text: str, otherwise: Fault) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise otherwise from None


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, headers={"cache-control": "no-store"})


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303, headers={"cache-control": "no-store"})


ROUTES = [
    Route("/desk", front, methods=["GET"]),
    Route("/desk/sign-in", enter, methods=["POST"]),
    Route("/desk/leave", leave, methods=["POST"]),
    Route("/desk/setup", set_up, methods=["GET"]),
    Route("/desk/setup", finish_setup, methods=["POST"]),
    Route("/desk/find", find, methods=["POST"]),
    Route("/desk/line/{look}", line, methods=["GET"]),
    Route("/desk/act", act, methods=["POST"]),
    Route("/desk/style.css", style, methods=["GET"]),
    Route("/desk/language/{to}", language, methods=["GET"]),
]
