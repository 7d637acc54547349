"""Money moves once, wholly or not at all, and never below the floor."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from selfcare_app import wiring
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.account import NoAccount
from selfcare_app.ledger.post import KeyReused, Leg, NotEnough, NotYours, Posted, post
from tests.ledger.conftest import CASH, FEES, WORKER, Books, byn


def outcomes(books: Books, account_id: object, keys: list[str]) -> tuple[list[Posted], list[NotEnough]]:
    """What fifty spends of 100 at the same moment come to, one a key."""

    def spend(key: str) -> Posted | NotEnough:
        try:
            return books.spend(account_id, 100, key=key)  # type: ignore[arg-type]
        except NotEnough as refused:
            return refused

    with ThreadPoolExecutor(len(keys)) as threads:
        done = list(threads.map(spend, keys))
    return [d for d in done if isinstance(d, Posted)], [d for d in done if isinstance(d, NotEnough)]


@pytest.mark.requirement("ISSA-040")
def test_an_operation_moves_every_leg(books: Books) -> None:
    payer, receiver = books.account(paid=1000), books.account()
    posted = books.post(
        Leg(("subscriber", payer), ("subscriber", receiver), byn(300), "transfer"),
        Leg(("subscriber", payer), ("revenue", "transfer_fee"), byn(20), "fee"),
        key="t1",
    )
    assert (books.balance(payer), books.balance(receiver)) == (680, 300)
    assert len(posted.transfers) == 2
    assert posted.posted_at == books.now


def test_the_same_key_again_is_the_same_operation(books: Books) -> None:
    account = books.account(paid=1000)
    first, second = books.spend(account, 300, key="k"), books.spend(account, 300, key="k")
    assert first == second
    assert books.balance(account) == 700


def test_the_key_for_something_else_is_refused_and_moves_nothing(books: Books) -> None:
    account = books.account(paid=1000)
    books.spend(account, 300, key="k")
    with pytest.raises(KeyReused):
        books.spend(account, 301, key="k")
    assert books.balance(account) == 700


def test_keys_of_different_kinds_do_not_meet(books: Books) -> None:
    account = books.account(paid=1000)
    books.spend(account, 300, key="k")
    books.pay(account, 300, key="k")
    assert books.balance(account) == 1000


@pytest.mark.requirement("ISSA-041")
def test_prepaid_money_is_spent_to_the_last_kopeck_and_no_further(books: Books) -> None:
    account = books.account(paid=1000)
    with pytest.raises(NotEnough) as refused:
        books.spend(account, 1001, key="too much")
    assert refused.value.params == {"available": byn(1000), "needed": byn(1001), "missing": byn(1)}
    books.spend(account, 1000, key="all")
    assert books.balance(account) == 0
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="one more")


def test_postpaid_money_is_spent_down_to_the_credit_limit(books: Books) -> None:
    account = books.account(settlement="postpaid", credit_limit_minor=500)
    books.spend(account, 500, key="all")
    with pytest.raises(NotEnough) as refused:
        books.spend(account, 1, key="one more")
    assert refused.value.params["missing"] == byn(1)
    assert books.balance(account) == -500


def test_a_smaller_credit_limit_stops_spending_and_lets_payments_in(books: Books) -> None:
    account = books.account(settlement="postpaid", credit_limit_minor=500)
    books.spend(account, 400, key="early")
    books.limit(account, 100)
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="late")
    books.pay(account, 200, key="part")
    assert books.balance(account) == -200
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="still late")
    books.pay(account, 200, key="rest")
    books.spend(account, 100, key="again")
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="to the new limit and no further")


def test_money_already_spent_elsewhere_may_overdraw(books: Books) -> None:
    account = books.account(paid=100)
    leg = Leg(("subscriber", account), ("revenue", "usage"), byn(150), "usage")
    with pytest.raises(NotEnough):
        books.post(leg, key="usage")
    books.post(leg, key="usage", may_overdraw=True)
    assert books.balance(account) == -50
    books.pay(account, 70, key="back")
    with pytest.raises(NotEnough):
        books.spend(account, 21, key="more than there is")


def test_a_refused_operation_leaves_nothing_in_a_transaction_that_goes_on(books: Books) -> None:
    poor, rich = books.account(paid=10), books.account(paid=1000)
    legs = (
        Leg(("subscriber", rich), FEES, byn(100), "fee"),
        Leg(("subscriber", poor), FEES, byn(100), "fee"),
    )

    def goes_on(session, actor, *, now):  # type: ignore[no-untyped-def]
        with pytest.raises(NotEnough):
            post(session, actor, kind="fee", key="both", legs=legs, now=now)
        post(session, actor, kind="fee", key="one", legs=legs[:1], now=now)

    wiring.do_now(goes_on, WORKER, now=books.now)
    assert (books.balance(rich), books.balance(poor)) == (900, 10)


def test_a_rolled_back_transaction_takes_its_operation_with_it(books: Books) -> None:
    account = books.account(paid=1000)

    def breaks(session, actor, *, now):  # type: ignore[no-untyped-def]
        post(session, actor, kind="fee", key="k", legs=[Leg(("subscriber", account), FEES, byn(1), "fee")], now=now)
        raise RuntimeError("later in the same act")

    with pytest.raises(RuntimeError):
        wiring.do_now(breaks, WORKER, now=books.now)
    assert books.balance(account) == 1000
    books.spend(account, 1, key="k")
    assert books.balance(account) == 999


@pytest.mark.security("S-06")
def test_a_subscriber_debits_the_own_account_only(books: Books) -> None:
    line, victim = books.world.line(), books.account(paid=1000)
    books.pay(line.account_id, 500, key="own")
    actor = books.world.session(line)

    def debit(account_id: object, key: str) -> None:
        leg = Leg(("subscriber", account_id), FEES, byn(100), "fee")  # type: ignore[arg-type]
        wiring.do_now(post, actor, kind="fee", key=key, legs=[leg], now=books.now)

    with pytest.raises(NotYours):
        debit(victim, "theirs")
    both = [Leg(("subscriber", a), FEES, byn(1), "fee") for a in (line.account_id, victim)]
    with pytest.raises(NotYours):
        wiring.do_now(post, actor, kind="fee", key="both", legs=both, now=books.now)
    debit(line.account_id, "own")
    assert (books.balance(victim), books.balance(line.account_id)) == (1000, 400)


def test_the_same_act_after_a_new_sign_in_is_the_same_act(books: Books) -> None:
    line = books.world.line()
    books.pay(line.account_id, 500, key="own")
    leg = Leg(("subscriber", line.account_id), FEES, byn(100), "fee")
    for actor in (books.world.session(line), books.world.session(line)):
        wiring.do_now(post, actor, kind="fee", key="draft", legs=[leg], now=books.now)
    assert books.balance(line.account_id) == 400


def test_fifty_at_once_with_one_key_are_one(books: Books) -> None:
    account = books.account(paid=10_000)
    posted, refused = outcomes(books, account, ["k"] * 50)
    assert (len(posted), refused) == (50, [])
    assert len(set(posted)) == 1
    assert books.balance(account) == 9_900


@pytest.mark.security("S-11")
def test_fifty_at_once_with_money_for_nine_are_nine(books: Books) -> None:
    account = books.account(paid=950)
    posted, refused = outcomes(books, account, [f"k{n}" for n in range(50)])
    assert (len({p.operation_id for p in posted}), len(refused)) == (9, 41)
    assert books.balance(account) == 50


@pytest.mark.security("asvs_15_4_3")
def test_accounts_debited_crosswise_at_once_do_not_wait_for_each_other(books: Books) -> None:
    one, two = books.account(paid=5_000), books.account(paid=5_000)

    def send(n: int) -> None:
        sender, receiver = (one, two) if n % 2 else (two, one)
        books.post(Leg(("subscriber", sender), ("subscriber", receiver), byn(10), "transfer"), key=str(n))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(send, range(64)))
    assert (books.balance(one), books.balance(two)) == (5_000, 5_000)


@pytest.mark.security("asvs_13_2_2")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET amount_minor = 1",
        "DELETE FROM transfer",
        "UPDATE operation SET digest = ''",
        "DELETE FROM operation",
        "DELETE FROM ledger_account",
    ],
)
def test_the_database_refuses_to_change_what_is_written(books: Books, statement: str) -> None:
    books.account(paid=100)
    with pytest.raises(DBAPIError, match=re.compile("immutable")), books.db.transaction() as session:
        session.connection().execute(text(statement))


def test_postgresql_refuses_to_empty_a_table_too(books: Books) -> None:
    if books.db.is_sqlite:
        assert "TRUNCATE" not in _triggers(books)
        return
    with pytest.raises(DBAPIError, match="immutable"), books.db.transaction() as session:
        session.connection().execute(text("TRUNCATE transfer CASCADE"))


def test_the_database_has_the_last_word_on_the_floor(books: Books) -> None:
    account = books.account(paid=100)
    behind_our_back = text("UPDATE ledger_account SET debits = debits + 101 WHERE code = :code")
    with pytest.raises(DBAPIError, match="floor"), books.db.transaction() as session:
        session.connection().execute(behind_our_back, {"code": str(account)})


def test_unknown_accounts_and_foreign_currencies_are_refused(books: Books) -> None:
    account = books.account(paid=100)
    for ref, money in [(new_id(), byn(1)), (account, Money(1, "UAH"))]:
        with pytest.raises(NoAccount):
            books.post(Leg(CASH, ("subscriber", ref), money, "payment"), key=f"{ref}")


@pytest.mark.parametrize(
    "legs",
    [
        (),
        (Leg(CASH, FEES, byn(0), "nothing"),),
        (Leg(CASH, FEES, byn(-5), "backwards"),),
        (Leg(CASH, CASH, byn(5), "nowhere"),),
    ],
)
def test_legs_that_move_nothing_are_a_bug_of_the_caller(books: Books, legs: tuple[Leg, ...]) -> None:
    with pytest.raises(ValueError, match=r"moves something|more than nothing|different sides"):
        books.post(*legs, key="k")


def _triggers(books: Books) -> str:
    with books.db.snapshot() as session:
        return str(session.connection().execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).all())
