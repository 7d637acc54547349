"""Many operations in one go, each for itself: one that is refused never touches the others."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_ids
from selfcare_app.ledger import account, operation, running_sums, set_based
from selfcare_app.ledger import asked as asking
from selfcare_app.ledger.account import NoAccount
from selfcare_app.ledger.asked import Asked, Instruction, Key
from selfcare_app.ledger.operation import KeyReused, Mover, Posted
from selfcare_app.ledger.rules import PERSONAL, AccountKey, Change, Sums, Unsound, check_balanced
from selfcare_app.ledger.running_sums import NotYours
from selfcare_app.ledger.set_based import Kept, Postgres, Row, Sqlite
from selfcare_app.subscribers.tables import Line

__all__ = ["Instruction", "Raced", "post_many", "settled", "settled_whole"]

_TRIES = 3

Known = tuple[str, Posted]
"""Digest and result of an operation that is there already."""


def post_many(
    session: Session, actor: Mover, *, operations: Sequence[Instruction], now: datetime
) -> list[Posted | Fault]:
    """What post() of each would give, one after the other: the operation as posted, or the refusal as a value.

    The accounts of all are locked at once and everything is written by one statement a table; up to a few thousand
    operations a call are a good size. Refusals are NotEnough, KeyReused, NotYours, account.NoAccount; nothing of a
    refused operation is in the transaction.
    """
    if not operations:
        return []
    name, by = operation.name(actor), operation.by(actor)
    return settled(session, [asking.asked(actor, name, by, each, now) for each in operations])


def settled(session: Session, asked: Sequence[Asked]) -> list[Posted | Fault]:
    """What becomes of each of the operations, whoever asks for it, in their order: as post_many() says."""
    session.flush()
    books = set_based.of(session)
    for _ in range(_TRIES):
        try:
            # Where nobody else writes nothing comes between: a savepoint would be a fifth of a small batch's time.
            with books.connection.begin_nested() if isinstance(books, Postgres) else nullcontext():
                return _once(session, books, asked)
        except Raced:
            continue
    raise Unsound("operations that are not there have keys that are not free")


def settled_whole(session: Session, asked: Sequence[Asked]) -> list[Posted | Fault]:
    """settled() for a transaction that is nobody else's. Raises Raced: then it has to be rolled back and run again."""
    return _once(session, set_based.of(session), asked)


def _once(session: Session, books: Sqlite | Postgres, asked: Sequence[Asked]) -> list[Posted | Fault]:
    batch = _Batch(session, books)
    outcomes = batch.run(asked)
    batch.write()
    return outcomes


class Raced(Exception):
    """A rival has posted one of the keys since we asked for them: now it will be found."""


