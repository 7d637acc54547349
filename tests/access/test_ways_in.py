"""Every way in reaches exactly what the documents give it, and there is no other (ASVS 6.1.3, 6.3.4)."""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfcare_app.access import (
    admission,
    change_password,
    email_recovery,
    emergency,
    handset_password,
    password,
    recover,
    register,
    rules,
    runa,
    sign_in,
    standing,
    unlock,
)
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Admission, OneTimeCode, WebSession
from selfcare_app.access.views import Browser, Entered
from selfcare_app.db import metadata
from selfcare_app.endpoints import turnstile
from selfcare_app.kit.actor import ProofNeeded
from selfcare_app.operators import profile as profile_of
from selfcare_app.operators.registry import keys as operators
from selfcare_app.operators.schema.vocabulary import Method, SecondFactor
from selfcare_app.settings import Misconfigured, read
from selfcare_app.subscribers.tables import Line
from tests.access.door import SIM, Door
from tests.access.test_passkey import Phone, added, come_in
from tests.conftest import import_tables

pytestmark = pytest.mark.usefixtures("cheap_hashes")

ROOT = Path(__file__).parents[2]
SOURCES = tuple((ROOT / "selfcare_app").rglob("*.py"))
HASH = "$2b$04$made.in.a.test"
PURPOSES = ("number_change", "call_detail", "sim_secrets")
Way = Callable[[Door], Entered | None]


def by_password_on_a_known_device(door: Door) -> Entered | None:
    line = door.line()
    return door.knock(line.msisdn or "", right=True, actor=door.on(door.device(line))).entered


def by_password_on_a_new_device(door: Door) -> Entered | None:
    return door.knock(door.line().msisdn or "", right=True).entered


def by_password_and_code(door: Door) -> Entered | None:
    line = door.line()
    step = door.knock(line.msisdn or "", right=True)
    place = {"purpose": "sign_in", "admission_token": step.token}
    attempt = door.do(admission.count_try, **place)
    browser = Browser(admission_token=step.token)
    typed = door.code(line.msisdn or "")
    entered: Entered | None = door.do(
        sign_in.second_factor, attempt=attempt, code=typed, browser=browser, remember=True
    ).entered
    return entered


def enrolled(door: Door, way: Any, line: Line, typed: Callable[[], str], **begun: Any) -> Entered | None:
    step = door.do(way.begin, number=line.msisdn, browser=Browser(), **begun)
    step = door.enter_code(way.PURPOSE, step.token, typed())
    entered: Entered | None = door.do(
        way.finish, password_hash=HASH, browser=Browser(admission_token=step.token)
    ).entered
    return entered


def by_registration(door: Door) -> Entered | None:
    line = door.line(secret=None)
    return enrolled(door, register, line, lambda: door.code(line.msisdn or ""))


def by_recovery(door: Door) -> Entered | None:
    line = door.line()
    return enrolled(door, recover, line, lambda: door.code(line.msisdn or ""))


def by_puk1(door: Door) -> Entered | None:
    line = door.line(secret=None, kind="modem", puk1_registration=True)
    return enrolled(door, register, line, lambda: SIM["puk1"], method="puk1")


def by_passkey(door: Door) -> Entered | None:
    line, phone = door.line(), Phone()
    added(door, door.world.session(line), phone)
    return come_in(door, phone)


WAYS: dict[Way, str] = {
    by_password_on_a_known_device: "password",
    by_password_on_a_new_device: "",
    by_password_and_code: "password+code",
    by_registration: "register",
    by_recovery: "recover",
    by_puk1: "register",
    by_passkey: "passkey",
}
"""What begins a session, and what the session is called in the subscriber's list; "" begins none."""


