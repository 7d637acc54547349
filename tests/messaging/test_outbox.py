"""The outbox: a message is written with its act, sent once, tried again while the gateway is away, never sent stale."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.adapters.handset import HandsetGateway
from selfcare_app.adapters.sms import GatewayAway
from selfcare_app.kit.actor import System
from selfcare_app.messaging import outbox
from selfcare_app.messaging.tables import Outbox
from selfcare_app.wiring import Wiring
from selfcare_app.worker.deliver import deliver, pause_seconds

ACTOR = System(job="test")
NUMBER = "375291234567"


def put(parts: Wiring, now: datetime, *, key: str = "one", **more: object) -> None:
    with parts.db.transaction() as session:
        outbox.enqueue(
            session,
            recipient=NUMBER,
            language="ru",
            key="kit.error.not_a_number",
            args={"example": key},
            dedup_key=key,
            now=now,
            **more,  # type: ignore[arg-type]
        )


def states(parts: Wiring) -> dict[str, str]:
    with parts.db.snapshot() as session:
        return {row.dedup_key: row.state for row in session.exec(select(Outbox)).all()}


class Away:
    """A gateway that is away for its first `times` messages."""

    def __init__(self, times: int) -> None:
        self.left, self.taken = times, []  # type: ignore[var-annotated]

    def send(self, *, recipient: str, sender: str, text: str, message_id: str) -> str:
        if self.left:
            self.left -= 1
            raise GatewayAway()
        self.taken.append((recipient, sender, text))
        return "ok"


@pytest.fixture(autouse=True)
def own_handset_file(wires: Wiring, tmp_path: object) -> None:
    wires.sms = HandsetGateway(tmp_path / "handset.db")  # type: ignore[operator]


def test_a_message_reaches_the_handset_in_its_language_once(wires: Wiring, now: datetime) -> None:
    put(wires, now)
    assert deliver(by="w", now=now) == 1
    assert deliver(by="w", now=now) == 0
    assert isinstance(wires.sms, HandsetGateway)
    (message,) = wires.sms.received(NUMBER)
    assert message.text == "Проверьте номер: введите его целиком, например one."
    assert message.sender == wires.profile.channels.sms_sender
    assert states(wires) == {"one": "sent"}


def test_what_was_sent_is_forgotten(wires: Wiring, now: datetime) -> None:
    put(wires, now)
    deliver(by="w", now=now)
    with wires.db.snapshot() as session:
        assert session.exec(select(Outbox.sealed)).one() is None


def test_the_content_is_sealed_in_the_database(wires: Wiring, now: datetime) -> None:
    put(wires, now, key="secret-code-938412")
    with wires.db.snapshot() as session:
        sealed = session.exec(select(Outbox.sealed)).one()
    assert sealed
    assert b"938412" not in sealed


def test_the_same_act_tried_again_is_one_message(wires: Wiring, now: datetime) -> None:
    put(wires, now)
    with pytest.raises(IntegrityError):
        put(wires, now)
    assert len(states(wires)) == 1


def test_while_the_gateway_is_away_a_message_waits_and_is_then_sent(wires: Wiring, now: datetime) -> None:
    wires.sms = Away(2)
    put(wires, now)
    assert deliver(by="w", now=now) == 0
    assert deliver(by="w", now=now + timedelta(seconds=pause_seconds(1) - 1)) == 0
    second = now + timedelta(seconds=pause_seconds(1))
    assert deliver(by="w", now=second) == 0
    third = second + timedelta(seconds=pause_seconds(2))
    assert deliver(by="w", now=third) == 1
    assert len(wires.sms.taken) == 1


def test_a_code_that_came_too_late_is_never_sent(wires: Wiring, now: datetime) -> None:
    put(wires, now, valid_seconds=300)
    assert deliver(by="w", now=now + timedelta(seconds=300)) == 0
    assert states(wires) == {"one": "dead"}


def test_a_message_due_later_waits(wires: Wiring, now: datetime) -> None:
    put(wires, now, due_at=now + timedelta(minutes=5))
    assert deliver(by="w", now=now + timedelta(minutes=5, microseconds=-1)) == 0
    assert deliver(by="w", now=now + timedelta(minutes=5)) == 1


def test_what_a_dead_worker_claimed_is_taken_over_after_its_claim_ran_out(wires: Wiring, now: datetime) -> None:
    put(wires, now)
    assert len(wiring.do_now(outbox.claim, ACTOR, by="dead", limit=9, now=now)) == 1
    assert deliver(by="w", now=now + timedelta(seconds=outbox.CLAIM_SECONDS - 1)) == 0
    assert deliver(by="w", now=now + timedelta(seconds=outbox.CLAIM_SECONDS)) == 1


def test_who_lost_his_claim_can_not_settle_it(wires: Wiring, now: datetime) -> None:
    put(wires, now)
    (message,) = wiring.do_now(outbox.claim, ACTOR, by="slow", limit=9, now=now)
    later = now + timedelta(seconds=outbox.CLAIM_SECONDS)
    wiring.do_now(outbox.claim, ACTOR, by="quick", limit=9, now=later)
    wiring.do_now(outbox.postpone, ACTOR, message_id=message.id, by="slow", until=later)
    assert states(wires) == {"one": "claimed"}


def test_two_workers_share_the_messages_without_sending_any_twice(wires: Wiring, now: datetime) -> None:
    for n in range(60):
        put(wires, now, key=str(n))
    gateway = Away(0)
    wires.sms = gateway
    gate = threading.Barrier(4)

    def work(name: str) -> int:
        gate.wait()
        return sum(deliver(by=name, now=now) for _ in range(8))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, "abcd")) == 60
    assert len(gateway.taken) == 60


def test_pauses_grow_to_five_minutes() -> None:
    assert [pause_seconds(n) for n in (1, 2, 3, 4, 50)] == [5, 10, 20, 40, 300]
