"""Working on another's line: what a delegate may see and do, and under whose name."""

import inspect
from importlib import import_module
from typing import Any

import pytest

from selfcare_app import operators, wiring
from selfcare_app.access import acting, change_password, closing, code, delegation, rights, sim_secrets, subjects
from selfcare_app.access.rights import Right
from selfcare_app.access.tables import WebSession
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, NotAllowed, OwnOnly, Subscriber
from selfcare_app.kit.errors import Denied
from selfcare_app.numbers import change_number, hold
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import draft, order
from selfcare_app.payments import overview
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import detailing, export, personal
from tests.access.delegates import CLERK, granted, organisation, over, signed
from tests.access.door import SIM, Door


def curator(door: Door, level: str = "view", *, calls: bool = False) -> tuple[Subscriber, Line, Line]:
    """A curator at work: the actor, his own line, the line that he looks after."""
    owner, friend = door.line(), door.line()
    granted(door, friend, owner, level=level, sees_calls=calls)
    return over(door, door.world.session(friend), owner), friend, owner


def denied(door: Door, actor: Subscriber, use_case: Any, **named: Any) -> str:
    with pytest.raises(Denied) as caught:
        wiring.do_now(use_case, actor, **named)
    return caught.value.code


@pytest.mark.security("asvs_8_3_3")
def test_a_delegate_works_on_the_other_line_under_both_names(door: Door) -> None:
    actor, friend, owner = curator(door)
    assert (actor.line_id, actor.signed_line_id) == (owner.id, friend.id)
    assert actor.name == f"delegate:{friend.id}"
    shown = door.ask(overview.read, actor)
    assert shown.person.line.msisdn == owner.msisdn
    kept = [(row.action, row.actor, row.actor_id) for row in door.rows(JournalEntry, line_id=owner.id)]
    assert kept == [("began_to_act", "delegate", str(friend.id)), ("viewed_home", "delegate", str(friend.id))]
    assert door.rows(JournalEntry, line_id=friend.id) == []


@pytest.mark.requirement("AS-037")
@pytest.mark.security("asvs_8_2_3")
def test_who_may_look_changes_nothing(door: Door) -> None:
    actor, _, owner = curator(door)
    free = owner.msisdn
    assert denied(door, actor, hold.hold, number=free, now=door.now) == "kit.not_allowed"
    assert denied(door, actor, change_number.begin, number=free, now=door.now) == "kit.not_allowed"
    assert denied(door, actor, detailing.offer, now=door.now) == "kit.not_allowed"
    assert denied(door, actor, personal.read, now=door.now) == "kit.not_allowed"
    assert denied(door, actor, code.send, purpose="number_change", now=door.now) == "kit.not_allowed"
    with door.wires.db.transaction() as session, pytest.raises(NotAllowed):
        hold.hold(session, actor, number=free, now=door.now)


@pytest.mark.security("asvs_8_2_3")
def test_a_curator_sees_calls_only_where_that_was_granted_and_never_takes_them_away(door: Door) -> None:
    actor, _, _ = curator(door, calls=True)
    assert door.ask(detailing.offer, actor).months
    assert Right.EXPORT not in rights.rights_of(actor.acting or Acting(actor.line_id, "", ""))
    assert denied(door, actor, export.batch, choice=None, now=door.now) == "kit.not_allowed"


@pytest.mark.security("T18", "asvs_8_2_3")
@pytest.mark.parametrize("role", ["curator", "own"])
def test_nobody_reads_pin_or_password_of_another(door: Door, role: str) -> None:
    owner = door.line()
    friend = door.line(account_id=owner.account_id)
    granted(door, friend, owner, role=role)
    actor = over(door, door.world.session(friend), owner)
    assert denied(door, actor, sim_secrets.reveal, now=door.now) == "kit.not_allowed"
    assert denied(door, actor, code.send, purpose="sim_secrets", now=door.now) == "kit.not_allowed"
    assert denied(door, actor, change_password.claim, now=door.now) == "kit.own_only"
    assert denied(door, actor, change_password.owner) == "kit.own_only"
    with door.wires.db.transaction() as session:
        with pytest.raises(OwnOnly):
            sim_secrets.reveal(session, actor, now=door.now)
        with pytest.raises(OwnOnly):
            change_password.claim(session, actor, now=door.now)


