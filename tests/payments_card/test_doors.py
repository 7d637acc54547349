"""The doors of acquirers: who is heard, what is answered."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app import wiring
from selfcare_app.access import session as sessions
from selfcare_app.adapters.cards.choice import demo_secret
from selfcare_app.demo.acquirer import signing_key
from selfcare_app.demo.acquirer_app import callback, lmi_hash
from selfcare_app.demo.acquirer_shop import sign
from selfcare_app.endpoints import payments as doors
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Subscriber
from tests.payments_card.conftest import Begin, facts, held, row, take
from tests.world import World

APP = Starlette(routes=doors.ROUTES)
TYPED = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def client(demo: wiring.Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(APP, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as opened:
        yield opened


def told(payment: object, status: str = "successful", **said: object) -> bytes:
    order = {"amount": 1_000, "currency": "BYN", "tracking_id": str(payment.id)} | said  # type: ignore[attr-defined]
    return callback("token", {"order": order, "uid": "u-1"}, status)


def headers(demo: wiring.Wiring, body: bytes) -> dict[str, str]:
    basic = base64.b64encode(f"demo:{demo_secret(demo.keys, 'shop')}".encode()).decode()
    return {
        "authorization": f"Basic {basic}",
        "content-signature": sign(signing_key(demo.settings.acquirer_folder), body),
    }


@pytest.mark.security("R11")
async def test_a_signed_callback_credits_and_the_same_again_does_not(
    client: httpx.AsyncClient, demo: wiring.Wiring, begin: Begin, person: Subscriber
) -> None:
    body = told(begin())
    for _ in range(3):
        answer = await client.post("/inbound/card", content=body, headers=headers(demo, body))
        assert answer.status_code == 200
    assert held(person.line_id) == 1_000


@pytest.mark.security("R11")
async def test_a_forged_callback_moves_nothing(
    client: httpx.AsyncClient, demo: wiring.Wiring, begin: Begin, person: Subscriber
) -> None:
    body = told(begin())
    richer = body.replace(b'"amount": 1000', b'"amount": 9999')
    assert richer != body
    for forged, signed in ((body, {}), (richer, headers(demo, body)), (b"", {})):
        assert (await client.post("/inbound/card", content=forged, headers=signed)).status_code == 403
    assert held(person.line_id) == 0


@pytest.mark.security("R11")
async def test_a_signed_callback_for_another_amount_is_taken_and_credits_nothing(
    client: httpx.AsyncClient, demo: wiring.Wiring, begin: Begin, person: Subscriber
) -> None:
    payment = begin()
    body = told(payment, amount=100_000)
    assert (await client.post("/inbound/card", content=body, headers=headers(demo, body))).status_code == 200
    assert (row(payment).state, held(person.line_id)) == ("disputed", 0)


async def test_without_an_acquirer_there_is_no_door(client: httpx.AsyncClient, demo: wiring.Wiring) -> None:
    demo.cards = demo.webmoney = None
    for path in ("/inbound/card", "/inbound/webmoney"):
        assert (await client.post(path, content=b"")).status_code == 404


def session_of(person: Subscriber) -> str:
    """The cookie's value of a live session of the line."""
    with wiring.wired().db.transaction() as session:
        entered = sessions.start(
            session,
            line_id=person.line_id,
            method="password",
            address="127.0.0.1",
            agent="test",
            language="",
            now=clock.now(),
        )
    return entered.token


