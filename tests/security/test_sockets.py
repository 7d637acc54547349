"""Attacks on the event socket itself: where it comes from, how many, how fast, how big."""

import contextlib
import itertools
import json
import time
from pathlib import Path

import pytest

from selfcare_app.endpoints.sockets import BURST, FRAME_BYTES, PER_ADDRESS, PER_SESSION
from tests.security.raw import DONE, HYDRATE, Raw, Refused, is_admitted
from tests.served import Served

_hosts = itertools.count(1)


def address() -> str:
    """An address that no other test counts against."""
    host = next(_hosts)
    return f"192.0.{host // 250}.{host % 250}"


@pytest.mark.security("S-01", "asvs_4_4_2")
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", None, "{own}.evil.example", "{own}0", "https{own}", "{OWN}/"]
)
def test_a_socket_from_elsewhere_is_refused_even_with_the_victims_cookie(served: Served, origin: str | None):
    cookie = served.sign_in(served.world.line())
    said = origin and origin.replace("https{own}", served.url.replace("http:", "https:")).replace(
        "{own}", served.url
    ).replace("{OWN}", served.url)
    assert not is_admitted(served, origin=said, session=cookie, address=address())
    assert is_admitted(served, session=cookie, address=address())


@pytest.mark.security("S-22")
def test_a_flood_is_closed_after_the_burst_and_others_do_not_notice(served: Served):
    with Raw(served, address=address()) as calm, Raw(served, address=address()) as loud:
        calm.join()
        before = _round_trip(calm)
        loud.join()
        frame = f"42/_event,{json.dumps(['event', loud.event(DONE, {'upto': 1})])}"
        with contextlib.suppress(Refused):
            for _ in range(5_000):
                loud.send_text(frame)
        assert loud.closed() in (4408, 1006, 0)
        assert sum(1 for f in loud.frames if f.startswith("42/")) <= BURST + 2
        after = _round_trip(calm)
        assert after < max(before * 5, 0.25)


def _round_trip(socket: Raw) -> float:
    start = time.monotonic()
    socket.settle()
    return time.monotonic() - start


@pytest.mark.security("S-22")
def test_sockets_are_counted_by_session_and_by_address(served: Served):
    cookie, near, open_ = served.sign_in(served.world.line()), address(), []
    try:
        for _ in range(PER_SESSION):
            open_.append(Raw(served, session=cookie, address=address()))
        assert not is_admitted(served, session=cookie, address=address())
        for _ in range(PER_ADDRESS):
            open_.append(Raw(served, address=near))
        assert not is_admitted(served, address=near)
        assert is_admitted(served, address=address())
    finally:
        for each in open_:
            each.close()
    _wait_until(lambda: is_admitted(served, session=cookie, address=near))


@pytest.mark.security("S-22")
def test_one_transport_is_one_tab(served: Served):
    with Raw(served, address=address()) as socket:
        socket.join()
        other = socket.event(HYDRATE, {})
        socket.send_text(f"40/_event,{json.dumps({'event': other})}")
        socket.settle()
        assert sum(1 for f in socket.frames if f.startswith("40/_event")) == 1


@pytest.mark.security("S-23")
@pytest.mark.parametrize("size", [FRAME_BYTES + 1, 1_000_000])
def test_a_frame_too_big_closes_the_socket(served: Served, size: int):
    before = _resident(served)
    with Raw(served, address=address()) as socket:
        socket.join()
        payload = "x" * (size - 60)
        frame = f'42/_event,["event",{{"name":"{DONE}","payload":"{payload}"}}]'
        socket.send_text(frame.ljust(size, "x"))
        assert socket.closed() in (1009, 1006, 0)
    assert _resident(served) - before < 8_000_000


@pytest.mark.security("S-23")
def test_a_frame_of_the_full_size_is_still_read(served: Served):
    with Raw(served, address=address()) as socket:
        socket.join()
        frame = f'42/_event,["event",{{"name":"{DONE}","payload":"'
        socket.send_text(frame + "x" * (FRAME_BYTES - len(frame) - 3) + '"}]')
        socket.settle()


@pytest.mark.security("S-23")
def test_frames_that_are_not_text_close_the_socket(served: Served):
    with Raw(served, address=address()) as socket:
        socket.join()
        socket.socket.send(b"\x00" * 100)
        assert socket.closed() in (1003, 1006, 0)


def _resident(served: Served) -> int:
    fields = Path(f"/proc/{served.pid}/statm").read_text().split()
    return int(fields[1]) * 4096


def _wait_until(holds, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
