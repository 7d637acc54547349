"""A transfer is taken back once, between the same two, if what it brought is still there."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.post import KeyReused, Leg, NotEnough, NotYours, Posted
from selfcare_app.ledger.reverse import AlreadyReversed, NoTransfer
from selfcare_app.ledger.tables import Transfer
from tests.ledger.conftest import Books, byn, fee


def sent(books: Books, sender: UUID, receiver: UUID, minor: int, key: str) -> Posted:
    leg = Leg(("subscriber", sender), ("subscriber", receiver), byn(minor), "transfer")
    return books.post(leg, fee(sender, 10), kind="transfer", key=key)


def test_a_reversal_is_the_mirror_image(books: Books) -> None:
    one, two = books.account(paid=1000), books.account()
    original, _ = sent(books, one, two, 300, "t").transfers
    (mirror,) = books.reverse(original, key="r").transfers
    assert (books.balance(one), books.balance(two)) == (990, 0)
    with books.db.snapshot() as session:
        was, back = session.get_one(Transfer, original), session.get_one(Transfer, mirror)
        assert (back.debit_id, back.credit_id, back.amount_minor, back.code, back.reverses) == (
            was.credit_id,
            was.debit_id,
            300,
            "transfer",
            original,
        )


def test_a_transfer_is_reversed_once_and_the_same_key_is_the_same_reversal(books: Books) -> None:
    one, two = books.account(paid=1000), books.account(paid=1000)
    original, fee_taken = sent(books, one, two, 300, "t").transfers
    first = books.reverse(original, key="r")
    assert books.later(9).reverse(original, key="r") == first
    with pytest.raises(AlreadyReversed):
        books.reverse(original, key="another")
    with pytest.raises(KeyReused):
        books.reverse(fee_taken, key="r")
    books.reverse(fee_taken, key="the fee too")
    assert (books.balance(one), books.balance(two)) == (1000, 1000)


def test_what_was_spent_is_not_taken_back_unless_it_has_to_be(books: Books) -> None:
    one, two = books.account(paid=1000), books.account()
    original = sent(books, one, two, 300, "t").transfers[0]
    books.spend(two, 1, key="a kopeck")
    with pytest.raises(NotEnough) as refused:
        books.reverse(original, key="r")
    assert refused.value.params["missing"] == byn(1)
    assert (books.balance(one), books.balance(two)) == (690, 299)
    books.reverse(original, key="r", may_overdraw=True)
    assert (books.balance(one), books.balance(two)) == (990, -1)


@pytest.mark.security("S-06")
def test_a_subscriber_takes_back_what_was_not_his_from_nobody(books: Books) -> None:
    (actor, own), (stranger, _) = books.customer(paid=1000), books.customer()
    other = books.account(paid=1000)
    original = sent(books, own, other, 100, "t").transfers[0]
    between = sent(books, other, books.account(), 100, "t2").transfers[0]
    for who, transfer in ((stranger, original), (actor, between), (actor, new_id())):
        with pytest.raises(NoTransfer):
            books.reverse(transfer, key="r", actor=who)
    with pytest.raises(NotYours):
        books.reverse(original, key="r", actor=actor)
    came = sent(books, other, own, 50, "t3").transfers[0]
    books.reverse(came, key="given back", actor=actor)
    assert books.balance(own) == 890


@pytest.mark.security("R4")
def test_fifty_reversals_at_once_are_one(books: Books) -> None:
    one, two = books.account(paid=1000), books.account(paid=10_000)
    original, ready = sent(books, one, two, 300, "t").transfers[0], Barrier(50)

    def back(n: int) -> str:
        ready.wait()
        try:
            return str(books.reverse(original, key=f"r{n}").operation_id)
        except Fault as fault:
            return fault.code

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(back, range(50)))
    assert answers.count("ledger.already_reversed") == 49
    assert (books.balance(one), books.balance(two)) == (990, 10_000)


def test_the_database_has_the_last_word_on_a_second_reversal(books: Books) -> None:
    one, two = books.account(paid=1000), books.account()
    books.reverse(sent(books, one, two, 300, "t").transfers[0], key="r")
    again = text(
        "INSERT INTO transfer (id, operation_id, seq, code, debit_id, credit_id, amount_minor, created_at, reverses) "
        "SELECT :id, operation_id, seq + 1, code, debit_id, credit_id, amount_minor, created_at, reverses "
        "FROM transfer WHERE reverses IS NOT NULL"
    )
    fresh = new_id()
    with pytest.raises(IntegrityError, match="reverses"), books.db.transaction() as session:
        session.connection().execute(again, {"id": fresh.hex if books.db.is_sqlite else fresh})
    with books.db.snapshot() as session:
        assert len(session.exec(select(Transfer).where(Transfer.reverses.is_not(None))).all()) == 1  # type: ignore[union-attr]
