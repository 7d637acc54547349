"""What must be nowhere: another's data in a delta, a secret in a log, the cookie in anything a script can read."""

import json
import re

import httpx
import pytest
from reflex.state import all_base_state_classes  # noqa: F401
from reflex_base.registry import RegistrationContext

import selfcare_app.selfcare_app  # noqa: F401
from tests.security.raw import APP, ROOT, Raw
from tests.security.test_handlers import HANDLERS, by_sockets, plausible
from tests.served import Served

PAGES = (
    "/home",
    "/personal",
    "/personal/more",
    "/personal/sim",
    "/number",
    "/orders",
    "/call-detail",
    "/more",
    "/settings/password",
)


@pytest.mark.security("S-25", "asvs_15_3_1")
def test_a_subscriber_hears_of_nobody_else_and_of_nothing_that_is_the_servers(served: Served):
    mine = served.world.line(user_name="Кира Своя")
    other = served.world.line(user_name="Лев Посторонний")
    cookie, others = served.sign_in(mine), served.sign_in(other)
    with Raw(served, session=others) as socket:
        socket.join()
    canaries = [
        "Посторонний",
        other.msisdn,
        other.msisdn[3:],
        str(other.id),
        str(other.account_id),
        cookie,
        others,
        '"_owner',
        '"_conn',
        '"_seen',
        "password_hash",
        "token_digest",
    ]
    heard = []
    for path in PAGES:
        with Raw(served, session=cookie, path=path) as socket:
            socket.join()
            heard += socket.frames
    for socket, name in by_sockets(served, HANDLERS, session=cookie):
        socket.call(name, plausible(name))
        heard += socket.frames
        socket.frames.clear()
    assert [c for c in canaries for frame in heard if str(c) in frame] == []
    assert any("Своя" in frame for frame in heard)


@pytest.mark.security("S-26", "asvs_15_3_1")
def test_vars_of_the_server_are_not_in_the_bundle(served: Served):
    """Defaults of vars are baked into what everybody downloads; those of the server's own vars are not."""
    states = {registered.states[0] for registered in RegistrationContext.get().event_handlers.values()}
    own = {f"{name}_rx_state_" for state in states for name in state.get_fields() if name.startswith("_")}
    assert "_owner_rx_state_" in own
    files = [file for file in served.bundle.rglob("*") if file.suffix in (".js", ".html")]
    assert any("leave_rx_state_" in file.read_text("utf-8") for file in files)
    anyone = re.compile(rf"(?<![\w$])(?:{'|'.join(map(re.escape, own))})")
    assert [(file.name, said) for file in files for said in anyone.findall(file.read_text("utf-8"))] == []


@pytest.mark.security("S-26", "asvs_15_3_1")
def test_a_visitor_is_sent_no_var_that_a_subscriber_has(served: Served):
    """What is hidden by a condition on the page is not in the delta either."""
    with Raw(served, path="/home") as visitor:
        heard = visitor.join()
    defaults = {
        state.get_full_name(): {f"{name}_rx_state_": f.default_value() for name, f in state.get_fields().items()}
        for state in (registered.states[0] for registered in RegistrationContext.get().event_handlers.values())
    }
    for state, changed in heard.delta.items():
        if "signed_state" not in state:
            continue
        for name, value in changed.items():
            if name in defaults.get(state, {}):
                assert json.dumps(value, default=str) == json.dumps(defaults[state][name], default=str), (state, name)


@pytest.mark.security("S-24", "S-25")
def test_secrets_and_cookies_are_in_no_log_and_no_delta(served: Served):
    cookie = served.sign_in(served.world.line())
    canaries = ["hunter2-canary", "938412", "+375291112233", cookie]
    with Raw(served, session=cookie, cookies=f"{served.cookie_header(cookie)}; other=hunter2-canary") as socket:
        socket.join()
        for name in (f"{APP}.no_such", f"{APP}.stay", f"{ROOT}.setvar", "hunter2-canary"):
            socket.emit(name, {"password": "hunter2-canary", "code": "938412", "number": "+375291112233"})
        socket.send_text('42/_event,["event",{"name":"x","password":"hunter2-canary"')
        socket.send_text('42/_event,["client_error",{"message":"hunter2-canary 938412"}]')
        fault = f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception"
        socket.emit(fault, {"info": "TypeError: hunter2-canary 938412", "component_stack": "at hunter2-canary"})
        socket.settle()
        heard = "".join(socket.frames)
    form = {"number": "+375291112233", "password": "hunter2-canary", "code": "938412"}
    for path in (
        "/session/sign-in",
        "/session/register/code",
        "/session/code/prove",
        "/session/password",
        "/session/nowhere",
    ):
        httpx.post(
            f"{served.url}{path}", data=form, headers={"Origin": served.url, "Cookie": served.cookie_header(cookie)}
        )
        httpx.post(
            f"{served.url}{path}?password=hunter2-canary",
            content=b"hunter2-canary=\xff",
            headers={"Origin": served.url},
        )
    log = served.log()
    assert [c for c in canaries if c in log] == []
    assert cookie not in heard
    assert "hunter2-canary" not in heard


@pytest.mark.security("S-24")
def test_nonsense_costs_a_line_a_minute_and_is_no_line_of_its_own(served: Served):
    with Raw(served, address="198.51.100.77") as socket:
        socket.join()
        before = len(served.log().splitlines())
        for n in range(6):
            socket.emit(f'nonsense-{n}\n{{"level":"info","what":"forged"}}')
            socket.send_text("42/_event,[[[")
        socket.settle()
        lines = served.log().splitlines()[before:]
    mine = [line for line in lines if "dropped" in line]
    assert len(mine) == 1
    assert len(mine[0]) <= 240
    assert "forged" not in "".join(lines)
    for line in lines:
        assert {"at", "level", "logger", "what"} <= json.loads(line).keys()
