"""The one State that plays any journey, on a journey that only these tests have."""

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from selfcare_app import wiring
from selfcare_app.access import session as web_session
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.cookie import names
from selfcare_app.orders import draft
from tests.harness import Tab, Tabs, running
from tests.orders.test_journey import PAUSE
from tests.world import World

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui import journey
from selfcare_app.ui.journey import Play, Player

PLAYER = Player(PAUSE, "/pause", "pause", own={"check": "/pause/check/[draft]"})


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    journey.PLAYERS["pause"] = PLAYER
    yield
    del journey.PLAYERS["pause"]


@pytest.fixture
async def tabs(wires: wiring.Wiring) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


class Asked:
    """Somebody in the middle of the journey."""

    def __init__(self, world: World, tabs: Tabs) -> None:
        self.tabs = tabs
        line = world.line()
        with world.db.transaction() as session:
            entered = web_session.start(
                session, line_id=line.id, method="password", address="", agent="", language="", now=clock.now()
            )
        self.cookie = f"{names(secure=False).session}={entered.token}"
        self.actor = Subscriber(line.id, entered.session_id)
        self.draft = wiring.do_now(draft.begin, self.actor, kind="pause", answers={}, now=clock.now()).id

    async def at(self, slug: str) -> tuple[Tab, Any]:
        tab = self.tabs(path=PLAYER.path(slug, self.draft))
        await tab.connect(self.cookie)
        return tab, await tab.send(Play.load("pause", slug))


@pytest.fixture
def somebody(world: World, tabs: Tabs) -> Asked:
    return Asked(world, tabs)


def went(reply: Any) -> str:
    (event,) = reply.events
    return str(event.payload["path"])


async def test_it_asks_step_by_step_and_says_how_far_one_is(somebody: Asked) -> None:
    tab, reply = await somebody.at("reason")
    assert (reply.var(Play, "at"), reply.var(Play, "of")) == (1, 3)
    (question,) = reply.var(Play, "questions")
    assert [each["value"] for each in question["options"]] == ["travel", "other"]
    assert went(await tab.send(Play.answer({"reason": "other"}))) == PLAYER.path("words", somebody.draft)
    tab, reply = await somebody.at("words")
    assert (reply.var(Play, "at"), reply.var(Play, "of")) == (2, 4)
    assert went(await tab.send(Play.answer({"words": "a baby"}))) == PLAYER.path("until", somebody.draft)
    tab, _ = await somebody.at("until")
    assert went(await tab.send(Play.answer({"day": "2026-12-01"}))) == PLAYER.path("check", somebody.draft)


async def test_going_back_keeps_the_answer_and_the_check_has_links_to_change_each(somebody: Asked) -> None:
    tab, _ = await somebody.at("reason")
    await tab.send(Play.answer({"reason": "travel"}))
    tab, _ = await somebody.at("until")
    await tab.send(Play.answer({"day": "2026-12-01"}))
    _, back = await somebody.at("reason")
    assert back.var(Play, "questions")[0]["value"] == "travel"
    rows = back.var(Play, "answers")
    assert [(row["value"], row["change"]) for row in rows] == [
        ("travel", PLAYER.path("reason", somebody.draft)),
        ("2026-12-01", PLAYER.path("until", somebody.draft)),
        ("", PLAYER.path("until", somebody.draft)),
    ]
    assert rows[0]["said"] == {"key": "pause.travel"}
    # Changing one answer leads back to the check and not through everything again.
    tab, _ = await somebody.at("reason")
    assert went(await tab.send(Play.answer({"reason": "travel"}))) == PLAYER.path("check", somebody.draft)


async def test_a_wrong_answer_is_told_at_its_field_and_nothing_is_lost(somebody: Asked) -> None:
    tab, _ = await somebody.at("reason")
    reply = await tab.send(Play.answer({"reason": "theft"}))
    assert reply.var(Play, "errors") == {"reason": {"key": "orders.error.no_such_choice"}}
    assert wiring.ask_now(draft.read, somebody.actor, draft_id=somebody.draft).answers == {}


@pytest.mark.security("S-18")
async def test_a_step_that_is_not_open_yet_leads_to_the_one_that_is(somebody: Asked) -> None:
    _, reply = await somebody.at("until")
    assert went(reply) == PLAYER.path("reason", somebody.draft)


@pytest.mark.requirement("ISSA-024")
async def test_a_draft_that_was_annulled_says_so(somebody: Asked, world: World) -> None:
    with world.db.transaction() as session:
        draft.annul(session, (somebody.actor.session_id,), clock.now())
    _, reply = await somebody.at("reason")
    assert reply.var(Play, "over") == {"key": "orders.error.no_draft"}


@pytest.mark.security("S-05")
@pytest.mark.parametrize(("kind", "slug"), [("nothing", "reason"), ("number_change", "reason"), ("pause", "nowhere")])
async def test_a_journey_or_step_that_does_not_exist_shows_nothing(somebody: Asked, kind: str, slug: str) -> None:
    tab = somebody.tabs(path=PLAYER.path("reason", somebody.draft))
    await tab.connect(somebody.cookie)
    reply = await tab.send(Play.load(kind, slug))
    state = await tab.state(Play)
    assert state.questions == []
    assert state.over or went(reply) == PLAYER.path("reason", somebody.draft)


def test_the_screen_can_be_drawn() -> None:
    drawn = str(journey.step_screen().render())
    assert "radio" in drawn
    assert "orders.journey.next" in drawn
    assert journey.checked() is not None
