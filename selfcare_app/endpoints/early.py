"""Posts that have no chance are sent away before their body is read and before anything is asked."""

from collections.abc import Callable, Mapping

from starlette.types import Scope

from selfcare_app import wiring
from selfcare_app.endpoints.peer import cookie_of
from selfcare_app.endpoints.posted import to
from selfcare_app.endpoints.turnstile import TURNSTILE, TooOften
from selfcare_app.kit import clock, cookie


def early(backs: Mapping[str, str]) -> Callable[[Scope, str], str]:
    """What tells of a post where it is sent at once, or "": it may go on.

    `backs` are the pages of the forms by the paths that they are posted to. Who may be known goes on to be looked at.
    """
    jar = cookie.names(secure=wiring.wired().settings.secure)

    def turned_away(scope: Scope, address: str) -> str:
        back = backs.get(scope["path"])
        if back is None or cookie_of(scope, jar.session) or cookie_of(scope, jar.device):
            return ""
        seconds = TURNSTILE.refuses(address, clock.now())
        return to(back, TooOften(seconds=seconds)).headers["location"] if seconds else ""

    return turned_away
