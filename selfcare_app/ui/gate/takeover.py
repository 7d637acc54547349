"""A reconnecting tab keeps its state when its previous socket is dead (reflex-dev/reflex#6345)."""

import asyncio
import time
from typing import Any

from engineio import packet
from reflex.app import App
from reflex.utils.token_manager import TokenManager

PROBE_SECONDS = 1.5
_LOOK_SECONDS = 0.02


def install(app: App) -> None:
    """Asks a tab's old socket for a sign of life before the tab is taken for a duplicate of itself."""
    namespace = app.event_namespace
    manager: TokenManager = namespace._token_manager
    link_as_reflex_does = manager.link_token_to_sid

    async def link(token: str, sid: str) -> str | None:
        record = manager.token_to_socket.get(token)
        here = record is not None and record.sid != sid and record.instance_id == manager.instance_id
        if here and not await _answers(app, record.sid):
            await manager.disconnect_token(token, record.sid)
            namespace._static_router_data.pop(record.sid, None)
            _leave(app.sio.disconnect(record.sid, namespace=namespace.namespace))
        return await link_as_reflex_does(token, sid)

    manager.link_token_to_sid = link


async def _answers(app: App, sid: str) -> bool:
    try:
        transport = app.sio.eio.sockets[app.sio.manager.eio_sid_from_sid(sid, app.event_namespace.namespace)]
    except KeyError:
        return False
    transport.last_ping = time.time()
    try:
        await transport.send(packet.Packet(packet.PING))
    except Exception:
        return False
    until = time.monotonic() + PROBE_SECONDS
    while time.monotonic() < until and not transport.closed:
        # A PONG clears it.
        if transport.last_ping is None:
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False


_leaving: set[asyncio.Task[Any]] = set()


def _leave(farewell: Any) -> None:
    task = asyncio.ensure_future(farewell)
    _leaving.add(task)
    task.add_done_callback(_leaving.discard)
