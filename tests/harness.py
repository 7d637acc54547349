"""Drives the program's States in-process through the real event processor and the gate: no browser, build or server."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from typing import Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State, StateUpdate
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from selfcare_app.kit import clock
from selfcare_app.kit.ids import new_id
from selfcare_app.ui.gate.sockets import SOCKETS, admit


@dataclasses.dataclass
class Reply:
    """What the browser would have received: changed vars by State, and events such as `_redirect` and `_download`."""

    delta: dict[str, dict[str, Any]]
    events: list[Event]

    def var(self, state: type[rx.State], name: str) -> Any:
        """A changed var of a State, or of the parent State that it inherits the var from. KeyError if it didn't change."""
        for each in (
            state,
            *(c for c in state.__mro__ if isinstance(c, type) and issubclass(c, State) and c is not state),
        ):
            changed = self.delta.get(each.get_full_name(), {})
            if f"{name}_rx_state_" in changed:
                return changed[f"{name}_rx_state_"]
        raise KeyError(name)

    def has(self, state: type[rx.State], name: str) -> bool:
        """Whether the var changed."""
        with contextlib.suppress(KeyError):
            self.var(state, name)
            return True
        return False


class _Recorder:
    """Stands where the socket namespace is."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, StateUpdate]] = []

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        self.sent.append((token, update))


class Tab:
    """One browser tab."""

    def __init__(self, processor: BaseStateEventProcessor, recorder: _Recorder, *, path: str, token: str = "") -> None:
        self._processor, self._recorder = processor, recorder
        self.path, self.token, self.sid = path, token or str(new_id()), ""

    async def connect(self, cookies: str = "", *, hydrate: bool = True) -> Reply | None:
        """Opens a (new) socket with these cookies, as a page load or a reconnection does."""
        if self.sid:
            SOCKETS.drop(self.sid)
        self.sid = str(new_id())
        await admit(self.sid, cookies=cookies, address="127.0.0.1", now=clock.now())
        return await self.send(State.hydrate_and_load()) if hydrate else None

    async def send(self, spec: Any, **route: Any) -> Reply:
        """Sends one event and waits until everything that it chained is done; refusals and bugs become the notice."""
        (event,) = Event.from_event_type(spec)
        data = {
            "pathname": self.path,
            "asPath": self.path,
            "query": {},
            "headers": {},
            "ip": "127.0.0.1",
            "token": self.token,
            "sid": self.sid,
        }
        event = dataclasses.replace(event, router_data=data | route)
        merged: dict[str, dict[str, Any]] = {}
        before = len(self._recorder.sent)
        # What a handler raises goes on to the program's own net, whose answer comes the usual way.
        with contextlib.suppress(Exception):
            async for delta in self._processor.enqueue_stream_delta(self.token, event):
                for state, changed in delta.items():
                    merged.setdefault(state, {}).update(changed)
        while self._processor._tasks or self._processor._token_queues:
            await asyncio.sleep(0)
        later = [update for token, update in self._recorder.sent[before:] if token == self.token]
        for update in later:
            for state, changed in (update.delta or {}).items():
                merged.setdefault(state, {}).update(changed)
        return Reply(merged, [event for update in later for event in (update.events or [])])

    async def state(self, cls: type[Any]) -> Any:
        """The tab's own State as the server has it."""
        manager = self._processor._root_context.state_manager
        root = await manager.get_state(BaseStateToken(ident=self.token, cls=cls))
        return await root.get_state(cls)


Tabs = Callable[..., Tab]


@contextlib.asynccontextmanager
async def running(app: rx.App) -> AsyncIterator[Tabs]:
    """Gives a maker of tabs: `tab(path="/home")`. Refusals reach the page's notice as they do when served."""
    recorder = _Recorder()
    processor = BaseStateEventProcessor(middleware=app, backend_exception_handler=app.backend_exception_handler)
    async with processor.configure(state_manager=StateManagerMemory(), event_namespace=recorder):
        made: list[Tab] = []

        def tab(*, path: str = "/home", token: str = "") -> Tab:
            made.append(Tab(processor, recorder, path=path, token=token))
            return made[-1]

        yield tab
        for each in made:
            SOCKETS.drop(each.sid)
