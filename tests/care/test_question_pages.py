"""The form of a question and the list of them as the browser receives them: which charge it is stays on the server."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from selfcare_app.access import session as sessions
from selfcare_app.access.tables import ProofGiven
from selfcare_app.care.charge_question import answer
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.tables import UsageRecord
from tests.care.conftest import ANSWER, WORDS, Counter
from tests.harness import Reply, Tab, Tabs, running
from tests.usage.rating_load import Load

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.pages.charges.asking import FORM, QUESTIONS, query_of, record_named
from selfcare_app.ui.pages.charges.fee import FeeReceipt
from selfcare_app.ui.pages.charges.receipt import RecordReceipt
from selfcare_app.ui.pages.home.home import Home
from selfcare_app.ui.pages.questions.form import AskAboutCharge
from selfcare_app.ui.pages.questions.mine import Questions
from selfcare_app.ui.session import AppState

pytestmark = pytest.mark.requirement("ISSA-111")

SID = cookie.names(secure=False).session


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return clock.now()


@pytest.fixture
def today(embedded_load: Load, now: datetime) -> Counter:
    """A call of a minute ago, priced here."""
    at = (now - timedelta(minutes=1)).replace(microsecond=0)
    embedded_load.usage(f"R1,L1,{at:%Y-%m-%dT%H:%M:%SZ},call,outgoing,on_net,375291234568,181,,")
    return Counter(embedded_load)


@pytest.fixture
async def tabs(today: Counter) -> AsyncIterator[Tabs]:
    from selfcare_app.selfcare_app import app

    async with running(app) as made:
        yield made


async def opened(tabs: Tabs, counter: Counter, line: Line, *, proven: bool = True) -> Tab:
    with counter.detail.db.transaction() as session:
        entered = sessions.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=clock.now()
        )
        if proven:
            times: dict[str, Any] = {
                "made_at": counter.detail.now,
                "expires_at": counter.detail.now + timedelta(hours=1),
            }
            kept = ProofGiven(id=new_id(), session_id=entered.session_id, purpose="call_detail", method="sms", **times)
            session.add(kept)
    tab = tabs(path="/usage")
    await tab.connect(f"{SID}={entered.token}", hydrate=False)
    return tab


async def load(tab: Tab, event: Any, path: str, **query: str) -> Reply:
    said = "&".join(f"{name}={value}" for name, value in query.items())
    return await tab.send(event, asPath=f"{path}?{said}" if said else path, query=query)


def parts(query: str) -> dict[str, str]:
    return dict(part.split("=") for part in query.split("&"))


async def test_from_a_receipt_to_the_question_and_back_to_the_answer(tabs: Tabs, today: Counter) -> None:
    line, record = today.line(), today.load.rows(UsageRecord)[0]
    named = parts(query_of(today.record()))
    tab = await opened(tabs, today, line)
    await load(tab, RecordReceipt.load(), "/call-detail/receipt", **named)
    receipt = await tab.state(RecordReceipt)
    # What was priced here shows its arithmetic with the tax in it.
    labels = [row["label"]["key"] for row in receipt.sums]
    assert (receipt.stage, receipt.source, labels[-1]) == ("receipt", "rated", "receipt.vat")
    path, _, said = receipt.asked["to"].partition("?")
    assert (path, parts(said)) == (FORM, named)
    await load(tab, AskAboutCharge.load(), path, **parts(said))
    form = await tab.state(AskAboutCharge)
    assert (form.stage, form.receipt) == ("form", f"/call-detail/receipt?{said}")
    reply = await tab.send(AskAboutCharge.send({"reason": "", "words": " "}))
    assert {name: told["key"] for name, told in reply.var(AskAboutCharge, "errors").items()} == {
        "reason": "question.error.no_reason",
        "words": "question.error.no_words",
    }
    reply = await tab.send(AskAboutCharge.send({"reason": "price", "words": WORDS}))
    (row,) = today.load.rows(ChargeQuestion)
    assert (row.line_id, row.record_key, row.started_at) == (line.id, record.record_key, record.started_at)
    # The same form sent again asks nothing more.
    await tab.send(AskAboutCharge.send({"reason": "price", "words": WORDS}))
    assert len(today.load.rows(ChargeQuestion)) == 1
    await load(tab, RecordReceipt.load(), "/call-detail/receipt", **named)
    assert (await tab.state(RecordReceipt)).asked["no"] == str(row.no)
    await load(tab, AskAboutCharge.load(), FORM, **named)
    assert ((await tab.state(AskAboutCharge)).stage, (await tab.state(AskAboutCharge)).open_no) == ("open", str(row.no))
    clerk = today.clerk("olga", "questions")  # type: ignore[arg-type]
    found = today.see(answer.queue, clerk, now=today.detail.now)[0]
    named_at_desk = {"look_id": today.do(answer.look, clerk, question_id=found.id), "no": found.no}
    today.do(answer.reply, clerk, **named_at_desk, words=ANSWER)
    reply = await load(tab, Home.load(), "/home")
    assert {"to": QUESTIONS, "key": "home.need.answer"} in [
        {"to": need["to"], "key": need["said"]["key"]} for need in reply.var(Home, "needs")
    ]
    for is_new in (True, False):
        await load(tab, Questions.load(), QUESTIONS)
        (shown,) = (await tab.state(Questions)).rows
        assert (shown["state"], shown["answer"], shown["is_new"]) == ("explained", ANSWER, is_new)
    await load(tab, RecordReceipt.load(), "/call-detail/receipt", **named)
    told = (await tab.state(RecordReceipt)).asked
    assert (told["state"], "to" in told) == ("explained", True)


@pytest.mark.security("S-04", "asvs_8_2_2", "asvs_2_2_3")
async def test_what_the_browser_names_beside_the_form_is_not_asked_about(tabs: Tabs, today: Counter) -> None:
    fee = today.fee()
    tab = await opened(tabs, today, today.line())
    await load(tab, AskAboutCharge.load(), FORM, fee=str(fee.fee_id))
    others = today.fee("L2")
    # The address of the tab says another's fee by now; the form goes on to be about what it was opened for.
    words = {"reason": "price", "words": WORDS}
    await tab.send(AskAboutCharge.send(words), asPath=f"{FORM}?fee={others.fee_id}", query={"fee": str(others.fee_id)})
    assert [row.fee_id for row in today.load.rows(ChargeQuestion)] == [fee.fee_id]
    await tab.send(AskAboutCharge.send(words | {"fee": str(others.fee_id), "line_id": str(today.line("L2").id)}))
    assert len(today.load.rows(ChargeQuestion)) == 1


@pytest.mark.security("S-04")
async def test_anothers_charge_and_what_is_none_open_no_form(tabs: Tabs, today: Counter) -> None:
    fee, named = today.fee(), parts(query_of(today.record()))
    tab = await opened(tabs, today, today.line("L2"), proven=False)
    with today.detail.db.transaction() as session:
        for row in session.query(sessions.WebSession).all():
            times = {"made_at": today.detail.now, "expires_at": today.detail.now + timedelta(hours=1)}
            session.add(ProofGiven(id=new_id(), session_id=row.id, purpose="call_detail", method="puk1", **times))
    for query, key in (
        (named, "usage.error.no_such_record"),
        ({"at": "x", "key": "1"}, "usage.error.no_such_record"),
        ({}, "usage.error.no_such_record"),
        ({"fee": str(fee.fee_id)}, "catalogue.error.no_such_charge"),
        ({"fee": "x"}, "catalogue.error.no_such_charge"),
    ):
        reply = await load(tab, AskAboutCharge.load(), FORM, **query)
        assert reply.var(AppState, "notice")["key"] == key
        assert (await tab.state(AskAboutCharge)).stage == "closed"
        await tab.send(AskAboutCharge.send({"reason": "price", "words": WORDS}))
    assert today.load.rows(ChargeQuestion) == []


async def test_a_record_is_asked_about_after_the_proof_and_a_fee_at_once(tabs: Tabs, today: Counter) -> None:
    fee, tab = today.fee(), await opened(tabs, today, today.line(), proven=False)
    await load(tab, AskAboutCharge.load(), FORM, **parts(query_of(today.record())))
    assert (await tab.state(AskAboutCharge)).stage == "prove"
    await load(tab, FeeReceipt.load(), "/fees", fee=str(fee.fee_id))
    to = (await tab.state(FeeReceipt)).asked["to"]
    await load(tab, AskAboutCharge.load(), FORM, **parts(to.partition("?")[2]))
    assert (await tab.state(AskAboutCharge)).stage == "form"


@pytest.mark.requirement("ISSA-077")
async def test_a_proof_that_is_over_when_the_form_is_sent_is_asked_for_again(tabs: Tabs, today: Counter) -> None:
    tab = await opened(tabs, today, today.line())
    await load(tab, AskAboutCharge.load(), FORM, **parts(query_of(today.record())))
    with today.detail.db.transaction() as session:
        for row in session.query(ProofGiven).all():
            session.delete(row)
    await tab.send(AskAboutCharge.send({"reason": "price", "words": WORDS}))
    assert (await tab.state(AskAboutCharge)).stage == "prove"
    assert today.load.rows(ChargeQuestion) == []


def test_an_address_names_a_record_and_is_read_back(today: Counter) -> None:
    charge = today.record()
    named = parts(query_of(charge))
    assert record_named(named["at"], named["key"]) == charge
