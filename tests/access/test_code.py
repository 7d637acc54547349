"""One-time codes and PUK1 as proof in a session: tries, single use, binding, quotas."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from selfcare_app import wiring
from selfcare_app.access import code, one_time_code, sim_window
from selfcare_app.access.tables import Credential, OneTimeCode, ProofGiven
from selfcare_app.kit.actor import Subscriber
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door, other

CDR = {"purpose": "call_detail"}
ACT = {"purpose": "number_change", "digest": "draft-1"}


@pytest.fixture
def line(door: Door) -> Line:
    return door.line()


@pytest.fixture
def actor(door: Door, line: Line) -> Subscriber:
    return door.world.session(line)


def faults(door: Door, actor: Subscriber, times: int, typed: str, **act: str) -> list[type]:
    return [type(door.do(code.prove, actor, **act, code=typed).fault) for _ in range(times)]


@pytest.mark.requirement("ISSA-043", "ISSA-077")
def test_the_right_code_is_the_proof_of_its_purpose_until_the_session_ends(
    door: Door, actor: Subscriber, line: Line
) -> None:
    door.do(code.send, actor, **CDR)
    proof = door.do(code.prove, actor, **CDR, code=door.code(line.msisdn)).proof
    assert (proof.purpose, proof.method) == ("call_detail", "sms")
    assert proof.expires_at == door.now + timedelta(hours=12)
    assert [row.purpose for row in door.rows(ProofGiven, session_id=actor.session_id)] == ["call_detail"]


@pytest.mark.security("asvs_7_5_3")
def test_a_proof_for_one_act_lives_five_minutes_and_keeps_its_parameters(
    door: Door, actor: Subscriber, line: Line
) -> None:
    door.do(code.send, actor, **ACT)
    proof = door.do(code.prove, actor, **ACT, code=door.code(line.msisdn)).proof
    assert (proof.digest, proof.expires_at - door.now) == ("draft-1", timedelta(seconds=300))


@pytest.mark.security("asvs_6_6_2", "T4")
@pytest.mark.parametrize(
    "swap", [{"purpose": "number_change", "digest": "draft-2"}, {"purpose": "number_change", "digest": ""}]
)
def test_a_code_for_other_parameters_is_wrong_and_counted(
    door: Door, actor: Subscriber, line: Line, swap: dict[str, str]
) -> None:
    door.do(code.send, actor, **ACT)
    secret = door.code(line.msisdn)
    assert isinstance(door.do(code.prove, actor, **swap, code=secret).fault, one_time_code.Wrong)
    assert door.rows(OneTimeCode, holder_id=actor.session_id)[0].tries == 1


@pytest.mark.security("asvs_6_6_2")
def test_a_code_of_another_session_or_purpose_is_none(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    secret = door.code(line.msisdn)
    stranger = door.world.session(line)
    assert isinstance(door.do(code.prove, stranger, **CDR, code=secret).fault, one_time_code.Needed)
    assert isinstance(door.do(code.prove, actor, **ACT, code=secret).fault, one_time_code.Needed)


@pytest.mark.security("asvs_6_6_3", "T1")
def test_five_tries_and_not_one_more(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    right = door.code(line.msisdn)
    seen = faults(door, actor, 6, other(right), **CDR)
    assert seen == [one_time_code.Wrong] * 4 + [one_time_code.Spent] * 2
    assert isinstance(door.do(code.prove, actor, **CDR, code=right).fault, one_time_code.Spent)


def test_the_fifth_try_may_still_be_right(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    right = door.code(line.msisdn)
    faults(door, actor, 4, other(right), **CDR)
    assert door.do(code.prove, actor, **CDR, code=right).proof


@pytest.mark.security("asvs_6_5_1")
def test_two_counted_tries_with_the_right_code_use_it_once(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    right = door.code(line.msisdn)
    first, second = door.do(code.count, actor, **CDR), door.do(code.count, actor, **CDR)
    assert door.do(code.settle, actor, attempt=first, **CDR, code=right).proof
    assert isinstance(door.do(code.settle, actor, attempt=second, **CDR, code=right).fault, one_time_code.Needed)


@pytest.mark.security("asvs_6_5_5")
def test_a_code_lives_five_minutes(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    right = door.code(line.msisdn)
    door.later(300)
    assert isinstance(door.do(code.prove, actor, **CDR, code=right).fault, one_time_code.Expired)
    door.do(code.send, actor, **CDR)
    right = door.code(line.msisdn)
    door.later(299.999)
    assert door.do(code.prove, actor, **CDR, code=right).proof


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "-12345", "١٢٣٤٥a", "1" * 900])
def test_what_can_be_no_code_costs_no_try(door: Door, actor: Subscriber, typed: str) -> None:
    door.do(code.send, actor, **CDR)
    with pytest.raises(one_time_code.Malformed):
        door.do(code.prove, actor, **CDR, code=typed)
    assert door.rows(OneTimeCode, holder_id=actor.session_id)[0].tries == 0


@pytest.mark.parametrize("spell", [" {0} ", "{1}-{2}", "{1} {2}", "１２"])
def test_a_code_is_the_same_with_spaces_and_dashes(door: Door, actor: Subscriber, line: Line, spell: str) -> None:
    door.do(code.send, actor, **CDR)
    right = door.code(line.msisdn)
    wide = right.translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    typed = wide if spell == "１２" else spell.format(right, right[:3], right[3:])
    assert door.do(code.prove, actor, **CDR, code=typed).proof


@pytest.mark.requirement("ISSA-008")
def test_the_sms_says_what_the_code_is_for_and_ends_with_the_host_it_belongs_to(
    door: Door, actor: Subscriber, line: Line
) -> None:
    door.do(code.send, actor, **ACT)
    key, args = door.messages(line.msisdn)[0]
    profile = door.world.profile
    assert key == "access.sms.code_number_change"
    assert args == {"code": args["code"], "host": profile.host, "service": profile.short_name}


@pytest.mark.security("asvs_6_5_2")
def test_the_database_holds_no_code_in_clear(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    row = door.rows(OneTimeCode, holder_id=actor.session_id)[0]
    assert door.code(line.msisdn) not in repr(row)
    assert len(row.mac) == 44


@pytest.mark.security("asvs_6_5_3")
def test_codes_are_spread_evenly() -> None:
    from selfcare_app.access.one_time_code import fresh

    firsts = Counter(fresh(6)[0] for _ in range(20_000))
    assert set(firsts) == set("0123456789")
    # Chi-square with 9 degrees of freedom: 33.7 is passed once in ten thousand.
    assert sum((seen - 2000) ** 2 / 2000 for seen in firsts.values()) < 33.7


@pytest.mark.security("asvs_6_6_1", "T5")
def test_after_a_sim_change_a_code_moves_nothing_for_a_day(door: Door) -> None:
    line = door.line(sim_changed_at=door.now - timedelta(seconds=10))
    with door.wires.db.transaction() as session:
        session.get_one(Credential, line.id).set_at = door.now - timedelta(days=30)
    actor = door.world.session(line)
    with pytest.raises(sim_window.SimChanged) as refused:
        door.do(code.send, actor, **ACT)
    assert refused.value.params["until"] == line.sim_changed_at + timedelta(days=1)
    door.do(code.send, actor, **CDR)
    door.later(86_400 - 10)
    door.do(code.send, actor, **ACT)


@pytest.mark.parametrize("purpose", ["", "sign_in", "register", "__class__", "transfer"])
def test_a_purpose_that_the_operator_has_not_is_refused(door: Door, actor: Subscriber, purpose: str) -> None:
    for act in (code.send, code.state, code.count):
        with pytest.raises(code.NoSuchPurpose):
            door.do(act, actor, purpose=purpose)


def test_the_state_says_what_the_screen_shows(door: Door, actor: Subscriber, line: Line) -> None:
    before = door.ask(code.state, actor, **ACT)
    assert (before.method, before.digits, before.sent_at, before.proven) == ("sms", 6, None, False)
    assert line.msisdn[5:8] not in before.number
    sent = door.do(code.send, actor, **ACT)
    assert (sent.sent_at, sent.tries_left, sent.expires_at) == (door.now, 5, door.now + timedelta(seconds=300))
    assert door.ask(code.state, actor, purpose="number_change", digest="draft-2").sent_at is None
    faults(door, actor, 1, other(door.code(line.msisdn)), **ACT)
    assert door.ask(code.state, actor, **ACT).tries_left == 4
    proof = door.do(code.prove, actor, **ACT, code=door.code(line.msisdn)).proof
    proven = Subscriber(actor.line_id, actor.session_id, (proof,))
    assert door.ask(code.state, proven, **ACT).proven
    assert not door.ask(code.state, proven, purpose="number_change", digest="draft-2").proven


@pytest.mark.security("R1")
def test_a_try_stays_counted_when_the_comparison_is_lost(door: Door, actor: Subscriber) -> None:
    door.do(code.send, actor, **CDR)
    attempt = door.do(code.count, actor, **CDR)

    def dies(*args: Any, **named: Any) -> None:
        code.settle(*args, **named)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        wiring.do_now(dies, actor, attempt=attempt, **CDR, code="000000", now=door.now)
    assert door.rows(OneTimeCode, holder_id=actor.session_id)[0].tries == 1
