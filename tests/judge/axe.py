"""Asks axe about an open page; its script comes with the package, nothing is fetched."""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules whose answer depends on the theme."""


_RUN = """options => Promise.race([
    axe.run(document, options),
    new Promise((_, fail) => setTimeout(() => fail(new Error("axe did not end")), 60000)),
])"""


@cache
def _script() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def findings(page: Page, *, rules: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds, by rule and place; only the `rules` if some are named, and none of `without`."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    if without:
        options["rules"] = {rule: {"enabled": False} for rule in without}
    answer = page.evaluate(_RUN, options)
    return [
        f"axe {violation['id']}: {node['target']} {node['failureSummary'].splitlines()[-1].strip()[:200]}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]
