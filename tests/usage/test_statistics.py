"""Internet statistics of a day: exact, largest first, of one's own line, for who has proved, ten times a day."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, OwnOnly, Proof, ProofNeeded, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import internet_statistics as statistics
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.internet_statistics import DaySpent, DayStatistics, NoSuchDay
from tests.usage.conftest import Detail, utc

DAY = date(2026, 11, 5)
NOON = utc("2026-11-05 12:00")
PARTS = st.lists(
    st.tuples(
        st.sampled_from(["YouTube", "HTTP", "Other", "", " ", "other", "Telegram"]),
        st.sampled_from(["", "a.example", "b.example"]),
        st.integers(0, 2**44),
        st.integers(0, 2**44),
    ),
    max_size=60,
)


def proven(detail: Detail, line: Line, *, method: str = "sms", purpose: str = "internet_statistics") -> Subscriber:
    proof = Proof(purpose, method, detail.now, detail.now + timedelta(days=60))
    return detail.world.session(line, proofs=(proof,))


def data(detail: Detail, line: Line, at: datetime, service: str, came: int, went: int = 0, domain: str = "") -> None:
    octets = {"bytes_in": came, "bytes_out": went}
    detail.record(line, at, kind=Kind.DATA, peer="", service=service, domain=domain, **octets)


def asked(detail: Detail, actor: Subscriber, day: date = DAY, now: datetime | None = None) -> DayStatistics:
    return wiring.do_now(statistics.of_day, actor, day=day, now=now or detail.now)


def left(detail: Detail, actor: Subscriber, now: datetime | None = None) -> int:
    days: statistics.Days = detail.ask(statistics.offer, actor, now=now)
    return days.left


@pytest.mark.requirement("ISSA-085", "ISSA-086", "ISSA-087")
def test_services_are_added_up_and_the_largest_comes_first(detail: Detail) -> None:
    line, other = detail.line(), detail.line()
    data(detail, line, NOON, "Telegram", 100, 50)
    data(detail, line, NOON, "YouTube", 1_000, 10)
    data(detail, line, NOON + timedelta(hours=1), "Telegram", 900, 500)
    data(detail, line, NOON, "", 30)
    data(detail, line, NOON, "Other", 7, 3)
    data(detail, other, NOON, "YouTube", 5_000_000)
    detail.record(line, NOON, kind=Kind.CALL, service="YouTube", bytes_in=9_999_999)
    found = asked(detail, proven(detail, line))
    assert [(each.service, each.bytes_in, each.bytes_out) for each in found.services] == [
        ("Telegram", 1_000, 550),
        ("YouTube", 1_000, 10),
        ("Other", 37, 3),
    ]
    assert (found.bytes_in, found.bytes_out) == (2_037, 563)


@pytest.mark.requirement("ISSA-085")
def test_domain_names_stand_at_http_alone_the_busiest_first(embedded: Detail) -> None:
    line = embedded.line()
    data(embedded, line, NOON, "HTTP", 10, domain="small.example")
    data(embedded, line, NOON, "HTTP", 500, domain="large.example")
    data(embedded, line, NOON, "HTTP", 20)
    data(embedded, line, NOON, "YouTube", 40, domain="video.example")
    found = {each.service: each for each in asked(embedded, proven(embedded, line)).services}
    assert found["HTTP"].domains == ("large.example", "small.example")
    assert found["HTTP"].total == 530
    assert found["YouTube"].domains == ()


@given(parts=PARTS)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_in_adding_up(parts: list[tuple[str, str, int, int]]) -> None:
    rows = statistics.by_service(parts)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for service, _, came, went in parts:
        name = service if service in ("YouTube", "HTTP", "Telegram") else "Other"
        sums[name][0] += came
        sums[name][1] += went
    assert {row.service: [row.bytes_in, row.bytes_out] for row in rows} == sums
    totals = [row.total for row in rows]
    assert totals == sorted(totals, reverse=True)


@pytest.mark.requirement("ISSA-084")
def test_a_day_is_the_operators_own_from_midnight_to_midnight(detail: Detail) -> None:
    line = detail.line()
    for at, service in (
        ("2026-11-04 20:59:59", "before"),
        ("2026-11-04 21:00:00", "first"),
        ("2026-11-05 20:59:59", "last"),
        ("2026-11-05 21:00:00", "after"),
    ):
        data(detail, line, utc(at), service, 1)
    assert {each.service for each in asked(detail, proven(detail, line)).services} == {"first", "last"}


@pytest.mark.requirement("ISSA-084")
def test_six_months_back_and_up_to_yesterday(embedded: Detail) -> None:
    actor = proven(embedded, embedded.line())
    today = embedded.now.astimezone(embedded.profile.zone).date()
    days = embedded.ask(statistics.offer, actor)
    months = (today.year * 12 + today.month - 1) - (days.earliest.year * 12 + days.earliest.month - 1)
    assert (days.earliest.day, months, days.until) == (1, 6, today)
    for inside in (days.earliest, today - timedelta(days=1)):
        assert asked(embedded, actor, inside).services == ()
    for outside in (days.earliest - timedelta(days=1), today, today + timedelta(days=1), date.min, date.max):
        with pytest.raises(NoSuchDay):
            asked(embedded, actor, outside)


def test_a_line_that_began_today_has_no_day_yet(embedded: Detail) -> None:
    today = embedded.now.astimezone(embedded.profile.zone).date()
    actor = proven(embedded, embedded.line(activated_on=today))
    assert embedded.ask(statistics.offer, actor).is_empty
    with pytest.raises(NoSuchDay):
        asked(embedded, actor, today - timedelta(days=1))


@pytest.mark.requirement("ISSA-088")
@pytest.mark.security("S-05")
def test_ten_a_day_and_the_eleventh_says_when_it_goes_on(detail: Detail) -> None:
    line = detail.line()
    actor, other = proven(detail, line), proven(detail, detail.line())
    for n in range(10):
        assert left(detail, actor) == 10 - n
        asked(detail, actor, DAY - timedelta(days=n))
    with pytest.raises(DaySpent) as refused:
        asked(detail, actor, DAY - timedelta(days=10))
    zone = detail.profile.zone
    opens = refused.value.params["opens"].astimezone(zone)
    assert (opens.hour, opens.minute, opens.date()) == (0, 0, detail.now.astimezone(zone).date() + timedelta(days=1))
    assert asked(detail, other).services == (), "another line has its own ten"
    with pytest.raises(DaySpent):
        asked(detail, proven(detail, line), DAY - timedelta(days=11))
    asked(detail, actor, DAY - timedelta(days=10), opens)
    assert left(detail, actor, opens) == 9


@pytest.mark.requirement("ISSA-088")
def test_the_same_day_again_in_one_session_is_no_new_request(embedded: Detail) -> None:
    line = embedded.line()
    actor = proven(embedded, line)
    for _ in range(3):
        asked(embedded, actor)
    assert left(embedded, actor) == 9
    asked(embedded, proven(embedded, line))
    assert left(embedded, actor) == 8, "another session asks anew"
    for n in range(1, 9):
        asked(embedded, actor, DAY - timedelta(days=n))
    asked(embedded, actor)
    with pytest.raises(DaySpent):
        asked(embedded, actor, DAY - timedelta(days=20))


@pytest.mark.requirement("ISSA-088")
@pytest.mark.security("S-05")
def test_exactly_ten_of_fifty_at_once(detail: Detail) -> None:
    line = detail.line()
    actors = [proven(detail, line) for _ in range(50)]
    start = Barrier(10)

    def ask(place: int) -> bool:
        if place < 10:
            start.wait()
        try:
            asked(detail, actors[place], DAY - timedelta(days=place % 25))
        except DaySpent:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(ask, range(50))) == 10
    assert left(detail, actors[0]) == 0


@pytest.mark.requirement("ISSA-088")
def test_a_refusal_costs_nothing(embedded: Detail) -> None:
    line = embedded.line()
    unproven = embedded.world.session(line)
    for actor, day, fault in (
        (unproven, DAY, ProofNeeded),
        (proven(embedded, line, purpose="call_detail"), DAY, ProofNeeded),
        (proven(embedded, line), date(2020, 1, 1), NoSuchDay),
    ):
        with pytest.raises(fault):
            asked(embedded, actor, day)
    assert left(embedded, unproven) == 10


@pytest.mark.requirement("ISSA-043", "ISSA-078")
def test_a_modem_proves_by_puk1_alone(embedded: Detail) -> None:
    line = embedded.line(kind="modem")
    with pytest.raises(ProofNeeded):
        asked(embedded, proven(embedded, line))
    assert asked(embedded, proven(embedded, line, method="puk1")).services == ()


def test_who_works_on_anothers_line_does_not_see_it(embedded: Detail) -> None:
    line, friend = embedded.line(), embedded.line()
    proof = Proof("internet_statistics", "sms", embedded.now, embedded.now + timedelta(days=1))
    acting = Acting(friend.id, "administrator", "manage")
    actor = Subscriber(line.id, new_id(), (proof,), acting=acting)
    with pytest.raises(OwnOnly):
        asked(embedded, actor)


def test_a_look_stands_in_the_journal_once(embedded: Detail) -> None:
    actor = proven(embedded, embedded.line())
    for _ in range(2):
        asked(embedded, actor)
    with embedded.db.snapshot() as session:
        kept = session.exec(select(JournalEntry.line_id).where(JournalEntry.action == "viewed_internet")).all()
    assert kept == [actor.line_id]
