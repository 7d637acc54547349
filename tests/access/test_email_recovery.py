"""A forgotten password by e-mail: a real letter from a real mail server, a link that is good once, one answer for all."""

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from selfcare_app import wiring
from selfcare_app.access import email_recovery, recovery_email
from selfcare_app.access.tables import Credential, KnownDevice, RecoveryLink, WebSession
from selfcare_app.adapters.mail import SmtpGateway
from selfcare_app.endpoints.turnstile import TURNSTILE
from selfcare_app.messaging.tables import Outbox
from selfcare_app.operators import profile as profile_of
from selfcare_app.subscribers.tables import Line
from selfcare_app.worker.deliver import deliver
from tests.access.door import Door
from tests.access.web import path, query
from tests.served import free_port

ANNA, CHOSEN = "anna.k@example.com", "lipa8klen2"
VALID = profile_of("assa").recovery.email_valid_seconds

pytestmark = pytest.mark.usefixtures("cheap_hashes")


class Mailbox:
    """A mail server on this machine that keeps what it is given; `closed` makes it refuse."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.closed = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.closed:
            return "451 try again later"
        letter = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    def link(self) -> str:
        """What stands after the sign of the newest letter's link."""
        body = self.letters[-1].get_content()
        return next(line for line in body.splitlines() if "/recover/link#" in line).partition("#")[2]


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def mail(wires: wiring.Wiring) -> Iterator[Mailbox]:
    """The mailbox behind a real SMTP server, which the wiring sends through."""
    box = Mailbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    wires.mail = SmtpGateway(f"smtp://127.0.0.1:{port}", sender="cabinet@example.com", name="АССА")
    yield box
    server.stop()


@pytest.fixture
def line(door: Door) -> Line:
    """A registered line with a mailbox of its own."""
    made = door.line(language="uk")
    with door.wires.db.transaction() as session:
        recovery_email.keep(session, line_id=made.id, address=ANNA, now=door.now)
    return made


async def ask(client: httpx.AsyncClient, number: str | None) -> httpx.Response:
    return await client.post("/session/recover/email", data={"number": number or ""})


async def choose(client: httpx.AsyncClient, value: str, chosen: str = CHOSEN) -> httpx.Response:
    return await client.post("/session/recover/link", data={"token": value, "password": chosen, "again": chosen})


def post(door: Door) -> int:
    """The worker's turn."""
    return deliver(by="test", now=door.now)


@pytest.mark.requirement("AS-009", "AS-020")
@pytest.mark.security("asvs_6_3_6", "asvs_6_4_3")
async def test_a_link_in_a_letter_sets_a_new_password(
    client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox
) -> None:
    door.world.session(line)
    door.device(line)
    assert path(await ask(client, line.msisdn)) == "/recover/sent"
    post(door)
    (letter,) = mail.letters
    assert mail.recipients == [ANNA]
    assert letter["Subject"] == "АССА: новий пароль"
    assert letter["From"] == "АССА <cabinet@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    before = door.row(Credential, line.id).password_hash
    answer = await choose(client, mail.link())
    assert (path(answer), query(answer)) == ("/recover/link", {"done": "1"})
    kept = door.row(Credential, line.id)
    assert kept.password_hash != before
    assert kept.set_by == "email"
    assert [row.end_reason for row in door.rows(WebSession, line_id=line.id)] == ["password"]
    assert not door.rows(KnownDevice, line_id=line.id)
    assert "alarm.password_changed" in [key for key, _ in door.messages(line.msisdn)]


@pytest.mark.requirement("AS-020")
@pytest.mark.security("asvs_6_3_6")
async def test_the_link_alone_lets_nobody_in(client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox) -> None:
    await ask(client, line.msisdn)
    post(door)
    answer = await choose(client, mail.link())
    assert "set-cookie" not in answer.headers
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": CHOSEN})
    assert path(answer) == "/sign-in/code"


async def test_the_link_is_good_once(client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox) -> None:
    await ask(client, line.msisdn)
    post(door)
    await choose(client, mail.link())
    kept = door.row(Credential, line.id).password_hash
    assert query(await choose(client, mail.link(), "yavor5dub1"))["error"] == "runa.link_over"
    assert door.row(Credential, line.id).password_hash == kept


