"""What an organisation's administrator sees of the organisation itself: contract, accounts and their balances."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from selfcare_app.access import subjects
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.subscribers.tables import Account, Client, Line


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """A personal account of the organisation, and how many lines in service it pays for."""

    number: str
    balance: Money
    settlement: str
    payment_form: str
    lines: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """The client of the contract; `closed` of its `lines` in service have their cabinets closed."""

    name: str
    client_id: str
    tax_id: str
    email: str
    contract_number: str
    contract_on: date | None
    accounts: tuple[AccountSeen, ...]
    lines: int
    closed: int


def read(session: Session, actor: Subscriber, *, now: datetime) -> Organisation:
    """The organisation of the signed-in administrator, with those of its accounts that he looks after.

    Raises subjects.NotAKeeper. ADM-002, ADM-005.
    """
    own = session.get_one(Line, actor.signed_line_id)
    kept = subjects.kept_accounts(session, own=own, now=now)
    if not kept:
        raise subjects.NotAKeeper()
    client = session.get_one(Client, kept[0].client_id)
    counted = _lines(session, kept)
    return Organisation(
        name=client.name,
        client_id=client.external_id,
        tax_id=client.tax_id,
        email=client.email,
        contract_number=client.contract_number,
        contract_on=client.contract_on,
        accounts=tuple(
            AccountSeen(
                number=account.number,
                balance=balance.of_account(session, account.id),
                settlement=account.settlement,
                payment_form=account.payment_form,
                lines=sum(count for (account_id, _), count in counted.items() if account_id == account.id),
            )
            for account in kept
        ),
        lines=sum(counted.values()),
        closed=sum(count for (_, access), count in counted.items() if access != "open"),
    )


def _lines(session: Session, kept: tuple[Account, ...]) -> dict[tuple[object, str], int]:
    ids = [account.id for account in kept]
    query = (
        select(Line.account_id, Line.access, func.count())
        .where(col(Line.account_id).in_(ids), Line.state != "closed")
        .group_by(col(Line.account_id), col(Line.access))
    )
    return {(account_id, access): count for account_id, access, count in session.exec(query).all()}
