"""Registration and recovery by PUK1: for lines that it is open to, and telling no more than an SMS does."""

from datetime import timedelta
from types import ModuleType
from typing import Any

import httpx
import pytest

from selfcare_app.access import puk1, puk1_way, recover, register, sim_window, standing
from selfcare_app.access.tables import Credential, WebSession
from selfcare_app.access.views import Browser, Step
from selfcare_app.catalogue.tables import TariffPlan
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.subscribers.tables import Line, LineService, Sim
from tests.access.door import PASSWORD, SIM, Door, other
from tests.access.web import path, query

pytestmark = pytest.mark.usefixtures("cheap_hashes")

WAYS = [pytest.param(register, None, id="register"), pytest.param(recover, PASSWORD, id="recover")]
WRONG = other(SIM["puk1"])


def begin(door: Door, way: ModuleType, number: str | None, actor: Visitor | None = None) -> Step:
    step: Step = door.do(way.begin, actor, number=number, method=Method.PUK1, browser=Browser())
    return step


def plan(door: Door, plan_class: str) -> str:
    code = f"plan-{plan_class}"
    with door.wires.db.transaction() as session:
        since = door.now - timedelta(days=900)
        session.add(TariffPlan(id=new_id(), code=code, name=code, plan_class=plan_class, fee_minor=0, valid_from=since))
    return code


@pytest.mark.requirement("ISSA-005", "ISSA-014", "ISSA-021")
@pytest.mark.parametrize(("name", "secret"), [("register", None), ("recover", PASSWORD)])
async def test_number_puk1_password_and_one_is_inside(
    client: httpx.AsyncClient, door: Door, name: str, secret: str | None
) -> None:
    line = door.line(secret=secret, puk1_registration=True)
    living = door.world.session(line)
    data = {"number": line.msisdn, "method": "puk1", "audience": "mobile"}
    answer = await client.post(f"/session/{name}/number", data=data)
    assert (path(answer), query(answer)) == (f"/{name}/puk1", {"number": line.msisdn})
    assert door.messages(line.msisdn or "") == []
    typed = {"number": line.msisdn, "method": "puk1"}
    answer = await client.post(f"/session/{name}/code", data=typed | {"code": WRONG})
    assert (path(answer), query(answer)["error"], query(answer)["field"]) == (
        f"/{name}/puk1",
        "access.puk1_wrong",
        "code",
    )
    answer = await client.post(f"/session/{name}/code", data=typed | {"code": "8461 3957"})
    assert path(answer) == f"/{name}/password"
    answer = await client.post(f"/session/{name}/password", data={"password": "рябина8", "again": "рябина8"})
    assert path(answer) == "/home"
    if secret:
        assert door.row(WebSession, living.session_id).end_reason == "password"
    told = "registered" if secret is None else "password_changed"
    assert [key for key, _ in door.messages(line.msisdn or "")] == [f"alarm.{told}"]


@pytest.mark.requirement("ISSA-015")
@pytest.mark.parametrize(
    ("plan_class", "flag", "opens"),
    [
        ("voice", False, False),
        ("voice", True, True),
        ("internet", False, True),
        ("video_surveillance", False, True),
        ("satellite_monitoring", False, True),
    ],
)
@pytest.mark.parametrize(("way", "secret"), WAYS)
def test_it_is_open_to_some_plans_and_to_lines_that_asked_for_it(
    door: Door, way: ModuleType, secret: str | None, plan_class: str, flag: bool, opens: bool
) -> None:
    line = door.line(secret=secret, tariff_plan=plan(door, plan_class), puk1_registration=flag)
    step = begin(door, way, line.msisdn)
    assert step.admitted == opens
    if not opens:
        assert isinstance(step.fault, puk1_way.NotForLine)


@pytest.mark.requirement("ISSA-014")
@pytest.mark.parametrize("opens", [True, False])
def test_the_service_that_a_service_centre_connects_opens_it(door: Door, opens: bool) -> None:
    line = door.line(secret=None)
    with door.wires.db.transaction() as session:
        service = LineService(
            id=new_id(),
            external_id="s1",
            line_id=line.id,
            service="registration_by_puk1",
            connected_at=door.now - timedelta(days=2),
            disconnected_at=None if opens else door.now,
        )
        session.add(service)
    assert begin(door, register, line.msisdn).admitted == opens


@pytest.mark.requirement("ISSA-015")
@pytest.mark.parametrize("operator", ["ihelper", "assa"])
@pytest.mark.parametrize(("way", "secret"), WAYS)
def test_an_operator_without_the_way_has_none(door: Door, way: ModuleType, secret: str | None) -> None:
    with pytest.raises(standing.NoSmsWay):
        begin(door, way, door.line(secret=secret, puk1_registration=True).msisdn)


@pytest.mark.security("T10")
def test_three_tries_a_day_and_ten_ever_count_for_the_way_in_too(door: Door) -> None:
    line = door.line(secret=None, puk1_registration=True)
    seen: list[Any] = []
    for _ in range(4):
        step = begin(door, register, line.msisdn)
        seen += [type(door.enter_code("register", step.token, WRONG).fault) for _ in range(4)]
        door.later(86_400)
    assert seen == ([puk1.Wrong] * 3 + [puk1.TriesOver]) * 3 + [puk1.Wrong] + [puk1.Dead] * 2 + [puk1.TriesOver]
    step = begin(door, register, line.msisdn)
    assert isinstance(door.enter_code("register", step.token, SIM["puk1"]).fault, puk1.Dead)


