"""The check of a sign-in form over plain HTTP: a picture of digits, or the same kind of digits in words (IH-007)."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

from captcha.image import ImageCaptcha
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import challenge, picture_check
from selfcare_app.access.picture_check import Issued
from selfcare_app.endpoints import cookies
from selfcare_app.endpoints.peer import address_of, cookie_of
from selfcare_app.endpoints.turnstile import TooOften, Turnstile
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Visitor

_WIDTH, _HEIGHT = 240, 80
# Light on dark: of dark ink the library makes grey.
_INK, _PAPER = (255, 255, 255), (28, 32, 36)
_SIZES = (50, 56, 62)
_NEVER_KEPT = {"cache-control": "no-store"}

CHECKS = Turnstile()
"""Pictures are counted apart from posts, so that asking for them stops nobody's sign-in."""


async def picture(request: Request) -> Response:
    """GET /session/check/picture: digits as a PNG; the browser's earlier check is forgotten with its cookie."""
    return await _issued(request, lambda made: Response(_drawn(made.digits), 200, _NEVER_KEPT, "image/png"))


async def words(request: Request) -> Response:
    """GET /session/check/words: digits in words of the visitor's language, for whoever does not see the picture."""
    parts = wiring.wired()
    chosen = cookie_of(request.scope, cookie.LANGUAGE)
    language = chosen if chosen in parts.profile.languages else parts.profile.default_language
    return await _issued(request, partial(_said, Speaker(language, parts.profile)))


def _said(speaker: Speaker, made: Issued) -> Response:
    said = " ".join(speaker.text(f"access.document.digit_{digit}") for digit in made.digits)
    return PlainTextResponse(said, 200, _NEVER_KEPT)


async def _issued(request: Request, shown: Callable[[Issued], Response]) -> Response:
    parts, now = wiring.wired(), clock.now()
    if not parts.profile.sign_in.captcha and not await wiring.ask(challenge.mode, Visitor(), now=now):
        return Response(status_code=404)
    address = request.scope.get("selfcare.address") or address_of(request.scope, parts.settings.trusted_proxy_hops)
    try:
        CHECKS.admit(address, now)
    except TooOften:
        return Response(status_code=429, headers=_NEVER_KEPT)
    made = await wiring.do(picture_check.issue, Visitor(address), now=now)
    return cookies.put_check(await wiring.off_loop(partial(shown, made)), made.token, picture_check.VALID_SECONDS)


def _drawn(digits: str) -> bytes:
    maker = ImageCaptcha(_WIDTH, _HEIGHT, font_sizes=_SIZES)
    maker.word_offset_dx = 0.1
    file = BytesIO()
    maker.generate_image(digits, bg_color=_PAPER, fg_color=_INK).save(file, "PNG")
    return file.getvalue()


ROUTES = [
    Route("/session/check/picture", picture, methods=["GET"]),
    Route("/session/check/words", words, methods=["GET"]),
]
