"""What goes out: to the addresses of the settings and no others, and nothing that somebody wrote changes where or what."""

import ast
import socket
from email import message_from_string
from email.headerregistry import Address
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app.access import recovery_email
from selfcare_app.access.recovery_email import NotAnAddress
from selfcare_app.adapters.mail import SmtpGateway
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.operators import profile as profile_of
from tests.architecture.test_walls import APP, sources, tree

CALLING = {"httpx", "requests", "urllib.request", "http.client", "smtplib", "socket", "ftplib", "aiohttp", "websockets"}


def imported(file: Any) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
    return found


@pytest.mark.security("asvs_1_3_6")
def test_only_the_gateways_can_call_anybody() -> None:
    """No request is made to an address that somebody wrote: each caller is made with one address of the settings."""
    callers = {str(file.relative_to(APP)) for file in sources() if imported(file) & CALLING}
    assert callers == {
        "adapters/sms.py",
        "adapters/mail.py",
        "adapters/cards/bepaid.py",
        "adapters/cards/liqpay.py",
        "demo/acquirer_app.py",
        "demo/acquirer_shop.py",
    }
    wiring = (APP / "wiring.py").read_text("utf-8")
    assert wiring.count("HttpSmsGateway(") == wiring.count("HttpSmsGateway(settings.sms_gateway_url)") == 1
    assert wiring.count("SmtpGateway(settings.smtp_url") == 1


@pytest.mark.security("asvs_1_3_11", "asvs_1_3_3")
@pytest.mark.parametrize(
    "typed",
    [
        "a@example.by\r\nBcc: x@evil.example",
        "a@example.by\nBcc:x@evil.example",
        "a@example.by%0aBcc:x@evil.example",
        "a@example.by,b@evil.example",
        "a@example.by;b@evil.example",
        "a@example.by b@evil.example",
        '"a\r\nDATA"@example.by',
        "<a@example.by> SIZE=1",
        "a@[127.0.0.1]",
        "a@localhost",
        "a@" + "b" * 300 + ".by",
        "a" * 65 + "@example.by",
        "a@example.by\0",
        "a@b@c.by",
        "",
    ],
)
def test_an_address_that_would_say_more_to_the_mail_server_is_none(typed: str) -> None:
    with pytest.raises(NotAnAddress):
        recovery_email.plain(typed)


@pytest.mark.security("asvs_1_3_11")
@given(st.text(max_size=80))
def test_what_is_taken_for_an_address_is_one_recipient_in_one_line(typed: str) -> None:
    try:
        taken = recovery_email.plain(f"a@{typed}.by")
    except NotAnAddress:
        return
    assert taken.isascii()
    assert taken.isprintable()
    assert taken.count("@") == 1
    assert not set(taken) & set(' ,;<>"\\')
    Address("", addr_spec=taken)


class Kept:
    """A mail server that keeps what it is told."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the server's name for it
        self.letters.append((list(envelope.rcpt_tos), envelope.content.decode("utf-8", "replace")))
        return "250 ok"


@pytest.mark.security("asvs_1_3_11", "asvs_1_3_3")
def test_a_letter_has_no_header_and_no_recipient_that_its_words_asked_for() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = Kept()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    try:
        gateway = SmtpGateway(f"smtp://127.0.0.1:{port}", sender="service@example.by", name="Служба")
        evil = "привет\r\n.\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<y@evil.example>\r\nDATA\r\nBcc: z@evil.example"
        gateway.send(recipient="anna@example.by", subject="Пароль", text=evil, message_id="1")
        with pytest.raises(ValueError, match="linefeed"):
            gateway.send(recipient="anna@example.by", subject="Пароль\r\nBcc: x@evil.example", text="x", message_id="2")
    finally:
        server.stop()
    ((recipients, letter),) = kept.letters
    assert recipients == ["anna@example.by"]
    read = message_from_string(letter)
    assert set(map(str.casefold, read.keys())) & {"bcc", "cc", "reply-to"} == set()
    assert read["to"] == "anna@example.by"


@pytest.mark.security("asvs_1_3_7", "asvs_1_3_3")
@given(st.text(max_size=60))
def test_a_name_in_a_message_is_a_name_whatever_it_says(name: str) -> None:
    speaker = Speaker("ru", profile_of("issa"))
    for evil in (name, "{0.__class__}", "{name.__init__.__globals__}", "{{name}}", "%(name)s", "${name}", "{service}"):
        made = speaker.text("journal.document.delegate", name=evil)
        assert made == speaker.text("journal.document.delegate", name="\ue000").replace("\ue000", evil)


@pytest.mark.security("asvs_1_1_1")
@pytest.mark.parametrize(
    "typed",
    [
        "٣٧٥٢٩١٢٣٤٥٦٧",
        "３７５２９１２３４５６７",
        "+375 (29) 123-45-67",
        "%33%37%35",
        "375291234567\0",
        "0x375291234567",
        "375291234567;1",
    ],
)
def test_however_a_number_is_written_it_is_one_number_or_none(typed: str) -> None:
    """Never two: what is checked is what is kept, and reading it again changes nothing."""
    numbering = profile_of("issa").numbering
    try:
        once = Msisdn.parse(typed, numbering)
    except NotANumber:
        return
    assert once == "375291234567"
    assert Msisdn.parse(once, numbering) == once
