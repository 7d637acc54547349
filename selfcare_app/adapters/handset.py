"""A simulated SMS gateway: keeps what the handsets of the demonstration received, in a file of its own."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  text TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))
)
"""
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Received:
    """One message on a handset; `at` is ISO 8601 in UTC."""

    seq: int
    sender: str
    text: str
    at: str


class HandsetGateway:
    """Takes messages like a gateway (adapters.sms.SmsGateway) and shows them like a handset."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as connection, connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_SCHEMA)

    def send(self, *, recipient: str, sender: str, text: str, message_id: str) -> str:
        """Delivers at once; the same message twice is on the handset once."""
        with closing(self._open()) as connection, connection:
            connection.execute(
                "INSERT OR IGNORE INTO received (message_id, recipient, sender, text) VALUES (?, ?, ?, ?)",
                (message_id, recipient, sender, text),
            )
        return message_id

    def received(self, recipient: str, *, after: int = 0) -> tuple[Received, ...]:
        """The latest messages of a number, oldest first, later than `after`."""
        with closing(self._open()) as connection:
            rows = connection.execute(
                "SELECT seq, sender, text, at FROM received WHERE recipient = ? AND seq > ? ORDER BY seq DESC LIMIT ?",
                (recipient, after, _SHOWN),
            ).fetchall()
        return tuple(Received(*row) for row in reversed(rows))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=5)


class HandsetMail:
    """Takes letters like a mail server (adapters.mail.MailGateway) and shows them on the simulated handset."""

    def __init__(self, handset: HandsetGateway) -> None:
        self._handset = handset

    def send(self, *, recipient: str, subject: str, text: str, message_id: str) -> str:
        """Delivers at once: the address is looked up like a number."""
        return self._handset.send(recipient=recipient, sender=subject, text=text, message_id=message_id)
