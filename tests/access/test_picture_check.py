"""The picture check at sign-in: one answer, once, within five minutes; and the digits in words."""

from io import BytesIO

import httpx
import pytest
from PIL import Image

from selfcare_app.access import cleanup, picture_check
from selfcare_app.access.tables import Credential, PictureCheck
from selfcare_app.endpoints import check
from selfcare_app.kit.actor import System
from tests.access.door import PASSWORD, Door, other
from tests.access.web import cookies_set, path, query

pytestmark = [pytest.mark.usefixtures("cheap_hashes"), pytest.mark.parametrize("operator", ["ihelper"])]


@pytest.fixture(autouse=True)
def fresh_checks() -> None:
    check.CHECKS.forget()


def seeded(client: httpx.AsyncClient, door: Door) -> str:
    """A check whose answer the test knows, in the browser's cookie; gives the answer."""
    made = door.do(picture_check.issue)
    client.cookies.set("chk", made.token, domain="127.0.0.1", path="/")
    digits: str = made.digits
    return digits


async def sign_in(client: httpx.AsyncClient, number: str | None, typed: str, secret: str = PASSWORD) -> httpx.Response:
    return await client.post("/session/sign-in", data={"number": number, "password": secret, "check": typed})


@pytest.mark.requirement("IH-007")
async def test_number_password_and_the_digits_of_the_picture(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    assert path(await sign_in(client, line.msisdn, seeded(client, door))) == "/sign-in/code"


@pytest.mark.requirement("IH-007")
@pytest.mark.security("asvs_2_4_1")
async def test_other_digits_go_back_to_the_form_with_the_number_and_cost_no_try(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    answer = await sign_in(client, line.msisdn, other(seeded(client, door)))
    assert (path(answer), query(answer)) == (
        "/sign-in",
        {"error": "access.check_wrong", "field": "check", "number": line.msisdn},
    )
    assert door.row(Credential, line.id).failed == 0


@pytest.mark.requirement("IH-007")
async def test_one_check_takes_one_answer(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    digits = seeded(client, door)
    assert query(await sign_in(client, line.msisdn, digits, "wr0ng"))["error"] == "access.wrong_password"
    assert query(await sign_in(client, line.msisdn, digits))["error"] == "access.check_wrong"
    spoilt = seeded(client, door)
    await sign_in(client, line.msisdn, other(spoilt))
    assert query(await sign_in(client, line.msisdn, spoilt))["error"] == "access.check_wrong"


@pytest.mark.requirement("IH-007")
@pytest.mark.parametrize(("seconds", "where"), [(299, "/sign-in/code"), (300, "/sign-in")])
async def test_it_lives_for_five_minutes(client: httpx.AsyncClient, door: Door, seconds: int, where: str) -> None:
    line = door.line()
    digits = seeded(client, door)
    door.later(seconds)
    assert path(await sign_in(client, line.msisdn, digits)) == where


@pytest.mark.parametrize("typed", ["", "abcde", "1" * 200])
async def test_without_a_check_nobody_knocks(client: httpx.AsyncClient, door: Door, typed: str) -> None:
    line = door.line()
    assert query(await sign_in(client, line.msisdn, typed))["error"] == "access.check_wrong"


@pytest.mark.security("S-26")
async def test_the_answer_is_in_no_table_and_a_check_is_forgotten(client: httpx.AsyncClient, door: Door) -> None:
    digits = seeded(client, door)
    row = door.all(PictureCheck)[0]
    assert digits not in str((row.token_digest, row.mac))
    assert client.cookies["chk"] not in str(row)
    door.later(300)
    door.do(cleanup.purge, System("clean-up"))
    assert door.all(PictureCheck) == []


@pytest.mark.requirement("IH-007")
async def test_the_picture_is_a_picture_that_nobody_keeps(client: httpx.AsyncClient) -> None:
    answer = await client.get("/session/check/picture")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["cache-control"] == "no-store"
    assert Image.open(BytesIO(answer.content)).size == (240, 80)
    made = cookies_set(answer)["chk"]
    assert (made["httponly"], made["samesite"].lower(), made["max-age"]) == (True, "strict", "300")


@pytest.mark.requirement("IH-007")
async def test_who_sees_no_picture_reads_the_digits_in_words(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    client.cookies.set("lang", "en", domain="127.0.0.1", path="/")
    answer = await client.get("/session/check/words")
    assert answer.headers["cache-control"] == "no-store"
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    digits = "".join(str(names.index(word)) for word in answer.text.split())
    assert len(digits) == picture_check.DIGITS
    assert path(await sign_in(client, line.msisdn, digits)) == "/sign-in/code"


@pytest.mark.security("asvs_2_4_1")
async def test_pictures_are_counted_apart_from_sign_ins(client: httpx.AsyncClient, door: Door) -> None:
    limit = door.wires.profile.sign_in.requests_per_minute_per_address
    answers = [(await client.get("/session/check/words")).status_code for _ in range(limit + 1)]
    assert answers == [200] * limit + [429]
    assert path(await sign_in(client, door.line().msisdn, seeded(client, door))) == "/sign-in/code"


async def test_there_is_none_where_the_operator_asks_for_none(client: httpx.AsyncClient, door: Door) -> None:
    profile = door.wires.profile
    door.wires.profile = profile.model_copy(update={"sign_in": profile.sign_in.model_copy(update={"captcha": False})})
    assert (await client.get("/session/check/picture")).status_code == 404
    assert path(await sign_in(client, door.line().msisdn, "")) == "/sign-in/code"
