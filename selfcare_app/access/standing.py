"""What a typed number is to this operator, and the refusals that say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.access.tables import Credential
from selfcare_app.i18n.message import text_of
from selfcare_app.kit.errors import Denied, Refused
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.operators.schema import Profile
from selfcare_app.operators.schema.vocabulary import Method, SignInFailure
from selfcare_app.subscribers.tables import Account, Client, Line


class Foreign(Refused):
    """The number begins as another operator's do (ISSA-006)."""

    code = "access.number_foreign"


class Unknown(Refused):
    """No subscriber has the number (ISSA-006)."""

    code = "access.number_unknown"


class Inactive(Refused):
    """The number is ours but not in service, so that no SMS reaches it (ISSA-006)."""

    code = "access.number_inactive"


class AlreadyRegistered(Refused):
    """A password is set for the number already (ISSA-016)."""

    code = "access.already_registered"


class NotRegistered(Refused):
    """No password is set for the number: registration comes first (AS-015)."""

    code = "access.not_registered"


class AccessClosed(Denied):
    """The cabinet is closed for the line by its subscriber, organisation or operator (ISSA-025, ISSA-029, AS-016)."""

    code = "access.closed"


class OtherAudience(Refused):
    """The number's cabinet is of the other kind: mobile, or home and office (ISSA-002)."""

    code = "access.other_audience"


class NoSmsWay(Refused):
    """The operator gives passwords by other ways than the one that was asked for (ISSA-005, IH-004, AS-010)."""

    code = "access.no_sms_way"


@dataclass(frozen=True, slots=True)
class Found:
    """A canonical number, its line if it is a subscriber's, and the line's credential if one is set.

    `elsewhere`: the number has a line whose cabinet is of another kind than the one that was asked for.
    """

    msisdn: Msisdn
    line: Line | None
    credential: Credential | None
    elsewhere: bool = False


def find(session: Session, typed: str, audience: str = "") -> Found:
    """Who has the number that a person typed, among the lines of an audience (by default the operator's first).

    Raises NotANumber with an example of a right one.
    """
    profile = operators.of(session)
    numbering, asked = profile.numbering, audience or profile.registration.audiences[0]
    try:
        msisdn = Msisdn.parse(typed, numbering)
    except NotANumber as wrong:
        raise NotANumber(example=numbering.input_hint) from wrong
    query = (
        select(Line, Credential)
        .outerjoin(Credential, Credential.line_id == Line.id)  # type: ignore[arg-type]
        .where(Line.msisdn == msisdn, Line.state != "closed")
    )
    row = session.exec(query).one_or_none()
    if row is None or row[0].audience != asked:
        return Found(msisdn, None, None, elsewhere=row is not None)
    return Found(msisdn, row[0], row[1])


def check_way(methods: Sequence[Method], method: Method = Method.SMS) -> None:
    """Raises NoSmsWay unless the method is among the operator's."""
    if method not in methods:
        raise NoSmsWay()


def why_not_register(session: Session, found: Found) -> Refused | None:
    """Why the number can't be registered; None where it can."""
    return _why_no_sms(session, found) or (AlreadyRegistered() if found.credential else None)


def why_not_recover(session: Session, found: Found) -> Refused | None:
    """Why no new password can be set by SMS; None where one can."""
    return _why_no_sms(session, found) or (None if found.credential else not_registered(session))


def not_registered(session: Session) -> NotRegistered:
    """The refusal of a number without a password, with the operator's own code for it if it has one."""
    return NotRegistered(mark=mark(operators.of(session), SignInFailure.NUMBER_NOT_REGISTERED))


def closed(session: Session, line: Line) -> AccessClosed:
    """The refusal of a line whose cabinet is closed: by whom, with the operator's own code for it if it has one."""
    return AccessClosed(
        by=text_of(f"access.{line.access}"), mark=mark(operators.of(session), SignInFailure.ACCESS_CLOSED)
    )


def mark(profile: Profile, meaning: SignInFailure) -> str:
    """The operator's code for a reason as it stands behind the sentence: ` (0610)`; empty where it has none."""
    code = profile.sign_in.error_code(meaning)
    return f" ({code})" if code else ""


def words_about(session: Session, line: Line) -> tuple[str, ...]:
    """What others know about the person: not to be a password."""
    query = (
        select(Client.name, Client.contract_number, Account.number)
        .join(Account, Account.client_id == Client.id)  # type: ignore[arg-type]
        .where(Account.id == line.account_id)
    )
    return (line.user_name, line.alias, *session.exec(query).one())


def _why_no_sms(session: Session, found: Found) -> Refused | None:
    numbering = operators.of(session).numbering
    if found.elsewhere:
        return OtherAudience()
    if found.line is None:
        ours = found.msisdn.national(numbering).startswith(numbering.prefixes)
        return Unknown() if ours else Foreign(prefixes=", ".join(numbering.prefixes))
    return None if found.line.state == "active" else Inactive()
