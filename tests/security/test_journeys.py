"""A journey's steps out of order, with another's draft, with a code for something else, again and again."""

from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from selfcare_app.access import session as sessions
from selfcare_app.kit import cookie
from selfcare_app.kit.actor import Subscriber, System, Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.orders import draft
from selfcare_app.orders.tables import Draft, Order
from selfcare_app.subscribers.tables import Line
from selfcare_app.ui.pages.numbers.choose import ChooseNumber
from selfcare_app.ui.pages.numbers.review import NumberTerms
from tests.access.web import cookies_set
from tests.security.raw import Raw
from tests.served import Serve, Served

FREE = tuple(f"37529177{n:04d}" for n in range(40))
SESSION = cookie.names(secure=False).session
DIGEST = "digest-of-another-act"
CHOOSE, TERMS = ChooseNumber.get_full_name(), NumberTerms.get_full_name()


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A server with a few free numbers."""

    def fill(served: Served) -> None:
        with served.db.transaction() as session:
            session.add_all(PoolNumber(number=int(number), category=5) for number in FREE)

    return serve(seed=fill)


@dataclass
class Person:
    """Somebody signed in, with money, and a browser without scripts."""

    served: Served
    line: Line
    cookie: str
    actor: Subscriber

    def post(self, path: str, **fields: str) -> str:
        """Posts a form; gives where it leads."""
        address = f"198.18.{new_id().int % 250}.{new_id().int % 250}"
        answer = httpx.post(
            f"{self.served.url}{path}",
            data=fields,
            headers={
                "Cookie": self.served.cookie_header(self.cookie),
                "Origin": self.served.url,
                "X-Forwarded-For": address,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        assert answer.status_code == 303, answer.text
        if renewed := cookies_set(answer).get(SESSION):
            self.cookie = renewed.value
        return answer.headers["location"]

    def prove(self, *, code: str, digest: str, subject: str, back: str = "/home") -> str:
        """Asks for a number change to be confirmed."""
        return self.post(
            "/session/code/prove", purpose=KIND, code=code, digest=digest, back=back, then=KIND, subject=subject
        )

    def reviewed(self, number: str) -> tuple[UUID, str]:
        """A draft as the pages make it: its id and the digest of its terms."""
        with Raw(self.served, session=self.cookie, path="/number") as socket:
            socket.join()
            socket.call(f"{CHOOSE}.hold", {"number": number})
            led = socket.call(f"{CHOOSE}.go_on", {"number": number}).events
        path = led[-1]["payload"]["path"]
        with Raw(self.served, session=self.cookie, path=path) as socket:
            terms = socket.join().delta[TERMS]
        return UUID(path.rpartition("/")[2]), terms["digest_rx_state_"]

    def code(self, digest: str) -> str:
        """Has a code sent for these terms; gives it."""
        before = sum("code" in m.content.get("args", {}) for m in self.served.messages(self.line.msisdn))
        self.post("/session/code/send", purpose=KIND, digest=digest, back="/home")
        return self.served.code(self.line.msisdn, after=before)


def person(served: Served) -> Person:
    """A new one."""
    line = served.world.line()
    with served.db.transaction() as session:
        session.add(PoolNumber(number=int(line.msisdn), category=5, state=2))
        amount = Money(100_000, served.profile.currency)
        legs = [Leg(("cash_in", "payment"), ("subscriber", line.account_id), amount, "payment")]
        post(session, System("test"), kind="payment", key=f"first {line.id}", legs=legs, now=served.now)
    cookie = served.sign_in(line)
    with served.db.snapshot() as session:
        signed = sessions.resume(session, Visitor(), token=cookie, now=served.now)
    assert signed is not None
    return Person(served, line, cookie, signed.actor)


def orders(served: Served, line: Line) -> int:
    """How many orders the line has."""
    with served.db.snapshot() as session:
        return len(session.exec(select(Order).where(Order.line_id == line.id)).all())


@pytest.mark.security("S-18")
def test_the_last_step_first_is_refused(served: Served):
    someone = person(served)
    with served.db.transaction() as session:
        empty = draft.begin(session, someone.actor, kind=KIND, answers={}, now=served.now).id
    code = someone.code(DIGEST)
    for subject in (str(empty), str(new_id()), "", "x" * 100):
        assert "error=" in someone.prove(code=code, digest=DIGEST, subject=subject)
    assert orders(served, someone.line) == 0


@pytest.mark.security("S-18")
@pytest.mark.requirement("ISSA-091")
def test_a_code_confirms_what_it_was_sent_for_once_and_nothing_else(served: Served):
    someone = person(served)
    subject, digest = someone.reviewed(FREE[0])
    assert "error=" in someone.prove(code="", digest=digest, subject=str(subject))
    other = someone.code(DIGEST)
    assert "error=" in someone.prove(code=other, digest=digest, subject=str(subject))
    assert orders(served, someone.line) == 0
    served.advance(served.profile.code.resend_seconds + 1)
    code = someone.code(digest)
    first = someone.prove(code=code, digest=digest, subject=str(subject))
    assert first == f"/orders/{subject}"
    assert someone.prove(code=code, digest=digest, subject=str(subject)) == first
    assert someone.prove(code="", digest=digest, subject=str(subject)) == first
    assert orders(served, someone.line) == 1


@pytest.mark.security("S-18")
def test_a_proof_without_the_digest_of_the_terms_confirms_nothing(served: Served):
    someone = person(served)
    subject, digest = someone.reviewed(FREE[1])
    code = someone.code("")
    for said in ("", DIGEST, digest):
        someone.prove(code=code, digest=said, subject=str(subject))
    assert orders(served, someone.line) == 0


@pytest.mark.security("S-06", "S-18")
def test_anothers_draft_is_like_no_draft(served: Served):
    owner, thief = person(served), person(served)
    subject, digest = owner.reviewed(FREE[2])
    code = thief.code(digest)
    there = thief.prove(code=code, digest=digest, subject=str(subject))
    nowhere = thief.prove(code=code, digest=digest, subject=str(new_id()))
    assert there == nowhere
    assert "error=orders.no_draft" in there
    with served.db.snapshot() as session:
        assert session.get_one(Draft, subject).state == "open"
    assert orders(served, owner.line) == orders(served, thief.line) == 0


@pytest.mark.security("S-06")
@pytest.mark.parametrize("page", ["/orders/{}", "/number/review/{}", "/number/code/{}"])
def test_a_page_of_anothers_row_is_the_page_of_no_row(served: Served, page: str):
    owner, thief = person(served), person(served)
    subject, digest = owner.reviewed(FREE[3 + ["/orders/{}", "/number/review/{}", "/number/code/{}"].index(page)])
    owner.prove(code=owner.code(digest), digest=digest, subject=str(subject))
    with Raw(served, session=owner.cookie, path=f"/orders/{subject}") as own:
        assert own.join().states()
    heard = []
    for identity in (str(subject), str(new_id())):
        with Raw(served, session=thief.cookie, path=page.format(identity)) as socket:
            delta = socket.join().delta
            heard.append({s: v for s, v in delta.items() if "signed_state" in s})
    assert str(heard[0]).replace(str(subject), "") == str(heard[1]).replace(identity, "")
    assert FREE[3] not in str(heard)


@pytest.mark.security("S-07")
def test_fields_that_nobody_asked_for_are_not_taken(served: Served):
    someone = person(served)
    subject, digest = someone.reviewed(FREE[7])
    code = someone.code(digest)
    where = someone.post(
        "/session/code/prove",
        purpose=KIND,
        code=code,
        digest=digest,
        back="/home",
        then=KIND,
        subject=str(subject),
        price="0",
        line_id=str(new_id()),
        actor="system",
        state="done",
    )
    with served.db.snapshot() as session:
        made = session.get(Order, subject)
        if made is not None:
            assert (made.line_id, made.state, made.actor) == (someone.line.id, "accepted", "subscriber")
            assert made.price_minor == served.profile.number_change.price_minor("simple")
        else:
            assert "error=" in where


@pytest.mark.security("S-18", "S-20")
def test_after_signing_out_the_same_post_confirms_nothing(served: Served):
    someone = person(served)
    subject, digest = someone.reviewed(FREE[8])
    code = someone.code(digest)
    someone.post("/session/sign-out")
    assert someone.prove(code=code, digest=digest, subject=str(subject)).startswith("/sign-in")
    assert orders(served, someone.line) == 0
