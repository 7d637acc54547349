"""What an employee hands over or lifts with the subscriber's document before him: a printed password, a stop."""

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import desk_look, paper
from selfcare_app.endpoints import desk_page, desk_view
from selfcare_app.endpoints.desk_door import DESK, at_desk, id_of, page, see
from selfcare_app.endpoints.desk_page import pairs
from selfcare_app.endpoints.posted import Posted
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault


async def _refused(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    words = desk_view.Words.of(wiring.wired().profile, wiring.wired().profile.default_language)
    return page(desk_view.search(words, actor, fault), 409)


@at_desk("look", "application", shown=_refused)
async def slip(post: Posted, actor: Staff) -> Response:
    """POST /desk/paper: a temporary password on a sheet to be printed, seen this once (AS-002)."""
    look = id_of(post["look"], desk_look.LookOver())
    made = await wiring.do(paper.issue, actor, look_id=look, application=post["application"], now=post.now)
    parts = wiring.wired()
    words = desk_view.Words.of(parts.profile, made.language)
    say = words.say
    rows = [
        (say.text("paper.document.address"), parts.settings.origin),
        (say.text("paper.document.login"), say.msisdn(made.msisdn)),
        (say.text("paper.document.password"), made.password),
        (say.text("paper.document.until"), say.datetime(made.until)),
    ]
    body = f"<section>{pairs(rows)}</section><p>{escape(say.text('paper.document.lead'))}</p>"
    back = f'<p><a href="{DESK}/line/{look}">{escape(say.text("paper.document.back"))}</a></p>'
    title = say.text("paper.document.title")
    return page(desk_page.page(say, words.language, words.profile, title, body, back, who=actor))


@at_desk("look", "application", shown=_refused)
async def release(post: Posted, actor: Staff) -> Response:
    """POST /desk/release: what the owner had stopped moves again, by a written application."""
    look = id_of(post["look"], desk_look.LookOver())
    await wiring.do(paper.release, actor, look_id=look, application=post["application"], now=post.now)
    return see(f"{DESK}/line/{look}")


ROUTES = [Route("/desk/paper", slip, methods=["POST"]), Route("/desk/release", release, methods=["POST"])]
