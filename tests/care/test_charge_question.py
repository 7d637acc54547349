"""A question about one line of the charges: whose it is, how often, once; what it says, and when that is forgotten."""

import threading
from collections import Counter as Tally
from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.care.charge_question import answer, ask, forget, rules
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.care.charge_question.views import Charge, FeeOf, Question
from selfcare_app.catalogue.charges import NoSuchCharge
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, OwnOnly, ProofNeeded, Subscriber, System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.manage import check
from selfcare_app.orders.draft import NotAnswered
from selfcare_app.payments import overview
from selfcare_app.usage.rating.receipt import NoSuchRecord
from tests.care.conftest import ANSWER, WORDS, Counter
from tests.ledger.spoil import spoilt

pytestmark = pytest.mark.requirement("ISSA-111")


def actions(counter: Counter, external_id: str = "L1") -> list[str]:
    line = counter.line(external_id)
    return [row.action for row in counter.load.rows(JournalEntry, "line_seq") if row.line_id == line.id]


@pytest.mark.parametrize("kind", ["record", "fee"])
def test_a_question_has_a_number_a_state_and_a_day_by_which_it_is_answered(counter: Counter, kind: str) -> None:
    charge: Charge = counter.record() if kind == "record" else counter.fee()
    actor = counter.subscriber()
    found = counter.see(ask.terms, actor, charge=charge, now=counter.detail.now)
    assert (found.latest, found.amount) == (None, Money(17 if kind == "record" else 500, "BYN"))
    made = counter.asked(charge, words=f"  {WORDS}\r\n")
    assert (made.charge, made.amount, made.words, made.state, made.answer) == (
        charge,
        found.amount,
        WORDS,
        "open",
        None,
    )
    # A Wednesday and three working days.
    assert (made.no > 10**8, made.due_on.isoformat(), made.is_new) == (True, "2026-11-23", False)
    assert counter.see(ask.mine, actor) == (made,)
    assert counter.see(ask.terms, actor, charge=charge, now=counter.detail.now).latest == made
    assert actions(counter) == ["charge_questioned"]
    assert counter.broken() == []


@pytest.mark.security("asvs_8_2_2", "S-04")
def test_nobody_asks_about_a_charge_of_another_line(counter: Counter) -> None:
    record, fee, other = counter.record(), counter.fee(), counter.subscriber("L2")
    for charge, refusal in ((record, NoSuchRecord), (fee, NoSuchCharge), (FeeOf(new_id()), NoSuchCharge)):
        for act in (
            lambda charge=charge: counter.see(ask.terms, other, charge=charge, now=counter.detail.now),
            lambda charge=charge: counter.asked(charge, by=other),
        ):
            with pytest.raises(refusal):
                act()
    made = counter.asked(record)
    assert counter.see(ask.mine, other) == ()
    assert counter.see(ask.about, other, charge=record) is None
    with pytest.raises(NoSuchRecord):
        counter.asked(record, by=other, ticket=made.id)
    assert len(counter.load.rows(ChargeQuestion)) == 1


@pytest.mark.requirement("ISSA-077")
def test_a_record_names_the_other_side_so_asking_needs_the_same_proof(counter: Counter) -> None:
    bare = counter.subscriber(proven=False)
    with pytest.raises(ProofNeeded):
        counter.asked(counter.record(), by=bare)
    assert counter.asked(counter.fee(), by=bare).state == "open"


def test_a_delegate_neither_asks_nor_reads(counter: Counter) -> None:
    made, own = counter.asked(counter.fee()), counter.subscriber()
    acting = Acting(counter.line("L2").id, "curator", "manage", sees_calls=True)
    curator = Subscriber(own.line_id, own.session_id, own.proofs, acting=acting)
    for act in (
        lambda: counter.asked(made.charge, by=curator),
        lambda: counter.see(ask.mine, curator),
        lambda: counter.do(ask.read, curator),
        lambda: counter.see(ask.about, curator, charge=made.charge),
    ):
        with pytest.raises(OwnOnly):
            act()


@pytest.mark.parametrize(
    ("reason", "words", "wrong"),
    [
        ("", WORDS, {"reason": "question.no_reason"}),
        ("lottery", WORDS, {"reason": "question.no_reason"}),
        ("price", " \n ", {"words": "question.no_words"}),
        ("price", "x" * 1_001, {"words": "question.too_long"}),
        ("price", "почему\u202eтак", {"words": "question.not_plain"}),
        ("", "a\0b", {"reason": "question.no_reason", "words": "question.not_plain"}),
    ],
)
@pytest.mark.security("asvs_2_2_1")
def test_what_is_not_chosen_or_not_readable_is_said_at_its_field(
    counter: Counter, reason: str, words: str, wrong: dict[str, str]
) -> None:
    with pytest.raises(NotAnswered) as refused:
        counter.asked(counter.fee(), reason=reason, words=words)
    assert {name: fault.code for name, fault in refused.value.faults.items()} == wrong
    assert counter.load.rows(ChargeQuestion) == []


def test_as_long_as_may_be_and_as_people_write() -> None:
    assert rules.words("ё" * 1_000, most=1_000) == "ё" * 1_000
    assert rules.words("Где\tсвязь?\r\nНет 👨‍👩‍👧", most=50) == "Где связь?\nНет 👨‍👩‍👧"


