"""The e-mail address as its owner changes it: proof, address, the code from the letter."""

import re

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from selfcare_app.access import code
from selfcare_app.access.tables import WebSession
from selfcare_app.kit.actor import Subscriber
from tests.browser import SignedIn, hydrated
from tests.e2e.test_security import somebody
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """The operator that keeps addresses; nothing takes its letters away."""
    return serve(operator="assa")


@pytest.mark.requirement("AS-009")
@pytest.mark.security("asvs_6_3_7", "asvs_7_5_1")
def test_the_address_is_changed_by_two_codes(served: Served, signed_in: SignedIn) -> None:

    line = somebody(served, language="ru")
    page = signed_in(line, "/more")
    hydrated(page)
    page.get_by_role("link", name=re.compile("[Ee]-mail")).first.click()
    page.wait_for_url("**/settings/notifications")
    hydrated(page)
    expect(page.get_by_text("Адрес из договора")).to_be_visible()
    with served.db.transaction() as session:
        own = session.exec(select(WebSession.id).where(WebSession.line_id == line.id)).one()
        code.give(session, Subscriber(line.id, own), purpose="contact_change", method="runa", now=served.now)
    page.reload()
    hydrated(page)
    page.get_by_label("Новый e-mail").fill("anna.k@example.com")
    page.get_by_role("button", name="Выслать код").click()
    expect(page.get_by_text("Код отправлен на anna.k@example.com")).to_be_visible()
    letter = served.messages("anna.k@example.com")[-1].content
    page.locator("[name=code]").fill(str(letter["args"]["code"]))
    expect(page.get_by_text("Адрес сохранён")).to_be_visible()
    expect(page.get_by_text("Ваш адрес", exact=True)).to_be_visible()
    assert "alarm.sms.email_changed" in [each.content["key"] for each in served.messages(line.msisdn or "")]
