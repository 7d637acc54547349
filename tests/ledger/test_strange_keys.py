"""What stands in a key, a kind or a code is data, however it looks like something else."""

import hashlib
import json

from sqlmodel import col, select

from selfcare_app.kit.ids import new_id
from selfcare_app.ledger import rules
from selfcare_app.ledger.batch import Instruction
from selfcare_app.ledger.post import Leg, Posted
from selfcare_app.ledger.tables import Operation, Transfer
from tests.ledger.conftest import FEES, Books, byn
from tests.ledger.test_batch import many

STRANGE = (
    '"',
    "\\",
    '\\"',
    "{}",
    "a,b",
    "NULL",
    "null",
    " ",
    "",
    "'",
    "%s",
    ":x",
    "?",
    "щь'\"",
    "\n\t",
    "\u2028",
    "[1]",
)


def test_whatever_is_in_a_key_or_a_code_it_is_written_and_found_as_it_is(books: Books) -> None:
    account = books.account(paid=1_000)
    batch = [
        Instruction(f"kind {text}", text, (Leg(("subscriber", account), ("revenue", text), byn(1), text),))
        for text in STRANGE
    ]
    first = many(books, batch)
    assert all(isinstance(each, Posted) for each in first)
    assert many(books, batch) == first == [books.post(*b.legs, kind=b.kind, key=b.key, alone=True) for b in batch]
    # One value alone in a column takes another way.
    (single,) = many(books, [Instruction("\\", '"', (Leg(("subscriber", account), FEES, byn(1), "\\"),))])
    assert isinstance(single, Posted)
    with books.db.snapshot() as session:
        keys = select(Operation.idempotency_key).where(col(Operation.kind).startswith("kind "))
        codes = select(Transfer.code).where(col(Transfer.operation_id).in_([each.operation_id for each in first]))  # type: ignore[union-attr]
        assert sorted(session.exec(keys).all()) == sorted(session.exec(codes).all()) == sorted(STRANGE)
        assert session.get_one(Operation, single.operation_id).kind == "\\"


def test_a_digest_is_that_of_the_legs_as_json_whatever_is_in_them() -> None:
    account = new_id()
    for text in STRANGE:
        legs = [
            Leg(("subscriber", account), ("revenue", text), byn(5), text),
            Leg(("cash_in", text), ("subscriber", account), byn(7), text),
        ]
        said = [
            ["subscriber", str(account), "revenue", text, 5, "BYN", text],
            ["cash_in", text, "subscriber", str(account), 7, "BYN", text],
            text,
        ]
        written = json.dumps(said, separators=(",", ":")).encode()
        assert rules.digest(legs, text) == hashlib.sha256(written).hexdigest()
