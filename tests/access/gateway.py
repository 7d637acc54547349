"""The network's gateway, for dialogs with a handset."""

from dataclasses import dataclass, field

import httpx

from selfcare_app.subscribers.tables import Line


@dataclass
class Gateway:
    """Posts what handsets dial and answer, as `/inbound/ussd` and `/inbound/voice` take it."""

    client: httpx.AsyncClient
    turns: list[dict[str, str]] = field(default_factory=list)

    async def ussd(self, line: Line, code: str, *answers: str, dialog: str = "d1") -> str:
        fields = {"sessionId": dialog, "serviceCode": code, "phoneNumber": line.msisdn or "", "text": "*".join(answers)}
        return await self._post("/inbound/ussd", fields | {"turn": str(len(answers))})

    async def call(self, line: Line, dialled: str, *answers: str, dialog: str = "c1") -> str:
        fields = {"callId": dialog, "dialled": dialled, "caller": line.msisdn or "", "digits": "#".join(answers)}
        return await self._post("/inbound/voice", fields | {"turn": str(len(answers))})

    async def talk(self, line: Line, code: str, *answers: str, dialog: str = "d1") -> str:
        """The last reply of a whole dialog, turn by turn; what begins with neither star nor hash is a call."""
        turn = self.ussd if code[0] in "*#" else self.call
        for count in range(len(answers) + 1):
            said = await turn(line, code, *answers[:count], dialog=dialog)
        return said

    async def _post(self, path: str, fields: dict[str, str]) -> str:
        self.turns.append(fields)
        answer = await self.client.post(path, data=fields)
        assert answer.status_code == 200, answer.text
        return answer.text
