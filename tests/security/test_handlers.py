"""Every registered handler, called by hand: without a session, with another's, with wrong arguments."""

import itertools
import json
import math
import typing
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union

import pytest
from reflex_base.registry import RegistrationContext
from sqlalchemy import text
from typing_extensions import is_typeddict

import selfcare_app.selfcare_app  # noqa: F401 - registers every State
from selfcare_app.kit.ids import new_id
from selfcare_app.ui.gate import policy
from selfcare_app.ui.gate.payload import checks_of
from selfcare_app.ui.gate.policy import Caller, policy_of
from tests.security.raw import APP, ROOT, Raw, Refused
from tests.served import Served

REGISTERED = RegistrationContext.get().event_handlers
HANDLERS = tuple(name for name in policy.ours() if REGISTERED[name].states[0].__module__.startswith("selfcare_app"))
CLOSED = tuple(
    name
    for name in REGISTERED
    if policy_of(name).caller is Caller.NOBODY
    and REGISTERED[name].states[0].__module__.startswith(("selfcare_app", "reflex"))
)
OPEN_TO_ANYONE = {f"{APP}.effects_done"}
"""Reviewed: what runs without a session."""
WRONG = ["abc", 5.5, True, None, [1], {"a": 1}, -1, 1e308, "x" * 5_000, {"a": {"a": {"a": {}}}}, [[[[]]]]]
_PER_SOCKET = 8


def by_sockets(
    served: Served, names: Any, *, each_socket: int = _PER_SOCKET, **options: Any
) -> Iterator[tuple[Raw, Any]]:
    """The items, each with a socket that has not used up its burst."""
    socket: Raw | None = None
    for n, each in enumerate(names):
        if n % each_socket == 0:
            if socket is not None:
                socket.close()
            socket = Raw(served, **options)
            socket.join()
        yield socket, each
    if socket is not None:
        socket.close()


def plausible(name: str) -> dict[str, Any]:
    """Arguments that the gate lets through, as far as it goes."""
    hints = typing.get_type_hints(REGISTERED[name].handler.fn, include_extras=True)
    return {argument: sample(hints[argument]) for argument, (_, needed) in checks_of(name).items() if needed}


def sample(annotation: Any) -> Any:
    """Some value of an annotation."""
    if is_typeddict(annotation):
        hints = typing.get_type_hints(annotation)
        return {field: sample(hints[field]) for field in annotation.__required_keys__}
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (Literal, Annotated):
        return arguments[0] if origin is Literal else sample(arguments[0])
    if origin in (Union, UnionType):
        return sample(arguments[0])
    plain = {str: "1", int: 1, float: 0.5, bool: True, dict: {}, list: [], type(None): None}
    return plain[origin or annotation]


