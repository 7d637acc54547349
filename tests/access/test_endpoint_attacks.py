"""The door over plain HTTP under attack: odd bodies, foreign addresses, floods, enumeration, leaks."""

import logging
from typing import Any

import httpx
import pytest

from selfcare_app.access import password
from selfcare_app.endpoints import check, posted, session
from tests.access.door import PASSWORD, Door, other
from tests.access.web import cookies_set, path, query

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.mark.security("asvs_14_2_1", "S-24")
async def test_no_secret_is_in_an_address_or_in_the_log(
    client: httpx.AsyncClient, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    line, seen = door.line(), []
    secret = "canary7пароль"
    for data in (
        {"password": secret},
        {"password": secret, "number": line.msisdn},
        {"password": secret, "x" * 30: "1"},
    ):
        seen.append(await client.post("/session/sign-in", data=data))
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD})
    code = door.code(line.msisdn)
    seen += [answer, await client.post("/session/second-factor", data={"code": other(code)})]
    seen.append(await client.post("/session/second-factor", data={"code": code}))
    everything = " ".join(each.headers["location"] for each in seen) + " ".join(
        record.getMessage() for record in caplog.records
    )
    values = [morsel.value for each in seen for morsel in cookies_set(each).values() if morsel.value]
    assert len(values) >= 2
    for hidden in (secret, PASSWORD, code, other(code), *values):
        assert hidden not in everything


@pytest.mark.security("asvs_3_7_2")
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "https:evil",
        "/a//b",
        "javascript:alert(1)",
        "/session/sign-out",
        "/home\r\nset-cookie: a=b",
        "/%2f%2fevil.example/../..",
        "",
        "home",
        "/home#<script>",
        "/é",
        "/" + "a" * 2000,
    ],
)
async def test_next_leads_to_a_page_of_ours_or_home(client: httpx.AsyncClient, door: Door, target: str) -> None:
    line = door.line()
    client.cookies.set("dev", door.device(line), domain="127.0.0.1", path="/")
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD, "next": target})
    assert answer.status_code == 303
    assert answer.headers["location"] in ("/home",) or target == "/" + "a" * 2000
    assert "evil" not in answer.headers["location"]


@pytest.mark.parametrize("target", ["/orders", "/orders/018f-1", "/call-detail?month=2026-10&kind=1"])
def test_paths_of_ours_are_kept_whole(target: str) -> None:
    assert posted.own_path(target) == target


@pytest.mark.security("S-05", "S-23", "asvs_15_3_7")
@pytest.mark.parametrize(
    "body",
    [
        b"number=1&number=2&password=x",
        b"number=%ff%fe",
        b"a=1",
        b"number=" + b"9" * 2000,
        b"x" * 9000,
        "номер=1".encode(),
        b"number=1%00",
        b"&".join(b"a%d=1" % n for n in range(40)),
    ],
)
async def test_a_body_that_is_no_form_of_ours_is_answered_cleanly(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/session/sign-in", content=body)
    assert (path(answer), query(answer)) == ("/sign-in", {"error": "kit.malformed"})


@pytest.mark.security("asvs_3_5_1", "asvs_3_5_2")
@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
async def test_another_content_type_is_refused(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post("/session/sign-in", content=b"number=1&password=2", headers={"content-type": kind})
    assert answer.status_code == 415


@pytest.mark.security("asvs_4_1_4", "asvs_3_5_3")
@pytest.mark.parametrize("route", [r for r in session.ROUTES if r not in check.ROUTES], ids=lambda route: route.path)
async def test_nothing_under_session_answers_a_get(client: httpx.AsyncClient, route: Any) -> None:
    assert (await client.get(route.path)).status_code == 405


@pytest.mark.security("asvs_6_3_8", "T13")
@pytest.mark.parametrize("page", ["sign-in", "register/number", "recover/number"])
async def test_after_the_budget_known_and_unknown_numbers_get_the_same_bytes(
    client: httpx.AsyncClient, door: Door, page: str
) -> None:
    for at in range(5):
        await client.post("/session/sign-in", data={"number": f"37529999990{at}", "password": "x"})
    numbers = [door.line().msisdn, door.line(secret=None).msisdn, door.line(state="blocked").msisdn, "375299999980"]
    answers = []
    for number in numbers:
        client.cookies.clear()
        answer = await client.post(f"/session/{page}", data={"number": number, "password": "wrongpw1"})
        raw = [(name, value.replace(number, "N")) for name, value in answer.headers.items() if name != "set-cookie"]
        made = [(name, len(morsel.value), morsel["max-age"]) for name, morsel in cookies_set(answer).items()]
        answers.append((answer.status_code, raw, made, answer.content))
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.security("asvs_2_4_1")
async def test_twenty_posts_a_minute_from_an_address_and_not_one_more(client: httpx.AsyncClient, door: Door) -> None:
    for _ in range(20):
        assert query(await client.post("/session/register/resend", content=b""))["error"] == "access.admission_over"
    answer = await client.post("/session/register/resend", content=b"")
    assert query(answer) == {"error": "access.too_often", "args": '{"seconds":61}'}
    door.later(61)
    assert query(await client.post("/session/register/resend", content=b""))["error"] == "access.admission_over"


@pytest.mark.security("asvs_4_1_3", "asvs_15_3_4")
async def test_a_header_of_the_visitors_own_does_not_change_the_address_that_is_counted(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    for at in range(21):
        headers = {"x-forwarded-for": f"203.0.113.{at}", "x-real-ip": f"203.0.113.{at}"}
        answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": "x"}, headers=headers)
    assert query(answer)["error"] == "access.too_often"
    object.__setattr__(door.wires.settings, "trusted_proxy_hops", 1)
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": "x"}, headers=headers)
    assert query(answer)["error"] != "access.too_often"


@pytest.mark.security("asvs_16_5_1", "asvs_16_5_4")
async def test_a_bug_is_logged_once_under_the_reference_that_is_told(
    client: httpx.AsyncClient, door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> bool:
        raise ZeroDivisionError("wr0ngpassword")

    monkeypatch.setattr(password, "matches", broken)
    answer = await client.post("/session/sign-in", data={"number": door.line().msisdn, "password": "wr0ngpassword"})
    assert query(answer)["error"] == "kit.bug"
    records = [record for record in caplog.records if record.name == "selfcare.session"]
    assert [record.getMessage() for record in records] == ["bug"]
    assert records[0].reference in query(answer)["args"]  # type: ignore[attr-defined]
