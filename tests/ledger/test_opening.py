"""Balances that come from the operator's billing are posted once and obey the ledger from then on."""

from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.account import NoAccount
from selfcare_app.ledger.opening import Opening, post_openings
from selfcare_app.ledger.post import NotEnough
from tests.ledger.conftest import Books, byn

IMPORT = System("import")


def open_all(books: Books, *balances: tuple[UUID, int]) -> int:
    openings = [Opening(account_id, byn(minor)) for account_id, minor in balances]
    return wiring.do_now(post_openings, IMPORT, openings=openings, now=books.now)


def test_each_account_is_opened_with_its_balance(books: Books) -> None:
    rich, empty, owing = books.account(), books.account(), books.account(settlement="postpaid", credit_limit_minor=900)
    assert open_all(books, (rich, 1234), (empty, 0), (owing, -700)) == 3
    assert [books.balance(account) for account in (rich, empty, owing)] == [1234, 0, -700]
    with pytest.raises(NotEnough):
        books.spend(owing, 201, key="beyond the limit")
    books.spend(owing, 200, key="to the limit")


def test_a_second_import_changes_nothing(books: Books) -> None:
    rich, empty = books.account(), books.account()
    open_all(books, (rich, 1000), (empty, 0))
    books.spend(rich, 400, key="spent here")
    assert open_all(books, (rich, 1000), (empty, 500)) == 0
    assert (books.balance(rich), books.balance(empty)) == (600, 0)


def test_one_account_twice_in_one_import_is_opened_once(books: Books) -> None:
    account = books.account()
    assert open_all(books, (account, 100), (account, 100)) == 1
    assert books.balance(account) == 100


def test_a_debt_of_a_prepaid_account_can_be_paid_and_not_grown(books: Books) -> None:
    account = books.account()
    open_all(books, (account, -250))
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="deeper")
    books.pay(account, 300, key="back")
    books.spend(account, 50, key="what is there")
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="the debt is no credit")


def test_many_accounts_are_opened_in_one_go(books: Books) -> None:
    accounts = [(books.account(), minor) for minor in range(-3, 600)]
    assert open_all(books, *accounts) == len(accounts)
    assert [books.balance(account) for account, _ in accounts] == [minor for _, minor in accounts]


def test_an_unknown_account_or_currency_opens_nothing(books: Books) -> None:
    account = books.account()
    with pytest.raises(NoAccount):
        open_all(books, (account, 100), (new_id(), 100))
    with pytest.raises(NoAccount):
        wiring.do_now(post_openings, IMPORT, openings=[Opening(account, Money(1, "UAH"))], now=books.now)
    assert books.balance(account) == 0
