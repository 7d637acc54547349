"""The doors that a gateway posts to: short messages, USSD dialogs and calls from handsets."""

from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app import operators, wiring
from selfcare_app.endpoints import dials, ussd
from selfcare_app.endpoints.dialogs import ACTOR, Channel, Dialled, packed, reply
from selfcare_app.endpoints.gateway import proven
from selfcare_app.i18n.speak import Speaker
from selfcare_app.journal.record import record
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Fault
from selfcare_app.messaging import inbox, outbox
from selfcare_app.subscribers import handset
from selfcare_app.usage import brief

_LONGEST = {
    **{"id": 64, "from": 20, "to": 20, "text": 1600, "sessionId": 64, "serviceCode": 40, "phoneNumber": 20},
    **{"address": 45, "number": 20, "until": 40, "password": 128},
    **{"turn": 3, "callId": 64, "dialled": 40, "caller": 20, "digits": 400},
}


async def sms(request: Request) -> Response:
    """POST /inbound/sms: id, from, to, text. 204 when taken; a repeated id changes nothing."""
    fields = await fields_of(request, ("id", "from", "to", "text"))
    if isinstance(fields, Response):
        return fields
    try:
        await wiring.do(_take_sms, ACTOR, fields=fields, now=clock.now())
    except Fault as fault:
        return PlainTextResponse(fault.code, status_code=422)
    return Response(status_code=204)


async def dialog(request: Request) -> Response:
    """POST /inbound/ussd: sessionId, serviceCode, phoneNumber, text (answers so far joined by *), turn (how many).

    Answers `CON …` while the dialog goes on and `END …` when it is over.
    """
    fields = await fields_of(request, ("sessionId", "serviceCode", "phoneNumber", "text"), turn=True)
    if isinstance(fields, Response):
        return fields
    session_id, code, caller, text = list(fields.values())[:4]
    turn = Dialled(Channel.USSD, session_id, code, caller, text, "*", turn_of(fields))
    return PlainTextResponse(packed(await reply(turn, dials.DIALS, ussd.unknown)))


async def fields_of(request: Request, names: tuple[str, ...], *, turn: bool = False) -> dict[str, str] | Response:
    """The fields in the order of `names`; an answer instead where it is not the gateway that posts, or not these.

    With `turn` there may be a number of the turn beside them, the last of the fields.
    """
    if not proven(request, wiring.wired()):
        return Response(status_code=403)
    form = await request.form(max_files=0, max_fields=len(names) + 4)
    fields = {name: form.get(name) for name in names}
    if turn:
        fields["turn"] = form.get("turn", "")
    if not all(isinstance(value, str) and len(value) <= _LONGEST[name] for name, value in fields.items()):
        return Response(status_code=422)
    return {name: str(value) for name, value in fields.items()}


def turn_of(fields: dict[str, str]) -> int | None:
    """How many answers there were, if the gateway says it."""
    return int(fields["turn"]) if fields["turn"].isdecimal() else None


def _take_sms(session: Session, actor: System, *, fields: dict[str, str], now: datetime) -> None:
    sender = handset.of_number(session, actor, number=fields["from"])
    if inbox.accept(session, actor, source="sms", message_id=fields["id"], now=now) is not None:
        return
    profile = operators.of(session)
    told = brief.of_line(session, sender, now=now)
    said = dials.sms_answer(session, sender, profile, to=fields["to"], text=fields["text"], now=now)
    key, args = said or ussd.sms_answer(Speaker(sender.language, profile), told, text=fields["text"])
    if key == ussd.SMS_BALANCE:
        record(session, sender, line_id=sender.line_id, action="balance_read", now=now)
    outbox.enqueue(
        session,
        recipient=told.msisdn,
        language=sender.language,
        key=key,
        args=dict(args),
        dedup_key=f"answer:{fields['id']}",
        now=now,
    )


ROUTES = [Route("/inbound/sms", sms, methods=["POST"]), Route("/inbound/ussd", dialog, methods=["POST"])]
