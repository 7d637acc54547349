"""The chain of the journal: written with the act, refused to change, and every tampering is found where it is."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from selfcare_app import wiring
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Acting, Handset, Staff, System, Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.sealing import Keyring
from selfcare_app.manage import main
from selfcare_app.worker import anchors
from tests.journal.conftest import Book

pytestmark = pytest.mark.security("asvs_16_4_2")


def test_what_was_written_holds_and_every_entry_has_its_place(book: Book) -> None:
    book.fill(lines=5, each=3)
    report = book.check(book.anchor())
    assert (report.entries, report.findings) == (15, ())
    assert report.streams == len({row.stream for row in book.entries()})
    for stream in {row.stream for row in book.entries()}:
        places = [row.seq for row in book.entries() if row.stream == stream]
        assert places == list(range(1, len(places) + 1))


@pytest.mark.security("asvs_8_3_3", "T16")
def test_who_did_it_is_kept_under_both_names(book: Book) -> None:
    own, curator = book.world.subscriber(), book.world.line()
    acting = replace(own, acting=Acting(curator.id, "curator", "view"))
    agent = Staff(new_id(), new_id(), "i.desk")
    for actor in (own, acting, Handset(own.line_id, "ru"), agent, System("orders"), System("inbound"), Visitor()):
        book.write(actor, line_id=own.line_id)
    rows = sorted(book.entries(), key=lambda row: row.line_seq)
    told = [(row.actor, row.actor_id, row.actor_name, row.role) for row in rows]
    assert told == [
        ("subscriber", str(own.line_id), "", ""),
        ("delegate", str(curator.id), "", "curator"),
        ("handset", str(own.line_id), "", ""),
        ("staff", str(agent.staff_id), "i.desk", ""),
        ("system", "", "orders", ""),
        ("interface", "", "inbound", ""),
        ("visitor", "", "", ""),
    ]
    assert book.found() == set()


@pytest.mark.security("asvs_13_2_2")
@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal_entry SET action = 'x'", "DELETE FROM journal_entry", "DELETE FROM journal_head"],
)
def test_the_database_itself_refuses_to_change_it(book: Book, statement: str) -> None:
    book.fill(1, 2)
    with pytest.raises(DBAPIError, match="immutable"), book.wires.db.transaction() as session:
        session.execute(text(statement))
    assert len(book.entries()) == 2


def test_an_act_that_fails_leaves_no_entry(book: Book) -> None:
    person = book.world.subscriber()

    def act(session: object, actor: object) -> None:
        record(session, person, line_id=person.line_id, action="viewed_home", now=book.now)  # type: ignore[arg-type]
        raise LookupError

    with pytest.raises(LookupError):
        wiring.do_now(act, person)
    assert book.entries() == []
    book.write(person)
    assert book.found() == set()


def test_a_changed_entry_is_found(book: Book) -> None:
    book.fill()
    row = book.entries()[5]
    book.tamper(
        "UPDATE journal_entry SET actor = 'system' WHERE stream = :stream AND seq = :seq",
        stream=row.stream,
        seq=row.seq,
    )
    assert book.found() == {("changed", row.stream, row.seq)}


@pytest.mark.parametrize("column", ["at", "line_id", "session_id", "outcome", "details_digest", "role", "hash"])
def test_whatever_is_changed_of_it(book: Book, column: str) -> None:
    first, other = book.fill(2, 1)
    book.write(first, details={"a": 1})
    row, donor = next(each for each in book.entries() if each.line_seq == 2), book.world.subscriber()
    fresh = {"line_id": other.line_id, "session_id": donor.session_id, "at": book.now}.get(column, "0" * 64)
    value = fresh if isinstance(fresh, str) else _plain(book, fresh)
    book.tamper(
        f"UPDATE journal_entry SET {column} = :value, line_seq = line_seq + 7 WHERE id = :id",
        value=value,
        id=_plain(book, row.id),
    )
    assert ("changed", row.stream, row.seq) in book.found()


def _plain(book: Book, value: object) -> object:
    """A value as the engine's driver stores it."""
    from datetime import datetime
    from uuid import UUID

    if not book.wires.db.is_sqlite:
        return value
    if isinstance(value, UUID):
        return value.hex
    assert isinstance(value, datetime)
    return int(value.timestamp() * 1_000_000)


def test_a_deleted_entry_is_found(book: Book) -> None:
    book.fill(1, 5)
    row = book.entries()[2]
    book.tamper("DELETE FROM journal_detail")
    book.tamper("DELETE FROM journal_entry WHERE stream = :stream AND seq = :seq", stream=row.stream, seq=row.seq)
    assert book.found() == {("missing", row.stream, row.seq)}


def test_a_deleted_entry_is_found_though_the_rest_is_numbered_anew(book: Book) -> None:
    book.fill(1, 5)
    row = book.entries()[2]
    book.tamper("DELETE FROM journal_detail")
    book.tamper("DELETE FROM journal_entry WHERE seq = :seq", seq=row.seq)
    for seq in (4, 5):
        book.tamper("UPDATE journal_entry SET seq = seq - 1 WHERE seq = :seq", seq=seq)
    found = book.found()
    assert ("unlinked", row.stream, 3) in found
    assert {("changed", row.stream, 3), ("changed", row.stream, 4)} <= found


