"""The command that asks for all invariants at once: what it prints, how it ends, and what the other areas ask."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.access import quota
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import OneTimeCode, WebSession
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.db import metadata
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.post import Leg
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.manage import check
from selfcare_app.messaging import outbox
from selfcare_app.numbers.tables import NumberHold
from selfcare_app.operators.effect import due_at
from selfcare_app.orders import draft, tariff
from selfcare_app.orders.tables import Draft, Order
from tests.ledger.conftest import Books, byn
from tests.ledger.spoil import spoil, spoilt


def asked(books: Books) -> list[str]:
    return [f"{found.id} {row}" for found, row in check.findings(books.now)]


def told(capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> tuple[int, str]:
    code = check.run(argparse.Namespace(json=as_json))
    return code, capsys.readouterr().out


def test_a_sound_database_holds(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    books.spend(books.account(paid=1000), 400, key="k")
    code, out = told(capsys)
    assert (code, out) == (0, f"{len(check.every())} invariants: all hold\n")
    code, out = told(capsys, as_json=True)
    said = json.loads(out)
    assert (code, said["holds"], said["broken"]) == (0, True, {})
    assert {
        "I1",
        "I2",
        "I3",
        "I4",
        "I5",
        "I6",
        "I7",
        "I8",
        "I9",
        "I10",
        "I11",
        "I12",
        "I13",
        "I14",
        "I15",
        "I16",
        "I17",
        "I18",
    } <= {each["id"] for each in said["asked"]}


def test_the_offending_row_is_named_and_the_command_fails(
    spoilt_books: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    books = spoilt_books
    good, bad = books.account(paid=1000), books.account(paid=1000)
    spoil(books.db, ("ledger_account",), f"UPDATE ledger_account SET credits = credits + 1 WHERE code = '{bad}'")
    ids = accounts(books)
    code, out = told(capsys)
    assert code == 1
    assert out.splitlines()[-1] == f"{len(check.every())} invariants: BROKEN I1, I2, I4"
    assert any(line.startswith("I2 ") and is_named(ids[bad], line) for line in out.splitlines())
    assert not is_named(ids[good], out)
    code, out = told(capsys, as_json=True)
    said = json.loads(out)
    assert (code, said["holds"], sorted(said["broken"])) == (1, False, ["I1", "I2", "I4"])
    assert [is_named(ids[bad], row["account"]) for row in said["broken"]["I2"]] == [True]


def is_named(account: UUID, text: str) -> bool:
    return str(account) in text or account.hex in text


def accounts(books: Books) -> dict[UUID | None, UUID]:
    with books.db.snapshot() as session:
        query = select(LedgerAccount.account_id, LedgerAccount.id).where(LedgerAccount.kind == "subscriber")
        return dict(session.exec(query).all())


@dataclass
class Scene:
    """Somebody in a session, and one change of the number that has been carried out."""

    books: Books
    actor: Subscriber
    order_id: UUID

    def misses(self, plants: Sequence[tuple[str, str, str]]) -> list[tuple[str, list[str]]]:
        """Those of (what must be found, table, statement) where it is not found, with what is."""
        missed = []
        for finds, table, statement in plants:
            with spoilt(self.books.db, (table,), statement) as session:
                found = [f"{asked_for.id} {row}" for asked_for, row in check.found(session, self.books.now)]
            if not any(finding.startswith(finds) for finding in found):
                missed.append((statement, found))
        return missed


@pytest.fixture
def scene(spoilt_books: Books) -> Scene:
    books, order_id = spoilt_books, new_id()
    actor, account = books.customer(paid=1000)
    leg = Leg(("subscriber", account), ("revenue", "plan"), byn(400), "plan")
    taken = books.post(leg, kind="fees", key="a month").operation_id
    profile = books.world.profile
    due = due_at(profile.tariff_change.effect, confirmed_at=books.now, zone=profile.zone)
    same = {"line_id": actor.line_id, "actor": actor.name, "currency": "BYN", "accepted_at": books.now}
    with books.db.transaction() as session:
        done = {"due_at": books.now, "state": "done", "finished_at": books.now}
        session.add(Order(id=order_id, no=100_001, kind="number_change", **same, **done))
        session.add(Order(id=new_id(), no=100_002, kind=tariff.KIND, due_at=due, **same))
        session.add(
            FeeCharge(
                id=new_id(),
                line_id=actor.line_id,
                account_id=account,
                item="plan",
                code="basic",
                version_id=new_id(),
                period_from=books.now.date(),
                period_until=books.now.date() + timedelta(days=30),
                cause="run",
                fee_minor=400,
                day_percents=3000,
                amount_minor=400,
                currency="BYN",
                operation_id=taken,
                charged_at=books.now,
            )
        )
        record(session, actor, line_id=actor.line_id, action="number_changed", details={"no": 1}, now=books.now)
        outbox.enqueue(
            session,
            recipient="375291234567",
            language="be",
            key="numbers.sms.done",
            args={},
            dedup_key=f"number_change:{order_id}:done",
            now=books.now,
        )
        draft.begin(session, actor, kind="number_change", answers={}, now=books.now)
        session.add(
            NumberHold(
                id=new_id(),
                number=375291234567,
                line_id=actor.line_id,
                session_id=actor.session_id,
                created_at=books.now,
                expires_at=books.now + timedelta(minutes=5),
            )
        )
        session.add(
            OneTimeCode(
                id=new_id(),
                holder_id=actor.session_id,
                msisdn="375291234567",
                purpose="p",
                mac="m",
                created_at=books.now,
                expires_at=books.now + timedelta(minutes=5),
            )
        )
        for _ in range(3):
            quota.take(session, scope="desk.looks", subject="s", limit=9, seconds=9, now=books.now)
    assert asked(books) == []
    return Scene(books, actor, order_id)


def test_what_breaks_an_invariant_of_another_area_is_found(scene: Scene) -> None:
    ended = ("web_session", "UPDATE web_session SET ended_at = created_at")
    plants = (
        ("I5", "order", 'UPDATE "order" SET price_minor = 5'),
        ("I6", "outbox", "DELETE FROM outbox"),
        ("I6", "outbox", "UPDATE outbox SET dedup_key = 'another'"),
        ("I11", "line_number", "UPDATE line_number SET msisdn = '375290000000'"),
        ("I11", "line", "UPDATE line SET msisdn = '375290000000'"),
        ("I12", "order", 'UPDATE "order" SET due_at = accepted_at'),
        ("I12", "order", f"""UPDATE "order" SET kind = '{tariff.KIND}', state = 'accepted'"""),
        ("I16", "fee_charge", "UPDATE fee_charge SET amount_minor = amount_minor + 1"),
        ("I13", "quota", "UPDATE quota SET count = 1000000"),
        ("I14", "journal_entry", "UPDATE journal_entry SET action = 'looked'"),
        ("I14", "journal_head", "UPDATE journal_head SET seq = seq + 1"),
        ("I15 {'draft", *ended),
        ("I15 {'hold", *ended),
        ("I15 {'code", *ended),
    )
    assert scene.misses(plants) == []


def test_what_should_be_there_once_is_found_twice(scene: Scene) -> None:
    fresh = new_id().hex if scene.books.db.is_sqlite else str(new_id())

    def twice(table: str) -> str:
        columns = metadata.tables[table].columns.keys()
        copied = ", ".join(f"'{fresh}'" if name == "id" else name for name in columns)
        return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table} LIMIT 1"

    wanted = (("I11", "line_number"), ("I11", "number_hold"), ("I6", "outbox"), ("I14", "journal_entry"))
    assert scene.misses([(finds, table, twice(table)) for finds, table in wanted]) == []


def test_a_session_that_ends_in_order_leaves_nothing_behind(scene: Scene) -> None:
    session_id = scene.actor.session_id
    wiring.do_now(web_session.end, scene.actor, session_id=session_id, reason="signed_out", now=scene.books.now)
    with scene.books.db.snapshot() as session:
        assert session.get_one(WebSession, session_id).ended_at is not None
        assert session.exec(select(Draft.state)).one() != "open"
    assert asked(scene.books) == []
