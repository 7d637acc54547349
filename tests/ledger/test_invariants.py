"""Each invariant finds the row that breaks it, once nothing else stands in the way of writing such a row."""

from dataclasses import dataclass
from datetime import timedelta

from selfcare_app.kit.money import Money
from selfcare_app.ledger.invariants import OVERDUE, checks
from selfcare_app.ledger.post import Leg
from tests.ledger.conftest import Books, broken, byn, fee
from tests.ledger.spoil import spoilt

ACCOUNTS, OPERATIONS, TRANSFERS, HOLDS = "ledger_account", "operation", "transfer", "money_hold"
_COPY = "id, operation_id, seq, code, debit_id, credit_id, amount_minor, created_at, reverses"


@dataclass(frozen=True)
class Plant:
    """What is written, into tables that refuse nothing any more, and the invariant that must notice."""

    finds: str
    what: str
    tables: tuple[str, ...]
    statement: str


def account(change: str, where: str) -> str:
    return f"UPDATE ledger_account SET {change} WHERE {where}"


FEES, SUBSCRIBERS = "kind = 'revenue'", "kind = 'subscriber'"
PLANTS = (
    Plant("I1", "a debit without a credit", (ACCOUNTS,), account("debits = debits + 1", FEES)),
    Plant("I1", "a hold of one side", (ACCOUNTS,), account("credits_pending = credits_pending + 1", FEES)),
    Plant("I2", "sums without transfers", (ACCOUNTS,), account("debits = debits + 1, credits = credits + 1", FEES)),
    Plant("I2", "held sums without holds", (ACCOUNTS,), account("debits_pending = 1, credits_pending = 1", FEES)),
    Plant("I2", "a transfer is gone", (TRANSFERS,), "DELETE FROM transfer WHERE code = 'transfer'"),
    Plant("I3", "a floor that is not kept", (ACCOUNTS,), account("floor_minor = 5000", SUBSCRIBERS)),
    Plant("I3", "a subscriber without a floor", (ACCOUNTS,), account("floor_minor = NULL", SUBSCRIBERS)),
    Plant("I4", "money out of nothing", (ACCOUNTS,), account("credits = credits + 7", SUBSCRIBERS)),
    Plant("I4", "money changed on its way", (ACCOUNTS,), account("currency = 'UAH'", FEES)),
    Plant("I5", "an operation is gone", (OPERATIONS,), "DELETE FROM operation WHERE kind = 'fee'"),
    Plant("I5", "an operation of nothing", (TRANSFERS,), "DELETE FROM transfer WHERE code = 'fee'"),
    Plant(
        "I5", "a key used twice", (OPERATIONS,), "UPDATE operation SET kind = 'x', idempotency_key = 'y', actor = 'z'"
    ),
    Plant("I7", "a hold that nothing ended", (HOLDS,), "UPDATE money_hold SET outcome = 'voided' WHERE outcome = ''"),
    Plant("I7", "settled money that did not move", (HOLDS,), "UPDATE money_hold SET amount_minor = amount_minor + 1"),
    Plant("I7", "settled after its time", (HOLDS,), "UPDATE money_hold SET ended_at = expires_at"),
    Plant("I7", "half of it ended", (HOLDS,), "UPDATE money_hold SET outcome = '' WHERE seq = 1"),
    Plant(
        "I8", "more than there was", (TRANSFERS,), "UPDATE transfer SET amount_minor = 9999 WHERE reverses IS NOT NULL"
    ),
    Plant(
        "I8", "from somebody else", (TRANSFERS,), "UPDATE transfer SET debit_id = credit_id WHERE reverses IS NOT NULL"
    ),
    Plant("I8", "of nothing", (TRANSFERS,), "DELETE FROM transfer WHERE id IN (SELECT reverses FROM transfer)"),
    Plant(
        "I8",
        "twice",
        (TRANSFERS,),
        f"INSERT INTO transfer ({_COPY}) SELECT {_COPY} FROM transfer WHERE reverses IS NOT NULL",
    ),
    Plant("I17", "a digest of something else", (OPERATIONS,), "UPDATE operation SET digest = '' WHERE kind = 'fee'"),
    Plant(
        "I17", "a transfer for something else", (TRANSFERS,), "UPDATE transfer SET code = 'x' WHERE code = 'transfer'"
    ),
    Plant("I17", "a hold for something else", (HOLDS,), "UPDATE money_hold SET code = 'x' WHERE outcome = ''"),
    Plant("I17", "an answer of something else", (OPERATIONS,), """UPDATE operation SET result = '{"transfers": []}'"""),
)


def fill(books: Books) -> None:
    """Something of everything that the ledger can do."""
    one, two = books.account(paid=5000), books.account(paid=100)
    books.spend(one, 100, key="a")
    books.spend(one, 110, key="b")
    send = Leg(("subscriber", one), ("subscriber", two), byn(300), "transfer")
    books.reverse(books.post(send, kind="transfer", key="t").transfers[0], key="r")
    books.settle(books.hold(send, fee(one, 5), key="h1").hold_id)
    books.void(books.hold(send, key="h2").hold_id)
    books.hold(send, fee(one, 7), key="h3", seconds=60)
    books.hold(send, key="h4", seconds=61)
    assert books.later(60).expire() == 1
    books.post(Leg(("bonus_issue", ""), ("bonus", str(one)), Money(50, "PTS", 0), "bonus"), key="units")


def test_what_breaks_an_invariant_is_found(books: Books) -> None:
    fill(books)
    books.check()
    missed = []
    for plant in PLANTS:
        with spoilt(books.db, plant.tables, plant.statement) as session:
            found = broken(session, books.now)
        if not any(finding.startswith(f"{plant.finds} ") for finding in found):
            missed.append((plant, found))
    assert missed == []


def test_a_hold_that_nobody_ends_is_found(books: Books) -> None:
    fill(books)
    for late, found in ((OVERDUE - timedelta(seconds=1), 0), (OVERDUE, 1)):
        with books.db.snapshot() as session:
            over = broken(session, books.now + timedelta(seconds=61) + late)
        assert len(over) == found, over


def test_every_invariant_of_the_ledger_has_been_broken_once() -> None:
    assert {check.id for check in checks()} == {plant.finds for plant in PLANTS}
