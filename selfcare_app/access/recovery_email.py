"""The mailbox of a line: taken at registration, kept sealed, written to when the password is forgotten (AS-009)."""

import re
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app.access.tables import RecoveryEmail
from selfcare_app.db import keys_of
from selfcare_app.kit.errors import Refused
from selfcare_app.subscribers.tables import Account, Client, Line

_KEY = "recovery_email"
_LONGEST = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_SHAPE = re.compile(
    rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@([a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+[a-z][a-z0-9-]{{1,62}}",
    re.IGNORECASE,
)


class NotAnAddress(Refused):
    """What was typed can't be an e-mail address."""

    code = "runa.not_an_email"


class AddressNeeded(Refused):
    """The operator asks for an e-mail address at registration."""

    code = "runa.email_needed"


def plain(typed: str) -> str:
    """The address as letters are sent to it; a domain in national letters in its Latin form. Raises NotAnAddress.

    Nothing that a mail server or a letter's header would read otherwise passes (ASVS 1.3.11).
    """
    local, at, domain = typed.strip(" ").rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode() if domain else ''}"
    except UnicodeError as wrong:
        raise NotAnAddress() from wrong
    if len(address) > _LONGEST or not _SHAPE.fullmatch(address):
        raise NotAnAddress()
    return address


def keep(session: Session, *, line_id: UUID, address: str, now: datetime) -> None:
    """Makes it the line's mailbox in place of the one before."""
    sealed = keys_of(session).seal(_KEY, _place(line_id), address.encode())
    row = session.get(RecoveryEmail, line_id)
    if row is None:
        session.add(RecoveryEmail(line_id=line_id, sealed=sealed, set_at=now))
    else:
        row.sealed, row.set_at = sealed, now


def of_line(session: Session, line: Line) -> str:
    """The line's mailbox: the one it registered with, or a person's from the contract; empty where there is none.

    The mailbox in an organisation's contract is nobody's who uses the line.
    """
    row = session.get(RecoveryEmail, line.id)
    if row is not None:
        return keys_of(session).unseal(_KEY, _place(line.id), row.sealed).decode()
    query = select(Client.email).join(Account, Account.client_id == Client.id)  # type: ignore[arg-type]
    found = session.exec(query.where(Account.id == line.account_id, Client.kind == "person")).one_or_none()
    try:
        return plain(found or "")
    except NotAnAddress:
        return ""


def _place(line_id: UUID) -> str:
    return f"recovery_email.sealed.{line_id}"
