"""What tests with РУНА do again and again: activate one, fill in the registration form."""

import httpx

from selfcare_app.access import runa
from selfcare_app.kit.actor import Handset
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door

CODE, CHOSEN = "739148", "lipa8klen2"


def activate(door: Door, line: Line, code: str = CODE) -> None:
    assert door.do(runa.activate, Handset(line.id), typed=code).outcome is runa.Outcome.ACTIVE


async def register(client: httpx.AsyncClient, **changed: str) -> httpx.Response:
    fields = {"number": "441234567", "password": CHOSEN, "again": CHOSEN, "email": "", "code": ""}
    return await client.post("/session/register/form", data=fields | changed)
