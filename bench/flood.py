"""Wrong passwords flood in from many addresses: what the events of everybody else take meanwhile, beside the calm before."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import aiohttp

from bench import clients
from bench.row import Row
from selfcare_app.access import password
from selfcare_app.access.tables import Credential
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
            numbers = [_with_password(served) for _ in range(40)]
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
        with _flooding(served.url, numbers) as count:
            await _used(users, 2)
            before, began = count.value, time.monotonic()
            flooded = await _used(users, seconds)
            answered = (count.value - before) / (time.monotonic() - began)
    finally:
        await users.close()
    return calm, flooded, answered


def _with_password(served: Served) -> str:
    """A new registered number."""
    line = served.world.line()
    kept = password.hashed(served.keys, "abcde12345")
    with served.db.transaction() as session:
        row = Credential(line_id=line.id, password_hash=kept, set_by="web", set_at=served.now, registered_at=served.now)
        session.add(row)
    return str(line.msisdn)


@contextlib.contextmanager
def _flooding(url: str, numbers: list[str]) -> Iterator[Synchronized[int]]:
    """The flood, from a process of its own: what it costs the flooder is not to be seen in the times of the others."""
    apart = multiprocessing.get_context("spawn")
    count: Synchronized[int] = apart.Value("q", 0)
    process = apart.Process(target=_flood_until_killed, args=(url, numbers, count), daemon=True)
    process.start()
    try:
        yield count
    finally:
        process.kill()
        process.join()


def _flood_until_killed(url: str, numbers: list[str], count: Synchronized[int]) -> None:
    # Whoever floods has a machine of his own; here he takes what the others leave of this one.
    os.nice(19)
    asyncio.run(_flood(url, numbers, count))


async def _used(users: clients.Client, seconds: float) -> list[float]:
    """Events of one user after the other, with the pauses that people make."""
    until, times = time.monotonic() + seconds, list[float]()
    while time.monotonic() < until:
        times += await users.times()
        await asyncio.sleep(0.05)
    return times


async def _flood(url: str, numbers: list[str], count: Synchronized[int]) -> None:
    async with aiohttp.ClientSession() as browser, asyncio.TaskGroup() as posts:
        at = 0
        while True:
            at += 1
            posts.create_task(_wrong(url, browser, numbers[at % len(numbers)], at, count))
            await asyncio.sleep(1 / _PER_SECOND)


async def _wrong(url: str, browser: aiohttp.ClientSession, number: str, at: int, count: Synchronized[int]) -> None:
    headers = {"Origin": url, "X-Forwarded-For": f"10.{at % 250}.{at // 250 % 250}.7"}
    form = {"number": number, "password": f"wrong{at}"}
    with contextlib.suppress(aiohttp.ClientError):
        async with browser.post(f"{url}/session/sign-in", data=form, headers=headers, allow_redirects=False):
            count.value += 1
