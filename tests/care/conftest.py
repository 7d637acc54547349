"""A line with a priced call and a fee, its subscriber, and employees at the desk, for tests of questions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.access import token
from selfcare_app.access.desk_tables import StaffMember, StaffSession
from selfcare_app.access.staff import Duty
from selfcare_app.care.charge_question import answer, ask
from selfcare_app.care.charge_question.views import AtDesk, Charge, FeeOf, Question, RecordCharge
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.tables import TariffPlan
from selfcare_app.kit.actor import Staff, Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.manage import check
from selfcare_app.messaging import outbox
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.tables import UsageRecord
from tests.usage.conftest import Detail, detail, embedded, embedded_load, load  # noqa: F401 - fixtures
from tests.usage.rating_load import PRICES, Load

CALL = "R1,L1,2026-11-02T10:00:00Z,call,outgoing,on_net,375291234568,181,,"
WORDS = "Пакет ещё не кончился, а звонок платный."
ANSWER = "Пакет кончился накануне, поэтому минуты платные."


@dataclass
class Counter:
    """Both sides of the counter: what the subscriber asks and what the desk does."""

    load: Load

    @property
    def detail(self) -> Detail:
        return self.load.detail

    def line(self, external_id: str = "L1") -> Line:
        return next(row for row in self.load.rows(Line) if row.external_id == external_id)

    def subscriber(self, external_id: str = "L1", **how: Any) -> Subscriber:
        method = "puk1" if external_id == "L2" else "sms"
        return self.detail.actor(self.line(external_id), **({"method": method} | how))

    def record(self, place: int = 0) -> RecordCharge:
        row = self.load.rows(UsageRecord, "started_at")[place]
        return RecordCharge(row.started_at, row.record_key)

    def fee(self, external_id: str = "L1", minor: int = 500) -> FeeOf:
        """A fee that was taken from the line's account."""
        line, db = self.line(external_id), self.detail.db
        with db.transaction() as session:
            plan = session.exec(select(TariffPlan).where(TariffPlan.code == line.tariff_plan)).first()
            leg = Leg(("subscriber", line.account_id), ("revenue", "plan"), Money(minor, "BYN"), "plan")
            done = post(
                session,
                System("fees"),
                kind="fee",
                key=str(new_id()),
                legs=[leg],
                now=self.detail.now,
                may_overdraw=True,
            )
            row = FeeCharge(
                id=new_id(), line_id=line.id, account_id=line.account_id, item="plan", code=line.tariff_plan,
                version_id=plan.id if plan else new_id(), period_from=date(2026, 11, 1), period_until=date(2026, 12, 1),
                cause="run", fee_minor=minor, discount_percent=0, day_percents=3_000, before_minor=0,
                amount_minor=minor, vat_minor=0, vat_percent=20, currency="BYN", operation_id=done.operation_id,
                charged_at=self.detail.now,
            )  # fmt: skip
            session.add(row)
            return FeeOf(row.id)

    def do(self, use_case: Callable[..., Any], actor: Any, **named: Any) -> Any:
        return wiring.do_now(use_case, actor, **named, now=self.detail.now)

    def see(self, use_case: Callable[..., Any], actor: Any, **named: Any) -> Any:
        return wiring.ask_now(use_case, actor, **named)

    def asked(self, charge: Charge, *, by: Subscriber | None = None, words: str = WORDS, **named: Any) -> Question:
        how = {"ticket": new_id(), "reason": "in_package"} | named
        made: Question = self.do(ask.ask, by or self.subscriber(), charge=charge, words=words, **how)
        return made

    def clerk(self, login: str, *duties: Duty) -> Staff:
        """An employee who is in."""
        actor = Staff(new_id(), new_id(), login, frozenset(duties))
        now, later = self.detail.now, self.detail.now + timedelta(days=1)
        with self.detail.db.transaction() as session:
            session.add(StaffMember(id=actor.staff_id, login=login, seed=b"", created_at=now, duties=list(duties)))
            session.flush()
            columns = {"created_at": now, "idle_until": later, "absolute_until": later}
            session.add(
                StaffSession(id=actor.session_id, token_digest=token.digest(login), staff_id=actor.staff_id, **columns)
            )
        return actor

    def looked(self, who: Staff, question: Question) -> dict[str, Any]:
        """What names a question that the employee has opened."""
        return {"look_id": self.do(answer.look, who, question_id=question.id), "no": question.no}

    def shown(self, who: Staff, named: dict[str, Any]) -> AtDesk:
        found: AtDesk = self.see(answer.show, who, **named, now=self.detail.now)
        return found

    def cheaper(self, price: str = "0.05") -> None:
        """The catalogue says another price from before the call on."""
        header = PRICES.splitlines()[0]
        self.load.tables(
            prices=f"{header}\nsuper8,call,2,call,outgoing,any,no,,,,60,{price},minutes,2026-11-02T00:00:00Z\n"
        )

    def messages(self, external_id: str = "L1") -> list[str]:
        with self.detail.db.snapshot() as session:
            rows = session.exec(select(Outbox).where(Outbox.recipient == self.line(external_id).msisdn)).all()
            return [str(outbox._opened(session, row).content["key"]) for row in rows]

    def broken(self) -> list[str]:
        with self.detail.db.snapshot() as session:
            return [f"{found.id} {row}" for found, row in check.found(session, self.detail.now)]


@pytest.fixture
def counter(embedded_load: Load) -> Counter:  # noqa: F811 - a fixture's name
    embedded_load.usage(CALL)
    return Counter(embedded_load)


@pytest.fixture
def both(load: Load) -> Counter:  # noqa: F811 - a fixture's name
    """On either engine."""
    load.usage(CALL)
    return Counter(load)
