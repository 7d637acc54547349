"""Receipts: from a record to the rule and version that priced it, the arithmetic, and the order behind the plan."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import ProofNeeded, Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money, Rate
from selfcare_app.orders.tables import Order
from selfcare_app.subscribers.tables import Line, LinePlan
from selfcare_app.usage import cleanup
from selfcare_app.usage.rating import correct, receipt
from selfcare_app.usage.rating.rating_tables import RatedUse
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.usage.views_receipt import Drawn, Receipt
from tests.usage.conftest import utc
from tests.usage.rating_load import PRICES, Load

CALL = "R1,L1,2026-11-02T10:00:00Z,call,outgoing,on_net,375291234568,181,{},"


def line_of(load: Load, external_id: str = "L1") -> Line:
    return next(row for row in load.rows(Line) if row.external_id == external_id)


def read(load: Load, place: int = 0, *, actor: Subscriber | None = None) -> Receipt:
    record = load.rows(UsageRecord, "started_at")[place]
    found: Receipt = wiring.ask_now(
        receipt.read,
        actor or load.detail.actor(line_of(load)),
        record_key=record.record_key,
        started_at=record.started_at,
        now=load.detail.now,
    )
    return found


def test_what_was_priced_here_tells_rule_version_and_arithmetic(embedded_load: Load) -> None:
    embedded_load.usage(CALL.format(""))
    found = read(embedded_load)
    assert (found.source, found.charge, found.corrected, found.consent) == ("rated", Money(17, "BYN"), (), None)
    assert found.price is not None
    assert found.arithmetic is not None
    price, sums = found.price, found.arithmetic
    assert (price.code, price.plan, price.plan_name, price.interval) == ("call", "super8", "Супер 8", 60)
    assert (price.rate, price.vat_percent) == (Rate(84_300, "BYN"), embedded_load.detail.profile.charging.vat_percent)
    assert (price.valid_from, price.valid_until) == (utc("2020-01-01 00:00"), utc("2026-11-10 00:00"))
    assert (sums.unit, sums.quantity, sums.billed, sums.free) == (
        "seconds",
        181,
        240,
        (Drawn("minutes", "Минуты", 120),),
    )
    assert (sums.paid, sums.sum, sums.charge, sums.vat) == (2, Rate(168_600, "BYN"), found.charge, Money(3, "BYN"))
    assert (sums.billed - 120) // price.interval * price.rate.units == sums.sum.units


def test_what_the_billing_charged_agrees_with_the_catalogue_or_says_so(load: Load) -> None:
    load.usage(CALL.format("0.1686"), "R2,L1,2026-11-02T11:00:00Z,call,outgoing,on_net,375291234568,60,0.01,")
    agrees, other = read(load), read(load, 1)
    assert (agrees.source, agrees.charge) == ("agrees", Money(17, "BYN"))
    assert agrees.price is not None
    assert agrees.arithmetic is not None
    assert (agrees.price.code, agrees.arithmetic.paid, agrees.arithmetic.free[0].quantity) == ("call", 2, 120)
    assert (other.source, other.charge, other.price, other.arithmetic) == ("operator", Money(1, "BYN"), None, None)


def test_the_order_that_put_the_line_on_its_plan_is_the_consent(embedded_load: Load) -> None:
    line = line_of(embedded_load)
    changed, actor = utc("2026-11-01 00:00"), embedded_load.detail.actor(line)
    with embedded_load.detail.db.transaction() as session:
        session.add(LinePlan(id=new_id(), line_id=line.id, tariff_plan="office", valid_until=changed))
        orders = [_order(line, code, at, state, actor) for code, at, state in (
            ("super8", changed, "done"), ("office", changed + timedelta(days=9), "failed"), ("super8", changed + timedelta(days=9), "done"),
        )]  # fmt: skip
        session.add_all(orders)
        order_id = orders[0].id
    embedded_load.usage(CALL.format(""), "R2,L1,2026-10-31T10:00:00Z,call,outgoing,on_net,375291234568,60,,")
    before, after = read(embedded_load), read(embedded_load, 1)
    assert before.consent is None
    assert before.record.at < changed <= after.record.at
    assert after.consent is not None
    assert (after.consent.order_id, after.consent.channel, after.consent.session_id) == (
        order_id,
        "web",
        actor.session_id,
    )


def _order(line: Line, code: str, at: datetime, state: str, actor: Subscriber) -> Order:
    values: dict[str, Any] = {"due_at": at, "accepted_at": at - timedelta(days=3), "finished_at": at, "state": state}
    return Order(
        id=new_id(), no=new_id().int % 10**9, line_id=line.id, session_id=actor.session_id, actor=actor.name,
        kind="tariff_change", params={"code": code}, currency="BYN", **values,
    )  # fmt: skip


@pytest.mark.requirement("ISSA-077")
def test_a_receipt_names_the_other_side_so_it_needs_the_same_proof(embedded_load: Load) -> None:
    embedded_load.usage(CALL.format(""))
    with pytest.raises(ProofNeeded):
        read(embedded_load, actor=embedded_load.detail.actor(line_of(embedded_load), proven=False))


def test_nobody_reads_the_receipt_of_another_line(embedded_load: Load) -> None:
    embedded_load.usage(CALL.format(""))
    with pytest.raises(receipt.NoSuchRecord):
        read(embedded_load, actor=embedded_load.detail.actor(line_of(embedded_load, "L2"), method="puk1"))


def test_a_correction_gives_back_and_charges_anew_and_keeps_the_old_receipt(load: Load) -> None:
    load.usage(CALL.format(""), "R2,L1,2026-11-03T10:00:00Z,sms,outgoing,on_net,375291234568,0,,")
    assert load.spent() == 18
    # A late record was priced after others, and a price turns out to have been wrong from the 2nd on.
    load.usage("R0,L1,2026-11-01T10:00:00Z,call,outgoing,on_net,375291234568,60,,")
    assert load.spent() == 18 + 8
    header = PRICES.splitlines()[0]
    load.tables(prices=f"{header}\nsuper8,call,2,call,outgoing,any,no,,,,60,0.05,minutes,2026-11-02T00:00:00Z\n")
    line = line_of(load)
    done = fix(load, line)
    # R0 is first now and takes a minute of the package, R1 the other; three minutes of R1 cost 5 kopecks each.
    assert (done.records, done.before, done.after) == (2, Money(26, "BYN"), Money(16, "BYN"))
    assert load.charges() == [0, 150_000, 5_000]
    assert load.spent() == 16
    found = read(load, 1)
    assert (found.charge, found.corrected) == (Money(15, "BYN"), (Rate(168_600, "BYN"),))
    assert fix(load, line).records == 0
    assert load.spent() == 16
    assert load.usage(CALL.format("")).counts["usage"] == (0, 0, 1, 0)
    assert load.spent() == 16


def test_after_a_correction_usage_goes_on_from_the_new_sums(embedded_load: Load) -> None:
    embedded_load.usage(CALL.format(""))
    header = PRICES.splitlines()[0]
    embedded_load.tables(
        prices=f"{header}\nsuper8,call,2,call,outgoing,any,no,,,,60,0.0005,minutes,2026-11-02T00:00:00Z\n"
    )
    fix(embedded_load, line_of(embedded_load))
    assert embedded_load.spent() == 0
    embedded_load.usage(
        *(f"N{n},L1,2026-11-0{n}T11:00:00Z,call,outgoing,on_net,375291234568,60,," for n in range(3, 7))
    )
    # Six minutes at a twentieth of a kopeck.
    assert (sum(embedded_load.charges()), embedded_load.spent()) == (3_000, 0)
    embedded_load.usage(
        *(f"M{n},L1,2026-11-08T11:{n}:00Z,call,outgoing,on_net,375291234568,60,," for n in range(10, 14))
    )
    assert (sum(embedded_load.charges()), embedded_load.spent()) == (5_000, 1)


def fix(load: Load, line: Line) -> correct.Corrected:
    found: correct.Corrected = wiring.do_now(
        correct.correct, System(job="correction"), line_id=line.id, month=load.detail.now.date(), now=load.detail.now
    )
    return found


def test_a_receipt_is_kept_as_long_as_its_record(embedded_load: Load) -> None:
    embedded_load.usage(CALL.format(""), "R0,L1,2026-02-02T10:00:00Z,call,outgoing,on_net,375291234568,60,,")
    spent = embedded_load.spent()
    wiring.do_now(cleanup.purge, System(job="cleanup"), after_no=-1, now=embedded_load.detail.now)
    left = [row.started_at for row in embedded_load.rows(RatedUse)]
    assert left == [row.started_at for row in embedded_load.rows(UsageRecord)] == [utc("2026-11-02 10:00")]
    assert embedded_load.spent() == spent
