"""The end of a session while its socket stays open: signed out, revoked, left alone."""

import contextlib
import time
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from selfcare_app.access import session as sessions
from selfcare_app.endpoints.sockets import OVER
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.numbers.tables import NumberHold
from selfcare_app.orders import draft
from selfcare_app.orders.tables import Draft
from selfcare_app.subscribers.tables import Line
from selfcare_app.ui.gate.sockets import FAREWELL_SECONDS
from selfcare_app.ui.gate.sweeper import PERIOD_SECONDS
from tests.security.raw import APP, HYDRATE, Raw
from tests.served import Serve, Served

STAY = f"{APP}.stay"
AT_ONCE = 1 + PERIOD_SECONDS + FAREWELL_SECONDS


@pytest.mark.security("S-20")
@pytest.mark.requirement("ISSA-036")
def test_signing_out_is_the_end_for_every_open_socket(served: Served):
    cookie = served.sign_in(served.world.line())
    with Raw(served, session=cookie, path="/personal") as first, Raw(served, session=cookie, path="/home") as second:
        first.join()
        second.join()
        start = time.monotonic()
        answer = httpx.post(
            f"{served.url}/session/sign-out",
            headers={
                "Cookie": served.cookie_header(cookie),
                "Origin": served.url,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        assert answer.status_code == 303
        assert first.until("leave_rx_state_").leave == "/sign-in?next=%2Fpersonal"
        assert second.until("leave_rx_state_").leave == "/sign-in?next=%2Fhome"
        assert time.monotonic() - start < AT_ONCE
        assert first.closed() == OVER
        assert time.monotonic() - start < AT_ONCE + 1
    with Raw(served, session=cookie) as again:
        again.join()
        assert again.call(STAY).leave == "/sign-in?next=%2Fhome"


@pytest.mark.security("S-20")
def test_a_revoked_session_is_over_at_the_next_event(served: Served):
    line = served.world.line(user_name="Вера Отозвана")
    cookie = served.sign_in(line)
    with Raw(served, session=cookie) as socket:
        assert "Отозвана" in socket.join().text
        with served.db.transaction() as session:
            sessions.end_others(session, line_id=line.id, keep=None, reason="revoked", now=served.now)
        heard = socket.call(STAY)
        assert heard.leave == "/sign-in?next=%2Fhome"
        assert "Отозвана" not in heard.text


@pytest.mark.security("S-20")
def test_hydrating_again_on_an_ended_session_gives_nothing_back(served: Served):
    line = served.world.line(user_name="Глеб Повторов")
    cookie = served.sign_in(line)
    with Raw(served, session=cookie) as socket:
        socket.join()
        with served.db.transaction() as session:
            sessions.end_others(session, line_id=line.id, keep=None, reason="revoked", now=served.now)
        socket.frames.clear()
        socket.emit(HYDRATE, {})
        assert socket.settle().leave.startswith("/sign-in")
        assert "Повторов" not in "".join(socket.frames)


@pytest.fixture(scope="module")
def brief(serve: Serve) -> Served:
    """A server whose sessions end after a few idle seconds."""
    return serve(session={"idle_seconds": 6, "warn_before_seconds": 3})


@pytest.mark.security("S-21")
@pytest.mark.requirement("ISSA-023", "ISSA-024")
def test_pings_and_what_a_page_does_by_itself_do_not_keep_a_session_alive(brief: Served):
    line = brief.world.line(user_name="Дина Тихонова")
    start = time.monotonic()
    cookie = brief.sign_in(line)
    begun, held = _belongings(brief, line, cookie)
    with Raw(brief, session=cookie) as socket:
        socket.join()
        heard = None
        while heard is None and time.monotonic() < start + 20:
            socket.send_text('42/_event,["ping"]')
            socket.emit(f"{APP}.effects_done", {"upto": 1})
            with contextlib.suppress(TimeoutError):
                heard = socket.until("leave_rx_state_", timeout=0.5)
        assert heard is not None
        assert heard.leave == "/sign-in?expired=1&next=%2Fhome"
        assert 5.9 < time.monotonic() - start < 12
        assert socket.closed() == OVER
    with brief.db.snapshot() as session:
        assert sessions.resume(session, Visitor(), token=cookie, now=brief.now) is None
        assert session.get_one(Draft, begun).state == "annulled"
        assert session.get_one(NumberHold, held).released_at is not None


@pytest.mark.security("S-21")
@pytest.mark.requirement("ISSA-023")
def test_what_a_person_does_keeps_a_session_alive_in_all_its_tabs(brief: Served):
    cookie = brief.sign_in(brief.world.line())
    with Raw(brief, session=cookie) as used, Raw(brief, session=cookie) as left:
        used.join()
        told = left.join().delta[APP]["idle_rx_state_"]["until"]
        start = time.monotonic()
        while time.monotonic() - start < 9:
            assert used.call(STAY).leave == ""
            time.sleep(0.5)
        moved = left.until("idle_rx_state_").delta[APP]["idle_rx_state_"]["until"]
        assert moved > told
        assert left.call(STAY).leave == ""


@pytest.mark.security("S-21")
def test_the_whole_time_of_a_session_ends_it_though_it_is_used(serve: Serve):
    served = serve(
        session={"idle_seconds": 4, "absolute_seconds": 6, "warn_before_seconds": 1, "desk_absolute_seconds": 6}
    )
    cookie = served.sign_in(served.world.line())
    with Raw(served, session=cookie) as socket, Raw(served, session=cookie) as left:
        socket.join()
        told = left.join().delta[APP]["idle_rx_state_"]["until"]
        start = time.monotonic()
        while not (heard := socket.call(STAY)).leave:
            assert time.monotonic() - start < 12
            time.sleep(0.3)
        assert heard.leave == "/sign-in?expired=1&next=%2Fhome"
        # What is used in one tab never promises another one more than the whole time.
        until = left.until("idle_rx_state_").delta[APP]["idle_rx_state_"]["until"]
        assert told < until <= told + 2100
        assert left.until("leave_rx_state_").leave == "/sign-in?expired=1&next=%2Fhome"


@pytest.mark.security("S-21")
def test_whoever_ends_a_session_for_its_time_the_tab_says_so(served: Served):
    with Raw(served, session=(cookie := served.sign_in(served.world.line()))) as socket:
        socket.join()
        with served.db.transaction() as session:
            signed = sessions.resume(session, Visitor(), token=cookie, now=served.now)
            assert signed is not None
            sessions.end(session, signed.actor, session_id=signed.session_id, reason="idle", now=served.now)
        assert socket.until("leave_rx_state_").leave == "/sign-in?expired=1&next=%2Fhome"


def _belongings(served: Served, line: Line, cookie: str) -> tuple[UUID, UUID]:
    """An unfinished journey and a held number of the session."""
    with served.db.transaction() as session:
        signed = sessions.resume(session, Visitor(), token=cookie, now=served.now)
        assert signed is not None
        begun = draft.begin(session, signed.actor, kind="number_change", answers={}, now=served.now)
        held = NumberHold(
            id=new_id(),
            number=int(served.world.msisdn()),
            line_id=line.id,
            session_id=signed.session_id,
            created_at=served.now,
            expires_at=served.now + timedelta(seconds=900),
        )
        session.add(held)
        return begun.id, held.id
