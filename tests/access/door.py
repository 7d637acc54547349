"""What the tests of the door do again and again: register, knock, read the SMS."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import bcrypt
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.access import admission, password, sign_in, token
from selfcare_app.access.tables import Credential, KnownDevice
from selfcare_app.access.views import Browser, Step
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Line, Sim
from tests.world import World

CHEAP = 4
PASSWORD = "вяз7дуб3"
SIM = {"pin1": "4821", "puk1": "84613957", "pin2": "7350", "puk2": "20468135"}


@dataclass
class Door:
    """Runs use cases as a visitor at `now`, which `later` moves on."""

    wires: wiring.Wiring
    world: World
    now: datetime
    visitor: Visitor = field(default_factory=lambda: Visitor(address="198.51.100.7"))

    def do(self, use_case: Callable[..., Any], actor: Any = None, **named: Any) -> Any:
        return wiring.do_now(use_case, actor or self.visitor, **named, now=self.now)

    def ask(self, use_case: Callable[..., Any], actor: Any = None, **named: Any) -> Any:
        return wiring.ask_now(use_case, actor or self.visitor, **named, now=self.now)

    def later(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def line(self, *, secret: str | None = PASSWORD, **columns: Any) -> Line:
        """A line, with a password unless `secret` is None, and with a SIM."""
        line = self.world.line(**columns)
        sim_id, keys = new_id(), self.wires.keys
        iccid = f"8937500{line.no:012d}"
        with self.wires.db.transaction() as session:
            session.add(
                Sim(
                    id=sim_id,
                    line_id=line.id,
                    iccid=iccid,
                    **sim_seal.seal(keys, sim_id, **SIM),
                    puk1_mac=sim_seal.puk1_mac(keys, iccid, SIM["puk1"]),
                    issued_at=self.now - timedelta(days=400),
                )
            )
            if secret is not None:
                kept = bcrypt.hashpw(password._digest(keys, secret), bcrypt.gensalt(CHEAP)).decode()
                session.add(
                    Credential(
                        line_id=line.id, password_hash=kept, set_by="web", set_at=self.now, registered_at=self.now
                    )
                )
        return line

    def device(self, *lines: Line) -> str:
        """The cookie value of a browser that the lines know."""
        value = token.make()
        with self.wires.db.transaction() as session:
            for line in lines:
                session.add(
                    KnownDevice(
                        id=new_id(),
                        token_digest=token.digest(value),
                        line_id=line.id,
                        created_at=self.now,
                        seen_at=self.now,
                        expires_at=self.now + timedelta(days=90),
                    )
                )
        return value

    def on(self, device_token: str, address: str = "198.51.100.7") -> Visitor:
        """The visitor at that browser."""
        return Visitor(address=address, device=token.digest(device_token))

    def knock(self, number: str, *, right: bool, actor: Visitor | None = None, browser: Browser | None = None) -> Step:
        """A sign-in whose password is right or wrong."""
        claim = self.do(sign_in.claim, actor, number=number)
        step: Step = self.do(
            sign_in.settle,
            actor,
            claim=claim,
            right=right and claim.fault is None and bool(claim.kept),
            browser=browser or Browser(),
        )
        return step

    def enter_code(self, purpose: str, admission_token: str, code: str) -> Step:
        """Both transactions of a typed code on the way in."""
        place = {"purpose": purpose, "admission_token": admission_token}
        attempt = self.do(admission.count_try, **place)
        step: Step = self.do(admission.check_code, **place, attempt=attempt, code=code)
        return step

    def messages(self, number: str) -> list[tuple[str, dict[str, Any]]]:
        """(key, args) of every message to a number, in order."""
        with self.wires.db.snapshot() as session:
            rows = session.exec(
                select(Outbox).where(Outbox.recipient == number).order_by(Outbox.created_at, Outbox.id)
            ).all()
            contents = [
                json.loads(self.wires.keys.unseal("outbox", f"outbox.sealed.{row.id}", row.sealed or b""))
                for row in rows
            ]
        return [(content["key"], content.get("args", {})) for content in contents]

    def code(self, number: str) -> str:
        """The code in the newest SMS that has one."""
        code: str = [args["code"] for key, args in self.messages(number) if key.startswith("access.sms.code_")][-1]
        return code

    def row(self, table: type[Any], key: Any) -> Any:
        """A row as it is now."""
        with self.wires.db.snapshot() as session:
            found = session.get(table, key)
            if found is not None:
                session.expunge(found)
            return found

    def rows(self, table: type[Any], **columns: Any) -> list[Any]:
        """Rows with those values, in the order they were made."""
        with self.wires.db.snapshot() as session:
            found = session.exec(select(table).filter_by(**columns).order_by(table.id)).all()
            session.expunge_all()
            return list(found)

    def all(self, table: type[Any]) -> list[Any]:
        """Every row, in no order."""
        with self.wires.db.snapshot() as session:
            found = session.exec(select(table)).all()
            session.expunge_all()
            return list(found)


def other(code: str) -> str:
    """A code of the same length that is another one."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
