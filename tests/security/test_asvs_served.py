"""The program as it is served: what a socket may become, what lies in the bundle, what a broken part is answered with."""

import json
import sqlite3
from collections.abc import Iterator

import httpx
import pytest

from selfcare_app.access.tables import WebSession
from selfcare_app.kit import cookie
from tests.filled import COUNTRIES, PASSWORD
from tests.security.raw import APP, Raw
from tests.security.test_asvs_log import fits
from tests.served import Serve, Served

JAR = cookie.names(secure=False)


@pytest.mark.security("asvs_4_4_4", "asvs_4_4_3")
def test_a_socket_opened_before_sign_in_never_becomes_a_subscribers(served: Served) -> None:
    """The session comes with the handshake: whoever signs in begins a new one, and the old stays a visitor's."""
    line = served.world.line(user_name="Нина Позднякова")
    with Raw(served, path="/sign-in") as early:
        early.join()
        value = served.sign_in(line)
        early.frames.clear()
        early.call(f"{APP}.stay", {"cookie": served.cookie_header(value)})
        early.emit(f"{APP}.stay", {})
        early.settle()
        assert "Позднякова" not in "".join(early.frames)
        with Raw(served, session=value, token=early.token, path="/home") as late:
            assert late.join().leave == ""
            assert "Позднякова" in "".join(late.frames)
    with Raw(served, token=late.token, path="/home") as nobody:
        assert nobody.join().leave.startswith("/sign-in")
        assert "Позднякова" not in "".join(nobody.frames)


@pytest.mark.security("asvs_3_5_7", "asvs_14_2_5")
def test_the_bundle_knows_nobody(served: Served) -> None:
    """Files that everybody downloads have no name, number or secret of the people who are served, nor of the demonstration's."""
    line = served.world.line(user_name="Федот Бандюкевич")
    country = COUNTRIES["BY"]
    personal = [
        country.person,
        country.newcomer,
        country.waiting,
        PASSWORD,
        line.user_name,
        str(line.msisdn),
        str(line.id),
    ]
    personal += ["anna@example.by", "Ковалёва", served.keys.newest, "selfcare.db", "secret.key"]
    files = [
        file for file in served.bundle.rglob("*") if file.suffix in (".js", ".html", ".css", ".json", ".webmanifest")
    ]
    assert len(files) > 50
    found = [(file.name, word) for file in files for word in personal if word in file.read_text("utf-8")]
    assert found == []


@pytest.mark.security("asvs_14_2_2", "asvs_14_2_5")
@pytest.mark.parametrize(
    "path", ["/home/x.css", "/personal/a.js", "/call-detail/photo.png", "/home;x.css", "/personal%2fx.css"]
)
def test_a_page_is_not_taken_for_a_file_that_may_be_kept(served: Served, path: str) -> None:
    value = served.sign_in(served.world.line(user_name="Нина Позднякова"))
    answer = httpx.get(f"{served.url}{path}", headers={"Cookie": served.cookie_header(value)}, follow_redirects=False)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "Позднякова" not in answer.text


@pytest.mark.security("asvs_14_2_2", "asvs_14_2_5")
def test_pages_are_the_same_for_everybody_and_answers_of_the_door_are_kept_by_nobody(served: Served) -> None:
    value = served.sign_in(served.world.line(user_name="Нина Позднякова"))
    for path in ("/home", "/personal", "/settings/password"):
        mine = httpx.get(f"{served.url}{path}", headers={"Cookie": served.cookie_header(value)})
        assert mine.content == httpx.get(f"{served.url}{path}").content, "a page has something of its reader in it"
        assert mine.headers["cache-control"] == "no-cache"
    headers = {"Origin": served.url, "Cookie": served.cookie_header(value), "X-Forwarded-For": "10.61.0.1"}
    for path in ("/session/reveal", "/session/code/send", "/session/sign-in", "/session/sign-out"):
        answer = httpx.post(f"{served.url}{path}", headers=headers, data={}, follow_redirects=False)
        assert answer.headers["cache-control"] == "no-store", path


@pytest.fixture
def broken(serve: Serve) -> Iterator[Served]:
    """A server whose database has lost a table."""
    made = serve()
    yield made
    made.stop()


@pytest.mark.security("asvs_16_5_1", "asvs_16_5_2", "asvs_16_5_3", "asvs_16_5_4", "asvs_16_3_4")
def test_when_the_database_breaks_nobody_gets_in_nothing_is_told_and_the_process_lives(broken: Served) -> None:
    line = broken.world.line(user_name="Нина Позднякова")
    value = broken.sign_in(line)
    with Raw(broken, session=value, path="/home") as socket:
        assert "Позднякова" in (socket.join().text + "".join(socket.frames))
    file = broken.db.engine.url.database or ""
    with sqlite3.connect(file) as plain:
        plain.execute("ALTER TABLE web_session RENAME TO web_session_gone")
    plain.close()
    headers = {"Origin": broken.url, "Cookie": broken.cookie_header(value), "X-Forwarded-For": "10.62.0.1"}
    form = {"number": line.msisdn or "", "password": "canary8Pass"}
    answers = [httpx.post(f"{broken.url}/session/sign-in", headers=headers, data=form, follow_redirects=False)]
    answers.append(httpx.post(f"{broken.url}/session/reveal", headers=headers, data={}, follow_redirects=False))
    for answer in answers:
        told = answer.text + answer.headers.get("location", "")
        assert answer.status_code in (303, 500, 503)
        assert not [
            word for word in ("web_session", "sqlite", "Traceback", "OperationalError", ".py", "canary") if word in told
        ]
        assert JAR.session not in answer.cookies
    assert httpx.get(f"{broken.url}/home").status_code == 200
    lines = [fits(json.loads(each)) for each in broken.log().splitlines()]
    bugs = [each for each in lines if each["what"] in ("bug", "request failed")]
    assert bugs
    assert all("OperationalError" in each["error"] for each in bugs)
    references = [each["reference"] for each in bugs if "reference" in each]
    assert any(reference in answer.headers.get("location", "") for reference in references for answer in answers)
    assert "canary8Pass" not in broken.log()
    with sqlite3.connect(file) as plain:
        plain.execute("ALTER TABLE web_session_gone RENAME TO web_session")
    plain.close()
    with Raw(broken, session=value, path="/home") as socket:
        assert "Позднякова" in (socket.join().text + "".join(socket.frames)), "it does not get well again"
    with broken.db.snapshot() as session:
        assert session.query(WebSession).filter(WebSession.ended_at.is_(None)).count() == 1  # type: ignore[union-attr]
