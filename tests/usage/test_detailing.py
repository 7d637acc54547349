"""Pages and sums of call detail: whole, exact, of one's own line, and only for who has proved."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfcare_app.kit.actor import ProofNeeded
from selfcare_app.kit.money import Money
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import address, detailing, statements
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.detailing import NoSuchPage
from selfcare_app.usage.views import CallRecord, Choice
from tests.usage.conftest import Detail, utc

OCTOBER = Choice("2026-10")
MIDDLE = utc("2026-10-15 12:00")
ROWS = st.fixed_dictionaries(
    {
        # Few different moments, so that many records begin at the same one.
        "started_at": st.integers(0, 40).map(lambda n: MIDDLE + timedelta(hours=n)),
        "kind": st.sampled_from([int(kind) for kind in Kind]),
        "direction": st.sampled_from([1, 2]),
        "peer": st.sampled_from(["", "375291112233", "375447654321", "411", "Bank_1"]),
        "duration_seconds": st.integers(0, 7200),
        "bytes_in": st.integers(0, 2**40),
        "bytes_out": st.integers(0, 2**40),
        "charge_units": st.integers(0, 10**9),
    }
)
SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def every(detail: Detail, actor: Any, choice: Choice) -> list[CallRecord]:
    found: list[CallRecord] = []
    after, pages = "", 0
    while True:
        page = detail.ask(detailing.page, actor, choice=choice, after=after)
        pages += 1
        assert [*page.items] == [*detail.ask(detailing.nth_page, actor, choice=choice, number=pages).items]
        found += page.items
        if page.next is None:
            return found
        assert len(page.items) == 50
        after = page.next


@given(rows=st.lists(ROWS, max_size=170), ways=st.sampled_from([(), (Direction.OUTGOING,), (Direction.INCOMING,)]))
@SOME
def test_pages_give_every_record_once_and_sums_are_theirs(
    detail: Detail, rows: list[dict[str, Any]], ways: Any
) -> None:
    line, other = detail.line(), detail.line()
    detail.records(line, rows)
    detail.records(other, rows[:20])
    actor, choice = detail.actor(line), replace(OCTOBER, directions=ways, kinds=(Kind.CALL, Kind.SMS, Kind.DATA))
    expected = [r for r in rows if r["kind"] != Kind.MMS and (not ways or r["direction"] in ways)]
    found = every(detail, actor, choice)
    places = [(record.at, record.key) for record in found]
    assert places == sorted(set(places), reverse=True)
    assert Counter((r.at, r.kind, r.direction, r.peer, r.charge_units) for r in found) == Counter(
        (r["started_at"], r["kind"], r["direction"], r["peer"], r["charge_units"]) for r in expected
    )
    totals = detail.ask(detailing.totals, actor, choice=choice)
    assert totals.all.count == len(expected)
    assert totals.all.duration_seconds == sum(r["duration_seconds"] for r in expected)
    assert totals.all.octets == sum(r["bytes_in"] + r["bytes_out"] for r in expected)
    assert totals.all.charge.minor == (sum(r["charge_units"] for r in expected) + 5_000) // 10_000
    for kind, part in totals.by_kind:
        assert part.count == sum(r["kind"] == kind for r in expected)
        assert part.octets == sum(r["bytes_in"] + r["bytes_out"] for r in expected if r["kind"] == kind)
    zone = detail.profile.zone
    assert {day: part.count for day, part in totals.by_day} == Counter(
        r["started_at"].astimezone(zone).date() for r in expected
    )


@pytest.mark.requirement("ISSA-043", "ISSA-077")
def test_without_fresh_proof_nothing_is_told(detail: Detail) -> None:
    line = detail.line()
    detail.record(line, MIDDLE)
    unproven, proven = detail.actor(line, proven=False), detail.actor(line)
    late = detail.now + timedelta(days=61)
    wrong = replace(proven, proofs=(replace(proven.proofs[0], purpose="number_change"),))
    for actor, now in ((unproven, detail.now), (wrong, detail.now), (proven, late)):
        for use_case in (detailing.page, detailing.totals):
            with pytest.raises(ProofNeeded):
                detail.ask(use_case, actor, choice=OCTOBER, now=now)
        assert not detail.ask(detailing.is_proven, actor, now=now)
    assert detail.ask(detailing.is_proven, proven)
    assert len(detail.ask(detailing.page, proven, choice=OCTOBER).items) == 1


@pytest.mark.requirement("ISSA-078")
@pytest.mark.parametrize("kind", ["tablet", "modem"])
def test_on_a_tablet_or_modem_only_puk1_counts(embedded: Detail, kind: str) -> None:
    line, phone = embedded.line(kind=kind), embedded.line(kind="phone")
    assert not embedded.ask(detailing.is_proven, embedded.actor(line, method="sms"))
    with pytest.raises(ProofNeeded):
        embedded.ask(detailing.page, embedded.actor(line, method="sms"), choice=OCTOBER)
    embedded.ask(detailing.page, embedded.actor(line, method="puk1"), choice=OCTOBER)
    assert not embedded.ask(detailing.is_proven, embedded.actor(phone, method="puk1"))


def test_another_lines_records_are_not_found_even_by_their_place(detail: Detail) -> None:
    mine, other = detail.line(), detail.line()
    detail.records(other, [{"started_at": MIDDLE + timedelta(minutes=n)} for n in range(120)])
    detail.record(mine, MIDDLE)
    foreign = detail.ask(detailing.page, detail.actor(other), choice=OCTOBER)
    assert foreign.next
    stolen = detail.ask(detailing.page, detail.actor(mine), choice=OCTOBER, after=foreign.next)
    assert [record.at for record in stolen.items] == [MIDDLE]


def test_records_stay_with_the_line_when_its_number_changes(detail: Detail) -> None:
    line = detail.line()
    detail.record(line, MIDDLE)
    with detail.db.transaction() as session:
        session.get_one(Line, line.id).msisdn = detail.world.msisdn()
    detail.record(line, MIDDLE + timedelta(days=1))
    assert len(detail.ask(detailing.page, detail.actor(line), choice=OCTOBER).items) == 2


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", {"375291112233", "375447654321", "411", "Bank_1", "Bank%2", ""}),
        ("111", {"375291112233"}),
        ("8 029 111-22-33", {"375291112233"}),
        ("+375 (29) 1112233", {"375291112233"}),
        ("291112233", {"375291112233"}),
        ("029 111", {"375291112233"}),
        ("8 029", {"375291112233"}),
        ("029_11", set()),
        ("29_112233", {"375291112233"}),
        ("44%21", {"375447654321"}),
        ("_11", {"375291112233", "411"}),
        ("41", {"411"}),
        ("bank", {"Bank_1", "Bank%2"}),
        ("k_1", {"Bank_1"}),
        ("bank%", {"Bank%2"}),
        ("%%%", {"375291112233", "375447654321", "411", "Bank_1", "Bank%2", ""}),
        ("' OR 1=1--", set()),
        ("\\", set()),
    ],
)
def test_filter_by_number(detail: Detail, typed: str, found: set[str]) -> None:
    line = detail.line()
    peers = ["375291112233", "375447654321", "411", "Bank_1", "Bank%2", ""]
    detail.records(line, [{"started_at": MIDDLE + timedelta(minutes=n), "peer": peer} for n, peer in enumerate(peers)])
    choice = replace(OCTOBER, number=typed)
    page = detail.ask(detailing.page, detail.actor(line), choice=choice)
    assert {record.peer for record in page.items} == found
    totals = detail.ask(detailing.totals, detail.actor(line), choice=choice)
    assert totals.all.count == len(found)


@pytest.mark.security("asvs_1_2_4", "asvs_1_3_3")
@pytest.mark.parametrize("typed", ["%" * 10_000, "1" * 41, "_" * 41])
def test_a_filter_longer_than_any_number_is_refused(embedded: Detail, typed: str) -> None:
    with pytest.raises(detailing.selection.rules.FilterTooLong):
        embedded.ask(detailing.page, embedded.actor(embedded.line()), choice=replace(OCTOBER, number=typed))


@pytest.mark.parametrize("after", ["x", "1", "1.2.3", "-1.2", "99999999999999999999.1", "1." + "9" * 19, "1.1 OR 1=1"])
def test_a_made_up_place_is_no_page(embedded: Detail, after: str) -> None:
    with pytest.raises(NoSuchPage):
        embedded.ask(detailing.page, embedded.actor(embedded.line()), choice=OCTOBER, after=after)


@pytest.mark.parametrize("number", [-1, 0, 3, 10_000])
def test_a_page_beyond_the_last_is_no_page(detail: Detail, number: int) -> None:
    line = detail.line()
    detail.records(line, [{"started_at": MIDDLE} for _ in range(60)])
    with pytest.raises(NoSuchPage):
        detail.ask(detailing.nth_page, detail.actor(line), choice=OCTOBER, number=number)


@pytest.mark.parametrize("by_number", [False, True])
def test_a_page_is_one_read_of_the_key_and_needs_no_sorting(embedded: Detail, by_number: bool) -> None:
    for statement in (statements.page, statements.forward, statements.place):
        with embedded.db.snapshot() as session:
            text = statement(session, by_number=by_number).text
            nothing = (None,) * text.count("?")
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", nothing).fetchall()
        (step,) = [row[3] for row in plan]
        assert step.startswith("SEARCH usage_record USING PRIMARY KEY (line_no=? AND ")
        assert "(started_at,record_key)" in step


PERIODS = st.dates().map(lambda day: f"{day:%Y-%m}") | st.dates().map(lambda day: f"{day}..{day}")
CHOICES = st.builds(
    Choice,
    PERIODS,
    st.sampled_from([(), (Direction.OUTGOING,), (Direction.INCOMING,)]),
    st.lists(st.sampled_from(list(Kind)), unique=True).map(tuple),
)


@given(CHOICES)
def test_an_address_says_the_whole_choice(choice: Choice) -> None:
    assert address.choice_of(dict(parse_qsl(address.query_of(choice)))) == choice


def test_a_charge_finer_than_a_kopeck_is_rounded_once(detail: Detail) -> None:
    line = detail.line()
    detail.records(line, [{"started_at": MIDDLE, "charge_units": 4_000} for _ in range(5)])
    totals = detail.ask(detailing.totals, detail.actor(line), choice=OCTOBER)
    assert totals.all.charge == Money(2, "BYN")
    page = detail.ask(detailing.page, detail.actor(line), choice=OCTOBER)
    assert {record.charge("BYN", 2) for record in page.items} == {Money(0, "BYN")}
