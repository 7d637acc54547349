"""A worker that closes a month and dies in the middle of a chunk: a process of its own."""

import os
import signal
import sys
from datetime import datetime

from selfcare_app import wiring
from selfcare_app.bills import close, run
from selfcare_app.db import Database
from selfcare_app.kit.actor import System
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators.registry import profile as profile_of
from selfcare_app.settings import read
from tests.conftest import SECRET, import_tables


def main() -> None:
    """Arguments: database, operator, moment, chunk, how many chunks to close before."""
    url, operator, moment, chunk, chunks = sys.argv[1:]
    profile = profile_of(operator)
    import_tables()
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)})
    wiring.rewire(wiring.Wiring(read({"SELFCARE_DEMO": "1"}), profile, database, Keyring(SECRET)))
    now = datetime.fromisoformat(moment)
    for _ in range(int(chunks)):
        wiring.do_now(run.close_next, System("bills"), now=now, chunk=int(chunk))
    # All of a chunk's bills are written, the organisations' sums are not, and nothing of it is committed.
    close._add_up = lambda *args, **named: os.kill(os.getpid(), signal.SIGKILL)
    wiring.do_now(run.close_next, System("bills"), now=now, chunk=int(chunk))


main()
