"""Questions about charges of a filled operator: one that waits, one that was answered, one whose charge was corrected."""

from datetime import timedelta

from sqlmodel import col, select

from selfcare_app.care.charge_question import kept
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.tables import UsageRecord
from tests.served import Served

_BY = ("Звонил внутри сети.\nПочему не из пакета?", "Пакет закончился накануне, поэтому минуты платные.")
_UA = ("Телефонував у межах мережі.\nЧому не з пакета?", "Пакет закінчився напередодні, тому хвилини платні.")
TEXTS = (*_BY, *_UA)


def give(served: Served, line: Line) -> None:
    """Writes them about the newest calls that cost anything."""
    asked, answered = _BY if served.profile.country == "BY" else _UA
    now, day = served.now, timedelta(days=1)
    with served.db.transaction() as session:
        query = select(UsageRecord).where(UsageRecord.line_no == line.no, col(UsageRecord.charge_units) > 0)
        calls = session.exec(query.order_by(col(UsageRecord.started_at).desc()).limit(3)).all()
        for place, (call, outcome) in enumerate(zip(calls, ("", "explained", "corrected"), strict=True)):
            at = now - day * 2 * place - timedelta(hours=1)
            row = ChargeQuestion(
                id=new_id(), no=204_118_350 + place, line_id=line.id, started_at=call.started_at,
                record_key=call.record_key, amount_minor=max(1, call.charge_units // 10_000),
                currency=served.profile.currency, reason="in_package", asked_at=at, due_on=(at + 5 * day).date(),
                state="answered" if outcome else "open", outcome=outcome,
                answered_at=at + timedelta(hours=3) if outcome else None,
                month_before_minor=1_890 if outcome == "corrected" else None,
                month_after_minor=1_240 if outcome == "corrected" else None,
            )  # fmt: skip
            row.words = kept.sealed(session, "words", row.id, asked)
            row.answer = kept.sealed(session, "answer", row.id, answered) if outcome else None
            session.add(row)
