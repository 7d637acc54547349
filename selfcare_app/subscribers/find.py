"""Finds the actor's own line and whom it belongs to."""

from sqlmodel import Session, col, select

from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.subscribers.tables import Account, Client, Line
from selfcare_app.subscribers.views import LineView, Person


class NoSuchLine(NotFound):
    """The line is not there any more."""

    code = "subscribers.no_such_line"


def person(session: Session, actor: Subscriber) -> Person:
    """The actor's own line with its client and account. Raises NoSuchLine. ISSA-047, ISSA-049, ISSA-052."""
    query = (
        select(Line, Account, Client)
        .join(Account, col(Account.id) == Line.account_id)
        .join(Client, col(Client.id) == Account.client_id)
        .where(Line.id == actor.line_id)
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NoSuchLine()
    line, account, client = found
    return Person(
        line=_view(line),
        name=line.user_name or client.name,
        owner=client.name,
        owner_kind=client.kind,
        client_id=client.external_id,
        email=client.email,
        account_number=account.number,
        account_opened_on=account.opened_on,
        currency=account.currency,
        settlement=account.settlement,
        payment_form=account.payment_form,
        credit_limit_minor=account.credit_limit_minor,
        balance_as_of=account.balance_as_of,
    )


def _view(line: Line) -> LineView:
    return LineView(
        id=line.id,
        account_id=line.account_id,
        msisdn=Msisdn(line.msisdn) if line.msisdn else None,
        kind=line.kind,
        state=line.state,
        access=line.access,
        tariff_plan=line.tariff_plan,
        language=line.language,
        ip_address=line.ip_address,
        activated_on=line.activated_on,
    )
