"""Twelve who move money between eight accounts, crosswise too, and two who read all of them at once, all the time."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Event
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from selfcare_app import wiring
from selfcare_app.kit.actor import Actor
from selfcare_app.ledger.post import Leg, NotEnough
from selfcare_app.ledger.tables import LedgerAccount
from tests.ledger.conftest import WORKER, Books, byn

ACCOUNTS, EACH = 8, 100
WRITERS, READERS = 12, 2


def balances(session: Session, actor: Actor, *, accounts: list[UUID]) -> list[int]:
    query = select(LedgerAccount.credits - LedgerAccount.debits).where(col(LedgerAccount.account_id).in_(accounts))
    return list(session.exec(query).all())


def bank(books: Books, transfers: int) -> None:
    accounts = [books.account(paid=EACH) for _ in range(ACCOUNTS)]
    pairs, over = list(permutations(range(ACCOUNTS), 2)), Event()

    def write(writer: int) -> int:
        chance, moved = random.Random(writer), 0
        for n in range(transfers):
            # Neighbours move the same two accounts in opposite directions.
            one, two = pairs[(n * 7) % len(pairs)][:: 1 if writer % 2 else -1]
            leg = Leg(("subscriber", accounts[one]), ("subscriber", accounts[two]), byn(chance.randint(1, 5)), "t")
            try:
                # Some through the one writer, in whatever groups come about, some in transactions of their own.
                books.post(leg, key=f"{writer} {n}", alone=writer % 3 == 0)
                moved += 1
            except NotEnough:
                continue
        return moved

    def read(_: int) -> int:
        reads = 0
        while not over.is_set():
            seen = wiring.ask_now(balances, WORKER, accounts=accounts)
            assert (len(seen), sum(seen), min(seen) >= 0) == (ACCOUNTS, ACCOUNTS * EACH, True), seen
            reads += 1
        return reads

    with ThreadPoolExecutor(WRITERS + READERS) as threads:
        readers = [threads.submit(read, n) for n in range(READERS)]
        try:
            moved = sum(threads.map(write, range(WRITERS)))
        finally:
            over.set()
        assert all(reader.result() for reader in readers)
    assert moved > WRITERS * transfers // 2
    assert sum(books.balance(account) for account in accounts) == ACCOUNTS * EACH


@pytest.mark.security("R3")
def test_whoever_looks_sees_all_the_money(books: Books) -> None:
    bank(books, 25)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.security("R3")
def test_whoever_looks_for_minutes_sees_all_the_money(books: Books) -> None:
    bank(books, 2_000)
