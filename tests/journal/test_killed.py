"""A process killed between an act and its journal entry leaves both or none, on either engine (§5.4)."""

import subprocess
import sys

import pytest

from selfcare_app.access.guard_tables import LineGuard
from selfcare_app.access.security_tables import Alarm
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.messaging.tables import Outbox
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.conftest import SECRET
from tests.journal.conftest import Book
from tests.served import ROOT

ROUNDS = 30


def run(book: Book, *rounds: tuple[object, int]) -> list[str]:
    """What became of each process."""
    asked = [f"{line_id}:{at}" for line_id, at in rounds]
    url = book.wires.settings.database_url
    command = [sys.executable, "-m", "tests.journal.killed", url, SECRET.hex(), *asked]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()


def traces(book: Book) -> list[set[object]]:
    """The lines with the act, with its journal entry, with its alarm, and how many messages went to each."""
    with book.wires.db.snapshot() as session:
        acted = {row.line_id for row in session.query(LineGuard) if row.locked_at is not None}
        written = {row.line_id for row in session.query(JournalEntry) if row.action == "account_locked"}
        told = {row.line_id for row in session.query(Alarm) if row.kind == "account_locked"}
        sent = session.query(Outbox).filter_by(kind="sms").count()
    assert sent == len(acted)
    return [acted, written, told]


@pytest.mark.security("asvs_16_4_2")
def test_killed_at_any_word_both_are_there_or_neither(book: Book) -> None:
    living = [book.world.line().id for _ in range(2)]
    # A chain's very first entry makes its head besides, so that some processes have fewer words than the longest.
    total = max(int(words) for words in run(book, *((line_id, 0) for line_id in living)))
    lines = [book.world.line().id for _ in range(max(ROUNDS, total))]
    points = [n % total + 1 for n in range(len(lines))]
    became = run(book, *zip(lines, points, strict=True))
    lived = {line_id for line_id, what in zip(lines, became, strict=True) if what != "killed"}
    acted, written, told = traces(book)
    assert acted == written == told
    assert {*living, *lived} <= acted
    killed = {*lines} - lived
    assert len(killed) >= ROUNDS - 5
    assert len(killed - acted) >= ROUNDS - 10, "who died before the commit has done nothing"
    assert book.check().findings == ()
    run(book, *((line_id, 0) for line_id in lines))
    acted, written, told = traces(book)
    assert acted == written == told == {*living, *lines}, "whoever tries again succeeds"
    assert book.check().findings == ()
