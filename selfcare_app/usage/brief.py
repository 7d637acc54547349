"""What a handset is told without internet: balance, what is left, the number."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from selfcare_app.kit.actor import Handset
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ledger import balance
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import allowance
from selfcare_app.usage.views import AllowanceLeft


@dataclass(frozen=True, slots=True)
class Brief:
    """The line in a few words."""

    msisdn: Msisdn
    balance: Money
    allowances: tuple[AllowanceLeft, ...]


def of_line(session: Session, actor: Handset, *, now: datetime) -> Brief:
    """Balance, allowances and number of the handset's own line."""
    line = session.exec(select(Line).where(Line.id == actor.line_id)).one()
    return Brief(
        Msisdn(line.msisdn or ""), balance.of_account(session, line.account_id), allowance.left(session, actor, now=now)
    )
