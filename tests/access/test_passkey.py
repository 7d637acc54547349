"""Passkeys: made after the password, used once for one challenge, bound to our domain, taken out of use at once."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from selfcare_app.access import passkey
from selfcare_app.access.security_tables import Passkey, PasskeyChallenge
from selfcare_app.access.views import Browser, Entered
from selfcare_app.endpoints import passkeys as endpoint
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, OwnOnly, Subscriber, Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.access.web import sign_in

SITE = passkey.Site("my.example.by", "https://my.example.by", "ISSA")
UP, UV, ATTESTED = 0x01, 0x04, 0x40


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Phone:
    """An authenticator: one key pair, and what can be wrong with it."""

    domain: str = SITE.domain
    origin: str = SITE.origin
    flags: int = UP | UV
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser gets for creation options."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(ATTESTED) + attested
        made = {"fmt": "none", "attStmt": {}, "authData": data}
        client = self._client("webauthn.create", options["challenge"])
        response = {"clientDataJSON": plain(client), "attestationObject": plain(cbor2.dumps(made))}
        return {"id": plain(self.id), "rawId": plain(self.id), "type": "public-key", "response": response}

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser gets for request options."""
        self.count += 1
        data, client = self._data(0), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": plain(client),
            "authenticatorData": plain(data),
            "signature": plain(signature),
            "userHandle": "",
        }
        return {"id": plain(self.id), "rawId": plain(self.id), "type": "public-key", "response": response}

    def _data(self, more: int) -> bytes:
        return (
            hashlib.sha256(self.domain.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()


def added(door: Door, actor: Subscriber, phone: Phone, *, name: str = "phone") -> None:
    asked = door.do(passkey.ask_new, actor, site=SITE)
    door.do(passkey.add, actor, site=SITE, ticket=asked.ticket, made=phone.make(asked.options), name=name)


def come_in(door: Door, phone: Phone, **changed: Any) -> Entered:
    asked = door.do(passkey.ask_entry, site=SITE)
    challenge = door.do(passkey.use_up, ticket=asked.ticket)
    signed = phone.sign(asked.options)
    signed["response"].update(changed)
    entered: Entered = door.do(passkey.come_in, site=SITE, challenge=challenge, signed=signed, browser=Browser())
    return entered


@pytest.fixture
def owner(door: Door) -> tuple[Line, Subscriber, Phone]:
    """A line with a passkey in a phone."""
    line, phone = door.line(), Phone()
    actor = door.world.session(line)
    added(door, actor, phone)
    return line, actor, phone


Owner = tuple[Line, Subscriber, Phone]


@pytest.mark.security("asvs_6_3_3", "asvs_6_3_7")
def test_it_lets_in_without_password_and_code_and_its_making_is_told(door: Door, owner: Owner) -> None:
    line, _, phone = owner
    entered = come_in(door, phone)
    assert entered.line_id == line.id
    assert [key for key, _ in door.messages(line.msisdn)] == ["alarm.passkey_added", "alarm.new_device"]
    assert [row.action for row in door.rows(JournalEntry)] == ["passkey_added"]
    (kept,) = door.rows(Passkey)
    assert (kept.name, kept.sign_count, kept.used_at) == ("phone", 1, door.now)


@pytest.mark.security("asvs_6_7_2", "T4")
@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://my.example.by.evil.example"},
        {"origin": "http://my.example.by"},
        {"domain": "evil.example"},
        {"flags": UP},
        {"flags": UV},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
)
def test_what_was_signed_elsewhere_or_unverified_or_by_another_opens_nothing(
    door: Door, owner: Owner, wrong: dict[str, Any]
) -> None:
    with pytest.raises(passkey.NotAccepted):
        come_in(door, replace(owner[2], **wrong))


@pytest.mark.security("asvs_6_7_2", "S-09")
def test_a_challenge_is_used_once_and_lives_five_minutes(door: Door, owner: Owner) -> None:
    asked = door.do(passkey.ask_entry, site=SITE)
    assert len(door.row(PasskeyChallenge, asked.ticket).challenge) == 32
    door.do(passkey.use_up, ticket=asked.ticket)
    with pytest.raises(passkey.NotAccepted):
        door.do(passkey.use_up, ticket=asked.ticket)
    late = door.do(passkey.ask_entry, site=SITE)
    door.later(passkey.CHALLENGE_SECONDS)
    with pytest.raises(passkey.NotAccepted):
        door.do(passkey.use_up, ticket=late.ticket)


@pytest.mark.security("asvs_6_7_2", "S-09")
def test_an_answer_to_another_challenge_is_worth_nothing(door: Door, owner: Owner) -> None:
    asked, other = (door.do(passkey.ask_entry, site=SITE) for _ in range(2))
    signed = owner[2].sign(asked.options)
    challenge = door.do(passkey.use_up, ticket=other.ticket)
    with pytest.raises(passkey.NotAccepted):
        door.do(passkey.come_in, site=SITE, challenge=challenge, signed=signed, browser=Browser())


@pytest.mark.security("asvs_6_7_2")
def test_a_copied_key_that_counts_from_the_beginning_is_refused(door: Door, owner: Owner) -> None:
    phone = owner[2]
    come_in(door, phone)
    come_in(door, phone)
    with pytest.raises(passkey.NotAccepted):
        come_in(door, replace(phone, count=0))


@pytest.mark.parametrize(
    "changed", [{"clientDataJSON": "%%%"}, {"authenticatorData": ""}, {"signature": "AAAA"}, {"signature": "я"}]
)
def test_nonsense_is_refused(door: Door, owner: Owner, changed: dict[str, str]) -> None:
    with pytest.raises(passkey.NotAccepted):
        come_in(door, owner[2], **changed)


@pytest.mark.security("asvs_6_5_6")
def test_a_removed_one_opens_nothing_and_the_owner_hears_of_it(door: Door, owner: Owner) -> None:
    line, actor, phone = owner
    (kept,) = door.do(lambda session, who, now: passkey.mine(session, who), actor)
    door.do(passkey.remove, actor, passkey_id=kept.id)
    assert [key for key, _ in door.messages(line.msisdn)] == ["alarm.passkey_added", "alarm.passkey_removed"]
    with pytest.raises(passkey.NotAccepted):
        come_in(door, phone)
    with pytest.raises(passkey.NoSuchPasskey):
        door.do(passkey.remove, actor, passkey_id=kept.id)


@pytest.mark.security("asvs_7_4_2", "T17")
@pytest.mark.parametrize("columns", [{"access": "closed_by_operator"}, {"state": "closed"}])
def test_a_closed_line_is_not_opened_by_it(door: Door, owner: Owner, columns: dict[str, str]) -> None:
    with door.wires.db.transaction() as session:
        line = session.get_one(Line, owner[0].id)
        for name, value in columns.items():
            setattr(line, name, value)
    with pytest.raises((passkey.NotAccepted, passkey.standing.AccessClosed)):
        come_in(door, owner[2])


@pytest.mark.security("T5")
def test_a_new_sim_does_not_touch_it(door: Door, owner: Owner) -> None:
    with door.wires.db.transaction() as session:
        session.get_one(Line, owner[0].id).sim_changed_at = door.now
    assert come_in(door, owner[2])


@pytest.mark.security("S-06", "T18")
def test_another_subscriber_or_a_delegate_neither_adds_nor_removes(door: Door, owner: Owner) -> None:
    _, actor, phone = owner
    (kept,) = door.rows(Passkey)
    thief = door.world.session(door.line())
    with pytest.raises(passkey.NoSuchPasskey):
        door.do(passkey.remove, thief, passkey_id=kept.id)
    asked = door.do(passkey.ask_new, actor, site=SITE)
    with pytest.raises(passkey.NotAccepted):
        door.do(passkey.add, thief, site=SITE, ticket=asked.ticket, made=Phone().make(asked.options), name="")
    with pytest.raises(passkey.NotAccepted):
        added(door, thief, phone)
    curator = replace(actor, acting=Acting(thief.line_id, "curator", "manage"))
    acts: list[Callable[..., Any]] = [
        lambda session: passkey.mine(session, curator),
        lambda session: passkey.ask_new(session, curator, site=SITE, now=door.now),
        lambda session: passkey.remove(session, curator, passkey_id=kept.id, now=door.now),
    ]
    for act in acts:
        with pytest.raises(OwnOnly), door.wires.db.transaction() as session:
            act(session)


def test_ten_are_the_limit(door: Door) -> None:
    actor = door.world.session(door.line())
    for _ in range(passkey.PER_LINE):
        added(door, actor, Phone())
    with pytest.raises(passkey.TooMany):
        added(door, actor, Phone())


@pytest.fixture
async def client(client: httpx.AsyncClient, door: Door) -> httpx.AsyncClient:
    door.wires.settings = replace(door.wires.settings, public_url=SITE.origin)
    client._transport.app.router.routes.extend(endpoint.ROUTES)  # type: ignore[attr-defined]
    return client


@pytest.mark.security("asvs_7_5_1")
async def test_adding_one_takes_the_present_password(door: Door, client: httpx.AsyncClient, cheap_hashes: None) -> None:
    line, phone = door.line(), Phone()
    door.wires.settings = replace(door.wires.settings, public_url="http://localhost:8000")
    phone.domain, phone.origin = "localhost", "http://localhost:8000"
    assert (await client.post("/session/passkey/new", data={"password": PASSWORD})).status_code == 401
    await sign_in(client, door, line)
    wrong = await client.post("/session/passkey/new", data={"password": "not this"})
    assert wrong.json()["error"]["key"] == "access.error.wrong_current"
    asked = (await client.post("/session/passkey/new", data={"password": PASSWORD})).json()
    made = phone.make(asked["options"])
    fields = {"client_data": made["response"]["clientDataJSON"], "attestation": made["response"]["attestationObject"]}
    answer = await client.post(
        "/session/passkey/add", data={"ticket": asked["ticket"], "id": made["id"], "name": "n", **fields}
    )
    assert (answer.status_code, answer.json()) == (200, {})
    client.cookies.clear()
    asked = (await client.post("/session/passkey/ask")).json()
    signed = phone.sign(asked["options"])
    fields = {
        "client_data": signed["response"]["clientDataJSON"],
        "authenticator": signed["response"]["authenticatorData"],
        "signature": signed["response"]["signature"],
    }
    posted = {"ticket": asked["ticket"], "id": signed["id"], "next": "//evil.example", **fields}
    answer = await client.post("/session/passkey/enter", data=posted)
    assert answer.json() == {"to": "/home"}
    assert "sid" in answer.cookies
    again = await client.post("/session/passkey/enter", data=posted)
    assert (again.status_code, again.json()["error"]["key"]) == (200, "passkey.error.not_accepted")


async def test_a_bare_network_address_has_no_passkeys(door: Door, client: httpx.AsyncClient) -> None:
    door.wires.settings = replace(door.wires.settings, public_url="http://127.0.0.1:8000")
    answer = await client.post("/session/passkey/ask")
    assert answer.json()["error"]["key"] == "passkey.error.no_domain"


def test_an_unknown_ticket_is_refused(door: Door) -> None:
    with pytest.raises(passkey.NotAccepted):
        door.do(passkey.use_up, Visitor(), ticket=new_id())
