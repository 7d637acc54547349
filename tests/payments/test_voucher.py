"""Vouchers: each code once, wrong ones counted, nothing of a code kept."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.access.tables import AccessEvent
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, NotAllowed, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import NotANumber
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger.tables import Transfer
from selfcare_app.payments.tables import Payment
from selfcare_app.payments.voucher import load, redeem, rules
from selfcare_app.payments.voucher.tables import Voucher
from selfcare_app.payments.voucher.views import Attempt
from tests.conftest import SECRET
from tests.payments.conftest import IMPORT, Till

CODE, OTHER = "20261118123456", "20261118654321"


def tried(till: Till, actor: Subscriber, code: str = CODE, number: str = "") -> Attempt:
    found = till.do(redeem.redeem, actor, code=code, number=number)
    assert isinstance(found, Attempt)
    return found


@pytest.mark.requirement("ISSA-064", "IH-024", "AS-062")
def test_a_card_is_paid_in_once_told_and_written_down(till: Till) -> None:
    line = till.line(has=250)
    actor = till.actor(line)
    till.cards(CODE, value=1_000)
    paid = tried(till, actor)
    assert paid.fault is None and paid.operation_id is not None
    assert till.balance(line) == 1_250
    shown = till.ask(redeem.result, actor, operation_id=paid.operation_id)
    assert (shown.amount, shown.number, shown.balance) == (till.money(1_000), line.msisdn, till.money(1_250))
    ((key, args),) = till.messages(line)
    assert (key, args["balance"]) == ("voucher.sms.paid_in", {"$money": [1250, 2, "BYN"]})
    assert [row.action for row in till.rows(JournalEntry, line_id=line.id)] == ["voucher_redeemed"]
    (card,) = till.rows(Voucher)
    (payment,) = till.rows(Payment)
    assert (card.state, card.redeemed_by, card.line_id) == ("redeemed", paid.operation_id, line.id)
    assert (payment.channel, payment.amount_minor, payment.operation_id) == ("voucher", 1_000, paid.operation_id)
    assert CODE not in repr(till.rows(Voucher)) + repr(till.rows(AccessEvent))


def test_the_same_card_again_is_the_same_act_and_counts_as_no_failure(till: Till) -> None:
    line = till.line(has=0)
    actor = till.actor(line)
    till.cards(CODE)
    first = tried(till, actor)
    assert [tried(till, till.actor(line)).operation_id for _ in range(8)] == [first.operation_id] * 8
    assert (till.balance(line), len(till.rows(Payment)), len(till.messages(line))) == (1_000, 1, 1)


@pytest.mark.security("R4", "asvs_15_4_2")
@pytest.mark.parametrize("lines", [1, 50])
def test_of_fifty_at_once_one_wins(both: Till, lines: int) -> None:
    people = [both.line(has=0) for _ in range(lines)]
    actors = [both.actor(people[at % lines]) for at in range(50)]
    both.cards(CODE, value=3_000)
    start, came = threading.Barrier(50), Counter[str]()
    won: set[UUID | None] = set()

    def knock(actor: Subscriber) -> None:
        start.wait()
        found = tried(both, actor)
        came["lost" if found.fault else "won"] += 1
        if not found.fault:
            won.add(found.operation_id)

    threads = [threading.Thread(target=knock, args=(actor,)) for actor in actors]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(both.balance(line) for line in people) == 3_000
    assert len(both.rows(Payment)) == len(won) == 1
    # One line that sends the same fifty times gets the same answer fifty times.
    assert came == ({"won": 50} if lines == 1 else {"won": 1, "lost": 49})


@pytest.mark.requirement("ISSA-064")
@pytest.mark.parametrize(
    "typed",
    [
        CODE, "2026 1118 123 456", "2026-1118-1234-56", " 2026\u00a01118\u202f123456 ", "２０２６１１１８１２３４５６",
        "2026‑1118‑123456", "2026.1118.123456\t",
    ],
)  # fmt: skip
def test_a_code_is_read_however_it_is_typed_or_pasted(till: Till, typed: str) -> None:
    till.cards(CODE)
    assert tried(till, till.actor(till.line(has=0)), typed).fault is None


@pytest.mark.requirement("ISSA-064")
@pytest.mark.parametrize(
    "typed", ["", CODE[:-1], CODE + "0", "2026111812345x", "' OR 1=1 --", "٢٠٢٦١١١٨١٢٣٤٥٦x", "-" * 60, "9" * 4_000]
)
def test_what_can_be_no_code_is_not_looked_up_and_not_counted(till: Till, typed: str) -> None:
    actor = till.actor(till.line(has=0))
    for _ in range(till.profile.voucher.fails_per_day + 1):  # type: ignore[union-attr]
        with pytest.raises(redeem.Malformed) as refused:
            tried(till, actor, typed)
    assert refused.value.params == {"digits": 14}
    assert till.ask_at(redeem.offer, actor).closed_until is None


@pytest.mark.security("asvs_2_4_1")
def test_the_last_wrong_code_of_a_day_is_the_last(till: Till) -> None:
    line = till.line(has=0)
    actor, limit = till.actor(line), 5
    till.cards(CODE)
    wrong = [tried(till, actor, f"{at:014d}").fault for at in range(limit)]
    assert [type(fault) for fault in wrong] == [redeem.Unknown] * limit
    assert [fault.params["left"] for fault in wrong if fault] == [4, 3, 2, 1, 0]
    over = tried(till, till.actor(line)).fault
    assert isinstance(over, redeem.FailsOver)
    assert over.params["until"] == till.now + timedelta(days=1) == till.ask_at(redeem.offer, actor).closed_until
    assert (till.balance(line), len(till.rows(AccessEvent, kind="voucher", outcome="wrong"))) == (0, limit)
    till.later(days=1)
    assert tried(till, till.actor(line)).fault is None


@pytest.mark.security("R4", "T15", "asvs_2_4_1")
def test_of_fifty_guesses_at_once_as_many_as_allowed_are_looked_up(both: Till) -> None:
    line = both.line(has=0)
    actors, start, came = [both.actor(line) for _ in range(50)], threading.Barrier(50), Counter[str]()

    def guess(place: int) -> None:
        start.wait()
        came[type(tried(both, actors[place], f"{place:014d}").fault).__name__] += 1

    threads = [threading.Thread(target=guess, args=(place,)) for place in range(50)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert came == {"Unknown": 5, "FailsOver": 45}


def test_a_used_card_and_no_card_are_told_alike_to_others(till: Till) -> None:
    till.cards(CODE)
    tried(till, till.actor(till.line(has=0)))
    stranger = till.actor(till.line(has=0))
    used, none = tried(till, stranger).fault, tried(till, stranger, OTHER).fault
    assert used is not None and none is not None
    assert type(used) is type(none) is redeem.Unknown
    assert (used.params, none.params) == ({"left": 4}, {"left": 3})


def test_a_card_is_good_until_its_last_moment(till: Till) -> None:
    till.cards(CODE, OTHER, days=1)
    line = till.line(has=0)
    till.later(days=1, microseconds=-1)
    assert tried(till, till.actor(line)).fault is None
    till.later(microseconds=1)
    assert isinstance(tried(till, till.actor(line), OTHER).fault, redeem.Expired)
    assert till.balance(line) == 1_000


def test_a_withdrawn_card_pays_nothing(till: Till) -> None:
    till.cards(CODE, state="blocked")
    line = till.line(has=0)
    assert isinstance(tried(till, till.actor(line)).fault, redeem.Blocked)
    assert (till.balance(line), till.rows(Transfer)) == (0, [])


@pytest.mark.requirement("IH-025")
@pytest.mark.parametrize("operator", ["ihelper"])
def test_a_card_pays_for_another_number_where_the_operator_allows(till: Till) -> None:
    mine, other = till.line(has=0), till.line(has=100)
    actor = till.actor(mine)
    till.cards(CODE)
    paid = tried(till, actor, number=f"+{other.msisdn}")
    assert (till.balance(mine), till.balance(other)) == (0, 1_100)
    shown = till.ask(redeem.result, actor, operation_id=paid.operation_id)
    assert (shown.number, shown.balance) == (other.msisdn, None)
    assert [key for key, _ in till.messages(other)] == ["voucher.sms.paid_in"]
    assert till.messages(mine) == []


@pytest.mark.security("T13")
@pytest.mark.parametrize("operator", ["ihelper"])
def test_a_number_is_told_to_be_none_only_for_a_good_card_which_stays_good(till: Till) -> None:
    mine, gone = till.line(has=0), till.line(has=0, state="closed")
    till.cards(CODE)
    assert isinstance(tried(till, till.actor(mine), OTHER, number=gone.msisdn or "").fault, redeem.Unknown)
    assert isinstance(tried(till, till.actor(mine), CODE, number=gone.msisdn or "").fault, redeem.NoSuchNumber)
    for typed in ("12", "abc", "+1 202 555 0100"):
        with pytest.raises(NotANumber):
            tried(till, till.actor(mine), number=typed)
    assert tried(till, till.actor(mine)).fault is None


def test_another_number_is_refused_where_the_operator_does_not_allow_it(till: Till) -> None:
    till.cards(CODE)
    with pytest.raises(redeem.OwnLineOnly):
        tried(till, till.actor(till.line(has=0)), number=till.line(has=0).msisdn or "")


@pytest.mark.security("asvs_8_2_2")
def test_a_result_is_its_line_s_alone(till: Till) -> None:
    till.cards(CODE)
    paid = tried(till, till.actor(till.line(has=0)))
    for operation_id in (paid.operation_id, new_id()):
        with pytest.raises(redeem.NoResult):
            till.ask(redeem.result, till.actor(till.line(has=0)), operation_id=operation_id)


@pytest.mark.security("T18")
def test_who_may_only_look_at_a_line_pays_nothing_in(till: Till) -> None:
    line = till.line(has=0)
    till.cards(CODE)
    looking = replace(till.actor(line), acting=Acting(till.line(has=0).id, "curator", "view"))
    with pytest.raises(NotAllowed), till.wires.db.transaction() as session:
        redeem.redeem(session, looking, code=CODE, number="", now=till.now)


@pytest.mark.security("asvs_11_4_2")
def test_a_card_outlives_a_change_of_keys(till: Till) -> None:
    till.cards(CODE)
    old = till.rows(Voucher)[0].code_mac
    till.wires.db.info["keys"] = Keyring(b"f" * 32, SECRET)
    # The same export again, and the card is still one.
    till.cards(CODE)
    assert [row.code_mac for row in till.rows(Voucher)] == [old]
    assert tried(till, till.actor(till.line(has=0))).fault is None


def exported(code: str = CODE, **change: object) -> dict[str, object]:
    row = {"code": code, "batch": "A1", "value_minor": 1_000, "currency": "", "state": "active"}
    return row | {"expires_at": None} | change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "123456789"}, "voucher_code"),
        ({"code": CODE + "1"}, "voucher_code"),
        ({"currency": "USD"}, "other_currency"),
    ],
)
def test_a_row_that_is_no_card_of_the_operator_is_refused(till: Till, change: dict[str, object], reason: str) -> None:
    row = exported(expires_at=till.now + timedelta(days=9), **change)
    (refused,) = till.do(load.vouchers, IMPORT, rows=[row]).refused
    assert (refused.reason, till.rows(Voucher)) == (reason, [])


@pytest.mark.requirement("AS-062")
@pytest.mark.parametrize("operator", ["assa"])
@pytest.mark.parametrize(("value", "taken"), [(3_000, 1), (10_000, 1), (2_999, 0), (10_001, 0)])
def test_only_face_values_on_sale_are_taken(till: Till, value: int, taken: int) -> None:
    row = exported(expires_at=till.now + timedelta(days=9), value_minor=value)
    assert till.do(load.vouchers, IMPORT, rows=[row]).inserted == taken


def test_loading_again_changes_only_what_nobody_has_used(till: Till) -> None:
    till.cards(CODE, OTHER)
    tried(till, till.actor(till.line(has=0)))
    expires = till.now + timedelta(days=365)
    again = [exported(CODE, expires_at=expires), exported(OTHER, expires_at=expires, state="blocked")]
    written = till.do(load.vouchers, IMPORT, rows=again)
    assert (written.inserted, written.changed, written.same) == (0, 1, 1)
    assert sorted(row.state for row in till.rows(Voucher)) == ["blocked", "redeemed"]
    wrong = [exported(CODE, expires_at=expires, state="blocked"), exported(OTHER, expires_at=expires, value_minor=9)]
    assert [each.reason for each in till.do(load.vouchers, IMPORT, rows=wrong).refused] == [
        "voucher_redeemed",
        "voucher_changed",
    ]


def test_a_profile_without_cards_takes_and_loads_none(till: Till) -> None:
    bare = till.profile.model_copy(update={"voucher": None})
    till.wires.db.info["profile"] = bare
    with pytest.raises(redeem.NotOffered):
        tried(till, till.actor(till.line(has=0)))
    written = wiring.do_now(load.vouchers, IMPORT, rows=[exported(expires_at=till.now)], now=till.now)
    assert [each.reason for each in written.refused] == ["no_vouchers"]


def test_reading_a_code_twice_gives_the_same() -> None:
    assert rules.code_of(rules.code_of("2026 1118-123456", 14) or "", 14) == CODE
