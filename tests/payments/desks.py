"""Employees at the desk, for tests of returns."""

from selfcare_app.access import desk_second
from selfcare_app.access.desk_tables import StaffMember, StaffSession
from selfcare_app.access.staff import Duty
from selfcare_app.kit.actor import Proof, Staff, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.payments.refund import apply, decide
from selfcare_app.payments.refund.views import ApplicationView, AtDesk
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Line
from tests.payments.conftest import Till

BOTH = (Duty.REFUNDS, Duty.CONFIRM)


def clerk(till: Till, login: str, *duties: str) -> Staff:
    """An employee who is in."""
    actor = Staff(new_id(), new_id(), login, frozenset(duties))
    with till.wires.db.transaction() as session:
        session.add(StaffMember(id=actor.staff_id, login=login, seed=b"", created_at=till.now, duties=list(duties)))
        session.flush()
        session.add(
            StaffSession(
                id=actor.session_id, token_digest=login, staff_id=actor.staff_id, created_at=till.now,
                idle_until=till.now, absolute_until=till.now,
            )
        )  # fmt: skip
    return actor


def slip(number: str | None, places: int = 1) -> str:
    """A number that differs in so many of its last digits."""
    text = number or ""
    return text[:-places] + "".join(str((int(digit) + 5) % 10) for digit in text[-places:])


def wrong_line(till: Till, right: Line, *, places: int = 1, **columns: object) -> Line:
    """A line whose number a slip of the finger leads to."""
    return till.line(msisdn=slip(right.msisdn, places), **columns)  # type: ignore[arg-type]


def applied(till: Till, line: Line, payment: Payment, number: str | None, **change: str) -> ApplicationView:
    """An application for the payment, handed in with a code."""
    actor = till.actor(line)
    told = {
        "number": number or "", "amount": f"{payment.amount_minor / 100:.2f}",
        "paid_on": payment.paid_at.astimezone(till.profile.zone).date().isoformat(), "receipt": "4417",
    }  # fmt: skip
    draft_id = till.do(apply.begin, actor, **(told | change)).id
    digest = till.ask_at(apply.review, actor, draft_id=draft_id).digest
    made = till.do(apply.confirm, proven(till, actor, digest), draft_id=draft_id, digest=digest)
    assert isinstance(made, ApplicationView)
    return made


def proven(till: Till, actor: Subscriber, digest: str) -> Subscriber:
    """The actor with the proof that a code would give."""
    made = Proof(apply.KIND, "sms", till.now, till.later(minutes=5), digest)
    till.later(minutes=-5)
    return Subscriber(actor.line_id, actor.session_id, (made,))


def waiting(till: Till, actor: Staff) -> AtDesk:
    """The one application in the queue."""
    (found,) = till.ask_at(decide.queue, actor)
    assert isinstance(found, AtDesk)
    return found


def accepted(till: Till, maker: Staff, checker: Staff) -> None:
    """The one application in the queue with its first payment, by two."""
    found = waiting(till, maker)
    till.do(decide.accept, maker, application_id=found.application.id, payment_id=found.candidates[0].payment_id)
    (request,) = till.ask_at(desk_second.waiting, checker)
    till.do(desk_second.confirm, checker, request_id=request.id)
