"""The subscriber's own e-mail address: proven twice, told everywhere, never through a mail server's back door."""

import re
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from selfcare_app.access import code, email_address, halt, recovery_email, sim_window
from selfcare_app.access.guard_tables import EmailChange
from selfcare_app.access.tables import RecoveryEmail, RecoveryLink, WebSession
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, OwnOnly, Proof, ProofNeeded, Subscriber
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.test_email_recovery import Mailbox, ask, mail, post  # noqa: F401 - a fixture
from tests.access.web import path, query, sign_in

OLD, NEW = "anna.k@example.com", "anna.new@example.com"

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def line(door: Door) -> Line:
    made = door.line()
    with door.wires.db.transaction() as session:
        recovery_email.keep(session, line_id=made.id, address=OLD, now=door.now)
    return made


def proof(door: Door, method: str = "runa") -> Proof:
    until = door.now.replace(year=door.now.year + 1)
    return Proof(email_address.PURPOSE, method, door.now, until)


@pytest.fixture
def actor(door: Door, line: Line) -> Subscriber:
    """The subscriber, who has just shown that it is he."""
    return door.world.session(line, proofs=(proof(door),))


def kept(door: Door, actor: Subscriber) -> str:
    address: str = door.ask(email_address.mine, actor).address
    return address


def code_in(mail: Mailbox) -> str:  # noqa: F811
    """The code of the newest letter."""
    return re.findall(r"\b\d{6}\b", mail.letters[-1].get_content())[-1]


def enter(door: Door, actor: Subscriber, typed: str) -> object:
    attempt = door.do(email_address.count, actor)
    return door.do(email_address.settle, actor, attempt=attempt, typed=typed)


@pytest.mark.requirement("AS-009")
@pytest.mark.security("asvs_6_3_7", "asvs_7_5_1")
def test_an_address_is_taken_by_the_code_that_came_there(
    door: Door,
    actor: Subscriber,
    line: Line,
    mail: Mailbox,  # noqa: F811
) -> None:
    door.do(email_address.begin, actor, typed=NEW)
    assert kept(door, actor) == OLD, "nothing has changed yet"
    post(door)
    assert mail.recipients == [NEW]
    assert mail.letters[0]["Subject"] == "АССА: підтвердьте адресу"
    assert enter(door, actor, code_in(mail)) is None
    assert kept(door, actor) == NEW
    mail.recipients.clear()
    post(door)
    assert sorted(mail.recipients) == sorted([OLD, NEW])
    told = [(row.kind, row.recipient) for row in door.rows(Outbox) if row.dedup_key.startswith("alarm:")]
    assert ("sms", line.msisdn) in told
    assert [entry.action for entry in door.rows(JournalEntry, line_id=line.id)] == ["email_changed"]
    assert not door.all(EmailChange)


@pytest.mark.security("asvs_7_5_1")
def test_without_fresh_proof_nothing_is_begun_or_removed(door: Door, line: Line) -> None:
    actor = door.world.session(line)
    for act, named in ((email_address.begin, {"typed": NEW}), (email_address.remove, {})):
        with pytest.raises(ProofNeeded):
            door.do(act, actor, **named)
    assert kept(door, actor) == OLD
    assert not door.all(EmailChange)


@pytest.mark.security("T18")
def test_a_delegate_neither_sees_nor_changes_it(door: Door, actor: Subscriber) -> None:
    own = door.line()
    curator = replace(actor, acting=Acting(own.id, "administrator", "manage"))
    acts: tuple[Callable[..., object], ...] = (
        lambda s: email_address.mine(s, curator, now=door.now),
        lambda s: email_address.begin(s, curator, typed=NEW, now=door.now),
        lambda s: email_address.count(s, curator, now=door.now),
        lambda s: email_address.remove(s, curator, now=door.now),
    )
    for act in acts:
        with pytest.raises(OwnOnly), door.wires.db.transaction() as session:
            act(session)


@pytest.mark.security("asvs_1_3_11")
@pytest.mark.parametrize(
    "typed",
    [
        "anna@example.com\r\nBcc: all@example.com",
        "anna@example.com\n",
        "\tanna@example.com",
        "anna@example.com,other@example.com",
        "Anna <anna@example.com>",
        '"anna"@example.com',
        "anna@exam\x00ple.com",
        "anna..k@example.com",
        ".anna@example.com",
        "anna@[127.0.0.1]",
        "anna@localhost",
        "anna%evil@@example.com",
        "a" * 65 + "@example.com",
        "@",
        "",
    ],
)
def test_what_a_mail_server_could_read_otherwise_is_refused(door: Door, actor: Subscriber, typed: str) -> None:
    with pytest.raises(recovery_email.NotAnAddress):
        door.do(email_address.begin, actor, typed=typed)
    assert not door.rows(Outbox, kind="email")


