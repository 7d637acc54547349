"""A passkey instead of a code: for the purposes that the profile names, bound to session, purpose and parameters."""

from datetime import timedelta
from typing import Any

import pytest

from selfcare_app.access import code, passkey, passkey_proof, sim_window
from selfcare_app.access import session as sessions
from selfcare_app.kit.actor import Proof, Subscriber, System
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.access.test_passkey import SITE, Owner, Phone, added, owner  # noqa: F401 - a fixture

ACT = {"purpose": "number_change", "digest": "terms"}


def proven(door: Door, actor: Subscriber, phone: Phone, **bound: str) -> Proof:
    asked = door.do(passkey_proof.ask, actor, site=SITE, **ACT)
    challenge = door.do(passkey_proof.use_up, actor, ticket=asked.ticket, **(ACT | bound))
    signed = phone.sign(asked.options)
    proof: Proof = door.do(passkey_proof.prove, actor, site=SITE, challenge=challenge, signed=signed, **(ACT | bound))
    return proof


@pytest.mark.security("asvs_7_5_1", "asvs_7_5_3", "asvs_6_6_2")
def test_it_proves_the_one_act_it_was_asked_for(door: Door, owner: Owner) -> None:  # noqa: F811
    _, actor, phone = owner
    proof = proven(door, actor, phone)
    assert (proof.method, proof.digest, proof.expires_at) == ("passkey", "terms", door.now + timedelta(seconds=300))
    signed = door.ask(sessions.of_id, System("test"), session_id=actor.session_id)
    assert signed.actor.has_proof("number_change", door.now, digest="terms")
    assert not signed.actor.has_proof("number_change", door.now, digest="others")


@pytest.mark.security("asvs_6_6_2", "S-09")
@pytest.mark.parametrize("bound", [{"digest": "others"}, {"purpose": "sim_secrets"}])
def test_a_challenge_for_one_act_proves_no_other(door: Door, owner: Owner, bound: dict[str, Any]) -> None:  # noqa: F811
    with pytest.raises(passkey.NotAccepted):
        proven(door, owner[1], owner[2], **bound)


@pytest.mark.security("S-06", "asvs_6_6_2")
def test_another_session_or_another_persons_key_proves_nothing(door: Door, owner: Owner) -> None:  # noqa: F811
    line, actor, phone = owner
    asked = door.do(passkey_proof.ask, actor, site=SITE, **ACT)
    with pytest.raises(passkey.NotAccepted):
        door.do(passkey_proof.use_up, door.world.session(line), ticket=asked.ticket, **ACT)
    thief, own = door.world.session(door.line()), Phone()
    added(door, thief, own)
    with pytest.raises(passkey.NotAccepted):
        proven(door, thief, phone)


def test_where_the_profile_names_none_or_the_line_has_none_it_is_not_offered(door: Door, owner: Owner) -> None:  # noqa: F811
    _, actor, _ = owner
    offered = {name: _offered(door, actor, name) for name in ("number_change", "call_detail")}
    assert offered == {"number_change": True, "call_detail": False}
    assert not _offered(door, door.world.session(door.line()), "number_change")
    with pytest.raises(passkey.NoSuchPasskey):
        door.do(passkey_proof.ask, actor, site=SITE, purpose="call_detail")
    with pytest.raises(code.NoSuchPurpose):
        door.do(passkey_proof.ask, actor, site=SITE, purpose="anything")


def _offered(door: Door, actor: Subscriber, purpose: str) -> bool:
    with door.wires.db.snapshot() as session:
        return passkey_proof.offered(session, actor, purpose=purpose)


@pytest.mark.security("T5")
def test_after_a_sim_change_it_still_proves_where_a_code_does_not(door: Door, owner: Owner) -> None:  # noqa: F811
    line, actor, phone = owner
    with door.wires.db.transaction() as session:
        session.get_one(Line, line.id).sim_changed_at = door.now
    with pytest.raises(sim_window.SimChanged):
        door.do(code.send, actor, **ACT)
    assert proven(door, actor, phone)