class TestWebMoney:
    """The question before, the word after."""

    @pytest.fixture
    def operator(self) -> str:
        return "assa"

    @pytest.fixture
    def asked(self, begin: Begin) -> dict[str, str]:
        payment = begin(way="webmoney", acquirer="webmoney", minor=1_465)
        return {
            **{"LMI_PAYEE_PURSE": "U000000000000", "LMI_PAYMENT_AMOUNT": "14.65", "LMI_PAYMENT_NO": str(payment.no)},
            **{"LMI_MODE": "1", "LMI_PAYER_PURSE": "U111111111111", "LMI_PAYER_WM": "111111111111"},
        }

    def made(self, demo: wiring.Wiring, asked: dict[str, str]) -> dict[str, str]:
        made = asked | {
            **{"LMI_SYS_INVS_NO": "1", "LMI_SYS_TRANS_NO": "2", "LMI_SYS_TRANS_DATE": "20261118 12:00:00"},
        }
        return made | {"LMI_HASH": lmi_hash(made, demo_secret(demo.keys, "purse"))}

    @pytest.mark.requirement("AS-062")
    async def test_it_is_asked_before_and_told_after(
        self, client: httpx.AsyncClient, demo: wiring.Wiring, asked: dict[str, str], person: Subscriber
    ) -> None:
        before = await client.post("/inbound/webmoney", data=asked | {"LMI_PREREQUEST": "1"})
        assert (before.status_code, before.text, held(person.line_id)) == (200, "YES", 0)
        for _ in range(2):
            assert (await client.post("/inbound/webmoney", data=self.made(demo, asked))).status_code == 200
        assert held(person.line_id) == 1_465
        after = await client.post("/inbound/webmoney", data=asked | {"LMI_PREREQUEST": "1"})
        assert after.text == "NO"

    @pytest.mark.requirement("AS-062")
    @pytest.mark.parametrize(
        "wrong",
        [{"LMI_PAYMENT_AMOUNT": "14.66"}, {"LMI_PAYMENT_NO": "1"}, {"LMI_PAYEE_PURSE": "U1"}, {"LMI_MODE": "0"}],
    )
    async def test_it_is_told_no_for_what_nobody_began(
        self, client: httpx.AsyncClient, asked: dict[str, str], wrong: dict[str, str]
    ) -> None:
        answer = await client.post("/inbound/webmoney", data=asked | wrong | {"LMI_PREREQUEST": "1"})
        assert answer.text == "NO"

    @pytest.mark.requirement("AS-062")
    @pytest.mark.security("S-06")
    async def test_the_page_that_leads_there_is_for_one_s_own_unpaid_payment(
        self, client: httpx.AsyncClient, demo: wiring.Wiring, begin: Begin, person: Subscriber, world: World
    ) -> None:
        payment = begin(way="webmoney", acquirer="webmoney", minor=1_465)
        foreign = begin(way="webmoney", acquirer="webmoney", actor=world.subscriber())
        by_card = begin()
        signed = {"cookie": f"{cookie.names(secure=False).session}={session_of(person)}"}

        async def lead(named: object) -> httpx.Response:
            return await client.post(doors.LEAD, data={"payment": str(named)}, headers=signed)

        page = await lead(payment.id)
        assert page.status_code == 200
        assert f"form-action http://127.0.0.1:{demo.settings.acquirer_port}" in page.headers["content-security-policy"]
        for name, value in (("LMI_PAYMENT_AMOUNT", "14.65"), ("LMI_PAYMENT_NO", payment.no), ("LMI_PAYEE_PURSE", "U0")):
            assert f'name="{name}" value="{value}' in page.text
        for wrong, code in ((foreign.id, "no_payment"), ("x", "no_payment"), (by_card.id, "way_closed")):
            refused = await lead(wrong)
            assert (refused.status_code, refused.headers["location"]) == (303, f"/top-up?error=topup.{code}")
        take(facts(payment), clock.now(), acquirer="webmoney")
        assert (await lead(payment.id)).headers["location"] == f"/top-up/payment/{payment.id}"
        assert (
            (await client.post(doors.LEAD, data={"payment": str(payment.id)}))
            .headers["location"]
            .startswith("/sign-in")
        )

    @pytest.mark.security("R11")
    async def test_a_forged_word_credits_nothing(
        self, client: httpx.AsyncClient, demo: wiring.Wiring, asked: dict[str, str], person: Subscriber
    ) -> None:
        made = self.made(demo, asked)
        for forged in (made | {"LMI_HASH": "0" * 64}, made | {"LMI_PAYMENT_AMOUNT": "99.00"}, asked):
            assert (await client.post("/inbound/webmoney", data=forged)).status_code == 403
        assert held(person.line_id) == 0
