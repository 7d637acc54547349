"""A browser and the server say the same: the runtime is run with the same catalogues on many values."""

import itertools
import json
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from selfcare_app.i18n import browser, catalogue
from selfcare_app.i18n.message import data_size, message, text_of, wire
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators import keys, profile

NOW = datetime(2026, 12, 2, 21, 30, tzinfo=UTC)
BUN = Path(sys.executable).parent / "bun"
SCRIPT = """
import { speaker } from "./say.js";
import { REGION } from "./region.js";
const STYLES = ["human", "day", "long", "month", "weekday", "short"];
const [cases, now, languages] = JSON.parse(await Bun.stdin.text());
const said = {};
for (const language of languages) {
  const { table, texts } = await import(`./${language}/base.js`);
  const t = speaker(language, texts, table, REGION, { now: () => new Date(now) });
  const how = {
    show: (v) => t.show(v), message: (v) => t.message(v), plural: (n) => t.plural("shell.pages.total", n),
    ...Object.fromEntries(STYLES.map((style) => [style, (v) => t.date(v, style)])),
    signed: (v) => t.money(v, true), time: (v) => t.time(v),
  };
  said[language] = cases.map(([what, value]) => how[what](value));
}
console.log(JSON.stringify(said));
"""
STYLES = ("human", "day", "long", "month", "weekday", "short")


def values() -> list[Any]:
    """Amounts, days, spans, sizes and numbers, at the edges and by chance."""
    dice = random.Random(20261202)
    amounts = [0, 1, -1, 99, 100, -100, 123456789, *(dice.randint(-(10**12), 10**12) for _ in range(40))]
    found: list[Any] = [Money(minor, currency) for minor, currency in itertools.product(amounts, ("BYN", "UAH", "EUR"))]
    found += [Money(1234567, "XXX", scale) for scale in (0, 1, 3, 4)]
    found += [NOW + timedelta(hours=hours) for hours in (0, -1, 3, -30, 30, 24 * 40, -24 * 400)]
    found += [date(2026, 12, 3) + timedelta(days=days) for days in (-1, 0, 1, 2, -2, 300, -400)]
    found += [timedelta(seconds=seconds) for seconds in (0, 1, 59, 60, 61, 3599, 3600, 3601, 86399, 86400, 90061)]
    found += [
        data_size(octets) for octets in (0, 1, 1023, 1024, 1535, 1536, (1 << 20) - 1, 1 << 20, 10**9, 1 << 30, 10**13)
    ]
    found += [Msisdn(digits) for digits in ("375291234567", "380441234567", "411", "48123456789", "+1", "Info")]
    found += [
        0,
        1,
        999,
        1000,
        -1234,
        10**12,
        "text",
        "0.50",
        {"$number": "1234.50"},
        {"$number": "-0.00"},
        text_of("menu.home"),
        None,
    ]
    return found


def cases() -> list[tuple[str, Any]]:
    days = [value for value in values() if isinstance(value, date)]
    made: list[tuple[str, Any]] = [("show", value) for value in values()]
    made += [(style, day) for style in STYLES for day in days]
    made += [("time", day) for day in days if isinstance(day, datetime)]
    made += [("signed", value) for value in values() if isinstance(value, Money)]
    made += [("plural", n) for n in (0, 1, 2, 3, 4, 5, 10, 11, 12, 14, 20, 21, 22, 25, 100, 101, 111, 112, 1000, 1001)]
    made += [
        ("message", message("shell.error.unexpected", reference="A-17 {n}")),
        ("message", message("shell.pages.total", n=21)),
        ("message", message("shell.pages.shown", shown=NOW, total=Money(5, "BYN"))),
    ]
    return made


def on_the_server(speak: Speaker, what: str, value: Any) -> str:
    if what in STYLES:
        return speak.date(value, what)
    if isinstance(value, Msisdn):
        return speak.show(value).replace(" ", browser.NBSP)
    how = {
        "show": speak.show,
        "message": speak.message,
        "time": speak.time,
        "plural": lambda n: speak.plural("shell.pages.total", n),
        "signed": lambda amount: speak.money(amount, sign=True),
    }
    return how[what](value)


@pytest.mark.parametrize("operator", keys())
def test_a_browser_says_what_the_server_says(operator: str, tmp_path: Path) -> None:
    served = profile(operator)
    languages = browser.Languages(catalogue.LANGUAGES, served.default_language, served)
    for name, text in browser.modules(languages, {}):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "cases.js").write_text(SCRIPT, "utf-8")
    asked = cases()
    sent = json.dumps([[[what, wire(value)] for what, value in asked], NOW.isoformat(), catalogue.LANGUAGES])
    done = subprocess.run(
        [str(BUN), "run", "cases.js"], cwd=tmp_path, input=sent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for language in catalogue.LANGUAGES:
        speak = Speaker(language, served, NOW)
        expected = [on_the_server(speak, what, value) for what, value in asked]
        different = [
            (what, value, browser_says, server_says)
            for (what, value), browser_says, server_says in zip(asked, said[language], expected, strict=True)
            if browser_says != server_says
        ]
        assert different == [], language


def test_every_area_has_its_modules_and_server_texts_are_in_none() -> None:
    served = profile("assa")
    made = dict(browser.modules(browser.Languages(served.languages, served.default_language, served), {}))
    everything = "".join(made.values())
    for key, text in catalogue.load(served.default_language).items():
        if catalogue.is_server_only(key) and isinstance(text, str) and len(text) > 40:
            assert text not in everything, key
    for area in browser.areas_of("ru"):
        if area not in browser.BASE_AREAS:
            assert f"area/{area}.js" in made
            assert {f"{language}/{area}.js" for language in served.languages} <= made.keys()


def test_the_head_script_knows_the_operators_languages() -> None:
    served = profile("assa")
    script = browser.head_script(browser.Languages(served.languages, served.default_language, served))
    assert json.dumps(list(served.languages), separators=(",", ":")) in script
    assert "__" not in script
    assert "</" not in script
