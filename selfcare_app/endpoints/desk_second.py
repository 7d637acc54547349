"""What waits for a second employee, and the other employees, over plain HTTP."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import desk_second, staff
from selfcare_app.endpoints import desk_second_view
from selfcare_app.endpoints.desk_door import DESK, at_desk, id_of, page, see, staff_of, words_of
from selfcare_app.endpoints.posted import Posted
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault

REQUESTS, EMPLOYEES = f"{DESK}/requests", f"{DESK}/employees"
_DECIDE = {"confirm": desk_second.confirm, "decline": desk_second.decline, "withdraw": desk_second.withdraw}
_ACTS = ("unlock", "disable", "enable")


async def requests(request: Request) -> Response:
    """GET /desk/requests: what waits for a second employee."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    return await _requests(request, actor, done=request.query_params.get("done", ""))


async def employees(request: Request) -> Response:
    """GET /desk/employees: the other employees, for whoever looks after them."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    try:
        return await _employees(request, actor, done=request.query_params.get("done", ""))
    except staff.NotYourDuty as fault:
        return await _requests(request, actor, fault=fault)


async def _on_requests(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    return await _requests(request, actor, fault=fault)


async def _on_employees(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    if staff.Duty.EMPLOYEES not in actor.duties:
        return await _requests(request, actor, fault=fault)
    return await _employees(request, actor, fault=fault)


@at_desk("request", "act", shown=_on_requests)
async def decide(post: Posted, actor: Staff) -> Response:
    """POST /desk/requests: confirms, declines or withdraws one."""
    use_case = _DECIDE.get(post["act"])
    if use_case is None:
        raise desk_second.NoRequest()
    await wiring.do(use_case, actor, request_id=id_of(post["request"], desk_second.NoRequest()), now=post.now)
    return see(f"{REQUESTS}?done={post['act']}")


@at_desk("login", "act", "words", shown=_on_employees)
async def act(post: Posted, actor: Staff) -> Response:
    """POST /desk/employees: unlocks another employee, or asks that his access be taken or given back."""
    if post["act"] not in _ACTS:
        raise staff.NoEmployee()
    if post["act"] == "unlock":
        await wiring.do(staff.unlock, actor, login=post["login"], now=post.now)
        return see(f"{EMPLOYEES}?done=unlocked")
    is_open = post["act"] == "enable"
    await wiring.do(
        desk_second.ask_access, actor, login=post["login"], is_open=is_open, reason=post["words"], now=post.now
    )
    return see(f"{REQUESTS}?done=asked")


async def _requests(request: Request, actor: Staff, *, fault: Fault | None = None, done: str = "") -> Response:
    found = await wiring.ask(desk_second.waiting, actor, now=clock.now())
    told = done if done in (*_DECIDE, "asked") else ""
    return page(desk_second_view.requests(words_of(request), actor, found, fault, done=told), _status(fault))


async def _employees(request: Request, actor: Staff, *, fault: Fault | None = None, done: str = "") -> Response:
    found = await wiring.ask(desk_second.colleagues, actor, now=clock.now())
    told = done if done == "unlocked" else ""
    return page(desk_second_view.employees(words_of(request), actor, found, fault, done=told), _status(fault))


def _status(fault: Fault | None) -> int:
    if fault is None:
        return 200
    return 403 if isinstance(fault, staff.NotYourDuty | desk_second.OwnRequest) else 409


ROUTES = [
    Route("/desk/requests", requests, methods=["GET"]),
    Route("/desk/requests", decide, methods=["POST"]),
    Route("/desk/employees", employees, methods=["GET"]),
    Route("/desk/employees", act, methods=["POST"]),
]
