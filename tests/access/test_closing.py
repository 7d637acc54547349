"""The cabinet closed and opened: by its subscriber with the handset, by the organisation, by the operator."""

from datetime import date

import pytest

from selfcare_app.access import closing, sign_in, standing
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import WebSession
from selfcare_app.access.views import Attempt
from selfcare_app.i18n.speak import Speaker
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Handset, Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Account, Client, Line, Sim
from tests.access.door import SIM, Door, other
from tests.access.gateway import Gateway

CODE = "*141*3*6#"


def state(door: Door, line: Line) -> str:
    access: str = door.row(Line, line.id).access
    return access


@pytest.fixture
def staff() -> Staff:
    return Staff(new_id(), new_id(), "ivanova")


@pytest.mark.requirement("ISSA-025")
@pytest.mark.security("asvs_7_4_2")
async def test_one_closes_the_own_cabinet_and_opens_it_by_puk1(gateway: Gateway, door: Door) -> None:
    line = door.line()
    living = door.world.session(line)
    assert (await gateway.ussd(line, CODE)).startswith("CON Закрыть доступ в ИССА?")
    assert state(door, line) == "open"
    assert (await gateway.ussd(line, CODE, "1")).startswith("END Доступ в ИССА закрыт")
    assert state(door, line) == "closed_by_subscriber"
    assert door.row(WebSession, living.session_id).end_reason == "closed"
    assert isinstance(door.knock(line.msisdn or "", right=True).fault, standing.AccessClosed)
    assert (await gateway.ussd(line, CODE, dialog="d2")).startswith("CON Доступ в ИССА закрыт. Чтобы открыть")
    assert (await gateway.ussd(line, CODE, "8461 3957", dialog="d2")) == "END Доступ в ИССА открыт."
    assert state(door, line) == "open"
    assert door.knock(line.msisdn or "", right=True).admitted
    assert [key for key, _ in door.messages(line.msisdn or "")][:2] == ["alarm.access_closed", "alarm.access_opened"]
    assert [(e.actor, e.action) for e in door.rows(JournalEntry, line_id=line.id)][:2] == [
        ("handset", "access_closed"),
        ("handset", "access_opened"),
    ]


async def test_a_no_and_another_key_close_nothing(gateway: Gateway, door: Door) -> None:
    line = door.line()
    assert (await gateway.talk(line, CODE, "7")).startswith("CON Закрыть доступ")
    assert (await gateway.ussd(line, CODE, "7", "0")).startswith("END До свидания")
    assert state(door, line) == "open"


@pytest.mark.security("T20")
async def test_a_repeated_turn_neither_closes_twice_nor_opens(gateway: Gateway, door: Door) -> None:
    line = door.line()
    first = await gateway.talk(line, CODE, "1")
    assert await gateway.ussd(line, CODE, "1") == first
    assert len(door.rows(JournalEntry, line_id=line.id)) == 1
    opened = await gateway.talk(line, CODE, SIM["puk1"], dialog="d2")
    door.do(closing.close, Handset(line.id), line_id=line.id, by="subscriber")
    assert await gateway.ussd(line, CODE, SIM["puk1"], dialog="d2") == opened
    assert state(door, line) == "closed_by_subscriber"


@pytest.mark.requirement("ISSA-025")
@pytest.mark.security("T10")
async def test_three_wrong_puk1_a_day_and_no_more(gateway: Gateway, door: Door) -> None:
    line = door.line(access="closed_by_subscriber")
    wrong, typed, replies = other(SIM["puk1"]), [], [await gateway.ussd(line, CODE)]
    for turn in (wrong, wrong[:5], wrong, wrong, SIM["puk1"]):
        typed.append(turn)
        replies.append(await gateway.ussd(line, CODE, *typed))
    assert [reply[:23] for reply in replies[1:5]] == [
        "CON PUK1 не подошёл. Ос",
        "CON В коде 8 цифр. Пров",
        "CON PUK1 не подошёл. Ос",
        "CON PUK1 не подошёл. Ос",
    ]
    assert replies[5].startswith("END На сегодня попытки")
    assert state(door, line) == "closed_by_subscriber"
    door.later(86_400)
    assert (await gateway.talk(line, CODE, SIM["puk1"], dialog="d2")).startswith("END Доступ в ИССА открыт")


