"""A subscriber lets somebody else work on his line, and ends it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from selfcare_app.access import acting, delegation
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import OwnOnly, ProofNeeded, Subscriber
from selfcare_app.kit.errors import Fault
from selfcare_app.subscribers.tables import Line
from tests.access.delegates import granted, over, proven, signed
from tests.access.door import Door


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def people(door: Door) -> tuple[Line, Line]:
    """Whose line it is, and who shall look after it."""
    return door.line(), door.line()


def appoint(door: Door, actor: Subscriber, delegate: Line, level: str = "view", *, calls: bool = False) -> object:
    named = {"number": delegate.msisdn, "level": level, "sees_calls": calls}
    made = door.ask(delegation.check, actor, **named)
    ready = proven(door, actor, "delegation", made.digest)
    return door.do(delegation.appoint, ready, subject=made.subject, digest=made.digest)


def refusal(door: Door, actor: Subscriber, number: str, level: str = "view") -> str:
    with pytest.raises(Fault) as caught:
        door.ask(delegation.check, actor, number=number, level=level, sees_calls=False)
    return caught.value.code


@pytest.mark.requirement("AS-037")
def test_a_curator_is_appointed_for_a_year_and_the_owner_is_told(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    actor = door.world.session(owner)
    appoint(door, actor, friend, "view", calls=True)
    (kept,) = door.rows(DelegationGrant)
    assert (kept.delegate_line_id, kept.over_id, kept.role, kept.level) == (friend.id, owner.id, "curator", "view")
    assert kept.expires_at == door.now + timedelta(days=365)
    assert kept.granted_by == f"subscriber:{owner.id}"
    (shown,) = door.ask(delegation.delegates, actor)
    assert (shown.msisdn, shown.level, shown.sees_calls, shown.is_revocable) == (friend.msisdn, "view", True, True)
    assert "alarm.delegate_granted" in [key for key, _ in door.messages(owner.msisdn)]
    assert [row.action for row in door.rows(JournalEntry, line_id=owner.id)] == ["delegate_granted"]


@pytest.mark.security("asvs_7_5_1", "T18")
def test_nobody_is_appointed_without_a_code_for_exactly_that(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    actor = door.world.session(owner)
    view = door.ask(delegation.check, actor, number=friend.msisdn, level="view", sees_calls=False)
    manage = door.ask(delegation.check, actor, number=friend.msisdn, level="manage", sees_calls=False)
    with pytest.raises(ProofNeeded):
        door.do(delegation.appoint, actor, subject=view.subject, digest=view.digest)
    ready = proven(door, actor, "delegation", view.digest)
    with pytest.raises(ProofNeeded):
        door.do(delegation.appoint, ready, subject=manage.subject, digest=manage.digest)
    with pytest.raises(delegation.NoGrant):
        door.do(delegation.appoint, ready, subject=manage.subject, digest=view.digest)
    forged = view.subject.replace("-view-", "-manage-")
    with pytest.raises(delegation.NoGrant):
        door.do(delegation.appoint, ready, subject=forged, digest=view.digest)
    assert door.rows(DelegationGrant) == []


@pytest.mark.parametrize("forged", ["", "-", "375291234567", "x-y-z-w", "375291234567-manage-1-" + "A" * 43])
def test_a_made_up_word_appoints_nobody(door: Door, people: tuple[Line, Line], forged: str) -> None:
    actor = door.world.session(people[0])
    with pytest.raises(delegation.NoGrant):
        door.ask(delegation.read, actor, subject=forged)


@pytest.mark.security("asvs_8_2_2")
def test_the_word_of_one_subscriber_is_nothing_for_another(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    made = door.ask(delegation.check, door.world.session(owner), number=friend.msisdn, level="view", sees_calls=False)
    stranger = door.world.session(door.line())
    with pytest.raises(delegation.NoGrant):
        door.ask(delegation.read, stranger, subject=made.subject)


def test_what_can_not_be_granted(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    actor = door.world.session(owner)
    assert refusal(door, actor, owner.msisdn) == "delegation.oneself"
    assert refusal(door, actor, "12") == "kit.not_a_number"
    assert refusal(door, actor, friend.msisdn, "everything") == "delegation.not_offered"
    appoint(door, actor, friend)
    assert refusal(door, actor, friend.msisdn, "manage") == "delegation.already"


def test_numbers_that_can_not_be_curators_are_answered_alike(door: Door, people: tuple[Line, Line]) -> None:
    actor = door.world.session(people[0])
    unregistered, closed = door.line(secret=None), door.line(access="closed_by_operator")
    unknown = people[1].msisdn[:-4] + "9999"
    answers = {refusal(door, actor, number) for number in (unregistered.msisdn, closed.msisdn, unknown)}
    assert answers == {"delegation.no_such_delegate"}


def test_no_more_than_ten_numbers_are_named_in_a_day(door: Door, people: tuple[Line, Line]) -> None:
    actor = door.world.session(people[0])
    for _ in range(delegation.TRIES_PER_DAY):
        door.do(delegation.name_one, actor)
    with pytest.raises(delegation.TriesOver):
        door.do(delegation.name_one, actor)
    door.later(86_401)
    door.do(delegation.name_one, actor)


def test_a_line_has_ten_curators_at_most(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    for _ in range(delegation.CURATORS):
        granted(door, door.line(), owner)
    assert refusal(door, door.world.session(owner), friend.msisdn) == "delegation.too_many"


@pytest.mark.security("asvs_8_3_2")
def test_a_right_taken_back_ends_the_sessions_that_live_by_it(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    actor = door.world.session(owner)
    grant_id = appoint(door, actor, friend)
    mine = door.world.session(friend)
    entered = door.do(acting.switch, mine, line_id=owner.id)
    assert signed(door, entered.token) is not None
    door.do(delegation.revoke, actor, grant_id=grant_id)
    assert signed(door, entered.token) is None
    assert door.ask(delegation.delegates, actor) == ()
    assert "alarm.delegate_revoked" in [key for key, _ in door.messages(owner.msisdn)]
    actions = [row.action for row in door.rows(JournalEntry, line_id=owner.id)]
    assert actions == ["delegate_granted", "began_to_act", "delegate_revoked"]


@pytest.mark.security("S-06", "asvs_8_2_2")
def test_only_who_gave_or_has_a_right_ends_it(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    actor = door.world.session(owner)
    grant_id = appoint(door, actor, friend)
    with pytest.raises(delegation.NoGrant):
        door.do(delegation.revoke, door.world.session(door.line()), grant_id=grant_id)
    door.do(delegation.revoke, door.world.session(friend), grant_id=grant_id)
    with pytest.raises(delegation.NoGrant):
        door.do(delegation.revoke, actor, grant_id=grant_id)


@pytest.mark.security("T18")
def test_a_right_is_not_handed_on(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    third = door.line()
    granted(door, friend, owner)
    granted(door, third, friend)
    working = over(door, door.world.session(friend), owner)
    for use_case, named in (
        (delegation.check, {"number": third.msisdn, "level": "view", "sees_calls": False}),
        (delegation.name_one, {}),
        (delegation.delegates, {}),
    ):
        with pytest.raises(OwnOnly):
            door.do(use_case, working, **named)
    # Who may work on the friend's line does not get to what the friend may work on.
    on_friend = over(door, door.world.session(third), friend)
    with pytest.raises(acting.NoSuchSubject):
        door.do(acting.switch, on_friend, line_id=owner.id)


@pytest.mark.security("T18")
def test_the_use_cases_themselves_refuse_a_delegate(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    grant_id = granted(door, friend, owner)
    working = over(door, door.world.session(friend), owner)
    with door.wires.db.transaction() as session:
        with pytest.raises(OwnOnly):
            delegation.revoke(session, working, grant_id=grant_id, now=door.now)
        with pytest.raises(OwnOnly):
            delegation.appoint(session, working, subject="x", digest="y", now=door.now)
        assert session.exec(select(DelegationGrant)).one().revoked_at is None


def test_a_right_runs_out_by_itself_and_can_be_given_anew(door: Door, people: tuple[Line, Line]) -> None:
    owner, friend = people
    granted(door, friend, owner)
    door.later(delegation.LASTS.total_seconds())
    door.world.now = door.now
    mine = door.world.session(friend)
    with pytest.raises(acting.NoSuchSubject):
        door.do(acting.switch, mine, line_id=owner.id)
    granted(door, friend, owner)
    assert len(door.rows(DelegationGrant)) == 2
