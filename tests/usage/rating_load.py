"""Loads a small catalogue with prices, and files of records, into a test's database."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.ledger import balance
from selfcare_app.subscribers.tables import Account
from selfcare_app.usage.tables import UsageRecord
from tests.intake.exports import SMALL, Importing, Loaded, write

if TYPE_CHECKING:
    from tests.usage.conftest import Detail

CATALOGUE = {name: SMALL[name] for name in ("clients", "accounts", "tariff_plans", "lines")}
PACKAGES = """plan,code,name,position,unit,amount,valid_from
super8,minutes,Минуты,1,seconds,120,2020-01-01T00:00:00Z
"""
PRICES = """plan,code,position,kind,direction,zone,forwarded,weekdays,from,until,step,price,packages,valid_from
super8,call,2,call,outgoing,any,no,,,,60,0.0843,minutes,2020-01-01T00:00:00Z
super8,call,2,call,outgoing,any,no,,,,60,0.10,minutes,2026-11-10T00:00:00Z
super8,abroad,1,call,any,roaming,no,,,,60,2.50,,2020-01-01T00:00:00Z
super8,forwarded,1,call,any,any,yes,,,,60,0.05,,2020-01-01T00:00:00Z
super8,sms,3,sms,outgoing,any,no,,,,1,0.005,,2020-01-01T00:00:00Z
office,call,1,call,outgoing,any,no,12345,9:00,18:00,1,0.001,,2020-01-01T00:00:00Z
"""
HEADER = "record_id,line_id,started_at,kind,direction,zone,peer,duration_seconds,charge,service"
OPENED = 1_250


class Load:
    """Loads the catalogue once, then files of records."""

    def __init__(self, detail: "Detail", room: Path) -> None:
        self.detail, self._room, self._files = detail, room, itertools.count()
        self._importing = Importing(wiring.wired(), detail.now, room)
        assert self.tables(**CATALOGUE, plan_packages=PACKAGES, prices=PRICES).findings == []

    def tables(self, **tables: str) -> Loaded:
        return self._importing(write(self._room / f"export{next(self._files)}", **tables))

    def usage(self, *rows: str, header: str = HEADER) -> Loaded:
        return self.tables(usage="\n".join([header, *rows, ""]))

    def rows(self, table: type, *order: str) -> list[Any]:
        with self.detail.db.snapshot() as session:
            session.expire_on_commit = False
            found = session.exec(select(table).order_by(*(getattr(table, name) for name in order))).all()
            session.expunge_all()
        return list(found)

    def charges(self) -> list[int]:
        return [row.charge_units for row in self.rows(UsageRecord, "line_no", "started_at")]

    def spent(self, account: str = "A1", opened: int = OPENED) -> int:
        """What the ledger took from the account since it was opened."""
        with self.detail.db.snapshot() as session:
            account_id = session.exec(select(Account.id).where(Account.external_id == account)).one()
            return opened - balance.of_account(session, account_id).minor
