"""The door over plain HTTP: forms, cookies, redirects, and what was typed comes back."""

import httpx
import pytest

from selfcare_app.access import session as web_session
from selfcare_app.access import token
from selfcare_app.access.tables import OneTimeCode, WebSession
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door
from tests.access.web import cookies_set, path, query, sign_in

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.mark.security("asvs_3_3_4")
@pytest.mark.requirement("ISSA-004", "ISSA-017")
async def test_sign_in_with_the_code_sets_cookies_that_no_script_sees(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    data = {"number": f"+{line.msisdn}", "password": PASSWORD, "next": "/call-detail?month=1"}
    answer = await client.post("/session/sign-in", data=data)
    assert path(answer) == "/sign-in/code"
    assert query(answer) == {"number": line.msisdn, "wait": "180"}
    answer = await client.post("/session/second-factor", data={"code": door.code(line.msisdn), "remember": "on"})
    assert answer.headers["location"] == "/call-detail?month=1"
    made = cookies_set(answer)
    assert made.keys() == {"sid", "dev", "adm"}
    assert made["adm"]["max-age"] == "0"
    assert (made["sid"]["max-age"], made["dev"]["max-age"]) == ("43200", "7776000")
    for morsel in made.values():
        assert (morsel["httponly"], morsel["samesite"].lower(), morsel["path"], morsel["domain"]) == (
            True,
            "strict",
            "/",
            "",
        )
    assert door.ask(web_session.resume, token=made["sid"].value).line_id == line.id


@pytest.mark.security("asvs_3_3_1", "asvs_3_3_2", "asvs_3_3_3", "asvs_3_3_4")
async def test_over_https_the_cookies_are_bound_to_the_host(client: httpx.AsyncClient, door: Door) -> None:
    object.__setattr__(door.wires.settings, "public_url", "https://my.example.by")
    line = door.line()
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD})
    assert cookies_set(answer).keys() == {"__Host-adm"}
    assert cookies_set(answer)["__Host-adm"]["secure"]
    out = await client.post("/session/sign-out", content=b"")
    assert all(morsel["secure"] for morsel in cookies_set(out).values())
    assert cookies_set(out).keys() == {"__Host-sid", "__Host-adm"}


@pytest.mark.requirement("ISSA-007", "ISSA-050")
async def test_registration_ends_inside(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line(secret=None)
    answer = await client.post("/session/register/number", data={"number": line.msisdn[3:]})
    assert (path(answer), query(answer)["wait"]) == ("/register/code", "180")
    answer = await client.post("/session/register/code", data={"code": door.code(line.msisdn), "number": line.msisdn})
    assert (path(answer), query(answer)) == ("/register/password", {"number": line.msisdn})
    answer = await client.post("/session/register/password", data={"password": PASSWORD, "again": PASSWORD})
    assert path(answer) == "/home"
    inside = cookies_set(answer)
    assert inside.keys() == {"sid", "dev", "adm"}
    # The password is good, and the device is known.
    client.cookies.delete("sid")
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD})
    assert path(answer) == "/home"


@pytest.mark.requirement("ISSA-021")
async def test_a_forgotten_password_is_replaced_and_the_old_one_is_no_good(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    await client.post("/session/recover/number", data={"number": line.msisdn})
    await client.post("/session/recover/code", data={"code": door.code(line.msisdn)})
    answer = await client.post("/session/recover/password", data={"password": "липа8клён2", "again": "липа8клён2"})
    assert path(answer) == "/home"
    assert (
        query(await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD}))["field"]
        == "password"
    )


@pytest.mark.requirement("ISSA-011")
@pytest.mark.parametrize(
    ("given", "again", "error", "field"),
    [
        ("вя7", "вя7", "access.password_length", "password"),
        ("вяз 7дуб", "вяз 7дуб", "access.password_letters", "password"),
        ("qwerty", "qwerty", "access.password_common", "password"),
        ("анна77", "анна77", "access.password_personal", "password"),
        (PASSWORD, PASSWORD + "x", "access.password_different", "again"),
    ],
)
async def test_a_password_that_breaks_a_rule_goes_back_with_the_rule_and_can_be_typed_again(
    client: httpx.AsyncClient, door: Door, given: str, again: str, error: str, field: str
) -> None:
    line = door.line(secret=None)
    await client.post("/session/register/number", data={"number": line.msisdn})
    await client.post("/session/register/code", data={"code": door.code(line.msisdn)})
    answer = await client.post("/session/register/password", data={"password": given, "again": again})
    assert path(answer) == "/register/password"
    assert (query(answer)["error"], query(answer)["field"]) == (error, field)
    assert "set-cookie" not in answer.headers
    assert (
        path(await client.post("/session/register/password", data={"password": PASSWORD, "again": PASSWORD})) == "/home"
    )