@pytest.mark.security("asvs_6_1_3", "asvs_6_3_4", "asvs_6_3_3")
@pytest.mark.parametrize(("way", "called"), WAYS.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_each_way_reaches_its_own_assurance_and_proves_no_act(door: Door, way: Way, called: str) -> None:
    entered = way(door)
    assert bool(entered) == bool(called)
    if entered is None:
        assert door.all(WebSession) == []
        assert len(door.all(Admission)) == 1
        return
    assert door.row(WebSession, entered.session_id).method == called
    signed = door.ask(web_session.resume, token=entered.token)
    assert signed.actor.proofs == ()
    for purpose in PURPOSES:
        with pytest.raises(ProofNeeded):
            signed.actor.require_proof(purpose, door.now)


@pytest.mark.security("asvs_6_3_4")
def test_sessions_begin_nowhere_else() -> None:
    begun: dict[str, set[str]] = {}
    for file in SOURCES:
        for call in [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]:
            name = ast.unparse(call.func).rpartition(".")
            if name[2] == "enter" and any(word.arg == "method" for word in call.keywords):
                method = next(word.value for word in call.keywords if word.arg == "method")
                assert isinstance(method, ast.Constant), ast.unparse(call)
                begun.setdefault(file.stem, set()).add(method.value)
            elif name[2] == "start" and name[0] in ("web_session", "sessions", "session"):
                begun.setdefault(file.stem, set()).add("start")
            elif name[2] == "WebSession":
                begun.setdefault(file.stem, set()).add("row")
    assert begun == {
        "sign_in": {"password", "password+code"},
        "register": {"register"},
        "recover": {"recover"},
        "passkey": {"passkey"},
        "entrance": {"start"},
        # `start` itself, and `rotate`, which goes on in the same sign-in.
        "session": {"row"},
    }


@pytest.mark.security("asvs_6_3_4", "asvs_6_3_6")
def test_what_replaces_or_unlocks_lets_nobody_in() -> None:
    for module in (email_recovery, handset_password, unlock, runa, emergency, change_password):
        source = Path(str(module.__file__)).read_text("utf-8")
        assert not re.search(r"\benter\(|Entered|web_session\.start|put_session", source), module.__name__


@pytest.mark.security("T6", "asvs_6_6_1")
@pytest.mark.parametrize("operator", operators())
def test_codes_leave_by_sms_alone(door: Door, operator: str) -> None:
    profile = profile_of(operator)
    proofs = [getattr(profile.proofs, name) for name in type(profile.proofs).model_fields]
    methods = {method for proof in proofs if proof is not None for method in getattr(proof, "methods", ())}
    assert methods
    # What is said on the telephone reaches whoever calls are forwarded to.
    assert not methods & {Method.VOICE, Method.PAPER}
    line = door.line()
    door.knock(line.msisdn or "", right=True)
    assert [key for key, _ in door.messages(line.msisdn or "")] == ["access.sms.code_sign_in"]


# --- passwords


@pytest.mark.security("asvs_6_2_1", "asvs_6_3_3")
@pytest.mark.parametrize("operator", operators())
def test_a_short_password_is_refused_and_none_is_enough_on_a_new_device(door: Door, operator: str) -> None:
    profile = profile_of(operator)
    with pytest.raises(password.Length):
        password.check("q7" * 20 + "z", profile, standing_owner())
    with pytest.raises(password.Length):
        password.check(("zq7w5x8k")[: profile.password.min_length - 1], profile, standing_owner())
    assert profile.sign_in.second_factor in (SecondFactor.UNKNOWN_DEVICE, SecondFactor.ALWAYS)
    step = door.knock(door.line().msisdn or "", right=True)
    assert (step.entered, step.admitted) == (None, True)


def standing_owner() -> password.Owner:
    return password.Owner("375291234567", ())


@pytest.mark.security("asvs_6_2_10")
@pytest.mark.parametrize("operator", operators())
def test_a_password_lives_until_it_is_changed(door: Door, operator: str) -> None:
    assert profile_of(operator).password.max_age_days is None
    line = door.line()
    door.later(400 * 86_400)
    entered = door.knock(line.msisdn or "", right=True, actor=door.on(door.device(line))).entered
    assert entered
    assert not door.ask(web_session.resume, token=entered.token).actor.must_change_password


# --- accounts


@pytest.mark.security("asvs_6_3_2")
def test_a_fresh_installation_knows_nobody(door: Door) -> None:
    with door.wires.db.snapshot() as session:
        filled = [name for name, table in metadata.tables.items() if session.execute(table.select().limit(1)).first()]
    assert filled == []


@pytest.mark.security("asvs_6_3_2")
def test_the_demonstrations_accounts_are_for_this_machine_alone() -> None:
    with pytest.raises(Misconfigured):
        read({"SELFCARE_DEMO": "1", "SELFCARE_HOST": "0.0.0.0"})


@pytest.mark.security("asvs_6_4_2")
def test_nothing_of_the_schema_is_a_question_with_a_secret_answer() -> None:
    import_tables()
    forbidden = re.compile(r"question|maiden|mother|secret_word|codeword|hint")
    assert [
        f"{name}.{column.name}"
        for name, table in metadata.tables.items()
        for column in table.columns
        if name != "charge_question" and forbidden.search(f"{name}.{column.name}")
    ] == []


@pytest.mark.security("asvs_6_4_4", "T5")
@pytest.mark.parametrize("state", ["blocked", "closed"])
def test_after_a_sim_is_lost_and_blocked_nothing_by_itself_brings_the_cabinet_back(door: Door, state: str) -> None:
    line, unregistered = door.line(state=state), door.line(state=state, secret=None)
    for way, number in ((recover, line.msisdn), (register, unregistered.msisdn)):
        step = door.do(way.begin, number=number, browser=Browser())
        assert isinstance(step.fault, standing.Inactive | standing.Unknown)
    assert door.messages(line.msisdn or "") == door.messages(unregistered.msisdn or "") == []
    assert door.all(OneTimeCode) == []


# --- codes


@pytest.mark.security("asvs_6_5_4")
@pytest.mark.parametrize("operator", operators())
def test_codes_have_six_digits_or_more(door: Door, operator: str) -> None:
    profile = profile_of(operator)
    assert profile.code.digits >= 6
    assert profile.runa is None or profile.runa.digits >= 6
    line = door.line()
    door.knock(line.msisdn or "", right=True)
    assert re.fullmatch(rf"\d{{{profile.code.digits}}}", door.code(line.msisdn or ""))


# --- what is written down


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


@pytest.mark.security("asvs_6_1_1", "asvs_7_1_1", "asvs_7_1_2", "asvs_6_1_3")
def test_the_limits_that_are_written_down_are_those_that_hold() -> None:
    text = (ROOT / "docs" / "access.md").read_text("utf-8")
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in text.splitlines() if row.startswith("| ")]
    limits = {what: numbers(much) for what, much, where in rows if where.startswith("`")}
    profile = profile_of("issa")
    hour = 3600
    known = {
        "posts to `/session/*` from one address": [profile.sign_in.requests_per_minute_per_address],
        "posts to `/session/*` on one node": [turnstile.NODE_PER_MINUTE],
        "wrong passwords in a row on one number": [profile.lockout.attempts],
        "the same from one known device": [profile.lockout.attempts],
        "wait after the 1st": list(profile.lockout.delays_seconds),
        "distinct numbers with a wrong password": [rules.FAILED_NUMBERS_PER_HOUR_PER_NETWORK],
        "distinct numbers that a network": [profile.sign_in.enumeration.distinct_numbers_per_hour],
        "life of a code": [profile.code.valid_seconds, profile.code.tries, profile.code.resend_seconds],
        "codes sent to a number": [profile.code.sends_per_hour, profile.code.sends_per_day, 24],
        "codes sent for strangers": [
            profile.code.numbers_per_hour_per_address,
            profile.code.sends_per_hour_per_network,
        ],
        "wrong codes of a number": [profile.code.fails_per_day, 24],
        "wrong PUK1": [profile.puk1.tries_per_day, 24, profile.puk1.tries_lifetime],
        "a temporary password": [profile.password.temporary_valid_seconds // hour],
        "a session": [
            profile.session.idle_seconds,
            profile.session.absolute_seconds // hour,
            profile.session.max_concurrent,
        ],
    }
    for beginning, expected in known.items():
        found = [much for what, much in limits.items() if what.startswith(beginning)]
        assert found == [expected], beginning
