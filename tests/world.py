"""Makes people, accounts, lines and sessions in a test's database."""

import itertools
from datetime import date, datetime, timedelta
from uuid import UUID

from selfcare_app.access.tables import WebSession
from selfcare_app.db import Database
from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema import Profile
from selfcare_app.subscribers.tables import Account, Client, Line, LineNumber


class World:
    """Every method writes in a transaction of its own and gives back plain rows, detached."""

    def __init__(self, db: Database, profile: Profile, now: datetime) -> None:
        self.db, self.profile, self.now = db, profile, now
        self._numbers = itertools.count(1)

    def msisdn(self) -> str:
        """The next unused number of the operator."""
        numbering = self.profile.numbering
        prefix = numbering.prefixes[0]
        rest = numbering.national_length - len(prefix)
        return f"{numbering.country_code}{prefix}{next(self._numbers):0{rest}d}"

    def line(self, *, settlement: str = "prepaid", client_kind: str = "person", **columns: object) -> Line:
        """A line with its client, account and number history; `columns` go to the line."""
        client = Client(
            id=new_id(), external_id=str(new_id()), kind=client_kind, name="Анна Ковалёва", email="anna@example.by"
        )
        account = Account(
            id=new_id(),
            external_id=str(new_id()),
            client_id=client.id,
            number=str(next(self._numbers) + 1_000_000),
            opened_on=date(2020, 3, 1),
            currency=self.profile.currency,
            settlement=settlement,
        )
        line_id = new_id()
        values: dict[str, object] = {
            "id": line_id,
            "no": next(self._numbers),
            "external_id": str(line_id),
            "account_id": account.id,
            "msisdn": self.msisdn(),
            "tariff_plan": "basic",
            "user_name": client.name,
            "activated_on": date(2020, 3, 1),
        }
        line = Line(**(values | columns))
        with self.db.transaction() as session:
            session.expire_on_commit = False
            for row in (client, account, line):
                session.add(row)
                session.flush()
            session.add(
                LineNumber(
                    id=new_id(), line_id=line.id, msisdn=line.msisdn or "", valid_from=self.now - timedelta(days=900)
                )
            )
        return line

    def session(self, line: Line, *, proofs: tuple[Proof, ...] = ()) -> Subscriber:
        """A live session of the line, as the actor that the gate would make."""
        session_id = new_id()
        idle = timedelta(seconds=self.profile.session.idle_seconds)
        with self.db.transaction() as session:
            session.add(
                WebSession(
                    id=session_id,
                    token_digest=str(session_id),
                    line_id=line.id,
                    method="password",
                    created_at=self.now,
                    seen_at=self.now,
                    idle_until=self.now + idle,
                    absolute_until=self.now + timedelta(seconds=self.profile.session.absolute_seconds),
                )
            )
        return Subscriber(line_id=line.id, session_id=session_id, proofs=proofs)

    def subscriber(self, **columns: object) -> Subscriber:
        """A line and a live session of it."""
        return self.session(self.line(**columns))

    def line_of(self, actor: Subscriber) -> UUID:
        """The actor's line."""
        return actor.line_id
