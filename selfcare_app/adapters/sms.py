"""Hands short messages to an SMS gateway over HTTP (Kannel's sendsms and what imitates it)."""

from typing import Protocol

import httpx

from selfcare_app.kit.errors import Unavailable

TIMEOUT_SECONDS = 10.0
_ACCEPTED = range(200, 300)


class GatewayAway(Unavailable):
    """The SMS gateway did not take the message."""

    code = "messaging.gateway_away"


class SmsGateway(Protocol):
    """What the worker needs of a gateway."""

    def send(self, *, recipient: str, sender: str, text: str, message_id: str) -> str:
        """Hands over one message and gives the gateway's own id. Raises GatewayAway."""
        ...


class HttpSmsGateway:
    """`url` names the gateway's sendsms address with its credentials as query parameters."""

    def __init__(self, url: str) -> None:
        self._url = httpx.URL(url)
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def send(self, *, recipient: str, sender: str, text: str, message_id: str) -> str:
        """Sends as UCS-2; the gateway splits long texts."""
        message = {"to": f"+{recipient}", "from": sender, "text": text, "id": message_id}
        params = message | {"coding": "2", "charset": "UTF-8"}
        try:
            answer = self._client.get(self._url.copy_merge_params(params))
        except httpx.HTTPError as wrong:
            raise GatewayAway() from wrong
        if answer.status_code not in _ACCEPTED:
            raise GatewayAway()
        return answer.text[:64]
