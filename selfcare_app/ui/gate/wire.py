"""The Socket.IO packets that a page of ours sends; every other packet is dropped before it is understood."""

import json
from collections.abc import Callable
from typing import Any

from socketio import AsyncServer

NAMESPACE = "/_event"
_CONNECT = f"0{NAMESPACE},"
_DISCONNECT = f"1{NAMESPACE}"
_EVENTS = tuple(f'2{NAMESPACE},["{name}"' for name in ("event", "ping", "client_error"))


class Malformed(ValueError):
    """JSON that two readers could read differently, or not at all."""


def strict(text: str | bytes, **_options: Any) -> Any:
    """JSON without NaN, Infinity and repeated names. Raises Malformed."""
    # Engine.IO tries every message for JSON of its own before it hands it on to Socket.IO.
    if text[1:2] == "/":
        raise _NOT_JSON
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode())
    except (RecursionError, UnicodeDecodeError) as wrong:
        raise Malformed from wrong


def narrow(sio: AsyncServer, junk: Callable[[str, str], None]) -> None:
    """Lets only those packets into `sio`; `junk(socket id, reason)` hears of each one dropped.

    Socket.IO itself would let a browser call the connect and disconnect handlers with arguments of its own making, and
    open any number of sockets within one.
    """
    sio.packet_class.json.loads = strict
    understand = sio._handle_eio_message

    def drop(transport: str, reason: str) -> None:
        junk(sio.manager.sid_from_eio_sid(transport, NAMESPACE) or transport, reason)

    async def message(transport: str, data: Any) -> None:
        if reason := _wrong(sio, transport, data):
            drop(transport, reason)
            return
        try:
            await understand(transport, data)
        except ValueError:
            drop(transport, "malformed")

    sio._handle_eio_message = message
    sio.eio.on("message", message)


def _wrong(sio: AsyncServer, transport: str, data: Any) -> str:
    if not isinstance(data, str):
        return "binary"
    if data.startswith(_EVENTS) or data == _DISCONNECT or data == _DISCONNECT + ",":
        return ""
    if not data.startswith(_CONNECT):
        return "packet"
    return "second connect" if sio.manager.sid_from_eio_sid(transport, NAMESPACE) else ""


def _refuse(constant: str) -> Any:
    raise Malformed(constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed("a name twice")
    return made


_DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_unique)
_NOT_JSON = Malformed("a packet")
