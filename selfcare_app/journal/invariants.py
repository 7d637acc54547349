"""What must hold of the journal: its chains are whole."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app.db import keys_of
from selfcare_app.journal import check
from selfcare_app.kit.invariant import Check, Rows


def checks() -> tuple[Check, ...]:
    """I14, without the anchors' file: the journal's own command compares with that."""
    return (Check("I14", "the journal's chains are whole", _chains),)


def _chains(session: Session, now: datetime) -> Rows:
    for found in check.check(session, keys_of(session)).findings:
        yield {"finding": found.kind, "stream": found.stream, "place": found.seq, "entry": found.entry_id}
