"""Forgets what has served its time: codes, admissions, counters, devices, ended sessions, events of the door."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlmodel import Session, col

from selfcare_app.access.challenge_tables import HourOfCodes
from selfcare_app.access.desk_tables import StaffDevice, StaffLook, StaffRequest, StaffSession
from selfcare_app.access.guard_tables import EmailChange, RecoveryWait, StopLink
from selfcare_app.access.security_tables import Alarm, PasskeyChallenge
from selfcare_app.access.tables import (
    AccessEvent,
    AddressHolding,
    Admission,
    KnownDevice,
    OneTimeCode,
    PictureCheck,
    ProofGiven,
    Quota,
    RecoveryLink,
    RunaActivation,
    WebSession,
)
from selfcare_app.kit.actor import System

CODES_KEPT = timedelta(hours=24)
ADDRESSES_KEPT = timedelta(days=90)
ALARMS_KEPT = timedelta(days=365)
HOURS_KEPT = timedelta(days=14)
EVENTS_KEPT = timedelta(days=365)
SESSIONS_KEPT = timedelta(days=30)
"""How long a session stays in the list of sign-ins after its end."""

SESSIONS_AT_ONCE = 500

on_forget: list[Callable[[Session, Select[UUID]], None]] = []
"""What else has to do with ended sessions that are about to be forgotten: called with (session, their ids)."""


def purge(session: Session, actor: System, *, now: datetime) -> int:
    """Deletes rows that nothing asks for any more and takes addresses out of old journal rows; gives how many."""
    doomed = (
        delete(OneTimeCode).where(col(OneTimeCode.created_at) <= now - CODES_KEPT),
        delete(RunaActivation).where(col(RunaActivation.created_at) <= now - CODES_KEPT),
        delete(RecoveryLink).where(col(RecoveryLink.created_at) <= now - CODES_KEPT),
        delete(AddressHolding).where(col(AddressHolding.until) <= now),
        delete(Admission).where(col(Admission.expires_at) <= now - CODES_KEPT),
        delete(ProofGiven).where(col(ProofGiven.expires_at) <= now - CODES_KEPT),
        delete(PictureCheck).where(col(PictureCheck.expires_at) <= now),
        delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now - CODES_KEPT),
        delete(Alarm).where(col(Alarm.at) <= now - ALARMS_KEPT),
        delete(AccessEvent).where(col(AccessEvent.at) <= now - EVENTS_KEPT),
        delete(StopLink).where(col(StopLink.expires_at) <= now),
        delete(RecoveryWait).where(col(RecoveryWait.expires_at) <= now),
        delete(EmailChange).where(col(EmailChange.expires_at) <= now),
        delete(HourOfCodes).where(col(HourOfCodes.hour) <= now - HOURS_KEPT),
        delete(KnownDevice).where(col(KnownDevice.expires_at) <= now),
        delete(StaffDevice).where(col(StaffDevice.expires_at) <= now),
        delete(StaffRequest).where(col(StaffRequest.expires_at) <= now - EVENTS_KEPT),
        delete(Quota).where(col(Quota.resets_at) <= now),
        update(AccessEvent)
        .where(col(AccessEvent.at) <= now - ADDRESSES_KEPT, col(AccessEvent.address) != "")
        .values(address=""),
    )
    return sum(session.execute(statement).rowcount for statement in doomed)  # type: ignore[attr-defined]


def forget_sessions(session: Session, actor: System, *, now: datetime) -> int:
    """Deletes sessions of subscribers and of staff that ended long ago, so many at once; gives how many."""
    old = select(col(WebSession.id)).where(col(WebSession.ended_at) <= now - SESSIONS_KEPT)
    ids = old.order_by(col(WebSession.ended_at), col(WebSession.id)).limit(SESSIONS_AT_ONCE)
    for forget in on_forget:
        forget(session, ids)
    # Idleness ends a session of the desk without a mark in it.
    staff = select(col(StaffSession.id)).where(col(StaffSession.idle_until) <= now - SESSIONS_KEPT)
    desk = staff.order_by(col(StaffSession.idle_until), col(StaffSession.id)).limit(SESSIONS_AT_ONCE)
    session.execute(delete(ProofGiven).where(col(ProofGiven.session_id).in_(ids)))
    session.execute(delete(StaffLook).where(col(StaffLook.session_id).in_(desk)))
    forgotten = (
        delete(WebSession).where(col(WebSession.id).in_(ids)),
        delete(StaffSession).where(col(StaffSession.id).in_(desk)),
    )
    return sum(session.execute(statement).rowcount for statement in forgotten)  # type: ignore[attr-defined]
