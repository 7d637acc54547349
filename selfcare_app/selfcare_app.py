"""The door that Reflex opens: the pages, the gate, the plain endpoints and what runs beside them, put together."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import reflex as rx
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from selfcare_app import endpoints
from selfcare_app.endpoints.early import early
from selfcare_app.endpoints.guard import Doors, Guard
from selfcare_app.kit import clock, cookie
from selfcare_app.numbers import memory
from selfcare_app.ui import lines, pages, shell, watch
from selfcare_app.ui.gate import install as gate
from selfcare_app.ui.session import AppState, caught
from selfcare_app.wiring import wired

_UNDER = ("/session/", "/download/", "/inbound/", "/handset/", "/desk/")


def routes() -> list[BaseRoute]:
    """The routes of every module of `endpoints` that has any, each once."""
    found: dict[int, BaseRoute] = {}
    for module in _modules(endpoints):
        for route in getattr(module, "ROUTES", ()):
            found[id(route)] = route
    return list(found.values())


def _modules(room: ModuleType) -> list[ModuleType]:
    """Every module of a room, imported, in the order of their names."""
    return [
        import_module(name) for name in sorted(each.name for each in walk_packages(room.__path__, f"{room.__name__}."))
    ]


_modules(pages)

app = rx.App(
    **shell.app_arguments(),
    backend_exception_handler=caught,
    frontend_exception_handler=gate.page_fault,
    api_transformer=[Starlette(routes=routes())],
)
shell.configure(
    app,
    notices=[AppState.notice],
    effects=(AppState.effects, AppState.effects_done),
    leave=AppState.leave,
    idle=watch.idle_warning,
    sign_out=lines.ways_out,
    acting=lines.banner,
    only=AppState.acting["features"],
    menu=AppState.menu,
    own=AppState.acting["own_line"],
)
gate.install(app, open_pages=[each.route for each in shell.SCREENS if each.audience == "visitor"])


@app.register_lifespan_task
@contextlib.asynccontextmanager
async def embedded_worker() -> AsyncIterator[None]:
    """On SQLite the worker lives in this process: there is one writer."""
    if not wired().db.is_sqlite or os.environ.get("SELFCARE_WORKER") == "0":
        yield
        return
    from selfcare_app.worker.jobs import JOBS
    from selfcare_app.worker.loop import Worker

    worker = Worker(JOBS)
    worker.start()
    try:
        yield
    finally:
        await asyncio.to_thread(worker.stop)


@app.register_lifespan_task
@contextlib.asynccontextmanager
async def number_pool() -> AsyncIterator[None]:
    """Has the number pool in memory; until it is there the database answers."""
    loader = memory.start(wired().db, wired().profile, clock.now)
    try:
        yield
    finally:
        await asyncio.to_thread(loader.stop)


def served() -> ASGIApp:
    """The whole program as an ASGI application, the guard outermost; made once a process, by the server."""
    settings = wired().settings
    doors = {getattr(route, "path", ""): getattr(route, "endpoint", None) for route in routes()}
    exact = frozenset(path for path in doors if path and "{" not in path)
    backs = {path: back for path, door in doors.items() if isinstance(back := getattr(door, "back", None), str)}
    return Guard(
        app(),
        origin=settings.origin,
        bundle=Path(os.environ["SELFCARE_STATIC"]),
        secure=settings.secure,
        session_cookie=cookie.names(secure=settings.secure).session,
        doors=Doors(exact=exact, under=_UNDER),
        trusted_proxy_hops=settings.trusted_proxy_hops,
        turned_away=early(backs),
    )
