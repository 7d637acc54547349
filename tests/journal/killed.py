"""Runs one act for each line in a process of its own that kills itself (SIGKILL) before its n-th word to the database.

Called with the database's address and pairs line:n; n 0 lives, and its exit code says how many words there were.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event

from selfcare_app import wiring
from selfcare_app.access import account_lock
from selfcare_app.db import Database
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators import profile
from selfcare_app.settings import Settings

OPERATOR = "issa"


def main(url: str, secret: str, rounds: list[str]) -> None:
    for each in rounds:
        line_id, _, at = each.partition(":")
        child = os.fork()
        if child == 0:
            os._exit(_act(url, bytes.fromhex(secret), UUID(line_id), int(at)))
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


def _act(url: str, secret: bytes, line_id: UUID, at: int) -> int:
    keys, said = Keyring(secret), profile(OPERATOR)
    database = Database(url, info={"profile": said, "keys": keys})
    settings = Settings(
        operator=OPERATOR, database_url=url, redis_url="", public_url="http://127.0.0.1:8000", host="127.0.0.1",
        port=8000, demo=False, secret_key=secret,
    )  # fmt: skip
    wiring.rewire(wiring.Wiring(settings, said, database, keys))
    words = _Words(at)
    event.listen(database.engine, "before_cursor_execute", words.heard)
    event.listen(database.engine, "commit", words.heard)
    wiring.do_now(account_lock.lock, Subscriber(line_id, new_id()), now=datetime.now(UTC))
    words.heard()
    return words.count


class _Words:
    """Counts statements and commits, the moment after the last commit too, and dies before the chosen one."""

    def __init__(self, at: int) -> None:
        self.count, self._at = 0, at

    def heard(self, *_: Any) -> None:
        self.count += 1
        if self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
