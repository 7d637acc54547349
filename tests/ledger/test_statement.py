"""The entries of an account, newest first, a page at a time, the actor's own only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import Subscriber
from selfcare_app.ledger.post import Leg
from selfcare_app.ledger.statement import NoSuchPage, read
from selfcare_app.ledger.views import Entry
from tests.ledger.conftest import Books, byn


def pages(books: Books, actor: Subscriber, limit: int) -> list[tuple[Entry, ...]]:
    found, after = [], None
    while True:
        page = wiring.ask_now(read, actor, limit=limit, after=after, now=books.now)
        found.append(page.items)
        if page.next is None:
            return found
        after = page.next


@pytest.mark.requirement("ISSA-045")
def test_pages_together_are_the_whole_history_newest_first(books: Books) -> None:
    line, other = books.world.line(), books.account()
    for hour in range(7):
        moved = replace(books, now=books.now + timedelta(hours=hour // 2))
        moved.pay(line.account_id, 100 + hour, key=f"p{hour}")
        moved.spend(line.account_id, 10 + hour, key=f"s{hour}")
    books.post(Leg(("subscriber", line.account_id), ("subscriber", other), byn(5), "transfer"), key="to another")
    read_back = pages(books, books.world.session(line), 4)
    entries = [entry for page in read_back for entry in page]
    assert [len(page) for page in read_back] == [4, 4, 4, 3]
    assert sorted(entry.amount.minor for entry in entries) == sorted(
        [*(100 + h for h in range(7)), *(-10 - h for h in range(7)), -5]
    )
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert sum(entry.amount.minor for entry in entries) == books.balance(line.account_id)


def test_an_account_where_nothing_moved_has_no_entries(books: Books) -> None:
    assert pages(books, books.world.subscriber(), 10) == [()]


def test_entries_of_another_account_are_never_there(books: Books) -> None:
    books.account(paid=1000)
    line = books.world.line()
    books.pay(line.account_id, 7, key="own")
    (page,) = pages(books, books.world.session(line), 50)
    assert [entry.amount for entry in page] == [byn(7)]


@pytest.mark.parametrize("cursor", ["", "x", "zz-11", "-", "ffffffffffffffffffffff-" + "0" * 32, "10-" + "g" * 32])
def test_a_cursor_made_elsewhere_is_no_page(books: Books, cursor: str) -> None:
    line = books.world.line()
    books.pay(line.account_id, 7, key="own")
    actor = books.world.session(line)
    if not cursor:
        assert len(wiring.ask_now(read, actor, limit=5, after=cursor, now=books.now).items) == 1
        return
    with pytest.raises(NoSuchPage):
        wiring.ask_now(read, actor, limit=5, after=cursor, now=books.now)
