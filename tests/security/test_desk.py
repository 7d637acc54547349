"""The desk's doors: nothing of it opens to a subscriber, and nothing of the cabinet to the desk's cookie."""

import pytest
from sqlalchemy import text

from selfcare_app.endpoints import desk as doors
from selfcare_app.kit import cookie
from selfcare_app.subscribers.tables import Line
from tests.security.desk import NAME, clerk, post
from tests.security.raw import APP, Raw
from tests.served import Served

POSTED = tuple(route.path for route in doors.ROUTES if "POST" in (route.methods or ()))
ACTS = tuple(doors._ACTS)
SIGN_IN = "Вход для сотрудников"


def rows(served: Served) -> dict[str, int]:
    """How much there is of what the desk writes."""
    with served.db.snapshot() as session:
        tables = ("staff_look", "journal_entry", "delegation_grant", "outbox")
        return {table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


@pytest.mark.security("S-02", "asvs_8_4_2")
@pytest.mark.parametrize("path", POSTED)
def test_a_visitor_gets_nothing_done_at_the_desk(served: Served, path: str):
    before = rows(served)
    answer = post(served, path, look="x", act="close")
    assert answer.status_code in (303, 400, 403, 404)
    assert answer.headers.get("location", "/desk") == "/desk"
    assert rows(served) == before


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
        answer = other.post("/desk/act", look=look, act=act, application="1", role="administrator", over="client")
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
    for path in ("/desk", f"/desk/line/{inside.find(line.msisdn)}", "/desk/setup?code=x"):
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
