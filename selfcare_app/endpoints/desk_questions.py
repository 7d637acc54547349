"""The desk's queue of questions about charges, and one question with its receipt, over plain HTTP."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import desk_look, staff
from selfcare_app.care.charge_question import answer
from selfcare_app.care.charge_question.ask import NotOffered
from selfcare_app.endpoints import desk_questions_view, desk_view
from selfcare_app.endpoints.desk_door import DESK, at_desk, id_of, page, see, staff_of, words_of
from selfcare_app.endpoints.posted import Posted
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault

QUESTIONS = f"{DESK}/questions"
_ACTS = {"reply": answer.reply, "correct": answer.ask_correction}
_LONGEST_NO = 12


async def questions(request: Request) -> Response:
    """GET /desk/questions: what is open, for whoever has that duty."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    return await _questions(request, actor, done=request.query_params.get("done", ""))


async def question(request: Request) -> Response:
    """GET /desk/questions/{look}/{no}: a question that was opened, with the receipt of its charge."""
    actor = await staff_of(request)
    if actor is None:
        return see(DESK)
    try:
        return await _question(request, actor, request.path_params["look"], request.path_params["no"])
    except Fault as fault:
        return await _questions(request, actor, fault=fault)


async def _on_questions(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    return await _questions(request, actor, fault=fault)


async def _on_question(request: Request, actor: Staff, post: Posted, fault: Fault) -> Response:
    if isinstance(fault, answer.NotOpen | desk_look.LookOver | staff.NotYourDuty | NotOffered):
        return await _questions(request, actor, fault=fault)
    try:
        return await _question(request, actor, post["look"], post["no"], fault=fault, typed=post["answer"])
    except Fault as gone:
        return await _questions(request, actor, fault=gone)


@at_desk("question", shown=_on_questions)
async def look(post: Posted, actor: Staff) -> Response:
    """POST /desk/questions: opens one, which its subscriber will read in his journal."""
    asked = id_of(post["question"], answer.NotOpen())
    found = await wiring.ask(answer.queue, actor, now=post.now)
    no = next((each.no for each in found if each.id == asked), None)
    if no is None:
        raise answer.NotOpen()
    await wiring.do(desk_look.count_look, actor, now=post.now)
    look_id = await wiring.do(answer.look, actor, question_id=asked, now=post.now)
    return see(f"{QUESTIONS}/{look_id}/{no}")


@at_desk("look", "no", "answer", "act", shown=_on_question)
async def act(post: Posted, actor: Staff) -> Response:
    """POST /desk/questions/answer: answers a question, or asks a second employee to correct the charge."""
    use_case = _ACTS.get(post["act"])
    if use_case is None:
        raise answer.NotOpen()
    look_id = id_of(post["look"], desk_look.LookOver())
    await wiring.do(use_case, actor, look_id=look_id, no=_no(post["no"]), words=post["answer"], now=post.now)
    return see(f"{QUESTIONS}?done={post['act']}")


async def _questions(request: Request, actor: Staff, *, fault: Fault | None = None, done: str = "") -> Response:
    try:
        found = await wiring.ask(answer.queue, actor, now=clock.now())
    except (staff.NotYourDuty, NotOffered) as refused:
        return page(desk_view.search(words_of(request), actor, refused), 403)
    told = done if done in _ACTS else ""
    shown = desk_questions_view.questions(words_of(request), actor, found, fault, done=told)
    return page(shown, 409 if fault else 200)


async def _question(
    request: Request, actor: Staff, look: str, no: str, *, fault: Fault | None = None, typed: str = ""
) -> Response:
    look_id = id_of(look, desk_look.LookOver())
    found = await wiring.ask(answer.show, actor, look_id=look_id, no=_no(no), now=clock.now())
    shown = desk_questions_view.question(words_of(request), actor, found, look, fault, typed=typed)
    return page(shown, 409 if fault else 200)


def _no(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NO):
        raise answer.NotOpen()
    return int(text)


ROUTES = [
    Route("/desk/questions", questions, methods=["GET"]),
    Route("/desk/questions", look, methods=["POST"]),
    Route("/desk/questions/answer", act, methods=["POST"]),
    Route("/desk/questions/{look}/{no}", question, methods=["GET"]),
]
