"""Rating beside a loop of decimals, tariff advice beside a loop of integers, and loading with rating beside without."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

from bench import import_rate
from bench.row import Row
from selfcare_app import wiring
from selfcare_app.catalogue import plan, prices
from selfcare_app.catalogue.price_list import PackageVersion, PriceList, PriceVersion
from selfcare_app.catalogue.price_tables import PlanPackage, Price, PriceEdition, ServicePackage
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.demo import prices as demo
from selfcare_app.demo.offers import PLANS
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.manage import tables
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import advice
from selfcare_app.usage.rating import columns, reading
from selfcare_app.usage.rating.columns import Uses
from selfcare_app.usage.rating.compiled import compiled
from selfcare_app.usage.tables import UsageRecord

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
SINCE = datetime(2026, 4, 30, 21, tzinfo=UTC)
UNTIL = datetime(2026, 10, 31, 21, tzinfo=UTC)
EVER = datetime(2020, 1, 1, tzinfo=UTC)
ZONE = "Europe/Minsk"
TARIFFS, PACKAGES, TYPICAL, HEAVIEST = 30, 4, 489, 9_710
ROUNDS = 7
_AREA = "rating"


def run(quick: bool) -> list[Row]:
    """Rows of the table."""
    tables.load()
    return [*_engine(100_000 if quick else 1_000_000), *_advice(quick), *_loading(100_000 if quick else 400_000)]


def _engine(count: int) -> Iterator[Row]:
    """The same records of the same lines, both sides from values that lie ready; totals are equal."""
    made, prices_of = _records(count, lines=count // 400, seed=5), demo.price_list(PLANS[1])
    zone = _zone()
    part = min(count, 60_000)
    plain = list(zip(*(column[:part].tolist() for column in made), strict=True))
    slow, fast = [], []
    for _ in range(3):
        begun = time.perf_counter()
        total = _decimals(plain, prices_of, zone)
        slow.append(part / (time.perf_counter() - begun))
        begun = time.perf_counter()
        rated = columns.rate(Uses(*made, time_zone=zone), compiled(prices_of))
        fast.append(count / (time.perf_counter() - begun))
        assert int(rated.units[:part].sum()) == total
    ratio = max(fast) / max(slow)
    what = "records rated, packages in record order, against a loop of Decimal"
    yield Row(_AREA, what, max(slow) / 1e3, max(fast) / 1e3, "k/s", ratio, ">= 12", ratio >= 12)


def _decimals(records: list[tuple[Any, ...]], known: PriceList, zone: Any) -> int:
    """As one writes it down: a record after another, rules tried in their order, packages counted as they go."""
    used: dict[tuple[int, int, str], Decimal] = {}
    amounts = {package.code: Decimal(package.amount) for package in known.packages}
    by_kind: dict[int, list[PriceVersion]] = {}
    for price in known.prices:
        by_kind.setdefault(price.kind, []).append(price)
    epoch, total = datetime(1970, 1, 1, tzinfo=UTC), Decimal(0)
    for line, at, kind, way, place, seconds, octets, forwarded in records:
        for price in by_kind.get(kind, ()):
            if price.forwarded == forwarded and price.direction in (None, way) and price.zone in (None, place):
                local = (epoch + timedelta(microseconds=at)).astimezone(zone)
                quantity = Decimal(seconds if kind == 1 else octets if kind == 4 else 1)
                rest = (quantity / price.step).to_integral_value(ROUND_CEILING) * price.step
                for code in price.packages:
                    place_of = (line, local.year * 12 + local.month, code)
                    gone = used.get(place_of, Decimal(0))
                    free = min(rest, max(Decimal(0), amounts[code] - gone))
                    used[place_of] = gone + free
                    rest -= free
                total += (rest / price.step).to_integral_value(ROUND_CEILING) * Decimal(price.rate_units)
                break
    return int(total)


def _advice(quick: bool) -> Iterator[Row]:
    """Everything from the database to the view for a typical and the heaviest line, on so many tariffs."""
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as name:
        export = import_rate.Export(Path(name), 0, 80)
        with import_rate._wired(f"sqlite:///{name}/advice.db", export) as wires:
            _catalogue(wires, TARIFFS)
            _services(wires, PACKAGES)
            _use(wires, {no: HEAVIEST if no <= 5 else TYPICAL for no in range(1, 81)})
            for what, first, last, goal, times in (
                ("a typical line", 6, 80, 5.0, 4.0),
                ("the heaviest line", 1, 5, 25.0, 12.0),
            ):
                yield from _advised(wires, what, (first, last), goal, times, rounds=3 if quick else 12)


def _advised(
    wires: wiring.Wiring, what: str, lines: tuple[int, int], goal: float, times: float, *, rounds: int
) -> Iterator[Row]:
    with wires.db.snapshot() as session:
        ids = dict(session.query(Line.no, Line.id).filter(Line.no.between(*lines)).all())
        offered, lists = plan.plans(session, at=NOW), prices.lists(session)
        whole, worked, loop, quick = [], [], [], []
        for turn in range(rounds + 1):
            for no, line_id in list(ids.items())[:15]:
                actor = Subscriber(line_id=line_id, session_id=new_id())
                began = time.process_time()
                found, spent = _timed(lambda: wiring.ask_now(advice.read, actor, now=NOW))
                whole += [spent] * bool(turn)
                worked += [time.process_time() - began] * bool(turn)
                if turn == 1:
                    uses = reading.uses(session, line_no=no, since=SINCE, until=UNTIL, zone=_zone())
                    rows = _rows(uses)
                    sums, spent = _timed(lambda: [_integers(rows, lists[each.code]) for each in offered])
                    loop.append(spent)
                    assert sorted(sums) == sorted(each.usage.minor for each in found.plans if not each.package), no
                    firsts = found.months
                    known = [lists[each.code] for each in offered]
                    _, spent = _timed(lambda: advice.usage(_again(uses), known, firsts, NOW))
                    quick.append(spent)
    for times_of, word in ((whole, "by the clock"), (worked, "of the processor")):
        p95 = statistics.quantiles(times_of, n=20)[-1] * 1e3
        text = f"advice for {what}, {TARIFFS} tariffs, {PACKAGES} packages, p95 {word}"
        yield Row(_AREA, text, goal, p95, "ms", p95 / goal, f"<= {goal:g} ms", p95 <= goal)
    slow, fast = statistics.median(loop) * 1e3, statistics.median(quick) * 1e3
    text = f"its arithmetic for {what}, against a loop of int with equal sums"
    yield Row(_AREA, text, slow, fast, "ms", slow / fast, f">= {times:g}", slow / fast >= times)


def _again(uses: Uses) -> Uses:
    """The same records without what was worked out before."""
    return Uses(**{name: getattr(uses, name) for name in Uses.__dataclass_fields__})


def _rows(uses: Uses) -> list[tuple[int, ...]]:
    """Month, kind, direction, zone, quantity, forwarded: all that a loop needs, worked out for it."""
    each = (uses.month, uses.kind, uses.direction, uses.zone, uses.quantity, uses.forwarded)
    return list(zip(*(column.tolist() for column in each), strict=True))


def _integers(rows: list[tuple[int, ...]], known: PriceList) -> int:
    """A plain loop over a line's records on one tariff; minor units, each month and kind rounded once."""
    amounts = {package.code: package.amount for package in known.packages}
    rules: dict[tuple[int, int, int, bool], PriceVersion | None] = {}
    used: dict[tuple[int, str], int] = {}
    sums: dict[tuple[int, int], int] = {}
    for month, kind, way, place, quantity, forwarded in rows:
        key = (kind, way, place, bool(forwarded))
        if key not in rules:
            rules[key] = next(
                (p for p in known.prices if p.fits_use(kind, way, place, forwarded=bool(forwarded))), None
            )
        price = rules[key]
        if price is None:
            continue
        rest = -(-quantity // price.step) * price.step
        for code in price.packages:
            gone = used.get((month, code), 0)
            free = min(rest, max(0, amounts[code] - gone))
            used[month, code] = gone + free
            rest -= free
        sums[month, kind] = sums.get((month, kind), 0) + -(-rest // price.step) * price.rate_units
    return sum((units + 5_000) // 10_000 for units in sums.values())


def _loading(rows: int) -> Iterator[Row]:
    """One file with charges and the same one without: finding the price, the receipts, the ledger come on top."""
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as name:
        room = Path(name)
        charged = import_rate.Export(room / "charged", rows, rows // import_rate.RECORDS_A_LINE)
        import_rate._write(charged)
        unpriced = import_rate.Export(room / "unpriced", rows, charged.lines)
        unpriced.directory.mkdir()
        _without_charges(charged.directory / "usage.csv", unpriced.directory / "usage.csv")
        times: dict[str, list[float]] = {"charged": [], "unpriced": []}
        for turn in range(2):
            for export in (charged, unpriced):
                path = room / f"{export.directory.name}{turn}.db"
                with import_rate._wired(f"sqlite:///{path}", export) as wires:
                    _catalogue(wires, 1)
                    times[export.directory.name].append(_timed(lambda: import_rate._import(wires, export))[1])
                path.unlink()
        without, with_rating = (rows / min(spent) / 1e3 for spent in times.values())
    ratio = with_rating / without
    what = "records from a file into SQLite with rating, against without"
    yield Row(_AREA, what, without, with_rating, "k/s", ratio, ">= 0.2", ratio >= 0.2)


def _without_charges(file: Path, to: Path) -> None:
    with file.open(encoding="utf-8") as there, to.open("w", encoding="utf-8") as here:
        for line in there:
            cells = line.split(",")
            here.write(",".join([*cells[:10], "charge" if cells[10] == "charge" else "", *cells[11:]]))


def _catalogue(wires: wiring.Wiring, count: int) -> None:
    """So many tariffs, each with 14 rules and 3 packages; the lines are on the first."""
    with wires.db.transaction() as session:
        for no in range(count):
            known, code = demo.price_list(PLANS[no % 3]), f"p{no}" if no else "p"
            session.add(
                TariffPlan(
                    id=new_id(), code=code, name=code, settlement="postpaid", fee_minor=500 + no, valid_from=EVER
                )
            )
            session.add_all(_price(price, code, no) for price in known.prices)
            session.add_all(_package(package, code, no) for package in known.packages)
        session.add(PriceEdition(no=1, id=new_id(), at=EVER))


def _services(wires: wiring.Wiring, count: int) -> None:
    """Services whose packages the advice tries on top: minutes, messages, data, a sum of money."""
    sorts = (("seconds", 6_000, 2), ("messages", 100, 12), ("bytes", 5 << 30, 16), ("minor", 500, 30))
    with wires.db.transaction() as session:
        for no in range(count):
            unit, amount, kinds = sorts[no % len(sorts)]
            session.add(Service(id=new_id(), code=f"s{no}", name=unit, fee_minor=300 + no, valid_from=EVER))
            session.add(
                ServicePackage(
                    id=new_id(), service=f"s{no}", code=unit, name=unit, unit=unit, amount=amount, kinds=kinds,
                    direction=1, zones=15, valid_from=EVER,
                )
            )  # fmt: skip
        session.add(PriceEdition(no=2, id=new_id(), at=EVER))


def _price(price: PriceVersion, code: str, no: int) -> Price:
    values = {name: getattr(price, name) for name in PriceVersion.__slots__}
    values |= {
        "id": new_id(),
        "plan": code,
        "packages": " ".join(price.packages),
        "rate_units": price.rate_units + no * 10,
    }
    return Price(**values)


def _package(package: PackageVersion, code: str, no: int) -> PlanPackage:
    values = {name: getattr(package, name) for name in PackageVersion.__slots__}
    return PlanPackage(**values | {"id": new_id(), "plan": code, "amount": package.amount + no * 60})


def _use(wires: wiring.Wiring, counts: dict[int, int]) -> None:
    with wires.db.transaction() as session:
        for no, count in counts.items():
            _, at, kind, way, place, seconds, octets, _ = (
                column.tolist() for column in _records(count, lines=1, seed=no)
            )
            rows = [
                {"line_no": no, "started_at": SINCE + timedelta(microseconds=t), "record_key": n, "kind": k, "direction": w,
                 "zone": z, "duration_seconds": s, "bytes_in": o, "bytes_out": 0, "charge_units": 0}
                for n, (t, k, w, z, s, o) in enumerate(zip([t - at[0] for t in at], kind, way, place, seconds, octets, strict=True))
            ]  # fmt: skip
            session.execute(insert(UsageRecord), rows)


def _records(count: int, *, lines: int, seed: int) -> tuple[np.ndarray[Any, Any], ...]:
    """Six months of use: line, time, kind, direction, zone, seconds, bytes, forwarded; in the table's order."""
    dice = np.random.default_rng(seed)
    line = np.sort(dice.integers(1, lines + 1, count))
    begin = int(SINCE.timestamp()) * 1_000_000
    at = begin + dice.integers(0, 183 * 86_400, count) * 1_000_000
    order = np.lexsort((at, line))
    kind = dice.choice([1, 2, 3, 4], count, p=[0.55, 0.12, 0.01, 0.32])
    zone = np.where(kind == 4, 0, dice.choice([1, 2, 3, 4, 5], count, p=[0.4, 0.45, 0.1, 0.03, 0.02]))
    way = np.where(kind == 4, 1, dice.choice([1, 2], count))
    seconds = np.where(kind == 1, np.minimum(7_200, dice.lognormal(4.2, 1.1, count)).astype(np.int64) + 1, 0)
    octets = np.where(kind == 4, dice.lognormal(16, 1.7, count).astype(np.int64), 0)
    return line, at[order], kind, way, zone, seconds, octets, np.zeros(count, bool)


def _zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(ZONE)


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    found = call()
    return found, time.perf_counter() - begun