def contents(served: Served) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but the journal of the door, the uses of sessions, and what the worker counts by itself."""
    with served.db.snapshot() as session:
        tables = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return {
            # Of a message the worker writes down its own tries to send it.
            table: sorted(
                map(repr, session.execute(text(f'SELECT {"id" if table == "outbox" else "*"} FROM "{table}"')).all())
            )
            for table in tables
            if table not in ("access_event", "web_session", "quota", "breaker", "hour_of_codes")
            # How far the worker has come, which it first writes down when it has begun.
            and table not in ("fee_run", "bill_run", "bonus_day")
        }


@pytest.mark.security("S-02")
def test_every_handler_says_who_may_call_it():
    assert {name for name in HANDLERS if policy_of(name).caller is Caller.ANYONE} == OPEN_TO_ANYONE
    for name in HANDLERS:
        state = REGISTERED[name].states[0]
        bases = {base.__name__ for base in state.__mro__}
        open_ = policy_of(name).caller is Caller.ANYONE
        assert name.startswith(APP), f"{name} is no State of ours: derive it from SignedState or OpenState"
        assert not open_ or "SignedState" not in bases, f"{name} is public in a State of signed-in subscribers"


@pytest.mark.security("S-02")
def test_a_visitor_runs_nothing_but_what_is_public(served: Served):
    before = contents(served)
    closed = [name for name in HANDLERS if name not in OPEN_TO_ANYONE]
    for socket, name in by_sockets(served, closed, path="/more"):
        heard = socket.call(name, plausible(name))
        assert heard.states() == set(), name
        assert heard.leave in ("", "/sign-in?next=%2Fmore"), name
        assert heard.events == [], name
    assert contents(served) == before


@pytest.mark.security("S-03")
def test_what_is_no_handler_is_dropped(served: Served):
    names = [
        *CLOSED,
        *(
            f"{APP}.{name}"
            for name in ("reset", "get_state", "_go_to_sign_in", "__init__", "setvar", "set_notice", "_effect", "dict")
        ),
        *(
            f"{state}.{name}"
            for state in {n.rpartition(".")[0] for n in HANDLERS}
            for name in ("_actor", "_forget", "set_leave", "reset")
        ),
        "",
        "hydrate",
        "__reflex__",
        "os.system",
        ROOT,
        "x" * 3_000,
    ]
    session = served.sign_in(served.world.line())
    before = contents(served)
    for socket, name in by_sockets(served, names, session=session):
        heard = socket.call(name, {"name": "notice", "value": {"key": "owned"}})
        assert heard.states() == set(), name
        assert heard.events == [], name
        assert "owned" not in heard.text, name
    assert contents(served) == before


@pytest.mark.security("S-03")
def test_the_handlers_of_the_socket_itself_are_not_for_browsers(served: Served):
    victim = served.sign_in(served.world.line(user_name="Жертва Кражина"))
    forged = {"QUERY_STRING": "token=x", "asgi.scope": {"headers": [["cookie", served.cookie_header(victim)]]}}
    with Raw(served) as socket:
        socket.join()
        for name in ("connect", "disconnect", "link_token_to_sid", "emit_update", "trigger_event", "message"):
            socket.send_text(f"42/_event,{json.dumps([name, forged, {'event': socket.event(ROOT + '.hydrate', {})}])}")
            socket.send_text(f"42/_event,7{json.dumps([name])}")
        assert socket.settle().states() == set()
        assert "Кражина" not in "".join(socket.frames)


@pytest.mark.security("S-05", "asvs_2_2_1", "asvs_2_2_2", "asvs_15_3_5")
def test_wrong_arguments_run_nothing(served: Served):
    calls = [
        (name, payload)
        for name in HANDLERS
        if policy_of(name).caller in (Caller.SUBSCRIBER, Caller.ANYONE)
        for payload in wrong_payloads(name)
    ]
    session = served.sign_in(served.world.line())
    before = contents(served)
    for socket, (name, payload) in by_sockets(served, calls, session=session):
        heard = socket.call(name, payload)
        assert heard.states() == set(), (name, str(payload)[:100])
        assert heard.events == [], (name, str(payload)[:100])
    assert contents(served) == before


def wrong_payloads(name: str) -> Iterator[Any]:
    """Every argument with every value of a wrong type, then missing, additional and misshapen ones."""
    right = plausible(name)
    for argument, (check, needed) in checks_of(name).items():
        for value in WRONG:
            if not check(value):
                yield right | {argument: value}
        if needed:
            yield {k: v for k, v in right.items() if k != argument}
    yield right | {"extra": 1}
    yield right | {"self": 1}
    yield ["a", "list"]
    yield "text"


@pytest.mark.security("S-05", "asvs_15_3_5")
@pytest.mark.parametrize(
    "arguments",
    [
        '{"upto":1,"upto":2}',
        '{"upto":NaN}',
        '{"upto":Infinity}',
        '{"upto":-Infinity}',
        '{"upto":1e999}',
        '{"upto":' + "[" * 5_000,
        "{'upto':1}",
    ],
    ids=["twice", "NaN", "Infinity", "-Infinity", "1e999", "deep", "quotes"],
)
def test_what_json_does_not_allow_is_dropped(served: Served, arguments: str):
    with Raw(served) as socket:
        socket.join()
        socket.send_text(f'42/_event,["event",{{"name":"{APP}.effects_done","payload":{arguments}}}]')
        assert sum(1 for each in socket.settle().delta if each == APP) == 1
        assert math.isfinite(len(socket.frames))


@pytest.mark.security("S-08")
def test_only_what_browsers_keep_is_taken_from_them(served: Served):
    update = f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal"
    line = served.world.line()
    with Raw(served, session=served.sign_in(line)) as socket:
        socket.join()
        for target, value in itertools.product(
            ("notice_rx_state_", "leave_rx_state_", "_owner", "_conn", "idle_rx_state_"), ("x", {"key": "owned"}, 1)
        ):
            socket.emit(update, {"vars": {f"{APP}.{target}": value}})
            if target == "_conn":
                break
        socket.emit(update, {"vars": {"no.such.state": "x"}})
        heard = socket.settle()
        assert heard.states() == set()
        assert heard.leave == ""
        assert "owned" not in "".join(socket.frames)
        # The socket still is the subscriber's.
        assert socket.call(f"{APP}.stay").leave == ""


@pytest.mark.security("S-17")
@pytest.mark.parametrize(
    "path",
    [
        "/admin",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/home?next=//evil.example",
        "/" + "a" * 3_000,
    ],
)
def test_a_forged_page_decides_nothing(served: Served, path: str):
    with Raw(served) as socket:
        socket.join()
        heard = socket.call(f"{APP}.stay", path=path)
        assert "evil" not in heard.leave
        assert heard.leave == "" or heard.leave.startswith("/sign-in")
        event = socket.event(f"{APP}.stay")
        event["router_data"] |= {"headers": {"cookie": "sid=x"}, "ip": "127.0.0.1", "sid": "x", "token": "x"}
        socket.send_text(f"42/_event,{json.dumps(['event', event])}")
        assert socket.settle().states() == set()


@pytest.mark.security("S-04")
def test_another_subscribers_session_sees_the_own_line_alone(served: Served):
    first, second = (served.world.line(user_name=name) for name in ("Анна Кражина", "Борис Чужой"))
    with Raw(served, session=served.sign_in(first), path="/home") as socket:
        assert "Кражина" in socket.join().text
    for path in ("/home", "/personal", "/personal/more", "/orders", "/number", "/call-detail"):
        with Raw(served, session=served.sign_in(second), path=path) as socket:
            socket.join()
            assert "Кражина" not in "".join(socket.frames)


@pytest.mark.security("S-06")
def test_ids_of_others_are_like_ids_of_nobody(served: Served):
    owner, stranger = served.world.line(), served.world.line()
    foreign = [str(owner.id), owner.msisdn or "", str(owner.account_id)]
    texts = [
        n
        for n in HANDLERS
        if policy_of(n).caller is Caller.SUBSCRIBER and any(c("1") for c, _ in checks_of(n).values())
    ]
    session = served.sign_in(stranger)
    before = contents(served)
    calls = [(name, known) for name in texts for known in foreign]
    for socket, (name, known) in by_sockets(served, calls, each_socket=_PER_SOCKET // 2, session=session):
        answers = []
        for value in (known, str(new_id()) if "-" in known else "375000000000"):
            payload = {
                a: value if check(value) else plausible(name).get(a) for a, (check, _) in checks_of(name).items()
            }
            try:
                answers.append(socket.call(name, payload).text.replace(value, "…"))
            except Refused:
                pytest.fail(f"{name} closed the socket")
        assert owner.user_name not in answers[0]
    assert {t: rows for t, rows in contents(served).items() if rows != before[t]}.keys() <= {"draft", "number_hold"}
