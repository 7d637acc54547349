"""The last step of every way in: a session, the known device, the chosen language, the notice to the owner."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import agent, alarm, device, token
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Browser, Entered
from selfcare_app.i18n.message import text_of, wire
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging import outbox
from selfcare_app.subscribers.tables import Line

TOLD_ANYHOW = frozenset({"register", "recover"})
"""Ways in that come with a new password, of which the owner hears by itself."""


def enter(
    session: Session,
    actor: Visitor,
    *,
    line: Line,
    method: str,
    browser: Browser,
    remember: bool,
    next_path: str = "",
    now: datetime,
) -> Entered:
    """Lets the visitor in: begins a session and, where asked, makes the browser a known device.

    The owner is told of a browser that the line does not know, unless the way in itself is a thing he is told of.
    """
    credential = session.get_one(Credential, line.id)
    credential.last_used_at = now
    # Two ways in at once wait for one another here, so that the number of sessions holds.
    session.flush()
    if actor.language in operators.of(session).languages:
        line.language = actor.language
    entered = web_session.start(
        session,
        line_id=line.id,
        method=method,
        address=actor.address,
        agent=browser.agent,
        language=line.language,
        now=now,
    )
    if method not in TOLD_ANYHOW:
        _tell_of_stranger(session, line, browser, now)
    known = ""
    if remember:
        known = device.remember(
            session, device_token=browser.device_token, line_id=line.id, agent=browser.agent, now=now
        )
    return replace(entered, device_token=known, next_path=next_path or browser.next_path)


def _tell_of_stranger(session: Session, line: Line, browser: Browser, now: datetime) -> None:
    digest = token.digest(browser.device_token)
    if device.known(session, device=digest, line_id=line.id, now=now) is None:
        name = agent.named(browser.agent) or text_of("alarm.unknown_device")
        alarm.tell(session, line_id=line.id, kind="new_device", device=name, now=now)


def notify(session: Session, line: Line, *, about: str, now: datetime, **args: object) -> None:
    """An SMS to the owner about a change at the door; `about` ends the sentence's key."""
    if line.msisdn is None:
        return
    profile = operators.of(session)
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or profile.default_language,
        key=f"access.sms.{about}",
        args={"service": profile.short_name, **{name: wire(value) for name, value in args.items()}},
        dedup_key=f"{about}.{new_id()}",
        now=now,
    )
