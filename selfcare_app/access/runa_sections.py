"""Sections of the cabinet that their subscriber keeps shut until a РУНА is given (AS-032…034)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import alarm, event, runa, sim_window
from selfcare_app.access.tables import GuardedSection, ProofGiven, WebSession
from selfcare_app.access.views import Attempt
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Actor, ProofNeeded, Subscriber, System
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema.vocabulary import Method, Scope
from selfcare_app.subscribers.tables import Line

_PURPOSE = "section."


class NoSuchSection(NotFound):
    """The operator has no section of that name to guard."""

    code = "runa.no_such_section"


class Unchanged(Refused):
    """The same sections are guarded already: nothing to do, and no РУНА is used up."""

    code = "runa.unchanged"


@dataclass(frozen=True, slots=True)
class Guards:
    """Every section that can be guarded with whether it is, and until when a РУНА is active (None: none is)."""

    sections: tuple[tuple[str, bool], ...]
    active_until: datetime | None


def purpose_of(section: str) -> str:
    """The purpose that a proof for entering a section is made for."""
    return f"{_PURPOSE}{section}"


def guards(session: Session, actor: Subscriber, *, now: datetime) -> Guards:
    """What the settings page shows (AS-032). Raises kit.OwnOnly, runa.NotOffered."""
    actor.require_own()
    offered, chosen = runa.rule(session).sections, guarded(session, actor, line_id=actor.line_id)
    active = runa.active(session, actor.line_id, now)
    return Guards(tuple((each, each in chosen) for each in offered), active.expires_at if active else None)


def guarded(session: Session, actor: Actor, *, line_id: UUID) -> frozenset[str]:
    """The sections of a line that are guarded."""
    return frozenset(session.exec(select(GuardedSection.section).where(GuardedSection.line_id == line_id)).all())


def is_blocked(session: Session, actor: Actor, *, visitor: Subscriber, section: str, now: datetime) -> bool:
    """Whether the section is shut to the session of `visitor` now."""
    if visitor.has_proof(purpose_of(section), now):
        return False
    return session.get(GuardedSection, (visitor.line_id, section)) is not None


def require_open(session: Session, actor: Subscriber, *, section: str, now: datetime) -> None:
    """Raises ProofNeeded while the section is shut (AS-033)."""
    if is_blocked(session, actor, visitor=actor, section=section, now=now):
        raise ProofNeeded(purpose=purpose_of(section))


def count(session: Session, actor: Subscriber, *, now: datetime) -> Attempt:
    """Counts a try at the line's РУНА. Commit before `enter` or `choose`. Raises runa.NotOffered."""
    line = session.get_one(Line, actor.line_id)
    refusal = sim_window.sim_changed(session, line, now)
    return Attempt(refusal, Method.RUNA) if refusal else runa.count(session, line_id=line.id, now=now)


def enter(
    session: Session, actor: Subscriber, *, attempt: Attempt, typed: str, section: str, now: datetime
) -> Fault | None:
    """Opens a section until it or the cabinet is left (AS-034); the refusal is given, not raised.

    An act of that name that the operator has proven by РУНА is proven with it. Raises NoSuchSection.
    """
    if section not in runa.rule(session).sections:
        raise NoSuchSection()
    fault = runa.settle(session, line_id=actor.line_id, attempt=attempt, typed=typed, now=now)
    if fault is not None:
        return fault
    until = session.get_one(WebSession, actor.session_id).absolute_until
    purposes = [purpose_of(section), *([section] if _is_proven_alike(session, section) else [])]
    for purpose in purposes:
        session.add(
            ProofGiven(
                id=new_id(), session_id=actor.session_id, purpose=purpose, method=Method.RUNA, made_at=now,
                expires_at=until,
            )
        )  # fmt: skip
    event.record(
        session, "proof", "given", line_id=actor.line_id, session_id=actor.session_id, purpose=purposes[0],
        method=str(Method.RUNA), now=now,
    )  # fmt: skip
    return None


def leave(session: Session, actor: System, *, session_id: UUID, sections: Collection[str], now: datetime) -> None:
    """Shuts sections that were left: what РУНА proved for them is over (AS-034)."""
    purposes = [purpose for section in sections for purpose in (section, purpose_of(section))]
    session.execute(
        update(ProofGiven)
        .where(
            col(ProofGiven.session_id) == session_id,
            col(ProofGiven.method) == Method.RUNA,
            col(ProofGiven.purpose).in_(purposes),
            col(ProofGiven.expires_at) > now,
        )
        .values(expires_at=now)
    )


def choose(
    session: Session, actor: Subscriber, *, attempt: Attempt, typed: str, sections: Collection[str], now: datetime
) -> Fault | None:
    """Guards exactly these sections from now on and tells the owner; the refusal is given, not raised.

    Raises kit.OwnOnly, NoSuchSection, Unchanged.
    """
    actor.require_own()
    wanted, before = frozenset(sections), guarded(session, actor, line_id=actor.line_id)
    if not wanted <= frozenset(map(str, runa.rule(session).sections)):
        raise NoSuchSection()
    if wanted == before:
        raise Unchanged()
    fault = runa.settle(session, line_id=actor.line_id, attempt=attempt, typed=typed, now=now)
    if fault is not None:
        return fault
    session.execute(
        delete(GuardedSection).where(
            col(GuardedSection.line_id) == actor.line_id, col(GuardedSection.section).in_(before - wanted)
        )
    )
    for section in sorted(wanted - before):
        session.add(GuardedSection(line_id=actor.line_id, section=section, since=now))
    _shut(session, actor.line_id, wanted - before, now)
    changed = {"on": sorted(wanted - before), "off": sorted(before - wanted)}
    record(session, actor, line_id=actor.line_id, action="runa_sections_changed", details=changed, now=now)
    event.record(session, "runa", "sections", line_id=actor.line_id, session_id=actor.session_id, now=now)
    alarm.tell(session, line_id=actor.line_id, kind="runa_sections_changed", now=now)
    return None


def _shut(session: Session, line_id: UUID, sections: Collection[str], now: datetime) -> None:
    """A section guarded from now on is shut in every session of the line."""
    sessions = select(WebSession.id).where(WebSession.line_id == line_id, col(WebSession.ended_at).is_(None))
    purposes = [purpose_of(section) for section in sections]
    session.execute(
        update(ProofGiven)
        .where(col(ProofGiven.session_id).in_(sessions), col(ProofGiven.purpose).in_(purposes))
        .values(expires_at=now)
    )


def _is_proven_alike(session: Session, section: str) -> bool:
    proofs = operators.of(session).proofs
    rule = proofs.rule(section) if section in type(proofs).model_fields else None
    return rule is not None and Method.RUNA in rule.methods and rule.scope == Scope.SESSION
