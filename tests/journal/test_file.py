"""The journal's download: for its owner alone, signed, limited, and kept by no cache."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app.access import session as sessions
from selfcare_app.endpoints import journal_file
from selfcare_app.journal import export, rules
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.journal.conftest import Book


@pytest.fixture
async def client(book: Book, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(clock, "now", lambda: book.now)
    transport = httpx.ASGITransport(app=Starlette(routes=journal_file.ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


def signed_in(book: Book, line: Line) -> dict[str, str]:
    with book.wires.db.transaction() as session:
        entered = sessions.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=book.now
        )
    return {"Cookie": f"sid={entered.token}"}


@pytest.mark.security("asvs_8_2_2", "asvs_14_2_2", "asvs_3_2_1")
async def test_a_signed_file_of_the_own_line_alone(book: Book, client: httpx.AsyncClient) -> None:
    line, other = book.world.line(), book.world.line()
    for each in (line, other):
        book.write(Staff(new_id(), new_id(), "i.desk"), "temporary_password", line_id=each.id)
    answer = await client.get(f"/download/journal.json?line_id={other.id}", headers=signed_in(book, line))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="journal.json"'
    document = json.loads(answer.content)
    assert document["line_id"] == str(line.id)
    assert [entry["action"] for entry in document["entries"]] == ["temporary_password", "journal_downloaded"]
    assert export.check(document, book.wires.keys.public_key(rules.ANCHOR_KEY)) == []


async def test_a_table_is_worded_in_the_readers_language(book: Book, client: httpx.AsyncClient) -> None:
    line = book.world.line(language="en")
    book.write(Staff(new_id(), new_id(), "=1+1"), "temporary_password", line_id=line.id, details={"reason": "fraud"})
    answer = await client.get("/download/journal.csv", headers={**signed_in(book, line), "Accept-Language": "ru"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0][1:] == ["What", "Who", "Why", "Result"]
    assert [row[3] for row in rows[1:]] == ["suspicion of fraud", ""]
    assert "=1+1" in rows[1][2]
    assert not rows[1][2].startswith("=")


@pytest.mark.parametrize("cookie", [{}, {"Cookie": "sid=made-up"}])
async def test_without_a_session_one_is_led_to_sign_in(
    book: Book, client: httpx.AsyncClient, cookie: dict[str, str]
) -> None:
    answer = await client.get("/download/journal.json", headers=cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/settings/security/journal")
    assert book.entries() == []


@pytest.mark.security("asvs_2_4_1")
async def test_it_is_taken_out_so_often_a_day_and_no_more(book: Book, client: httpx.AsyncClient) -> None:
    line = book.world.line()
    cookie = signed_in(book, line)
    for _ in range(journal_file.PER_DAY):
        assert (await client.get("/download/journal.json", headers=cookie)).status_code == 200
    over = await client.get("/download/journal.json", headers=cookie)
    assert over.status_code == 303
    assert "error=journal.files_over" in over.headers["location"]
    assert len(book.entries()) == journal_file.PER_DAY
    book.now += timedelta(days=1)
    assert (await client.get("/download/journal.json", headers=signed_in(book, line))).status_code == 200
