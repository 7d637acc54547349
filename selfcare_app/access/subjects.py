"""The lines that one may work on: found, listed, and their cabinets closed and opened for the organisation."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import closing, grants, standing
from selfcare_app.access.acting import NoSuchSubject
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.delegation_views import Subject
from selfcare_app.access.rights import ADMINISTRATOR, CURATOR, SUPERVISOR
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Denied, Refused
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.kit.page import Page
from selfcare_app.subscribers.tables import Account, Line

PAGE_SIZE = 20
SELECTED = 200
"""How many lines an administrator closes or opens at once."""

_MASK = re.compile(r"[0-9%_]{1,20}")
_PUNCTUATION = re.compile(r"[\s+()\-\u2010-\u2015]")
KEEPERS = (ADMINISTRATOR, SUPERVISOR)
"""Roles that look after an organisation."""


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """A personal account of the organisation to choose lines by."""

    id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of an act on a selection: so many lines were changed, so many left as they are."""

    done: int
    left: int


class TooManySelected(Refused):
    """At most `limit` lines at once."""

    code = "delegation.too_many_selected"


class BadMask(Refused):
    """A number to look for is made of digits, `%` for several of them and `_` for one (ADM-020)."""

    code = "delegation.bad_mask"


class NotAKeeper(Denied):
    """Only the organisation's administrator or supervisor has its menu."""

    code = "delegation.not_a_keeper"


def is_keeper(session: Session, actor: Subscriber, *, now: datetime) -> bool:
    """Whether the signed-in subscriber is an administrator or supervisor of his organisation (ADM-001)."""
    own = session.get_one(Line, actor.signed_line_id)
    return bool(kept_accounts(session, own=own, now=now))


def accounts(session: Session, actor: Subscriber, *, now: datetime) -> tuple[KeptAccount, ...]:
    """The organisation's accounts that he looks after, by number (ADM-018)."""
    own = session.get_one(Line, actor.signed_line_id)
    return tuple(KeptAccount(each.id, each.number) for each in kept_accounts(session, own=own, now=now))


def kept_accounts(session: Session, *, own: Line, now: datetime) -> tuple[Account, ...]:
    """Accounts of the line's own client over which it has such a right. Not a use case."""
    client_id = select(Account.client_id).where(Account.id == own.account_id).scalar_subquery()
    grant: Any = DelegationGrant
    reach = or_(
        and_(grant.over == "client", grant.over_id == Account.client_id),
        and_(grant.over == "account", grant.over_id == Account.id),
    )
    held = select(grant.id).where(grant.delegate_line_id == own.id, grant.role.in_(KEEPERS), *grants.live(now), reach)
    query = select(Account).where(Account.client_id == client_id, held.exists()).order_by(col(Account.number))
    return tuple(session.exec(query).all())


