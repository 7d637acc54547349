"""The form of a card's code as it is posted: who may, what is sent back, what is never kept."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app.access import session as web_session
from selfcare_app.endpoints import vouchers
from selfcare_app.endpoints.turnstile import TURNSTILE
from selfcare_app.kit import clock, cookie
from selfcare_app.subscribers.tables import Line
from tests.access.web import FORM
from tests.payments.conftest import Till

CODE = "20261118123456"
POST = "/session/voucher"


@pytest.fixture(autouse=True)
def fresh_turnstile() -> Iterator[None]:
    TURNSTILE.forget()
    yield
    TURNSTILE.forget()


@pytest.fixture
async def browser(till: Till, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(clock, "now", lambda: till.now)
    transport = httpx.ASGITransport(Starlette(routes=vouchers.ROUTES), client=("198.51.100.7", 40_000))
    url = till.wires.settings.public_url
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=FORM) as made:
        yield made


def signed(till: Till, line: Line) -> dict[str, str]:
    with till.wires.db.transaction() as session:
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=till.now
        )
    return {"Cookie": f"{cookie.names(secure=False).session}={entered.token}"}


@pytest.mark.requirement("ISSA-064")
async def test_a_good_code_leads_to_its_result_and_again_to_the_same(till: Till, browser: httpx.AsyncClient) -> None:
    line = till.line(has=0)
    till.cards(CODE)
    headers = signed(till, line)
    places = set()
    for _ in range(2):
        answer = await browser.post(POST, data={"code": "2026 1118 1234-56", "number": ""}, headers=headers)
        assert answer.status_code == 303
        places.add(answer.headers["location"])
    assert len(places) == 1
    assert places.pop().startswith("/top-up/voucher/done/")
    assert till.balance(line) == 1_000


@pytest.mark.security("asvs_14_2_1", "S-05")
@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"code": "123"}, "voucher.malformed"), ({}, "voucher.malformed"), ({"code": CODE}, "voucher.unknown"),
        ({"code": CODE, "number": "375291234567"}, "voucher.own_line_only"),
        ({"code": CODE, "more": "1"}, "kit.malformed"), ({"code": "9" * 1_025}, "kit.malformed"),
        ({"code": f"{CODE}\0"}, "kit.malformed"),
    ],
)  # fmt: skip
async def test_a_refusal_goes_back_to_the_form_without_the_code(
    till: Till, browser: httpx.AsyncClient, fields: dict[str, str], error: str
) -> None:
    answer = await browser.post(POST, data=fields or {"number": ""}, headers=signed(till, till.line(has=0)))
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert place.startswith("/top-up/voucher?")
    assert f"error={error}" in place
    assert CODE not in place


@pytest.mark.security("asvs_8_2_1")
async def test_nobody_pays_in_without_a_session(till: Till, browser: httpx.AsyncClient) -> None:
    till.cards(CODE)
    answer = await browser.post(POST, data={"code": CODE})
    assert answer.headers["location"].startswith("/sign-in?")


async def test_something_that_is_no_form_is_no_code(till: Till, browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        POST, content=b'{"code": "1"}', headers={**signed(till, till.line(has=0)), "Content-Type": "application/json"}
    )
    assert answer.status_code == 415


@pytest.mark.security("asvs_2_4_1")
async def test_the_door_counts_wrong_codes_and_closes(till: Till, browser: httpx.AsyncClient) -> None:
    line = till.line(has=0)
    headers = signed(till, line)
    came = []
    for at in range(6):
        answer = await browser.post(POST, data={"code": f"{at:014d}"}, headers=headers)
        came.append("fails_over" in answer.headers["location"])
    assert came == [False] * 5 + [True]