async def test_a_password_that_is_refused_does_not_use_it_up(
    client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox
) -> None:
    await ask(client, line.msisdn)
    post(door)
    assert query(await choose(client, mail.link(), "1234567"))["error"] == "access.password_mixed"
    assert query(await choose(client, mail.link())) == {"done": "1"}


async def test_the_link_lives_an_hour(client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox) -> None:
    await ask(client, line.msisdn)
    post(door)
    door.later(VALID)
    assert query(await choose(client, mail.link()))["error"] == "runa.link_over"


async def test_a_newer_letter_takes_the_place_of_the_older(
    client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox
) -> None:
    await ask(client, line.msisdn)
    post(door)
    first = mail.link()
    await ask(client, line.msisdn)
    post(door)
    assert query(await choose(client, first))["error"] == "runa.link_over"
    assert query(await choose(client, mail.link())) == {"done": "1"}


@pytest.mark.parametrize("value", ["", "x", "a" * 43, "'; DROP TABLE recovery_link; --"])
async def test_what_is_no_link_of_ours_does_nothing(client: httpx.AsyncClient, line: Line, value: str) -> None:
    assert query(await choose(client, value))["error"] == "runa.link_over"


async def test_nothing_keeps_the_link(client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox) -> None:
    await ask(client, line.msisdn)
    (row,) = door.rows(RecoveryLink)
    (waiting,) = door.rows(Outbox, kind="email")
    post(door)
    assert mail.link() not in repr(row.model_dump()) + repr(waiting.model_dump())
    assert door.row(Outbox, waiting.id).sealed is None


@pytest.mark.security("T13", "asvs_6_3_8")
async def test_the_answer_is_the_same_for_every_number(
    client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox
) -> None:
    organisation = door.line(client_kind="organisation")
    numbers = (line.msisdn, door.line(secret=None).msisdn, organisation.msisdn, "380449999999")
    answers = [await ask(client, number) for number in numbers]
    assert {(answer.status_code, answer.headers["location"], answer.content) for answer in answers} == {
        (303, "/recover/sent", b"")
    }
    post(door)
    assert mail.recipients == [ANNA]
    assert len(door.rows(RecoveryLink)) == len(numbers)


@pytest.mark.security("T13")
async def test_it_takes_as_long_for_every_number(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    """Medians of real requests; the same rows are written, so only noise is left between them."""
    known, unknown = [], []
    for n in range(40):
        for number, times in ((door.line().msisdn, known), (f"38044880{n:04d}", unknown)):
            TURNSTILE.forget()
            door.later(600)
            begun = time.perf_counter()
            answer = await ask(client, number)
            times.append(time.perf_counter() - begun)
            assert path(answer) == "/recover/sent"
    fast, slow = sorted((statistics.median(known), statistics.median(unknown)))
    assert slow < 2 * fast


@pytest.mark.security("T14")
async def test_a_mailbox_is_not_flooded(client: httpx.AsyncClient, line: Line) -> None:
    answers = [await ask(client, line.msisdn) for _ in range(email_recovery.LETTERS_PER_DAY + 1)]
    assert query(answers[-1])["error"] == "runa.letters_over"
    assert {path(answer) for answer in answers[:-1]} == {"/recover/sent"}


async def test_a_person_without_a_mailbox_of_the_line_gets_it_at_the_contracts(
    client: httpx.AsyncClient, door: Door, mail: Mailbox
) -> None:
    await ask(client, door.line().msisdn)
    post(door)
    assert mail.recipients == ["anna@example.by"]


async def test_a_letter_waits_while_the_server_is_away(
    client: httpx.AsyncClient, door: Door, line: Line, mail: Mailbox
) -> None:
    mail.closed = True
    await ask(client, line.msisdn)
    assert post(door) == 0
    (waiting,) = door.rows(Outbox, kind="email")
    assert waiting.state == "new"
    mail.closed = False
    door.now = waiting.due_at
    assert post(door) == 1
    assert query(await choose(client, mail.link())) == {"done": "1"}


async def test_without_a_mail_server_letters_wait_and_messages_go(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    await ask(client, line.msisdn)
    post(door)
    (waiting,) = door.rows(Outbox, kind="email")
    assert (waiting.state, waiting.attempts) == ("new", 1)
    assert waiting.expires_at - door.now <= timedelta(seconds=VALID)
