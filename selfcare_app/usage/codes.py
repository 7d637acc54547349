"""The numbers that stand for kinds, directions and zones in usage records; their order and value never change."""

from enum import IntEnum


class Kind(IntEnum):
    """What was used. The lower-case name is the word of operators.schema.vocabulary.UsageKind and of the catalogues."""

    CALL = 1
    SMS = 2
    MMS = 3
    DATA = 4


class Direction(IntEnum):
    """Which way, seen from the subscriber; a data session is outgoing."""

    OUTGOING = 1
    INCOMING = 2


class Zone(IntEnum):
    """Where the other side is (or, for ROAMING, where the subscriber is); NONE where it means nothing."""

    NONE = 0
    ON_NET = 1
    OFF_NET_MOBILE = 2
    FIXED = 3
    INTERNATIONAL = 4
    ROAMING = 5


FORWARDED = "forwarded"
"""The `service` of a call that the network forwarded at the subscriber's wish."""

NOT_CHARGED = -1
"""Stands for the charge of a record that nobody has priced yet; never in the table."""