@pytest.mark.requirement("ISSA-029", "ISSA-034")
@pytest.mark.parametrize("access", ["closed_by_organisation", "closed_by_operator"])
async def test_what_another_closed_the_subscriber_does_not_open(gateway: Gateway, door: Door, access: str) -> None:
    line = door.line(access=access)
    assert (await gateway.ussd(line, CODE)).startswith("END Доступ в кабинет закрыт")
    reply = await gateway.ussd(line, CODE, SIM["puk1"])
    assert reply.startswith("END Доступ в кабинет закрыт")
    # Nor with a try that was counted while it was the subscriber's own closing.
    sim = door.rows(Sim, line_id=line.id)[0]
    counted = Attempt(None, "puk1", sim.id, 2)
    refusal = door.do(closing.open_own, Handset(line.id), attempt=counted, typed=SIM["puk1"])
    assert isinstance(refusal, standing.AccessClosed)
    assert state(door, line) == access


@pytest.mark.requirement("ISSA-029", "ISSA-030", "ISSA-034")
def test_who_closed_decides_who_opens(door: Door, staff: Staff) -> None:
    line = door.line()
    for by, closed in (("operator", "closed_by_operator"), ("organisation", "closed_by_organisation")):
        door.do(closing.close, staff, line_id=line.id, by=by)
        assert state(door, line) == closed
        if by == "operator":
            with pytest.raises(closing.NotYours):
                door.do(closing.open_, staff, line_id=line.id, by="organisation")
        door.do(closing.open_, staff, line_id=line.id, by="operator")
        assert state(door, line) == "open"
    with pytest.raises(closing.OpenAlready):
        door.do(closing.open_, staff, line_id=line.id, by="operator")


@pytest.mark.requirement("ISSA-034")
def test_a_stronger_hand_closes_anew_and_a_weaker_does_not(door: Door, staff: Staff) -> None:
    line = door.line()
    door.do(closing.close, Handset(line.id), line_id=line.id, by="subscriber")
    door.do(closing.close, staff, line_id=line.id, by="operator")
    assert state(door, line) == "closed_by_operator"
    for by, actor in (("subscriber", Handset(line.id)), ("organisation", staff), ("operator", staff)):
        with pytest.raises(standing.AccessClosed):
            door.do(closing.close, actor, line_id=line.id, by=by)


@pytest.mark.requirement("ISSA-030")
@pytest.mark.security("asvs_8_2_2")
def test_an_organisation_reaches_its_own_lines_and_no_others(door: Door) -> None:
    chief = door.line()
    mine, foreign = door.line(), door.line()
    with door.wires.db.transaction() as session:
        session.get_one(Client, session.get_one(Account, chief.account_id).client_id).kind = "organisation"
        session.get_one(Line, mine.id).account_id = chief.account_id
    actor = door.world.session(chief)
    door.do(closing.close, actor, line_id=mine.id, by="organisation")
    assert state(door, mine) == "closed_by_organisation"
    door.do(closing.open_, actor, line_id=mine.id, by="organisation")
    for line, by in ((foreign, "organisation"), (chief, "organisation"), (mine, "operator"), (mine, "subscriber")):
        with pytest.raises(closing.NoSuchLine):
            door.do(closing.close, actor, line_id=line.id, by=by)
    person = door.world.session(mine)
    assert door.row(Line, mine.id).activated_on == date(2020, 3, 1)
    with pytest.raises(closing.NoSuchLine):
        door.do(closing.close, door.world.session(foreign), line_id=person.line_id, by="organisation")


@pytest.mark.requirement("ISSA-029", "ISSA-034")
def test_the_answer_at_sign_in_says_who_closed_it_and_only_to_who_knows_the_password(door: Door) -> None:
    line = door.line(access="closed_by_organisation")
    wrong = door.knock(line.msisdn or "", right=False)
    assert isinstance(wrong.fault, sign_in.WrongPassword)
    door.later(60)
    right = door.knock(line.msisdn or "", right=True)
    assert right.fault is not None
    said = Speaker("ru", door.wires.profile).text(right.fault.key, **right.fault.params)
    assert said.startswith("Доступ в кабинет закрыт по заявлению организации")


@pytest.mark.requirement("ISSA-033", "ISSA-034")
def test_a_living_session_of_a_closed_cabinet_is_none(door: Door, staff: Staff) -> None:
    line = door.line()
    with door.wires.db.transaction() as session:
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )
    assert door.ask(web_session.resume, token=entered.token)
    door.do(closing.close, staff, line_id=line.id, by="operator")
    assert door.ask(web_session.resume, token=entered.token) is None
