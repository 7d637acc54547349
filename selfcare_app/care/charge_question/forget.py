"""Forgets what questions and answers said once the operator keeps them no longer; what was charged stays."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from selfcare_app import operators
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.kit.actor import System


def forget_words(session: Session, actor: System, *, now: datetime) -> int:
    """Takes the words out of questions that were answered long ago; gives of how many."""
    rule = operators.of(session).charge_question
    if rule is None:
        return 0
    old = col(ChargeQuestion.answered_at) <= now - timedelta(days=rule.words_kept_days)
    doomed = update(ChargeQuestion).where(old, col(ChargeQuestion.erased_at).is_(None))
    gone = session.execute(doomed.values(words=None, answer=None, erased_at=now))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]
