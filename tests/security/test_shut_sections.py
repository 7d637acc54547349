"""Sections that their subscriber keeps shut, asked for by a browser that lies."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from selfcare_app.access.tables import GuardedSection, ProofGiven
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.ui.pages.home.personal import PersonalInformation
from tests.scenes.scene import last_month, prove
from tests.security.raw import Raw, quiet
from tests.served import Serve, Served

PERSONAL = PersonalInformation.get_full_name()
CANARY = "anna@example.by"


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    return serve(operator="assa")


@pytest.fixture
def line(served: Served) -> Line:
    """Keeps personal data and call detail shut."""
    made = served.world.line()
    with served.db.transaction() as session:
        for section in ("personal", "call_detail"):
            session.add(GuardedSection(line_id=made.id, section=section, since=served.now))
    return made


def opened(served: Served, cookie: str, section: str) -> None:
    """Gives the session what a РУНА gives."""
    prove(served, cookie, f"section.{section}")
    with served.db.transaction() as session:
        for row in session.query(ProofGiven).filter_by(purpose=f"section.{section}"):
            row.method = "runa"


@pytest.mark.requirement("AS-033")
@pytest.mark.security("S-17", "S-26")
@pytest.mark.parametrize("path", ["/home", "/personal", "/settings/runa/section", "/nowhere", ""])
def test_a_handler_of_a_shut_section_runs_on_no_page(served: Served, line: Line, path: str) -> None:
    with Raw(served, session=served.sign_in(line), path="/home") as tab:
        tab.join()
        heard = tab.call(f"{PERSONAL}.load", path=path)
        leave = urlsplit(heard.leave)
        assert leave.path == "/settings/runa/section"
        assert parse_qs(leave.query)["section"] == ["personal"]
        assert not any(heard.delta.get(PERSONAL, {}).values())
        assert quiet(tab.frames, CANARY)


@pytest.mark.requirement("AS-034")
@pytest.mark.security("S-17")
def test_leaving_shuts_it_and_the_tab_forgets(served: Served, line: Line) -> None:
    cookie = served.sign_in(line)
    opened(served, cookie, "personal")
    with Raw(served, session=cookie, path="/personal") as tab:
        tab.join(path="/personal")
        assert CANARY in tab.call(f"{PERSONAL}.load", path="/personal").text
    with Raw(served, session=cookie, path="/home") as other:
        other.join(path="/home")
    with Raw(served, session=cookie, token=tab.token, path="/personal") as tab:
        tab.join(path="/personal")
        assert urlsplit(tab.call(f"{PERSONAL}.load", path="/personal").leave).path == "/settings/runa/section"
        assert quiet(tab.frames, CANARY)


@pytest.mark.requirement("AS-033")
@pytest.mark.security("S-18")
def test_a_file_of_a_shut_section_is_refused(served: Served, line: Line) -> None:
    cookie = served.sign_in(line)
    prove(served, cookie, "call_detail")
    address = f"{served.url}/download/call-detail.csv?period={last_month(served)}"
    headers = {"Cookie": served.cookie_header(cookie), "X-Forwarded-For": f"10.13.0.{new_id().int % 250}"}
    answer = httpx.get(address, headers=headers)
    assert answer.status_code == 303
    assert "kit.proof_needed" in answer.headers["location"]
    opened(served, cookie, "call_detail")
    assert httpx.get(address, headers=headers).status_code == 200
