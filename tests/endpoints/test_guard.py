"""The guard alone, around a program that does whatever the test wants."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from selfcare_app.endpoints.guard import BODY_BYTES, Doors, Guard
from selfcare_app.endpoints.headers import HSTS, content_policy, inline_scripts
from selfcare_app.endpoints.peer import address_of, cookie_of, header_of
from selfcare_app.endpoints.sockets import (
    BURST,
    EVENTS_PER_SECOND,
    FRAME_BYTES,
    TOO_BIG,
    TOO_FAST,
    Refused,
    SocketDoor,
    Traffic,
)

ORIGIN = "https://my.example.by"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A built front end of two pages."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "index.html").write_text("<script>one()</script><script src='/x.js'></script>")
    (tmp_path / "index.html").write_text("<script type='module'>two()</script><script>one()</script>")
    return tmp_path


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the path and the length of the body, as page or as asked."""
    length = 0
    while True:
        message = await receive()
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    kind = b"text/html" if scope["path"].startswith("/home") else b"application/json"
    headers = [
        (b"content-type", kind),
        (b"server", b"secret/1"),
        (b"Access-Control-Allow-Origin", b"*"),
        (b"x-frame-options", b"ALLOW"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": f"{scope['path']} {length}".encode()})


async def breaks(scope: Any, receive: Any, send: Any) -> None:
    """Fails before it answers."""
    raise RuntimeError("canary")


def client(bundle: Path, app: Any = reads_all, **options: Any) -> httpx.AsyncClient:
    doors = Doors(exact=frozenset({"/health"}), under=("/session/", "/inbound/"))
    guard = Guard(app, ORIGIN, bundle, True, "__Host-sid", doors, **options)
    return httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url=ORIGIN)


@pytest.mark.security("S-23")
async def test_a_body_is_read_up_to_the_limit_and_not_further(bundle: Path):
    def pieces(total: int):
        async def each():
            for _ in range(total // 1024):
                yield b"x" * 1024

        return each()

    async with client(bundle) as http:
        for total, status in ((BODY_BYTES, 200), (BODY_BYTES + 1024, 413), (1024 * 1024, 413)):
            answer = await http.post("/session/x", content=pieces(total), headers={"Origin": ORIGIN})
            assert answer.status_code == status
            assert answer.headers["x-content-type-options"] == "nosniff"
        for said in ("9999999", "-1", "1e3", "x"):
            answer = await http.post(
                "/session/x", content=pieces(0), headers={"Origin": ORIGIN, "Content-Length": said}
            )
            assert answer.status_code == 413


@pytest.mark.security("asvs_3_4_1", "asvs_16_5_1", "asvs_16_5_4")
async def test_an_error_says_nothing_and_has_the_headers(bundle: Path):
    async with client(bundle, breaks) as http:
        answer = await http.get("/health")
    assert (answer.status_code, answer.content) == (500, b"")
    assert answer.headers["strict-transport-security"] == HSTS
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.security("asvs_3_4_2", "asvs_13_4_6")
async def test_headers_of_others_are_dropped_or_overruled(bundle: Path):
    async with client(bundle) as http:
        answer = await http.get("/home")
    assert answer.text == "/home/ 0"
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers.get_list("x-frame-options") == ["DENY"]


@pytest.mark.security("S-01")
async def test_machines_may_post_without_an_origin_but_never_with_another(bundle: Path):
    async with client(bundle) as http:
        assert (await http.post("/inbound/sms")).status_code == 200
        assert (await http.post("/inbound/sms", headers={"Origin": "https://evil.example"})).status_code == 403
        assert (await http.post("/session/sign-in")).status_code == 403
        twice = [("Origin", ORIGIN), ("Origin", "https://evil.example")]
        assert (await http.post("/session/sign-in", headers=twice)).status_code == 403


@pytest.mark.security("asvs_3_4_3", "asvs_4_4_1")
def test_inline_scripts_are_named_by_their_digest(bundle: Path):
    assert len(inline_scripts(bundle)) == 2
    policy = content_policy(bundle, ORIGIN)
    assert "connect-src 'self' wss://my.example.by;" in policy
    assert "unsafe-eval" not in policy


@pytest.mark.security("asvs_4_1_3", "asvs_15_3_4")
@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, ["6.6.6.6"], "10.0.0.1"),
        (1, ["6.6.6.6, 7.7.7.7"], "7.7.7.7"),
        (1, ["6.6.6.6", "7.7.7.7"], "7.7.7.7"),
        (2, ["6.6.6.6, 7.7.7.7"], "6.6.6.6"),
        (2, ["7.7.7.7"], "10.0.0.1"),
        (1, [], "10.0.0.1"),
    ],
)
def test_an_address_is_believed_as_far_as_the_proxies_are_ours(hops: int, forwarded: list[str], address: str):
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    assert address_of({"type": "http", "client": ("10.0.0.1", 1), "headers": headers}, hops) == address


def test_cookies_and_headers_are_read_or_are_nothing():
    scope = {
        "type": "http",
        "headers": [(b"cookie", b"a=1; sid=x"), (b"cookie", b"b=2"), (b"origin", b"o"), (b"origin", b"p")],
    }
    assert (cookie_of(scope, "sid"), cookie_of(scope, "b"), cookie_of(scope, "c")) == ("x", "2", "")
    assert header_of(scope, b"origin") == ""
    assert cookie_of({"type": "http", "headers": [(b"cookie", b"sid=" + b"x" * 5_000)]}, "sid") == ""


@pytest.mark.security("S-22")
def test_places_are_given_back():
    door = SocketDoor(per_session=1, per_address=2)
    with door.admitted("a", "one"), door.admitted("a", ""):
        for address, cookie in (("a", ""), ("b", "one")):
            with pytest.raises(Refused), door.admitted(address, cookie):
                pass
    with door.admitted("a", "one"):
        pass
    assert not door._addresses
    assert not door._sessions


@pytest.mark.security("S-22", "S-23")
@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["x"] * BURST, 0),
        (["x"] * (BURST + EVENTS_PER_SECOND), TOO_FAST),
        (["x" * FRAME_BYTES], 0),
        (["x" * (FRAME_BYTES + 1)], TOO_BIG),
        (["я" * (FRAME_BYTES // 2 + 1)], TOO_BIG),
    ],
)
async def test_frames_are_counted_and_measured(frames: list[str], code: int):
    said: list[dict[str, Any]] = []
    left = [{"type": "websocket.receive", "text": text} for text in frames]

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    traffic = Traffic("a", receive, send)
    while left:
        last = await traffic.receive()
    assert [message.get("code") for message in said] == ([code] if code else [])
    assert (last["type"] == "websocket.disconnect") is bool(code)
    await traffic.send({"type": "websocket.send", "text": "late"})
    assert (said[-1].get("text") == "late") is not bool(code)
