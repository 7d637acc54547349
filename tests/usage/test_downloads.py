"""The download endpoint: who gets a file, under which name and headers, and how many at once."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import openpyxl
import pytest
from starlette.applications import Starlette

from selfcare_app.access import token
from selfcare_app.access.tables import ProofGiven, WebSession
from selfcare_app.endpoints import downloads
from selfcare_app.kit import clock
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import address
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.views import Choice
from tests.usage.conftest import Detail, utc

CSV = "/download/call-detail.csv?period=2026-10"
XLSX = "/download/call-detail.xlsx?period=2026-10"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, embedded: Detail) -> None:
    """The server's clock stands at the moment of the test."""
    monkeypatch.setattr(clock, "now", lambda: embedded.now)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=downloads.ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


def signed_in(detail: Detail, line: Line, *, method: str | None = "sms") -> dict[str, str]:
    """The cookie of a session of the line, which proved by the method if one is named."""
    value = token.make()
    actor = detail.world.session(line)
    with detail.db.transaction() as session:
        session.get_one(WebSession, actor.session_id).token_digest = token.digest(value)
        if method:
            until = detail.now + timedelta(hours=1)
            columns = {"method": method, "made_at": detail.now, "expires_at": until}
            session.add(ProofGiven(id=new_id(), session_id=actor.session_id, purpose="call_detail", **columns))
    return {"Cookie": f"sid={value}"}


def where(response: httpx.Response) -> tuple[str, dict[str, list[str]]]:
    assert response.status_code == 303
    assert response.headers["cache-control"] == "no-store"
    parts = urlsplit(response.headers["location"])
    return parts.path, parse_qs(parts.query)


@pytest.mark.security("asvs_3_2_1", "asvs_5_4_1", "asvs_14_2_2", "asvs_5_4_2")
@pytest.mark.parametrize(("url", "kind"), [(CSV, "text/csv; charset=utf-8"), (XLSX, "openxmlformats")])
async def test_a_file_is_an_attachment_that_nobody_keeps(client: Any, embedded: Detail, url: str, kind: str) -> None:
    line = embedded.line()
    embedded.record(line, utc("2026-10-05 10:00"))
    response = await client.get(f"{url}&filename=../../x%22", headers=signed_in(embedded, line))
    assert response.status_code == 200
    assert kind in response.headers["content-type"]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    ending = url.partition("?")[0].rpartition(".")[2]
    told = quote(f"Детализация 2026-10.{ending}")
    names = f"filename=\"call-detail-2026-10.{ending}\"; filename*=UTF-8''{told}"
    assert response.headers["content-disposition"] == f"attachment; {names}"


@pytest.mark.requirement("ISSA-076")
async def test_the_file_has_the_chosen_records_and_no_others(client: Any, embedded: Detail) -> None:
    line, other = embedded.line(), embedded.line()
    embedded.record(line, utc("2026-10-05 10:00"), peer="375291110001")
    embedded.record(line, utc("2026-10-06 10:00"), peer="375291110002", kind=Kind.SMS)
    embedded.record(line, utc("2026-10-07 10:00"), peer="375291110003", direction=Direction.INCOMING)
    embedded.record(line, utc("2026-11-07 10:00"), peer="375291110004")
    embedded.record(other, utc("2026-10-05 10:00"), peer="375291110005")
    query = address.query_of(Choice("2026-10", (Direction.OUTGOING,), (Kind.CALL, Kind.SMS)))
    cookie = signed_in(embedded, line)
    lines = (await client.get(f"/download/call-detail.csv?{query}", headers=cookie)).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=";"))
    assert [row[2] for row in rows[1:]] == ["375 29 111-00-01", "375 29 111-00-02"]
    book = openpyxl.load_workbook(io.BytesIO((await client.get(XLSX, headers=cookie)).content))
    assert [row[2] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == [
        "375 29 111-00-01",
        "375 29 111-00-02",
        "375 29 111-00-03",
    ]


@pytest.mark.parametrize("cookie", [{}, {"Cookie": "sid=made-up"}, {"Cookie": "sid="}])
async def test_without_a_session_one_is_led_to_sign_in(client: Any, embedded: Detail, cookie: dict[str, str]) -> None:
    assert where(await client.get(CSV, headers=cookie))[0] == "/sign-in"


async def test_a_session_that_has_ended_opens_nothing(client: Any, embedded: Detail, monkeypatch: Any) -> None:
    cookie = signed_in(embedded, embedded.line())
    later = embedded.now + timedelta(seconds=embedded.profile.session.idle_seconds)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert where(await client.get(CSV, headers=cookie))[0] == "/sign-in"


@pytest.mark.requirement("ISSA-043", "ISSA-078")
@pytest.mark.parametrize(("kind", "method"), [("phone", None), ("modem", "sms"), ("phone", "puk1")])
async def test_without_proof_one_is_led_back_with_the_choice(
    client: Any, embedded: Detail, kind: str, method: str | None
) -> None:
    cookie = signed_in(embedded, embedded.line(kind=kind), method=method)
    path, query = where(await client.get(f"{CSV}&direction=outgoing&kinds=call,sms", headers=cookie))
    assert path == "/call-detail"
    assert query["error"] == ["kit.proof_needed"]
    assert (query["period"], query["direction"], query["kinds"]) == (["2026-10"], ["outgoing"], ["call,sms"])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("/download/call-detail.csv", "usage.no_such_period"),
        ("/download/call-detail.csv?period=2020-01", "usage.no_such_period"),
        ("/download/call-detail.csv?period=" + "9" * 5000, "usage.no_such_period"),
        ("/download/call-detail.csv?period=2026-10&kinds=fax", "usage.no_such_kind"),
        ("/download/call-detail.csv?period=2026-10&direction=sideways", "usage.no_such_kind"),
        ("/download/call-detail.pdf?period=2026-10", "usage.no_such_period"),
    ],
)
async def test_what_is_not_offered_is_refused_on_the_page(client: Any, embedded: Detail, url: str, code: str) -> None:
    path, query = where(await client.get(url, headers=signed_in(embedded, embedded.line())))
    assert (path, query["error"]) == ("/call-detail", [code])


