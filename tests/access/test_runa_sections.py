"""Sections that their subscriber keeps shut: chosen with РУНА, opened by one, shut again; at the endpoints."""

from datetime import timedelta

import httpx
import pytest

from selfcare_app import wiring
from selfcare_app.access import runa, runa_sections
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import GuardedSection, ProofGiven, RunaActivation, WebSession
from selfcare_app.access.views import Attempt
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, Handset, OwnOnly, Subscriber, System
from selfcare_app.kit.errors import Fault
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.web import path, query, sign_in

CODE = "739148"
GATE = System("gate")
_CHOICE = {"attempt": Attempt(Fault()), "typed": CODE, "sections": {"personal"}}


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def line(door: Door) -> Line:
    return door.line()


def activate(door: Door, line: Line, code: str = CODE) -> None:
    assert door.do(runa.activate, Handset(line.id), typed=code).outcome is runa.Outcome.ACTIVE


def guard(door: Door, line: Line, *sections: str) -> None:
    with door.wires.db.transaction() as session:
        for section in sections:
            session.add(GuardedSection(line_id=line.id, section=section, since=door.now))


def guarded(door: Door, line: Line) -> frozenset[str]:
    found: frozenset[str] = wiring.ask_now(runa_sections.guarded, GATE, line_id=line.id)
    return found


def shut(door: Door, actor: Subscriber, section: str) -> bool:
    """Whether the section is shut to the session now."""
    with door.wires.db.snapshot() as session:
        signed = web_session.of_id(session, GATE, session_id=actor.session_id, now=door.now)
    assert signed is not None
    found: bool = door.ask(runa_sections.is_blocked, GATE, visitor=signed.actor, section=section)
    return found


def actor_of(door: Door) -> Subscriber:
    """The newest session's subscriber."""
    row = door.rows(WebSession)[-1]
    return Subscriber(row.line_id, row.id)


async def choose(client: httpx.AsyncClient, *sections: str, code: str = CODE) -> httpx.Response:
    ticks = {f"section_{section}": "on" for section in sections}
    return await client.post("/session/runa/sections", data={"code": code, "back": "/settings/runa", **ticks})


async def enter(client: httpx.AsyncClient, section: str, code: str = CODE) -> httpx.Response:
    fields = {"section": section, "code": code, "back": f"/{section.replace('_', '-')}"}
    return await client.post("/session/runa/section", data=fields)