@dataclass(slots=True)
class _Batch:
    """One attempt: decides in memory, under the locks, in the order of the operations; then writes."""

    session: Session
    books: Sqlite | Postgres
    accounts: dict[AccountKey, Kept] = field(default_factory=dict)
    known: dict[Key, Known] = field(default_factory=dict)
    own: Mapping[UUID, str] = field(default_factory=dict)
    ids: Iterator[UUID] = field(default_factory=lambda: iter(()))
    operations: list[Row] = field(default_factory=list)
    transfers: list[Row] = field(default_factory=list)

    def run(self, asked: Sequence[Asked]) -> list[Posted | Fault]:
        """What becomes of each; nothing is written yet."""
        self._lock({key for each in asked for key in each.changes})
        self.known.update(self.books.known([each.key for each in asked]))
        self.own = _own_accounts(self.session, asked)
        self.ids = iter(new_ids(sum([1 + len(each.moves) for each in asked])))
        return [self._outcome(each) for each in asked]

    def write(self) -> None:
        """Writes what was decided. Raises Raced if a key has been taken meanwhile; Unsound."""
        if not self.operations:
            return
        changed = [kept for kept in self.accounts.values() if kept.more_debits or kept.more_credits]
        check_balanced({kept.key: Change(kept.more_debits, kept.more_credits) for kept in changed})
        counts = self.books.write(self.operations, changed, self.transfers)
        if counts[0] != len(self.operations):
            raise Raced
        # An account that is not as it was read under the lock is not changed, and then the numbers differ.
        if counts[1:] != (len(changed), len(self.transfers)):
            raise Unsound(f"{counts[1:]} accounts and transfers of {len(changed)} and {len(self.transfers)}")

    def _lock(self, keys: set[AccountKey]) -> None:
        found = self.books.locked(keys)
        if missing := keys - {kept.key for kept in found}:
            refused = account.make(self.session, missing)
            if missing != refused:
                found = self.books.locked(keys)
        self.accounts = {kept.key: kept for kept in found}

    def _outcome(self, asked: Asked) -> Posted | Fault:
        if (before := self.known.get(asked.key)) is not None:
            return before[1] if before[0] == asked.digest else KeyReused()
        accounts, changes = self.accounts, asked.changes
        if not changes.keys() <= accounts.keys():
            return NoAccount()
        if asked.line_id is not None and not _owns(asked, self.own.get(asked.line_id, "")):
            return NotYours()
        floors = self._floors(asked)
        if floors is None:
            return self._refused(asked)
        for (key, (debits, credits)), floor in zip(changes.items(), floors, strict=True):
            accounts[key].add(debits, credits, floor)
        return self._accepted(asked)

    def _floors(self, asked: Asked) -> list[int | None] | None:
        """The floors of the accounts once the operation is done; None if one has too little for it."""
        floors: list[int | None] = []
        for key, (debits, credits) in asked.changes.items():
            kept = self.accounts[key]
            floor, after = kept.base_floor, kept.spendable + credits - debits
            if floor is not None:
                # What was already below its floor may not sink further.
                floor = min(kept.spendable, floor)
                if after < floor:
                    if not asked.may_overdraw:
                        return None
                    floor = after
            floors.append(floor)
        return floors

    def _refused(self, asked: Asked) -> Fault:
        """The refusal of the account that post() would find first: they are locked, and found, in order of id."""
        for kept in self.accounts.values():
            debits, credits = asked.changes.get(kept.key, (0, 0))
            floor = kept.base_floor
            if floor is not None and kept.spendable + credits - debits < min(kept.spendable, floor):
                sums = Sums(kept.debits + kept.more_debits, kept.credits + kept.more_credits, kept.held)
                return running_sums.not_enough(kept.key, floor, sums, Change(debits, credits), asked.scale)
        raise Unsound("an operation is refused for nobody's sake")

    def _accepted(self, asked: Asked) -> Posted:
        own, accounts, at = next(self.ids), self.accounts, asked.now
        posted = Posted(own, tuple(islice(self.ids, len(asked.moves))), at)
        self.known[asked.key] = asked.digest, posted
        result = '{"transfers": ["' + '", "'.join(map(str, posted.transfers)) + '"]}'
        self.operations.append((own, *asked.key, asked.digest, at, result, asked.acted_by, asked.session_id))
        for seq, (debit, credit, minor, code) in enumerate(asked.moves):
            row = posted.transfers[seq], own, seq, code, accounts[debit].id, accounts[credit].id, minor, at
            self.transfers.append(row)
        return posted


def _owns(asked: Asked, own_account: str) -> bool:
    return all(
        code == own_account for (kind, code, _), (debits, _) in asked.changes.items() if kind in PERSONAL and debits
    )


def _own_accounts(session: Session, asked: Sequence[Asked]) -> Mapping[UUID, str]:
    """The accounts that pay for the lines of those who may debit no other."""
    lines = {each.line_id for each in asked if each.line_id is not None}
    if not lines:
        return {}
    found = session.exec(select(Line.id, Line.account_id).where(col(Line.id).in_(lines))).all()
    return {line_id: str(account_id) for line_id, account_id in found}