@pytest.mark.security("asvs_15_2_2", "asvs_15_1_3")
async def test_one_file_for_a_session_and_four_for_all(client: Any, embedded: Detail, monkeypatch: Any) -> None:
    go, begun = asyncio.Event(), asyncio.Queue[None]()
    send = downloads._File.stream_response

    async def held(self: Any, sending: Any) -> None:
        begun.put_nowait(None)
        await go.wait()
        await send(self, sending)

    monkeypatch.setattr(downloads._File, "stream_response", held)
    cookies = [signed_in(embedded, embedded.line()) for _ in range(5)]
    running = [asyncio.create_task(client.get(CSV, headers=cookie)) for cookie in cookies[:4]]
    for _ in running:
        await begun.get()
    assert where(await client.get(XLSX, headers=cookies[0]))[1]["error"] == ["usage.file_in_progress"]
    assert where(await client.get(CSV, headers=cookies[4]))[1]["error"] == ["usage.files_busy"]
    go.set()
    assert [response.status_code for response in await asyncio.gather(*running)] == [200] * 4
    assert (await client.get(CSV, headers=cookies[4])).status_code == 200
    assert (await client.get(XLSX, headers=cookies[0])).status_code == 200


@pytest.mark.security("asvs_15_2_2")
async def test_a_broken_or_slow_download_gives_its_turn_back(client: Any, embedded: Detail, monkeypatch: Any) -> None:
    cookie = signed_in(embedded, embedded.line())
    send = downloads._File.stream_response

    async def broken(self: Any, sending: Any) -> None:
        raise ConnectionResetError

    async def slow(self: Any, sending: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(downloads, "SECONDS", 0.05)
    for trouble, wrong in ((broken, ConnectionResetError), (slow, TimeoutError)):
        monkeypatch.setattr(downloads._File, "stream_response", trouble)
        with pytest.raises((wrong, ExceptionGroup)):
            await client.get(CSV, headers=cookie)
    monkeypatch.setattr(downloads._File, "stream_response", send)
    monkeypatch.setattr(downloads, "SECONDS", 30)
    assert (await client.get(CSV, headers=cookie)).status_code == 200


async def test_a_download_is_a_thing_that_the_person_did(client: Any, embedded: Detail, monkeypatch: Any) -> None:
    cookie = signed_in(embedded, embedded.line())
    idle = timedelta(seconds=embedded.profile.session.idle_seconds)
    for moment in (embedded.now + 0.9 * idle, embedded.now + 1.8 * idle):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert (await client.get(CSV, headers=cookie)).status_code == 200


async def test_words_follow_the_language_that_was_chosen(client: Any, embedded: Detail) -> None:
    cookie = signed_in(embedded, embedded.line())
    for language, word in (("be", "Дэталізацыя"), ("en", "Call detail"), ("xx", "Детализация"), ("", "Детализация")):
        spoken = {"Cookie": f"{cookie['Cookie']}; lang={language}"}
        assert quote(word) in (await client.get(CSV, headers=spoken)).headers["content-disposition"]
