"""The desk's queue of wrong payments that are to be returned, over plain HTTP."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import staff
from selfcare_app.endpoints import desk_returns_view, desk_view
from selfcare_app.endpoints.desk_door import DESK, at_desk, id_of, page, see, staff_of, words_of
from selfcare_app.endpoints.posted import Posted
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault
from selfcare_app.payments.refund import decide
from selfcare_app.payments.refund.apply import NotOffered

RETURNS = f"{DESK}/returns"
_DONE = ("accept", "refuse")


async def returns(request: Request) -> Response:
    """GET /desk/returns: what waits, for whoever has that duty."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    return await _returns(request, actor, done=request.query_params.get("done", ""))


async def _on_returns(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    return await _returns(request, actor, fault=fault)


@at_desk("application", "payment", "reason", "act", shown=_on_returns)
async def act(post: Posted, actor: Staff) -> Response:
    """POST /desk/returns: asks a second employee to return the payment, or refuses the application."""
    application_id = id_of(post["application"], decide.NotWaiting())
    if post["act"] == "accept":
        payment_id = id_of(post["payment"], decide.NoSuchPayment())
        await wiring.do(decide.accept, actor, application_id=application_id, payment_id=payment_id, now=post.now)
    elif post["act"] == "refuse":
        await wiring.do(decide.refuse, actor, application_id=application_id, reason=post["reason"], now=post.now)
    else:
        raise decide.NotWaiting()
    return see(f"{RETURNS}?done={post['act']}")


async def _returns(request: Request, actor: Staff, *, fault: Fault | None = None, done: str = "") -> Response:
    try:
        found = await wiring.ask(decide.queue, actor, now=clock.now())
    except (staff.NotYourDuty, NotOffered) as refused:
        return page(desk_view.search(words_of(request), actor, refused), 403)
    told = done if done in _DONE else ""
    shown = desk_returns_view.returns(words_of(request), actor, found, fault, done=told)
    return page(shown, 409 if fault else 200)


ROUTES = [
    Route("/desk/returns", returns, methods=["GET"]),
    Route("/desk/returns", act, methods=["POST"]),
]