@pytest.mark.security("T5")
def test_on_the_first_day_of_a_sim_only_a_passkey_changes_it(door: Door, line: Line, actor: Subscriber) -> None:
    with door.wires.db.transaction() as session:
        session.get_one(Line, line.id).sim_changed_at = door.now
    for act, named in ((email_address.begin, {"typed": NEW}), (email_address.remove, {})):
        with pytest.raises(sim_window.SimChanged):
            door.do(act, actor, **named)
    door.do(email_address.begin, replace(actor, proofs=(proof(door, "passkey"),)), typed=NEW)


def test_after_it_was_not_me_nothing_changes_it(door: Door, actor: Subscriber, mail: Mailbox) -> None:  # noqa: F811
    door.do(email_address.begin, actor, typed=NEW)
    post(door)
    door.do(halt.stop, actor)
    assert isinstance(enter(door, actor, code_in(mail)), email_address.NothingWaits)
    with pytest.raises(halt.Halted):
        door.do(email_address.begin, actor, typed="third@example.com")
    with pytest.raises(halt.Halted):
        door.do(email_address.begin, replace(actor, proofs=(proof(door, "passkey"),)), typed="third@example.com")


@pytest.mark.security("asvs_6_3_1")
def test_a_code_has_five_tries_and_half_an_hour(door: Door, actor: Subscriber, mail: Mailbox) -> None:  # noqa: F811
    door.do(email_address.begin, actor, typed=NEW)
    post(door)
    right = code_in(mail)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    left = [getattr(enter(door, actor, wrong), "params", {}).get("left") for _ in range(email_address.TRIES)]
    assert left == [4, 3, 2, 1, None]
    assert isinstance(enter(door, actor, right), email_address.NothingWaits)
    door.do(email_address.begin, actor, typed=NEW)
    post(door)
    door.later(email_address.VALID_SECONDS)
    assert isinstance(enter(door, actor, code_in(mail)), email_address.NothingWaits)
    assert kept(door, actor) == OLD


@pytest.mark.security("T14")
def test_letters_are_counted_for_the_line_and_for_the_mailbox(door: Door, actor: Subscriber) -> None:
    for n in range(email_address.LETTERS_PER_DAY):
        door.do(email_address.begin, actor, typed=f"n{n}@example.com")
    with pytest.raises(email_address.LettersOver):
        door.do(email_address.begin, actor, typed="more@example.com")
    for _ in range(email_address.LETTERS_PER_DAY):
        door.do(email_address.begin, door.world.session(door.line(), proofs=(proof(door),)), typed=NEW)
    with pytest.raises(email_address.LettersOver):
        door.do(email_address.begin, door.world.session(door.line(), proofs=(proof(door),)), typed=NEW.upper())


@pytest.mark.security("asvs_6_3_7")
async def test_removing_tells_the_address_and_its_links_are_dead(
    client: httpx.AsyncClient,
    door: Door,
    line: Line,
    actor: Subscriber,
    mail: Mailbox,  # noqa: F811
) -> None:
    await ask(client, line.msisdn)
    door.do(email_address.remove, actor)
    assert door.row(RecoveryEmail, line.id) is None
    assert kept(door, actor) == "anna@example.by", "the contract's"
    assert all(row.used_at for row in door.rows(RecoveryLink))
    mail.recipients.clear()
    post(door)
    assert OLD in mail.recipients


@pytest.mark.security("S-06")
def test_nobody_enters_anothers_code(door: Door, actor: Subscriber, mail: Mailbox) -> None:  # noqa: F811
    door.do(email_address.begin, actor, typed=NEW)
    post(door)
    other = door.world.session(door.line(), proofs=(proof(door),))
    assert isinstance(enter(door, other, code_in(mail)), email_address.NothingWaits)
    assert kept(door, actor) == OLD


@pytest.mark.security("asvs_7_5_1", "asvs_7_5_3")
async def test_over_http_a_proof_changes_it_once(
    client: httpx.AsyncClient,
    door: Door,
    line: Line,
    mail: Mailbox,  # noqa: F811
) -> None:
    from selfcare_app.endpoints import email

    client._transport.app.router.routes.extend(email.ROUTES)  # type: ignore[attr-defined]
    await sign_in(client, door, line)
    assert query(await client.post("/session/email", data={"email": NEW}))["error"] == "kit.proof_needed"
    (own,) = door.rows(WebSession, line_id=line.id)
    with door.wires.db.transaction() as session:
        code.give(session, Subscriber(line.id, own.id), purpose="contact_change", method="runa", now=door.now)
    answer = await client.post("/session/email", data={"email": NEW})
    assert (path(answer), query(answer)) == ("/settings/notifications", {})
    post(door)
    answer = await client.post("/session/email/confirm", data={"code": code_in(mail)})
    assert query(answer) == {"saved": "1"}
    assert query(await client.post("/session/email/remove"))["error"] == "kit.proof_needed"


@pytest.mark.parametrize("operator", ["issa", "ihelper"])
def test_where_no_address_is_kept_there_is_none(door: Door) -> None:
    actor = door.world.session(door.line(), proofs=(proof(door),))
    with pytest.raises(email_address.NotOffered):
        door.do(email_address.begin, actor, typed=NEW)
