"""A password on paper, addresses known elsewhere, and the journal of unlocking (AS-001, AS-002, AS-019)."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app.access import desk_look, halt, paper, password
from selfcare_app.access.guard_tables import LineGuard
from selfcare_app.access.tables import Credential
from selfcare_app.endpoints import addresses
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.messaging.tables import Outbox
from selfcare_app.operators import profile as profile_of
from tests.access.clerks import at_desk, looked
from tests.access.door import Door
from tests.access.web import path

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.mark.requirement("AS-002")
@pytest.mark.security("T16", "asvs_6_4_1")
@pytest.mark.parametrize("secret", [None, "lipa8klen2"])
def test_a_manager_prints_a_password_for_a_line_that_is_registered_or_not(door: Door, secret: str | None) -> None:
    line, clerk = door.line(secret=secret), at_desk(door)
    look = looked(door, clerk, line)
    slip = door.do(paper.issue, clerk, look_id=look, application="77/1")
    kept = door.row(Credential, line.id)
    assert password.matches(door.wires.keys, slip.password, kept.password_hash)
    assert (slip.msisdn, slip.until, kept.temporary_until) == (line.msisdn, kept.temporary_until, slip.until)
    assert slip.password not in repr(slip) + repr(kept)
    assert not [each for each in door.rows(Outbox) if each.dedup_key.startswith("temporary_password")], "not sent"
    assert [key for key, _ in door.messages(line.msisdn or "")] == ["alarm.temporary_password"], "and told of"
    entry = door.rows(JournalEntry, line_id=line.id)[-1]
    assert (entry.actor, entry.action) == ("staff", "temporary_password")
    assert door.row(LineGuard, line.id).locked_by == "desk"


@pytest.mark.security("T16", "S-06")
def test_nothing_is_printed_without_a_look_of_ones_own_or_an_application(door: Door) -> None:
    line, clerk = door.line(), at_desk(door)
    look = looked(door, clerk, line)
    before = door.row(Credential, line.id).password_hash
    with pytest.raises(desk_look.NoApplication):
        door.do(paper.issue, clerk, look_id=look, application=" ")
    with pytest.raises(desk_look.LookOver):
        door.do(paper.issue, at_desk(door, "ivan"), look_id=look, application="77/1")
    assert door.row(Credential, line.id).password_hash == before


def test_the_desk_lifts_a_stop_by_an_application(door: Door) -> None:
    line, clerk = door.line(), at_desk(door)
    door.do(halt.stop, door.world.session(line))
    look = looked(door, clerk, line)
    with pytest.raises(desk_look.NoApplication):
        door.do(paper.release, clerk, look_id=look, application="")
    door.do(paper.release, clerk, look_id=look, application="77/2")
    assert door.row(LineGuard, line.id).halted_at is None
    with pytest.raises(halt.NothingStopped):
        door.do(paper.release, clerk, look_id=look, application="77/2")


@pytest.mark.parametrize("operator", ["issa", "ihelper"])
def test_where_nothing_is_issued_on_paper_nothing_is_printed(door: Door) -> None:
    line, clerk = door.line(), at_desk(door)
    with pytest.raises(paper.NoPaper):
        door.do(paper.issue, clerk, look_id=looked(door, clerk, line), application="77/1")


@pytest.fixture
async def web(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=addresses.ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as made:
        yield made


@pytest.mark.requirement("AS-001")
@pytest.mark.parametrize(
    ("address", "page"), [("/ru/reg/", "/register"), ("/ru/login/", "/sign-in"), ("/ru/login", "/sign-in")]
)
async def test_addresses_known_elsewhere_lead_to_their_pages(web: httpx.AsyncClient, address: str, page: str) -> None:
    answer = await web.get(address)
    assert path(answer) == page
    assert answer.cookies["lang"] == "ru"
    web.cookies.set("lang", "uk", domain="127.0.0.1", path="/")
    assert "set-cookie" not in (await web.get(address)).headers, "a language that was chosen stays"


@pytest.mark.parametrize("address", ["/ru/", "/ru/other/", "/uk/reg/", "/ru/reg/more/", "/ru//evil.example/"])
async def test_any_other_address_leads_nowhere(web: httpx.AsyncClient, address: str) -> None:
    assert (await web.get(address)).status_code == 404


@pytest.mark.requirement("AS-001")
def test_the_operator_says_that_it_is_free_of_charge() -> None:
    assert profile_of("assa").registration.free_of_charge