def find(
    session: Session, actor: Subscriber, *, number: str = "", account: str = "", cursor: str = "", now: datetime
) -> Page[Subject]:
    """The lines that the signed-in subscriber may work on, his own first on the first page, PAGE_SIZE at a time.

    `number` narrows them: whole, a part, or with `%` and `_`; `account` to those of one account, by its id
    (ADM-018, ADM-019, ADM-020). Raises BadMask.
    """
    own = session.get_one(Line, actor.signed_line_id)
    held = _held(session, actor, now)
    rows: list[Line] = []
    if held:
        query = select(Line).where(_reach(session, own, held), Line.id != own.id, Line.state != "closed")
        query = query.where(*_named(session, number), *([col(Line.id) > UUID(cursor)] if _is_id(cursor) else []))
        query = query.where(*([Line.account_id == UUID(account)] if _is_id(account) else []))
        rows = list(session.exec(query.order_by(col(Line.id)).limit(PAGE_SIZE + 1)).all())
    following = str(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
    accounts = _clients(session, rows[:PAGE_SIZE])
    seen = [_view(line, held, accounts[line.account_id]) for line in rows[:PAGE_SIZE]]
    first = [] if cursor or number or account else [_own_view(own)]
    return Page((*first, *seen), following)


def close(session: Session, actor: Subscriber, *, line_id: UUID, now: datetime) -> None:
    """Closes the cabinet of one of the organisation's lines (ISSA-029, ISSA-030). Raises NoSuchSubject."""
    closing.close(session, _as_keeper(session, actor, line_id, now), line_id=line_id, by="organisation", now=now)


def open_(session: Session, actor: Subscriber, *, line_id: UUID, now: datetime) -> None:
    """Opens it again (ISSA-030). Raises NoSuchSubject, and closing's OpenAlready, NotYours."""
    closing.open_(session, _as_keeper(session, actor, line_id, now), line_id=line_id, by="organisation", now=now)


def close_some(session: Session, actor: Subscriber, *, line_ids: Sequence[UUID], now: datetime) -> Changed:
    """Closes the cabinets of a selection; those that are closed as firmly already are left. Raises NoSuchSubject."""
    return _each(session, actor, line_ids, close, now)


def open_some(session: Session, actor: Subscriber, *, line_ids: Sequence[UUID], now: datetime) -> Changed:
    """Opens the cabinets of a selection; those that the organisation does not open are left. Raises NoSuchSubject."""
    return _each(session, actor, line_ids, open_, now)


def _each(
    session: Session, actor: Subscriber, line_ids: Sequence[UUID], act: Callable[..., None], now: datetime
) -> Changed:
    """All or none where one is not his; in one order, so that two administrators never wait for each other."""
    if len(line_ids) > SELECTED:
        raise TooManySelected(limit=SELECTED)
    done = left = 0
    for line_id in sorted(set(line_ids)):
        try:
            act(session, actor, line_id=line_id, now=now)
            done += 1
        except (standing.AccessClosed, closing.OpenAlready, closing.NotYours):
            left += 1
    return Changed(done, left)


def _as_keeper(session: Session, actor: Subscriber, line_id: UUID, now: datetime) -> Subscriber:
    """The administrator or supervisor as the delegate of that line, so that both names stand in the journal."""
    own = actor.signed_line_id
    acting = grants.acting_of(session, delegate_id=own, subject_id=line_id, now=now, is_locking=True)
    if acting is None or acting.role not in KEEPERS:
        raise NoSuchSubject()
    return Subscriber(line_id, actor.session_id, address=actor.address, language=actor.language, acting=acting)


def _held(session: Session, actor: Subscriber, now: datetime) -> list[DelegationGrant]:
    query = select(DelegationGrant).where(DelegationGrant.delegate_line_id == actor.signed_line_id, *grants.live(now))
    return sorted(session.exec(query).all(), key=grants.rank)


def _reach(session: Session, own: Line, held: list[DelegationGrant]) -> ColumnElement[bool]:
    line: Any = Line
    client_id = session.exec(select(Account.client_id).where(Account.id == own.account_id)).one()
    ours = line.account_id.in_(select(Account.id).where(Account.client_id == client_id))
    open_, kept = line.access == "open", line.access != "closed_by_operator"
    parts = []
    for grant in held:
        reach = {
            "line": line.id == grant.over_id,
            "account": line.account_id == grant.over_id,
            "client": line.account_id.in_(select(Account.id).where(Account.client_id == grant.over_id)),
        }[grant.over]
        is_anybody = grant.over == "line" and grant.role == CURATOR
        parts.append(and_(reach, kept if grant.role in KEEPERS else open_, *([] if is_anybody else [ours])))
    return or_(*parts)


def _named(session: Session, number: str) -> list[ColumnElement[bool]]:
    typed = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", number))
    if not typed:
        return []
    numbering = operators.of(session).numbering
    try:
        return [col(Line.msisdn) == Msisdn.parse(typed, numbering)]
    except NotANumber:
        pass
    if not _MASK.fullmatch(typed):
        raise BadMask()
    if "%" not in typed and "_" not in typed:
        return [col(Line.msisdn).like(f"%{typed}%")]
    code = "" if typed.startswith((numbering.country_code, "%")) else numbering.country_code
    return [col(Line.msisdn).like(code + typed)]


def _clients(session: Session, lines: list[Line]) -> dict[UUID, UUID]:
    query = select(Account.id, Account.client_id).where(col(Account.id).in_({line.account_id for line in lines}))
    return dict(session.exec(query).all())


def _view(line: Line, held: list[DelegationGrant], client_id: UUID) -> Subject:
    reached = {line.id, line.account_id, client_id}
    best = next(grant for grant in held if grant.over_id in reached)
    msisdn = Msisdn(line.msisdn) if line.msisdn else None
    return Subject(line.id, msisdn, line.alias or line.user_name, best.role, best.level, line.access)


def _own_view(line: Line) -> Subject:
    msisdn = Msisdn(line.msisdn) if line.msisdn else None
    return Subject(line.id, msisdn, line.alias or line.user_name, "", "manage", line.access, is_own=True)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
