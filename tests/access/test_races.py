"""Many at once, on both engines: exactly as many pass as may, whatever the order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.access import admission, code, event, picture_check, register, sign_in, standing, temporary
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import AccessEvent, Credential, KnownDevice, OneTimeCode, ProofGiven, WebSession
from selfcare_app.access.views import Browser
from selfcare_app.endpoints import dialogs
from selfcare_app.endpoints.dialogs import Channel, Reply, Turn
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import Handset, Staff
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.settings import Settings
from tests.access.door import SIM, Door, other

CDR = {"purpose": "call_detail"}
TIMES = 50


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The same settings over either engine."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))


@pytest.fixture
def at_once() -> Iterator[Callable[[Callable[[int], bool]], int]]:
    """Runs something fifty times at once and counts how often it was true."""
    with ThreadPoolExecutor(12) as pool:
        yield lambda act: sum(pool.map(act, range(TIMES)))


AtOnce = Callable[[Callable[[int], bool]], int]


@pytest.mark.security("asvs_6_6_3", "R4")
def test_guesses_on_one_code_compare_five_at_most(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    actor = door.world.session(line)
    door.do(code.send, actor, **CDR)
    guess = other(door.code(line.msisdn))

    def attempt(_: int) -> bool:
        counted = door.do(code.count, actor, **CDR)
        if counted.target_id:
            door.do(code.settle, actor, attempt=counted, **CDR, code=guess)
        return counted.target_id is not None

    assert at_once(attempt) == 5
    assert door.rows(OneTimeCode, holder_id=actor.session_id)[0].tries == 5


@pytest.mark.security("asvs_6_5_1", "R4")
def test_uses_of_one_right_code_make_one_proof(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    actor = door.world.session(line)
    door.do(code.send, actor, **CDR)
    right = door.code(line.msisdn)
    assert at_once(lambda _: door.do(code.prove, actor, **CDR, code=right).proof is not None) == 1
    assert len(door.rows(ProofGiven, session_id=actor.session_id)) == 1


@pytest.mark.requirement("ISSA-009")
def test_requests_for_a_code_send_one(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    actor = door.world.session(line)

    def send(_: int) -> bool:
        try:
            door.do(code.send, actor, **CDR)
        except Fault:
            return False
        return True

    assert at_once(send) == 1
    assert len(door.messages(line.msisdn)) == 1


@pytest.mark.security("T10")
def test_puk1_guesses_compare_three(door: Door, at_once: AtOnce) -> None:
    actor = door.world.session(door.line(kind="modem"))
    assert at_once(lambda _: door.do(code.count, actor, **CDR).target_id is not None) == 3
    assert door.do(code.prove, actor, **CDR, code=SIM["puk1"]).proof is None


@pytest.mark.security("asvs_6_3_1", "R4")
def test_wrong_passwords_on_one_number_are_no_more_than_ten_tries(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    assert 1 <= at_once(lambda _: bool(door.do(sign_in.claim, number=line.msisdn).kept)) <= 10
    assert door.row(Credential, line.id).failed <= 10


def test_wrong_passwords_on_a_known_device_are_no_more_than_ten_tries(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    actor = door.on(door.device(line))
    assert 1 <= at_once(lambda _: bool(door.do(sign_in.claim, actor, number=line.msisdn).kept)) <= 10
    assert door.rows(KnownDevice)[0].failed <= 10


@pytest.mark.security("asvs_6_3_8")
def test_unknown_numbers_are_told_five_times(door: Door, at_once: AtOnce) -> None:
    def told(at: int) -> bool:
        fault = door.do(sign_in.claim, number=f"3752999990{at:02d}").fault
        return isinstance(fault, standing.Unknown)

    assert at_once(told) == 5


@pytest.mark.requirement("ISSA-016")
def test_registrations_of_one_number_make_one_password(door: Door, at_once: AtOnce) -> None:
    line = door.line(secret=None)
    step = door.do(register.begin, number=line.msisdn, browser=Browser())
    step = door.enter_code("register", step.token, door.code(line.msisdn))

    def finish(at: int) -> bool:
        try:
            browser = Browser(admission_token=step.token)
            return door.do(register.finish, password_hash=f"hash{at}", browser=browser).entered is not None
        except admission.Over:
            return False

    assert at_once(finish) == 1
    assert len(door.rows(WebSession, line_id=line.id)) == 1


@pytest.mark.security("asvs_7_1_2")
def test_sign_ins_at_once_leave_five_sessions(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    value = door.device(line)

    def enter(_: int) -> bool:
        step = door.knock(line.msisdn, right=True, actor=door.on(value), browser=Browser(device_token=value))
        return step.entered is not None

    entered = at_once(enter)
    assert entered >= 5
    assert len(door.rows(WebSession, line_id=line.id, ended_at=None)) == 5


@pytest.mark.requirement("ISSA-024")
def test_an_ending_happens_once(door: Door, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[object] = []
    monkeypatch.setattr(web_session, "on_end", [lambda _session, ids, _now: ended.extend(ids)])
    actor = door.world.session(door.line())

    def end(_: int) -> bool:
        door.do(web_session.end, actor, session_id=actor.session_id, reason="sign_out")
        return True

    at_once(end)
    assert ended == [actor.session_id]


@pytest.mark.security("T20", "R10")
def test_a_turn_of_a_dialog_that_comes_many_times_at_once_has_one_effect(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    speaker, profile = Speaker("ru", door.wires.profile), door.wires.profile
    turn = Turn(Channel.USSD, "turn-1", "", "", Handset(line.id, "ru"), profile, speaker, door.now)

    def act(session: Session) -> Reply:
        event.record(session, "turn", "done", line_id=line.id, now=door.now)
        return Reply("one")

    def say(_: int) -> bool:
        return bool(wiring.do_now(dialogs._once, turn.actor, turn=turn, act=act).text == "one")

    assert at_once(say) == TIMES
    assert len(door.rows(AccessEvent, kind="turn")) == 1


@pytest.mark.requirement("IH-007")
@pytest.mark.security("R4")
def test_answers_to_one_check_at_once_count_once(door: Door, at_once: AtOnce) -> None:
    made = door.do(picture_check.issue)
    assert at_once(lambda _: door.do(picture_check.take, value=made.token, typed=made.digits)) == 1


@pytest.mark.requirement("ISSA-018")
@pytest.mark.security("asvs_6_4_1", "R4")
def test_a_temporary_password_lets_in_once_however_many_come_with_it(door: Door, at_once: AtOnce) -> None:
    line = door.line()
    door.do(temporary.issue, Staff(new_id(), new_id(), "ivanova"), line_id=line.id)

    def enters(session: Session, actor: object, *, now: datetime) -> bool:
        if temporary.over(session, line_id=line.id, now=now):
            return False
        temporary.use(session, line_id=line.id, now=now)
        return True

    assert at_once(lambda _: door.do(enters)) == 1
