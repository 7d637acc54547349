"""The month run of a worker that is killed: whoever goes on takes from every line once, and from none twice."""

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.orders.conftest import Counter

ROOT = Path(__file__).parents[2]
LINES, CHUNK = 24, 5


@pytest.mark.security("R1")
@pytest.mark.parametrize("where", ["between", "inside"])
def test_a_killed_run_goes_on_where_it_was(counter: Counter, where: str) -> None:
    counter.plan("basic", 1_490, package={"seconds": 60})
    lines = [counter.line("basic", money=5_000) for _ in range(LINES)]
    counter.work(counter.now)
    counter.work(counter.at(2026, 11, 30))
    then = counter.at(2026, 12, 1)
    for chunks in (1, 0, 2):
        died = subprocess.run(
            [sys.executable, "-m", "tests.orders.dying_run", str(counter.db.engine.url), "issa", then.isoformat(),
             str(CHUNK), str(chunks), where],
            cwd=ROOT, timeout=120, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert died.returncode == -signal.SIGKILL, died.stderr
        charged = [len(counter.charges(line)) for line in lines]
        assert max(charged) <= 1
        assert [counter.balance(line) for line in lines] == [5_000 - 1_490 * count for count in charged]
        assert sum(charged) % CHUNK == 0
    assert sum(len(counter.charges(line)) for line in lines) == 3 * CHUNK
    counter.work(then)
    assert [counter.amounts(line) for line in lines] == [[("plan", "basic", date(2026, 12, 1), 1_490)]] * LINES
    assert [counter.balance(line) for line in lines] == [3_510] * LINES
