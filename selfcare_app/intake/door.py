"""The two ways in which an import reaches the database: batch by batch, or everything in one transaction."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.kit.actor import System

ACTOR = System(job="import")
Result = TypeVar("Result")


class Door(Protocol):
    """Runs use cases of the import."""

    def do(self, use_case: Callable[..., Result], **named: Any) -> Result:
        """Runs one that writes."""
        ...

    def ask(self, use_case: Callable[..., Result], **named: Any) -> Result:
        """Runs one that reads."""
        ...


class Batchwise:
    """Every batch is a transaction: others get their turn in between, and what is loaded stays."""

    def do(self, use_case: Callable[..., Result], **named: Any) -> Result:
        """Runs one that writes."""
        return wiring.do_now(use_case, ACTOR, **named)

    def ask(self, use_case: Callable[..., Result], **named: Any) -> Result:
        """Runs one that reads."""
        return wiring.ask_now(use_case, ACTOR, **named)


class Together:
    """Everything happens in the one transaction of `session`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        if session.get_bind().dialect.name == "postgresql":
            # Reading a file goes on between statements, and a large part may take its time.
            session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            session.execute(text("SET LOCAL statement_timeout = 0"))

    def do(self, use_case: Callable[..., Result], **named: Any) -> Result:
        """Runs one that writes."""
        return use_case(self._session, ACTOR, **named)

    ask = do
