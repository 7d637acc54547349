"""An event there and back, and what a session takes in memory: the product, a bare socket, an empty Reflex application."""

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from websockets.sync.client import ClientConnection, connect

from bench import floors
from bench.row import Row
from selfcare_app.kit.ids import new_id
from tests import served as products
from tests.security.raw import APP, DONE, Raw

_AREA = "events"
_BURST = 25
"""Events a socket may send at once; more are answered by closing it."""


def run(quick: bool) -> list[Row]:
    """Rows: round trip in milliseconds, memory in kilobytes a session."""
    sockets, sessions = (4, 40) if quick else (20, 250)
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory:
        served = products.make(Path(directory))
        try:
            with floors.echo() as echo, floors.empty() as empty:
                bare = statistics.median(_echoes(echo, sockets * _BURST))
                bare_memory = _memory(echo.pid, lambda: _echo_socket(echo), sessions)
                idle = statistics.median(_empty_events(empty, sockets * _BURST))
                idle_memory = _memory(empty.pid, lambda: _empty_socket(empty), sessions)
            ours = statistics.median(_product_events(served, sockets))
            our_memory = _memory(served.pid, lambda: _product_socket(served), sessions)
        finally:
            products.close(served)
    return [
        Row(
            _AREA,
            "round trip, p50, beside a bare socket",
            bare,
            ours,
            "ms",
            ours / bare,
            "<= 2 x floor",
            ours <= 2 * bare,
        ),
        Row(
            _AREA,
            "round trip, p50, beside an empty handler",
            idle,
            ours,
            "ms",
            ours / idle,
            "<= 1.5 x floor",
            ours <= 1.5 * idle,
        ),
        Row(
            _AREA,
            "memory a session beside a bare socket",
            bare_memory,
            our_memory,
            "KB",
            our_memory / bare_memory,
            "<= 80 KB",
            our_memory <= 80,
        ),
        Row(
            _AREA,
            "memory a session beside an empty handler",
            idle_memory,
            our_memory,
            "KB",
            our_memory / idle_memory,
            "<= 80 KB",
            our_memory <= 80,
        ),
    ]


def _echo_socket(echo: floors.Server) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{echo.port}/echo", compression=None, proxy=None)


def _echoes(echo: floors.Server, count: int) -> Iterator[float]:
    with _echo_socket(echo) as socket:
        for _ in range(count):
            began = time.perf_counter()
            socket.send('{"name": "touch", "payload": {}}')
            socket.recv()
            yield (time.perf_counter() - began) * 1_000


def _empty_socket(empty: floors.Server) -> ClientConnection:
    socket = connect(
        f"ws://127.0.0.1:{empty.port}/_event/?EIO=4&transport=websocket&token={new_id()}", compression=None, proxy=None
    )
    socket.recv()
    router = {"pathname": "/", "asPath": "/", "query": {}}
    first = {"name": "reflex___state____state.hydrate", "payload": {}, "router_data": router}
    socket.send(f"40/_event,{json.dumps({'event': first, 'state_schema': None})}")
    while "is_hydrated" not in _text(socket):
        pass
    return socket


def _text(socket: ClientConnection) -> str:
    frame = str(socket.recv(20))
    if frame == "2":
        socket.send("3")
    return frame


def _empty_events(empty: floors.Server, count: int) -> Iterator[float]:
    router = {"pathname": "/", "asPath": "/", "query": {}}
    event = {"name": floors.EMPTY_EVENT, "payload": {}, "router_data": router}
    with _empty_socket(empty) as socket:
        for _ in range(count):
            began = time.perf_counter()
            socket.send(f"42/_event,{json.dumps(['event', event])}")
            while "count_rx_state_" not in _text(socket):
                pass
            yield (time.perf_counter() - began) * 1_000


def _product_socket(served: products.Served) -> Raw:
    raw = Raw(served, session=served.sign_in(served.world.line()), path="/home")
    raw.join()
    return raw


def _product_events(served: products.Served, sockets: int) -> Iterator[float]:
    """Signed-in events through guard, gate and session check; each socket spends its burst."""
    for _ in range(sockets):
        with _product_socket(served) as raw:
            time.sleep(3.1)  # the burst is whole again after the page's own events
            for _ in range(_BURST):
                began = time.perf_counter()
                raw.emit(DONE, {"upto": 0})
                while APP not in raw.frame():
                    pass
                yield (time.perf_counter() - began) * 1_000


def _memory(pid: int, open_one: object, count: int) -> float:
    """Growth of the server's own memory for each of `count` sessions that stay open, in KB."""
    with ExitStack() as opened:
        for _ in range(5):
            _keep(opened, open_one)
        before = _own_kilobytes(pid)
        for _ in range(count):
            _keep(opened, open_one)
        return max(0.1, (_own_kilobytes(pid) - before) / count)


def _keep(opened: ExitStack, open_one: object) -> None:
    made = open_one()  # type: ignore[operator]
    opened.callback(made.close)


def _own_kilobytes(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(row.split()[1]) for row in text.splitlines() if row.startswith("Pss:"))
