"""Looking for a number by mask among ten million: the use case beside LIKE on the same SQLite, and no difference in answers."""

import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from bench.row import Row
from selfcare_app import operators
from selfcare_app.db import Database, metadata
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.numbers import memory, search
from selfcare_app.numbers.rules import index_of
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.operators import Profile

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
SEED = 20
PAGE = 20
RANDOM_MASKS, COMPARED = 3_000, 150
PREFIXES = ("25", "29", "33", "44")
MASKS = (
    ("375291234%", ""),
    ("%0707", ""),
    ("%777%", ""),
    ("_____9_9_9__", ""),
    ("%4_4_4_4%", ""),
    ("%", ""),
    ("%", "gold"),
    ("%123456_", ""),
    ("%00000000%", ""),
    ("%777%", "simple"),
    ("%7%7%7%7%7%7%", ""),
    ("%7_7_7%", "platinum"),
)
_AREA = "number search"


@dataclass
class Pool:
    """A filled pool, the same numbers as text for LIKE, and somebody who looks."""

    db: Database
    actor: Subscriber

    def product(self, mask: str, category: str) -> list[str]:
        """The first page of the use case."""
        return self.page(mask, category)[0]

    def page(self, mask: str, category: str, cursor: str = "") -> tuple[list[str], str]:
        """A page of the use case, and where the next one starts."""
        with self.db.snapshot() as session:
            admitted = search.Admitted(self.actor.line_id, NOW)
            try:
                found = search.search(
                    session, self.actor, admitted=admitted, mask=mask, category=category, cursor=cursor
                )
            except search.masks.MaskFitsNothing:
                return [], ""
            return [str(offer.number) for offer in found.offers], found.next

    def like(self, mask: str, category: str, after: str = "") -> list[str]:
        """A page by LIKE over a table whose key is the number as text: the numbers above `after`."""
        profile = self.db.info["profile"]
        try:
            # A mask that does not name the country code is about the digits behind it; so is the pattern.
            pattern = search.masks.parse(mask, profile.numbering, profile.number_change).text
        except search.masks.MaskFitsNothing:
            pattern = mask
        where, values = "t LIKE ? AND s = 0 AND t > ?", [pattern, after]
        if category:
            where, values = f"{where} AND c = ?", [*values, index_of(profile.number_change, category)]
        with self.db.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT t FROM plain WHERE {where} ORDER BY t LIMIT {PAGE}", tuple(values)
            )
            return [row[0] for row in rows]


def run(quick: bool) -> list[Row]:
    """Rows of the table; times in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory:
        pool = _filled(Path(directory), 1_000_000 if quick else 10_000_000)
        try:
            return list(_rows(pool, rounds=3 if quick else 5))
        finally:
            pool.db.close()


def _rows(pool: Pool, rounds: int) -> Iterator[Row]:
    floors, products = [], []
    for mask, category in MASKS:
        floor = _median(partial(pool.like, mask, category), rounds)
        product = _median(partial(pool.product, mask, category), rounds * 20)
        floors.append(floor)
        products.append(product)
        yield Row(_AREA, f"{mask} {category}".strip(), floor, product, "ms", floor / product, "(in the mean)", True)
    mean = math.exp(statistics.mean(math.log(f / p) for f, p in zip(floors, products, strict=True)))
    yield Row(_AREA, "twelve masks, geometric mean", 1, 1 / mean, "", mean, ">= 200 x LIKE", mean >= 200)
    worst = max(floors) / max(products)
    yield Row(_AREA, "worst mask", max(floors), max(products), "ms", worst, ">= 400 x LIKE", worst >= 400)
    yield _tail(pool)
    yield _differences(pool)


def _tail(pool: Pool) -> Row:
    dice = random.Random(SEED)
    times = sorted(_timed(partial(pool.product, _random_mask(dice), "")) for _ in range(RANDOM_MASKS))
    p99 = times[int(len(times) * 0.99)]
    return Row(_AREA, f"{RANDOM_MASKS} random masks, p99", 8, p99, "ms", p99 / 8, "<= 8 ms", p99 <= 8)


def _differences(pool: Pool) -> Row:
    dice = random.Random(SEED + 1)
    asked = [(m, c) for m, c in MASKS] + [(_random_mask(dice), "") for _ in range(COMPARED)]
    different = sum(_differs(pool, mask, category) for mask, category in asked)
    what = f"first and second pages unlike LIKE's, of {len(asked)} masks"
    return Row(_AREA, what, 0, different, "", float(different), "0", different == 0)


def _differs(pool: Pool, mask: str, category: str) -> bool:
    first, following = pool.page(mask, category)
    if first != pool.like(mask, category):
        return True
    if not following:
        return len(first) == PAGE and bool(pool.like(mask, category, first[-1]))
    return pool.page(mask, category, following)[0] != pool.like(mask, category, first[-1])


def _random_mask(dice: random.Random) -> str:
    signs = [dice.choice("%__0123456789") for _ in range(dice.randint(3, 9))]
    return "%" + "".join(signs) + dice.choice(("%", ""))


def _median(call: Callable[[], object], rounds: int) -> float:
    call()
    return statistics.median(_timed(call) for _ in range(rounds))


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1_000


def _filled(directory: Path, count: int) -> Pool:
    """Every fourth number of four prefixes with seven digits behind them, six of ten free; a tenth of it if quick."""
    profile = _profile()
    rule = profile.number_change
    plan = memory.plan_of(profile)
    assert rule is not None
    assert plan is not None
    live = memory.LivePlane()
    db = Database(f"sqlite:///{directory / 'pool.db'}", info={"profile": profile, memory.KEY: live})
    metadata.create_all(db.engine, tables=[PoolNumber.__table__])
    dice = np.random.default_rng(SEED)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE plain (t TEXT PRIMARY KEY, c INTEGER, s INTEGER) WITHOUT ROWID")
        for prefix in plan.prefixes:
            behind = np.sort(dice.choice(10**7, count // len(plan.prefixes), replace=False))
            state = (dice.random(len(behind)) >= 0.6).astype(int) * 3
            numbers = int(prefix) * 10**7 + behind
            rows = list(zip(numbers.tolist(), _categories(behind).tolist(), state.tolist(), strict=True))
            connection.exec_driver_sql("INSERT INTO pool_number (number, category, state) VALUES (?, ?, ?)", rows)
            connection.exec_driver_sql("INSERT INTO plain VALUES (?, ?, ?)", [(str(n), c, s) for n, c, s in rows])
        connection.commit()
    live.reload(lambda: memory.load(db, plan, len(rule.categories)))
    return Pool(db, Subscriber(line_id=new_id(), session_id=new_id()))


def _profile() -> Profile:
    """An operator with four prefixes of ten million numbers each."""
    known = operators.profile("issa")
    assert known.number_change is not None
    numbering = known.numbering.model_copy(update={"prefixes": PREFIXES})
    rule = known.number_change.model_copy(update={"prefixes": PREFIXES, "page_size": PAGE})
    return known.model_copy(update={"numbering": numbering, "number_change": rule})


def _categories(behind: np.ndarray) -> np.ndarray:
    """Category indices by the longest run of one digit, so that masks and categories can exclude each other."""
    digits = np.stack([behind // 10**place % 10 for place in range(7)])
    run = longest = np.ones(len(behind), np.int64)
    for place in range(1, 7):
        run = np.where(digits[place] == digits[place - 1], run + 1, 1)
        longest = np.maximum(longest, run)
    return 5 - np.clip(longest - 2, 0, 5)
