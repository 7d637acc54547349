"""РУНА under many at once: tries are counted before they are compared, and one use is one use."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from selfcare_app import wiring
from selfcare_app.access import email_recovery, network, runa, runa_sections
from selfcare_app.access.tables import AddressHolding, Credential, GuardedSection, RunaActivation
from selfcare_app.kit.actor import Handset, System
from selfcare_app.kit.errors import Fault
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.runa import CODE, activate

AT_ONCE = 24


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The same settings over either engine."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))


def at_once(door: Door, line: Line, codes: list[str]) -> list[Fault | None]:
    """Each code typed by a thread of its own."""
    handset = Handset(line.id)

    def enter(code: str) -> Fault | None:
        attempt = wiring.do_now(
            lambda session, _, now: runa.count(session, line_id=line.id, now=now), handset, now=door.now
        )
        fault: Fault | None = wiring.do_now(
            lambda session, _, now: runa.settle(session, line_id=line.id, attempt=attempt, typed=code, now=now),
            handset,
            now=door.now,
        )
        return fault

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(enter, codes))


@pytest.mark.security("T7")
def test_guesses_at_once_get_no_more_than_the_tries(door: Door) -> None:
    line = door.line()
    activate(door, line)
    answers = at_once(door, line, [f"{111_111 + n}" for n in range(AT_ONCE)])
    (row,) = door.rows(RunaActivation)
    limit = door.world.profile.runa.entries_per_activation  # type: ignore[union-attr]
    assert row.tries == limit
    assert sum(isinstance(each, runa.Wrong) for each in answers) <= limit
    assert all(isinstance(each, runa.Wrong | runa.Spent) for each in answers)


@pytest.mark.requirement("AS-031")
def test_of_many_with_the_right_code_one_gets_in(door: Door) -> None:
    line = door.line()
    activate(door, line)
    answers = at_once(door, line, [CODE] * AT_ONCE)
    assert answers.count(None) == 1


def test_of_many_activations_at_once_one_is_active(door: Door) -> None:
    line = door.line()
    codes = ["739148", "482915", "915374", "628413", "394817"]
    with ThreadPoolExecutor(len(codes)) as pool:
        list(pool.map(lambda code: activate(door, line, code), codes))
    live = [row for row in door.rows(RunaActivation) if row.ended_at is None]
    assert len(live) == 1


def test_one_link_sets_one_password(door: Door) -> None:
    line = door.line()
    door.do(email_recovery.begin, number=line.msisdn, page="http://127.0.0.1/recover/link")
    ((_, args),) = door.messages("anna@example.by")
    value = args["link"].partition("#")[2]

    def choose(n: int) -> bool:
        try:
            door.do(email_recovery.finish, value=value, password_hash=f"hash {n}")
        except email_recovery.LinkOver:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(choose, range(8))) == 1
    assert door.row(Credential, line.id).set_by == "email"


def test_an_address_that_is_given_again_and_again_is_one_row(door: Door) -> None:
    line, other = door.line(), door.line()
    named = {"address": "10.0.0.1", "until": door.now + timedelta(hours=1), "ranges": (ip_network("10.0.0.0/8"),)}

    def give(n: int) -> None:
        door.do(network.hold, System("network"), number=(line, other)[n % 2].msisdn, **named)

    give(0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(give, range(8)))
    assert door.row(AddressHolding, "10.0.0.1").line_id in (line.id, other.id)


def test_sections_are_chosen_and_opened_on_either_engine(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    activate(door, line)
    attempt = door.do(runa_sections.count, actor)
    assert door.do(runa_sections.choose, actor, attempt=attempt, typed=CODE, sections={"personal"}) is None
    assert door.row(GuardedSection, (line.id, "personal")) is not None
    activate(door, line, "482915")
    attempt = door.do(runa_sections.count, actor)
    assert door.do(runa_sections.enter, actor, attempt=attempt, typed="482915", section="personal") is None
