"""Whether the process lives and can do its work, for a load balancer."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import challenge
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System


async def health(request: Request) -> Response:
    """GET /health: 200 when the database answers, else 503; with the breakers that are open."""
    try:
        await wiring.off_loop(wiring.wired().db.ping)
        opened = await wiring.ask(challenge.open_breakers, System(job="health"), now=clock.now())
    except SQLAlchemyError:
        return JSONResponse({"ok": False}, status_code=503, headers={"cache-control": "no-store"})
    return JSONResponse({"ok": True, "breakers": list(opened)}, headers={"cache-control": "no-store"})


ROUTES = [Route("/health", health, methods=["GET"])]
