"""The desk's doors: nothing of it opens to a subscriber, and nothing of the cabinet to the desk's cookie."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from selfcare_app.access import halt
from selfcare_app.access import session as sessions
from selfcare_app.access.desk_tables import StaffRequest
from selfcare_app.endpoints import desk as doors
from selfcare_app.endpoints import desk_passkeys, desk_second, desk_slip
from selfcare_app.kit import cookie
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.security.desk import NAME, added, clerk, post
from tests.security.raw import APP, Raw
from tests.served import Served

ROUTES = (*doors.ROUTES, *desk_second.ROUTES, *desk_passkeys.ROUTES, *desk_slip.ROUTES)
SCRIPTED = ("/desk/passkeys/new", "/desk/passkeys/add")
BY_PASSKEY = ("/desk/passkey/ask", "/desk/passkey/enter")
POSTED = tuple(
    route.path for route in ROUTES if "POST" in (route.methods or ()) and route.path not in (*SCRIPTED, *BY_PASSKEY)
)
ACTS = tuple(doors._ACTS)
SIGN_IN = "Вход для сотрудников"


def rows(served: Served) -> dict[str, int]:
    """How much there is of what the desk writes."""
    with served.db.snapshot() as session:
        tables = (
            "staff_look",
            "staff_session",
            "staff_passkey",
            "staff_request",
            "journal_entry",
            "delegation_grant",
            "outbox",
        )
        return {table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


@pytest.mark.security("S-02", "asvs_8_4_2")
@pytest.mark.parametrize("path", POSTED)
def test_a_visitor_gets_nothing_done_at_the_desk(served: Served, path: str):
    before = rows(served)
    answer = post(served, path, look="x", act="close")
    assert answer.status_code in (303, 400, 403, 404)
    assert answer.headers.get("location", "/desk") == "/desk"
    assert rows(served) == before


@pytest.mark.security("S-02", "S-04", "asvs_8_4_2")
@pytest.mark.parametrize("path", SCRIPTED)
def test_a_visitor_or_a_subscriber_makes_no_passkey_of_the_desk(served: Served, path: str):
    before, session = rows(served), served.sign_in(served.world.line())
    for value in ("", session):
        fields = {"ticket": str(new_id()), "id": "x"} if path.endswith("add") else {"password": "x", "code": "1"}
        assert post(served, path, f"{NAME}={value}" if value else "", **fields).status_code == 401
    assert rows(served) == before


@pytest.mark.security("S-01", "S-07", "asvs_8_4_2")
@pytest.mark.parametrize("path", [*SCRIPTED, *BY_PASSKEY])
def test_no_other_site_and_no_made_up_field_reaches_the_passkeys(served: Served, path: str):
    inside, before = clerk(served), rows(served)
    cookies = f"{NAME}={inside.token}"
    assert post(served, path, cookies, origin="https://evil.example").status_code == 403
    assert "error" in post(served, path, cookies, staff_id="1").json()
    assert rows(served)["staff_passkey"] == before["staff_passkey"]


@pytest.mark.security("asvs_8_2_1", "asvs_2_3_5")
def test_the_employees_are_for_whoever_looks_after_them(served: Served):
    plain, keeper = clerk(served), clerk(served, "", "employees")
    other, _ = added(served, "somebody-else")
    assert other
    before = rows(served)
    assert "somebody-else" not in plain.get("/desk/employees").text
    assert plain.get("/desk/employees").status_code == 403
    for act in ("unlock", "disable", "enable", "drop"):
        answer = plain.post("/desk/employees", login="somebody-else", act=act, words="x")
        assert answer.status_code in (403, 409), act
    assert rows(served) == before
    assert "somebody-else" in keeper.get("/desk/employees").text


@pytest.mark.security("asvs_2_3_5")
def test_a_request_is_decided_by_another_with_the_duty(served: Served):
    maker, plain, checker = clerk(served), clerk(served), clerk(served, "", "confirm")
    line = served.world.line(client_kind="organisation")
    before = rows(served)["delegation_grant"]
    look = maker.find(line.msisdn, "application")
    asked = maker.post("/desk/act", look=look, act="grant", application="3/1", role="administrator", over="client")
    assert asked.headers["location"].endswith("done=asked")
    with served.db.snapshot() as session:
        (request,) = session.exec(select(StaffRequest.id).where(StaffRequest.line_id == line.id)).all()
    assert "3/1" not in plain.get("/desk/requests").text
    for who, act, status in (
        (maker, "confirm", 403),
        (plain, "confirm", 403),
        (plain, "decline", 403),
        (plain, "withdraw", 409),
        (checker, "drop", 409),
    ):
        assert who.post("/desk/requests", request=str(request), act=act).status_code == status, act
    assert rows(served)["delegation_grant"] == before
    assert "3/1" in checker.get("/desk/requests").text
    assert checker.post("/desk/requests", request=str(request), act="confirm").status_code == 303
    assert rows(served)["delegation_grant"] == before + 1


@pytest.mark.security("S-04", "asvs_3_5_4", "asvs_8_2_1")
@pytest.mark.parametrize("name", [NAME, cookie.names(secure=False).session])
def test_a_subscriber_gets_nothing_done_at_the_desk(served: Served, name: str):
    line, session = served.world.line(), served.sign_in(served.world.line())
    before = rows(served)
    for path in POSTED:
        fields = {"number": line.msisdn or "", "reason": "request"} if path.endswith("find") else {"look": "x"}
        answer = post(served, path, f"{name}={session}", **fields)
        assert answer.headers.get("location", "/desk") == "/desk", path
    assert rows(served) == before


@pytest.mark.security("S-04", "asvs_3_5_4")
def test_the_desks_cookie_opens_no_cabinet(served: Served):
    inside = clerk(served)
    session = cookie.names(secure=False).session
    with Raw(served, cookies=f"{session}={inside.token}; {NAME}={inside.token}") as socket:
        socket.join()
        assert socket.call(f"{APP}.stay").leave.startswith("/sign-in")
    for path in ("/session/act", "/session/password", "/session/code/send"):
        answer = post(served, path, f"{session}={inside.token}; {NAME}={inside.token}")
        assert answer.headers["location"].startswith("/sign-in"), path


@pytest.mark.security("S-01")
@pytest.mark.parametrize("path", POSTED)
def test_no_other_site_posts_to_the_desk(served: Served, path: str):
    inside = clerk(served)
    assert post(served, path, f"{NAME}={inside.token}", origin="https://evil.example").status_code == 403


@pytest.mark.security("S-07")
def test_fields_that_nobody_asked_for_are_refused(served: Served):
    inside, line = clerk(served), served.world.line()
    before = rows(served)
    answer = inside.post("/desk/find", number=line.msisdn or "", reason="request", staff_id="1", line_id=str(line.id))
    assert answer.status_code == 400
    assert rows(served) == before


@pytest.mark.security("S-06", "T16")
def test_a_card_is_its_employees_alone(served: Served):
    inside, other, line = clerk(served), clerk(served), served.world.line()
    look = inside.find(line.msisdn)
    assert "Карточка номера" in inside.get(f"/desk/line/{look}").text
    for each in (look, "x", str(line.id), "../setup"):
        answer = other.get(f"/desk/line/{each}")
        assert "Карточка номера" not in answer.text
    for act in ACTS:
        answer = other.post(
            "/desk/act", look=look, act=act, application="1", role="administrator", over="client", why="lost"
        )
        assert answer.status_code == 409, act
    with served.db.snapshot() as session:
        assert session.get_one(Line, line.id).access == "open"
    assert other.post("/desk/act", look=look, act="drop").status_code == 409


@pytest.mark.security("asvs_7_4_1")
def test_who_left_is_out(served: Served):
    inside = clerk(served)
    assert "Найти номер" in inside.get("/desk").text
    assert inside.post("/desk/leave").status_code == 303
    assert SIGN_IN in inside.get("/desk").text


@pytest.mark.security("asvs_1_2_1", "asvs_1_2_3")
def test_a_name_is_text_on_the_desk(served: Served):
    evil = "<img src=x onerror=alert(1)>\"'&"
    inside, line = clerk(served), served.world.line(user_name=evil)
    shown = inside.get(f"/desk/line/{inside.find(line.msisdn)}").text
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;" in shown
    assert "<script" not in shown


@pytest.mark.security("asvs_3_3_1", "asvs_14_3_2")
def test_the_desks_pages_are_kept_by_nobody_and_its_cookie_is_seen_by_no_script(served: Served):
    inside, line = clerk(served), served.world.line()
    for path in (
        "/desk",
        "/desk/requests",
        "/desk/passkeys",
        f"/desk/line/{inside.find(line.msisdn)}",
        "/desk/setup?code=x",
    ):
        answer = inside.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    left = inside.post("/desk/leave").headers["set-cookie"]
    assert "HttpOnly" in left
    assert "SameSite=strict" in left
    assert cookie.names(secure=True).desk == "__Host-desk"


@pytest.mark.security("asvs_7_4_2")
def test_a_cabinet_that_the_desk_closes_is_shut_at_once(served: Served):
    inside, line = clerk(served), served.world.line(user_name="Закрытый Кабинет")
    mine = served.sign_in(line)
    with Raw(served, session=mine) as socket:
        assert "Закрытый" in socket.join().text
        look = inside.find(line.msisdn, "application")
        assert inside.post("/desk/act", look=look, act="close", application="9").status_code == 303
        heard = socket.call(f"{APP}.stay")
        assert heard.leave.startswith("/sign-in")
        assert "Закрытый" not in heard.text
    with served.db.transaction() as session:
        assert session.get_one(Line, line.id).access == "closed_by_operator"


@pytest.mark.security("T16", "asvs_8_2_1")
def test_a_stop_is_lifted_at_the_desk_on_an_application_alone(served: Served):
    inside, line = clerk(served), served.world.line()
    token = served.sign_in(line)
    with served.db.transaction() as session:
        signed = sessions.resume(session, Visitor(), token=token, now=served.now)
        assert signed is not None
        halt.stop(session, signed.actor, now=served.now)
    look = inside.find(line.msisdn, "application")
    assert "/desk/release" in inside.get(f"/desk/line/{look}").text
    assert inside.post("/desk/release", look=look, application=" ").status_code == 409
    assert stopped(served, line)
    assert inside.post("/desk/release", look=look, application="7/1").status_code == 303
    assert not stopped(served, line)
    assert "/desk/release" not in inside.get(f"/desk/line/{look}").text
    assert inside.post("/desk/release", look=look, application="7/2").status_code == 409


def stopped(served: Served, line: Line) -> bool:
    with served.db.snapshot() as session:
        return halt.halted_at(session, line_id=line.id) is not None


@pytest.mark.security("asvs_8_2_1")
def test_an_operator_without_passwords_on_paper_hands_out_none(served: Served):
    inside, line = clerk(served), served.world.line()
    look = inside.find(line.msisdn, "application")
    assert "/desk/paper" not in inside.get(f"/desk/line/{look}").text
    before = rows(served)
    assert inside.post("/desk/paper", look=look, application="7/1").status_code == 409
    assert rows(served) == before
