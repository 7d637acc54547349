"""An event there and back, and what a session takes in memory: the product, a bare socket, an empty Reflex application.

All sockets of all servers stay open; the rounds of the three take turns in one run.
"""

import asyncio
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench import clients, floors
from bench.clients import Client
from bench.row import Row
from tests import served as products

_AREA = "events"
_FIRST = 20
"""Sessions that are open before memory is looked at: what is made once is made then."""


@dataclass
class Measured:
    """What one server came to."""

    times: list[float] = field(default_factory=list)
    kilobytes: float = 0.0

    @property
    def middle(self) -> float:
        """Milliseconds of the median event."""
        return statistics.median(self.times)

    @property
    def slow(self) -> float:
        """Milliseconds that 95 of 100 events keep."""
        return statistics.quantiles(self.times, n=20)[-1]


def run(quick: bool) -> list[Row]:
    """Rows: round trip in milliseconds, memory in kilobytes a session."""
    sessions, rounds = (60, 20) if quick else (300, 120)
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory:
        served = products.make(Path(directory))
        try:
            with floors.echo() as echo, floors.empty() as empty:
                cookies = [served.sign_in(served.world.line()) for _ in range(sessions)]
                each = [clients.echo(echo), clients.empty(empty), clients.product(served, cookies)]
                bare, idle, ours = asyncio.run(_measured(each, sessions, rounds))
        finally:
            products.close(served)
    return _rows(bare, idle, ours, sessions)


async def _measured(each: list[Client], sessions: int, rounds: int) -> list[Measured]:
    results = [Measured() for _ in each]
    try:
        for client, result in zip(each, results, strict=True):
            await client.open(_FIRST)
            before = client.kilobytes()
            await client.open(sessions - _FIRST)
            result.kilobytes = max(0.1, (client.kilobytes() - before) / (sessions - _FIRST))
        for _ in range(rounds):
            for client, result in zip(each, results, strict=True):
                result.times += await client.times()
    finally:
        for client in each:
            await client.close()
    return results


def _rows(bare: Measured, idle: Measured, ours: Measured, sessions: int) -> list[Row]:
    many = f"{sessions} connected"
    return [
        _slower(f"round trip, p50, {many}, beside a bare socket", bare.middle, ours.middle, 2.0),
        _slower(f"round trip, p50, {many}, beside an empty handler", idle.middle, ours.middle, 1.5),
        Row(
            _AREA,
            f"round trip, p95, {many}",
            bare.slow,
            ours.slow,
            "ms",
            ours.slow / bare.slow,
            "<= 8 ms",
            ours.slow <= 8,
        ),
        _bigger("memory a session beside a bare socket", bare.kilobytes, ours.kilobytes),
        _bigger("memory a session beside an empty handler", idle.kilobytes, ours.kilobytes),
    ]


def _slower(what: str, floor: float, product: float, most: float) -> Row:
    return Row(_AREA, what, floor, product, "ms", product / floor, f"<= {most:g} x floor", product <= most * floor)


def _bigger(what: str, floor: float, product: float) -> Row:
    return Row(_AREA, what, floor, product, "KB", product / floor, "<= 80 KB", product <= 80)
