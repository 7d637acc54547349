"""Appointing a curator as a person does it, where the operator has them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from selfcare_app.access import token
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.tables import Credential, ProofGiven, WebSession
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.browser import NewContext, hydrated
from tests.e2e.test_delegation import at, shown
from tests.judge import axe
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


def register(served: Served, line: Line) -> None:
    with served.db.transaction() as session:
        session.add(
            Credential(line_id=line.id, password_hash="x", set_by="web", set_at=served.now, registered_at=served.now)
        )


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A server of an operator that has curators."""
    return serve(operator="assa")


@pytest.mark.requirement("AS-037")
@pytest.mark.security("asvs_7_5_1")
def test_a_subscriber_appoints_a_curator(served: Served, new_context: NewContext) -> None:
    owner, friend = served.world.line(), served.world.line()
    register(served, friend)
    context = new_context()
    value = served.sign_in(owner)
    context.add_cookies([served.cookie(value)])
    page = context.new_page()
    page.goto("/settings/delegation")
    hydrated(page)
    page.get_by_role("button", name="Дальше").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.get_by_label("Номер куратора").fill(str(friend.msisdn))
    page.get_by_text("только просмотр").click()
    page.get_by_role("button", name="Дальше").click()
    at(page, "/settings/delegation/confirm/")
    expect(page.get_by_role("main")).to_contain_text(shown(served, friend))
    expect(page.get_by_role("main")).to_contain_text("только просмотр")
    assert axe.findings(page) == []
    subject = page.url.rpartition("/")[2]
    digest = subject.split("-", 3)[3]
    with served.db.transaction() as session:
        found = session.exec(select(WebSession).where(WebSession.token_digest == token.digest(value))).one()
        until = served.now + timedelta(minutes=5)
        session.add(
            ProofGiven(
                id=new_id(), session_id=found.id, purpose="delegation", method="sms", params_digest=digest,
                made_at=served.now, expires_at=until,
            )
        )  # fmt: skip
    answer = page.request.post(
        "/session/code/prove",
        form={
            "purpose": "delegation",
            "code": "",
            "digest": digest,
            "back": "/more",
            "then": "delegation",
            "subject": subject,
        },
        headers={"Origin": served.url},
        max_redirects=0,
    )
    assert answer.headers["location"] == "/settings/delegation?done=1"
    page.goto("/settings/delegation?done=1")
    hydrated(page)
    expect(page.locator("#delegates")).to_contain_text("Куратор, только просмотр")
    with served.db.snapshot() as session:
        kept = session.exec(select(DelegationGrant)).one()
        assert (kept.delegate_line_id, kept.over_id, kept.level) == (friend.id, owner.id, "view")
