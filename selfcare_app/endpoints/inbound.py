"""The doors that a gateway posts to: short messages and USSD dialogs from handsets."""

from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app import operators, wiring
from selfcare_app.endpoints import ussd
from selfcare_app.endpoints.gateway import proven
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Fault
from selfcare_app.messaging import inbox, outbox
from selfcare_app.subscribers import handset
from selfcare_app.usage import brief

_ACTOR = System(job="inbound")
_LONGEST = {"id": 64, "from": 20, "to": 20, "text": 1600, "sessionId": 64, "serviceCode": 40, "phoneNumber": 20}


async def sms(request: Request) -> Response:
    """POST /inbound/sms: id, from, to, text. 204 when taken; a repeated id changes nothing."""
    fields = await _fields(request, ("id", "from", "to", "text"))
    if isinstance(fields, Response):
        return fields
    try:
        await wiring.do(_take_sms, _ACTOR, fields=fields, now=clock.now())
    except Fault as fault:
        return PlainTextResponse(fault.code, status_code=422)
    return Response(status_code=204)


async def dialog(request: Request) -> Response:
    """POST /inbound/ussd: sessionId, serviceCode, phoneNumber, text (answers so far joined by *).

    Answers `CON …` while the dialog goes on and `END …` when it is over.
    """
    fields = await _fields(request, ("sessionId", "serviceCode", "phoneNumber", "text"))
    if isinstance(fields, Response):
        return fields
    try:
        return PlainTextResponse(await wiring.do(_talk, _ACTOR, fields=fields, now=clock.now()))
    except Fault as fault:
        profile = wiring.wired().profile
        return PlainTextResponse(f"END {Speaker(profile.default_language, profile).text(fault.key, **fault.params)}")


async def _fields(request: Request, names: tuple[str, ...]) -> dict[str, str] | Response:
    if not proven(request, wiring.wired()):
        return Response(status_code=403)
    form = await request.form(max_files=0, max_fields=len(names) + 4)
    fields = {name: form.get(name) for name in names}
    if not all(isinstance(value, str) and len(value) <= _LONGEST[name] for name, value in fields.items()):
        return Response(status_code=422)
    return {name: str(value) for name, value in fields.items()}


def _take_sms(session: Session, actor: System, *, fields: dict[str, str], now: datetime) -> None:
    sender = handset.of_number(session, actor, number=fields["from"])
    if inbox.accept(session, actor, source="sms", message_id=fields["id"], now=now) is not None:
        return
    told = brief.of_line(session, sender, now=now)
    speaker = Speaker(sender.language, operators.of(session))
    key, args = ussd.sms_answer(speaker, told, text=fields["text"])
    outbox.enqueue(
        session,
        recipient=told.msisdn,
        language=sender.language,
        key=key,
        args=dict(args),
        dedup_key=f"answer:{fields['id']}",
        now=now,
    )


def _talk(session: Session, actor: System, *, fields: dict[str, str], now: datetime) -> str:
    caller = handset.of_number(session, actor, number=fields["phoneNumber"])
    # The whole of what was typed so far names the turn: the network may send one again.
    turn = f"{fields['sessionId']}:{fields['text']}"
    known = inbox.accept(session, actor, source="ussd", message_id=turn, now=now)
    if known is not None:
        return known
    profile = operators.of(session)
    inputs = tuple(fields["text"].split("*")) if fields["text"] else ()
    speaker = Speaker(caller.language, profile, now)
    told = brief.of_line(session, caller, now=now)
    reply = ussd.answer(profile, speaker, told, code=fields["serviceCode"], inputs=inputs)
    text = f"{'CON' if reply.more else 'END'} {reply.text}"
    inbox.answer(session, actor, source="ussd", message_id=turn, text=text)
    return text


ROUTES = [Route("/inbound/sms", sms, methods=["POST"]), Route("/inbound/ussd", dialog, methods=["POST"])]
