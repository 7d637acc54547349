"""The command that corrects a month: what it would come to, the reason and the employee, and its bill afterwards."""

from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from selfcare_app import wiring
from selfcare_app.access import staff
from selfcare_app.journal.tables import JournalDetail, JournalEntry
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.ledger.tables import Operation
from selfcare_app.manage import main
from tests.usage.rating_load import PRICES, Load

CALL = "R1,L1,2026-11-02T10:00:00Z,call,outgoing,on_net,375291234568,181,,"
ALL = ("correct", "L1", "2026-11", "--reason", "  Цена  была неверной ", "--employee", "Clerk")


@pytest.fixture
def dear(embedded_load: Load, monkeypatch: pytest.MonkeyPatch) -> Load:
    """A call of 17 kopecks whose price turns out to have been five kopecks a minute."""
    monkeypatch.setattr(clock, "now", lambda: embedded_load.detail.now)
    wiring.do_now(staff.add, System("staff"), login="clerk", duties=None, now=embedded_load.detail.now)
    embedded_load.usage(CALL)
    assert embedded_load.spent() == 17
    header = PRICES.splitlines()[0]
    row = "super8,call,2,call,outgoing,any,no,,,,60,0.05,minutes,2026-11-02T00:00:00Z"
    embedded_load.tables(prices=f"{header}\n{row}\n")
    return embedded_load


def said(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> tuple[int, str]:
    code = main(arguments)
    told = capsys.readouterr()
    return code, (told.out + told.err).strip()


def written(load: Load) -> list[tuple[str, dict[str, object]]]:
    with load.detail.db.snapshot() as session:
        query = select(JournalEntry.actor_name, JournalDetail.details).join(
            JournalDetail, col(JournalDetail.entry_id) == JournalEntry.id
        )
        return list(session.exec(query.where(JournalEntry.action == "charge_corrected")).all())


def test_a_month_is_charged_anew_with_a_reason(dear: Load, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, (*ALL, "--look")) == (0, "1 records would be priced otherwise, 0.17 -> 0.10 BYN")
    assert (dear.spent(), written(dear)) == (17, [])
    assert said(capsys, ALL) == (0, "1 records were priced otherwise, 0.17 -> 0.10 BYN")
    assert dear.spent() == 10
    details = {
        "month": "2026-11",
        "before": "0.17 BYN",
        "after": "0.10 BYN",
        "reason": "Цена была неверной",
        "employee": "clerk",
    }
    assert written(dear) == [("correction", details)]
    # Once more there is nothing to correct: no money, no entry.
    assert said(capsys, ALL) == (0, "0 records were priced otherwise, 0.10 -> 0.10 BYN")
    assert (dear.spent(), len(written(dear))) == (10, 1)
    keys = [row.idempotency_key for row in dear.rows(Operation) if row.kind == "usage_correction"]
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({4: " "}, "say why, in at most 500 characters (--reason)"),
        ({4: "x" * 501}, "say why, in at most 500 characters (--reason)"),
        ({6: "nobody"}, "there is no such employee (--employee is a login of the desk)"),
        ({1: "L9"}, "there is no such line"),
        ({1: "375299999999"}, "there is no such line"),
        ({2: "2026-12"}, "that month has not begun"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_moved(
    dear: Load, capsys: pytest.CaptureFixture[str], change: dict[int, str], refusal: str
) -> None:
    arguments = [change.get(place, each) for place, each in enumerate(ALL)]
    assert said(capsys, arguments) == (1, refusal)
    assert (dear.spent(), written(dear)) == (17, [])


def test_a_disabled_employee_corrects_nothing(dear: Load, capsys: pytest.CaptureFixture[str]) -> None:
    wiring.do_now(staff.disable, System("staff"), login="clerk", now=dear.detail.now)
    assert said(capsys, ALL)[0] == 1
    assert dear.spent() == 17


def test_the_line_may_be_named_by_its_number_too(dear: Load, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, [*ALL[:1], "+375 29 123-45-67", *ALL[2:]])[0] == 0
    assert dear.spent() == 10