@pytest.mark.requirement("ADM-021")
def test_the_organisations_administrator_sees_the_codes_of_its_sims(door: Door) -> None:
    admin, line = organisation(door)
    granted(door, admin, line, role="administrator", over="account", over_id=line.account_id)
    token = door.do(acting.switch, door.world.session(admin), line_id=line.id).token
    door.do(code.send, signed(door, token), purpose="sim_secrets")
    door.do(code.prove, signed(door, token), purpose="sim_secrets", code=door.code(admin.msisdn))
    assert door.do(sim_secrets.reveal, signed(door, token)).puk1 == SIM["puk1"]
    kept = [(row.action, row.actor) for row in door.rows(JournalEntry, line_id=line.id)]
    assert kept[-1] == ("sim_secrets_shown", "delegate")


@pytest.mark.security("T18")
def test_codes_go_to_the_delegates_own_number(door: Door) -> None:
    actor, friend, owner = curator(door, calls=True)
    door.do(code.send, actor, purpose="call_detail")
    assert [key for key, _ in door.messages(friend.msisdn)] == ["access.sms.code_call_detail"]
    assert [key for key, _ in door.messages(owner.msisdn)] == []


@pytest.mark.security("asvs_8_2_1", "T18")
def test_what_is_not_in_the_table_is_refused(door: Door) -> None:
    actor, _, _ = curator(door, "manage", calls=True)
    assert rights.rule_of(draft.begin) is None
    named = {"kind": "number_change", "answers": {}, "now": door.now}
    assert denied(door, actor, draft.begin, **named) == "kit.own_only"


@pytest.mark.security("asvs_8_1_1")
def test_the_table_names_use_cases_that_exist() -> None:
    for name in rights.RULES:
        module, _, function = name.rpartition(".")
        found = getattr(import_module(f"selfcare_app.{module}"), function)
        assert list(inspect.signature(found).parameters)[:2] == ["session", "actor"], name
        assert rights.rule_of(found) == rights.RULES[name]


@pytest.mark.security("T18")
def test_no_credential_session_or_right_of_another_is_in_the_table() -> None:
    allowed = {"session.touch", "session.end", "acting.switch", "sim_secrets.reveal"}
    allowed |= {f"code.{act}" for act in ("send", "state", "typed", "count", "settle", "prove")}
    allowed |= {"runa_sections.require_open"}
    allowed |= {f"subjects.{act}" for act in ("find", "close", "open_", "close_some", "open_some", "accounts")}
    access = {name.removeprefix("access.") for name in rights.RULES if name.startswith("access.")}
    assert access == allowed
    assert not [name for name in rights.RULES if name.startswith("journal.")]


@pytest.mark.security("asvs_8_1_1")
def test_what_each_role_may(door: Door) -> None:
    line_id = door.line().id
    view, manage = Acting(line_id, "curator", "view"), Acting(line_id, "curator", "manage", sees_calls=True)
    assert rights.rights_of(view) == {Right.ALWAYS, Right.VIEW}
    assert rights.rights_of(manage) == {Right.ALWAYS, Right.VIEW, Right.CALLS, Right.CHANGE}
    own, admin = Acting(line_id, "own", "manage"), Acting(line_id, "administrator", "manage")
    assert rights.rights_of(admin) - rights.rights_of(own) == {Right.SIM}
    assert rights.rights_of(Acting(line_id, "supervisor", "manage")) == rights.rights_of(admin)
    assert set(rights.features(view)) == {
        Feature.HOME,
        Feature.USAGE,
        Feature.MORE,
        Feature.OPERATIONS,
        Feature.ACCOUNT,
        Feature.PAYMENT_HISTORY,
        Feature.CHARGES,
        Feature.INSTALMENTS,
    }
    assert set(operators.profile("issa").delegation.roles) == {"administrator", "supervisor"}  # type: ignore[union-attr]


