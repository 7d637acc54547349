"""A server that dies between the confirmation of a number change and its result."""

import pytest
from playwright.sync_api import expect

from tests.browser import Complaints, SignedIn
from tests.e2e.test_number_change import customer, fill, line_now, ordered, orders, told
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A server of its own: it is killed."""
    return serve(seed=fill)


@pytest.mark.requirement("ISSA-091")
def test_what_was_confirmed_is_carried_out_once_after_the_restart(
    served: Served, signed_in: SignedIn, complaints: Complaints
) -> None:
    complaints.expect("ERR_CONNECTION|WebSocket|Failed to fetch|socket")
    line = customer(served)
    page = signed_in(line, "/number")
    number = ordered(page, served, line)
    result = page.url
    served.kill()
    served.advance(301)
    served.start()
    page.goto(result)
    expect(page.get_by_text("Ваш номер теперь")).to_be_visible(timeout=20_000)
    assert line_now(served, line).msisdn == number
    assert (told(served, number, "numbers.sms.done"), told(served, line.msisdn, "numbers.sms.accepted")) == (1, 1)
    assert [each.state for each in orders(served.db, line)] == ["done"]
