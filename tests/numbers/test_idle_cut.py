"""The end of idleness at the very moment of a confirmation: an order, or nothing at all, never both (R19)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.access import session as sessions
from selfcare_app.access.tables import WebSession
from selfcare_app.kit.actor import SignInNeeded, Subscriber, System
from selfcare_app.numbers import change_number
from selfcare_app.numbers.rules import State
from selfcare_app.operators.schema import Profile
from selfcare_app.orders import draft
from selfcare_app.orders.tables import Draft
from selfcare_app.settings import Settings
from tests.numbers.conftest import Shop, made

SWEEPER = System("test")
TRIES = {"sqlite": 1_000, "postgresql": 200}
A_MOMENT = timedelta(milliseconds=1)
STEP = 0.001


@pytest.fixture(params=["sqlite", "postgresql"])
def any_shop(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Shop]:
    """Either engine; SQLite in memory where the system has a place for that, as a thousand tries write a lot."""
    if request.param == "postgresql":
        yield from made(request.getfixturevalue("postgres_url"), settings, profile, now)
        return
    memory = Path("/dev/shm")  # noqa: S108 - a directory of its own is made there
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        yield from made(f"sqlite:///{place}/selfcare.db", settings, profile, now)


def of_session(shop: Shop, actor: Subscriber, draft_id: UUID) -> tuple[str, str]:
    """How the draft and the session ended."""
    with shop.db.snapshot() as session:
        return session.get_one(Draft, draft_id).state, session.get_one(WebSession, actor.session_id).end_reason or ""


@pytest.mark.security("R19", "S-21", "asvs_7_3_1")
@pytest.mark.requirement("ISSA-023", "ISSA-024")
@pytest.mark.timeout(280)
@pytest.mark.parametrize("part", [pytest.param(4, id="a-quarter"), pytest.param(1, id="all", marks=pytest.mark.slow)])
def test_the_idle_cut_and_a_confirmation_at_the_same_moment(any_shop: Shop, part: int) -> None:
    shop, start, late = any_shop, Barrier(2), 0
    idle = timedelta(seconds=shop.profile.session.idle_seconds)
    tries = TRIES["sqlite" if shop.db.is_sqlite else "postgresql"] // part

    def confirm(
        actor: Subscriber, draft_id: UUID, digest: str, now: datetime, touches: bool, after_seconds: float
    ) -> bool:
        start.wait()
        time.sleep(after_seconds)
        try:
            # By a form the session is touched first; an event of a page is noted, and written down later.
            if touches:
                wiring.do_now(sessions.touch, actor, session_id=actor.session_id, now=now)
            wiring.do_now(change_number.confirm, actor, draft_id=draft_id, digest=digest, now=now)
        except (SignInNeeded, draft.NoDraft, change_number.HoldOver):
            return False
        return True

    def cut(now: datetime, after_seconds: float) -> None:
        start.wait()
        # A confirmation is several steps long: the cut falls into each of them.
        time.sleep(after_seconds)
        wiring.do_now(sessions.end_idle, SWEEPER, now=now)

    first = shop.now
    with ThreadPoolExecutor(2) as pool:
        for n in range(tries):
            shop.world.now = shop.now = first + n * timedelta(hours=1)
            number = f"37529{1_900_000 + n}"
            shop.stock(number)
            actor = shop.customer()
            review = shop.reviewed(actor, number)
            end = shop.now + idle
            sure = shop.proven(actor, review.digest, end - A_MOMENT)
            # Each of the two is the first now and then, by so many steps.
            ahead = (n % 10 - 3) * STEP
            confirming = (confirm, sure, review.draft_id, review.digest, end - A_MOMENT, bool(n % 4 < 2))
            done, ended = pool.submit(*confirming, max(0, -ahead)), pool.submit(cut, end, max(0, ahead))
            ended.result()
            late += not done.result()
            found = (*of_session(shop, actor, review.draft_id), shop.orders(actor), shop.state(number))
            if done.result():
                assert found[0] == "done"
                assert found[2:] == (["accepted"], State.HELD)
            else:
                assert found == ("annulled", "idle", [], State.FREE)
    assert 0 < late < tries, "the two never met: the test shows nothing"
