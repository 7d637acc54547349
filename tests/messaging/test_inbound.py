"""The gateway's doors and the handset: balance by USSD and SMS, menus, repeated deliveries, who is let in."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select
from starlette.applications import Starlette

from selfcare_app.adapters.handset import HandsetGateway
from selfcare_app.endpoints import handset, health, inbound
from selfcare_app.endpoints.gateway import token
from selfcare_app.kit import clock
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.tables import Allowance
from selfcare_app.wiring import Wiring
from selfcare_app.worker.deliver import deliver
from tests.world import World

APP = Starlette(routes=[*inbound.ROUTES, *handset.ROUTES, *health.ROUTES])


@pytest.fixture
def line(world: World) -> Line:
    return world.line(language="ru")


@pytest.fixture
def demo(wires: Wiring, tmp_path: object) -> Wiring:
    wires.settings = replace(wires.settings, demo=True)
    wires.sms = HandsetGateway(tmp_path / "handset.db")  # type: ignore[operator]
    return wires


@pytest.fixture
async def client(demo: Wiring) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(APP, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers={"x-gateway-token": token(demo)}
    ) as opened:
        yield opened


async def dial(client: httpx.AsyncClient, line: Line, code: str, *inputs: str, session: str = "1") -> str:
    fields = {"sessionId": session, "serviceCode": code, "phoneNumber": line.msisdn or "", "text": "*".join(inputs)}
    return (await client.post("/inbound/ussd", data=fields)).text


async def test_balance_by_ussd(client: httpx.AsyncClient, line: Line) -> None:
    assert (await dial(client, line, "*100#")).startswith("END На счёте 0,00")


async def test_a_menu_is_walked_through(client: httpx.AsyncClient, line: Line) -> None:
    assert (await dial(client, line, "*141#")).startswith("CON 1 Баланс")
    assert (await dial(client, line, "*141#", "9")).startswith("CON Такого пункта нет.")
    assert (await dial(client, line, "*141#", "9", "3")).startswith("END Ваш номер +375")


async def test_what_is_left_of_minutes_and_of_money(client: httpx.AsyncClient, line: Line, wires: Wiring) -> None:
    first, now = date(2020, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    with wires.db.transaction() as session:
        session.add_all(
            Allowance(
                id=new_id(), line_id=line.id, code=kind, name=kind, kind=kind, total=600, used=100,
                period_from=first, period_until=date(2100, 1, 1), as_of=now,
            )
            for kind in ("seconds", "minor")
        )  # fmt: skip
    await dial(client, line, "*141#")
    told = await dial(client, line, "*141#", "2")
    assert "5,00" in told.splitlines()[0]
    assert "8\xa0мин 20\xa0с" in told.splitlines()[1]


async def test_a_menu_speaks_the_line_s_language(client: httpx.AsyncClient, world: World) -> None:
    assert (await dial(client, world.line(language="en"), "*141#")).startswith("CON 1 Balance")


async def test_an_unknown_code_or_caller_ends_politely(client: httpx.AsyncClient, line: Line) -> None:
    assert await dial(client, line, "*999#") == "END Такого кода нет. Проверьте и наберите ещё раз."
    stranger = Line(**{**line.model_dump(), "msisdn": "375299999999"})
    assert (await dial(client, stranger, "*100#")).startswith("END ")


async def sms(client: httpx.AsyncClient, line: Line, text: str, *, identity: str = "m1") -> int:
    fields = {"id": identity, "from": line.msisdn or "", "to": "411", "text": text}
    return (await client.post("/inbound/sms", data=fields)).status_code


async def test_a_repeated_delivery_is_one_message(client: httpx.AsyncClient, line: Line, wires: Wiring) -> None:
    assert [await sms(client, line, "баланс") for _ in range(3)] == [204, 204, 204]
    with wires.db.snapshot() as session:
        assert session.exec(select(func.count()).select_from(Outbox)).one() == 1


async def test_what_the_worker_sends_is_on_the_handset(client: httpx.AsyncClient, line: Line) -> None:
    await sms(client, line, "что-то")
    deliver(by="w", now=clock.now())
    shown = (await client.get("/handset/messages", params={"number": line.msisdn, "after": "0"})).json()
    assert [m["text"].split(".")[0] for m in shown] == ["Не понял сообщение"]
    assert (
        await client.get("/handset/messages", params={"number": line.msisdn, "after": str(shown[0]["seq"])})
    ).json() == []


@pytest.mark.parametrize("wrong", ["", "guess"])
async def test_without_the_token_nobody_is_let_in(client: httpx.AsyncClient, line: Line, wrong: str) -> None:
    client.headers["x-gateway-token"] = wrong
    answer = await client.post("/inbound/sms", data={"id": "1", "from": line.msisdn, "to": "1", "text": "x"})
    assert answer.status_code == 403


async def test_outside_demo_mode_an_unset_token_shuts_the_doors(
    client: httpx.AsyncClient, line: Line, demo: Wiring
) -> None:
    demo.settings = replace(demo.settings, demo=False)
    client.headers["x-gateway-token"] = ""
    assert await sms(client, line, "x") == 403


@pytest.mark.parametrize("fields", [{}, {"id": "1"}, {"id": "1", "from": "375", "to": "1", "text": "x" * 2000}])
async def test_a_malformed_delivery_is_refused(client: httpx.AsyncClient, fields: dict[str, str]) -> None:
    assert (await client.post("/inbound/sms", data=fields)).status_code == 422


async def test_the_handset_exists_only_in_a_demonstration_on_loopback(client: httpx.AsyncClient, demo: Wiring) -> None:
    assert (await client.get("/handset")).status_code == 200
    away = httpx.AsyncClient(transport=httpx.ASGITransport(APP, client=("10.0.0.7", 1)), base_url="http://127.0.0.1")
    assert (await away.get("/handset")).status_code == 404
    await away.aclose()
    for change in ({"demo": False}, {"sms_gateway_url": "http://127.0.0.1:13013/"}):
        demo.settings = replace(demo.settings, demo=True, sms_gateway_url="")
        demo.settings = replace(demo.settings, **change)  # type: ignore[arg-type]
        assert (await client.get("/handset")).status_code == 404
        assert (await client.get("/handset/messages", params={"number": "1", "after": "0"})).status_code == 404


async def test_health_says_whether_the_database_answers(client: httpx.AsyncClient, demo: Wiring) -> None:
    assert (await client.get("/health")).status_code == 200
    demo.db = Away()  # type: ignore[assignment]
    assert (await client.get("/health")).status_code == 503


class Away:
    """A database that does not answer."""

    def ping(self) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionRefusedError())
