"""The desk's queue of payments that are not what was asked for, over plain HTTP."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import staff
from selfcare_app.endpoints import desk_disputes_view, desk_view
from selfcare_app.endpoints.desk_door import DESK, at_desk, id_of, page, see, staff_of, words_of
from selfcare_app.endpoints.posted import Posted
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault
from selfcare_app.payments.dispute import decide

DISPUTES = f"{DESK}/disputes"
_DONE = ("accept", "close")


async def disputes(request: Request) -> Response:
    """GET /desk/disputes: what waits, for whoever has that duty."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    return await _disputes(request, actor, done=request.query_params.get("done", ""))


async def _on_disputes(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    return await _disputes(request, actor, fault=fault)


@at_desk("dispute", "reason", "act", shown=_on_disputes)
async def act(post: Posted, actor: Staff) -> Response:
    """POST /desk/disputes: asks a second employee to credit what was told, or closes it."""
    dispute_id = id_of(post["dispute"], decide.NotWaiting())
    if post["act"] == "accept":
        await wiring.do(decide.accept, actor, dispute_id=dispute_id, now=post.now)
    elif post["act"] == "close":
        await wiring.do(decide.close, actor, dispute_id=dispute_id, reason=post["reason"], now=post.now)
    else:
        raise decide.NotWaiting()
    return see(f"{DISPUTES}?done={post['act']}")


async def _disputes(request: Request, actor: Staff, *, fault: Fault | None = None, done: str = "") -> Response:
    try:
        found = await wiring.ask(decide.queue, actor, now=clock.now())
    except staff.NotYourDuty as refused:
        return page(desk_view.search(words_of(request), actor, refused), 403)
    told = done if done in _DONE else ""
    shown = desk_disputes_view.disputes(words_of(request), actor, found, fault, done=told)
    return page(shown, 409 if fault else 200)


ROUTES = [
    Route("/desk/disputes", disputes, methods=["GET"]),
    Route("/desk/disputes", act, methods=["POST"]),
]