@pytest.mark.security("asvs_7_2_4", "S-16")
def test_going_over_is_a_new_session_and_the_old_one_is_dead(door: Door) -> None:
    owner, friend = door.line(), door.line()
    granted(door, friend, owner)
    mine = door.world.session(friend)
    first = door.do(acting.switch, mine, line_id=owner.id)
    kept = door.row(WebSession, mine.session_id)
    assert (kept.end_reason, first.session_id != mine.session_id) == ("switched", True)
    assert signed(door, str(mine.session_id)) is None
    began = door.row(WebSession, first.session_id)
    assert (began.line_id, began.subject_id, began.absolute_until) == (friend.id, owner.id, kept.absolute_until)
    actor = signed(door, first.token)
    assert actor is not None
    assert actor.proofs == ()
    back = door.do(acting.switch, actor, line_id=friend.id)
    home = signed(door, back.token)
    assert home is not None
    assert (home.line_id, home.acting) == (friend.id, None)
    assert signed(door, first.token) is None
    assert door.row(WebSession, back.session_id).absolute_until == kept.absolute_until


@pytest.mark.security("asvs_8_4_1", "S-06")
def test_nobody_goes_over_to_a_line_without_a_right(door: Door) -> None:
    admin, line = organisation(door)
    elsewhere, theirs = organisation(door)
    granted(door, admin, line, role="administrator", over="account", over_id=line.account_id)
    mine = door.world.session(admin)
    for target in (elsewhere, theirs, door.line()):
        with pytest.raises(acting.NoSuchSubject):
            door.do(acting.switch, mine, line_id=target.id)
    # A right over another client's account reaches nothing.
    granted(door, admin, theirs, role="supervisor", over="account", over_id=theirs.account_id)
    with pytest.raises(acting.NoSuchSubject):
        door.do(acting.switch, mine, line_id=theirs.id)


@pytest.mark.security("asvs_7_4_2")
@pytest.mark.parametrize("whose", ["owner", "friend"])
def test_a_closed_cabinet_ends_the_delegates_work_too(door: Door, whose: str) -> None:
    actor, friend, owner = curator(door)
    token = door.do(acting.switch, actor, line_id=owner.id).token
    assert signed(door, token) is not None
    line = owner if whose == "owner" else friend
    door.do(closing.close, CLERK, line_id=line.id, by="operator")
    assert signed(door, token) is None


@pytest.mark.requirement("ISSA-029", "ISSA-030")
def test_an_administrator_closes_and_opens_cabinets_of_his_organisation(door: Door) -> None:
    admin, line = organisation(door)
    granted(door, admin, line, role="administrator", over="account", over_id=line.account_id)
    mine, victim = door.world.session(admin), door.world.session(line)
    door.do(subjects.close, mine, line_id=line.id)
    assert door.row(Line, line.id).access == "closed_by_organisation"
    assert door.row(WebSession, victim.session_id).ended_at == door.now
    door.do(subjects.open_, mine, line_id=line.id)
    assert door.row(Line, line.id).access == "open"
    kept = [(row.action, row.actor, row.actor_id) for row in door.rows(JournalEntry, line_id=line.id)]
    assert kept == [(act, "delegate", str(admin.id)) for act in ("access_closed", "access_opened")]


@pytest.mark.security("asvs_8_4_1")
def test_nobody_else_closes_cabinets(door: Door) -> None:
    admin, line = organisation(door)
    friend, stranger = door.line(), organisation(door)[0]
    granted(door, friend, line)
    granted(door, stranger, stranger, role="administrator", over="account", over_id=stranger.account_id)
    for actor in (door.world.session(admin), door.world.session(friend), door.world.session(stranger)):
        with pytest.raises(acting.NoSuchSubject):
            door.do(subjects.close, actor, line_id=line.id)
    assert door.row(Line, line.id).access == "open"


@pytest.mark.security("T18")
def test_a_curator_keeps_nothing_when_the_owner_ends_it_himself(door: Door) -> None:
    actor, _, owner = curator(door, "manage")
    (shown,) = door.ask(delegation.delegates, door.world.session(owner))
    door.do(delegation.revoke, door.world.session(owner), grant_id=shown.grant_id)
    assert denied(door, actor, order.list_own) == "delegation.over"
    assert denied(door, actor, overview.read, now=door.now) == "delegation.over"
