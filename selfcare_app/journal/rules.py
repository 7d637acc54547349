"""What an entry's digests are made of: values in, text out; the same for writing, checking and an exported file."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

STREAMS = 16
KEY = "audit"
ANCHOR_KEY = "journal-anchor"

_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)

LINE_FIELDS = (
    "seq",
    "id",
    "at",
    "actor",
    "actor_id",
    "actor_name",
    "role",
    "action",
    "outcome",
    "details_digest",
)
"""What binds the entries of one line; `at` is whole microseconds since 1970, `seq` the entry's place in its line."""


def canonical(value: Any) -> str:
    """The one way to write a plain value down: JSON without blanks, names in order."""
    return _WRITER.encode(value)


def stream_of(line_id: UUID | None, streams: int) -> int:
    """The stream that the entries of a line stand in; the first has those of no line."""
    return hashlib.sha256(line_id.bytes).digest()[0] % streams if line_id else 0


def details_digest(salt: str, details: Mapping[str, Any]) -> str:
    """The digest of an entry's details; with the details erased it tells nothing."""
    return hashlib.sha256(f"{salt}\0{canonical(details)}".encode()).hexdigest()


def line_hash(line_id: str, fields: Mapping[str, Any], before: str) -> str:
    """The link of an entry to the one of the same line before it; `fields` has LINE_FIELDS."""
    said = canonical([line_id, *(fields[name] for name in LINE_FIELDS)])
    return hashlib.sha256(f"{said}\0{before}".encode()).hexdigest()


def entry_text(stream: int, seq: int, line_id: str, fields: Mapping[str, Any], session_id: str, line_link: str) -> str:
    """What the keyed hash of an entry is made of, besides the hash before it."""
    return canonical([stream, seq, line_id, *(fields[name] for name in LINE_FIELDS), session_id, line_link])


def anchor_text(at: int, heads: list[list[Any]]) -> str:
    """What the signature of an anchor is made of; `heads` are [stream, seq, hash]."""
    return canonical(["anchor", at, heads])


def export_text(line_id: str, made_at: int, seq: int, link: str) -> str:
    """What the signature of an exported file is made of."""
    return canonical(["export", line_id, made_at, seq, link])
