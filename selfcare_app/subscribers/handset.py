"""Which line a handset in the network belongs to."""

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import Handset, System
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.subscribers.tables import Line


class NotOurs(NotFound):
    """The number is not one of the operator's lines."""

    code = "subscribers.not_ours"


def of_number(session: Session, actor: System, *, number: str) -> Handset:
    """The handset that the network says a message or dialog came from. Raises NotOurs, NotANumber."""
    profile = operators.of(session)
    msisdn = Msisdn.parse(number, profile.numbering)
    query = select(Line.id, Line.language).where(Line.msisdn == msisdn, col(Line.state) != "closed")
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotOurs()
    line_id, language = found
    return Handset(line_id, language or profile.default_language)
