"""Wrong passwords flood in from many addresses: what the events of everybody else take meanwhile, beside the calm before."""

import asyncio
import contextlib
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp

from bench import clients
from bench.row import Row
from tests import served as products
from tests.served import Served

_AREA = "flood"
_PER_SECOND = 50
_USERS = 50
_MOST = 1.2


def run(quick: bool) -> list[Row]:
    """Rows: milliseconds that 95 of 100 events keep, calm and under fifty wrong passwords a second."""
    seconds = 5 if quick else 30
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory:
        served = products.make(Path(directory))
        try:
            cookies = [served.sign_in(served.world.line()) for _ in range(_USERS)]
            numbers = [str(served.world.line().msisdn) for _ in range(40)]
            calm, flooded, answered = asyncio.run(_both(served, cookies, numbers, seconds))
        finally:
            products.close(served)
    slow, busy = (statistics.quantiles(times, n=20)[-1] for times in (calm, flooded))
    return [
        Row(_AREA, f"event, p95, {_USERS} users", slow, busy, "ms", busy / slow, f"<= {_MOST} x calm", busy <= _MOST * slow),
        Row(_AREA, "wrong passwords answered a second", _PER_SECOND, answered, "/s", answered / _PER_SECOND, "all", answered >= _PER_SECOND * 0.9),
    ]  # fmt: skip


async def _both(
    served: Served, cookies: list[str], numbers: list[str], seconds: int
) -> tuple[list[float], list[float], float]:
    users = clients.product(served, cookies)
    await users.open(_USERS)
    try:
        await _used(users, 2)
        calm = await _used(users, seconds)
        count: list[int] = []
        flood = asyncio.create_task(_flood(served, numbers, count))
        await _used(users, 2)
        before, began = len(count), time.monotonic()
        flooded = await _used(users, seconds)
        answered = (len(count) - before) / (time.monotonic() - began)
        flood.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await flood
    finally:
        await users.close()
    return calm, flooded, answered


async def _used(users: clients.Client, seconds: float) -> list[float]:
    """Events of one user after the other, with the pauses that people make."""
    until, times = time.monotonic() + seconds, list[float]()
    while time.monotonic() < until:
        times += await users.times()
        await asyncio.sleep(0.05)
    return times


async def _flood(served: Served, numbers: list[str], count: list[int]) -> None:
    async with aiohttp.ClientSession() as browser, asyncio.TaskGroup() as posts:
        at = 0
        while True:
            at += 1
            posts.create_task(_wrong(served, browser, numbers[at % len(numbers)], at, count))
            await asyncio.sleep(1 / _PER_SECOND)


async def _wrong(served: Served, browser: aiohttp.ClientSession, number: str, at: int, count: list[int]) -> None:
    headers = {"Origin": served.url, "X-Forwarded-For": f"10.{at % 250}.{at // 250 % 250}.7"}
    form = {"number": number, "password": f"wrong{at}"}
    with contextlib.suppress(aiohttp.ClientError):
        async with browser.post(f"{served.url}/session/sign-in", data=form, headers=headers, allow_redirects=False):
            count.append(at)
