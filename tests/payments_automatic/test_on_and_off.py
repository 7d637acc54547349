"""Turning automatic top-up on by a first payment, changing it, turning it off; what may be chosen and by whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import Acting
from selfcare_app.payments.automatic import setup
from selfcare_app.payments.automatic.tables import AutomaticTopUp
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.payments.hosted_views import Card
from selfcare_app.subscribers.tables import Line
from tests.payments_automatic.conftest import CARD, Purse, fault_of

pytestmark = pytest.mark.requirement("ISSA-063")


def test_the_first_payment_saves_the_card_and_turns_it_on(purse: Purse) -> None:
    actor = purse.person()
    done = purse.confirm(purse.ready(actor))
    assert done.payment_id is not None
    with purse.wires.db.snapshot() as session:
        assert session.get_one(HostedPayment, done.payment_id).keeps_card
    waits = purse.standing(actor)
    assert (waits.is_on, waits.waits) == (False, done.payment_id)
    assert purse.paid_first(done, 1_000) == "paid"
    seen = purse.standing(actor)
    assert (seen.is_on, seen.waits, seen.card_tail, purse.balance(actor)) == (True, None, "4242", 1_000)
    assert seen.sums is not None
    assert [each.minor for each in (seen.sums.threshold, seen.sums.amount, seen.sums.month)] == [500, 1_000, 5_000]
    assert purse.told(actor) == ["on"]
    assert purse.paid_first(done, 1_000) == "paid"
    assert purse.told(actor) == ["on"]


@pytest.mark.security("asvs_11_3_2")
def test_the_token_lies_sealed_and_opens_in_its_own_row_alone(purse: Purse) -> None:
    row = purse.row(purse.on())
    assert row.token is not None and CARD.token.encode() not in row.token
    keys = purse.wires.keys
    assert keys.unseal("card", f"automatic_top_up.token.{row.account_id}", row.token) == CARD.token.encode()
    raw = (purse.wires.settings.database_url.removeprefix("sqlite:///"), "-wal")
    for name in (raw[0], raw[0] + raw[1]):
        with open(name, "rb") as file:
            assert CARD.token.encode() not in file.read()
    assert CARD.token not in repr(CARD)


def test_a_bank_that_keeps_no_card_gets_the_money_credited_and_nothing_on(purse: Purse) -> None:
    actor = purse.person()
    purse.paid_first(purse.confirm(purse.ready(actor)), 1_000, card=None)
    assert (purse.standing(actor).is_on, purse.balance(actor), purse.told(actor)) == (False, 1_000, ["no_card"])


def test_a_payment_that_was_not_meant_to_save_a_card_saves_none(purse: Purse) -> None:
    actor = purse.person()
    done = purse.confirm(purse.ready(actor))
    with purse.wires.db.transaction() as session:
        session.get_one(HostedPayment, done.payment_id).keeps_card = False
    purse.paid_first(done, 1_000)
    assert not purse.standing(actor).is_on


def test_other_sums_with_the_kept_card_need_no_payment(purse: Purse) -> None:
    actor = purse.on()
    assert purse.confirm(purse.ready(actor, "7", "20", "60")).payment_id is None
    seen = purse.standing(actor)
    assert seen.sums is not None and seen.sums.amount.minor == 2_000
    assert purse.told(actor) == ["on", "changed"]


def test_another_card_takes_the_place_of_the_kept_one_when_it_is_paid_with(purse: Purse) -> None:
    actor = purse.on()
    done = purse.confirm(purse.ready(actor, other=True))
    assert purse.standing(actor).card_tail == "4242"
    purse.paid_first(done, 1_000, Card("another-token", "1111"))
    assert purse.standing(actor).card_tail == "1111"


def test_off_is_off_at_once_and_the_token_is_forgotten(purse: Purse) -> None:
    actor = purse.below()
    purse.later(seconds=1)
    wiring.do_now(setup.switch_off, actor, now=purse.now)
    assert (purse.row(actor).state, purse.row(actor).token) == ("off", None)
    assert purse.work() == 0
    assert (purse.bank.sent, purse.charges(actor)) == ([], [])
    wiring.do_now(setup.switch_off, actor, now=purse.now)
    assert purse.told(actor) == ["on", "off"]


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        (("0,99", "10", "50"), {"threshold": "automatic.threshold_too_low"}),
        (("1", "1", "1"), {}),
        (("50", "50", "50"), {}),
        (("50,01", "60", "60"), {"threshold": "automatic.threshold_too_high"}),
        (("5", "0,99", "50"), {"amount": "topup.too_little"}),
        (("5", "4,99", "50"), {"amount": "automatic.amount_below_threshold"}),
        (("5", "500", "1000"), {}),
        (("5", "500,01", "1000"), {"amount": "topup.too_much"}),
        (("5", "10", "9,99"), {"month": "automatic.month_too_little"}),
        (("5", "10", "1000,01"), {"month": "automatic.month_too_much"}),
        (("x", "", "1,001"), dict.fromkeys(("threshold", "amount", "month"), "kit.not_an_amount")),
    ],
)
def test_what_may_be_chosen_to_the_last_unit(purse: Purse, typed: tuple[str, str, str], faults: dict[str, str]) -> None:
    named = dict(zip(("threshold", "amount", "month"), typed, strict=True))
    begun = wiring.do_now(setup.begin, purse.person(), **named, other_card=False, now=purse.now)
    assert {name: fault.code for name, fault in begun.faults.items()} == faults
    assert (begun.draft_id is None) == bool(faults)


@pytest.mark.security("T5", "asvs_7_5_3")
def test_it_needs_a_proof_of_exactly_these_sums(purse: Purse) -> None:
    actor = purse.person()
    ready = purse.ready(actor)
    assert fault_of(purse.confirm, ready | {"actor": actor}) == "kit.proof_needed"
    other = purse.ready(actor, "5", "20", "60")
    assert fault_of(purse.confirm, ready | {"draft_id": other["draft_id"]}) == "automatic.terms_changed"
    assert fault_of(purse.confirm, other | {"actor": ready["actor"]}) == "kit.proof_needed"
    first = purse.confirm(ready)
    assert purse.confirm(ready) == first


@pytest.mark.security("T18")
def test_nobody_else_sees_it_or_touches_it(purse: Purse) -> None:
    actor, stranger = purse.on(), purse.person()
    assert purse.standing(stranger).sums is None
    wiring.do_now(setup.switch_off, stranger, now=purse.now)
    assert purse.row(actor).state == "on"
    keeper = replace(actor, acting=Acting(stranger.line_id, "administrator", "manage"))
    for call in (setup.standing, setup.switch_off):
        assert fault_of(call, None, keeper, now=purse.now) == "kit.own_only"
    ready = purse.ready(actor)
    assert fault_of(purse.confirm, ready | {"actor": stranger}) == "orders.no_draft"


def test_an_account_has_one_and_its_other_number_is_told_so(purse: Purse) -> None:
    actor = purse.on()
    second = purse.person()
    with purse.wires.db.transaction() as session:
        session.get_one(Line, second.line_id).account_id = session.get_one(Line, actor.line_id).account_id
    assert fault_of(purse.ready, second) == "automatic.another_line"
    wiring.do_now(setup.switch_off, actor, now=purse.now)
    purse.paid_first(purse.confirm(purse.ready(second)), 1_000)
    assert purse.standing(second).is_on
    assert (purse.standing(actor).is_on, purse.standing(actor).sums) == (False, None)


@pytest.mark.security("T5")
@pytest.mark.parametrize(("after", "code"), [(timedelta(hours=23), "automatic.sim_changed"), (timedelta(hours=25), "")])
def test_soon_after_a_sim_change_nothing_is_set_up(purse: Purse, after: timedelta, code: str) -> None:
    actor = purse.person(sim_changed_at=purse.now - after)
    assert fault_of(purse.ready, actor) == code


@pytest.mark.parametrize("operator", ["ihelper"])
def test_an_operator_without_cards_has_none_of_it(purse: Purse) -> None:
    assert fault_of(purse.standing, purse.person()) == "automatic.not_offered"
    assert purse.work() == 0


@pytest.mark.requirement("AS-062")
@pytest.mark.parametrize("operator", ["assa"])
def test_it_goes_in_the_other_currency_too(purse: Purse) -> None:
    actor = purse.below(threshold="20", amount="50", month="200")
    assert purse.work() == 1
    assert purse.balance(actor) == 200 + 5_000


def test_a_row_that_is_on_without_its_card_can_t_be_written(purse: Purse) -> None:
    row = purse.row(purse.on())
    with pytest.raises(Exception, match="card"), purse.wires.db.transaction() as session:
        session.get_one(AutomaticTopUp, row.account_id).token = None