@pytest.mark.requirement("AS-032")
async def test_ticks_are_kept_and_told(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    await sign_in(client, door, line)
    activate(door, line)
    answer = await choose(client, "personal", "call_detail")
    assert (path(answer), query(answer)) == ("/settings/runa", {"saved": "1"})
    assert guarded(door, line) == {"personal", "call_detail"}
    assert "alarm.runa_sections_changed" in [key for key, _ in door.messages(line.msisdn)]
    changes = door.rows(JournalEntry, action="runa_sections_changed")
    assert len(changes) == 1
    activate(door, line, "482915")
    assert query(await choose(client, "personal", code="482915")) == {"saved": "1"}
    assert guarded(door, line) == {"personal"}


@pytest.mark.requirement("AS-032")
@pytest.mark.security("T8")
async def test_ticks_are_changed_with_runa_alone(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    guard(door, line, "call_detail")
    await sign_in(client, door, line)
    assert query(await choose(client))["error"] == "runa.needed"
    activate(door, line)
    assert query(await choose(client, code="482915"))["error"] == "runa.wrong"
    assert guarded(door, line) == {"call_detail"}


async def test_no_change_uses_no_runa_up(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    guard(door, line, "personal")
    await sign_in(client, door, line)
    activate(door, line)
    assert query(await choose(client, "personal"))["error"] == "runa.unchanged"
    assert door.rows(RunaActivation)[0].used_at is None


async def test_without_a_session_nothing_is_chosen(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    activate(door, line)
    assert path(await choose(client, "personal")) == "/sign-in"
    assert path(await enter(client, "personal")) == "/sign-in"
    assert not guarded(door, line)


@pytest.mark.security("S-07")
@pytest.mark.parametrize("section", ["sign_out", "home", "password"])
async def test_only_sections_of_the_profile_are_guarded(
    client: httpx.AsyncClient, door: Door, line: Line, section: str
) -> None:
    await sign_in(client, door, line)
    activate(door, line)
    await choose(client, section, "personal")
    assert guarded(door, line) == {"personal"}


@pytest.mark.requirement("AS-022", "AS-031", "AS-033")
async def test_a_shut_section_opens_with_runa_once(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    guard(door, line, "call_detail", "personal")
    await sign_in(client, door, line)
    actor = actor_of(door)
    assert shut(door, actor, "call_detail")
    assert query(await enter(client, "call_detail"))["error"] == "runa.needed"
    activate(door, line)
    answer = await enter(client, "call_detail", "482915")
    assert path(answer) == "/settings/runa/section"
    assert query(answer)["error"] == "runa.wrong"
    assert query(answer)["section"] == "call_detail"
    assert path(await enter(client, "call_detail")) == "/call-detail"
    assert not shut(door, actor, "call_detail")
    assert shut(door, actor, "personal")
    assert query(await enter(client, "personal"))["error"] == "runa.needed"


@pytest.mark.requirement("AS-034")
async def test_it_stays_open_while_it_is_used_and_shuts_on_leaving(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    guard(door, line, "personal")
    await sign_in(client, door, line)
    actor = actor_of(door)
    activate(door, line)
    await enter(client, "personal")
    for _ in range(5):
        door.later(600)
        door.do(web_session.touch, session_id=actor.session_id)
        assert not shut(door, actor, "personal")
    door.do(runa_sections.leave, GATE, session_id=actor.session_id, sections={"personal"})
    assert shut(door, actor, "personal")


@pytest.mark.requirement("AS-034")
async def test_what_is_not_entered_in_ten_minutes_has_to_be_activated_again(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    guard(door, line, "personal")
    await sign_in(client, door, line)
    activate(door, line)
    door.later(600)
    assert query(await enter(client, "personal"))["error"] == "runa.needed"


async def test_a_section_opens_for_one_session_alone(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    guard(door, line, "personal")
    other = door.world.session(line)
    await sign_in(client, door, line)
    activate(door, line)
    await enter(client, "personal")
    assert shut(door, other, "personal")


async def test_a_new_tick_shuts_every_session_at_once(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    other = door.world.session(line)
    with door.wires.db.transaction() as session:
        session.add(
            ProofGiven(
                id=other.session_id, session_id=other.session_id, purpose="section.personal", method="runa",
                made_at=door.now, expires_at=door.now + timedelta(hours=1),
            )
        )  # fmt: skip
    await sign_in(client, door, line)
    activate(door, line)
    await choose(client, "personal")
    assert shut(door, other, "personal")


@pytest.mark.requirement("AS-033")
async def test_an_act_that_runa_proves_is_proven_with_its_section(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    guard(door, line, "call_detail")
    await sign_in(client, door, line)
    activate(door, line)
    await enter(client, "call_detail")
    with door.wires.db.snapshot() as session:
        signed = web_session.of_id(session, GATE, session_id=actor_of(door).session_id, now=door.now)
    assert signed is not None
    assert signed.actor.has_proof("call_detail", door.now)
    door.do(runa_sections.leave, GATE, session_id=signed.session_id, sections={"call_detail"})
    with door.wires.db.snapshot() as session:
        after = web_session.of_id(session, GATE, session_id=signed.session_id, now=door.now)
    assert after is not None
    assert not after.actor.has_proof("call_detail", door.now)


@pytest.mark.security("T5")
async def test_after_a_sim_change_runa_opens_nothing_for_a_day(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line(sim_changed_at=door.now - timedelta(hours=23))
    guard(door, line, "personal")
    await sign_in(client, door, line)
    activate(door, line)
    assert query(await enter(client, "personal"))["error"] == "access.sim_changed"
    assert door.rows(RunaActivation)[0].tries == 0


@pytest.mark.security("T18")
def test_who_works_for_another_chooses_nothing(door: Door, line: Line) -> None:
    curator = Subscriber(
        line.id, door.world.session(line).session_id, acting=Acting(door.line().id, "curator", "manage")
    )
    for use_case, named in ((runa_sections.guards, {}), (runa_sections.choose, _CHOICE)):
        with pytest.raises(OwnOnly), door.wires.db.transaction() as session:
            use_case(session, curator, **named, now=door.now)  # type: ignore[operator]


@pytest.mark.requirement("AS-033")
async def test_call_detail_is_proven_by_runa_where_the_profile_says_so(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    await sign_in(client, door, line)
    fields = {"purpose": "call_detail", "digest": "", "back": "/call-detail"}
    assert query(await client.post("/session/code/prove", data=fields | {"code": CODE}))["error"] == "runa.needed"
    activate(door, line)
    answer = await client.post("/session/code/prove", data=fields | {"code": CODE})
    assert (path(answer), query(answer)) == ("/call-detail", {})
    assert [row.method for row in door.rows(ProofGiven)] == ["runa"]
