"""The check finds a payment that was credited otherwise than it was paid, and one that nobody has looked after."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from selfcare_app import wiring
from selfcare_app.payments import hosted_invariants
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.payments_card.conftest import Begin, facts, open_, take


def broken(now: datetime) -> list[int]:
    """How many rows break each of the checks."""
    with wiring.wired().db.snapshot() as session:
        return [len(list(check.find(session, now))) for check in hosted_invariants.checks()]


@pytest.mark.security("R11")
def test_it_finds_what_was_planted_and_nothing_else(begin: Begin, now: datetime) -> None:
    paid, waiting = begin(), begin()
    open_(paid, now)
    take(facts(paid), now)
    assert broken(now) == [0, 0]
    with wiring.wired().db.transaction() as session:
        session.execute(text("UPDATE hosted_payment SET amount_minor = 999 WHERE state = 'paid'"))
    assert broken(now) == [1, 0]
    assert broken(now + timedelta(days=6)) == [1, 1]
    take(facts(waiting, transaction_id="t-2"), now)
    assert broken(now + timedelta(days=6)) == [1, 0]
