"""A worker that is killed while it closes a month: what it had not committed is done once, by the next one."""

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from selfcare_app.bills.tables import BillRun, ClientBill
from tests.bills.conftest import Office

ROOT = Path(__file__).parents[2]
NOVEMBER = date(2026, 11, 1)


@pytest.mark.security("R1")
def test_a_killed_closing_goes_on_where_it_was(office: Office) -> None:
    counter = office.counter
    counter.plan("basic", 100)
    lines = [counter.line("basic", money=1_000, client_kind="organisation") for _ in range(8)]
    office.work(counter.now)
    then = counter.at(2026, 12, 4)
    counter.work(then, closing=False)
    died = subprocess.run(
        [sys.executable, "-m", "tests.bills.dying_run", str(counter.db.engine.url), "issa", then.isoformat(), "3", "1"],
        cwd=ROOT, timeout=120, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert sum(bool(office.months(line)) for line in lines) == 3
    office.work(then)
    assert [office.sums(line, NOVEMBER) for line in lines] == [(0, 1_000, 0, 0, 1_000)] * 8
    runs = [row for row in office.all(BillRun) if isinstance(row, BillRun) and row.month == NOVEMBER]
    assert [row.accounts for row in runs] == [8]
    assert len(office.all(ClientBill)) == 8
    assert office.broken(then) == []
