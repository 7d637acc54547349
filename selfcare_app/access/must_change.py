"""While a password has to be changed its session does that and nothing else (ISSA-018, ISSA-020)."""

from collections.abc import Callable
from typing import Any

from selfcare_app.access import alarm, change_password
from selfcare_app.access import session as web_session
from selfcare_app.kit.actor import Actor, Subscriber
from selfcare_app.kit.errors import Denied

_ALLOWED: frozenset[Callable[..., Any]] = frozenset(
    {
        change_password.owner,
        change_password.claim,
        change_password.settle,
        web_session.touch,
        web_session.end,
        alarm.unread,
        alarm.read,
    }
)


class PasswordDue(Denied):
    """The password has to be changed before anything else is done."""

    code = "access.password_due"


def admit(actor: Actor, use_case: Callable[..., Any]) -> None:
    """Raises PasswordDue for a use case that a session with such a password may not run."""
    if isinstance(actor, Subscriber) and actor.must_change_password and use_case not in _ALLOWED:
        raise PasswordDue()
