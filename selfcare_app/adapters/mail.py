"""Hands letters to a mail server over SMTP, encrypted wherever the server can be."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Protocol
from urllib.parse import unquote, urlsplit

from selfcare_app.kit.errors import Unavailable

TIMEOUT_SECONDS = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MailAway(Unavailable):
    """The mail server did not take the letter."""

    code = "messaging.mail_away"


class MailGateway(Protocol):
    """What the worker needs of a mail server."""

    def send(self, *, recipient: str, subject: str, text: str, message_id: str) -> str:
        """Hands over one letter and gives its identity. Raises MailAway."""
        ...


class SmtpGateway:
    """`url` is smtps://user:password@host:port or smtp://…; `sender` the address that letters come from.

    Over smtp:// the connection is encrypted before anything is said; only this machine may do without.
    """

    def __init__(self, url: str, *, sender: str, name: str) -> None:
        parts = urlsplit(url)
        self._host, self._tls = parts.hostname or "", parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._domain = Address(name, addr_spec=sender), sender.rpartition("@")[2]

    def send(self, *, recipient: str, subject: str, text: str, message_id: str) -> str:
        """Sends as plain text; the same letter has the same Message-ID however often it is tried."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._sender, recipient, subject
        letter["Date"], letter["Message-ID"] = format_datetime(localtime()), f"<{message_id}@{self._domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        try:
            with self._open() as server:
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as wrong:
            raise MailAway() from wrong
        return message_id

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
            if self._host not in _LOOPBACK:
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server
