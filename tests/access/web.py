"""A browser without scripts, for the endpoints of the door."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door

FORM = {"content-type": "application/x-www-form-urlencoded"}


def query(answer: httpx.Response) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def path(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    return urlsplit(answer.headers["location"]).path


def cookies_set(answer: httpx.Response) -> dict[str, Any]:
    jar: SimpleCookie = SimpleCookie()
    for value in answer.headers.get_list("set-cookie"):
        jar.load(value)
    return dict(jar)


async def sign_in(client: httpx.AsyncClient, door: Door, line: Line) -> httpx.Response:
    """Inside, on a known device."""
    client.cookies.set("dev", door.device(line), domain="127.0.0.1", path="/")
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD})
    assert path(answer) == "/home"
    return answer
