"""A worker that takes fees and dies: a process of its own, killed between two chunks or in the middle of one."""

import os
import signal
import sys
from datetime import datetime

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.kit.actor import System
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators.registry import profile as profile_of
from selfcare_app.orders.fees import progress, run
from selfcare_app.settings import read
from tests.conftest import SECRET, import_tables


def main() -> None:
    """Arguments: database, operator, moment, chunk, how many chunks to take, where to die: `between` or `inside`."""
    url, operator, moment, chunk, chunks, where = sys.argv[1:]
    profile = profile_of(operator)
    import_tables()
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)})
    wiring.rewire(wiring.Wiring(read({"SELFCARE_DEMO": "1"}), profile, database, Keyring(SECRET)))
    now = datetime.fromisoformat(moment)
    for _ in range(int(chunks)):
        wiring.do_now(run.take_next, System("fees"), now=now, chunk=int(chunk))
    if where == "inside":
        # All of a chunk is written and nothing of it is committed.
        progress.move = lambda *args, **named: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        wiring.do_now(run.take_next, System("fees"), now=now, chunk=int(chunk))
    os.kill(os.getpid(), signal.SIGKILL)


main()
