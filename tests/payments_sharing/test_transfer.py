"""Giving money to another subscriber: what is moved, who is told, and everything that stands against it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.access import account_lock, halt
from selfcare_app.access.tables import Credential
from selfcare_app.kit.actor import Acting
from selfcare_app.kit.ids import new_id
from selfcare_app.orders.draft import NoDraft
from selfcare_app.payments import transfer
from selfcare_app.subscribers.tables import Line
from tests.payments_sharing.conftest import Town, fault_of, faults


@pytest.mark.requirement("IH-033", "AS-064")
def test_money_goes_from_one_account_to_the_other_and_both_are_told(town: Town) -> None:
    anna, boris = town.person(), town.person(paid=0)
    done = town.send(anna, town.number(boris), "12,50")
    assert (town.balance(anna), town.balance(boris)) == (100_000 - 1_250, 1_250)
    assert done.sent is not None
    assert (done.sent.number, done.sent.amount.minor, done.sent.came_in) == (town.number(boris), 1_250, False)
    assert town.messages() == sorted([(town.number(anna), "sent"), (town.number(boris), "received")])
    theirs = wiring.ask_now(transfer.standing, boris, now=town.now)
    assert [(each.number, each.came_in) for each in theirs.history] == [(town.number(anna), True)]


def test_confirming_again_gives_the_same_transfer(town: Town) -> None:
    anna, boris = town.person(), town.person()
    sure, draft_id, digest = town.ready(anna, town.number(boris), "10")
    first = wiring.do_now(transfer.confirm, sure, draft_id=draft_id, digest=digest, now=town.now)
    later = town.now + timedelta(hours=2)
    assert wiring.do_now(transfer.confirm, anna, draft_id=draft_id, digest=digest, now=later) == first
    assert len(town.sent()) == 1


@pytest.mark.security("asvs_8_2_2")
def test_a_draft_and_a_transfer_are_nobody_elses(town: Town) -> None:
    anna, boris, carol = town.person(), town.person(), town.person()
    sure, draft_id, digest = town.ready(anna, town.number(boris), "10")
    thief = replace(carol, proofs=sure.proofs)
    with pytest.raises(NoDraft):
        wiring.do_now(transfer.confirm, thief, draft_id=draft_id, digest=digest, now=town.now)
    wiring.do_now(transfer.confirm, sure, draft_id=draft_id, digest=digest, now=town.now)
    for other in (boris, carol):
        assert fault_of(wiring.ask_now, transfer.done, other, transfer_id=draft_id) == "sharing.no_transfer"


def test_a_delegate_gives_nothing_away(town: Town) -> None:
    anna = town.person()
    acting = replace(anna, acting=Acting(new_id(), "curator", "manage"))
    for use_case, named in ((transfer.standing, {}), (transfer.begin, {"number": "", "amount": ""})):
        assert fault_of(wiring.do_now, use_case, acting, **named, now=town.now) == "kit.own_only"


@pytest.mark.security("asvs_7_5_3")
def test_proof_is_for_exactly_what_was_seen(town: Town) -> None:
    anna, boris = town.person(), town.person()
    sure, draft_id, digest = town.ready(anna, town.number(boris), "10")
    other, other_id, other_digest = town.ready(anna, town.number(boris), "11")
    for actor, draft, seen, refusal in (
        (anna, draft_id, digest, "kit.proof_needed"),
        (other, draft_id, digest, "kit.proof_needed"),
        (sure, other_id, digest, "sharing.terms_changed"),
        (other, draft_id, other_digest, "sharing.terms_changed"),
        (sure, draft_id, "", "sharing.terms_changed"),
    ):
        assert fault_of(wiring.do_now, transfer.confirm, actor, draft_id=draft, digest=seen, now=town.now) == refusal
    expired = town.now + timedelta(minutes=5)
    assert (
        fault_of(wiring.do_now, transfer.confirm, sure, draft_id=draft_id, digest=digest, now=expired)
        == "kit.proof_needed"
    )
    assert town.sent() == []


def test_a_number_that_became_another_subscribers_is_other_terms(town: Town) -> None:
    anna, boris, carol = town.person(), town.person(), town.person()
    number = town.number(boris)
    sure, draft_id, digest = town.ready(anna, number, "10")
    town.change(Line, boris.line_id, msisdn=None)
    town.change(Line, carol.line_id, msisdn=number)
    assert (
        fault_of(wiring.do_now, transfer.confirm, sure, draft_id=draft_id, digest=digest, now=town.now)
        == "sharing.terms_changed"
    )


# Whom money may go to, and how much the page tells of numbers.


@pytest.mark.security("asvs_6_3_8")
def test_a_foreign_an_unknown_and_a_dead_number_are_answered_alike(town: Town) -> None:
    anna = town.person()
    closed, blocked = town.person(state="closed"), town.person(state="blocked")
    said = [
        town.begin(anna, number, "5", now=town.now + timedelta(seconds=10 * at)).faults["number"]
        for at, number in enumerate(("+375 17 200-00-00", "375339999999", town.number(closed), town.number(blocked)))
    ]
    assert {(fault.code, tuple(fault.params)) for fault in said} == {("sharing.no_recipient", ())}


@pytest.mark.security("T13")
def test_after_ten_numbers_of_a_day_nothing_is_told_of_the_eleventh(town: Town) -> None:
    anna, boris = town.person(), town.person()
    code = town.profile.numbering.country_code + town.profile.numbering.prefixes[0]
    free = town.profile.numbering.national_length - len(town.profile.numbering.prefixes[0])

    def asked(number: str, seconds: int) -> str:
        fault = town.begin(anna, number, "5", now=town.now + timedelta(seconds=seconds)).faults.get("number")
        return fault.code if fault else ""

    for at in range(10):
        assert asked(f"{code}{'9' * (free - 2)}{at:02d}", 10 * at) == "sharing.no_recipient"
    assert asked(f"{code}{'9' * (free - 2)}77", 110) == "sharing.too_many_numbers"
    assert asked(town.number(boris), 120) == "sharing.too_many_numbers"
    # What was asked already costs nothing and tells nothing new.
    assert asked(f"{code}{'9' * (free - 2)}03", 130) == "sharing.no_recipient"
    assert asked(town.number(boris), 86_400) == ""


def test_numbers_are_asked_about_one_at_a_time(town: Town) -> None:
    anna, boris, carol = town.person(), town.person(), town.person()
    assert faults(town, anna, town.number(boris), "5") == {}
    soon = town.now + timedelta(seconds=3, microseconds=-1)
    assert faults(town, anna, town.number(carol), "5", now=soon) == {"number": "sharing.too_fast"}
    assert faults(town, anna, town.number(carol), "5", now=town.now + timedelta(seconds=3)) == {}


@pytest.mark.parametrize("typed", ["", "abc", "12", "+1 202 555 0100", "375" * 20, "29123456７x", "'; DROP TABLE line"])
def test_what_is_no_number_is_told_at_the_field(town: Town, typed: str) -> None:
    assert faults(town, town.person(), typed, "5") == {"number": "kit.not_a_number"}


def test_ones_own_numbers_are_none_to_give_to(town: Town) -> None:
    anna = town.person()
    second = town.world.line(account_id=town.line(anna).account_id)
    assert faults(town, anna, town.number(anna), "5") == {"number": "sharing.own_number"}
    assert faults(town, anna, second.msisdn, "5") == {"number": "sharing.own_number"}


def test_two_wrong_fields_are_both_told_in_the_order_of_the_form(town: Town) -> None:
    begun = town.begin(town.person(), "x", "y", recurrence="weekly", day="9")
    assert list(begun.faults) == ["number", "amount", "day"]
    assert faults(town, town.person(), "x", "5", recurrence="hourly") == {
        "number": "kit.not_a_number",
        "recurrence": "orders.no_such_choice",
    }


# When nothing goes out at all.


@pytest.mark.security("T5")
def test_nothing_goes_for_a_day_after_the_sim_and_half_of_it_until_the_third(town: Town) -> None:
    anna, boris = town.person(), town.person()
    to, changed = town.number(boris), town.now - timedelta(hours=24)
    town.change(Line, anna.line_id, sim_changed_at=changed)
    first_day = town.now - timedelta(microseconds=1)
    assert fault_of(town.begin, anna, to, "5", now=first_day) == "sharing.sim_changed"
    standing = wiring.ask_now(transfer.standing, anna, now=first_day)
    assert standing.obstacle is not None
    assert standing.obstacle.params == {"until": town.now}
    assert wiring.ask_now(transfer.standing, anna, now=town.now).most.minor == 2_500
    assert faults(town, anna, to, "10,01") == {"amount": "sharing.too_much"}
    assert faults(town, anna, to, "10") == {}
    third = changed + timedelta(hours=72)
    assert faults(town, anna, to, "10,01", now=third - timedelta(microseconds=1)) == {"amount": "sharing.too_much"}
    assert faults(town, anna, to, "20", now=third) == {}


@pytest.mark.security("T5", "T11")
def test_a_stop_a_lock_and_a_password_from_the_handset_close_it(town: Town) -> None:
    boris = town.person()
    halted, locked, cooling, paused = (town.person() for _ in range(4))
    wiring.do_now(halt.stop, halted, now=town.now)
    wiring.do_now(account_lock.lock, locked, now=town.now)
    town.change(Line, paused.line_id, state="paused")
    with town.db.transaction() as session:
        session.add(
            Credential(
                line_id=cooling.line_id,
                password_hash="",
                set_by="ussd",
                set_at=town.now,
                registered_at=town.now,
                cooling_until=town.now + timedelta(hours=1),
            )
        )
    for actor, refusal in (
        (halted, "security.halted"),
        (locked, "sharing.locked"),
        (cooling, "access.set_lately"),
        (paused, "sharing.line_not_active"),
    ):
        assert fault_of(town.begin, actor, town.number(boris), "5") == refusal


def test_what_is_stopped_between_check_and_confirmation_does_not_go(town: Town) -> None:
    anna, boris = town.person(), town.person()
    sure, draft_id, digest = town.ready(anna, town.number(boris), "10")
    wiring.do_now(account_lock.lock, anna, now=town.now)
    assert (
        fault_of(wiring.do_now, transfer.confirm, sure, draft_id=draft_id, digest=digest, now=town.now)
        == "sharing.locked"
    )
    assert (town.sent(), town.balance(anna)) == ([], 100_000)


@pytest.mark.parametrize("operator", ["issa"])
def test_where_the_operator_has_none_there_is_none(town: Town) -> None:
    anna = town.person()
    assert fault_of(wiring.ask_now, transfer.standing, anna, now=town.now) == "sharing.not_offered"
    assert fault_of(town.begin, anna, "375291234567", "5") == "sharing.not_offered"
