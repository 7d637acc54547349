"""PIN1, PUK1, PIN2, PUK2 of the SIM in use, shown for a moment after fresh proof (ISSA-051)."""

from datetime import datetime, timedelta

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import event, puk1, quota, rights
from selfcare_app.access.entrance import notify
from selfcare_app.access.views import SimSecrets
from selfcare_app.db import keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import OwnOnly, ProofNeeded, Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Line

PURPOSE = "sim_secrets"
_SCOPE = "sim_secrets.shown"
_DAY = 86_400


class NotShown(NotFound):
    """The operator shows no SIM codes in the cabinet."""

    code = "access.sim_secrets_not_shown"


class ShownOften(Refused):
    """The codes were shown as often as a day allows; again at `until`."""

    code = "access.sim_secrets_often"


def reveal(session: Session, actor: Subscriber, *, now: datetime) -> SimSecrets:
    """Opens the codes, tells the owner by SMS and takes PUK1 out of use as a proof for three days.

    Raises ProofNeeded, kit.OwnOnly, NotShown, ShownOften, puk1.NoSim.
    """
    if actor.acting and rights.Right.SIM not in rights.rights_of(actor.acting):
        raise OwnOnly()
    display = operators.of(session).sim_display
    if display is None:
        raise NotShown()
    fresh = timedelta(seconds=display.proof_fresh_seconds)
    if not any(p.purpose == PURPOSE and now < min(p.made_at + fresh, p.expires_at) for p in actor.proofs):
        raise ProofNeeded(purpose=PURPOSE)
    line, sim = session.get_one(Line, actor.line_id), puk1.sim_of(session, actor.line_id)
    if sim is None:
        raise puk1.NoSim()
    subject = str(line.id)
    times = quota.take(session, scope=_SCOPE, subject=subject, limit=display.per_day, seconds=_DAY, now=now)
    if times is None:
        raise ShownOften(until=quota.resets_at(session, scope=_SCOPE, subject=subject, now=now))
    puk1.disable(session, sim_id=sim.id, now=now)
    notify(session, line, about="sim_secrets_shown", now=now)
    record(session, actor, line_id=line.id, action="sim_secrets_shown", now=now)
    event.record(
        session, "sim_secrets", "shown", line_id=line.id, session_id=actor.session_id, address=actor.address, now=now
    )
    return SimSecrets(
        **sim_seal.unseal(keys_of(session), sim),
        on_screen_seconds=display.on_screen_seconds,
        left_today=display.per_day - times,
    )
