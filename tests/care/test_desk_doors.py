"""The desk's doors to questions: who is let in, what a made-up form comes to, and the whole way of an answer."""

from collections.abc import AsyncIterator
from itertools import count

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app.access.desk_tables import StaffLook
from selfcare_app.access.staff import Duty
from selfcare_app.care.charge_question import ask
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.endpoints import desk_questions, desk_second
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.ids import new_id
from tests.care.conftest import ANSWER, Counter

pytestmark = pytest.mark.requirement("ISSA-111")

NAMES = cookie.names(secure=False)
_hosts = count(1)
"""Posts are counted by address."""

QUESTIONS, WRITE = "/desk/questions", "/desk/questions/answer"


@pytest.fixture
async def client(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(clock, "now", lambda: counter.detail.now)
    app = Starlette(routes=[*desk_questions.ROUTES, *desk_second.ROUTES])
    transport = httpx.ASGITransport(app, client=(f"198.51.100.{next(_hosts)}", 40_000))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers) as made:
        yield made


def enter(client: httpx.AsyncClient, counter: Counter, login: str, *duties: Duty) -> None:
    """The employee is in; his cookie is what his session is known by."""
    counter.clerk(login, *duties)
    client.cookies.set(NAMES.desk, login)


async def opened(client: httpx.AsyncClient, question_id: object) -> str:
    answer = await client.post(QUESTIONS, data={"question": str(question_id)})
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.mark.security("S-02", "asvs_8_4_2")
async def test_nobody_without_the_desks_cookie_comes_in(counter: Counter, client: httpx.AsyncClient) -> None:
    made = counter.asked(counter.record())
    path = f"{QUESTIONS}/{new_id()}/{made.no}"
    for name in ("", NAMES.session):
        client.cookies.clear()
        if name:
            client.cookies.set(name, "somebody")
        found = [
            await client.get(QUESTIONS),
            await client.get(path),
            await client.post(QUESTIONS, data={"question": str(made.id)}),
        ]
        found.append(
            await client.post(WRITE, data={"look": str(new_id()), "no": str(made.no), "answer": "x", "act": "reply"})
        )
        assert [(each.status_code, each.headers["location"]) for each in found] == [(303, "/desk")] * 4
    assert counter.load.rows(StaffLook) == []


@pytest.mark.security("asvs_8_2_1", "T16")
async def test_without_the_duty_there_is_no_queue_and_no_entry_in_the_menu(
    counter: Counter, client: httpx.AsyncClient
) -> None:
    made = counter.asked(counter.record())
    enter(client, counter, "petr", Duty.CONFIRM, Duty.REFUNDS)
    for answer in (await client.get(QUESTIONS), await client.post(QUESTIONS, data={"question": str(made.id)})):
        assert answer.status_code == 403
        assert "не входит в ваши обязанности" in answer.text
        assert str(made.no) not in answer.text
    assert QUESTIONS not in (await client.get("/desk/requests")).text
    assert counter.load.rows(StaffLook) == []


@pytest.mark.security("T16", "asvs_2_2_1")
async def test_from_the_queue_to_the_answer(counter: Counter, client: httpx.AsyncClient) -> None:
    made = counter.asked(counter.record())
    enter(client, counter, "olga", Duty.QUESTIONS)
    queue = (await client.get(QUESTIONS)).text
    assert str(made.no) in queue
    assert str(counter.line().msisdn) not in queue
    path = await opened(client, made.id)
    look, no = path.split("/")[-2:]
    assert no == str(made.no)
    form = {"look": look, "no": no, "act": "reply"}
    empty = await client.post(WRITE, data=form | {"answer": "  "})
    assert (empty.status_code, "Напишите, что вас смутило." in empty.text) == (409, True)
    kept = await client.post(WRITE, data=form | {"act": "correct", "answer": "Проверяю <b>"})
    assert (kept.status_code, "исправлять нечего" in kept.text, "Проверяю &lt;b&gt;" in kept.text) == (409, True, True)
    done = await client.post(WRITE, data=form | {"answer": ANSWER})
    assert (done.status_code, done.headers["location"]) == (303, f"{QUESTIONS}?done=reply")
    assert "Ответ отправлен." in (await client.get(done.headers["location"])).text
    assert counter.see(ask.mine, counter.subscriber())[0].answer == ANSWER
    again = await client.post(WRITE, data=form | {"answer": "ещё раз"})
    assert (again.status_code, "уже ответили" in again.text) == (409, True)


@pytest.mark.security("asvs_2_2_1", "S-07")
@pytest.mark.parametrize(
    "change",
    [{"look": "x"}, {"look": str(new_id())}, {"no": "x"}, {"no": "9" * 40}, {"no": "-1"}, {"act": "drop"}, {"act": ""}],
)
async def test_a_made_up_form_answers_nothing(
    counter: Counter, client: httpx.AsyncClient, change: dict[str, str]
) -> None:
    made = counter.asked(counter.record())
    enter(client, counter, "olga", Duty.QUESTIONS)
    look, no = (await opened(client, made.id)).split("/")[-2:]
    answer = await client.post(WRITE, data={"look": look, "no": no, "act": "reply", "answer": ANSWER} | change)
    assert answer.status_code in (404, 409)
    shown = await client.get(f"{QUESTIONS}/{change.get('look', look)}/{change.get('no', no)}")
    assert shown.status_code == (200 if "act" in change else 409)
    assert [row.state for row in counter.load.rows(ChargeQuestion)] == ["open"]


@pytest.mark.security("T16")
async def test_looks_at_questions_are_counted_with_the_others(counter: Counter, client: httpx.AsyncClient) -> None:
    made = counter.asked(counter.record())
    enter(client, counter, "olga", Duty.QUESTIONS)
    desk = counter.detail.profile.desk.model_copy(update={"looks_per_day": 2})
    counter.detail.db.info["profile"] = counter.detail.profile.model_copy(update={"desk": desk})
    for status in (303, 303, 409):
        assert (await client.post(QUESTIONS, data={"question": str(made.id)})).status_code == status
    for wrong in ("x", str(new_id())):
        assert (await client.post(QUESTIONS, data={"question": wrong})).status_code == 409
    assert len(counter.load.rows(StaffLook)) == 2
