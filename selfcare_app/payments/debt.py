"""What is owed, by when, and how much to pay in; and the state of the account with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.catalogue import plan
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance, opening
from selfcare_app.ledger.tables import LedgerAccount, Transfer
from selfcare_app.payments import rules
from selfcare_app.payments.history_views import AccountState, DebtView
from selfcare_app.payments.promise.tables import PromisedPayment
from selfcare_app.subscribers import find
from selfcare_app.subscribers.tables import Account, Line
from selfcare_app.usage import charges

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is left to pay of bills up to that of `month`, in minor units, by `due_on`; None: at once."""

    month: date
    minor: int
    due_on: date | None


billed: list[Callable[[Session, UUID], Owed | None]] = []
"""Who knows what is owed of an account's bills; None where it has none."""


def read(session: Session, actor: Subscriber, *, now: datetime) -> DebtView:
    """What the account of the actor's line owes now. ISSA-055, IH-010, IH-011.

    A prepaid account owes what it is below zero; a postpaid one what its bills and the months since them, before this
    one, cost and nobody has paid, due when the oldest unpaid bill says, or on the profile's day of this month.
    """
    account = session.exec(
        select(Account).join(Line, col(Line.account_id) == Account.id).where(Line.id == actor.line_id)
    ).one()
    profile = operators.of(session)
    today = now.astimezone(profile.zone).date()
    has, promised = balance.of_account(session, account.id), _promised(session, account)
    upcoming = plan.upcoming(session, actor, now=now)
    if account.settlement == "postpaid":
        owed, due_on = _owed(session, account, has.minor, today)
        safe_on, wanted = None, owed
    else:
        owed, due_on = rules.owed(has.minor), None
        safe_on = upcoming.on if upcoming else None
        wanted = max(owed, (upcoming.total.minor if upcoming else 0) + promised - has.minor, 0)
    return DebtView(
        debt=_like(has, owed),
        due_on=due_on,
        blocks=profile.charging.blocks_on_unpaid_bill,
        promised=_like(has, promised),
        recommended=_like(has, wanted),
        safe_on=safe_on if wanted else None,
    )


def state(session: Session, actor: Subscriber, *, now: datetime) -> AccountState:
    """Balance, spending of this month, account and debt. IH-010, IH-011, AS-043. Raises subscribers.NoSuchLine."""
    person = find.person(session, actor)
    standing = balance.standing(session, actor, now=now)
    this_month, _ = charges.months(session, actor, now=now)
    return AccountState(
        number=person.account_number,
        settlement=person.settlement,
        balance=standing.balance,
        available=standing.available,
        as_of=standing.as_of,
        spent=this_month.charge,
        debt=read(session, actor, now=now),
    )


def _owed(session: Session, account: Account, has_minor: int, today: date) -> tuple[int, date | None]:
    """What a postpaid account owes and by when."""
    profile, first = operators.of(session), today.replace(day=1)
    bills = next((found for ask in billed if (found := ask(session, account.id)) is not None), None)
    if bills is not None and rules.last_of_month(bills.month) >= first - _DAY:
        return bills.minor, bills.due_on
    owed = rules.owed(has_minor + _debited_since(session, account, datetime.combine(first, time.min, profile.zone)))
    if bills is not None and bills.minor:
        return owed, bills.due_on
    return owed, rules.due_on(today, profile.charging.debt_due_day) if owed else None


def _debited_since(session: Session, account: Account, since: datetime) -> int:
    """What was taken from the account since a moment; what it came with from billing is older than any month."""
    own = select(LedgerAccount.id).where(LedgerAccount.account_id == account.id).scalar_subquery()
    query = select(func.coalesce(func.sum(Transfer.amount_minor), 0)).where(
        col(Transfer.debit_id) == own, col(Transfer.created_at) >= since, Transfer.code != opening.KIND
    )
    return int(session.exec(query).one())


def _promised(session: Session, account: Account) -> int:
    query = select(func.coalesce(func.sum(PromisedPayment.amount_minor), 0)).where(
        PromisedPayment.account_id == account.id, PromisedPayment.state == "active"
    )
    return int(session.exec(query).one())


def _like(money: Money, minor: int) -> Money:
    return Money(minor, money.currency, money.scale)
