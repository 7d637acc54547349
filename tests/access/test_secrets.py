"""PIN and PUK behind fresh proof, and a new password for somebody who knows the present one."""

from datetime import timedelta

import pytest

from selfcare_app.access import change_password, code, puk1, sim_secrets
from selfcare_app.access.tables import AccessEvent, Credential, WebSession
from selfcare_app.kit.actor import Proof, ProofNeeded, Subscriber
from tests.access.door import SIM, Door


def proven(door: Door, actor: Subscriber, *, seconds_ago: float = 0, purpose: str = "sim_secrets") -> Subscriber:
    made = door.now - timedelta(seconds=seconds_ago)
    proof = Proof(purpose, "sms", made, made + timedelta(hours=12))
    return Subscriber(actor.line_id, actor.session_id, (proof,))


@pytest.mark.requirement("ISSA-051")
def test_the_four_codes_are_shown_after_proof_and_the_owner_hears_of_it(door: Door) -> None:
    line = door.line()
    shown = door.do(sim_secrets.reveal, proven(door, door.world.session(line)))
    assert {name: getattr(shown, name) for name in SIM} == SIM
    assert (shown.on_screen_seconds, shown.left_today) == (60, 2)
    assert [key for key, _ in door.messages(line.msisdn)] == ["access.sms.sim_secrets_shown"]
    assert all(secret not in repr(shown) for secret in SIM.values())
    assert door.rows(AccessEvent, kind="sim_secrets")[0].details == {}


@pytest.mark.requirement("ISSA-051")
@pytest.mark.security("asvs_7_5_3")
def test_without_fresh_proof_of_this_very_purpose_nothing_is_shown(door: Door) -> None:
    actor = door.world.session(door.line())
    for asker in (actor, proven(door, actor, purpose="call_detail"), proven(door, actor, seconds_ago=300)):
        with pytest.raises(ProofNeeded):
            door.do(sim_secrets.reveal, asker)
    assert door.do(sim_secrets.reveal, proven(door, actor, seconds_ago=299))


@pytest.mark.security("asvs_2_3_2")
@pytest.mark.requirement("ISSA-051")
def test_they_are_shown_three_times_a_day(door: Door) -> None:
    actor = door.world.session(door.line())
    began = door.now
    assert [door.do(sim_secrets.reveal, proven(door, actor)).left_today for _ in range(3)] == [2, 1, 0]
    with pytest.raises(sim_secrets.ShownOften) as often:
        door.do(sim_secrets.reveal, proven(door, actor))
    assert often.value.params["until"] == began + timedelta(days=1)
    door.later(86_400)
    assert door.do(sim_secrets.reveal, proven(door, actor))


@pytest.mark.security("T9")
def test_a_puk1_that_was_shown_proves_nothing_for_three_days(door: Door) -> None:
    line = door.line(kind="modem")
    door.do(sim_secrets.reveal, proven(door, door.world.session(line)))
    shown = door.now
    door.later(72 * 3600 - 1)
    fault = door.do(code.prove, door.world.session(line), purpose="call_detail", code=SIM["puk1"]).fault
    assert isinstance(fault, puk1.Shown)
    assert fault.params["until"] == shown + timedelta(hours=72)
    door.later(1)
    assert door.do(code.prove, door.world.session(line), purpose="call_detail", code=SIM["puk1"]).proof


@pytest.mark.parametrize("operator", ["assa"])
def test_an_operator_that_shows_no_codes_shows_none(door: Door) -> None:
    with pytest.raises(sim_secrets.NotShown):
        door.do(sim_secrets.reveal, proven(door, door.world.session(door.line())))


def test_a_line_without_a_sim_says_so_and_uses_up_no_showing(door: Door) -> None:
    actor = door.world.session(door.world.line())
    with pytest.raises(puk1.NoSim):
        door.do(sim_secrets.reveal, proven(door, actor))


def change(door: Door, actor: Subscriber, *, right: bool, new: str = "new") -> object:
    claim = door.do(change_password.claim, actor)
    return door.do(change_password.settle, actor, claim=claim, right=right, password_hash=new).fault


@pytest.mark.requirement("ISSA-019")
@pytest.mark.security("asvs_6_2_2", "asvs_7_4_3")
def test_a_new_password_ends_the_other_sessions_and_tells_the_owner(door: Door) -> None:
    line = door.line()
    mine, others = door.world.session(line), [door.world.session(line) for _ in range(2)]
    assert change(door, mine, right=True) is None
    assert door.row(Credential, line.id).password_hash == "new"
    assert door.row(WebSession, mine.session_id).ended_at is None
    assert {door.row(WebSession, each.session_id).end_reason for each in others} == {"password"}
    assert [key for key, _ in door.messages(line.msisdn)] == ["alarm.password_changed"]


@pytest.mark.security("asvs_6_2_3")
def test_a_wrong_present_password_changes_nothing_and_ten_are_the_limit(door: Door) -> None:
    line = door.line()
    actor, kept = door.world.session(line), door.row(Credential, line.id).password_hash
    for _ in range(10):
        assert isinstance(change(door, actor, right=False), change_password.WrongCurrent)
    over = change(door, actor, right=True)
    assert isinstance(over, change_password.TooMany)
    assert door.row(Credential, line.id).password_hash == kept
    door.later(86_400)
    assert change(door, actor, right=True) is None


def test_of_two_changes_at_once_the_second_finds_another_present_password(door: Door) -> None:
    actor = door.world.session(door.line())
    first, second = door.do(change_password.claim, actor), door.do(change_password.claim, actor)
    assert door.do(change_password.settle, actor, claim=first, right=True, password_hash="a").fault is None
    late = door.do(change_password.settle, actor, claim=second, right=True, password_hash="b")
    assert isinstance(late.fault, change_password.WrongCurrent)
    assert door.row(Credential, actor.line_id).password_hash == "a"
