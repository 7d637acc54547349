"""A process killed at any point of a spend, and the same request sent again: the money has moved once."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from selfcare_app.ledger.post import Leg
from selfcare_app.ledger.tables import Operation
from tests.ledger.conftest import CASH, Books, byn
from tests.ledger.killed import COMMITTED, POINTS, keys, spend

ROOT = Path(__file__).parents[2]


def killed_at_every_point(books: Books, times: int) -> None:
    paid = 100 * times * sum(len(keys(point, "")) for point in POINTS)
    account = books.account(paid=paid)
    # What an account of the operator's own is made by is another statement.
    books.post(Leg(CASH, ("revenue", "fee"), byn(1), "opens the account of the fees"), key="first")
    command = [sys.executable, "-m", "tests.ledger.killed", books.db.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as victim:
        assert victim.stdin and victim.stdout
        for n in range(times):
            for point in POINTS:
                own = keys(point, f"{point} {n}")
                print(point, account, f"{point} {n}", sep="\t", file=victim.stdin, flush=True)
                assert victim.stdout.readline().strip() == str(int(signal.SIGKILL)), point
                # What the killed process had committed, a group as a whole, and only that, is there before the retry.
                assert known(books, own) == (len(own) if point in COMMITTED else 0), point
                for key in own * 2:
                    with books.db.transaction() as session:
                        spend(session, account, key)
                assert known(books, own) == len(own)
                paid -= 100 * len(own)
                assert books.balance(account) == paid, point
            books.check()
        victim.stdin.close()
    assert (paid, victim.returncode) == (0, 0)


def known(books: Books, keys: list[str]) -> int:
    with books.db.snapshot() as session:
        return session.exec(select(func.count()).where(col(Operation.idempotency_key).in_(keys))).one()


@pytest.mark.security("R1")
def test_killed_at_any_point_an_operation_happens_once(books: Books) -> None:
    killed_at_every_point(books, 3)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.security("R1")
def test_killed_a_thousand_times_nothing_is_lost_or_doubled(books: Books) -> None:
    killed_at_every_point(books, 67)
