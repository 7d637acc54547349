"""The command behind `make run`: a demonstration operator, ready to be looked at."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import col, func, select

from selfcare_app import wiring
from selfcare_app.demo import cards, export
from selfcare_app.demo.command import LINES, MONTHS, NUMBERS, SEED
from selfcare_app.demo.people import people
from selfcare_app.i18n.speak import Speaker
from selfcare_app.intake import command as intake
from selfcare_app.kit import clock
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.manage import migrate, serve
from selfcare_app.settings import Misconfigured, Settings, read
from selfcare_app.subscribers.tables import Line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--lines --months --numbers of the demonstration; used when the database is still empty."""
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--numbers", type=int, default=NUMBERS)


def run(arguments: argparse.Namespace) -> int:
    """Migrates, loads the demonstration through the import, builds the front end meanwhile, and serves."""
    settings = read()
    if not settings.demo:
        raise Misconfigured("`run` shows a demonstration: set SELFCARE_DEMO=1, or use `migrate`, `import` and `serve`.")
    from selfcare_app.ui import bundle

    began = time.monotonic()
    parts = wiring.wired()
    with ThreadPoolExecutor(1) as builder:
        built = builder.submit(bundle.ensure, parts.profile.key)
        migrate.upgrade(parts.db)
        _fill(parts, arguments)
        _say("Building the front end …" if not built.done() else "The front end is built.")
        built.result()
    _greet(parts, settings, time.monotonic() - began)
    with _acquirer():
        return serve.run(arguments)


@contextmanager
def _acquirer() -> Iterator[None]:
    """The simulated bank in a process of its own, for as long as the server runs."""
    bank = subprocess.Popen([sys.executable, "-m", "selfcare_app", "acquirer"], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        bank.terminate()
        bank.wait()


def _fill(parts: wiring.Wiring, arguments: argparse.Namespace) -> None:
    with parts.db.snapshot() as session:
        if session.exec(select(func.count(col(Line.id)))).one():
            return
    _say(f"Making a demonstration of {arguments.lines} lines …")
    folder = Path(tempfile.mkdtemp(prefix="selfcare-demo-"))
    try:
        today = clock.now().astimezone(parts.profile.zone).date()
        sizes = {"lines": arguments.lines, "months": arguments.months, "numbers": arguments.numbers}
        export.write(parts.profile, folder, **sizes, seed=SEED, until=today)
        options = argparse.ArgumentParser()
        intake.add_arguments(options)
        if intake.run(options.parse_args([str(folder), "--quiet"])) != intake.ALL_LOADED:
            raise Misconfigured("The demonstration could not be loaded; what was wrong is above.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _greet(parts: wiring.Wiring, settings: Settings, seconds: float) -> None:
    speaker = Speaker("en", parts.profile)
    _say(f"\n{parts.profile.name} is ready after {seconds:.0f} s.\n\n  Address   {settings.public_url}")
    for number, password in people(parts.profile):
        _say(f"  Number    {speaker.msisdn(Msisdn(number))}   password {password}")
    for code in cards.known(parts.profile):
        _say(f"  Card      {code}")
    _say(f"  Handset   {settings.public_url}/handset   (receives the SMS, dials USSD)\n\nStop with Ctrl+C.\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