@pytest.mark.requirement("ISSA-016")
async def test_refusals_keep_what_was_typed_and_never_a_secret(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    answer = await client.post("/session/register/number", data={"number": " 29 12"})
    assert query(answer) == {
        "error": "kit.not_a_number",
        "field": "number",
        "args": '{"example":"29 123-45-67"}',
        "number": " 29 12",
    }
    answer = await client.post("/session/register/number", data={"number": line.msisdn})
    assert (path(answer), query(answer)) == ("/register", {"error": "access.already_registered", "number": line.msisdn})
    answer = await client.post(
        "/session/sign-in", data={"number": line.msisdn, "password": "wr0ngpassword", "next": "/orders"}
    )
    assert query(answer) == {
        "error": "access.wrong_password",
        "field": "password",
        "args": '{"mark":""}',
        "number": line.msisdn,
        "next": "/orders",
    }


@pytest.mark.requirement("ISSA-036", "ISSA-024")
@pytest.mark.security("asvs_7_4_1", "S-20", "asvs_14_3_1")
async def test_sign_out_ends_the_session_on_the_server_and_clears_the_browser(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    value = cookies_set(await sign_in(client, door, line))["sid"].value
    answer = await client.post("/session/sign-out", content=b"")
    assert (path(answer), query(answer)) == ("/sign-in", {"ended": "1"})
    assert answer.headers["clear-site-data"] == '"cache"'
    assert cookies_set(answer)["sid"]["max-age"] == "0"
    assert door.ask(web_session.resume, token=value) is None
    assert door.rows(WebSession, line_id=line.id)[0].end_reason == "sign_out"
    assert path(await client.post("/session/sign-out", content=b"")) == "/sign-in"


@pytest.mark.security("asvs_7_2_4", "S-13")
async def test_signing_in_again_ends_the_session_that_the_browser_had(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    first = cookies_set(await sign_in(client, door, line))["sid"].value
    second = cookies_set(await sign_in(client, door, line))["sid"].value
    assert first != second
    assert door.ask(web_session.resume, token=first) is None
    assert door.ask(web_session.resume, token=second)


@pytest.mark.security("asvs_7_2_4")
async def test_a_session_value_planted_before_sign_in_is_worth_nothing(client: httpx.AsyncClient, door: Door) -> None:
    client.cookies.set("sid", "planted", domain="127.0.0.1", path="/")
    assert cookies_set(await sign_in(client, door, door.line()))["sid"].value != "planted"
    assert door.ask(web_session.resume, token="planted") is None


@pytest.mark.requirement("ISSA-009")
async def test_sending_again_says_how_long_to_wait(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line(secret=None)
    await client.post("/session/register/number", data={"number": line.msisdn})
    door.later(179)
    answer = await client.post("/session/register/resend", data={"number": line.msisdn})
    assert path(answer) == "/register/code"
    assert (query(answer)["error"], query(answer)["wait"]) == ("access.code_wait", "1")
    door.later(1)
    answer = await client.post("/session/register/resend", content=b"")
    assert query(answer) == {"number": line.msisdn, "wait": "180"}


@pytest.mark.parametrize("step", ["code", "resend", "password"])
@pytest.mark.parametrize("way", ["register", "recover"])
@pytest.mark.security("S-18")
async def test_a_step_out_of_turn_leads_to_the_beginning(client: httpx.AsyncClient, way: str, step: str) -> None:
    data = {
        "code": {"code": "123456"},
        "resend": {"number": ""},
        "password": {"password": PASSWORD, "again": PASSWORD},
    }[step]
    answer = await client.post(f"/session/{way}/{step}", data=data)
    assert (path(answer), query(answer)) == (f"/{way}", {"error": "access.admission_over"})


@pytest.mark.parametrize("typed", ["", "12", "abcdef"])
async def test_a_code_that_is_none_goes_back_and_costs_no_try(
    client: httpx.AsyncClient, door: Door, typed: str
) -> None:
    line = door.line(secret=None)
    await client.post("/session/register/number", data={"number": line.msisdn})
    answer = await client.post("/session/register/code", data={"code": typed, "number": line.msisdn})
    assert query(answer) == {
        "error": "access.code_malformed",
        "field": "code",
        "args": '{"digits":6}',
        "number": line.msisdn,
    }
    assert door.rows(OneTimeCode)[0].tries == 0


async def test_the_language_of_the_page_becomes_the_language_of_the_messages(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    client.cookies.set("lang", "be", domain="127.0.0.1", path="/")
    await sign_in(client, door, line)
    assert door.row(Line, line.id).language == "be"
    client.cookies.set("lang", "xx", domain="127.0.0.1", path="/")
    await sign_in(client, door, line)
    assert door.row(Line, line.id).language == "be"


def test_tokens_are_256_bits() -> None:
    made = {token.make() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(each) for each in made} == {43}