def test_an_inserted_entry_is_found(book: Book) -> None:
    book.fill(1, 3)
    row = book.entries()[1]
    columns = [name for name in type(row).__table__.columns.keys() if name not in ("id", "seq", "line_seq")]
    for seq in (3, 2):
        book.tamper("UPDATE journal_entry SET seq = seq + 1 WHERE seq = :seq", seq=seq)
    listed = ", ".join(columns)
    book.tamper(
        f"INSERT INTO journal_entry (id, seq, line_seq, {listed}) SELECT :id, 2, 9, {listed} FROM journal_entry WHERE seq = 3",
        id=_plain(book, new_id()),
    )
    assert ("changed", row.stream, 2) in book.found()


def test_two_entries_that_changed_places_are_found(book: Book) -> None:
    book.fill(1, 4)
    stream = book.entries()[0].stream
    for old, new in ((2, 90), (3, 2), (90, 3)):
        book.tamper("UPDATE journal_entry SET seq = :new WHERE seq = :old", old=old, new=new)
    assert {("changed", stream, 2), ("changed", stream, 3)} <= book.found()


def test_a_cut_tail_is_found_by_the_head_and_with_a_forged_head_by_the_anchor(book: Book) -> None:
    book.fill(1, 4)
    rows, anchored = book.entries(), book.anchor()
    stream = rows[0].stream
    book.tamper("DELETE FROM journal_detail")
    book.tamper("DELETE FROM journal_entry WHERE seq >= 3")
    assert book.found() == {("cut", stream, 3)}
    book.tamper("UPDATE journal_head SET seq = 2, hash = :hash", hash=rows[1].hash)
    assert book.found() == set(), "nothing inside the database shows it any more"
    assert book.found(anchored) == {("cut", stream, 3)}


def test_a_history_written_anew_is_found_by_the_anchor(book: Book) -> None:
    person = book.fill(1, 2)[0]
    anchored, stream = book.anchor(), book.entries()[0].stream
    book.tamper("DELETE FROM journal_detail")
    book.tamper("DELETE FROM journal_entry")
    book.tamper("UPDATE journal_head SET seq = 0, hash = ''")
    for _ in range(2):
        book.write(person, "viewed_personal")
    assert book.found() == set()
    assert book.found(anchored) == {("anchor", stream, 2)}


def test_an_anchor_that_we_did_not_sign_counts_for_nothing_and_is_named(book: Book) -> None:
    book.fill(1, 2)
    forged = book.anchor().replace('"at":', '"at":1')
    assert book.found(forged, "no anchor at all") == {("signature", -1, 1), ("signature", -1, 2)}


def test_another_key_makes_no_entry_that_holds(book: Book) -> None:
    person = book.fill(1, 2)[0]
    forger = Keyring(b"another key of at least 32 bytes!")
    with book.wires.db.transaction() as session:
        session.info["keys"] = forger
        record(session, person, line_id=person.line_id, action="viewed_home", now=book.now)
    assert book.found() == {("changed", book.entries()[0].stream, 3)}


def test_details_may_be_erased_but_not_changed(book: Book) -> None:
    book.fill(1, 3)
    row = book.entries()[1]
    book.tamper("""UPDATE journal_detail SET details = '{"turn": 7}' WHERE entry_id = :id""", id=_plain(book, row.id))
    assert book.found() == {("details", row.stream, row.seq)}
    book.tamper("DELETE FROM journal_detail")
    assert book.found() == set()


@pytest.mark.security("R4", "asvs_15_4_3")
def test_many_who_write_at_once_make_one_chain(book: Book) -> None:
    people = [book.world.subscriber() for _ in range(4)]
    start = threading.Barrier(8)

    def write(turn: int) -> None:
        if turn < 8:
            start.wait(10)
        wiring.do_now(record, people[turn % 4], line_id=people[turn % 4].line_id, action="viewed_home", now=book.now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    report = book.check()
    assert (report.entries, report.findings) == (40, ())
    assert sorted(row.line_seq for row in book.entries()) == sorted([*range(1, 11)] * 4)


@pytest.mark.security("asvs_16_4_3")
def test_the_worker_anchors_what_is_new_and_the_command_names_what_is_wrong(
    book: Book, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    file = tmp_path / "far" / "anchors.jsonl"  # type: ignore[operator]
    book.wires.settings = replace(book.wires.settings, journal_anchors=file)
    assert anchors.write("w", book.now) == 0, "nothing was written yet"
    book.fill(1, 3)
    assert [anchors.write("w", book.now) for _ in range(2)] == [1, 0]
    book.fill(1, 1)
    assert anchors.write("w", book.now) == 1
    assert main(["journal", "check"]) == 0
    assert "4 entries" in capsys.readouterr().out
    row = book.entries()[0]
    book.tamper("UPDATE journal_entry SET action = 'x' WHERE id = :id", id=_plain(book, row.id))
    assert main(["journal", "check"]) == 1
    assert f"changed: stream {row.stream}, place {row.seq} {row.id}" in capsys.readouterr().out
    file.write_text("nonsense\n")
    assert main(["journal", "check"]) == 1
