"""The operator's desk over plain HTTP: its own cookie, its own pages, nothing of it on the subscribers' socket."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import desk, desk_look, desk_rights, desk_session, desk_sign_in, password, staff
from selfcare_app.endpoints import desk_view
from selfcare_app.endpoints.desk_door import (
    DESK,
    at_desk,
    device_token,
    id_of,
    is_form,
    page,
    put_session,
    see,
    staff_of,
    take_session,
    visitor_of,
    words_of,
)
from selfcare_app.endpoints.desk_page import stylesheet
from selfcare_app.endpoints.posted import Posted, admit, read
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault

_YEAR = 365 * 86_400


async def _on_search(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    return page(desk_view.search(words_of(request), actor, fault), 409)


async def _on_card(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    if post["look"] and not isinstance(fault, desk_look.LookOver):
        return await _line(request, actor, post["look"], fault=fault)
    return await _on_search(request, actor, post, fault)


async def front(request: Request) -> Response:
    """GET /desk: the sign-in, or the search for who is in."""
    actor = await staff_of(request)
    words = words_of(request)
    return page(desk_view.search(words, actor) if actor else desk_view.sign_in(words))


async def enter(request: Request) -> Response:
    """POST /desk/sign-in: login, password and one-time code together (ASVS 8.4.2)."""
    if not is_form(request):
        return PlainTextResponse("415", status_code=415)
    try:
        post = await read(request, ("login", "password", "code"))
        await admit(post)
    except Fault as fault:
        return page(desk_view.sign_in(words_of(request), fault), 400)
    keys, visitor = wiring.wired().keys, visitor_of(request)
    claim = await wiring.do(desk_sign_in.claim, visitor, login=post["login"], now=post.now)
    right = claim.fault is None and await wiring.hashed(password.matches, keys, post["password"], claim.kept)
    entered = await wiring.do(
        desk_sign_in.settle,
        visitor,
        claim=claim,
        right=right,
        typed=post["code"],
        device_token=device_token(request),
        now=post.now,
    )
    if entered.fault is not None:
        return page(desk_view.sign_in(words_of(request), entered.fault), 403)
    return put_session(see(DESK), entered.begun) if entered.begun else see(DESK)


@at_desk(shown=_on_search)
async def leave(post: Posted, actor: Staff) -> Response:
    """POST /desk/leave: ends the session on the server and in the browser."""
    await wiring.do(desk_session.leave, actor, now=post.now)
    return take_session(see(DESK))


async def set_up(request: Request) -> Response:
    """GET /desk/setup?code=…: what the employee's authenticator needs, and the form that chooses the password."""
    return await _setup(request, request.query_params.get("code", ""))


async def finish_setup(request: Request) -> Response:
    """POST /desk/setup: the password that the employee chose, once his authenticator shows the right code."""
    if not is_form(request):
        return PlainTextResponse("415", status_code=415)
    setup = ""
    try:
        post = await read(request, ("setup", "password", "again", "code"))
        await admit(post)
        setup, parts = post["setup"], wiring.wired()
        await wiring.do(staff.setup, post.visitor, code=setup, now=post.now)
        staff.check_password(post["password"], post["again"], parts.profile)
        kept = await wiring.hashed(password.hashed, parts.keys, post["password"])
        await wiring.do(staff.finish, post.visitor, code=setup, password_hash=kept, typed=post["code"], now=post.now)
    except Fault as fault:
        return await _setup(request, setup, fault)
    return page(desk_view.sign_in(words_of(request), done="set_up"))


@at_desk("number", "reason", shown=_on_search)
async def find(post: Posted, actor: Staff) -> Response:
    """POST /desk/find: looks a line up, for a reason that its subscriber will read."""
    await wiring.do(desk_look.count_look, actor, now=post.now)
    look = await wiring.do(desk_look.look_up, actor, number=post["number"], reason=post["reason"], now=post.now)
    return see(f"{DESK}/line/{look}")


async def line(request: Request) -> Response:
    """GET /desk/line/{look}: how the line stands, and what can be done."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    try:
        return await _line(request, actor, request.path_params["look"], done=request.query_params.get("done", ""))
    except Fault as fault:
        return page(desk_view.search(words_of(request), actor, fault), 404)


@at_desk("look", "act", "application", "role", "over", "grant", "why", shown=_on_card)
async def act(post: Posted, actor: Staff) -> Response:
    """POST /desk/act: one act on the line that was looked up."""
    named: dict[str, object] = {"look_id": id_of(post["look"], desk_look.LookOver())}
    if post["act"] in _APPLIED:
        named["application"] = post["application"]
    if post["act"] == "grant":
        named |= {"role": post["role"], "over": post["over"]}
    if post["act"] == "revoke":
        named["grant_id"] = id_of(post["grant"], desk_look.LookOver())
    if post["act"] == "end_sessions":
        named["why"] = post["why"]
    use_case = _ACTS.get(post["act"])
    if use_case is None:
        raise desk_look.LookOver()
    made = await wiring.do(use_case, actor, **named, now=post.now)
    waits = use_case is desk_rights.grant and made is None
    return see(f"{DESK}/line/{named['look_id']}?done={'asked' if waits else post['act']}")


_ACTS: dict[str, Callable[..., object]] = {
    "close": desk.close,
    "open": desk.open_,
    "unlock": desk.unlock,
    "end_sessions": desk.end_sessions,
    "password": desk.issue_password,
    "grant": desk_rights.grant,
    "revoke": desk_rights.revoke,
}
_APPLIED = frozenset({"close", "open", "grant", "revoke"})


async def style(request: Request) -> Response:
    """GET /desk/style.css."""
    return Response(stylesheet(wiring.wired().profile), media_type="text/css")


async def language(request: Request) -> Response:
    """GET /desk/language/{to}: the language of this browser, for the desk and the cabinet alike."""
    answer, chosen = see(DESK), request.path_params["to"]
    if chosen in wiring.wired().profile.languages:
        secure = wiring.wired().settings.secure
        answer.set_cookie(cookie.LANGUAGE, chosen, max_age=_YEAR, path="/", secure=secure, samesite="lax")
    return answer


async def _line(request: Request, actor: Staff, look: str, *, fault: Fault | None = None, done: str = "") -> Response:
    look_id = id_of(look, desk_look.LookOver())
    found = await wiring.ask(desk.show, actor, look_id=look_id, now=clock.now())
    said = done if done in (*_ACTS, "asked") else ""
    return page(desk_view.line(words_of(request), actor, found, fault, done=said), 409 if fault else 200)


async def _setup(request: Request, code: str, fault: Fault | None = None) -> Response:
    try:
        found = await wiring.do(staff.setup, visitor_of(request), code=code[:200], now=clock.now())
    except staff.NoSetup as refused:
        return page(desk_view.sign_in(words_of(request), refused), 404)
    return page(desk_view.setup(words_of(request), found, code, fault), 409 if fault else 200)


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
