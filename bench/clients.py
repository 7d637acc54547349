"""Clients of the three servers that events are measured on: sockets that stay open, one event there and back on one of them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from bench import floors
from selfcare_app.kit.ids import new_id
from tests.security.raw import APP, DONE, HYDRATE
from tests.served import Served

BURST = 12
"""Events that one socket sends in a row; the product lets it send thirty, of which the page's loading takes some."""


@dataclass
class Client:
    """Sockets of one server. `frame` is an event, `mark` is in its answer."""

    pid: int
    frame: str
    mark: str
    open_one: "Callable[[], object]"
    sockets: list[ClientConnection] = field(default_factory=list)
    _turn: int = 0

    async def open(self, count: int) -> None:
        """Opens so many sockets more, each as a page does."""
        for _ in range(count):
            self.sockets.append(await self.open_one())  # type: ignore[misc]

    async def times(self) -> list[float]:
        """Milliseconds of BURST events there and back on the next socket in turn."""
        socket = self.sockets[self._turn % len(self.sockets)]
        self._turn += 1
        taken = []
        for _ in range(BURST):
            began = time.perf_counter()
            await socket.send(self.frame)
            while self.mark not in await _heard(socket):
                pass
            taken.append((time.perf_counter() - began) * 1_000)
        return taken

    async def close(self) -> None:
        """Closes all."""
        for socket in self.sockets:
            await socket.close()

    def kilobytes(self) -> int:
        """The server's own memory: files that it has mapped do not count."""
        rows = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return next(int(row.split()[1]) for row in rows if row.startswith("Pss_Anon:"))


def echo(server: floors.Server) -> Client:
    """Sockets that echo."""

    async def one() -> ClientConnection:
        return await connect(f"ws://127.0.0.1:{server.port}/echo", compression=None, proxy=None)

    return Client(server.pid, '{"name": "touch", "payload": {}}', "touch", one)


def empty(server: floors.Server) -> Client:
    """Sockets of an empty Reflex application."""

    async def one() -> ClientConnection:
        return await _joined(server.port, "/", {})

    return Client(server.pid, _frame(floors.EMPTY_EVENT, "/"), "count_rx_state_", one)


def product(served: Served, cookies: list[str]) -> Client:
    """Sockets of signed-in subscribers on the home page; an event goes through guard, gate and session check."""

    async def one() -> ClientConnection:
        address = f"10.{new_id().int % 250}.{new_id().int % 251}.{new_id().int % 249}"
        headers = {"Cookie": served.cookie_header(cookies.pop()), "X-Forwarded-For": address, "Origin": served.url}
        return await _joined(served.port, "/home", headers)

    return Client(served.pid, _frame(DONE, "/home", {"upto": 0}), f'{APP}":{{"effects_rx_state_"', one)


async def _joined(port: int, path: str, headers: dict[str, str]) -> ClientConnection:
    address = f"ws://127.0.0.1:{port}/_event/?EIO=4&transport=websocket&token={new_id()}"
    socket = await connect(address, additional_headers=headers, compression=None, proxy=None)
    await socket.recv()
    await socket.send(f"40/_event,{json.dumps({'event': _event(HYDRATE, path), 'state_schema': None})}")
    while '"is_hydrated_rx_state_":true' not in await _heard(socket):
        pass
    return socket


async def _heard(socket: ClientConnection) -> str:
    frame = str(await socket.recv())
    if frame == "2":
        await socket.send("3")
    return frame


def _event(name: str, path: str, payload: dict[str, object] | None = None) -> dict[str, object]:
    return {"name": name, "payload": payload or {}, "router_data": {"pathname": path, "asPath": path, "query": {}}}


def _frame(name: str, path: str, payload: dict[str, object] | None = None) -> str:
    return f"42/_event,{json.dumps(['event', _event(name, path, payload)])}"
