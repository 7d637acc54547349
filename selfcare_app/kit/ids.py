"""Identifiers made before the row: UUID version 7, ordered by the time they were made."""

import secrets
import time
from uuid import UUID

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (high << 64) | low | _VERSION_AND_VARIANT)
