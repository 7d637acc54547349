"""Passkeys of employees: made after fresh password and code, good for the desk alone, and no stranger's lock stops them."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from selfcare_app import wiring
from selfcare_app.access import desk_passkey, desk_session, desk_sign_in, passkey, password, staff
from selfcare_app.access.desk_tables import StaffMember, StaffPasskey
from selfcare_app.access.desk_views import Begun
from selfcare_app.access.passkey_ceremony import NoSuchPasskey, NotAccepted, TooMany
from selfcare_app.access.tables import AccessEvent
from selfcare_app.access.views import Browser
from selfcare_app.endpoints import desk, desk_passkeys
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from tests.access.clerks import ROOT, at_desk, employee, knock, totp
from tests.access.door import Door
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.access.test_passkey import SITE, UP, UV, Phone

PASSWORD = "вяз и три дуба у реки"


def added(door: Door, actor: Staff, phone: Phone, *, name: str = "laptop") -> None:
    asked = door.do(desk_passkey.ask_new, actor, site=SITE)
    door.do(desk_passkey.add, actor, site=SITE, ticket=asked.ticket, made=phone.make(asked.options), name=name)


def come_in(door: Door, phone: Phone, **changed: Any) -> Begun:
    asked = door.do(desk_passkey.ask_entry, site=SITE)
    challenge = door.do(desk_passkey.use_up, ticket=asked.ticket)
    signed = phone.sign(asked.options)
    signed["response"].update(changed)
    begun: Begun = door.do(desk_passkey.come_in, site=SITE, challenge=challenge, signed=signed)
    return begun


def kept(door: Door, actor: Staff) -> Any:
    return wiring.ask_now(desk_passkey.mine, actor)


@pytest.mark.security("asvs_8_4_2", "asvs_6_1_3")
def test_it_lets_in_to_the_desk_in_place_of_password_and_code(door: Door) -> None:
    actor, phone = at_desk(door), Phone()
    added(door, actor, phone)
    begun = come_in(door, phone)
    found = door.do(desk_session.resume, token_value=begun.token)
    assert (found.login, found.staff_id) == ("olga", actor.staff_id)
    (seen,) = kept(door, actor)
    assert (seen.name, seen.used_at) == ("laptop", door.now)
    ways = [row.details["method"] for row in door.rows(AccessEvent, kind="desk", outcome="entered")]
    assert ways == ["password+code", "passkey"]


@pytest.mark.security("asvs_8_4_2", "asvs_6_7_2")
@pytest.mark.parametrize(
    "wrong",
    [
        {"flags": UP},
        {"flags": UV},
        {"origin": "https://my.example.by.evil.example"},
        {"domain": "evil.example"},
        {"key": Phone().key},
        {"count": -1},
    ],
)
def test_without_its_user_verified_or_for_another_page_it_opens_nothing(door: Door, wrong: dict[str, Any]) -> None:
    phone = Phone()
    added(door, at_desk(door), phone)
    come_in(door, phone)
    before = door.rows(AccessEvent, kind="desk", outcome="entered")
    with pytest.raises(NotAccepted):
        come_in(door, replace(phone, **wrong))
    assert door.rows(AccessEvent, kind="desk", outcome="entered") == before


@pytest.mark.security("asvs_6_7_2")
def test_a_challenge_is_used_once_and_in_time_and_for_what_it_was_made(door: Door) -> None:
    phone, line = Phone(), door.line()
    actor = at_desk(door)
    added(door, actor, phone)
    asked = door.do(desk_passkey.ask_entry, site=SITE)
    door.do(desk_passkey.use_up, ticket=asked.ticket)
    late, other = (door.do(desk_passkey.ask_entry, site=SITE) for _ in range(2))
    cabinets = door.do(passkey.ask_entry, site=SITE)
    door.later(10)
    for ticket in (asked.ticket, new_id(), cabinets.ticket):
        with pytest.raises(NotAccepted):
            door.do(desk_passkey.use_up, ticket=ticket)
    with pytest.raises(NotAccepted):
        door.do(passkey.use_up, ticket=other.ticket)
    door.later(passkey.CHALLENGE_SECONDS)
    with pytest.raises(NotAccepted):
        door.do(desk_passkey.use_up, ticket=late.ticket)
    mine = door.do(passkey.ask_new, door.world.session(line), site=SITE)
    with pytest.raises(NotAccepted):
        door.do(desk_passkey.add, actor, site=SITE, ticket=mine.ticket, made=Phone().make(mine.options), name="")


@pytest.mark.security("S-04", "asvs_3_5_4")
def test_a_key_of_one_door_opens_nothing_at_the_other(door: Door) -> None:
    subscribers, employees = Phone(), Phone()
    owner = door.world.session(door.line())
    asked = door.do(passkey.ask_new, owner, site=SITE)
    door.do(passkey.add, owner, site=SITE, ticket=asked.ticket, made=subscribers.make(asked.options), name="")
    added(door, at_desk(door), employees)
    with pytest.raises(NotAccepted):
        come_in(door, subscribers)
    asked = door.do(passkey.ask_entry, site=SITE)
    challenge = door.do(passkey.use_up, ticket=asked.ticket)
    signed = employees.sign(asked.options)
    with pytest.raises(NotAccepted):
        door.do(passkey.come_in, site=SITE, challenge=challenge, signed=signed, browser=Browser())


@pytest.mark.security("T13")
def test_a_stranger_who_locks_the_password_does_not_lock_the_key(door: Door) -> None:
    phone = Phone()
    added(door, at_desk(door), phone)
    for _ in range(10):
        knock(door, "olga", "000000")
        door.later(3_600)
    assert door.rows(StaffMember)[0].failed == 10
    assert come_in(door, phone).token
    assert door.rows(StaffMember)[0].failed == 10, "who has the key lets no stranger guess on"


@pytest.mark.security("asvs_6_5_6", "asvs_7_4_2")
@pytest.mark.parametrize("how", ["removed", "disabled", "anew"])
def test_a_removed_key_or_an_employee_put_out_stays_outside(door: Door, how: str) -> None:
    actor, phone = at_desk(door), Phone()
    added(door, actor, phone)
    (mine,) = kept(door, actor)
    if how == "removed":
        door.do(desk_passkey.remove, actor, passkey_id=mine.id)
    elif how == "disabled":
        door.do(staff.disable, ROOT, login="olga")
    else:
        door.do(staff.add, ROOT, login="olga")
        assert door.all(StaffPasskey) == []
    with pytest.raises(NotAccepted):
        come_in(door, phone)


@pytest.mark.security("S-06")
def test_another_employee_neither_adds_nor_removes(door: Door) -> None:
    actor, other, phone = at_desk(door), at_desk(door, "ivan"), Phone()
    added(door, actor, phone)
    (mine,) = kept(door, actor)
    assert kept(door, other) == ()
    with pytest.raises(NoSuchPasskey):
        door.do(desk_passkey.remove, other, passkey_id=mine.id)
    asked = door.do(desk_passkey.ask_new, actor, site=SITE)
    with pytest.raises(NotAccepted):
        door.do(desk_passkey.add, other, site=SITE, ticket=asked.ticket, made=Phone().make(asked.options), name="")
    with pytest.raises(NotAccepted):
        added(door, other, phone)


def test_there_is_a_limit(door: Door) -> None:
    actor = at_desk(door)
    for _ in range(door.wires.profile.desk.passkeys):
        added(door, actor, Phone())
    with pytest.raises(TooMany):
        added(door, actor, Phone())


@pytest.mark.security("asvs_7_5_1")
def test_fresh_proof_is_both_and_is_counted(door: Door) -> None:
    actor, seed = at_desk(door), employee(door, "ivan")

    def proof(typed: str, *, right: bool) -> Any:
        claim = door.do(desk_sign_in.claim_proof, ivan)
        return door.do(desk_sign_in.settle_proof, ivan, claim=claim, right=right, typed=typed)

    ivan = door.do(desk_session.resume, token_value=knock(door, "ivan", totp(door, seed)).token)
    assert actor.staff_id != ivan.staff_id
    assert isinstance(proof(totp(door, seed), right=True), desk_sign_in.WrongProof), "the code was used to sign in"
    door.later(30)
    assert isinstance(proof(totp(door, seed), right=False), desk_sign_in.WrongProof)
    assert proof(totp(door, seed), right=True) is None
    for _ in range(door.wires.profile.desk.wrong_proofs_per_day - 2):
        assert isinstance(proof("000000", right=True), desk_sign_in.WrongProof)
    door.later(30)
    assert isinstance(proof(totp(door, seed), right=True), desk_sign_in.ProofsOver)
    door.later(86_400)
    assert proof(totp(door, seed), right=True) is None


@pytest.fixture
async def client(client: httpx.AsyncClient, door: Door) -> httpx.AsyncClient:
    door.wires.settings = replace(door.wires.settings, public_url="http://localhost:8000")
    routes: list[Any] = [*desk.ROUTES, *desk_passkeys.ROUTES]
    client._transport.app.router.routes.extend(routes)  # type: ignore[attr-defined]
    return client


def fields(made: dict[str, Any], **names: str) -> dict[str, str]:
    return {posted: made["response"][given] for posted, given in names.items()} | {"id": made["id"]}


@pytest.mark.security("asvs_8_4_2", "asvs_7_5_1")
async def test_over_http_each_change_takes_password_and_code(
    door: Door, client: httpx.AsyncClient, cheap_hashes: None
) -> None:
    seed, phone = employee(door), Phone(domain="localhost", origin="http://localhost:8000")
    with door.wires.db.transaction() as session:
        session.get_one(StaffMember, door.rows(StaffMember)[0].id).password_hash = password.hashed(
            door.wires.keys, PASSWORD
        )
    assert (await client.post("/desk/passkeys/new", data={"password": PASSWORD, "code": "1"})).status_code == 401
    entering = {"login": "olga", "password": PASSWORD, "code": totp(door, seed)}
    assert (await client.post("/desk/sign-in", data=entering)).status_code == 303
    assert {"desk", "deskdev"} <= set(client.cookies)
    door.later(30)
    wrong = await client.post("/desk/passkeys/new", data={"password": "x", "code": totp(door, seed)})
    assert wrong.json() == {"error": "Пароль или код не подошли."}
    used = await client.post("/desk/passkeys/new", data={"password": PASSWORD, "code": entering["code"]})
    assert used.json() == {"error": "Пароль или код не подошли."}
    asked = (await client.post("/desk/passkeys/new", data={"password": PASSWORD, "code": totp(door, seed)})).json()
    made = fields(phone.make(asked["options"]), client_data="clientDataJSON", attestation="attestationObject")
    answer = await client.post("/desk/passkeys/add", data={"ticket": asked["ticket"], "name": "ноутбук", **made})
    assert answer.json() == {"to": "/desk/passkeys?done=added"}
    assert "ноутбук" in (await client.get("/desk/passkeys")).text
    client.cookies.clear()
    asked = (await client.post("/desk/passkey/ask")).json()
    signed = fields(
        phone.sign(asked["options"]),
        client_data="clientDataJSON",
        authenticator="authenticatorData",
        signature="signature",
    )
    entered = await client.post("/desk/passkey/enter", data={"ticket": asked["ticket"], **signed})
    assert entered.json() == {"to": "/desk"}
    again = await client.post("/desk/passkey/enter", data={"ticket": asked["ticket"], **signed})
    assert again.json() == {"error": "Этот ключ здесь не подошёл. Войдите с паролем."}
    (row,) = door.all(StaffPasskey)
    removing = {"passkey": str(row.id), "password": PASSWORD, "code": "000000"}
    assert (await client.post("/desk/passkeys/remove", data=removing)).status_code == 409
    door.later(30)
    removing["code"] = totp(door, seed)
    assert (await client.post("/desk/passkeys/remove", data=removing)).status_code == 303
    assert door.all(StaffPasskey) == []
