"""Files that a subscriber downloads: made by the server, named by the server, kept by no cache.

One file at a time for a session and a few at once for the process; whoever comes too soon is led back to the page,
which says so. A refusal never loses the choice: it stands in the address.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from selfcare_app import wiring
from selfcare_app.access import acting, runa_sections
from selfcare_app.access import session as sessions
from selfcare_app.access.views import Signed
from selfcare_app.adapters.documents import csv_stream, xlsx_stream
from selfcare_app.endpoints.call_detail_file import CallDetailFile
from selfcare_app.endpoints.peer import address_of, cookie_of
from selfcare_app.i18n.message import to_query
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Fault, Refused, Unavailable
from selfcare_app.operators.schema import Feature
from selfcare_app.usage import address, export, seen
from selfcare_app.usage.selection import NoSuchPeriod
from selfcare_app.usage.views import Choice

AT_ONCE = 4
SECONDS = 120
"""A browser that takes longer to read a file gives its place up."""

PAGE = "/call-detail"
_SIGN_IN = "/sign-in?next=/call-detail"
_PIECE = 65_536
_CONTENT_TYPES = {"csv": csv_stream.CONTENT_TYPE, "xlsx": xlsx_stream.CONTENT_TYPE}


class FileInProgress(Refused):
    """The session's last file is still being made."""

    code = "usage.file_in_progress"


class FilesBusy(Unavailable):
    """As many files are being made as may be at once."""

    code = "usage.files_busy"


class Turns:
    """Who is being given a file by this process."""

    def __init__(self, at_once: int) -> None:
        self._at_once, self._served = at_once, set[UUID]()

    def take(self, session_id: UUID) -> Callable[[], None]:
        """A turn for the session, and what gives it back. Raises FileInProgress, FilesBusy."""
        if session_id in self._served:
            raise FileInProgress()
        if len(self._served) >= self._at_once:
            raise FilesBusy()
        self._served.add(session_id)
        return partial(self._served.discard, session_id)


turns = Turns(AT_ONCE)


class _File(StreamingResponse):
    """A stream that gives its turn back however it ends."""

    def __init__(self, content: Iterator[bytes], done: Callable[[], None], **named: Any) -> None:
        super().__init__(content, **named)
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await super().__call__(scope, receive, send)
        finally:
            self._done()


async def call_detail(request: Request) -> Response:
    """GET /download/call-detail.csv or .xlsx with `period`, `direction`, `kinds`: all records of the period (ISSA-076).

    The same proof as on the page is needed. 303 to sign in without a session, to the page with any other refusal.
    """
    signed = await _signed(request)
    if signed is None:
        return _see(_SIGN_IN)
    form = request.path_params["form"]
    choice = None
    try:
        acting.require_shown(signed.actor, request.query_params.get("line", ""))
        choice = address.choice_of(request.query_params)
        if choice is None or form not in wiring.wired().profile.call_detail.export_formats:
            raise NoSuchPeriod()
        await wiring.ask(runa_sections.require_open, signed.actor, section=Feature.CALL_DETAIL, now=clock.now())
        return await _call_detail(signed, choice, form, cookie_of(request.scope, cookie.LANGUAGE))
    except Fault as fault:
        chosen = f"{address.query_of(choice)}&" if choice else ""
        return _see(f"{PAGE}?{chosen}{to_query(fault)}")


async def _call_detail(signed: Signed, choice: Choice, form: str, language: str) -> Response:
    now = clock.now()

    def batch(after: tuple[int, int] | None = None) -> export.Batch:
        return wiring.ask_now(export.batch, signed.actor, choice=choice, after=after, now=now)

    done = turns.take(signed.session_id)
    try:
        await wiring.do(sessions.touch, signed.actor, session_id=signed.session_id, now=now)
        first = await wiring.off_loop(batch)
        if not signed.actor.acting:
            await wiring.do(seen.exported, signed.actor, period=choice.period, now=now)
        profile = wiring.wired().profile
        speaker = Speaker(_spoken(language, signed, profile.languages, profile.default_language), profile)
        file = CallDetailFile(speaker, profile, first, batch)
        content = csv_stream.stream(file.records()) if form == "csv" else _workbook(file)
        return _File(content, done, media_type=_CONTENT_TYPES[form], headers=_headers(file, form))
    except BaseException:
        done()
        raise


def _workbook(file: CallDetailFile) -> Iterator[bytes]:
    with tempfile.TemporaryFile(prefix="selfcare-") as made:
        xlsx_stream.write(made, file.records(), file.totals())
        made.seek(0)
        while piece := made.read(_PIECE):
            yield piece


def _headers(file: CallDetailFile, form: str) -> dict[str, str]:
    # RFC 6266: the plain name first, for programs that don't know the other.
    names = f"filename=\"{file.plain_name}.{form}\"; filename*=UTF-8''{quote(f'{file.name}.{form}', safe='')}"
    return {
        "content-disposition": f"attachment; {names}",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }


def _spoken(asked: str, signed: Signed, languages: tuple[str, ...], default: str) -> str:
    return next((each for each in (asked, signed.language) if each in languages), default)


async def _signed(request: Request) -> Signed | None:
    settings = wiring.wired().settings
    value = cookie_of(request.scope, cookie.names(secure=settings.secure).session)
    visitor = Visitor(address=address_of(request.scope, settings.trusted_proxy_hops))
    return await wiring.ask(sessions.resume, visitor, token=value, now=clock.now())


def _see(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"cache-control": "no-store"})


ROUTES = [Route("/download/call-detail.{form:str}", call_detail, methods=["GET"])]
