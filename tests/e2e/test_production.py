"""The program as it stands in production: two web processes on PostgreSQL and Redis, a worker of its own, a gateway."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests import cluster
from tests.browser import NewContext, hydrated
from tests.cluster import Cluster
from tests.filled import PASSWORD
from tests.served import Served
from tests.servers import empty_database

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, postgres_server: str, redis_server: str) -> Iterator[Cluster]:
    with empty_database(postgres_server) as url:
        started = cluster.start(tmp_path_factory.mktemp("cluster"), database_url=url, redis_url=redis_server)
        yield started
        started.close()


@pytest.fixture
def served(whole: Cluster) -> Served:
    """What the browser fixtures look at; the origin is the balancer's."""
    return whole.first


@pytest.fixture
def page(new_context: NewContext, whole: Cluster) -> Page:
    return new_context(base_url=whole.url).new_page()


@pytest.fixture(autouse=True)
def own_origin(whole: Cluster, complaints: object) -> None:
    """The browser speaks to the balancer, and loses its connection when the balancer drops it."""
    complaints.origin = whole.url  # type: ignore[attr-defined]
    complaints.expect("WebSocket|ERR_CONNECTION|ERR_EMPTY_RESPONSE")  # type: ignore[attr-defined]


def code_in(text: str) -> str:
    found = re.search(r"\b\d{4,8}\b", text)
    assert found, text
    return found.group()


def sign_in(page: Page, whole: Cluster, who: str) -> None:
    """By number, password, and the code that the worker has handed to the gateway."""
    line = getattr(whole.people, who)
    page.goto("/sign-in")
    hydrated(page)
    page.fill("[name=number]", line.msisdn[3:])
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/sign-in/code*")
    hydrated(page)
    page.fill("[name=code]", code_in(whole.gateway.newest(line.msisdn)))
    page.wait_for_url("**/home*")
    hydrated(page)


@pytest.mark.requirement("ISSA-004", "ISSA-017")
def test_one_signs_in_and_moves_between_two_processes_without_noticing(page: Page, whole: Cluster) -> None:
    sign_in(page, whole, "full")
    page.goto("/call-detail")
    hydrated(page)
    page.locator("main input[type=checkbox]").first.uncheck()
    page.evaluate("window.__same = true")
    whole.move(whole.second)
    hydrated(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector("[name=code]")
    assert page.evaluate("window.__same"), "the page was loaded anew"
    other = page.context.new_page()
    other.goto("/personal")
    hydrated(other)
    other.get_by_text("+375 29 138-41-25").first.wait_for()
    whole.move(whole.first)


@pytest.mark.requirement("ISSA-023", "ISSA-024")
@pytest.mark.security("S-21")
def test_idleness_ends_the_session_in_every_process(page: Page, whole: Cluster) -> None:
    sign_in(page, whole, "waiting")
    whole.front.choose(whole.second.port)
    other = page.context.new_page()
    other.goto("/more")
    hydrated(other)
    # Both processes read the same clock.
    whole.first.advance(whole.first.profile.session.idle_seconds + 1)
    page.wait_for_url("**/sign-in?expired=1*")
    other.wait_for_url("**/sign-in?expired=1*")
    whole.front.choose(whole.first.port)


def test_processes_end_when_they_are_told_to(whole: Cluster) -> None:
    assert whole.first.pid != whole.second.pid
    assert whole.second.stop() == 0
    assert cluster.ended(whole.worker, within=15) == 0
    assert "Traceback" not in whole.second.log() + (whole.directory / "worker.log").read_text()
    whole.front.choose(whole.first.port)
