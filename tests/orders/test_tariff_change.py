"""Going over to another plan: what is offered, what it costs, when it holds, how often it may be done."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.catalogue import plan
from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.operators.schema.proof import ProofRule
from selfcare_app.operators.schema.vocabulary import Method, Scope
from selfcare_app.orders import agreement, change, order, tariff
from selfcare_app.orders.change_views import Terms
from selfcare_app.orders.rules import OrderState
from tests.numbers.conftest import fault_of
from tests.orders.conftest import Counter

KIND = tariff.KIND


def reviewed(counter: Counter, actor: Subscriber, code: str) -> Terms:
    draft = wiring.do_now(change.begin, actor, kind=KIND, subject=code, now=counter.now)
    return wiring.ask_now(change.review, actor, draft_id=draft.id, now=counter.now)


def agreed(counter: Counter, actor: Subscriber) -> Subscriber:
    wiring.do_now(agreement.accept, actor, agreed=True, now=counter.now)
    return actor


@pytest.fixture
def shop(counter: Counter) -> Counter:
    counter.plan("light", 790, switch_fee_minor=200)
    counter.plan("comfort", 2_190)
    counter.plan("hello", 0, open_for_change=False)
    counter.plan("business", 2_990, settlement="postpaid")
    counter.plan("modem", 2_490, plan_class="internet")
    return counter


@pytest.mark.requirement("ISSA-089", "ADM-025", "AS-053", "IH-027", "IH-028")
def test_the_plans_open_to_the_line_are_offered_the_cheapest_first(shop: Counter) -> None:
    found = wiring.ask_now(tariff.offer, shop.customer("hello", money=100), now=shop.now)
    assert [each.code for each in found.plans] == ["light", "comfort"]
    assert found.current is not None and found.current.code == "hello"
    assert found.no_return
    assert (found.effect, found.due_at) == ("next_day", shop.at(2026, 11, 19))
    own = wiring.ask_now(tariff.offer, shop.customer("light", money=100), now=shop.now)
    assert [each.code for each in own.plans] == ["comfort"] and not own.no_return
    office = wiring.ask_now(tariff.offer, shop.customer("light", settlement="postpaid"), now=shop.now)
    assert [each.code for each in office.plans] == ["business"]


@pytest.mark.requirement("ISSA-089", "AS-054", "ISSA-037", "IH-027")
def test_the_check_says_what_is_charged_and_the_worker_charges_exactly_that(shop: Counter) -> None:
    actor = shop.customer("comfort", money=5_000)
    shop.work(shop.now)
    terms = reviewed(shop, actor, "light")
    # From 19 November: 12 of 30 days of either plan, and the price of the change.
    back, fee = round(2_190 * 12 / 30), round(790 * 12 / 30)
    assert [(part.item, part.amount.minor) for part in terms.parts] == [
        ("switch", 200), ("plan", -back), ("plan", fee),
    ]  # fmt: skip
    assert (terms.total.minor, terms.old_name, terms.name) == (200 - back + fee, "Comfort", "Light")
    assert (terms.fee and terms.fee.minor, terms.old_fee and terms.old_fee.minor) == (790, 2_190)
    placed = wiring.do_now(change.confirm, actor, draft_id=terms.draft_id, digest=terms.digest, now=shop.now)
    assert (placed.state, placed.due_at) == (OrderState.ACCEPTED, shop.at(2026, 11, 19))
    shop.work(shop.at(2026, 11, 18, 23, 59, 59))
    assert (shop.read(actor).tariff_plan, shop.balance(actor)) == ("comfort", 5_000)
    shop.work(shop.at(2026, 11, 19))
    assert (shop.read(actor).tariff_plan, shop.balance(actor)) == ("light", 5_000 - terms.total.minor)
    assert {row.order_id for row in shop.charges(actor)} == {placed.id}
    shop.work(shop.at(2026, 12, 1))
    assert shop.amounts(actor)[-1] == ("plan", "light", date(2026, 12, 1), 790)
    assert shop.messages() == ["accepted_tariff_change", "done_tariff_change"]


def test_a_change_that_was_done_late_holds_from_its_day(shop: Counter) -> None:
    actor = shop.customer("comfort", money=5_000)
    shop.work(shop.now)
    shop.ordered(actor, KIND, "light")
    shop.work(shop.at(2026, 12, 3, 15))
    assert [(item, code, day) for item, code, day, _ in shop.amounts(actor)] == [
        ("plan", "comfort", date(2026, 11, 1)),
        ("plan", "light", date(2026, 11, 1)),
        ("switch", "light", date(2026, 11, 19)),
        ("plan", "light", date(2026, 12, 1)),
    ]
    with shop.db.snapshot() as session:
        at = (shop.at(2026, 11, 18, 23, 59), shop.at(2026, 11, 19))
        assert [plan.code_at(session, actor.line_id, at=each) for each in at] == ["comfort", "light"]


@pytest.mark.requirement("AS-055", "AS-057", "AS-058")
@pytest.mark.parametrize("operator", ["assa"])
def test_from_the_17th_to_the_1st_with_the_agreement_ticked(shop: Counter) -> None:
    actor = shop.customer("comfort", money=5_000)
    shop.work(shop.now)
    assert wiring.ask_now(tariff.offer, actor, now=shop.now).needs_agreement
    assert fault_of(shop.ordered, actor, KIND, "light") == "change.not_agreed"
    assert fault_of(wiring.do_now, agreement.accept, actor, agreed=False, now=shop.now) == "change.not_agreed"
    agreed(shop, actor)
    assert not wiring.ask_now(tariff.offer, actor, now=shop.now).needs_agreement
    placed = shop.ordered(actor, KIND, "light")
    assert (placed.due_at, placed.price.minor) == (shop.at(2026, 12, 1), 200)
    shop.work(shop.at(2026, 12, 1))
    assert shop.amounts(actor) == [
        ("plan", "light", date(2026, 12, 1), 790), ("switch", "light", date(2026, 12, 1), 200),
    ]  # fmt: skip
    assert shop.balance(actor) == 5_000 - 990


@pytest.mark.requirement("AS-056")
@pytest.mark.parametrize("operator", ["assa"])
def test_once_a_month_by_the_calendar(shop: Counter) -> None:
    actor = agreed(shop, shop.customer("comfort", money=9_000))
    shop.work(shop.now)
    first = shop.ordered(actor, KIND, "light")
    assert fault_of(shop.ordered, actor, KIND, "light") == "orders.open_order"
    wiring.do_now(change.withdraw, actor, order_id=first.id, now=shop.now)
    # What was taken back does not count.
    last = shop.at(2026, 11, 30, 23, 59, 58)
    shop.ordered(actor, KIND, "light", now=last)
    shop.work(shop.at(2026, 12, 1))
    with shop.db.transaction() as session:
        line = session.get_one(type(shop.read(actor)), actor.line_id)
        assert tariff.why_not(session, line, shop.at(2026, 12, 1)) is None
        refused = tariff.why_not(session, line, last)
    assert refused is not None and refused.params == {"possible_on": date(2026, 12, 1)}


@pytest.mark.requirement("AS-059")
@pytest.mark.parametrize("operator", ["assa"])
def test_after_the_operator_changed_the_plan_another_one_is_free(shop: Counter) -> None:
    shop.rules(tariff_change={"effect": shop.profile.tariff_change.effect.model_copy(update={"kind": "next_day"})})
    actor = agreed(shop, shop.customer("comfort", money=9_000))
    shop.work(shop.now)
    shop.ordered(actor, KIND, "light")
    day = shop.at(2026, 11, 19, 9)
    shop.work(day)
    assert fault_of(shop.ordered, actor, KIND, "comfort", now=day) == "change.changed_lately"
    shop.plan("light", 990, since=day)
    assert fault_of(shop.ordered, actor, KIND, "comfort", now=day + timedelta(minutes=1)) == ""


@pytest.mark.requirement("ISSA-040", "ISSA-041", "ISSA-042")
def test_what_stands_against_it(shop: Counter) -> None:
    for state in ("paused", "blocked"):
        assert fault_of(shop.ordered, shop.customer("comfort", money=900, state=state), KIND, "light") == (
            "change.line_not_active"
        )
    rich = shop.customer("comfort", money=9_000)
    assert fault_of(shop.ordered, rich, KIND, "comfort") == "change.same_plan"
    assert fault_of(shop.ordered, rich, KIND, "hello") == "change.plan_not_open"
    assert fault_of(shop.ordered, rich, KIND, "business") == "change.plan_not_open"
    assert fault_of(shop.ordered, rich, KIND, "nothing") == "change.not_offered"
    assert fault_of(shop.ordered, rich, "no_such_kind", "light") == "change.not_offered"
    shop.work(shop.now)
    poor = shop.customer("light", money=559)
    terms = reviewed(shop, poor, "comfort")
    assert terms.total.minor == round(2_190 * 12 / 30) - round(790 * 12 / 30) == 560
    assert terms.obstacle is not None and terms.obstacle.code == "change.not_enough_money"
    assert terms.obstacle.params["missing"].minor == 1
    shop.pay(poor, 1)
    assert reviewed(shop, poor, "comfort").obstacle is None


def test_money_that_is_gone_on_the_day_ends_the_order_and_nothing_changes(shop: Counter) -> None:
    actor = shop.customer("light", money=560)
    shop.work(shop.now)
    placed = shop.ordered(actor, KIND, "comfort")
    other = shop.customer("light", money=1)
    with shop.db.transaction() as session:
        session.get_one(type(shop.read(other)), other.line_id).account_id = shop.read(actor).account_id
    # Somebody else on the account spends a little.
    shop.rules(charging={"whole_fee_or_nothing": False})
    shop.service("sms", 10)
    shop.ordered(other, "service_on", "sms")
    shop.work(shop.at(2026, 11, 19))
    assert wiring.ask_now(order.own, actor, order_id=placed.id).failure == "not_enough"
    assert shop.read(actor).tariff_plan == "light"
    assert shop.messages()[-1] == "failed_not_enough"


def test_taken_back_until_its_day_and_not_after(shop: Counter) -> None:
    actor = shop.customer("comfort", money=5_000)
    placed = shop.ordered(actor, KIND, "light")
    other = shop.customer("comfort", money=5_000)
    assert fault_of(wiring.do_now, change.withdraw, other, order_id=placed.id, now=shop.now) == "orders.no_order"
    for _ in range(2):
        back = wiring.do_now(change.withdraw, actor, order_id=placed.id, now=shop.at(2026, 11, 18, 23, 59, 59))
        assert back.state == OrderState.WITHDRAWN
    shop.work(shop.at(2026, 11, 19))
    assert (shop.read(actor).tariff_plan, shop.charges(actor)) == ("comfort", [])
    done = shop.ordered(actor, KIND, "light")
    shop.work(shop.at(2026, 11, 19))
    late = shop.at(2026, 11, 19)
    assert fault_of(wiring.do_now, change.withdraw, actor, order_id=done.id, now=late) == "orders.too_late"


@pytest.mark.requirement("AS-052")
def test_services_that_the_new_plan_does_not_foresee_end_with_it(shop: Counter) -> None:
    shop.service("melody", 300, plans=["comfort"])
    shop.service("news", 100)
    actor = shop.customer("comfort", money=9_000, services=("melody", "news"))
    shop.work(shop.now)
    assert reviewed(shop, actor, "light").ends == ("Melody",)
    shop.ordered(actor, KIND, "light")
    shop.work(shop.at(2026, 12, 1))
    december = [code for _, code, day, _ in shop.amounts(actor) if day == date(2026, 12, 1)]
    assert december == ["light", "news"]


@pytest.mark.security("S-10")
def test_fifty_confirmations_at_once_are_one_order(any_counter: Counter) -> None:
    shop = any_counter
    shop.plan("light", 790, switch_fee_minor=200)
    shop.plan("comfort", 2_190)
    actor = shop.customer("comfort", money=5_000)
    terms = reviewed(shop, actor, "light")
    with ThreadPoolExecutor(50) as crowd:
        ends = [
            crowd.submit(
                wiring.do_now, change.confirm, actor, draft_id=terms.draft_id, digest=terms.digest, now=shop.now
            )
            for _ in range(50)
        ]
        placed = {end.result().id for end in ends}
    assert placed == {terms.draft_id}
    assert len(wiring.ask_now(order.list_own, actor).items) == 1


def test_other_terms_than_those_that_were_seen_are_not_confirmed(shop: Counter) -> None:
    actor = shop.customer("comfort", money=5_000)
    terms = reviewed(shop, actor, "light")
    shop.plan("light", 890, since=shop.now)
    late = shop.now + timedelta(seconds=1)
    confirm = (wiring.do_now, change.confirm, actor)
    assert fault_of(*confirm, draft_id=terms.draft_id, digest=terms.digest, now=late) == "change.terms_changed"


def test_where_the_profile_asks_for_a_code_there_is_no_change_without(shop: Counter) -> None:
    rule = ProofRule(methods=(Method.SMS,), scope=Scope.ONCE, freshness_seconds=300)
    shop.rules(proofs={"tariff_change": rule})
    actor = shop.customer("comfort", money=5_000)
    terms = reviewed(shop, actor, "light")
    assert terms.needs_code
    confirm = {"draft_id": terms.draft_id, "digest": terms.digest, "now": shop.now}
    assert fault_of(wiring.do_now, change.confirm, actor, **confirm) == "kit.proof_needed"
    until = shop.now + timedelta(minutes=5)
    other = replace(actor, proofs=(Proof(KIND, "sms", shop.now, until, "of another"),))
    assert fault_of(wiring.do_now, change.confirm, other, **confirm) == "kit.proof_needed"
    sure = replace(actor, proofs=(Proof(KIND, "sms", shop.now, until, terms.digest),))
    assert wiring.do_now(change.confirm, sure, **confirm).state == OrderState.ACCEPTED
