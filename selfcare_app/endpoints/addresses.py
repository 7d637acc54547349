"""Addresses that the operator has made known elsewhere: each leads to the page it means (AS-001)."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.endpoints.peer import cookie_of
from selfcare_app.kit import cookie

_PAGES = {"register": "/register", "sign_in": "/sign-in", "recover": "/recover"}
_YEAR = 365 * 86_400


async def lead(request: Request) -> Response:
    """GET /<language>/…: 303 to the page, in the language of the address unless another was chosen before."""
    parts, path = wiring.wired(), request.url.path.rstrip("/") + "/"
    page = next((each.page for each in parts.profile.addresses if each.path == path), None)
    if page is None:
        return Response(status_code=404)
    answer = RedirectResponse(_PAGES[page], status_code=303)
    language = path.split("/")[1]
    if language in parts.profile.languages and not cookie_of(request.scope, cookie.LANGUAGE):
        answer.set_cookie(
            cookie.LANGUAGE, language, max_age=_YEAR, path="/", secure=parts.settings.secure, samesite="strict"
        )
    return answer


ROUTES = [Route(f"/{language}/{{rest:path}}", lead, methods=["GET"]) for language in ("ru", "uk", "be", "en")]
