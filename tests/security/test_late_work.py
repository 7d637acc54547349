"""What goes on while its session, its connection or its server is gone: nobody else hears of it, and it happens once."""

import ast
import inspect
import json
import socket as network
import time
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any
from urllib.parse import urlencode

import pytest
from reflex_base.registry import RegistrationContext
from sqlalchemy import text

import selfcare_app.selfcare_app  # noqa: F401 - registers every State
from selfcare_app.access import session as sessions
from selfcare_app.kit import cookie
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.ui import shell
from selfcare_app.ui.gate import policy
from selfcare_app.ui.pages.numbers.choose import ChooseNumber
from selfcare_app.ui.pages.security.sessions import SessionsPage
from tests.security.raw import HYDRATE, Raw
from tests.security.test_journeys import CHOOSE, Person, orders, person
from tests.served import Serve, Served

FREE = tuple(f"37529178{n:04d}" for n in range(40))
PATIENCE = 20.0
WRITERS = {"do", "do_now", "off_loop"}


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A server with a few free numbers; one test kills it."""

    def fill(served: Served) -> None:
        with served.db.transaction() as session:
            session.add_all(PoolNumber(number=int(number), category=5) for number in FREE)

    return serve(seed=fill)


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


# --- S-27


@pytest.mark.security("S-27", "S-25")
def test_what_ends_after_sign_out_is_not_told_to_whoever_has_the_tab_now(served: Served) -> None:
    before, after = person(served), served.sign_in(served.world.line(user_name="Игорь Следующий"))
    mine = Raw(served, session=before.cookie, path="/number")
    mine.join()
    with served.db.transaction() as session:
        # Nobody else writes now: what the first one has begun waits, and then finds the session over.
        session.execute(text("UPDATE line SET user_name = user_name WHERE no = -1"))
        mine.emit(f"{CHOOSE}.hold", {"number": FREE[0]})
        mine.close()
        sessions.end_others(session, line_id=before.line.id, keep=None, reason="signed_out", now=served.now)
        theirs = Raw(served, session=after, token=mine.token, path="/home")
        theirs.send_text(f"40/_event,{json.dumps({'event': theirs.event(HYDRATE), 'state_schema': None})}")
        while not theirs.frame().startswith("40/_event,"):
            pass
    with theirs:
        theirs.until("Следующий")
        theirs.settle()
        heard = "".join(theirs.frames)
    assert FREE[0] not in heard
    assert (before.line.msisdn or "?") not in heard


@pytest.mark.security("S-27")
def test_nothing_runs_beside_the_events_of_its_tab() -> None:
    registered = RegistrationContext.get().event_handlers
    beside = [name for name in policy.ours() if registered[name].handler.is_background]
    assert [name for name in beside if "selfcare_app___ui" in name] == []


# --- S-28 and S-29


def cut_after_confirming(someone: Person, **fields: str) -> None:
    """Posts a confirmation and leaves before the answer comes."""
    served, body = someone.served, urlencode(fields).encode()
    name = cookie.names(secure=False).session
    head = (
        f"POST /session/code/prove HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nOrigin: {served.url}\r\n"
        f"Cookie: {name}={someone.cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Forwarded-For: 198.18.77.{len(body) % 250}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with network.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(head.encode() + body)


def confirmed(served: Served, number: str) -> tuple[Person, str]:
    """Somebody whose confirmation was received, and whose connection was cut; with the order's id."""
    someone = person(served)
    subject, digest = someone.reviewed(number)
    code = someone.code(digest)
    fields = {"purpose": KIND, "code": code, "digest": digest, "back": "/home", "then": KIND, "subject": str(subject)}
    cut_after_confirming(someone, **fields)
    until(lambda: orders(served, someone.line) == 1)
    return someone, str(subject)


def told(served: Served, someone: Person) -> list[str]:
    return [
        m.content["key"] for m in served.messages(someone.line.msisdn) if m.content["key"] == "numbers.sms.accepted"
    ]


def sees(served: Served, someone: Person, order: str) -> bool:
    """Whether the order's page shows it, by what the database says."""
    with Raw(served, session=served.sign_in(someone.line), path=f"/orders/{order}") as tab:
        heard = tab.join()
    return any("accepted" in str(changed) or "done" in str(changed) for changed in heard.delta.values())


@pytest.mark.security("S-28", "R7", "S-12")
def test_a_connection_cut_while_confirming_leaves_one_order_that_is_seen_afterwards(served: Served) -> None:
    someone, order = confirmed(served, FREE[1])
    assert sees(served, someone, order)
    fresh = Person(served, someone.line, served.sign_in(someone.line), someone.actor)
    assert "error=" in fresh.prove(code="000000", digest="", subject=order)
    assert orders(served, someone.line) == 1
    assert len(told(served, someone)) == 1


@pytest.mark.security("S-29", "R1")
def test_a_kill_after_the_commit_loses_and_doubles_nothing(served: Served) -> None:
    someone, order = confirmed(served, FREE[2])
    served.kill()
    served.start()
    assert sees(served, someone, order)
    assert orders(served, someone.line) == 1
    assert len(told(served, someone)) == 1
    fresh = Person(served, someone.line, served.sign_in(someone.line), someone.actor)
    assert "error=" in fresh.prove(code="000000", digest="", subject=order)
    assert orders(served, someone.line) == 1


# --- S-31


def loaders() -> Iterator[tuple[str, FunctionType]]:
    """Every handler that a page calls as it loads."""
    for screen in shell.SCREENS:
        loads = screen.on_load if isinstance(screen.on_load, list | tuple) else [screen.on_load]
        for load in loads:
            if function := getattr(load, "fn", None):
                yield screen.route, function


def written(function: Any) -> set[str]:
    """The use cases that a function has done, with those of its own module's functions and methods that it calls."""
    module = inspect.getmodule(function)
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    known = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    seen, left, done = set(), [function.__name__], set()
    while left:
        node = known.get(name := left.pop())
        if node is None or name in seen:
            continue
        seen.add(name)
        for call in [each for each in ast.walk(node) if isinstance(each, ast.Call)]:
            owner, _, what = ast.unparse(call.func).rpartition(".")
            if what in WRITERS and owner in ("", "wiring"):
                done.add(ast.unparse(call.args[0]))
            elif owner in ("", "self"):
                left.append(what)
    return done


@pytest.mark.security("S-31")
def test_a_page_that_loads_counts_and_notes_what_is_looked_at_and_does_nothing_else() -> None:
    found = list(loaders())
    assert len(found) > 10
    writes = {route: written(load) for route, load in found}
    assert {route: done for route, done in writes.items() if done} == {
        "/number": {"search.admit"},
        "/call-detail": {"seen.viewed"},
        "/call-detail/questions": {"asking.read"},
        "/internet-statistics": {"statistics.of_day"},
    }


@pytest.mark.security("S-31")
def test_a_page_that_would_write_is_seen() -> None:
    assert written(ChooseNumber.event_handlers["hold"].fn) == {"hold.hold", "search.admit"}
    assert written(SessionsPage.event_handlers["end"].fn) == {"devices.end"}
