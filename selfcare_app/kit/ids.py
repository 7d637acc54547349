"""Identifiers made before the row: UUID version 7, ordered by the time they were made."""

import secrets
import time
from uuid import UUID

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
_RANDOM_BYTES, _SPARE_BITS = 10, 6
_LOW = (1 << 62) - 1


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (high << 64) | low | _VERSION_AND_VARIANT)


def new_ids(count: int) -> list[UUID]:
    """So many fresh UUIDv7 in ascending order, for next to nothing each."""
    moment = (time.time_ns() // 1_000_000 << 80) | _VERSION_AND_VARIANT
    noise = secrets.token_bytes(count * _RANDOM_BYTES)
    ends = range(0, len(noise), _RANDOM_BYTES)
    # In ascending order rows go to the end of an index, one after the other.
    bits = sorted([int.from_bytes(noise[at : at + _RANDOM_BYTES], "big") >> _SPARE_BITS for at in ends])
    return [UUID(int=moment | (random >> 62) << 64 | random & _LOW) for random in bits]
