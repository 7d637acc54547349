"""A delegate at the event socket: the right taken back, two tabs on two lines, handlers that are not for him."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from selfcare_app.access import acting, delegation
from selfcare_app.access import session as sessions
from selfcare_app.endpoints.sockets import OVER
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Staff, Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.ui.gate.policy import Caller, policy_of
from selfcare_app.ui.gate.sockets import FAREWELL_SECONDS
from selfcare_app.ui.gate.sweeper import PERIOD_SECONDS
from tests.scenes.scene import last_month, prove
from tests.security.raw import APP, Raw
from tests.security.test_handlers import HANDLERS, by_sockets, contents, plausible
from tests.served import Served

STAY = f"{APP}.stay"
AT_ONCE = 1 + PERIOD_SECONDS + FAREWELL_SECONDS
CLERK = Staff(staff_id=new_id(), session_id=new_id(), login="clerk")


def grant(served: Served, delegate: Line, subject: Line, level: str = "view", role: str = "curator") -> UUID:
    with served.db.transaction() as session:
        return delegation.grant(
            session, CLERK, delegate=delegate, role=role, level=level, over="line", over_id=subject.id, now=served.now
        )


def actor_of(served: Served, cookie: str) -> Any:
    with served.db.transaction() as session:
        found = sessions.resume(session, Visitor(), token=cookie, now=served.now)
    assert found is not None
    return found.actor


def over(served: Served, cookie: str, subject: Line) -> str:
    """Goes over to a line; gives the new cookie."""
    with served.db.transaction() as session:
        found = sessions.resume(session, Visitor(), token=cookie, now=served.now)
        assert found is not None
        return acting.switch(session, found.actor, line_id=subject.id, now=served.now).token


def people(served: Served) -> tuple[Line, Line]:
    return served.world.line(user_name="Хозяйка Номерова"), served.world.line(user_name="Друг Помогаев")


def post(served: Served, path: str, cookie: str, **fields: str) -> httpx.Response:
    headers = {
        "Cookie": served.cookie_header(cookie),
        "Origin": served.url,
        "X-Forwarded-For": f"10.9.{new_id().int % 250}.7",
    }
    return httpx.post(f"{served.url}{path}", headers=headers, data=fields)


@pytest.mark.security("S-20", "asvs_8_3_2", "asvs_7_4_1")
def test_a_right_taken_back_shuts_the_open_page_at_once(served: Served):
    owner, friend = people(served)
    grant_id = grant(served, friend, owner)
    cookie = over(served, served.sign_in(friend), owner)
    mine = actor_of(served, served.sign_in(owner))
    with Raw(served, session=cookie) as socket:
        assert "Номерова" in socket.join().text
        start = time.monotonic()
        with served.db.transaction() as session:
            delegation.revoke(session, mine, grant_id=grant_id, now=served.now)
        heard = socket.call(STAY)
        assert heard.leave == "/delegation/over"
        assert "Номерова" not in heard.text
        assert socket.closed() == OVER
        assert time.monotonic() - start < AT_ONCE + 1


@pytest.mark.security("S-20")
def test_a_page_that_nobody_touches_is_told_to_leave(served: Served):
    owner, friend = people(served)
    grant_id = grant(served, friend, owner)
    cookie = over(served, served.sign_in(friend), owner)
    mine = actor_of(served, served.sign_in(owner))
    with Raw(served, session=cookie) as socket:
        socket.join()
        with served.db.transaction() as session:
            delegation.revoke(session, mine, grant_id=grant_id, now=served.now)
        assert socket.until("leave_rx_state_").leave == "/delegation/over"


@pytest.mark.security("S-16", "asvs_7_2_4")
def test_a_tab_on_one_line_never_acts_on_another(served: Served):
    first, friend = people(served)
    second = served.world.line(user_name="Вторая Чужанина")
    grant(served, friend, first)
    grant(served, friend, second)
    on_first = over(served, served.sign_in(friend), first)
    with Raw(served, session=on_first) as tab:
        assert "Номерова" in tab.join().text
        answer = post(served, "/session/act", on_first, line=str(second.id))
        assert answer.status_code == 303
        on_second = answer.cookies["sid"]
        heard = tab.call(STAY)
        assert heard.leave == "/"
        assert "Чужанина" not in "".join(tab.frames)
        # The same tab with the new cookie has nothing of the line that it was on.
        with Raw(served, session=on_second, token=tab.token) as again:
            text = again.join().text
            assert "Чужанина" in text
            assert "Номерова" not in text
    assert post(served, "/session/act", on_first, line=str(first.id)).headers["location"].startswith("/sign-in")


@pytest.mark.security("S-15")
def test_a_duplicated_tab_shares_no_line(served: Served):
    owner, friend = people(served)
    grant(served, friend, owner)
    own = served.sign_in(friend)
    acts = over(served, served.sign_in(friend), owner)
    with Raw(served, session=acts) as tab:
        assert "Номерова" in tab.join().text
        with Raw(served, session=own, token=tab.token) as copy:
            text = copy.join().text
            assert "Помогаев" in text
            assert "Номерова" not in text
        assert tab.call(STAY).leave == ""


@pytest.mark.security("S-06", "asvs_8_2_2")
@pytest.mark.parametrize("line", ["", "x", "00000000-0000-0000-0000-000000000000", "stranger"])
def test_nobody_goes_over_to_a_line_by_its_id(served: Served, line: str):
    stranger = served.world.line()
    cookie = served.sign_in(served.world.line())
    answer = post(served, "/session/act", cookie, line=str(stranger.id) if line == "stranger" else line)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["error"] == ["delegation.no_such_line"]
    assert "set-cookie" not in answer.headers


@pytest.mark.security("S-04", "asvs_8_2_1", "T18")
def test_no_handler_gives_a_viewing_delegate_more_than_he_may_see(served: Served):
    owner, friend = people(served)
    grant(served, friend, owner)
    cookie = over(served, served.sign_in(friend), owner)
    before = {table: rows for table, rows in contents(served).items() if not table.startswith(("journal", "outbox"))}
    called = [name for name in HANDLERS if policy_of(name).caller is not Caller.PROGRAM]
    for socket, name in by_sockets(served, called, each_socket=4, session=cookie, path="/more"):
        heard = socket.call(name, plausible(name))
        assert heard.leave == "", name
        assert owner.id.hex not in heard.text, name
    after = {table: rows for table, rows in contents(served).items() if table in before}
    assert after == before
    with served.db.snapshot() as session:
        kept = session.exec(select(JournalEntry.actor).where(JournalEntry.line_id == owner.id)).all()
    assert set(kept) == {"delegate"}


@pytest.mark.security("T18", "asvs_8_2_1")
def test_no_endpoint_changes_a_credential_for_a_delegate(served: Served):
    owner, friend = people(served)
    grant(served, friend, owner, level="manage")
    cookie = over(served, served.sign_in(friend), owner)
    answer = post(served, "/session/password", cookie, current="x", password="abc12345", again="abc12345")
    assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == ["kit.own_only"]
    shown = post(served, "/session/reveal", cookie)
    assert shown.status_code == 409
    assert shown.json()["error"]["key"] == "kit.error.not_allowed"
    sent = post(served, "/session/code/send", cookie, purpose="delegation", digest="", back="/home")
    assert parse_qs(urlsplit(sent.headers["location"]).query)["error"] == ["kit.not_allowed"]
    added = post(served, "/session/act/own", cookie, number=owner.msisdn or "")
    assert parse_qs(urlsplit(added.headers["location"]).query)["error"] == ["kit.own_only"]


@pytest.mark.requirement("ADM-027")
def test_an_administrator_takes_the_call_detail_of_his_line_away(served: Served):
    admin = served.world.line(client_kind="organisation")
    line = served.world.line(account_id=admin.account_id)
    grant(served, admin, line, role="administrator", level="manage")
    cookie = over(served, served.sign_in(admin), line)
    prove(served, cookie, "call_detail")
    answer = httpx.get(
        f"{served.url}/download/call-detail.csv",
        params={"period": last_month(served), "line": str(line.id)},
        headers={"Cookie": served.cookie_header(cookie)},
    )
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/csv")
    with served.db.snapshot() as session:
        kept = session.exec(select(JournalEntry.action).where(JournalEntry.line_id == line.id)).all()
    assert list(kept).count("exported_calls") == 1


@pytest.mark.security("S-16")
def test_a_file_is_for_the_line_that_its_page_was_shown_for(served: Served):
    owner, friend = people(served)
    grant(served, friend, owner, role="curator", level="manage")
    own, acts = served.sign_in(friend), over(served, served.sign_in(friend), owner)
    for cookie, line in ((own, str(owner.id)), (acts, ""), (acts, str(friend.id))):
        answer = httpx.get(
            f"{served.url}/download/call-detail.csv",
            params={"period": "2026-10", "line": line},
            headers={"Cookie": served.cookie_header(cookie)},
        )
        assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == ["delegation.subject_changed"]
