"""The door for calls to numbers that a machine answers: it says a prompt, the caller presses keys (IH-004)."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app.endpoints import dials, ussd
from selfcare_app.endpoints.dialogs import Channel, Dialled, packed, reply
from selfcare_app.endpoints.inbound import fields_of, turn_of


async def call(request: Request) -> Response:
    """POST /inbound/voice: callId, dialled, caller, digits (answers so far, joined by #), turn (how many).

    Answers as USSD does: `CON …` is said and waits for keys, `END …` is said before the call is hung up.
    """
    fields = await fields_of(request, ("callId", "dialled", "caller", "digits"), turn=True)
    if isinstance(fields, Response):
        return fields
    call_id, dialled, caller, digits = list(fields.values())[:4]
    turn = Dialled(Channel.VOICE, call_id, dialled, caller, digits, "#", turn_of(fields))
    return PlainTextResponse(packed(await reply(turn, dials.DIALS, ussd.unknown)))


ROUTES = [Route("/inbound/voice", call, methods=["POST"])]
