"""The first load of the sign-in page on a slow phone, beside an empty Reflex application in the same browser."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench import floors
from bench.row import Row
from tests import served as products
from tests.browser import PHONE
from tests.chromium import FLAGS, executable

_AREA = "first load"
_SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
_CPU_RATE = 4
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@dataclass(frozen=True)
class Load:
    """What one visit took: bytes over the wire, first contentful paint and the end of loading in milliseconds."""

    script: int
    total: int
    painted: float
    loaded: float


def run(quick: bool) -> list[Row]:
    """Rows: kilobytes and milliseconds over 1.6 Mbit/s, 150 ms and a processor four times slower."""
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        served = products.make(Path(directory))
        try:
            with floors.empty() as empty:
                pairs = [
                    (_visit(browser, f"{empty.url}/"), _visit(browser, f"{served.url}/sign-in")) for _ in range(rounds)
                ]
        finally:
            products.close(served)
            browser.close()
    floor, ours = (_median([pair[side] for pair in pairs]) for side in (0, 1))
    scripts, total = ours.script / floor.script, ours.total / floor.total
    painted, loaded = ours.painted / floor.painted, ours.loaded / floor.loaded
    return [
        Row(
            _AREA,
            "scripts",
            floor.script / 1000,
            ours.script / 1000,
            "KB",
            scripts,
            "<= 165 KB",
            ours.script <= 165_000,
        ),
        Row(_AREA, "everything", floor.total / 1000, ours.total / 1000, "KB", total, "<= 1.2 x floor", total <= 1.2),
        Row(
            _AREA,
            "first contentful paint",
            floor.painted,
            ours.painted,
            "ms",
            painted,
            "<= 1.1 x floor",
            painted <= 1.1,
        ),
        Row(_AREA, "loaded", floor.loaded, ours.loaded, "ms", loaded, "<= 1.2 x floor", loaded <= 1.2),
    ]


def _visit(browser: Browser, url: str) -> Load:
    context = browser.new_context(viewport=PHONE, locale="ru-RU", service_workers="block")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sizes = {"Script": 0, "all": 0}

    def responded(said: dict[str, str]) -> None:
        kinds[said["requestId"]] = said["type"]

    def finished(said: dict[str, float]) -> None:
        size = int(said["encodedDataLength"])
        sizes["all"] += size
        sizes["Script"] += size if kinds.get(str(said["requestId"])) == "Script" else 0

    wire.on("Network.responseReceived", responded)
    wire.on("Network.loadingFinished", finished)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", _SLOW)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": _CPU_RATE})
    page.goto(url, wait_until="load", timeout=60_000)
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
    loaded = page.evaluate("() => performance.timing.loadEventEnd - performance.timing.navigationStart")
    load = Load(sizes["Script"], sizes["all"], page.evaluate(_PAINT), loaded)
    context.close()
    return load


def _median(loads: list[Load]) -> Load:
    return Load(
        int(statistics.median(each.script for each in loads)),
        int(statistics.median(each.total for each in loads)),
        statistics.median(each.painted for each in loads),
        statistics.median(each.loaded for each in loads),
    )
