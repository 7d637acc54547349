"""The cookies of the door on an answer: set so that scripts never see them, and taken away."""

from datetime import datetime

from starlette.responses import Response

from selfcare_app import wiring
from selfcare_app.access.views import Entered, Step
from selfcare_app.kit import cookie

_DAY = 86_400


def put_session(answer: Response, entered: Entered) -> Response:
    """The session, and the known device where the browser became one; the way in is over."""
    profile, jar = wiring.wired().profile, _names()
    _put(answer, jar.session, entered.token, profile.session.absolute_seconds)
    if entered.device_token:
        _put(answer, jar.device, entered.device_token, profile.sign_in.known_device_days * _DAY)
    _take(answer, jar.admission)
    return answer


def put_renewed(answer: Response, entered: Entered, now: datetime) -> Response:
    """The new value of a session that goes on, for as long as the session may."""
    _put(answer, _names().session, entered.token, int((entered.absolute_until - now).total_seconds()))
    return answer


def put_admission(answer: Response, step: Step) -> Response:
    """The visitor's place on the way in, where it changed."""
    if step.token:
        _put(answer, _names().admission, step.token, wiring.wired().profile.session.idle_seconds)
    return answer


def put_check(answer: Response, value: str, seconds: int) -> Response:
    """The check that the sign-in form shows now."""
    _put(answer, _names().check, value, seconds)
    return answer


def take_session(answer: Response) -> Response:
    """No session any more, and no page of it in the browser's memory."""
    _take(answer, _names().session)
    _take(answer, _names().admission)
    # Not "storage": with a service worker at work Chromium never ends a navigation that clears it (and language and
    # theme would be lost). Nothing personal is kept there.
    answer.headers["clear-site-data"] = '"cache"'
    return answer


def _names() -> cookie.Names:
    return cookie.names(secure=wiring.wired().settings.secure)


def _put(answer: Response, name: str, value: str, seconds: int) -> None:
    secure = wiring.wired().settings.secure
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict")


def _take(answer: Response, name: str) -> None:
    secure = wiring.wired().settings.secure
    answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