def spend(door: Door, visitor: Visitor) -> None:
    """Uses up what the visitor is told of numbers."""
    for at in range(5):
        begin(door, register, f"3752999999{at:02d}", visitor)


@pytest.mark.security("asvs_6_3_8", "T10")
def test_beyond_the_budget_all_numbers_are_answered_alike(door: Door) -> None:
    open_to = door.line(secret=None, puk1_registration=True)
    registered = door.line(puk1_registration=True)
    closed_to = door.line(secret=None)
    shown = door.line(secret=None, puk1_registration=True)
    with door.wires.db.transaction() as session:
        sim = session.query(Sim).filter(Sim.line_id == shown.id).one()
        puk1.disable(session, sim_id=sim.id, now=door.now)
    spend(door, door.visitor)
    answers = []
    for number in (open_to.msisdn, registered.msisdn, closed_to.msisdn, shown.msisdn, "375299999998"):
        step = begin(door, register, number)
        assert (step.fault, step.admitted) == (None, True)
        tries = [door.enter_code("register", step.token, WRONG).fault for _ in range(4)]
        answers.append([(type(fault), {k: v for k, v in fault.params.items() if fault}) for fault in tries])
    assert answers.count(answers[0]) == len(answers)
    assert [kind for kind, _ in answers[0]] == [puk1.Wrong] * 3 + [puk1.TriesOver]


@pytest.mark.security("asvs_6_3_8")
def test_no_puk1_is_right_for_a_number_that_is_not_let_in(door: Door) -> None:
    spend(door, door.visitor)
    line = door.line(secret=None)
    step = begin(door, register, line.msisdn)
    assert isinstance(door.enter_code("register", step.token, SIM["puk1"]).fault, puk1.Wrong)
    assert door.row(Credential, line.id) is None


@pytest.mark.security("T9")
def test_puk1_that_was_shown_lately_lets_nobody_in(door: Door) -> None:
    line = door.line(puk1_registration=True)
    with door.wires.db.transaction() as session:
        sim = session.query(Sim).filter(Sim.line_id == line.id).one()
        puk1.disable(session, sim_id=sim.id, now=door.now)
    step = begin(door, recover, line.msisdn)
    assert isinstance(door.enter_code("recover", step.token, SIM["puk1"]).fault, puk1.Wrong)
    door.later(72 * 3600)
    step = begin(door, recover, line.msisdn)
    assert door.enter_code("recover", step.token, SIM["puk1"]).fault is None


@pytest.mark.security("T5")
def test_a_card_put_in_anothers_place_sets_no_password_anew_for_a_day(door: Door) -> None:
    line = door.line(puk1_registration=True, sim_changed_at=door.now)
    assert isinstance(begin(door, recover, line.msisdn).fault, sim_window.SimChanged)
    door.later(86_400)
    assert begin(door, recover, line.msisdn).admitted


def test_another_method_begins_anew_and_an_sms_is_not_sent_for_puk1(door: Door) -> None:
    from selfcare_app.access import admission

    line = door.line(secret=None, puk1_registration=True)
    by_puk1 = begin(door, register, line.msisdn)
    with pytest.raises(admission.Over):
        door.do(admission.send_again, purpose="register", admission_token=by_puk1.token)
    by_sms = door.do(register.begin, number=line.msisdn, browser=Browser(admission_token=by_puk1.token))
    assert by_sms.token not in ("", by_puk1.token)
    with pytest.raises(admission.Over):
        door.enter_code("register", by_puk1.token, SIM["puk1"])


@pytest.mark.requirement("ISSA-010", "ISSA-021")
@pytest.mark.parametrize("name", ["register", "recover"])
async def test_who_chooses_the_handset_is_told_what_to_dial(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post(f"/session/{name}/number", data={"number": "", "method": "ussd"})
    assert path(answer) == f"/{name}/dial"


@pytest.mark.requirement("ISSA-002")
@pytest.mark.parametrize(("way", "secret"), WAYS)
def test_a_cabinet_of_the_other_kind_is_told_of_and_not_entered(
    door: Door, way: ModuleType, secret: str | None
) -> None:
    line = door.line(secret=secret, audience="home_office")
    assert isinstance(door.do(way.begin, number=line.msisdn, browser=Browser()).fault, standing.OtherAudience)
    found = door.do(way.begin, number=line.msisdn, audience="home_office", browser=Browser())
    assert found.admitted


@pytest.mark.requirement("ISSA-002")
async def test_accounts_for_mobile_and_for_home_and_office_are_apart(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line(audience="home_office")
    data = {"number": line.msisdn, "password": PASSWORD}
    answer = await client.post("/session/sign-in", data=data | {"audience": "mobile"})
    assert query(answer) == {
        "error": "access.other_audience",
        "field": "audience",
        "number": line.msisdn,
        "audience": "mobile",
    }
    answer = await client.post("/session/sign-in", data=data | {"audience": "home_office"})
    assert path(answer) == "/sign-in/code"
    assert door.row(Line, line.id).audience == "home_office"
