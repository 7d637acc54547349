"""A right taken back while it is used: some serial order, and nothing after its end (R20)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.access import acting, delegation, event, rights
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.tables import AccessEvent, WebSession
from selfcare_app.kit.actor import SignInNeeded, Subscriber
from selfcare_app.kit.errors import Denied
from selfcare_app.settings import Settings
from tests.access.delegates import granted, over
from tests.access.door import Door

TRIES = {"sqlite": 1_000, "postgresql": 200}


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))


def confirm(session: Session, actor: Subscriber, *, grant_id: UUID, now: datetime) -> None:
    """What a delegate does: it notes whether the right still stood when the act was done."""
    grant = session.get_one(DelegationGrant, grant_id)
    event.record(session, "race", "late" if grant.revoked_at else "in time", line_id=actor.line_id, now=now)


@pytest.mark.security("R20", "asvs_8_3_2", "S-20")
@pytest.mark.parametrize(
    "part", [pytest.param(20, id="a-twentieth"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
def test_a_right_taken_back_while_it_is_used(door: Door, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setitem(rights.RULES, f"{confirm.__module__}.confirm", rights.Rule(rights.Right.CHANGE))  # type: ignore[arg-type]
    owner, friend = door.line(), door.line()
    giver, refused, done = door.world.session(owner), 0, 0
    tries = TRIES["sqlite" if door.wires.db.is_sqlite else "postgresql"] // part
    start = Barrier(2)

    def use(actor: Subscriber, grant_id: UUID) -> bool:
        start.wait()
        try:
            wiring.do_now(confirm, actor, grant_id=grant_id, now=door.now)
        except Denied:
            return False
        return True

    def revoke(grant_id: UUID) -> None:
        start.wait()
        wiring.do_now(delegation.revoke, giver, grant_id=grant_id, now=door.now)

    with ThreadPoolExecutor(2) as pool:
        for n in range(tries):
            grant_id = granted(door, friend, owner)
            actor = over(door, door.world.session(friend), owner)
            # Who comes last to the barrier is the first to go on.
            if n % 2:
                used, ended = pool.submit(use, actor, grant_id), pool.submit(revoke, grant_id)
            else:
                ended, used = pool.submit(revoke, grant_id), pool.submit(use, actor, grant_id)
            ended.result()
            done, refused = done + used.result(), refused + (not used.result())
            with pytest.raises(Denied):
                wiring.do_now(confirm, actor, grant_id=grant_id, now=door.now)
    kept = [row.outcome for row in door.rows(AccessEvent, kind="race")]
    assert kept == ["in time"] * done
    assert done + refused == tries
    assert min(done, refused) > 0, "the two never met: the test shows nothing"


@pytest.mark.security("R20", "S-16")
def test_two_tabs_that_go_over_at_once_are_one_session(door: Door) -> None:
    first, second, friend = door.line(), door.line(), door.line()
    granted(door, friend, first)
    granted(door, friend, second)
    mine = door.world.session(friend)
    start = Barrier(2)

    def switch(line_id: UUID) -> bool:
        start.wait()
        try:
            wiring.do_now(acting.switch, mine, line_id=line_id, now=door.now)
        except SignInNeeded:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(switch, (first.id, second.id))) == [False, True]
    assert len([row for row in door.rows(WebSession, line_id=friend.id) if row.ended_at is None]) == 1
