"""Drafts live with their session; orders are found, listed and ended by their own line alone."""

from datetime import timedelta
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.access import session as web_session
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.orders import draft, order
from selfcare_app.orders.draft import DraftClosed, NoDraft, NotAnswered
from selfcare_app.orders.journey import StepNotYet
from selfcare_app.orders.order import NoOrder, OpenOrder, TooLate
from selfcare_app.orders.rules import OrderState
from tests.orders.test_journey import PAUSE
from tests.world import World

WORKER = System("test")


pytestmark = pytest.mark.usefixtures("wires")


def begun(world: World, actor: Subscriber) -> UUID:
    return wiring.do_now(draft.begin, actor, kind="pause", answers={}, now=world.now).id


def answered(world: World, actor: Subscriber, draft_id: UUID, slug: str, **typed: str) -> draft.DraftView:
    return wiring.do_now(draft.answer, actor, journey=PAUSE, draft_id=draft_id, slug=slug, typed=typed, now=world.now)


def placed(world: World, actor: Subscriber, *, kind: str = "pause", minutes: int = 0) -> order.OrderView:
    return wiring.do_now(
        order.place,
        actor,
        order_id=new_id(),
        kind=kind,
        params={"days": 3},
        price=Money(150, "BYN"),
        due_at=world.now + timedelta(minutes=minutes),
        now=world.now,
    )


@pytest.mark.security("S-18")
def test_answers_are_kept_step_by_step(world: World) -> None:
    actor = world.subscriber()
    one = begun(world, actor)
    with pytest.raises(StepNotYet):
        answered(world, actor, one, "until", day="2026-12-01")
    assert answered(world, actor, one, "reason", reason="other", is_admin="1").answers == {
        "reason": {"reason": "other"}
    }
    answered(world, actor, one, "words", words="a baby")
    full = answered(world, actor, one, "until", day="2026-12-01")
    assert full.answers["until"] == {"day": "2026-12-01", "remind": ""}
    back = answered(world, actor, one, "reason", reason="travel")
    assert set(back.answers) == {"reason", "until"}
    assert wiring.ask_now(draft.read, actor, draft_id=one) == back


def test_every_wrong_field_is_named(world: World) -> None:
    actor = world.subscriber()
    one = begun(world, actor)
    with pytest.raises(NotAnswered) as refused:
        answered(world, actor, one, "reason", reason="")
    assert {name: fault.code for name, fault in refused.value.faults.items()} == {"reason": "orders.missing"}
    assert wiring.ask_now(draft.read, actor, draft_id=one).answers == {}


@pytest.mark.security("S-06")
@pytest.mark.requirement("ISSA-024")
def test_a_draft_belongs_to_its_session_and_is_void_when_that_ends(world: World) -> None:
    line = world.line()
    actor, other_tab, stranger = world.session(line), world.session(line), world.subscriber()
    one, other = begun(world, actor), begun(world, other_tab)
    for foreign in (other_tab, stranger):
        with pytest.raises(NoDraft):
            wiring.ask_now(draft.read, foreign, draft_id=one)
        with pytest.raises(NoDraft):
            answered(world, foreign, one, "reason", reason="travel")
    wiring.do_now(web_session.end, actor, session_id=actor.session_id, reason="signed_out", now=world.now)
    with pytest.raises(NoDraft):
        wiring.ask_now(draft.read, actor, draft_id=one)
    assert wiring.ask_now(draft.unfinished, actor, kind="pause") == ()
    assert [each.id for each in wiring.ask_now(draft.unfinished, other_tab, kind="pause")] == [other]


def test_a_draft_of_another_kind_or_one_that_is_done_takes_no_answers(world: World) -> None:
    actor = world.subscriber()
    strange = wiring.do_now(draft.begin, actor, kind="block", answers={}, now=world.now).id
    with pytest.raises(DraftClosed):
        answered(world, actor, strange, "reason", reason="travel")
    one = begun(world, actor)
    with world.db.transaction() as session:
        draft.row(session, actor, draft_id=one).state = "done"
    with pytest.raises(DraftClosed):
        answered(world, actor, one, "reason", reason="travel")


@pytest.mark.security("S-06")
def test_an_order_is_its_lines_alone(world: World) -> None:
    line = world.line()
    actor, later, stranger = world.session(line), world.session(line), world.subscriber()
    one = placed(world, actor)
    assert wiring.ask_now(order.own, later, order_id=one.id) == one
    for wrong, who in ((one.id, stranger), (new_id(), actor)):
        with pytest.raises(NoOrder):
            wiring.ask_now(order.own, who, order_id=wrong)
    assert wiring.ask_now(order.list_own, stranger).items == ()


def test_one_order_of_a_kind_waits_at_a_time(world: World) -> None:
    actor = world.subscriber()
    one = placed(world, actor)
    with pytest.raises(OpenOrder) as refused:
        placed(world, actor)
    assert refused.value.params == {"no": one.no}
    placed(world, actor, kind="block")
    wiring.do_now(order.withdraw, actor, order_id=one.id, kind="pause", now=world.now)
    assert placed(world, actor).no != one.no


def test_the_list_is_paged_the_newest_first(world: World) -> None:
    actor = world.subscriber()
    ids = [placed(world, actor, kind=f"kind{at}").id for at in range(45)]
    pages = [wiring.ask_now(order.list_own, actor)]
    while pages[-1].next:
        pages.append(wiring.ask_now(order.list_own, actor, cursor=pages[-1].next))
    assert [len(page.items) for page in pages] == [20, 20, 5]
    assert [each.id for page in pages for each in page.items] == sorted(ids, reverse=True)


def test_what_is_due_is_found_and_ended_once(world: World) -> None:
    actor = world.subscriber()
    now, soon, ended = placed(world, actor), placed(world, actor, kind="b", minutes=1), placed(world, actor, kind="c")
    wiring.do_now(order.withdraw, actor, order_id=ended.id, kind="c", now=world.now)
    due = wiring.ask_now(order.due, WORKER, limit=10, now=world.now)
    assert [(each.id, each.kind) for each in due] == [(now.id, "pause")]

    def finish(state: OrderState) -> bool:
        with world.db.transaction() as session:
            return order.finish(session, order_id=now.id, state=state, now=world.now)

    assert [finish(OrderState.DONE), finish(OrderState.FAILED)] == [True, False]
    assert wiring.ask_now(order.own, actor, order_id=now.id).state == OrderState.DONE
    with pytest.raises(TooLate):
        wiring.do_now(order.withdraw, actor, order_id=now.id, kind="pause", now=world.now)
    with pytest.raises(NoOrder):
        wiring.do_now(order.withdraw, actor, order_id=soon.id, kind="pause", now=world.now)
    assert wiring.ask_now(order.carried_out_at, actor.line_id, kind="pause") == [world.now]
