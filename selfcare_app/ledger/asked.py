"""What is asked of the ledger, and all that can be worked out of it before any row is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from selfcare_app.kit.actor import Staff, System
from selfcare_app.ledger import operation, rules
from selfcare_app.ledger.operation import Mover
from selfcare_app.ledger.rules import AccountKey, Leg, Move

Key = tuple[str, str, str]
"""Actor, kind and key of an operation: what makes it one act."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation that is asked for, as post() takes it."""

    kind: str
    key: str
    legs: tuple[Leg, ...]
    may_overdraw: bool = False


@dataclass(slots=True)
class Asked:
    """An operation that somebody asks for; `changes` are debits and credits of each account in minor units.

    `line_id` is the line whose account alone the actor may debit, None if that is not limited.
    """

    key: Key
    digest: str
    moves: list[Move]
    changes: Mapping[AccountKey, tuple[int, int]]
    scale: int
    may_overdraw: bool
    now: datetime
    acted_by: str
    session_id: UUID | None
    line_id: UUID | None


def asked(actor: Mover, name: str, by: Mapping[str, Any], instruction: Instruction, now: datetime) -> Asked:
    """The operation as the actor asks for it; `name` and `by` are operation.name() and by() of the actor.

    Raises ValueError for legs that no caller may make.
    """
    moves = rules.moves(instruction.legs)
    return Asked(
        (name, instruction.kind, instruction.key),
        rules.digest_of(moves),
        moves,
        _changes(moves),
        instruction.legs[0].amount.scale,
        instruction.may_overdraw,
        now,
        by["acted_by"],
        by["session_id"],
        None if isinstance(actor, System | Staff) else actor.line_id,
    )


def one(actor: Mover, instruction: Instruction, now: datetime) -> Asked:
    """asked() of an actor who asks for this alone."""
    return asked(actor, operation.name(actor), operation.by(actor), instruction, now)


def _changes(moves: list[Move]) -> Mapping[AccountKey, tuple[int, int]]:
    if len(moves) == 1:
        debit, credit, minor, _ = moves[0]
        return {debit: (minor, 0), credit: (0, minor)}
    sums: dict[AccountKey, tuple[int, int]] = {}
    for debit, credit, minor, _ in moves:
        debits, credits = sums.get(debit, (0, 0))
        sums[debit] = debits + minor, credits
        debits, credits = sums.get(credit, (0, 0))
        sums[credit] = debits, credits + minor
    return sums