def test_one_question_about_a_charge_is_open_and_sent_again_it_is_the_same(counter: Counter) -> None:
    charge, ticket = counter.record(), new_id()
    made = counter.asked(charge, ticket=ticket)
    assert counter.asked(charge, ticket=ticket, words="что-то другое") == made
    with pytest.raises(ask.AskedAlready) as refused:
        counter.asked(charge)
    assert refused.value.params == {"no": made.no}
    assert counter.asked(counter.fee()).no != made.no


def test_so_many_a_day_and_again_from_midnight(counter: Counter) -> None:
    counter.load.usage(*(f"N{n},L1,2026-11-03T1{n}:00:00Z,call,outgoing,on_net,375291234568,61,," for n in range(6)))
    for place in range(5):
        counter.asked(counter.record(place))
    with pytest.raises(ask.TooMany) as refused:
        counter.asked(counter.record(5))
    midnight = refused.value.params["again"]
    assert midnight.isoformat() == "2026-11-19T00:00:00+03:00"
    counter.detail.now = midnight - timedelta(seconds=1)
    with pytest.raises(ask.TooMany):
        counter.asked(counter.record(5))
    counter.detail.now = midnight
    assert counter.asked(counter.record(5)).state == "open"


@pytest.mark.security("R4")
def test_of_many_at_once_one_is_asked(both: Counter) -> None:
    charge, actor, count = both.record(), both.subscriber(), 8
    start, came = threading.Barrier(count), Tally[str]()

    def one() -> None:
        start.wait()
        try:
            both.asked(charge, by=actor)
            came["asked"] += 1
        except Fault as refused:
            came[type(refused).__name__] += 1

    threads = [threading.Thread(target=one) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert came == {"asked": 1, "AskedAlready": count - 1}
    assert len(both.load.rows(ChargeQuestion)) == 1
    assert both.broken() == []


@pytest.mark.security("asvs_14_2_7", "asvs_14_1_2")
def test_the_words_are_sealed_and_forgotten_and_what_was_charged_stays(counter: Counter) -> None:
    made = counter.asked(counter.record())
    unanswered = counter.asked(counter.fee())
    clerk = counter.clerk("olga", "questions")  # type: ignore[arg-type]
    counter.do(answer.reply, clerk, **counter.looked(clerk, made), words=ANSWER)
    with counter.detail.db.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT words, answer FROM charge_question").fetchall()
    assert all("пакет" not in bytes(cell or b"").decode(errors="ignore").casefold() for row in kept for cell in row)
    job, days = System("cleanup"), counter.detail.profile.charge_question.words_kept_days  # type: ignore[union-attr]
    late = counter.detail.now + timedelta(days=days)
    assert wiring.do_now(forget.forget_words, job, now=late - timedelta(seconds=1)) == 0
    assert wiring.do_now(forget.forget_words, job, now=late) == 1
    assert wiring.do_now(forget.forget_words, job, now=late) == 0
    rows = {row.no: row for row in counter.load.rows(ChargeQuestion)}
    gone, left = rows[made.no], rows[unanswered.no]
    assert (gone.words, gone.answer, gone.erased_at, gone.amount_minor, gone.outcome) == (
        None,
        None,
        late,
        17,
        "explained",
    )
    assert left.words is not None
    found: tuple[Question, ...] = counter.see(ask.mine, counter.subscriber())
    assert {each.no: (each.words, each.answer) for each in found} == {
        made.no: (None, None),
        unanswered.no: (WORDS, None),
    }


def test_home_tells_of_an_answer_until_it_was_read(counter: Counter) -> None:
    made, actor = counter.asked(counter.record()), counter.subscriber()

    def needs() -> list[object]:
        return [
            each.values
            for each in counter.see(overview.read, actor, now=counter.detail.now).needs
            if each.code == "answer"
        ]

    assert needs() == []
    clerk = counter.clerk("olga", "questions")  # type: ignore[arg-type]
    counter.do(answer.reply, clerk, **counter.looked(clerk, made), words=ANSWER)
    assert needs() == [{"n": 1}]
    assert counter.see(ask.mine, actor)[0].is_new
    assert counter.do(ask.read, actor) == 1
    assert (needs(), counter.see(ask.mine, actor)[0].is_new) == ([], False)
    assert counter.do(ask.read, counter.subscriber("L2")) == 0


@pytest.mark.parametrize(
    ("finds", "statement"),
    [
        (
            "I19",
            "UPDATE charge_question SET line_id = (SELECT id FROM line WHERE external_id = 'L2') WHERE fee_id IS NOT NULL",
        ),
        ("I20", "INSERT INTO charge_question SELECT * FROM charge_question"),
        ("I21", "UPDATE charge_question SET outcome = 'corrected', month_before_minor = 2, month_after_minor = 1"),
    ],
)
def test_the_invariants_see_what_breaks_them(counter: Counter, finds: str, statement: str) -> None:
    counter.asked(counter.fee())
    assert counter.broken() == []
    with spoilt(counter.detail.db, ("charge_question",), statement) as session:
        assert {found.id for found, _ in check.found(session, counter.detail.now)} == {finds}
