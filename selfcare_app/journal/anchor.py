"""Signs the heads of all streams, to be kept where the database's master can't reach."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app.db import keys_of, micros
from selfcare_app.journal import rules
from selfcare_app.journal.tables import JournalHead
from selfcare_app.kit.actor import System


def sign(session: Session, actor: System, *, now: datetime) -> str:
    """One line of JSON: the moment, every stream's head, the signature; "" while nothing was written."""
    rows = session.exec(select(JournalHead).where(JournalHead.seq > 0).order_by(col(JournalHead.stream))).all()
    heads = [[row.stream, row.seq, row.hash] for row in rows]
    if not heads:
        return ""
    keys, at = keys_of(session), micros(now)
    signature = keys.sign(rules.ANCHOR_KEY, rules.anchor_text(at, heads))
    return json.dumps({"at": at, "heads": heads, "signature": signature}, separators=(",", ":"))
