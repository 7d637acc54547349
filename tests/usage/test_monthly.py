"""Charges of a month by kind: exact sums that add up, fees with VAT, months offered, the records behind, the limits."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app import operators, wiring
from selfcare_app.catalogue import charges as fees
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.actor import Acting, ProofNeeded, Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.operators.schema import Profile
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import categories, charge_lines, monthly
from selfcare_app.usage.codes import FORWARDED, Direction, Kind, Zone
from selfcare_app.usage.detailing import NoSuchPage
from selfcare_app.usage.selection import NoSuchPeriod
from selfcare_app.usage.views import CallRecord
from selfcare_app.usage.views_monthly import MonthBill
from tests.usage.conftest import Detail, utc

OCTOBER = "2026-10"
MIDDLE = utc("2026-10-15 12:00")


def bill(detail: Detail, actor: Subscriber, month: str = "", **named: Any) -> MonthBill:
    found: MonthBill = detail.ask(monthly.read, actor, month=month, **named)
    return found


def sums(found: MonthBill) -> dict[str, int]:
    return {kind.category: kind.amount.minor for kind in found.kinds}


def fee(detail: Detail, line: Line, item: str, minor: int, *, first: date = date(2026, 10, 1), vat: int = 0) -> None:
    """A fee that was taken, with the money that it moved."""
    version = new_id()
    profile = detail.profile
    with detail.db.transaction() as session:
        since = {"fee_minor": minor, "valid_from": utc("2026-01-01 00:00")}
        known: Any = TariffPlan if item in ("plan", "switch") else Service
        session.add(known(id=version, code=f"{item}-{version}", name=f"The {item}", **since))
        legs = [
            Leg(
                ("subscriber", line.account_id),
                ("revenue", item),
                Money(minor, profile.currency, profile.currency_scale),
                item,
            )
        ]
        moved = post(session, System("test"), kind="fee", key=str(version), legs=legs, now=MIDDLE, may_overdraw=True)
        session.add(
            FeeCharge(
                id=new_id(), line_id=line.id, account_id=line.account_id, item=item, code=f"{item}-{version}",
                version_id=version, period_from=first, period_until=first + timedelta(days=31), cause="run",
                fee_minor=minor, day_percents=3_100, amount_minor=minor, vat_minor=vat, vat_percent=25,
                currency=profile.currency, operation_id=moved.operation_id, charged_at=MIDDLE,
            )
        )  # fmt: skip


@pytest.mark.requirement("ISSA-075", "IH-018", "AS-041")
def test_a_month_is_told_apart_by_kind_and_adds_up(detail: Detail) -> None:
    line, other = detail.line(), detail.line()
    out = {"direction": Direction.OUTGOING}
    rows: list[dict[str, Any]] = [
        {"zone": Zone.ON_NET, "charge_units": 120_000, "duration_seconds": 61, **out},
        {"zone": Zone.ON_NET, "charge_units": 4_000, **out},
        {"zone": Zone.OFF_NET_MOBILE, "charge_units": 256_000, **out},
        {"zone": Zone.FIXED, "charge_units": 30_000, **out},
        {"zone": Zone.FIXED, "charge_units": 40_000, "service": FORWARDED, **out},
        {"zone": Zone.INTERNATIONAL, "charge_units": 1_000_000, **out},
        {"zone": Zone.ROAMING, "charge_units": 2_000_000, "direction": Direction.INCOMING},
        {"zone": Zone.ON_NET, "charge_units": 0, "direction": Direction.INCOMING},
        {"zone": Zone.ON_NET, "kind": Kind.SMS, "charge_units": 50_000, **out},
        {"kind": Kind.DATA, "charge_units": 70_000, "bytes_in": 900, "bytes_out": 100, "peer": "", **out},
    ]
    detail.records(line, [{"started_at": MIDDLE + timedelta(minutes=n), **row} for n, row in enumerate(rows)])
    detail.record(other, MIDDLE, charge_units=9_990_000)
    detail.record(line, utc("2026-10-31 21:00"), charge_units=5_550_000, zone=Zone.ON_NET)
    fee(detail, line, "plan", 1_990, vat=398)
    fee(detail, line, "service", 250, vat=50)
    fee(detail, other, "plan", 777)
    found = bill(detail, detail.actor(line, proven=False), OCTOBER)
    assert sums(found) == {
        "plan_fee": 1_990,
        "service_fees": 250,
        "outgoing_own_network": 12,
        "outgoing_other_network": 26,
        "outgoing_fixed": 3,
        "outgoing_international": 100,
        "forwarding_fact": 4,
        "sms_sent": 5,
        "internet_data": 7,
        "roaming": 200,
    }
    assert (found.usage.minor, found.fees.minor, found.total.minor) == (357, 2_240, 2_597)
    assert found.total.minor == sum(sums(found).values())
    assert found.vat.minor == 448 + 71, "the tax in 3.57 at 25 % is 0.714"
    own = found.kind("outgoing_own_network")
    assert own is not None
    assert (own.count, own.seconds) == (2, 61)
    data = found.kind("internet_data")
    assert data is not None
    assert data.octets == 1_000


@given(units=st.lists(st.integers(0, 10**9), max_size=20))
def test_shares_of_a_whole_add_up_to_it_and_none_is_off_by_one(units: list[int]) -> None:
    total = (sum(units) + 5_000) // 10_000
    parts = categories.shared_out(units, total, 10_000)
    assert sum(parts) == total
    assert all(abs(part * 10_000 - each) < 10_000 for part, each in zip(parts, units, strict=True))


@pytest.mark.parametrize("key", operators.keys())
def test_every_sort_of_record_has_exactly_one_kind(key: str) -> None:
    profile = operators.profile(key)
    listed = categories.of_operator(profile)
    for line_kind in ("phone", "modem"):
        of = [place for name in listed for place in categories.places(name, line_kind=line_kind, listed=listed)]
        assert len(of) == len(set(of)) == len(Kind) * len(Direction) * len(Zone) * 2


@pytest.mark.requirement("IH-018")
def test_the_documents_kinds_are_used_where_it_lists_them() -> None:
    listed = categories.of_operator(operators.profile("ihelper"))
    told = {
        (Kind.DATA, Direction.OUTGOING, Zone.NONE, False): "internet_data",
        (Kind.CALL, Direction.INCOMING, Zone.ON_NET, False): "incoming_own_network",
        (Kind.CALL, Direction.INCOMING, Zone.FIXED, False): "incoming",
        (Kind.CALL, Direction.OUTGOING, Zone.ON_NET, False): "outgoing_own_network",
        (Kind.CALL, Direction.OUTGOING, Zone.OFF_NET_MOBILE, False): "outgoing_other_network",
        (Kind.CALL, Direction.OUTGOING, Zone.FIXED, False): "outgoing_long_distance",
        (Kind.SMS, Direction.INCOMING, Zone.ON_NET, False): "sms_received",
        (Kind.MMS, Direction.OUTGOING, Zone.ON_NET, False): "other",
        (Kind.CALL, Direction.INCOMING, Zone.ON_NET, True): "incoming_forwarded",
        (Kind.CALL, Direction.OUTGOING, Zone.ON_NET, True): "forwarding_fact",
    }
    assert {place: categories.of_usage(place, line_kind="phone", listed=listed) for place in told} == told
    data = (Kind.DATA, Direction.OUTGOING, Zone.NONE, False)
    assert categories.of_usage(data, line_kind="modem", listed=listed) == "modem_data"
    assert categories.of_fee("plan", listed=listed) == categories.of_fee("service", listed=listed)
    assert categories.of_fee("connect", listed=listed) == "one_off_services"


@pytest.mark.requirement("ISSA-075", "ADM-026")
def test_months_before_this_one_and_fewer_for_who_looks_after_the_line(embedded: Detail) -> None:
    line = embedded.line()
    own = embedded.actor(line, proven=False)
    assert [month.code for month in embedded.ask(monthly.months, own)] == [
        "2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05",
    ]  # fmt: skip
    looked_after = Subscriber(line.id, new_id(), acting=Acting(embedded.line().id, "administrator", "manage"))
    with embedded.db.snapshot() as session:
        offered = monthly.months(session, looked_after, now=embedded.now)
        assert [month.code for month in offered] == ["2026-11", "2026-10", "2026-09"]
        with pytest.raises(NoSuchPeriod):
            monthly.read(session, looked_after, month="2026-08", now=embedded.now)
    for code in ("2026-04", "2026-12", "../../x", "2026-13"):
        with pytest.raises(NoSuchPeriod):
            bill(embedded, own, code)


@pytest.mark.requirement("ISSA-075")
def test_the_current_month_counts_up_to_this_moment(embedded: Detail) -> None:
    line = embedded.line()
    embedded.record(line, embedded.now - timedelta(seconds=1), charge_units=10_000, zone=Zone.ON_NET)
    embedded.record(line, embedded.now, charge_units=20_000, zone=Zone.ON_NET)
    found = bill(embedded, embedded.actor(line))
    assert (found.total.minor, found.until, found.period.current) == (1, embedded.now, True)


def test_what_came_to_the_account_is_neither_an_opening_nor_a_fee_given_back(embedded: Detail) -> None:
    line = embedded.line()
    profile = embedded.profile

    def moved(kind: str, minor: int, key: str) -> None:
        money = Money(minor, profile.currency, profile.currency_scale)
        with embedded.db.transaction() as session:
            legs = [Leg(("cash_in", "terminal"), ("subscriber", line.account_id), money, "top_up")]
            post(session, System("test"), kind=kind, key=key, legs=legs, now=embedded.now, may_overdraw=True)

    moved("top_up", 2_000, "a")
    moved("reversal", 300, "b")
    assert bill(embedded, embedded.actor(line)).received.minor == 2_000
    assert bill(embedded, embedded.actor(line), OCTOBER).received.minor == 0


class TestOrdered:
    """Where a report of the current month is ordered, once a day at most."""

    @pytest.fixture
    def profile(self) -> Profile:
        return operators.profile("ihelper")

    @pytest.mark.requirement("IH-015", "IH-016", "IH-017")
    def test_it_is_made_once_a_day_and_stays_as_it_was(self, embedded: Detail) -> None:
        line = embedded.line()
        actor = embedded.actor(line, proven=False)
        with pytest.raises(monthly.NotOrdered):
            bill(embedded, actor)
        assert bill(embedded, actor, OCTOBER).total.minor == 0, "past months are not ordered"
        embedded.record(line, embedded.now - timedelta(hours=1), charge_units=10_000, zone=Zone.ON_NET)
        wiring.do_now(monthly.order, actor, now=embedded.now)
        later = embedded.now + timedelta(hours=23)
        embedded.record(line, embedded.now + timedelta(hours=1), charge_units=50_000, zone=Zone.ON_NET)
        found = bill(embedded, actor, now=later)
        assert (found.total.minor, found.until) == (1, embedded.now)
        assert found.order_from == embedded.now + timedelta(days=1)
        with pytest.raises(monthly.OrderedLately) as refused:
            wiring.do_now(monthly.order, actor, now=later)
        assert refused.value.params["again"] == embedded.now + timedelta(days=1)
        wiring.do_now(monthly.order, actor, now=embedded.now + timedelta(days=1))
        assert bill(embedded, actor, now=embedded.now + timedelta(days=1)).total.minor == 6


def lines(detail: Detail, actor: Subscriber, category: str, month: str = OCTOBER, **named: Any) -> list[CallRecord]:
    found: list[CallRecord] = []
    after = ""
    while True:
        page = detail.ask(charge_lines.page, actor, month=month, category=category, after=after, **named)
        found += page.items
        if page.next is None:
            return found
        assert len(page.items) == detail.profile.call_detail.page_size
        after = page.next


def test_each_record_that_cost_anything_stands_behind_its_kind_once(detail: Detail) -> None:
    line = detail.line()
    rows = [
        {"started_at": MIDDLE + timedelta(minutes=n // 3), "zone": Zone.ON_NET, "charge_units": 10_000 * (n % 4)}
        for n in range(160)
    ]
    detail.records(line, rows)
    detail.record(line, MIDDLE, zone=Zone.FIXED, charge_units=30_000)
    detail.record(detail.line(), MIDDLE, zone=Zone.ON_NET, charge_units=30_000)
    actor = detail.actor(line)
    found = lines(detail, actor, "outgoing_own_network")
    assert len(found) == len({(record.at, record.key) for record in found}) == 120
    assert found == sorted(found, key=lambda record: (record.at, record.key), reverse=True)
    own = bill(detail, actor, OCTOBER).kind("outgoing_own_network")
    assert own is not None
    assert sum(record.charge_units for record in found) == own.amount.minor * 10_000
    assert len(lines(detail, actor, "outgoing_fixed")) == 1
    assert lines(detail, actor, "plan_fee") == []


@pytest.mark.requirement("ISSA-043")
def test_single_records_are_shown_to_who_has_proved_alone(embedded: Detail) -> None:
    line = embedded.line()
    embedded.record(line, MIDDLE, zone=Zone.ON_NET, charge_units=10_000)
    with pytest.raises(ProofNeeded):
        lines(embedded, embedded.actor(line, proven=False), "outgoing_own_network")
    with pytest.raises(ProofNeeded):
        lines(embedded, embedded.actor(embedded.line(kind="modem"), method="sms"), "outgoing_own_network")


@pytest.mark.requirement("ISSA-073")
def test_single_records_of_the_current_month_end_with_yesterday(embedded: Detail) -> None:
    line = embedded.line()
    embedded.record(line, embedded.now - timedelta(minutes=1), zone=Zone.ON_NET, charge_units=10_000)
    embedded.record(line, embedded.now - timedelta(days=1), zone=Zone.ON_NET, charge_units=20_000)
    found = lines(embedded, embedded.actor(line), "outgoing_own_network", "2026-11")
    assert [record.charge_units for record in found] == [20_000]


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ({"category": "plan_fees"}, charge_lines.NoSuchKind),
        ({"category": ""}, charge_lines.NoSuchKind),
        ({"month": "2020-01"}, NoSuchPeriod),
        ({"after": "x"}, NoSuchPage),
        ({"after": f"1.{2**63}"}, NoSuchPage),
    ],
)
def test_what_is_made_up_is_not_found(embedded: Detail, named: dict[str, Any], fault: type[Exception]) -> None:
    asked: dict[str, Any] = {"month": OCTOBER, "category": "outgoing_own_network"} | named
    with pytest.raises(fault):
        embedded.ask(charge_lines.page, embedded.actor(embedded.line()), **asked)


def test_anothers_fee_is_not_found(embedded: Detail) -> None:
    line = embedded.line()
    fee(embedded, line, "plan", 1_990)
    (kept,) = embedded.ask(fees.read, embedded.actor(line), first=date(2026, 10, 1), until=date(2026, 11, 1))
    with embedded.db.snapshot() as session:
        assert fees.receipt(session, embedded.actor(line), charge_id=kept.id) == kept
        with pytest.raises(fees.NoSuchCharge):
            fees.receipt(session, embedded.actor(embedded.line()), charge_id=kept.id)
