"""The subscriber's part of the journal as a file: words for reading, or a chain of digests for checking."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import quota
from selfcare_app.access import session as sessions
from selfcare_app.access.views import Signed
from selfcare_app.adapters.documents import csv_stream
from selfcare_app.adapters.documents.table import Cell, Column, Form, Table
from selfcare_app.db import moment
from selfcare_app.endpoints.peer import address_of, cookie_of
from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import to_query
from selfcare_app.i18n.speak import Speaker
from selfcare_app.journal import export
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import Subscriber, Visitor
from selfcare_app.kit.errors import Fault, Refused

PAGE = "/settings/security/journal"
PER_DAY = 20
_DAY = 86_400
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_COLUMNS = (
    ("moment", Form.MOMENT, 20),
    ("what", Form.TEXT, 40),
    ("who", Form.TEXT, 40),
    ("why", Form.TEXT, 40),
    ("outcome", Form.TEXT, 16),
)


class TooManyFiles(Refused):
    """As many files as a day allows were taken out; again at `until`."""

    code = "journal.files_over"


async def download(request: Request) -> Response:
    """GET /download/journal.json or .csv: all entries of the own line. 303 to sign in, or back with a refusal."""
    signed, now = await _signed(request), clock.now()
    form = request.path_params["form"]
    if signed is None:
        return _see(f"/sign-in?next={PAGE}")
    if form not in ("json", "csv"):
        return Response(status_code=404)
    try:
        await wiring.do(sessions.touch, signed.actor, session_id=signed.session_id, now=now)
        document = await wiring.do(_make, signed.actor, now=now)
    except Fault as fault:
        return _see(f"{PAGE}?{to_query(fault)}")
    headers = {**_HEADERS, "content-disposition": f'attachment; filename="journal.{form}"'}
    if form == "json":
        body = json.dumps(document, ensure_ascii=False, indent=1)
        return Response(body, media_type="application/json", headers=headers)
    speaker = _speaker(cookie_of(request.scope, cookie.LANGUAGE), signed)
    table = csv_stream.stream(_table(document, speaker))
    return StreamingResponse(table, media_type=csv_stream.CONTENT_TYPE, headers=headers)


def _make(session: Session, actor: Subscriber, *, now: datetime) -> dict[str, Any]:
    subject = str(actor.line_id)
    if quota.take(session, scope="journal.files", subject=subject, limit=PER_DAY, seconds=_DAY, now=now) is None:
        raise TooManyFiles(until=quota.resets_at(session, scope="journal.files", subject=subject, now=now))
    return export.make(session, actor, now=now)


def _table(document: dict[str, Any], speaker: Speaker) -> Table:
    columns = tuple(Column(speaker.text(f"journal.document.{name}"), form, width) for name, form, width in _COLUMNS)
    return Table(speaker.text("journal.title"), columns, _rows(document, speaker))


def _rows(document: dict[str, Any], speaker: Speaker) -> Iterator[tuple[Cell, ...]]:
    zone = wiring.wired().profile.zone

    def said(group: str, name: str) -> str:
        key = f"journal.{group}.{name}"
        return speaker.text(key if key in catalogue.load(speaker.language) else f"journal.{group}.other")

    for entry in document["entries"]:
        named = entry["actor"] in ("staff", "delegate")
        who = (
            speaker.text(f"journal.document.{entry['actor']}", name=entry["actor_name"] or said("role", entry["role"]))
            if named
            else ""
        )
        yield (
            moment(entry["at"]).astimezone(zone).replace(tzinfo=None),
            said("action", entry["action"]),
            who or said("actor", entry["actor"]),
            _why(entry, speaker),
            said("outcome", entry["outcome"]),
        )


def _why(entry: dict[str, Any], speaker: Speaker) -> str:
    """The reason that an employee has stated (T16)."""
    key = f"journal.reason.{(entry['details'] or {}).get('reason', '')}"
    is_stated = entry["actor"] == "staff" and key in catalogue.load(speaker.language)
    return speaker.text(key) if is_stated else ""


def _speaker(asked: str, signed: Signed) -> Speaker:
    profile = wiring.wired().profile
    language = next((each for each in (asked, signed.language) if each in profile.languages), profile.default_language)
    return Speaker(language, profile)


async def _signed(request: Request) -> Signed | None:
    settings = wiring.wired().settings
    value = cookie_of(request.scope, cookie.names(secure=settings.secure).session)
    visitor = Visitor(address=address_of(request.scope, settings.trusted_proxy_hops))
    return await wiring.ask(sessions.resume, visitor, token=value, now=clock.now())


def _see(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"cache-control": "no-store"})


ROUTES = [Route("/download/journal.{form:str}", download, methods=["GET"])]
